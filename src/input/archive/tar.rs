//! tar: POSIX.1-1988 and 2001 (pax), GNU's long names and sparse files.
//!
//! The blocks are read here, for a reader that lends its members cannot be kept while they are
//! scanned. Archives that were put one after the other are read to the last.

use std::collections::VecDeque;
use std::io::{self, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Archive, Entry, damaged};
use crate::input::ProblemReason;
use crate::input::layer::{BoxRead, read_full, read_some};

const BLOCK: usize = 512;

/// The most of an extended header that is read. The long ones list the holes of a sparse file.
const EXTENDED: u64 = 1 << 20;

/// Whether `head` begins with a tar header: its checksum tells.
pub(in crate::input) fn is_tar(head: &[u8]) -> bool {
    head.first_chunk().is_some_and(|block| Header(block).is_valid())
}

struct Header<'a>(&'a [u8; BLOCK]);

impl Header<'_> {
    fn is_valid(&self) -> bool {
        // The checksum's own field counts as spaces.
        let sum: u64 = self.0.iter().map(|&byte| u64::from(byte)).sum();
        let field: u64 = self.0[148..156].iter().map(|&byte| u64::from(byte)).sum();
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'7');
        self.0[148..156].iter().any(is_digit)
            && number(&self.0[148..156]) == Some(sum - field + 8 * u64::from(b' '))
    }

    /// The member's name, with the prefix that POSIX has room for.
    fn name(&self) -> Vec<u8> {
        let name = text(&self.0[..100]);
        let prefix = text(&self.0[345..500]);
        if &self.0[257..263] == b"ustar\0" && !prefix.is_empty() {
            [prefix, b"/", name].concat()
        } else {
            name.to_vec()
        }
    }
}

/// A field up to its first NUL.
fn text(field: &[u8]) -> &[u8] {
    &field[..memchr::memchr(0, field).unwrap_or(field.len())]
}

/// A number: octal digits, or bytes if the first one's highest bit says so.
fn number(field: &[u8]) -> Option<u64> {
    if let Some((&first, rest)) = field.split_first().filter(|(first, _)| **first & 0x80 != 0) {
        let more = |value: u64, &byte: &u8| Some(value.checked_mul(256)? | u64::from(byte));
        return rest.iter().try_fold(u64::from(first & 0x7F), more);
    }
    let field = text(field).trim_ascii();
    let digit = |value: u64, &byte: &u8| match byte {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    };
    field.iter().try_fold(0, digit)
}

struct Shared {
    reader: BufReader<BoxRead>,
    /// Bytes read of the archive.
    position: u64,
    /// What is left of the member, and how far it is filled up to a whole block.
    left: u64,
    padding: u64,
    /// The archive cannot be read on. Whoever saw that has said so.
    has_failed: bool,
}

impl Shared {
    /// Reads a block, or what there is of it: the number of its bytes, 0 at the end.
    fn block(&mut self, block: &mut [u8; BLOCK]) -> Result<usize, ProblemReason> {
        let at = self.position;
        let count = read_full(&mut self.reader, block).map_err(|error| reason(error, at))?;
        self.position += count as u64;
        Ok(count)
    }

    /// Passes over what is left of a member.
    fn skip(&mut self) -> Result<(), ProblemReason> {
        let mut count = self.left.saturating_add(self.padding);
        (self.left, self.padding) = (0, 0);
        let mut scratch = [0; 8192];
        while count > 0 {
            let some = usize::try_from(count).unwrap_or(usize::MAX).min(scratch.len());
            let at = self.position;
            match read_some(&mut self.reader, &mut scratch[..some]) {
                Ok(0) => return Err(damaged("tar", at, "it ends in the middle of a member")),
                Ok(some) => {
                    self.position += some as u64;
                    count -= some as u64;
                }
                Err(error) => return Err(reason(error, at)),
            }
        }
        Ok(())
    }

    /// What belongs to a header, at most [`EXTENDED`] bytes of it.
    fn extended(&mut self, told: &mut Told) -> Result<Vec<u8>, ProblemReason> {
        told.is_cut |= self.left > EXTENDED;
        let mut bytes = vec![0; self.left.min(EXTENDED) as usize];
        let at = self.position;
        let count = read_full(&mut self.reader, &mut bytes).map_err(|error| reason(error, at))?;
        self.position += count as u64;
        self.left -= count as u64;
        bytes.truncate(count);
        self.skip()?;
        Ok(bytes)
    }
}

