//! What is cut off, flipped, appended or encrypted.

use std::fs;
use std::io::Read;

use flaxscan::scan::ProblemReason;
use lz4_flex::frame::{BlockSize, FrameInfo};
use proptest::prelude::*;

use super::wrap::{COMPRESSIONS, gzip, lz4_with, tar, zip, zip_stream, zip_with};
use super::{MATCHER, Scan, log, options};

/// What the crates themselves decode before they give up.
fn decoded(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut reader: Box<dyn Read + '_> = match name {
        "gz" => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
        "zst" => Box::new(zstd::stream::read::Decoder::new(bytes).unwrap()),
        "xz" => Box::new(liblzma::read::XzDecoder::new_multi_decoder(bytes)),
        "bz2" => Box::new(bzip2::read::MultiBzDecoder::new(bytes)),
        "lz4" => Box::new(lz4_flex::frame::FrameDecoder::new(bytes)),
        _ => panic!("{name}"),
    };
    let (mut out, mut some) = (Vec::new(), [0; 700]);
    while let Ok(count @ 1..) = reader.read(&mut some) {
        out.extend_from_slice(&some[..count]);
    }
    out
}

/// The offsets of hits in the whole lines of a text.
fn spans(text: &[u8]) -> Vec<(u64, u64)> {
    let end = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |feed| feed + 1);
    let hits = MATCHER.hits(&text[..end]);
    hits.iter().map(|hit| (hit.span.start, hit.span.end)).collect()
}

fn is_named(scan: &Scan) -> bool {
    scan.reasons().iter().any(|reason| !reason.is_by_design())
}

#[test]
fn what_comes_before_a_cut_is_scanned_and_the_cut_is_named() {
    let text = log(30_000);
    for (name, pack) in COMPRESSIONS {
        let packed = pack(text.as_bytes());
        for kept in [packed.len() - 1, packed.len() - 9, packed.len() / 2, packed.len() / 7] {
            let cut = &packed[..kept];
            let scan = Scan::of_stream(cut.to_vec(), &options(2));
            let what = format!("{name} cut to {kept} of {}", packed.len());
            let expected = spans(&decoded(name, cut));
            assert!(!expected.is_empty() || name == "bz2" || name == "xz", "{what}");
            let is_there = |span: &(u64, u64)| scan.told.spans.contains(span);
            assert!(expected.iter().all(is_there), "{what}");
            let [reason] = scan.reasons()[..] else { panic!("{what}: {:?}", scan.reasons()) };
            let ProblemReason::Damaged { position, .. } = reason else {
                panic!("{what}: {reason}")
            };
            assert_eq!(*position, kept as u64, "{what}");
        }
    }
}

/// The program's own blocks are of 4 MiB, in which a small log is one.
#[test]
fn what_comes_before_damage_in_a_large_lz4_block_is_scanned() {
    let text = log(30_000);
    let whole = spans(text.as_bytes());
    let info = FrameInfo::new().block_size(BlockSize::Max4MB).block_checksums(true);
    let new = lz4_with(info, text.as_bytes());
    let packed = lz4_flex::block::compress(text.as_bytes());
    let len = u32::try_from(packed.len()).unwrap().to_le_bytes();
    let old = [&b"\x02\x21\x4C\x18"[..], &len, &packed].concat();
    for (name, packed) in [("new", new), ("old", old)] {
        for part in [2, 3, 7] {
            let kept = packed.len() / part;
            let what = format!("{name}, {kept} of {}", packed.len());
            let scan = Scan::of_stream(packed[..kept].to_vec(), &options(2));
            let [ProblemReason::Damaged { position, .. }] = scan.reasons()[..] else {
                panic!("{what}: {:?}", scan.reasons())
            };
            assert_eq!(*position, kept as u64, "{what}");
            let found = &scan.told.spans;
            assert!(found.len() >= whole.len() / (part + 2), "{what}: {}", found.len());
            assert_eq!(found[..], whole[..found.len()], "{what}");
            let mut damaged = packed.clone();
            damaged[kept..kept + 40].fill(0);
            let scan = Scan::of_stream(damaged, &options(2));
            assert!(is_named(&scan), "{what}");
            let before = whole.len() / (part + 2);
            assert_eq!(scan.told.spans[..before], whole[..before], "{what}");
        }
    }
}

