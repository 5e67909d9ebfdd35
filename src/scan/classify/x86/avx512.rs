//! AVX-512 looks values up instead of comparing.
//!
//! A block on its own: VBMI looks all 128 ASCII values up in one instruction, and a test for each
//! class makes its mask. Rows of blocks, which is nearly all: see [`row`].

use std::arch::x86_64::*;

use super::super::screen::{Places, Room, RoomBits};
use super::super::{
    ALNUM, BLOCK, BRACKET, CLASSES, COLON, Classify, DOT, HEX, HOST, INNER, LETTER, MaskRows,
    Masks, ROW,
};
use super::dots;
use crate::index::{BitTable, Upper};

/// Classifies with 64-byte vectors. Used only inside `run_avx512`.
pub(crate) struct Avx512;

// SAFETY of every `unsafe` block here: only `run_avx512` names this type to its work, so the
// processor has the features that the functions are compiled for.
impl Classify for Avx512 {
    #[inline(always)]
    fn classify(block: &[u8; BLOCK]) -> Masks {
        // SAFETY: as above; the load is of the 64 bytes of `block` and asks for no alignment.
        unsafe { whole(_mm512_loadu_si512(block.as_ptr().cast())) }
    }

    #[inline(always)]
    fn classify_row(blocks: &[[u8; BLOCK]; ROW], rows: MaskRows<'_>) -> bool {
        // SAFETY: as above.
        unsafe { row(blocks, rows) }
    }

    #[inline(always)]
    fn drop_followed(bits: &mut [u64; ROW], label: &[u64; ROW]) {
        // SAFETY: as above.
        unsafe { dots::drop_followed(bits, label) }
    }

    #[inline(always)]
    fn places(words: &[u64; ROW], first: u16, places: &mut Places, count: usize) -> usize {
        // SAFETY: as above.
        unsafe { dots::places(words, first, places, count) }
    }

    #[inline(always)]
    fn screen_numbers(
        room: &Room,
        numbers: &[u16],
        upper: &Upper,
        kept: &mut Places,
        count: usize,
    ) -> usize {
        // SAFETY: as above.
        unsafe { dots::screen_numbers(room, numbers, upper, kept, count) }
    }

    #[inline(always)]
    fn screen_names(
        (room, label): (&Room, &RoomBits),
        names: &[u16],
        filter: &BitTable,
        kept: &mut Places,
        count: usize,
    ) -> usize {
        // SAFETY: as above.
        unsafe { dots::screen_names((room, label), names, filter, kept, count) }
    }

    #[inline(always)]
    fn nonzero(words: &[u64; ROW]) -> u8 {
        // SAFETY: as above; the load takes the 64 bytes of `words`.
        unsafe {
            let words = _mm512_loadu_si512(words.as_ptr().cast());
            _mm512_test_epi64_mask(words, words)
        }
    }

    #[inline(always)]
    fn prefetch<T>(place: &T) {
        // SAFETY: the instruction is part of x86-64 and reads nothing; it is only a hint.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast()) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
#[inline]
fn whole(bytes: __m512i) -> Masks {
    // SAFETY: `CLASSES` has 128 bytes; each load takes 64 of them.
    let (low, high_half) = unsafe {
        (
            _mm512_loadu_si512(CLASSES.as_ptr().cast()),
            _mm512_loadu_si512(CLASSES.as_ptr().add(64).cast()),
        )
    };
    let high = _mm512_movepi8_mask(bytes);
    // The look-up takes seven bits of each index; bytes above 0x7F are masked to no class.
    let classes = _mm512_maskz_permutex2var_epi8(!high, low, bytes, high_half);
    let has = |bit: u8| _mm512_test_epi8_mask(classes, _mm512_set1_epi8(bit.cast_signed()));
    let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte.cast_signed()));
    Masks {
        host: has(HOST) | high,
        alnum: has(ALNUM) | high,
        letter: has(LETTER) | high,
        hex: has(HEX),
        dot: has(DOT),
        colon: has(COLON),
        percent: is(b'%'),
        bracket: has(BRACKET),
        inner: has(INNER),
        backslash: is(b'\\'),
        slash: is(b'/'),
        newline: is(b'\n'),
        high,
    }
}

