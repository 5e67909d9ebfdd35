//! What is asked of many dots at once, eight side by side; the twin of [`super::super::screen`].
//!
//! Places come from outside: each is asked whether what is loaded around it is inside the room.

use std::arch::x86_64::*;

use super::super::ROW;
use super::super::screen::{AT_ONCE, Places, ROOM, Room, RoomBits, SLACK, WINDOW};
use crate::index::{BitTable, MIX, NameKey, Upper};

/// Each word's bits in reverse, so that an addition carries towards a word's beginning: from a bit
/// over the run behind it.
#[target_feature(enable = "avx512f,avx512bw,gfni")]
#[inline]
pub(super) fn drop_followed(bits: &mut [u64; ROW], label: &[u64; ROW]) {
    let order = _mm512_set4_epi32(0x0809_0A0B, 0x0C0D_0E0F, 0x0001_0203, 0x0405_0607);
    // `gf2p8affineqb` with this matrix reverses a byte's bits.
    let matrix = _mm512_set1_epi64(0x8040_2010_0804_0201_u64.cast_signed());
    let reversed = |words: __m512i| {
        _mm512_gf2p8affine_epi64_epi8::<0>(_mm512_shuffle_epi8(words, order), matrix)
    };
    // SAFETY: each load takes, and the store fills, the 64 bytes of a row.
    unsafe {
        let all = _mm512_loadu_si512(bits.as_ptr().cast());
        let (from, label) = (reversed(all), reversed(_mm512_loadu_si512(label.as_ptr().cast())));
        // From the bit before each of `bits` over labels: it stops at what is no label.
        let first = _mm512_and_si512(_mm512_slli_epi64::<1>(from), label);
        let stops = _mm512_andnot_si512(label, _mm512_add_epi64(first, label));
        let dropped = reversed(_mm512_and_si512(stops, from));
        _mm512_storeu_si512(bits.as_mut_ptr().cast(), _mm512_andnot_si512(dropped, all));
    }
}

/// The first bit of each word goes, then the next. Mostly two are enough, and who asks after each
/// whether it was the last guesses wrong.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,avx512vpopcntdq")]
#[inline]
pub(super) fn places(
    words: &[u64; ROW],
    first: u16,
    places: &mut Places,
    mut count: usize,
) -> usize {
    // Four places fit a word, and this one is added to each.
    const FOUR: i64 = 0x0001_0001_0001_0001;
    let beginnings = _mm512_set_epi64(
        448 * FOUR,
        384 * FOUR,
        320 * FOUR,
        256 * FOUR,
        192 * FOUR,
        128 * FOUR,
        64 * FOUR,
        0,
    );
    let base = _mm512_add_epi16(_mm512_set1_epi16(first.cast_signed()), beginnings);
    // SAFETY: the load takes the 64 bytes of `words`.
    let mut rest = unsafe { _mm512_loadu_si512(words.as_ptr().cast()) };
    loop {
        // 64 where there is none.
        let less = lessened(rest);
        let one = below(rest, less);
        rest = _mm512_and_si512(rest, less);
        let less = lessened(rest);
        let two = _mm512_slli_epi64::<16>(below(rest, less));
        rest = _mm512_and_si512(rest, less);
        let both = _mm512_or_si512(one, two);
        // The upper halves of the words are empty.
        let some = _mm512_cmplt_epu16_mask(both, _mm512_set1_epi16(64)) & 0x3333_3333;
        if let Some(room) = places.get_mut(count..count + SLACK) {
            let packed = _mm512_maskz_compress_epi16(some, _mm512_add_epi16(both, base));
            // SAFETY: the store fills the 64 bytes of `room`.
            unsafe { _mm512_storeu_si512(room.as_mut_ptr().cast(), packed) }
        }
        count += some.count_ones() as usize;
        if _mm512_test_epi64_mask(rest, rest) == 0 {
            return count;
        }
    }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn lessened(words: __m512i) -> __m512i {
    _mm512_add_epi64(words, _mm512_set1_epi64(-1))
}

/// How many bits are below the lowest of each word, which is also given less one.
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
#[inline]
fn below(words: __m512i, less: __m512i) -> __m512i {
    _mm512_popcnt_epi64(_mm512_andnot_si512(words, less))
}

/// Writes the chosen ones behind `count` others.
#[target_feature(enable = "avx512vl,avx512vbmi2")]
#[inline]
fn put(row: &[u16; AT_ONCE], chosen: __mmask8, places: &mut Places, count: &mut usize) {
    if let Some(room) = places.get_mut(*count..*count + AT_ONCE) {
        // SAFETY: the load takes the 16 bytes of `row`, and the store fills those of `room`.
        unsafe {
            let packed = _mm_maskz_compress_epi16(chosen, _mm_loadu_si128(row.as_ptr().cast()));
            _mm_storeu_si128(room.as_mut_ptr().cast(), packed);
        }
    }
    *count += chosen.count_ones() as usize;
}

/// The first places, with the lanes that are some; `last` is room for a row that is not full.
#[inline(always)]
fn row_of<'a>(places: &'a [u16], last: &'a mut [u16; AT_ONCE]) -> (&'a [u16; AT_ONCE], __mmask8) {
    match places.first_chunk() {
        Some(row) => (row, u8::MAX),
        None => {
            last[..places.len()].copy_from_slice(places);
            (last, !(u8::MAX << places.len()))
        }
    }
}