#[test]
fn what_follows_the_data_is_scanned_and_named() {
    let text = log(1000);
    for (name, pack) in COMPRESSIONS {
        let packed = pack(text.as_bytes());
        let appended = [&packed[..], b"\nplainly www.k3121.com\n"].concat();
        let scan = Scan::of_stream(appended, &options(2));
        let [ProblemReason::Trailing { position, .. }] = scan.reasons()[..] else {
            panic!("{name}: {:?}", scan.reasons())
        };
        assert_eq!(*position, packed.len() as u64, "{name}");
        assert_eq!(scan.told.hits.last().unwrap().3, "plainly www.k3121.com", "{name}");
        assert_eq!(scan.told.hits.len(), MATCHER.hits(text.as_bytes()).len() + 1, "{name}");
    }
}

/// What only looks like a format is a log like any other.
#[test]
fn a_log_that_begins_like_compressed_data_is_scanned() {
    let magics: [&[u8]; 6] = [
        b"\x1F\x8B\x08",
        b"\x28\xB5\x2F\xFD",
        b"\xFD7zXZ\0",
        b"BZh91AY",
        b"\x04\x22\x4D\x18",
        b"PK\x03\x04",
    ];
    for magic in magics {
        let text = [magic, b" and so on\nquery www.k3121.com\n"].concat();
        for scan in [Scan::of_stream(text.clone(), &options(1)), of_file(&text)] {
            let what = magic.escape_ascii();
            assert_eq!(scan.told.hits.len(), 1, "{what}: {:?}", scan.summary);
            assert_eq!(scan.told.hits[0].3, "query www.k3121.com", "{what}");
            assert!(is_named(&scan), "{what}");
        }
    }
}

fn of_file(bytes: &[u8]) -> Scan {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("evidence");
    fs::write(&path, bytes).unwrap();
    Scan::of_file(&path, &options(2))
}

#[test]
fn empty_and_tiny_inputs() {
    for (name, pack) in COMPRESSIONS {
        let scan = of_file(&pack(b""));
        assert!(scan.summary.problems.is_empty(), "{name}: {:?}", scan.summary.problems);
        assert_eq!((scan.summary.files, scan.summary.bytes_scanned), (1, 0), "{name}");
    }
    for archive in [tar(&[]), zip(&[]), zip_stream(&[], zip::CompressionMethod::Stored)] {
        for scan in [of_file(&archive), Scan::of_stream(archive.clone(), &options(1))] {
            assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
            assert!(scan.told.hits.is_empty());
        }
    }
    for byte in 0..=255 {
        let scan = of_file(&[byte]);
        assert!(scan.summary.problems.is_empty(), "{byte}: {:?}", scan.summary.problems);
        assert_eq!(scan.summary.bytes_scanned, 1);
    }
}

/// A member of a zip in a file can be damaged on its own.
#[test]
fn the_members_around_a_damaged_one_are_scanned() {
    let text = log(3000);
    let members: Vec<(&str, &[u8])> =
        ["a.log", "b.log", "c.log"].map(|name| (name, text.as_bytes())).to_vec();
    for method in [zip::CompressionMethod::Deflated, zip::CompressionMethod::Stored] {
        let mut archive = zip_with(&members, method);
        let middle = archive.len() / 2;
        archive[middle] ^= 0x55;
        for scan in [of_file(&archive), Scan::of_stream(archive.clone(), &options(2))] {
            assert_eq!(scan.told.documents.len(), 3, "{method}");
            let of = |name: &str| scan.told.hits.iter().filter(|hit| hit.0.ends_with(name)).count();
            let all = MATCHER.hits(text.as_bytes()).len();
            assert_eq!((of("!a.log"), of("!c.log")), (all, all), "{method}");
            let [problem] = &scan.summary.problems[..] else {
                panic!("{:?}", scan.summary.problems)
            };
            assert!(problem.path.ends_with("!b.log"), "{problem}");
        }
    }
    // Without its directory, from a file as from a pipe.
    let archive = zip(&members);
    let cut = &archive[..archive.len() - 100];
    for scan in [of_file(cut), Scan::of_stream(cut.to_vec(), &options(2))] {
        // And what is left of the directory.
        let is_log = |name: &&String| name.ends_with(".log");
        assert_eq!(scan.told.documents.iter().filter(is_log).count(), 3);
        assert!(is_named(&scan));
    }
}

