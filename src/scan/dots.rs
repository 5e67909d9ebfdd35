//! From dot to dot: which of them may belong to a known address or name.
//!
//! Nearly every dotted token of a log is a private address or somebody's innocent name, and the
//! filters turn it away by two octets or by the end of two labels. Both stand around one dot: the
//! octets on either side of an address's first, the labels on either side of a name's last. Which
//! dots these may be, the bitmaps tell for 64 bytes at a time; so that is all that is done for
//! every token, without a branch that depends on it. The few dots that pass have their tokens cut
//! out and looked at in full by [`super::tokens`].

use super::bitmap::{Bitmap, Bitmaps, WORDS, low_bits};
use super::classify::{BLOCK, Classify, MAX_DOTS, Places, ROW, Room};
use super::patterns::Wanted;
use super::tile::{Ahead, TileText};
use crate::index::Index;

/// The working memory of the walk over the dots of a tile.
pub(super) struct Dots {
    spots: Box<Spots>,
    /// The dots that are looked at.
    numbers: Box<Places>,
    names: Box<Places>,
    /// The dots whose tokens may matter.
    kept: Box<Places>,
}

/// Where a token may be an address or a name, as bits.
struct Spots {
    /// The first dots of what may be dotted quads.
    numbers: Bitmap,
    /// The last dots of what may be names, and perhaps others.
    names: Bitmap,
    /// Bytes of labels.
    label: Bitmap,
    /// What the others are made of.
    digit: Bitmap,
    behind_digit: Bitmap,
}

impl Dots {
    pub(super) fn new() -> Self {
        let places = || Box::new([0; _]);
        Self { spots: Box::new(Spots::new()), numbers: places(), names: places(), kept: places() }
    }

    /// A dot of every token that may matter in a tile of `blocks`, the last of which has `last`
    /// bytes. There may be several of the same token. `room` are the bytes that the bitmaps are of.
    #[inline(always)]
    pub(super) fn screen<C: Classify>(
        &mut self,
        tile: TileText<'_>,
        room: Option<&Room>,
        (blocks, last): (usize, usize),
        index: &Index,
        wanted: Wanted,
        ahead: Ahead<'_>,
    ) -> &[u16] {
        let Some(room) = room.filter(|_| !tile.has_high && !wanted.every_dot) else {
            // In a few blocks windows are not whole, and bytes above 0x7F may be letters or
            // boundaries: it takes the whole token to tell.
            let count = self.all(tile.maps, blocks, last);
            return &self.kept[..count.min(MAX_DOTS)];
        };
        ahead.fetch::<C>(5);
        self.spots.find::<C>(tile.maps, (blocks, last));
        ahead.fetch::<C>(6);
        let Self { spots, numbers, names, kept } = self;
        let (mut some_numbers, mut some_names) = (0, 0);
        for row in 0..WORDS / ROW {
            let first = (row * ROW * BLOCK) as u16;
            some_numbers = C::places(spots.numbers.row(row), first, numbers, some_numbers);
            some_names = C::places(spots.names.row(row), first, names, some_names);
        }
        ahead.fetch::<C>(7);
        let mut count = 0;
        if wanted.addresses {
            let numbers = &numbers[..some_numbers.min(MAX_DOTS)];
            count = C::screen_numbers(room, numbers, index.addresses.upper(), kept, count);
        }
        if wanted.names {
            let names = &names[..some_names.min(MAX_DOTS)];
            count = C::screen_names(
                (room, spots.label.words()),
                names,
                index.names.filter(),
                kept,
                count,
            );
        }
        &kept[..count.min(MAX_DOTS)]
    }

    /// Keeps every dot.
    #[cold]
    fn all(&mut self, maps: &Bitmaps, blocks: usize, last: usize) -> usize {
        let mut count = 0;
        for word in 1..=blocks.min(WORDS - 2) {
            let inside = if word == blocks { low_bits(last) } else { u64::MAX };
            let mut dots = maps.dot.get(word) & inside;
            while dots != 0 {
                self.kept[count % MAX_DOTS] = (word * BLOCK) as u16 + dots.trailing_zeros() as u16;
                count += 1;
                dots &= dots - 1;
            }
        }
        count
    }
}

impl Spots {
    fn new() -> Self {
        const NONE: Bitmap = Bitmap::EMPTY;
        Self { numbers: NONE, names: NONE, label: NONE, digit: NONE, behind_digit: NONE }
    }

    /// Loops over whole bitmaps without a branch, of which the compiler makes vectors.
    #[inline(always)]
    fn find<C: Classify>(&mut self, maps: &Bitmaps, (blocks, last): (usize, usize)) {
        for at in 0..WORDS {
            self.label.set(at, maps.host.get(at) & !maps.dot.get(at));
            self.digit.set(at, maps.alnum.get(at) & !maps.letter.get(at));
        }
        for at in 0..WORDS {
            self.behind_digit.set(at, maps.dot.get(at) & self.digit.behind(at, 1));
            self.names.set(at, maps.dot.get(at) & maps.letter.ahead(at, 1));
        }
        for at in 0..WORDS {
            let (dot, digit) = (&maps.dot, &self.digit);
            // A digit on either side, and another dot where the second octet ends.
            let next = dot.ahead(at, 2) | dot.ahead(at, 3) | dot.ahead(at, 4);
            let quad = self.behind_digit.get(at) & digit.ahead(at, 1) & next;
            // What stands before is an octet, too: then it is not the first dot. A dot without a
            // digit before it is none of the token's.
            let octet = |by: u32| self.behind_digit.behind(at, by);
            let (two, three) = (digit.behind(at, 2), digit.behind(at, 3));
            let later = octet(2) | two & (octet(3) | three & octet(4));
            self.numbers.set(at, quad & !later);
        }
        for row in 0..WORDS / ROW {
            C::drop_followed(self.names.row_mut(row), self.label.row(row));
        }
        // What is beside the tile.
        for map in [&mut self.numbers, &mut self.names] {
            map.set(0, 0);
            map.set(blocks, map.get(blocks) & low_bits(last));
            for at in blocks + 1..WORDS {
                map.set(at, 0);
            }
        }
    }
}
