//! `--summary-json`: described by `docs/summary.schema.json`, whole or not there, and right.

#![expect(clippy::unwrap_used, reason = "tests: helpers are not under #[test]")]

#[path = "golden/schema.rs"]
mod schema;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const HIT: &str = "Nov 14 03:22:01 gw named: client 10.0.0.5#5353: query: www.k3121.com IN A +\n";
const CLEAN: &str = "Nov 14 03:22:03 gw named: client 10.0.0.5#5353: query: www.example.org IN A\n";

fn room(files: &[(&str, &str)]) -> TempDir {
    let room = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::create_dir_all(room.path().join(name).parent().unwrap()).unwrap();
        fs::write(room.path().join(name), text).unwrap();
    }
    room
}

fn scan(room: &TempDir, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_flaxscan"));
    program.current_dir(room.path()).arg("scan").args(arguments).stdin(Stdio::null());
    program.output().unwrap()
}

/// Scans with `--summary-json` and checks the summary against its description.
fn summary(room: &TempDir, arguments: &[&str]) -> Value {
    let output = scan(room, &[arguments, &["--summary-json", "summary.json"]].concat());
    let text = fs::read_to_string(room.path().join("summary.json"))
        .unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let summary: Value = serde_json::from_str(&text).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/summary.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    schema::check(&schema, &summary).unwrap_or_else(|fault| panic!("{fault}\n{text}"));
    assert_eq!(summary["exit_status"], output.status.code().unwrap());
    assert_sums(&summary);
    summary
}

/// The totals are the sums of the inputs, and every byte is accounted for.
fn assert_sums(summary: &Value) {
    let inputs = summary["inputs"].as_array().unwrap();
    for name in ["bytes_offered", "bytes_scanned", "bytes_skipped", "lines", "hits"] {
        let sum: u64 = inputs.iter().map(|input| input[name].as_u64().unwrap()).sum();
        assert_eq!(summary["totals"][name], sum, "{name}");
    }
    for input in inputs {
        let [offered, scanned, skipped] = ["bytes_offered", "bytes_scanned", "bytes_skipped"]
            .map(|name| input[name].as_u64().unwrap());
        assert_eq!(offered, scanned + skipped, "{input}");
        assert!(skipped == 0 || input["skipped"].is_array(), "{input}");
    }
}

fn no_leftovers(room: &TempDir) {
    let names = fs::read_dir(room.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let leftovers: Vec<_> =
        names.filter(|name| name.to_string_lossy().ends_with(".part")).collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

#[test]
fn every_input_is_in_it() {
    let room = room(&[("d/a.log", HIT), ("d/b.log", CLEAN), ("d/c.txt", HIT), ("d/x/e.log", HIT)]);
    let two = format!("{HIT}{CLEAN}no line end");
    fs::write(room.path().join("d/d.log"), &two).unwrap();
    let arguments = ["d", "d/a.log", "missing", "--exclude", "*.txt", "--exclude", "x/"];
    let summary = summary(&room, &arguments);
    let inputs = summary["inputs"].as_array().unwrap();
    let seen = |name: &str| inputs.iter().map(|input| input[name].clone()).collect::<Vec<_>>();
    assert_eq!(seen("path"), ["d/a.log", "d/b.log", "d/d.log", "d/a.log", "missing"]);
    assert_eq!(seen("hits"), [1, 0, 1, 0, 0]);
    assert_eq!(seen("lines"), [1, 1, 3, 0, 0]);
    assert_eq!(inputs[2]["bytes_scanned"], two.len());
    assert_eq!(inputs[2]["format"], "plain");
    assert_eq!(inputs[3]["skipped"][0]["why"], "again");
    assert_eq!(inputs[3]["skipped"][0]["by_design"], true);
    assert_eq!(inputs[4]["skipped"][0]["why"], "open");
    assert_eq!(summary["problems"][0]["path"], "missing");
    assert_eq!(summary["passed_over"][0]["path"], "d/a.log");
    assert_eq!(
        (&summary["totals"]["problems"], &summary["totals"]["inputs"]),
        (&1.into(), &3.into())
    );
    let left_out = serde_json::json!({"files": 1, "bytes": HIT.len(), "directories": 1});
    assert_eq!(summary["left_out"], left_out);
    assert_eq!(summary["exit_status"], 2);
    assert_eq!(summary["command"][2], "d");
    no_leftovers(&room);
}

#[test]
fn what_was_looked_for_is_in_it() {
    let list = "# ours\n203.0.113.9\nevil.example\n203.0.113.9\n";
    let room = room(&[("a.log", CLEAN), ("ours.txt", list)]);
    let both = summary(&room, &["a.log", "--indicators", "ours.txt"]);
    let sets = both["indicator_sets"].as_array().unwrap();
    assert_eq!(
        (sets.len(), &sets[0]["name"], &sets[1]["name"]),
        (2, &"built-in".into(), &"ours.txt".into())
    );
    // As anybody can compute them from the files.
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/flax-typhoon");
    let [indicators, sources] =
        ["indicators.tsv", "sources.tsv"].map(|name| fs::read(data.join(name)).unwrap());
    for (set, bytes) in sets.iter().zip([&[indicators, sources].concat()[..], list.as_bytes()]) {
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(set["sha256"], hash);
    }
    assert_eq!((&sets[0]["indicators"], &sets[1]["indicators"]), (&1076.into(), &3.into()));
    assert_eq!(both["totals"]["indicators"], 1078);
    assert_eq!(both["exit_status"], 1);
    let ours = summary(&room, &["a.log", "--indicators", "ours.txt", "--no-builtin"]);
    assert_eq!(ours["indicator_sets"].as_array().unwrap().len(), 1);
}

#[test]
fn a_scan_that_found_enough_says_so() {
    let room = room(&[("a.log", &HIT.repeat(10)), ("b.log", HIT)]);
    let limited = summary(&room, &["a.log", "b.log", "--max-hits", "3"]);
    assert_eq!(limited["stopped_early"], true);
    assert_eq!(limited["inputs"][0]["skipped"][0]["why"], "enough");
    assert_eq!(limited["exit_status"], 0);
    // The last input of a scan that ends is counted once.
    let quiet = summary(&room, &["-o", "quiet", "a.log", "b.log"]);
    assert!(quiet["totals"]["bytes_scanned"].as_u64().unwrap() <= 10 * HIT.len() as u64);
    let nothing = summary(&room, &["/dev/null"]);
    assert_eq!((&nothing["totals"]["inputs"], &nothing["exit_status"]), (&1.into(), &1.into()));
}

#[test]
fn it_replaces_an_older_one_and_nothing_else() {
    let room = room(&[("a.log", HIT), ("summary.json", "old")]);
    summary(&room, &["a.log"]);
    no_leftovers(&room);
    // Where it cannot be written, nothing is scanned.
    for target in ["no/such/directory.json", "a.log/summary.json"] {
        let output = scan(&room, &["a.log", "--summary-json", target]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("{target}: the summary cannot be written: ")), "{said}");
    }
    // A scan that fails leaves none.
    let output = scan(&room, &["a.log", "--summary-json", "new.json", "--indicators", "missing"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!room.path().join("new.json").exists());
    no_leftovers(&room);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_problem() {
    let room = room(&[("a.log", HIT)]);
    let output = scan(&room, &["a.log", "-o", "count", "--summary-json", "/dev/full"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stdout, b"1\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("/dev/full: the summary cannot be written: No space left"), "{said}");
    // And a device stays one.
    assert!(!fs::metadata("/dev/full").unwrap().is_file());
}
