//! The threads of a sweep, and the one that hands on what they find.
//!
//! Every piece of every input has a place in the order: (input, step). Threads take the earliest
//! piece that nobody has, so one long file keeps all of them busy, and many short ones are opened
//! side by side. What they find waits until everything before it was handed on; to bound what
//! waits, a thread takes a piece only while few of its input are under way and little was found,
//! unless it is the very next one. Sequential scanning is the same with one thread.
//!
//! Taking a piece of packed input is decoding it. That takes longer than scanning, so a thread
//! stays with the input that it decodes while another thread decodes the next input: each keeps
//! what it needs in its own cache, and hands on several pieces in which nothing was found together.
//! Where there is one input only, one thread decodes while the other scans.
//!
//! Pieces begin small and grow while little is found in them: a log that hits in every line takes
//! as much memory as a larger piece of an innocent one.

mod ending;
mod handing;
mod opening;

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use ending::{StopAtEnd, StopOnPanic};
use handing::TOGETHER;

use crate::input::{Piece, Problem, ProblemReason, Source, Stop};
use crate::scan::Matcher;
use crate::scan::outcome::{Event, Outcome, Place};
use crate::scan::piece::{self, Findings, Wants};
use crate::scan::report::Reporter;
use crate::scan::scanner::Scanner;
use crate::scan::sweep::{Inputs, SweepOptions, Unopened};
use crate::scan::taken::Taken;

/// How many bytes of findings may wait before only what is handed on next is taken.
const HELD: usize = 32 << 20;

/// What is a large piece: little was found in those before it.
const FULL: usize = 1 << 20;

/// How many outcomes may wait, however small.
const WAITING: usize = 4096;

/// The size of the first pieces, and of those after one in which more than [`MANY`] hits were.
const SMALL: usize = 256 * 1024;

/// Hits of a piece after which the next ones are smaller.
const MANY: usize = 1000;

/// An input that still has steps.
struct Open {
    input: usize,
    next_step: usize,
    /// Whether a thread is taking a piece.
    is_busy: bool,
    /// Whether it waits until no earlier input is open, for it takes much memory.
    is_large: bool,
    /// Whether its last piece was one of a mapped file.
    is_mapped: bool,
    source: Arc<Mutex<Source>>,
}

struct State {
    /// `None` while a thread looks for the next one, which may take long.
    inputs: Option<Inputs>,
    /// The number of the next thing that they give; `None` when there is no more.
    next_input: Option<usize>,
    /// In order of input.
    open: Vec<Open>,
    outcomes: BTreeMap<Place, Outcome>,
    /// The place that is handed on next.
    cursor: Place,
    /// Places taken and not handed on.
    under_way: usize,
    /// About how much memory outcomes take that were not handed on.
    held: usize,
    /// Whether there was a hit anywhere.
    has_hits: bool,
    /// Since when some wait for others to be handed on with.
    held_since: Option<Instant>,
    /// Inputs that are being opened: they will have steps.
    opening: usize,
    /// Threads that wait for something to take.
    waiting: usize,
    is_stopped: bool,
}

impl State {
    /// Whether there is nothing to hand on any more.
    fn is_done(&self) -> bool {
        self.next_input.is_none() && self.under_way == 0 && self.open.is_empty()
    }
}

/// The threads' common ground.
pub(super) struct Crew<'m> {
    matcher: &'m Matcher,
    options: &'m SweepOptions,
    wants: Wants,
    piece_size: AtomicUsize,
    state: Mutex<State>,
    /// Ends the waiting for streams.
    stop: Arc<Stop>,
    /// Tells threads that there may be something to take.
    work: Condvar,
    /// Tells the calling thread that what it waits for may be there.
    ready: Condvar,
}

/// What a thread took.
enum Task {
    Input(usize, Option<Unopened>),
    Step { place: Place, source: Arc<Mutex<Source>>, is_alone: bool },
}

/// What a sweep left behind when it ended.
pub(super) struct Left {
    pub inputs: Option<Inputs>,
    pub outcomes: BTreeMap<Place, Outcome>,
    /// The input that was being handed on.
    pub current: usize,
    /// Inputs that were opened and of which nothing was handed on: number, name, length.
    pub unbegun: Vec<(usize, String, Option<u64>)>,
    /// The archive in which the sweep ended.
    pub unfinished: Option<Problem>,
}

