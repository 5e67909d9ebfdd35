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

use super::classify::{BLOCK, Classify};
use crate::index::{Index, NameKey};

/// Blocks whose events a tile reports.
const TILE_BLOCKS: usize = 126;

/// Words of a bitmap: the tile's blocks, and one on either side so that windows can cross.
const WORDS: usize = TILE_BLOCKS + 2;

/// Bytes whose events a tile reports.
pub(super) const TILE: usize = TILE_BLOCKS * BLOCK;

/// The most dotted tokens a tile can hold is one every second byte.
const MAX_TOKENS: usize = 4096;

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
    /// Two slashes and a digit.
    NumericHost { at: usize },
}

/// What the set of indicators makes worth looking for. What is not asked for costs nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    addresses: bool,
    names: bool,
    digests: bool,
    runs: bool,
}

impl Wanted {
    pub(super) fn new(index: &Index) -> Self {
        let digests = !index.digests.is_empty();
        Self {
            addresses: !index.addresses.is_empty(),
            names: !index.names.is_empty(),
            digests,
            runs: digests || index.literals.has_windows(),
        }
    }
}

/// The bitmaps of a tile. Word 0 is the block before the tile, the word after its last block is
/// the block after it.
struct Bitmaps {
    host: [u64; WORDS],
    alnum: [u64; WORDS],
    letter: [u64; WORDS],
    hex: [u64; WORDS],
    dot: [u64; WORDS],
    colon: [u64; WORDS],
    percent: [u64; WORDS],
    bracket: [u64; WORDS],
    backslash: [u64; WORDS],
    slash: [u64; WORDS],
    high: [u64; WORDS],
}

/// The 64 bits from bit `at` on.
#[inline(always)]
fn window(map: &[u64; WORDS], at: usize) -> u64 {
    let (word, shift) = (at / 64 % WORDS, at % 64);
    // Two shifts, for a shift by 64 is not allowed.
    map[word] >> shift | map[(word + 1) % WORDS] << 1 << (63 - shift)
}

/// The 64 bits before bit `at`.
#[inline(always)]
fn window_before(map: &[u64; WORDS], at: usize) -> u64 {
    window(map, at - 64)
}

/// The 128 bits from bit `at` on.
#[inline(always)]
fn wide_window(map: &[u64; WORDS], at: usize) -> u128 {
    u128::from(window(map, at)) | u128::from(window(map, at + 64)) << 64
}

/// Word `at`, moved so that bit *i* tells of byte *i* + `by`.
#[inline(always)]
fn ahead(map: &[u64; WORDS], at: usize, by: u32) -> u64 {
    map[at % WORDS] >> by | map[(at + 1) % WORDS] << (64 - by)
}

/// A dotted token's bits, relative to its trimmed start.
#[derive(Clone, Copy, Default)]
struct Token {
    /// Trimmed start, as a bit of the tile.
    start: u32,
    /// Trimmed length.
    len: u32,
    /// The dots inside.
    dots: u64,
    /// The letters inside.
    letters: u64,
}

/// The state of a pass over tiles, and its working memory.
pub(super) struct Tiles {
    maps: Box<Bitmaps>,
    first_dots: Box<[u32; MAX_TOKENS]>,
    numbers: Box<[Token; MAX_TOKENS]>,
    names: Box<[Token; MAX_TOKENS]>,
    /// Whether a token that has no dot yet reaches over the end of the last tile.
    open_token: bool,
}

