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
use super::{Archive, Entry, damaged};
use crate::input::ProblemReason;
use crate::input::decode::{BZIP2, Codec, Deflate, Deflate64, State, XZ, ZSTD};
use crate::input::layer::BoxRead;
use crate::input::limits::{Budget, Limit};

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

struct Shared {
    bytes: Bytes,
    member: Option<Member>,
    budget: Arc<Budget>,
    /// A limit that was reached, before that is said.
    limit: Option<Limit>,
    /// What was wrong at the end of the member, before that is said.
    failing: Option<io::Error>,
    /// The archive cannot be read on. Whoever saw that has said so.
    has_failed: bool,
}

/// The member that is being read.
struct Member {
    /// `None` for stored data.
    codec: Option<Box<dyn Codec>>,
    /// Packed bytes that are left; `None` if that is told after them.
    left: Option<u64>,
    packed: u64,
    hasher: crc32fast::Hasher,
    checksum: u32,
    has_large_sizes: bool,
    /// Whether it cannot be unpacked, and only its end is looked for.
    is_opaque: bool,
}

/// The content of the member that is being read.
struct Content(Arc<Mutex<Shared>>);

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read(buffer)
    }
}

impl Shared {
    fn failed(&mut self, what: impl Into<String>) -> io::Error {
        let at = self.bytes.position;
        // Where the next member begins is known if this one's length is.
        let left = self.member.take().and_then(|member| member.left);
        self.has_failed = left.is_none_or(|left| self.bytes.skip(left).is_err());
        io::Error::other(damaged("zip", at, what))
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if let Some(limit) = self.limit.take() {
            self.has_failed = true;
            return Err(io::Error::other(ProblemReason::Limit(limit)));
        }
        if let Some(error) = self.failing.take() {
            return Err(error);
        }
        let Some(mut member) = self.member.take() else { return Ok(0) };
        let step = member.read(&mut self.bytes, buffer);
        let (count, is_end) = match step {
            Ok(step) => step,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                self.member = Some(member);
                return Err(self.failed(error.to_string()));
            }
            Err(error) => {
                // Something below failed: nothing can be read any more.
                self.has_failed = true;
                return Err(error);
            }
        };
        member.hasher.update(&buffer[..count]);
        self.member = Some(member);
        if let Err(limit) = self.budget.decoded(count) {
            // Said when what was unpacked so far is taken.
            self.member = None;
            self.limit = Some(limit);
            return Ok(count);
        }
        if is_end {
            // Said when what was unpacked is taken.
            self.failing = self.end().err();
        }
        if count == 0 { self.failing.take().map_or(Ok(0), Err) } else { Ok(count) }
    }

    /// The member's data is at its end: what follows it, and whether it is what was packed.
    fn end(&mut self) -> io::Result<()> {
        let Some(mut member) = self.member.take() else { return Ok(()) };
        match member.left {
            // A codec may end before what was said.
            Some(left) => {
                self.bytes.skip(left)?;
            }
            None => member.checksum = member.descriptor(&mut self.bytes)?,
        }
        if member.hasher.clone().finalize() == member.checksum {
            return Ok(());
        }
        // The data is there and its end is known: the next member is where it should be.
        let what = "the checksum of what was unpacked is not that of what was packed";
        Err(io::Error::other(damaged("zip", self.bytes.position, what)))
    }

    /// Passes over what is left of a member that nobody reads any more.
    fn give_up(&mut self) -> io::Result<()> {
        self.failing = None;
        let mut scratch = [0; 8192];
        while let Some(member) = &mut self.member {
            if let Some(left) = member.left {
                self.member = None;
                self.bytes.skip(left)?;
            } else if let Err(error) = self.read(&mut scratch) {
                return if self.has_failed { Err(error) } else { Ok(()) };
            }
        }
        Ok(())
    }
}

