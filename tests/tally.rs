//! The summary on the terminal, as people read it: who met whom, since when, how regularly.
//!
//! `FLAXSCAN_BLESS=1 cargo test --test tally` writes the expected files anew; read the diff.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use flaxscan::stored::{StoredHit, StoredHits};
use flaxscan::tally::{Contact, Limits, Tally};
use regex::Regex;

fn flaxscan(directory: &Path, args: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_flaxscan"));
    // Nothing of the machine that runs the test: no terminal, no colours, no zone.
    program.env("NO_COLOR", "1").env("TZ", "UTC").current_dir(directory).args(args);
    program.output().unwrap()
}

/// What a scan says on standard error, without what differs from run to run.
fn said(directory: &Path, args: &[&str]) -> String {
    let args = [&["scan", "-o", "json", "--summary", "always"], args].concat();
    let output = flaxscan(directory, &args);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    let time = Regex::new(r"(?m)^(scanned .*) in [^(\n]*( \(.*\))?$").unwrap();
    time.replace(&text, "$1 in TIME").into_owned()
}

fn assert_golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tally").join(name);
    if std::env::var_os("FLAXSCAN_BLESS").is_some() {
        fs::write(&path, actual).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{name} is not what it was");
}

/// What a scan of a log with this text says.
fn said_of(log: &str, args: &[&str]) -> String {
    let room = tempfile::tempdir().unwrap();
    fs::write(room.path().join("fw.log"), log).unwrap();
    said(room.path(), &[&["fw.log"], args].concat())
}

/// A connection as a Cisco ASA ends it, `second` seconds after the first of January 2026.
fn connection(second: u32, host: &str, address: &str) -> String {
    let (day, rest) = (1 + second / 86_400, second % 86_400);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!(
        "Jan {day:02} 2026 {hour:02}:{minute:02}:{second:02} fw1 : %ASA-6-302014: Teardown TCP \
         connection 7 for outside:{address}/443 to inside:{host}/50122 duration 0:00:01 bytes 1200 \
         TCP FINs\n"
    )
}

#[test]
fn the_samples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_golden("samples.txt", &said(root, &["samples"]));
    assert_golden("samples-top-3.txt", &said(root, &["samples", "--top", "3"]));
}

#[test]
fn stored_hits_come_to_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let samples = samples.to_str().unwrap();
    let scanned = flaxscan(directory.path(), &["scan", samples, "-o", "json=hits.jsonl"]);
    let scanned = String::from_utf8(scanned.stderr).unwrap();
    let stored = flaxscan(directory.path(), &["report", "hits.jsonl", "--to", "text"]);
    let stored = String::from_utf8(stored.stdout).unwrap();
    assert!(stored.lines().count() > 20, "{stored}");
    assert!(scanned.contains(&stored), "{scanned}\n{stored}");
    // With a report, what the report counts is told.
    let reported = flaxscan(directory.path(), &["scan", samples, "--report", "report.html"]);
    let reported = String::from_utf8(reported.stderr).unwrap();
    assert!(reported.contains(&stored), "{reported}\n{stored}");
}

/// A page is told row by row.
#[test]
fn the_standing_is_the_overview() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documents = flaxscan(root, &["scan", "samples", "-o", "json"]).stdout;
    let mut tally = Tally::new(Limits { indicators: 20, hosts: 10, pairs: 15, times: 8 });
    for hit in StoredHits::new(documents.as_slice()) {
        tally.observe(&Contact::of_stored(&hit.unwrap()));
    }
    let mut told = tally.overview(usize::MAX);
    assert_eq!((told.by_indicator.len(), told.by_host.len(), told.by_pair.len()), (20, 10, 15));
    let standing = tally.standing();
    let mut first = standing.overview(4);
    assert_eq!(first.by_host, told.by_host[..4]);
    assert_eq!(first.by_indicator, told.by_indicator[..4]);
    // But for the pairs, with all rows it is the same.
    first = standing.overview(usize::MAX);
    first.by_pair = told.by_pair.clone();
    assert_eq!(first, told);
    let hosts: Vec<_> = told.by_host[..3].iter().map(|host| host.name.clone()).collect();
    told.by_pair.retain(|pair| hosts.contains(&pair.host));
    assert!((3..15).contains(&told.by_pair.len()));
    assert_eq!(standing.met(3), told.by_pair);
    assert!(standing.regular().eq(told.regular));
    assert!(standing.names().eq(told.by_indicator.iter().map(|indicator| &*indicator.name)));
    // Nothing is told over time.
    told.by_host.iter_mut().for_each(|host| host.over_time.clear());
    told.by_indicator.iter_mut().for_each(|indicator| indicator.over_time.clear());
    assert!(standing.hosts().eq(told.by_host));
    assert!(standing.indicators().eq(told.by_indicator));
}

