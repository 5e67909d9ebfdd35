//! Rare patterns of bytes: escapes, brackets, colons and hex digits that may be more.
//!
//! A log is full of colons, hex digits and brackets that mean nothing to us: times, MAC addresses,
//! process numbers. What is looked for here is told from them by its neighbours, on bitmaps and
//! without a branch, so that the words left over are few enough to be looked at one by one.

use super::bitmap::{Bitmap, Bitmaps, EMPTY, WINDOW, WORDS, wide_window};
use crate::index::Index;

/// What the set of indicators makes worth looking for. What is not asked for costs nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub addresses: bool,
    pub names: bool,
    pub digests: bool,
    pub runs: bool,
    /// Whether every dot has to be looked at: see [`NameIndex::has_odd`](crate::index::NameIndex).
    pub every_dot: bool,
    /// Whether an IPv6 address may match all of whose groups have two digits: it begins with a
    /// zero byte.
    pub two_digit_groups: bool,
}

impl Wanted {
    pub(super) fn new(index: &Index) -> Self {
        let digests = !index.digests.is_empty();
        Self {
            addresses: !index.addresses.is_empty(),
            names: !index.names.is_empty(),
            digests,
            runs: digests || index.literals.has_windows(),
            every_dot: index.names.has_odd(),
            two_digit_groups: index.addresses.has_zero_byte_first(),
        }
    }
}

/// The rare patterns of one word: bits at the bytes where they begin.
pub(super) struct Rare {
    pub escapes: u64,
    pub brackets: u64,
    pub double_colons: u64,
    /// Colons between hex digits.
    pub between: u64,
    pub numeric_hosts: u64,
    /// Bytes before a pair of hex digits.
    pair: u64,
    pub runs: u64,
}

/// The patterns of word `at`.
#[inline(always)]
pub(super) fn rare(maps: &Bitmaps, at: usize, wanted: Wanted) -> Rare {
    let all = |wanted: bool| if wanted { u64::MAX } else { 0 };
    let here = |map: &Bitmap| u64::from_le(map[at]);
    let ahead = |map: &Bitmap, by: u32| ahead(map, at, by);
    let behind = |map: &Bitmap, by: u32| behind(map, at, by);
    let (hex, colon) = (here(&maps.hex), here(&maps.colon));
    let (hex1, hex2) = (ahead(&maps.hex, 1), ahead(&maps.hex, 2));
    let (letter1, letter2) = (ahead(&maps.letter, 1), ahead(&maps.letter, 2));

    let percents = here(&maps.percent) & hex1 & hex2;
    let escapes = percents | here(&maps.backslash) & ahead(&maps.alnum, 1);

    // One byte between brackets, or two or three letters. Before a root label, `(0)`, is the end of
    // a top-level domain.
    let root = !hex1 | behind(&maps.alnum, 1) & behind(&maps.alnum, 2);
    let close = ahead(&maps.bracket, 2) & ahead(&maps.inner, 1) & root
        | letter1
            & letter2
            & (ahead(&maps.bracket, 3) | ahead(&maps.bracket, 4) & ahead(&maps.letter, 3));
    let brackets = here(&maps.bracket) & close;

    let double_colons = colon & behind(&maps.colon, 1);
    let between = colon & hex1 & behind(&maps.hex, 1);

    let slashes = here(&maps.slash) & ahead(&maps.slash, 1);
    // JSON may escape each slash.
    let escaped = here(&maps.slash)
        & ahead(&maps.backslash, 1)
        & ahead(&maps.slash, 2)
        & ahead(&maps.hex, 3)
        & !ahead(&maps.letter, 3);
    let numeric_hosts = slashes & hex2 & !letter2 | escaped;

    // A run of 31 letters and digits fills one aligned 16-byte half of 32, and eight bytes before
    // or after it.
    let run8 = |alnum: u64| {
        let run2 = alnum & alnum >> 1;
        let run4 = run2 & run2 >> 2;
        run4 & run4 >> 4
    };
    let first_half = run8(here(&maps.alnum));
    let run16 = first_half & first_half >> 8;
    let beside = run8(ahead(&maps.alnum, 16)) | run8(behind(&maps.alnum, 8));
    let runs = run16 & beside & 0x0001_0001_0001_0001;

    Rare {
        escapes,
        brackets,
        double_colons: double_colons & all(wanted.addresses),
        between: between & all(wanted.addresses),
        numeric_hosts: numeric_hosts & all(wanted.addresses),
        pair: !hex & hex1 & hex2,
        runs: runs & all(wanted.runs),
    }
}

/// The bits that stand `by` bytes behind those of word `at`.
#[inline(always)]
fn ahead(map: &Bitmap, at: usize, by: u32) -> u64 {
    u64::from_le(map[at]) >> by | u64::from_le(map[at + 1]) << (64 - by)
}

/// The bits that stand `by` bytes before those of word `at`.
#[inline(always)]
fn behind(map: &Bitmap, at: usize, by: u32) -> u64 {
    u64::from_le(map[at]) << by | u64::from_le(map[at - 1]) >> (64 - by)
}

