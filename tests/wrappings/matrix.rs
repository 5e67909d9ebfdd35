//! Every wrapping, from a file and through a pipe.

use std::fs;

use flaxscan::scan::{Mapping, SweepOptions};
use zip::CompressionMethod::{Deflated, Stored};

use super::wrap::{self, COMPRESSIONS, gzip, tar, utf16, xz, zip, zip_stream, zip_with, zstd};
use super::{Scan, log, options};

/// A wrapped log and what its only document is called after the input's name.
struct Wrapped {
    name: String,
    bytes: Vec<u8>,
    member: &'static str,
}

fn wrappings(text: &str) -> Vec<Wrapped> {
    let plain = text.as_bytes();
    let (head, tail) = plain.split_at(plain.len() / 3);
    let mut all = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>, member| {
        all.push(Wrapped { name: name.to_owned(), bytes, member });
    };
    add("plain", plain.to_vec(), "");
    for (name, pack) in COMPRESSIONS {
        add(name, pack(plain), "");
        add(&format!("{name}, several streams"), [pack(head), pack(b""), pack(tail)].concat(), "");
        add(&format!("{name}, padded"), [pack(plain), vec![0; 1024]].concat(), "");
        add(&format!("tar.{name}"), pack(&tar(&[("var/fw.log", plain)])), "!var/fw.log");
        let inner = pack(plain);
        add(&format!("zip of {name}"), zip(&[("fw.log.x", &inner)]), "!fw.log.x");
        let twice = pack(&gzip(plain));
        add(&format!("gz in {name}"), twice, "");
    }
    let skipped = b"\x53\x2A\x4D\x18\x03\0\0\0abc";
    for (name, pack) in [("zst", zstd as wrap::Pack), ("lz4", wrap::lz4)] {
        add(
            &format!("{name}, skippable"),
            [&skipped[..], &pack(head), skipped, &pack(tail)].concat(),
            "",
        );
    }
    for (name, mode) in [
        ("linked", lz4_flex::frame::BlockMode::Linked),
        ("independent", lz4_flex::frame::BlockMode::Independent),
    ] {
        let info = lz4_flex::frame::FrameInfo::new()
            .block_mode(mode)
            .block_checksums(true)
            .content_checksum(true)
            .content_size(Some(plain.len() as u64))
            .block_size(lz4_flex::frame::BlockSize::Max256KB);
        add(&format!("lz4, {name}"), wrap::lz4_with(info, plain), "");
    }
    let old = lz4_flex::frame::FrameInfo::new().legacy_frame(true);
    add("lz4, old", wrap::lz4_with(old, plain), "");
    let members: &[(&str, &[u8])] = &[("logs/", b""), ("logs/fw.log", plain)];
    add("zip", zip(members), "!logs/fw.log");
    add("zip, stored", zip_with(members, Stored), "!logs/fw.log");
    add("zip, streamed", zip_stream(&members[1..], Deflated), "!logs/fw.log");
    add("zip, streamed and stored", zip_stream(&members[1..], Stored), "!logs/fw.log");
    add("tar", tar(&[("fw.log", plain)]), "!fw.log");
    let long = "a/".repeat(90) + "fw.log";
    add("tar, long name", tar(&[(&long, plain)]), Box::leak(format!("!{long}").into_boxed_str()));
    let inner = gzip(&tar(&[("fw.log", plain)]));
    add("zip of tar.gz", zip(&[("inner.tar.gz", &inner)]), "!inner.tar.gz!fw.log");
    add("tar.xz of zip", xz(&tar(&[("in.zip", &zip(members))])), "!in.zip!logs/fw.log");
    let inner = zip_stream(&members[1..], Stored);
    add("zip of zip", zip_stream(&[("in.zip", &inner)], Stored), "!in.zip!logs/fw.log");
    for (name, is_big) in [("LE", false), ("BE", true)] {
        for with_mark in [true, false] {
            let name = format!("UTF-16 {name}{}", if with_mark { "" } else { " without a mark" });
            let encoded = utf16(text, is_big, with_mark);
            add(&format!("{name}, gz"), gzip(&encoded), "");
            add(
                &format!("{name}, CRLF"),
                utf16(&text.replace('\n', "\r\n"), is_big, with_mark),
                "",
            );
            add(&format!("{name}, CR"), utf16(&text.replace('\n', "\r"), is_big, with_mark), "");
            add(&name, encoded, "");
        }
    }
    add("CRLF", text.replace('\n', "\r\n").into_bytes(), "");
    add("CR", text.replace('\n', "\r").into_bytes(), "");
    add("CR, gz", gzip(text.replace('\n', "\r").as_bytes()), "");
    add("UTF-8 mark, gz", gzip(format!("\u{feff}{text}").as_bytes()), "");
    add("UTF-8 mark", format!("\u{feff}{text}").into_bytes(), "");
    all
}

