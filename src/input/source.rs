//! An input's bytes, cut into pieces that threads can scan on their own.
//!
//! A piece ends at a line end, so no token, and no hit, crosses a cut. A line longer than a piece
//! is cut anywhere; then the pieces on both sides are scanned [`REACH`] bytes over the cut, and a
//! hit belongs to the piece in which its token begins.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::mapped::MappedFile;
use super::stream::{self, Stop, Stream};
use super::{Mapping, ProblemReason};

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
                file.release(self.scan.start, self.scan.end);
                None
            }
            Text::Read { buffer, .. } => Some(buffer),
        }
    }
}

/// An input that was opened.
#[derive(Debug)]
pub(crate) struct Opened {
    pub source: Source,
    /// Its length when it was opened, where that is known.
    pub len: Option<u64>,
    /// When it was last written, where that is known.
    pub modified: Option<SystemTime>,
}

/// What gives an input's pieces, one after the other.
#[derive(Debug)]
pub(crate) enum Source {
    Mapped(MappedSource),
    Read(ReadSource),
}

/// Opens a path.
pub(crate) fn open_path(
    path: &Path,
    mapping: Mapping,
    stop: &Arc<Stop>,
) -> Result<Opened, ProblemReason> {
    let mut file = stream::open(path).map_err(ProblemReason::Open)?;
    let metadata = file.metadata().map_err(ProblemReason::Open)?;
    // What has no length may still have content: /proc, pipes, devices.
    let len = Some(metadata.len()).filter(|&len| metadata.is_file() && len > 0);
    let mapped = match (mapping, len) {
        (Mapping::Never, _) | (Mapping::Auto, None) => None,
        (Mapping::Always, None) => {
            let what = if !metadata.is_file() {
                Some("it is no regular file")
            } else if file.read(&mut [0]).map_or(true, |count| count > 0) {
                Some("the system gives it no length")
            } else {
                // Empty: nothing to map, nothing to miss.
                None
            };
            if let Some(what) = what {
                return Err(ProblemReason::Map(io::Error::other(what)));
            }
            None
        }
        (Mapping::Auto, Some(_)) => MappedFile::new(&file).ok(),
        (Mapping::Always, Some(_)) => Some(MappedFile::new(&file).map_err(ProblemReason::Map)?),
    };
    let source = match mapped {
        Some(map) => {
            Source::Mapped(MappedSource { map: Arc::new(map), file, next: 0, starts_line: true })
        }
        None if len.is_none() => {
            let stream = Stream { file, stop: Arc::clone(stop) };
            Source::Read(ReadSource::new(Box::new(stream), true))
        }
        None => Source::Read(ReadSource::new(Box::new(file), false)),
    };
    let modified = metadata.modified().ok().filter(|_| metadata.is_file());
    Ok(Opened { source, len, modified })
}

/// Opens standard input.
pub(crate) fn open_stdin(stop: &Arc<Stop>) -> Opened {
    let source = Source::Read(ReadSource::new(stdin(stop), true));
    Opened { source, len: None, modified: None }
}

/// `io::stdin` takes a standard input that cannot be read for an empty one, so it is read as the
/// file that it is.
fn stdin(stop: &Arc<Stop>) -> Box<dyn Read + Send> {
    #[cfg(unix)]
    if let Ok(file) = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned() {
        return Box::new(Stream { file: File::from(file), stop: Arc::clone(stop) });
    }
    Box::new(io::stdin())
}

impl Source {
    /// The next piece of about `size` bytes; `buffer` is memory to read into.
    pub(crate) fn next(
        &mut self,
        size: usize,
        buffer: Vec<u8>,
    ) -> Result<Option<Piece>, ProblemReason> {
        match self {
            Self::Mapped(source) => Ok(source.next(size)),
            Self::Read(source) => source.next(size, buffer),
        }
    }

    /// The input's length now, if it was mapped and became shorter.
    pub(crate) fn shrunk_to(&self) -> Option<u64> {
        let Self::Mapped(source) = self else { return None };
        let before = source.map.bytes().len() as u64;
        let now = source.file.metadata().map_or(before, |metadata| metadata.len());
        let after = source.map.missing_from().map_or(now, |missing| missing.min(now));
        (after < before).then_some(after)
    }
}

/// Pieces of a mapped file.
#[derive(Debug)]
pub(crate) struct MappedSource {
    map: Arc<MappedFile>,
    file: File,
    next: usize,
    starts_line: bool,
}

impl MappedSource {
    fn next(&mut self, size: usize) -> Option<Piece> {
        let text = self.map.bytes();
        let start = self.next;
        if start >= text.len() {
            return None;
        }
        let size = size.max(1);
        let wanted = start.saturating_add(size).min(text.len());
        // From the last byte of the piece on, the first line end.
        let window = &text[wanted - 1..text.len().min(wanted.saturating_add(REACH.max(size)))];
        let feed = memchr::memchr(b'\n', window).map(|feed| wanted + feed);
        let end = feed.unwrap_or(wanted);
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
        };
        self.next = end;
        self.starts_line = ends_line;
        Some(piece)
    }
}

/// Pieces of what is read from a file or a stream.
pub(crate) struct ReadSource {
    reader: Box<dyn Read + Send>,
    /// Whether to hand on what has come instead of waiting for a whole piece.
    is_stream: bool,
    /// What was read and not reported, with `context` reported bytes before it.
    carry: Vec<u8>,
    context: usize,
    /// The offset of the carry's first byte.
    offset: u64,
    starts_line: bool,
    is_done: bool,
    failed: Option<io::Error>,
}

impl std::fmt::Debug for ReadSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadSource").field("offset", &self.offset).finish_non_exhaustive()
    }
}

impl ReadSource {
    pub(crate) fn new(reader: Box<dyn Read + Send>, is_stream: bool) -> Self {
        Self {
            reader,
            is_stream,
            carry: Vec::new(),
            context: 0,
            offset: 0,
            starts_line: true,
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

    fn next(&mut self, size: usize, mut buffer: Vec<u8>) -> Result<Option<Piece>, ProblemReason> {
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
            return failed.map_or(Ok(None), |error| Err(ProblemReason::Read { offset, error }));
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
        };
        self.starts_line = ends_line;
        Ok(Some(piece))
    }
}
