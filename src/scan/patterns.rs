//! Rare patterns of bytes: escapes, brackets, colons and hex digits that may be more.
//!
//! A log is full of colons, hex digits and brackets that mean nothing to us: times, MAC addresses,
//! process numbers. What is looked for here is told from them by its neighbours, on bitmaps and
//! without a branch, so that the words left over are few enough to be looked at one by one.

use super::bitmap::{Bitmap, Bitmaps, WINDOW};
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
    /// Aligned eighths of a word full of letters and digits: their first bytes.
    eighths: u64,
}

/// The patterns of word `at`.
#[inline(always)]
pub(super) fn rare(maps: &Bitmaps, at: usize, wanted: Wanted) -> Rare {
    let all = |wanted: bool| if wanted { u64::MAX } else { 0 };
    let here = |map: &Bitmap| map.get(at);
    let ahead = |map: &Bitmap, by: u32| map.ahead(at, by);
    let behind = |map: &Bitmap, by: u32| map.behind(at, by);
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

    Rare {
        escapes,
        brackets,
        double_colons: double_colons & all(wanted.addresses),
        between: between & all(wanted.addresses),
        numeric_hosts: numeric_hosts & all(wanted.addresses),
        pair: !hex & hex1 & hex2,
        eighths: eighths(here(&maps.alnum)),
    }
}

/// The first bytes of a word's aligned eighths that are full.
#[inline(always)]
fn eighths(bits: u64) -> u64 {
    let two = bits & bits >> 1;
    let four = two & two >> 2;
    four & four >> 4 & 0x0101_0101_0101_0101
}

/// Which words of a tile have rare patterns in them; see [`Patterns::find`].
pub(super) struct Patterns {
    /// Nonzero in those words that have others than brackets and runs.
    pub any: Bitmap,
    /// Brackets that may open something.
    pub brackets: Bitmap,
    /// Sixteen letters and digits, and eight more beside them.
    pub runs: Bitmap,
    /// Bytes before the first of a row of hex pairs.
    pub rows: Bitmap,
    /// What the others are made of.
    ends: Bitmap,
    between: Bitmap,
    pair: Bitmap,
    dense: Bitmap,
    uneven: Bitmap,
    eighths: Bitmap,
}

impl Patterns {
    pub(super) fn new() -> Self {
        const NONE: Bitmap = Bitmap::EMPTY;
        Self {
            any: NONE,
            brackets: NONE,
            runs: NONE,
            rows: NONE,
            ends: NONE,
            between: NONE,
            pair: NONE,
            dense: NONE,
            uneven: NONE,
            eighths: NONE,
        }
    }

    /// Finds the words of a tile that have rare patterns in them.
    ///
    /// A word's bits moved by some bytes take bits from the words beside it, so these are loops
    /// over whole bitmaps without a branch, and the compiler makes vectors of words of them. Only the
    /// first `words` are known, those beside the tile included; all of them, where that is said by a
    /// constant, is faster for each.
    #[inline(always)]
    pub(super) fn find(&mut self, maps: &Bitmaps, words: usize, wanted: Wanted) {
        for at in 0..words {
            let rare = rare(maps, at, wanted);
            self.ends.set(at, maps.colon.get(at) | maps.dot.get(at));
            self.between.set(at, rare.between);
            self.pair.set(at, rare.pair);
            self.eighths.set(at, rare.eighths);
            self.brackets.set(at, rare.brackets);
            self.any.set(at, rare.escapes | rare.double_colons | rare.numeric_hosts);
        }
        let runs_matter = if wanted.runs { 0x0001_0001_0001_0001 } else { 0 };
        let pairs_matter = if wanted.two_digit_groups { u64::MAX } else { 0 };
        for at in 0..words {
            // Colons behind whose group another one stands, or the first dot of a dotted quad…
            let ends = &self.ends;
            let end = ends.ahead(at, 2) | ends.ahead(at, 3) | ends.ahead(at, 4) | ends.ahead(at, 5);
            let linked = self.between.get(at) & end;
            let second = linked & linked.wrapping_sub(1);
            self.dense.set(at, second & second.wrapping_sub(1));
            // …and those of them that do not have two digits on either side, as times, also with
            // fractions of a second, and MAC addresses have. An address that has no such colon
            // begins with a zero byte.
            let two_behind = maps.hex.behind(at, 2) & !maps.hex.behind(at, 3);
            let two_ahead = maps.hex.ahead(at, 2) & ends.ahead(at, 3);
            self.uneven.set(at, linked & (!(two_behind & two_ahead) | pairs_matter));
            // A run of 31 letters and digits fills one aligned quarter of a word, and an eighth
            // before or after it.
            let eighths = &self.eighths;
            let beside = eighths.ahead(at, 16) | eighths.behind(at, 8);
            self.runs.set(at, eighths.get(at) & eighths.ahead(at, 8) & beside & runs_matter);
        }
        // What is before the tile is not known: it may be an address's first groups.
        self.uneven.set(0, u64::MAX);
        let digests = if wanted.digests { u64::MAX } else { 0 };
        for at in 0..words {
            // The shortest digest is a row of 16 pairs, and netfilter's `MAC=` with its addresses
            // one of 15. It is 48 bytes long, so it ends in the next word at the latest.
            let row = |(low, high): (u64, u64), by: u32| {
                (low & (low >> by | high << (64 - by)), high & high >> by)
            };
            let two = row((self.pair.get(at), self.pair.next(at)), 3);
            let four = row(two, 6);
            let eight = row(four, 12);
            let (fifteen, sixteen) = (row(eight, 21).0, row(eight, 24).0);
            // A text that begins with a row has no byte before its first pair: then the byte before
            // the second is its third.
            let at_the_start = if at == 1 { 1 << 2 } else { 0 };
            let rows = (sixteen | fifteen & at_the_start) & digests;
            self.rows.set(at, rows);
            // An address without `::` has six linked colons, so that one word has three of them,
            // and not only pairs around them, in this word or beside it.
            let colons = self.dense.get(at) & self.near(at);
            self.any.set(at, self.any.get(at) | rows | colons);
        }
    }

    /// Whether a word may have colons of an IPv6 address without `::`: where it was flagged for
    /// something else, too.
    pub(super) fn has_groups(&self, maps: &Bitmaps, word: usize) -> bool {
        self.dense.get(word) & self.near(word) != 0 && may_have_address(maps, word)
    }

    /// All ones where a colon in a word or beside it has not two digits on either side.
    #[inline(always)]
    fn near(&self, word: usize) -> u64 {
        let near = self.uneven.get(word) | self.uneven.beside(word);
        if near == 0 { 0 } else { u64::MAX }
    }
}

/// Whether the surroundings of a word have the colons of an IPv6 address without `::`.
fn may_have_address(maps: &Bitmaps, word: usize) -> bool {
    let (hex, colon) = (maps.hex.wide_window(word), maps.colon.wide_window(word));
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
