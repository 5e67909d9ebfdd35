//! Domain names.
//!
//! The filter is asked for the end of a token's last label but one and the beginning of its last:
//! every domain indicator has two labels at least, so a name at or below an indicator has the same
//! as the indicator. What passes is looked up exactly, once for each of its suffixes.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::bits::{BitTable, mix};
use crate::indicator::{IndicatorId, IndicatorSet, Scope};

/// The filter's key: what stands on either side of the last dot, lower-cased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct NameKey(u64);

impl NameKey {
    /// Bytes of a name that count before its last dot.
    pub(crate) const BEFORE: usize = 8;

    /// Setting bit 5 lower-cases letters and leaves `.`, `-` and digits as they are. `_` becomes
    /// another byte, the same one for indicator and token.
    pub(crate) const LOWER: u64 = u64::from_ne_bytes([0x20; 8]);

    /// How far what is behind the dot is turned before it is mixed in.
    pub(crate) const TURN: u32 = 40;

    /// The key of a name by its last dot: the bytes before that, of which `len` are the label's,
    /// and behind it. ASCII letters count in lower case. It is never zero.
    #[inline(always)]
    pub(crate) fn around(before: [u8; Self::BEFORE], len: usize, after: [u8; 2]) -> Self {
        let before = u64::from_le_bytes(before) | Self::LOWER;
        let after = u64::from(u16::from_le_bytes(after)) | Self::LOWER & 0xFFFF;
        // The label's bytes are the last, and those before it are moved out.
        let label = before >> (8 * (Self::BEFORE - len.clamp(1, Self::BEFORE)));
        // A bit that a table of bits does not ask for.
        Self(mix(label ^ after.rotate_left(Self::TURN)) | 1 << 20)
    }

    /// The key of a whole name.
    pub(crate) fn of(name: &[u8]) -> Self {
        let dot = memchr::memrchr(b'.', name).unwrap_or(name.len());
        let label = memchr::memrchr(b'.', &name[..dot]).map_or(0, |before| before + 1)..dot;
        let kept = &name[label.end - label.len().min(Self::BEFORE)..label.end];
        let mut before = [0; Self::BEFORE];
        before[Self::BEFORE - kept.len()..].copy_from_slice(kept);
        let after = |at: usize| name.get(dot + at).copied().unwrap_or(0);
        Self::around(before, label.len(), [after(1), after(2)])
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
    has_odd: bool,
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
            has_odd: false,
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
        let last = name.rsplit('.').next().unwrap_or_default().as_bytes();
        let is_common = last.len() >= 2 && last.first().is_some_and(u8::is_ascii_alphabetic);
        self.has_odd |= !is_common || last.len() == name.len();
        self.filter.insert(NameKey::of(name.as_bytes()).0);
    }

    /// Whether no name can pass the filter.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Whether there is a name that cannot be found by its last dot: of one label, or whose last
    /// label is a single character or begins with no letter. No registry sells those.
    pub(crate) fn has_odd(&self) -> bool {
        self.has_odd
    }

    /// What is asked for a key before the table is.
    #[inline(always)]
    pub(crate) fn filter(&self) -> &BitTable {
        &self.filter
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
        assert_ne!(key("k3121.com"), key("k3121.cc"));
        assert_eq!(key("067.cz"), key("www.067.cz"));
        let long = "a-very-long-second-level-name.example";
        assert_eq!(key(long), key(&format!("www.{long}")));
    }

    #[test]
    fn what_is_before_the_label_does_not_count() {
        let key = |before, len| NameKey::around(before, len, *b"CO");
        assert_eq!(key(*b"xxxxc0cc", 4), key(*b"/?=.C0cc", 4));
        assert_eq!(key(*b"abcdefgh", 8), key(*b"abcdefgh", 40));
        assert_ne!(key(*b"abcdefgh", 8), key(*b"abcdefgh", 7));
    }
}
