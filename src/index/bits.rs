//! A bit table asked with a hash: the filter in front of an exact table.

/// A set of hashes that says "no" for certain or "perhaps".
#[derive(Debug)]
pub(crate) struct BitTable {
    words: Box<[u64]>,
    /// How far a hash is shifted so that its top bits number the bits of the table.
    shift: u32,
}

impl BitTable {
    /// The smallest table: 64 Kibit, 8 KiB, a quarter of a first-level cache.
    const MIN_BITS: u32 = 16;
    /// The largest: 64 Mibit, 8 MiB.
    const MAX_BITS: u32 = 26;

    /// A table in which `expected` hashes leave 15 of 16 bits clear, within the limits.
    pub(crate) fn with_capacity(expected: usize) -> Self {
        let wanted = (expected.max(1) * 16).next_power_of_two().trailing_zeros();
        let bits = wanted.clamp(Self::MIN_BITS, Self::MAX_BITS);
        Self { words: vec![0; 1 << (bits - 6)].into(), shift: 64 - bits }
    }

    /// Adds a hash.
    pub(crate) fn insert(&mut self, hash: u64) {
        let bit = (hash >> self.shift) as usize;
        self.words[bit >> 6] |= 1 << (bit & 63);
    }

    /// Whether the hash may have been added.
    #[inline(always)]
    pub(crate) fn may_contain(&self, hash: u64) -> bool {
        let bit = (hash >> self.shift) as usize;
        // The shift leaves as many bits as the table has; the check is for the compiler.
        self.words.get(bit >> 6).is_some_and(|word| word >> (bit & 63) & 1 != 0)
    }
}
