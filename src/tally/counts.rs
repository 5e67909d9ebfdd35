//! Counts by what a line can say.

use jiff::Timestamp;
use serde::Serialize;

use super::contact::{Act, Contact};
use crate::assess::{Level, Window};
use crate::record::{Direction, Verdict};

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident by $of:ty { $($(#[$field_doc:meta])* $field:ident: $pattern:pat,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: u64,)*
            }

            impl $name {
                pub(super) fn add(&mut self, what: $of) {
                    match what {
                        $($pattern => self.$field += 1,)*
                    }
                }
            }
        )*
    };
}

counts! {
    /// Hits by verdict.
    Verdicts by Option<Verdict> {
        /// It was let through.
        allowed: Some(Verdict::Allowed),
        /// It was not.
        blocked: Some(Verdict::Blocked),
        /// The line does not say.
        unknown: None,
    }

    /// Hits by direction.
    Directions by Option<Direction> {
        /// From outside.
        inbound: Some(Direction::Inbound),
        /// To the outside.
        outbound: Some(Direction::Outbound),
        /// Both sides inside.
        internal: Some(Direction::Internal),
        /// Both sides outside.
        external: Some(Direction::External),
        /// The line does not say.
        unknown: None,
    }

    /// Hits by where they lie to the published window.
    Windows by Option<Window> {
        /// In it.
        inside: Some(Window::Inside),
        /// Earlier.
        before: Some(Window::Before),
        /// Later.
        after: Some(Window::After),
        /// There is no time, or no window.
        unknown: Some(Window::Unknown) | None,
    }

    /// Hits by level of severity.
    Levels by Option<Level> {
        /// 90 to 100.
        critical: Some(Level::Critical),
        /// 70 to 89.
        high: Some(Level::High),
        /// 40 to 69.
        medium: Some(Level::Medium),
        /// 0 to 39.
        low: Some(Level::Low),
        /// The line was not read.
        unknown: None,
    }

    /// Hits by what they were.
    Acts by Act {
        /// Somebody here connected.
        reached: Act::Reached,
        /// Somebody here looked it up.
        asked: Act::Asked,
        /// It connected to somebody here.
        came: Act::Came,
        /// It stands in the line.
        mentioned: Act::Mentioned,
    }
}

/// What is summed up of everything, of an indicator, of a host.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    /// Hits. Where `hits_error` is not 0 it is the most that there can have been.
    pub hits: u64,
    /// At most so many of `hits` were something else's. If it is not 0, the other figures of this
    /// row leave out what was seen before the row was made: they are the least that there was.
    pub hits_error: u64,
    /// The first time.
    pub first: Option<Timestamp>,
    /// The last time.
    pub last: Option<Timestamp>,
    /// Hits without a time.
    pub undated: u64,
    /// Bytes that machines inside sent.
    pub bytes_out: u64,
    /// Bytes that they got.
    pub bytes_in: u64,
    /// Bytes of lines that do not tell the two apart: some of them went out.
    pub bytes_both: u64,
    /// By verdict.
    pub verdicts: Verdicts,
    /// The last time that something was let through.
    pub last_allowed: Option<Timestamp>,
    /// By what they were.
    pub acts: Acts,
    /// The worst severity.
    pub severity: Option<u8>,
}

impl Figures {
    fn add(&mut self, contact: &Contact<'_>) {
        self.hits += 1;
        match contact.time {
            Some(time) => {
                self.first = Some(self.first.map_or(time, |first| first.min(time)));
                self.last = self.last.max(Some(time));
            }
            None => self.undated += 1,
        }
        if contact.verdict == Some(Verdict::Allowed) {
            self.last_allowed = self.last_allowed.max(contact.time);
        }
        self.verdicts.add(contact.verdict);
        self.acts.add(contact.act());
        self.severity = self.severity.max(contact.severity);
    }

    fn add_bytes(&mut self, contact: &Contact<'_>) {
        let add = |sum: &mut u64, bytes: Option<u64>| *sum = sum.saturating_add(bytes.unwrap_or(0));
        add(&mut self.bytes_out, contact.bytes_out);
        add(&mut self.bytes_in, contact.bytes_in);
        add(&mut self.bytes_both, contact.bytes_both);
    }

    /// The most that machines inside can have sent: all of what some lines do not tell the two ways
    /// apart of, too.
    #[must_use]
    pub fn most_bytes_out(&self) -> u64 {
        self.bytes_out.saturating_add(self.bytes_both)
    }

    /// The level of the worst.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.severity.map(Level::of)
    }
}

/// Figures that are still added to.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    pub figures: Figures,
    /// The last event, whose bytes are among the figures.
    event: u64,
}

impl Sum {
    /// Adds a hit of the `event`th event. What one sent is summed up once, however many hits are in
    /// its line.
    pub(super) fn add(&mut self, contact: &Contact<'_>, event: u64) {
        self.figures.add(contact);
        if self.event != event {
            self.event = event;
            self.figures.add_bytes(contact);
        }
    }
}

/// Numbers events, from 1. Hits of one come one after the other.
#[derive(Debug, Default)]
pub(super) struct Events {
    count: u64,
    last: Option<Event>,
}

/// What hits of one event have in common; a line may hold several.
type Event = (u64, Option<Timestamp>, [Option<u64>; 3]);

impl Events {
    /// The number of the hit's event.
    pub(super) fn number(&mut self, contact: &Contact<'_>, is_new_file: bool) -> u64 {
        let Contact { bytes_out, bytes_in, bytes_both, .. } = *contact;
        let event = (contact.line, contact.time, [bytes_out, bytes_in, bytes_both]);
        if self.last.replace(event) != Some(event) || is_new_file {
            self.count += 1;
        }
        self.count
    }
}
