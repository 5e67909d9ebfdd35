//! Handing outcomes on: what was relative to a piece becomes absolute, and everything is counted.

use std::collections::HashSet;
use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::PoisonError;
use std::time::Duration;

use jiff::Timestamp;

use super::piece::{Findings, FoundHit};
use super::sweep::Outcome;
use super::{Hit, Matcher};
use crate::indicator::IndicatorId;
use crate::input::{Problem, ProblemReason};
use crate::record::{Line, Record, RecordOptions, RecordReader};
use crate::sink::{LINE_LIMIT, Sighting, Sink};

/// What was scanned.
#[derive(Debug, Default)]
pub struct Summary {
    /// Inputs that were opened.
    pub files: u64,
    /// Bytes the inputs held.
    pub bytes_offered: u64,
    /// Bytes that were scanned.
    pub bytes_scanned: u64,
    /// Lines, a last one without line end included.
    pub lines: u64,
    /// Hits.
    pub hits: u64,
    /// Lines with a hit.
    pub hit_lines: u64,
    /// Indicators that were hit.
    pub distinct_indicators: u64,
    /// Whether the sink ended the scan before all was scanned.
    pub stopped_early: bool,
    /// What could not be scanned.
    pub problems: Vec<Problem>,
    /// Wall time.
    pub elapsed: Duration,
}

/// The input that is being handed on.
#[derive(Default)]
struct Current {
    path: String,
    len: Option<u64>,
    scanned: u64,
    line_feeds: u64,
    hits: u64,
    last_hit_line: u64,
    ends_with_feed: bool,
    /// The offset of the line that goes on from the last piece, and its first bytes.
    open_start: u64,
    open_line: Vec<u8>,
    modified: Option<Timestamp>,
    /// Its first bytes, as far as they were handed on.
    head: Vec<u8>,
}

/// Takes outcomes in order.
pub(super) struct Reporter<'s> {
    matcher: &'s Matcher,
    options: &'s RecordOptions,
    sink: &'s mut dyn Sink,
    summary: Summary,
    distinct: HashSet<IndicatorId>,
    current: Current,
    /// Reads lines of the input that is handed on; made when its first line hit.
    reader: Option<RecordReader<'s>>,
    wants_hits: bool,
    wants_records: bool,
    /// Whether the sink may hold back hits of a stream, which somebody may be waiting for.
    holds_back: bool,
}

impl<'s> Reporter<'s> {
    pub(super) fn new(
        matcher: &'s Matcher,
        options: &'s RecordOptions,
        sink: &'s mut dyn Sink,
    ) -> Self {
        Self {
            wants_hits: sink.wants_hits(),
            wants_records: sink.wants_records(),
            options,
            reader: None,
            holds_back: false,
            matcher,
            sink,
            summary: Summary::default(),
            distinct: HashSet::new(),
            current: Current::default(),
        }
    }

    /// Takes the next outcome; `Break` when the sink wants no more.
    pub(super) fn take(&mut self, outcome: Outcome) -> io::Result<ControlFlow<()>> {
        let flow = match outcome {
            Outcome::Begin { path, len, modified } => {
                self.summary.files += 1;
                self.sink.begin(&path)?;
                let modified = modified.and_then(|time| Timestamp::try_from(time).ok());
                self.current = Current { path, len, modified, ..Current::default() };
                self.reader = None;
                ControlFlow::Continue(())
            }
            Outcome::Problem(problem) => {
                self.summary.problems.push(problem);
                ControlFlow::Continue(())
            }
            Outcome::Piece(findings) => self.piece(&findings)?,
            Outcome::End { failed, source } => {
                let shrunk_to = source.lock().unwrap_or_else(PoisonError::into_inner).shrunk_to();
                self.end(failed, shrunk_to)?
            }
        };
        self.summary.stopped_early |= flow.is_break();
        Ok(flow)
    }

    /// Whether to [flush](Self::flush) before waiting.
    pub(super) fn holds_back(&self) -> bool {
        self.holds_back
    }

    /// Whether more may be long in coming.
    pub(super) fn is_in_stream(&self) -> bool {
        self.current.len.is_none()
    }

