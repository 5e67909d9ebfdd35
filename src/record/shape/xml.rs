//! XML as it stands in a line: each leaf with its name and its text.
//!
//! No validation, no namespaces, no comments: what writes one event a line has none. A leaf's name
//! is its attribute `Name` if it has one (`<Data Name='IpAddress'>`), else its element's name;
//! attributes of elements are leaves called `Element.Attribute`.

use std::borrow::Cow;

use super::Named;
use crate::record::value::Value;

/// More leaves than any event has.
const MOST: usize = 1024;

/// The leaves of a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leaves<'a> {
    leaves: Vec<Leaf<'a>>,
}

#[derive(Debug, Clone)]
struct Leaf<'a> {
    /// The element, for attributes; else empty.
    element: &'a str,
    name: &'a str,
    raw: &'a str,
}

impl<'a> Leaves<'a> {
    /// Reads as many leaves as there are; the last may be cut.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut leaves = Vec::with_capacity(48);
        let mut rest = text;
        while let Some(open) = rest.find('<') {
            rest = &rest[open + 1..];
            let Some(end) = end_of_tag(rest) else { break };
            let tag = &rest[..end];
            rest = &rest[end + 1..];
            if tag.starts_with(['/', '!', '?']) || leaves.len() >= MOST {
                continue;
            }
            let is_empty = tag.ends_with('/');
            let tag = tag.trim_end_matches('/');
            let element = &tag[..tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len())];
            let mut name = element;
            attributes(&tag[element.len()..], |key, value| {
                if key.eq_ignore_ascii_case("Name") && element == "Data" {
                    name = value;
                } else {
                    leaves.push(Leaf { element, name: key, raw: value });
                }
            });
            let text = &rest[..rest.find('<').unwrap_or(rest.len())];
            if !is_empty && !text.trim().is_empty() {
                leaves.push(Leaf { element: "", name, raw: text.trim() });
            }
        }
        Self { leaves }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.leaves.len()
    }
}

/// The `>` that ends a tag, quotes gone past.
fn end_of_tag(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        if bytes[at] == b'>' {
            return Some(at);
        }
        // An apostrophe that nothing closes is one.
        let close = memchr::memchr2(bytes[at], b'<', &bytes[at + 1..])?;
        if bytes[at + 1 + close] == b'<' {
            return None;
        }
        at += close + 2;
    }
}

fn attributes<'a>(text: &'a str, mut take: impl FnMut(&'a str, &'a str)) {
    let mut rest = text;
    for _ in 0..32 {
        let Some((key, after)) = rest.split_once('=') else { return };
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|c| "\"'".contains(*c)) else { return };
        let Some(end) = after[1..].find(quote) else { return };
        take(key.trim(), &after[1..=end]);
        rest = &after[end + 2..];
    }
}

impl<'a> Named<'a> for Leaves<'a> {
    fn get(&self, name: &str) -> Option<Value<'a>> {
        let (element, name) = name.split_once('.').unwrap_or(("", name));
        let is = |leaf: &&Leaf<'_>| {
            leaf.name.eq_ignore_ascii_case(name) && leaf.element.eq_ignore_ascii_case(element)
        };
        let leaf = self.leaves.iter().find(is)?;
        Some(Value { raw: leaf.raw, text: unescaped(leaf.raw) })
    }
}

/// The text that a leaf means.
fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('&') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(10).position(|byte| byte == b';');
        match end.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            Some((c, end)) => {
                text.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                text.push('&');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves() {
        let leaves = Leaves::new(
            "<Event xmlns='x'><System><Provider Name=\"P\" Guid='{1}'/><EventID>4624</EventID>\
             <TimeCreated SystemTime='2024-06-10T06:13:20Z'/></System><EventData>\
             <Data Name='A'>a &amp; b&#x2F;</Data><Data Name='Empty'/><Data Name=\"B\">cut",
        );
        let text = |name| leaves.get(name).map(|value| value.text.into_owned());
        assert_eq!(text("Provider.Name").as_deref(), Some("P"));
        assert_eq!(text("EventID").as_deref(), Some("4624"));
        assert_eq!(text("TimeCreated.SystemTime").as_deref(), Some("2024-06-10T06:13:20Z"));
        assert_eq!(text("a").as_deref(), Some("a & b/"));
        assert_eq!(text("B").as_deref(), Some("cut"));
        assert_eq!(text("Empty"), None);
    }

    #[test]
    fn what_is_none() {
        for text in
            ["", "<", "<a", "<a b='", "<a 'b<c>", "<=>", "<a =''>&&;&#xffffffff;", "<é='é'>é"]
        {
            let _ = Leaves::new(text).get("a");
        }
    }
}
