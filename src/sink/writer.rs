//! JSON written straight into a buffer.
//!
//! A hit document has a hundred parts, most of them known when this is compiled. What is known is
//! copied, what is not is written without a detour through `fmt`.

use std::io::Write as _;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::tz::Offset;

use super::escape::is_control;
use crate::words::{self, OCTETS, PAIRS};

/// Writes one JSON text. Strings come out as [`write_json_line`](super::write_json_line) writes
/// them: what acts on a terminal or cannot be seen is escaped.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// What was written.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.out
    }

    /// Begins anew.
    pub(crate) fn clear(&mut self) {
        self.out.clear();
    }

    /// A piece of JSON as it is.
    #[inline]
    pub(crate) fn raw(&mut self, json: impl AsRef<[u8]>) {
        self.out.extend_from_slice(json.as_ref());
    }

    /// The first bytes of a piece of JSON. All are written, for that is a store or two, and those
    /// that are too many taken back.
    #[inline]
    pub(crate) fn begin_of<const N: usize>(&mut self, json: &[u8; N], len: u8) {
        let end = self.out.len() + usize::from(len);
        self.out.extend_from_slice(json);
        self.out.truncate(end);
    }

    /// Makes room for the next value of an array, or the next key.
    #[inline]
    pub(crate) fn next(&mut self) {
        // Strings end with a quote, so these only stand where something was opened.
        if !matches!(self.out.last(), None | Some(b'{' | b'[')) {
            self.out.push(b',');
        }
    }

    /// A string that needs no escapes.
    #[inline]
    pub(crate) fn word(&mut self, word: &'static str) {
        self.out.push(b'"');
        self.raw(word);
        self.out.push(b'"');
    }

    /// A string.
    pub(crate) fn text(&mut self, text: &str) {
        self.lossy(text.as_bytes());
    }

    /// A string; what is not UTF-8 is replaced as [`String::from_utf8_lossy`] does it.
    pub(crate) fn lossy(&mut self, text: &[u8]) {
        // Nearly all strings but those lines that are JSON or pairs in quotes.
        if is_plain(text) {
            self.out.reserve(text.len() + 2);
            self.out.push(b'"');
            self.out.extend_from_slice(text);
            self.out.push(b'"');
            return;
        }
        self.out.push(b'"');
        let start = self.out.len();
        // Every byte escaped, and what a whole block is too much.
        self.out.resize(start + 2 * text.len() + BLOCK, 0);
        let (read, written) = copy(text, &mut self.out[start..]);
        self.out.truncate(start + written);
        self.rest(&text[read..]);
        self.out.push(b'"');
    }

    /// What is left of a string that has more to escape than quotes and backslashes.
    fn rest(&mut self, text: &[u8]) {
        let mut rest = text;
        loop {
            let (plain, special) = rest.split_at(plain(rest));
            self.out.extend_from_slice(plain);
            let Some(&first) = special.first() else { break };
            // No character and no broken one goes on behind an ASCII byte.
            let len = if first.is_ascii() {
                self.escape(first.into());
                1
            } else {
                let len = special.iter().position(u8::is_ascii).unwrap_or(special.len());
                self.beyond_ascii(&special[..len]);
                len
            };
            rest = &special[len..];
        }
    }

    fn beyond_ascii(&mut self, bytes: &[u8]) {
        for chunk in bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                if is_control(c) {
                    self.escape(c);
                } else {
                    self.raw(c.encode_utf8(&mut [0; 4]));
                }
            }
            if !chunk.invalid().is_empty() {
                self.raw("\u{fffd}");
            }
        }
    }

    fn escape(&mut self, c: char) {
        let short = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a `Vec` cannot fail.
                    let _ = write!(self.out, "\\u{unit:04x}");
                }
                return;
            }
        };
        self.raw(short);
    }

    /// A number.
    pub(crate) fn number(&mut self, number: u64) {
        self.out.extend_from_slice(words::digits(number, &mut [0; 20]));
    }

    /// An address, as a string.
    pub(crate) fn ip(&mut self, address: IpAddr) {
        self.out.push(b'"');
        match address {
            IpAddr::V4(address) => {
                for octet in address.octets() {
                    let (text, len) = OCTETS[usize::from(octet)];
                    self.begin_of(&text, len);
                }
                self.out.pop();
            }
            IpAddr::V6(address) => {
                // Writing to a `Vec` cannot fail.
                let _ = write!(self.out, "{address}");
            }
        }
        self.out.push(b'"');
    }

    /// A time as RFC 3339 has it, in UTC, with as much of the fraction as there is.
    pub(crate) fn time(&mut self, time: Timestamp) {
        self.out.push(b'"');
        let civil = Offset::UTC.to_datetime(time);
        match u64::try_from(civil.year()) {
            Ok(year) => {
                let part = |number: i8| {
                    let pair = 2 * usize::from(number.unsigned_abs());
                    [PAIRS[pair], PAIRS[pair + 1]]
                };
                self.digits::<4>(year);
                let ([m1, m2], [d1, d2]) = (part(civil.month()), part(civil.day()));
                let ([h1, h2], [n1, n2]) = (part(civil.hour()), part(civil.minute()));
                let [s1, s2] = part(civil.second());
                self.out.extend_from_slice(&[
                    b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2,
                ]);
                let fraction = civil.subsec_nanosecond().unsigned_abs();
                if fraction > 0 {
                    self.out.push(b'.');
                    self.digits::<9>(fraction.into());
                    let len = self.out.iter().rev().take_while(|&&byte| byte == b'0').count();
                    self.out.truncate(self.out.len() - len);
                }
                self.out.push(b'Z');
            }
            // Before year 0 there is a notation of its own.
            Err(_) => {
                let _ = write!(self.out, "{time}");
            }
        }
        self.out.push(b'"');
    }

    /// The last `N` digits of a number.
    fn digits<const N: usize>(&mut self, mut number: u64) {
        let mut digits = [b'0'; N];
        for digit in digits.iter_mut().rev() {
            *digit += (number % 10) as u8;
            number /= 10;
        }
        self.out.extend_from_slice(&digits);
    }
}

