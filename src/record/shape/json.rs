//! JSON as it stands in a line: each value with its place, and whatever there is of a cut one.
//!
//! `serde_json` gives values without their places and nothing of a text that ends in the middle.
//! This reads a text once into a flat list, each node with the end of what is below it.

use std::borrow::Cow;

use super::Named;
use super::names::Names;
use crate::record::value::Value;

/// Deeper than this nothing is looked for.
const DEPTH: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Object,
    Array,
    String,
    /// A number, `true`, `false` or `null`.
    Word,
}

#[derive(Debug, Clone)]
struct Node<'a> {
    /// As it stands, without its quotes; empty in an array.
    key: &'a str,
    /// As it stands: a string without its quotes, a container with its braces.
    raw: &'a str,
    kind: Kind,
    /// The node after the last one below this.
    end: usize,
}

/// A JSON text.
#[derive(Debug, Clone)]
pub(crate) struct Json<'a> {
    nodes: Vec<Node<'a>>,
    /// The keys of all of them.
    keys: Names,
}

/// A value in a [`Json`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'j, 'a> {
    json: &'j Json<'a>,
    at: usize,
}

impl<'a> Json<'a> {
    /// Reads an object or an array at the beginning of a text; `None` if there is none.
    pub(crate) fn new(text: &'a str) -> Option<Self> {
        let text = text.trim_start();
        // `[INFO] …` and `[1718000000] …` are no arrays.
        let begins = match text.as_bytes().first()? {
            b'{' => text[1..].trim_start().starts_with(['"', '}']),
            b'[' => text[1..].trim_start().starts_with('{'),
            _ => false,
        };
        if !begins {
            return None;
        }
        let mut reader = Reader { text, at: 0, nodes: Vec::with_capacity(64), open: Vec::new() };
        reader.read();
        // What was cut is closed where it ends.
        while let Some((node, start)) = reader.open.pop() {
            reader.close(node, start);
        }
        let mut keys = Names::default();
        for node in &reader.nodes {
            keys.add(node.key);
        }
        Some(Self { nodes: reader.nodes, keys })
    }

    /// Whether there may be a value at a path. It is a key, or one of its dots stands behind the
    /// first key, and one before the last.
    fn may_have(&self, path: &str) -> bool {
        if self.keys.may_have(path) {
            return true;
        }
        let (mut begins, mut ends) = (false, false);
        for (dot, _) in path.bytes().enumerate().filter(|&(_, byte)| byte == b'.') {
            begins |= self.keys.may_have(&path[..dot]);
            ends |= self.keys.may_have(&path[dot + 1..]);
        }
        begins && ends
    }

    /// The whole.
    pub(crate) fn root(&self) -> Item<'_, 'a> {
        Item { json: self, at: 0 }
    }

    /// A value by its number.
    pub(crate) fn item(&self, index: usize) -> Item<'_, 'a> {
        Item { json: self, at: index.min(self.nodes.len() - 1) }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    nodes: Vec<Node<'a>>,
    /// Containers that are not closed: node and place.
    open: Vec<(usize, usize)>,
}

impl<'a> Reader<'a> {
    /// Reads until the outermost container is closed, or until something is wrong.
    fn read(&mut self) -> Option<()> {
        loop {
            self.white();
            match self.peek()? {
                b'}' | b']' if !self.open.is_empty() => {
                    self.at += 1;
                    let (node, start) = self.open.pop()?;
                    self.close(node, start);
                    if self.open.is_empty() {
                        return Some(());
                    }
                    continue;
                }
                b',' => {
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            let in_object =
                self.open.last().is_some_and(|&(node, _)| self.nodes[node].kind == Kind::Object);
            let mut key = "";
            if in_object {
                key = self.string()?;
                self.white();
                if self.peek()? != b':' {
                    return None;
                }
                self.at += 1;
                self.white();
            }
            let start = self.at;
            let node = self.nodes.len();
            match self.peek()? {
                first @ (b'{' | b'[') => {
                    if self.open.len() == DEPTH {
                        return None;
                    }
                    self.at += 1;
                    let kind = if first == b'{' { Kind::Object } else { Kind::Array };
                    self.nodes.push(Node { key, raw: "", kind, end: node + 1 });
                    self.open.push((node, start));
                }
                b'"' => {
                    let raw = self.string()?;
                    self.nodes.push(Node { key, raw, kind: Kind::String, end: node + 1 });
                }
                _ => {
                    let ends = |byte: u8| b",}] \t".contains(&byte);
                    let rest = &self.text.as_bytes()[start..];
                    let len = rest.iter().position(|&byte| ends(byte)).unwrap_or(rest.len());
                    if len == 0 {
                        return None;
                    }
                    self.at += len;
                    let raw = self.text.get(start..self.at)?;
                    self.nodes.push(Node { key, raw, kind: Kind::Word, end: node + 1 });
                }
            }
        }
    }

    fn close(&mut self, node: usize, start: usize) {
        let end = self.nodes.len();
        let raw = self.text.get(start..self.at).unwrap_or_default();
        let node = &mut self.nodes[node];
        node.end = end;
        node.raw = raw;
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn white(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    fn string(&mut self) -> Option<&'a str> {
        if self.peek()? != b'"' {
            return None;
        }
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut at = start;
        loop {
            at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
            if bytes[at] == b'"' {
                self.at = at + 1;
                return self.text.get(start..at);
            }
            at += 2;
        }
    }
}

impl<'j, 'a> Item<'j, 'a> {
    fn node(self) -> &'j Node<'a> {
        &self.json.nodes[self.at]
    }

    /// The text of the value as it stands.
    pub(crate) fn raw(self) -> &'a str {
        self.node().raw
    }

    /// Whether it is an object.
    pub(crate) fn is_object(self) -> bool {
        self.node().kind == Kind::Object
    }

    /// Whether it is an array.
    pub(crate) fn is_array(self) -> bool {
        self.node().kind == Kind::Array
    }

    /// Whether it is a string.
    pub(crate) fn is_string(self) -> bool {
        self.node().kind == Kind::String
    }

    /// Its number, for [`Json::item`].
    pub(crate) fn index(self) -> usize {
        self.at
    }

    /// What a string, a number or a word says. `null` says nothing.
    pub(crate) fn value(self) -> Option<Value<'a>> {
        let node = self.node();
        match node.kind {
            Kind::String => Some(Value { raw: node.raw, text: unescaped(node.raw) }),
            Kind::Word if node.raw != "null" => Some(node.raw.into()),
            _ => None,
        }
    }

    /// What is in an object or an array.
    pub(crate) fn children(self) -> impl Iterator<Item = Item<'j, 'a>> {
        let json = self.json;
        let end = match self.node().kind {
            Kind::Object | Kind::Array => self.node().end,
            Kind::String | Kind::Word => 0,
        };
        let mut next = self.at + 1;
        std::iter::from_fn(move || {
            let at = next;
            if at >= end {
                return None;
            }
            next = json.nodes[at].end;
            Some(Item { json, at })
        })
    }

    /// The key in the object that it is in.
    pub(crate) fn key(self) -> &'a str {
        self.node().key
    }

