//! `key=value key="a value"`: what half of all firewalls write.

use std::borrow::Cow;

use super::Named;
use super::names::Names;
use super::words::quoted;
use crate::record::value::Value;

/// How pairs are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Between key and value.
    pub assign: u8,
    /// Between pairs.
    pub separators: &'static [u8],
    /// What may stand around a value.
    pub quotes: &'static [u8],
}

impl Style {
    /// `key=value key="a value"`.
    pub(crate) const SPACED: Self = Self { assign: b'=', separators: b" \t", quotes: b"\"" };
    /// `key=value;key=value, key='a value'`.
    pub(crate) const LOOSE: Self = Self { assign: b'=', separators: b" \t,;|&", quotes: b"\"'" };
    /// `key:"value"; key:"value"`.
    pub(crate) const COLONS: Self = Self { assign: b':', separators: b"; ", quotes: b"\"" };
}

/// More pairs than any product writes; a line full of them is read no further.
const MOST: usize = 512;

/// The pairs of a text, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pairs<'a> {
    pairs: Vec<(&'a str, &'a str)>,
    names: Names,
}

impl<'a> Pairs<'a> {
    /// Reads as many pairs as there are. Words without `assign` are gone past.
    pub(crate) fn new(text: &'a str, style: Style) -> Self {
        // What a byte ends: most bytes of a line pass here, so it is one look.
        const KEY: u8 = 1;
        const VALUE: u8 = 2;
        let mut ends = [0; 256];
        for &separator in style.separators {
            ends[usize::from(separator)] = KEY | VALUE;
        }
        ends[usize::from(style.assign)] |= KEY;
        let bytes = text.as_bytes();
        let end = |from: usize, what: u8| {
            let len = bytes[from..].iter().position(|&byte| ends[usize::from(byte)] & what != 0);
            len.map_or(bytes.len(), |len| from + len)
        };
        let mut pairs = Vec::with_capacity(32);
        let mut at = 0;
        while at < bytes.len() && pairs.len() < MOST {
            let assign = end(at, KEY);
            if bytes.get(assign) != Some(&style.assign) || assign == at {
                at = assign + 1;
                continue;
            }
            // A word before the key that is glued to it: `(key=`, `[key=`, `"key=`.
            let mut key = &text[at..assign];
            if !key.as_bytes()[0].is_ascii_alphanumeric() {
                key = key.trim_start_matches(['(', '[', '{', '"', '\'']);
            }
            at = assign + 1;
            let is_quoted = bytes.get(at).is_some_and(|byte| style.quotes.contains(byte));
            let value = match is_quoted.then(|| quoted(&text[at..])).flatten() {
                Some((value, rest)) => {
                    at = text.len() - rest.len();
                    value
                }
                None => {
                    let start = at;
                    at = end(start, VALUE);
                    &text[start..at]
                }
            };
            pairs.push((key, value));
        }
        Self::from_vec(pairs)
    }

    /// From pairs that were read another way.
    pub(crate) fn from_vec(pairs: Vec<(&'a str, &'a str)>) -> Self {
        let mut names = Names::default();
        for (key, _) in &pairs {
            names.add(key);
        }
        Self { pairs, names }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }
}

impl<'a> Named<'a> for Pairs<'a> {
    fn get(&self, name: &str) -> Option<Value<'a>> {
        if !self.names.may_have(name) {
            return None;
        }
        let (_, raw) = self.pairs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(Value { raw, text: unescaped(raw) })
    }

    fn each(&self, name: &str, take: &mut dyn FnMut(Value<'a>)) {
        if !self.names.may_have(name) {
            return;
        }
        for (key, raw) in &self.pairs {
            if key.eq_ignore_ascii_case(name) {
                take(Value { raw, text: unescaped(raw) });
            }
        }
    }
}

/// `\"`, `\\` and `\=`; before anything else a backslash is one (`CORP\jdoe`).
pub(crate) fn unescaped(raw: &str) -> Cow<'_, str> {
    let is_escape = |pair: &[u8]| pair[0] == b'\\' && b"\"\\=|]".contains(&pair[1]);
    if memchr::memchr(b'\\', raw.as_bytes()).is_none() || !raw.as_bytes().windows(2).any(is_escape)
    {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next) if c == '\\' && "\"\\=|]".contains(next) => {
                text.push(next);
                chars.next();
            }
            _ => text.push(c),
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, style: Style) -> Vec<(&str, &str)> {
        Pairs::new(text, style).pairs
    }

    #[test]
    fn pairs() {
        assert_eq!(
            read("a=1 flag b=\"x y\" c= d=\"\" e=\"open f=2", Style::SPACED),
            [("a", "1"), ("b", "x y"), ("c", ""), ("d", ""), ("e", "\"open"), ("f", "2")]
        );
        assert_eq!(
            read("a=1;b='x;y',c=(3)", Style::LOOSE),
            [("a", "1"), ("b", "x;y"), ("c", "(3)")]
        );
        assert_eq!(read("[a:\"1\"; b:\"x\\\"y\"]", Style::COLONS), [("a", "1"), ("b", "x\\\"y")]);
        assert_eq!(read("==a==b", Style::SPACED), [("a", "=b")]);
        assert_eq!(read("", Style::SPACED), []);
    }

    #[test]
    fn escapes() {
        let pairs = Pairs::new(r#"a="x\"y" b=CORP\jdoe"#, Style::SPACED);
        assert_eq!(pairs.get("A").unwrap().text, "x\"y");
        assert_eq!(pairs.get("b").unwrap().text, r"CORP\jdoe");
    }
}
