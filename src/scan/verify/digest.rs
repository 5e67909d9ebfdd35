//! Hashes and fingerprints, as a run of hex digits or as pairs.

use std::ops::Range;

use crate::indicator::HashAlgorithm;
use crate::scan::Relation;
use crate::scan::classify::BLOCK;
use crate::scan::scanner::{Cursors, Ranked, Scanner};
use crate::scan::view::View;

/// The most hex digits a digest has.
const LONGEST: usize = HashAlgorithm::Sha512.hex_len();

/// One pair more than the longest digest has.
const MOST_PAIRS: usize = LONGEST / 2 + 1;

/// Whether two hex digits stand at `at`, on their own.
fn is_pair(text: &[u8], at: usize) -> bool {
    let is_hex = |at: usize| text.get(at).is_some_and(u8::is_ascii_hexdigit);
    let is_word = |at: usize| text.get(at).is_some_and(|&byte| is_word_byte(byte));
    is_hex(at)
        && is_hex(at + 1)
        && !is_word(at + 2)
        && at.checked_sub(1).is_none_or(|before| !is_word(before))
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Digits that are looked at side by side.
const TOGETHER: usize = 16;

fn are_digits(bytes: &[u8; TOGETHER]) -> bool {
    bytes.iter().fold(true, |all, byte| all & byte.is_ascii_hexdigit())
}

/// How many hex digits a text begins with.
fn digits_from(text: &[u8]) -> usize {
    let (rows, _) = text.as_chunks();
    let known = TOGETHER * rows.iter().take_while(|row| are_digits(row)).count();
    known + text[known..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count()
}

/// How many hex digits it ends with.
fn digits_before(text: &[u8]) -> usize {
    let (_, rows) = text.as_rchunks();
    let known = TOGETHER * rows.iter().rev().take_while(|row| are_digits(row)).count();
    let rest = &text[..text.len() - known];
    known + rest.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count()
}

impl Scanner<'_> {
    /// Verifies a run of hex digits as long as a digest.
    pub(in crate::scan) fn digits(
        &mut self,
        view: &View<'_>,
        span: Range<usize>,
        cursors: &mut Cursors,
    ) {
        // The tile before may have had it, too.
        if span.start >= cursors.run {
            cursors.run = span.end;
            self.digest(view, span, |_| true);
        }
    }

    /// Verifies a run of hex digits of which one is at `at`.
    pub(in crate::scan) fn run(&mut self, view: &View<'_>, at: usize, cursors: &mut Cursors) {
        let text = view.text;
        if at >= cursors.run {
            let start = at - digits_before(&text[at.saturating_sub(LONGEST + 1)..at]);
            let end = at + digits_from(&text[at..text.len().min(at + LONGEST + 1)]);
            cursors.run = end;
            if HashAlgorithm::from_hex_len(end - start).is_some() {
                self.digest(view, start..end, |_| true);
            }
        }
    }

    /// Verifies the rows of hex pairs that begin before `at` or in the 64 bytes behind it.
    ///
    /// A row is pairs with the same separator throughout. What stands beside a fingerprint may
    /// look like pairs with other separators (`2025-05-13 19:52:13 79 92 …`), so the last pair of
    /// one row may be the first of the next.
    pub(in crate::scan) fn pairs(&mut self, view: &View<'_>, at: usize) {
        let text = view.text;
        let mut start = at + 1;
        for _ in 0..MOST_PAIRS {
            if start < 3 || !is_pair(text, start - 3) {
                break;
            }
            start -= 3;
        }
        let last = at + BLOCK;
        while start < last {
            if !is_pair(text, start) {
                start += 3;
                continue;
            }
            let separator = text.get(start + 2).copied().unwrap_or(0);
            let mut end = start + 2;
            for _ in 0..MOST_PAIRS {
                if text.get(end) != Some(&separator) || !is_pair(text, end + 1) {
                    break;
                }
                end += 3;
            }
            // A row that was cut at its beginning is longer than any digest.
            let is_cut = start >= 3 && is_pair(text, start - 3) && text[start - 1] == separator;
            let pairs = (end - start + 1) / 3;
            let is_digest = HashAlgorithm::from_hex_len(pairs * 2).is_some();
            if is_digest && !is_cut && matches!(separator, b':' | b'-' | b' ') {
                self.digest(view, start..end, |byte| byte != separator);
            }
            start = if pairs == 1 { start + 3 } else { end - 2 };
        }
    }

    fn digest(&mut self, view: &View<'_>, span: Range<usize>, is_digit: impl Fn(u8) -> bool) {
        let digits = view.text[span.clone()].iter().copied().filter(|&byte| is_digit(byte));
        let mut first = [0; 8];
        for (place, digit) in first.iter_mut().zip(digits.clone()) {
            *place = digit;
        }
        if !self.index.digests.may_contain(first) {
            return;
        }
        let value: Vec<u8> = digits.map(|digit| digit.to_ascii_lowercase()).collect();
        let raw = view.raw_span(&span);
        let encodings = view.encodings(&span);
        let matches = self
            .index
            .digests
            .find(self.set, &value)
            .map(|id| {
                let len = value.len();
                Ranked::new(self.set, Relation::Exact, id, len, raw.clone(), encodings)
            })
            .collect();
        self.add(view, &span, matches);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_counted_from_both_sides() {
        for len in 0..50 {
            for other in [None, Some(b'g'), Some(b' ')] {
                let mut text = b"0123456789abcdefABCDEF".repeat(3)[..len].to_vec();
                assert_eq!((digits_from(&text), digits_before(&text)), (len, len));
                let Some(other) = other else { continue };
                for at in 0..len {
                    let digit = std::mem::replace(&mut text[at], other);
                    assert_eq!((digits_from(&text), digits_before(&text)), (at, len - at - 1));
                    text[at] = digit;
                }
            }
        }
    }
}
