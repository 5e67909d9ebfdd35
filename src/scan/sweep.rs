//! The whole way of a scan: inputs in order, scanned in parallel, hits handed to a sink in order.
//!
//! This is the door: what is asked for, and what comes of it. The threads are in [`super::crew`].

use std::io::{self, Read};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::SignedDuration;

use super::crew::{Crew, Left};
use super::outcome::{Event, Outcome};
use super::piece::Wants;
use super::report::{Reporter, Summary, Unreached};
use super::{Matcher, Progress};
use crate::assess::Assessment;
use crate::input::{
    DecodeLimits, Input, Interrupt, Mapping, Problem, ProblemReason, Selection, Stop, Walk,
    WalkItem,
};
use crate::record::RecordOptions;
use crate::sink::Sink;

/// How to scan.
#[derive(Debug, Clone)]
pub struct SweepOptions {
    /// Scanning threads; 0 counts as 1.
    pub threads: usize,
    /// Map or read.
    pub mapping: Mapping,
    /// Bytes a thread takes at a time. Results do not depend on it.
    pub chunk_size: usize,
    /// Which of the files found are scanned.
    pub selection: Selection,
    /// How far packed input is unpacked.
    pub limits: DecodeLimits,
    /// How to read lines that hit.
    pub records: RecordOptions,
    /// How far around an indicator's published window an event still counts as inside.
    pub window_grace: SignedDuration,
    /// Ends the sweep from outside; what was not scanned then is in [`Summary::unreached`].
    pub interrupt: Interrupt,
    /// Numbers to keep up to date for whoever shows them. They cost a second walk.
    pub progress: Option<Arc<Progress>>,
}

impl SweepOptions {
    /// The default of [`SweepOptions::chunk_size`]: 4 MiB. What is decoded comes in less.
    pub const CHUNK_SIZE: usize = 4096 * 1024;
}

impl Default for SweepOptions {
    /// As many threads as the process may use at a time, and mapped where that is safe.
    fn default() -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Self {
            threads,
            mapping: Mapping::Auto,
            chunk_size: Self::CHUNK_SIZE,
            selection: Selection::default(),
            limits: DecodeLimits::default(),
            records: RecordOptions::default(),
            window_grace: Assessment::GRACE,
            interrupt: Interrupt::new(),
            progress: None,
        }
    }
}

/// How long an interrupted sweep counts what it did not reach.
const COUNTING: Duration = Duration::from_millis(300);

/// Where inputs come from.
pub(super) enum Inputs {
    /// Found by walking.
    Walk(Box<Walk>),
    /// One, read by the caller's means.
    Reader(Option<(String, Box<dyn Read + Send>)>),
}

/// An input to open.
pub(super) enum Unopened {
    Found(WalkItem),
    Reader(String, Box<dyn Read + Send>),
}

impl Inputs {
    pub(super) fn next(&mut self) -> Option<Unopened> {
        match self {
            Self::Walk(walk) => walk.next().map(Unopened::Found),
            Self::Reader(reader) => reader.take().map(|(name, read)| Unopened::Reader(name, read)),
        }
    }

    /// Whether there are no more because there were no more: a walk that was stopped is at its
    /// end, too.
    pub(super) fn is_complete(&self) -> bool {
        match self {
            Self::Walk(walk) => walk.is_complete(),
            Self::Reader(reader) => reader.is_none(),
        }
    }
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
    let stop = options.interrupt.stop()?;
    let walk = Inputs::Walk(Box::new(Walk::new(inputs, &options.selection, &stop)));
    thread::scope(|beside| {
        if let Some(progress) = &options.progress {
            // Without it, the total is not known; nothing else depends on it.
            let survey = || progress.survey(inputs, &options.selection, &stop);
            let _ = thread::Builder::new().spawn_scoped(beside, survey);
        }
        sweep_all(matcher, walk, options, &stop, sink)
    })
}

/// Scans what `reader` gives, as if it were a file of that name that cannot be read twice.
///
/// # Errors
/// As [`sweep`].
pub fn sweep_reader(
    matcher: &Matcher,
    name: &str,
    reader: Box<dyn Read + Send>,
    options: &SweepOptions,
    sink: &mut dyn Sink,
) -> io::Result<Summary> {
    let stop = options.interrupt.stop()?;
    sweep_all(matcher, Inputs::Reader(Some((name.to_owned(), reader))), options, &stop, sink)
}

fn sweep_all(
    matcher: &Matcher,
    inputs: Inputs,
    options: &SweepOptions,
    stop: &Arc<Stop>,
    sink: &mut dyn Sink,
) -> io::Result<Summary> {
    let began = Instant::now();
    let wants = Wants { lines: sink.wants_hits(), head: sink.wants_records() };
    let crew = Crew::new(matcher, options, wants, inputs, Arc::clone(stop));
    let mut reporter = Reporter::new(matcher, options, sink);
    let (is_interrupted, mut left) = crew.run(&mut reporter)?;
    let unfinished = left.unfinished.take().filter(|_| is_interrupted);
    let left_out = match &left.inputs {
        Some(Inputs::Walk(walk)) => walk.left_out(),
        _ => Default::default(),
    };
    let unreached = is_interrupted.then(|| unreached(left));
    reporter.finish(began.elapsed(), left_out, unreached, unfinished)
}

/// Counts what was found and not handed on, and for a moment what would have been found.
fn unreached(left: Left) -> Unreached {
    let mut unreached = Unreached::default();
    let mut begun = Vec::new();
    for ((input, _), Outcome { events, .. }) in left.outcomes {
        for event in events {
            match event {
                // The stream that was waited for ends because of the interrupt.
                Event::Begin { is_stream: true, .. } if input == left.current => {}
                Event::Begin { path, len, .. } => {
                    begun.push((input, len.is_some()));
                    unreached.add(path, len);
                }
                // It, too, is there because of the interrupt.
                Event::Problem(Problem { reason: ProblemReason::Interrupted { .. }, .. }) => {}
                Event::Problem(problem) if !problem.reason.is_by_design() => {
                    unreached.add(problem.path, None);
                }
                _ => {}
            }
        }
    }
    for (input, path, len) in left.unbegun {
        let mut known = begun.iter().filter(|begun| begun.0 == input).map(|begun| begun.1);
        match known.next() {
            None => unreached.add(path, len),
            // How long a decoded file is nobody knows: what is left of it is counted as it lies there.
            Some(known_len) if !known_len && !known.any(|known| known) => {
                unreached.bytes += len.unwrap_or(0);
            }
            Some(_) => {}
        }
    }
    if let Some(Inputs::Walk(mut walk)) = left.inputs {
        walk.go_on_until(Instant::now() + COUNTING);
        for item in walk.by_ref() {
            match item {
                WalkItem::Path(path, len) => unreached.add(path.display().to_string(), len),
                WalkItem::Stdin => unreached.add("-".to_owned(), None),
                WalkItem::Problem(problem) if !problem.reason.is_by_design() => {
                    unreached.add(problem.path, None);
                }
                WalkItem::Problem(_) => {}
            }
        }
        unreached.is_exact = walk.is_complete();
    }
    unreached
}
