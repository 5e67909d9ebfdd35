//! The machine forms: the same while scanning and from stored hits, several at a time, whole or
//! not there.

#![allow(clippy::unwrap_used)]

mod ocsf;
mod stix;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn flaxscan(directory: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flaxscan")).args(args).current_dir(directory).output().unwrap()
}

/// What differs between two scans of the same: when they were.
fn without_time(text: &str) -> String {
    let time = regex::Regex::new(r#""ingested":"[^"]*""#).unwrap();
    time.replace_all(text, "").into_owned()
}

/// The samples in a form, a JSON document a line.
fn documents(form: &str) -> Vec<serde_json::Value> {
    let output = flaxscan(Path::new("."), &["scan", &samples(), "-o", form]);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn samples() -> String {
    format!("{}/samples", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_form_is_the_same_from_stored_hits() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let forms = flaxscan::form::Form::ALL;
    assert!(!forms.is_empty());
    // One scan, so that it is of one time.
    let outputs: Vec<_> =
        forms.iter().map(|form| format!("{0}=scanned.{0}", form.name())).collect();
    let samples = samples();
    let mut args = vec!["scan", &samples, "-o", "json=hits.jsonl"];
    args.extend(outputs.iter().flat_map(|output| ["-o", output.as_str()]));
    let done = flaxscan(path, &args);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(done.stdout.is_empty());
    for form in forms {
        let scanned = fs::read_to_string(path.join(format!("scanned.{}", form.name()))).unwrap();
        let stored = flaxscan(path, &["report", "hits.jsonl", "--to", form.name()]);
        assert_eq!(stored.status.code(), Some(0));
        assert!(!scanned.is_empty());
        let stored = String::from_utf8(stored.stdout).unwrap();
        assert!(scanned == stored, "{}", form.name());
    }
}

#[test]
fn a_form_of_no_hits_is_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::write(path.join("hits.jsonl"), "").unwrap();
    for form in flaxscan::form::Form::ALL {
        let output = flaxscan(path, &["report", "hits.jsonl", "--to", form.name()]);
        assert_eq!(output.status.code(), Some(1), "{}", form.name());
        let text = String::from_utf8(output.stdout).unwrap();
        match form.name() {
            "csv" => assert_eq!(text.lines().count(), 1),
            "stix" => {
                let bundle: serde_json::Value = serde_json::from_str(&text).unwrap();
                // An empty list is not allowed.
                assert_eq!(bundle.as_object().unwrap().len(), 2, "{text}");
            }
            _ => assert_eq!(text, ""),
        }
    }
}

#[test]
fn several_outputs_are_each_what_they_are_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let args = ["scan", &samples(), "-o", "json=a.jsonl", "-o", "csv=a.csv", "-o", "count"];
    let together = flaxscan(path, &args);
    assert_eq!(together.status.code(), Some(0));
    for (format, file) in [("json", "a.jsonl"), ("csv", "a.csv")] {
        let alone = flaxscan(path, &["scan", &samples(), "-o", format]);
        let alone = String::from_utf8(alone.stdout).unwrap();
        let written = fs::read_to_string(path.join(file)).unwrap();
        assert_eq!(without_time(&written), without_time(&alone));
    }
    let alone = flaxscan(path, &["scan", &samples(), "-o", "count"]);
    assert_eq!(together.stdout, alone.stdout);
}

#[test]
fn a_file_is_whole_or_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::write(path.join("hits.csv"), "before").unwrap();
    // The list is not there: nothing is scanned.
    let args = ["scan", &samples(), "-o", "csv=hits.csv", "--indicators", "missing.txt"];
    let failed = flaxscan(path, &args);
    assert_eq!(failed.status.code(), Some(2));
    assert_eq!(fs::read_to_string(path.join("hits.csv")).unwrap(), "before");
    let left: Vec<_> = fs::read_dir(path).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["hits.csv"]);
}

#[test]
fn the_files_written_are_not_searched() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::write(path.join("fw.log"), "dst=45.77.231.209\n").unwrap();
    for _ in 0..2 {
        let done = flaxscan(path, &["scan", ".", "-o", "json=hits.jsonl", "-o", "count"]);
        let counts = String::from_utf8(done.stdout).unwrap();
        assert!(counts.contains("fw.log:1"), "{counts}");
        // The last run's file is replaced by this one's only at the end, and is evidence until then.
        assert!(!counts.contains(".part"), "{counts}");
    }
}

#[test]
fn what_cannot_be_asked_for_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    for (args, said) in [
        (&["-o", "json", "-o", "csv"][..], "only one --output"),
        (&["-o", "json=a", "-o", "csv=a"], "two outputs"),
        (&["-o", "json="], "name of a file"),
        (&["-o", "jsno"], "possible values"),
        (&["-o", "json=a", "--output-file", "b"], "has a file of its own"),
        (&["-o", "json", "--raw"], "--raw"),
    ] {
        let all: Vec<&str> = ["scan", "x"].into_iter().chain(args.iter().copied()).collect();
        let output = flaxscan(path, &all);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(error.contains(said), "{args:?}: {error}");
    }
}

#[test]
fn lines_that_are_no_hits_are_named_and_the_others_used() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::write(path.join("fw.log"), "dst=45.77.231.209\n").unwrap();
    let json = flaxscan(path, &["scan", "fw.log", "-o", "json"]).stdout;
    let mut hits = b"no hit\n".to_vec();
    hits.extend_from_slice(&json);
    fs::write(path.join("hits.jsonl"), &hits).unwrap();
    let output = flaxscan(path, &["report", "missing", "hits.jsonl", "--to", "csv"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("hits.jsonl: line 1: expected a hit document"), "{error}");
    assert!(error.contains("missing: "), "{error}");
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
}
