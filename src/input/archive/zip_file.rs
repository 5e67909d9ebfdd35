//! zip in a file: first the members of its central directory, then what that does not account for.
//!
//! What lies before, between and behind the listed members may be members that were deleted from
//! the directory only, an archive that another one was appended to, a program that unpacks itself,
//! or anything that somebody put there. A member among it is unpacked, everything else is scanned
//! as it is. What has no content is left out: padding with zeros, and the archive's own records.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::bytes::Bytes;
use super::covered::Covered;
use super::directory::{Directory, Listed};
use super::header::{
    DESCRIBED_AFTER, Header, LOCAL, LOOKED_AT, descriptor_len, local, looks_like_one, u16_at,
    u64_at,
};
use super::member::{Loose, Shared, begin, loose_name};
use super::{Archive, Entry, damaged};
use crate::input::ProblemReason;
use crate::input::limits::Budget;

/// What the names of members begin with that the directory does not list.
const UNLISTED: &[u8] = b"(unlisted) ";

/// A zip archive in a file.
pub(in crate::input) struct ZipFile {
    shared: Arc<Mutex<Shared>>,
    len: u64,
    at: At,
    /// What is to be given before anything else.
    queue: VecDeque<Entry>,
    /// Whether there is a directory, or the record at its end was come upon.
    has_directory: bool,
    has_end: bool,
    /// Where the archive ends; what follows is none of it. `None` once that was said.
    archive_end: Option<u64>,
}

enum At {
    /// At the directory's members.
    Listed {
        directory: Directory,
        covered: Covered,
        last: Option<Extent>,
    },
    /// At what it does not account for.
    Gaps {
        gaps: Box<dyn Iterator<Item = Range<u64>> + Send>,
        is_inside: bool,
    },
    Done,
}

/// Where a listed member is.
struct Extent {
    header_at: u64,
    data_at: u64,
    packed: u64,
    checksum: u32,
    is_described: bool,
}

impl ZipFile {
    /// A file that begins like an archive.
    pub(in crate::input) fn new(file: &File, len: u64, budget: &Arc<Budget>) -> io::Result<Self> {
        let directory = Directory::find(file, len, budget)?;
        Self::with(directory, file, len, budget)
    }

    /// A file that ends like an archive, whatever stands before it.
    pub(in crate::input) fn behind(
        file: &File,
        len: u64,
        budget: &Arc<Budget>,
    ) -> io::Result<Option<Self>> {
        let mut place = file;
        let before = place.stream_position()?;
        let directory = Directory::find(file, len, budget)?.filter(|found| !found.is_empty());
        if directory.is_none() {
            // Whoever reads it goes on where it was.
            place.seek(SeekFrom::Start(before))?;
        }
        directory.map(|found| Self::with(Some(found), file, len, budget)).transpose()
    }

    fn with(
        directory: Option<Directory>,
        file: &File,
        len: u64,
        budget: &Arc<Budget>,
    ) -> io::Result<Self> {
        let shared = Shared::new(Bytes::of_file(file, budget)?, Arc::clone(budget));
        let has_directory = directory.is_some();
        let archive_end = directory.as_ref().map(|found| found.archive_end);
        let mut covered = Covered::default();
        let at = match directory {
            Some(directory) => {
                directory.records.iter().for_each(|record| covered.add(record.clone()));
                At::Listed { directory, covered, last: None }
            }
            None => At::Gaps { gaps: Box::new(covered.gaps(len)), is_inside: false },
        };
        let shared = Arc::new(Mutex::new(shared));
        let (queue, has_end) = (VecDeque::new(), false);
        Ok(Self { shared, len, at, queue, has_directory, has_end, archive_end })
    }

    fn problem(&mut self, at: u64, what: &'static str) {
        let reason = damaged("zip", at, what);
        self.queue.push_back(Entry::Problem { name: None, reason });
    }

    /// The next member of the directory; `None` when it has no more.
    fn listed(&mut self, shared: &mut Shared) -> Option<Entry> {
        loop {
            let At::Listed { directory, covered, last } = &mut self.at else { return None };
            if let Some(last) = last.take() {
                covered.add(last.header_at..last.end(shared));
            }
            shared.member = None;
            shared.failing = None;
            let (at, listed) = match directory.next() {
                Some(Ok(listed)) => (listed.header_at, listed),
                next => {
                    let (covered, len) = (std::mem::take(covered), self.len);
                    let is_full = covered.is_full;
                    let gaps = covered.gaps(if is_full { 0 } else { len });
                    // The archive's comment is its own, what follows it is not.
                    let end = self.archive_end.unwrap_or(len);
                    let gaps = gaps.flat_map(move |gap| {
                        let cut = end.clamp(gap.start, gap.end);
                        [gap.start..cut, cut..gap.end].into_iter().filter(|gap| !gap.is_empty())
                    });
                    self.at = At::Gaps { gaps: Box::new(gaps), is_inside: false };
                    if let Some(Err((at, what))) = next {
                        self.problem(at, what);
                    }
                    if is_full {
                        let what = "its members lie too far apart to look at what is between them";
                        self.problem(len, what);
                    }
                    return None;
                }
            };
            covered.add(listed.entry.clone());
            let bytes = &mut shared.bytes;
            bytes.seek(at);
            let head = bytes.fill(30).ok();
            let Some(head) = head.filter(|head| head.len() >= 30 && head.starts_with(LOCAL)) else {
                let reason = damaged("zip", at, "there is no member here");
                return Some(Entry::Problem { name: Some(listed.name), reason });
            };
            let skipped = 30 + u64::from(u16_at(head, 26)) + u64::from(u16_at(head, 28));
            let is_described = (listed.flags | u16_at(head, 6)) & DESCRIBED_AFTER != 0;
            bytes.seek(at + skipped);
            let Listed { packed, checksum, .. } = listed;
            let (header_at, data_at) = (at, at + skipped);
            *last = Some(Extent { header_at, data_at, packed, checksum, is_described });
            if listed.is_link {
                let (name, reason) = (Some(listed.name), ProblemReason::MemberLink);
                return Some(Entry::Problem { name, reason });
            }
            let header = Header {
                name: listed.name,
                flags: listed.flags & !DESCRIBED_AFTER,
                method: listed.method,
                checksum,
                packed,
                unpacked: Some(listed.unpacked),
                has_large_sizes: false,
            };
            if let Some(entry) = begin(&self.shared, shared, header) {
                return Some(entry);
            }
        }
    }

