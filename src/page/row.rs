//! One hit as the page keeps it, and the most severe of them.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::BuildHasher as _;
use std::net::IpAddr;
use std::ops::Range;
use std::sync::Arc;

use hashbrown::DefaultHashBuilder;

use super::escape::json_len;
use super::seen::{Seen, Side};
use super::sums::Sums;
use crate::assess::Window;
use crate::indicator::Class;
use crate::record::{Direction, Verdict};
use crate::words;

/// The bytes of a line that are kept while hits come in.
const KEPT: usize = 600;

/// A text that rows share.
pub(super) type Shared = Arc<str>;

/// Gives rows that say the same the same text. A device has few actions, a network few machines, so
/// what came before is mostly there; what is in its place goes. So it stays small, whatever comes.
#[derive(Debug)]
pub(super) struct Words {
    known: Box<[Option<Shared>]>,
    hasher: DefaultHashBuilder,
}

impl Words {
    /// A power of two.
    const PLACES: usize = 4096;

    pub(super) fn new() -> Self {
        let known = vec![None; Self::PLACES].into_boxed_slice();
        Self { known, hasher: DefaultHashBuilder::default() }
    }

    /// What is shown of a name.
    pub(super) fn name(&mut self, text: &str) -> Shared {
        if text.len() > LONGEST {
            return cut_name(text).into();
        }
        let place = self.hasher.hash_one(text) as usize % Self::PLACES;
        match &mut self.known[place] {
            Some(known) if **known == *text => Arc::clone(known),
            other => Arc::clone(other.insert(text.into())),
        }
    }

    fn some(&mut self, text: Option<&str>) -> Option<Shared> {
        text.map(|text| self.name(text))
    }

    fn side(&mut self, side: &Side<'_>) -> Option<Shared> {
        match (side.ip, &side.domain) {
            (Some(IpAddr::V4(ip)), _) => Some(self.name(words::address_in(ip, &mut [0; 16]))),
            (Some(ip), _) => Some(self.name(&words::address(ip))),
            (None, domain) => self.some(domain.as_deref()),
        }
    }
}

/// A hit, in little memory.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) severity: Option<u8>,
    /// Milliseconds since 1970.
    pub(super) time: Option<i64>,
    pub(super) indicator: Shared,
    /// Other indicators that the same token matched.
    pub(super) also: Box<[Shared]>,
    /// The machine inside, see [`crate::tally`].
    pub(super) host: Option<Shared>,
    pub(super) source: Option<Shared>,
    pub(super) source_port: Option<u16>,
    pub(super) destination: Option<Shared>,
    pub(super) destination_port: Option<u16>,
    pub(super) transport: Option<Shared>,
    pub(super) bytes: Option<u64>,
    pub(super) verdict: Option<Verdict>,
    pub(super) action: Option<Shared>,
    pub(super) direction: Option<Direction>,
    pub(super) window: Option<Window>,
    pub(super) relation: Shared,
    pub(super) field: Shared,
    pub(super) user: Option<Shared>,
    pub(super) observer: Option<Shared>,
    pub(super) dataset: Shared,
    pub(super) assessment: Option<Shared>,
    pub(super) notes: Option<Shared>,
    pub(super) file: Shared,
    pub(super) line: u64,
    pub(super) column: u64,
    pub(super) text: Excerpt,
}

/// A part of a line with the match in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) text: Box<str>,
    /// Where the match stands in it; nothing where it cannot be told.
    pub(super) mark: Range<usize>,
    /// Whether the line goes on before it, and behind it.
    pub(super) cut: [bool; 2],
}

