//! The whole way of a scan: inputs in order, scanned in parallel, hits handed to a sink in order.
//!
//! Every piece of every input has a place in the order: (input, piece). Threads take the earliest
//! piece that nobody has, so one long file keeps all of them busy, and many short ones are opened
//! side by side. What they find waits until everything before it was handed on; to bound what
//! waits, a thread takes a piece only while few are under way, unless it is the very next one.
//! Sequential scanning is the same with one thread.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::Matcher;
use super::piece::{self, Findings, Wants};
use super::report::{Reporter, Summary};
use crate::input::{
    Input, Mapping, Opened, Problem, ProblemReason, Source, Stop, Walk, WalkItem, open_path,
    open_stdin,
};
use crate::record::RecordOptions;
use crate::sink::Sink;

/// How to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepOptions {
    /// Scanning threads; 0 counts as 1.
    pub threads: usize,
    /// Map or read.
    pub mapping: Mapping,
    /// Bytes a thread takes at a time. Results do not depend on it.
    pub chunk_size: usize,
    /// How to read lines that hit.
    pub records: RecordOptions,
}

impl SweepOptions {
    /// The default of [`SweepOptions::chunk_size`]: 512 KiB, which a second-level cache holds.
    pub const CHUNK_SIZE: usize = 2048 * 1024;
}

impl Default for SweepOptions {
    /// As many threads as the process may use at a time, and mapped where that is safe.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            threads,
            mapping: Mapping::Auto,
            chunk_size: Self::CHUNK_SIZE,
            records: RecordOptions::default(),
        }
    }
}

/// How long a file's hits wait for more before they are written.
const PATIENCE: Duration = Duration::from_millis(100);

/// A place in the order of everything: input, and piece in the input.
type Place = (usize, usize);

/// What is at a place.
pub(super) enum Outcome {
    /// The input's name and length; always at its piece 0.
    Begin { path: String, len: Option<u64>, modified: Option<SystemTime> },
    /// Something that is no input.
    Problem(Problem),
    /// A piece was scanned.
    Piece(Findings),
    /// The input is done. Whether it shrank is asked when this is handed on: by then all of its
    /// pieces were scanned, now others may still be scanning the last ones.
    End { failed: Option<ProblemReason>, source: Arc<Mutex<Source>> },
}

impl Outcome {
    /// The place after this one.
    fn after(&self, (input, piece): Place) -> Place {
        match self {
            Self::Begin { .. } | Self::Piece(_) => (input, piece + 1),
            Self::Problem(_) | Self::End { .. } => (input + 1, 0),
        }
    }
}

/// An input that still has pieces.
struct Open {
    input: usize,
    next_piece: usize,
    /// Whether a thread is taking a piece.
    is_busy: bool,
    source: Arc<Mutex<Source>>,
}

struct State {
    walk: Walk,
    /// The number of the next thing that the walk gives; `None` when it is at its end.
    next_input: Option<usize>,
    /// In order of input.
    open: Vec<Open>,
    outcomes: BTreeMap<Place, Outcome>,
    /// The place that is handed on next.
    cursor: Place,
    /// Places taken and not handed on.
    under_way: usize,
    /// Inputs that are being opened: they will have pieces.
    opening: usize,
    /// Threads that wait for something to take.
    waiting: usize,
    is_stopped: bool,
}

struct Shared<'m> {
    matcher: &'m Matcher,
    options: &'m SweepOptions,
    wants: Wants,
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
    Input(usize, Option<WalkItem>),
    Piece(Place, Arc<Mutex<Source>>),
}

/// Scans `inputs` in order and hands every hit to `sink`, on the calling thread.
///
/// # Errors
/// What the sink gave, or the system when threads cannot be started. What is wrong with an input
/// does not end the sweep: it is in [`Summary::problems`].
pub fn sweep(
    matcher: &Matcher,
    inputs: &[Input],
    options: &SweepOptions,
    sink: &mut dyn Sink,
) -> io::Result<Summary> {
    let began = Instant::now();
    let threads = options.threads.max(1);
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(io::Error::other)?;
    let shared = Shared {
        matcher,
        options,
        wants: Wants { lines: sink.wants_hits(), head: sink.wants_records() },
        state: Mutex::new(State {
            walk: Walk::new(inputs),
            next_input: Some(0),
            open: Vec::new(),
            outcomes: BTreeMap::new(),
            cursor: (0, 0),
            under_way: 0,
            opening: 0,
            waiting: 0,
            is_stopped: false,
        }),
        stop: Stop::new()?,
        work: Condvar::new(),
        ready: Condvar::new(),
    };
    let mut reporter = Reporter::new(matcher, &options.records, sink);
    let result = pool.in_place_scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|_| shared.work(threads));
        }
        let result = shared.hand_on(&mut reporter);
        shared.lock().is_stopped = true;
        shared.stop.stop();
        shared.work.notify_all();
        result
    });
    result.map(|()| reporter.finish(began.elapsed()))
}

