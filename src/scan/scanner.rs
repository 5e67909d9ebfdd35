//! From the events of a text to its hits.
//!
//! One scanner belongs to one thread: it holds the working memory, so that scanning allocates for
//! hits alone.

use std::cmp::Reverse;
use std::ops::Range;

use super::classify::{CheckedLevel, Classify, Work};
use super::decode;
use super::directives::Directives;
use super::patterns::Wanted;
use super::tile::{Event, TILE, Tiles};
use super::view::{Decoded, View};
use super::{Encodings, Match, Relation};
use crate::index::Index;
use crate::indicator::{IndicatorId, IndicatorSet, Kind};

/// How often escapes are looked through, one in the other.
pub(super) const MAX_DEPTH: usize = 2;

/// How far a token is followed in a text without boundaries: what is longer is no token.
pub(super) const REACH: usize = 64 * 1024;

/// One indicator that a token matches, what it matched, and how specific the match is.
#[derive(Debug, Clone)]
pub(super) struct Ranked {
    order: (u8, Reverse<u32>, IndicatorId),
    relation: Relation,
    /// Raw bytes.
    span: Range<usize>,
    encodings: Encodings,
}

impl Ranked {
    /// A match; `specificity` is the length of the name, prefix or path that matched.
    pub(super) fn new(
        set: &IndicatorSet,
        relation: Relation,
        indicator: IndicatorId,
        specificity: usize,
        span: Range<usize>,
        encodings: Encodings,
    ) -> Self {
        let class = match (relation, set.get(indicator).kind()) {
            (Relation::Exact, Kind::Url) => 0,
            (Relation::Exact, Kind::Email) => 1,
            (Relation::Exact, _) => 2,
            (Relation::UrlPrefix, _) => 3,
            (Relation::Subdomain, _) => 4,
            (Relation::InRange, _) => 5,
            (Relation::Embedded, _) => 6,
            (Relation::Literal, _) => 7,
        };
        let specificity = Reverse(u32::try_from(specificity).unwrap_or(u32::MAX));
        Self { order: (class, specificity, indicator), relation, span, encodings }
    }
}

/// A token and what it matches, before readings of the same place are brought together.
#[derive(Debug)]
struct Found {
    /// The token, raw bytes.
    anchor: Range<usize>,
    /// How many decodings it took.
    depth: usize,
    matches: Vec<Ranked>,
}

/// A hit, with offsets in the scanned text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LocalHit {
    /// The matched bytes.
    pub span: Range<usize>,
    /// How many line feeds come before it in the scanned range.
    pub lines_before: u64,
    pub encodings: Encodings,
    pub matches: Vec<Match>,
}

/// Where to go on looking, so that what was looked at once is not looked at for each of its bytes.
#[derive(Debug, Default)]
pub(super) struct Cursors {
    escape: Range<usize>,
    /// Whole tokens of any length that were verified last.
    wide: Range<usize>,
    pub colon: usize,
    pub run: usize,
}

/// What one depth of decoding needs to work.
struct Pass {
    tiles: Tiles,
    events: Vec<Event>,
    decoded: Decoded,
}

/// Finds hits; see the module's text.
pub(super) struct Scanner<'m> {
    pub(super) set: &'m IndicatorSet,
    pub(super) index: &'m Index,
    wanted: Wanted,
    level: CheckedLevel,
    passes: [Option<Box<Pass>>; MAX_DEPTH + 1],
    found: Vec<Found>,
    /// Line feeds before each tile of the raw text.
    tile_lines: Vec<u64>,
    /// At each depth, the last stretch that was decoded for the sake of a URL.
    urls_decoded: [Range<usize>; MAX_DEPTH + 1],
    /// Whether there may be a NUL in what was scanned last.
    pub(super) has_nul: bool,
    /// Those of the raw text, where they are wanted.
    pub(super) directives: Directives,
    /// The last line that was asked whether it holds JSON inside JSON, and the answer.
    nested: (Range<usize>, bool),
    pub(super) name: Vec<u8>,
}

struct OneTile<'a> {
    pass: &'a mut Pass,
    index: &'a Index,
    wanted: Wanted,
    text: &'a [u8],
    range: (usize, usize),
}

impl Work for OneTile<'_> {
    type Output = u32;

    #[inline(always)]
    fn run<C: Classify>(self) -> u32 {
        let Pass { tiles, events, .. } = self.pass;
        tiles.tile::<C>(self.index, self.wanted, self.text, self.range, events)
    }
}

impl<'m> Scanner<'m> {
    pub(super) fn new(set: &'m IndicatorSet, index: &'m Index, level: CheckedLevel) -> Self {
        Self {
            set,
            index,
            wanted: Wanted::new(index),
            level,
            passes: [None, None, None],
            found: Vec::new(),
            tile_lines: Vec::new(),
            urls_decoded: [0..0, 0..0, 0..0],
            has_nul: false,
            directives: Directives::default(),
            nested: (0..0, false),
            name: Vec::new(),
        }
    }

