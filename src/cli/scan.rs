//! `flaxscan scan`.

use std::cell::Cell;
use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::error::ErrorKind;
use flaxscan::input::{Interrupt, guard_mappings};
use flaxscan::scan::{DecodeLimits, Input, SweepOptions, sweep};
use flaxscan::sink::{Filter, Sink, Timestamp};
use flaxscan::tally::Tally;

use super::args::{Mmap, ScanArgs};
use super::case_file::CaseFile;
use super::exit::Exit;
use super::load::{Hashes, Loaded, load, matcher};
use super::output::{self, Outputs, Scene};
use super::progress::Bar;
use super::signals::interrupt_on_signal;
use super::watch::Watch;
use super::{complain, summary, usage_error};

pub fn run(args: &ScanArgs) -> anyhow::Result<Exit> {
    let started = Timestamp::now();
    let inputs = inputs(args)?;
    let mut options = options(args, started)?;
    let outputs = Outputs::open(&args.output)?;
    let case_file = args.output.summary_json.as_deref();
    let hashes = if case_file.is_some() { Hashes::Wanted } else { Hashes::Unwanted };
    let loaded = load(&args.indicators, hashes)?;
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
    let mut tally = outputs.tallies(&args.output).then(Tally::default);
    let (done, found) = {
        let scene = Scene {
            several: several(&inputs),
            started,
            bar: bar.as_ref(),
            caught: &caught,
            closed: &closed,
        };
        let sink = outputs.sink(&args.output, &scene, tally.as_mut());
        // What is filtered out is nothing that was found.
        let mut sink = Filter::new(Watch::new(sink, case_file.as_mut()), args.filter.criteria());
        let done = sweep(&matcher, &inputs, &options, &mut sink).and_then(|mut summary| {
            sink.finish()?;
            sink.correct(&mut summary);
            Ok(summary)
        });
        (done, sink.inner().found)
    };
    drop(bar);
    let summary = done.context("the hits cannot be written")?;
    let found = found || summary.hits > 0;
    let shown = outputs.on_stdout();
    outputs.place()?;
    let (indicators, closed) = (matcher.indicators().len(), closed.get());
    summary::write(&summary, indicators, shown, closed, tally.as_ref(), &args.output);
    let exit = match caught.signal() {
        Some(signal) if summary.unreached.is_some() => Exit::Signal(signal),
        _ => Exit::of(found, loaded.trouble || summary.problems_total > 0),
    };
    if let Some(case_file) = case_file {
        let done = case_file.finish(&summary, matcher.indicators().len(), exit.status());
        if let (Err(error), Some(path)) = (done, &args.output.summary_json) {
            complain(&format!("{}: the summary cannot be written: {error}", path.display()));
            return Ok(if let Exit::Signal(_) = exit { exit } else { Exit::Trouble });
        }
    }
    Ok(exit)
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