/// How many bytes are looked at together, where none of them is expected to be special.
const BLOCK: usize = 32;

/// Whether a byte may have to be escaped: a control, a quote, a backslash, or what is not ASCII.
const fn is_special(byte: u8) -> bool {
    !matches!(byte, 0x20..0x7f) || byte == b'"' || byte == b'\\'
}

/// Copies a string's bytes, with backslashes where they are needed, until there is one that needs
/// more than that, or no room. Gives how many were read and written.
fn copy(text: &[u8], room: &mut [u8]) -> (usize, usize) {
    let mut rest = text;
    let mut written = 0;
    // No block that ends before has to be looked at: it is not plain.
    let mut mixed = 0;
    loop {
        let (read, room) = (text.len() - rest.len(), &mut room[written..]);
        if read >= mixed
            && let Some((block, after)) = rest.split_first_chunk::<BLOCK>()
        {
            if is_plain_block(block)
                && let Some(room) = room.first_chunk_mut()
            {
                *room = *block;
                written += BLOCK;
                rest = after;
                continue;
            }
            mixed = read + BLOCK;
        }
        let plain = match (rest.split_first_chunk::<8>(), room.first_chunk_mut::<8>()) {
            (Some((word, after)), Some(room)) => {
                // All eight, for that is one store. What is too many is written over.
                *room = *word;
                let special = specials(*word);
                if special == 0 {
                    written += 8;
                    rest = after;
                    continue;
                }
                special.trailing_zeros() as usize / 8
            }
            _ => {
                let plain = rest.iter().take_while(|&&byte| !is_special(byte)).count();
                let plain = plain.min(room.len());
                for (to, &byte) in room.iter_mut().zip(&rest[..plain]) {
                    *to = byte;
                }
                plain
            }
        };
        written += plain;
        rest = &rest[plain..];
        match (rest, room.get_mut(plain..plain + 2)) {
            (&[byte @ (b'"' | b'\\'), ref after @ ..], Some([first, second])) => {
                (*first, *second) = (b'\\', byte);
                written += 2;
                rest = after;
            }
            _ => return (text.len() - rest.len(), written),
        }
    }
}

