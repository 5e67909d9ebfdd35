//! Lines behind the first that say how to read those after them, as Zeek and IIS write them.
//!
//! A log that begins with such a line may have more further down, and it takes a second look at the
//! whole text to find them. That is cheapest where the first one was just done: a tile at a time,
//! while a first-level cache has it.

use std::ops::Range;

use crate::record::is_directive;

/// More of them in one text are not told of: it is made of them.
const MOST: usize = 64 * 1024;

/// Where directives begin in a text.
#[derive(Debug, Default)]
pub(super) struct Directives {
    /// Whether somebody wants to know.
    pub are_wanted: bool,
    /// Of what was looked through last, in order.
    pub found: Vec<usize>,
}

impl Directives {
    /// Looks for the next ones in `text[range]`.
    pub(super) fn find(&mut self, text: &[u8], range: Range<usize>) {
        if !self.are_wanted {
            return;
        }
        for sign in memchr::memchr_iter(b'#', &text[range.clone()]).map(|at| range.start + at) {
            let begins_line = sign.checked_sub(1).is_none_or(|before| text[before] == b'\n');
            if begins_line && is_directive(&text[sign..]) && self.found.len() < MOST {
                self.found.push(sign);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directive_begins_a_line() {
        let text = b"#fields a b\nx #fields\n# no\n#Date: 2026-10-02\r\ny\n#path\tdns";
        let mut directives = Directives::default();
        directives.find(text, 0..text.len());
        assert!(directives.found.is_empty(), "nobody wants them");
        directives.are_wanted = true;
        // In two steps, the second of which begins at a line feed.
        directives.find(text, 0..11);
        directives.find(text, 11..text.len());
        assert_eq!(directives.found, [0, 27, 48]);
    }
}
