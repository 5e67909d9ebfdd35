//! Scanning one piece of an input, and taking along what the sink will want to show of it.
//!
//! The piece's memory is let go of as soon as it is scanned, so the lines that hit are copied
//! here, each once, whatever the number of hits on it.

use std::ops::Range;

use super::scanner::{LocalHit, Scanner};
use crate::input::{Piece, encoded_as, has_utf16};
use crate::record::RecordReader;
use crate::sink::LINE_LIMIT;

/// How much is kept around a match that its line's first [`LINE_LIMIT`] bytes do not reach.
const EXCERPT: usize = 4096;

/// How far a document is looked at to tell whether it is text: text has no NUL.
const BINARY: usize = 8192;

/// A longer directive is none, and more of them in one piece are not kept.
const DIRECTIVE: usize = 16 * 1024;
const DIRECTIVES: usize = 256 * 1024;

/// Everything found in one piece.
#[derive(Debug)]
pub(super) struct Findings {
    /// How many bytes were scanned for hits of this piece.
    pub len: u64,
    pub line_feeds: u64,
    /// What the document is, if this is its beginning and it would have to be decoded first.
    pub encoded: Option<&'static str>,
    /// Whether this is the document's beginning and no text.
    pub is_binary: bool,
    /// Whether there is UTF-16 among it, which is scanned as the bytes it is.
    pub has_utf16: bool,
    /// Whether the last reported byte is a line feed.
    pub ends_with_feed: bool,
    pub hits: Vec<FoundHit>,
    /// Copies of lines and excerpts.
    pub copies: Vec<u8>,
    /// The stretch of the text that was copied for the last excerpts, and where it begins in
    /// `copies`.
    excerpted: Option<(Range<usize>, usize)>,
    /// The beginning of the line that goes on in the next piece: its offset, or `None` if it
    /// began before this piece, and at most [`LINE_LIMIT`] of its bytes. Only where the piece does
    /// not end at a line end.
    pub open_line: Option<(Option<u64>, Range<usize>)>,
    /// What of the input's first [`RecordReader::HEAD`] bytes is in this piece.
    pub head: Vec<u8>,
    /// Lines behind those that say how to read what follows them: their offsets, and where they
    /// are in `copies`.
    pub directives: Vec<(u64, Range<usize>)>,
}

/// A hit and where copies of its surroundings are.
#[derive(Debug)]
pub(super) struct FoundHit {
    pub hit: LocalHit,
    /// The hit's offset in the input is its offset in the text and this.
    pub base: u64,
    /// The offset of the line's first byte; `None` if the line began before the piece.
    pub line_start: Option<u64>,
    /// The line in [`Findings::copies`].
    pub line: Range<usize>,
    pub truncated: bool,
    /// The matched bytes and some around them in [`Findings::copies`], with the offset of the
    /// first one in the input: only where `line` does not hold the match.
    pub excerpt: Option<(Range<usize>, u64)>,
}

/// What of a piece is to be taken along.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wants {
    /// The lines that hit; without them the sink only counts.
    pub lines: bool,
    /// The input's beginning, which says how to read its lines.
    pub head: bool,
}

/// Scans a piece.
pub(super) fn scan(scanner: &mut Scanner<'_>, piece: &Piece, wants: Wants) -> Findings {
    piece.prepare();
    let text = piece.text();
    let report = piece.report.clone();
    let is_first = piece.offset == 0 && report.start == 0;
    scanner.directives.are_wanted = wants.head && piece.is_described;
    let (hits, line_feeds) = scanner.scan(text, piece.scan.clone(), report.clone());
    let mut findings = Findings {
        len: report.len() as u64,
        line_feeds,
        encoded: if is_first { encoded_as(text) } else { None },
        is_binary: is_first && memchr::memchr(0, &text[..report.end.min(BINARY)]).is_some(),
        // A NUL is in every such text, and hardly in any other.
        has_utf16: scanner.has_nul && has_utf16(&text[report.clone()]),
        ends_with_feed: text[report.clone()].ends_with(b"\n"),
        hits: Vec::with_capacity(hits.len()),
        copies: Vec::new(),
        excerpted: None,
        open_line: None,
        head: Vec::new(),
        directives: Vec::new(),
    };
    let start = usize::try_from(piece.offset).unwrap_or(usize::MAX).saturating_add(report.start);
    if wants.head && start < RecordReader::HEAD {
        let len = (RecordReader::HEAD - start).min(report.len());
        findings.head.extend_from_slice(&text[report.start..][..len]);
    }
    findings.copy_directives(piece, &scanner.directives.found);
    for hit in hits {
        let found = if wants.lines {
            findings.copy_line(piece, hit)
        } else {
            let line_start = None;
            FoundHit {
                hit,
                base: piece.offset,
                line_start,
                line: 0..0,
                truncated: false,
                excerpt: None,
            }
        };
        findings.hits.push(found);
    }
    if !piece.ends_line && wants.lines {
        let feed = memchr::memrchr(b'\n', &text[report.clone()]);
        let start = feed.map(|feed| report.start + feed + 1);
        let is_known = start.is_some() || piece.starts_line;
        let start = start.unwrap_or(report.start);
        let copied = findings.copy(&text[start..report.end.min(start + LINE_LIMIT)]);
        let offset = is_known.then_some(piece.offset + start as u64);
        findings.open_line = Some((offset, copied));
    }
    findings
}

