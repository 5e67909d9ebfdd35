//! What is said on standard error after a scan.

use std::io::{self, Write};
use std::time::Duration;

use anstream::AutoStream;
use flaxscan::input::LeftOut;
use flaxscan::scan::{Problem, Summary, Unreached};
use flaxscan::sink::escape;
use flaxscan::tally::Overview;
use flaxscan::words::{grouped, plural, size, time};

use super::args::{ScanOutputArgs, When};
use super::complain;
use super::format::ScanOutput;
use super::output::{colour_on, terminal_width_of};
use super::overview::{self, Style};

/// How many that were passed over are named. Every problem is that the summary has a name of.
const PASSED_OVER: usize = 20;

/// Names the problems, whatever the output, and writes the summary where it is wanted.
/// `closed`: nobody reads the hits any more, so the summary has to be asked for.
/// `shown` is what went to standard output; what is told of the hits comes first, for it is what was
/// looked for.
pub fn write(
    summary: &Summary,
    indicators: usize,
    shown: Option<ScanOutput>,
    closed: bool,
    told: Option<String>,
    args: &ScanOutputArgs,
) {
    name(&summary.problems, summary.problems_total, "problems");
    let passed_over = &summary.passed_over[..summary.passed_over.len().min(PASSED_OVER)];
    name(passed_over, summary.passed_over_total, "that were passed over");
    let wanted = match args.summary {
        When::Always => true,
        When::Never => false,
        // Who ended it wants to know where.
        When::Auto if summary.unreached.is_some() => true,
        When::Auto if closed => false,
        When::Auto => match shown {
            // Into files: nothing else would be seen of the scan.
            Some(ScanOutput::Text) | None => true,
            Some(ScanOutput::Quiet) => false,
            _ => {
                let all = summary.problems_total + summary.passed_over_total;
                all > 0 || summary.filtered > 0 || !summary.left_out.is_empty()
            }
        },
    };
    if wanted {
        let text = told.unwrap_or_default() + &text(summary, indicators);
        // There is nobody to tell when standard error fails.
        let _ = match colour_on(&io::stderr(), args.color) {
            // Makes an old Windows console understand colour.
            true => AutoStream::always(io::stderr()).write_all(text.as_bytes()),
            false => io::stderr().write_all(text.as_bytes()),
        };
    }
}

/// What is told of the hits, for standard error.
pub fn told(overview: &Overview, args: &ScanOutputArgs) -> String {
    let colour = colour_on(&io::stderr(), args.color);
    let width = terminal_width_of(io::stderr()).unwrap_or(Style::PLAIN.width);
    format!("\n{}", overview::text(overview, Style { width, colour }))
}

fn name(problems: &[Problem], total: u64, what: &str) {
    for problem in problems {
        let unscanned = match problem.unscanned {
            Some(bytes) if bytes > 0 => format!(" ({} not scanned)", size(bytes)),
            _ => String::new(),
        };
        complain(&format!("{}: {}{unscanned}", problem.path, problem.reason));
    }
    if let Some(more @ 1..) = total.checked_sub(problems.len() as u64) {
        complain(&format!("and {} more {what}: --summary-json FILE names each", grouped(more)));
    }
}

fn text(summary: &Summary, indicators: usize) -> String {
    let mut text = format!(
        "\nscanned  {}, {}, {} in {}{}\n",
        plural(summary.files, "file"),
        size(summary.bytes_scanned),
        plural(summary.lines, "line"),
        time(summary.elapsed),
        throughput(summary.bytes_scanned, summary.elapsed),
    );
    text += &format!(
        "found    {} on {}: {} of {}\n",
        plural(summary.hits, "hit"),
        plural(summary.hit_lines, "line"),
        plural(summary.distinct_indicators, "indicator"),
        grouped(indicators as u64),
    );
    if summary.filtered > 0 {
        let hits = plural(summary.filtered, "hit");
        text += &format!("filtered {hits} out, as the options say\n");
    }
    if summary.binary > 0 {
        let (s, were) = if summary.binary == 1 { ("s", "was") } else { ("", "were") };
        let files = plural(summary.binary, "file");
        text +=
            &format!("binary   {files} look{s} like no text, and {were} searched all the same\n");
    }
    if summary.stopped_early && summary.unreached.is_none() {
        text += "stopped  before the end, as asked: what follows was not scanned\n";
    }
    if !summary.left_out.is_empty() {
        text += &format!("left out {}\n", left_out(&summary.left_out));
    }
    if summary.passed_over_total > 0 {
        let (total, named) = (summary.passed_over_total, PASSED_OVER as u64);
        let named = if total > named { ", the first of them named" } else { " named" };
        text += &format!("skipped  {}{named} above\n", grouped(total));
    }
    if let Some(unreached) = &summary.unreached {
        text += &format!("STOPPED  by a signal: {}\n", not_reached(unreached));
    }
    let missed = summary.bytes_offered.saturating_sub(summary.bytes_scanned);
    match summary.problems_total {
        0 if missed == 0 || summary.stopped_early => {}
        0 => text += &format!("MISSED   {}\n", size(missed)),
        problems => {
            let known = if missed > 0 && !summary.stopped_early {
                format!(", {} not scanned", size(missed))
            } else {
                String::new()
            };
            let all = summary.problems.len() as u64 == problems;
            let named = if all { " named" } else { ", the first of them named" };
            text += &format!("MISSED   {}{named} above{known}\n", plural(problems, "problem"));
        }
    }
    text
}

fn left_out(left_out: &LeftOut) -> String {
    let mut parts = Vec::new();
    if left_out.files > 0 {
        parts.push(format!("{}, {}", plural(left_out.files, "file"), size(left_out.bytes)));
    }
    match left_out.directories {
        0 => {}
        1 => parts.push("1 directory with all that is below it".to_owned()),
        many => parts.push(format!("{} directories with all that is below them", grouped(many))),
    }
    format!("{}, as the filters say", parts.join(", and "))
}

fn not_reached(unreached: &Unreached) -> String {
    let least = if unreached.is_exact { "" } else { "at least " };
    match &unreached.first {
        None if unreached.is_exact => "every other input was scanned".to_owned(),
        None => "what follows in order was not scanned".to_owned(),
        Some(first) => format!(
            "not scanned: {least}{}, {}, from {} on",
            plural(unreached.files, "file"),
            size(unreached.bytes),
            escape(first),
        ),
    }
}

fn throughput(bytes: u64, elapsed: Duration) -> String {
    // Below a millisecond it would say more about the clock.
    if elapsed < Duration::from_millis(1) {
        return String::new();
    }
    format!(" ({}/s)", size((bytes as f64 / elapsed.as_secs_f64()) as u64))
}