fn reason(error: io::Error, offset: u64) -> ProblemReason {
    ProblemReason::of_read(error, offset)
}

/// A tar archive.
pub(in crate::input) struct Tar {
    shared: Arc<Mutex<Shared>>,
    /// What was found together with what was given.
    queue: VecDeque<Entry>,
    is_done: bool,
}

/// The content of a member.
struct Content(Arc<Mutex<Shared>>);

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let most = usize::try_from(shared.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 || shared.has_failed {
            return Ok(0);
        }
        match read_some(&mut shared.reader, &mut buffer[..most]) {
            Ok(0) => {
                shared.has_failed = true;
                let what = "it ends in the middle of a member";
                Err(io::Error::other(damaged("tar", shared.position, what)))
            }
            Ok(count) => {
                shared.position += count as u64;
                shared.left -= count as u64;
                Ok(count)
            }
            Err(error) => {
                shared.has_failed = true;
                Err(error)
            }
        }
    }
}

/// What pax and GNU headers say of the member that follows.
#[derive(Default)]
struct Told {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    /// Whether there was such a header: then a member has to follow.
    is_there: bool,
    /// Whether one was too long to be read whole.
    is_cut: bool,
    /// Whether the member is stored without its holes.
    is_sparse: bool,
}

impl Told {
    /// Takes pax records: length, space, key, `=`, value, line feed.
    fn pax(&mut self, mut records: &[u8]) {
        while let Some(space) = memchr::memchr(b' ', records) {
            let len = std::str::from_utf8(&records[..space]).ok().and_then(|len| len.parse().ok());
            let Some(record) = len.and_then(|len: usize| records.get(space + 1..len)) else {
                return;
            };
            records = &records[space + 1 + record.len()..];
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            if let Some(path) = record.strip_prefix(b"path=") {
                self.name.get_or_insert_with(|| path.to_vec());
            } else if let Some(sparse) = record.strip_prefix(b"GNU.sparse.") {
                self.is_sparse = true;
                if let Some(path) = sparse.strip_prefix(b"name=") {
                    self.name = Some(path.to_vec());
                }
            } else if let Some(size) = record.strip_prefix(b"size=") {
                self.size = std::str::from_utf8(size).ok().and_then(|size| size.parse().ok());
            }
        }
    }
}

impl Tar {
    pub(in crate::input) fn new(reader: BoxRead) -> Self {
        let reader = BufReader::with_capacity(64 * 1024, reader);
        let shared = Shared { reader, position: 0, left: 0, padding: 0, has_failed: false };
        Self { shared: Arc::new(Mutex::new(shared)), queue: VecDeque::new(), is_done: false }
    }

