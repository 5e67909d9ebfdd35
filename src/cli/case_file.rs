//! `--summary-json`: what was searched, for what, when and by whom asked, for a case file.
//!
//! There may be millions of inputs, so each is written as soon as it is done.

use std::fs::Metadata;
use std::io::{self, Write};
use std::path::Path;

use flaxscan::follow::FollowUp;
use flaxscan::scan::{Problem, Summary};
use flaxscan::sink::{InputRecord, Timestamp};
use serde::Serialize;

use super::load::Origin;
use super::placed::Placed;

/// The version of the file's shape, which `docs/summary.schema.json` describes.
const SCHEMA: u32 = 1;

/// A summary that is being written.
pub struct CaseFile {
    out: Placed,
    has_inputs: bool,
    /// What went wrong. It does not end the scan.
    failed: Option<io::Error>,
}

#[derive(Serialize)]
struct Head<'a> {
    schema: u32,
    version: &'a str,
    command: Vec<String>,
    started: String,
    indicator_sets: &'a [Origin],
}

#[derive(Serialize)]
struct InputLine<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'a str>,
    bytes_offered: u64,
    bytes_scanned: u64,
    bytes_skipped: u64,
    lines: u64,
    hits: u64,
    seconds: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skipped: Vec<Skipped<'a>>,
}

#[derive(Serialize)]
struct Skipped<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    why: &'static str,
    message: String,
    by_design: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
}

#[derive(Serialize)]
struct Tail<'a> {
    ended: String,
    seconds: f64,
    totals: Totals,
    left_out: Amount,
    /// The first of them.
    problems: Vec<Skipped<'a>>,
    passed_over: Vec<Skipped<'a>>,
    stopped_early: bool,
    interrupted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    unreached: Option<Unreached<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    followed: Option<&'a FollowUp>,
    exit_status: u8,
}

#[derive(Serialize)]
struct Totals {
    inputs: u64,
    bytes_offered: u64,
    bytes_scanned: u64,
    bytes_skipped: u64,
    lines: u64,
    hits: u64,
    hit_lines: u64,
    filtered: u64,
    indicators_hit: u64,
    indicators: u64,
    problems: u64,
    passed_over: u64,
}

#[derive(Serialize)]
struct Amount {
    files: u64,
    bytes: u64,
    directories: u64,
}

#[derive(Serialize)]
struct Unreached<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<&'a str>,
    files: u64,
    bytes: u64,
    exact: bool,
}

impl<'a> Skipped<'a> {
    fn new(problem: &'a Problem) -> Self {
        Self {
            path: None,
            why: problem.reason.name(),
            message: problem.reason.to_string(),
            by_design: problem.reason.is_by_design(),
            bytes: problem.unscanned,
        }
    }

    fn named(problem: &'a Problem) -> Self {
        Self { path: Some(&problem.path), ..Self::new(problem) }
    }
}

impl CaseFile {
    /// Opens a file beside `target` and writes what is known before the scan.
    pub fn create(target: &Path, started: Timestamp, sets: &[Origin]) -> io::Result<Self> {
        let mut new = Self { out: Placed::create(target)?, has_inputs: false, failed: None };
        let head = Head {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            command: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
            started: started.to_string(),
            indicator_sets: sets,
        };
        new.head(&head)?;
        Ok(new)
    }

    /// What the file is, so that it is not searched itself.
    pub fn metadata(&self) -> io::Result<Metadata> {
        self.out.metadata()
    }

    fn head(&mut self, head: &Head<'_>) -> io::Result<()> {
        let text = serde_json::to_string(head)?;
        // Without its last brace: the inputs go on inside.
        self.out.write_all(text.trim_end_matches('}').as_bytes())?;
        self.out.write_all(b",\n\"inputs\":[")
    }

    /// Writes down an input.
    pub fn input(&mut self, record: &InputRecord<'_>) {
        if self.failed.is_none() {
            self.failed = self.write_input(record).err();
        }
    }

    fn write_input(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        let bytes_skipped = record.bytes_offered - record.bytes_scanned;
        let mut skipped: Vec<_> = record.problems.iter().map(Skipped::new).collect();
        if record.stopped_early {
            let message = "enough was found".to_owned();
            let (why, bytes) = ("enough", Some(bytes_skipped));
            skipped.push(Skipped { path: None, why, message, by_design: true, bytes });
        }
        let line = InputLine {
            path: record.path,
            format: record.format,
            bytes_offered: record.bytes_offered,
            bytes_scanned: record.bytes_scanned,
            bytes_skipped,
            lines: record.lines,
            hits: record.hits,
            seconds: record.duration.as_secs_f64(),
            skipped,
        };
        let separator = if std::mem::replace(&mut self.has_inputs, true) { ",\n" } else { "\n" };
        self.out.write_all(separator.as_bytes())?;
        serde_json::to_writer(&mut self.out, &line)?;
        Ok(())
    }

    /// Writes the sums and puts the file in its place.
    pub fn finish(
        mut self,
        summary: &Summary,
        indicators: usize,
        status: u8,
        followed: Option<&FollowUp>,
    ) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let tail = Tail {
            ended: Timestamp::now().to_string(),
            seconds: summary.elapsed.as_secs_f64(),
            totals: Totals {
                inputs: summary.files,
                bytes_offered: summary.bytes_offered,
                bytes_scanned: summary.bytes_scanned,
                bytes_skipped: summary.bytes_offered - summary.bytes_scanned,
                lines: summary.lines,
                hits: summary.hits,
                hit_lines: summary.hit_lines,
                filtered: summary.filtered,
                indicators_hit: summary.distinct_indicators,
                indicators: indicators as u64,
                problems: summary.problems_total,
                passed_over: summary.passed_over_total,
            },
            left_out: Amount {
                files: summary.left_out.files,
                bytes: summary.left_out.bytes,
                directories: summary.left_out.directories,
            },
            problems: summary.problems.iter().map(Skipped::named).collect(),
            passed_over: summary.passed_over.iter().map(Skipped::named).collect(),
            stopped_early: summary.stopped_early,
            interrupted: summary.unreached.is_some(),
            unreached: summary.unreached.as_ref().map(|unreached| Unreached {
                first: unreached.first.as_deref(),
                files: unreached.files,
                bytes: unreached.bytes,
                exact: unreached.is_exact,
            }),
            followed,
            exit_status: status,
        };
        let text = serde_json::to_string(&tail)?;
        self.out.write_all(b"\n],\n")?;
        self.out.write_all(text.trim_start_matches('{').as_bytes())?;
        self.out.write_all(b"\n")?;
        self.out.place()
    }
}
