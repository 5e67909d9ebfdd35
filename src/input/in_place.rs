//! Text that is scanned where it was decoded.
//!
//! [`InPlace`] goes around in a ring. Its beginning is read like any reader's, to find out what it
//! is; if that is plain text, reading begins again and gives pieces that lend the ring.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::ProblemReason;
use super::archive::{Behind, zip_behind};
use super::decode::Stream;
use super::encoding::Mixed;
use super::ring::Writer;
use super::source::{Cut, Piece, REACH, ReadSource, is_described};

/// The most that is decoded at a time: a block of zstd.
const BLOCK: usize = 128 << 10;

/// What a decoder may write behind a block.
const MARGIN: usize = 64;

/// The largest piece.
pub(super) const PIECE: usize = 512 << 10;

/// Room before the place where a round begins, for what a piece needs of the round before.
const BEFORE: usize = PIECE + 3 * REACH;

/// The most room beyond the window: for pieces that are still scanned by others, and because what
/// refers back into the round before is decoded more slowly.
const AHEAD: usize = 6 << 20;

/// The largest window for which there is a ring. What wants more is rare, and decoded by the
/// decoder's own means.
const MOST: u64 = 8 << 20;

/// Decodes around a ring.
pub(super) struct InPlace {
    stream: Stream,
    ring: Writer,
    /// How far the decoder may refer back.
    kept: u64,
    /// What was decoded and is still wanted.
    begin: usize,
    end: usize,
    /// Where the round began, with what was brought along from the one before.
    from: usize,
    is_first_round: bool,
    /// Whether somebody was told that it failed: it does not do so again.
    has_failed: bool,
}

/// A ring for data that refers back so far.
pub(super) struct Room {
    ring: Writer,
    kept: u64,
}

impl Room {
    /// `None` where that is too far.
    pub(super) fn new(window: u64) -> Option<Self> {
        let kept = window.max(BLOCK as u64);
        let window = usize::try_from(kept).ok().filter(|_| kept <= MOST)?;
        let ahead = (3 * window).clamp(PIECE, AHEAD);
        let ring = Writer::new(BEFORE + window + 2 * (BLOCK + MARGIN) + ahead).ok()?;
        Some(Self { ring, kept })
    }
}

impl InPlace {
    pub(super) fn new(stream: Stream, Room { ring, kept }: Room) -> Self {
        let (begin, end, from) = (BEFORE, BEFORE, BEFORE);
        Self { stream, ring, kept, begin, end, from, is_first_round: true, has_failed: false }
    }

    /// Begins again; `false` if the beginning is gone.
    fn rewind(&mut self) -> bool {
        let is_there = self.is_first_round && !self.has_failed;
        if is_there {
            self.begin = BEFORE;
        }
        is_there
    }

    fn has_room(&self) -> bool {
        self.end + BLOCK + MARGIN <= self.ring.len()
    }

    /// Begins another round, with what is still wanted of the last one, and enough to see what
    /// stands at the end.
    fn go_round(&mut self) {
        let wanted = self.end - self.begin;
        let along = wanted.max(zip_behind::TAIL.min(self.end - self.from)).min(BEFORE);
        let bytes = self.ring.bytes(self.end - along..self.end).to_vec();
        self.ring.free(BEFORE - along..BEFORE).copy_from_slice(&bytes);
        (self.from, self.end) = (BEFORE - along, BEFORE);
        self.begin = BEFORE - wanted.min(along);
        self.is_first_round = false;
    }

    /// Decodes some more where there is room; gives how much, 0 at the end.
    fn more(&mut self) -> io::Result<usize> {
        let output = self.ring.free(self.end..self.end + BLOCK + MARGIN);
        let count = loop {
            // SAFETY: each output follows the last one, or begins a round after one that was
            // longer than `kept`, two blocks and the margins: so the last `kept` bytes are outside
            // of it. What lies before a round's beginning was put there, and is no output. The
            // ring is dropped together with the stream, and what is lent of it is only read.
            let done = unsafe { self.stream.read_in_place(output, self.kept) };
            match done {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => break done,
            }
        };
        self.has_failed |= count.is_err();
        let count = count?;
        self.end += count;
        Ok(count)
    }

    /// The end, as far as it is there.
    fn tail(&self) -> &[u8] {
        self.ring.bytes(self.from.max(self.end.saturating_sub(zip_behind::TAIL))..self.end)
    }
}

impl Read for InPlace {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.begin == self.end {
            if !self.has_room() {
                self.go_round();
            }
            self.more()?;
        }
        let count = buffer.len().min(self.end - self.begin);
        buffer[..count].copy_from_slice(self.ring.bytes(self.begin..self.begin + count));
        self.begin += count;
        Ok(count)
    }
}

/// Reads the beginning; who has the other one may read everything in place.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<Option<InPlace>>>);

impl Shared {
    pub(super) fn new(decoder: InPlace) -> Self {
        Self(Arc::new(Mutex::new(Some(decoder))))
    }

    /// Takes the decoder, at its beginning, unless that is gone. Nobody else can read then.
    pub(super) fn take(&self) -> Option<InPlace> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.take_if(InPlace::rewind)
    }
}

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.as_mut().map_or(Ok(0), |decoder| decoder.read(buffer))
    }
}

