//! One pass over a few KiB of text: from bytes to the few places worth a closer look.
//!
//! A tile is classified into bitmaps first (one bit a byte and class), and everything after works
//! on the bitmaps, 64 bytes an operation, without a branch that depends on a single byte:
//!
//! 1. *Tokens.* Every address in dotted form and every name has a dot, so the walk goes from
//!    dotted token to dotted token. The first dot of each is found for 64 bytes at once: adding
//!    the bits where tokens start to the bits of their non-dot bytes makes the carry stop at the
//!    first byte of each token that is a dot, or at its end. Start, end, dots and letters of a
//!    token are then bit scans in 64-bit windows of the bitmaps.
//! 2. *Filters.* A token without letters and with three dots is read as an IPv4 address and asks
//!    the address filter; one with letters asks the name filter for its last two labels.
//! 3. *Marks.* Colons that may belong to an IPv6 address, runs long enough for a digest, escapes,
//!    brackets and numeric URL hosts are bit patterns. They are rare, and each becomes an event.
//!
//! What comes out is a list of [`Event`]s. None of them is a hit yet: `verify` decides, with the
//! whole text at hand.

use super::bitmap::{Bitmaps, EMPTY, TILE_BLOCKS, WINDOW, WORDS, window, window_before};
use super::classify::{BLOCK, Classify};
use super::patterns::{Wanted, bracket_matters, may_have_address, rare, screen};
use crate::index::{Index, NameKey};

/// Bytes whose events a tile reports.
pub(super) const TILE: usize = TILE_BLOCKS * BLOCK;

/// How many blocks ahead bytes are asked for: processors fetch ahead by themselves, but not over
/// the end of a page.
const AHEAD: usize = 48;

/// The most dotted tokens a tile can hold is one every second byte.
const MAX_TOKENS: usize = 2048;

/// What may be at a place of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// A trimmed host token, `start..end`, that passed a filter.
    Token { start: usize, end: usize },
    /// A host token too long for a window, or with bytes above 0x7F; this is its first dot.
    Wide { dot: usize },
    /// Digits and four dots, trimmed: perhaps tcpdump's address-dot-port.
    FiveParts { start: usize, end: usize },
    /// A colon of what may be an IPv6 address.
    Colon { at: usize },
    /// A byte before a hex pair, in a row of seven pairs at least.
    Pairs { at: usize },
    /// Sixteen letters and digits.
    Run { at: usize },
    /// A `%` before two hex digits or a `\` before a letter or digit.
    Escape { at: usize },
    /// A bracket that may open `[.]`, `(dot)`, `(0)` and the like.
    Bracket { at: usize },
    /// Two slashes, escaped or not, and a digit.
    NumericHost { at: usize },
}

/// A dotted token, trimmed.
#[derive(Clone, Copy, Default)]
struct Token {
    /// The dots inside, counted from the start.
    dots: u64,
    /// The start, as a bit of the tile.
    start: u32,
    len: u16,
    /// How many bytes come before the first letter.
    before_letter: u16,
}

impl Token {
    /// Where the first two octets of a dotted quad end, and where the third begins and ends.
    #[inline(always)]
    fn octets(&self) -> ((u32, u32), (u32, u32)) {
        let after = |dots: u64| dots & dots.wrapping_sub(1);
        let (second, third) = (after(self.dots), after(after(self.dots)));
        let upper = (self.dots.trailing_zeros(), second.trailing_zeros());
        (upper, (upper.1 + 1, third.trailing_zeros()))
    }
}

/// The state of a pass over tiles, and its working memory.
pub(super) struct Tiles {
    maps: Box<Bitmaps>,
    first_dots: Box<[u32; MAX_TOKENS]>,
    numbers: Box<[Token; MAX_TOKENS]>,
    names: Box<[Token; MAX_TOKENS]>,
    /// What the filters are asked for each of one list.
    keys: Box<[u64; MAX_TOKENS]>,
    /// Whether a token that has no dot yet reaches over the end of the last tile.
    open_token: bool,
    /// Whether there are bytes above 0x7F in or beside the tile.
    has_high: bool,
}

