//! One pass over a few KiB of text: from bytes to the few places worth a closer look.
//!
//! A tile is classified into bitmaps first (one bit a byte and class), and everything after works
//! on the bitmaps, 64 bytes an operation, without a branch that depends on a single byte:
//!
//! 1. *Dots.* Every address in dotted form and every name has a dot, so the walk goes from dot to
//!    dot ([`super::dots`]) and asks the filters what it can from there.
//! 2. *Tokens.* The few that are left are cut out, trimmed and asked for in full
//!    ([`super::tokens`]).
//! 3. *Marks.* Colons that may belong to an IPv6 address, runs long enough for a digest, escapes,
//!    brackets and numeric URL hosts are bit patterns. They are rare, and each becomes an event.
//!
//! What comes out is a list of [`Event`]s. None of them is a hit yet: `verify` decides, with the
//! whole text at hand.

use super::bitmap::{Bitmap, Bitmaps, TILE_BLOCKS, WORDS, low_bits};
use super::classify::{BLOCK, Classify, ROOM, ROW, Room};
use super::dots::Dots;
use super::patterns::{Patterns, Wanted, bracket_matters, rare};
use super::runs::Runs;
use super::tokens::Tokens;
use crate::index::Index;

/// Bytes whose events a tile reports.
pub(super) const TILE: usize = TILE_BLOCKS * BLOCK;

/// Fewer blocks are classified one by one, and only they are looked at.
const FEW: usize = 16;

/// What is taken for the bytes before and behind a text: a boundary, and nothing else.
const FILL: u8 = b'\n';

/// What may be at a place of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// A trimmed host token, `start..end`, that passed a filter.
    Token { start: usize, end: usize },
    /// A host token too long for a window, or with bytes above 0x7F; this is one of its dots.
    Wide { dot: usize },
    /// Digits and four dots, trimmed: perhaps tcpdump's address-dot-port.
    FiveParts { start: usize, end: usize },
    /// A colon of what may be an IPv6 address.
    Colon { at: usize },
    /// A byte before a hex pair, in a row of seven pairs at least.
    Pairs { at: usize },
    /// Hex digits, `start..end`, that may be a known digest.
    Digits { start: usize, end: usize },
    /// One hex digit of a run of them that the tile does not have whole.
    Run { at: usize },
    /// Sixteen letters and digits of a long literal.
    Window { at: usize },
    /// A `%` before two hex digits or a `\` before a letter or digit.
    Escape { at: usize },
    /// A bracket that may open `[.]`, `(dot)`, `(0)` and the like.
    Bracket { at: usize },
    /// Two slashes, escaped or not, and a digit.
    NumericHost { at: usize },
}

/// A classified tile: what the passes over its tokens look at.
#[derive(Clone, Copy)]
pub(super) struct TileText<'a> {
    pub maps: &'a Bitmaps,
    /// Whether there are bytes above 0x7F in or beside the tile.
    pub has_high: bool,
    /// The whole text, of which the tile begins at `start`.
    pub text: &'a [u8],
    pub start: usize,
}

/// The tile after the next, which is asked for a few lines of the cache at a time while this one is
/// worked on. Processors fetch ahead by themselves, but not over the end of a page; and who asks
/// for much at once waits for it.
#[derive(Clone, Copy)]
pub(super) struct Ahead<'a>(Option<&'a [u8; TILE]>);

impl<'a> Ahead<'a> {
    fn of(text: &'a [u8], start: usize) -> Self {
        Self(text.get(start + 2 * TILE..).and_then(|text| text.first_chunk()))
    }

    /// Asks for the `part`th eighth of it.
    #[inline(always)]
    pub(super) fn fetch<C: Classify>(self, part: usize) {
        if let Some(text) = self.0 {
            for line in text.chunks(BLOCK).skip(part * BLOCK / 8).take(BLOCK / 8) {
                C::prefetch(&line[0]);
            }
        }
    }
}

/// A word of a tile: which of its bytes are the tile's, and where it begins in the text.
#[derive(Clone, Copy)]
struct Place {
    word: usize,
    inside: u64,
    position: usize,
}

/// The state of a pass over tiles, and its working memory.
pub(super) struct Tiles {
    maps: Box<Bitmaps>,
    patterns: Box<Patterns>,
    dots: Dots,
    tokens: Tokens,
    /// Whether there was a NUL in a tile, or in a block beside it.
    pub has_nul: bool,
    /// A copy of the text around a tile at one of its ends, filled up.
    padded: Box<Room>,
}

