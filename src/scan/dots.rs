//! From dotted token to dotted token: what can be asked without knowing where a token begins.
//!
//! Nearly every dotted token of a log is a private address or somebody's innocent name, and the
//! filters turn it away by two octets or two labels. Both can be read off from the token's first
//! dot: the octets stand on either side of it, and the labels are found from the token's end. So
//! that is all that is done for every token, without a branch that depends on it; the few that
//! pass are cut out and looked at in full by [`super::tokens`].

use super::bitmap::{Bitmaps, WINDOW, WORDS, is_set, low_bits, window, window_before};
use super::classify::{BLOCK, Classify};
use super::patterns::Wanted;
use super::tile::{TILE, TileText};
use crate::index::{Index, NameKey};

/// The most dotted tokens a tile can hold is one every second byte.
pub(super) const MAX_TOKENS: usize = (TILE / 2).next_power_of_two();

/// A token as seen from its first dot.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Its dots; the first is bit 0.
    dots: u64,
    /// Its letters, digits and bytes above 0x7F from the first dot on.
    alnum: u64,
    /// The first dot, as a bit of the tile.
    at: u32,
}

/// The state of a walk over the dotted tokens of tiles, and its working memory.
pub(super) struct Dots {
    first: Box<[u32; MAX_TOKENS]>,
    count: usize,
    numbers: Box<[Seen; MAX_TOKENS]>,
    names: Box<[Seen; MAX_TOKENS]>,
    keys: Box<[u64; MAX_TOKENS]>,
    kept: Box<[u32; MAX_TOKENS]>,
    /// Whether a token that has no dot yet reaches over the end of the last tile.
    open_token: bool,
}

impl Dots {
    pub(super) fn new() -> Self {
        Self {
            first: Box::new([0; MAX_TOKENS]),
            count: 0,
            numbers: Box::new([Seen::default(); MAX_TOKENS]),
            names: Box::new([Seen::default(); MAX_TOKENS]),
            keys: Box::new([0; MAX_TOKENS]),
            kept: Box::new([0; MAX_TOKENS]),
            open_token: false,
        }
    }

    /// Forgets the text before: the next tile is the first of another one.
    pub(super) fn restart(&mut self) {
        self.open_token = false;
    }