impl Row {
    pub(super) fn new(seen: &Seen<'_>, words: &mut Words) -> Self {
        let contact = &seen.contact;
        Self {
            severity: contact.severity,
            time: contact.time.map(|time| time.as_millisecond()),
            indicator: words.name(contact.indicator.name),
            also: seen.others.iter().map(|name| words.name(name)).collect(),
            host: contact.host.as_ref().map(|host| words.name(&host.name)),
            source: words.side(&seen.source),
            source_port: seen.source.port,
            destination: words.side(&seen.destination),
            destination_port: seen.destination.port,
            transport: words.some(seen.transport.as_deref()),
            bytes: seen.bytes,
            verdict: contact.verdict,
            action: words.some(seen.action.as_deref()),
            direction: contact.direction,
            window: contact.window,
            relation: words.name(contact.relation),
            field: words.name(contact.field),
            user: words.some(contact.user.as_deref()),
            observer: words.some(seen.observer.as_deref()),
            dataset: words.name(contact.dataset),
            assessment: words.some(seen.assessment.as_deref()),
            notes: notes(seen).map(|notes| words.name(&notes)),
            file: words.name(contact.file),
            line: contact.line,
            column: seen.column,
            text: Excerpt::new(&seen.original, &seen.matched, seen.column),
        }
    }
}

/// Names and the like are short; what is not is no name, and is not to fill the page.
const LONGEST: usize = 300;

/// A name that may be longer.
pub(super) fn cut_name(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    // Of a path the end says more.
    let head = floor(text, LONGEST / 2);
    let tail = ceil(text, text.len() - LONGEST / 2);
    Cow::Owned(format!("{}…{}", &text[..head], &text[tail..]))
}

/// The last end of a character up to `at`.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The first end of a character from `at` on.
fn ceil(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// What has to be known to trust the line.
fn notes(seen: &Seen<'_>) -> Option<String> {
    let mut notes = String::new();
    let mut note = |intro: &str, text: &str| {
        let separator = if notes.is_empty() { "" } else { "; " };
        notes.extend([separator, intro, text]);
    };
    if !seen.encodings.is_empty() {
        note("read through ", &seen.encodings.join(", "));
    }
    if !seen.assumed.is_empty() {
        note("assumed: ", &seen.assumed.join(", "));
    }
    if seen.contact.indicator.class == Class::SanctionedEntity.name() {
        note("", "a sanctioned company's own site: a question for compliance");
    }
    if seen.truncated {
        note("", "the line is longer than what was stored of it");
    }
    (!notes.is_empty()).then_some(notes)
}

impl Excerpt {
    /// Of a line in which `matched` stands at `column`, counted from 1 in the line's own bytes.
    fn new(line: &str, matched: &str, column: u64) -> Self {
        Self::cut(line, find(line, matched, column), KEPT, [false; 2])
    }

    /// The bytes that it takes in the page: at most [`MOST`](super::escape::MOST) times its own.
    pub(super) fn cost(&self) -> usize {
        json_len(&self.text)
    }

    /// The same with at most `limit` bytes, the match in it.
    pub(super) fn shorten(&mut self, limit: usize) {
        if self.text.len() > limit {
            *self = Self::cut(&self.text, self.mark.clone(), limit, self.cut);
        }
    }

    fn cut(text: &str, mark: Range<usize>, limit: usize, cut: [bool; 2]) -> Self {
        let matched = mark.len().min(limit);
        // The line's begin says when and where from; it is kept where the match is near to it.
        let after = (limit - matched).min(limit / 4);
        let start = match (mark.start + matched + after).checked_sub(limit) {
            Some(1..) if text.len() > limit => {
                let wanted = mark.start.saturating_sub((limit - matched) / 2);
                ceil(text, wanted.min(text.len() - limit)).min(mark.start)
            }
            _ => 0,
        };
        let end = floor(text, (start + limit).min(text.len())).max(start);
        let place = |at: usize| at.clamp(start, end) - start;
        let kept = &text[start..end];
        Self {
            text: kept.into(),
            mark: place(mark.start)..place(mark.end),
            cut: [cut[0] || start > 0, cut[1] || end < text.len()],
        }
    }
}

/// Where the match stands. Bytes that are no text became longer in the document, so a match behind
/// them stands further on than its column.
fn find(line: &str, matched: &str, column: u64) -> Range<usize> {
    if matched.is_empty() {
        return 0..0;
    }
    let column = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    if line.get(column..).is_some_and(|rest| rest.starts_with(matched)) {
        return column..column + matched.len();
    }
    let nearest = line.match_indices(matched).min_by_key(|(at, _)| at.abs_diff(column));
    nearest.map_or(0..0, |(at, _)| at..at + matched.len())
}

/// The most severe rows, of equal ones the first.
#[derive(Debug)]
pub(super) struct Kept {
    rows: BinaryHeap<Ranked>,
    most: usize,
    seen: u64,
}

/// Rows that stay where they are: each is 400 bytes.
pub(super) type Rows = Box<[Box<Row>]>;

#[derive(Debug)]
struct Ranked {
    /// Greater is to be dropped sooner.
    rank: (Reverse<Option<u8>>, u64),
    /// Moved often, and large.
    row: Box<Row>,
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}

impl Eq for Ranked {}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank.cmp(&other.rank)
    }
}