/// Words of the room, or of a bitmap, that begin at some of its bytes. What is not inside is zero.
///
/// A load for each: with `vpgatherqq` the whole scan takes a tenth longer on Zen 4, and processors
/// that were mended against what it leaks (Gather Data Sampling) are slower at it still.
#[target_feature(enable = "avx512f")]
#[inline]
fn gathered(bytes: &[u8], places: [usize; AT_ONCE]) -> __m512i {
    let word = |at: usize| {
        let word = bytes.get(at..).and_then(|bytes| bytes.first_chunk());
        word.map_or(0, |&word| i64::from_le_bytes(word))
    };
    let [a, b, c, d, e, f, g, h] = places;
    _mm512_setr_epi64(word(a), word(b), word(c), word(d), word(e), word(f), word(g), word(h))
}

/// Some words of a table.
#[target_feature(enable = "avx512f")]
#[inline]
fn picked(table: &[u64], numbers: __m512i) -> __m512i {
    let word = |at: usize| table.get(at).map_or(0, |word| word.cast_signed());
    let [a, b, c, d, e, f, g, h] = words(numbers);
    _mm512_setr_epi64(word(a), word(b), word(c), word(d), word(e), word(f), word(g), word(h))
}

/// The words of a vector.
#[target_feature(enable = "avx512f")]
#[inline]
fn words(vector: __m512i) -> [usize; AT_ONCE] {
    let mut words = [0_u64; AT_ONCE];
    // SAFETY: the store fills the 64 bytes of `words`.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) }
    words.map(|word| word as usize)
}

/// Keeps the numbers whose first two octets may be those of a known address.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2")]
#[inline]
pub(super) fn screen_numbers(
    room: &Room,
    mut numbers: &[u16],
    upper: &Upper,
    kept: &mut Places,
    mut count: usize,
) -> usize {
    let word = |word: u64| _mm512_set1_epi64(word.cast_signed());
    while !numbers.is_empty() {
        let mut last_row = [0; AT_ONCE];
        let (row, live) = row_of(numbers, &mut last_row);
        numbers = &numbers[numbers.len().min(AT_ONCE)..];
        // Three bytes before the dot and four behind. What is a digit has its value now.
        let around = gathered(room, row.map(|dot| usize::from(dot).wrapping_sub(3)));
        let values = _mm512_xor_si512(around, _mm512_set1_epi8(0x30));
        // The first octet: one digit is there, and those before it are while they are digits.
        let digits = _mm512_cmple_epu8_mask(values, _mm512_set1_epi8(9));
        let digits = digits & (digits >> 1 | !0x0101_0101_0101_0101);
        // The second: a dot where its second digit might be, or its third, has bit 4 set. It is
        // moved up so that its last digit is the third byte.
        let two = _mm512_and_si512(_mm512_srli_epi64::<8>(values), word(16 << 32));
        let missing =
            _mm512_ternarylogic_epi64::<0xF8>(two, _mm512_srli_epi64::<17>(values), word(8 << 32));
        let values = _mm512_maskz_mov_epi8(digits, values);
        let values = _mm512_sllv_epi32(values, missing);
        let weights = word(0x0001_0A64_0001_0A64);
        let pairs = _mm512_maddubs_epi16(values, weights);
        let octets = _mm512_madd_epi16(pairs, _mm512_set1_epi16(1));
        // The octets are in the two halves of a word. The upper ten of their bits number the word
        // of the table, the others its bit.
        let low = _mm512_srli_epi64::<32>(octets);
        let number = _mm512_ternarylogic_epi64::<0xE0>(
            word(1023),
            _mm512_slli_epi64::<2>(octets),
            _mm512_srli_epi64::<6>(low),
        );
        let bits = picked(upper, number);
        let bit = _mm512_srlv_epi64(bits, _mm512_and_si512(low, word(63)));
        let may_matter = _mm512_test_epi64_mask(bit, word(1));
        put(row, may_matter & live, kept, &mut count);
    }
    count
}

