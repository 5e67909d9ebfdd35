//! File hashes and certificate fingerprints.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::bits::{BitTable, mix};
use crate::indicator::{IndicatorId, IndicatorSet};

/// Digests by their lower-case hex text.
#[derive(Debug)]
pub(crate) struct DigestIndex {
    filter: BitTable,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

/// The filter's key: the first eight hex digits, in lower case.
#[inline(always)]
fn key(first: [u8; 8]) -> u64 {
    // Setting bit 5 lower-cases hex letters and leaves digits as they are.
    mix(u64::from_le_bytes(first) | u64::from_le_bytes([0x20; 8]))
}

impl DigestIndex {
    /// An empty index with room for `expected` digests.
    pub(crate) fn with_capacity(expected: usize) -> Self {
        Self {
            filter: BitTable::with_capacity(expected),
            table: HashTable::with_capacity(expected),
            hasher: DefaultHashBuilder::default(),
        }
    }

    /// Adds a digest in lower-case hex.
    pub(crate) fn insert(&mut self, set: &IndicatorSet, value: &str, id: IndicatorId) {
        if let Some(first) = value.as_bytes().first_chunk::<8>() {
            self.filter.insert(key(*first));
        }
        let Self { table, hasher, .. } = self;
        table.insert_unique(hasher.hash_one(value.as_bytes()), id.raw(), |&id| {
            hasher.hash_one(set.get(IndicatorId::from_raw(id)).value().as_bytes())
        });
    }

    /// Whether there is no digest.
    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Whether a digest that begins with these hex digits, in any case, may be known.
    #[inline]
    pub(crate) fn may_contain(&self, first: [u8; 8]) -> bool {
        self.filter.may_contain(key(first))
    }

    /// The indicators with this value, lower-case hex: a file hash, a fingerprint or both.
    pub(crate) fn find<'a>(
        &'a self,
        set: &'a IndicatorSet,
        value: &'a [u8],
    ) -> impl Iterator<Item = IndicatorId> + 'a {
        self.table
            .iter_hash(self.hasher.hash_one(value))
            .map(|&id| IndicatorId::from_raw(id))
            .filter(move |&id| set.get(id).value().as_bytes() == value)
    }
}
