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
        let (mut value, mut count) = (0_i64, 0);
        for byte in self.text.bytes().take_while(u8::is_ascii_digit) {
            if count == max {
                return None;
            }
            value = value.checked_mul(10)?.checked_add((byte - b'0').into())?;
            count += 1;
        }
        if count < min {
            return None;
        }
        self.text = &self.text[count..];
        Some(value)
    }

    /// A number of exactly so many digits, whatever follows.
    pub(super) fn fixed(&mut self, count: usize) -> Option<i64> {
        let digits = self.text.as_bytes().get(..count).filter(|digits| !digits.is_empty())?;
        let mut value = 0_i64;
        for byte in digits {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value.checked_mul(10)?.checked_add((byte - b'0').into())?;
        }
        self.text = &self.text[count..];
        Some(value)
    }

    /// `06:13:20`, that no further digit follows, at once: what nearly every stamp has.
    pub(super) fn clock(&mut self) -> Option<[i64; 3]> {
        let &[h1, h2, b':', m1, m2, b':', s1, s2, ref rest @ ..] = self.text.as_bytes() else {
            return None;
        };
        let pair = |tens: u8, ones: u8| {
            let are = tens.is_ascii_digit() && ones.is_ascii_digit();
            are.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
        };
        let clock = [pair(h1, h2)?, pair(m1, m2)?, pair(s1, s2)?];
        if rest.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        self.text = &self.text[8..];
        Some(clock)
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
