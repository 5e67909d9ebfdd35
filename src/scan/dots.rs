//! From dot to dot: which of them may belong to a known address or name.
//!
//! Nearly every dotted token of a log is a private address or somebody's innocent name, and the
//! filters turn it away by two octets or by the end of two labels. Both stand around one dot: the
//! octets on either side of an address's first, the labels on either side of a name's last. Which
//! dots these may be, the bitmaps tell for 64 bytes at a time; so that is all that is done for
//! every token, without a branch that depends on it. The few dots that pass have their tokens cut
//! out and looked at in full by [`super::tokens`].

use super::bitmap::{Bitmap, Bitmaps, EMPTY, WINDOW, WORDS, low_bits, window_before};
use super::classify::{BLOCK, Classify, ROW};
use super::patterns::Wanted;
use super::tile::{Ahead, TILE, TileText};
use crate::index::{Index, NameKey};

/// Room for every dot of a tile, and a vector more.
pub(super) const MAX_DOTS: usize = (TILE + BLOCK).next_power_of_two();

/// Dots whose places are written at once.
const AT_ONCE: usize = 8;

/// Places of dots, as bits of the tile, and room to write some behind the last.
type Places = [u16; MAX_DOTS + AT_ONCE];

/// Dots that are looked at side by side, so that the compiler makes vectors of them.
const LANES: usize = 8;

/// The bytes of a tile and of the blocks beside it.
type Room = [u8; WORDS * BLOCK];

/// The working memory of the walk over the dots of a tile.
pub(super) struct Dots {
    /// The dots that are looked at.
    numbers: Box<Places>,
    names: Box<Places>,
    /// What the filter is asked for each name, and whether it is kept whatever the answer.
    keys: Box<[u64; MAX_DOTS]>,
    is_kept: Box<[bool; MAX_DOTS]>,
    /// The dots whose tokens may matter.
    kept: Box<[u16; MAX_DOTS]>,
}

/// Where a token may be an address or a name, as bits.
struct Spots {
    /// The first dots of what may be dotted quads.
    numbers: Bitmap,
    /// The last dots of what may be names, and perhaps others.
    names: Bitmap,
    /// Bytes of labels.
    label: Bitmap,
}

impl Dots {
    pub(super) fn new() -> Self {
        Self {
            numbers: Box::new([0; MAX_DOTS + AT_ONCE]),
            names: Box::new([0; MAX_DOTS + AT_ONCE]),
            keys: Box::new([0; MAX_DOTS]),
            is_kept: Box::new([false; MAX_DOTS]),
            kept: Box::new([0; MAX_DOTS]),
        }
    }

    /// A dot of every token that may matter in a tile of `blocks`, the last of which has `last`
    /// bytes. There may be several of the same token.
    #[inline(always)]
    pub(super) fn screen<C: Classify>(
        &mut self,
        tile: TileText<'_>,
        (blocks, last): (usize, usize),
        index: &Index,
        wanted: Wanted,
        ahead: Ahead<'_>,
    ) -> &[u16] {
        // The bytes that the bitmaps are of.
        let before = tile.start.checked_sub(BLOCK).and_then(|at| tile.text.get(at..));
        let room = before.and_then(|text| text.first_chunk::<{ WORDS * BLOCK }>());
        let is_whole = (blocks, last) == (WORDS - 2, BLOCK) && !tile.has_high;
        let Some(room) = room.filter(|_| is_whole && !wanted.every_dot) else {
            // At an end of the text windows are not whole, and bytes above 0x7F may be letters or
            // boundaries: it takes the whole token to tell.
            let count = self.all(tile.maps, blocks, last);
            return &self.kept[..count.min(MAX_DOTS)];
        };
        ahead.fetch::<C>(5);
        let spots = spots::<C>(tile.maps);
        ahead.fetch::<C>(6);
        let (numbers, names) = self.places(&spots);
        ahead.fetch::<C>(7);
        let mut kept = 0;
        if wanted.addresses {
            kept = self.screen_numbers(room, index, numbers, kept);
        }
        if wanted.names {
            kept = self.screen_names::<C>(&spots.label, room, index, names, kept);
        }
        &self.kept[..kept.min(MAX_DOTS)]
    }

