//! Methods of zip members that no crate here packs with: packed by hand.

use std::fs;

use super::wrap::tar;
use super::{MATCHER, Scan, log, options};

/// A zip of one member.
fn zip_of(method: u16, flags: u16, packed: &[u8], content: &[u8]) -> Vec<u8> {
    let mut shared = Vec::new();
    for number in [63, flags, method, 0, 0x21] {
        shared.extend_from_slice(&number.to_le_bytes());
    }
    shared.extend_from_slice(&crc32fast::hash(content).to_le_bytes());
    shared.extend_from_slice(&(packed.len() as u32).to_le_bytes());
    shared.extend_from_slice(&(content.len() as u32).to_le_bytes());
    shared.extend_from_slice(&5_u16.to_le_bytes());
    let local = [b"PK\x03\x04", &shared[..], b"\0\0a.log", packed].concat();
    let entry = [b"PK\x01\x02\x3F\0", &shared[..], &[0; 16], b"a.log"].concat();
    let mut end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec();
    end.extend_from_slice(&(entry.len() as u32).to_le_bytes());
    end.extend_from_slice(&(local.len() as u32).to_le_bytes());
    [&local, &entry, &end, &b"\0\0"[..]].concat()
}

fn scans(archive: &[u8]) -> [Scan; 2] {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("evidence");
    fs::write(&path, archive).unwrap();
    [Scan::of_file(&path, &options(1)), Scan::of_stream(archive.to_vec(), &options(1))]
}

fn assert_whole(archive: &[u8], content: &[u8]) {
    for scan in scans(archive) {
        assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
        assert_eq!(scan.told.documents.len(), 1);
        assert!(scan.told.documents[0].ends_with("!a.log"));
        assert_eq!(scan.summary.bytes_scanned, content.len() as u64);
        assert_eq!(scan.told.hits.len(), MATCHER.hits(content).len());
    }
}

fn lzma(content: &[u8]) -> Vec<u8> {
    let options = liblzma::stream::LzmaOptions::new_preset(1).unwrap();
    let stream = liblzma::stream::Stream::new_lzma_encoder(&options).unwrap();
    let mut out = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
    std::io::Write::write_all(&mut out, content).unwrap();
    let alone = out.finish().unwrap();
    // Zip has a version and no length.
    [b"\x09\x14\x05\0", &alone[..5], &alone[13..]].concat()
}

#[test]
fn lzma_members_are_unpacked() {
    let text = log(20_000);
    let packed = lzma(text.as_bytes());
    let archive = zip_of(14, 2, &packed, text.as_bytes());
    assert_whole(&archive, text.as_bytes());
    // By its length; the mark at its end may be there all the same.
    assert_whole(&zip_of(14, 0, &packed, text.as_bytes()), text.as_bytes());
    for bad in [&packed[..packed.len() / 2], &packed[..7], b"\x09\x14\x06\0abcdefghijklm"] {
        for scan in scans(&zip_of(14, 2, bad, text.as_bytes())) {
            let [problem] = &scan.summary.problems[..] else { panic!("{:?}", scan.reasons()) };
            assert!(problem.path.ends_with("!a.log"), "{problem}");
        }
    }
    let scan = &scans(&zip_of(14, 2, &packed[..packed.len() / 2], text.as_bytes()))[0];
    assert!(!scan.told.hits.is_empty());
}

/// Bits, the lowest first.
#[derive(Default)]
struct Bits(Vec<u8>, u32);

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.1.is_multiple_of(8) {
                self.0.push(0);
            }
            *self.0.last_mut().unwrap() |= ((value >> bit & 1) as u8) << (self.1 % 8);
            self.1 += 1;
        }
    }

    /// Codes have their highest bit first.
    fn code(&mut self, value: u32, count: u32) {
        (0..count).rev().for_each(|bit| self.put(value >> bit & 1, 1));
    }
}

/// A line, repeated by the longest match, which deflate64 has and deflate does not: code 285 with
/// 16 bits of length.
#[test]
fn deflate64_members_are_unpacked() {
    let line = b"www.k3121.com\n";
    let content = line.repeat(4001);
    let mut bits = Bits::default();
    // The last block, with the fixed codes.
    bits.put(1, 1);
    bits.put(1, 2);
    line.iter().for_each(|&byte| bits.code(0x30 + u32::from(byte), 8));
    bits.code(0b1100_0000 + 285 - 280, 8);
    bits.put(4000 * 14 - 3, 16);
    // A distance from 13 to 16.
    bits.code(7, 5);
    bits.put(14 - 13, 2);
    bits.code(0, 7);
    assert_whole(&zip_of(9, 0, &bits.0, &content), &content);
    // A distance beyond deflate's 32 KiB: code 31 from 49153 on has 14 more bits.
    let far = log(1200);
    assert!(far.len() > 60_000);
    let mut bits = Bits::default();
    bits.put(1, 1);
    bits.put(1, 2);
    far.bytes().for_each(|byte| bits.code(0x30 + u32::from(byte), 8));
    bits.code(0b1100_0000 + 285 - 280, 8);
    bits.put(5000 - 3, 16);
    bits.code(31, 5);
    bits.put(60_000 - 49_153, 14);
    bits.code(0, 7);
    let start = far.len() - 60_000;
    let content = [far.as_bytes(), &far.as_bytes()[start..start + 5000]].concat();
    assert_whole(&zip_of(9, 0, &bits.0, &content), &content);
}

/// Two blocks of zeros end a tar. Where only they are missing, nothing is.
#[test]
fn a_tar_without_its_end_mark_is_whole_unless_a_member_is_not() {
    let text = log(300);
    let archive = tar(&[("a.log", text.as_bytes()), ("b.log", text.as_bytes())]);
    let end = archive.len() - 1024;
    for kept in [end, end + 512] {
        for scan in scans(&archive[..kept]) {
            assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
            assert_eq!(scan.told.hits.len(), 2 * MATCHER.hits(text.as_bytes()).len());
        }
    }
    // In the last member, in what fills its block, after the header of a long name.
    let long = tar(&[("a.log", text.as_bytes()), (&"n".repeat(300), text.as_bytes())]);
    let named = 512 + text.len().next_multiple_of(512) + 1024;
    for cut in [&archive[..end - 512], &archive[..end - 1], &long[..named]] {
        for scan in scans(cut) {
            assert_eq!(scan.summary.problems.len(), 1, "{:?}", scan.summary.problems);
        }
    }
}

/// An lz4 frame of the first kind, as kernels have them: blocks until there are no more.
fn old_lz4(content: &[u8]) -> Vec<u8> {
    let mut out = b"\x02\x21\x4C\x18".to_vec();
    for block in content.chunks(8 << 20) {
        let packed = lz4_flex::block::compress(block);
        out.extend_from_slice(&(packed.len() as u32).to_le_bytes());
        out.extend_from_slice(&packed);
    }
    out
}

#[test]
fn old_lz4_frames_are_unpacked_whatever_follows_them() {
    let text = log(2000);
    let (old, new) = (old_lz4(text.as_bytes()), super::wrap::lz4(text.as_bytes()));
    for frames in
        [&[&old][..], &[&old, &old], &[&old, &new], &[&new, &old, &new], &[&old, &new, &old]]
    {
        let packed: Vec<u8> = frames.iter().flat_map(|frame| frame.to_vec()).collect();
        for scan in scans(&packed) {
            assert!(scan.summary.problems.is_empty(), "{:?}", scan.summary.problems);
            let hits = MATCHER.hits(text.as_bytes()).len() * frames.len();
            assert_eq!(scan.told.hits.len(), hits);
        }
    }
}
