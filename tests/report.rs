//! The report: the same from a scan and from what it stored, whole in one file, and nothing in it
//! but what is ours and text. `tests/browser` opens it.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use flate2::read::GzDecoder;
use flaxscan::page::{self, Account, Gather};
use flaxscan::stored::{Receiver, StoredHit};
use regex::Regex;
use sha2::{Digest, Sha256};

fn flaxscan(directory: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flaxscan")).args(args).current_dir(directory).output().unwrap()
}

fn samples() -> String {
    format!("{}/samples", env!("CARGO_MANIFEST_DIR"))
}

/// What differs between two scans of the same.
fn without_time(page: &str) -> String {
    Regex::new(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d to [^<]*").unwrap().replace(page, "").into_owned()
}

/// A hit, as it is stored.
fn hit(severity: u8, line: u64, text: &str) -> StoredHit {
    let document = serde_json::json!({
        "@timestamp": format!("2024-08-{:02}T09:00:00Z", line % 28 + 1),
        "event": {
            "dataset": "test", "severity": severity, "ingested": "2026-10-08T12:00:00Z",
            "original": text,
        },
        "threat": {
            "indicator": { "name": "c0cc.cc", "type": "domain-name", "confidence": "High" },
            "enrichments": [],
        },
        "log": { "file": { "path": "fw.log" }, "offset": 0 },
        "source": { "ip": format!("10.0.0.{}", line % 7) },
        "flaxscan": {
            "line": line, "column": 1, "matched": "c0cc.cc", "relation": "exact",
            "class": "infrastructure", "window": "inside", "schema": 1, "version": "0.1.0",
        },
    });
    serde_json::from_value(document).unwrap()
}

fn written(gather: Gather, account: Option<&Account>) -> String {
    let mut page = Vec::new();
    page::write(gather, account, &mut page).unwrap();
    String::from_utf8(page).unwrap()
}

/// The data that the page's script reads.
fn data(page: &str) -> serde_json::Value {
    let data =
        Regex::new(r#"(?s)<script type="([a-z/]+)" id="data-[a-z]+">(.*?)</script>"#).unwrap();
    let found = data.captures(page).unwrap();
    match &found[1] {
        "application/json" => serde_json::from_str(&found[2]).unwrap(),
        _ => serde_json::from_reader(GzDecoder::new(&*unbase64(&found[2]))).unwrap(),
    }
}

fn unbase64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for four in text.as_bytes().chunks(4) {
        let digit = |&digit: &u8| DIGITS.iter().position(|&known| known == digit);
        let digits: Vec<usize> = four.iter().filter_map(digit).collect();
        let bits = (0..4).fold(0, |bits, at| bits << 6 | digits.get(at).copied().unwrap_or(0));
        bytes.extend((1..digits.len()).map(|at| (bits >> (24 - 8 * at)) as u8));
    }
    bytes
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Rows are made of sightings or of stored hits: of every format, and of what is no format.
#[test]
fn a_report_is_the_same_from_what_was_stored() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let far = [b"c0cc.cc ", &[b'x'; 70_000][..], b" k3121.com\n"].concat();
    let odd = [
        &b"\xff\xfe query c0cc.cc\xc3 \xe2\x80\xae\tuser=\x00 45.77.231.209\n"[..],
        b"{\"m\":\"a \\u0063\\u0030cc.cc\"}\nhttp%3A%2F%2Fc0cc.cc%2Fx hxxp://45[.]77[.]231[.]209/\n",
        &far,
    ];
    fs::write(path.join("odd.log"), odd.concat()).unwrap();
    fs::create_dir(path.join("records")).unwrap();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records")).unwrap() {
        let file = file.unwrap();
        let cases = fs::read_to_string(file.path()).unwrap();
        let cases = cases.lines().map(|case| serde_json::from_str(case).unwrap());
        // What stands above the lines says how they are to be read.
        let text = |case: &serde_json::Value| {
            let header = case["header"].as_array().into_iter().flatten();
            let lines = header.chain([&case["line"]]).map(|line| line.as_str().unwrap());
            lines.flat_map(|line| [line, "\n"]).collect::<String>()
        };
        let log = path.join("records").join(file.file_name());
        fs::write(log, cases.map(|case| text(&case)).collect::<String>()).unwrap();
    }
    let args = [
        "scan",
        &samples(),
        "records",
        "odd.log",
        "-o",
        "json=hits.jsonl",
        "--report",
        "scan.html",
        "--summary-json",
        "case.json",
    ];
    let done = flaxscan(path, &args);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(done.stdout.is_empty());
    let args = ["report", "hits.jsonl", "--summary", "case.json"];
    let stored = flaxscan(path, &args);
    assert_eq!(stored.status.code(), Some(0));
    let scanned = fs::read_to_string(path.join("scan.html")).unwrap();
    let stored = String::from_utf8(stored.stdout).unwrap();
    assert!(without_time(&scanned) == without_time(&stored));
    assert!(data(&scanned)["rows"].as_u64().unwrap() > 500);
    for part in ["samples/fortigate.log", "2025-01-03", "odd.log", "longer than what was stored"] {
        assert!(scanned.contains(part), "{part}");
    }
    let again = flaxscan(path, &["report", "hits.jsonl", "--summary", "case.json"]);
    assert!(String::from_utf8(again.stdout).unwrap() == stored);
}