#[test]
fn what_cannot_be_unpacked_is_named() {
    let text = log(100);
    let members: &[(&str, &[u8])] =
        &[("secret.log", text.as_bytes()), ("open.log", text.as_bytes())];
    let encrypted = |mut archive: Vec<u8>| {
        // The flag in the member's own header and in the directory.
        archive[6] |= 1;
        let at = archive.windows(4).position(|mark| mark == b"PK\x01\x02").unwrap();
        archive[at + 8] |= 1;
        archive
    };
    let odd = |mut archive: Vec<u8>| {
        archive[8] = 98;
        let at = archive.windows(4).position(|mark| mark == b"PK\x01\x02").unwrap();
        archive[at + 10] = 98;
        archive
    };
    let streamed = zip_stream(members, zip::CompressionMethod::Deflated);
    for archive in [zip(members), streamed] {
        for (archive, said) in [
            (encrypted(archive.clone()), "is encrypted"),
            (odd(archive), "is packed with method 98"),
        ] {
            for scan in [of_file(&archive), Scan::of_stream(archive.clone(), &options(1))] {
                let [problem] = &scan.summary.problems[..] else {
                    panic!("{:?}", scan.summary.problems)
                };
                assert!(problem.path.ends_with("!secret.log"), "{problem}");
                assert!(problem.reason.to_string().starts_with(said), "{problem}");
                assert_eq!(scan.told.documents.len(), 1);
                assert_eq!(scan.told.hits.len(), MATCHER.hits(text.as_bytes()).len());
            }
        }
    }
}

#[test]
fn links_and_special_members_are_named_and_no_failure() {
    let mut out = tar::Builder::new(Vec::new());
    for (name, kind) in [
        ("link", tar::EntryType::Symlink),
        ("hard", tar::EntryType::Link),
        ("pipe", tar::EntryType::Fifo),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        out.append_link(&mut header, name, "/etc/passwd").unwrap();
    }
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Directory);
    header.set_size(0);
    out.append_data(&mut header, "logs/", &b""[..]).unwrap();
    let scan = of_file(&out.into_inner().unwrap());
    assert_eq!(scan.summary.passed_over.len(), 3, "{:?}", scan.summary.passed_over);
    assert!(!is_named(&scan));
    assert!(scan.told.documents.is_empty());
}

#[test]
fn a_damaged_tar_is_scanned_to_its_end() {
    let text = log(200);
    let mut archive = tar(&[("a.log", text.as_bytes()), ("b.log", text.as_bytes())]);
    // In the second header.
    let at = 512 + text.len().next_multiple_of(512);
    archive[at + 10] ^= 1;
    let scan = of_file(&archive);
    assert_eq!(scan.told.hits.len(), 2 * MATCHER.hits(text.as_bytes()).len());
    assert!(is_named(&scan));
    // Two archives, one after the other, are one.
    let both = [tar(&[("a.log", text.as_bytes())]), tar(&[("b.log", text.as_bytes())])].concat();
    let scan = of_file(&both);
    assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
    assert_eq!(scan.told.documents.len(), 2);
}

/// Less than a block of it, too.
#[test]
fn what_follows_a_tar_is_scanned_however_short_it_is() {
    let text = log(200);
    let hits = MATCHER.hits(text.as_bytes()).len();
    let archive = tar(&[("a.log", text.as_bytes())]);
    let appended = b"plainly www.k3121.com\n";
    for before in [0, 512, 700] {
        let zeros = vec![0; before];
        let scan = of_file(&[&archive[..], &zeros, appended].concat());
        assert_eq!(scan.told.hits.len(), hits + 1, "{before}");
        let [ProblemReason::Trailing { format: "tar", .. }] = scan.reasons()[..] else {
            panic!("{before}: {:?}", scan.reasons())
        };
    }
    // What is no whole block of zeros is padding all the same.
    let scan = of_file(&[&archive[..], &[0; 100]].concat());
    assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
    // Without its end mark, and with the beginning of what could be a header.
    let end = archive.len() - 1024;
    let scan = of_file(&[&archive[..end], appended].concat());
    assert_eq!(scan.told.hits.len(), hits + 1);
    assert!(is_named(&scan));
}

/// A tar whose extended header for one member is `header`.
fn extended_tar(header: &[u8], text: &str) -> Vec<u8> {
    let mut extended = tar::Header::new_ustar();
    extended.set_entry_type(tar::EntryType::XHeader);
    extended.set_size(header.len() as u64);
    let mut out = tar::Builder::new(Vec::new());
    out.append_data(&mut extended, "pax", header).unwrap();
    let mut member = tar::Header::new_ustar();
    member.set_size(text.len() as u64);
    out.append_data(&mut member, "a.log", text.as_bytes()).unwrap();
    out.into_inner().unwrap()
}