/// Which words of a tile have rare patterns in them; see [`screen`].
pub(super) struct Patterns {
    /// Nonzero in those words.
    pub any: Bitmap,
    /// Bytes before the first of a row of hex pairs.
    pub rows: Bitmap,
}

/// The third byte of a tile: a text that begins with a row has no byte before its first pair.
const AT_THE_START: Bitmap = {
    let mut bits = EMPTY;
    bits[1] = 1 << 2;
    bits
};

/// Finds the words of a tile that have rare patterns in them.
///
/// A word's bits moved by some bytes take bits from the words beside it, so these are loops over
/// whole bitmaps without a branch: the compiler makes vectors of words of them, as long as what is
/// written is on the stack, where it cannot overlap what is read. They go over all words, also
/// those that a short tile does not fill; nobody asks for them.
#[inline(always)]
pub(super) fn screen(maps: &Bitmaps, wanted: Wanted) -> Patterns {
    let (mut any, mut rows) = (EMPTY, EMPTY);
    let (mut ends, mut between, mut pair) = (EMPTY, EMPTY, EMPTY);
    let (mut dense, mut uneven) = (EMPTY, EMPTY);
    // What is before the tile is not known: it may be an address's first groups.
    uneven[0] = u64::MAX;
    for at in 1..WORDS + 1 {
        let rare = rare(maps, at, wanted);
        ends[at] = maps.colon[at] | maps.dot[at];
        between[at] = rare.between;
        pair[at] = rare.pair;
        any[at] =
            rare.escapes | rare.brackets | rare.double_colons | rare.numeric_hosts | rare.runs;
    }
    let pairs_matter = if wanted.two_digit_groups { u64::MAX } else { 0 };
    for at in 1..WORDS + 1 {
        // Colons behind whose group another one stands, or the first dot of a dotted quad…
        let linked = between[at]
            & (ahead(&ends, at, 2)
                | ahead(&ends, at, 3)
                | ahead(&ends, at, 4)
                | ahead(&ends, at, 5));
        let second = linked & linked.wrapping_sub(1);
        dense[at] = second & second.wrapping_sub(1);
        // …and those of them that do not have two digits on either side, as times and MAC addresses
        // have. An address that has no such colon begins with a zero byte.
        let two_behind = behind(&maps.hex, at, 2) & !behind(&maps.hex, at, 3);
        let two_ahead = ahead(&maps.hex, at, 2) & ahead(&maps.colon, at, 3);
        uneven[at] = linked & (!(two_behind & two_ahead) | pairs_matter);
    }
    let digests = if wanted.digests { u64::MAX } else { 0 };
    for at in 1..WORDS + 1 {
        // The shortest digest is a row of 16 pairs, and netfilter's `MAC=` with its addresses one
        // of 15. It is 48 bytes long, so it ends in the next word at the latest.
        let row = |(low, high): (u64, u64), by: u32| {
            (low & (low >> by | high << (64 - by)), high & high >> by)
        };
        let two = row((pair[at], pair[at + 1]), 3);
        let four = row(two, 6);
        let eight = row(four, 12);
        let (fifteen, sixteen) = (row(eight, 21).0, row(eight, 24).0);
        rows[at] = (sixteen | fifteen & AT_THE_START[at]) & digests;
        // An address without `::` has six linked colons, so that one word has three of them, and
        // not only pairs around them, in this word or beside it.
        let near = uneven[at - 1] | uneven[at] | uneven[at + 1];
        any[at] |= rows[at] | if near == 0 { 0 } else { dense[at] };
    }
    Patterns { any, rows }
}

/// Whether the surroundings of a word have the colons of an IPv6 address without `::`.
pub(super) fn may_have_address(maps: &Bitmaps, word: usize) -> bool {
    let (hex, colon) = (wide_window(&maps.hex, word), wide_window(&maps.colon, word));
    // Groups with six to nine colons between. An address has seven, or six and a dotted quad; a
    // word that ends in hex digits may stand before it (`outside:`) and a port behind. Times have
    // two colons, MAC addresses five. From a colon over the digits after it to the next colon:
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

/// Whether the bracket at `at` may be that of a root label behind another, `(3)com(0)`, or opens
/// one of the defanged separators. `before` is the length of the run of host bytes before it, at
/// most [`WINDOW`].
pub(super) fn bracket_matters(text: &[u8], at: usize, before: usize) -> bool {
    let rest = &text[at..];
    match rest[1..rest.len().min(4)] {
        [b'.' | b':' | b'@' | b'/', ..] => true,
        // Labels may be longer than the window.
        [b'0', b')', ..] if rest[0] == b'(' => {
            before >= WINDOW || at > before && text[at - before - 1] == b')'
        }
        [a, b, c] => {
            let word = [a, b, c].map(|byte| byte.to_ascii_lowercase());
            &word == b"dot" || word.starts_with(b"at")
        }
        _ => false,
    }
}
