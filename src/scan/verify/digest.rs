//! Hashes and fingerprints, as a run of hex digits or as pairs.

use std::ops::Range;

use crate::indicator::HashAlgorithm;
use crate::scan::Relation;
use crate::scan::scanner::{Cursors, Ranked, Scanner};
use crate::scan::view::View;

/// The most hex digits a digest has.
const LONGEST: usize = 128;

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

impl Scanner<'_> {
    /// Verifies a run of letters and digits: a digest if they are all hex, a literal's window.
    pub(in crate::scan) fn run(&mut self, view: &View<'_>, at: usize, cursors: &mut Cursors) {
        let text = view.text;
        if at >= cursors.run && !self.index.digests.is_empty() && text[at].is_ascii_hexdigit() {
            let back = &text[at.saturating_sub(LONGEST + 1)..at];
            let start = at - back.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
            let rest = &text[at..];
            let len = rest.iter().take(LONGEST + 1).take_while(|byte| byte.is_ascii_hexdigit());
            let end = at + len.count();
            cursors.run = end;
            if HashAlgorithm::from_hex_len(end - start).is_some() {
                self.digest(view, start..end, |_| true);
            }
        }
        self.long_literal(view, at, cursors);
    }

    /// Verifies hex pairs around the separator or boundary at `at`.
    pub(in crate::scan) fn pairs(&mut self, view: &View<'_>, at: usize) {
        let text = view.text;
        let Some(&separator) = text.get(at + 3) else { return };
        if !matches!(separator, b':' | b'-' | b' ') {
            return;
        }
        let joins = |at: usize| text.get(at) == Some(&separator);
        let most = LONGEST / 2 + 1;
        let mut start = at + 1;
        for _ in 0..most {
            if start < 3 || !joins(start - 1) || !is_pair(text, start - 3) {
                break;
            }
            start -= 3;
        }
        let mut end = start + 2;
        for _ in 0..most {
            if !joins(end) || !is_pair(text, end + 1) {
                break;
            }
            end += 3;
        }
        if is_pair(text, start) && HashAlgorithm::from_hex_len((end - start + 1) / 3 * 2).is_some() {
            self.digest(view, start..end, |byte| byte != separator);
        }
    }

    fn digest(&mut self, view: &View<'_>, span: Range<usize>, is_digit: impl Fn(u8) -> bool) {
        let digits = view.text[span.clone()].iter().copied().filter(|&byte| is_digit(byte));
        let value: Vec<u8> = digits.map(|digit| digit.to_ascii_lowercase()).collect();
        let Some(first) = value.first_chunk::<8>() else { return };
        if !self.index.digests.may_contain(*first) {
            return;
        }
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