    /// Writes where the numbers and the names of a tile are, and gives how many there are.
    #[inline(always)]
    fn places(&mut self, spots: &Spots) -> (usize, usize) {
        let (mut numbers, mut names) = (0, 0);
        for word in 1..WORDS - 1 {
            let base = (word * BLOCK) as u16;
            numbers = put(spots.numbers[word], base, &mut self.numbers, numbers);
            names = put(spots.names[word], base, &mut self.names, names);
        }
        (numbers, names)
    }

    /// Keeps every dot.
    #[cold]
    fn all(&mut self, maps: &Bitmaps, blocks: usize, last: usize) -> usize {
        let mut count = 0;
        for word in 1..=blocks.min(WORDS - 2) {
            let inside = if word == blocks { low_bits(last) } else { u64::MAX };
            let mut dots = u64::from_le(maps.dot[word]) & inside;
            while dots != 0 {
                self.kept[count % MAX_DOTS] = (word * BLOCK) as u16 + dots.trailing_zeros() as u16;
                count += 1;
                dots &= dots - 1;
            }
        }
        count
    }

    /// Keeps the numbers whose first two octets may be those of a known address.
    #[inline(always)]
    fn screen_numbers(
        &mut self,
        room: &Room,
        index: &Index,
        numbers: usize,
        mut kept: usize,
    ) -> usize {
        // The last row is filled up with its last dot: whoever cuts tokens out sees that it is one.
        let end = numbers.next_multiple_of(LANES).min(MAX_DOTS);
        let last = self.numbers[numbers.saturating_sub(1) % MAX_DOTS];
        self.numbers[numbers.min(end)..end].fill(last);
        for row in self.numbers[..end].as_chunks::<LANES>().0 {
            let mut around = [0; LANES];
            for (around, &dot) in around.iter_mut().zip(row) {
                // Three bytes before the dot and four behind.
                *around = u64::from_le_bytes(bytes(room, usize::from(dot).wrapping_sub(3)));
            }
            let upper = around.map(first_octets);
            for (&dot, &upper) in row.iter().zip(&upper) {
                self.kept[kept % MAX_DOTS] = dot;
                kept += usize::from(index.addresses.may_contain(upper as u16));
            }
        }
        kept
    }

    /// Keeps the names that may be at or below a known one.
    #[inline(always)]
    fn screen_names<C: Classify>(
        &mut self,
        label: &Bitmap,
        room: &Room,
        index: &Index,
        names: usize,
        mut kept: usize,
    ) -> usize {
        let names = names.min(MAX_DOTS);
        for at in 0..names {
            let dot = usize::from(self.names[at]);
            let len = (!window_before(label, dot)).leading_zeros() as usize;
            let key = NameKey::around(bytes(room, dot.wrapping_sub(8)), len, bytes(room, dot + 1));
            C::prefetch(index.names.memory(key));
            self.keys[at] = key.into();
            // What would be trimmed off at a name's beginning counted above.
            let [first] = bytes(room, dot.wrapping_sub(len));
            self.is_kept[at] = (len >= WINDOW) | (first == b'-') | (first == b'_');
        }
        for at in 0..names {
            self.kept[kept % MAX_DOTS] = self.names[at];
            let may_matter = index.names.may_contain(self.keys[at].into());
            kept += usize::from(may_matter | self.is_kept[at]);
        }
        kept
    }
}

