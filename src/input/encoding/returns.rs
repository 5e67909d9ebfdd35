//! Lines that end with a carriage return alone.

use std::io::{self, Read};

use crate::input::layer::{BoxRead, read_some};

/// Whether lines end with a carriage return alone: there are some, and no line feed at all.
pub(in crate::input) fn has_bare_returns(head: &[u8]) -> bool {
    memchr::memchr(b'\n', head).is_none() && memchr::memchr(b'\r', head).is_some()
}

/// Carriage returns as line feeds, a byte for a byte; one before a line feed stays.
pub(in crate::input) struct BareReturns {
    reader: BoxRead,
    /// Whether the last byte was a carriage return that is still to be handed on.
    held: bool,
}

impl BareReturns {
    pub(in crate::input) fn new(reader: BoxRead) -> Self {
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
    use super::super::tests::{all, drops};
    use super::*;

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