    /// Goes on to the next member.
    fn advance(&mut self, shared: &mut Shared) -> Result<Entry, ProblemReason> {
        shared.skip()?;
        let mut told = Told::default();
        let mut zeros = 0;
        let mut block = [0; BLOCK];
        loop {
            let count = shared.block(&mut block)?;
            if count == 0 {
                self.is_done = true;
                // Where a whole member ends nothing is lost, end mark or not.
                return match told.is_there {
                    true => Err(damaged("tar", shared.position, "it ends before a member")),
                    false => Ok(Entry::End),
                };
            }
            if block[..count].iter().all(|&byte| byte == 0) {
                zeros += 1;
                continue;
            }
            if count < BLOCK {
                return Ok(self.not_a_header(shared, &block[..count], zeros));
            }
            let header = Header(&block);
            let size = number(&block[124..136]).filter(|_| header.is_valid());
            let Some(size) = size else {
                return Ok(self.not_a_header(shared, &block, zeros));
            };
            zeros = 0;
            let kind = block[156];
            // Sizes of what has none are not to be believed.
            let size = match kind {
                b'1'..=b'6' => 0,
                b'x' | b'g' | b'L' | b'K' => size,
                _ => told.size.unwrap_or(size),
            };
            (shared.left, shared.padding) = (size, size.wrapping_neg() % BLOCK as u64);
            told.is_there |= matches!(kind, b'x' | b'L' | b'K');
            match kind {
                b'x' => {
                    let records = shared.extended(&mut told)?;
                    told.pax(&records);
                }
                b'L' => told.name = Some(text(&shared.extended(&mut told)?).to_vec()),
                b'g' | b'K' | b'V' => shared.skip()?,
                _ => {
                    let name = told.name.take().unwrap_or_else(|| header.name());
                    if kind == b'S' {
                        while block[if zeros == 0 { 482 } else { 504 }] == 1 {
                            zeros = 1;
                            match shared.block(&mut block)? {
                                0 => break,
                                BLOCK => {}
                                _ => {
                                    let what = "it ends in the middle of a header";
                                    return Err(damaged("tar", shared.position, what));
                                }
                            }
                        }
                        zeros = 0;
                    }
                    if told.is_cut {
                        let (name, reason) = (Some(name.clone()), ProblemReason::Header(EXTENDED));
                        self.queue.push_back(Entry::Problem { name, reason });
                    }
                    told.is_sparse |= kind == b'S';
                    if let Some(entry) = self.member(kind, told.is_sparse, name, size) {
                        return Ok(entry);
                    }
                    told = Told::default();
                }
            }
        }
    }

    /// `None` for a directory, which has no content.
    fn member(&mut self, kind: u8, is_sparse: bool, name: Vec<u8>, size: u64) -> Option<Entry> {
        let problem = |name, reason| Some(Entry::Problem { name: Some(name), reason });
        match kind {
            b'5' => None,
            b'0' | 0 if size == 0 && name.ends_with(b"/") => None,
            b'1' | b'2' => problem(name, ProblemReason::MemberLink),
            b'3' | b'4' | b'6' => problem(name, ProblemReason::Special),
            _ => {
                if is_sparse {
                    let (name, reason) = (Some(name.clone()), ProblemReason::Sparse);
                    self.queue.push_back(Entry::Problem { name, reason });
                }
                Some(Entry::Member { name, content: Box::new(Content(Arc::clone(&self.shared))) })
            }
        }
    }

    /// Something else stands where a header should.
    fn not_a_header(&mut self, shared: &mut Shared, block: &[u8], zeros: usize) -> Entry {
        self.is_done = true;
        let position = shared.position - block.len() as u64;
        let reason = if zeros > 0 {
            ProblemReason::Trailing { format: "tar", position }
        } else if block.len() < BLOCK {
            damaged("tar", shared.position, "it ends in the middle of a header")
        } else {
            damaged("tar", position, "there is no header where one should be")
        };
        shared.left = u64::MAX;
        let content = io::Cursor::new(block.to_vec()).chain(Unbounded(Arc::clone(&self.shared)));
        self.queue.push_back(Entry::Rest(Box::new(content)));
        Entry::Problem { name: None, reason }
    }
}

/// Everything that follows.
struct Unbounded(Arc<Mutex<Shared>>);

impl Read for Unbounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).reader.read(buffer)
    }
}

impl Archive for Tar {
    fn next(&mut self) -> Entry {
        if let Some(entry) = self.queue.pop_front() {
            return entry;
        }
        if self.is_done {
            return Entry::End;
        }
        let shared = Arc::clone(&self.shared);
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.has_failed {
            self.is_done = true;
            return Entry::End;
        }
        self.advance(&mut shared).unwrap_or_else(|reason| {
            self.is_done = true;
            Entry::Problem { name: None, reason }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_bytes() {
        for (field, expected) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b" 644 \0xx", Some(0o644)),
            (b"\0\0\0\0\0\0\0\0", Some(0)),
            (b"12a", None),
            (b"\x80\0\0\0\0\0\x01\x02", Some(0x102)),
            (b"\x80\0\0\0\x01\0\0\0\0\0\0\0", Some(1 << 56)),
            (b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", None),
        ] {
            assert_eq!(number(field), expected, "{}", field.escape_ascii());
        }
        // A checksum field with the mark of bytes, as a fuzzer had it.
        assert!(!is_tar(&[0xB0; 512]));
    }
}