/// Writes the places of a word's bits behind `count` others, and gives how many there are then.
#[inline(always)]
fn put(mut bits: u64, base: u16, places: &mut Places, count: usize) -> usize {
    let new = bits.count_ones() as usize;
    let mut next = || {
        let place = base + bits.trailing_zeros() as u16;
        bits &= bits.wrapping_sub(1);
        place
    };
    // So many without asking how many there are: mostly two are enough, and nearly always eight.
    if let Some(room) = places[count % MAX_DOTS..].first_chunk_mut::<AT_ONCE>() {
        let (first, more) = room.split_at_mut(2);
        first.fill_with(&mut next);
        if new > 2 {
            more.fill_with(&mut next);
        }
    }
    for at in count + AT_ONCE..count + new {
        places[at % MAX_DOTS] = next();
    }
    count + new
}

/// Where a token may be an address or a name: loops over whole bitmaps without a branch, of which
/// the compiler makes vectors, as long as what is written is on the stack.
#[inline(always)]
fn spots<C: Classify>(maps: &Bitmaps) -> Spots {
    let (mut numbers, mut names, mut label, mut digit) = (EMPTY, EMPTY, EMPTY, EMPTY);
    for at in 0..WORDS + 1 {
        label[at] = maps.host[at] & !maps.dot[at];
        digit[at] = maps.alnum[at] & !maps.letter[at];
    }
    for at in 1..WORDS {
        let ahead = |map: &Bitmap, by: u32| {
            u64::from_le(map[at]) >> by | u64::from_le(map[at + 1]) << (64 - by)
        };
        let behind = |map: &Bitmap, by: u32| {
            u64::from_le(map[at]) << by | u64::from_le(map[at - 1]) >> (64 - by)
        };
        let dot = u64::from_le(maps.dot[at]);
        let [one, two, three] = [1, 2, 3].map(|by| behind(&digit, by));
        // A digit on either side, and another dot where the second octet ends.
        let next = ahead(&maps.dot, 2) | ahead(&maps.dot, 3) | ahead(&maps.dot, 4);
        let quad = dot & one & ahead(&digit, 1) & next;
        // What stands before is an octet, too: then it is not the first dot. A dot without a
        // digit before it is none of the token's.
        let octet = |by: u32| behind(&maps.dot, by) & behind(&digit, by + 1);
        let later = octet(2) | two & (octet(3) | three & octet(4));
        numbers[at] = quad & !later;
        names[at] = dot & ahead(&maps.letter, 1);
    }
    for at in (0..WORDS).step_by(ROW) {
        let words = at..at + ROW;
        if let (Some(names), Some(label)) =
            (names[words.clone()].first_chunk_mut(), label[words].first_chunk())
        {
            C::drop_followed(names, label);
        }
    }
    Spots { numbers, names, label }
}

/// Some bytes of the room.
#[inline(always)]
fn bytes<const N: usize>(room: &Room, at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    // The remainder tells the compiler that they are inside.
    let at = at % (room.len() - N + 1);
    bytes.copy_from_slice(&room[at..at + N]);
    bytes
}

/// The first two octets of a dotted quad, around its first dot at byte 3 of `around`. What is no
/// dotted quad gives any number: the filter lets through what it will, the exact step decides.
#[inline(always)]
fn first_octets(around: u64) -> u64 {
    const DOT: u64 = b'.' as u64;
    let byte = |at: u32| around >> (8 * at) & 0xFF;
    let digit = |at: u32| byte(at) ^ 0x30;
    let (hundreds, tens, units) = (digit(0), digit(1), digit(2));
    let has_tens = if tens < 10 { u64::MAX } else { 0 };
    let has_hundreds = if hundreds < 10 { has_tens } else { 0 };
    let first = units + ((10 * tens) & has_tens) + ((100 * hundreds) & has_hundreds);
    // At most three digits, moved up so that the last is the third byte.
    let missing = if byte(5) == DOT { 16 } else { 0 };
    let missing = if missing == 0 && byte(6) == DOT { 8 } else { missing };
    let digits = (around >> 32 & 0x0F_0F0F) << missing;
    let second = (digits & 0xFF) * 100 + (digits >> 8 & 0xFF) * 10 + (digits >> 16 & 0xFF);
    (first & 0xFF) << 8 | second & 0xFF
}
