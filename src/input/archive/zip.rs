//! zip, PKWARE APPNOTE.
//!
//! In a file the members are those of the central directory. What comes through a pipe or lies in
//! something else cannot be read from its end: there the members are taken as they come, each by
//! its own header. A member whose length its header does not tell is read to where its data ends;
//! stored data has no end of its own, and goes to the descriptor that gives its length and
//! checksum.

use std::fs::File;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::directory::{Bytes, Directory, u16_at, u32_at, u64_at, zip64};
use super::member::{Content, Member, Shared};
use super::{Archive, Entry, damaged};
use crate::input::ProblemReason;
use crate::input::decode::{BZIP2, Codec, Deflate, Deflate64, XZ, ZSTD};
use crate::input::layer::BoxRead;
use crate::input::limits::Budget;

/// Flags of a member, §4.4.4.
const ENCRYPTED: u16 = 1;
const DESCRIBED_AFTER: u16 = 1 << 3;

/// Memory for the codec of a member.
const MEMORY: u64 = 66 << 20;

/// A zip archive.
pub(in crate::input) struct Zip {
    shared: Arc<Mutex<Shared>>,
    /// Where there is one.
    directory: Option<Directory>,
    /// Whether a directory was passed: an archive that ends without one is not whole.
    is_listed: bool,
    rest: Option<Entry>,
    is_done: bool,
}

/// What a member's header says.
struct Header {
    name: Vec<u8>,
    flags: u16,
    method: u16,
    checksum: u32,
    packed: u64,
    has_large_sizes: bool,
}

impl Zip {
    /// In a file.
    pub(in crate::input) fn of_file(
        file: &File,
        len: u64,
        budget: &Arc<Budget>,
    ) -> io::Result<Self> {
        let directory = Directory::find(file, len, budget)?;
        Ok(Self { directory, ..Self::new(Bytes::of_file(file, budget)?, budget) })
    }

    /// As it comes.
    pub(in crate::input) fn of_stream(reader: BoxRead, budget: &Arc<Budget>) -> Self {
        Self::new(Bytes::of_stream(reader), budget)
    }

    fn new(bytes: Bytes, budget: &Arc<Budget>) -> Self {
        let shared = Shared::new(bytes, Arc::clone(budget));
        Self {
            shared: Arc::new(Mutex::new(shared)),
            directory: None,
            is_listed: false,
            rest: None,
            is_done: false,
        }
    }

    fn over(&mut self, reason: ProblemReason) -> Entry {
        self.is_done = true;
        Entry::Problem { name: None, reason }
    }

    /// The next member of the directory.
    fn listed(&mut self, shared: &mut Shared) -> Option<Entry> {
        loop {
            let listed = match self.directory.as_mut()?.next() {
                None => {
                    self.is_done = true;
                    return Some(Entry::End);
                }
                Some(Err((at, what))) => return Some(self.over(damaged("zip", at, what))),
                Some(Ok(listed)) => listed,
            };
            let bytes = &mut shared.bytes;
            bytes.seek(listed.header_at);
            let header = bytes.fill(30).ok().filter(|header| header.starts_with(b"PK\x03\x04"));
            let Some(skipped) = header
                .filter(|header| header.len() >= 30)
                .map(|header| 30 + u64::from(u16_at(header, 26)) + u64::from(u16_at(header, 28)))
            else {
                let reason = damaged("zip", listed.header_at, "there is no member here");
                return Some(Entry::Problem { name: Some(listed.name), reason });
            };
            bytes.seek(listed.header_at + skipped);
            let is_link = listed.is_link;
            let header = Header {
                name: listed.name,
                flags: listed.flags & !DESCRIBED_AFTER,
                method: listed.method,
                checksum: listed.checksum,
                packed: listed.packed,
                has_large_sizes: false,
            };
            if is_link {
                let (name, reason) = (Some(header.name), ProblemReason::MemberLink);
                return Some(Entry::Problem { name, reason });
            }
            if let Some(entry) = self.member(shared, header) {
                return Some(entry);
            }
        }
    }

