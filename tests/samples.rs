//! `flaxscan scan samples` finds what `samples/README.md` says, and nothing else.
//!
//! The tables of that page are the expectation: there is no second copy of it here.

#![cfg(feature = "cli")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// One hit, as the table and as the program tells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    file: String,
    line: u64,
    matched: String,
    indicator: String,
    relation: String,
    encoding: Vec<String>,
}

/// One row of the table of near misses.
#[derive(Debug)]
struct NearMiss {
    file: String,
    line: u64,
    text: String,
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn flaxscan(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flaxscan"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn page() -> String {
    fs::read_to_string(samples().join("README.md")).expect("samples/README.md is text")
}

/// The log files: everything but the page itself and dot files, sorted.
fn logs() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(samples())
        .expect("samples/ is a directory")
        .map(|entry| entry.expect("samples/ can be listed"))
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into())
        .filter(|name: &String| name != "README.md" && !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

fn lines(file: &str) -> Vec<String> {
    fs::read_to_string(samples().join(file))
        .expect("a sample is text")
        .lines()
        .map(str::to_owned)
        .collect()
}

/// A cell as it renders: without code marks and soft breaks, character references resolved.
fn rendered(cell: &str) -> String {
    let cell = cell.trim().replace("<wbr>", "").replace("<code>", "").replace("</code>", "");
    let mut parts = cell.trim_matches('`').split("&#");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(';').expect("a character reference ends with `;`");
        let number = number.parse().expect("character references are decimal");
        text.push(char::from_u32(number).expect("a character reference is a character"));
        text.push_str(rest);
    }
    text
}

/// The cells of the table under `heading`, without its two head rows.
fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    page.lines()
        .skip_while(|line| *line != heading)
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(rendered).collect())
        .collect()
}

/// The hits in the samples that can be read as they are.
fn expected() -> Vec<Found> {
    expected_under("## What must be found")
}

/// The hits in those that are packed.
fn expected_wrapped() -> Vec<Found> {
    expected_under("## What must be found in `wrapped/`")
}

fn expected_under(heading: &str) -> Vec<Found> {
    let mut rows: Vec<Found> = table(&page(), heading)
        .into_iter()
        .map(|cells| {
            let [file, line, matched, indicator, relation, encoding] =
                cells.try_into().expect("the table of hits has six columns");
            let encoding = match encoding.as_str() {
                "—" => Vec::new(),
                names => names.split(", ").map(str::to_owned).collect(),
            };
            let line = line.parse().expect("a line number");
            Found { file, line, matched, indicator, relation, encoding }
        })
        .collect();
    rows.sort();
    rows
}

fn near_misses() -> Vec<NearMiss> {
    table(&page(), "## What must not be found")
        .into_iter()
        .map(|cells| {
            let [file, line, text, _, _] =
                cells.try_into().expect("the table of near misses has five columns");
            NearMiss { file, line: line.parse().expect("a line number"), text }
        })
        .collect()
}

fn found(document: &str) -> Found {
    let document: Value = serde_json::from_str(document).expect("a hit is a JSON object");
    let text = |pointer: &str| match document.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        other => panic!("{pointer} is {other:?} in {document}"),
    };
    Found {
        file: Path::new(&text("/log/file/path"))
            .file_name()
            .expect("a path with a file name")
            .to_string_lossy()
            .into_owned(),
        line: document["flaxscan"]["line"].as_u64().expect("a line number"),
        matched: text("/flaxscan/matched"),
        indicator: text("/threat/indicator/name"),
        relation: text("/flaxscan/relation"),
        encoding: document["flaxscan"]["encoding"]
            .as_array()
            .map(|names| names.iter().map(|name| name.as_str().expect("a name").into()).collect())
            .unwrap_or_default(),
    }
}

/// What is in `left` and not in `right`, counting equal entries.
fn without(left: &[Found], right: &[Found]) -> Vec<Found> {
    let mut counts = BTreeMap::new();
    for entry in right {
        *counts.entry(entry).or_insert(0_usize) += 1;
    }
    left.iter()
        .filter(|entry| match counts.get_mut(entry) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .cloned()
        .collect()
}

#[test]
fn the_samples_give_exactly_the_hits_of_the_table() {
    let output = flaxscan(&["scan", "--output", "json", "samples"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");

    let hits = String::from_utf8(output.stdout).expect("JSON output is UTF-8");
    let mut hits: Vec<Found> = hits.lines().map(found).collect();
    hits.sort();
    let expected = [expected(), expected_wrapped()].concat();
    let (missed, invented) = (without(&expected, &hits), without(&hits, &expected));
    assert!(
        missed.is_empty() && invented.is_empty(),
        "not found: {missed:#?}\nfound, and not in the table: {invented:#?}",
    );
}

#[test]
fn the_page_that_documents_the_samples_has_no_hit() {
    let output = flaxscan(&["scan", "samples/README.md"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn near_misses_alone_end_with_status_1() {
    let expected = expected();
    let mut text = String::new();
    for near in near_misses() {
        // A line can hold a hit and a near miss.
        if expected.iter().any(|hit| hit.file == near.file && hit.line == near.line) {
            continue;
        }
        text.push_str(&lines(&near.file)[near.line as usize - 1]);
        text.push('\n');
    }
    assert!(text.lines().count() >= 50);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("near-misses.log");
    fs::write(&path, text).expect("the temporary file can be written");

    let output = flaxscan(&["scan", path.to_str().expect("a UTF-8 path")]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_page_and_the_samples_fit() {
    let (expected, near_misses, logs) = (expected(), near_misses(), logs());
    assert!(logs.len() >= 10);
    for log in &logs {
        let count = lines(log).len();
        assert!((50..=500).contains(&count), "{log} has {count} lines");
        assert!(page().contains(&format!("]({log})")), "{log} is not listed");
        assert!(expected.iter().any(|hit| hit.file == *log), "{log} has no hit");
        assert!(near_misses.iter().any(|near| near.file == *log), "{log} has no near miss");
    }
    let all = expected.len() + expected_wrapped().len();
    assert!(page().contains(&format!("**{all} hits**")));

    let places = expected.iter().map(|hit| (&hit.file, hit.line, &hit.matched));
    let near_places = near_misses.iter().map(|near| (&near.file, near.line, &near.text));
    for (file, line, text) in places.chain(near_places) {
        let lines = lines(file);
        let there = lines.get(line as usize - 1).is_some_and(|line| line.contains(text.as_str()));
        assert!(there, "{file}:{line} does not contain {text}");
    }
}
