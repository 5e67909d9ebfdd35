//! Reading lines of one input: envelopes, then families, then what is left.

use std::cell::OnceCell;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::envelope;
use super::family::{FAMILIES, Family};
use super::header::Headers;
use super::line::{Line, Spot};
use super::memory::{Look, Memory};
use super::message::Message;
use super::network::{self, InternalNets};
use super::shape::json::Json;
use super::time::{Clock, Stamp};
use super::{Field, Record, generic};

/// How many envelopes are taken off one after the other.
const DEPTH: usize = 6;
/// How many lines of the input's beginning are looked at for a year.
const LINES: usize = 64;
/// Stamps before this are a device's that did not know the time.
const EPOCH: i64 = 946_684_800;

/// How to read lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordOptions {
    /// Where stamps without a zone are.
    pub zone: TimeZone,
    /// What is inside.
    pub internal: InternalNets,
    /// The only format to look for.
    pub format: Option<&'static Family>,
    /// The time of the scan, for what has no date of its own (a pipe).
    pub now: Option<Timestamp>,
}

impl Default for RecordOptions {
    /// UTC, private ranges, every format.
    fn default() -> Self {
        Self { zone: TimeZone::UTC, internal: InternalNets::default(), format: None, now: None }
    }
}

/// Reads lines of one input.
#[derive(Debug)]
pub struct RecordReader<'o> {
    options: &'o RecordOptions,
    headers: Headers,
    head: Vec<u8>,
    modified: Option<Timestamp>,
    clock: OnceCell<Clock>,
    /// Who read what.
    memory: Memory,
}

impl<'o> RecordReader<'o> {
    /// How much of an input's beginning is worth handing over.
    pub const HEAD: usize = 64 * 1024;

    /// For an input that begins with `head`, at most [`Self::HEAD`] bytes of it, and was last
    /// written at `modified`.
    #[must_use]
    pub fn new(options: &'o RecordOptions, head: &[u8], modified: Option<Timestamp>) -> Self {
        let head = &head[..head.len().min(Self::HEAD)];
        // A line that was cut is none.
        let end = match memchr::memrchr(b'\n', head) {
            Some(feed) if head.len() == Self::HEAD => feed + 1,
            _ => head.len(),
        };
        let head = head[..end].to_vec();
        let mut headers = Headers::default();
        headers.learn(0, &head);
        let clock = OnceCell::new();
        Self { options, headers, head, modified, clock, memory: Memory::default() }
    }

    /// Tells of another part of the input behind its head, beginning at `offset` with the beginning
    /// of a line: it may have headers. Parts come in order.
    pub fn learn(&mut self, offset: u64, text: &[u8]) {
        if offset >= self.head.len() as u64 {
            self.headers.learn(offset, text);
        }
    }

    /// Tells that no line before `offset` will be read any more.
    pub fn forget(&mut self, offset: u64) {
        self.headers.forget(offset);
    }

