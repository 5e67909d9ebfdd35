//! The central directory of a zip archive in a file, PKWARE APPNOTE §4.3.12 to §4.3.16.
//!
//! It is read as the members are, entry by entry: however many there are, none is kept.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use crate::input::layer::{BoxRead, Counted, read_full};
use crate::input::limits::Budget;

/// Bytes that are read on, and elsewhere if they are a file's.
pub(super) struct Bytes {
    reader: BoxRead,
    /// The same file as the reader, where there is one. Each keeps its own place, for they share
    /// the system's.
    file: Option<File>,
    buffer: Vec<u8>,
    start: usize,
    pub is_done: bool,
    /// The offset of the next byte.
    pub position: u64,
}

const INPUT: usize = 64 * 1024;

impl Bytes {
    pub(super) fn of_stream(reader: BoxRead) -> Self {
        let (file, buffer) = (None, Vec::new());
        Self { reader, file, buffer, start: 0, is_done: false, position: 0 }
    }

    pub(super) fn of_file(file: &File, budget: &Arc<Budget>) -> io::Result<Self> {
        let reader = Box::new(file.try_clone()?);
        let reader = Box::new(Counted { reader, budget: Arc::clone(budget) });
        Ok(Self { file: Some(file.try_clone()?), ..Self::of_stream(reader) })
    }

    /// What is there without reading.
    pub(super) fn held(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Reads until `wanted` bytes are held; fewer at the end.
    pub(super) fn fill(&mut self, wanted: usize) -> io::Result<&[u8]> {
        if self.held().len() < wanted && !self.is_done {
            self.buffer.drain(..self.start);
            self.start = 0;
            if let Some(file) = &mut self.file {
                file.seek(SeekFrom::Start(self.position + self.buffer.len() as u64))?;
            }
            while self.buffer.len() < wanted && !self.is_done {
                let len = self.buffer.len();
                self.buffer.resize(len.max(wanted).max(INPUT), 0);
                let done =
                    crate::input::layer::read_some(&mut self.reader, &mut self.buffer[len..]);
                self.buffer.truncate(len + *done.as_ref().unwrap_or(&0));
                self.is_done = done? == 0;
            }
        }
        Ok(self.held())
    }

    pub(super) fn take(&mut self, count: usize) {
        self.start += count;
        self.position += count as u64;
    }

    /// Passes over bytes; `false` if there were not so many.
    pub(super) fn skip(&mut self, mut count: u64) -> io::Result<bool> {
        if self.file.is_some() && count > self.held().len() as u64 {
            self.seek(self.position.saturating_add(count));
            return Ok(true);
        }
        while count > 0 {
            let some = self.fill(1)?.len().min(usize::try_from(count).unwrap_or(usize::MAX));
            if some == 0 {
                return Ok(false);
            }
            self.take(some);
            count -= some as u64;
        }
        Ok(true)
    }

    /// Goes elsewhere in the file.
    pub(super) fn seek(&mut self, position: u64) {
        self.buffer.clear();
        self.start = 0;
        self.is_done = false;
        self.position = position;
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The content of the zip64 field among `extra` fields, §4.5.3.
pub(super) fn zip64(mut extra: &[u8]) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let len = usize::from(u16_at(extra, 2));
        let field = extra.get(4..4 + len)?;
        if u16_at(extra, 0) == 1 {
            return Some(field);
        }
        extra = &extra[4 + len..];
    }
    None
}

/// What the directory says of a member.
pub(super) struct Listed {
    pub name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub checksum: u32,
    pub packed: u64,
    pub header_at: u64,
    pub is_link: bool,
}

/// The entries of a directory.
pub(super) struct Directory {
    bytes: Bytes,
    left: u64,
}

impl Directory {
    /// Finds the directory. `None`: there is none, or there is more in front of the archive than
    /// it knows of.
    pub(super) fn find(file: &File, len: u64, budget: &Arc<Budget>) -> io::Result<Option<Self>> {
        // The end record, a comment of up to 65,535 bytes, and before it zip64's locator.
        let tail_len = len.min(22 + 65_535 + 20) as usize;
        let mut tail = vec![0; tail_len];
        let mut reader = file.try_clone()?;
        reader.seek(SeekFrom::Start(len - tail_len as u64))?;
        let count = read_full(&mut reader, &mut tail)?;
        tail.truncate(count);
        let is_end = |&at: &usize| {
            let record = &tail[at..];
            record.len() >= 22 && record.len() == 22 + usize::from(u16_at(record, 20))
        };
        let Some(at) = memchr::memmem::rfind_iter(&tail, b"PK\x05\x06").find(is_end) else {
            return Ok(None);
        };
        let record = &tail[at..];
        let mut end_at = len - tail_len as u64 + at as u64;
        let mut left = u64::from(u16_at(record, 10));
        let (mut size, mut begin) = (u64::from(u32_at(record, 12)), u64::from(u32_at(record, 16)));
        if at >= 20 && tail[at - 20..].starts_with(b"PK\x06\x07") {
            let record_at = u64_at(&tail, at - 20 + 8);
            let mut record = [0; 56];
            // A place that no file has is no place of a directory.
            let is_there = reader.seek(SeekFrom::Start(record_at)).is_ok();
            if !is_there
                || reader.read_exact(&mut record).is_err()
                || !record.starts_with(b"PK\x06\x06")
            {
                return Ok(None);
            }
            (left, size) = (u64_at(&record, 32), u64_at(&record, 40));
            (begin, end_at) = (u64_at(&record, 48), record_at);
        }
        if begin.checked_add(size) != Some(end_at) {
            return Ok(None);
        }
        let mut bytes = Bytes::of_file(file, budget)?;
        bytes.seek(begin);
        Ok(Some(Self { bytes, left }))
    }

    /// The next entry; `Err` says what is wrong with it.
    pub(super) fn next(&mut self) -> Option<Result<Listed, (u64, &'static str)>> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let at = self.bytes.position;
        let entry = self.entry();
        if entry.is_none() {
            self.left = 0;
        }
        Some(entry.ok_or((at, "there is no entry where the directory should have one")))
    }

    fn entry(&mut self) -> Option<Listed> {
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
        let _unpacked = wide(unpacked);
        let (packed, header_at) = (wide(packed), wide(header_at));
        let is_unix = u16_at(header, 4) >> 8 == 3;
        let listed = Listed {
            name,
            flags: u16_at(header, 8),
            method: u16_at(header, 10),
            checksum: u32_at(header, 16),
            packed,
            header_at,
            // The upper half of the attributes is the file's mode.
            is_link: is_unix && u32_at(header, 38) >> 28 == 0xA,
        };
        self.bytes.take(len);
        Some(listed)
    }
}
