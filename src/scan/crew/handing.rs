//! Handing on what the threads found: in order, and not too often.
//!
//! Whoever hands on takes a processor from those who scan, and finds its own code and data gone from
//! the caches. So what was found in large pieces of a mapped file waits a moment for more.

use std::io;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::{Crew, FULL, HELD, State};
use crate::scan::outcome::{Outcome, Place};
use crate::scan::report::Reporter;
use crate::scan::sweep::Inputs;

/// How long a file's hits wait for more before they are written.
const PATIENCE: Duration = Duration::from_millis(100);

/// How many large pieces of a mapped file are handed on together, for each thread, and how long the
/// first of them waits: nobody notices, and a slow disk gives few in that time. The first hit of all
/// does not wait: it may be all that is asked for.
pub(super) const TOGETHER: usize = 80;
const MOMENT: Duration = Duration::from_millis(30);

impl Crew<'_> {
    /// Hands outcomes on in order until there are no more or the sink wants no more. `true` when
    /// it ended because of the interrupt.
    pub(super) fn hand_on(&self, reporter: &mut Reporter<'_>) -> io::Result<bool> {
        let mut state = self.lock();
        loop {
            let place = state.cursor;
            let is_done = state.is_done();
            // A walk that was stopped is at its end, too, but not done.
            let is_all = is_done && state.inputs.as_ref().is_some_and(Inputs::is_complete);
            if self.options.interrupt.is_interrupted() && !is_all {
                // First of all: a stream that ends because of it did not end.
                return Ok(true);
            } else if let Some(outcome) = state.outcomes.remove(&place) {
                state.cursor = outcome.after(place);
                state.held_since = None;
                state.under_way -= 1;
                let held = outcome.held();
                let is_wanted = state.waiting > 0;
                drop(state);
                if is_wanted {
                    self.work.notify_all();
                }
                if reporter.take(outcome)?.is_break() {
                    // The sink may have broken off because of it, too.
                    return Ok(self.options.interrupt.is_interrupted());
                }
                state = self.lock();
                // Until now it took memory.
                let had_room = state.held < HELD;
                state.held -= held;
                if !had_room && state.waiting > 0 {
                    self.work.notify_all();
                }
            } else if is_done {
                return Ok(false);
            } else if reporter.holds_back() {
                // A file's hits are held back a moment, for its next ones are not far.
                let wait = if reporter.is_in_stream() { Duration::ZERO } else { PATIENCE };
                let changed = self.ready.wait_timeout_while(state, wait, |state| {
                    !state.outcomes.contains_key(&state.cursor) && !state.is_done()
                });
                let timeout;
                (state, timeout) = changed.unwrap_or_else(PoisonError::into_inner);
                if timeout.timed_out() {
                    drop(state);
                    reporter.flush()?;
                    state = self.lock();
                }
            } else {
                state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// Gives an outcome to be handed on; with `threads` it is a piece of a mapped file, which waits
    /// for some from each of them.
    pub(super) fn put(&self, place: Place, outcome: Outcome, threads: Option<usize>) {
        let mut state = self.lock();
        state.held += outcome.held();
        let is_first = !state.has_hits && outcome.has_hits();
        state.has_hits |= is_first;
        state.outcomes.insert(place, outcome);
        // Nobody may wait for this, and more has to come.
        let has_more = state.waiting == 0 && state.open.iter().any(|open| open.input == place.0);
        let is_large = self.piece_size.load(Ordering::Relaxed) >= FULL;
        let together = threads.map(|threads| if is_large { TOGETHER * threads } else { threads });
        let can_wait = together.is_some_and(|most| has_more && state.outcomes.len() <= most);
        let since = *state.held_since.get_or_insert_with(Instant::now);
        if !can_wait || is_first || since.elapsed() >= MOMENT {
            self.wake_for(&state);
        }
    }

    /// Wakes whoever hands on, if there is something.
    pub(super) fn wake_for(&self, state: &State) {
        if state.outcomes.contains_key(&state.cursor) {
            self.ready.notify_all();
        }
    }
}