impl Findings {
    /// About how much memory they take.
    pub(super) fn held(&self) -> usize {
        let hits: usize = self.hits.iter().map(|hit| size_of_val(&*hit.hit.matches)).sum();
        size_of::<Self>() + self.copies.len() + size_of_val(&*self.hits) + hits
    }

    fn copy(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.copies.len();
        self.copies.extend_from_slice(bytes);
        start..self.copies.len()
    }

    /// Copies the directives that begin in the piece and do not end in the input's head.
    fn copy_directives(&mut self, piece: &Piece, directives: &[usize]) {
        let (text, report) = (piece.text(), &piece.report);
        // What is before the first byte, the piece knows.
        let is_own = |&at: &usize| report.contains(&at) && (at > report.start || piece.starts_line);
        for start in directives.iter().copied().filter(is_own) {
            let line = &text[start..text.len().min(start + DIRECTIVE)];
            let offset = piece.offset + start as u64;
            let end = match memchr::memchr(b'\n', line) {
                Some(feed) if offset + (feed as u64) < RecordReader::HEAD as u64 => continue,
                Some(feed) => feed,
                None if line.len() == DIRECTIVE => continue,
                None => line.len(),
            };
            if self.copies.len() < DIRECTIVES {
                let copied = self.copy(&line[..end]);
                self.directives.push((offset, copied));
            }
        }
    }

    fn copy_line(&mut self, piece: &Piece, hit: LocalHit) -> FoundHit {
        let (text, report) = (piece.text(), &piece.report);
        let base = piece.offset;
        let feed = memchr::memrchr(b'\n', &text[report.start..hit.span.start]);
        let start = match feed {
            Some(feed) => Some(report.start + feed + 1),
            None => piece.starts_line.then_some(report.start),
        };
        let line_start = start.map(|start| base + start as u64);
        let Some(start) = start else {
            // The line's beginning is with the pieces before; only the surroundings are here.
            let excerpt = Some(self.copy_excerpt(piece, &hit));
            return FoundHit { hit, base, line_start, line: 0..0, truncated: true, excerpt };
        };
        let previous = self.hits.last().filter(|last| last.line_start == line_start);
        let (line, truncated) = match previous {
            Some(previous) => (previous.line.clone(), previous.truncated),
            None => {
                let room = &text[start..text.len().min(start + LINE_LIMIT + 1)];
                let feed = memchr::memchr(b'\n', room);
                let end = feed.unwrap_or(room.len()).min(LINE_LIMIT);
                let truncated = feed.is_none() && room.len() > LINE_LIMIT;
                let line = &room[..end];
                let line = line.strip_suffix(b"\r").filter(|_| !truncated).unwrap_or(line);
                (self.copy(line), truncated)
            }
        };
        let is_inside = hit.span.end <= start + line.len();
        let excerpt = (!is_inside).then(|| self.copy_excerpt(piece, &hit));
        FoundHit { hit, base, line_start, line, truncated, excerpt }
    }

    /// Copies the match and what stands around it in its line.
    fn copy_excerpt(&mut self, piece: &Piece, hit: &LocalHit) -> (Range<usize>, u64) {
        let text = piece.text();
        let before = &text[hit.span.start.saturating_sub(EXCERPT)..hit.span.start];
        let start = hit.span.start - before.len()
            + memchr::memrchr(b'\n', before).map_or(0, |feed| feed + 1);
        let end = hit.span.end.min(hit.span.start + LINE_LIMIT);
        let after = &text[end..text.len().min(end + EXCERPT)];
        let end = end + memchr::memchr(b'\n', after).unwrap_or(after.len());
        let offset = piece.offset + start as u64;
        // Excerpts of neighbours overlap. What the last one has is not copied again, or a long
        // line full of hits would be copied hundreds of times over.
        if let Some((stretch, at)) = &mut self.excerpted
            && (stretch.start..=stretch.end).contains(&start)
            && *at + stretch.len() == self.copies.len()
        {
            if end > stretch.end {
                self.copies.extend_from_slice(&text[stretch.end..end]);
                stretch.end = end;
            }
            let copied = *at + start - stretch.start;
            return (copied..copied + end - start, offset);
        }
        let copied = self.copy(&text[start..end]);
        self.excerpted = Some((start..end, copied.start));
        (copied, offset)
    }
}