/// How many bytes stand before the first special one.
fn plain(text: &[u8]) -> usize {
    let (words, tail) = text.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let special = specials(*word);
        if special != 0 {
            return at * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let len = tail.iter().position(|&byte| is_special(byte)).unwrap_or(tail.len());
    words.len() * 8 + len
}

/// Whether none of the bytes is special.
fn is_plain(text: &[u8]) -> bool {
    let (blocks, tail) = text.as_chunks::<BLOCK>();
    if !blocks.iter().all(is_plain_block) {
        return false;
    }
    match text.last_chunk::<8>() {
        Some(last) => {
            let (words, _) = tail.as_chunks::<8>();
            // The last word may overlap what was looked at.
            words.iter().fold(specials(*last), |any, word| any | specials(*word)) == 0
        }
        None => !tail.iter().any(|&byte| is_special(byte)),
    }
}

/// The same of a block. Without an early end, it is many bytes at a time.
fn is_plain_block(block: &[u8; BLOCK]) -> bool {
    let is_odd = |odd: u8, &byte: &u8| {
        odd | u8::from(byte.wrapping_sub(0x20) > 0x7e - 0x20)
            | u8::from(byte == b'"')
            | u8::from(byte == b'\\')
    };
    block.iter().fold(0, is_odd) == 0
}

/// A word whose lowest bit that is set is in the first special byte.
fn specials(word: [u8; 8]) -> u64 {
    const LOW: u64 = u64::MAX / 0xff;
    const HIGH: u64 = LOW << 7;
    // The lowest bit that is set is right; a borrow may set more above it.
    let zeros = |word: u64| word.wrapping_sub(LOW) & !word;
    let word = u64::from_le_bytes(word);
    let special = word
        | word.wrapping_sub(LOW * 0x20)
        | zeros(word ^ (LOW * 0x22))
        | zeros(word ^ (LOW * 0x5c))
        | zeros(word ^ (LOW * 0x7f));
    special & HIGH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sink::write_json_line;

    fn written(write: impl FnOnce(&mut Writer)) -> String {
        let mut writer = Writer::default();
        write(&mut writer);
        String::from_utf8(writer.bytes().to_vec()).unwrap()
    }

    #[test]
    fn every_byte_in_every_place() {
        for byte in 0..=u8::MAX {
            for at in 0..24 {
                let mut bytes = *b"abcdefghijklmnopqrstuvwx";
                bytes[at] = byte;
                let mut expected = Vec::new();
                write_json_line(&mut expected, &String::from_utf8_lossy(&bytes)).unwrap();
                let text = written(|writer| writer.lossy(&bytes));
                assert_eq!(text.as_bytes(), expected.trim_ascii_end(), "{byte:#x} at {at}");
            }
        }
    }

    #[test]
    fn commas() {
        let text = written(|json| {
            json.raw("{");
            json.next();
            json.raw("\"a\":");
            json.word("{");
            json.next();
            json.raw("\"b\":[");
            json.next();
            json.number(0);
            json.next();
            json.number(u64::MAX);
            json.raw("]}");
        });
        assert_eq!(text, r#"{"a":"{","b":[0,18446744073709551615]}"#);
    }

    #[test]
    fn times() {
        for text in [
            "0000-01-01T00:00:00Z",
            "-000044-03-15T11:30:00Z",
            "9999-12-30T21:59:59.999999999Z",
            "1969-12-31T23:59:59.5Z",
        ] {
            let time: Timestamp = text.parse().unwrap();
            assert_eq!(written(|writer| writer.time(time)), format!("\"{time}\""));
        }
    }

    proptest! {
        #[test]
        fn bytes_as_serde_writes_them(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut expected = Vec::new();
            write_json_line(&mut expected, &String::from_utf8_lossy(&bytes)).unwrap();
            let text = written(|writer| writer.lossy(&bytes)) + "\n";
            prop_assert_eq!(text.as_bytes(), expected);
        }

        #[test]
        fn texts_as_serde_writes_them(text in any::<String>()) {
            let mut expected = Vec::new();
            write_json_line(&mut expected, &text).unwrap();
            let text = written(|writer| writer.text(&text)) + "\n";
            prop_assert_eq!(text.as_bytes(), expected);
        }

        #[test]
        fn values_as_they_show_themselves(
            number in any::<u64>(),
            address in any::<IpAddr>(),
            second in -60_000_000_000_i64..250_000_000_000,
            nanosecond in 0..1_000_000_000,
        ) {
            prop_assert_eq!(written(|writer| writer.number(number)), number.to_string());
            prop_assert_eq!(written(|writer| writer.ip(address)), format!("\"{address}\""));
            for nanosecond in [0, nanosecond, nanosecond / 1_000_000 * 1_000_000] {
                let time = Timestamp::new(second, nanosecond).unwrap();
                prop_assert_eq!(written(|writer| writer.time(time)), format!("\"{time}\""));
            }
        }
    }
}
