//! What a sweep's threads find, on its way to whoever hands it on.

use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime};

use super::piece::Findings;
use crate::input::{Problem, ProblemReason, Source};

/// A place in the order of everything: input, and step in the input.
pub(super) type Place = (usize, usize);

/// What is at a place.
pub(super) struct Outcome {
    pub events: Vec<Event>,
    /// Whether the input has no more.
    pub is_last: bool,
    /// How many raw bytes of the input were taken by then.
    pub consumed: u64,
}

/// What happened to an input.
pub(super) enum Event {
    /// A stream is there, and nothing came of it yet.
    Opened { path: String, opened: Instant },
    /// A document begins: its name and length, what was taken off to get at it, and when its file
    /// was last written.
    Begin {
        path: String,
        len: Option<u64>,
        is_stream: bool,
        form: String,
        opened: Instant,
        modified: Option<SystemTime>,
    },
    /// Something that was not scanned, or not as it should be.
    Problem(Problem),
    /// A piece was scanned.
    Piece(Findings),
    /// The document is done. Whether a mapped one shrank is asked when this is handed on: by then
    /// all of its pieces were scanned, now others may still be scanning the last ones.
    End { failed: Option<ProblemReason>, mapped: Option<Arc<Mutex<Source>>> },
}

impl Outcome {
    /// The place after this one.
    pub(super) fn after(&self, (input, step): Place) -> Place {
        if self.is_last { (input + 1, 0) } else { (input, step + 1) }
    }

    /// Whether something was found.
    pub(super) fn has_hits(&self) -> bool {
        let of =
            |event: &Event| matches!(event, Event::Piece(findings) if !findings.hits.is_empty());
        self.events.iter().any(of)
    }

    /// About how much memory it takes.
    pub(super) fn held(&self) -> usize {
        let of = |event: &Event| match event {
            Event::Piece(findings) => findings.held(),
            _ => size_of::<Event>(),
        };
        self.events.iter().map(of).sum()
    }
}
