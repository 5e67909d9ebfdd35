//! What a line says: who, when, to whom, and was it let through.
//!
//! Only lines that were hit are read. [`RecordReader`] holds what is known of one input (its
//! headers, its date), takes a [`Line`] at a time and gives a [`Record`], always: a line that
//! nobody recognises is read by well-known names as far as that goes.
//!
//! A line goes through three rooms. [`envelope`] takes off what was put around it on its way:
//! syslog headers, JSON that carries the line as a string. [`family`] holds the dialects, one file
//! each; the first that says "mine" reads. [`shape`] holds what dialects have in common: pairs,
//! JSON, separated values with a header. A dialect with names is a table from names to [`Field`]s.
//!
//! Every value remembers the stretch of the line that it was read from, and so
//! [`Record::field_at`] can tell which field a hit stood in.

mod digest;
mod envelope;
mod family;
mod field;
mod generic;
mod header;
mod line;
mod locate;
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
pub use line::{Line, Spot};
pub use network::{InternalNets, Side};
pub use reader::{RecordOptions, RecordReader};
pub use verdict::{Direction, Outcome, Verdict};

use field::Form;
use time::{Resolved, Stamp};
use value::Value;

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
        self.entries.iter().map(|entry| {
            let value = match &entry.held {
                Held::Text(text) => FieldValue::Text(text),
                Held::Word(word) => FieldValue::Text(word),
                Held::Ip(address) => FieldValue::Ip(*address),
                Held::Number(number) => FieldValue::Number(*number),
            };
            (entry.field, value)
        })
    }

    fn entry(&self, field: Field) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.field == field)
    }

    /// Whether the field has a value.
    pub(crate) fn has(&self, field: Field) -> bool {
        self.entry(field).is_some()
    }
}

/// For readers of families.
impl<'a> Record<'a> {
    /// Sets a field from what the line says, normalised as its [`Form`] wants. The first value
    /// wins, except in fields that are lists. What is blank (`-`, `N/A`) or does not fit is left
    /// out. Returns whether it was taken.
    pub(crate) fn set(&mut self, field: Field, value: impl Into<Value<'a>>) -> bool {
        let value = value.into();
        if value.is_blank() || (!field.is_list() && self.has(field)) {
            return false;
        }
        match field.form() {
            Form::Address => self.set_address(field, &value),
            Form::Port => match value::port(&value.text) {
                Some(port) => self.push(field, value.raw, Held::Number(port.into())),
                None => false,
            },
            Form::Count => match value.text.trim().parse() {
                Ok(number) => self.push(field, value.raw, Held::Number(number)),
                Err(_) => false,
            },
            Form::Name => {
                let Value { raw, text } = url::name(value);
                match value::address(&text).and_then(|address| Some((field.address()?, address))) {
                    Some((field, address)) => {
                        !self.has(field) && self.push(field, raw, Held::Ip(address))
                    }
                    None => !text.is_empty() && self.push(field, raw, Held::Text(text)),
                }
            }
            Form::Digest => match digest::hex(&value.text) {
                Some(hex) => match field.digest(hex.len()) {
                    Some(field) => self.push(field, value.raw, Held::Text(hex.into())),
                    None => false,
                },
                None => false,
            },
            Form::Transport => match verdict::transport(&value.text) {
                Some(name) => self.push(field, value.raw, Held::Word(name)),
                None => false,
            },
            Form::Url => {
                if let Some(host) = url::host(&value) {
                    self.set(Field::UrlDomain, host);
                }
                self.push(field, value.raw, Held::Text(value.text))
            }
            Form::Text => {
                let value = match field {
                    Field::Answer if value::is_host_name(&value.text) => url::name(value),
                    _ => value,
                };
                if field == Field::Action && self.verdict.is_none() {
                    self.verdict = Verdict::of(&value.text);
                }
                self.push(field, value.raw, Held::Text(value.text))
            }
        }
    }

    /// Sets the action with what it means here, whatever it means elsewhere.
    pub(crate) fn set_action(&mut self, action: impl Into<Value<'a>>, verdict: Option<Verdict>) {
        self.set(Field::Action, action);
        self.verdict = verdict;
    }

