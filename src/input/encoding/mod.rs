//! Text that is not bytes a line each: UTF-16, and lines that end with a carriage return alone.
//!
//! Both become what the scanner reads, UTF-8 with line feeds, as it streams by. Offsets are those
//! in the result. Bytes of other encodings pass through: what is looked for is ASCII.

mod mixed;
mod returns;

pub(super) use mixed::Mixed;
pub(crate) use mixed::has_utf16;
pub(super) use returns::{BareReturns, has_bare_returns};

/// The byte order of UTF-16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

impl Order {
    fn other(self) -> Self {
        match self {
            Self::Little => Self::Big,
            Self::Big => Self::Little,
        }
    }
}

/// The least that UTF-16 is told from without a byte order mark.
const LEAST: usize = 16;

/// Whether text that begins with `head` is UTF-16. Without a byte order mark: many characters have
/// a zero on the same side, few on the other, and what stands beside the zeros is text.
pub(super) fn utf16(head: &[u8]) -> Option<Order> {
    match head {
        [0xFF, 0xFE, 0, 0, ..] => return None,
        [0xFF, 0xFE, ..] => return Some(Order::Little),
        [0xFE, 0xFF, ..] => return Some(Order::Big),
        _ if head.len() < LEAST => return None,
        _ => {}
    }
    let (mut low, mut high, mut odd, mut empty) = (0, 0, 0, 0);
    let (units, _) = head.as_chunks::<2>();
    for &unit in units {
        match unit {
            [0, 0] => empty += 1,
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
    // A character like U+0100 has its zero on the other side; a NUL or two may be in any text, and
    // where another script is used at least spaces, digits and line ends are as here.
    let is_utf16 = |one: usize, other: usize| {
        one >= LEAST / 2
            && one * 6 >= units.len()
            && other * 20 <= one
            && odd * 50 <= one
            && empty * 20 <= one
    };
    match () {
        () if is_utf16(low, high) => Some(Order::Little),
        () if is_utf16(high, low) => Some(Order::Big),
        () => None,
    }
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7E | 0xA0..)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::*;
    use crate::input::layer::BoxRead;

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

    pub(super) fn drops(bytes: &[u8]) -> BoxRead {
        Box::new(Drops(bytes.to_vec().leak(), 0))
    }

    pub(super) fn all(mut reader: impl Read) -> Vec<u8> {
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
            assert_eq!(all(Mixed::utf16(drops(&encoded), order)), &text.as_bytes()[3..]);
            let lone: Vec<u8> =
                [0xD800, 0x61, 0xDC00, 0xD83D].into_iter().flat_map(bytes).collect();
            let decoded = all(Mixed::utf16(drops(&[&lone[..], b"\xFF"].concat()), order));
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
        // A NUL early on, and lines of another script.
        let text = format!(
            "a\0b query c0cc.cc\r\n{}",
            "2024-03-01 漢字漢字漢字漢字漢字漢字漢字\r\n".repeat(9)
        );
        let encoded: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(utf16(&encoded), Some(Order::Little));
        let encoded: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(utf16(&encoded), Some(Order::Big));
        assert_eq!(utf16(b"A=1\0B=2\0C=3\0PATH=/usr/bin\0"), None);
        assert_eq!(utf16(&[0; 64]), None);
        assert_eq!(utf16(&[1, 0, 2, 0, 3, 0, 4, 0, 1, 0, 2, 0, 3, 0, 4, 0]), None);
    }
}