/// Keeps the names that may be at or below a known one.
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi2")]
#[inline]
pub(super) fn screen_names(
    (room, label): (&Room, &RoomBits),
    mut names: &[u16],
    filter: &BitTable,
    kept: &mut Places,
    mut count: usize,
) -> usize {
    let word = |word: u64| _mm512_set1_epi64(word.cast_signed());
    let label: &[u8; ROOM / 8] = bytemuck::cast_ref(label);
    let (filter, shift) = filter.parts();
    let last = word((filter.len() as u64).saturating_sub(1));
    let shift = word(shift.into());
    while !names.is_empty() {
        let mut last_row = [0; AT_ONCE];
        let (row, live) = row_of(names, &mut last_row);
        names = &names[names.len().min(AT_ONCE)..];
        let dots = row.map(usize::from);
        let before = gathered(room, dots.map(|dot| dot.wrapping_sub(NameKey::BEFORE)));
        let after = gathered(room, dots.map(|dot| dot + 1));
        // The length of the label: ones at the end of the 57 bits and more before the dot.
        let ends = dots.map(|dot| dot.wrapping_sub(1));
        let window = gathered(label, ends.map(|end| (end / 8).wrapping_sub(7)));
        // SAFETY: the load takes the 16 bytes of `row`.
        let dot = unsafe { _mm512_cvtepu16_epi64(_mm_loadu_si128(row.as_ptr().cast())) };
        let end = _mm512_sub_epi64(dot, word(1));
        let moved = _mm512_andnot_si512(end, word(7));
        let others = _mm512_xor_si512(_mm512_sllv_epi64(window, moved), word(u64::MAX));
        let len = _mm512_lzcnt_epi64(others);
        let first = gathered(room, words(_mm512_sub_epi64(dot, len)));
        let first = _mm512_and_si512(first, word(0xFF));
        // What would be trimmed off at a name's beginning counted above.
        let is_kept = _mm512_cmpge_epu64_mask(len, word(WINDOW as u64))
            | _mm512_cmpeq_epi64_mask(first, word(b'-'.into()))
            | _mm512_cmpeq_epi64_mask(first, word(b'_'.into()));
        // As in `NameKey::around`.
        let lower = word(NameKey::LOWER);
        let counted =
            _mm512_min_epu64(_mm512_max_epu64(len, word(1)), word(NameKey::BEFORE as u64));
        let out = _mm512_sub_epi64(word(64), _mm512_slli_epi64::<3>(counted));
        let before = _mm512_srlv_epi64(_mm512_or_si512(before, lower), out);
        let after = _mm512_and_si512(_mm512_or_si512(after, lower), word(0xFFFF));
        let value =
            _mm512_xor_si512(before, _mm512_rol_epi64::<{ NameKey::TURN.cast_signed() }>(after));
        let value = _mm512_mullo_epi64(value, word(MIX[0]));
        let value = _mm512_xor_si512(value, _mm512_srli_epi64::<32>(value));
        let hash = _mm512_mullo_epi64(value, word(MIX[1]));
        // As in `BitTable::may_contain`.
        let number = _mm512_min_epu64(_mm512_srlv_epi64(hash, shift), last);
        let bits = picked(filter, number);
        let bit = |by: __m512i| _mm512_srlv_epi64(bits, _mm512_and_si512(by, word(63)));
        let all = _mm512_ternarylogic_epi64::<0x80>(
            bit(hash),
            bit(_mm512_srli_epi64::<6>(hash)),
            bit(_mm512_srli_epi64::<12>(hash)),
        );
        let may_matter = _mm512_test_epi64_mask(all, word(1));
        put(row, (may_matter | is_kept) & live, kept, &mut count);
    }
    count
}
