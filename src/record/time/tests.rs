//! Every shape, and the rules for what is missing.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn clock(dated: &str) -> Clock {
    Clock::new(TimeZone::UTC, Some(at(dated)))
}

/// Berlin, without a time zone database.
fn berlin() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

#[test]
fn every_shape() {
    let clock = clock("2024-12-31T23:00:00Z");
    for (text, expected) in [
        ("1718000000", "2024-06-10T06:13:20Z"),
        ("1718000000.5", "2024-06-10T06:13:20.5Z"),
        ("1718000000.1234567891", "2024-06-10T06:13:20.123456789Z"),
        ("1718000000123", "2024-06-10T06:13:20.123Z"),
        ("1718000000123456", "2024-06-10T06:13:20.123456Z"),
        ("1718000000123456789", "2024-06-10T06:13:20.123456789Z"),
        ("2024-06-10T06:13:20Z", "2024-06-10T06:13:20Z"),
        ("2024-06-10t06:13:20z", "2024-06-10T06:13:20Z"),
        ("2024-06-10T06:13Z", "2024-06-10T06:13:00Z"),
        ("2024-06-10T08:13:20.25+02:00", "2024-06-10T06:13:20.25Z"),
        ("2024-06-10T08:13:20.25+0200", "2024-06-10T06:13:20.25Z"),
        ("2024-06-10T08:13:20+02", "2024-06-10T06:13:20Z"),
        ("2024-06-10T11:58:20+05:45", "2024-06-10T06:13:20Z"),
        ("2024-06-10 06:13:20", "2024-06-10T06:13:20Z"),
        ("2024-06-10 06:13:20,123", "2024-06-10T06:13:20.123Z"),
        ("2024-06-10 01:13:20 -0500", "2024-06-10T06:13:20Z"),
        ("2024-06-10 06:13:20 UTC", "2024-06-10T06:13:20Z"),
        ("2024-06-10 08:13:20 CEST", "2024-06-10T06:13:20Z"),
        ("2024-06-10-06:13:20", "2024-06-10T06:13:20Z"),
        ("2024-06-10_06:13:20", "2024-06-10T06:13:20Z"),
        ("2024/06/10 06:13:20", "2024-06-10T06:13:20Z"),
        ("2024/6/10 6:13:20", "2024-06-10T06:13:20Z"),
        ("20240610T061320Z", "2024-06-10T06:13:20Z"),
        ("20240610T061320.5+0000", "2024-06-10T06:13:20.5Z"),
        ("20240610061320", "2024-06-10T06:13:20Z"),
        ("2024 Jun 10 06:13:20.123 UTC", "2024-06-10T06:13:20.123Z"),
        ("Jun 10 06:13:20", "2024-06-10T06:13:20Z"),
        ("Jun  9 06:13:20", "2024-06-09T06:13:20Z"),
        ("Jun 10 06:13:20.123", "2024-06-10T06:13:20.123Z"),
        ("Jun 10 06:13:20.123 UTC", "2024-06-10T06:13:20.123Z"),
        ("Jun 10 2024 06:13:20", "2024-06-10T06:13:20Z"),
        ("Jun 10, 2024 6:13:20 AM", "2024-06-10T06:13:20Z"),
        ("Jun 10 2024 02:13:20 EDT", "2024-06-10T06:13:20Z"),
        ("Mon Jun 10 06:13:20 2024", "2024-06-10T06:13:20Z"),
        ("Mon Jun 10 06:13:20 UTC 2024", "2024-06-10T06:13:20Z"),
        ("Mon, 10 Jun 2024 08:13:20 +0200", "2024-06-10T06:13:20Z"),
        ("10 Jun 2024 06:13:20 GMT", "2024-06-10T06:13:20Z"),
        ("10-Jun-2024 06:13:20.123", "2024-06-10T06:13:20.123Z"),
        ("10/Jun/2024:08:13:20 +0200", "2024-06-10T06:13:20Z"),
        ("[10/Jun/2024:06:13:20.123]", "2024-06-10T06:13:20.123Z"),
        ("6/10/2024 6:13:20 AM", "2024-06-10T06:13:20Z"),
        ("6/10/2024 12:13:20 AM", "2024-06-10T00:13:20Z"),
        ("6/10/2024 12:13:20 PM", "2024-06-10T12:13:20Z"),
        ("10/06/2024 06:13:20", "2024-06-10T06:13:20Z"),
        ("06/23/2024 06:13:20", "2024-06-23T06:13:20Z"),
        ("10.06.2024 06:13:20", "2024-06-10T06:13:20Z"),
        ("10Jun", ""),
        ("@400000006666998a37bd1e4a", "2024-06-10T06:13:20.935140938Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        // Not times.
        ("06:13:20", ""),
        ("2024-13-10 06:13:20", ""),
        ("2024-06-31 06:13:20", ""),
        ("2024-06-10 25:13:20", ""),
        ("2024-06-10", ""),
        ("123456789", ""),
        ("10.0.0.1", ""),
        ("Mayor 10 06:13:20", ""),
        ("May", ""),
        ("", ""),
    ] {
        let resolved = read(text).and_then(|stamp| clock.resolve(stamp));
        let expected = (!expected.is_empty()).then(|| at(expected));
        assert_eq!(resolved.map(|resolved| resolved.at), expected, "{text}");
    }
}

#[test]
fn what_follows_is_left() {
    for (text, rest) in [
        ("Jun 10 06:13:20 gw01 kernel: x", " gw01 kernel: x"),
        ("Jun 10 2024 06:13:20: %ASA-6", ": %ASA-6"),
        ("Jun 10 06:13:20.123 UTC: %SEC-6", ": %SEC-6"),
        ("Jun 10 06:13:20.123 AEST: %SEC-6", ": %SEC-6"),
        ("Jun 10 06:13:20 EDGE1 x", " EDGE1 x"),
        ("Jun 10 06:13:20 2001 x", " x"),
        ("Jun 10 06:13:20 3001 x", " 3001 x"),
        ("2024-06-10 06:13:20 45.77.231.209:1 x", " 45.77.231.209:1 x"),
        ("2024-06-10 06:13:20 - x", " - x"),
        ("2024-06-10 06:13:20 -5 x", " -5 x"),
        ("2024-06-10 06:13:20 +0200 x", " x"),
        ("1718000000.123    12 10.0.0.1", "    12 10.0.0.1"),
        ("10-Jun-2024 06:13:20.123 client", " client"),
        ("6/10/2024 6:13:20 AM 0A1C", " 0A1C"),
        ("1718000000,10.0.0.1", ",10.0.0.1"),
    ] {
        assert_eq!(leading(text).map(|(_, rest)| rest), Some(rest), "{text}");
    }
}

#[test]
fn date_and_time_of_two_fields() {
    let stamp = |date, time, zone| Stamp::from_parts(date, time, zone);
    let expected = Some(Stamp::Instant(at("2024-06-10T04:13:20Z")));
    assert_eq!(stamp("2024-06-10", "06:13:20", Some("+0200")), expected);
    assert_eq!(stamp("10/Jun/2024", "06:13:20", Some("CEST")), expected);
    assert!(matches!(stamp("2024-06-10", "06:13:20.5", None), Some(Stamp::Civil(_))));
    assert_eq!(stamp("2024-06-10", "06:13:20 x", None), None);
    assert_eq!(stamp("2024-06-1x", "06:13:20", None), None);
}

fn year(clock: &Clock, text: &str) -> Option<String> {
    clock.resolve(read(text).unwrap()).map(|resolved| resolved.at.to_string())
}

#[test]
fn the_year_is_the_last_that_is_not_after_the_file() {
    let file = clock("2025-01-02T08:00:00Z");
    for (text, expected) in [
        ("Jan  1 00:00:00", "2025-01-01T00:00:00Z"),
        ("Dec 31 23:59:59", "2024-12-31T23:59:59Z"),
        ("Jan  2 08:00:00", "2025-01-02T08:00:00Z"),
        // A clock that is ahead by less than a day.
        ("Jan  3 07:59:59", "2025-01-03T07:59:59Z"),
        ("Jan  3 08:00:01", "2024-01-03T08:00:01Z"),
        ("Feb 29 12:00:00", "2024-02-29T12:00:00Z"),
    ] {
        assert_eq!(year(&file, text).as_deref(), Some(expected), "{text}");
    }
    // Written in the evening of New Year's Eve, dated in UTC.
    let file = clock("2024-12-31T23:30:00Z");
    assert_eq!(year(&file, "Jan  1 00:20:00").as_deref(), Some("2025-01-01T00:20:00Z"));
    let file = clock("2103-03-01T00:00:00Z");
    assert_eq!(year(&file, "Feb 29 12:00:00").as_deref(), Some("2096-02-29T12:00:00Z"));
}

#[test]
fn a_line_with_a_year_says_more_than_the_date_of_the_file() {
    let mut copied = clock("2026-10-09T00:00:00Z");
    copied.begins(at("2023-12-30T10:00:00Z"));
    for (text, expected) in [
        ("Dec 30 10:00:01", "2023-12-30T10:00:01Z"),
        ("Dec 29 23:00:00", "2023-12-29T23:00:00Z"),
        ("Jan  1 00:00:00", "2024-01-01T00:00:00Z"),
        ("Feb 29 00:00:00", "2024-02-29T00:00:00Z"),
        ("Dec 28 00:00:00", "2024-12-28T00:00:00Z"),
    ] {
        assert_eq!(year(&copied, text).as_deref(), Some(expected), "{text}");
    }
    // Unless the lines are in no order.
    let mut mixed = clock("2025-12-31T00:00:00Z");
    mixed.begins(at("2025-11-13T00:00:00Z"));
    assert_eq!(year(&mixed, "Mar  4 13:26:45").as_deref(), Some("2025-03-04T13:26:45Z"));
}

#[test]
fn without_anything_to_take_the_year_from_there_is_no_time() {
    let clock = Clock::new(TimeZone::UTC, None);
    assert_eq!(year(&clock, "Jun 10 06:13:20"), None);
    assert!(year(&clock, "Jun 10 2024 06:13:20").is_some());
}

#[test]
fn the_zone_is_assumed_through_summer_and_winter() {
    let clock = Clock::new(berlin(), Some(at("2024-12-31T00:00:00Z")));
    for (text, expected) in [
        ("2024-06-10 08:13:20", "2024-06-10T06:13:20Z"),
        ("2024-01-10 07:13:20", "2024-01-10T06:13:20Z"),
        ("Jun 10 08:13:20", "2024-06-10T06:13:20Z"),
        // The hour that is missing: read on from before it.
        ("2024-03-31 02:30:00", "2024-03-31T01:30:00Z"),
        ("2024-03-31 03:00:00", "2024-03-31T01:00:00Z"),
        // The hour that is there twice: the first of them.
        ("2024-10-27 02:30:00", "2024-10-27T00:30:00Z"),
        ("2024-10-27 03:00:00", "2024-10-27T02:00:00Z"),
        // An offset is believed.
        ("2024-10-27 02:30:00 +0100", "2024-10-27T01:30:00Z"),
    ] {
        assert_eq!(year(&clock, text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_was_assumed_is_told() {
    let clock = clock("2024-12-31T00:00:00Z");
    for (text, expected) in [
        ("2024-06-10 06:13:20", vec!["timezone"]),
        ("Jun 10 06:13:20", vec!["year", "timezone"]),
        ("Jun 10 06:13:20 UTC", vec!["year"]),
        ("2024-06-10T06:13:20Z", vec![]),
        ("1718000000", vec![]),
    ] {
        let resolved = clock.resolve(read(text).unwrap()).unwrap();
        assert_eq!(resolved.assumed.names().collect::<Vec<_>>(), expected, "{text}");
    }
}
