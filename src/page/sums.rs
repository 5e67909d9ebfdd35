//! Hits over time, for a page that cannot hold all of them: fine enough to be zoomed, in bounded
//! memory.

use std::collections::BTreeMap;

use hashbrown::HashMap;

/// Sums by indicator and by machine.
#[derive(Debug, Default)]
pub(super) struct Sums {
    /// Which of the lengths.
    step: u32,
    indicators: By,
    hosts: By,
}

/// Sums by name.
#[derive(Debug, Default)]
pub(super) struct By {
    names: HashMap<Box<str>, u32>,
    /// By bucket, place of the name (none: `u32::MAX`) and level of severity.
    entries: HashMap<(i64, u32, u8), u64>,
}

/// A sum, as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sum<'s> {
    pub(super) bucket: i64,
    pub(super) name: Option<&'s str>,
    /// The lower end of the level.
    pub(super) severity: u8,
    pub(super) hits: u64,
}

impl Sums {
    /// Names that are told apart, of each sort: the first ones.
    pub(super) const NAMES: usize = 500;
    /// Sums of each sort.
    const ENTRIES: usize = 20_000;

    /// Adds a hit with a time, in seconds since 1970.
    pub(super) fn add(
        &mut self,
        second: i64,
        severity: Option<u8>,
        indicator: &str,
        host: Option<&str>,
    ) {
        let severity = match severity {
            Some(90..) => 90,
            Some(70..) => 70,
            Some(40..) => 40,
            _ => 0,
        };
        let bucket = second.div_euclid(self.length());
        self.indicators.add(bucket, Some(indicator), severity);
        self.hosts.add(bucket, host, severity);
        // Every hit fits into few buckets at some length: it ends.
        while self.indicators.entries.len().max(self.hosts.entries.len()) > Self::ENTRIES {
            self.step += 1;
            self.indicators.halve();
            self.hosts.halve();
        }
    }

    /// Seconds of a bucket.
    pub(super) fn length(&self) -> i64 {
        // A minute; 2^40 of them are more than there can be.
        60 << self.step.min(40)
    }

    pub(super) fn indicators(&self) -> Vec<Sum<'_>> {
        self.indicators.sorted()
    }

    pub(super) fn hosts(&self) -> Vec<Sum<'_>> {
        self.hosts.sorted()
    }
}

impl By {
    fn add(&mut self, bucket: i64, name: Option<&str>, severity: u8) {
        let place = match name {
            None => u32::MAX,
            Some(name) => match self.names.get(name) {
                Some(&place) => place,
                None if self.names.len() < Sums::NAMES => {
                    let place = self.names.len() as u32;
                    self.names.insert(name.into(), place);
                    place
                }
                None => u32::MAX,
            },
        };
        *self.entries.entry((bucket, place, severity)).or_default() += 1;
    }

    fn halve(&mut self) {
        let old = std::mem::take(&mut self.entries);
        for ((bucket, place, severity), hits) in old {
            *self.entries.entry((bucket.div_euclid(2), place, severity)).or_default() += hits;
        }
    }

    /// In an order that does not depend on the map's.
    fn sorted(&self) -> Vec<Sum<'_>> {
        let names: BTreeMap<u32, &str> =
            self.names.iter().map(|(name, &place)| (place, &**name)).collect();
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort();
        let sum = |(&(bucket, place, severity), &hits)| {
            let name = names.get(&place).copied();
            Sum { bucket, name, severity, hits }
        };
        entries.into_iter().map(sum).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_where_buckets_grow() {
        let mut sums = Sums::default();
        for at in 0..60_000_i64 {
            let host = format!("10.0.{}.{}", at % 7, at % 251);
            sums.add(at * 977 - 5_000_000, Some((at % 101) as u8), "c0cc.cc", Some(&host));
        }
        assert!(sums.length() > 60);
        for all in [sums.indicators(), sums.hosts()] {
            assert!(all.len() <= Sums::ENTRIES);
            assert_eq!(all.iter().map(|sum| sum.hits).sum::<u64>(), 60_000);
        }
        assert!(sums.hosts.names.len() <= Sums::NAMES);
        assert!(sums.hosts().iter().any(|sum| sum.name.is_none()));
    }
}
