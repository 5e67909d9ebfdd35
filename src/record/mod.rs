//! What a line says: who, when, to whom, and was it let through.
//!
//! Only lines that were hit are read. [`RecordReader`] holds what is known of one input (its
//! headers, its date), takes a [`Line`] at a time and gives a [`Record`], always: a line that
//! nobody recognises is read by well-known names as far as that goes.
//!
//! A line goes through three rooms. `envelope` takes off what was put around it on its way:
//! syslog headers, JSON that carries the line as a string. `family` holds the dialects, one file
//! each; the first that says "mine" reads. `shape` holds what dialects have in common: pairs,
//! JSON, separated values with a header. A dialect with names is a table from names to [`Field`]s.
//!
//! Every value remembers the stretch of the line that it was read from, and so
//! [`Record::field_at`] can tell which field a hit stood in.

mod digest;
mod envelope;
mod family;
mod field;
mod fill;
mod generic;
mod header;
mod line;
mod locate;
mod memory;
mod message;
mod network;
mod reader;
mod shape;
mod time;
mod url;
mod value;
mod verdict;

#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod hostile_tests;

use std::borrow::Cow;
use std::net::IpAddr;

use jiff::Timestamp;

pub use family::{FAMILIES, Family};
pub use field::Field;
pub(crate) use header::is_directive;
pub use line::{Line, Spot};
pub use network::{InternalNets, Side};
pub use reader::{RecordOptions, RecordReader};
pub use verdict::{Direction, Outcome, Verdict};

use time::{Resolved, Stamp};

/// The dataset of a line that no family reads.
pub const UNRECOGNISED: &str = "unrecognised";

/// What was read from one line.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    dataset: &'static str,
    entries: Vec<Entry<'a>>,
    stamp: Option<Stamp>,
    /// A time with a year that an outer header gives.
    around: Option<Stamp>,
    time: Option<Resolved>,
    verdict: Option<Verdict>,
    outcome: Option<Outcome>,
    direction: Option<Direction>,
    side: Option<Side>,
    is_partial: bool,
    /// The whole line, which spans are in.
    line: &'a str,
}

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldValue<'r> {
    /// A text.
    Text(&'r str),
    /// An address.
    Ip(IpAddr),
    /// A number.
    Number(u64),
}

/// A field and its value.
#[derive(Debug, Clone)]
struct Entry<'a> {
    field: Field,
    raw: &'a str,
    held: Held<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Held<'a> {
    Text(Cow<'a, str>),
    Word(&'static str),
    Ip(IpAddr),
    Number(u64),
}

impl<'a> Record<'a> {
    /// An empty record of a dataset.
    pub(crate) fn new(dataset: &'static str) -> Self {
        Self {
            dataset,
            entries: Vec::with_capacity(16),
            stamp: None,
            around: None,
            time: None,
            verdict: None,
            outcome: None,
            direction: None,
            side: None,
            is_partial: false,
            line: "",
        }
    }

    /// The recognised format, `cisco.asa`, or [`UNRECOGNISED`].
    #[must_use]
    pub fn dataset(&self) -> &'static str {
        self.dataset
    }

    /// When it happened.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        self.time.map(|time| time.at)
    }

    /// What had to be assumed about the time: `year`, `timezone`.
    pub fn assumed(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.time.map(|time| time.assumed).unwrap_or_default().names()
    }

    /// Whether it was let through, if the line says so.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.verdict
    }

    /// Whether what was tried succeeded.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// Which way it went: as the line says, else by which side is inside.
    #[must_use]
    pub fn direction(&self) -> Option<Direction> {
        self.direction
    }

    /// Whether the line holds several events, of which this is the one that was hit: another hit
    /// in the same line has another record.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// The value of a field as text.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        self.entry(field).map(|entry| entry.held.text())
    }

    /// The value of an address field.
    #[must_use]
    pub fn ip(&self, field: Field) -> Option<IpAddr> {
        match self.entry(field)?.held {
            Held::Ip(address) => Some(address),
            _ => None,
        }
    }

    /// The value of a number field.
    #[must_use]
    pub fn number(&self, field: Field) -> Option<u64> {
        match self.entry(field)?.held {
            Held::Number(number) => Some(number),
            _ => None,
        }
    }

    /// All values of a field that may be there several times.
    pub fn all(&self, field: Field) -> impl Iterator<Item = Cow<'_, str>> {
        self.entries.iter().filter(move |entry| entry.field == field).map(|e| e.held.text())
    }

    /// All fields with their values, in the order they were read.
    pub fn fields(&self) -> impl Iterator<Item = (Field, FieldValue<'_>)> {
        self.entries.iter().map(|entry| (entry.field, entry.held.value()))
    }

    /// The value of the field that was read so many-th, from 0.
    pub(crate) fn value(&self, at: usize) -> Option<FieldValue<'_>> {
        self.entries.get(at).map(|entry| entry.held.value())
    }

    fn entry(&self, field: Field) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.field == field)
    }

    /// Whether the field has a value.
    pub(crate) fn has(&self, field: Field) -> bool {
        self.entry(field).is_some()
    }
}

impl Held<'_> {
    fn value(&self) -> FieldValue<'_> {
        match self {
            Self::Text(text) => FieldValue::Text(text),
            Self::Word(word) => FieldValue::Text(word),
            Self::Ip(address) => FieldValue::Ip(*address),
            Self::Number(number) => FieldValue::Number(*number),
        }
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Word(word) => Cow::Borrowed(word),
            Self::Ip(address) => Cow::Owned(crate::words::address(*address)),
            Self::Number(number) => Cow::Owned(number.to_string()),
        }
    }
}