    /// The next of what the directory does not account for.
    fn unlisted(&mut self, shared: &mut Shared) -> io::Result<Entry> {
        // Where a member cannot be read on, something else may follow.
        if shared.give_up().is_err() {
            shared.member = None;
        }
        shared.has_failed = false;
        shared.unused = 0;
        loop {
            let At::Gaps { gaps, is_inside } = &mut self.at else { return Ok(Entry::End) };
            if !*is_inside {
                let Some(gap) = gaps.next() else {
                    self.at = At::Done;
                    if !self.has_directory && !self.has_end {
                        let reason = damaged("zip", self.len, "it ends without its directory");
                        return Ok(Entry::Problem { name: None, reason });
                    }
                    return Ok(Entry::End);
                };
                shared.bytes.enter(&gap);
                *is_inside = true;
            }
            let bytes = &mut shared.bytes;
            let at = bytes.position;
            let held = bytes.fill(LOOKED_AT)?;
            if held.is_empty() {
                *is_inside = false;
                continue;
            }
            let zeros = held.iter().take_while(|&&byte| byte == 0).count();
            let record = record_len(held, at);
            if zeros + record > 0 {
                self.has_end |= record > 0 && held.starts_with(super::directory::END);
                bytes.take(zeros + record);
                continue;
            }
            if self.archive_end.take_if(|end| at >= *end).is_some() {
                let reason = ProblemReason::Trailing { format: "zip", position: at };
                self.queue.push_back(Entry::Problem { name: None, reason });
            }
            if !looks_like_one(held) {
                let (name, content) = (loose_name(at), Loose::new(&self.shared));
                return Ok(Entry::Member { name, content: Box::new(content) });
            }
            let Some(mut header) = local(bytes)? else {
                // Cut off.
                let (name, content) = (loose_name(at), Loose::new(&self.shared));
                bytes.seek(at);
                return Ok(Entry::Member { name, content: Box::new(content) });
            };
            if self.has_directory {
                header.name.splice(..0, UNLISTED.iter().copied());
            }
            match begin(&self.shared, shared, header) {
                Some(entry) => return Ok(entry),
                None => {
                    let _ = shared.give_up();
                }
            }
        }
    }
}

impl Extent {
    /// Where it ends: behind its data, as far as it was used, and the descriptor.
    fn end(&self, shared: &mut Shared) -> u64 {
        let end = self.data_at.saturating_add(self.packed);
        let unused = std::mem::take(&mut shared.unused);
        if unused > 0 || !self.is_described {
            return end - unused.min(self.packed);
        }
        shared.bytes.seek(end);
        let descriptor = shared.bytes.fill(24).unwrap_or_default();
        end.saturating_add(descriptor_len(descriptor, self.checksum, self.packed) as u64)
    }
}

/// The length of the archive's own record that stands here, without its comment; 0 if it is none
/// or not whole.
fn record_len(held: &[u8], at: u64) -> usize {
    let mark: [u8; 4] = held.first_chunk().copied().unwrap_or_default();
    let len = match &mark {
        // Of archives in parts.
        b"PK00" | b"PK\x07\x08" if at == 0 => 4,
        b"PK\x01\x02" => 46 + usize::from(u16_at(held, 28)) + usize::from(u16_at(held, 30)),
        b"PK\x05\x06" => 22,
        b"PK\x06\x06" if u64_at(held, 4) == 44 => 56,
        b"PK\x06\x07" => 20,
        _ => 0,
    };
    if len <= held.len() { len } else { 0 }
}

impl Archive for ZipFile {
    fn next(&mut self) -> Entry {
        let shared = Arc::clone(&self.shared);
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = self.queue.pop_front() {
            return entry;
        }
        if let Some(entry) = self.listed(&mut shared) {
            return entry;
        }
        if let Some(entry) = self.queue.pop_front() {
            return entry;
        }
        let done = self.unlisted(&mut shared);
        let at = shared.bytes.position;
        done.unwrap_or_else(|error| {
            self.at = At::Done;
            Entry::Problem { name: None, reason: ProblemReason::of_read(error, at) }
        })
    }
}