impl Tiles {
    pub(super) fn new() -> Self {
        Self {
            maps: Box::new(Bitmaps {
                host: Bitmap::EMPTY,
                alnum: Bitmap::EMPTY,
                letter: Bitmap::EMPTY,
                hex: Bitmap::EMPTY,
                dot: Bitmap::EMPTY,
                colon: Bitmap::EMPTY,
                percent: Bitmap::EMPTY,
                bracket: Bitmap::EMPTY,
                inner: Bitmap::EMPTY,
                backslash: Bitmap::EMPTY,
                slash: Bitmap::EMPTY,
                newline: Bitmap::EMPTY,
                high: Bitmap::EMPTY,
            }),
            patterns: Box::new(Patterns::new()),
            dots: Dots::new(),
            tokens: Tokens::new(),
            has_nul: false,
            padded: Box::new([FILL; ROOM]),
        }
    }

    /// Finds the events of `text[start..end]`, at most [`TILE`] bytes, and counts its line feeds.
    /// Bytes outside are looked at for context only.
    #[inline(always)]
    pub(super) fn tile<C: Classify>(
        &mut self,
        index: &Index,
        wanted: Wanted,
        text: &[u8],
        (start, end): (usize, usize),
        events: &mut Vec<Event>,
    ) -> u32 {
        let blocks = (end - start).div_ceil(BLOCK).min(TILE_BLOCKS);
        let last = end - start - (blocks - 1) * BLOCK;
        let ahead = Ahead::of(text, start);
        let room = match room(text, start) {
            // A few blocks are not worth whole rows of them.
            None if blocks >= FEW => {
                pad(&mut self.padded, text, start);
                Some(&*self.padded)
            }
            room => room.filter(|_| blocks >= FEW),
        };
        let classified = match room {
            Some(room) => classify_room::<C>(&mut self.maps, room, (blocks, last), ahead),
            None => classify_blocks::<C>(&mut self.maps, text, start, (blocks, last)),
        };
        self.has_nul |= classified.has_nul;
        if blocks >= FEW {
            self.patterns.find(&self.maps, WORDS, wanted);
        } else {
            self.patterns.find(&self.maps, blocks + 2, wanted);
        }
        let patterns = &*self.patterns;
        ahead.fetch::<C>(4);
        let tile_words = low_bits(blocks + 1) & !1;
        let others = flagged::<C>(&patterns.any) & tile_words;
        let runs = flagged::<C>(&patterns.runs) & tile_words;
        let mut flagged = others | flagged::<C>(&patterns.brackets) & tile_words;
        while flagged != 0 {
            let word = flagged.trailing_zeros() as usize;
            flagged &= flagged - 1;
            let inside = if word == blocks { low_bits(last) } else { u64::MAX };
            let place = Place { word, inside, position: start + (word - 1) * BLOCK };
            self.brackets(patterns.brackets.get(word), place, text, events);
            if others >> word & 1 != 0 {
                self.marks(wanted, place, events);
            }
        }
        if runs != 0 {
            self.runs(runs, (blocks, last), (text, start), index, events);
        }
        let tile = TileText { maps: &self.maps, has_high: classified.has_high, text, start };
        let dots = self.dots.screen::<C>(tile, room, (blocks, last), index, wanted, ahead);
        self.tokens.events::<C>(tile, index, wanted, dots, events);
        classified.lines
    }

    /// Turns the brackets of one word that matter into events.
    #[inline(always)]
    fn brackets(&self, brackets: u64, place: Place, text: &[u8], events: &mut Vec<Event>) {
        let mut brackets = brackets & place.inside;
        while brackets != 0 {
            let bit = brackets.trailing_zeros() as usize;
            let at = place.position + bit;
            let before = self.maps.host.window_before(place.word * BLOCK + bit);
            if bracket_matters(text, at, (!before).leading_zeros() as usize) {
                events.push(Event::Bracket { at });
            }
            brackets &= brackets - 1;
        }
    }

    /// Turns the runs of some words that matter into events.
    fn runs(
        &self,
        mut words: u64,
        (blocks, last): (usize, usize),
        (text, start): (&[u8], usize),
        index: &Index,
        events: &mut Vec<Event>,
    ) {
        let mut runs = Runs { index, hex: &self.maps.hex, words: blocks + 2, text, start, end: 0 };
        while words != 0 {
            let word = words.trailing_zeros() as usize;
            words &= words - 1;
            let inside = if word == blocks { low_bits(last) } else { u64::MAX };
            runs.events(word, self.patterns.runs.get(word) & inside, events);
        }
    }

    /// Turns the other rare patterns of one word into events.
    fn marks(
        &self,
        wanted: Wanted,
        Place { word, inside, position }: Place,
        events: &mut Vec<Event>,
    ) {
        let rare = rare(&self.maps, word, wanted);
        let mut each = |mut bits: u64, event: fn(usize) -> Event| {
            bits &= inside;
            while bits != 0 {
                events.push(event(position + bits.trailing_zeros() as usize));
                bits &= bits - 1;
            }
        };
        each(rare.escapes, |at| Event::Escape { at });
        each(rare.numeric_hosts, |at| Event::NumericHost { at });
        // The first of a row will do: the row is walked in both directions.
        let rows = self.patterns.rows.get(word);
        each(rows & !(rows << 3), |at| Event::Pairs { at });
        // In one go: the verifier skips colons before the last it has seen.
        let between = rare.between;
        let colons = if self.patterns.has_groups(&self.maps, word) { between } else { 0 };
        each(rare.double_colons | colons, |at| Event::Colon { at });
    }
}