/// `\u{feff}` is decoration: the first line has it, and nothing depends on it.
fn unmarked(line: &str) -> &str {
    line.strip_prefix('\u{feff}').unwrap_or(line)
}

#[test]
fn the_same_log_in_every_wrapping_gives_the_same_hits() {
    let text = log(20_000);
    let expected: Vec<(u64, String, String)> = text
        .lines()
        .zip(1..)
        .filter_map(|(line, number)| {
            let words = ["www.k3121.com", "api.c0cc.cc", "45.77.231.209"];
            let word = words.into_iter().find(|word| line.contains(word))?;
            Some((number, word.to_owned(), line.to_owned()))
        })
        .collect();
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("evidence");
    for Wrapped { name, bytes, member } in wrappings(&text) {
        fs::write(&path, &bytes).unwrap();
        let small = SweepOptions { chunk_size: 10_000, threads: 3, ..options(3) };
        let scans = [
            ("file", Scan::of_file(&path, &options(1))),
            ("file", Scan::of_file(&path, &small)),
            (
                "file, read",
                Scan::of_file(&path, &SweepOptions { mapping: Mapping::Never, ..options(2) }),
            ),
            ("stream", Scan::of_stream(bytes.clone(), &options(1))),
            ("stream", Scan::of_stream(bytes, &small)),
        ];
        for (how, scan) in &scans {
            let what = format!("{name}, {how}");
            assert!(scan.summary.problems.is_empty(), "{what}: {:?}", scan.summary.problems);
            let places = scan.places().into_iter();
            let found: Vec<_> =
                places.map(|(n, m, l)| (n, m.to_owned(), unmarked(l).to_owned())).collect();
            assert!(found == expected, "{what}: {} hits, {:?} …", found.len(), found.first());
            let input = if how.starts_with("file") { path.to_str().unwrap() } else { "-" };
            assert_eq!(scan.told.documents, [format!("{input}{member}")], "{what}");
            assert_eq!(scan.summary.lines, text.lines().count() as u64, "{what}");
            assert_eq!(scan.summary.bytes_offered, scan.summary.bytes_scanned, "{what}");
            assert_eq!(scan.summary.files, 1, "{what}");
        }
    }
}

/// Offsets are those in the decoded document.
#[test]
fn offsets_count_decoded_bytes_of_the_member() {
    let text = log(500);
    let archive = tar(&[("a.log", b"one line\n"), ("b.log", text.as_bytes())]);
    let scan = Scan::of_stream(gzip(&archive), &options(2));
    assert!(!scan.told.spans.is_empty());
    for ((path, _, matched, _), (start, end)) in scan.told.hits.iter().zip(&scan.told.spans) {
        assert_eq!(path, "-!b.log");
        assert_eq!(&text[*start as usize..*end as usize], matched);
    }
    assert_eq!(scan.told.documents, ["-!a.log", "-!b.log"]);
}

#[test]
fn the_order_is_the_archives_whatever_the_number_of_threads() {
    let room = tempfile::tempdir().unwrap();
    let names: Vec<String> =
        (0..300).map(|number| format!("{:03}.log", number * 7 % 300)).collect();
    let text = log(60);
    let members: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), text.as_bytes())).collect();
    fs::write(room.path().join("a.zip"), zip(&members)).unwrap();
    fs::write(room.path().join("b.tar.zst"), zstd(&tar(&members))).unwrap();
    for number in 0..8 {
        fs::write(room.path().join(format!("c{number}.gz")), gzip(log(3000).as_bytes())).unwrap();
    }
    let expected = Scan::of_file(room.path(), &options(1)).told.hits;
    assert!(expected.len() > 1000);
    let archived: Vec<_> = expected.iter().filter(|hit| hit.0.contains("a.zip!")).collect();
    assert!(archived[0].0.ends_with("a.zip!000.log"));
    assert!(archived[3].0.ends_with("a.zip!007.log"), "{:?}", archived[3]);
    for threads in [2, 3, 4] {
        for chunk_size in [512 << 10, 5000] {
            let scan = Scan::of_file(room.path(), &SweepOptions { chunk_size, ..options(threads) });
            assert!(scan.told.hits == expected, "{threads} threads");
        }
    }
}
