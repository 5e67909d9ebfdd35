//! What is asked of many dots at once, without SIMD.
//!
//! Nearly every dotted token of a log is turned away by what stands around one of its dots: two
//! octets, or the ends of two labels. So this is done for every token, and has no branch that
//! depends on one. `x86` has a twin of it in vectors.

use super::{BLOCK, Classify, ROW};
use crate::index::{BitTable, NameKey, Upper, is_set};

/// The bytes of a [`Room`].
pub(crate) const ROOM: usize = 8 * ROW * BLOCK;

/// The bytes that bitmaps are of.
pub(crate) type Room = [u8; ROOM];

/// A bit for each byte of a [`Room`]. Words are little-endian in memory, so that a window can begin
/// at any byte.
pub(crate) type RoomBits = [u64; ROOM / BLOCK];

/// The bits a window into a bitmap has at least: it begins at a byte, not at a bit.
pub(crate) const WINDOW: usize = 57;

/// Room for every dot of a [`Room`].
pub(crate) const MAX_DOTS: usize = ROOM;

/// Places that are written, and looked at, at once.
pub(crate) const AT_ONCE: usize = 8;

/// Places that may be written behind the last.
pub(crate) const SLACK: usize = 4 * AT_ONCE;

/// Places of dots in a [`Room`].
pub(crate) type Places = [u16; MAX_DOTS + SLACK];

/// Writes where the bits of some words, little-endian in memory, are behind `count` others, and gives how many there are
/// then. Bit *b* of word *w* is at `first` + 64 *w* + *b*.
#[inline(always)]
pub(super) fn places(
    words: &[u64; ROW],
    first: u16,
    places: &mut Places,
    mut count: usize,
) -> usize {
    for (word, &bits) in words.iter().enumerate() {
        let base = first + (word * BLOCK) as u16;
        let mut bits = u64::from_le(bits);
        let new = bits.count_ones() as usize;
        // So many without asking how many there are: mostly two are enough, nearly always eight.
        if let Some(room) = places[count % MAX_DOTS..].first_chunk_mut::<AT_ONCE>() {
            let (two, more) = room.split_at_mut(2);
            for place in two {
                *place = base + bits.trailing_zeros() as u16;
                bits &= bits.wrapping_sub(1);
            }
            if new > 2 {
                for place in more {
                    *place = base + bits.trailing_zeros() as u16;
                    bits &= bits.wrapping_sub(1);
                }
            }
        }
        for at in count + AT_ONCE..count + new {
            places[at % MAX_DOTS] = base + bits.trailing_zeros() as u16;
            bits &= bits.wrapping_sub(1);
        }
        count += new;
    }
    count
}

/// Keeps the numbers whose first two octets may be those of a known address.
#[inline(always)]
pub(super) fn screen_numbers(
    room: &Room,
    numbers: &[u16],
    upper: &Upper,
    kept: &mut Places,
    mut count: usize,
) -> usize {
    // Side by side, so that the compiler makes vectors of them.
    for row in numbers.chunks(AT_ONCE) {
        let mut octets = [0; AT_ONCE];
        for (octets, &dot) in octets.iter_mut().zip(row) {
            // Three bytes before the dot and four behind.
            *octets = u64::from_le_bytes(bytes(room, usize::from(dot).wrapping_sub(3)));
        }
        for octets in &mut octets {
            *octets = first_octets(*octets);
        }
        for (&dot, &octets) in row.iter().zip(&octets) {
            kept[count % MAX_DOTS] = dot;
            count += usize::from(is_set(upper, octets as u16));
        }
    }
    count
}

/// Keeps the names that may be at or below a known one.
#[inline(always)]
pub(super) fn screen_names<C: Classify>(
    (room, label): (&Room, &RoomBits),
    names: &[u16],
    filter: &BitTable,
    kept: &mut Places,
    mut count: usize,
) -> usize {
    /// So many are asked for ahead, for with many indicators the filter is in no near cache.
    const AHEAD: usize = 64;
    for some in names.chunks(AHEAD) {
        let (mut keys, mut is_kept) = ([0; AHEAD], [false; AHEAD]);
        for ((key, is_kept), &dot) in keys.iter_mut().zip(&mut is_kept).zip(some) {
            let dot = usize::from(dot);
            let len = (!window_before(label, dot)).leading_zeros() as usize;
            let name = NameKey::around(
                bytes(room, dot.wrapping_sub(NameKey::BEFORE)),
                len,
                bytes(room, dot + 1),
            );
            *key = name.into();
            C::prefetch(filter.word(*key));
            // What would be trimmed off at a name's beginning counted above.
            let [first] = bytes(room, dot.wrapping_sub(len));
            *is_kept = (len >= WINDOW) | (first == b'-') | (first == b'_');
        }
        for ((&key, &is_kept), &dot) in keys.iter().zip(&is_kept).zip(some) {
            kept[count % MAX_DOTS] = dot;
            count += usize::from(filter.may_contain(key) | is_kept);
        }
    }
    count
}

/// The bits before bit `at`, [`WINDOW`] of them at least; the last is bit 63.
#[inline(always)]
fn window_before(map: &RoomBits, at: usize) -> u64 {
    let map: &[u8; ROOM / 8] = bytemuck::cast_ref(map);
    let last = at.wrapping_sub(1);
    // The remainder tells the compiler that all are inside.
    let byte = (last / 8).wrapping_sub(7) % (map.len() - 7);
    let window = map[byte..].first_chunk().map_or(0, |&window| u64::from_le_bytes(window));
    window << (7 - last % 8)
}

/// Some bytes of the room.
#[inline(always)]
fn bytes<const N: usize>(room: &Room, at: usize) -> [u8; N] {
    // The remainder tells the compiler that they are inside.
    let at = at % (room.len() - N + 1);
    room[at..].first_chunk().copied().unwrap_or([0; N])
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
