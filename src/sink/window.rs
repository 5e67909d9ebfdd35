//! Where an event lies to the time in which an indicator is said to have been in use.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::indicator::{Claim, Indicator};

/// `inside`, `before`, `after` or `unknown`.
///
/// Sources differ: inside one's window is inside. Outside of all the most confident source that
/// has a window decides.
pub(super) fn window(
    indicator: Indicator<'_>,
    time: Option<Timestamp>,
    grace: SignedDuration,
) -> &'static str {
    let Some(time) = time else { return "unknown" };
    let best = [indicator.best_claim()].into_iter();
    let mut decided = None;
    for claim in best.chain(indicator.claims()) {
        match place(&claim, time, grace) {
            Some("inside") => return "inside",
            place => decided = decided.or(place),
        }
    }
    decided.unwrap_or("unknown")
}

fn place(claim: &Claim<'_>, time: Timestamp, grace: SignedDuration) -> Option<&'static str> {
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
        (true, _) => "before",
        (_, true) => "after",
        _ => "inside",
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
            assert_eq!(window(set.get(id), time, grace), expected, "{time:?}");
        }
        assert_eq!(window(set.get(dated), None, grace), "unknown");
    }
}
