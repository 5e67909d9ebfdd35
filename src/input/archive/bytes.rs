//! An archive's bytes, read on from where they are, or, in a file, from elsewhere.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use crate::input::layer::{BoxRead, Counted, read_some};
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
    /// The offset at which they end, if not with the reader.
    end: u64,
}

const INPUT: usize = 64 * 1024;

impl Bytes {
    pub(super) fn of_stream(reader: BoxRead) -> Self {
        let (file, buffer) = (None, Vec::new());
        Self { reader, file, buffer, start: 0, is_done: false, position: 0, end: u64::MAX }
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
                let room = self.end.saturating_sub(self.position + len as u64);
                let more = wanted.max(INPUT).saturating_sub(len);
                let more = more.min(usize::try_from(room).unwrap_or(usize::MAX));
                self.buffer.resize(len + more, 0);
                let done = read_some(&mut self.reader, &mut self.buffer[len..]);
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
        let ahead = position.checked_sub(self.position).and_then(|ahead| ahead.try_into().ok());
        if let Some(ahead) = ahead.filter(|&ahead: &usize| ahead < self.held().len()) {
            return self.take(ahead);
        }
        self.buffer.clear();
        self.start = 0;
        self.is_done = false;
        self.position = position;
    }

    /// Goes elsewhere in the file, to a stretch that is to be read as if it were all.
    pub(super) fn enter(&mut self, stretch: &Range<u64>) {
        self.buffer.clear();
        self.start = 0;
        self.is_done = false;
        self.position = stretch.start;
        self.end = stretch.end;
    }
}