#[test]
fn a_report_goes_with_other_outputs() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let with = flaxscan(path, &["scan", &samples(), "-o", "count", "--report", "r.html"]);
    let without = flaxscan(path, &["scan", &samples(), "-o", "count"]);
    assert_eq!(with.stdout, without.stdout);
    let piped = flaxscan(path, &["scan", &samples(), "-o", "html"]);
    let piped = String::from_utf8(piped.stdout).unwrap();
    assert!(piped.starts_with("<!DOCTYPE html>") && piped.ends_with("</html>\n"));
    for wrong in [
        &["scan", "x", "-o", "html=a.html", "--report", "b.html"][..],
        &["report", "r.html", "--to", "csv", "--summary", "r.html"],
        &["report", "r.html", "--summary", "r.html"],
        &["report", "r.html", "--summary", "missing.json", "-o", "c.html"],
    ] {
        let done = flaxscan(path, wrong);
        assert_eq!(done.status.code(), Some(2), "{wrong:?}");
        assert!(!done.stderr.is_empty());
    }
    let left: BTreeSet<_> = fs::read_dir(path).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.into_iter().collect::<Vec<_>>(), ["r.html"]);
}

#[test]
fn documents_are_handed_on_as_they_are() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let scanned = flaxscan(path, &["scan", &samples(), "-o", "json"]).stdout;
    let text = [&b"no hit\n\n"[..], &scanned].concat();
    fs::write(path.join("hits.jsonl"), text).unwrap();
    let done = flaxscan(path, &["report", "hits.jsonl", "hits.jsonl", "--to", "json"]);
    assert_eq!(done.status.code(), Some(2), "a line is no hit");
    assert!(done.stdout == [&scanned[..], &scanned].concat());
}

