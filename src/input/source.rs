//! An input's bytes, cut into pieces that threads can scan on their own.
//!
//! A piece ends at a line end, so no token, and no hit, crosses a cut. A line longer than a piece
//! is cut anywhere; then the pieces on both sides are scanned [`REACH`] bytes over the cut, and a
//! hit belongs to the piece in which its token begins.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::ProblemReason;
use super::layer::BoxRead;
use super::mapped::MappedFile;

/// How far a piece is scanned over a cut that is no line end.
const REACH: usize = 64 * 1024;

/// A piece of an input.
#[derive(Debug)]
pub(crate) struct Piece {
    text: Text,
    /// What to scan.
    pub scan: Range<usize>,
    /// Where a token must begin for its hit to be this piece's.
    pub report: Range<usize>,
    /// The offset of the text's first byte in the input.
    pub offset: u64,
    /// Whether the reported range begins at the beginning of a line.
    pub starts_line: bool,
    /// Whether it ends at a line end, or at the end of the input.
    pub ends_line: bool,
    /// Whether the input's first line is a directive, as those of Zeek and W3C: there may be more
    /// of them further down.
    pub is_described: bool,
}

/// Whether an input begins with a directive.
fn is_described(beginning: &[u8]) -> bool {
    beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).starts_with(b"#")
}

#[derive(Debug)]
enum Text {
    Mapped(Arc<MappedFile>),
    Read { buffer: Vec<u8>, len: usize },
}

impl Piece {
    /// The text that the ranges are in.
    pub(crate) fn text(&self) -> &[u8] {
        match &self.text {
            Text::Mapped(file) => file.bytes(),
            Text::Read { buffer, len } => &buffer[..*len],
        }
    }

    /// Whether it is of a mapped file: then the next one is there at once.
    pub(crate) fn is_mapped(&self) -> bool {
        matches!(self.text, Text::Mapped(_))
    }

    /// To be called before the text is read.
    pub(crate) fn prepare(&self) {
        if let Text::Mapped(file) = &self.text {
            file.populate(self.scan.start, self.scan.end);
        }
    }

    /// Lets go of the piece's memory; gives the buffer back if there is one.
    pub(crate) fn release(self) -> Option<Vec<u8>> {
        match self.text {
            Text::Mapped(file) => {
                file.release(self.scan.clone());
                None
            }
            Text::Read { buffer, .. } => Some(buffer),
        }
    }
}

/// Pieces of a mapped file.
#[derive(Debug)]
pub(super) struct MappedSource {
    map: Arc<MappedFile>,
    file: File,
    next: usize,
    starts_line: bool,
}

impl MappedSource {
    pub(super) fn new(map: MappedFile, file: File) -> Self {
        Self { map: Arc::new(map), file, next: 0, starts_line: true }
    }

    /// The whole content.
    pub(super) fn bytes(&self) -> &[u8] {
        self.map.bytes()
    }

    /// The file, to be read instead.
    pub(super) fn into_file(self) -> File {
        self.file
    }

    /// The file's length now, if it became shorter.
    pub(super) fn shrunk_to(&self) -> Option<u64> {
        let before = self.map.bytes().len() as u64;
        let now = self.file.metadata().map_or(before, |metadata| metadata.len());
        let after = self.map.missing_from().map_or(now, |missing| missing.min(now));
        (after < before).then_some(after)
    }

    /// The file's length now, if it became longer: the rest was not scanned.
    pub(super) fn grown_to(&self) -> Option<u64> {
        let before = self.map.bytes().len() as u64;
        self.file.metadata().map(|metadata| metadata.len()).ok().filter(|&now| now > before)
    }

    /// How many bytes were given.
    pub(super) fn given(&self) -> u64 {
        self.next as u64
    }

    pub(super) fn next(&mut self, size: usize) -> Option<Piece> {
        let text = self.map.bytes();
        let start = self.next;
        if start >= text.len() {
            return None;
        }
        let size = size.max(1);
        let wanted = start.saturating_add(size).min(text.len());
        // From the last byte of the piece on, the first line end.
        let reach = text.len().min(wanted.saturating_add(REACH.max(size)));
        let feed = memchr::memchr(b'\n', &text[wanted - 1..reach]).map(|feed| wanted + feed);
        // A last line without line end is not cut either.
        let end = feed.unwrap_or(if reach == text.len() { reach } else { wanted });
        let ends_line = feed.is_some() || end == text.len();
        let before = if self.starts_line { 0 } else { REACH };
        let after = if ends_line { 0 } else { REACH };
        let piece = Piece {
            text: Text::Mapped(Arc::clone(&self.map)),
            scan: start.saturating_sub(before)..text.len().min(end + after),
            report: start..end,
            offset: 0,
            starts_line: self.starts_line,
            ends_line,
            is_described: is_described(text),
        };
        self.next = end;
        self.starts_line = ends_line;
        Some(piece)
    }
}