impl Kept {
    pub(super) fn new(most: usize) -> Self {
        Self { rows: BinaryHeap::new(), most, seen: 0 }
    }

    /// Whether the next hit's row takes another one's place.
    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= self.most
    }

    /// The sums of the rows, as if they had been summed up when they came.
    pub(super) fn sums(&self) -> Sums {
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_unstable_by_key(|ranked| ranked.rank.1);
        let mut sums = Sums::default();
        for Ranked { row, .. } in rows {
            if let Some(time) = row.time {
                sums.add(time / 1000, row.severity, &row.indicator, row.host.as_deref());
            }
        }
        sums
    }

    /// Keeps a hit's row, if it is among the most severe.
    pub(super) fn offer(&mut self, severity: Option<u8>, row: impl FnOnce() -> Row) {
        let rank = (Reverse(severity), self.seen);
        self.seen += 1;
        if !self.is_full() {
            self.rows.push(Ranked { rank, row: Box::new(row()) });
        } else if let Some(mut last) = self.rows.peek_mut()
            && rank < last.rank
        {
            *last = Ranked { rank, row: Box::new(row()) };
        }
    }

    /// The rows, the most severe first.
    pub(super) fn into_rows(self) -> Rows {
        self.rows.into_sorted_vec().into_iter().map(|ranked| ranked.row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_is_found_behind_bytes_that_are_no_text() {
        assert_eq!(find("a c0cc.cc c0cc.cc", "c0cc.cc", 11), 10..17);
        // In the log one byte, in the document three.
        assert_eq!(find("c0cc.cc \u{fffd} c0cc.cc", "c0cc.cc", 11), 12..19);
        assert_eq!(find("beyond what is kept", "c0cc.cc", 70_000), 0..0);
        assert_eq!(find("é", "x", 2), 0..0);
    }

    #[test]
    fn a_long_line_keeps_its_match() {
        let line = format!("{}ü c0cc.cc {}", "ä".repeat(500), "ö".repeat(500));
        for limit in [40, 41, 42, 43, 120, 599, 2000, 5000] {
            let column = line.find("c0cc").unwrap() as u64 + 1;
            let mut excerpt = Excerpt::new(&line, "c0cc.cc", column);
            excerpt.shorten(limit);
            assert!(excerpt.text.len() <= limit);
            assert_eq!(&excerpt.text[excerpt.mark.clone()], "c0cc.cc", "{limit}");
            assert_eq!(excerpt.cut, [true, true]);
        }
        let near = Excerpt::new(&format!("c0cc.cc {}", "x".repeat(1000)), "c0cc.cc", 1);
        assert_eq!((near.mark, near.cut), (0..7, [false, true]));
        let whole = Excerpt::new("x c0cc.cc", "c0cc.cc", 3);
        assert_eq!((whole.mark, whole.cut), (2..9, [false, false]));
    }

    #[test]
    fn a_match_longer_than_the_excerpt_is_marked_as_far_as_it_goes() {
        let url = "ü".repeat(800);
        let mut excerpt = Excerpt::new(&url, &url, 1);
        excerpt.shorten(41);
        assert_eq!(excerpt.mark, 0..40);
    }

    #[test]
    fn names_are_cut_in_their_middle() {
        assert_eq!(&*cut_name("short"), "short");
        let long = "é".repeat(400);
        let cut = cut_name(&long);
        assert!(cut.len() <= 304 && cut.contains('…'));
    }
}
