//! Walking over the digits and letters of a time stamp.

/// What is left of a text. Methods that find what they look for go past it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'a> {
    text: &'a str,
}

impl<'a> Scan<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text }
    }

    pub(super) const fn rest(&self) -> &'a str {
        self.text
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().first().copied()
    }

    pub(super) fn peek_at(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// One of these ASCII characters.
    pub(super) fn one_of(&mut self, set: &[u8]) -> Option<u8> {
        let first = self.peek().filter(|byte| byte.is_ascii() && set.contains(byte))?;
        self.text = &self.text[1..];
        Some(first)
    }

    /// As many spaces as there are; whether there was one.
    pub(super) fn spaces(&mut self) -> bool {
        let rest = self.text.trim_start_matches(' ');
        let some = rest.len() < self.text.len();
        self.text = rest;
        some
    }

    /// How many digits stand here.
    pub(super) fn digits_ahead(&self) -> usize {
        self.text.bytes().take(32).take_while(u8::is_ascii_digit).count()
    }

    /// A number of `min` to `max` digits that no further digit follows.
    pub(super) fn number(&mut self, min: usize, max: usize) -> Option<i64> {
        let count = self.digits_ahead();
        if !(min..=max).contains(&count) {
            return None;
        }
        self.fixed(count)
    }

    /// A number of exactly so many digits, whatever follows.
    pub(super) fn fixed(&mut self, count: usize) -> Option<i64> {
        let digits = self.text.get(..count)?;
        if count == 0 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.text = &self.text[count..];
        digits.parse().ok()
    }

    /// The nanoseconds of a fraction, digits only; what is finer is cut off.
    pub(super) fn nanoseconds(&mut self) -> Option<i32> {
        let count = self.digits_ahead();
        if count == 0 {
            return None;
        }
        let mut value = 0_i32;
        for at in 0..9 {
            let digit = match self.peek_at(at).filter(|_| at < count) {
                Some(byte) => i32::from(byte - b'0'),
                None => 0,
            };
            value = value * 10 + digit;
        }
        self.text = &self.text[count..];
        Some(value)
    }

    /// The letters that stand here, at most so many of them.
    pub(super) fn letters(&mut self, max: usize) -> &'a str {
        let count = self.text.bytes().take(max + 1).take_while(u8::is_ascii_alphabetic).count();
        if count > max {
            return "";
        }
        let (letters, rest) = self.text.split_at(count);
        self.text = rest;
        letters
    }
}
