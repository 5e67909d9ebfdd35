//! The bitmaps of a tile, and windows into them.

use super::classify::{MaskRows, Masks, ROW};

/// Blocks whose events a tile reports: few enough that text, bitmaps and filters share a
/// first-level cache.
pub(super) const TILE_BLOCKS: usize = 62;

/// Words of a bitmap: the tile's blocks, and one on either side so that windows can cross.
pub(super) const WORDS: usize = TILE_BLOCKS + 2;

/// One bitmap of a tile. Word 0 is the block before the tile, the word after its last block is the
/// block after it; what is behind that is only looked at. Words are little-endian in memory, so
/// that a window can begin at any byte.
pub(super) type Bitmap = [u64; WORDS + 2];

/// A bitmap of zeros.
pub(super) const EMPTY: Bitmap = [0; WORDS + 2];

/// The bits a window has at least: it begins at a byte, not at a bit.
pub(super) const WINDOW: usize = 57;

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
    pub high: Bitmap,
}

impl Bitmaps {
    /// The words from `word` on, for the masks of a row of blocks.
    #[inline(always)]
    pub(super) fn row(&mut self, word: usize) -> MaskRows<'_> {
        MaskRows {
            host: row(&mut self.host, word),
            alnum: row(&mut self.alnum, word),
            letter: row(&mut self.letter, word),
            hex: row(&mut self.hex, word),
            dot: row(&mut self.dot, word),
            colon: row(&mut self.colon, word),
            percent: row(&mut self.percent, word),
            bracket: row(&mut self.bracket, word),
            inner: row(&mut self.inner, word),
            backslash: row(&mut self.backslash, word),
            slash: row(&mut self.slash, word),
            high: row(&mut self.high, word),
        }
    }

    /// Puts one block's masks at `word`.
    #[inline(always)]
    pub(super) fn put(&mut self, word: usize, masks: &Masks) {
        let at = word % WORDS;
        self.host[at] = masks.host.to_le();
        self.alnum[at] = masks.alnum.to_le();
        self.letter[at] = masks.letter.to_le();
        self.hex[at] = masks.hex.to_le();
        self.dot[at] = masks.dot.to_le();
        self.colon[at] = masks.colon.to_le();
        self.percent[at] = masks.percent.to_le();
        self.bracket[at] = masks.bracket.to_le();
        self.inner[at] = masks.inner.to_le();
        self.backslash[at] = masks.backslash.to_le();
        self.slash[at] = masks.slash.to_le();
        self.high[at] = masks.high.to_le();
    }
}

/// A row of a map's words.
#[inline(always)]
fn row(map: &mut Bitmap, word: usize) -> &mut [u64; ROW] {
    // The remainder tells the compiler that the row fits.
    let rows = map.as_chunks_mut().0;
    &mut rows[word / ROW % (WORDS / ROW)]
}

/// The low `count` bits, 0 to 64.
#[inline(always)]
pub(super) fn low_bits(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { !(u64::MAX << count) }
}

/// The 64 bits that begin with byte `byte` of a bitmap.
#[inline(always)]
fn load(map: &Bitmap, byte: usize) -> u64 {
    let bytes: &[u8; (WORDS + 2) * 8] = bytemuck::cast_ref(map);
    // No byte is asked for behind the last word but one; the remainder tells the compiler so.
    let byte = byte % (WORDS * 8);
    let mut window = [0; 8];
    window.copy_from_slice(&bytes[byte..byte + 8]);
    u64::from_le_bytes(window)
}

/// The bits from bit `at` on, [`WINDOW`] of them at least; the first is bit 0.
#[inline(always)]
pub(super) fn window(map: &Bitmap, at: usize) -> u64 {
    load(map, at / 8) >> (at % 8)
}

/// The bits before bit `at`, [`WINDOW`] of them at least; the last is bit 63.
#[inline(always)]
pub(super) fn window_before(map: &Bitmap, at: usize) -> u64 {
    load(map, ((at - 1) / 8).wrapping_sub(7)) << (7 - (at - 1) % 8)
}

/// The 128 bits that begin 32 bits before word `word`.
pub(super) fn wide_window(map: &Bitmap, word: usize) -> u128 {
    u128::from(load(map, word * 8 - 4)) | u128::from(load(map, word * 8 + 4)) << 64
}
