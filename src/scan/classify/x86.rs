//! AVX2 and AVX-512.
//!
//! AVX2 compares: a class is a few equalities and two ranges, and a range is a subtraction and an
//! unsigned minimum. AVX-512 VBMI looks all 128 ASCII values up in one instruction and takes each
//! class's bit out with another; in a row of blocks GFNI takes eight classes' bits out at once.

use std::arch::x86_64::*;

use super::{
    ALNUM, BLOCK, BRACKET, CLASSES, COLON, Classify, DOT, HEX, HOST, INNER, LETTER, Masks, Work,
};
use super::{MaskRows, ROW};

/// Whether the processor has what [`run_avx2`] is compiled for.
pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// Whether the processor has what [`run_avx512`] is compiled for beside AVX2.
pub(super) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("avx512vpopcntdq")
        && is_x86_feature_detected!("gfni")
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn run_avx2<W: Work>(work: W) -> W::Output {
    work.run::<Avx2>()
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,avx512vpopcntdq,gfni")]
pub(super) fn run_avx512<W: Work>(work: W) -> W::Output {
    work.run::<Avx512>()
}

/// Classifies with 32-byte vectors. Used only inside [`run_avx2`].
pub(crate) struct Avx2;

impl Classify for Avx2 {
    #[inline(always)]
    fn classify(block: &[u8; BLOCK]) -> Masks {
        // SAFETY: only `run_avx2` names this type to its work, so the processor has AVX2; both
        // loads stay inside the 64 bytes of `block`, and `loadu` asks for no alignment.
        unsafe {
            let low = half(_mm256_loadu_si256(block.as_ptr().cast()));
            let high = half(_mm256_loadu_si256(block.as_ptr().add(32).cast()));
            let join = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
            Masks {
                host: join(low.host, high.host),
                alnum: join(low.alnum, high.alnum),
                letter: join(low.letter, high.letter),
                hex: join(low.hex, high.hex),
                dot: join(low.dot, high.dot),
                colon: join(low.colon, high.colon),
                percent: join(low.percent, high.percent),
                bracket: join(low.bracket, high.bracket),
                inner: join(low.inner, high.inner),
                backslash: join(low.backslash, high.backslash),
                slash: join(low.slash, high.slash),
                newline: join(low.newline, high.newline),
                high: join(low.high, high.high),
            }
        }
    }

    #[inline(always)]
    fn prefetch<T>(place: &T) {
        // SAFETY: the instruction is part of x86-64 and reads nothing; it is only a hint.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast()) }
    }
}

struct HalfMasks {
    host: u32,
    alnum: u32,
    letter: u32,
    hex: u32,
    dot: u32,
    colon: u32,
    percent: u32,
    bracket: u32,
    inner: u32,
    backslash: u32,
    slash: u32,
    newline: u32,
    high: u32,
}

/// The masks of 32 bytes.
#[target_feature(enable = "avx2")]
#[inline]
fn half(bytes: __m256i) -> HalfMasks {
    let splat = |byte: u8| _mm256_set1_epi8(byte.cast_signed());
    let bits = |vector: __m256i| _mm256_movemask_epi8(vector).cast_unsigned();
    let is = |byte: u8| bits(_mm256_cmpeq_epi8(bytes, splat(byte)));
    // `value <= most` for unsigned bytes, which AVX2 cannot compare.
    let at_most =
        |value: __m256i, most: u8| _mm256_cmpeq_epi8(_mm256_min_epu8(value, splat(most)), value);
    let lower = _mm256_or_si256(bytes, splat(0x20));
    let from_a = _mm256_sub_epi8(lower, splat(b'a'));
    let high = bits(bytes);
    let digit = bits(at_most(_mm256_sub_epi8(bytes, splat(b'0')), 9));
    let letter = bits(at_most(from_a, 25)) | high;
    let hex = digit | bits(at_most(from_a, 5));
    let alnum = digit | letter;
    let (dot, colon, slash) = (is(b'.'), is(b':'), is(b'/'));
    // `[` and `{`, `]` and `}` differ in bit 5 alone; `(` and `)` in bit 0.
    let square_or_curly = _mm256_or_si256(
        _mm256_cmpeq_epi8(lower, splat(b'{')),
        _mm256_cmpeq_epi8(lower, splat(b'}')),
    );
    let round = _mm256_cmpeq_epi8(_mm256_or_si256(bytes, splat(1)), splat(b')'));
    HalfMasks {
        host: alnum | dot | is(b'-') | is(b'_'),
        alnum,
        letter,
        hex,
        dot,
        colon,
        percent: is(b'%'),
        bracket: bits(_mm256_or_si256(square_or_curly, round)),
        inner: dot | colon | slash | is(b'@') | is(b'0'),
        backslash: is(b'\\'),
        slash,
        newline: is(b'\n'),
        high,
    }
}

/// Classifies with 64-byte vectors. Used only inside [`run_avx512`].
pub(crate) struct Avx512;

impl Classify for Avx512 {
    #[inline(always)]
    fn classify(block: &[u8; BLOCK]) -> Masks {
        // SAFETY: only `run_avx512` names this type to its work, so the processor has the
        // features; the load is of the 64 bytes of `block` and asks for no alignment.
        unsafe { whole(_mm512_loadu_si512(block.as_ptr().cast())) }
    }

    #[inline(always)]
    fn classify_row(blocks: &[[u8; BLOCK]; ROW], rows: MaskRows<'_>) -> ([u64; ROW], bool) {
        // SAFETY: as above.
        unsafe { row(blocks, rows) }
    }

    #[inline(always)]
    fn drop_followed(bits: &mut [u64; ROW], label: &[u64; ROW]) {
        // SAFETY: as above.
        unsafe { drop_followed(bits, label) }
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

/// The masks of a row of blocks.
///
/// A look-up gives each byte its eight class bits. A byte's eight bits to eight masks is a
/// transposition of 8 × 8 bits, which is what multiplying with a unit matrix does in
/// `gf2p8affineqb`, but for the order of the bytes, so they are put in reverse before. Eight blocks
/// of eight masks are then transposed as words. The classes of one byte value are compared for:
/// that keeps other ports busy.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
#[inline]
fn row(blocks: &[[u8; BLOCK]; ROW], rows: MaskRows<'_>) -> ([u64; ROW], bool) {
    // SAFETY: the table has 128 bytes; each load takes 64 of them.
    let (low, high_half) = unsafe {
        let low = _mm512_loadu_si512(CLASSES.as_ptr().cast());
        (low, _mm512_loadu_si512(CLASSES.as_ptr().add(64).cast()))
    };
    let splat = |bits: u8| _mm512_set1_epi8(bits.cast_signed());
    // In each eight bytes the last first.
    let reversed = _mm512_set4_epi32(0x0809_0A0B, 0x0C0D_0E0F, 0x0001_0203, 0x0405_0607);
    let unit = _mm512_set1_epi64(0x8040_2010_0804_0201_u64.cast_signed());
    // The same byte of all eights side by side.
    let gathered = {
        let mut order = [0; BLOCK];
        for (at, place) in order.iter_mut().enumerate() {
            *place = (at % 8 * 8 + at / 8) as u8;
        }
        // SAFETY: the load takes the 64 bytes of `order`.
        unsafe { _mm512_loadu_si512(order.as_ptr().cast()) }
    };
    let mut newline = [0; ROW];
    let mut least = _mm512_set1_epi8(-1);
    let mut classes = [_mm512_setzero_si512(); ROW];
    for (at, block) in blocks.iter().enumerate() {
        // SAFETY: the load takes the 64 bytes of `block`.
        let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, splat(byte));
        rows.percent[at] = is(b'%');
        rows.backslash[at] = is(b'\\');
        rows.slash[at] = is(b'/');
        newline[at] = is(b'\n');
        rows.high[at] = _mm512_movepi8_mask(bytes);
        least = _mm512_min_epu8(least, bytes);
        let bytes = _mm512_shuffle_epi8(bytes, reversed);
        let high = _mm512_movepi8_mask(bytes);
        // The look-up takes seven bits of each index.
        let looked_up = _mm512_permutex2var_epi8(low, bytes, high_half);
        let looked_up = _mm512_mask_mov_epi8(looked_up, high, splat(HOST | ALNUM | LETTER));
        let bits = _mm512_gf2p8affine_epi64_epi8::<0>(unit, looked_up);
        classes[at] = _mm512_permutexvar_epi8(gathered, bits);
    }
    let class = transposed(classes);
    let put = |bit: u8, words: &mut [u64; ROW]| {
        let vector = class[bit.trailing_zeros() as usize];
        // SAFETY: the store fills the 64 bytes of `words`.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) }
    };
    put(HOST, rows.host);
    put(ALNUM, rows.alnum);
    put(LETTER, rows.letter);
    put(HEX, rows.hex);
    put(DOT, rows.dot);
    put(COLON, rows.colon);
    put(BRACKET, rows.bracket);
    put(INNER, rows.inner);
    (newline, _mm512_testn_epi8_mask(least, least) != 0)
}

/// Each word's bits in reverse, so that an addition carries towards a word's beginning: from a bit
/// over the run behind it.
#[target_feature(enable = "avx512f,avx512bw,gfni")]
#[inline]
fn drop_followed(bits: &mut [u64; ROW], label: &[u64; ROW]) {
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

/// Word *j* of vector *i* becomes word *i* of vector *j*.
#[target_feature(enable = "avx512f")]
#[inline]
fn transposed(rows: [__m512i; 8]) -> [__m512i; 8] {
    let [a, b, c, d, e, f, g, h] = rows;
    // Pairs of words of two rows each…
    let even = [(a, b), (c, d), (e, f), (g, h)].map(|(x, y)| _mm512_unpacklo_epi64(x, y));
    let odd = [(a, b), (c, d), (e, f), (g, h)].map(|(x, y)| _mm512_unpackhi_epi64(x, y));
    // …then fours, and eights.
    let finish = |[ab, cd, ef, gh]: [__m512i; 4]| {
        let low = |x, y| _mm512_shuffle_i64x2::<0b1000_1000>(x, y);
        let high = |x, y| _mm512_shuffle_i64x2::<0b1101_1101>(x, y);
        let (first, second) = ((low(ab, cd), low(ef, gh)), (high(ab, cd), high(ef, gh)));
        [
            low(first.0, first.1),
            low(second.0, second.1),
            high(first.0, first.1),
            high(second.0, second.1),
        ]
    };
    let ([r0, r2, r4, r6], [r1, r3, r5, r7]) = (finish(even), finish(odd));
    [r0, r1, r2, r3, r4, r5, r6, r7]
}
