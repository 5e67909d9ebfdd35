"""Checks documents of the machine forms with what others wrote for them.

    forms.py DIRECTORY...    every file in these: hits.jsonl, stix.json, ocsf.jsonl

- hits: `docs/hit.schema.json`, with jsonschema;
- STIX: OASIS's stix2-validator, and stix2, which computes the identifiers of what was observed anew;
- OCSF: the models of pydantic-ocsf. They are of OCSF 1.7, which 1.8 only adds to.

Run by `cargo xtask test`, in the virtual environment that it makes.
"""

import json
import pathlib
import sys

import jsonschema
import pydantic
import stix2
import stix2validator
from ocsf.v1_7_0.events import DetectionFinding
from ocsf.v1_7_0.objects import FirewallRule, Osint

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


METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
# Of the profiles OSINT and Security Control, which the models do not put into the class.
PROFILES = {"action", "action_id", "disposition_id", "firewall_rule", "osint"}


def unknown(model, path):
    """The attributes that the schema does not have, wherever they are."""
    for name in model.model_extra or {}:
        yield f"{path}.{name}"
    for name in type(model).model_fields:
        value = getattr(model, name)
        for item in value if isinstance(value, list) else [value]:
            # What is not mapped is of no schema.
            if isinstance(item, pydantic.BaseModel) and name != "unmapped":
                yield from unknown(item, f"{path}.{name}")


def check_ocsf(path):
    documents = lines(path)
    for document in documents:
        for evidence in document.get("evidences", []):
            # The models take every enumeration for one of numbers, and this one is of names.
            method = evidence.get("http_request", {}).pop("http_method", "GET")
            if method not in METHODS:
                raise ValueError(f"no http_method of the schema: {method}")
        profiles = {name: document.pop(name) for name in PROFILES & set(document)}
        models = [DetectionFinding.model_validate(document)]
        models += [Osint.model_validate(osint) for osint in profiles["osint"]]
        if "firewall_rule" in profiles:
            models.append(FirewallRule.model_validate(profiles["firewall_rule"]))
        names = [name for model in models for name in unknown(model, type(model).__name__)]
        if names:
            raise ValueError(f"the schema does not have {names}")
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
