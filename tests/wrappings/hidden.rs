//! Bytes of a zip file that its directory does not name.

use std::fs;

use flaxscan::scan::ProblemReason;

use super::wrap::{gzip, tar, zip, zip_stream, zip_with};
use super::{MATCHER, Scan, log, options};

const STORED: zip::CompressionMethod = zip::CompressionMethod::Stored;
const DEFLATED: zip::CompressionMethod = zip::CompressionMethod::Deflated;

fn of_file(bytes: &[u8]) -> Scan {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("evidence");
    fs::write(&path, bytes).unwrap();
    let mut scan = Scan::of_file(&path, &options(2));
    let room = format!("{}/", room.path().display());
    for name in &mut scan.told.documents {
        *name = name.replace(&room, "");
    }
    scan
}

/// Nothing is wrong with it, these are its documents, and so many of them are logs.
fn assert_whole(what: &str, bytes: &[u8], documents: &[String], logs: usize) -> Scan {
    let scan = of_file(bytes);
    assert!(scan.summary.problems.is_empty(), "{what}: {:?}", scan.summary.problems);
    assert_eq!(scan.told.documents, documents, "{what}");
    let hits = MATCHER.hits(log(300).as_bytes()).len();
    assert_eq!(scan.told.hits.len(), logs * hits, "{what}");
    scan
}

/// Something follows the archive, from `position` on; nothing else is wrong.
fn assert_trailing(scan: &Scan, position: usize) {
    let [ProblemReason::Trailing { position: found, format: "zip" }] = scan.reasons()[..] else {
        panic!("{:?}", scan.reasons())
    };
    assert_eq!(*found, position as u64);
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("evidence!{name}")).collect()
}

fn find(bytes: &[u8], mark: &[u8]) -> usize {
    bytes.windows(mark.len()).position(|window| window == mark).unwrap()
}

fn rfind(bytes: &[u8], mark: &[u8]) -> usize {
    bytes.windows(mark.len()).rposition(|window| window == mark).unwrap()
}

fn u16_at(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()))
}