impl<'m> Crew<'m> {
    pub(super) fn new(
        matcher: &'m Matcher,
        options: &'m SweepOptions,
        wants: Wants,
        inputs: Inputs,
        stop: Arc<Stop>,
    ) -> Self {
        Self {
            matcher,
            options,
            wants,
            piece_size: AtomicUsize::new(options.chunk_size.min(SMALL)),
            state: Mutex::new(State {
                inputs: Some(inputs),
                next_input: Some(0),
                open: Vec::new(),
                outcomes: BTreeMap::new(),
                cursor: (0, 0),
                under_way: 0,
                held: 0,
                has_hits: false,
                held_since: None,
                opening: 0,
                waiting: 0,
                is_stopped: false,
            }),
            stop,
            work: Condvar::new(),
            ready: Condvar::new(),
        }
    }

    /// Scans everything; whether it ended because of the interrupt, and what is left then.
    pub(super) fn run(self, reporter: &mut Reporter<'_>) -> io::Result<(bool, Left)> {
        let threads = self.options.threads.max(1);
        let is_interrupted = thread::scope(|scope| {
            let mut crew = Vec::with_capacity(threads);
            let stopping = StopAtEnd(&self);
            let begun = (0..threads).try_for_each(|_| {
                crew.push(thread::Builder::new().spawn_scoped(scope, || self.work(threads))?);
                Ok(())
            });
            let result = begun.and_then(|()| self.hand_on(reporter));
            drop(stopping);
            // The scope itself waits for their work only; afterwards nothing of them is left.
            for thread in crew {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            }
            result
        })?;
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (current, step) = state.cursor;
        let unbegun = state.open.iter().filter(|open| open.input > current || step == 0);
        let name = |open: &Open| {
            let source = open.source.lock().unwrap_or_else(PoisonError::into_inner);
            (open.input, source.path().to_owned(), source.len())
        };
        let unbegun = unbegun.map(name).collect();
        let in_archive = |open: &Open| {
            let source = open.source.lock().unwrap_or_else(PoisonError::into_inner);
            let reason = ProblemReason::Unfinished { position: source.consumed() };
            let path = source.path().to_owned();
            source.has_archive().then_some(Problem { path, reason, unscanned: None })
        };
        let is_current = |open: &&Open| open.input == current && step > 0;
        let unfinished = state.open.iter().find(is_current).and_then(in_archive);
        let State { inputs, outcomes, .. } = state;
        Ok((is_interrupted, Left { inputs, outcomes, current, unbegun, unfinished }))
    }
}

