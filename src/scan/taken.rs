//! Taking what comes next of an input: its steps, up to a piece of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::outcome::{Event, Outcome};
use super::piece::Findings;
use crate::input::{Piece, Source, Step};

/// How many steps are taken for one outcome where no piece is among them.
const STEPS: usize = 64;

/// The size of pieces that are decoded: they are scanned where they were decoded, while a
/// second-level cache has them.
const DECODED: usize = 512 * 1024;

/// The same where there is one input only, which another thread goes on with: each change costs a
/// moment in which nobody decodes.
const DECODED_ALONE: usize = 2 * 1024 * 1024;

/// Bytes of decoded pieces that one thread scans, one after the other, before they are handed on
/// together.
const TOGETHER: usize = 4 * 1024 * 1024;

/// What was taken of an input.
pub(super) struct Taken {
    pub outcome: Outcome,
    /// To be scanned; it then is the outcome's last event.
    pub piece: Option<Piece>,
    pub is_decoded: bool,
    pub is_large: bool,
    /// Bytes of pieces that are scanned.
    scanned: usize,
}

impl Taken {
    /// Takes the first steps. A piece has about `size` bytes, or less; `buffer` is taken to read it
    /// into. `is_alone`: there is no other input.
    pub(super) fn new(
        source: &Arc<Mutex<Source>>,
        size: usize,
        is_alone: bool,
        buffer: &mut Vec<u8>,
    ) -> Self {
        let outcome = Outcome { events: Vec::new(), is_last: false, consumed: 0 };
        let mut taken =
            Self { outcome, piece: None, is_decoded: false, is_large: false, scanned: 0 };
        taken.take(source, size, is_alone, buffer);
        taken
    }

    /// The piece, if the thread had better scan it and go on with the next one before anybody hears
    /// of it.
    pub(super) fn own_piece(&mut self, is_alone: bool) -> Option<Piece> {
        let has_room = self.is_decoded && !is_alone && self.scanned < TOGETHER;
        self.piece.take_if(|_| has_room)
    }

    /// Notes what was found in a piece; `true` if it need not be told at once.
    pub(super) fn scanned(&mut self, findings: Findings) -> bool {
        self.scanned = self.scanned.saturating_add(findings.len as usize);
        let is_innocent = findings.hits.is_empty();
        self.outcome.events.push(Event::Piece(findings));
        is_innocent
    }

    /// Takes the next steps.
    pub(super) fn take(
        &mut self,
        source: &Arc<Mutex<Source>>,
        size: usize,
        is_alone: bool,
        buffer: &mut Vec<u8>,
    ) {
        let mut taken = source.lock().unwrap_or_else(PoisonError::into_inner);
        let size = match (taken.is_decoded(), is_alone) {
            (false, _) => size,
            (true, false) => size.min(DECODED),
            (true, true) => size.min(DECODED_ALONE),
        };
        let outcome = &mut self.outcome;
        while outcome.events.len() < STEPS {
            outcome.events.push(match taken.next(size, buffer) {
                Step::Opened { path } => {
                    // To be said before it is waited for.
                    outcome.events.push(Event::Opened { path, opened: Instant::now() });
                    break;
                }
                Step::Begin { path, len, is_stream, form } => {
                    let (opened, modified) = (Instant::now(), taken.modified());
                    Event::Begin { path, len, is_stream, form, opened, modified }
                }
                Step::Problem(problem) => Event::Problem(problem),
                Step::End { failed } => {
                    let mapped = taken.is_mapped().then(|| Arc::clone(source));
                    Event::End { failed, mapped }
                }
                Step::Piece(next) => {
                    self.piece = Some(next);
                    break;
                }
                Step::Done => {
                    outcome.is_last = true;
                    break;
                }
            });
        }
        outcome.consumed = taken.consumed();
        (self.is_decoded, self.is_large) = (taken.is_decoded(), taken.is_large());
    }
}
