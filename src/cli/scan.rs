//! `flaxscan scan`.

use std::cell::Cell;
use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::error::ErrorKind;
use flaxscan::follow::{Answers, FollowUp, Gather};
use flaxscan::input::{Interrupt, guard_mappings};
use flaxscan::scan::{DecodeLimits, Input, Matcher, Summary, SweepOptions, sweep};
use flaxscan::sink::{Filter, Sink, Timestamp};
use flaxscan::tally::{Overview, Tally};

use super::args::{Mmap, ScanArgs};
use super::case_file::CaseFile;
use super::exit::Exit;
use super::load::{Hashes, Loaded, load, matcher};
use super::output::{self, End, Outputs, Scene};
use super::progress::Bar;
use super::signals::interrupt_on_signal;
use super::watch::Watch;
use super::{complain, follow, summary, usage_error};

pub fn run(args: &ScanArgs) -> anyhow::Result<Exit> {
    let started = Timestamp::now();
    let inputs = inputs(args)?;
    follow::check(args, &inputs)?;
    let mut options = options(args, started)?;
    let outputs = Outputs::open(&args.output)?;
    let case_file = args.output.summary_json.as_deref();
    let hashes = if case_file.is_some() || outputs.page.is_some() {
        Hashes::Wanted
    } else {
        Hashes::Unwanted
    };
    let loaded = load(&args.indicators, hashes)?;
    if let Some(page) = &outputs.page {
        page.begin(started, &loaded.origins);
    }
    let mut case_file = case_file.map(|path| create(path, started, &loaded)).transpose()?;
    let written = case_file.as_ref().and_then(|case_file| case_file.metadata().ok());
    for output in output::standard_files().into_iter().chain(written).chain(outputs.metadata()) {
        options.selection.outputs.add(&output);
    }
    let matcher = matcher(loaded.set)?;
    if args.mmap != Mmap::Never {
        // Where it fails, files are read instead; `--mmap always` names each as a problem.
        let _ = guard_mappings();
    }
    let caught = interrupt_on_signal(&options.interrupt);
    let bar = Bar::start(args.output.progress);
    options.progress = bar.as_ref().map(|bar| Arc::clone(&bar.progress));
    let closed = Cell::new(false);
    let tallies = outputs.tallies(&args.output);
    // A report counts the same.
    let mut tally = (tallies && outputs.page.is_none()).then(Tally::default);
    let (done, found) = {
        let scene = Scene {
            several: several(&inputs),
            started,
            bar: bar.as_ref(),
            caught: &caught,
            closed: &closed,
        };
        let sink = outputs.sink(&args.output, &scene, tally.as_mut());
        let mut watch = Watch::new(sink, case_file.as_mut());
        let done = search(args, &matcher, &inputs, &options, &mut watch)?;
        (done, watch.found)
    };
    drop(bar);
    let (summary, follow_up) = done.context("the hits cannot be written")?;
    let found = found || summary.hits > 0;
    let shown = outputs.on_stdout();
    let indicators = matcher.indicators().len();
    let is_cut_short = follow_up.as_ref().is_some_and(|follow_up| follow_up.cut_short);
    let has_more_trouble =
        follow_up.as_ref().is_some_and(|follow_up| !follow_up.problems.is_empty());
    let exit = match caught.signal() {
        Some(signal) if summary.unreached.is_some() || is_cut_short => Exit::Signal(signal),
        _ => Exit::of(found, loaded.trouble || summary.problems_total > 0 || has_more_trouble),
    };
    let top = args.output.top;
    let end =
        End { summary: &summary, indicators, status: exit.status(), follow_up: follow_up.as_ref() };
    let tell = |overview: &Overview| summary::told(overview, &args.output);
    let told = outputs.place(&end, tally.as_ref(), tallies.then_some((top, &tell)))?;
    summary::write(&summary, indicators, shown, closed.get(), told, &args.output);
    if let Some(follow_up) = &follow_up {
        follow::write(follow_up, args.output.summary);
    }
    if let Some(case_file) = case_file {
        let done = case_file.finish(&summary, indicators, exit.status(), follow_up.as_ref());
        if let (Err(error), Some(path)) = (done, &args.output.summary_json) {
            complain(&format!("{}: the summary cannot be written: {error}", path.display()));
            return Ok(if let Exit::Signal(_) = exit { exit } else { Exit::Trouble });
        }
    }
    Ok(exit)
}

