//! A table of bits asked with a hash: the filter in front of an exact table.

use super::pages::Table;

/// A set of hashes that says "no" for certain or "perhaps".
///
/// A Bloom filter whose bits for one hash lie in one word (Putze, Sanders and Singler, "Cache-,
/// Hash- and Space-Efficient Bloom Filters", 2007), so that a question costs one memory access.
#[derive(Debug)]
pub(crate) struct BitTable {
    words: Table,
    /// How far a hash is shifted so that its top bits number the words of the table.
    shift: u32,
}

impl BitTable {
    /// The smallest table: 64 Kibit, 8 KiB, a quarter of a first-level cache.
    const MIN_BITS: u32 = 16;
    /// The largest: 64 Mibit, 8 MiB.
    const MAX_BITS: u32 = 26;

    /// A table that says "perhaps" to about one in a hundred strangers when it holds `expected`
    /// hashes, within the limits.
    pub(crate) fn with_capacity(expected: usize) -> Self {
        let wanted = (expected.max(1) * 12).next_power_of_two().trailing_zeros();
        let bits = wanted.clamp(Self::MIN_BITS, Self::MAX_BITS);
        Self { words: Table::zeroed(1 << (bits - 6)), shift: 64 - (bits - 6) }
    }

    /// The bits of a hash in its word. They come from its lower half, the word from its upper.
    #[inline(always)]
    fn mask(hash: u64) -> u64 {
        1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63)
    }

    /// Adds a hash, of which all bits should be good.
    pub(crate) fn insert(&mut self, hash: u64) {
        self.words[(hash >> self.shift) as usize] |= Self::mask(hash);
    }

    /// The word that tells of a hash: to be fetched ahead, or asked.
    #[inline(always)]
    pub(crate) fn word(&self, hash: u64) -> &u64 {
        // The shift leaves as many bits as number the words.
        &self.words[(hash >> self.shift) as usize]
    }

    /// All words, and how far a hash is shifted to number one of them: for those who ask in vectors.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn parts(&self) -> (&[u64], u32) {
        (&self.words, self.shift)
    }

    /// Whether the hash may have been added.
    #[inline(always)]
    pub(crate) fn may_contain(&self, hash: u64) -> bool {
        let mask = Self::mask(hash);
        self.word(hash) & mask == mask
    }
}

/// The factors of [`mix`].
pub(crate) const MIX: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93];

/// Mixes all bits of a value into all bits of a hash (the finalizer of Austin Appleby's
/// MurmurHash3, shortened).
#[inline(always)]
pub(crate) fn mix(value: u64) -> u64 {
    let value = value.wrapping_mul(MIX[0]);
    (value ^ value >> 32).wrapping_mul(MIX[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_mostly_turned_away_and_members_never() {
        let mut table = BitTable::with_capacity(100_000);
        for value in 0..100_000 {
            table.insert(mix(value));
        }
        assert!((0..100_000).all(|value| table.may_contain(mix(value))));
        let strangers = (100_000..200_000).filter(|&value| table.may_contain(mix(value))).count();
        assert!(strangers < 3_000, "{strangers} of 100,000");
    }
}
