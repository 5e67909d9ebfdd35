//! Rows by key, a bounded number of them: Space-Saving (Metwally, Agrawal, El Abbadi 2005).
//!
//! As long as the rows suffice, everything is exact. Then a new key takes the row of the one that
//! matters least: of the lowest level, the one with the fewest hits. It begins with the most hits
//! that any key had that had to go, for it may have been that key; that is its error.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::rows::Ranked;

/// Rows by key.
#[derive(Debug)]
pub(super) struct Space<R> {
    capacity: usize,
    /// Where the rows of keys are, which have the keys, by hash: rows need not be looked for in the
    /// memory when there are more.
    slots: HashTable<(u64, u32)>,
    hasher: DefaultHashBuilder,
    /// Half a kilobyte each, so they stay where they are when there are more or they are sorted.
    rows: Vec<Box<Slot<R>>>,
    /// Once all rows are taken: each, by what it had when it was last looked at. Levels and hits
    /// only grow, so the first one that is up to date is the least.
    least: BinaryHeap<Reverse<(u8, u64, u32)>>,
    /// The most hits that a key can have that has no row.
    floor: u64,
}

/// A row, and how often its key came.
#[derive(Debug)]
pub(super) struct Slot<R> {
    key: Box<str>,
    level: u8,
    /// No fewer than there were.
    pub hits: u64,
    /// At most so many of them were another key's.
    pub error: u64,
    /// What was seen since it has the row.
    pub row: R,
}

impl<R> Space<R> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            slots: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            rows: Vec::new(),
            least: BinaryHeap::new(),
            floor: 0,
        }
    }

    /// Counts a hit of `key`, and gives its row, a `fresh` one if it has none.
    pub(super) fn hit(&mut self, key: &str, level: u8, fresh: impl FnOnce() -> R) -> &mut R {
        let hash = self.hasher.hash_one(key);
        let at = match self
            .slots
            .find(hash, |&(other, at)| other == hash && *self.rows[at as usize].key == *key)
        {
            Some(&(_, at)) => at as usize,
            None => self.place(key, hash, fresh()),
        };
        let slot = &mut self.rows[at];
        slot.hits += 1;
        slot.level = slot.level.max(level);
        &mut slot.row
    }

    /// A row without hits.
    fn place(&mut self, key: &str, hash: u64, row: R) -> usize {
        let fresh = Slot { key: key.into(), level: 0, hits: self.floor, error: self.floor, row };
        let at = if self.rows.len() < self.capacity {
            self.rows.push(Box::new(fresh));
            self.rows.len() - 1
        } else {
            let at = self.least();
            let gone = &mut *self.rows[at];
            self.floor = self.floor.max(gone.hits);
            let old =
                std::mem::replace(gone, Slot { hits: self.floor, error: self.floor, ..fresh });
            let old = self.hasher.hash_one(&*old.key);
            if let Ok(entry) = self.slots.find_entry(old, |&(_, other)| other as usize == at) {
                entry.remove();
            }
            at
        };
        // The capacity is far below 2^32.
        self.slots.insert_unique(hash, (hash, at as u32), |&(hash, _)| hash);
        at
    }

    /// The row that matters least.
    fn least(&mut self) -> usize {
        if self.least.is_empty() {
            let all = self.rows.iter().zip(0..);
            self.least = all.map(|(slot, at)| Reverse((slot.level, slot.hits, at))).collect();
        }
        while let Some(mut top) = self.least.peek_mut() {
            let Reverse((level, hits, at)) = *top;
            let slot = &self.rows[at as usize];
            if (slot.level, slot.hits) == (level, hits) {
                return at as usize;
            }
            *top = Reverse((slot.level, slot.hits, at));
        }
        // There is one row at least.
        0
    }

    /// All rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Slot<R>> {
        self.rows.iter().map(|slot| &**slot)
    }

    /// The most hits that a key can have that has no row: 0 as long as every key has one.
    pub(super) fn floor(&self) -> u64 {
        self.floor
    }
}

impl<R: Ranked> Space<R> {
    /// All rows, the worst first.
    pub(super) fn sorted(&self) -> Vec<&Slot<R>> {
        self.sorted_where(|_| true)
    }

    /// The same of some of them.
    pub(super) fn sorted_where(&self, is_wanted: impl Fn(&Slot<R>) -> bool) -> Vec<&Slot<R>> {
        // By what they are ranked by, side by side: rows lie all over the memory.
        let rows = self.rows().filter(|slot| is_wanted(slot));
        let mut ranks: Vec<_> = rows.map(|slot| (R::rank(slot), slot)).collect();
        ranks.sort_by_key(|(rank, _)| *rank);
        ranks.into_iter().map(|(_, slot)| slot).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn of(capacity: usize, keys: &[(u8, u8)]) -> (Space<u64>, BTreeMap<String, u64>) {
        let mut space = Space::new(capacity);
        let mut truth = BTreeMap::new();
        for (key, level) in keys {
            let key = key.to_string();
            *space.hit(&key, *level, || 0) += 1;
            *truth.entry(key).or_default() += 1;
        }
        (space, truth)
    }

    proptest! {
        /// The guarantees of the paper, for keys of one level.
        #[test]
        fn what_is_guaranteed(
            keys in proptest::collection::vec((0_u16..=40).prop_map(|key| (key * key / 40) as u8), 1..400),
            capacity in 1_usize..20,
        ) {
            let keys: Vec<_> = keys.iter().map(|&key| (key, 0)).collect();
            let (space, truth) = of(capacity, &keys);
            let total = keys.len() as u64;
            prop_assert!(space.rows().count() <= capacity);
            prop_assert_eq!(space.rows().map(|slot| slot.hits).sum::<u64>(), total);
            prop_assert!(space.floor() <= total / capacity as u64);
            for (key, &count) in &truth {
                match space.rows().find(|slot| *slot.key == **key) {
                    Some(slot) => {
                        prop_assert!(slot.hits >= count && slot.hits - slot.error <= count);
                        prop_assert!(slot.error <= space.floor());
                        // What was seen since is seen exactly.
                        prop_assert_eq!(slot.row, slot.hits - slot.error);
                    }
                    None => prop_assert!(count <= space.floor()),
                }
            }
        }

        /// With levels, too, no figure is wrong; and whatever is of a high level stays.
        #[test]
        fn the_severe_stay(
            keys in proptest::collection::vec((0_u8..60, 0_u8..100), 1..400),
            capacity in 8_usize..20,
        ) {
            // Keys below 6 are severe, now and then.
            let level = |(key, at): (u8, u8)| (key, u8::from(key < 6 && at < 50));
            let keys: Vec<_> = keys.into_iter().map(level).collect();
            let (space, truth) = of(capacity, &keys);
            for (key, &count) in &truth {
                match space.rows().find(|slot| *slot.key == **key) {
                    Some(slot) => {
                        prop_assert!(slot.hits >= count && slot.hits - slot.error <= count);
                    }
                    None => {
                        prop_assert!(count <= space.floor());
                        let is_severe = |found: &&(u8, u8)| found.0.to_string() == *key && found.1 == 1;
                        prop_assert!(!keys.iter().any(|found| is_severe(&found)));
                    }
                }
            }
        }

        #[test]
        fn exact_while_there_is_room(keys in proptest::collection::vec((0_u8..20, 0_u8..3), 0..200)) {
            let (space, truth) = of(20, &keys);
            prop_assert_eq!(space.floor(), 0);
            let counted: BTreeMap<_, _> =
                space.rows().map(|slot| (slot.key.to_string(), slot.hits)).collect();
            prop_assert_eq!(counted, truth);
        }
    }
}