/// A FortiGate logs a session that lasts every two minutes, with all it sent so far and what of it is
/// new.
#[test]
fn what_a_session_sent_so_far_counts_once() {
    let line = |id: &str, minute: u32, action: &str, counts: &str| {
        format!(
            "date=2026-01-01 time=00:{minute:02}:00 devname=\"FGT-1\" devid=\"FG100F0000000001\" \
             tz=\"+0000\" logid=\"{id}\" type=\"traffic\" subtype=\"forward\" srcip=10.0.0.5 \
             dstip=45.77.231.209 sessionid=7 proto=6 action=\"{action}\" {counts}\n"
        )
    };
    let log = [
        line("0000000020", 2, "accept", "sentbyte=1000 rcvdbyte=10 sentdelta=1000 rcvddelta=10"),
        line("0000000020", 4, "accept", "sentbyte=1500 rcvdbyte=30 sentdelta=500 rcvddelta=20"),
        line("0000000013", 5, "close", "sentbyte=1700 rcvdbyte=30 sentdelta=200 rcvddelta=0"),
        // Over before it would have been logged twice.
        line("0000000013", 6, "close", "sentbyte=7 rcvdbyte=3"),
    ]
    .concat();
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("fw.log"), log).unwrap();
    let documents = flaxscan(directory.path(), &["scan", "fw.log", "-o", "json"]).stdout;
    let mut tally = Tally::new(Limits::default());
    for hit in StoredHits::new(documents.as_slice()) {
        tally.observe(&Contact::of_stored(&hit.unwrap()));
    }
    let told = tally.overview(usize::MAX);
    assert_eq!((told.totals.hits, told.totals.bytes_out, told.totals.bytes_in), (4, 1707, 33));
    // Counted while scanning, too.
    let scanned = flaxscan(directory.path(), &["scan", "fw.log"]);
    let scanned = String::from_utf8(scanned.stderr).unwrap();
    assert!(scanned.contains("1.71 kB"), "{scanned}");
}

/// A firewall writes both an address and what it was translated to, a proxy a name and its URL: one
/// session, several hits.
#[test]
fn what_one_event_sent_counts_once() {
    let session = |line: u64, time: &str, indicator: &str, sent: u64| -> StoredHit {
        let document = serde_json::json!({
            "@timestamp": time,
            "event": { "dataset": "test", "ingested": "2026-10-08T12:00:00Z", "original": "" },
            "threat": {
                "indicator": { "name": indicator, "type": "x", "confidence": "High" },
                "enrichments": [],
            },
            "log": { "file": { "path": "fw.log" }, "offset": 0 },
            "source": { "ip": "10.0.0.1", "bytes": sent },
            "destination": { "ip": "45.77.231.209", "bytes": 2 * sent },
            "flaxscan": {
                "line": line, "column": 1, "matched": "x", "relation": "exact",
                "class": "infrastructure", "schema": 1, "version": "0.1.0",
            },
        });
        serde_json::from_value(document).unwrap()
    };
    let (one, two) = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z");
    let (address, name) = ("45.77.231.209", "c0cc.cc");
    let hits = [
        session(1, one, address, 100),
        session(1, one, address, 100),
        session(1, one, name, 100),
        // The same again is another one.
        session(2, one, address, 100),
        // Two events in one line.
        session(3, one, address, 100),
        session(3, two, address, 100),
        session(3, two, name, 100),
    ];
    let mut tally = Tally::new(Limits::default());
    for hit in &hits {
        tally.observe(&Contact::of_stored(hit));
    }
    // The same line of another file.
    let mut other = hits[6].clone();
    other.log.file.path = "fw2.log".into();
    tally.observe(&Contact::of_stored(&other));
    let told = tally.overview(usize::MAX);
    assert_eq!((told.totals.hits, told.totals.bytes_out, told.totals.bytes_in), (8, 500, 1000));
    assert_eq!(told.by_host[0].figures.bytes_out, 500);
    let sent =
        |rows: &[(Arc<str>, u64)], name: &str| rows.iter().find(|row| *row.0 == *name).unwrap().1;
    let rows: Vec<_> =
        told.by_indicator.iter().map(|row| (row.name.clone(), row.figures.bytes_out)).collect();
    assert_eq!((sent(&rows, address), sent(&rows, name)), (400, 300));
    let rows: Vec<_> =
        told.by_pair.iter().map(|row| (row.indicator.clone(), row.figures.bytes_out)).collect();
    assert_eq!((sent(&rows, address), sent(&rows, name)), (400, 300));
}