    /// Reads the line at `offset` for the hit at `spot`. There is always a record.
    pub fn read<'a>(&'a self, line: &'a Line<'a>, offset: u64, spot: Spot) -> Record<'a> {
        let (mut record, _) = self.unwrap(line, line.text(), "", (offset, spot), 0);
        record.line = line.text();
        record.drop_ports_of_icmp();
        record.time = record.stamp.and_then(|stamp| {
            let clock = self.clock.get_or_init(|| self.clock());
            match (stamp, record.around) {
                (Stamp::Yearless(..), Some(around)) => {
                    let around = clock.resolve(around).map(|around| around.at);
                    match around {
                        Some(around) => {
                            Clock::new(self.options.zone.clone(), Some(around)).resolve(stamp)
                        }
                        None => clock.resolve(stamp),
                    }
                }
                _ => clock.resolve(stamp),
            }
        });
        if record.direction.is_none() {
            record.direction = network::direction(&record, &self.options.internal);
        }
        record
    }

    /// Takes envelopes off until a family knows what is in them. Also gives the field that the
    /// machine named by an envelope goes to.
    fn unwrap<'a>(
        &'a self,
        line: &'a Line<'a>,
        text: &'a str,
        program: &'a str,
        (offset, spot): (u64, Spot),
        depth: usize,
    ) -> (Record<'a>, Field) {
        let text = text.trim_start_matches('\u{feff}').trim();
        let mut message = Message::new(line, text, spot);
        message.header = self.headers.at(offset);
        message.program = program;
        for _ in depth..DEPTH {
            let Some(peeled) = envelope::peel(message.text) else { break };
            if !matches!(message.stamp, None | Some(Stamp::Yearless(..))) {
                message.around = message.stamp;
            }
            message.stamp = peeled.stamp.or(message.stamp);
            message.host = peeled.host.or(message.host);
            if !peeled.program.is_empty() || peeled.stamp.is_some() {
                message.program = peeled.program;
            }
            message.id = peeled.id;
            message.structured = peeled.structured;
            message.timed = peeled.timed;
            if peeled.text.len() == message.text.len() {
                break;
            }
            message.text = peeled.text;
            if !peeled.structured.is_empty() {
                break;
            }
        }
        let look = Look::of(message.program, message.text);
        message.json = Json::new(message.text);
        if let Some(json) = &message.json {
            message.element = envelope::element(json, |raw| message.is_hit(raw));
            // What reads texts would take the text inside for its own.
            (message.whole, message.timed, message.text) = ("", "", "");
        }
        if let Some((family, mut record)) = self.recognise(&message, look) {
            let host = if family.is_device { Field::ObserverName } else { Field::HostName };
            message.complete(&mut record, host);
            return (record, host);
        }
        let wrapped = message.object().and_then(envelope::wrapped);
        let inner = wrapped.filter(|_| depth < DEPTH).and_then(|value| match value.text {
            std::borrow::Cow::Borrowed(text) => Some(text),
            std::borrow::Cow::Owned(text) => line.keep(text),
        });
        let (mut record, host) = match inner {
            Some(inner) => {
                let program = message.object().map_or("", envelope::program);
                let (mut record, host) =
                    self.unwrap(line, inner, program, (offset, spot), depth + 1);
                let mut outer = generic::read(&message);
                outer.rename(Field::HostName, host);
                record.complete(outer);
                (record, host)
            }
            None => (generic::read(&message), Field::HostName),
        };
        message.complete(&mut record, host);
        (record, host)
    }

    /// The first family that takes the message, the one that took the last one of its look first.
    fn recognise<'a>(
        &self,
        message: &Message<'a>,
        look: Look,
    ) -> Option<(&'static Family, Record<'a>)> {
        if let Some(family) = self.options.format {
            return (family.read)(message).map(|record| (family, record));
        }
        let known = self.memory.recall(look);
        let others = (0..FAMILIES.len()).filter(|&at| Some(at) != known);
        for at in known.into_iter().chain(others) {
            let family = &FAMILIES[at];
            if let Some(record) = (family.read)(message) {
                if known != Some(at) {
                    self.memory.keep(look, at);
                }
                return Some((family, record));
            }
        }
        None
    }

    /// The clock, set by the first line of the input that has a year.
    fn clock(&self) -> Clock {
        let dated = self.modified.or(self.options.now);
        let mut clock = Clock::new(self.options.zone.clone(), dated);
        let last = dated.and_then(|at| at.checked_add(jiff::SignedDuration::from_hours(24)).ok());
        let mut offset = 0;
        for bytes in self.head.split_inclusive(|&byte| byte == b'\n').take(LINES) {
            let line = Line::new(bytes.trim_ascii_end());
            let (record, _) = self.unwrap(&line, line.text(), "", (offset, Spot::default()), 0);
            offset += bytes.len() as u64;
            let at = match record.stamp {
                Some(stamp @ (Stamp::Instant(_) | Stamp::Civil(_))) => clock.resolve(stamp),
                _ => None,
            };
            let is_credible =
                |at: &Timestamp| at.as_second() >= EPOCH && last.is_none_or(|last| *at <= last);
            if let Some(at) = at.map(|resolved| resolved.at).filter(is_credible) {
                clock.begins(at);
                break;
            }
        }
        clock
    }
}
