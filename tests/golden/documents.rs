//! Every golden document against `docs/hit.schema.json`: those of the hand-made hits, those that
//! are expected of each line in `tests/records/`, and whole ones of the same lines.
//!
//! The check is our own (`schema.rs`), which is stricter than the schema: what it does not describe
//! is a fault. `cargo xtask test` checks the same with Python's jsonschema, which knows all of JSON
//! Schema; as a crate it would bring some fifty others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::schema;

fn hit_schema() -> Value {
    serde_json::from_str(include_str!("../../docs/hit.schema.json")).unwrap()
}

/// The files in `tests/records`, and the cases in each.
fn records() -> Vec<(String, Vec<Value>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        (name, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    };
    files.into_iter().map(read).collect()
}

/// The schema for a document that is not whole.
fn without_required(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            // A field may be called so, too; then it is no list.
            if fields.get("required").is_some_and(Value::is_array) {
                fields.remove("required");
            }
            fields.values_mut().for_each(without_required);
        }
        Value::Array(items) => items.iter_mut().for_each(without_required),
        _ => {}
    }
}

#[test]
fn golden_hits() {
    let schema = hit_schema();
    let text = include_str!("hits.jsonl");
    assert!(!text.is_empty());
    for line in text.lines() {
        let document = serde_json::from_str(line).unwrap();
        schema::check(&schema, &document).unwrap_or_else(|why| panic!("{why}\n{line}"));
    }
}

#[test]
fn expected_records() {
    let mut schema = hit_schema();
    without_required(&mut schema);
    let mut count = 0;
    for (name, cases) in records() {
        for case in cases {
            let mut expected = case["expect"].clone();
            // Which field was hit is beside the document.
            expected.as_object_mut().unwrap().remove("matched");
            schema::check(&schema, &expected).unwrap_or_else(|why| panic!("{name}: {why}\n{case}"));
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}

/// The same lines, scanned for what is said to be hit in them: whole documents of every format.
#[test]
fn documents_of_every_record() {
    let schema = hit_schema();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::create_dir(path.join("logs")).unwrap();
    let mut values = String::new();
    let mut wanted = 0;
    for (name, cases) in records() {
        for (at, case) in cases.iter().enumerate() {
            let header = case["header"].as_array().cloned().unwrap_or_default();
            let header = header.iter().map(|line| format!("{}\n", line.as_str().unwrap()));
            let text = header.collect::<String>() + case["line"].as_str().unwrap() + "\n";
            fs::write(path.join(format!("logs/{name}-{at}.log")), text).unwrap();
            if let Some(hit) = case["hit"].as_str() {
                values += &format!("{hit}\n");
                wanted += 1;
            }
        }
    }
    fs::write(path.join("values.txt"), values).unwrap();
    let scan = ["scan", "logs", "-o", "json", "--indicators", "values.txt", "--no-builtin"];
    let program = env!("CARGO_BIN_EXE_flaxscan");
    let output = Command::new(program).args(scan).current_dir(path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut datasets = std::collections::BTreeSet::new();
    let mut files = std::collections::BTreeSet::new();
    for line in text.lines() {
        let document: Value = serde_json::from_str(line).unwrap();
        schema::check(&schema, &document).unwrap_or_else(|why| panic!("{why}\n{line}"));
        datasets.insert(document["event"]["dataset"].to_string());
        files.insert(document["log"]["file"]["path"].to_string());
    }
    // Not everything that is said to be hit is a value that a list can have.
    assert!(files.len() * 10 >= wanted * 8, "{} of {wanted}", files.len());
    assert!(datasets.len() > 40, "{datasets:?}");
}