/// Pieces of what is read from a file or a stream.
pub(super) struct ReadSource {
    reader: BoxRead,
    /// Whether to hand on what has come instead of waiting for a whole piece.
    is_stream: bool,
    /// What was read and not reported, with `context` reported bytes before it.
    carry: Vec<u8>,
    context: usize,
    /// The offset of the carry's first byte.
    offset: u64,
    starts_line: bool,
    is_described: bool,
    is_done: bool,
    failed: Option<io::Error>,
}

impl std::fmt::Debug for ReadSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadSource").field("offset", &self.offset).finish_non_exhaustive()
    }
}

impl ReadSource {
    pub(super) fn new(reader: BoxRead, is_stream: bool) -> Self {
        Self {
            reader,
            is_stream,
            carry: Vec::new(),
            context: 0,
            offset: 0,
            starts_line: true,
            is_described: false,
            is_done: false,
            failed: None,
        }
    }

    /// Reads until `buffer[..*len]` has `wanted` bytes or the input ends; a stream stops as soon
    /// as there is a line end behind `from`.
    fn fill(
        &mut self,
        buffer: &mut Vec<u8>,
        len: &mut usize,
        wanted: usize,
    ) -> Result<(), io::Error> {
        if buffer.len() < wanted {
            buffer.resize(wanted, 0);
        }
        while *len < wanted && !self.is_done {
            match self.reader.read(&mut buffer[*len..wanted]) {
                Ok(0) => self.is_done = true,
                Ok(count) => {
                    let is_line = memchr::memrchr(b'\n', &buffer[*len..*len + count]).is_some();
                    *len += count;
                    if self.is_stream && is_line {
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The next piece of about `size` bytes; `memory` is taken to read into.
    pub(super) fn next(
        &mut self,
        size: usize,
        memory: &mut Vec<u8>,
    ) -> Result<Option<Piece>, ProblemReason> {
        let mut buffer = std::mem::take(memory);
        let size = size.max(1);
        let (offset, context) = (self.offset, self.context);
        let mut len = self.carry.len();
        if buffer.len() < len {
            buffer.resize(len, 0);
        }
        buffer[..len].copy_from_slice(&self.carry);
        let mut line_end = None;
        // A piece first, and if no line ends in it, enough more to look over the cut.
        for wanted in [context + size, context + size + REACH] {
            let wanted = wanted.max(len);
            if let Err(error) = self.fill(&mut buffer, &mut len, wanted) {
                self.is_done = true;
                self.failed = Some(error);
            }
            line_end = memchr::memrchr(b'\n', &buffer[context..len]).map(|feed| context + feed + 1);
            if line_end.is_some() || self.is_done {
                break;
            }
        }
        if len == context {
            // What was read before a failure is scanned first; now there is nothing left of it.
            let offset = offset + len as u64;
            let failed = self.failed.take();
            *memory = buffer;
            return failed.map_or(Ok(None), |error| Err(ProblemReason::of_read(error, offset)));
        }
        if offset == 0 && context == 0 {
            self.is_described = is_described(&buffer[..len]);
        }
        let at_end = self.is_done;
        let end = match line_end {
            _ if at_end => len,
            Some(end) => end,
            None => len.saturating_sub(REACH).max(context + 1),
        };
        let ends_line = at_end || line_end.is_some();
        // What was not reported, and before it what the next piece is scanned over the cut.
        let kept = if ends_line { end } else { end.saturating_sub(REACH) };
        self.carry.clear();
        self.carry.extend_from_slice(&buffer[kept..len]);
        self.context = end - kept;
        self.offset = offset + kept as u64;
        let piece = Piece {
            scan: 0..if ends_line { end } else { len },
            report: context..end,
            text: Text::Read { buffer, len },
            offset,
            starts_line: self.starts_line,
            ends_line,
            is_described: self.is_described,
        };
        self.starts_line = ends_line;
        Ok(Some(piece))
    }
}
