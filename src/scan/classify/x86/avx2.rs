//! AVX2 compares: a class is a few equalities and two ranges, and a range is a subtraction and an
//! unsigned minimum.

use std::arch::x86_64::*;

use super::super::{BLOCK, Classify, Masks};

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
