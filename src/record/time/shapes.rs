//! The shapes of time stamps.
//!
//! Whoever writes logs has invented one; this is the union of what the families use, told apart by
//! the first characters. Two shapes are ambiguous. `6/10/2024` is taken for the American order
//! where AM or PM follows or the second number cannot be a month, else for the day first. Epochs
//! are told apart by their number of digits, which is unambiguous from 2001 to 2286.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::scan::Scan;
use super::{LEAP_YEAR, Stamp, zone};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A time stamp that is the whole text; white space, quotes and brackets around it do not count.
pub(crate) fn read(text: &str) -> Option<Stamp> {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || "\"'[]()".contains(c));
    let (stamp, rest) = leading(text)?;
    rest.trim().is_empty().then_some(stamp)
}

/// The time stamp at the beginning of a text, and what follows it.
///
/// Without a date there is no time: `01:07:25` alone is none.
pub(crate) fn leading(text: &str) -> Option<(Stamp, &str)> {
    let mut scan = Scan::new(text);
    let first = scan.peek()?;
    let stamp = if first.is_ascii_digit() {
        match (scan.digits_ahead(), scan.peek_at(scan.digits_ahead())) {
            (4, Some(b'-' | b'/' | b'.' | b':')) => year_first(&mut scan)?,
            (4, Some(b' ')) => year_then_month_name(&mut scan)?,
            (1 | 2, Some(b'/' | b'-' | b'.' | b' ')) => day_first(&mut scan)?,
            (8, _) | (14, _) => compact(&mut scan)?,
            _ => epoch(&mut scan)?,
        }
    } else if first == b'@' {
        tai64n(&mut scan)?
    } else if first.is_ascii_alphabetic() {
        month_name_first(&mut scan)?
    } else {
        return None;
    };
    // What goes on is no time stamp but a longer word.
    match scan.peek() {
        Some(byte) if byte.is_ascii_alphanumeric() => None,
        _ => Some((stamp, scan.rest())),
    }
}

/// `2024-06-10`, `2024/06/10`, `06/10/2024`, `10/Jun/2024`, … alone.
pub(super) fn whole_date(text: &str) -> Option<Date> {
    let mut scan = Scan::new(text.trim());
    let date = match scan.peek_at(scan.digits_ahead())? {
        _ if scan.digits_ahead() == 4 => date_year_first(&mut scan)?,
        _ => date_day_first(&mut scan)?.date(false)?,
    };
    scan.rest().is_empty().then_some(date)
}

/// `06:13:20`, `06:13:20.123`, `6:13:20 AM` alone.
pub(super) fn whole_clock(text: &str) -> Option<Time> {
    let mut scan = Scan::new(text.trim());
    let (time, _) = clock(&mut scan)?;
    scan.rest().is_empty().then_some(time)
}

fn date(year: i64, month: i64, day: i64) -> Option<Date> {
    let [month, day] = [month, day].map(|number| i8::try_from(number).ok());
    Date::new(i16::try_from(year).ok()?, month?, day?).ok()
}

/// `Jun`, `June`, `Sept`.
fn month(name: &str) -> Option<i64> {
    // Three letters tell which one it would be.
    let begin: [u8; 3] = name.as_bytes().get(..3)?.try_into().ok()?;
    let number = match &begin.map(|byte| byte.to_ascii_lowercase()) {
        b"jan" => 1,
        b"feb" => 2,
        b"mar" => 3,
        b"apr" => 4,
        b"may" => 5,
        b"jun" => 6,
        b"jul" => 7,
        b"aug" => 8,
        b"sep" => 9,
        b"oct" => 10,
        b"nov" => 11,
        b"dec" => 12,
        _ => return None,
    };
    let month = MONTHS[number - 1];
    let is_long_enough = name.len() == 3 || name.len() == 4 || name.len() == month.len();
    let is = month.get(..name.len()).is_some_and(|month| month.eq_ignore_ascii_case(name));
    (is_long_enough && is).then_some(number as i64)
}

