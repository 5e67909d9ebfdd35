//! Separated values, with or without the names of their columns.

use std::borrow::Cow;

use super::Named;
use crate::record::value::Value;

/// More columns than any product writes.
const MOST: usize = 1024;

/// How many columns fit a kilobyte: what takes more is slow to get.
const MANY: usize = 120;

/// The values of a row.
#[derive(Debug, Clone)]
pub(crate) struct Row<'a, 'n> {
    text: &'a str,
    cells: Vec<Cell>,
    /// Whether quotes are doubled in what stands in quotes.
    doubles: bool,
    names: &'n [String],
}

/// Where a value stands in the row. Few of them are asked for.
#[derive(Debug, Clone, Copy)]
struct Cell {
    start: u32,
    end: u32,
}

impl Cell {
    /// A row has no more than a line, and a line is far shorter than 4 GiB.
    fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }
}

impl<'a> Row<'a, '_> {
    /// Comma-separated values (RFC 4180): in quotes commas may stand, and quotes are doubled.
    /// `separator` may be another character.
    pub(crate) fn csv(text: &'a str, separator: u8) -> Self {
        let mut cells = Vec::with_capacity(MANY);
        let bytes = text.as_bytes();
        let mut at = 0;
        while at <= bytes.len() && cells.len() < MOST {
            let start = at + bytes[at..].iter().take_while(|&&byte| byte == b' ').count();
            if bytes.get(start) == Some(&b'"')
                && let Some(end) = closing(bytes, start + 1)
            {
                cells.push(Cell::new(start + 1, end));
                // What stands between the quote and the separator belongs to nothing.
                at = memchr::memchr(separator, &bytes[end + 1..])
                    .map_or(bytes.len() + 1, |len| end + 1 + len + 1);
            } else {
                // Most columns are shorter than what a search takes to begin.
                let len = bytes[at..].iter().position(|&byte| byte == separator);
                let end = len.map_or(bytes.len(), |len| at + len);
                cells.push(Cell::new(at, end));
                at = end + 1;
            }
        }
        Self { text, cells, doubles: true, names: &[] }
    }

    /// Values separated by one character and nothing else.
    pub(crate) fn split(text: &'a str, separator: char) -> Self {
        let mut cells = Vec::with_capacity(MANY);
        cells.extend(text.split(separator).take(MOST).map(|value| cell(text, value)));
        Self { text, cells, doubles: false, names: &[] }
    }

    /// Values separated by spaces; in quotes and brackets spaces may stand.
    pub(crate) fn spaced(text: &'a str) -> Self {
        let mut cells = Vec::with_capacity(MANY);
        let mut rest = text.trim_start_matches([' ', '\t']);
        while !rest.is_empty() && cells.len() < MOST {
            let bracketed = || {
                let inner = rest.strip_prefix('[')?;
                inner.find(']').map(|at| (&inner[..at], &inner[at + 1..]))
            };
            let cut = match rest.as_bytes()[0] {
                b'"' => super::words::quoted(rest),
                b'[' => bracketed(),
                _ => None,
            };
            let (value, tail) = match cut {
                Some((value, tail)) if tail.is_empty() || tail.starts_with([' ', '\t']) => {
                    (value, tail)
                }
                _ => rest.split_at(rest.find([' ', '\t']).unwrap_or(rest.len())),
            };
            cells.push(cell(text, value));
            rest = tail.trim_start_matches([' ', '\t']);
        }
        Self { text, cells, doubles: false, names: &[] }
    }

    /// The same values with names.
    pub(crate) fn named(self, names: &[String]) -> Row<'a, '_> {
        Row { names, ..self }
    }

    /// The value of a column, from 0.
    pub(crate) fn at(&self, column: usize) -> Option<Value<'a>> {
        let raw = self.value(column)?;
        // What stands before a value that is in no quotes is the separator.
        let is_quoted = |cell: &Cell| {
            let before = (cell.start as usize).checked_sub(1);
            before.is_some_and(|at| self.text.as_bytes()[at] == b'"')
        };
        let is_doubled = self.doubles && self.cells.get(column).is_some_and(is_quoted);
        Some(match is_doubled && raw.contains("\"\"") {
            true => Value { raw, text: Cow::Owned(raw.replace("\"\"", "\"")) },
            false => raw.into(),
        })
    }

    /// The text of a column as it stands; empty where there is none.
    pub(crate) fn raw(&self, column: usize) -> &'a str {
        self.value(column).unwrap_or_default()
    }

    fn value(&self, column: usize) -> Option<&'a str> {
        let cell = self.cells.get(column)?;
        self.text.get(cell.start as usize..cell.end as usize)
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }
}

/// Where one of the row's slices stands.
fn cell(text: &str, value: &str) -> Cell {
    let start = value.as_ptr() as usize - text.as_ptr() as usize;
    Cell::new(start, start + value.len())
}

/// The quote that ends a quoted value, doubled quotes gone past.
fn closing(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

impl<'a> Named<'a> for Row<'a, '_> {
    fn get(&self, name: &str) -> Option<Value<'a>> {
        let column = self.names.iter().position(|known| known.eq_ignore_ascii_case(name))?;
        self.at(column)
    }
}

/// A row whose columns have always had these names: a dialect without header.
#[derive(Debug, Clone)]
pub(crate) struct Columns<'a> {
    row: Row<'a, 'static>,
    names: &'static [&'static str],
}

impl<'a> Columns<'a> {
    pub(crate) const fn new(row: Row<'a, 'static>, names: &'static [&'static str]) -> Self {
        Self { row, names }
    }
}

impl<'a> Named<'a> for Columns<'a> {
    fn get(&self, name: &str) -> Option<Value<'a>> {
        let column = self.names.iter().position(|known| known.eq_ignore_ascii_case(name))?;
        self.row.at(column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(row: &Row<'_, '_>) -> Vec<String> {
        (0..row.len()).map(|column| row.at(column).unwrap().text.into_owned()).collect()
    }

    #[test]
    fn rows() {
        let csv = |text| texts(&Row::csv(text, b','));
        assert_eq!(csv("a,b,,c"), ["a", "b", "", "c"]);
        assert_eq!(csv("\"a,b\", \"c\"\"d\" ,e"), ["a,b", "c\"d", "e"]);
        assert_eq!(csv("\"open,b"), ["\"open", "b"]);
        assert_eq!(csv("a,"), ["a", ""]);
        assert_eq!(csv("\"a\""), ["a"]);
        assert_eq!(csv("\"\",\"\"\"\",b\"\"c"), ["", "\"", "b\"\"c"]);
        assert_eq!(csv(""), [""]);
        let spaced = |text| texts(&Row::spaced(text));
        assert_eq!(spaced("a  \"b c\" [d e] f"), ["a", "b c", "d e", "f"]);
        assert_eq!(spaced("\"a\"b [c"), ["\"a\"b", "[c"]);
        assert_eq!(spaced(""), Vec::<String>::new());
    }
}
