//! Text in several encodings, as `>>` of different programs leaves it.

use std::fs;

use flaxscan::scan::{Mapping, ProblemReason, SweepOptions};

use super::wrap::{gzip, utf16};
use super::{MATCHER, Scan, log, options};

fn encoded(text: &str, how: usize) -> Vec<u8> {
    match how {
        0 => text.as_bytes().to_vec(),
        1 => utf16(text, false, false),
        2 => utf16(text, true, false),
        3 => utf16(text, false, true),
        _ => utf16(text, true, true),
    }
}

fn files(bytes: &[u8]) -> Vec<Scan> {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("evidence");
    fs::write(&path, bytes).unwrap();
    let with = |mapping| SweepOptions { mapping, chunk_size: 10_000, ..options(2) };
    vec![
        Scan::of_file(&path, &options(2)),
        Scan::of_file(&path, &with(Mapping::Never)),
        Scan::of_file(&path, &with(Mapping::Auto)),
    ]
}

#[test]
fn what_was_appended_in_another_encoding_is_found() {
    let text = log(1500);
    for (first, second) in [(0, 1), (0, 2), (0, 3), (0, 4), (1, 0), (2, 0), (3, 0), (4, 0), (3, 4)]
    {
        let plain = text.repeat(2);
        let bytes = [encoded(&text, first), encoded(&text, second)].concat();
        let mut scans = files(&bytes);
        scans.push(Scan::of_stream(gzip(&bytes), &options(1)));
        scans.push(Scan::of_stream(bytes, &options(1)));
        let expected: Vec<_> = MATCHER
            .hits(plain.as_bytes())
            .iter()
            .map(|hit| (hit.span.start, hit.span.end))
            .collect();
        for (number, scan) in scans.iter().enumerate() {
            let what = format!("{first} {second}, {number}");
            assert!(scan.summary.problems.is_empty(), "{what}: {:?}", scan.summary.problems);
            assert!(scan.told.spans == expected, "{what}: {} hits", scan.told.spans.len());
            assert_eq!(scan.summary.lines, plain.lines().count() as u64, "{what}");
        }
    }
}

/// In the middle of a long file: found where the file is read through, said where it is not.
#[test]
fn what_was_written_in_between_is_found_or_said() {
    let (long, short) = (log(4000), log(100));
    let bytes = [encoded(&long, 0), encoded(&short, 1), encoded(&long, 0)].concat();
    let hits = |text: &str| MATCHER.hits(text.as_bytes()).len();
    for scan in files(&bytes) {
        let [ProblemReason::Mixed { .. }] = scan.reasons()[..] else {
            panic!("{:?}", scan.reasons())
        };
        assert_eq!(scan.told.hits.len(), 2 * hits(&long));
    }
    let scan = Scan::of_stream(gzip(&bytes), &options(2));
    assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
    assert_eq!(scan.told.hits.len(), 2 * hits(&long) + hits(&short));
    // What is no text has such stretches, and no file that is appended to is it.
    let binary = [b"\x7FELF\0\0\0\0", &bytes[..]].concat();
    for scan in files(&binary) {
        assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
    }
}