    /// Scans `text[scan]` and gives the hits whose token begins in `report`, in order, and the
    /// number of line feeds in `report`. Bytes outside `scan` are context.
    pub(super) fn scan(
        &mut self,
        text: &[u8],
        scan: Range<usize>,
        report: Range<usize>,
    ) -> (Vec<LocalHit>, u64) {
        self.found.clear();
        self.tile_lines.clear();
        self.directives.found.clear();
        self.nested = (0..0, false);
        let origin = scan.start;
        let lines = self.scan_view(&View::raw(text), scan.clone());
        let found = std::mem::take(&mut self.found);
        if scan == report && found.is_empty() {
            return (Vec::new(), lines);
        }
        // Places are asked for in order: nothing is counted twice.
        let mut last = (origin, 0);
        let mut lines_to = |at: usize| {
            let tile = (at - origin) / TILE;
            let from = origin + tile * TILE;
            if last.0 < from {
                last = (from.min(at), self.tile_lines.get(tile).copied().unwrap_or(lines));
            }
            last.1 += memchr::memchr_iter(b'\n', &text[last.0..at]).count() as u64;
            last.0 = at;
            last.1
        };
        let first = lines_to(report.start);
        let hits = merge(found)
            .into_iter()
            .filter(|found| report.contains(&found.anchor.start))
            .filter_map(|found| {
                let best = found.matches.first()?;
                let span = best.span.clone();
                let encodings = found.matches.iter().map(|ranked| ranked.encodings);
                let encodings = encodings.fold(Encodings::NONE, Encodings::and);
                let lines_before = lines_to(found.anchor.start) - first;
                let matches = found
                    .matches
                    .iter()
                    .map(|ranked| Match { relation: ranked.relation, indicator: ranked.order.2 })
                    .collect();
                Some(LocalHit { span, lines_before, encodings, matches })
            })
            .collect();
        (hits, lines_to(report.end) - first)
    }

    /// Scans `view.text[range]` into `self.found`; gives the number of line feeds.
    fn scan_view(&mut self, view: &View<'_>, range: Range<usize>) -> u64 {
        let mut pass = self.passes[view.depth].take().unwrap_or_else(|| {
            let tiles = Tiles::new();
            Box::new(Pass { tiles, events: Vec::new(), decoded: Decoded::default() })
        });
        pass.tiles.has_nul = false;
        self.urls_decoded[view.depth] = 0..0;
        let mut cursors = Cursors::default();
        let mut lines = 0;
        let mut at = range.start;
        while at < range.end {
            let end = (at + TILE).min(range.end);
            if view.depth == 0 {
                self.tile_lines.push(lines);
                self.directives.find(view.text, at..end);
            }
            pass.events.clear();
            lines += u64::from(self.level.run(OneTile {
                pass: &mut pass,
                index: self.index,
                wanted: self.wanted,
                text: view.text,
                range: (at, end),
            }));
            let Pass { events, decoded, .. } = &mut *pass;
            for &event in &*events {
                self.verify(view, event, &mut cursors, decoded);
            }
            at = end;
        }
        if view.depth == 0 {
            self.has_nul = pass.tiles.has_nul;
        }
        if self.index.literals.needs_pass() {
            self.short_literals(view, range);
        }
        self.passes[view.depth] = Some(pass);
        lines
    }

    fn verify(
        &mut self,
        view: &View<'_>,
        event: Event,
        cursors: &mut Cursors,
        decoded: &mut Decoded,
    ) {
        match event {
            Event::Token { start, end } => self.token(view, start..end, Encodings::NONE, decoded),
            Event::Wide { dot } => {
                if !cursors.wide.contains(&dot) {
                    cursors.wide = self.wide_tokens(view, dot, decoded);
                }
            }
            Event::FiveParts { start, end } => self.address_dot_port(view, start..end),
            Event::Colon { at } => self.colon(view, at, cursors),
            Event::Pairs { at } => self.pairs(view, at),
            Event::Digits { start, end } => self.digits(view, start..end, cursors),
            Event::Run { at } => self.run(view, at, cursors),
            Event::Window { at } => self.long_literal(view, at),
            Event::NumericHost { at } => self.numeric_host(view, at, decoded),
            Event::Bracket { at } => {
                if view.text[at..].starts_with(b"(0)") {
                    self.labels(view, at);
                } else {
                    self.escape(view, at, cursors, decoded);
                }
            }
            Event::Escape { at } => {
                if self.may_decode(view, at) {
                    self.escape(view, at, cursors, decoded);
                }
            }
        }
    }

