//! Completing a stamp: the missing year, the missing zone.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::Stamp;

/// How far a device's clock may be ahead of whoever dated the file.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// 29 February may be eight years back (1896, 1904).
const YEARS: i16 = 8;

/// Completes stamps for one input.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    zone: TimeZone,
    /// The first line of the file that has a year: what is in the file is not older.
    begins: Option<Timestamp>,
    /// The file's date: what is in it is not younger.
    dated: Option<Timestamp>,
}

/// What was not in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Assumed {
    /// The year was.
    pub year: bool,
    /// The zone was.
    pub timezone: bool,
}

impl Assumed {
    /// The entries of `flaxscan.assumed`.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        [(self.year, "year"), (self.timezone, "timezone")]
            .into_iter()
            .filter_map(|(is, name)| is.then_some(name))
    }
}

/// A completed stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub at: Timestamp,
    pub assumed: Assumed,
}

impl Clock {
    /// `zone` is where stamps without an offset are; `dated` is when the file was last written.
    pub(crate) fn new(zone: TimeZone, dated: Option<Timestamp>) -> Self {
        Self { zone, begins: None, dated }
    }

    /// Tells that a line near the file's beginning has this time, year and all. It says more than
    /// the file's date, which a copy changes.
    pub(crate) fn begins(&mut self, at: Timestamp) {
        self.begins = Some(at);
    }

    /// The point in time that a stamp means. `None` when the year is missing and there is nothing
    /// to take it from.
    pub(crate) fn resolve(&self, stamp: Stamp) -> Option<Resolved> {
        match stamp {
            Stamp::Instant(at) => Some(Resolved { at, assumed: Assumed::default() }),
            Stamp::Civil(civil) => {
                let assumed = Assumed { year: false, timezone: true };
                Some(Resolved { at: self.instant(civil, None)?, assumed })
            }
            Stamp::Yearless(civil, offset) => {
                let assumed = Assumed { year: true, timezone: offset.is_none() };
                Some(Resolved { at: self.with_year(civil, offset)?, assumed })
            }
        }
    }

    fn instant(&self, civil: DateTime, offset: Option<Offset>) -> Option<Timestamp> {
        match offset {
            Some(offset) => offset.to_timestamp(civil).ok(),
            // In the hour that is there twice the first is meant, in the one that is missing the
            // time after it: RFC 5545, as jiff does it.
            None => self.zone.to_timestamp(civil).ok(),
        }
    }

    fn with_year(&self, civil: DateTime, offset: Option<Offset>) -> Option<Timestamp> {
        let at = |year: i16| {
            let date = civil.date().with().year(year).build().ok()?;
            self.instant(date.to_datetime(civil.time()), offset)
        };
        let last = self.dated.and_then(|dated| dated.saturating_add(DAY).ok());
        let after = self.begins.and_then(|begins| {
            let year = year_of(begins);
            let first = begins.saturating_sub(DAY).ok()?;
            let at = (year - 1..=year + YEARS).filter_map(at).find(|&at| at >= first)?;
            // Beyond the file's date the lines are not in order, and the first says nothing.
            last.is_none_or(|last| at <= last).then_some(at)
        });
        after.or_else(|| {
            let year = year_of(self.dated?);
            let last = last?;
            (year - YEARS..=year + 1).rev().filter_map(at).find(|&at| at <= last)
        })
    }
}

fn year_of(at: Timestamp) -> i16 {
    Offset::UTC.to_datetime(at).year()
}
