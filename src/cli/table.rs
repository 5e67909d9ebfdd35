//! Tables for reading and CSV for spreadsheets.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use flaxscan::sink::escape;

use super::output::terminal_width;

/// A column's name and whether its cells may be wrapped: prose may, what is copied may not.
pub enum Column {
    Whole(&'static str),
    Prose(&'static str),
}

/// The least columns that prose is wrapped to.
const PROSE_WIDTH: u16 = 12;

/// Writes a table. On a terminal long cells are wrapped to fit; in a pipe a row is a line.
pub fn write_table(
    out: &mut impl Write,
    columns: &[Column],
    rows: impl Iterator<Item = Vec<String>>,
) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    match terminal_width() {
        Some(width) => {
            let width = u16::try_from(width).unwrap_or(u16::MAX);
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    table.set_header(columns.iter().map(|column| {
        let (Column::Whole(name) | Column::Prose(name)) = column;
        name.to_uppercase()
    }));
    for row in rows {
        table.add_row(row.iter().map(|cell| escape(cell)));
    }
    for (column, kind) in table.column_iter_mut().zip(columns) {
        column.set_padding((0, 2)).set_constraint(match kind {
            Column::Whole(_) => ColumnConstraint::ContentWidth,
            Column::Prose(_) => ColumnConstraint::LowerBoundary(Width::Fixed(PROSE_WIDTH)),
        });
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Writes one CSV record (RFC 4180, so with CR LF).
///
/// Spreadsheets run a cell that begins like a formula; such a cell gets an apostrophe in front,
/// which they take for "this is text" (OWASP, "CSV injection").
pub fn write_csv<'a>(
    out: &mut impl Write,
    cells: impl IntoIterator<Item = &'a str>,
) -> io::Result<()> {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) { "'" } else { "" };
        if cell.contains([',', '"', '\r', '\n']) {
            write!(out, "\"{guard}{}\"", cell.replace('"', "\"\""))?;
        } else {
            write!(out, "{guard}{cell}")?;
        }
    }
    out.write_all(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(cells: &[&str]) -> String {
        let mut out = Vec::new();
        write_csv(&mut out, cells.iter().copied()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_is_quoted_as_rfc_4180_says() {
        assert_eq!(csv(&["a", "", "b c"]), "a,,b c\r\n");
        assert_eq!(
            csv(&["a,b", "say \"hi\"", "two\nlines"]),
            "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(csv(&["=1+1", "+1", "-1", "@a"]), "'=1+1,'+1,'-1,'@a\r\n");
        assert_eq!(csv(&["\ta", "\0a", "a=b"]), "'\ta,'\0a,a=b\r\n");
        assert_eq!(csv(&["\ra"]), "\"'\ra\"\r\n");
        assert_eq!(csv(&["=HYPERLINK(\"x\",\"y\")"]), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n");
    }
}