    /// The value at a path: keys joined by dots. A key may have dots itself, as Zeek's `id.orig_h`;
    /// in arrays the first element that has the rest of the path is meant.
    pub(crate) fn find(self, path: &str) -> Option<Item<'j, 'a>> {
        let mut found = None;
        self.visit(path, &mut |item| {
            found = Some(item);
            false
        });
        found
    }

    /// Calls `take` for every value at a path until it says no. Returns whether to go on.
    fn visit(self, path: &str, take: &mut dyn FnMut(Self) -> bool) -> bool {
        if self.json.may_have(path) { self.descend(path, take) } else { true }
    }

    fn descend(self, path: &str, take: &mut dyn FnMut(Self) -> bool) -> bool {
        match self.node().kind {
            Kind::Array => self.children().all(|child| child.descend(path, take)),
            Kind::Object => self.children().all(|child| {
                let key = child.key().as_bytes();
                // Lengths tell most keys from a path's beginning.
                let (head, rest) = match path.as_bytes().split_at_checked(key.len()) {
                    Some((head, rest)) if rest.first().is_none_or(|&byte| byte == b'.') => {
                        (head, rest)
                    }
                    _ => return true,
                };
                if !head.eq_ignore_ascii_case(key) {
                    true
                } else if rest.is_empty() {
                    take(child)
                } else {
                    child.descend(&path[key.len() + 1..], take)
                }
            }),
            Kind::String | Kind::Word => true,
        }
    }
}

impl<'a> Named<'a> for Item<'_, 'a> {
    fn get(&self, path: &str) -> Option<Value<'a>> {
        let mut value = None;
        self.visit(path, &mut |item| {
            // An array stands for its first element.
            value = item.value().or_else(|| item.children().next().and_then(Item::value));
            value.is_none()
        });
        value
    }

    fn each(&self, path: &str, take: &mut dyn FnMut(Value<'a>)) {
        self.visit(path, &mut |item| {
            match item.value() {
                Some(value) => take(value),
                None if !item.is_object() => {
                    item.children().filter_map(Item::value).for_each(&mut *take)
                }
                None => {}
            }
            true
        });
    }
}

/// The text that a string without its quotes means. What is no escape stays as it is.
pub(crate) fn unescaped(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (c, len) = escape(&rest[at..]);
        text.push(c);
        rest = &rest[at + len..];
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character of the escape at the beginning of a text, and the escape's length.
fn escape(text: &str) -> (char, usize) {
    let simple = match text.as_bytes().get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(&byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
        Some(b'u') => return unicode(text).unwrap_or(('\\', 1)),
        _ => return ('\\', 1),
    };
    (simple, 2)
}

fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u32::from_str_radix(text.get(at..at + 4)?, 16).ok();
    let first = unit(2)?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, 6));
    }
    let is_pair = (0xd800..0xdc00).contains(&first) && text.get(6..8) == Some("\\u");
    let second = unit(8).filter(|second| is_pair && (0xdc00..0xe000).contains(second));
    match second {
        Some(second) => {
            let c = char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?;
            Some((c, 12))
        }
        None => Some((char::REPLACEMENT_CHARACTER, 6)),
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
