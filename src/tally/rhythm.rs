//! Whether somebody comes back like a clock. `docs/tally.md` has the formulas.

use std::collections::VecDeque;

use serde::Serialize;

/// How regularly a host met an indicator.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Rhythm {
    /// Contacts at different times that it goes by: the latest ones.
    pub contacts: usize,
    /// Whether there were more, earlier ones.
    pub are_more: bool,
    /// The intervals it goes by.
    pub intervals: usize,
    /// The interval in the middle, in seconds; there when `intervals` is not 0.
    pub median_seconds: Option<f64>,
    /// How far intervals are from it: the distance in the middle, as a share of the median.
    pub jitter: Option<f64>,
    /// Whether contacts close to each other were taken for one.
    pub is_by_visit: bool,
    /// What it comes to.
    pub regularity: Regularity,
}

/// What a [`Rhythm`] comes to, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Regularity {
    /// Too few intervals to say anything.
    #[default]
    TooFew,
    /// None.
    Irregular,
    /// About every so often: a program with some jitter, or a person with a habit.
    Rough,
    /// Like a clock.
    Regular,
}

impl Rhythm {
    /// Whether it is a sign of a program: [`Regularity::Rough`] or better.
    #[must_use]
    pub fn is_regular(&self) -> bool {
        self.regularity >= Regularity::Rough
    }

    /// `regular, every 60 s`, `roughly every 5 min (jitter 17 %)`; nothing where it is neither.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let every = plain_seconds(self.median_seconds?);
        match self.regularity {
            Regularity::Regular => Some(format!("regular, every {every}")),
            Regularity::Rough => {
                let jitter = (self.jitter? * 100.0).round();
                Some(format!("roughly every {every} (jitter {jitter} %)"))
            }
            Regularity::TooFew | Regularity::Irregular => None,
        }
    }
}

/// `60 s`, `5 min`, `2.5 h`, `7 days`.
fn plain_seconds(seconds: f64) -> String {
    let (value, unit) = match seconds {
        ..120.0 => (seconds, "s"),
        ..7200.0 => (seconds / 60.0, "min"),
        ..172_800.0 => (seconds / 3600.0, "h"),
        _ => (seconds / 86_400.0, "days"),
    };
    // One decimal, where it says something.
    let value = (value * 10.0).round() / 10.0;
    format!("{value} {unit}")
}

/// The latest of the times at which a host met an indicator, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// Ascending, in milliseconds.
    latest: VecDeque<i64>,
    are_more: bool,
}

impl Times {
    /// Adds a time; `limit` of them are kept.
    pub(super) fn add(&mut self, millisecond: i64, limit: usize) {
        // Nearly always it is the latest one.
        let at = match self.latest.back() {
            Some(&last) if millisecond > last => self.latest.len(),
            None => 0,
            _ => match self.latest.binary_search(&millisecond) {
                Ok(_) => return,
                Err(at) => at,
            },
        };
        if self.latest.len() < limit {
            self.latest.insert(at, millisecond);
            return;
        }
        self.are_more = true;
        if at > 0 {
            self.latest.insert(at, millisecond);
            self.latest.pop_front();
        }
    }

    /// What they come to.
    pub(super) fn rhythm(&self) -> Rhythm {
        if self.latest.len() < 2 {
            let (contacts, are_more) = (self.latest.len(), self.are_more);
            return Rhythm { contacts, are_more, ..Rhythm::default() };
        }
        let times: Vec<i64> = self.latest.iter().copied().collect();
        let single = Reading::of(&intervals(&times), Reading::FEW_ROUGH);
        // What is put together looks more even than it was.
        let visits = Reading::of(&intervals(&visits(&times)), Reading::FEW_ROUGH_VISITS);
        // By visits only where that tells more.
        let is_by_visit = visits.regularity() > single.regularity();
        let reading = if is_by_visit { visits } else { single };
        Rhythm {
            contacts: times.len(),
            are_more: self.are_more,
            intervals: reading.intervals,
            median_seconds: (reading.intervals > 0).then(|| reading.median as f64 / 1000.0),
            jitter: (reading.intervals > 0).then(|| reading.jitter()),
            is_by_visit,
            regularity: reading.regularity(),
        }
    }
}

fn intervals(times: &[i64]) -> Vec<i64> {
    times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect()
}

/// When visits begin: what comes sooner than a quarter of a long interval (the ninth decile) after
/// the contact before it belongs to the same visit. A session that is built and torn down, a
/// name that is asked for as A and AAAA and then reached, are one.
fn visits(times: &[i64]) -> Vec<i64> {
    let mut sorted = intervals(times);
    sorted.sort_unstable();
    let Some(&long) = sorted.get(sorted.len() * 9 / 10) else { return times.to_vec() };
    let mut visits = Vec::new();
    let mut before = None;
    for &time in times {
        if before.is_none_or(|before| time.saturating_sub(before) > long / 4) {
            visits.push(time);
        }
        before = Some(time);
    }
    visits
}

/// Intervals, looked at. In milliseconds.
#[derive(Debug, Clone, Copy)]
struct Reading {
    intervals: usize,
    few_rough: usize,
    median: i64,
    /// The median of the distances from the median.
    deviation: i64,
    /// The share of the whole time that intervals near the median make.
    covered: f64,
}

impl Reading {
    /// Fewer intervals say nothing.
    const FEW: usize = 7;
    /// Fewer are not called roughly regular.
    const FEW_ROUGH: usize = 20;
    const FEW_ROUGH_VISITS: usize = 50;
    /// Jitter, at the most.
    const REGULAR: f64 = 0.1;
    const ROUGH: f64 = 0.25;
    /// Of the time from first to last.
    const COVERED: f64 = 0.1;
    /// In milliseconds. Faster is the inside of a session, in whole seconds at that.
    const FASTEST: i64 = 5000;

    fn of(intervals: &[i64], few_rough: usize) -> Self {
        let mut sorted = intervals.to_vec();
        let median = median(&mut sorted);
        let mut distances: Vec<i64> = sorted.iter().map(|&one| (one - median).abs()).collect();
        let near = sorted.iter().filter(|&&one| (one - median).abs() <= median / 2);
        let near: f64 = near.map(|&one| one as f64).sum();
        let all: f64 = sorted.iter().map(|&one| one as f64).sum();
        Self {
            intervals: intervals.len(),
            few_rough,
            median,
            deviation: self::median(&mut distances),
            covered: if all > 0.0 { near / all } else { 0.0 },
        }
    }

    fn jitter(&self) -> f64 {
        if self.median == 0 { 0.0 } else { self.deviation as f64 / self.median as f64 }
    }

    fn regularity(&self) -> Regularity {
        let is_beat = self.median >= Self::FASTEST && self.covered >= Self::COVERED;
        match self.jitter() {
            _ if self.intervals < Self::FEW => Regularity::TooFew,
            jitter if is_beat && jitter <= Self::REGULAR => Regularity::Regular,
            jitter if is_beat && jitter <= Self::ROUGH && self.intervals >= self.few_rough => {
                Regularity::Rough
            }
            _ => Regularity::Irregular,
        }
    }
}

/// The one in the middle, of an even number the mean of both; 0 of none.
fn median(values: &mut [i64]) -> i64 {
    values.sort_unstable();
    let middle = values.len() / 2;
    match values {
        [] => 0,
        values if values.len() % 2 == 1 => values[middle],
        values => values[middle - 1].midpoint(values[middle]),
    }
}

#[cfg(test)]
#[path = "rhythm_tests.rs"]
mod tests;