/// `06:13[:20[.123456]] [AM|PM]`, and whether AM or PM stood there.
fn clock(scan: &mut Scan<'_>) -> Option<(Time, bool)> {
    let (mut hour, minute, second) = match scan.clock() {
        Some([hour, minute, second]) => (hour, minute, Some(second)),
        None => {
            let hour = scan.number(1, 2)?;
            scan.one_of(b":")?;
            let minute = scan.number(2, 2)?;
            let mut ahead = *scan;
            let second = ahead.one_of(b":").and_then(|_| ahead.number(2, 2));
            if second.is_some() {
                *scan = ahead;
            }
            (hour, minute, second)
        }
    };
    let mut nanosecond = 0;
    if second.is_some() && matches!(scan.peek(), Some(b'.' | b',')) {
        let mut ahead = *scan;
        ahead.one_of(b".,");
        if let Some(read) = ahead.nanoseconds() {
            nanosecond = read;
            *scan = ahead;
        }
    }
    let mut ahead = *scan;
    ahead.spaces();
    let is_twelve_hours = match ahead.peek() {
        Some(b'A' | b'a' | b'P' | b'p') => match ahead.letters(2) {
            "AM" | "am" if (1..=12).contains(&hour) => {
                hour %= 12;
                true
            }
            "PM" | "pm" if (1..=12).contains(&hour) => {
                hour = hour % 12 + 12;
                true
            }
            _ => false,
        },
        _ => false,
    };
    if is_twelve_hours {
        *scan = ahead;
    }
    // A leap second is the last one before it, as everywhere.
    let second = match second {
        Some(60) => 59,
        second => second.unwrap_or(0),
    };
    let [hour, minute, second] = [hour, minute, second].map(|number| i8::try_from(number).ok());
    let time = Time::new(hour?, minute?, second?, nanosecond).ok()?;
    Some((time, is_twelve_hours))
}

fn date_year_first(scan: &mut Scan<'_>) -> Option<Date> {
    let year = scan.fixed(4)?;
    let separator = scan.one_of(b"-/.:")?;
    let name = scan.letters(9);
    let number = if name.is_empty() { scan.number(1, 2)? } else { month(name)? };
    scan.one_of(&[separator])?;
    date(year, number, scan.number(1, 2)?)
}

/// `2024-06-10T06:13:20.123Z`, `2024/06/10 06:13:20`, `2024-06-10 06:13:20,123 +0200`.
fn year_first(scan: &mut Scan<'_>) -> Option<Stamp> {
    let date = date_year_first(scan)?;
    if scan.one_of(b"Tt_-:").is_none() && !scan.spaces() {
        return None;
    }
    let (time, _) = clock(scan)?;
    let offset = zone::take(scan);
    Stamp::new(date, time, offset)
}

/// `2024 Jun 10 06:13:20.123 UTC`: NX-OS, IOS with a year.
fn year_then_month_name(scan: &mut Scan<'_>) -> Option<Stamp> {
    let year = scan.fixed(4)?;
    scan.spaces();
    let number = month(scan.letters(9))?;
    scan.spaces();
    let date = date(year, number, scan.number(1, 2)?)?;
    if !scan.spaces() {
        return None;
    }
    let (time, _) = clock(scan)?;
    let offset = zone::take(scan);
    Stamp::new(date, time, offset)
}

/// Two numbers or a number and a name, and a year.
enum DayFirst {
    Known(Date),
    /// First number, second number, year.
    Numbers(i64, i64, i64),
}

impl DayFirst {
    fn date(self, is_american: bool) -> Option<Date> {
        match self {
            Self::Known(date) => Some(date),
            Self::Numbers(first, second, year) if is_american || second > 12 => {
                date(year, first, second)
            }
            Self::Numbers(first, second, year) => date(year, second, first),
        }
    }
}

fn date_day_first(scan: &mut Scan<'_>) -> Option<DayFirst> {
    let first = scan.number(1, 2)?;
    let separator = scan.one_of(b"/-. ")?;
    let name = scan.letters(9);
    if name.is_empty() {
        let second = scan.number(1, 2)?;
        scan.one_of(&[separator])?;
        let year = year(scan)?;
        return Some(DayFirst::Numbers(first, second, year));
    }
    let number = month(name)?;
    scan.one_of(&[separator])?;
    let year = year(scan)?;
    date(year, number, first).map(DayFirst::Known)
}

/// Four digits, or two for this century.
fn year(scan: &mut Scan<'_>) -> Option<i64> {
    match scan.digits_ahead() {
        4 => scan.fixed(4),
        2 => scan.fixed(2).map(|year| 2000 + year),
        _ => None,
    }
}

/// `10/Jun/2024:06:13:20 +0000`, `10-Jun-2024 06:13:20.123`, `6/10/2024 6:13:20 AM`,
/// `10.06.2024 06:13:20`, `10 Jun 2024 06:13:20 GMT`.
fn day_first(scan: &mut Scan<'_>) -> Option<Stamp> {
    let day = date_day_first(scan)?;
    scan.one_of(b":,T");
    scan.spaces();
    let (time, is_american) = clock(scan)?;
    let offset = zone::take(scan);
    Stamp::new(day.date(is_american)?, time, offset)
}

