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

/// `(63)` and the longest label.
const LONGEST_SPELLED: usize = 4 + LONGEST_LABEL;

impl Scanner<'_> {
    /// Verifies the name whose root label `(0)` begins at `root`.
    pub(in crate::scan) fn labels(&mut self, view: &View<'_>, root: usize) {
        let text = view.text;
        // Every name in such a log ends with `(0)`: its last two labels ask the filter first.
        let Some((last_start, last)) = label_before(text, root) else { return };
        let Some((_, second)) = label_before(text, last_start) else { return };
        let key = text[..last_start].last_chunk().map(|before| {
            let after = [0, 1].map(|at| last.get(at).copied().unwrap_or(0));
            NameKey::around(*before, second.len(), after)
        });
        // At the beginning of a text there are not enough bytes to ask with.
        if key.is_none_or(|key| self.index.names.may_contain(key)) {
            let Some((start, labels)) = name_before(text, root) else { return };
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

/// The labels of the name that ends at `root`, and where the first one's `(n)` begins: those behind
/// the last label that no host has.
///
/// A label may have any bytes, brackets, too: `(9)zz(4)c0cc(2)cc(0)` is `zz(4)c0cc.cc`, and
/// `(5)a(8)b(4)c0cc(2)cc(0)` is `a(8)b.c0cc.cc`. What a client asked for cannot change what stands
/// before it, so the name begins at the first place from which the lengths lead to the root.
fn name_before(text: &[u8], root: usize) -> Option<(usize, Vec<&[u8]>)> {
    // Where something begins from which they lead there; the last one is the first of all.
    let mut begins = vec![root];
    let mut first = root;
    for at in (0..root).rev() {
        let is_out_of_reach = first - at > LONGEST_SPELLED || begins.len() > MOST_LABELS;
        if is_out_of_reach || matches!(text[at], b'\n' | b'\r') {
            break;
        }
        if let Some((_, end)) = label_at(text, at)
            && begins.contains(&end)
        {
            begins.push(at);
            first = at;
        }
    }
    let mut labels = Vec::new();
    let (mut start, mut at) = (first, first);
    while at < root {
        let (label, end) = label_at(text, at)?;
        if label.iter().all(is_host_byte) {
            labels.push(label);
        } else {
            labels.clear();
            start = end;
        }
        at = end;
    }
    (labels.len() > 1).then_some((start, labels))
}

/// The label whose `(n)` begins at `at`, whatever it has, and where it ends.
fn label_at(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let digit = |byte: u8| usize::from(byte - b'0');
    let (begin, len) = match text[at..] {
        [b'(', units @ b'1'..=b'9', b')', ..] => (at + 3, digit(units)),
        [b'(', tens @ b'1'..=b'9', units @ b'0'..=b'9', b')', ..] => {
            (at + 4, 10 * digit(tens) + digit(units))
        }
        _ => return None,
    };
    let label = text.get(begin..begin + len).filter(|_| len <= LONGEST_LABEL)?;
    Some((label, begin + len))
}

/// The label of a host's name that ends at `end`, and where its `(n)` begins.
fn label_before(text: &[u8], end: usize) -> Option<(usize, &[u8])> {
    let back = &text[end.saturating_sub(LONGEST_LABEL)..end];
    // Labels are short: a byte at a time is the fastest.
    let len = back.iter().rev().take_while(|byte| is_host_byte(byte)).count();
    let spelled = if len < 10 { len + 3 } else { len + 4 };
    let open = end.checked_sub(spelled)?;
    let (label, _) = label_at(text, open).filter(|&(_, at)| at == end)?;
    Some((open, label))
}

fn is_host_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
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
        for (text, name) in [
            ("A (3)api(5)k3121(3)com(0)", "api.k3121.com"),
            ("(9)zz(3)api(5)k3121(3)com(0)", "api.k3121.com"),
            ("(8)zz(3)api(5)k3121(3)com(0)", "k3121.com"),
            ("(5)a(8)b(3)api(5)k3121(3)com(0)", "api.k3121.com"),
            ("(3)www(0)(5)k3121(3)com(0)", "k3121.com"),
        ] {
            let (_, labels) = name_before(text.as_bytes(), text.len() - 3).unwrap();
            assert_eq!(labels.join(&b'.'), name.as_bytes(), "{text}");
        }
        assert_eq!(name_before(b"(9)zz(4)c0cc(2)cc(0)", 17), None);
    }
}
