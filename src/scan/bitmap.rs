//! The bitmaps of a tile, and windows into them.

/// Blocks whose events a tile reports: few enough that text, bitmaps and filters share a
/// first-level cache.
pub(super) const TILE_BLOCKS: usize = 62;

/// Words of a bitmap: the tile's blocks, and one on either side so that windows can cross.
pub(super) const WORDS: usize = TILE_BLOCKS + 2;

/// One bitmap of a tile. Word 0 is the block before the tile, the word after its last block is the
/// block after it. Words are little-endian in memory, so that a window can begin at any byte.
pub(super) type Bitmap = [u64; WORDS + 1];

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
    pub backslash: Bitmap,
    pub slash: Bitmap,
    pub high: Bitmap,
}

/// The 64 bits that begin with byte `byte` of a bitmap.
#[inline(always)]
fn load(map: &Bitmap, byte: usize) -> u64 {
    let bytes: &[u8; (WORDS + 1) * 8] = bytemuck::cast_ref(map);
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
