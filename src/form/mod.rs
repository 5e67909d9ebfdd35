//! The machine forms of hits: what other programs read. One file a form; a new one is a file here
//! and a line in [`Form::ALL`] and [`Form::receiver`].
//!
//! They are made of [stored hits](crate::stored), so a form is the same whether it is written
//! while scanning or made of stored documents later.

mod csv;

use std::io::Write;

pub use csv::{Csv, write_csv_record};

use crate::stored::Receiver;

/// A machine form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// Rows for a spreadsheet.
    Csv,
}

impl Form {
    /// Every form.
    pub const ALL: &'static [Self] = &[Self::Csv];

    /// What it is called on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
        }
    }

    /// What it is, in a line.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Csv => "A row for each hit (RFC 4180), safe to open in a spreadsheet",
        }
    }

    /// Writes hits to `out` in this form.
    #[must_use]
    pub fn receiver<'w>(self, out: impl Write + 'w) -> Box<dyn Receiver + 'w> {
        match self {
            Self::Csv => Box::new(Csv::new(out)),
        }
    }
}
