//! What was made to exhaust whoever opens it ends with a message.

use std::io::{self, Read};

use flaxscan::scan::{DecodeLimits, Limit, ProblemReason, SweepOptions, sweep_reader};

use super::wrap::{bzip2, gzip, tar, xz, zip, zstd};
use super::{MATCHER, Scan, Told, log, options};

fn limited(limits: DecodeLimits) -> SweepOptions {
    SweepOptions { limits, ..options(2) }
}

fn limits_reached(scan: &Scan) -> Vec<Limit> {
    let limit = |reason: &&ProblemReason| match reason {
        ProblemReason::Limit(limit) => Some(*limit),
        _ => None,
    };
    scan.reasons().iter().filter_map(limit).collect()
}

/// A log, and then nothing but zeros.
fn bomb(size: usize) -> Vec<u8> {
    [log(100).into_bytes(), vec![0; size]].concat()
}

#[test]
fn what_unfolds_too_far_ends_with_a_message() {
    let hits = MATCHER.hits(log(100).as_bytes()).len();
    let bomb = bomb(100 << 20);
    for (name, packed) in [
        ("gz", gzip(&bomb)),
        ("zst", zstd(&bomb)),
        ("xz", xz(&bomb)),
        ("bz2", bzip2(&bomb)),
        ("zip", zip(&[("bomb", &bomb)])),
    ] {
        let limits = DecodeLimits { max_ratio: 50, ratio_from: 8 << 20, ..DecodeLimits::default() };
        let scan = Scan::of_stream(packed, &limited(limits));
        assert_eq!(limits_reached(&scan), [Limit::Ratio(50)], "{name}");
        assert_eq!(scan.told.hits.len(), hits, "{name}");
        assert!(
            scan.summary.bytes_scanned >= 8 << 20 && scan.summary.bytes_scanned < 100 << 20,
            "{name}"
        );
    }
}

/// A sparse file of zeros, say: `lastlog`.
#[test]
fn what_is_beside_a_bomb_is_scanned() {
    let text = log(100);
    let hits = MATCHER.hits(text.as_bytes()).len();
    let (bomb, log) = (vec![0; 100 << 20], text.as_bytes());
    let packed_bomb = gzip(&bomb);
    let limits = || DecodeLimits { max_ratio: 50, ratio_from: 1 << 20, ..DecodeLimits::default() };
    let zipped = zip(&[("before", log), ("bomb", &bomb), ("after", log)]);
    let nested = zip(&[("before", log), ("bomb.gz", &packed_bomb), ("after", log)]);
    let tarred = tar(&[("before", log), ("bomb.gz", &packed_bomb), ("after", log)]);
    for (what, packed) in [("zip", zipped), ("zip of gz", nested), ("tar of gz", tarred)] {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("evidence");
        std::fs::write(&path, &packed).unwrap();
        let limits = limited(limits());
        for scan in [Scan::of_file(&path, &limits), Scan::of_stream(packed, &limits)] {
            assert_eq!(limits_reached(&scan), [Limit::Ratio(50)], "{what}");
            assert_eq!(scan.told.hits.len(), 2 * hits, "{what}");
            assert!(scan.summary.bytes_scanned < 100 << 20, "{what}");
        }
    }
    // But not for ever.
    let names: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    let bombs: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), &packed_bomb[..])).collect();
    let archive = tar(&bombs);
    let most = 50 * archive.len() as u64 + 17 * (2 << 20);
    let scan = Scan::of_stream(archive, &limited(limits()));
    let reached = limits_reached(&scan);
    assert_eq!(reached[..16], [Limit::Ratio(50); 16]);
    assert_eq!(reached[16..], [Limit::Bombs(50)]);
    assert!(scan.summary.bytes_scanned < most, "{} of {most}", scan.summary.bytes_scanned);
}

#[test]
fn what_is_decoded_has_an_end() {
    let text = log(20_000);
    let limits = DecodeLimits { max_decompressed: 300_000, ..DecodeLimits::default() };
    // What is plain is not limited.
    let scan = Scan::of_stream(text.clone().into_bytes(), &limited(limits.clone()));
    assert!(scan.summary.problems.is_empty());
    let members: &[(&str, &[u8])] = &[("a", text.as_bytes()), ("b", text.as_bytes())];
    for packed in [gzip(text.as_bytes()), gzip(&tar(members)), zip(members)] {
        let scan = Scan::of_stream(packed, &limited(limits.clone()));
        assert_eq!(limits_reached(&scan), [Limit::Decompressed(300_000)]);
        assert_eq!(scan.told.documents.len(), 1);
        assert!(scan.summary.bytes_scanned >= 290_000, "{}", scan.summary.bytes_scanned);
    }
}