impl Tiles {
    pub(super) fn new() -> Self {
        Self {
            maps: Box::new(Bitmaps {
                host: EMPTY,
                alnum: EMPTY,
                letter: EMPTY,
                hex: EMPTY,
                dot: EMPTY,
                colon: EMPTY,
                percent: EMPTY,
                bracket: EMPTY,
                inner: EMPTY,
                backslash: EMPTY,
                slash: EMPTY,
                high: EMPTY,
            }),
            first_dots: Box::new([0; MAX_TOKENS]),
            numbers: Box::new([Token::default(); MAX_TOKENS]),
            names: Box::new([Token::default(); MAX_TOKENS]),
            keys: Box::new([0; MAX_TOKENS]),
            open_token: false,
            has_high: false,
        }
    }

    /// Forgets the text before: the next tile is the first of another one.
    pub(super) fn restart(&mut self) {
        self.open_token = false;
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
        let lines = self.classify::<C>(text, start, blocks, last);
        let patterns = screen(&self.maps, wanted);
        // Which words are flagged, no branch can foretell.
        let (mut flagged, mut count) = ([0; WORDS], 0);
        for word in 1..=blocks {
            flagged[count % WORDS] = word;
            count += usize::from(patterns.any[word] != 0);
        }
        for &word in &flagged[..count.min(WORDS)] {
            let inside = if word == blocks { low_bits(last) } else { u64::MAX };
            self.marks(wanted, (word, patterns.rows[word]), inside, text, start, events);
        }
        let tokens = self.first_dots(blocks, last);
        let (numbers, names) = self.cut_tokens(wanted, start, tokens, events);
        if numbers > 0 {
            self.filter_numbers::<C>(index, text, start, numbers, events);
        }
        if names > 0 {
            self.filter_names::<C>(index, wanted, text, start, names, events);
        }
        lines
    }

    /// Fills the bitmaps and counts line feeds in the tile itself.
    #[inline(always)]
    fn classify<C: Classify>(
        &mut self,
        text: &[u8],
        start: usize,
        blocks: usize,
        last: usize,
    ) -> u32 {
        let (mut lines, mut high) = (0, 0);
        let maps = &mut *self.maps;
        let mut put = |word: usize, block: &[u8; BLOCK]| {
            let masks = C::classify(block);
            maps.put(word, &masks);
            high |= masks.high;
            masks.newline
        };
        // From the block before the tile on, where there is one.
        let before = start.checked_sub(BLOCK).and_then(|at| text.get(at..));
        let whole = before.map_or(&[][..], |text| text.as_chunks::<BLOCK>().0);
        let inner = blocks.min(whole.len()).max(1);
        for word in 1..inner {
            if let Some(ahead) = whole.get(word + AHEAD) {
                C::prefetch(ahead);
            }
            lines += put(word, &whole[word]).count_ones();
        }
        // The tile's last block may reach over its end; those beside the tile are context.
        for word in (0..1).chain(inner..blocks + 2) {
            let mut padded = [0; BLOCK];
            let newline = match whole.get(word) {
                Some(block) => put(word, block),
                None => {
                    fill(&mut padded, text, start, word);
                    put(word, &padded)
                }
            };
            let inside = match word {
                0 => 0,
                _ if word < blocks => u64::MAX,
                _ if word == blocks => low_bits(last),
                _ => 0,
            };
            lines += (newline & inside).count_ones();
        }
        self.has_high = high != 0;
        lines
    }

    /// Finds the first dot of every token, and counts them.
    #[inline(always)]
    fn first_dots(&mut self, blocks: usize, last: usize) -> usize {
        let maps = &*self.maps;
        let mut tokens = 0;
        let mut open = u64::from(self.open_token);
        let mut host_before = u64::from_le(maps.host[0]) >> 63;
        for word in 1..=blocks {
            let inside = if word == blocks { low_bits(last) } else { u64::MAX };
            let at = word % WORDS;
            let (host, dot) = (u64::from_le(maps.host[at]), u64::from_le(maps.dot[at]));
            let label = host & !dot;
            let starts = host & !(host << 1 | host_before);
            host_before = host >> 63;
            let (sum, first_carry) = label.overflowing_add(starts & label);
            let (sum, second_carry) = sum.overflowing_add(open);
            open = u64::from(first_carry | second_carry);
            let mut first = (sum & !label | starts) & dot & inside;
            // Three at a time without asking how many there are: mostly that is enough.
            let count = first.count_ones() as usize;
            let base = (word * BLOCK) as u32;
            for lane in 0..3 {
                self.first_dots[(tokens + lane) % MAX_TOKENS] = base + first.trailing_zeros();
                first &= first.wrapping_sub(1);
            }
            for lane in 3..count {
                self.first_dots[(tokens + lane) % MAX_TOKENS] = base + first.trailing_zeros();
                first &= first.wrapping_sub(1);
            }
            tokens += count;
        }
        self.open_token = open != 0;
        tokens
    }

