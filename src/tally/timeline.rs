//! How many hits, when.

use std::borrow::Cow;
use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

/// Hits over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Histogram {
    /// When the first bucket begins.
    pub start: Timestamp,
    /// How long each is.
    pub bucket_seconds: i64,
    /// Hits in each.
    pub counts: Vec<u64>,
}

/// Hits over time as they come: their times while they are few, for most hosts are seen once or
/// twice, and buckets would take ten times as much memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Timeline {
    /// In seconds, ascending.
    Times(Vec<i64>),
    /// More than [`Timeline::TIMES`].
    Buckets(Buckets),
}

/// Counts in at most [`Timeline::BUCKETS`] stretches of time, all of the same length.
///
/// Lengths are a second, five, fifteen, … a day, two, four: each a multiple of the one before, and
/// stretches begin at multiples of their length. So what was counted in short ones can be counted in
/// longer ones, and the result depends on the times alone, not on their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Buckets {
    /// Which length.
    step: usize,
    /// The number of the first bucket, from 1970 on.
    first: i64,
    counts: VecDeque<u64>,
}

const LENGTHS: [i64; 11] = [1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400];

fn length(step: usize) -> i64 {
    match LENGTHS.get(step) {
        Some(&length) => length,
        // 20,000 years are less than 2^23 days.
        None => 86_400 << (step - LENGTHS.len() + 1).min(24),
    }
}

impl Default for Timeline {
    fn default() -> Self {
        Self::Times(Vec::new())
    }
}

impl Timeline {
    /// As many as fit beside a name on a terminal.
    pub(super) const BUCKETS: i64 = 60;
    /// How many times are kept as they are.
    const TIMES: usize = 8;

    /// Counts a hit, in seconds since 1970.
    pub(super) fn add(&mut self, second: i64) {
        match self {
            Self::Buckets(buckets) => buckets.add(second),
            Self::Times(times) if times.len() < Self::TIMES => {
                let at = times.partition_point(|&time| time <= second);
                times.insert(at, second);
            }
            Self::Times(times) => {
                let mut buckets = Buckets::of(times);
                buckets.add(second);
                *self = Self::Buckets(buckets);
            }
        }
    }

    fn buckets(&self) -> Cow<'_, Buckets> {
        match self {
            Self::Times(times) => Cow::Owned(Buckets::of(times)),
            Self::Buckets(buckets) => Cow::Borrowed(buckets),
        }
    }

    /// What was counted; nothing where no hit has a time.
    pub(super) fn histogram(&self) -> Option<Histogram> {
        self.buckets().histogram()
    }

    /// The counts in the buckets of another one that counted these times, too.
    pub(super) fn within(&self, whole: &Self) -> Vec<u64> {
        self.buckets().within(&whole.buckets())
    }
}

impl Buckets {
    fn of(seconds: &[i64]) -> Self {
        let mut buckets = Self::default();
        seconds.iter().for_each(|&second| buckets.add(second));
        buckets
    }

    fn add(&mut self, second: i64) {
        loop {
            let at = second.div_euclid(length(self.step));
            if self.counts.is_empty() {
                self.first = at;
                self.counts.push_back(1);
                return;
            }
            let last = self.first + self.counts.len() as i64 - 1;
            if at.max(last) - at.min(self.first) >= Timeline::BUCKETS {
                self.coarsen();
                continue;
            }
            while at < self.first {
                self.first -= 1;
                self.counts.push_front(0);
            }
            let at = (at - self.first) as usize;
            if at >= self.counts.len() {
                if self.counts.len() > 1 {
                    // Mostly it grows to its end.
                    self.counts.reserve_exact(Timeline::BUCKETS as usize - self.counts.len());
                }
                self.counts.resize(at + 1, 0);
            }
            self.counts[at] += 1;
            return;
        }
    }

    /// A bucket never comes to lie behind its place, so the counts move up where they are.
    fn coarsen(&mut self) {
        let ratio = length(self.step + 1) / length(self.step);
        let first = self.first.div_euclid(ratio);
        let mut len = 0;
        for at in 0..self.counts.len() {
            let count = std::mem::take(&mut self.counts[at]);
            let to = ((self.first + at as i64).div_euclid(ratio) - first) as usize;
            self.counts[to] += count;
            len = to + 1;
        }
        self.counts.truncate(len);
        (self.step, self.first) = (self.step + 1, first);
    }

    /// What was counted; `None` where nothing has a time.
    fn histogram(&self) -> Option<Histogram> {
        self.counts.front()?;
        let bucket_seconds = length(self.step);
        // A bucket may begin before time does.
        let start = self.first.saturating_mul(bucket_seconds);
        let start = Timestamp::from_second(start).unwrap_or(Timestamp::MIN);
        Some(Histogram { start, bucket_seconds, counts: self.counts.iter().copied().collect() })
    }

    /// The counts in the buckets of `whole`, in which all of this lies.
    fn within(&self, whole: &Self) -> Vec<u64> {
        let ratio = length(whole.step) / length(self.step);
        let mut counts = vec![0; whole.counts.len()];
        for (bucket, count) in (self.first..).zip(&self.counts) {
            let bucket = bucket.div_euclid(ratio);
            if let Some(place) =
                usize::try_from(bucket - whole.first).ok().and_then(|at| counts.get_mut(at))
            {
                *place += count;
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(seconds: &[i64]) -> Timeline {
        let mut timeline = Timeline::default();
        seconds.iter().for_each(|&second| timeline.add(second));
        timeline
    }

    #[test]
    fn buckets_grow() {
        let histogram = of(&[1000, 1059, 1003]).histogram().unwrap();
        assert_eq!((histogram.bucket_seconds, histogram.counts.len()), (1, 60));
        let histogram = of(&[1000, 1060]).histogram().unwrap();
        assert_eq!((histogram.bucket_seconds, histogram.counts.len()), (5, 13));
        let whole = of(&[i64::from(i32::MIN) * 60, 0, -1, 253_402_207_200]).histogram().unwrap();
        assert_eq!(whole.counts.iter().sum::<u64>(), 4);
        assert_eq!(of(&[]).histogram(), None);
    }

    proptest! {
        #[test]
        fn the_order_makes_no_difference(
            times in proptest::collection::vec(-100_000_000_i64..4_000_000_000, 1..100),
            shift in 0_u32..40,
            cut in any::<prop::sample::Index>(),
        ) {
            let mut times: Vec<i64> = times.iter().map(|time| time >> shift).collect();
            let before = of(&times);
            let cut = cut.index(times.len());
            let part = of(&times[..cut]);
            times.reverse();
            prop_assert_eq!(&of(&times), &before);
            let histogram = before.histogram().unwrap();
            prop_assert!(histogram.counts.len() <= Timeline::BUCKETS as usize);
            prop_assert_eq!(histogram.counts.iter().sum::<u64>(), times.len() as u64);
            // A part, in the buckets of the whole.
            let within = part.within(&before);
            prop_assert_eq!(within.iter().sum::<u64>(), cut as u64);
            prop_assert!(within.iter().zip(&histogram.counts).all(|(part, whole)| part <= whole));
        }
    }
}
