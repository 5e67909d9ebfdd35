//! What the sinks write, byte by byte, for hand-made hits.
//!
//! `FLAXSCAN_BLESS=1 cargo test --test golden` writes the expected files anew; read the diff.

#![expect(clippy::unwrap_used, reason = "tests: helpers are not under #[test]")]

mod documents;
mod fixture;
mod forms;
mod schema;

use std::ops::ControlFlow;
use std::path::Path;

use fixture::{Fixture, show};
use flaxscan::sink::{Count, Files, Json, Limit, Quiet, Sink, Text, Timestamp};

/// 2026-10-09T02:03:04.5Z
fn scan_time() -> Timestamp {
    Timestamp::from_millisecond(1_791_511_384_500).unwrap()
}

fn assert_golden(name: &str, actual: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("FLAXSCAN_BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
        return;
    }
    let expected = std::fs::read(&path).unwrap_or_default();
    assert_eq!(
        String::from_utf8_lossy(actual),
        String::from_utf8_lossy(&expected),
        "{name} is not what it was"
    );
}

/// Without what changes with every version, and what nobody reads: 64 KiB of filler.
fn neutral(json: &str) -> String {
    let own = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let text = json.replace(&own, "\"version\":\"VERSION\"");
    let filler = regex::Regex::new("x{1000,}").unwrap();
    let short = |run: &regex::Captures<'_>| format!("<{} times x>", run[0].len());
    filler.replace_all(&text, short).into_owned()
}

fn run_all(fixture: &Fixture, sink: &mut dyn Sink) {
    fixture.run(sink);
    sink.flush().unwrap();
}

fn written(write: impl FnOnce(&Fixture, &mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    write(&Fixture::new(), &mut out);
    out
}

#[test]
fn text() {
    let out = written(|all, out| run_all(all, &mut Text::new(out, false)));
    assert_golden("text.txt", &out);
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
}

#[test]
fn text_in_colour() {
    let out = written(|all, out| run_all(all, &mut Text::new(out, true)));
    // Made readable: the file is looked at by people.
    let shown = String::from_utf8(out).unwrap().replace('\x1b', "<ESC>");
    assert_golden("text-colour.txt", shown.as_bytes());
}

#[test]
fn text_on_a_narrow_terminal() {
    let out = written(|all, out| run_all(all, &mut Text::new(out, false).width(60)));
    assert_golden("text-narrow.txt", &out);
}

#[test]
fn json() {
    let out = written(|all, out| run_all(all, &mut Json::new(out, scan_time())));
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    let text = neutral(&text);
    assert_golden("hits.jsonl", text.as_bytes());
}

#[test]
fn json_is_as_the_schema_says() {
    let schema = include_str!("../../docs/hit.schema.json");
    let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    assert_eq!(
        schema["properties"]["flaxscan"]["properties"]["schema"]["const"],
        flaxscan::sink::SCHEMA_VERSION
    );
    let out = written(|all, out| run_all(all, &mut Json::new(out, scan_time())));
    let text = String::from_utf8(out).unwrap();
    assert!(!text.is_empty());
    for line in text.lines() {
        let document = serde_json::from_str(line).unwrap();
        schema::check(&schema, &document).unwrap_or_else(|why| panic!("{why}\n{line}"));
    }
}

#[test]
fn the_schema_check_finds_faults() {
    let schema = include_str!("../../docs/hit.schema.json");
    let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    let out = written(|all, out| run_all(all, &mut Json::new(out, scan_time())));
    let line = String::from_utf8(out).unwrap().lines().next().unwrap().to_owned();
    for (from, to) in [
        ("\"alert\"", "\"event\""),
        ("\"schema\":1", "\"schema\":2"),
        ("\"offset\":", "\"ofset\":"),
        ("\"line\":", "\"line\":-"),
        ("T00:00:00Z", ""),
    ] {
        let broken = line.replacen(from, to, 1);
        assert_ne!(broken, line);
        let document = serde_json::from_str(&broken).unwrap();
        assert!(schema::check(&schema, &document).is_err(), "{from} → {to}");
    }
}

#[test]
fn count_of_several_inputs() {
    let out = written(|all, out| run_all(all, &mut Count::new(out, true)));
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "/evidence/fw.log:5\n/evidence/dns.log:4\n/evidence/\\u{202e}gol.exe:3\n/evidence/said.log:4\n"
    );
}

#[test]
fn count_of_one_input() {
    let mut out = Vec::new();
    let mut sink = Count::new(&mut out, false);
    assert!(!sink.wants_hits());
    sink.begin("-").unwrap();
    assert!(sink.end("-", 0).unwrap().is_continue());
    assert_eq!(out, b"0\n");
}

#[test]
fn files() {
    let out = written(|all, out| run_all(all, &mut Files::new(out)));
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "/evidence/fw.log\n/evidence/dns.log\n/evidence/\\u{202e}gol.exe\n/evidence/said.log\n"
    );
}

#[test]
fn quiet_stops_at_the_first_hit() {
    assert!(Quiet.wants_hits());
    assert_eq!(Fixture::new().run(&mut Quiet), 1);
}

#[test]
fn limit_stops_after_so_many_hits() {
    let fixture = Fixture::new();
    for limit in 1..=6 {
        let mut out = Vec::new();
        let mut sink = Limit::new(Count::new(&mut out, false), limit);
        // Counting alone would not see the hits that it has to stop at.
        assert!(sink.wants_hits());
        assert_eq!(fixture.run(&mut sink), limit);
        let expected = if limit <= 5 { format!("{limit}\n") } else { "5\n0\n1\n".to_owned() };
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

#[test]
fn limit_hands_on_no_more_even_when_it_is_not_obeyed() {
    let fixture = Fixture::new();
    let mut out = Vec::new();
    let mut sink = Limit::new(Json::new(&mut out, scan_time()), 2);
    for (path, sightings) in fixture.sightings() {
        sink.begin(&path).unwrap();
        for sighting in &sightings {
            let _ = show(&fixture, &path, sighting, &mut sink).unwrap();
        }
        assert_eq!(sink.end(&path, 99).unwrap(), ControlFlow::Break(()));
    }
    assert_eq!(String::from_utf8(out).unwrap().lines().count(), 2);
}

#[test]
fn an_error_of_the_output_is_handed_on() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
    }
    let fixture = Fixture::new();
    let (path, sightings) = fixture.sightings().swap_remove(0);
    let mut json = Json::new(Full, scan_time());
    let error = show(&fixture, &path, &sightings[0], &mut json).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    // Text is held back until the line is complete.
    let mut text = Text::new(Full, false);
    assert!(show(&fixture, &path, &sightings[0], &mut text).unwrap().is_continue());
    assert!(text.end(&path, 1).is_err());
    assert!(Count::new(Full, false).end(&path, 1).is_err());
    assert!(Files::new(Full).end(&path, 1).is_err());
}
