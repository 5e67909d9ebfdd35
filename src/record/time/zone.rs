//! `Z`, `+02:00`, `-0500`, `UTC`, `CEST`.

use jiff::tz::Offset;

use super::scan::Scan;

/// Abbreviations that mean one thing nearly everywhere: RFC 2822 §4.3 and Europe's. Others (`CST`
/// beside America, `IST`, `BST` in Bangladesh) mean several and are not believed.
const NAMES: &[(&str, i32)] = &[
    ("Z", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("WET", 0),
    ("WEST", 3600),
    ("CET", 3600),
    ("CEST", 7200),
    ("MEZ", 3600),
    ("MESZ", 7200),
    ("EET", 7200),
    ("EEST", 10800),
    ("EST", -18000),
    ("EDT", -14400),
    ("CST", -21600),
    ("CDT", -18000),
    ("MST", -25200),
    ("MDT", -21600),
    ("PST", -28800),
    ("PDT", -25200),
    ("JST", 32400),
];

/// A zone that is the whole text; surrounding white space does not count.
pub(super) fn whole(text: &str) -> Option<Offset> {
    let mut scan = Scan::new(text.trim());
    take(&mut scan).filter(|_| scan.rest().is_empty())
}

/// The zone that stands here, after a space or not.
pub(super) fn take(scan: &mut Scan<'_>) -> Option<Offset> {
    let mut ahead = *scan;
    let spaced = ahead.spaces();
    let offset = match ahead.peek()? {
        b'+' | b'-' => numeric(&mut ahead, spaced)?,
        byte if byte.is_ascii_alphabetic() => {
            let name = ahead.letters(5);
            // `UTC+2`, `GMT+0200`; also `GMT` alone.
            let known = named(name)?;
            match ahead.peek() {
                Some(b'+' | b'-') if known == 0 && name.len() == 3 => numeric(&mut ahead, false)?,
                Some(byte) if byte.is_ascii_digit() || byte == b'_' => return None,
                _ => known,
            }
        }
        _ => return None,
    };
    *scan = ahead;
    Offset::from_seconds(offset).ok()
}

/// Abbreviations that are known but ambiguous are gone past, for what follows begins after them.
pub(super) fn skip_unknown(scan: &mut Scan<'_>) {
    let mut ahead = *scan;
    if !ahead.spaces() {
        return;
    }
    let name = ahead.letters(5);
    if name.len() >= 3
        && name.bytes().all(|byte| byte.is_ascii_uppercase())
        && name.ends_with('T')
        && matches!(ahead.peek(), None | Some(b' ' | b':'))
    {
        *scan = ahead;
    }
}

fn named(name: &str) -> Option<i32> {
    // Month names and words have lower-case letters; `z` is RFC 3339's.
    let name = if name == "z" { "Z" } else { name };
    // Mostly it is the host of a syslog header that stands here.
    name.as_bytes().first().filter(|byte| byte.is_ascii_uppercase())?;
    NAMES.iter().find(|(known, _)| *known == name).map(|&(_, offset)| offset)
}

/// `+02:00`, `+0200`, `+02`, `-5`. After a space only the long forms: ` -5` may be anything.
fn numeric(scan: &mut Scan<'_>, spaced: bool) -> Option<i32> {
    let sign = if scan.one_of(b"+-")? == b'-' { -1 } else { 1 };
    let (hours, minutes) = match scan.digits_ahead() {
        4 => (scan.fixed(2)?, scan.fixed(2)?),
        1 | 2 => {
            let digits = scan.digits_ahead();
            let hours = scan.fixed(digits)?;
            if digits == 2 && scan.peek() == Some(b':') {
                scan.one_of(b":")?;
                (hours, scan.number(2, 2)?)
            } else if spaced {
                return None;
            } else {
                (hours, 0)
            }
        }
        _ => return None,
    };
    if hours > 15 || minutes > 59 {
        return None;
    }
    Some(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?)
}
