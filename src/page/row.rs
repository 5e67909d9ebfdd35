//! One hit as the page keeps it, and the most severe of them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::escape::json_len;
use crate::stored::StoredHit;

/// The bytes of a line that are kept while hits come in.
const KEPT: usize = 600;

/// A hit, in little memory.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) severity: Option<u8>,
    /// Milliseconds since 1970.
    pub(super) time: Option<i64>,
    pub(super) indicator: Box<str>,
    /// Other indicators that the same token matched.
    pub(super) also: Box<[Box<str>]>,
    /// The machine inside, see [`crate::tally`].
    pub(super) host: Option<Box<str>>,
    pub(super) source: Option<Box<str>>,
    pub(super) source_port: Option<u16>,
    pub(super) destination: Option<Box<str>>,
    pub(super) destination_port: Option<u16>,
    pub(super) transport: Option<Box<str>>,
    pub(super) bytes: Option<u64>,
    pub(super) verdict: Option<Box<str>>,
    pub(super) action: Option<Box<str>>,
    pub(super) direction: Option<Box<str>>,
    pub(super) window: Option<Box<str>>,
    pub(super) relation: Box<str>,
    pub(super) field: Box<str>,
    pub(super) user: Option<Box<str>>,
    pub(super) observer: Option<Box<str>>,
    pub(super) dataset: Box<str>,
    pub(super) assessment: Option<Box<str>>,
    pub(super) notes: Option<Box<str>>,
    pub(super) file: Box<str>,
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
    /// The bytes that it takes in the page.
    pub(super) cost: usize,
}

impl Row {
    /// `host` is the machine on our side, where the line has one.
    pub(super) fn new(hit: &StoredHit, host: Option<&str>) -> Self {
        let own = &hit.flaxscan;
        let best = &hit.threat.indicator;
        let also = hit.threat.enrichments.iter().map(|other| other.indicator.name.as_str());
        let also = also.filter(|&name| name != best.name).map(cut_name);
        let sum = |a: Option<u64>, b: Option<u64>| match (a, b) {
            (None, None) => None,
            _ => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
        };
        Self {
            severity: hit.event.severity,
            time: hit.timestamp.map(|time| time.as_millisecond()),
            indicator: cut_name(&best.name),
            also: also.collect(),
            host: host.map(cut_name),
            source: side(&hit.source),
            source_port: hit.source.port,
            destination: side(&hit.destination),
            destination_port: hit.destination.port,
            transport: boxed(hit.network.transport.as_ref()),
            bytes: sum(hit.source.bytes, hit.destination.bytes).or(hit.network.bytes),
            verdict: boxed(own.verdict.as_ref()),
            action: boxed(hit.event.action.as_ref()),
            direction: boxed(hit.network.direction.as_ref()),
            window: boxed(own.window.as_ref()),
            relation: own.relation.as_str().into(),
            field: match hit.threat.enrichments.first() {
                Some(first) => first.matched.field.as_str().into(),
                None => "message".into(),
            },
            user: boxed(hit.user.name.as_ref()),
            observer: boxed(hit.observer.hostname.as_ref()),
            dataset: hit.event.dataset.as_str().into(),
            assessment: boxed(own.assessment.as_ref()),
            notes: notes(hit),
            file: cut_name(&hit.log.file.path),
            line: own.line,
            column: own.column,
            text: Excerpt::new(&hit.event.original, &own.matched, own.column),
        }
    }
}

fn boxed(text: Option<&String>) -> Option<Box<str>> {
    text.map(|text| cut_name(text))
}

/// Names and the like are short; what is not is no name, and is not to fill the page.
pub(super) fn cut_name(text: &str) -> Box<str> {
    const LONGEST: usize = 300;
    if text.len() <= LONGEST {
        return text.into();
    }
    // Of a path the end says more.
    let head = floor(text, LONGEST / 2);
    let tail = ceil(text, text.len() - LONGEST / 2);
    format!("{}…{}", &text[..head], &text[tail..]).into()
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

fn side(endpoint: &crate::stored::Endpoint) -> Option<Box<str>> {
    match (endpoint.ip, &endpoint.domain) {
        (Some(ip), _) => Some(ip.to_string().into()),
        (None, domain) => boxed(domain.as_ref()),
    }
}

/// What has to be known to trust the line.
fn notes(hit: &StoredHit) -> Option<Box<str>> {
    let own = &hit.flaxscan;
    let mut notes = Vec::new();
    if !own.encoding.is_empty() {
        notes.push(format!("read through {}", own.encoding.join(", ")));
    }
    if !own.assumed.is_empty() {
        notes.push(format!("assumed: {}", own.assumed.join(", ")));
    }
    if own.class == "sanctioned-entity" {
        notes.push("a sanctioned company's own site: a question for compliance".to_owned());
    }
    if own.truncated {
        notes.push("the line is longer than what was stored of it".to_owned());
    }
    (!notes.is_empty()).then(|| notes.join("; ").into())
}

impl Excerpt {
    /// Of a line in which `matched` stands at `column`, counted from 1 in the line's own bytes.
    fn new(line: &str, matched: &str, column: u64) -> Self {
        Self::cut(line, find(line, matched, column), KEPT, [false; 2])
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
            cost: json_len(kept),
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

    /// Keeps a hit's row, if it is among the most severe.
    pub(super) fn offer(&mut self, severity: Option<u8>, row: impl FnOnce() -> Row) {
        let rank = (Reverse(severity), self.seen);
        self.seen += 1;
        if self.rows.len() < self.most {
            self.rows.push(Ranked { rank, row: Box::new(row()) });
        } else if let Some(mut last) = self.rows.peek_mut()
            && rank < last.rank
        {
            *last = Ranked { rank, row: Box::new(row()) };
        }
    }

    /// The rows, the most severe first.
    pub(super) fn into_rows(self) -> Vec<Row> {
        self.rows.into_sorted_vec().into_iter().map(|ranked| *ranked.row).collect()
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
        let cut = cut_name(&"é".repeat(400));
        assert!(cut.len() <= 304 && cut.contains('…'));
    }
}