#[test]
fn a_clock_and_a_fan() {
    let mut log = String::new();
    // A beacon: every ten minutes for two days, a few seconds off.
    for beat in 0..288 {
        log += &connection(1000 + beat * 600 + beat * 7 % 9, "10.1.2.3", "45.77.231.209");
    }
    // Somebody who comes now and then.
    for second in [3000, 3020, 3100, 40_000, 41_000, 90_000, 90_100, 150_000, 150_004, 151_000] {
        log += &connection(second, "10.1.2.4", "45.77.231.209");
    }
    // One machine, many addresses.
    let addresses = ["5.188.33.228", "92.38.185.43", "104.238.149.146", "149.28.132.137"];
    for (second, address) in (60_000..).step_by(30).zip(addresses) {
        log += &connection(second, "10.9.9.9", address);
    }
    assert_golden("clock-and-fan.txt", &said_of(&log, &[]));
}

#[test]
fn the_first_sentence() {
    let come = "Aug 19 2024 11:16:38 fw1 : %ASA-4-106023: Deny tcp src outside:45.77.231.209/4433 \
                dst inside:10.1.2.3/22 by access-group \"outside\"\n";
    let asked =
        "Aug 19 2024 11:16:38 gw named[1]: client 10.0.0.5#5353: query: www.k3121.com IN A\n";
    let other = asked.replace("10.0.0.5", "10.0.0.6").replace("k3121", "b2047").replace("19", "20");
    let company = asked.replace("k3121.com", "integritytech.com.cn");
    let reached = connection(0, "10.1.2.3", "45.77.231.209");
    let undated = "query: www.k3121.com IN A from client 10.0.0.5\n";
    let cases = [
        ("nothing", String::new()),
        ("a note", "seen: c0cc.cc\n".to_owned()),
        ("a note of two", "seen: c0cc.cc and 45.77.231.209\n".to_owned()),
        ("one came", come.to_owned()),
        ("two came, a day apart", come.to_owned() + &come.replace("Aug 19", "Aug 20")),
        ("one asked", asked.to_owned()),
        ("two asked", asked.to_owned() + &other),
        ("one reached", reached.clone()),
        ("one asked and reached, and one came", asked.to_owned() + &reached + come),
        ("a company", company.clone()),
        ("a company and a note", company + "seen: c0cc.cc\n"),
        ("without a time", undated.to_owned()),
        ("a device alone", "Aug 19 2024 11:16:38 fw1 app[1]: seen c0cc.cc\n".to_owned()),
    ];
    let mut text = String::new();
    for (name, log) in cases {
        let said = said_of(&log, &["--top", "0", "--assume-tz", "UTC"]);
        let (overview, _) = said.split_once("\nscanned ").unwrap();
        writeln!(text, "{name}:\n{}\n", overview.trim()).unwrap();
    }
    assert_golden("first-sentences.txt", &text);
}
