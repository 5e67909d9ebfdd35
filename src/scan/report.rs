//! Handing outcomes on: what was relative to a piece becomes absolute, and everything is counted.

use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use hashbrown::HashSet;
use jiff::{SignedDuration, Timestamp};

use super::outcome::{Event, Outcome};
use super::piece::{Findings, FoundHit};
use super::sweep::SweepOptions;
use super::{Hit, Matcher, Progress};
use crate::assess::assess;
use crate::indicator::IndicatorId;
use crate::input::{LeftOut, Problem, ProblemReason};
use crate::record::{Line, Record, RecordOptions, RecordReader};
use crate::sink::{InputRecord, LINE_LIMIT, Sighting, Sink};

/// What was scanned.
#[derive(Debug, Default)]
pub struct Summary {
    /// Documents that were scanned: files, and members of archives.
    pub files: u64,
    /// Those of them that are no text.
    pub binary: u64,
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
    /// Hits that a [`Filter`](crate::sink::Filter) kept from the output; they are in none of the
    /// numbers above once it has [corrected](crate::sink::Filter::correct) them.
    pub filtered: u64,
    /// Whether the sink ended the scan before all was scanned.
    pub stopped_early: bool,
    /// What could not be scanned: the first [`Summary::NAMED`] problems.
    pub problems: Vec<Problem>,
    /// How many there were.
    pub problems_total: u64,
    /// What was passed over on purpose, see [`ProblemReason::is_by_design`]: the first
    /// [`Summary::NAMED`].
    pub passed_over: Vec<Problem>,
    /// How many there were.
    pub passed_over_total: u64,
    /// What the selection kept from being scanned.
    pub left_out: LeftOut,
    /// What was not reached, if the scan was interrupted.
    pub unreached: Option<Unreached>,
    /// Wall time.
    pub elapsed: Duration,
}

impl Summary {
    /// How many problems are kept of each sort. There may be as many as there are files.
    pub const NAMED: usize = 1000;

    fn note(&mut self, problem: Problem) {
        let (named, total) = if problem.reason.is_by_design() {
            (&mut self.passed_over, &mut self.passed_over_total)
        } else {
            (&mut self.problems, &mut self.problems_total)
        };
        *total += 1;
        if named.len() < Self::NAMED {
            named.push(problem);
        }
    }
}

/// The inputs that an interrupted scan did not reach. The one it was interrupted in is a
/// [`Problem`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unreached {
    /// The first of them; the others follow it in order.
    pub first: Option<String>,
    /// How many files were counted.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether these were all. Counting ends after a moment, too.
    pub is_exact: bool,
}

impl Unreached {
    pub(super) fn add(&mut self, path: String, len: Option<u64>) {
        self.files += 1;
        self.bytes += len.unwrap_or(0);
        self.first.get_or_insert(path);
    }
}

/// The input that is being handed on.
#[derive(Default)]
struct Current {
    /// When it was opened; `None` when no input is under way.
    opened: Option<Instant>,
    path: String,
    problems: Vec<Problem>,
    len: Option<u64>,
    is_stream: bool,
    form: String,
    scanned: u64,
    line_feeds: u64,
    hits: u64,
    last_hit_line: u64,
    ends_with_feed: bool,
    is_binary: bool,
    is_mixed: bool,
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
    grace: SignedDuration,
    sink: &'s mut dyn Sink,
    summary: Summary,
    distinct: HashSet<IndicatorId>,
    current: Current,
    /// Reads lines of the input that is handed on; made when its first line hit.
    reader: Option<RecordReader<'s>>,
    progress: Option<Arc<Progress>>,
    /// Raw bytes of the inputs before the current one.
    consumed_before: u64,
    wants_hits: bool,
    wants_records: bool,
    /// Whether the sink may hold back hits of a stream, which somebody may be waiting for.
    holds_back: bool,
}

