//! The whole way of a scan: inputs in order, scanned in parallel, hits handed to a sink in order.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::Matcher;
use crate::sink::Sink;

/// Something to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file, or a directory whose files are scanned in sorted order.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

/// Whether regular files are mapped into memory or read into buffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mapping {
    /// Map what can be mapped, read the rest.
    #[default]
    Auto,
    /// Map; a file that cannot be mapped is a problem.
    Always,
    /// Read.
    Never,
}

/// How to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepOptions {
    /// Scanning threads, at least 1.
    pub threads: usize,
    /// Map or read.
    pub mapping: Mapping,
    /// Bytes a thread takes at a time. Results do not depend on it.
    pub chunk_size: usize,
}

/// Something that kept bytes from being scanned.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct Problem {
    /// The input's name as the user gave it.
    pub path: String,
    /// What went wrong.
    #[source]
    pub reason: ProblemReason,
    /// How many of the offered bytes were not scanned, where it is known.
    pub unscanned: Option<u64>,
}

/// What went wrong with an input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemReason {
    /// The file could not be opened or listed.
    #[error("cannot be opened: {0}")]
    Open(#[source] io::Error),
}

/// What was scanned.
#[derive(Debug, Default)]
pub struct Summary {
    /// Inputs that were opened.
    pub files: u64,
    /// Bytes the inputs held.
    pub bytes_offered: u64,
    /// Bytes that were scanned.
    pub bytes_scanned: u64,
    /// Lines, a last one without line end included.
    pub lines: u64,
    /// Hits.
    pub hits: u64,
    /// Lines with a hit.
    pub hit_lines: u64,
    /// Indicators that were hit.
    pub distinct_indicators: u64,
    /// Whether the sink ended the scan before all was scanned.
    pub stopped_early: bool,
    /// What could not be scanned.
    pub problems: Vec<Problem>,
    /// Wall time.
    pub elapsed: Duration,
}

/// Scans `inputs` in order and hands every hit to `sink`.
///
/// # Errors
/// What the sink gave. What is wrong with an input does not end the sweep: it is in
/// [`Summary::problems`].
pub fn sweep(
    matcher: &Matcher,
    inputs: &[Input],
    options: &SweepOptions,
    sink: &mut dyn Sink,
) -> io::Result<Summary> {
    let _ = (matcher, inputs, options, sink);
    Ok(Summary::default())
}
