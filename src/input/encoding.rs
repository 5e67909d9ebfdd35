//! Text that is not bytes a line each: UTF-16, and lines that end with a carriage return alone.
//!
//! Both become what the scanner reads, UTF-8 with line feeds, as it streams by. Offsets are those
//! in the result. Bytes of other encodings pass through: what is looked for is ASCII.

use std::io::{self, Read};

use super::layer::{BoxRead, read_some};

/// The byte order of UTF-16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// The least that UTF-16 is told from without a byte order mark.
const LEAST: usize = 16;

/// Whether text that begins with `head` is UTF-16. Without a byte order mark: most characters
/// have a zero on the same side, none on the other, and what is not zero can be text.
pub(super) fn utf16(head: &[u8]) -> Option<Order> {
    match head {
        [0xFF, 0xFE, 0, 0, ..] => return None,
        [0xFF, 0xFE, ..] => return Some(Order::Little),
        [0xFE, 0xFF, ..] => return Some(Order::Big),
        _ if head.len() < LEAST => return None,
        _ => {}
    }
    let (mut low, mut high, mut odd) = (0, 0, 0);
    let (units, _) = head.as_chunks::<2>();
    for &unit in units {
        match unit {
            [0, 0] => return None,
            [byte, 0] => {
                low += 1;
                odd += usize::from(!is_text(byte));
            }
            [0, byte] => {
                high += 1;
                odd += usize::from(!is_text(byte));
            }
            _ => {}
        }
    }
    // A character like U+0100 has its zero on the other side.
    let is_most = |one: usize, other: usize| one * 10 >= units.len() * 6 && other * 50 <= one;
    match odd {
        0 if is_most(low, high) => Some(Order::Little),
        0 if is_most(high, low) => Some(Order::Big),
        _ => None,
    }
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7E | 0xA0..)
}

/// Whether lines end with a carriage return alone: there are some, and no line feed at all.
pub(super) fn has_bare_returns(head: &[u8]) -> bool {
    memchr::memchr(b'\n', head).is_none() && memchr::memchr(b'\r', head).is_some()
}

/// Bytes transcoded at a time.
const INPUT: usize = 32 * 1024;

/// UTF-16 as UTF-8, its byte order mark dropped. What is no character becomes U+FFFD.
pub(super) struct Utf16 {
    reader: BoxRead,
    order: Order,
    input: Vec<u8>,
    start: usize,
    is_done: bool,
    is_first: bool,
    /// The first half of a character that needs two.
    lead: Option<u16>,
    /// Transcoded, of which the first `given` bytes were handed on.
    out: Vec<u8>,
    given: usize,
}

impl Utf16 {
    pub(super) fn new(reader: BoxRead, order: Order) -> Self {
        Self {
            reader,
            order,
            input: Vec::new(),
            start: 0,
            is_done: false,
            is_first: true,
            lead: None,
            out: Vec::new(),
            given: 0,
        }
    }

