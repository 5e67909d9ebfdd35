//! Whether a zip archive stands at the end of what is read but once.
//!
//! A program that unpacks itself is told by its end. In a file the archive is then read by its
//! directory; of a stream the end comes when everything before it is gone, so all that can be done
//! is to say so.

use std::io::{self, Read};

use super::directory::END;
use super::header::{u16_at, u32_at};
use crate::input::ProblemReason;
use crate::input::layer::{BoxRead, read_some};

/// How much of the end is kept: the end record and a comment of ordinary length.
const TAIL: usize = 2048;

/// The least that a directory with an entry takes.
const ENTRY: u32 = 46;

/// Hands everything on, and fails at the end if an archive stands there.
pub(in crate::input) struct Behind {
    reader: BoxRead,
    tail: Vec<u8>,
    len: u64,
}

impl Behind {
    pub(in crate::input) fn new(reader: BoxRead) -> Self {
        Self { reader, tail: Vec::new(), len: 0 }
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.len += bytes.len() as u64;
        let bytes = &bytes[bytes.len().saturating_sub(TAIL)..];
        let kept = self.tail.len().min(TAIL - bytes.len());
        self.tail.drain(..self.tail.len() - kept);
        self.tail.extend_from_slice(bytes);
    }

    /// Where the end record of an archive stands.
    fn end_record(&self) -> Option<u64> {
        let begin = self.len - self.tail.len() as u64;
        memchr::memmem::rfind_iter(&self.tail, END).find_map(|at| {
            let record = &self.tail[at..];
            let is_whole =
                record.len() >= 22 && record.len() >= 22 + usize::from(u16_at(record, 20));
            (is_whole && self.has_directory(at)).then_some(begin + at as u64)
        })
    }

    /// Whether there can be a directory before the end record at `at` of the tail, as far as that
    /// is still there.
    fn has_directory(&self, at: usize) -> bool {
        let (before, record) = self.tail.split_at(at);
        let locator = before.len().checked_sub(20).map_or(&[][..], |from| &before[from..]);
        if locator.starts_with(b"PK\x06\x07") {
            return true;
        }
        let (size, from) = (u32_at(record, 12), u32_at(record, 16));
        let position = self.len - record.len() as u64;
        let is_kept = usize::try_from(size).ok().and_then(|size| before.len().checked_sub(size));
        size >= ENTRY
            && u64::from(size) + u64::from(from) <= position
            && is_kept.is_none_or(|from| before[from..].starts_with(b"PK\x01\x02"))
    }
}

impl Read for Behind {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = read_some(&mut self.reader, buffer)?;
        self.keep(&buffer[..count]);
        if count == 0
            && !buffer.is_empty()
            && let Some(position) = self.end_record()
        {
            self.tail.clear();
            return Err(io::Error::other(ProblemReason::ZipBehind { position }));
        }
        Ok(count)
    }
}
