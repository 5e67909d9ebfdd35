//! How many different ones, in bounded memory.

use serde::Serialize;

/// How many different ones there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Number {
    /// How many.
    pub value: u64,
    /// Whether it is an estimate: then it is mostly within 12 % of the truth.
    pub is_estimate: bool,
}

/// Counts different keys by the smallest hashes that they have (KMV: Bar-Yossef et al. 2002).
///
/// Up to [`KEPT`](Self::KEPT) it is exact; beyond, the largest of the kept hashes tells how densely
/// they lie. The order in which keys come makes no difference, nor does it how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Distinct {
    /// Ascending.
    smallest: Vec<u64>,
    are_more: bool,
}

impl Distinct {
    /// Standard error 1/√254: 6.3 %.
    pub(super) const KEPT: usize = 256;

    /// Adds a key by its [`hash`].
    pub(super) fn add(&mut self, hash: u64) {
        let is_full = self.smallest.len() == Self::KEPT;
        let Err(at) = self.smallest.binary_search(&hash) else { return };
        if is_full {
            self.are_more = true;
            if at == Self::KEPT {
                return;
            }
            self.smallest.pop();
        }
        self.smallest.insert(at, hash);
    }

    /// How many there were.
    pub(super) fn number(&self) -> Number {
        let value = match self.smallest.last() {
            Some(&largest) if self.are_more => {
                let share = largest as f64 / u64::MAX as f64;
                ((Self::KEPT - 1) as f64 / share).round() as u64
            }
            _ => self.smallest.len() as u64,
        };
        Number { value, is_estimate: self.are_more }
    }
}

/// The same on every machine and in every run: FNV-1a, then the finish of SplitMix64.
pub(super) fn hash(key: &str) -> u64 {
    let fnv = key.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let mixed = (fnv ^ (fnv >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_then_near() {
        let mut distinct = Distinct::default();
        for at in 0..1_000_000_u64 {
            if at <= Distinct::KEPT as u64 {
                assert_eq!(distinct.number(), Number { value: at, is_estimate: false });
            }
            for _ in 0..2 {
                distinct.add(hash(&format!("10.{at}")));
            }
        }
        let number = distinct.number();
        assert!(number.is_estimate);
        assert!(number.value.abs_diff(1_000_000) < 120_000, "{number:?}");
    }
}
