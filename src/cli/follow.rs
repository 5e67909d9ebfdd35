//! `--follow-answers`: the second search.

use std::io::{self, Write};

use flaxscan::follow::{Answers, FollowUp, Followed};
use flaxscan::input::Input;
use flaxscan::scan::{Matcher, Problem, SweepOptions, sweep};
use flaxscan::sink::{Criteria, Filter, Sink};

use super::args::{ScanArgs, When};
use super::format::ScanOutput;
use super::load::matcher;
use super::{complain, usage_error};

/// Whether the command line can be followed up.
pub fn check(args: &ScanArgs, inputs: &[Input]) -> anyhow::Result<()> {
    if !args.follow_answers {
        return Ok(());
    }
    let message = if inputs.contains(&Input::Stdin) || args.select.reads_stdin() {
        "--follow-answers searches twice, and standard input can be read once: give files"
    } else if args.output.output.iter().any(|outlet| {
        matches!(outlet.format, ScanOutput::Count | ScanOutput::Files | ScanOutput::Quiet)
    }) {
        "--follow-answers wants an --output that has the hits: two searches have two counts"
    } else {
        return Ok(());
    };
    Err(usage_error("scan", clap::error::ErrorKind::ArgumentConflict, message).into())
}

/// Searches the inputs for the addresses of `answers`. `known`: what went wrong the first time.
pub fn run(
    answers: &Answers,
    published: &Matcher,
    inputs: &[Input],
    options: &SweepOptions,
    criteria: Criteria,
    known: &[Problem],
    sink: &mut dyn Sink,
) -> anyhow::Result<io::Result<FollowUp>> {
    let set = answers.set(published);
    let mut follow_up = FollowUp::of(answers, &set);
    if set.is_empty() {
        return Ok(Ok(follow_up));
    }
    let matcher = matcher(set)?;
    let mut sink = Followed::new(Filter::new(sink, criteria), published);
    let summary = match sweep(&matcher, inputs, options, &mut sink) {
        Ok(summary) => summary,
        Err(error) => return Ok(Err(error)),
    };
    follow_up.hits = sink.hits() - sink.inner().dropped();
    follow_up.cut_short = summary.stopped_early || summary.unreached.is_some();
    follow_up.add_problems(&summary.problems, known);
    Ok(Ok(follow_up))
}

/// Says what came of it on standard error.
pub fn write(follow_up: &FollowUp, summary: When) {
    for problem in &follow_up.problems {
        complain(&format!("{}: {}", problem.path, problem.message));
    }
    if summary != When::Never {
        // There is nobody to tell when standard error fails.
        let _ = io::stderr().write_all(format!("{}\n", follow_up.sentence()).as_bytes());
    }
}
