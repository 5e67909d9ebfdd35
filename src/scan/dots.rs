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

/// Tokens that are looked at side by side, so that the compiler makes vectors of them.
const LANES: usize = 8;

/// The bytes of a tile and of the blocks beside it.
type Room = [u8; WORDS * BLOCK];

/// The state of a walk over the dotted tokens of tiles, and its working memory.
pub(super) struct Dots {
    /// The first dot of each token, as a bit of the tile.
    first: Box<[u32; MAX_TOKENS]>,
    count: usize,
    /// The dots of each token from its first on, which is bit 0.
    dots: Box<[u64; MAX_TOKENS]>,
    /// The letters and digits of each token from its first dot on.
    alnum: Box<[u64; MAX_TOKENS]>,
    /// The tokens that are numbers.
    numbers: Box<[u16; MAX_TOKENS]>,
    /// The tokens that are names.
    names: Box<[u16; MAX_TOKENS]>,
    /// What the filter is asked for each name, and whether it is kept whatever the answer.
    keys: Box<[u64; MAX_TOKENS]>,
    is_kept: Box<[bool; MAX_TOKENS]>,
    /// The first dots of the tokens that may matter.
    kept: Box<[u32; MAX_TOKENS]>,
    /// Whether a token that has no dot yet reaches over the end of the last tile.
    open_token: bool,
}

