//! `--follow-answers`: from the look-up to the connection, through the program.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const DNS: &str = "\
#separator \\x09
#set_separator\t,
#empty_field\t(empty)
#unset_field\t-
#path\tdns
#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqtype_name\trcode_name\tanswers
1724066197.25\tC1\t10.1.2.3\t56726\t10.0.0.53\t53\tudp\twww.k3121.com\tA\tNOERROR\t203.0.113.77
1724066198.25\tC2\t10.1.2.4\t56727\t10.0.0.53\t53\tudp\tinnocent.example\tA\tNOERROR\t198.51.100.7
";
const FIREWALL: &str = "\
Aug 19 2024 11:16:38 fw1 : %ASA-6-302013: Built outbound TCP connection 1 for outside:203.0.113.77/443 (203.0.113.77/443) to inside:10.1.2.3/50122 (192.0.2.1/50122)
Aug 19 2024 11:16:39 fw1 : %ASA-6-302013: Built outbound TCP connection 2 for outside:198.51.100.7/443 (198.51.100.7/443) to inside:10.1.2.4/50123 (192.0.2.1/50123)
";

fn evidence() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let files = directory.path().join("evidence");
    fs::create_dir(&files).unwrap();
    // Searched before the answer is known.
    fs::write(files.join("a-fw.log"), FIREWALL).unwrap();
    fs::write(files.join("b-dns.log"), DNS).unwrap();
    directory
}

fn flaxscan(directory: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flaxscan")).args(args).current_dir(directory).output().unwrap()
}

#[test]
fn the_connection_is_found_in_a_file_before_the_answer() {
    let directory = evidence();
    let path = directory.path();
    let plain = flaxscan(path, &["scan", "evidence", "-o", "json"]);
    assert_eq!(String::from_utf8_lossy(&plain.stdout).lines().count(), 1);

    let args =
        ["scan", "evidence", "--follow-answers", "-o", "json", "--summary-json", "case.json"];
    let output = flaxscan(path, &args);
    assert_eq!(output.status.code(), Some(0));
    let hits: Vec<serde_json::Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    // The line names the address twice.
    assert_eq!(hits.len(), 3, "{hits:#?}");
    assert_eq!(hits[0]["threat"]["indicator"]["name"], "k3121.com");
    let hit = &hits[1];
    assert_eq!(hit["threat"]["indicator"]["name"], "203.0.113.77");
    assert_eq!(hit["log"]["file"]["path"], "evidence/a-fw.log");
    assert_eq!(hit["flaxscan"]["class"], "derived");
    assert_eq!(hit["flaxscan"]["window"], "inside");
    assert_eq!(
        hit["flaxscan"]["assessment"],
        "A machine inside reached listed infrastructure and was let through by an address that a \
         DNS answer gave, near the time of the answer (confidence medium)."
    );
    assert_eq!(hit["source"]["ip"], "10.1.2.3");
    assert_eq!(hit["threat"]["indicator"]["first_seen"], "2024-08-19T00:00:00Z");
    assert_eq!(hit["threat"]["indicator"]["confidence"], "Medium");
    let description = hit["threat"]["indicator"]["description"].as_str().unwrap();
    assert!(description.contains("Address given for k3121.com"), "{description}");
    assert!(description.contains("evidence/b-dns.log:7"), "{description}");
    assert_eq!(hit["threat"]["group"]["name"], "Flax Typhoon");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("followed 1 DNS answer to 1 unlisted address: 2 hits\n"), "{said}");

    let case = fs::read_to_string(path.join("case.json")).unwrap();
    let case: serde_json::Value = serde_json::from_str(&case).unwrap();
    let expected = serde_json::json!({
        "answers": 1,
        "addresses": 1,
        "hits": 2,
        "derived": [{
            "address": "203.0.113.77",
            "names": ["k3121.com"],
            "answer": "evidence/b-dns.log:7",
            "first": "2024-08-19T11:16:37.25Z",
            "last": "2024-08-19T11:16:37.25Z",
        }],
    });
    assert_eq!(case["followed"], expected);
    assert_eq!(case["inputs"].as_array().unwrap().len(), 2);
}

#[test]
fn the_report_says_which_answers() {
    let directory = evidence();
    let path = directory.path();
    let args = [
        "scan",
        "evidence",
        "--follow-answers",
        "-o",
        "json=hits.jsonl",
        "--report",
        "scan.html",
        "--summary-json",
        "case.json",
    ];
    assert_eq!(flaxscan(path, &args).status.code(), Some(0));
    let args = ["report", "hits.jsonl", "--summary", "case.json", "-o", "stored.html"];
    assert_eq!(flaxscan(path, &args).status.code(), Some(0));
    for page in ["scan.html", "stored.html"] {
        let page = fs::read_to_string(path.join(page)).unwrap();
        assert!(page.contains("Followed 1 DNS answer to 1 unlisted address: 2 hits."), "{page}");
        assert!(page.contains("<td class=\"data\">evidence/b-dns.log:7</td>"));
        assert!(page.contains("<td>2024-08-19 11:16:37</td>"));
        // The sums of both searches are those of the hits.
        assert!(!page.contains("The summary speaks of"));
    }
    // Asked for, and nothing to follow.
    let args = ["scan", "evidence/a-fw.log", "--follow-answers", "--report", "none.html"];
    assert_eq!(flaxscan(path, &args).status.code(), Some(1));
    let page = fs::read_to_string(path.join("none.html")).unwrap();
    assert!(page.contains("Followed no DNS answer: none gave an address for a listed name."));
}

#[test]
fn filters_hold_for_what_is_shown_and_not_for_what_is_followed() {
    let directory = evidence();
    // The answer has no verdict and is not shown; its address is followed all the same.
    let args = ["scan", "evidence", "--follow-answers", "-o", "csv", "--verdict", "allowed"];
    let output = flaxscan(directory.path(), &args);
    let rows = String::from_utf8(output.stdout).unwrap();
    assert_eq!(rows.lines().count(), 3, "{rows}");
    assert!(rows.contains("203.0.113.77,"), "{rows}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn nothing_to_follow_is_said() {
    let directory = evidence();
    let args = ["scan", "evidence/a-fw.log", "--follow-answers"];
    let output = flaxscan(directory.path(), &args);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("followed no DNS answer"), "{said}");
}

#[test]
fn what_is_broken_off_is_not_followed() {
    let directory = evidence();
    let args = ["scan", "evidence", "--follow-answers", "--max-hits", "1"];
    let output = flaxscan(directory.path(), &args);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("followed none of 1 DNS answer: the scan was ended"), "{said}");
}

#[test]
fn what_cannot_be_read_twice_is_refused() {
    let directory = evidence();
    for (args, said) in [
        (&["scan", "-", "--follow-answers"][..], "standard input can be read once"),
        (&["scan", "evidence", "--follow-answers", "-o", "count"], "two searches have two counts"),
    ] {
        let output = flaxscan(directory.path(), args);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(said), "{error}");
    }
}
