//! The Windows DNS debug log writes names as on the wire, length before label:
//! `(3)api(5)k3121(3)com(0)`.

use crate::index::NameKey;
use crate::scan::scanner::Scanner;
use crate::scan::view::View;
use crate::scan::{Encoding, Encodings};

/// The longest label, RFC 1035 §2.3.4.
const LONGEST_LABEL: usize = 63;

/// The most labels a name of 255 octets can have.
const MOST_LABELS: usize = 127;

impl Scanner<'_> {
    /// Verifies the name whose root label `(0)` begins at `root`.
    pub(in crate::scan) fn labels(&mut self, view: &View<'_>, root: usize) {
        let text = view.text;
        // Every name in such a log ends with `(0)`: its last two labels ask the filter first.
        let Some((last_start, last)) = label_before(text, root) else { return };
        let Some((mut start, second)) = label_before(text, last_start) else { return };
        let key = text[..last_start].last_chunk().map(|before| {
            let after = [0, 1].map(|at| last.get(at).copied().unwrap_or(0));
            NameKey::around(*before, second.len(), after)
        });
        // At the beginning of a text there are not enough bytes to ask with.
        if key.is_none_or(|key| self.index.names.may_contain(key)) {
            let mut labels = vec![last, second];
            while let Some((at, label)) = label_before(text, start) {
                if labels.len() == MOST_LABELS {
                    break;
                }
                labels.push(label);
                start = at;
            }
            // In `(9)zz(4)c0cc(2)cc(0)` a bracket is a part of the first label: it is another name.
            if labels.len() < MOST_LABELS && bracket_before(text, start).is_some() {
                return;
            }
            labels.reverse();
            let mut name = std::mem::take(&mut self.name);
            name.clear();
            name.extend_from_slice(&labels.join(&b'.'));
            name.make_ascii_lowercase();
            let span = start..root + 3;
            let encodings = Encodings::NONE.with(Encoding::DnsLabels);
            let mut matches = Vec::new();
            self.name_matches(view, &span, &name, encodings, &mut matches);
            self.add(view, &span, matches);
            self.name = name;
        }
    }
}

/// The label that ends at `end`, and where its `(n)` begins.
fn label_before(text: &[u8], end: usize) -> Option<(usize, &[u8])> {
    let (open, number, label) = bracket_before(text, end)?;
    (number == label.len()).then_some((open, label))
}

/// What is written like a label and ends at `end`: where its `(n)` begins, the number, and what
/// stands behind it.
fn bracket_before(text: &[u8], end: usize) -> Option<(usize, usize, &[u8])> {
    let is_label = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let back = &text[end.saturating_sub(LONGEST_LABEL)..end];
    // Labels are short: a byte at a time is the fastest.
    let label = &back[back.len() - back.iter().rev().take_while(|byte| is_label(byte)).count()..];
    let close = (end - label.len()).checked_sub(1).filter(|&close| text[close] == b')')?;
    let digit = |byte: u8| byte.is_ascii_digit().then(|| usize::from(byte - b'0'));
    let (open, number) = match text[..close] {
        [.., b'(', units] => (close - 2, digit(units)?),
        [.., b'(', tens @ b'1'..=b'9', units] => (close - 3, 10 * digit(tens)? + digit(units)?),
        _ => return None,
    };
    // The root has no label, and ends the name before.
    (number > 0 && !label.is_empty()).then_some((open, number, label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_the_length_it_says() {
        let text = b"A (3)api(5)k3121(3)com(0)";
        assert_eq!(label_before(text, 22), Some((16, &b"com"[..])));
        assert_eq!(label_before(text, 16), Some((8, &b"k3121"[..])));
        assert_eq!(label_before(b"(4)com(0)", 6), None);
        assert_eq!(label_before(b"+E(0)", 2), None);
        assert_eq!(label_before(b"(0)", 0), None);
        assert_eq!(label_before(b"(0)(2)cc", 3), None);
        assert_eq!(label_before(b"(04)c0cc", 8), None);
        assert_eq!(bracket_before(b"(9)zz(4)c0cc", 5), Some((0, 9, &b"zz"[..])));
    }
}
