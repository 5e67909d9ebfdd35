//! The central directory of a zip archive in a file, PKWARE APPNOTE §4.3.12 to §4.3.16.
//!
//! It is read as the members are, entry by entry: however many there are, none is kept.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use super::bytes::Bytes;
use super::header::{u16_at, u32_at, u64_at, zip64};
use crate::input::layer::read_full;
use crate::input::limits::Budget;

/// The end record, a comment of up to 65,535 bytes, and before it zip64's locator.
pub(in crate::input) const TAIL: usize = 22 + 65_535 + 20;

/// The mark of the end record.
pub(in crate::input) const END: &[u8] = b"PK\x05\x06";

/// End records that are looked at, from the last one: all but one are content that looks like it.
const ENDS: usize = 64;

/// What the directory says of a member.
pub(super) struct Listed {
    pub name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub checksum: u32,
    pub packed: u64,
    pub unpacked: u64,
    pub header_at: u64,
    pub is_link: bool,
    /// Where the entry stands, without the comment behind it.
    pub entry: Range<u64>,
}

/// The entries of a directory.
pub(super) struct Directory {
    bytes: Bytes,
    /// Where it ends.
    end: u64,
    /// How many entries it is said to have, of which writers that know no zip64 tell the lower
    /// 16 bits, and how many it had so far.
    told: u64,
    seen: u64,
    /// What stands before the archive without being counted in its offsets.
    base: u64,
    /// Where the end record is, and zip64's.
    pub records: [Range<u64>; 2],
    /// Where the archive ends: behind the end record and the comment.
    pub archive_end: u64,
}

/// What the end record says.
struct End {
    told: u64,
    size: u64,
    begin: u64,
    end: u64,
    records: [Range<u64>; 2],
}

impl Directory {
    /// Finds the directory, if there is one.
    pub(super) fn find(file: &File, len: u64, budget: &Arc<Budget>) -> io::Result<Option<Self>> {
        let tail_len = len.min(TAIL as u64);
        let mut tail = vec![0; tail_len as usize];
        let mut reader = file.try_clone()?;
        reader.seek(SeekFrom::Start(len - tail_len))?;
        let count = read_full(&mut reader, &mut tail)?;
        tail.truncate(count);
        for at in memchr::memmem::rfind_iter(&tail, END).take(ENDS) {
            let record = &tail[at..];
            if record.len() < 22 || record.len() < 22 + usize::from(u16_at(record, 20)) {
                continue;
            }
            let end_at = len - tail_len + at as u64;
            let locator = at.checked_sub(20).map_or(&[][..], |from| &tail[from..at]);
            let Some(end) = end_of(record, locator, end_at, &mut reader) else { continue };
            let Some(unshifted) = end.end.checked_sub(end.size) else { continue };
            // Where it should be, or further back by what was put before the archive.
            let mut is_there = |at: u64| {
                let mut mark = [0; 4];
                end.size == 0
                    || reader.seek(SeekFrom::Start(at)).is_ok()
                        && reader.read_exact(&mut mark).is_ok()
                        && &mark == b"PK\x01\x02"
            };
            let (at, base) = match unshifted.checked_sub(end.begin) {
                Some(base) if is_there(unshifted) => (unshifted, base),
                _ if end.begin < end.end && is_there(end.begin) => (end.begin, 0),
                _ => continue,
            };
            let mut bytes = Bytes::of_file(file, budget)?;
            let directory_end = at + end.size.min(end.end - at);
            bytes.enter(&(at..directory_end));
            let End { told, records, .. } = end;
            let archive_end = end_at + 22 + u64::from(u16_at(record, 20));
            let end = directory_end;
            return Ok(Some(Self { bytes, end, told, seen: 0, base, records, archive_end }));
        }
        Ok(None)
    }

    /// Whether it is said to have anything in it.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.position >= self.end
    }

    /// The next entry; `Err` says what is wrong with it.
    pub(super) fn next(&mut self) -> Option<Result<Listed, (u64, &'static str)>> {
        let at = self.bytes.position;
        let is_all = self.seen >= self.told;
        if at >= self.end {
            self.seen = self.told;
            return (!is_all).then_some(Err((at, "the directory has fewer entries than it says")));
        }
        match self.entry() {
            Some(listed) => {
                self.seen += 1;
                Some(Ok(listed))
            }
            None => {
                self.end = 0;
                self.seen = self.told;
                // A signature may follow the last one.
                let what = "there is no entry where the directory should have one";
                (!is_all).then_some(Err((at, what)))
            }
        }
    }

    fn entry(&mut self) -> Option<Listed> {
        let at = self.bytes.position;
        let header = self.bytes.fill(46).ok().filter(|header| header.len() >= 46)?;
        if !header.starts_with(b"PK\x01\x02") {
            return None;
        }
        let lens = [u16_at(header, 28), u16_at(header, 30), u16_at(header, 32)].map(usize::from);
        let len = 46 + lens.iter().sum::<usize>();
        let header = self.bytes.fill(len).ok().filter(|header| header.len() >= len)?;
        let name = header[46..46 + lens[0]].to_vec();
        let extra = &header[46 + lens[0]..46 + lens[0] + lens[1]];
        let (packed, unpacked) = (u32_at(header, 20), u32_at(header, 24));
        let header_at = u32_at(header, 42);
        // The field holds what did not fit, in this order.
        let mut large = zip64(extra).unwrap_or_default();
        let mut wide = |value: u32| match (value, large.split_first_chunk::<8>()) {
            (u32::MAX, Some((bytes, rest))) => {
                large = rest;
                u64::from_le_bytes(*bytes)
            }
            _ => u64::from(value),
        };
        let unpacked = wide(unpacked);
        let (packed, header_at) = (wide(packed), wide(header_at));
        let is_unix = u16_at(header, 4) >> 8 == 3;
        let listed = Listed {
            name,
            flags: u16_at(header, 8),
            method: u16_at(header, 10),
            checksum: u32_at(header, 16),
            packed,
            unpacked,
            header_at: header_at.saturating_add(self.base),
            entry: at..at + (len - lens[2]) as u64,
            // The upper half of the attributes is the file's mode.
            is_link: is_unix && u32_at(header, 38) >> 28 == 0xA,
        };
        self.bytes.take(len);
        Some(listed)
    }
}

/// Reads the end record and zip64's, which `locator` points at, if it is one.
fn end_of(record: &[u8], locator: &[u8], end_at: u64, reader: &mut File) -> Option<End> {
    let told = u64::from(u16_at(record, 10));
    let (size, begin) = (u64::from(u32_at(record, 12)), u64::from(u32_at(record, 16)));
    let records = [end_at..end_at + 22, 0..0];
    let plain = End { told, size, begin, end: end_at, records };
    if !locator.starts_with(b"PK\x06\x07") {
        return Some(plain);
    }
    // Where it is said to be, or right before the locator.
    for at in [u64_at(locator, 8), end_at.saturating_sub(20 + 56)] {
        let mut large = [0; 56];
        // A place that no file has is no place of a record.
        let is_there = at < end_at && reader.seek(SeekFrom::Start(at)).is_ok();
        if is_there && reader.read_exact(&mut large).is_ok() && large.starts_with(b"PK\x06\x06") {
            let (told, size, begin) = (u64_at(&large, 32), u64_at(&large, 40), u64_at(&large, 48));
            let records = [end_at - 20..end_at + 22, at..at + 56];
            return Some(End { told, size, begin, end: at, records });
        }
    }
    None
}
