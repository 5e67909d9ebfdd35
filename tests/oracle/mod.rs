//! The matching contract again, slow and obvious, to hold the engine against.
//!
//! Whole lines, std's address parsers, `regex` and a linear search over the indicators. Nothing
//! is shared with `src/scan` or `src/index` but the types that name a result, so that a mistake
//! there cannot hide here.
//!
//! A line is read several times: as it stands, with percent-encoding or escapes undone once or
//! twice, and with defanging undone ([`reading`]). Every reading is searched in the same way
//! ([`tokens`], [`addresses`]), and readings of the same bytes are reconciled at the end.

// Each test crate that includes this module uses a part of it.
#![allow(dead_code)]

mod addresses;
mod lookup;
mod reading;
pub mod sample;
mod tokens;

use std::ops::Range;

use flaxscan::indicator::IndicatorSet;
use flaxscan::scan::{Encodings, Hit, Match, Relation};

use lookup::Indicators;
use reading::Reading;

/// What the contract says about one token. The same fields as the engine's [`Hit`], except that
/// the order of equally good matches is left open: `matches` is sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    pub start: u64,
    pub end: u64,
    pub line: u64,
    pub line_start: u64,
    pub encodings: Encodings,
    pub matches: Vec<Match>,
}

impl From<&Hit> for Expected {
    fn from(hit: &Hit) -> Self {
        let mut matches = hit.matches.clone();
        matches.sort();
        Self {
            start: hit.span.start,
            end: hit.span.end,
            line: hit.line,
            line_start: hit.line_start,
            encodings: hit.encodings,
            matches,
        }
    }
}

/// A token that was found in one reading of a line.
#[derive(Debug, Clone)]
pub struct Found {
    /// In the reading at first, in the line once [`Reading::locate`] has been asked.
    pub span: Range<usize>,
    pub encodings: Encodings,
    /// Never empty.
    pub matches: Vec<Match>,
}

/// Every hit in `bytes`, sorted by offset.
pub fn hits(bytes: &[u8], set: &IndicatorSet) -> Vec<Expected> {
    let indicators = Indicators::new(set);
    let mut all = Vec::new();
    let mut line_start = 0;
    for (number, line) in (1..).zip(bytes.split_inclusive(|&b| b == b'\n')) {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        for found in line_hits(text, &indicators) {
            let mut matches = found.matches;
            matches.sort();
            all.push(Expected {
                start: line_start + found.span.start as u64,
                end: line_start + found.span.end as u64,
                line: number,
                line_start,
                encodings: found.encodings,
                matches,
            });
        }
        line_start += line.len() as u64;
    }
    all.sort();
    all
}

/// The hits of one line, as the contract's normal form: what two readings both found stands once.
fn line_hits(line: &[u8], indicators: &Indicators<'_>) -> Vec<Found> {
    let mut kept: Vec<(usize, Found)> = Vec::new();
    for reading in Reading::all(line) {
        for mut found in tokens::in_reading(&reading, indicators) {
            found.span = reading.locate(&found.span);
            found.encodings = found.encodings.and(reading.encodings);
            if !kept.iter().any(|(_, known)| says_it_already(known, &found)) {
                kept.push((reading.depth, found));
            }
        }
    }
    let superseded: Vec<bool> = kept
        .iter()
        .map(|(depth, found)| {
            kept.iter().any(|(other_depth, other)| {
                other_depth > depth
                    && overlap(&found.span, &other.span)
                    && covers(&other.matches, &found.matches)
            })
        })
        .collect();
    let mut superseded = superseded.into_iter();
    kept.retain(|_| !superseded.next().unwrap());
    let mut found: Vec<Found> = kept.into_iter().map(|(_, found)| found).collect();
    // Literals are bytes, not tokens: they are looked for where they stand.
    found.extend(tokens::literals(line, indicators));
    found
}

/// Whether a plainer reading makes `found` superfluous: the same bytes (`%20c0cc.cc%20`'s token
/// ends where it ended), or a part of them and less to say.
fn says_it_already(known: &Found, found: &Found) -> bool {
    known.span == found.span && covers(&known.matches, &found.matches)
        || overlap(&known.span, &found.span)
            && covers(&known.matches, &found.matches)
            && !covers(&found.matches, &known.matches)
}

/// Whether every indicator in `few` is in `many` too, however it is related.
fn covers(many: &[Match], few: &[Match]) -> bool {
    few.iter().all(|one| many.iter().any(|other| other.indicator == one.indicator))
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// The place of a relation in the order "best first". URL and mail indicators, which say where in
/// a host something stood, come before the host itself.
pub fn rank(set: &IndicatorSet, one: Match) -> (u8, usize) {
    use flaxscan::indicator::Kind;
    let indicator = set.get(one.indicator);
    let longest_first = usize::MAX - indicator.value().len();
    let prefix_len = || match indicator.value().split_once('/') {
        Some((_, len)) => len.parse::<usize>().unwrap(),
        None => 128,
    };
    match (one.relation, indicator.kind()) {
        (Relation::Exact, Kind::Url) => (0, 0),
        (Relation::Exact, Kind::Email) => (1, 0),
        (Relation::Exact, _) => (2, 0),
        (Relation::UrlPrefix, _) => (3, longest_first),
        (Relation::Subdomain, _) => (4, longest_first),
        (Relation::InRange, _) => (5, usize::MAX - prefix_len()),
        (Relation::Embedded, _) => (6, usize::MAX - prefix_len()),
        (Relation::Literal, _) => (7, 0),
    }
}
