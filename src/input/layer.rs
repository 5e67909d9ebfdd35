//! Readers that stand between the raw bytes and what decodes them.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ProblemReason;
use super::limits::Budget;

/// Anything that bytes come from.
pub(super) type BoxRead = Box<dyn Read + Send>;

/// Reads once, whatever interrupts it.
pub(super) fn read_some(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Fills `buffer` as far as the reader goes.
pub(super) fn read_full(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match read_some(reader, &mut buffer[len..])? {
            0 => break,
            count => len += count,
        }
    }
    Ok(len)
}

/// Counts raw bytes, until the scan is ended.
pub(super) struct Counted {
    pub reader: BoxRead,
    pub budget: Arc<Budget>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.budget.is_stopped() {
            let offset = self.budget.consumed();
            return Err(io::Error::other(ProblemReason::Interrupted { offset }));
        }
        let count = self.reader.read(buffer)?;
        self.budget.read(count);
        Ok(count)
    }
}

/// A reader whose first bytes can be looked at.
pub(super) struct Peek {
    head: Vec<u8>,
    at: usize,
    error: Option<io::Error>,
    is_done: bool,
    reader: BoxRead,
}

impl Peek {
    pub(super) fn new(reader: BoxRead) -> Self {
        Self { head: Vec::new(), at: 0, error: None, is_done: false, reader }
    }

    /// Reads ahead until there are `wanted` bytes, `is_enough` says so, or there are no more.
    pub(super) fn fill(&mut self, wanted: usize, is_enough: impl Fn(&[u8]) -> bool) {
        while self.head.len() < wanted && !self.is_done && !is_enough(&self.head) {
            let len = self.head.len();
            self.head.resize(wanted, 0);
            let done = read_some(&mut self.reader, &mut self.head[len..]);
            self.head.truncate(len + *done.as_ref().unwrap_or(&0));
            match done {
                Ok(count) => self.is_done = count == 0,
                Err(error) => {
                    self.is_done = true;
                    self.error = Some(error);
                }
            }
        }
    }

    /// What was read ahead.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// What went wrong, if that was before the first byte.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        if self.head.is_empty() { self.error.take() } else { None }
    }
}

impl Read for Peek {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at < self.head.len() {
            let count = buffer.len().min(self.head.len() - self.at);
            buffer[..count].copy_from_slice(&self.head[self.at..self.at + count]);
            self.at += count;
            if self.at == self.head.len() {
                (self.head, self.at) = (Vec::new(), 0);
            }
            return Ok(count);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None if self.is_done => Ok(0),
            None => self.reader.read(buffer),
        }
    }
}

/// The most that is kept to begin again: more than any format's first block.
const KEPT: usize = 9 << 20;

/// A reader that can begin again, as long as nobody said that it need not. Its clones are the
/// same reader: one is given to a decoder, the other is what is left if that fails.
#[derive(Clone)]
pub(super) struct Replay(Arc<Mutex<Replayed>>);

struct Replayed {
    reader: BoxRead,
    /// What was read since the beginning; `None` when it is not needed or would be too much.
    record: Option<Vec<u8>>,
    /// Where in the record reading is.
    at: usize,
    is_again: bool,
}

impl Replay {
    pub(super) fn new(reader: BoxRead) -> Self {
        let replayed = Replayed { reader, record: Some(Vec::new()), at: 0, is_again: false };
        Self(Arc::new(Mutex::new(replayed)))
    }

    fn lock(&self) -> MutexGuard<'_, Replayed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It need not begin again.
    pub(super) fn forget(&self) {
        self.lock().record = None;
    }

    /// Begins again; `false` if too much was read for that.
    pub(super) fn rewind(&self) -> bool {
        let mut replayed = self.lock();
        replayed.is_again = true;
        replayed.record.is_some()
    }
}

impl Read for Replay {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut replayed = self.lock();
        let Replayed { reader, record, at, is_again } = &mut *replayed;
        let Some(kept) = record else { return reader.read(buffer) };
        if *is_again {
            let count = buffer.len().min(kept.len() - *at);
            buffer[..count].copy_from_slice(&kept[*at..*at + count]);
            *at += count;
            if *at == kept.len() {
                *record = None;
            }
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            return reader.read(buffer);
        }
        let count = reader.read(buffer)?;
        if kept.len() + count > KEPT {
            *record = None;
        } else {
            kept.extend_from_slice(&buffer[..count]);
        }
        Ok(count)
    }
}
