"""Checks documents of the machine forms with what others wrote for them.

    forms.py DIRECTORY...    every file in these: hits.jsonl, stix.json, ocsf.jsonl

- hits: `docs/hit.schema.json`, with jsonschema;
- STIX: OASIS's stix2-validator, and stix2, which computes the identifiers of what was observed anew;
- OCSF: the schema of OCSF 1.8 with the profiles that a finding names, as ocsf-json-schema has it;
  it knows no attribute that the schema does not have.

Run by `cargo xtask test`, in the virtual environment that it makes.
"""

import json
import pathlib
import sys

import jsonschema
import ocsf_json_schema
import stix2
import stix2validator

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Every other check is an error or a warning of stix2-validator; errors are what fails here.
OPTIONS = stix2validator.ValidationOptions(version="2.1")


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def check_hits(path):
    schema = json.loads((ROOT / "docs/hit.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    documents = lines(path)
    for document in documents:
        validator.validate(document)
    return len(documents)


def check_stix(path):
    text = path.read_text(encoding="utf-8")
    result = stix2validator.validate_string(text, OPTIONS)
    if not result.is_valid:
        raise ValueError("\n".join(str(error) for error in result.errors))
    objects = json.loads(text).get("objects", [])
    parsed = stix2.parse(text, allow_custom=False)
    for written, read in zip(objects, parsed.get("objects", []), strict=True):
        if "created" in written:
            continue
        same = {name: value for name, value in written.items() if name != "id"}
        anew = stix2.parse(same, allow_custom=False, version="2.1")
        if anew["id"] != written["id"]:
            raise ValueError(f"{written['id']} is to be {anew['id']}: {read}")
    return len(objects)


def check_ocsf(path):
    schema = ocsf_json_schema.OcsfJsonSchemaEmbedded(ocsf_json_schema.get_ocsf_schema("1.8.0"))
    validators = {}
    documents = lines(path)
    for document in documents:
        profiles = tuple(document["metadata"]["profiles"])
        if profiles not in validators:
            name = schema.lookup_class_name_from_uid(document["class_uid"])
            of_class = schema.get_class_schema(name, profiles=list(profiles))
            jsonschema.Draft202012Validator.check_schema(of_class)
            validators[profiles] = jsonschema.Draft202012Validator(of_class)
        validators[profiles].validate(document)
    return len(documents)


CHECKS = {"hits.jsonl": check_hits, "stix.json": check_stix, "ocsf.jsonl": check_ocsf}


def main(directories):
    failed = False
    checked = set()
    for path in sorted(path for name in directories for path in pathlib.Path(name).iterdir()):
        if path.name not in CHECKS:
            continue
        checked.add(path.name)
        try:
            print(f"{path}: {CHECKS[path.name](path)} documents")
        except Exception as error:  # Whatever a validator throws, the others are run all the same.
            failed = True
            print(f"{path}: {type(error).__name__}: {error}", file=sys.stderr)
    missing = set(CHECKS) - checked
    if missing:
        print(f"not there: {', '.join(sorted(missing))}", file=sys.stderr)
    return 1 if failed or missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