    fn put(&mut self, character: char) {
        self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn unit(&mut self, unit: u16) {
        if std::mem::take(&mut self.is_first) && unit == 0xFEFF {
            return;
        }
        if let Some(lead) = self.lead.take() {
            if let Some(Ok(character)) = char::decode_utf16([lead, unit]).next() {
                return self.put(character);
            }
            self.put(char::REPLACEMENT_CHARACTER);
        }
        match unit {
            0..=0x7F => self.out.push(unit as u8),
            0xD800..=0xDBFF => self.lead = Some(unit),
            _ => self.put(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    /// Transcodes what comes next; at the end what was left over.
    fn more(&mut self) -> io::Result<()> {
        self.out.clear();
        self.given = 0;
        // An odd byte waits for its other half.
        self.input.drain(..self.start);
        self.start = 0;
        let len = self.input.len();
        self.input.resize(INPUT, 0);
        let done = read_some(&mut self.reader, &mut self.input[len..]);
        self.input.truncate(len + *done.as_ref().unwrap_or(&0));
        self.is_done = done? == 0;
        let input = std::mem::take(&mut self.input);
        let (units, half) = input.as_chunks::<2>();
        for &unit in units {
            self.unit(match self.order {
                Order::Little => u16::from_le_bytes(unit),
                Order::Big => u16::from_be_bytes(unit),
            });
        }
        self.start = input.len() - half.len();
        if self.is_done && (self.lead.take().is_some() || !half.is_empty()) {
            self.put(char::REPLACEMENT_CHARACTER);
        }
        self.input = input;
        Ok(())
    }
}

impl Read for Utf16 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() && !self.is_done {
            self.more()?;
        }
        let count = buffer.len().min(self.out.len() - self.given);
        buffer[..count].copy_from_slice(&self.out[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

/// Carriage returns as line feeds, a byte for a byte; one before a line feed stays.
pub(super) struct BareReturns {
    reader: BoxRead,
    /// Whether the last byte was a carriage return that is still to be handed on.
    held: bool,
}

impl BareReturns {
    pub(super) fn new(reader: BoxRead) -> Self {
        Self { reader, held: false }
    }
}

impl Read for BareReturns {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = usize::from(self.held);
        if buffer.len() <= at {
            // There is room for what is held, and none to see what comes after it: nobody reads
            // byte by byte.
            self.held &= buffer.is_empty();
            buffer.fill(b'\n');
            return Ok(buffer.len());
        }
        let count = read_some(&mut self.reader, &mut buffer[at..])?;
        let mut len = at + count;
        if self.held {
            buffer[0] = b'\r';
        }
        self.held = false;
        if count == 0 {
            if at == 1 {
                buffer[0] = b'\n';
            }
            return Ok(at);
        }
        if buffer[len - 1] == b'\r' {
            // What it is depends on what comes.
            self.held = true;
            len -= 1;
            if len == 0 {
                return self.read(buffer);
            }
        }
        let mut from = 0;
        while let Some(found) = memchr::memchr(b'\r', &buffer[from..len]) {
            let next = buffer.get(from + found + 1).filter(|_| from + found + 1 < len);
            if next != Some(&b'\n') {
                buffer[from + found] = b'\n';
            }
            from += found + 1;
        }
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one to three bytes at a time.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = self.1 % 3 + 1;
            let count = self.1.min(buffer.len()).min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn drops(bytes: &[u8]) -> BoxRead {
        Box::new(Drops(bytes.to_vec().leak(), 0))
    }

    fn all(mut reader: impl Read) -> Vec<u8> {
        let mut out = Vec::new();
        reader.read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn utf16_becomes_utf8() {
        let text = "\u{feff}a ü 漢 \u{1F600}\r\nc0cc.cc";
        for order in [Order::Little, Order::Big] {
            let bytes = |unit: u16| match order {
                Order::Little => unit.to_le_bytes(),
                Order::Big => unit.to_be_bytes(),
            };
            let encoded: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            assert_eq!(utf16(&encoded), Some(order));
            assert_eq!(all(Utf16::new(drops(&encoded), order)), &text.as_bytes()[3..]);
            let lone: Vec<u8> =
                [0xD800, 0x61, 0xDC00, 0xD83D].into_iter().flat_map(bytes).collect();
            let decoded = all(Utf16::new(drops(&[&lone[..], b"x"].concat()), order));
            // The last half character and the odd byte are one piece of rubbish.
            assert_eq!(String::from_utf8(decoded).unwrap(), "\u{fffd}a\u{fffd}\u{fffd}");
        }
    }

    #[test]
    fn utf16_without_a_mark_is_told_from_what_it_is_not() {
        let little: Vec<u8> =
            "2024-03-01 query c0cc.cc\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> =
            "2024-03-01 query c0cc.cc\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(utf16(&little), Some(Order::Little));
        assert_eq!(utf16(&big), Some(Order::Big));
        assert_eq!(utf16(b"2024-03-01 query c0cc.cc\n"), None);
        assert_eq!(utf16(b"A=1\0B=2\0C=3\0PATH=/usr/bin\0"), None);
        assert_eq!(utf16(&[0; 64]), None);
        assert_eq!(utf16(&[1, 0, 2, 0, 3, 0, 4, 0, 1, 0, 2, 0, 3, 0, 4, 0]), None);
    }

    #[test]
    fn bare_returns_become_line_feeds() {
        for (text, expected) in [
            ("a\rb\rc", "a\nb\nc"),
            ("a\rb\r", "a\nb\n"),
            ("\r\r\r\r", "\n\n\n\n"),
            ("a\r\nb\rc\nd\r\r\n", "a\r\nb\nc\nd\n\r\n"),
            ("", ""),
        ] {
            assert_eq!(all(BareReturns::new(drops(text.as_bytes()))), expected.as_bytes());
            let whole: BoxRead = Box::new(text.as_bytes());
            assert_eq!(all(BareReturns::new(whole)), expected.as_bytes());
        }
        assert!(
            has_bare_returns(b"a\rb") && !has_bare_returns(b"a\r\nb") && !has_bare_returns(b"a")
        );
    }
}