/// Seven bits for every ASCII byte, in which the classes of a row are written; [`row`] reads them.
/// Bytes of host tokens have the first, and say with the next three what they are. Of all others
/// the last three say which they are.
static CODES: [u8; 128] = {
    const IN_HOST: u8 = 1 << 0;
    const ALNUM: u8 = 1 << 1;
    const LETTER_OR_NUL: u8 = 1 << 2;
    const HEX: u8 = 1 << 3;
    const INNER_OR_NEWLINE: u8 = 1 << 4;
    const E: u8 = 1 << 5;
    const F: u8 = 1 << 6;
    let mut codes = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        codes[byte] = match byte as u8 {
            b'0' => IN_HOST | ALNUM | HEX | INNER_OR_NEWLINE,
            b'1'..=b'9' => IN_HOST | ALNUM | HEX,
            b'a'..=b'f' | b'A'..=b'F' => IN_HOST | ALNUM | LETTER_OR_NUL | HEX,
            b'g'..=b'z' | b'G'..=b'Z' => IN_HOST | ALNUM | LETTER_OR_NUL,
            b'.' => IN_HOST | INNER_OR_NEWLINE,
            b'-' | b'_' => IN_HOST,
            b':' => INNER_OR_NEWLINE | E,
            b'/' => INNER_OR_NEWLINE | F,
            b'@' => INNER_OR_NEWLINE | E | F,
            b'\n' => INNER_OR_NEWLINE,
            b'%' => E,
            b'\\' => F,
            b'(' | b')' | b'[' | b']' | b'{' | b'}' => E | F,
            0 => LETTER_OR_NUL,
            _ => 0,
        };
        byte += 1;
    }
    codes
};

/// The masks of a row of blocks.
///
/// A look-up gives each byte a code of seven bits, and the eighth is the byte's own. Bytes of eight
/// bits to eight masks is a transposition of 8 × 8 bits, which is what multiplying with a unit
/// matrix does in `gf2p8affineqb`, but for the order of bits. Eight blocks of eight masks are then
/// transposed as words. What is left is to read thirteen classes from eight bits, for 512 bytes in
/// one instruction or two.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
#[inline]
fn row(blocks: &[[u8; BLOCK]; ROW], rows: MaskRows<'_>) -> bool {
    // SAFETY: the table has 128 bytes; each load takes 64 of them.
    let (low, high_half) = unsafe {
        let low = _mm512_loadu_si512(CODES.as_ptr().cast());
        (low, _mm512_loadu_si512(CODES.as_ptr().add(64).cast()))
    };
    // As the left factor it moves bits to where they belong, as the right one it reverses them.
    let unit = _mm512_set1_epi64(0x8040_2010_0804_0201_u64.cast_signed());
    let top = _mm512_set1_epi8(i8::MIN);
    // The same byte of all eights side by side.
    let gathered = {
        const ORDER: [u8; BLOCK] = {
            let mut order = [0; BLOCK];
            let mut at = 0;
            while at < BLOCK {
                order[at] = (at % 8 * 8 + at / 8) as u8;
                at += 1;
            }
            order
        };
        // SAFETY: the load takes the 64 bytes of `ORDER`.
        unsafe { _mm512_loadu_si512(ORDER.as_ptr().cast()) }
    };
    let mut words = [_mm512_setzero_si512(); ROW];
    for at in 0..ROW {
        // SAFETY: the load takes the 64 bytes of a block.
        let bytes = unsafe { _mm512_loadu_si512(blocks[at].as_ptr().cast()) };
        // It takes seven bits of each index.
        let looked_up = _mm512_permutex2var_epi8(low, bytes, high_half);
        // `looked_up | bytes & top`
        let codes = _mm512_ternarylogic_epi64::<0xF8>(looked_up, bytes, top);
        let bits = _mm512_gf2p8affine_epi64_epi8::<0>(unit, codes);
        words[at] = _mm512_permutexvar_epi8(gathered, bits);
    }
    let mut planes = transposed(words);
    for plane in &mut planes {
        *plane = _mm512_gf2p8affine_epi64_epi8::<0>(*plane, unit);
    }
    let [in_host, alnum, letter_or_nul, hex, inner_or_newline, e, f, high] = planes;
    let put = |words: &mut [u64; ROW], vector: __m512i| {
        // SAFETY: the store fills the 64 bytes of `words`.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) }
    };
    // What a byte above 0x7F was looked up as is none of its business: it is a letter.
    let host = _mm512_or_si512(in_host, high);
    put(rows.host, host);
    put(rows.alnum, _mm512_or_si512(alnum, high));
    put(rows.letter, _mm512_ternarylogic_epi64::<0xF8>(high, letter_or_nul, in_host));
    put(rows.hex, _mm512_andnot_si512(high, hex));
    let dot = _mm512_ternarylogic_epi64::<0x40>(inner_or_newline, in_host, alnum);
    put(rows.dot, _mm512_andnot_si512(high, dot));
    put(rows.high, high);
    let code = (inner_or_newline, e, f);
    let other = |codes| _mm512_andnot_si512(host, codes);
    let newline = other(_mm512_ternarylogic_epi64::<0x10>(code.0, code.1, code.2));
    put(rows.newline, newline);
    put(rows.colon, other(_mm512_ternarylogic_epi64::<0x40>(code.0, code.1, code.2)));
    put(rows.slash, other(_mm512_ternarylogic_epi64::<0x20>(code.0, code.1, code.2)));
    put(rows.percent, other(_mm512_ternarylogic_epi64::<0x04>(code.0, code.1, code.2)));
    put(rows.backslash, other(_mm512_ternarylogic_epi64::<0x02>(code.0, code.1, code.2)));
    put(rows.bracket, other(_mm512_ternarylogic_epi64::<0x08>(code.0, code.1, code.2)));
    put(rows.inner, _mm512_ternarylogic_epi64::<0x10>(inner_or_newline, newline, high));
    let nul = other(letter_or_nul);
    _mm512_test_epi64_mask(nul, nul) != 0
}