fn invalid(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

const SHORT: &str = "it ends in the middle of a member";

impl Member {
    /// Unpacks some; whether that was the last.
    fn read(&mut self, bytes: &mut Bytes, buffer: &mut [u8]) -> io::Result<(usize, bool)> {
        let Some(codec) = &mut self.codec else { return self.stored(bytes, buffer) };
        loop {
            let most = usize::try_from(self.left.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
            let held = if most > 0 { bytes.fill(1)? } else { &[] };
            let input = &held[..held.len().min(most)];
            let has_input = !input.is_empty();
            let progress = codec.run(input, buffer);
            bytes.take(progress.read);
            self.packed += progress.read as u64;
            if let Some(left) = &mut self.left {
                *left -= progress.read as u64;
            }
            match progress.state {
                State::End => return Ok((progress.written, true)),
                State::Failed(_) | State::More if progress.written > 0 => {
                    return Ok((progress.written, false));
                }
                State::Failed(what) => return Err(invalid(what)),
                State::More if progress.read == 0 && !has_input => return Err(invalid(SHORT)),
                State::More if progress.read == 0 => return Err(invalid("it does not go on")),
                State::More => {}
            }
        }
    }

    fn stored(&mut self, bytes: &mut Bytes, buffer: &mut [u8]) -> io::Result<(usize, bool)> {
        // Where the length is told after the data, a whole descriptor and a byte before it.
        let held = bytes.fill(if self.left.is_some() { 1 } else { 25 })?.len();
        if self.left == Some(0) {
            return Ok((0, true));
        }
        let (held, is_all) = (&bytes.held()[..held], bytes.is_done);
        let mut count = buffer.len().min(held.len());
        match self.left {
            Some(left) => count = count.min(usize::try_from(left).unwrap_or(usize::MAX)),
            None => {
                let mut from = 0;
                while let Some(at) = memchr::memmem::find(&held[from..], b"PK\x07\x08") {
                    let at = from + at;
                    if at > count {
                        break;
                    }
                    if self.ends_at(at as u64, &held[at..]) {
                        let mut hasher = self.hasher.clone();
                        hasher.update(&held[..at]);
                        if self.is_opaque || hasher.finalize() == u32_at(held, at + 4) {
                            buffer[..at].copy_from_slice(&held[..at]);
                            bytes.take(at);
                            self.packed += at as u64;
                            return Ok((at, true));
                        }
                    }
                    from = at + 1;
                }
                // A descriptor may be cut off by the end of what is held.
                if !is_all {
                    count = count.min(held.len() - 24);
                }
            }
        }
        if count == 0 {
            return Err(invalid(SHORT));
        }
        buffer[..count].copy_from_slice(&held[..count]);
        bytes.take(count);
        self.packed += count as u64;
        if let Some(left) = &mut self.left {
            *left -= count as u64;
        }
        Ok((count, self.left == Some(0)))
    }

    /// Whether a descriptor's sizes are those of a member that ends here.
    fn ends_at(&self, more: u64, descriptor: &[u8]) -> bool {
        let len = self.packed + more;
        u64::from(u32_at(descriptor, 8)) == len & 0xFFFF_FFFF
            && (self.is_opaque
                || u64::from(u32_at(descriptor, 12)) == len
                || u64_at(descriptor, 8) == len)
    }

    /// Reads the descriptor, §4.3.9, with or without its mark, of either size; gives the checksum.
    fn descriptor(&self, bytes: &mut Bytes) -> io::Result<u32> {
        let held = bytes.fill(24)?;
        let mark = if held.starts_with(b"PK\x07\x08") { 4 } else { 0 };
        let fits = |at: usize| held.len() < at + 4 || held[at..].starts_with(b"PK");
        let is_large =
            self.has_large_sizes || !fits(mark + 12) && u64_at(held, mark + 4) == self.packed;
        let len = mark + if is_large { 20 } else { 12 };
        let checksum = u32_at(held, mark);
        if held.len() < len {
            return Err(invalid(SHORT));
        }
        bytes.take(len);
        Ok(checksum)
    }
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
        let budget = Arc::clone(budget);
        let shared =
            Shared { bytes, member: None, budget, limit: None, failing: None, has_failed: false };
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