    /// Trims the tokens and sorts them into numbers and names; counts both.
    #[inline(always)]
    fn cut_tokens(
        &mut self,
        wanted: Wanted,
        start: usize,
        tokens: usize,
        events: &mut Vec<Event>,
    ) -> (usize, usize) {
        let maps = &*self.maps;
        let (mut numbers, mut names) = (0, 0);
        for &dot in &self.first_dots[..tokens] {
            let dot = dot as usize;
            let before = (!window_before(&maps.host, dot)).leading_zeros() as usize;
            let after = (!window(&maps.host, dot)).trailing_zeros() as usize;
            let (from, len) = (dot - before, before + after);
            let is_wide = self.has_high && window(&maps.high, from) & low_bits(len) != 0;
            if len >= WINDOW || is_wide {
                events.push(Event::Wide { dot: start + dot - BLOCK });
                continue;
            }
            let inside = window(&maps.alnum, from) & low_bits(len);
            let lead = inside.trailing_zeros() % 64;
            let len = (64 - inside.leading_zeros()).max(lead) - lead;
            let kept = low_bits(len as usize);
            let dots = window(&maps.dot, from) >> lead & kept;
            let letters = window(&maps.letter, from) >> lead & kept;
            let token = Token {
                dots,
                start: from as u32 + lead,
                len: len as u16,
                before_letter: letters.trailing_zeros() as u16,
            };
            // Stored in both lists, counted in one: which it is, no branch can foretell.
            self.numbers[numbers % MAX_TOKENS] = token;
            self.names[names % MAX_TOKENS] = token;
            // Three dots and more, one and more.
            let one = dots != 0;
            let two = dots & dots.wrapping_sub(1);
            let three = two & two.wrapping_sub(1) != 0;
            numbers += usize::from(wanted.addresses & (letters == 0) & three);
            names += usize::from(wanted.names & (letters != 0) & one);
        }
        (numbers, names)
    }

    /// Turns the rare patterns of one word into events.
    fn marks(
        &self,
        wanted: Wanted,
        (word, rows): (usize, u64),
        inside: u64,
        text: &[u8],
        start: usize,
        events: &mut Vec<Event>,
    ) {
        let rare = rare(&self.maps, word, wanted);
        let position = start + (word - 1) * BLOCK;
        let mut brackets = rare.brackets & inside;
        while brackets != 0 {
            let bit = brackets.trailing_zeros() as usize;
            let before = window_before(&self.maps.host, word * BLOCK + bit);
            if bracket_matters(text, position + bit, (!before).leading_zeros() as usize) {
                events.push(Event::Bracket { at: position + bit });
            }
            brackets &= brackets - 1;
        }
        let mut each = |mut bits: u64, event: fn(usize) -> Event| {
            bits &= inside;
            while bits != 0 {
                events.push(event(position + bits.trailing_zeros() as usize));
                bits &= bits - 1;
            }
        };
        each(rare.escapes, |at| Event::Escape { at });
        each(rare.numeric_hosts, |at| Event::NumericHost { at });
        each(rare.runs, |at| Event::Run { at });
        // The first of a row will do: the row is walked in both directions.
        each(rows & !(rows << 3), |at| Event::Pairs { at });
        // In one go: the verifier skips colons before the last it has seen.
        let between = rare.between;
        let has_three = between.count_ones() >= 3 && may_have_address(&self.maps, word);
        each(rare.double_colons | if has_three { between } else { 0 }, |at| Event::Colon { at });
    }