/// Searches the inputs, and once more where that is asked for.
fn search(
    args: &ScanArgs,
    matcher: &Matcher,
    inputs: &[Input],
    options: &SweepOptions,
    watch: &mut dyn Sink,
) -> anyhow::Result<io::Result<(Summary, Option<FollowUp>)>> {
    let mut answers = Answers::new(options.records.internal.clone());
    // What is filtered out is nothing that was found.
    let mut sink = Filter::new(&mut *watch, args.filter.criteria());
    let done = if args.follow_answers {
        // Whatever is shown, every answer counts.
        sweep(matcher, inputs, options, &mut Gather::new(&mut sink, &mut answers))
    } else {
        sweep(matcher, inputs, options, &mut sink)
    };
    let summary = match done {
        Ok(mut summary) => {
            sink.correct(&mut summary);
            summary
        }
        Err(error) => return Ok(Err(error)),
    };
    let follow_up = if !args.follow_answers {
        None
    } else if summary.stopped_early || summary.unreached.is_some() {
        Some(FollowUp::not_made(&answers))
    } else {
        let criteria = args.filter.criteria();
        let known = &summary.problems;
        match follow::run(&answers, matcher, inputs, options, criteria, known, watch)? {
            Ok(follow_up) => Some(follow_up),
            Err(error) => return Ok(Err(error)),
        }
    };
    Ok(watch.finish().map(|()| (summary, follow_up)))
}

fn create(path: &Path, started: Timestamp, loaded: &Loaded) -> anyhow::Result<CaseFile> {
    if path == Path::new("-") {
        let message = "--summary-json wants the name of a file: standard output is for the hits";
        return Err(usage_error("scan", ErrorKind::ValueValidation, message).into());
    }
    CaseFile::create(path, started, &loaded.origins)
        .with_context(|| format!("{}: the summary cannot be written", path.display()))
}

fn inputs(args: &ScanArgs) -> anyhow::Result<Vec<Input>> {
    let list = args.select.list();
    if args.paths.is_empty() && list.is_none() {
        if io::stdin().is_terminal() {
            let message = "nothing to scan: give a file or a directory, or pipe a log in";
            return Err(usage_error("scan", ErrorKind::MissingRequiredArgument, message).into());
        }
        return Ok(vec![Input::Stdin]);
    }
    let input = |path: &PathBuf| match path {
        path if path == Path::new("-") => Input::Stdin,
        path => Input::Path(path.clone()),
    };
    let inputs: Vec<Input> = args.paths.iter().map(input).chain(list).collect();
    if args.select.reads_stdin() && inputs.contains(&Input::Stdin) {
        let message = "standard input cannot be both a log and --files-from";
        return Err(usage_error("scan", ErrorKind::ArgumentConflict, message).into());
    }
    Ok(inputs)
}

/// Whether a count has to say of which input.
fn several(inputs: &[Input]) -> bool {
    match inputs {
        [Input::Path(path)] => path.is_dir(),
        [Input::Stdin] => false,
        _ => true,
    }
}

fn options(args: &ScanArgs, now: Timestamp) -> anyhow::Result<SweepOptions> {
    let default = SweepOptions::default();
    Ok(SweepOptions {
        threads: args.threads.map_or(default.threads, NonZeroUsize::get),
        mapping: args.mmap.into(),
        chunk_size: args.chunk_size.map_or(default.chunk_size, NonZeroUsize::get),
        selection: args.select.selection()?,
        records: args.read.records(now)?,
        window_grace: args.read.grace(),
        interrupt: Interrupt::new(),
        progress: None,
        limits: DecodeLimits {
            max_decompressed: args.max_decompressed.unwrap_or(default.limits.max_decompressed),
            ..default.limits
        },
    })
}