    /// Sets a field from a word that the reader knows and the line does not say.
    pub(crate) fn set_word(&mut self, field: Field, word: &'static str) {
        if !self.has(field) {
            self.push(field, "", Held::Word(word));
        }
    }

    fn push(&mut self, field: Field, raw: &'a str, held: Held<'a>) -> bool {
        self.entries.push(Entry { field, raw, held });
        true
    }

    fn set_address(&mut self, field: Field, value: &Value<'a>) -> bool {
        if let Some(address) = value::address(&value.text) {
            return self.push(field, value.raw, Held::Ip(address));
        }
        let host = value.part(|text| value::endpoint(text).0);
        let port = value.part(|text| value::endpoint(text).1.unwrap_or_default());
        let taken = match value::address(&host.text) {
            Some(address) => self.push(field, host.raw, Held::Ip(address)),
            None => match field.domain() {
                Some(domain) if value::is_host_name(&host.text) => self.set(domain, host),
                _ => false,
            },
        };
        if taken && let Some(field) = field.port() {
            self.set(field, port);
        }
        taken
    }

    /// Sets every field of a table from the first of its names that has a value.
    pub(crate) fn fill(&mut self, from: &impl shape::Named<'a>, table: &shape::Table) {
        for &(field, names) in table {
            for name in names {
                if field.is_list() {
                    let mut found = Vec::new();
                    from.each(name, &mut |value| found.push(value));
                    let taken =
                        found.into_iter().fold(false, |any, value| self.set(field, value) | any);
                    if taken {
                        break;
                    }
                } else if let Some(value) = from.get(name)
                    && self.set(field, value)
                {
                    break;
                }
            }
        }
    }

    /// Takes over what `other` has and this record has not.
    pub(crate) fn complete(&mut self, other: Record<'a>) {
        self.around = self.around.or(other.around);
        match self.stamp {
            None => self.stamp = other.stamp,
            Some(_) => self.around = self.around.or(other.stamp),
        }
        self.verdict = self.verdict.or(other.verdict);
        self.outcome = self.outcome.or(other.outcome);
        self.direction = self.direction.or(other.direction);
        self.side = self.side.or(other.side);
        self.is_partial |= other.is_partial;
        let own = self.entries.len();
        for entry in other.entries {
            if !self.entries[..own].iter().any(|mine| mine.field == entry.field) {
                self.entries.push(entry);
            }
        }
    }

    /// Makes a field another.
    fn rename(&mut self, from: Field, to: Field) {
        for entry in self.entries.iter_mut().filter(|entry| entry.field == from) {
            entry.field = to;
        }
    }

    /// What stands in the ports' places of ICMP are type and code.
    fn drop_ports_of_icmp(&mut self) {
        let is_icmp = matches!(
            self.entry(Field::Transport).map(|entry| &entry.held),
            Some(Held::Word("icmp" | "ipv6-icmp"))
        );
        if is_icmp {
            self.entries.retain(|entry| entry.field.form() != Form::Port);
        }
    }

    /// Swaps source and destination: the line began with the side that answered.
    pub(crate) fn swap_sides(&mut self) {
        for entry in &mut self.entries {
            entry.field = match entry.field {
                Field::SourceIp => Field::DestinationIp,
                Field::SourcePort => Field::DestinationPort,
                Field::SourceDomain => Field::DestinationDomain,
                Field::SourceBytes => Field::DestinationBytes,
                Field::SourcePackets => Field::DestinationPackets,
                Field::SourceNatIp => Field::DestinationNatIp,
                Field::SourceNatPort => Field::DestinationNatPort,
                Field::DestinationIp => Field::SourceIp,
                Field::DestinationPort => Field::SourcePort,
                Field::DestinationDomain => Field::SourceDomain,
                Field::DestinationBytes => Field::SourceBytes,
                Field::DestinationPackets => Field::SourcePackets,
                Field::DestinationNatIp => Field::SourceNatIp,
                Field::DestinationNatPort => Field::SourceNatPort,
                other => other,
            };
        }
    }
}

impl Held<'_> {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Word(word) => Cow::Borrowed(word),
            Self::Ip(address) => Cow::Owned(address.to_string()),
            Self::Number(number) => Cow::Owned(number.to_string()),
        }
    }
}