    /// Whether the escape at `at` can change what the tokens around it are.
    fn may_decode(&mut self, view: &View<'_>, at: usize) -> bool {
        if view.text[at] != b'\\' {
            return true;
        }
        let letter = view.text.get(at + 1).copied().unwrap_or(0);
        if matches!(letter, b'u' | b'x') {
            return true;
        }
        if !matches!(letter, b't' | b'n' | b'r' | b'b' | b'f' | b'v' | b'a' | b'e' | b'0'..=b'7') {
            return false;
        }
        // After a backslash that is escaped itself, `\t` is the text of a path, as in
        // `C:\\temp`, unless the whole is JSON inside JSON.
        let backslashes =
            view.text[..at].iter().rev().take(64).take_while(|&&byte| byte == b'\\').count();
        backslashes % 2 == 0 && view.depth == 0 || self.is_nested(view, at)
    }

    /// Whether the line around a place has an escaped quote: JSON inside JSON.
    fn is_nested(&mut self, view: &View<'_>, at: usize) -> bool {
        let at = view.raw_span(&(at..at)).start;
        if !self.nested.0.contains(&at) {
            let text = view.raw_text();
            let back = &text[at.saturating_sub(REACH)..at];
            let start = at - back.len() + memchr::memrchr(b'\n', back).map_or(0, |feed| feed + 1);
            let rest = &text[at..text.len().min(at + REACH)];
            let end = at + memchr::memchr(b'\n', rest).map_or(rest.len(), |feed| feed + 1);
            let is_nested = memchr::memmem::find(&text[start..end], br#"\""#).is_some();
            self.nested = (start..end.max(at + 1), is_nested);
        }
        self.nested.1
    }

    /// Scans what the stretch around an escape says once decoded.
    fn escape(&mut self, view: &View<'_>, at: usize, cursors: &mut Cursors, decoded: &mut Decoded) {
        // Marks of different kinds do not come in order: one before the stretch is not in it.
        if !cursors.escape.contains(&at) {
            cursors.escape = self.decode_around(view, at, false, decoded);
        }
    }

    /// Scans what the stretch around `at` says once decoded, also where only boundaries are
    /// escaped: that changes no token, but where a URL ends.
    pub(super) fn decode_url(&mut self, view: &View<'_>, at: usize, decoded: &mut Decoded) {
        if !self.urls_decoded[view.depth].contains(&at) {
            self.urls_decoded[view.depth] = self.decode_around(view, at, true, decoded);
        }
    }

    /// Scans what the stretch around `at` says once decoded; gives what need not be decoded again.
    fn decode_around(
        &mut self,
        view: &View<'_>,
        at: usize,
        always: bool,
        decoded: &mut Decoded,
    ) -> Range<usize> {
        let (range, resume) = decode::stretch(view.text, at);
        let covered = range.start..resume;
        if view.depth < MAX_DEPTH {
            let with_letters = view.depth == 0 || self.is_nested(view, at);
            if decode::decode(view.text, range, with_letters, decoded) || always {
                let below = View::decoded(view, decoded);
                self.scan_view(&below, 0..below.text.len());
            }
        }
        covered
    }

    /// Keeps what a token matches. `anchor` is the token, in the view's text.
    pub(super) fn add(&mut self, view: &View<'_>, anchor: &Range<usize>, matches: Vec<Ranked>) {
        if !matches.is_empty() {
            let anchor = view.raw_span(anchor);
            self.found.push(Found { anchor, depth: view.depth, matches });
        }
    }
}

/// Brings the readings of each token together and puts tokens in order.
///
/// The same token can be found plainly and again in a decoded stretch: one hit. Where a plain
/// reading and a decoded one disagree on where the token is, the decoded one has seen more.
fn merge(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|a, b| {
        let key = |found: &Found| (found.anchor.start, found.anchor.end, found.depth);
        key(a).cmp(&key(b))
    });
    let mut merged: Vec<Found> = Vec::with_capacity(found.len());
    for next in found {
        match merged.last_mut() {
            Some(last) if last.anchor == next.anchor => {
                last.depth = last.depth.min(next.depth);
                last.matches.extend(next.matches);
            }
            _ => merged.push(next),
        }
    }
    for found in &mut merged {
        found.matches.sort_by_key(|ranked| (ranked.order, ranked.encodings));
        let mut seen = Vec::new();
        found.matches.retain(|ranked| {
            let is_new = !seen.contains(&ranked.order.2);
            seen.push(ranked.order.2);
            is_new
        });
    }
    // A hit is dropped where one of another depth overlaps it and says more.
    let mut keep = vec![true; merged.len()];
    for (at, found) in merged.iter().enumerate() {
        for (other, next) in merged.iter().enumerate().skip(at + 1) {
            if next.anchor.start >= found.anchor.end {
                break;
            }
            if found.depth < next.depth {
                keep[at] = false;
            } else if found.depth > next.depth {
                keep[other] = false;
            }
        }
    }
    let mut keep = keep.into_iter();
    merged.retain(|_| keep.next().unwrap_or(true));
    merged
}
