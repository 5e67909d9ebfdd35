//! Cutting words out of sentences.

use memchr::memmem;

use crate::record::line::place;

/// The first word, and what follows the white space after it.
pub(crate) fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    // Bytes as far as they are ASCII: that is all of nearly every word.
    let is_end = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ') || !byte.is_ascii();
    let ascii = text.bytes().position(is_end).unwrap_or(text.len());
    let end = match text.as_bytes().get(ascii) {
        Some(byte) if !byte.is_ascii() => {
            text[ascii..].find(char::is_whitespace).map_or(text.len(), |len| ascii + len)
        }
        _ => ascii,
    };
    let (word, rest) = text.split_at(end);
    (word, rest.trim_start())
}

/// `str::find`, sooner ready: sentences are short, and asked for many words. The rarest byte of the
/// mark is looked for, and what is around it compared.
pub(crate) fn find(text: &str, mark: &str) -> Option<usize> {
    let (text, mark) = (text.as_bytes(), mark.as_bytes());
    // A long one may take its time.
    if mark.len() > 32 {
        return memmem::find(text, mark);
    }
    let Some(rare) = (0..mark.len()).min_by_key(|&at| COMMON[usize::from(mark[at])]) else {
        return Some(0);
    };
    // No room for the mark is left where it would begin before the text or end behind it.
    let end = (text.len() + rare + 1).checked_sub(mark.len()).filter(|&end| end > rare)?;
    let places = memchr::memchr_iter(mark[rare], &text[rare..end]);
    places.into_iter().find(|&at| text[at..].starts_with(mark))
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
        assert_eq!(word("a\u{e9}b\u{a0}\u{3000}c d"), ("a\u{e9}b", "c d"));
        assert_eq!(word("a\x0bb"), ("a", "b"));
        assert_eq!(word("a\u{1f}b c"), ("a\u{1f}b", "c"));
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