impl<'s> Reporter<'s> {
    pub(super) fn new(
        matcher: &'s Matcher,
        options: &'s SweepOptions,
        sink: &'s mut dyn Sink,
    ) -> Self {
        Self {
            progress: options.progress.clone(),
            options: &options.records,
            grace: options.window_grace,
            reader: None,
            consumed_before: 0,
            wants_hits: sink.wants_hits(),
            wants_records: sink.wants_records(),
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
        let Outcome { events, is_last, consumed } = outcome;
        for event in events {
            if self.event(event)?.is_break() {
                self.summary.stopped_early = true;
                return Ok(ControlFlow::Break(()));
            }
        }
        if let Some(progress) = &self.progress {
            progress.advance(self.consumed_before + consumed, self.summary.hits);
        }
        if is_last {
            self.consumed_before += consumed;
            // A stream in which no document was.
            self.current.opened = None;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn event(&mut self, event: Event) -> io::Result<ControlFlow<()>> {
        match event {
            Event::Opened { path, opened } => {
                if let Some(progress) = &self.progress {
                    progress.begin(&path);
                }
                let opened = Some(opened);
                self.current = Current { opened, path, is_stream: true, ..Current::default() };
                Ok(ControlFlow::Continue(()))
            }
            Event::Begin { path, len, is_stream, form, opened, modified } => {
                self.summary.files += 1;
                self.sink.begin(&path)?;
                if let Some(progress) = &self.progress {
                    progress.begin(&path);
                }
                let opened = Some(opened);
                let modified = modified.and_then(|time| Timestamp::try_from(time).ok());
                self.current =
                    Current { opened, path, len, is_stream, form, modified, ..Current::default() };
                self.reader = None;
                Ok(ControlFlow::Continue(()))
            }
            Event::Problem(problem) => {
                let bytes_offered = problem.unscanned.unwrap_or(0);
                self.summary.bytes_offered += bytes_offered;
                self.sink.account(&InputRecord {
                    path: &problem.path,
                    bytes_offered,
                    problems: std::slice::from_ref(&problem),
                    ..InputRecord::default()
                })?;
                self.summary.note(problem);
                Ok(ControlFlow::Continue(()))
            }
            Event::Piece(findings) => self.piece(findings),
            Event::End { failed, mapped } => {
                let mapped = mapped.as_ref();
                let source =
                    mapped.map(|source| source.lock().unwrap_or_else(PoisonError::into_inner));
                let grown_to = source.as_ref().and_then(|source| source.grown_to());
                if let Some((after, before)) = grown_to.zip(self.current.len) {
                    self.note(ProblemReason::Grew { before, after }, None);
                }
                let shrunk_to = source.and_then(|source| source.shrunk_to());
                self.end(failed, shrunk_to)
            }
        }
    }

    /// Whether to [flush](Self::flush) before waiting.
    pub(super) fn holds_back(&self) -> bool {
        self.holds_back
    }

    /// Whether more may be long in coming.
    pub(super) fn is_in_stream(&self) -> bool {
        self.current.is_stream
    }

    /// Makes the sink write out what it holds back.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.holds_back = false;
        self.sink.flush()
    }

    /// The sums. `unreached`: the scan was interrupted.
    pub(super) fn finish(
        mut self,
        elapsed: Duration,
        left_out: LeftOut,
        unreached: Option<Unreached>,
        unfinished: Option<Problem>,
    ) -> io::Result<Summary> {
        if self.current.opened.is_some() {
            // The input that was under way was not ended.
            if unreached.is_some() {
                let (offset, len) = (self.current.scanned, self.current.len);
                let unscanned = len.map(|len| len.saturating_sub(offset));
                self.note(ProblemReason::Interrupted { offset }, unscanned);
            }
            self.close(None, unreached.is_none())?;
        }
        if let Some(problem) = unfinished {
            self.event(Event::Problem(problem)).map(drop)?;
        }
        self.summary.distinct_indicators = self.distinct.len() as u64;
        self.summary.elapsed = elapsed;
        self.summary.left_out = left_out;
        self.summary.unreached = unreached;
        Ok(self.summary)
    }

    /// Takes down a problem of the current input.
    fn note(&mut self, reason: ProblemReason, unscanned: Option<u64>) {
        let path = self.current.path.clone();
        self.current.problems.push(Problem { path, reason, unscanned });
    }

    fn piece(&mut self, mut findings: Findings) -> io::Result<ControlFlow<()>> {
        let mut flow = ControlFlow::Continue(());
        self.summary.binary += u64::from(findings.is_binary);
        if let Some(name) = findings.encoded {
            self.note(ProblemReason::Encoded(name), None);
        }
        self.current.is_binary |= findings.is_binary;
        if findings.has_utf16 && !self.current.is_binary && !self.current.is_mixed {
            // Once: more of it is likely where there is some.
            self.current.is_mixed = true;
            self.note(ProblemReason::Mixed { offset: self.current.scanned }, None);
        }
        if !findings.head.is_empty() {
            // What comes later in the input's beginning may say more.
            self.reader = None;
            self.current.head.extend_from_slice(&findings.head);
        }
        if !findings.directives.is_empty() {
            // A line that is still open may be read, too.
            let current = &self.current;
            let from =
                if current.open_line.is_empty() { current.scanned } else { current.open_start };
            let reader = ready(&mut self.reader, self.options, current);
            reader.forget(from);
            for (offset, line) in &findings.directives {
                reader.learn(*offset, &findings.copies[line.clone()]);
            }
        }
        let mut hits = std::mem::take(&mut findings.hits);
        for line in hits.chunk_by_mut(|one, next| one.hit.lines_before == next.hit.lines_before) {
            flow = self.line(&findings, line)?;
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
    fn line(&mut self, findings: &Findings, hits: &mut [FoundHit]) -> io::Result<ControlFlow<()>> {
        let number = self.current.line_feeds + hits[0].hit.lines_before + 1;
        self.summary.hit_lines += u64::from(self.current.last_hit_line != number);
        self.current.last_hit_line = number;
        // All of them have the same line.
        let (bytes, line_start) = match hits[0].line_start {
            Some(start) => (&findings.copies[hits[0].line.clone()], start),
            None => (self.current.open_line.as_slice(), self.current.open_start),
        };
        let reader =
            self.wants_records.then(|| &*ready(&mut self.reader, self.options, &self.current));
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
                matches: std::mem::take(&mut found.hit.matches),
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
                assessment: None,
            };
            if let (Some(reader), Some(text)) = (reader, &text)
                && record.as_ref().is_none_or(Record::is_partial)
            {
                record = Some(reader.read(text, line_start, sighting.spot()));
            }
            sighting.record = record.as_ref();
            sighting.assessment = sighting.record.map(|record| {
                assess(sighting.indicators, &hit, record, sighting.spot(), self.grace)
            });
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
        let shrank =
            after.zip(before).map(|(after, before)| ProblemReason::Shrank { before, after });
        if let Some(reason) = failed.or(shrank) {
            let unscanned = before.map(|len| len.saturating_sub(after.unwrap_or(scanned)));
            self.note(reason, unscanned);
        }
        self.close(after, false)?;
        self.sink.end(&self.current.path, self.current.hits)
    }

    /// Adds the current input to the sums; `shrunk_to` is its length if it became shorter.
    fn close(&mut self, shrunk_to: Option<u64>, stopped_early: bool) -> io::Result<()> {
        let current = &mut self.current;
        let Some(opened) = current.opened.take() else { return Ok(()) };
        let scanned = current.scanned.min(shrunk_to.unwrap_or(u64::MAX));
        let is_open = current.scanned > 0 && !current.ends_with_feed && shrunk_to.is_none();
        let record = InputRecord {
            path: &current.path,
            format: Some(current.form.as_str()).filter(|form| !form.is_empty()),
            bytes_offered: current.len.unwrap_or(0).max(scanned),
            bytes_scanned: scanned,
            lines: current.line_feeds + u64::from(is_open),
            hits: current.hits,
            duration: opened.elapsed(),
            stopped_early,
            problems: &current.problems,
        };
        self.summary.bytes_offered += record.bytes_offered;
        self.summary.bytes_scanned += record.bytes_scanned;
        self.summary.lines += record.lines;
        self.sink.account(&record)?;
        for problem in current.problems.drain(..) {
            self.summary.note(problem);
        }
        Ok(())
    }
}

/// The reader of the current input's lines, made when it is needed first.
fn ready<'r, 's>(
    reader: &'r mut Option<RecordReader<'s>>,
    options: &'s RecordOptions,
    current: &Current,
) -> &'r mut RecordReader<'s> {
    reader.get_or_insert_with(|| RecordReader::new(options, &current.head, current.modified))
}

fn absolute(span: &Range<usize>, base: u64) -> Range<u64> {
    base + span.start as u64..base + span.end as u64
}
