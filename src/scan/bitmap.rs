//! The bitmaps of a tile, and windows into them.

pub(super) use super::classify::WINDOW;
use super::classify::{BLOCK, MaskRows, Masks, ROOM, ROW, RoomBits};

/// Blocks whose events a tile reports: few enough that text, bitmaps and filters share a
/// first-level cache.
pub(super) const TILE_BLOCKS: usize = 62;

/// Words of a bitmap: the tile's blocks, and one on either side so that windows can cross.
pub(super) const WORDS: usize = TILE_BLOCKS + 2;

const _: () = assert!(WORDS * BLOCK == ROOM);

/// Words before the first and behind the last, so that a row beside a row can be read: a row each.
/// They stay zero.
const BESIDE: usize = ROW;

/// One bitmap of a tile. Word 0 is the block before the tile, the word after its last block is the
/// block after it; what is behind that is only looked at. Words are little-endian in memory, so
/// that a window can begin at any byte, and rows of them are lines of the cache.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Bitmap([u64; BESIDE + WORDS + BESIDE]);

impl Bitmap {
    /// A bitmap of zeros.
    pub(super) const EMPTY: Self = Self([0; BESIDE + WORDS + BESIDE]);

    /// A word.
    #[inline(always)]
    pub(super) fn get(&self, at: usize) -> u64 {
        u64::from_le(self.0[BESIDE + at])
    }

    /// Writes a word.
    #[inline(always)]
    pub(super) fn set(&mut self, at: usize, word: u64) {
        self.0[BESIDE + at] = word.to_le();
    }

    /// The bits that stand `by` bytes behind those of word `at`.
    #[inline(always)]
    pub(super) fn ahead(&self, at: usize, by: u32) -> u64 {
        self.get(at) >> by | self.next(at) << (64 - by)
    }

    /// The bits that stand `by` bytes before those of word `at`.
    #[inline(always)]
    pub(super) fn behind(&self, at: usize, by: u32) -> u64 {
        self.get(at) << by | u64::from_le(self.0[BESIDE + at - 1]) >> (64 - by)
    }

    /// The word after word `at`.
    #[inline(always)]
    pub(super) fn next(&self, at: usize) -> u64 {
        u64::from_le(self.0[BESIDE + at + 1])
    }

    /// What is in the word before word `at` or in the one after it.
    #[inline(always)]
    pub(super) fn beside(&self, at: usize) -> u64 {
        u64::from_le(self.0[BESIDE + at - 1]) | self.next(at)
    }

    /// The words of the tile and the blocks beside it.
    #[inline(always)]
    pub(super) fn words(&self) -> &RoomBits {
        // The array is longer.
        self.0[BESIDE..].first_chunk().unwrap_or(&[0; WORDS])
    }

    /// Eight of them.
    #[inline(always)]
    pub(super) fn row(&self, row: usize) -> &[u64; ROW] {
        // The remainder tells the compiler that it is there.
        &self.0.as_chunks().0[1 + row % (WORDS / ROW)]
    }

    /// The same to be written.
    #[inline(always)]
    pub(super) fn row_mut(&mut self, row: usize) -> &mut [u64; ROW] {
        &mut self.0.as_chunks_mut().0[1 + row % (WORDS / ROW)]
    }

    /// The 64 bits that begin with byte `byte`, which may be a few before the first.
    #[inline(always)]
    fn load(&self, byte: isize) -> u64 {
        const ALL: usize = (BESIDE + WORDS + BESIDE) * 8;
        let bytes: &[u8; ALL] = bytemuck::cast_ref(&self.0);
        // The remainder tells the compiler that they are inside.
        let byte = byte.wrapping_add_unsigned(BESIDE * 8).cast_unsigned() % (ALL - 7);
        bytes[byte..].first_chunk().map_or(0, |&window| u64::from_le_bytes(window))
    }

