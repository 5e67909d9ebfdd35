//! NEON, which every AArch64 processor has.

use std::arch::aarch64::*;

use super::{BLOCK, Classify, Masks};

/// Classifies with 16-byte vectors.
pub(crate) struct Neon;

/// Four vectors of 0x00 or 0xFF bytes as one mask: each byte keeps the bit of its position in
/// eight, and pairwise additions bring the bits together (as simdjson does on ARM).
#[inline(always)]
fn bits(vectors: [uint8x16_t; 4]) -> u64 {
    const WEIGHTS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    // SAFETY: NEON is part of AArch64; the load takes the 16 bytes of `WEIGHTS`.
    unsafe {
        let weights = vld1q_u8(WEIGHTS.as_ptr());
        let [a, b, c, d] = vectors.map(|vector| vandq_u8(vector, weights));
        let sum = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
        vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)))
    }
}

impl Classify for Neon {
    #[inline(always)]
    fn classify(block: &[u8; BLOCK]) -> Masks {
        // SAFETY: NEON is part of AArch64; the four loads take 16 bytes each of the 64 of `block`.
        unsafe {
            let load = |at: usize| vld1q_u8(block.as_ptr().add(at));
            let bytes = [load(0), load(16), load(32), load(48)];
            let is = |byte: u8| bits(bytes.map(|vector| vceqq_u8(vector, vdupq_n_u8(byte))));
            let lower = bytes.map(|vector| vorrq_u8(vector, vdupq_n_u8(0x20)));
            let between =
                |vectors: [uint8x16_t; 4], first: u8, count: u8| {
                    bits(vectors.map(|vector| {
                        vcltq_u8(vsubq_u8(vector, vdupq_n_u8(first)), vdupq_n_u8(count))
                    }))
                };
            let high = bits(bytes.map(|vector| vcgeq_u8(vector, vdupq_n_u8(0x80))));
            let digit = between(bytes, b'0', 10);
            let letter = between(lower, b'a', 26) | high;
            let alnum = digit | letter;
            let dot = is(b'.');
            let (colon, slash) = (is(b':'), is(b'/'));
            Masks {
                host: alnum | dot | is(b'-') | is(b'_'),
                alnum,
                letter,
                hex: digit | between(lower, b'a', 6),
                dot,
                colon,
                percent: is(b'%'),
                bracket: is(b'(') | is(b')') | is(b'[') | is(b']') | is(b'{') | is(b'}'),
                inner: dot | colon | slash | is(b'@') | is(b'0'),
                backslash: is(b'\\'),
                slash,
                newline: is(b'\n'),
                high,
            }
        }
    }
}
