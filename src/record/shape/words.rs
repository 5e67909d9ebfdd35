//! Cutting words out of sentences.

use memchr::memmem;

use crate::record::line::place;

/// The first word, and what follows the white space after it.
pub(crate) fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let (word, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    (word, rest.trim_start())
}

/// `str::find`, sooner ready: sentences are short, and asked for many words. The two rarest bytes of
/// the mark are looked for in many places at once, and where both are the whole is compared.
pub(crate) fn find(text: &str, mark: &str) -> Option<usize> {
    const BLOCK: usize = 32;
    let (text, mark) = (text.as_bytes(), mark.as_bytes());
    if mark.len() < 2 || mark.len() > BLOCK {
        return memmem::find(text, mark);
    }
    // The mark may begin in so many places.
    let places = (text.len() + 1).checked_sub(mark.len())?;
    let (first, second) = rarest(mark);
    let (firsts, seconds) = (&text[first..first + places], &text[second..second + places]);
    let is_there = |at: &usize| {
        firsts[*at] == mark[first] && seconds[*at] == mark[second] && text[*at..].starts_with(mark)
    };
    let mut at = 0;
    while at < places {
        let block = (firsts[at..].first_chunk::<BLOCK>(), seconds[at..].first_chunk::<BLOCK>());
        let (Some(ones), Some(others)) = block else {
            // The last block overlaps the one before, where that did not have it.
            if places >= BLOCK {
                at = places - BLOCK;
                continue;
            }
            return (at..places).find(is_there);
        };
        let both = |any: u8, (one, other): (&u8, &u8)| {
            any | u8::from(*one == mark[first]) & u8::from(*other == mark[second])
        };
        if ones.iter().zip(others).fold(0, both) != 0
            && let Some(found) = (at..at + BLOCK).find(is_there)
        {
            return Some(found);
        }
        at += BLOCK;
    }
    None
}

/// Where the rarest byte of a mark is, and the next rarest.
fn rarest(mark: &[u8]) -> (usize, usize) {
    let common = |at: usize| COMMON[usize::from(mark[at])];
    let (mut first, mut second) = if common(1) < common(0) { (1, 0) } else { (0, 1) };
    for at in 2..mark.len() {
        if common(at) < common(first) {
            (first, second) = (at, first);
        } else if common(at) < common(second) {
            second = at;
        }
    }
    (first, second)
}

/// How common bytes are in logs, roughly.
static COMMON: [u8; 256] = {
    let mut common = [0; 256];
    let order = b" etoainsrdclumpfhgybwvkTSDICAPERNOULMFBGHVWYKxzjq0123456789:.,/-\"=_()[]";
    let mut at = 0;
    while at < order.len() {
        common[order[at] as usize] = match order[at] {
            b' ' | b'.' | b':' | b'0'..=b'9' => 250,
            b'/' | b'-' | b'"' | b',' | b'=' | b'_' => 150,
            b'a'..=b'z' => 220 - at as u8,
            _ => 80 - at as u8,
        };
        at += 1;
    }
    common
};

/// What follows the first `mark`.
pub(crate) fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    find(text, mark).map(|at| &text[at + mark.len()..])
}

/// What stands before the first `mark`; the whole text if there is none.
pub(crate) fn before<'a>(text: &'a str, mark: &str) -> &'a str {
    find(text, mark).map_or(text, |at| &text[..at])
}

/// What stands between the first `open` and the first `close` after it.
pub(crate) fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let rest = after(text, open)?;
    find(rest, close).map(|at| &rest[..at])
}

/// The word after the first `mark`, without punctuation at its end.
pub(crate) fn word_after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let found = word(after(text, mark)?).0.trim_end_matches([',', ';', '.', ':']);
    (!found.is_empty()).then_some(found)
}

/// A quoted text that begins here, without its quotes, and what follows. `\"` does not end it.
pub(crate) fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.bytes().next().filter(|byte| b"\"'".contains(byte))?;
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        at += memchr::memchr2(quote, b'\\', bytes.get(at..)?)?;
        if bytes[at] == quote {
            return Some((&text[1..at], &text[at + 1..]));
        }
        at += 2;
    }
}

/// The stretch of `whole` from the beginning of one of its slices to the end of another.
pub(crate) fn span<'a>(whole: &'a str, first: &str, last: &str) -> Option<&'a str> {
    whole.get(place(whole, first)?.start..place(whole, last)?.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutting() {
        assert_eq!(word("  a b"), ("a", "b"));
        assert_eq!(word(""), ("", ""));
        assert_eq!(between("a(b)c", "(", ")"), Some("b"));
        assert_eq!(between("a(b", "(", ")"), None);
        assert_eq!(word_after("from 10.0.0.1, port", "from "), Some("10.0.0.1"));
        assert_eq!(quoted("\"a\\\"b\" c"), Some(("a\\\"b", " c")));
        assert_eq!(quoted("\"a\\"), None);
        assert_eq!(quoted("\""), None);
        assert_eq!(quoted("\"\\é\""), Some(("\\é", "")));
    }

    #[test]
    fn finding() {
        let text = "abra kadabra: bra é bra";
        for at in text.char_indices().map(|(at, _)| at) {
            for end in (at..=text.len()).filter(|&end| text.is_char_boundary(end)) {
                let mark = &text[at..end];
                assert_eq!(find(text, mark), text.find(mark), "{mark}");
                for cut in (0..text.len()).filter(|&cut| text.is_char_boundary(cut)) {
                    assert_eq!(find(&text[cut..], mark), text[cut..].find(mark), "{mark}");
                    assert_eq!(find(&text[..cut], mark), text[..cut].find(mark), "{mark}");
                }
            }
        }
        for mark in ["x", "bra\0", "z: bra", "nothing that is as long as a block"] {
            assert_eq!(find(text, mark), None, "{mark}");
        }
        for len in 0..100 {
            let text = "-".repeat(len) + "a mark";
            assert_eq!(find(&text, "a mark"), Some(len));
            assert_eq!(find(&(text.clone() + &"a".repeat(len)), "a mark"), Some(len));
            assert_eq!(find(&text[..len + 5], "a mark"), None);
        }
    }
}