    /// The bits from bit `at` on, [`WINDOW`] of them at least; the first is bit 0.
    #[inline(always)]
    pub(super) fn window(&self, at: usize) -> u64 {
        self.load((at / 8).cast_signed()) >> (at % 8)
    }

    /// The bits before bit `at`, [`WINDOW`] of them at least; the last is bit 63.
    #[inline(always)]
    pub(super) fn window_before(&self, at: usize) -> u64 {
        let last = at.wrapping_sub(1);
        self.load((last / 8).cast_signed() - 7) << (7 - last % 8)
    }

    /// Whether bit `at` is set.
    pub(super) fn has(&self, at: usize) -> bool {
        self.get(at / BLOCK) >> (at % BLOCK) & 1 != 0
    }

    /// Where the run of bits that `at` is in begins and ends, as far as words `first` to `last` tell.
    pub(super) fn run_around(&self, at: usize, first: usize, last: usize) -> (usize, usize) {
        let mut word = at / BLOCK;
        let mut others = !self.get(word) & low_bits(at % BLOCK);
        while others == 0 && word > first {
            word -= 1;
            others = !self.get(word);
        }
        let start = word * BLOCK + BLOCK - others.leading_zeros() as usize;
        let mut word = at / BLOCK;
        let mut others = !self.get(word) & !low_bits(at % BLOCK);
        while others == 0 && word < last {
            word += 1;
            others = !self.get(word);
        }
        (start, word * BLOCK + others.trailing_zeros() as usize)
    }

    /// The 128 bits that begin 32 bits before word `word`.
    pub(super) fn wide_window(&self, word: usize) -> u128 {
        let byte = (word * 8).cast_signed();
        u128::from(self.load(byte - 4)) | u128::from(self.load(byte + 4)) << 64
    }
}

/// The bitmaps of all classes.
pub(super) struct Bitmaps {
    pub host: Bitmap,
    pub alnum: Bitmap,
    pub letter: Bitmap,
    pub hex: Bitmap,
    pub dot: Bitmap,
    pub colon: Bitmap,
    pub percent: Bitmap,
    pub bracket: Bitmap,
    pub inner: Bitmap,
    pub backslash: Bitmap,
    pub slash: Bitmap,
    pub newline: Bitmap,
    pub high: Bitmap,
}

impl Bitmaps {
    /// Row `row` of each, for the masks of a row of blocks.
    #[inline(always)]
    pub(super) fn row(&mut self, row: usize) -> MaskRows<'_> {
        MaskRows {
            host: self.host.row_mut(row),
            alnum: self.alnum.row_mut(row),
            letter: self.letter.row_mut(row),
            hex: self.hex.row_mut(row),
            dot: self.dot.row_mut(row),
            colon: self.colon.row_mut(row),
            percent: self.percent.row_mut(row),
            bracket: self.bracket.row_mut(row),
            inner: self.inner.row_mut(row),
            backslash: self.backslash.row_mut(row),
            slash: self.slash.row_mut(row),
            newline: self.newline.row_mut(row),
            high: self.high.row_mut(row),
        }
    }

    /// Puts one block's masks at `word`.
    #[inline(always)]
    pub(super) fn put(&mut self, word: usize, masks: &Masks) {
        let at = word % WORDS;
        self.host.set(at, masks.host);
        self.alnum.set(at, masks.alnum);
        self.letter.set(at, masks.letter);
        self.hex.set(at, masks.hex);
        self.dot.set(at, masks.dot);
        self.colon.set(at, masks.colon);
        self.percent.set(at, masks.percent);
        self.bracket.set(at, masks.bracket);
        self.inner.set(at, masks.inner);
        self.backslash.set(at, masks.backslash);
        self.slash.set(at, masks.slash);
        self.newline.set(at, masks.newline);
        self.high.set(at, masks.high);
    }
}

/// The low `count` bits, 0 to 64.
#[inline(always)]
pub(super) fn low_bits(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { !(u64::MAX << count) }
}
