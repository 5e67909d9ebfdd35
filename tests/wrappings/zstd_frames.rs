//! zstd: windows, skippable frames and long lines, in pieces of any size.

use std::io::Write as _;

use flaxscan::scan::{ProblemReason, SweepOptions};

use super::wrap::utf16;
use super::{MATCHER, Scan, log, options};

fn packed(text: &[u8], window: u32) -> Vec<u8> {
    let mut out = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    out.window_log(window).unwrap();
    out.include_checksum(true).unwrap();
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn skippable(content: &[u8]) -> Vec<u8> {
    let len = (content.len() as u32).to_le_bytes();
    [&b"\x53\x2A\x4D\x18"[..], &len, content].concat()
}

/// The hits and lines are those of the bare text.
fn assert_same(what: &str, text: &[u8], packed: Vec<u8>) {
    let plain = Scan::of_stream(text.to_vec(), &options(1));
    for threads in [1, 2, 3] {
        for chunk_size in [1000, 70_000, SweepOptions::CHUNK_SIZE] {
            let options = SweepOptions { chunk_size, ..options(threads) };
            let scan = Scan::of_stream(packed.clone(), &options);
            let what = format!("{what}, {threads}, {chunk_size}");
            assert!(scan.summary.problems.is_empty(), "{what}: {:?}", scan.summary.problems);
            assert!(scan.told.spans == plain.told.spans, "{what}");
            // Of a long line it depends on the pieces what is shown.
            let places = |scan: &Scan| {
                let places = scan.places().into_iter();
                places.map(|(line, matched, _)| (line, matched.to_owned())).collect::<Vec<_>>()
            };
            assert!(places(&scan) == places(&plain), "{what}");
            assert_eq!(scan.summary.bytes_scanned, text.len() as u64, "{what}");
            assert_eq!(scan.summary.lines, plain.summary.lines, "{what}");
        }
    }
}

/// Several times around, with matches as far back as there may be.
#[test]
fn windows_are_filled_many_times_over() {
    let text = log(60_000);
    let text = text.as_bytes();
    assert!(text.len() > 4_000_000);
    for window in [10, 17, 19, 21, 23, 24] {
        assert_same(&format!("window {window}"), text, packed(text, window));
    }
    // A single segment, as what packs a file at once writes.
    assert_same("bulk", text, zstd::bulk::compress(text, 3).unwrap());
    assert_same("bulk, small", &text[..3000], zstd::bulk::compress(&text[..3000], 3).unwrap());
}

#[test]
fn lines_may_be_longer_than_pieces() {
    let line = "x".repeat(300) + " www.k3121.com " + &"y ".repeat(40_000);
    for lines in [line.repeat(40), format!("{}\n", line.repeat(9)).repeat(8), log(9) + &line] {
        assert_same("long", lines.as_bytes(), packed(lines.as_bytes(), 20));
    }
}

#[test]
fn frames_follow_each_other() {
    let text = log(6000);
    let (first, second) = text.as_bytes().split_at(text.len() / 3 + 5);
    for (before, behind) in [(17, 17), (17, 24), (24, 17), (10, 26)] {
        let frames =
            [packed(first, before), skippable(b"what is passed over\n"), packed(second, behind)];
        assert_same(&format!("{before} {behind}"), text.as_bytes(), frames.concat());
    }
    let many: Vec<u8> = text.as_bytes().chunks(999).flat_map(|some| packed(some, 12)).collect();
    assert_same("many", text.as_bytes(), many);
    let skipped = [skippable(&[7; 100_000]), packed(text.as_bytes(), 20), skippable(b"")].concat();
    assert_same("skipped", text.as_bytes(), skipped);
}

/// What has zeros is read with more care, from there on.
#[test]
fn what_changes_to_utf16_is_found() {
    let (long, short) = (log(40_000), log(100));
    for (first, second) in [(&long, &short), (&short, &long)] {
        let bytes =
            [first.as_bytes(), &utf16(second, false, true), first.as_bytes(), b"\n\0\0\0 end\n"];
        let text = [first.as_bytes(), second.as_bytes(), first.as_bytes(), b"\n\0\0\0 end\n"];
        let scan = Scan::of_stream(packed(&bytes.concat(), 19), &options(2));
        assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
        let hits = MATCHER.hits(&text.concat());
        let spans: Vec<_> = hits.iter().map(|hit| (hit.span.start, hit.span.end)).collect();
        assert!(scan.told.spans == spans);
    }
}

#[test]
fn damage_is_said_after_what_comes_before() {
    let text = log(40_000);
    let whole = packed(text.as_bytes(), 19);
    for kept in [30, whole.len() / 2, whole.len() - 1] {
        let scan = Scan::of_stream(whole[..kept].to_vec(), &options(2));
        let [ProblemReason::Damaged { position, .. } | ProblemReason::Undecodable { position, .. }] =
            scan.reasons()[..]
        else {
            panic!("{:?}", scan.reasons())
        };
        assert_eq!(*position, kept as u64);
    }
    let mut flipped = whole.clone();
    let at = flipped.len() - 2;
    flipped[at] ^= 1;
    let scan = Scan::of_stream(flipped, &options(2));
    let [ProblemReason::Damaged { what, .. }] = scan.reasons()[..] else {
        panic!("{:?}", scan.reasons())
    };
    assert!(what.contains("checksum"), "{what}");
    assert_eq!(scan.told.hits.len(), MATCHER.hits(text.as_bytes()).len());
    // A frame that needs a dictionary.
    let mut out = zstd::bulk::Compressor::with_dictionary(3, &text.as_bytes()[..9000]).unwrap();
    let mut needy = out.compress(text.as_bytes()).unwrap();
    // Of a raw one no number is written: one that is.
    needy.splice(4..5, [needy[4] | 1, 9]);
    let scan = Scan::of_stream(needy, &options(1));
    assert!(
        scan.reasons()[0].to_string().contains("it needs a dictionary"),
        "{}",
        scan.reasons()[0]
    );
}
