//! The member of a zip archive that is being read.
//!
//! The archive and the reader of its member share the bytes, so that what the member does not use
//! is there for the next one.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::bytes::Bytes;
use super::header::{
    DESCRIBED_AFTER, ENCRYPTED, Header, LOCAL, LOOKED_AT, LZMA_MARK, looks_like_one, u32_at, u64_at,
};
use super::{Entry, damaged};
use crate::input::ProblemReason;
use crate::input::decode::{BZIP2, Codec, Deflate, Deflate64, Lzma, State, XZ, ZSTD};
use crate::input::limits::{Budget, Limit};

/// What an archive and its members share.
pub(super) struct Shared {
    pub bytes: Bytes,
    pub member: Option<Member>,
    budget: Arc<Budget>,
    /// A limit that was reached, before that is said.
    limit: Option<Limit>,
    /// What was wrong at the end of the member, before that is said.
    pub failing: Option<io::Error>,
    /// The archive cannot be read on. Whoever saw that has said so.
    pub has_failed: bool,
    /// How many bytes of the member's data its codec did not come to, for it was at its end.
    pub unused: u64,
}

/// The member that is being read.
pub(super) struct Member {
    /// `None` for stored data.
    pub codec: Option<Box<dyn Codec>>,
    /// Packed bytes that are left; `None` if that is told after them.
    pub left: Option<u64>,
    pub packed: u64,
    pub hasher: crc32fast::Hasher,
    /// `None`: there is none to compare.
    pub checksum: Option<u32>,
    pub has_large_sizes: bool,
    /// Whether it cannot be unpacked, and only its end is looked for.
    pub is_opaque: bool,
}

/// The content of the member that is being read.
struct Content(Arc<Mutex<Shared>>);

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read(buffer)
    }
}

impl Shared {
    pub(super) fn new(bytes: Bytes, budget: Arc<Budget>) -> Self {
        Self {
            bytes,
            member: None,
            budget,
            limit: None,
            failing: None,
            has_failed: false,
            unused: 0,
        }
    }

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
            let left = self.member.take().and_then(|member| member.left);
            self.has_failed = left.is_none_or(|left| self.bytes.skip(left).is_err());
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
            Some(left) => self.unused = left,
            None => member.checksum = Some(member.descriptor(&mut self.bytes)?),
        }
        if member.checksum.is_none_or(|checksum| member.hasher.finalize() == checksum) {
            return Ok(());
        }
        // The data is there and its end is known: the next member is where it should be.
        let what = "the checksum of what was unpacked is not that of what was packed";
        Err(io::Error::other(damaged("zip", self.bytes.position, what)))
    }

    /// Passes over what is left of a member that nobody reads any more.
    pub(super) fn give_up(&mut self) -> io::Result<()> {
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
        match self.limit.take() {
            Some(limit) if self.has_failed => Err(io::Error::other(ProblemReason::Limit(limit))),
            _ => Ok(()),
        }
    }
}

/// Begins a member; `None` for a directory. `shared` is what is in `all`.
pub(super) fn begin(
    all: &Arc<Mutex<Shared>>,
    shared: &mut Shared,
    header: Header,
) -> Option<Entry> {
    let described_after = header.flags & DESCRIBED_AFTER != 0;
    let lzma = |len| Lzma::new(len, MEMORY).map(|codec| Some(Box::new(codec) as Box<dyn Codec>));
    let codec = match header.method {
        0 => Ok(None),
        8 => Ok(Some(Box::new(Deflate::bare()) as Box<dyn Codec>)),
        9 => Ok(Some(Box::new(Deflate64::new()) as Box<dyn Codec>)),
        // The length tells where it ends, if no mark does.
        14 if header.flags & LZMA_MARK != 0 => lzma(None),
        14 if header.unpacked.is_some() => lzma(header.unpacked),
        12 => (BZIP2.start)(MEMORY).map(Some),
        93 => (ZSTD.start)(MEMORY).map(Some),
        95 => (XZ.start)(MEMORY).map(Some),
        method => Err(method.to_string()),
    };
    let is_encrypted = header.flags & ENCRYPTED != 0;
    let is_read = codec.is_ok() && !is_encrypted;
    (shared.failing, shared.limit) = (None, None);
    shared.member = Some(Member {
        codec: if is_read { codec.unwrap_or_default() } else { None },
        left: (!described_after).then_some(header.packed),
        packed: 0,
        hasher: crc32fast::Hasher::new(),
        checksum: Some(header.checksum),
        has_large_sizes: header.has_large_sizes,
        is_opaque: !is_read,
    });
    if header.name.ends_with(b"/") && header.packed == 0 {
        return None;
    }
    let name = header.name;
    if is_read {
        return Some(Entry::Member { name, content: Box::new(Content(Arc::clone(all))) });
    }
    let reason =
        if is_encrypted { ProblemReason::Encrypted } else { ProblemReason::Method(header.method) };
    Some(Entry::Problem { name: Some(name), reason })
}

/// Begins `len` bytes that are no member's.
pub(super) fn begin_loose(all: &Arc<Mutex<Shared>>, shared: &mut Shared, len: u64) -> Entry {
    let name = loose_name(shared.bytes.position);
    (shared.failing, shared.limit) = (None, None);
    shared.member = Some(Member {
        codec: None,
        left: Some(len),
        packed: 0,
        hasher: crc32fast::Hasher::new(),
        checksum: None,
        has_large_sizes: false,
        is_opaque: false,
    });
    Entry::Member { name, content: Box::new(Content(Arc::clone(all))) }
}

/// What bytes are called that are no member's.
pub(super) fn loose_name(position: u64) -> Vec<u8> {
    format!("(from byte {position})").into_bytes()
}

/// What stands where no member is, up to where one is.
pub(super) struct Loose {
    shared: Arc<Mutex<Shared>>,
    /// Whether it was not asked yet: it begins where something else than a member stands.
    is_first: bool,
}

impl Loose {
    pub(super) fn new(shared: &Arc<Mutex<Shared>>) -> Self {
        Self { shared: Arc::clone(shared), is_first: true }
    }
}

impl Read for Loose {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let held = shared.bytes.fill(LOOKED_AT)?.len();
        let (held, is_all) = (&shared.bytes.held()[..held], shared.bytes.is_done);
        // A mark and what follows it may be cut off by the end of what is held.
        let unsure = if is_all { held.len() } else { (held.len() + 1).saturating_sub(LOOKED_AT) };
        let mut marks = memchr::memmem::find_iter(held, LOCAL);
        let is_first = std::mem::take(&mut self.is_first);
        let mark = marks.find(|&at| match at {
            0 => !is_first && looks_like_one(held),
            _ => at >= unsure || looks_like_one(&held[at..]),
        });
        let tail = if is_all { held.len() } else { held.len().saturating_sub(LOCAL.len() - 1) };
        let count = mark.unwrap_or(tail).min(buffer.len());
        buffer[..count].copy_from_slice(&held[..count]);
        shared.bytes.take(count);
        Ok(count)
    }
}

fn invalid(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

/// Memory for the codec of a member.
const MEMORY: u64 = 66 << 20;

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