#[test]
fn extended_headers_are_read_or_said() {
    let text = log(100);
    let record = |key: &str, value: &str| {
        let rest = format!(" {key}={value}\n");
        let len = (1..).find(|len| rest.len() + len.to_string().len() == *len).unwrap();
        format!("{len}{rest}")
    };
    let path = record("path", "real.log");
    let long = record("comment", &"x".repeat(100_000)) + &path;
    let longer = record("comment", &"x".repeat(2_000_000)) + &path;
    let sparse = record("GNU.sparse.major", "1") + &record("GNU.sparse.name", "real.log");
    for (header, name, is_said) in [
        (path, "evidence!real.log", false),
        (long, "evidence!real.log", false),
        (longer, "evidence!a.log", true),
    ] {
        let scan = of_file(&extended_tar(header.as_bytes(), &text));
        assert_eq!(scan.told.documents.len(), 1);
        assert!(scan.told.documents[0].ends_with(name), "{:?}", scan.told.documents);
        assert_eq!(scan.told.hits.len(), MATCHER.hits(text.as_bytes()).len());
        let reasons = scan.reasons();
        assert_eq!(matches!(reasons[..], [ProblemReason::Header(_)]), is_said, "{reasons:?}");
        assert_eq!(reasons.is_empty(), !is_said, "{reasons:?}");
    }
    // Holes of the newer kind are listed in the data.
    let scan = of_file(&extended_tar(sparse.as_bytes(), &text));
    assert!(scan.told.documents[0].ends_with("!real.log"), "{:?}", scan.told.documents);
    let passed_over = &scan.summary.passed_over;
    assert!(matches!(passed_over[0].reason, ProblemReason::Sparse), "{passed_over:?}");
}

/// Damage in what lies around an archive is told once and ends it.
#[test]
fn a_damaged_tar_gz_keeps_what_comes_before() {
    let text = log(20_000);
    let archive = tar(&[("a.log", text.as_bytes()), ("b.log", text.as_bytes())]);
    let packed = gzip(&archive);
    let scan = of_file(&packed[..packed.len() * 3 / 4]);
    assert_eq!(scan.told.documents.len(), 2);
    let [problem] = &scan.summary.problems[..] else { panic!("{:?}", scan.summary.problems) };
    assert!(problem.path.ends_with("!b.log"), "{problem}");
    assert!(problem.to_string().contains("gzip data is damaged at byte"), "{problem}");
    assert!(scan.told.hits.len() > MATCHER.hits(text.as_bytes()).len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is flipped, cut or put in: hits in what the crate itself can decode are found.
    #[test]
    fn damage_anywhere_loses_nothing_before_it(
        format in 0..COMPRESSIONS.len(),
        at in 0.0..1.0,
        flip in 1_u8..,
        how in 0..3,
        chunk in prop_oneof![Just(3000_usize), Just(1 << 20)],
    ) {
        let (name, pack) = COMPRESSIONS[format];
        let text = log(4000);
        let (head, tail) = text.as_bytes().split_at(text.len() / 2);
        let mut packed = [pack(head), pack(tail)].concat();
        let at = (at * packed.len() as f64) as usize;
        match how {
            0 => packed[at] ^= flip,
            1 => packed.truncate(at),
            _ => packed.insert(at, flip),
        }
        let expected = spans(&decoded(name, &packed));
        let options = flaxscan::scan::SweepOptions { chunk_size: chunk, ..options(2) };
        let scan = Scan::of_stream(packed, &options);
        for span in expected {
            prop_assert!(scan.told.spans.contains(&span), "{} {:?}: {:?}", name, span, scan.reasons());
        }
    }

    /// Archives: no panic, and an end.
    #[test]
    fn damaged_archives_end(at in 0.0..1.0, flip in 1_u8.., how in 0..3, which in 0..5_usize) {
        let text = log(300);
        let members: &[(&str, &[u8])] = &[("a.log", text.as_bytes()), ("b/c.log", text.as_bytes())];
        let mut archive = match which {
            0 => zip(members),
            1 => zip_stream(members, zip::CompressionMethod::Stored),
            2 => tar(members),
            3 => zip(&[("x.tar.gz", &gzip(&tar(members)))]),
            _ => zip_stream(members, zip::CompressionMethod::Deflated),
        };
        let at = (at * archive.len() as f64) as usize;
        match how {
            0 => archive[at] ^= flip,
            1 => archive.truncate(at),
            _ => archive.insert(at, flip),
        }
        of_file(&archive);
        Scan::of_stream(archive, &options(2));
    }
}
