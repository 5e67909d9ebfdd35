//! zip, PKWARE APPNOTE, as it comes: through a pipe, or in something else.
//!
//! It cannot be read from its end: the members are taken as they come, each by its own header. A
//! member whose length its header does not tell is read to where its data ends; stored data has no
//! end of its own, and goes to the descriptor that gives its length and checksum.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::bytes::Bytes;
use super::header::{local, u16_at, u32_at, u64_at};
use super::member::{Shared, begin, begin_loose};
use super::{Archive, Entry, damaged};
use crate::input::ProblemReason;
use crate::input::layer::BoxRead;
use crate::input::limits::Budget;

/// The longest record that is passed over: the specification's are shorter.
const RECORD: u64 = 4096;

/// A zip archive.
pub(in crate::input) struct Zip {
    shared: Arc<Mutex<Shared>>,
    /// Whether a directory was passed: an archive that ends without one is not whole.
    is_listed: bool,
    /// How long the comment is that comes next.
    comment: u64,
    rest: Option<Entry>,
    is_done: bool,
}

impl Zip {
    pub(in crate::input) fn new(reader: BoxRead, budget: &Arc<Budget>) -> Self {
        let shared = Shared::new(Bytes::of_stream(reader), Arc::clone(budget));
        let shared = Arc::new(Mutex::new(shared));
        Self { shared, is_listed: false, comment: 0, rest: None, is_done: false }
    }

    fn over(&mut self, reason: ProblemReason) -> Entry {
        self.is_done = true;
        Entry::Problem { name: None, reason }
    }

    /// The next member as it comes.
    fn following(&mut self, shared: &mut Shared) -> io::Result<Entry> {
        shared.give_up()?;
        loop {
            // What belongs to a member and is none of its data, and comments.
            let loose = [&mut shared.unused, &mut self.comment].map(std::mem::take);
            if let Some(len) = loose.into_iter().find(|&len| len > 0) {
                return Ok(begin_loose(&self.shared, shared, len));
            }
            let bytes = &mut shared.bytes;
            let at = bytes.position;
            let head = bytes.fill(64)?;
            let mark: [u8; 4] = head.first_chunk().copied().unwrap_or_default();
            let len = match &mark {
                b"PK\x03\x04" => {
                    let Some(header) = local(bytes)? else {
                        return Ok(self.over(damaged("zip", at, "it ends in a header")));
                    };
                    match begin(&self.shared, shared, header) {
                        Some(entry) => return Ok(entry),
                        None => {
                            shared.give_up()?;
                            continue;
                        }
                    }
                }
                b"PK00" => 4,
                b"PK\x07\x08" if at == 0 => 4,
                b"PK\x01\x02" => {
                    self.comment = u16_at(head, 32).into();
                    46 + u64::from(u16_at(head, 28)) + u64::from(u16_at(head, 30))
                }
                b"PK\x05\x06" => {
                    self.is_listed = true;
                    self.comment = u16_at(head, 20).into();
                    22
                }
                b"PK\x06\x06" if u64_at(head, 4) < RECORD => u64_at(head, 4) + 12,
                b"PK\x06\x07" => 20,
                b"PK\x06\x08" if u64::from(u32_at(head, 4)) < RECORD => {
                    8 + u64::from(u32_at(head, 4))
                }
                b"PK\x05\x05" => 6 + u64::from(u16_at(head, 4)),
                _ if head.is_empty() && self.is_listed => {
                    self.is_done = true;
                    return Ok(Entry::End);
                }
                _ if head.is_empty() => {
                    return Ok(self.over(damaged("zip", at, "it ends without its directory")));
                }
                // Padding.
                [0, ..] if self.is_listed => {
                    head.iter().take_while(|&&byte| byte == 0).count() as u64
                }
                _ => {
                    let content = Box::new(Unbounded(Arc::clone(&self.shared)));
                    self.rest = Some(Entry::Rest(content));
                    return Ok(self.over(if self.is_listed {
                        ProblemReason::Trailing { format: "zip", position: at }
                    } else {
                        damaged("zip", at, "there is no member where one should be")
                    }));
                }
            };
            if !bytes.skip(len)? {
                return Ok(self.over(damaged("zip", at, "it ends in its directory")));
            }
        }
    }
}

/// Everything that follows.
struct Unbounded(Arc<Mutex<Shared>>);

impl Read for Unbounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = shared.bytes.fill(1)?;
        let count = held.len().min(buffer.len());
        buffer[..count].copy_from_slice(&held[..count]);
        shared.bytes.take(count);
        Ok(count)
    }
}

impl Archive for Zip {
    fn next(&mut self) -> Entry {
        if let Some(entry) = self.rest.take() {
            return entry;
        }
        let shared = Arc::clone(&self.shared);
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_done || shared.has_failed {
            return Entry::End;
        }
        let done = self.following(&mut shared);
        let at = shared.bytes.position;
        done.unwrap_or_else(|error| self.over(ProblemReason::of_read(error, at)))
    }
}