#[test]
fn nesting_has_an_end_and_what_is_in_the_last_layer_is_named() {
    let text = log(100);
    let hits = MATCHER.hits(text.as_bytes()).len();
    let nested = |layers: usize, mut bytes: Vec<u8>| {
        for layer in 0..layers {
            bytes = match layer % 3 {
                0 => gzip(&bytes),
                1 => tar(&[("inner", &bytes)]),
                _ => zip(&[("inner", &bytes)]),
            };
        }
        bytes
    };
    let scan = Scan::of_stream(nested(8, text.clone().into_bytes()), &options(1));
    assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
    assert_eq!(scan.told.hits.len(), hits);
    let scan = Scan::of_stream(nested(9, text.clone().into_bytes()), &options(1));
    assert_eq!(limits_reached(&scan), [Limit::Depth(8)]);
    assert!(scan.summary.bytes_scanned > 0);
    // Whatever the last layer is, that is the only thing to be said of it.
    let zips = (0..9).fold(text.into_bytes(), |bytes, _| zip(&[("inner", &bytes)]));
    let scan = Scan::of_stream(zips, &options(1));
    assert_eq!(limits_reached(&scan), [Limit::Depth(8)]);
    assert_eq!(scan.summary.problems.len(), 1, "{:?}", scan.summary.problems);
}

#[test]
fn members_and_their_names_have_an_end() {
    let text = log(1);
    let names: Vec<String> = (0..5000).map(|number| format!("{number}.log")).collect();
    let members: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), text.as_bytes())).collect();
    for packed in [zip(&members), tar(&members)] {
        let scan = Scan::of_stream(packed.clone(), &options(2));
        assert!(scan.summary.problems.is_empty());
        assert_eq!(scan.summary.files, 5000);
        let limits = DecodeLimits { max_members: 1000, ..DecodeLimits::default() };
        let scan = Scan::of_stream(packed, &limited(limits));
        assert_eq!(limits_reached(&scan), [Limit::Members(1000)]);
        assert_eq!(scan.summary.files, 1000);
    }
    let long = "n".repeat(10_000);
    let scan = Scan::of_stream(zip(&[(&long, text.as_bytes())]), &options(1));
    assert_eq!(limits_reached(&scan), [Limit::Name(4096)]);
    assert_eq!(scan.told.documents, [format!("-!{}", "n".repeat(4096))]);
    assert!(!scan.told.hits.is_empty());
}

/// A thousand bad members are as good as a million.
#[test]
fn problems_of_one_input_have_an_end() {
    let mut out = tar::Builder::new(Vec::new());
    for number in 0..3000 {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Fifo);
        header.set_size(0);
        out.append_data(&mut header, format!("{number}"), &b""[..]).unwrap();
    }
    let scan = Scan::of_stream(out.into_inner().unwrap(), &options(1));
    // A thousand with their names, the others with their number.
    assert_eq!(scan.summary.passed_over_total, 1001);
    assert_eq!(scan.summary.problems_total, 0);
    assert_eq!(scan.summary.passed_over.len(), 1000);
}

/// Zeros without end, packed as they are asked for.
struct Zeros(flate2::read::GzEncoder<io::Take<io::Repeat>>);

impl Read for Zeros {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

#[test]
fn ten_gigabytes_of_zeros_end_with_a_message() {
    let zeros = io::repeat(0).take(10 << 30);
    let reader = Zeros(flate2::read::GzEncoder::new(zeros, flate2::Compression::fast()));
    let limits = DecodeLimits { max_ratio: 100, ..DecodeLimits::default() };
    let mut told = Told::default();
    let summary = sweep_reader(&MATCHER, "zeros.gz", Box::new(reader), &limited(limits), &mut told);
    let summary = summary.unwrap();
    let [problem] = &summary.problems[..] else { panic!("{:?}", summary.problems) };
    assert!(matches!(problem.reason, ProblemReason::Limit(Limit::Ratio(100))), "{problem}");
    assert!(summary.bytes_scanned < 80 << 20);
}

/// A window that the decoder would have to keep in memory.
#[test]
fn memory_has_an_end() {
    let mut packed = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    packed.window_log(28).unwrap();
    packed.long_distance_matching(true).unwrap();
    io::Write::write_all(&mut packed, log(1000).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let scan = Scan::of_stream(packed, &options(1));
    assert!(matches!(limits_reached(&scan)[..], [Limit::Memory(_)]), "{:?}", scan.reasons());
    let mut packed = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    packed.window_log(27).unwrap();
    io::Write::write_all(&mut packed, log(1000).as_bytes()).unwrap();
    let scan = Scan::of_stream(packed.finish().unwrap(), &options(1));
    assert!(scan.summary.problems.is_empty(), "{:?}", scan.reasons());
    assert!(!scan.told.hits.is_empty());
}