/// `Jun 10 06:13:20`, `Jun 10 2024 06:13:20`, `Mon Jun 10 06:13:20 UTC 2024`,
/// `Mon, 10 Jun 2024 06:13:20 +0000`.
fn month_name_first(scan: &mut Scan<'_>) -> Option<Stamp> {
    let mut name = scan.letters(9);
    if month(name).is_none() {
        if !DAYS.iter().any(|day| name.len() >= 3 && day.eq_ignore_ascii_case(&name[..3])) {
            return None;
        }
        scan.one_of(b",");
        scan.spaces();
        if scan.peek()?.is_ascii_digit() {
            return day_first(scan);
        }
        name = scan.letters(9);
    }
    let number = month(name)?;
    scan.one_of(b".-");
    scan.spaces();
    let day = scan.number(1, 2)?;
    scan.one_of(b",");
    if !scan.spaces() {
        return None;
    }
    let mut year = None;
    if scan.digits_ahead() == 4 {
        year = Some(scan.fixed(4)?);
        scan.one_of(b",");
        if !scan.spaces() {
            return None;
        }
    }
    let (time, _) = clock(scan)?;
    let mut offset = zone::take(scan);
    if offset.is_none() {
        zone::skip_unknown(scan);
    }
    let mut ahead = *scan;
    if year.is_none() && ahead.spaces() && ahead.digits_ahead() == 4 {
        let read = ahead.fixed(4)?;
        // `… 06:13:20 2024`, and neither a number that begins the message nor an IPv6 address.
        let ends = match ahead.peek() {
            None | Some(b' ' | b']' | b'\t') => true,
            Some(b':') => matches!(ahead.peek_at(1), None | Some(b' ')),
            Some(_) => false,
        };
        if (1990..2100).contains(&read) && ends {
            year = Some(read);
            *scan = ahead;
            offset = offset.or_else(|| zone::take(scan));
        }
    }
    match year {
        Some(year) => Stamp::new(date(year, number, day)?, time, offset),
        None => {
            let date = date(i64::from(LEAP_YEAR), number, day)?;
            Some(Stamp::Yearless(date.to_datetime(time), offset))
        }
    }
}

/// `20240610T061320Z`, `20240610061320`, `20240610 06:13:20`.
fn compact(scan: &mut Scan<'_>) -> Option<Stamp> {
    let date = date(scan.fixed(4)?, scan.fixed(2)?, scan.fixed(2)?)?;
    let marked = scan.one_of(b"T").is_some() || scan.spaces();
    let time = if scan.digits_ahead() == 6 {
        let [hour, minute, second] = [scan.fixed(2)?, scan.fixed(2)?, scan.fixed(2)?]
            .map(|number| i8::try_from(number).ok());
        let mut time = Time::new(hour?, minute?, second?, 0).ok()?;
        let mut ahead = *scan;
        if ahead.one_of(b".,").is_some()
            && let Some(nanosecond) = ahead.nanoseconds()
        {
            time = time.with().subsec_nanosecond(nanosecond).build().ok()?;
            *scan = ahead;
        }
        time
    } else if marked {
        clock(scan)?.0
    } else {
        return None;
    };
    let offset = zone::take(scan);
    Stamp::new(date, time, offset)
}

/// Seconds with or without a fraction, milliseconds, microseconds, nanoseconds.
fn epoch(scan: &mut Scan<'_>) -> Option<Stamp> {
    let digits = scan.digits_ahead();
    let number = scan.number(10, 19)?;
    let nanoseconds = match digits {
        10 => {
            let mut fraction = 0;
            let mut ahead = *scan;
            if ahead.one_of(b".").is_some()
                && let Some(read) = ahead.nanoseconds()
            {
                fraction = read;
                *scan = ahead;
            }
            i128::from(number) * 1_000_000_000 + i128::from(fraction)
        }
        13 => {
            let mut ahead = *scan;
            // `1718000000000.123` of some exporters: finer than anybody needs.
            if ahead.one_of(b".").is_some() && ahead.nanoseconds().is_some() {
                *scan = ahead;
            }
            i128::from(number) * 1_000_000
        }
        16 => i128::from(number) * 1000,
        19 => i128::from(number),
        _ => return None,
    };
    Timestamp::from_nanosecond(nanoseconds).ok().map(Stamp::Instant)
}

/// `@400000006666f34a12345678`: qmail, tinydns and whatever runs under multilog.
fn tai64n(scan: &mut Scan<'_>) -> Option<Stamp> {
    let hex = scan.rest().get(1..25)?;
    let seconds = i64::from_str_radix(hex.get(..16)?, 16).ok()?.checked_sub(1 << 62)?;
    let nanoseconds = i32::from_str_radix(hex.get(16..)?, 16).ok()?;
    // TAI was 10 seconds ahead of UTC in 1970, and daemontools knows of no leap second since.
    let at = Timestamp::new(seconds.checked_sub(10)?, nanoseconds).ok()?;
    *scan = Scan::new(&scan.rest()[25..]);
    Some(Stamp::Instant(at))
}