impl Dots {
    pub(super) fn new() -> Self {
        Self {
            first: Box::new([0; MAX_TOKENS]),
            count: 0,
            dots: Box::new([0; MAX_TOKENS]),
            alnum: Box::new([0; MAX_TOKENS]),
            numbers: Box::new([0; MAX_TOKENS]),
            names: Box::new([0; MAX_TOKENS]),
            keys: Box::new([0; MAX_TOKENS]),
            is_kept: Box::new([false; MAX_TOKENS]),
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
        // The bytes that the bitmaps are of.
        let before = tile.start.checked_sub(BLOCK).and_then(|at| tile.text.get(at..));
        let Some(room) = before.and_then(|text| text.first_chunk()).filter(|_| !tile.has_high)
        else {
            // At an end of the text windows are not whole, and bytes above 0x7F may be letters or
            // boundaries: it takes the whole token to tell.
            return &self.first[..self.count];
        };
        let (numbers, names, kept) = self.sort(tile.maps, wanted);
        let kept = self.screen_numbers(room, index, numbers, kept);
        let kept = self.screen_names::<C>(tile.maps, room, index, wanted, (names, kept));
        &self.kept[..kept.min(MAX_TOKENS)]
    }

    /// Sorts the tokens into numbers, names, and those to be kept without asking; counts each.
    #[inline(always)]
    fn sort(&mut self, maps: &Bitmaps, wanted: Wanted) -> (usize, usize, usize) {
        let all = |wanted: bool| if wanted { u64::MAX } else { 0 };
        let (addresses, known_names) = (all(wanted.addresses), all(wanted.names));
        let (mut numbers, mut names, mut kept) = (0, 0, 0);
        for (row, first) in self.first[..self.count.min(MAX_TOKENS)].chunks(LANES).enumerate() {
            let (mut host, mut letters) = ([0; LANES], [0; LANES]);
            let (mut dots, mut alnum) = ([0; LANES], [0; LANES]);
            for (lane, &at) in first.iter().enumerate() {
                let dot = at as usize;
                host[lane] = window(&maps.host, dot);
                letters[lane] = window(&maps.letter, dot);
                dots[lane] = window(&maps.dot, dot);
                // From the byte before the dot on.
                alnum[lane] = window(&maps.alnum, dot - 1);
            }
            // Without a branch, for all lanes at once.
            let mut kinds = [0; LANES];
            for lane in 0..LANES {
                let inside = host[lane] & !host[lane].wrapping_add(1);
                dots[lane] &= inside;
                // Too long for a window, or nothing before the dot that would not be trimmed off.
                let is_odd = inside >> (WINDOW - 2) | !alnum[lane] & 1;
                let has_letters = letters[lane] & inside;
                alnum[lane] = alnum[lane] >> 1 & inside;
                let two = dots[lane] & dots[lane].wrapping_sub(1);
                let three = two & two.wrapping_sub(1);
                let number = if has_letters == 0 && three != 0 { addresses & 1 } else { 0 };
                let name = if has_letters != 0 { known_names & 2 } else { 0 };
                kinds[lane] = if is_odd == 0 { number | name } else { 4 };
            }
            let at = row * LANES % MAX_TOKENS;
            self.dots[at..at + LANES].copy_from_slice(&dots);
            self.alnum[at..at + LANES].copy_from_slice(&alnum);
            // Stored in all lists, counted in one: which it is, no branch can foretell.
            for (lane, (&first, &kind)) in first.iter().zip(&kinds).enumerate() {
                self.numbers[numbers % MAX_TOKENS] = (at + lane) as u16;
                self.names[names % MAX_TOKENS] = (at + lane) as u16;
                self.kept[kept % MAX_TOKENS] = first;
                numbers += (kind & 1) as usize;
                names += (kind >> 1 & 1) as usize;
                kept += (kind >> 2) as usize;
            }
        }
        (numbers, names, kept)
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
        for row in self.numbers[..numbers.min(MAX_TOKENS)].chunks(LANES) {
            let (mut around, mut second_dots) = ([0; LANES], [0; LANES]);
            for (lane, &number) in row.iter().enumerate() {
                let (at, dots) = self.seen(number);
                // Three bytes before the dot and four behind.
                around[lane] = u64::from_le_bytes(bytes(room, at - 3));
                second_dots[lane] = u64::from((dots & dots.wrapping_sub(1)).trailing_zeros());
            }
            let mut upper = [0; LANES];
            for lane in 0..LANES {
                upper[lane] = first_octets(around[lane], second_dots[lane]);
            }
            for (&number, &upper) in row.iter().zip(&upper) {
                self.kept[kept % MAX_TOKENS] = self.first[usize::from(number) % MAX_TOKENS];
                kept += usize::from(index.addresses.may_contain(upper as u16));
            }
        }
        kept
    }

    /// Keeps the names that may be at or below a known one, or begin with an address.
    #[inline(always)]
    fn screen_names<C: Classify>(
        &mut self,
        maps: &Bitmaps,
        room: &Room,
        index: &Index,
        wanted: Wanted,
        (names, mut kept): (usize, usize),
    ) -> usize {
        for at in 0..names.min(MAX_TOKENS) {
            let (dot, dots) = self.seen(self.names[at]);
            let alnum = self.alnum[usize::from(self.names[at]) % MAX_TOKENS];
            let before = (!window_before(&maps.host, dot)).leading_zeros();
            // The last byte that is not trimmed off, and the dots before it.
            let last = 63 - (alnum | 1).leading_zeros();
            let dots = dots & low_bits(last as usize);
            let last_dot = 63 - (dots | 1).leading_zeros();
            let others = dots & !(1 << last_dot);
            let two_labels = match others {
                0 => before + last + 1,
                _ => last - (63 - others.leading_zeros()),
            };
            let tail = bytes(room, dot + last as usize + 1 - 16);
            let key = NameKey::new(&tail, two_labels as usize);
            C::prefetch(index.names.memory(key));
            self.keys[at] = key.into();
            // A provider's reverse name has four octets and a name at least. And what would be
            // trimmed off at a name's beginning counted above.
            let may_embed = wanted.addresses & (dots.count_ones() >= 4);
            let is_odd = (before as usize) < WINDOW && !is_set(&maps.alnum, dot - before as usize);
            self.is_kept[at] = may_embed | is_odd;
        }
        for at in 0..names.min(MAX_TOKENS) {
            let name = usize::from(self.names[at]) % MAX_TOKENS;
            self.kept[kept % MAX_TOKENS] = self.first[name];
            let may_matter = index.names.may_contain(self.keys[at].into());
            kept += usize::from(may_matter | self.is_kept[at]);
        }
        kept
    }

    /// The first dot of a token of one of the lists, and all its dots.
    #[inline(always)]
    fn seen(&self, token: u16) -> (usize, u64) {
        let token = usize::from(token) % MAX_TOKENS;
        (self.first[token] as usize, self.dots[token])
    }
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

/// The first two octets of a dotted quad, around its first dot at byte 3 of `around`; the second
/// dot is `second_dot` bytes behind that. What is no dotted quad gives any number: the filter lets
/// through what it will, the exact step decides.
#[inline(always)]
fn first_octets(around: u64, second_dot: u64) -> u64 {
    let digit = |at: u32| (around >> (8 * at) & 0xFF) ^ 0x30;
    let (hundreds, tens, units) = (digit(0), digit(1), digit(2));
    let has_tens = if tens < 10 { u64::MAX } else { 0 };
    let has_hundreds = if hundreds < 10 { has_tens } else { 0 };
    let first = units + ((10 * tens) & has_tens) + ((100 * hundreds) & has_hundreds);
    // At most three digits, moved up so that the last is the third byte.
    let missing = 8 * (4u64.wrapping_sub(second_dot) & 3);
    let digits = (around >> 32 & 0x0F_0F0F) << missing;
    let second = (digits & 0xFF) * 100 + (digits >> 8 & 0xFF) * 10 + (digits >> 16 & 0xFF);
    (first & 0xFF) << 8 | second & 0xFF
}
