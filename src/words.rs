//! Numbers, times and addresses as people read them.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::Offset;

/// `0.17 s`, `3 min 2 s`, `5 h 0 min`.
#[must_use]
pub fn time(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    match seconds {
        0..60 => format!("{:.2} s", elapsed.as_secs_f64()),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// `2024-11-14 03:22`, in UTC. Tables have thousands of them: what `strftime` would read its format
/// for is put together.
#[must_use]
pub fn minute(time: Timestamp) -> String {
    let text = minute_in(time, &mut [0; 16]).map(str::to_owned);
    text.unwrap_or_else(|| time.strftime("%Y-%m-%d %H:%M").to_string())
}

/// The same in `room`; nothing where the year has another length.
pub(crate) fn minute_in(time: Timestamp, room: &mut [u8; 16]) -> Option<&str> {
    let civil = Offset::UTC.to_datetime(time);
    let year = usize::try_from(civil.year()).ok()?;
    let part = |number: i8| usize::from(number.unsigned_abs());
    *room = *b"0000-00-00 00:00";
    for (at, number) in [
        (0, year / 100),
        (2, year % 100),
        (5, part(civil.month())),
        (8, part(civil.day())),
        (11, part(civil.hour())),
        (14, part(civil.minute())),
    ] {
        room[at..at + 2].copy_from_slice(PAIRS.get(2 * number..2 * number + 2)?);
    }
    std::str::from_utf8(room).ok()
}

/// `1 hit`, `2,000 hits`.
#[must_use]
pub fn plural(number: u64, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {noun}{s}", grouped(number))
}

/// `1,234,567`.
#[must_use]
pub fn grouped(number: u64) -> String {
    if number < 1000 {
        return String::from_utf8_lossy(digits(number, &mut [0; 20])).into_owned();
    }
    // From the end on: there are at most 20 digits and six commas.
    let mut text = [0; 26];
    let (mut start, mut rest, mut digits) = (text.len(), number, 0);
    loop {
        if digits > 0 && digits % 3 == 0 {
            start -= 1;
            text[start] = b',';
        }
        start -= 1;
        text[start] = b'0' + (rest % 10) as u8;
        (rest, digits) = (rest / 10, digits + 1);
        if rest == 0 {
            return text[start..].iter().map(|&byte| char::from(byte)).collect();
        }
    }
}

/// `1234567`, in `room`.
pub(crate) fn digits(mut number: u64, room: &mut [u8; 20]) -> &[u8] {
    let mut start = room.len();
    while number >= 100 {
        start -= 2;
        let pair = 2 * (number % 100) as usize;
        (room[start], room[start + 1]) = (PAIRS[pair], PAIRS[pair + 1]);
        number /= 100;
    }
    if number >= 10 {
        start -= 2;
        let pair = 2 * number as usize;
        (room[start], room[start + 1]) = (PAIRS[pair], PAIRS[pair + 1]);
    } else {
        start -= 1;
        room[start] = b'0' + number as u8;
    }
    &room[start..]
}

/// Adds `1234567`.
pub(crate) fn push_digits(text: &mut String, number: u64) {
    text.push_str(std::str::from_utf8(digits(number, &mut [0; 20])).unwrap_or_default());
}

/// `00` to `99`.
pub(crate) static PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut at = 0;
    while at < 100 {
        pairs[2 * at] = b'0' + (at / 10) as u8;
        pairs[2 * at + 1] = b'0' + (at % 10) as u8;
        at += 1;
    }
    pairs
};

/// `0.` to `255.`, and their lengths.
pub(crate) static OCTETS: [([u8; 4], u8); 256] = {
    let mut octets = [([b'.'; 4], 0); 256];
    let mut at = 0;
    while at < 256 {
        let digits = [at / 100, at / 10 % 10, at % 10];
        let mut skip = if at >= 100 {
            0
        } else if at >= 10 {
            1
        } else {
            2
        };
        let mut len = 0;
        while skip < 3 {
            octets[at].0[len] = b'0' + digits[skip] as u8;
            (skip, len) = (skip + 1, len + 1);
        }
        octets[at].1 = len as u8 + 1;
        at += 1;
    }
    octets
};

/// An address as it shows itself, without the standard library's machinery for formats.
#[must_use]
pub(crate) fn address(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address_in(address, &mut [0; 16]).to_owned(),
        IpAddr::V6(address) => address.to_string(),
    }
}

/// The same of an IPv4 address, in `room`.
pub(crate) fn address_in(address: Ipv4Addr, room: &mut [u8; 16]) -> &str {
    let mut len = 0;
    for octet in address.octets() {
        let (octet, octet_len) = &OCTETS[usize::from(octet)];
        // Four bytes at most, of which the last is a dot.
        room[len..len + 4].copy_from_slice(octet);
        len += usize::from(*octet_len);
    }
    // Without the last one's dot.
    std::str::from_utf8(&room[..len - 1]).unwrap_or_default()
}

/// `1.02 GB`: decimal units, three digits.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return plural(bytes, "byte");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    // What rounds to 1000 is one of the next unit.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.decimals$} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_as_strftime_writes_them() {
        for text in [
            "0000-01-01T00:00:00Z",
            "-000044-03-15T11:30:00Z",
            "0987-06-05T04:03:59Z",
            "2024-11-14T03:22:01.5Z",
            "9999-12-30T21:59:59Z",
        ] {
            let time: Timestamp = text.parse().unwrap();
            assert_eq!(minute(time), time.strftime("%Y-%m-%d %H:%M").to_string());
        }
    }

    #[test]
    fn addresses_are_as_they_show_themselves() {
        for text in ["0.0.0.0", "10.9.99.100", "101.200.255.1", "::", "2001:db8::1"] {
            assert_eq!(address(text.parse().unwrap()), text);
        }
    }

    #[test]
    fn numbers_are_readable() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (123_456, "123,456"),
            (1_234_567, "1,234,567"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(grouped(number), text);
        }
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.00 kB"),
            (9_994, "9.99 kB"),
            (9_999, "10.0 kB"),
            (99_999, "100 kB"),
            (999_499, "999 kB"),
            (999_500, "1.00 MB"),
            (1_020_000_000, "1.02 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(size(bytes), text);
        }
        for (millis, text) in
            [(0, "0.00 s"), (170, "0.17 s"), (61_000, "1 min 1 s"), (3_661_000, "1 h 1 min")]
        {
            assert_eq!(time(Duration::from_millis(millis)), text);
        }
    }
}
