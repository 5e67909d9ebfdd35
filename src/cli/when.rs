//! Times on the command line: a day, a time or an age.

use flaxscan::sink::Timestamp;
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// From when on: a day stands for its beginning in UTC.
pub fn since(text: &str) -> Result<Timestamp, String> {
    time(text, Some)
}

/// Until when: a day is in it, so it stands for its end in UTC.
pub fn until(text: &str) -> Result<Timestamp, String> {
    time(text, |day| day.tomorrow().ok())
}

fn time(text: &str, day: impl Fn(Date) -> Option<Date>) -> Result<Timestamp, String> {
    let time = match age(text) {
        Some(age) => age.and_then(|age| Timestamp::now().checked_sub(age).ok()),
        None => text
            .parse()
            .ok()
            .or_else(|| {
                // A civil time parses as a day, too: it lacks a zone, which must not pass.
                let date = text.parse::<Date>().ok().filter(|_| text.len() == 10)?;
                Some(day(date)?.to_zoned(TimeZone::UTC).ok()?.timestamp())
            })
            .filter(|_| !text.is_empty()),
    };
    let is_what = "neither a day (2026-10-01), a time (2026-10-01T12:00:00Z) nor an age (36h, 7d)";
    time.ok_or_else(|| is_what.to_owned())
}

/// How long: `36h`, `30d`, `0d`.
pub fn duration(text: &str) -> Result<SignedDuration, String> {
    age(text).flatten().ok_or_else(|| "not a duration such as 90m, 36h, 30d or 2w".to_owned())
}

/// `36h`; `Some(None)` is an age that is too large.
fn age(text: &str) -> Option<Option<SignedDuration>> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        "w" => 7 * 24 * 60 * 60,
        _ => return None,
    };
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: Option<i64> = number.parse().ok();
    Some(number.and_then(|number| number.checked_mul(seconds)).map(SignedDuration::from_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_read() {
        for (text, seconds) in [
            ("1970-01-02", 86_400),
            ("2026-10-01", 1_790_812_800),
            ("2026-10-01T00:00:01Z", 1_790_812_801),
            ("2026-10-01T02:00:00+02:00", 1_790_812_800),
            ("2026-10-01 00:00:00Z", 1_790_812_800),
        ] {
            assert_eq!(since(text).unwrap().as_second(), seconds, "{text}");
        }
    }

    #[test]
    fn a_last_day_is_a_whole_day() {
        for (text, seconds) in [
            ("1970-01-01", 86_400),
            ("2026-09-30", 1_790_812_800),
            ("2026-10-01T00:00:01Z", 1_790_812_801),
        ] {
            assert_eq!(until(text).unwrap().as_second(), seconds, "{text}");
        }
    }

    #[test]
    fn ages_count_back_from_now() {
        for (text, seconds) in
            [("0s", 0), ("90m", 5_400), ("36h", 129_600), ("7d", 604_800), ("2w", 1_209_600)]
        {
            let age = Timestamp::now().as_second() - since(text).unwrap().as_second();
            // The clock is not read twice at the same time.
            assert!((age - seconds).abs() < 60, "{text}: {age}");
            assert_eq!(duration(text), Ok(SignedDuration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "d",
            "7",
            "7x",
            "-7d",
            "7 d",
            "yesterday",
            "2026-13-01",
            "2026-10",
            "1.5h",
            "2026-10-01T12:00:00",
            "99999999999999999999d",
            "9223372036854775807s",
            "é",
        ] {
            assert!(since(text).is_err(), "{text}");
            assert!(until(text).is_err(), "{text}");
        }
    }
}