/// A bit for each word that is not zero.
#[inline(always)]
fn flagged<C: Classify>(words: &Bitmap) -> u64 {
    let mut flags = [0; WORDS / ROW];
    for (row, flags) in flags.iter_mut().enumerate() {
        *flags = C::nonzero(words.row(row));
    }
    u64::from_le_bytes(flags)
}

/// What else is known of a tile that was classified.
struct Classified {
    /// Line feeds in the tile itself.
    lines: u32,
    /// Whether there are bytes above 0x7F in or beside it.
    has_high: bool,
    /// Whether there is a NUL in or beside it.
    has_nul: bool,
}

/// The text around a tile, where there is so much of it.
#[inline(always)]
fn room(text: &[u8], start: usize) -> Option<&Room> {
    start.checked_sub(BLOCK).and_then(|from| text.get(from..)?.first_chunk())
}

/// Copies what there is of the text around a tile at one of its ends.
fn pad(room: &mut Room, text: &[u8], start: usize) {
    let before = start.min(BLOCK);
    let (lead, rest) = room.split_at_mut(BLOCK - before);
    let text = &text[start - before..];
    let (inside, behind) = rest.split_at_mut(text.len().min(rest.len()));
    inside.copy_from_slice(&text[..inside.len()]);
    lead.fill(FILL);
    behind.fill(FILL);
}

/// Fills the bitmaps by rows of blocks.
#[inline(always)]
fn classify_room<C: Classify>(
    maps: &mut Bitmaps,
    room: &Room,
    (blocks, last): (usize, usize),
    ahead: Ahead<'_>,
) -> Classified {
    let (mut lines, mut high, mut has_nul) = (0, 0, false);
    let rows = room.as_chunks::<BLOCK>().0.as_chunks::<ROW>().0;
    for (row, blocks) in rows.iter().enumerate() {
        has_nul |= C::classify_row(blocks, maps.row(row));
        if row % 2 == 0 {
            ahead.fetch::<C>(row / 2);
        }
    }
    for &mask in maps.high.words() {
        high |= mask;
    }
    let newlines = maps.newline.words();
    if (blocks, last) == (TILE_BLOCKS, BLOCK) {
        for &mask in newlines {
            lines += mask.count_ones();
        }
        // The first and the last block are beside the tile.
        lines -= newlines[0].count_ones() + newlines[WORDS - 1].count_ones();
    } else {
        for word in 1..=blocks {
            let inside = if word == blocks { low_bits(last) } else { u64::MAX };
            lines += (maps.newline.get(word) & inside).count_ones();
        }
    }
    Classified { lines, has_high: high != 0, has_nul }
}

/// Fills as much of the bitmaps as a few blocks, and one on either side, need.
#[inline(always)]
fn classify_blocks<C: Classify>(
    maps: &mut Bitmaps,
    text: &[u8],
    start: usize,
    (blocks, last): (usize, usize),
) -> Classified {
    let (mut lines, mut high) = (0, 0);
    // From the block before the tile on, where there is one.
    let before = start.checked_sub(BLOCK).and_then(|at| text.get(at..));
    let whole = before.map_or(&[][..], |text| text.as_chunks::<BLOCK>().0);
    for word in 0..blocks + 2 {
        let mut padded = [FILL; BLOCK];
        let block = whole.get(word).unwrap_or_else(|| {
            fill(&mut padded, text, start, word);
            &padded
        });
        let masks = C::classify(block);
        maps.put(word, &masks);
        high |= masks.high;
        let inside = match word {
            0 => 0,
            _ if word < blocks => u64::MAX,
            _ if word == blocks => low_bits(last),
            _ => 0,
        };
        lines += (masks.newline & inside).count_ones();
    }
    let has_nul = text[start..start + (blocks - 1) * BLOCK + last].contains(&0);
    Classified { lines, has_high: high != 0, has_nul }
}

/// Copies what there is of a block that reaches over an end of the text.
#[cold]
fn fill(block: &mut [u8; BLOCK], text: &[u8], start: usize, word: usize) {
    let at = start + word * BLOCK;
    let before = BLOCK.saturating_sub(at);
    let text = text.get(at.saturating_sub(BLOCK)..).unwrap_or_default();
    let inside = &mut block[before..];
    let len = inside.len().min(text.len());
    inside[..len].copy_from_slice(&text[..len]);
}
