//! Where an event lies to the time in which an indicator is said to have been in use.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::indicator::{Claim, Indicator};

/// `flaxscan.window`: where an event lies to a published window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Window {
    /// In it, or near enough.
    Inside,
    /// Earlier.
    Before,
    /// Later.
    After,
    /// The event has no time, or nobody published a window.
    Unknown,
}

impl Window {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Inside, Self::Before, Self::After, Self::Unknown];

    /// `inside`, `before`, `after` or `unknown`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Before => "before",
            Self::After => "after",
            Self::Unknown => "unknown",
        }
    }

    /// Where an event lies to an indicator's windows, each of them wider by `grace` on both sides.
    ///
    /// Sources differ: inside one's window is inside. Outside of all the most confident source that
    /// has a window decides.
    #[must_use]
    pub fn of(indicator: Indicator<'_>, time: Option<Timestamp>, grace: SignedDuration) -> Self {
        let Some(time) = time else { return Self::Unknown };
        // Of the most confident claim so far, and of the first that has a place.
        let (mut best, mut first) = (None, None);
        for claim in indicator.claims() {
            let place = place(&claim, time, grace);
            if place == Some(Self::Inside) {
                return Self::Inside;
            }
            if best.is_none_or(|(confidence, _)| claim.confidence > confidence) {
                best = Some((claim.confidence, place));
            }
            first = first.or(place);
        }
        best.and_then(|(_, place)| place).or(first).unwrap_or(Self::Unknown)
    }
}

fn place(claim: &Claim<'_>, time: Timestamp, grace: SignedDuration) -> Option<Window> {
    let midnight = |date: Date| Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok();
    let first = claim.first_seen.and_then(midnight);
    // The last day is in it.
    let last = claim.last_seen.and_then(|date| midnight(date.tomorrow().ok()?));
    if first.is_none() && last.is_none() {
        return None;
    }
    let is_before =
        first.is_some_and(|first| first.saturating_sub(grace).is_ok_and(|at| time < at));
    let is_after = last.is_some_and(|last| last.saturating_add(grace).is_ok_and(|at| time >= at));
    Some(match (is_before, is_after) {
        (true, _) => Window::Before,
        (_, true) => Window::After,
        _ => Window::Inside,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::{IndicatorSet, Kind, NewClaim, Observable, Source, Traits};

    #[test]
    fn thirty_days_around() {
        let mut set = IndicatorSet::new();
        let source = set.add_source(Source { key: "one".to_owned(), ..Source::default() });
        let claim = NewClaim {
            first_seen: Some(Date::constant(2020, 5, 1)),
            last_seen: Some(Date::constant(2022, 4, 30)),
            ..NewClaim::bare(source)
        };
        let mut add = |value: &str, claim| {
            let observable = Observable { kind: Kind::Domain, value: value.to_owned() };
            set.insert(&observable, Traits::default(), claim).unwrap().id
        };
        let dated = add("dated.example", claim);
        let undated = add("undated.example", NewClaim::bare(source));
        let begun = add("begun.example", NewClaim { last_seen: None, ..claim });
        let grace = SignedDuration::from_hours(24 * 30);
        for (id, time, expected) in [
            (dated, "2020-03-31T23:59:59Z", "before"),
            (dated, "2020-04-01T00:00:00Z", "inside"),
            (dated, "2022-05-30T23:59:59Z", "inside"),
            (dated, "2022-05-31T00:00:00Z", "after"),
            (begun, "2036-01-01T00:00:00Z", "inside"),
            (begun, "2019-01-01T00:00:00Z", "before"),
            (undated, "2021-01-01T00:00:00Z", "unknown"),
        ] {
            let time = Some(time.parse().unwrap());
            assert_eq!(Window::of(set.get(id), time, grace).name(), expected, "{time:?}");
        }
        assert_eq!(Window::of(set.get(dated), None, grace), Window::Unknown);
    }
}