impl Crew<'_> {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A thread that panicked ends the sweep when the threads' scope ends; until then the state
        // is what it was before the panic, for no code between lock and unlock can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A thread's whole work.
    fn work(&self, threads: usize) {
        // Ends the sweep instead of letting the others wait for what will not come.
        let _guard = StopOnPanic(self);
        let mut scanner = self.matcher.scanner();
        let mut buffer = Vec::new();
        // The input that this thread decodes.
        let mut own = None;
        while let Some(task) = self.take(threads, own) {
            let (place, source, is_alone) = match task {
                Task::Input(_, None) => continue,
                Task::Input(input, Some(item)) => {
                    self.open(input, item);
                    continue;
                }
                Task::Step { place, source, is_alone } => (place, source, is_alone),
            };
            let size = || self.piece_size.load(Ordering::Relaxed);
            let mut taken = Taken::new(&source, size(), is_alone, &mut buffer);
            while let Some(piece) = taken.own_piece(is_alone) {
                let findings = self.scan(&mut scanner, piece, &mut buffer);
                if !taken.scanned(findings) {
                    break;
                }
                taken.take(&source, size(), is_alone, &mut buffer);
            }
            let Taken { mut outcome, piece, is_decoded, is_large, .. } = taken;
            // What ended because the sweep does is not done.
            let is_done = outcome.is_last && !self.stop.is_stopped();
            let is_mapped = piece.as_ref().is_some_and(Piece::is_mapped);
            self.returned(place.0, is_done, is_large, is_mapped);
            own = is_decoded.then_some(place.0);
            if let Some(piece) = piece {
                let findings = self.scan(&mut scanner, piece, &mut buffer);
                outcome.events.push(Event::Piece(findings));
            }
            self.put(place, outcome, is_mapped.then_some(threads));
        }
    }

    fn scan(&self, scanner: &mut Scanner<'_>, piece: Piece, buffer: &mut Vec<u8>) -> Findings {
        let findings = piece::scan(scanner, &piece, self.wants);
        self.adapt(findings.hits.len());
        if let Some(memory) = piece.release() {
            *buffer = memory;
        }
        findings
    }

    /// Makes the next pieces larger or smaller. Threads may overwrite each other's answer: it is
    /// but a size.
    fn adapt(&self, hits: usize) {
        let most = self.options.chunk_size;
        let size = self.piece_size.load(Ordering::Relaxed);
        let next = if hits > MANY { SMALL.min(most) } else { (2 * size).min(most) };
        if next != size {
            self.piece_size.store(next, Ordering::Relaxed);
        }
    }

    /// Waits for something to do; `None` when there is nothing any more. `own` is the input that
    /// the thread would rather go on with.
    fn take(&self, threads: usize, own: Option<usize>) -> Option<Task> {
        // Enough that nobody waits for the slowest, few enough that what waits stays small; and for
        // large pieces of a mapped file, in which little is found, as many as go together.
        let most = 2 * threads + 2;
        let is_large = self.piece_size.load(Ordering::Relaxed) >= FULL;
        let more = if is_large { TOGETHER * threads } else { 0 };
        let mut state = self.lock();
        loop {
            if state.is_stopped {
                return None;
            }
            let State { open, under_way, cursor, held, outcomes, opening, next_input, .. } =
                &mut *state;
            let has_room = *held < HELD && outcomes.len() < WAITING;
            // Whoever goes ahead to later inputs leaves somebody behind for the first one.
            let first = open.first().map_or(usize::MAX, |open| open.input);
            let ahead = open.iter().filter(|open| open.is_busy && open.input > first).count();
            let may_go_ahead = has_room && ahead + *opening + 1 < threads;
            let may_take = |(input, step): Place, is_mapped: bool| {
                (input, step) == *cursor
                    || has_room
                        && if input == cursor.0 {
                            step - cursor.1 < if is_mapped { most + more } else { most }
                        } else {
                            input == first || may_go_ahead
                        }
            };
            let is_free = |open: &Open| {
                let waits = open.is_busy || open.is_large && open.input != first;
                !waits && may_take((open.input, open.next_step), open.is_mapped)
            };
            let free = open
                .iter()
                .position(|open| Some(open.input) == own && is_free(open))
                .or_else(|| open.iter().position(is_free));
            if let Some(at) = free {
                let is_alone =
                    threads > 1 && open.len() == 1 && *opening == 0 && next_input.is_none();
                let open = &mut open[at];
                open.is_busy = true;
                let place = (open.input, open.next_step);
                open.next_step += 1;
                *under_way += 1;
                let source = Arc::clone(&open.source);
                return Some(Task::Step { place, source, is_alone });
            }
            let may_open = open.is_empty() && has_room || may_go_ahead && open.len() < 2 * threads;
            match state.next_input {
                Some(input)
                    if state.inputs.is_some() && (may_open || state.cursor == (input, 0)) =>
                {
                    // Looking for the next one may take long: nobody else has to wait for it.
                    let mut inputs = state.inputs.take()?;
                    drop(state);
                    let item = inputs.next();
                    state = self.lock();
                    state.inputs = Some(inputs);
                    if item.is_some() {
                        state.next_input = Some(input + 1);
                        state.under_way += 1;
                        state.opening += 1;
                    } else {
                        state.next_input = None;
                        self.ready.notify_all();
                    }
                    if state.waiting > 0 || item.is_none() {
                        self.work.notify_all();
                    }
                    return Some(Task::Input(input, item));
                }
                None if state.open.is_empty() && state.opening == 0 => {
                    self.wake_for(&state);
                    return None;
                }
                _ => {
                    // What was kept back may be what this waits for.
                    self.wake_for(&state);
                    state.waiting += 1;
                    state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                    state.waiting -= 1;
                }
            }
        }
    }

    /// Steps were taken from an input: the next thread may, unless it is at its end.
    fn returned(&self, input: usize, is_done: bool, is_large: bool, is_mapped: bool) {
        let mut state = self.lock();
        if is_done {
            state.open.retain(|open| open.input != input);
        } else if let Some(open) = state.open.iter_mut().find(|open| open.input == input) {
            open.is_busy = false;
            open.is_large = is_large;
            open.is_mapped = is_mapped;
        }
        let is_wanted = state.waiting > 0;
        drop(state);
        if is_wanted {
            self.work.notify_all();
        }
    }
}
