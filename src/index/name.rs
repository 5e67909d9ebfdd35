//! Domain names.
//!
//! The filter is asked for the last two labels of a token, at most their last 16 bytes: every
//! domain indicator has two labels at least, so a name at or below an indicator ends with the
//! same two labels as the indicator. What passes is looked up exactly, once for each of its
//! suffixes.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::bits::{BitTable, mix};
use crate::indicator::{IndicatorId, IndicatorSet, Scope};

/// The filter's key: the last two labels, lower-cased, right-aligned in 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct NameKey(u64);

/// For each number of bytes to keep at the end of 16, the masks of both halves.
static KEEP: [(u64, u64); 17] = {
    let mut masks = [(0, 0); 17];
    let mut kept = 1;
    while kept <= 16 {
        let mask = u128::MAX << (8 * (16 - kept));
        masks[kept] = (mask as u64, (mask >> 64) as u64);
        kept += 1;
    }
    masks
};

impl NameKey {
    /// The key of a name whose last 16 bytes are `tail` and whose last two labels with the dot
    /// between have `len` bytes. ASCII letters count in lower case.
    #[inline(always)]
    pub(crate) fn new(tail: &[u8; 16], len: usize) -> Self {
        const LOWER: u64 = u64::from_ne_bytes([0x20; 8]);
        // Setting bit 5 lower-cases letters and leaves `.`, `-` and digits as they are. `_`
        // becomes another byte, the same one for indicator and token.
        let tail = u128::from_le_bytes(*tail);
        let (keep_low, keep_high) = KEEP[len.min(16)];
        let low = (tail as u64 | LOWER) & keep_low;
        let high = ((tail >> 64) as u64 | LOWER) & keep_high;
        Self(mix(low.wrapping_mul(0xA24B_AED4_963E_E407).rotate_left(29) ^ high))
    }

    /// The key of a whole name.
    pub(crate) fn of(name: &[u8]) -> Self {
        let two = last_two_labels(name);
        let mut tail = [0; 16];
        let kept = two.len().min(16);
        tail[16 - kept..].copy_from_slice(&two[two.len() - kept..]);
        Self::new(&tail, two.len())
    }
}

impl From<NameKey> for u64 {
    fn from(key: NameKey) -> Self {
        key.0
    }
}

impl From<u64> for NameKey {
    fn from(key: u64) -> Self {
        Self(key)
    }
}

fn last_two_labels(name: &[u8]) -> &[u8] {
    let mut dots = memchr::memrchr_iter(b'.', name);
    dots.next();
    dots.next().map_or(name, |dot| &name[dot + 1..])
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    id: u32,
    exact_only: bool,
}

/// Domain indicators by name.
#[derive(Debug)]
pub(crate) struct NameIndex {
    filter: BitTable,
    is_empty: bool,
    table: HashTable<Entry>,
    hasher: DefaultHashBuilder,
    /// The longest indicator: no longer suffix needs looking up.
    longest: usize,
}

impl NameIndex {
    /// The zones of reverse look-ups, which the filter has to pass.
    pub(crate) const REVERSE_ZONES: [&'static str; 2] = ["in-addr.arpa", "ip6.arpa"];

    /// An empty index with room for `expected` names.
    pub(crate) fn with_capacity(expected: usize) -> Self {
        Self {
            filter: BitTable::with_capacity(expected),
            is_empty: true,
            table: HashTable::with_capacity(expected),
            hasher: DefaultHashBuilder::default(),
            longest: 0,
        }
    }

    /// Adds a canonical name.
    pub(crate) fn insert(&mut self, set: &IndicatorSet, name: &str, id: IndicatorId, scope: Scope) {
        self.let_pass(name);
        self.longest = self.longest.max(name.len());
        let Self { table, hasher, .. } = self;
        let entry = Entry { id: id.raw(), exact_only: scope == Scope::Exact };
        table.insert_unique(hasher.hash_one(name.as_bytes()), entry, |entry| {
            hasher.hash_one(set.get(IndicatorId::from_raw(entry.id)).value().as_bytes())
        });
    }

    /// Makes the filter pass a name that is no domain indicator itself: a URL's host, a zone.
    pub(crate) fn let_pass(&mut self, name: &str) {
        self.is_empty = false;
        self.filter.insert(NameKey::of(name.as_bytes()).0);
    }

    /// Whether no name can pass the filter.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Memory that [`NameIndex::may_contain`] will look at for a key.
    #[inline(always)]
    pub(crate) fn memory(&self, key: NameKey) -> &u64 {
        self.filter.word(key.0)
    }

    /// Whether a name with this key may be at or below an indicator.
    #[inline(always)]
    pub(crate) fn may_contain(&self, key: NameKey) -> bool {
        self.filter.may_contain(key.0)
    }

    /// Every domain indicator that `name` (lower case, ASCII) is at or below, longest first, with
    /// the indicator's length.
    pub(crate) fn covering<'a>(
        &'a self,
        set: &'a IndicatorSet,
        name: &'a [u8],
    ) -> impl Iterator<Item = (usize, IndicatorId)> + 'a {
        let within = name.len().saturating_sub(self.longest);
        // Starts at the name itself, or after any dot, where the rest is not too long.
        let starts = (within..name.len())
            .filter(move |&at| at == 0 || name[at - 1] == b'.')
            .map(move |at| (at, &name[at..]));
        starts.filter_map(move |(at, suffix)| {
            let found = self.table.find(self.hasher.hash_one(suffix), |entry| {
                set.get(IndicatorId::from_raw(entry.id)).value().as_bytes() == suffix
            })?;
            (at == 0 || !found.exact_only).then(|| (suffix.len(), IndicatorId::from_raw(found.id)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_of_the_last_two_labels() {
        let key = |name: &str| NameKey::of(name.as_bytes());
        assert_eq!(key("a.b.k3121.com"), key("K3121.COM"));
        assert_ne!(key("k3121.com"), key("xk3121.com"));
        assert_eq!(key("067.cz"), key("www.067.cz"));
        let long = "a-very-long-second-level-name.example";
        assert_eq!(key(long), key(&format!("www.{long}")));
    }

    #[test]
    fn the_shift_of_a_full_key_keeps_every_byte() {
        assert_ne!(NameKey::new(b"x23456789012.com", 16), NameKey::new(b"y23456789012.com", 16));
        assert_ne!(NameKey::new(b"x23456789012.com", 40), NameKey::new(b"y23456789012.com", 40));
    }
}
