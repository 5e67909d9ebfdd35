//! Rows for a spreadsheet: RFC 4180, so with CR LF.

use std::borrow::Cow;
use std::io::{self, Write};

use super::column::{COLUMNS, Cell};
use crate::sink::escape;
use crate::stored::{Receiver, StoredHit};
use crate::words::digits;

/// Writes a header and a row for each hit.
#[derive(Debug)]
pub struct Csv<W> {
    out: W,
    has_header: bool,
    /// The memory is used again.
    row: Vec<u8>,
}

impl<W: Write> Csv<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, has_header: false, row: Vec::new() }
    }

    fn header(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.has_header, true) {
            write_csv_record(&mut self.out, COLUMNS.iter().map(|column| column.name))?;
        }
        Ok(())
    }
}

impl<W: Write> Receiver for Csv<W> {
    fn hit(&mut self, hit: &StoredHit) -> io::Result<()> {
        self.header()?;
        self.row.clear();
        for (at, column) in COLUMNS.iter().enumerate() {
            if at > 0 {
                self.row.push(b',');
            }
            match (column.value)(hit) {
                Some(Cell::Text(text)) => push_cell(&mut self.row, &text),
                Some(Cell::Number(number)) => {
                    self.row.extend_from_slice(digits(number, &mut [0; 20]));
                }
                None => {}
            }
        }
        self.row.extend_from_slice(END);
        self.out.write_all(&self.row)
    }

    fn finish(&mut self) -> io::Result<()> {
        // Also where nothing hit: who reads it finds the columns.
        self.header()?;
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What begins a formula, also in the full width that East Asian spreadsheets take for the same.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Writes one CSV record.
///
/// Spreadsheets run a cell that begins like a formula, some also behind white space; such a cell
/// gets an apostrophe in front, which they take for "this is text" (OWASP, "CSV injection"). So
/// does what follows a semicolon: in half of the world's locales it separates cells, quoted or
/// not. Control characters and what cannot be seen are written out (`\x00`, `\u{202e}`): a NUL
/// ends the file for some readers, and a line end the row for others.
///
/// # Errors
/// What writing to `out` gave.
pub fn write_csv_record<'a>(
    out: &mut impl Write,
    cells: impl IntoIterator<Item = &'a str>,
) -> io::Result<()> {
    let mut row = Vec::new();
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            row.push(b',');
        }
        push_cell(&mut row, cell);
    }
    row.extend_from_slice(END);
    out.write_all(&row)
}

const END: &[u8] = b"\r\n";

fn push_cell(row: &mut Vec<u8>, cell: &str) {
    let cell = escape(cell);
    let cell = guarded(&cell);
    let mut rest = cell.as_bytes();
    if memchr::memchr3(b',', b';', b'"', rest).is_none() {
        return row.extend_from_slice(rest);
    }
    row.push(b'"');
    while let Some(at) = memchr::memchr(b'"', rest) {
        row.extend_from_slice(&rest[..=at]);
        row.push(b'"');
        rest = &rest[at + 1..];
    }
    row.extend_from_slice(rest);
    row.push(b'"');
}

/// The cell with an apostrophe before everything that could begin a formula.
fn guarded(cell: &str) -> Cow<'_, str> {
    // Nearly all begin with a letter or a digit, and have no second part.
    let begins_well = cell.as_bytes().first().is_none_or(u8::is_ascii_alphanumeric);
    if begins_well && memchr::memchr(b';', cell.as_bytes()).is_none() {
        return Cow::Borrowed(cell);
    }
    let is_formula = |part: &str| part.trim_start_matches(is_passed_over).starts_with(FORMULA);
    if !cell.split(';').any(is_formula) {
        return Cow::Borrowed(cell);
    }
    let mut guarded = String::with_capacity(cell.len() + 2);
    for (at, part) in cell.split(';').enumerate() {
        if at > 0 {
            guarded.push(';');
        }
        if is_formula(part) {
            guarded.push('\'');
        }
        guarded.push_str(part);
    }
    Cow::Owned(guarded)
}

/// What a spreadsheet may take off before it looks at a cell: white space, and quotes where it
/// reads another separator than ours.
fn is_passed_over(c: char) -> bool {
    c.is_whitespace() || c == '"'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(cells: &[&str]) -> String {
        let mut out = Vec::new();
        write_csv_record(&mut out, cells.iter().copied()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_is_quoted_as_rfc_4180_says() {
        assert_eq!(record(&["a", "", "b c"]), "a,,b c\r\n");
        assert_eq!(record(&["a,b", "say \"hi\"", "a;b"]), "\"a,b\",\"say \"\"hi\"\"\",\"a;b\"\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(record(&["=1+1", "+1", "-1", "@a"]), "'=1+1,'+1,'-1,'@a\r\n");
        assert_eq!(
            record(&[" =1", "\u{a0}=1", "\u{3000}＝1", "a=b"]),
            "' =1,'\u{a0}=1,'\u{3000}＝1,a=b\r\n"
        );
        assert_eq!(record(&["＋1", "－1", "＠a"]), "'＋1,'－1,'＠a\r\n");
        assert_eq!(
            record(&["=HYPERLINK(\"x\",\"y\")"]),
            "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n"
        );
        assert_eq!(record(&["a;=1", "a; \"=1"]), "\"a;'=1\",\"a;' \"\"=1\"\r\n");
    }

    #[test]
    fn controls_are_written_out() {
        assert_eq!(record(&["\ta", "\0a", "two\r\nlines"]), "\\ta,\\x00a,two\\r\\nlines\r\n");
        assert_eq!(
            record(&["\u{202e}gol", "\x1b[2J", "\u{200b}=1"]),
            "\\u{202e}gol,\\x1b[2J,\\u{200b}=1\r\n"
        );
    }

    proptest! {
        /// As a reader of any of the usual separators sees it.
        #[test]
        fn no_text_makes_a_formula(cell in "[-=+@;,\"' \\t\\r\\n\0a＝\u{feff}]{0,12}") {
            let line = record(&["x", &cell, "x"]);
            let line = line.strip_suffix("\r\n").unwrap();
            prop_assert!(!line.contains(char::is_control));
            for part in line.split([';', '\t']) {
                prop_assert!(!part.trim_start_matches(['"', ' ', '\u{feff}']).starts_with(FORMULA), "{line}");
            }
            // The quotes taken off again, it is the cell, guarded.
            let inner = line.strip_prefix("x,").unwrap().strip_suffix(",x").unwrap();
            let read = match inner.strip_prefix('"') {
                Some(quoted) => quoted.strip_suffix('"').unwrap().replace("\"\"", "\""),
                None => inner.to_owned(),
            };
            prop_assert!(!read.trim_start().starts_with(FORMULA));
            prop_assert_eq!(read.replace('\'', ""), escape(&cell).replace('\'', ""));
        }
    }
}
