//! `--follow-answers`: the second search.

use std::io::{self, Write};

use flaxscan::follow::{Answers, Followed};
use flaxscan::input::Input;
use flaxscan::scan::{Matcher, Problem, SweepOptions, sweep};
use flaxscan::sink::{Criteria, Filter, Sink};
use flaxscan::words::plural;
use serde::Serialize;

use super::args::{ScanArgs, When};
use super::format::ScanOutput;
use super::load::matcher;
use super::{complain, usage_error};

/// What a second search looked for, and found.
#[derive(Debug, Default, Serialize)]
pub struct FollowUp {
    /// Answers for listed names that gave an address.
    answers: u64,
    /// Addresses that were searched for.
    addresses: u64,
    /// Hits of these addresses.
    pub hits: u64,
    /// Addresses that were left out because there were too many.
    #[serde(skip_serializing_if = "is_zero")]
    left_out: u64,
    /// Whether it was asked for and did not come to its end.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut_short: bool,
    /// What went wrong the second time only.
    #[serde(skip)]
    pub problems: Vec<Problem>,
}

#[expect(clippy::trivially_copy_pass_by_ref)] // serde passes a reference.
fn is_zero(number: &u64) -> bool {
    *number == 0
}

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
    let mut follow_up = FollowUp {
        answers: answers.answers(),
        addresses: set.len() as u64,
        left_out: answers.left_out(),
        ..FollowUp::default()
    };
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
    let is_known = |problem: &Problem| known.iter().any(|known| known.path == problem.path);
    follow_up.problems =
        summary.problems.into_iter().filter(|problem| !is_known(problem)).collect();
    Ok(Ok(follow_up))
}

impl FollowUp {
    /// One that was not made.
    pub fn not_made(answers: &Answers) -> Self {
        Self { answers: answers.answers(), cut_short: true, ..Self::default() }
    }

    /// Says what came of it on standard error.
    pub fn write(&self, summary: When) {
        for problem in &self.problems {
            complain(&format!("{}: {}", problem.path, problem.reason));
        }
        if summary != When::Never {
            // There is nobody to tell when standard error fails.
            let _ = io::stderr().write_all(self.text().as_bytes());
        }
    }

    /// A line for the summary.
    fn text(&self) -> String {
        let answers = plural(self.answers, "DNS answer");
        let mut text = match (self.answers, self.addresses) {
            (0, _) => "followed no DNS answer: none gave an address for a listed name".to_owned(),
            (_, 0) if self.cut_short => format!("followed none of {answers}: the scan was ended"),
            (_, 0) => format!("followed {answers}: every address is listed itself"),
            (_, addresses) => {
                let es = if addresses == 1 { "" } else { "es" };
                let hits = plural(self.hits, "hit");
                format!("followed {answers} to {addresses} unlisted address{es}: {hits}")
            }
        };
        if self.addresses > 0 && self.cut_short {
            text += ", ended before the end";
        }
        if self.left_out > 0 {
            text += &format!("; {} left out, there are too many", self.left_out);
        }
        text + "\n"
    }
}
