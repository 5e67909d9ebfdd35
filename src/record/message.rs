//! What a family gets to read: the message, and what was around it.

use super::header::Header;
use super::line::{Line, place};
use super::shape::json::{Item, Json};
use super::time::Stamp;
use super::{Record, Spot};

/// A message, out of its envelopes. Where it is [JSON](Self::object) its texts are empty.
#[derive(Debug, Clone)]
pub(crate) struct Message<'a> {
    /// The line, or the text that was unwrapped from JSON, with its syslog header if it has one.
    pub whole: &'a str,
    /// What follows the syslog header's time: for dialects whose own header looks like syslog's.
    pub timed: &'a str,
    /// What follows the syslog header, host and program included; `whole` if there was none.
    pub text: &'a str,
    /// Who says it: `kernel`, `sshd`, `named`; empty where that is not said.
    pub program: &'a str,
    /// RFC 5424's MSGID; may be empty.
    pub id: &'a str,
    /// RFC 5424's structured data with its brackets; may be empty.
    pub structured: &'a str,
    /// The machine named by the header.
    pub host: Option<&'a str>,
    /// The header's time.
    pub stamp: Option<Stamp>,
    /// A time with a year that an outer header gives.
    pub around: Option<Stamp>,
    /// The names of the columns, if the input has said them.
    pub header: Option<&'a Header>,
    /// The text as JSON.
    pub json: Option<Json<'a>>,
    /// The element of the JSON text to read, where it has several.
    pub element: usize,
    /// The hit that the line is read for.
    pub spot: Spot,
    pub(super) line: &'a Line<'a>,
}

impl<'a> Message<'a> {
    pub(super) fn new(line: &'a Line<'a>, text: &'a str, spot: Spot) -> Self {
        Self {
            whole: text,
            timed: text,
            text,
            program: "",
            id: "",
            structured: "",
            host: None,
            stamp: None,
            around: None,
            header: None,
            json: None,
            element: 0,
            spot,
            line,
        }
    }

    /// The JSON object that the message is.
    pub(crate) fn object(&self) -> Option<Item<'_, 'a>> {
        let json = self.json.as_ref()?;
        Some(json.item(self.element))
    }

    /// Whether the hit is in this slice of the message: for lines that hold several events.
    pub(crate) fn is_hit(&self, slice: &str) -> bool {
        match place(self.line.text(), slice) {
            Some(place) => place.start < self.spot.end && self.spot.start < place.end,
            None => {
                let text = self.line.text().get(self.spot.start..self.spot.end);
                text.is_some_and(|text| !text.is_empty() && slice.contains(text))
            }
        }
    }

    /// Whether the header names this program, or its name begins with it and a separator.
    pub(crate) fn is_from(&self, program: &str) -> bool {
        self.program.get(..program.len()).is_some_and(|head| head.eq_ignore_ascii_case(program))
            && !self.program[program.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
    }

    /// Gives a record what the headers say and it does not.
    pub(super) fn complete(&self, record: &mut Record<'a>, host: super::Field) {
        record.stamp = record.stamp.or(self.stamp);
        record.around = record.around.or(self.around);
        // A word that was read as something else is no machine's name.
        let is_read = |name: &str| record.entries.iter().any(|entry| std::ptr::eq(entry.raw, name));
        if let Some(name) = self.host
            && !record.has(super::Field::HostName)
            && !record.has(super::Field::ObserverName)
            && !is_read(name)
        {
            record.set(host, name);
        }
    }
}