#[test]
fn only_our_own_script_and_style_may_run() {
    let page = written(Gather::new(), None);
    let policy = Regex::new(r#"http-equiv="Content-Security-Policy" content="([^"]*)""#).unwrap();
    let policy = policy.captures(&page).unwrap()[1].replace("&#39;", "'");
    assert!(policy.starts_with("default-src 'none'; "));
    for (name, element) in [("script-src", "script"), ("style-src", "style")] {
        let text = page.split_once(&format!("<{element}>")).unwrap().1;
        let text = text.split_once(&format!("</{element}>")).unwrap().0;
        let hash = Sha256::digest(text.as_bytes());
        let hash: Vec<u8> = hash.to_vec();
        assert!(policy.contains(&format!("{name} 'sha256-{}'", base64(&hash))), "{policy}");
    }
    assert!(!policy.contains("unsafe"));
}

/// Bit by bit, unlike the program's.
fn base64(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let mut text: String = (bits.as_bytes().chunks(6))
        .map(|six| {
            let six = format!("{:0<6}", std::str::from_utf8(six).unwrap());
            char::from(DIGITS[usize::from_str_radix(&six, 2).unwrap()])
        })
        .collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

#[test]
fn the_page_has_no_elements_but_its_own_whatever_is_in_the_lines() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)> c0cc.cc \
                   \"onfocus='alert(1)' \u{202e}\u{2028} <!-- ]]>";
    fs::create_dir(path.join("logs")).unwrap();
    fs::write(path.join("logs/<img src=x onerror=alert(2)>.log"), hostile).unwrap();
    fs::write(path.join("logs/\"'><b>.gz"), b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff").unwrap();
    fs::write(path.join("<u>list.txt"), "c0cc.cc # <b>bold</b>\nevil.test\n").unwrap();
    let args = ["scan", "logs", "--indicators", "<u>list.txt", "--report", "r.html", "-o", "quiet"];
    assert_eq!(flaxscan(path, &args).status.code(), Some(2));
    let page = fs::read_to_string(path.join("r.html")).unwrap();
    assert!(page.contains("&lt;img src=x"));
    assert!(page.contains(r"\u003c/script\u003e"));
    assert!(page.contains("Not everything was scanned."));
    assert!(!page.contains(['\u{202e}', '\u{2028}']));
    // Everything outside of script and style.
    let code = Regex::new(r"(?s)<(script|style)\b[^>]*>.*?</(?:script|style)>").unwrap();
    assert_eq!(code.find_iter(&page).count(), 3);
    let markup = code.replace_all(&page, "");
    let tags = Regex::new(r"<[/!]?([^\s>]*)").unwrap();
    let names: BTreeSet<String> =
        tags.captures_iter(&markup).map(|tag| tag[1].to_ascii_lowercase()).collect();
    let own = "a body br button caption code dd div dl doctype dt fieldset footer form h1 h2 h3 \
               head header html input label legend li main mark meta nav noscript ol option p rect \
               section select span strong svg table tbody td th thead title tr ul";
    let own: BTreeSet<String> = own.split_whitespace().map(str::to_owned).collect();
    assert_eq!(names.difference(&own).collect::<Vec<_>>(), Vec::<&String>::new());
    let attributes = Regex::new(r"<[a-z][^>]*>").unwrap();
    let value = Regex::new(r#""[^"]*""#).unwrap();
    let handler = Regex::new(r"(?i)\son\w*=|\sstyle=|\ssrc=").unwrap();
    for tag in attributes.find_iter(&markup) {
        // No value holds a quote of its own, so what stands between quotes is no attribute.
        let bare = value.replace_all(tag.as_str(), "\"\"");
        assert!(!handler.is_match(&bare), "{tag:?}");
    }
    // Nothing points out of the page.
    assert!(!Regex::new(r#"(?i)href="[^#]"#).unwrap().is_match(&markup));
}

#[test]
fn above_the_cap_the_figures_cover_everything() {
    let mut gather = Gather::with_rows(10);
    for line in 0..25 {
        gather.hit(&hit(if line % 5 == 0 { 95 } else { 50 }, line, "c0cc.cc asked")).unwrap();
    }
    let page = written(gather, None);
    assert!(page.contains("This page has 10 of 25 hits"));
    let data = data(&page);
    assert_eq!(data["rows"], 10);
    // The five that are severe, then the first of the others.
    let lines: Vec<_> = data["columns"]["line"].as_array().unwrap().iter().collect();
    assert_eq!(lines, [0, 5, 10, 15, 20, 1, 2, 3, 4, 6]);
    for kind in ["indicator", "host"] {
        let numbers = data["sums"][kind]["number"].as_array().unwrap();
        assert_eq!(numbers.iter().map(|number| number.as_u64().unwrap()).sum::<u64>(), 25);
    }
    // A page that has all of them needs no sums.
    let mut gather = Gather::with_rows(10);
    gather.hit(&hit(95, 1, "c0cc.cc asked")).unwrap();
    assert!(self::data(&written(gather, None)).get("sums").is_none());
}

/// As the terminal does: what may have gone out is not left out.
#[test]
fn bytes_of_both_ways_may_all_have_been_sent() {
    for (sent, both, shown) in [
        (0, 0, "<td data-sort=\"0\"><"),
        (2000, 0, "<td data-sort=\"2000\">2.00 kB<"),
        (0, 3000, "<td data-sort=\"3000\">≤ 3.00 kB<"),
        (2000, 3000, "<td data-sort=\"5000\">≤ 5.00 kB<"),
    ] {
        let mut gather = Gather::new();
        for (line, sent, both) in [(1, Some(sent), None), (8, None, Some(both))] {
            let mut hit = hit(90, line, "c0cc.cc");
            (hit.source.bytes, hit.network.bytes) = (sent, both);
            gather.hit(&hit).unwrap();
        }
        let page = written(gather, None);
        assert!(page.contains(shown), "{sent} {both}");
    }
}

#[test]
fn the_lines_take_no_more_than_a_page_may_have() {
    let mut gather = Gather::new();
    let mut document = hit(95, 1, &format!("c0cc.cc {}", "<".repeat(60_000)));
    for line in 0..Gather::ROWS as u64 + 5 {
        document.flaxscan.line = line;
        // No two the same.
        document.event.original.replace_range(8..18, &format!("{line:010}"));
        gather.hit(&document).unwrap();
    }
    let page = written(gather, None);
    assert!(page.len() < 30_000_000, "{}", page.len());
    assert!(page.contains("data-packed"));
    let data = data(&page);
    assert_eq!(data["rows"], Gather::ROWS);
    assert_eq!(data["columns"]["marked"], 7);
    assert_eq!(data["columns"]["cut"], 2);
}

#[test]
fn nothing_hit_is_not_nothing_scanned() {
    let page = written(Gather::new(), None);
    assert!(page.contains("“No hits” is not “not compromised”"));
    assert!(page.contains("is not known to it"));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::write(path.join("a.log"), "nothing\n").unwrap();
    let done = flaxscan(path, &["scan", "a.log", "missing.log", "--report", "r.html"]);
    assert_eq!(done.status.code(), Some(2));
    let page = fs::read_to_string(path.join("r.html")).unwrap();
    assert!(page.contains("Not everything was scanned."));
    assert!(page.contains("missing.log"));
    assert!(page.contains("exit status 2"));
}

#[test]
fn a_summary_of_another_scan_is_told() {
    let summary = r#"{"version":"0.1.0","command":["flaxscan"],"started":"2026-10-08T12:00:00Z",
        "ended":"2026-10-08T12:00:01Z","seconds":1.0,"indicator_sets":[],"inputs":[],
        "totals":{"inputs":1,"bytes_offered":5,"bytes_scanned":5,"lines":1,"hits":3,"hit_lines":1,
        "filtered":0,"indicators_hit":1,"indicators":1,"problems":0,"passed_over":0},
        "left_out":{"files":0,"bytes":0,"directories":0},"problems":[],"passed_over":[],
        "stopped_early":false,"interrupted":false,"exit_status":0}"#;
    let account = Account::read(summary.as_bytes()).unwrap();
    let page = written(Gather::new(), Some(&account));
    assert!(page.contains("The summary speaks of 3 hits, and 0 were given"));
    assert!(Account::read(&b"{}"[..]).is_err());
}

#[test]
fn of_a_million_inputs_those_that_matter_are_shown() {
    let input = |path: String, hits: u64, skipped: &str| {
        format!(
            r#"{{"path":"{path}","bytes_offered":1,"bytes_scanned":1,"lines":1,"hits":{hits},
            "skipped":[{skipped}]}}"#
        )
    };
    let problem = r#"{"message":"damaged","by_design":false}"#;
    let mut inputs: Vec<_> = (0..5000).map(|at| input(format!("clean{at}"), 0, "")).collect();
    inputs.push(input("hit".to_owned(), 1, ""));
    inputs.push(input("bad".to_owned(), 0, problem));
    let account: page::Inputs = serde_json::from_str(&format!("[{}]", inputs.join(","))).unwrap();
    assert_eq!(account.total(), 5002);
    let shown: Vec<_> = account.shown().map(|input| input.path.as_str()).collect();
    assert_eq!(shown.len(), page::Inputs::SHOWN);
    assert_eq!(shown[..3], ["bad", "hit", "clean0"]);
}