    /// Finds the first dot of every token of a tile of `blocks`, the last of which has `last`
    /// bytes.
    ///
    /// 64 bytes at once: adding the bits where tokens start to the bits of their non-dot bytes
    /// makes the carry stop at the first byte of each token that is a dot, or at its end.
    #[inline(always)]
    pub(super) fn find<C: Classify>(&mut self, tile: TileText<'_>, blocks: usize, last: usize) {
        let maps = tile.maps;
        let mut tokens = 0;
        let mut open = u64::from(self.open_token);
        let mut host_before = u64::from_le(maps.host[0]) >> 63;
        for word in 1..=blocks {
            // The next tile's bytes, asked for one by one: processors fetch ahead by themselves,
            // but not over the end of a page, and not many at a time.
            if let Some(byte) = tile.text.get(tile.start + TILE + word * BLOCK) {
                C::prefetch(byte);
            }
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
                self.first[(tokens + lane) % MAX_TOKENS] = base + first.trailing_zeros();
                first &= first.wrapping_sub(1);
            }
            for lane in 3..count {
                self.first[(tokens + lane) % MAX_TOKENS] = base + first.trailing_zeros();
                first &= first.wrapping_sub(1);
            }
            tokens += count;
        }
        self.open_token = open != 0;
        self.count = tokens;
    }

    /// The first dots of the tokens that may matter.
    #[inline(always)]
    pub(super) fn screen<C: Classify>(
        &mut self,
        tile: TileText<'_>,
        index: &Index,
        wanted: Wanted,
    ) -> &[u32] {
        if tile.has_high {
            // Bytes above 0x7F may be letters or boundaries: that takes the whole token to tell.
            return &self.first[..self.count];
        }
        let (numbers, names, kept) = self.sort(tile.maps, wanted);
        let kept = self.screen_numbers(tile, index, numbers, kept);
        let kept = self.screen_names::<C>(tile, index, wanted, names, kept);
        &self.kept[..kept.min(MAX_TOKENS)]
    }

    /// Sorts the tokens into numbers, names, and those to be kept without asking; counts each.
    #[inline(always)]
    fn sort(&mut self, maps: &Bitmaps, wanted: Wanted) -> (usize, usize, usize) {
        let (mut numbers, mut names, mut kept) = (0, 0, 0);
        for &at in &self.first[..self.count] {
            let dot = at as usize;
            let host = window(&maps.host, dot);
            let inside = host & !host.wrapping_add(1);
            let letters = window(&maps.letter, dot) & inside;
            let seen = Seen {
                dots: window(&maps.dot, dot) & inside,
                alnum: window(&maps.alnum, dot) & inside,
                at,
            };
            // Too long for a window, or nothing before the dot that would not be trimmed off.
            let is_odd = inside >> (WINDOW - 1) != 0 || !is_set(&maps.alnum, dot - 1);
            // Three dots and more.
            let two = seen.dots & seen.dots.wrapping_sub(1);
            let three = two & two.wrapping_sub(1) != 0;
            // Stored in all lists, counted in one: which it is, no branch can foretell.
            self.numbers[numbers % MAX_TOKENS] = seen;
            self.names[names % MAX_TOKENS] = seen;
            self.kept[kept % MAX_TOKENS] = at;
            numbers += usize::from(wanted.addresses & (letters == 0) & three & !is_odd);
            names += usize::from(wanted.names & (letters != 0) & !is_odd);
            kept += usize::from(is_odd);
        }
        (numbers, names, kept)
    }

    /// Keeps the numbers whose first two octets may be those of a known address.
    #[inline(always)]
    fn screen_numbers(
        &mut self,
        tile: TileText<'_>,
        index: &Index,
        numbers: usize,
        mut kept: usize,
    ) -> usize {
        for seen in &self.numbers[..numbers] {
            // Three bytes before the dot and four behind.
            let from = tile.offset(seen.at as usize).checked_sub(3);
            let around = from.and_then(|from| tile.text.get(from..)?.first_chunk::<8>());
            let may_matter = around.is_none_or(|around| {
                let second_dot = (seen.dots & seen.dots.wrapping_sub(1)).trailing_zeros();
                index.addresses.may_contain(first_octets(*around, second_dot))
            });
            self.kept[kept % MAX_TOKENS] = seen.at;
            kept += usize::from(may_matter);
        }
        kept
    }

    /// Keeps the names that may be at or below a known one, or begin with an address.
    #[inline(always)]
    fn screen_names<C: Classify>(
        &mut self,
        tile: TileText<'_>,
        index: &Index,
        wanted: Wanted,
        names: usize,
        mut kept: usize,
    ) -> usize {
        for (seen, key) in self.names[..names].iter().zip(&mut self.keys[..]) {
            let dot = seen.at as usize;
            let before = (!window_before(&tile.maps.host, dot)).leading_zeros();
            // The last byte that is not trimmed off, and the dots before it.
            let last = 63 - (seen.alnum | 1).leading_zeros();
            let dots = seen.dots & low_bits(last as usize);
            let last_dot = 63 - (dots | 1).leading_zeros();
            let others = dots & !(1 << last_dot);
            let two_labels = match others {
                0 => before + last + 1,
                _ => last - (63 - others.leading_zeros()),
            };
            let end = tile.offset(dot) + last as usize + 1;
            let tail = tile.text.get(..end).and_then(|before| before.last_chunk::<16>());
            // Too near the beginning of the text for a whole key: zero, and kept below.
            let name = tail.map(|tail| NameKey::new(tail, two_labels as usize)).unwrap_or_default();
            C::prefetch(index.names.memory(name));
            *key = name.into();
        }
        for (seen, &key) in self.names[..names].iter().zip(&self.keys[..]) {
            let dot = seen.at as usize;
            // A provider's reverse name has four octets and a name at least.
            let may_embed = wanted.addresses & (seen.dots.count_ones() >= 4);
            let before = (!window_before(&tile.maps.host, dot)).leading_zeros() as usize;
            // What is trimmed off at its beginning counted above.
            let is_odd = before < WINDOW && !is_set(&tile.maps.alnum, dot - before);
            let is_early = tile.offset(dot) < 16;
            self.kept[kept % MAX_TOKENS] = seen.at;
            let may_matter = index.names.may_contain(key.into());
            kept += usize::from(may_matter | may_embed | is_odd | is_early);
        }
        kept
    }
}

/// The first two octets of a dotted quad, around its first dot at `around[3]`; the second dot is
/// `second_dot` bytes behind that. What is no dotted quad gives any number: the filter lets
/// through what it will, the exact step decides.
#[inline(always)]
fn first_octets(around: [u8; 8], second_dot: u32) -> u16 {
    let word = u64::from_le_bytes(around);
    let digit = |at: u32| (word >> (8 * at)) as u32 & 0xFF ^ 0x30;
    let (hundreds, tens, units) = (digit(0), digit(1), digit(2));
    let has_tens = tens < 10;
    let has_hundreds = has_tens & (hundreds < 10);
    let first = units + 10 * tens * u32::from(has_tens) + 100 * hundreds * u32::from(has_hundreds);
    // At most three digits, moved up so that the last is the third byte.
    let missing = 8 * (4u32.wrapping_sub(second_dot) & 3);
    let digits = ((word >> 32) as u32 & 0x0F_0F0F) << missing;
    let second = (digits & 0xFF) * 100 + (digits >> 8 & 0xFF) * 10 + (digits >> 16 & 0xFF);
    ((first & 0xFF) << 8 | second & 0xFF) as u16
}