    /// Makes the sink write out what it holds back.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.holds_back = false;
        self.sink.flush()
    }

    /// The sums.
    pub(super) fn finish(mut self, elapsed: Duration) -> Summary {
        if self.summary.stopped_early {
            // The input that was under way was not ended.
            self.count_input(None);
        }
        self.summary.distinct_indicators = self.distinct.len() as u64;
        self.summary.elapsed = elapsed;
        self.summary
    }

    fn piece(&mut self, findings: &Findings) -> io::Result<ControlFlow<()>> {
        let mut flow = ControlFlow::Continue(());
        if let Some(name) = findings.encoded {
            let (path, reason) = (self.current.path.clone(), ProblemReason::Encoded(name));
            self.summary.problems.push(Problem { path, reason, unscanned: None });
        }
        if !findings.head.is_empty() {
            // What comes later in the input's beginning may say more.
            self.reader = None;
            self.current.head.extend_from_slice(&findings.head);
        }
        let mut rest = findings.hits.as_slice();
        while let Some(first) = rest.first() {
            let same = rest.iter().take_while(|hit| hit.hit.lines_before == first.hit.lines_before);
            let (line, after) = rest.split_at(same.count());
            rest = after;
            flow = self.line(findings, line)?;
            if flow.is_break() {
                break;
            }
        }
        let current = &mut self.current;
        current.scanned += findings.len;
        current.line_feeds += findings.line_feeds;
        current.ends_with_feed = findings.ends_with_feed;
        match &findings.open_line {
            Some((Some(start), head)) => {
                current.open_start = *start;
                current.open_line.clear();
                current.open_line.extend_from_slice(&findings.copies[head.clone()]);
            }
            Some((None, more)) => {
                let room = LINE_LIMIT - current.open_line.len().min(LINE_LIMIT);
                let more = &findings.copies[more.clone()];
                current.open_line.extend_from_slice(&more[..more.len().min(room)]);
            }
            None => current.open_line.clear(),
        }
        Ok(flow)
    }

    /// The hits of one line.
    fn line(&mut self, findings: &Findings, hits: &[FoundHit]) -> io::Result<ControlFlow<()>> {
        let number = self.current.line_feeds + hits[0].hit.lines_before + 1;
        self.summary.hit_lines += u64::from(self.current.last_hit_line != number);
        self.current.last_hit_line = number;
        // All of them have the same line.
        let (bytes, line_start) = match hits[0].line_start {
            Some(start) => (&findings.copies[hits[0].line.clone()], start),
            None => (self.current.open_line.as_slice(), self.current.open_start),
        };
        let reader = self.wants_records.then(|| {
            let (options, current) = (self.options, &self.current);
            &*self
                .reader
                .get_or_insert_with(|| RecordReader::new(options, &current.head, current.modified))
        });
        let text = reader.map(|_| Line::new(bytes));
        let mut record: Option<Record<'_>> = None;
        for found in hits {
            self.summary.hits += 1;
            self.current.hits += 1;
            self.distinct.extend(found.hit.matches.iter().map(|matched| matched.indicator));
            if !self.wants_hits {
                continue;
            }
            self.holds_back = true;
            let span = absolute(&found.hit.span, found.base);
            let (excerpt, excerpt_start) = match &found.excerpt {
                Some((range, start)) => (&findings.copies[range.clone()], *start),
                None => (bytes, line_start),
            };
            let within = (span.start - excerpt_start) as usize..(span.end - excerpt_start) as usize;
            let matched = excerpt.get(within).unwrap_or_default();
            let hit = Hit {
                span,
                line: number,
                line_start,
                encodings: found.hit.encodings,
                matches: found.hit.matches.clone(),
            };
            let mut sighting = Sighting {
                indicators: self.matcher.indicators(),
                path: &self.current.path,
                hit: &hit,
                line: bytes,
                truncated: found.truncated,
                excerpt: (excerpt, excerpt_start),
                matched,
                record: None,
            };
            if let (Some(reader), Some(text)) = (reader, &text)
                && record.as_ref().is_none_or(Record::is_partial)
            {
                record = Some(reader.read(text, line_start, sighting.spot()));
            }
            sighting.record = record.as_ref();
            let flow = self.sink.hit(&sighting)?;
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn end(
        &mut self,
        failed: Option<ProblemReason>,
        shrunk_to: Option<u64>,
    ) -> io::Result<ControlFlow<()>> {
        let (before, scanned) = (self.current.len, self.current.scanned);
        // A file that is read shrank if there was less of it than it had when it was opened.
        let after = match (shrunk_to, before) {
            (Some(after), _) => Some(after),
            (None, Some(before)) if failed.is_none() && scanned < before => Some(scanned),
            _ => None,
        };
        self.count_input(after);
        let shrank =
            after.zip(before).map(|(after, before)| ProblemReason::Shrank { before, after });
        if let Some(reason) = failed.or(shrank) {
            let unscanned = before.map(|len| len.saturating_sub(after.unwrap_or(scanned)));
            let path = self.current.path.clone();
            self.summary.problems.push(Problem { path, reason, unscanned });
        }
        self.sink.end(&self.current.path, self.current.hits)
    }

    /// Adds the current input to the sums; `shrunk_to` is its length if it became shorter.
    fn count_input(&mut self, shrunk_to: Option<u64>) {
        let current = &self.current;
        let scanned = current.scanned.min(shrunk_to.unwrap_or(u64::MAX));
        self.summary.bytes_offered += current.len.unwrap_or(0).max(scanned);
        self.summary.bytes_scanned += scanned;
        let is_open = current.scanned > 0 && !current.ends_with_feed && shrunk_to.is_none();
        self.summary.lines += current.line_feeds + u64::from(is_open);
    }
}

fn absolute(span: &Range<usize>, base: u64) -> Range<u64> {
    base + span.start as u64..base + span.end as u64
}