impl Shared<'_> {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A thread that panicked ends the sweep when the pool's scope ends; until then the state
        // is what it was before the panic, for no code between lock and unlock can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands outcomes on in order until there are no more or the sink wants no more.
    fn hand_on(&self, reporter: &mut Reporter<'_>) -> io::Result<()> {
        let mut state = self.lock();
        loop {
            let place = state.cursor;
            if let Some(outcome) = state.outcomes.remove(&place) {
                state.cursor = outcome.after(place);
                state.under_way -= 1;
                let is_wanted = state.waiting > 0;
                drop(state);
                if is_wanted {
                    self.work.notify_all();
                }
                if reporter.take(outcome)?.is_break() {
                    return Ok(());
                }
                state = self.lock();
            } else if state.next_input.is_none() && state.under_way == 0 && state.open.is_empty() {
                return Ok(());
            } else if reporter.holds_back() {
                // A file's hits are held back a moment, for its next ones are not far.
                let wait = if reporter.is_in_stream() { Duration::ZERO } else { PATIENCE };
                let changed = self.ready.wait_timeout_while(state, wait, |state| {
                    !state.outcomes.contains_key(&state.cursor)
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

    /// A thread's whole work.
    fn work(&self, threads: usize) {
        // Ends the sweep instead of letting the others wait for what will not come.
        let _guard = StopOnPanic(self);
        let mut scanner = self.matcher.scanner();
        let mut buffer = Vec::new();
        while let Some(task) = self.take(threads) {
            match task {
                Task::Input(_, None) => {}
                Task::Input(input, Some(item)) => self.open(input, item),
                Task::Piece(place, source) => {
                    let memory = std::mem::take(&mut buffer);
                    let taken = {
                        let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
                        source.next(self.options.chunk_size, memory)
                    };
                    let end = match taken {
                        Ok(Some(piece)) => {
                            self.returned(place.0, false);
                            let findings = piece::scan(&mut scanner, &piece, self.wants);
                            buffer = piece.release().unwrap_or_default();
                            self.put(place, Outcome::Piece(findings));
                            continue;
                        }
                        Ok(None) => Outcome::End { failed: None, source },
                        Err(reason) => Outcome::End { failed: Some(reason), source },
                    };
                    self.returned(place.0, true);
                    self.put(place, end);
                }
            }
        }
    }

    /// Waits for something to do; `None` when there is nothing any more.
    fn take(&self, threads: usize) -> Option<Task> {
        // Enough that nobody waits for the slowest, few enough that what waits stays small.
        let most = 2 * threads + 2;
        let mut state = self.lock();
        loop {
            if state.is_stopped {
                return None;
            }
            let State { open, under_way, cursor, .. } = &mut *state;
            let may_take = |place: Place| *under_way < most || place == *cursor;
            let free = open
                .iter_mut()
                .find(|open| !open.is_busy && may_take((open.input, open.next_piece)));
            if let Some(open) = free {
                open.is_busy = true;
                let place = (open.input, open.next_piece);
                open.next_piece += 1;
                *under_way += 1;
                return Some(Task::Piece(place, Arc::clone(&open.source)));
            }
            match state.next_input {
                Some(input) if state.under_way < most || state.cursor == (input, 0) => {
                    let item = state.walk.next();
                    if item.is_some() {
                        state.next_input = Some(input + 1);
                        state.under_way += 1;
                        state.opening += 1;
                    } else {
                        state.next_input = None;
                        self.work.notify_all();
                        self.ready.notify_all();
                    }
                    return Some(Task::Input(input, item));
                }
                None if state.open.is_empty() && state.opening == 0 => return None,
                _ => {
                    state.waiting += 1;
                    state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                    state.waiting -= 1;
                }
            }
        }
    }

    /// Opens an input and lets everybody take its pieces.
    fn open(&self, input: usize, item: WalkItem) {
        let (path, opened) = match item {
            WalkItem::Problem(problem) => return self.opened(input, Err(problem)),
            WalkItem::Stdin => ("-".to_owned(), Ok(open_stdin(&self.stop))),
            WalkItem::Path(path) => {
                (path.display().to_string(), open_path(&path, self.options.mapping, &self.stop))
            }
        };
        let opened = match opened {
            Ok(opened) => Ok((path, opened)),
            Err(reason) => Err(Problem { path, reason, unscanned: None }),
        };
        self.opened(input, opened);
    }

    fn opened(&self, input: usize, opened: Result<(String, Opened), Problem>) {
        let mut state = self.lock();
        state.opening -= 1;
        let outcome = match opened {
            Ok((path, Opened { source, len, modified })) => {
                let source = Arc::new(Mutex::new(source));
                let open = Open { input, next_piece: 1, is_busy: false, source };
                let at = state.open.partition_point(|other| other.input < input);
                state.open.insert(at, open);
                Outcome::Begin { path, len, modified }
            }
            Err(problem) => Outcome::Problem(problem),
        };
        state.outcomes.insert((input, 0), outcome);
        drop(state);
        self.work.notify_all();
        self.ready.notify_all();
    }

    /// A piece was taken from an input: the next thread may, unless it is at its end.
    fn returned(&self, input: usize, is_done: bool) {
        let mut state = self.lock();
        if is_done {
            state.open.retain(|open| open.input != input);
        } else if let Some(open) = state.open.iter_mut().find(|open| open.input == input) {
            open.is_busy = false;
        }
        let is_wanted = state.waiting > 0;
        drop(state);
        if is_wanted {
            self.work.notify_all();
        }
    }

    fn put(&self, place: Place, outcome: Outcome) {
        let mut state = self.lock();
        state.outcomes.insert(place, outcome);
        let is_next = state.cursor == place;
        drop(state);
        if is_next {
            self.ready.notify_all();
        }
    }
}

/// Stops a sweep whose thread panics.
struct StopOnPanic<'a, 'm>(&'a Shared<'m>);

impl Drop for StopOnPanic<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut state = self.0.lock();
            state.is_stopped = true;
            // Nothing is left to wait for: the panic goes on in the calling thread.
            state.next_input = None;
            state.open.clear();
            state.under_way = 0;
            state.opening = 0;
            drop(state);
            self.0.stop.stop();
            self.0.work.notify_all();
            self.0.ready.notify_all();
        }
    }
}
