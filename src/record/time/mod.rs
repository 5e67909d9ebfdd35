//! When it happened: time stamps in the shapes that logs write them, and what has to be assumed.
//!
//! A reader hands over a [`Stamp`], which says no more than the line does: a stamp may lack its
//! year (RFC 3164) or its zone (nearly everything). [`Clock`] completes it, and says what it had to
//! assume. So no reader of a family needs to know the file's date or `--assume-tz`.

mod clock;
mod scan;
mod shapes;
mod zone;

#[cfg(test)]
mod tests;

pub(crate) use clock::{Clock, Resolved};
pub(crate) use shapes::{leading, read};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// A time as a line says it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Stamp {
    /// A point in time: an epoch, or a date with its offset.
    Instant(Timestamp),
    /// A date and a time of day somewhere.
    Civil(DateTime),
    /// The same without a year; the date's year means nothing, except that it is a leap year.
    Yearless(DateTime, Option<Offset>),
}

/// The year that stands in for a missing one: 29 February is a date in it.
const LEAP_YEAR: i16 = 2000;

impl Stamp {
    fn new(date: Date, time: Time, offset: Option<Offset>) -> Option<Self> {
        let civil = DateTime::from_parts(date, time);
        match offset {
            None => Some(Self::Civil(civil)),
            Some(offset) => offset.to_timestamp(civil).ok().map(Self::Instant),
        }
    }

    /// From a date and a time that stand in different fields, and an offset or a zone's name.
    pub(crate) fn from_parts(date: &str, time: &str, zone: Option<&str>) -> Option<Self> {
        let date = shapes::whole_date(date)?;
        let time = shapes::whole_clock(time)?;
        Self::new(date, time, zone.and_then(zone::whole))
    }
}