    /// The next member as it comes.
    fn following(&mut self, shared: &mut Shared) -> io::Result<Entry> {
        shared.give_up()?;
        loop {
            let bytes = &mut shared.bytes;
            let at = bytes.position;
            let head = bytes.fill(64)?;
            let mark: [u8; 4] = head.first_chunk().copied().unwrap_or_default();
            let len = match &mark {
                b"PK\x03\x04" => {
                    let Some(header) = local(bytes)? else {
                        return Ok(self.over(damaged("zip", at, "it ends in a header")));
                    };
                    match self.member(shared, header) {
                        Some(entry) => return Ok(entry),
                        None => {
                            shared.give_up()?;
                            continue;
                        }
                    }
                }
                b"PK00" => 4,
                b"PK\x01\x02" => {
                    46 + [28, 30, 32].map(|at| u64::from(u16_at(head, at))).iter().sum::<u64>()
                }
                b"PK\x05\x06" => {
                    self.is_listed = true;
                    22 + u64::from(u16_at(head, 20))
                }
                b"PK\x06\x06" => u64_at(head, 4).saturating_add(12),
                b"PK\x06\x07" => 20,
                b"PK\x06\x08" => 8 + u64::from(u32_at(head, 4)),
                b"PK\x05\x05" => 6 + u64::from(u16_at(head, 4)),
                _ if head.is_empty() && self.is_listed => {
                    self.is_done = true;
                    return Ok(Entry::End);
                }
                _ if head.is_empty() => {
                    return Ok(self.over(damaged("zip", at, "it ends without its directory")));
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

    /// Begins a member; `None` for a directory.
    fn member(&mut self, shared: &mut Shared, header: Header) -> Option<Entry> {
        let described_after = header.flags & DESCRIBED_AFTER != 0;
        let codec = match header.method {
            0 => Ok(None),
            8 => Ok(Some(Box::new(Deflate::bare()) as Box<dyn Codec>)),
            9 => Ok(Some(Box::new(Deflate64::new()) as Box<dyn Codec>)),
            12 => (BZIP2.start)(MEMORY).map(Some),
            93 => (ZSTD.start)(MEMORY).map(Some),
            95 => (XZ.start)(MEMORY).map(Some),
            method => Err(method.to_string()),
        };
        let is_encrypted = header.flags & ENCRYPTED != 0;
        let is_read = codec.is_ok() && !is_encrypted;
        shared.failing = None;
        shared.member = Some(Member {
            codec: if is_read { codec.unwrap_or_default() } else { None },
            left: (!described_after).then_some(header.packed),
            packed: 0,
            hasher: crc32fast::Hasher::new(),
            checksum: header.checksum,
            has_large_sizes: header.has_large_sizes,
            is_opaque: !is_read,
        });
        if header.name.ends_with(b"/") && header.packed == 0 {
            return None;
        }
        let name = header.name;
        if is_read {
            return Some(Entry::Member {
                name,
                content: Box::new(Content(Arc::clone(&self.shared))),
            });
        }
        let reason = if is_encrypted {
            ProblemReason::Encrypted
        } else {
            ProblemReason::Method(header.method)
        };
        Some(Entry::Problem { name: Some(name), reason })
    }
}

/// Reads a member's own header, §4.3.7; `None` if it is cut off.
fn local(bytes: &mut Bytes) -> io::Result<Option<Header>> {
    let head = bytes.fill(30)?;
    let lens = [u16_at(head, 26), u16_at(head, 28)].map(usize::from);
    let len = 30 + lens[0] + lens[1];
    let head = bytes.fill(len)?;
    if head.len() < len {
        return Ok(None);
    }
    let extra = &head[30 + lens[0]..len];
    let packed = u32_at(head, 18);
    let large = zip64(extra);
    let header = Header {
        name: head[30..30 + lens[0]].to_vec(),
        flags: u16_at(head, 6),
        method: u16_at(head, 8),
        checksum: u32_at(head, 14),
        packed: match large {
            // Both sizes are there, the unpacked one first.
            Some(field) if packed == u32::MAX => u64_at(field, 8),
            _ => u64::from(packed),
        },
        has_large_sizes: large.is_some(),
    };
    bytes.take(len);
    Ok(Some(header))
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
        if self.is_done || shared.has_failed && self.directory.is_none() {
            return Entry::End;
        }
        shared.has_failed = false;
        if let Some(entry) = self.listed(&mut shared) {
            return entry;
        }
        let done = self.following(&mut shared);
        let at = shared.bytes.position;
        done.unwrap_or_else(|error| self.over(ProblemReason::of_read(error, at)))
    }
}
