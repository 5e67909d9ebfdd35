//! What forms and reports are given while scanning is what the documents of that scan are read as,
//! whatever the lines say.

// Only test crates; a panic is how a test fails.
#![allow(clippy::unwrap_used)]

#[path = "oracle/sample.rs"]
mod sample;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use flaxscan::indicator::IndicatorSet;
use flaxscan::scan::{Input, Matcher, SweepOptions, sweep, sweep_reader};
use flaxscan::sink::{Relay, Sink};
use flaxscan::stored::{Receiver, StoredHit, StoredHits};
use proptest::prelude::*;
use proptest::sample::select;

static EMBEDDED: LazyLock<Matcher> = LazyLock::new(|| Matcher::new(IndicatorSet::embedded()));
static EVERY_KIND: LazyLock<Matcher> = LazyLock::new(|| Matcher::new(sample::set()));

struct Collect<'h>(&'h mut Vec<StoredHit>);

impl Receiver for Collect<'_> {
    fn hit(&mut self, hit: &StoredHit) -> io::Result<()> {
        self.0.push(hit.clone());
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Holds what a receiver is given beside the documents of the same scan; gives how many there are.
fn check(scan: impl FnOnce(&mut dyn Sink)) -> usize {
    let (mut documents, mut given) = (Vec::new(), Vec::new());
    let mut relay = Relay::new("2026-10-05T12:30:00.123456789Z".parse().unwrap());
    relay.copy(&mut documents);
    relay.add(Collect(&mut given));
    scan(&mut relay);
    relay.finish().unwrap();
    drop(relay);
    let read: Vec<_> = StoredHits::new(&*documents).map(Result::unwrap).collect();
    for (given, read) in given.iter().zip(&read) {
        assert_eq!(given, read);
    }
    assert_eq!(given.len(), read.len());
    given.len()
}

fn check_text(matcher: &Matcher, text: Vec<u8>) -> usize {
    let reader = Box::new(io::Cursor::new(text));
    check(|sink| {
        sweep_reader(matcher, "some.log", reader, &SweepOptions::default(), sink).unwrap();
    })
}

fn folder(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The lines of every format, with the lines that stand before them in their file.
fn lines() -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for path in folder("tests/records") {
        for case in fs::read_to_string(path).unwrap().lines() {
            let case: serde_json::Value = serde_json::from_str(case).unwrap();
            let header = case["header"].as_array().into_iter().flatten();
            let header = header.map(|line| format!("{}\n", line.as_str().unwrap())).collect();
            lines.push((header, case["line"].as_str().unwrap().to_owned()));
        }
    }
    lines
}

static LINES: LazyLock<Vec<(String, String)>> = LazyLock::new(lines);

#[test]
fn samples() {
    let inputs: Vec<_> =
        folder("samples").iter().map(|path| Input::Path(path.to_str().unwrap().into())).collect();
    let hits = check(|sink| {
        sweep(&EMBEDDED, &inputs, &SweepOptions::default(), sink).unwrap();
    });
    assert!(hits > 100, "{hits}");
}

#[test]
fn every_format() {
    // Not every line has an indicator: one is put behind, where it spoils the fewest.
    let mut with_both = 0;
    for (header, line) in &*LINES {
        check_text(&EMBEDDED, format!("{header}{line}\n").into());
        let hits = check_text(&EVERY_KIND, format!("{header}{line} 45.77.231.209\n").into());
        assert!(hits > 0, "{line}");
        with_both += usize::from(hits > 1);
    }
    assert!(with_both > 20, "{with_both}");
}

#[test]
fn several_events_and_batches() {
    let line = |at: usize| format!("{}\nc0cc.cc bücher.example\u{1b}[31m\n", LINES[at].1);
    let text: String = (0..LINES.len()).map(line).collect();
    let hits = check_text(&EVERY_KIND, text.repeat(3).into());
    assert!(hits > 3 * LINES.len(), "{hits}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Lines of known formats with some of their bytes changed.
    #[test]
    fn spoiled_lines(
        (header, line) in select(&**LINES),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        planted in select(&["c0cc.cc", "198.18.34.7", "2001:db8:9:a::7", "ops@c0cc.cc", sample::SHA256]),
        at in any::<prop::sample::Index>(),
    ) {
        let mut line = line.into_bytes();
        for (at, byte) in changes {
            let at = at.index(line.len());
            line[at] = byte;
        }
        let at = at.index(line.len());
        line.splice(at..at, format!(" {planted} ").into_bytes());
        let text = [header.as_bytes(), &line, b"\n"].concat();
        check_text(&EVERY_KIND, text);
    }
}