    /// Numbers of three dots that may be known addresses, and of four.
    #[inline(always)]
    fn filter_numbers<C: Classify>(
        &mut self,
        index: &Index,
        text: &[u8],
        start: usize,
        numbers: usize,
        events: &mut Vec<Event>,
    ) {
        let mut kept = 0;
        for at in 0..numbers {
            let token = self.numbers[at % MAX_TOKENS];
            let from = start + token.start as usize - BLOCK;
            let end = from + usize::from(token.len);
            let Some(window) = text.get(from..).and_then(|rest| rest.first_chunk::<16>()) else {
                // Too near the end of the text for a whole window.
                events.push(Event::Token { start: from, end });
                continue;
            };
            let (upper, lower) = token.octets();
            let upper = read_half(window, 0, upper);
            if !index.addresses.may_contain(upper) {
                continue;
            }
            match token.dots.count_ones() {
                3 => {
                    let lower = read_half(window, lower.0, (lower.1, u32::from(token.len)));
                    let address = u32::from(upper) << 16 | u32::from(lower);
                    C::prefetch(index.addresses.memory(address));
                    self.numbers[kept % MAX_TOKENS] = token;
                    self.keys[kept % MAX_TOKENS] = address.into();
                    kept += 1;
                }
                4 => events.push(Event::FiveParts { start: from, end }),
                _ => {}
            }
        }
        for (token, &address) in self.numbers[..kept].iter().zip(&self.keys[..]) {
            if index.addresses.may_contain_whole(address as u32) {
                let from = start + token.start as usize - BLOCK;
                events.push(Event::Token { start: from, end: from + usize::from(token.len) });
            }
        }
    }

    /// Names that may be at or below a known one, or begin with an address.
    #[inline(always)]
    fn filter_names<C: Classify>(
        &mut self,
        index: &Index,
        wanted: Wanted,
        text: &[u8],
        start: usize,
        names: usize,
        events: &mut Vec<Event>,
    ) {
        for (token, key) in self.names[..names].iter().zip(&mut self.keys[..]) {
            let end = start + token.start as usize - BLOCK + usize::from(token.len);
            let last = 63 - token.dots.leading_zeros();
            let before = token.dots & !(1 << last);
            let two_labels = u32::from(token.len) - (64 - before.leading_zeros());
            let tail = text.get(..end).and_then(|before| before.last_chunk::<16>());
            // Too near the beginning of the text for a whole key: zero, and asked below.
            let name = tail.map(|tail| NameKey::new(tail, two_labels as usize)).unwrap_or_default();
            C::prefetch(index.names.memory(name));
            *key = name.into();
        }
        for (token, &key) in self.names[..names].iter().zip(&self.keys[..]) {
            // A provider's reverse name begins with digits and dots, seven at least.
            let may_embed =
                wanted.addresses && token.before_letter >= 7 && token.dots.count_ones() >= 4;
            let from = start + token.start as usize - BLOCK;
            let end = from + usize::from(token.len);
            if index.names.may_contain(key.into()) || may_embed || end < 16 {
                events.push(Event::Token { start: from, end });
            }
        }
    }
}

/// The low `count` bits, 0 to 64.
#[inline(always)]
fn low_bits(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { !(u64::MAX << count) }
}

/// Copies what there is of a block that reaches over an end of the text.
#[cold]
fn fill(block: &mut [u8; BLOCK], text: &[u8], start: usize, word: usize) {
    for (position, byte) in block.iter_mut().enumerate() {
        let at = (start + word * BLOCK + position).checked_sub(BLOCK);
        *byte = at.and_then(|at| text.get(at)).copied().unwrap_or(0);
    }
}

/// Two octets of a dotted quad: the first from `start` to `ends.0`, the second from behind the dot
/// there to `ends.1`. What is no dotted quad gives any number: the filter lets through what it
/// will, the exact step decides.
#[inline(always)]
fn read_half(window: &[u8; 16], start: u32, ends: (u32, u32)) -> u16 {
    let octet = |from: u32, end: u32| {
        let at = from.min(12) as usize;
        let mut digits = [0; 4];
        digits.copy_from_slice(&window[at..at + 4]);
        // At most three digits, moved up so that the last is the third byte.
        let missing = 8 * (3u32.wrapping_sub(end.wrapping_sub(from)) & 3);
        let digits = (u32::from_le_bytes(digits) & 0x0F_0F0F) << missing;
        (digits & 0xFF) * 100 + (digits >> 8 & 0xFF) * 10 + (digits >> 16 & 0xFF)
    };
    let (first, second) = (octet(start, ends.0), octet(ends.0 + 1, ends.1));
    ((first & 0xFF) << 8 | second & 0xFF) as u16
}
