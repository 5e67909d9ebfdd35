//! Tables for reading.

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