/// Word *j* of vector *i* becomes word *i* of vector *j*.
#[target_feature(enable = "avx512f")]
#[inline]
fn transposed([a, b, c, d, e, f, g, h]: [__m512i; 8]) -> [__m512i; 8] {
    // Pairs of words of two rows each…
    let (even_ab, odd_ab) = (_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
    let (even_cd, odd_cd) = (_mm512_unpacklo_epi64(c, d), _mm512_unpackhi_epi64(c, d));
    let (even_ef, odd_ef) = (_mm512_unpacklo_epi64(e, f), _mm512_unpackhi_epi64(e, f));
    let (even_gh, odd_gh) = (_mm512_unpacklo_epi64(g, h), _mm512_unpackhi_epi64(g, h));
    // …then fours, and eights.
    let [r0, r2, r4, r6] = finished(even_ab, even_cd, even_ef, even_gh);
    let [r1, r3, r5, r7] = finished(odd_ab, odd_cd, odd_ef, odd_gh);
    [r0, r1, r2, r3, r4, r5, r6, r7]
}

/// The second half of [`transposed`], for every other row.
#[target_feature(enable = "avx512f")]
#[inline]
fn finished(ab: __m512i, cd: __m512i, ef: __m512i, gh: __m512i) -> [__m512i; 4] {
    const LOW: i32 = 0b1000_1000;
    const HIGH: i32 = 0b1101_1101;
    let first = (_mm512_shuffle_i64x2::<LOW>(ab, cd), _mm512_shuffle_i64x2::<LOW>(ef, gh));
    let second = (_mm512_shuffle_i64x2::<HIGH>(ab, cd), _mm512_shuffle_i64x2::<HIGH>(ef, gh));
    [
        _mm512_shuffle_i64x2::<LOW>(first.0, first.1),
        _mm512_shuffle_i64x2::<LOW>(second.0, second.1),
        _mm512_shuffle_i64x2::<HIGH>(first.0, first.1),
        _mm512_shuffle_i64x2::<HIGH>(second.0, second.1),
    ]
}
