//! Random numbers that are the same on every machine.

/// Steele, Lea and Flood's splitmix64: one multiplication more than nothing, and good enough for
/// text that is only to look uneven.
#[derive(Debug, Clone)]
pub struct Prng(u64);

impl Prng {
    /// The sequence of `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `end`.
    #[inline]
    pub fn below(&mut self, end: u32) -> u32 {
        // The upper half of the product, which is uniform up to end / 2³².
        ((self.bits() >> 32).wrapping_mul(u64::from(end)) >> 32) as u32
    }

    /// A number from `start` up to, not including, `end`.
    #[inline]
    pub fn between(&mut self, start: u32, end: u32) -> u32 {
        start + self.below(end - start)
    }

    /// True one time in `n`.
    #[inline]
    pub fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    /// One of `choices`.
    #[inline]
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u32) as usize]
    }
}

/// A one-to-one mixing of 32 bits (Wellons' lowbias32): counting through it gives numbers that
/// look random and never repeat.
#[inline]
#[must_use]
pub const fn mix32(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ x >> 16
}
