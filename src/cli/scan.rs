//! `flaxscan scan`.

use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::Path;

use anyhow::Context;
use clap::error::ErrorKind;
use flaxscan::input::guard_mappings;
use flaxscan::record::RecordOptions;
use flaxscan::scan::{Input, SweepOptions, sweep};
use flaxscan::sink::{Sink, Timestamp};

use super::args::{Mmap, ScanArgs};
use super::exit::Exit;
use super::load::{load, matcher};
use super::output::{self, Watch};
use super::{summary, usage_error};

pub fn run(args: &ScanArgs) -> anyhow::Result<Exit> {
    let inputs = inputs(args)?;
    let loaded = load(&args.indicators)?;
    let matcher = matcher(loaded.set)?;
    if args.mmap != Mmap::Never {
        // Where it fails, files are read instead; `--mmap always` names each as a problem.
        let _ = guard_mappings();
    }
    let mut sink = Watch::new(output::sink(&args.output, several(&inputs), Timestamp::now()));
    let summary = sweep(&matcher, &inputs, &options(args), &mut sink)
        .and_then(|summary| sink.flush().map(|()| summary))
        .context("the hits cannot be written")?;
    summary::write(&summary, matcher.indicators().len(), sink.closed, &args.output);
    let failed = summary.problems.iter().any(|problem| !problem.reason.is_by_design());
    let trouble = loaded.trouble || failed;
    Ok(Exit::of(sink.found || summary.hits > 0, trouble))
}

fn inputs(args: &ScanArgs) -> anyhow::Result<Vec<Input>> {
    if args.paths.is_empty() {
        if io::stdin().is_terminal() {
            let message = "nothing to scan: give a file or a directory, or pipe a log in";
            return Err(usage_error("scan", ErrorKind::MissingRequiredArgument, message).into());
        }
        return Ok(vec![Input::Stdin]);
    }
    let input = |path: &std::path::PathBuf| match path {
        path if path == Path::new("-") => Input::Stdin,
        path => Input::Path(path.clone()),
    };
    Ok(args.paths.iter().map(input).collect())
}

/// Whether a count has to say of which input.
fn several(inputs: &[Input]) -> bool {
    match inputs {
        [Input::Path(path)] => path.is_dir(),
        [_] => false,
        _ => true,
    }
}

fn options(args: &ScanArgs) -> SweepOptions {
    let default = SweepOptions::default();
    SweepOptions {
        threads: args.threads.map_or(default.threads, NonZeroUsize::get),
        mapping: args.mmap.into(),
        chunk_size: args.chunk_size.map_or(default.chunk_size, NonZeroUsize::get),
        records: RecordOptions { now: Some(Timestamp::now()), ..RecordOptions::default() },
    }
}
