//! Streams of compressed data, one after the other.
//!
//! Rotated logs are often several streams in one file. Zeros after a stream are padding. Anything
//! else is handed on as it is and then named: somebody may have appended plain lines.

use std::io::{self, Read};
use std::sync::Arc;

use super::{Codec, Format, MAGIC, State};
use crate::input::ProblemReason;
use crate::input::layer::{BoxRead, read_some};
use crate::input::limits::{Budget, Limit, ORDINARY_MEMORY, Reserved};

/// Compressed bytes read at a time.
const INPUT: usize = 64 * 1024;

enum At {
    /// Where a stream may begin.
    Between,
    /// In a stream.
    Inside(Box<dyn Codec>),
    /// In what follows the streams.
    Rest,
    /// Before what is to be said at the end.
    Failing(io::Error),
    Done,
}

/// Decodes.
pub(in crate::input) struct Stream {
    format: &'static Format,
    reader: BoxRead,
    buffer: Vec<u8>,
    start: usize,
    is_done: bool,
    /// Compressed bytes taken.
    position: u64,
    is_first: bool,
    at: At,
    budget: Arc<Budget>,
    _memory: Reserved,
    allowed: u64,
}

impl Stream {
    /// `head` is what the reader begins with.
    pub(in crate::input) fn new(
        format: &'static Format,
        head: &[u8],
        reader: BoxRead,
        budget: &Arc<Budget>,
    ) -> Result<Self, Limit> {
        let bytes = (format.memory)(head);
        // A later stream may take more than the first one.
        let allowed = bytes.max(budget.memory_left().min(ORDINARY_MEMORY));
        Ok(Self {
            format,
            reader,
            buffer: Vec::new(),
            start: 0,
            is_done: false,
            position: 0,
            is_first: true,
            at: At::Between,
            _memory: budget.reserve(bytes)?,
            budget: Arc::clone(budget),
            allowed,
        })
    }

    /// Reads until there are `wanted` bytes or no more come.
    fn refill(&mut self, wanted: usize) -> io::Result<()> {
        if self.buffer.len() - self.start >= wanted {
            return Ok(());
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        while self.buffer.len() < wanted && !self.is_done {
            let len = self.buffer.len();
            self.buffer.resize(INPUT, 0);
            let done = read_some(&mut self.reader, &mut self.buffer[len..]);
            self.buffer.truncate(len + *done.as_ref().unwrap_or(&0));
            self.is_done = done? == 0;
        }
        Ok(())
    }

    fn take(&mut self, count: usize) {
        self.start += count;
        self.position += count as u64;
    }

    fn damaged(&self, what: String) -> io::Error {
        let (format, position) = (self.format.name, self.position);
        io::Error::other(ProblemReason::Damaged { format, position, what })
    }

    /// Finds out what stands at the beginning or after a stream.
    fn between(&mut self) -> io::Result<At> {
        loop {
            self.refill(MAGIC)?;
            let zeros = if self.is_first {
                0
            } else {
                self.buffer[self.start..].iter().take_while(|&&byte| byte == 0).count()
            };
            if zeros == 0 {
                break;
            }
            self.take(zeros);
        }
        let head = &self.buffer[self.start..];
        if head.is_empty() {
            return Ok(At::Done);
        }
        if (self.format.begins)(head) || self.is_first {
            return match (self.format.start)(self.allowed) {
                Ok(codec) => Ok(At::Inside(codec)),
                Err(what) => Err(self.damaged(what)),
            };
        }
        Ok(At::Rest)
    }

    fn rest(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let head = &self.buffer[self.start..];
        if !head.is_empty() {
            let count = head.len().min(output.len());
            output[..count].copy_from_slice(&head[..count]);
            self.start += count;
            return Ok(count);
        }
        let count = read_some(&mut self.reader, output)?;
        if count == 0 {
            let (format, position) = (self.format.name, self.position);
            return Err(io::Error::other(ProblemReason::Trailing { format, position }));
        }
        Ok(count)
    }

    /// One step of decoding; `None` if nothing came of it.
    fn inside(&mut self, codec: &mut dyn Codec, output: &mut [u8]) -> (usize, Option<At>) {
        if let Err(error) = self.refill(1) {
            return (0, Some(At::Failing(error)));
        }
        let progress = codec.run(&self.buffer[self.start..], output);
        self.take(progress.read);
        let mut next = match progress.state {
            State::End => {
                self.is_first = false;
                Some(At::Between)
            }
            State::Failed(what) => Some(At::Failing(self.damaged(what))),
            State::More if progress.read == 0 && progress.written == 0 => {
                let is_short = self.is_done && self.start == self.buffer.len();
                let what = if is_short { "it ends too early" } else { "it does not go on" };
                Some(At::Failing(self.damaged(what.to_owned())))
            }
            State::More => None,
        };
        if let Err(limit) = self.budget.decoded(progress.written) {
            next = Some(At::Failing(io::Error::other(ProblemReason::Limit(limit))));
        }
        (progress.written, next)
    }
}

impl Read for Stream {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if output.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.at, At::Done) {
                At::Done => return Ok(0),
                At::Failing(error) => return Err(error),
                At::Between => self.at = self.between()?,
                At::Rest => {
                    let count = self.rest(output)?;
                    self.at = At::Rest;
                    return Ok(count);
                }
                At::Inside(mut codec) => {
                    let (written, next) = self.inside(&mut *codec, output);
                    self.at = next.unwrap_or(At::Inside(codec));
                    if written > 0 {
                        return Ok(written);
                    }
                }
            }
        }
    }
}