/// Pieces of what is decoded in place.
pub(super) struct InPlaceSource {
    decoder: InPlace,
    /// How much of what is wanted was reported before.
    context: usize,
    /// The offset of the first byte that is wanted.
    offset: u64,
    starts_line: bool,
    is_described: bool,
    is_stream: bool,
    /// Whether there may be UTF-16 among it.
    may_be_mixed: bool,
    is_done: bool,
    failed: Option<io::Error>,
}

impl std::fmt::Debug for InPlaceSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InPlaceSource").field("offset", &self.offset).finish_non_exhaustive()
    }
}

/// What comes next.
pub(super) enum Next {
    Piece(Piece),
    End,
    Failed(ProblemReason),
    /// There are zeros: from here on it has to be read [with care](InPlaceSource::with_care).
    Mixed,
}

impl InPlaceSource {
    pub(super) fn new(decoder: InPlace, is_stream: bool, may_be_mixed: bool) -> Self {
        Self {
            decoder,
            context: 0,
            offset: 0,
            starts_line: true,
            is_described: false,
            is_stream,
            may_be_mixed,
            is_done: false,
            failed: None,
        }
    }

    fn unreported(&self) -> Range<usize> {
        self.decoder.begin + self.context..self.decoder.end
    }

    fn has_line(&self) -> bool {
        memchr::memrchr(b'\n', self.decoder.ring.bytes(self.unreported())).is_some()
    }

    /// Decodes until `wanted` bytes are there, the input ends, or what there is had better be
    /// taken first; `true` if there are zeros.
    fn fill(&mut self, wanted: usize) -> bool {
        let mut looked = self.unreported();
        loop {
            let bytes = self.decoder.ring.bytes(looked);
            if self.may_be_mixed && memchr::memchr(0, bytes).is_some() {
                return true;
            }
            let is_line = self.is_stream && memchr::memrchr(b'\n', bytes).is_some();
            let len = self.decoder.end - self.decoder.begin;
            if self.is_done || is_line || len >= wanted {
                return false;
            }
            if !self.decoder.has_room() {
                if self.has_line() {
                    return false;
                }
                self.decoder.go_round();
            }
            let before = self.decoder.end;
            match self.decoder.more() {
                Ok(count) => self.is_done = count == 0,
                Err(error) => (self.is_done, self.failed) = (true, Some(error)),
            }
            looked = before..self.decoder.end;
        }
    }

    /// The next piece of about `size` bytes.
    pub(super) fn next(&mut self, size: usize) -> Next {
        let size = size.clamp(1, PIECE);
        let context = self.context;
        let mut has_zeros = false;
        for wanted in [context + size, context + size + REACH] {
            has_zeros = self.fill(wanted);
            if has_zeros || self.is_done || self.has_line() {
                break;
            }
        }
        if has_zeros {
            let text = self.decoder.ring.bytes(self.unreported());
            let zero = memchr::memchr(0, text).unwrap_or(text.len());
            match memchr::memrchr(b'\n', &text[..zero]) {
                // Up to the line that has them it is as it was.
                Some(feed) => {
                    let len = context + feed + 1;
                    let cut = Cut { end: len, ends_line: true, kept: len };
                    return Next::Piece(self.piece(len, &cut));
                }
                None => return Next::Mixed,
            }
        }
        let len = self.decoder.end - self.decoder.begin;
        if len == context {
            return self.end();
        }
        let text = self.decoder.ring.bytes(self.decoder.begin..self.decoder.end);
        if self.offset == 0 && context == 0 {
            self.is_described = is_described(text);
        }
        let cut = Cut::new(text, context, self.is_done);
        Next::Piece(self.piece(len, &cut))
    }

    /// Lends a piece with `len` bytes of text.
    fn piece(&mut self, len: usize, cut: &Cut) -> Piece {
        let begin = self.decoder.begin;
        let lent = self.decoder.ring.lend(begin..begin + len);
        let starts_line = std::mem::replace(&mut self.starts_line, cut.ends_line);
        let piece =
            Piece::lent(lent, cut, self.context, self.offset, starts_line, self.is_described);
        self.decoder.begin = begin + cut.kept;
        self.context = cut.end - cut.kept;
        self.offset += cut.kept as u64;
        piece
    }

    fn end(&mut self) -> Next {
        let offset = self.offset + self.context as u64;
        if let Some(error) = self.failed.take() {
            return Next::Failed(ProblemReason::of_read(error, offset));
        }
        match zip_behind::end_record(self.decoder.tail(), offset) {
            Some(position) => Next::Failed(ProblemReason::ZipBehind { position }),
            None => Next::End,
        }
    }

    /// Reads what was not reported as text in several encodings.
    pub(super) fn with_care(self) -> ReadSource {
        let Self { mut decoder, context, offset, failed, .. } = self;
        let carry = decoder.ring.bytes(decoder.begin..decoder.begin + context).to_vec();
        decoder.begin += context;
        let rest = offset + context as u64;
        // What went wrong comes after what was decoded before.
        let reader: Box<dyn Read + Send> = match failed {
            None => Box::new(decoder),
            Some(error) => {
                let bytes = decoder.ring.bytes(decoder.begin..decoder.end).to_vec();
                Box::new(io::Cursor::new(bytes).chain(Failing(Some(error))))
            }
        };
        let reader = Box::new(Mixed::bytes(Box::new(Behind::after(reader, rest))));
        ReadSource::going_on(
            reader,
            self.is_stream,
            carry,
            offset,
            self.starts_line,
            self.is_described,
        )
    }
}

/// Fails once.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
