//! Lines of every family with the whole record that is expected of them: `tests/records/`.
//!
//! A file is named after a family, and has a JSON object a line: `line`; `hit`, a text in it whose
//! field is asked for; `header`, the lines before it in its file; `modified`, the file's date;
//! and `expect`. `FLAXSCAN_BLESS=1 cargo test --lib record` writes `expect` anew; read the diff.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::*;
use crate::sink::observed;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub line: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hit: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    #[serde(default)]
    expect: Value,
}

/// The cases of every file, by the file's name without its ending.
pub(super) fn cases() -> Vec<(String, Vec<Case>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/records");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let case = |(at, line)| {
            serde_json::from_str(line)
                .unwrap_or_else(|why| panic!("{name}, line {}: {why}", at + 1))
        };
        let cases = text.lines().enumerate().map(case).collect();
        (name, cases)
    };
    files.into_iter().map(read).collect()
}

/// Reads a case's line as a scan does, and says what is in its record.
fn read(case: &Case, options: &RecordOptions) -> Value {
    let mut head = case.header.iter().fold(String::new(), |head, line| head + line + "\n");
    let offset = head.len() as u64;
    head.push_str(&case.line);
    let modified = case.modified.as_deref().unwrap_or("2024-12-31T12:00:00Z").parse().unwrap();
    let reader = RecordReader::new(options, head.as_bytes(), Some(modified));
    let line = Line::new(case.line.as_bytes());
    let spot = case.hit.as_deref().map(|hit| Spot::find(&line, hit));
    let record = reader.read(&line, offset, spot.unwrap_or_default());
    let mut read = observed::value(&record);
    read["event"] = json!({ "dataset": record.dataset() });
    if let Some(time) = record.time() {
        read["@timestamp"] = time.to_string().into();
    }
    if let Some(action) = record.text(Field::Action) {
        read["event"]["action"] = action.into();
    }
    if let Some(outcome) = record.outcome() {
        read["event"]["outcome"] = outcome.name().into();
    }
    let assumed: Vec<_> = record.assumed().collect();
    if !assumed.is_empty() {
        read["flaxscan"]["assumed"] = assumed.into();
    }
    for field in [Field::SourceDelta, Field::DestinationDelta] {
        if let Some(bytes) = record.number(field) {
            let name = field.name().rsplit('.').next().unwrap();
            read["flaxscan"]["delta"][name] = bytes.into();
        }
    }
    if let Some(verdict) = record.verdict() {
        read["flaxscan"]["verdict"] = verdict.name().into();
    }
    if let (Some(spot), Some(hit)) = (spot, &case.hit) {
        assert!(case.line.contains(hit), "`{hit}` is not in the line: {}", case.line);
        read["matched"] = record.field_at(spot, hit).into();
    }
    read
}

/// Expectations are being written, and are nothing to go by.
fn is_blessing() -> bool {
    std::env::var_os("FLAXSCAN_BLESS").is_some()
}

#[test]
fn every_line_is_read_as_expected() {
    let bless = is_blessing();
    let options = RecordOptions::default();
    let mut wrong = Vec::new();
    for (name, mut cases) in cases() {
        for (at, case) in cases.iter_mut().enumerate() {
            let read = read(case, &options);
            if !bless && read != case.expect {
                wrong.push(format!(
                    "{name}.jsonl, line {}: {}\n  expected {}\n  read     {read}",
                    at + 1,
                    case.line,
                    case.expect
                ));
            }
            case.expect = read;
        }
        if bless {
            let text = cases.iter().map(|case| serde_json::to_string(case).unwrap() + "\n");
            let path = format!("{}/tests/records/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
            fs::write(path, text.collect::<String>()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The first that takes a line has it, so no other may want it.
#[test]
fn no_other_family_takes_the_line() {
    if is_blessing() {
        return;
    }
    let mut wrong = Vec::new();
    for (name, cases) in cases() {
        for case in &cases {
            let expected = case.expect["event"]["dataset"].as_str().unwrap_or(UNRECOGNISED);
            for family in FAMILIES {
                let options = RecordOptions { format: Some(family), ..RecordOptions::default() };
                let read = read(case, &options);
                let dataset = read["event"]["dataset"].as_str().unwrap();
                let own = name == family.name;
                let is_taken = dataset != UNRECOGNISED;
                if !own && is_taken {
                    wrong.push(format!("{} takes a line of {name}: {}", family.name, case.line));
                }
                assert!(!own || dataset == expected, "{name}: {}", case.line);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_family_has_lines_and_every_dataset_is_listed() {
    if is_blessing() {
        return;
    }
    let files = cases();
    for family in FAMILIES {
        let (_, cases) = files
            .iter()
            .find(|(name, _)| name == family.name)
            .unwrap_or_else(|| panic!("there is no tests/records/{}.jsonl", family.name));
        for case in cases {
            let dataset = case.expect["event"]["dataset"].as_str().unwrap_or_default();
            let is_listed = |listed: &str| match listed.strip_suffix('*') {
                Some(prefix) => dataset.starts_with(prefix),
                None => listed == dataset,
            };
            assert!(
                family.datasets.iter().any(|listed| is_listed(listed)),
                "{dataset}: {}",
                case.line
            );
        }
    }
    let names: BTreeSet<_> = FAMILIES.iter().map(|family| family.name).collect();
    assert_eq!(names.len(), FAMILIES.len());
    for (name, _) in &files {
        assert!(names.contains(name.as_str()) || name == "unrecognised", "whose is {name}.jsonl?");
    }
}

/// `flaxscan formats` shows them.
#[test]
fn every_example_is_of_its_family() {
    for family in FAMILIES {
        let case = Case {
            line: family.example.to_owned(),
            hit: None,
            header: Vec::new(),
            modified: None,
            expect: Value::Null,
        };
        let read = read(&case, &RecordOptions::default());
        assert_ne!(read["event"]["dataset"], UNRECOGNISED, "{}", family.name);
        let options = RecordOptions { format: Some(family), ..RecordOptions::default() };
        assert_eq!(read, super::golden_tests::read(&case, &options), "{}", family.name);
    }
}

#[test]
fn every_field_is_in_the_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../docs/hit.schema.json")).unwrap();
    for field in Field::ALL {
        let pointer: String =
            field.name().split('.').map(|key| format!("/properties/{key}")).collect();
        let pointer = pointer.replace("/answers/properties", "/answers/items/properties");
        assert!(schema.pointer(&pointer).is_some(), "{} is not in the schema", field.name());
    }
}