impl Tiles {
    pub(super) fn new() -> Self {
        let map = || [0; WORDS];
        Self {
            maps: Box::new(Bitmaps {
                host: map(),
                alnum: map(),
                letter: map(),
                hex: map(),
                dot: map(),
                colon: map(),
                percent: map(),
                bracket: map(),
                backslash: map(),
                slash: map(),
                high: map(),
            }),
            first_dots: Box::new([0; MAX_TOKENS]),
            numbers: Box::new([Token::default(); MAX_TOKENS]),
            names: Box::new([Token::default(); MAX_TOKENS]),
            open_token: false,
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
        let tokens = self.mark(wanted, start, (blocks, last), events);
        let (numbers, names) = self.cut_tokens(wanted, start, tokens, events);
        if numbers > 0 {
            self.filter_numbers(index, text, start, numbers, events);
        }
        if names > 0 {
            self.filter_names(index, wanted, text, start, names, events);
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
        let maps = &mut *self.maps;
        let mut lines = 0;
        for word in 0..blocks + 2 {
            let mut padded = [0; BLOCK];
            let offset = (start + word * BLOCK).checked_sub(BLOCK);
            let whole = offset.and_then(|at| text.get(at..)?.first_chunk::<BLOCK>());
            let masks = match whole {
                Some(block) => C::classify(block),
                None => {
                    fill(&mut padded, text, start, word);
                    C::classify(&padded)
                }
            };
            let at = word % WORDS;
            maps.host[at] = masks.host;
            maps.alnum[at] = masks.alnum;
            maps.letter[at] = masks.letter;
            maps.hex[at] = masks.hex;
            maps.dot[at] = masks.dot;
            maps.colon[at] = masks.colon;
            maps.percent[at] = masks.percent;
            maps.bracket[at] = masks.bracket;
            maps.backslash[at] = masks.backslash;
            maps.slash[at] = masks.slash;
            maps.high[at] = masks.high;
            if word >= 1 && word <= blocks {
                let inside = if word == blocks { low_bits(last) } else { u64::MAX };
                lines += (masks.newline & inside).count_ones();
            }
        }
        lines
    }

    /// Finds the first dot of every token, which it counts, and the marks, which become events.
    #[inline(always)]
    fn mark(
        &mut self,
        wanted: Wanted,
        start: usize,
        (blocks, last): (usize, usize),
        events: &mut Vec<Event>,
    ) -> usize {
        let maps = &*self.maps;
        let mut tokens = 0;
        let mut open = u64::from(self.open_token);
        for word in 1..=blocks {
            let inside = if word == blocks { low_bits(last) } else { u64::MAX };
            let (host, dot) = (maps.host[word % WORDS], maps.dot[word % WORDS]);
            let label = host & !dot;
            let starts = host & !(host << 1 | maps.host[(word - 1) % WORDS] >> 63);
            let (sum, first_carry) = label.overflowing_add(starts & label);
            let (sum, second_carry) = sum.overflowing_add(open);
            open = u64::from(first_carry | second_carry);
            let mut first = (sum & !label | starts) & dot & inside;
            // Four at a time without asking how many there are: mostly that is enough.
            let count = first.count_ones() as usize;
            let base = (word * BLOCK) as u32;
            for lane in 0..4 {
                self.first_dots[(tokens + lane) % MAX_TOKENS] = base + first.trailing_zeros();
                first &= first.wrapping_sub(1);
            }
            for lane in 4..count {
                self.first_dots[(tokens + lane) % MAX_TOKENS] = base + first.trailing_zeros();
                first &= first.wrapping_sub(1);
            }
            tokens += count;
            marks(maps, wanted, word, inside, start, events);
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
            let high = window(&maps.high, from) & low_bits(len);
            if len >= 64 || high != 0 {
                events.push(Event::Wide { dot: start + dot - BLOCK });
                continue;
            }
            let inside = window(&maps.alnum, from) & low_bits(len);
            let lead = inside.trailing_zeros() % 64;
            let end = 64 - inside.leading_zeros();
            let kept = low_bits((end.max(lead) - lead) as usize);
            let token = Token {
                start: from as u32 + lead,
                len: end.max(lead) - lead,
                dots: window(&maps.dot, from) >> lead & kept,
                letters: window(&maps.letter, from) >> lead & kept,
            };
            // Stored in both lists, counted in one: which it is, no branch can foretell.
            self.numbers[numbers % MAX_TOKENS] = token;
            self.names[names % MAX_TOKENS] = token;
            let dots = token.dots.count_ones();
            numbers += usize::from(wanted.addresses & (token.letters == 0) & (dots >= 3));
            names += usize::from(wanted.names & (token.letters != 0) & (dots >= 1));
        }
        (numbers, names)
    }

    #[inline(always)]
    fn filter_numbers(
        &self,
        index: &Index,
        text: &[u8],
        start: usize,
        numbers: usize,
        events: &mut Vec<Event>,
    ) {
        for token in &self.numbers[..numbers] {
            let from = start + token.start as usize - BLOCK;
            let end = from + token.len as usize;
            if token.dots.count_ones() == 3 {
                let Some(window) = text.get(from..).and_then(|rest| rest.first_chunk::<16>()) else {
                    // Too near the end of the text for a whole window.
                    events.push(Event::Token { start: from, end });
                    continue;
                };
                let (address, is_valid) = read_ipv4(window, token.dots, token.len);
                if is_valid
                    && index.addresses.may_contain(address)
                    && index.addresses.block_may_contain(address)
                {
                    events.push(Event::Token { start: from, end });
                }
            } else if token.dots.count_ones() == 4 {
                events.push(Event::FiveParts { start: from, end });
            }
        }
    }

    #[inline(always)]
    fn filter_names(
        &self,
        index: &Index,
        wanted: Wanted,
        text: &[u8],
        start: usize,
        names: usize,
        events: &mut Vec<Event>,
    ) {
        for token in &self.names[..names] {
            let from = start + token.start as usize - BLOCK;
            let end = from + token.len as usize;
            let last = 63 - token.dots.leading_zeros();
            let before = token.dots & !(1 << last);
            let two_labels = token.len - (64 - before.leading_zeros());
            // A provider's reverse name begins with digits and dots, seven at least.
            let may_embed = wanted.addresses
                && token.letters.trailing_zeros() >= 7
                && token.dots.count_ones() >= 4;
            let Some(tail) = text.get(..end).and_then(|before| before.last_chunk::<16>()) else {
                // Too near the beginning of the text for a whole key.
                events.push(Event::Token { start: from, end });
                continue;
            };
            if index.names.may_contain(NameKey::new(tail, two_labels as usize)) || may_embed {
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

/// Reads `len` bytes of `window` as a dotted quad whose dots are `dots`. Octets have one to three
/// digits, always decimal.
#[inline(always)]
fn read_ipv4(window: &[u8; 16], dots: u64, len: u32) -> (u32, bool) {
    let digits = u128::from_le_bytes(*window);
    let mut rest = dots;
    let mut ends = [0; 4];
    for end in &mut ends[..3] {
        *end = rest.trailing_zeros();
        rest &= rest.wrapping_sub(1);
    }
    ends[3] = len;
    let (mut address, mut from, mut is_valid) = (0u32, 0u32, len <= 15);
    for end in ends {
        let count = end.wrapping_sub(from);
        is_valid &= count.wrapping_sub(1) < 3;
        // The octet's digits in the three low bytes, the last one highest, missing ones zero.
        let octet = (digits >> (8 * from % 128)) as u32;
        let octet = (octet << (8 * 3u32.wrapping_sub(count) % 32)) & 0xFF_FFFF;
        let wanted = (0x30_3030u32 << (8 * 3u32.wrapping_sub(count) % 32)) & 0xFF_FFFF;
        let values = octet.wrapping_sub(wanted);
        is_valid &= values.wrapping_add(0x76_7676) & 0x8080_8080 == 0 && values & 0x8080_8080 == 0;
        let value = (values & 0xFF) * 100 + (values >> 8 & 0xFF) * 10 + (values >> 16);
        is_valid &= value <= 255;
        address = address << 8 | value & 0xFF;
        from = end.wrapping_add(1);
    }
    (address, is_valid)
}

/// Turns the rare patterns of one word into events.
#[inline(always)]
fn marks(
    maps: &Bitmaps,
    wanted: Wanted,
    word: usize,
    inside: u64,
    start: usize,
    events: &mut Vec<Event>,
) {
    let at = word % WORDS;
    let (hex, alnum) = (maps.hex[at], maps.alnum[at]);
    let (hex1, hex2) = (ahead(&maps.hex, at, 1), ahead(&maps.hex, at, 2));
    let alnum1 = ahead(&maps.alnum, at, 1);
    let escapes = (maps.percent[at] & hex1 & hex2 | maps.backslash[at] & alnum1) & inside;

    let bracket = maps.bracket[at];
    let letters = ahead(&maps.letter, at, 1) & ahead(&maps.letter, at, 2);
    // One byte between brackets, or two or three letters.
    let brackets = bracket
        & (ahead(&maps.bracket, at, 2)
            | letters
                & (ahead(&maps.bracket, at, 3)
                    | ahead(&maps.bracket, at, 4) & ahead(&maps.letter, at, 3)))
        & inside;

    let before = maps.colon[at] << 1 | maps.colon[(word - 1) % WORDS] >> 63;
    let double_colon = maps.colon[at] & before;
    let hex_before = hex << 1 | maps.hex[(word - 1) % WORDS] >> 63;
    let between = maps.colon[at] & hex1 & hex_before;
    let dense = between.count_ones() >= 3;

    let slashes = maps.slash[at] & ahead(&maps.slash, at, 1);
    let digit2 = hex2 & !ahead(&maps.letter, at, 2);
    let numeric_hosts = slashes & digit2 & inside;

    // Seven pairs in a row need not cross a word: of the 16 pairs of the shortest digest, one
    // word has seven.
    let pair = !hex & hex1 & hex2;
    let pairs2 = pair & pair >> 3;
    let pairs4 = pairs2 & pairs2 >> 6;
    let pairs7 = pairs4 & pairs4 >> 9;

    // Likewise a run of 31 fills one aligned 16-byte half of 32.
    let run2 = alnum & alnum >> 1;
    let run4 = run2 & run2 >> 2;
    let run8 = run4 & run4 >> 4;
    let runs = run8 & run8 >> 8 & 0x0001_0001_0001_0001;

    let colons = u64::from(dense) | double_colon & inside;
    let wanted_colons = if wanted.addresses { colons } else { 0 };
    let wanted_numeric = if wanted.addresses { numeric_hosts } else { 0 };
    let wanted_pairs = if wanted.digests { pairs7 } else { 0 };
    let wanted_runs = if wanted.runs { runs } else { 0 };
    let any =
        escapes | brackets | wanted_colons | wanted_numeric | wanted_pairs | wanted_runs;
    if any == 0 {
        return;
    }
    let position = start + (word - 1) * BLOCK;
    let mut each = |mut bits: u64, event: fn(usize) -> Event| {
        while bits != 0 {
            events.push(event(position + bits.trailing_zeros() as usize));
            bits &= bits - 1;
        }
    };
    each(escapes, |at| Event::Escape { at });
    each(brackets, |at| Event::Bracket { at });
    each(wanted_numeric, |at| Event::NumericHost { at });
    each(wanted_runs & inside, |at| Event::Run { at });
    if wanted_colons != 0 {
        each(double_colon & inside, |at| Event::Colon { at });
        if dense && has_full_address(maps, at) {
            each(between & inside, |at| Event::Colon { at });
        }
    }
    if wanted_pairs != 0 && has_fifteen_pairs(maps, at) {
        // The first of the row will do: the row is walked in both directions.
        let rows = pairs7 & !(pairs7 << 3) & inside;
        each(rows, |at| Event::Pairs { at });
    }
}

/// Whether groups of hex digits with six to nine colons between are around a word. An address has
/// seven, or six and a dotted quad; a word that ends in hex digits may stand before it
/// (`outside:`) and a port behind. Times have two colons, MAC addresses five, netfilter's doubled
/// ones thirteen.
fn has_full_address(maps: &Bitmaps, word: usize) -> bool {
    let hex = wide_window(&maps.hex, word * 64 - 32);
    let colon = wide_window(&maps.colon, word * 64 - 32);
    // From a colon over the digits after it to the next colon.
    let next = |colons: u128| hex.wrapping_add(colons << 1 & hex) & !hex & colon;
    let mut reached = colon & !next(colon);
    for _ in 0..5 {
        reached = next(reached);
    }
    let sixth = reached.count_ones();
    for _ in 0..4 {
        reached = next(reached);
    }
    sixth > reached.count_ones()
}

/// Whether fifteen hex pairs in a row are around a word.
fn has_fifteen_pairs(maps: &Bitmaps, word: usize) -> bool {
    let hex = wide_window(&maps.hex, word * 64 - 32);
    let pair = !hex & hex >> 1 & hex >> 2;
    let pairs2 = pair & pair >> 3;
    let pairs4 = pairs2 & pairs2 >> 6;
    let pairs8 = pairs4 & pairs4 >> 12;
    pairs8 & pairs8 >> 21 != 0
}