fn add(bytes: &mut [u8], at: usize, more: i64) {
    let value = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let value = u32::try_from(i64::from(value) + more).unwrap();
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// Takes the `number`th entry out of the directory.
fn delete(archive: &mut Vec<u8>, number: usize) {
    let mut at = find(archive, b"PK\x01\x02");
    let len = |archive: &[u8], at| {
        46 + u16_at(archive, at + 28) + u16_at(archive, at + 30) + u16_at(archive, at + 32)
    };
    for _ in 0..number {
        at += len(archive, at);
    }
    let len = len(archive, at);
    archive.drain(at..at + len);
    let end = rfind(archive, b"PK\x05\x06");
    archive[end + 8] -= 1;
    archive[end + 10] -= 1;
    add(archive, end + 12, -(len as i64));
}

/// Puts something before the archive, and counts it in the archive's offsets, or does not.
fn prepend(archive: &[u8], stub: &[u8], is_counted: bool) -> Vec<u8> {
    let mut out = [stub, archive].concat();
    if is_counted {
        let mut from = stub.len();
        let more = stub.len() as i64;
        while let Some(at) = out[from..].windows(4).position(|mark| mark == b"PK\x01\x02") {
            add(&mut out, from + at + 42, more);
            from += at + 4;
        }
        let end = rfind(&out, b"PK\x05\x06");
        add(&mut out, end + 16, more);
    }
    out
}

/// Puts something between the members and the directory.
fn before_directory(archive: &[u8], what: &[u8]) -> Vec<u8> {
    let at = find(archive, b"PK\x01\x02");
    let mut out = [&archive[..at], what, &archive[at..]].concat();
    let end = rfind(&out, b"PK\x05\x06");
    add(&mut out, end + 16, what.len() as i64);
    out
}

fn logs(text: &str) -> [(&str, &[u8]); 3] {
    ["a.log", "b.log", "c.log"].map(|name| (name, text.as_bytes()))
}

#[test]
fn members_that_were_deleted_from_the_directory_are_scanned() {
    let text = log(300);
    for archive in [
        zip(&logs(&text)),
        zip_with(&logs(&text), STORED),
        zip_stream(&logs(&text), DEFLATED),
        zip_stream(&logs(&text), STORED),
    ] {
        for (number, left, deleted) in
            [(0, ["b", "c"], "a"), (1, ["a", "c"], "b"), (2, ["a", "b"], "c")]
        {
            let mut archive = archive.clone();
            delete(&mut archive, number);
            let [first, second] = left.map(|name| format!("evidence!{name}.log"));
            let unlisted = format!("evidence!(unlisted) {deleted}.log");
            assert_whole("deleted", &archive, &[first, second, unlisted], 3);
        }
        let mut all = archive.clone();
        (0..3).for_each(|_| delete(&mut all, 0));
        // Nothing is left in the directory, not even what says that there is one.
        assert_whole(
            "all deleted",
            &all,
            &names(&["(unlisted) a.log", "(unlisted) b.log", "(unlisted) c.log"]),
            3,
        );
    }
}

#[test]
fn what_stands_before_an_archive_is_scanned_and_the_archive_too() {
    let text = log(300);
    let archive = zip(&logs(&text));
    let stub = [b"MZ\x90\0\x03 PK\x03\x04 PK\x01\x02 PK\x05\x06 a program\n", text.as_bytes()];
    for (what, stub) in [("stub", stub.concat()), ("log", text.clone().into_bytes())] {
        for is_counted in [true, false] {
            let what = format!("{what}, counted: {is_counted}");
            let packed = prepend(&archive, &stub, is_counted);
            let expected = names(&["a.log", "b.log", "c.log", "(from byte 0)"]);
            assert_whole(&what, &packed, &expected, 4);
            // Not at the very end.
            let packed = [&packed[..], b"\nbehind\n"].concat();
            let behind = format!("(from byte {})", packed.len() - 8);
            let expected = names(&["a.log", "b.log", "c.log", "(from byte 0)", &behind]);
            let scan = of_file(&packed);
            assert_trailing(&scan, packed.len() - 8);
            assert_eq!(scan.told.documents, expected, "{what}");
        }
    }
    // What is compressed there is taken for what it is.
    let packed = prepend(&archive, &[b"\n", &gzip(text.as_bytes())[..]].concat(), true);
    let names = names(&["a.log", "b.log", "c.log", "(from byte 0)"]);
    assert_eq!(of_file(&packed).told.documents, names);
}

#[test]
fn archives_one_after_the_other_are_scanned() {
    let text = log(300);
    let both = [zip(&logs(&text)[..1]), zip_stream(&logs(&text)[1..], DEFLATED)].concat();
    assert_whole("both", &both, &names(&["b.log", "c.log", "(unlisted) a.log"]), 3);
}

#[test]
fn what_stands_between_and_behind_is_scanned() {
    let text = log(300);
    let archive = zip(&logs(&text));
    let directory = find(&archive, b"PK\x01\x02");
    let packed = before_directory(&archive, text.as_bytes());
    let expected = names(&["a.log", "b.log", "c.log", &format!("(from byte {directory})")]);
    let scan = assert_whole("between", &packed, &expected, 4);
    // As for every document, positions count in it.
    assert_eq!(scan.told.hits.last().unwrap().1, 301);
    // A log and a member, and another log.
    let hidden = [text.as_bytes(), &zip(&[("x.log", text.as_bytes())]), text.as_bytes()].concat();
    let packed = before_directory(&archive, &hidden);
    let last = directory + hidden.len() - text.len();
    let expected = names(&[
        "a.log",
        "b.log",
        "c.log",
        &format!("(from byte {directory})"),
        "(unlisted) x.log",
        &format!("(from byte {last})"),
    ]);
    assert_whole("a log, a member, a log", &packed, &expected, 6);
    // Behind the end record, and in its comment.
    let behind = format!("(from byte {})", archive.len());
    let expected = names(&["a.log", "b.log", "c.log", &behind]);
    let short = &text[..4000];
    let hits = MATCHER.hits(text.as_bytes()).len() * 3 + MATCHER.hits(short.as_bytes()).len();
    let mut comment = [&archive, short.as_bytes()].concat();
    let len = (short.len() as u16).to_le_bytes();
    comment[archive.len() - 2..archive.len()].copy_from_slice(&len);
    let scan = of_file(&comment);
    assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
    assert_eq!((scan.told.documents, scan.told.hits.len()), (expected.clone(), hits));
    // What follows the archive is none of it, in a file as in a pipe; padding is nothing.
    for padding in [&[][..], &[0; 700]] {
        let packed = [&archive, padding, short.as_bytes()].concat();
        let position = archive.len() + padding.len();
        let behind = format!("(from byte {position})");
        let scan = of_file(&packed);
        assert_trailing(&scan, position);
        let expected = names(&["a.log", "b.log", "c.log", &behind]);
        assert_eq!((scan.told.documents, scan.told.hits.len()), (expected, hits));
        let scan = Scan::of_stream(packed, &options(1));
        assert_trailing(&scan, position);
        assert_eq!(scan.told.hits.len(), hits);
    }
    // Behind the comment, too.
    let scan = of_file(&[&comment[..], b"\nbehind\n"].concat());
    assert_trailing(&scan, comment.len());
}

/// Of what is read but once the end comes last: what is packed there is at least said.
#[test]
fn an_archive_behind_something_else_in_a_stream_is_said() {
    let text = log(300);
    let many: Vec<(String, &[u8])> = (0..100).map(|n| (format!("{n}.log"), &b"x"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (&**name, *bytes)).collect();
    for archive in [zip(&logs(&text)), zip_stream(&logs(&text), DEFLATED), zip(&many)] {
        for stub in [b"MZ\x90\0\x03\0\0\0 a program\n".to_vec(), text.clone().into_bytes()] {
            let packed = [&stub[..], &archive].concat();
            let at = rfind(&packed, b"PK\x05\x06") as u64;
            for (path, packed) in [
                ("-", packed.clone()),
                ("-", gzip(&packed)),
                ("-!x.exe", tar(&[("x.exe", &packed)])),
                ("-!x.exe", zip(&[("x.exe", &packed)])),
            ] {
                let scan = Scan::of_stream(packed, &options(2));
                let [problem] = &scan.summary.problems[..] else {
                    panic!("{:?}", scan.summary.problems)
                };
                assert_eq!(problem.path, path);
                let ProblemReason::ZipBehind { position } = problem.reason else {
                    panic!("{problem}")
                };
                assert_eq!(position, at);
                let hits = MATCHER.hits(&stub).len();
                assert_eq!(scan.told.hits.len(), hits, "{path}");
            }
        }
    }
}

#[test]
fn what_a_members_data_ends_before_is_scanned() {
    let text = log(300);
    let mut archive = zip(&[("a.log", text.as_bytes())]);
    let at = find(&archive, b"PK\x01\x02");
    archive.splice(at..at, text.bytes());
    // Both headers say that all of it is the member's.
    let more = text.len() as i64;
    add(&mut archive, 18, more);
    add(&mut archive, at + text.len() + 20, more);
    let end = rfind(&archive, b"PK\x05\x06");
    add(&mut archive, end + 16, more);
    let expected = names(&["a.log", &format!("(from byte {at})")]);
    assert_whole("file", &archive, &expected, 2);
    let scan = Scan::of_stream(archive, &options(1));
    assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
    assert_eq!(scan.told.documents, expected.map_names("-"));
    assert_eq!(scan.told.hits.len(), 2 * MATCHER.hits(text.as_bytes()).len());
}

trait MapNames {
    fn map_names(&self, input: &str) -> Vec<String>;
}

impl MapNames for Vec<String> {
    fn map_names(&self, input: &str) -> Vec<String> {
        self.iter().map(|name| name.replace("evidence", input)).collect()
    }
}

/// What ordinary archives have between their members is no content.
#[test]
fn ordinary_archives_have_nothing_hidden() {
    let text = log(300);
    let expected = names(&["a.log", "b.log", "c.log"]);
    let large = {
        use std::io::Write as _;
        let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().large_file(true).with_alignment(4);
        for (name, content) in logs(&text) {
            out.start_file(name, options).unwrap();
            out.write_all(content).unwrap();
        }
        out.finish().unwrap().into_inner()
    };
    let archive = zip(&logs(&text));
    for (what, packed) in [
        ("deflated", archive.clone()),
        ("stored", zip_with(&logs(&text), STORED)),
        ("with descriptors", zip_stream(&logs(&text), DEFLATED)),
        ("stored with descriptors", zip_stream(&logs(&text), STORED)),
        ("zip64, aligned", large),
        ("padded", before_directory(&archive, &[0; 4096])),
        ("padded at the end", [&archive[..], &[0; 512]].concat()),
        ("of one part", [b"PK00", &archive[..]].concat()),
        ("of one part, with the other mark", [b"PK\x07\x08", &archive[..]].concat()),
    ] {
        assert_whole(what, &packed, &expected, 3);
    }
    // Directories have no content; empty members have none either.
    let archive = zip(&[("logs/", b""), ("logs/empty", b"")]);
    assert_whole("empty", &archive, &names(&["logs/empty"]), 0);
    // An Android package's signatures.
    let archive = zip(&logs(&text));
    let block = [&[7; 96][..], b"APK Sig Block 42"].concat();
    let at = find(&archive, b"PK\x01\x02");
    let expected = names(&["a.log", "b.log", "c.log", &format!("(from byte {at})")]);
    assert_whole("signed", &before_directory(&archive, &block), &expected, 3);
}

/// A directory that is damaged does not hide the members behind the damage.
#[test]
fn members_behind_damage_in_the_directory_are_scanned() {
    let text = log(300);
    let mut archive = zip(&logs(&text));
    let at = rfind(&archive, b"PK\x01\x02");
    archive[at] = b'Q';
    let scan = of_file(&archive);
    let expected = names(&["a.log", "b.log", "(unlisted) c.log"]);
    assert_eq!(scan.told.documents[..3], expected);
    assert_eq!(scan.told.hits.len(), 3 * MATCHER.hits(text.as_bytes()).len());
    let [problem] = &scan.summary.problems[..] else { panic!("{:?}", scan.summary.problems) };
    assert!(problem.to_string().contains("no entry where"), "{problem}");
}

/// A log that only ends like an archive is a log.
#[test]
fn marks_in_a_log_are_no_archive() {
    let text = log(300);
    let end = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let wild = b"PK\x05\x06\0\0\0\0\xFF\0\xFF\0\xFF\0\0\0\x10\0\0\0\0\0";
    for tail in [&end[..], wild, b"PK\x05\x06", b"PK\x06\x07 PK\x05\x06 and so on to the end of it"]
    {
        let bytes = [text.as_bytes(), tail].concat();
        assert_whole("log", &bytes, &["evidence".to_owned()], 1);
        let scan = Scan::of_stream(bytes, &options(1));
        assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
    }
}
