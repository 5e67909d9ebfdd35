//! Rare patterns of bytes: escapes, brackets, colons and hex digits that may be more.

use super::bitmap::{Bitmap, Bitmaps, WORDS, wide_window};
use crate::index::Index;

/// What the set of indicators makes worth looking for. What is not asked for costs nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub addresses: bool,
    pub names: bool,
    pub digests: bool,
    pub runs: bool,
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

/// The rare patterns of a tile, a word each; see [`screen`].
pub(super) struct Patterns {
    pub escapes: Bitmap,
    pub brackets: Bitmap,
    pub double_colons: Bitmap,
    /// Colons between hex digits.
    pub between: Bitmap,
    /// Those of them that are the third or a later one of their word.
    pub dense: Bitmap,
    pub numeric_hosts: Bitmap,
    pub pairs: Bitmap,
    pub runs: Bitmap,
    /// Nonzero where any of the others that is wanted is.
    pub any: Bitmap,
}

/// Finds the words of a tile that have rare patterns in them.
///
/// A word's bits moved by some bytes take bits from the next word, so this is a loop over whole
/// bitmaps without a branch: the compiler makes vectors of words of it. It goes over all words,
/// also those that a short tile does not fill; nobody asks for them.
#[inline(always)]
pub(super) fn screen(maps: &Bitmaps, patterns: &mut Patterns, wanted: Wanted) {
    let all = |wanted: bool| if wanted { u64::MAX } else { 0 };
    let (addresses, digests, runs) = (all(wanted.addresses), all(wanted.digests), all(wanted.runs));
    for at in 1..WORDS - 1 {
        let here = |map: &Bitmap| u64::from_le(map[at]);
        let ahead = |map: &Bitmap, by: u32| {
            u64::from_le(map[at]) >> by | u64::from_le(map[at + 1]) << (64 - by)
        };
        let behind = |map: &Bitmap| u64::from_le(map[at]) << 1 | u64::from_le(map[at - 1]) >> 63;
        let (hex, colon) = (here(&maps.hex), here(&maps.colon));
        let (hex1, hex2) = (ahead(&maps.hex, 1), ahead(&maps.hex, 2));
        let (letter1, letter2) = (ahead(&maps.letter, 1), ahead(&maps.letter, 2));

        let percents = here(&maps.percent) & hex1 & hex2;
        let escapes = percents | here(&maps.backslash) & ahead(&maps.alnum, 1);

        // One byte between brackets, or two or three letters.
        let close = ahead(&maps.bracket, 2)
            | letter1
                & letter2
                & (ahead(&maps.bracket, 3) | ahead(&maps.bracket, 4) & ahead(&maps.letter, 3));
        let brackets = here(&maps.bracket) & close;

        let double_colons = colon & behind(&maps.colon);
        let between = colon & hex1 & behind(&maps.hex);
        let second = between & between.wrapping_sub(1);
        let dense = second & second.wrapping_sub(1);

        let slashes = here(&maps.slash) & ahead(&maps.slash, 1);
        // JSON may escape each slash.
        let escaped = here(&maps.slash)
            & ahead(&maps.backslash, 1)
            & ahead(&maps.slash, 2)
            & ahead(&maps.hex, 3)
            & !ahead(&maps.letter, 3);
        let numeric_hosts = slashes & hex2 & !letter2 | escaped;

        // Seven pairs in a row need not cross a word: of the 16 pairs of the shortest digest,
        // one word has seven.
        let pair = !hex & hex1 & hex2;
        let pairs2 = pair & pair >> 3;
        let pairs4 = pairs2 & pairs2 >> 6;
        let pairs7 = pairs4 & pairs4 >> 9;

        // Likewise a run of 31 fills one aligned 16-byte half of 32.
        let alnum = here(&maps.alnum);
        let run2 = alnum & alnum >> 1;
        let run4 = run2 & run2 >> 2;
        let run8 = run4 & run4 >> 4;
        let run16 = run8 & run8 >> 8 & 0x0001_0001_0001_0001;

        patterns.escapes[at] = escapes;
        patterns.brackets[at] = brackets;
        patterns.double_colons[at] = double_colons & addresses;
        patterns.between[at] = between;
        patterns.dense[at] = dense & addresses;
        patterns.numeric_hosts[at] = numeric_hosts & addresses;
        patterns.pairs[at] = pairs7 & digests;
        patterns.runs[at] = run16 & runs;
        patterns.any[at] = escapes
            | brackets
            | (double_colons | dense | numeric_hosts) & addresses
            | pairs7 & digests
            | run16 & runs;
    }
}

/// What the surroundings of a word say of its hex digits: whether an IPv6 address without `::` may
/// be there, and whether sixteen pairs in a row are.
pub(super) fn hex_surroundings(maps: &Bitmaps, word: usize) -> (bool, bool) {
    let (hex, colon) = (wide_window(&maps.hex, word), wide_window(&maps.colon, word));
    let pair = !hex & hex >> 1 & hex >> 2;
    let pairs2 = pair & pair >> 3;
    let pairs4 = pairs2 & pairs2 >> 6;
    let pairs8 = pairs4 & pairs4 >> 12;
    let has_sixteen_pairs = pairs8 & pairs8 >> 24 != 0;
    // Netfilter writes both MAC addresses and the type in a row: 14 pairs, 13 colons. An address
    // does not have eleven groups, so the colons of such a row are none of its.
    let pairs11 = pairs8 & pairs8 >> 9;
    let colon = if pairs11 == 0 {
        colon
    } else {
        let spread = pairs11 | pairs11 << 3;
        let spread = spread | spread << 6;
        let spread = spread | spread << 12;
        let rows = spread | spread << 9;
        let others = colon & !(rows | rows << 3);
        if (others & hex >> 1 & hex << 1).count_ones() < 6 {
            return (false, has_sixteen_pairs);
        }
        others
    };
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
    (sixth > reached.count_ones(), has_sixteen_pairs)
}
