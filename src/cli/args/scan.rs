//! `flaxscan scan`, and what it has in common with others.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use flaxscan::scan::Mapping;

use super::super::filter::FilterArgs;
use super::super::format::{Outlet, OutletParser};
use super::super::read::ReadArgs;
use super::super::select::SelectArgs;
use super::IndicatorArgs;

const EXIT_STATUS: &str = "\
Exit status:
    0  something hit
    1  nothing hit
    2  something went wrong: the answer may be incomplete, read standard error
  130  ended by Ctrl-C (143: by SIGTERM): the summary says what was not searched";

const SCAN_EXAMPLES: &str = "\
Examples:
  flaxscan scan /var/log                       everything below a directory
  flaxscan scan fw.log dns.log -o json         one JSON document a line, for a SIEM
  flaxscan scan /evidence -o json=hits.jsonl -o stix=hits.json    several at a time
  flaxscan scan /evidence -o files             only the names of files with hits
  flaxscan scan -o quiet fw.log && page-me     only the exit status
  journalctl -k | flaxscan scan                what comes in through a pipe
  flaxscan scan /srv --include '*.log' --exclude cache/ --newer-than 30d
  find /srv -user www -print0 | flaxscan scan --files-from -
  flaxscan scan /evidence --summary-json case-17.json    what was searched, for the file
  flaxscan scan /evidence --report report.html           all of it to look at, in a browser
  flaxscan scan --indicators ours.txt fw.log   look for your own indicators, too
  flaxscan scan /evidence --follow-answers     and for the addresses that listed names had
  flaxscan scan /evidence --min-severity 70 --since 2026-09-01 --verdict allowed,unknown";

/// Search files and directories for indicators.
///
/// Every file is searched, hidden ones too. Hits go to standard output; the summary and everything
/// that could not be read go to standard error. A file that cannot be read never ends the search,
/// but it is named, and the exit status is 2.
#[derive(Debug, Args)]
#[command(after_help = EXIT_STATUS, after_long_help = format!("{SCAN_EXAMPLES}\n\n{EXIT_STATUS}"))]
pub struct ScanArgs {
    /// Files and directories; `-` is standard input, which is also read when no path is given.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    #[command(flatten)]
    pub select: SelectArgs,

    #[command(flatten)]
    pub output: ScanOutputArgs,

    #[command(flatten)]
    pub filter: FilterArgs,

    #[command(flatten)]
    pub read: ReadArgs,

    #[command(flatten)]
    pub indicators: IndicatorArgs,

    /// Search once more, for the addresses that DNS answers in these files gave for listed names.
    ///
    /// So the connection after the look-up is found even when nobody published its address. Such
    /// indicators are marked: class `derived`, the answer as their source, its time as their
    /// window. Blocked answers and addresses inside are not followed.
    #[arg(long, help_heading = "What to look for")]
    pub follow_answers: bool,

    /// Search with this many threads [default: one for each processor].
    #[arg(short = 'j', long, value_name = "N", value_parser = threads)]
    #[arg(help_heading = "How to search")]
    pub threads: Option<NonZeroUsize>,

    /// Whether to map files into memory. The hits are the same.
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "How to search")]
    pub mmap: Mmap,

    /// Unpack at most this much of a compressed file or archive, e.g. 500GB [default: 1.1 TB].
    ///
    /// What is found before that is shown, the file is named, and the exit status is 2. Beyond
    /// 67 MB a file may also not unfold to more than 1000 times its size.
    #[arg(long, value_name = "SIZE", value_parser = bytes, help_heading = "How to search")]
    pub max_decompressed: Option<u64>,

    /// Bytes a thread takes at a time. The hits are the same.
    #[arg(long, value_name = "BYTES", hide = true)]
    pub chunk_size: Option<NonZeroUsize>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What to show")]
pub struct ScanOutputArgs {
    /// What to write for the hits, and to which file (repeatable).
    ///
    /// Without a file, or with `-`, it is standard output. A file is there when the scan is done, and whole:
    /// `-o json=hits.jsonl -o csv=hits.csv`.
    #[arg(short, long, value_name = "FORMAT[=FILE]", default_value = "text")]
    #[arg(value_parser = OutletParser)]
    pub output: Vec<Outlet>,

    /// Write to this file what would go to standard output.
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,

    /// Also write a report for people to this file, as `-o html=FILE` does: who met what, when, the
    /// lines, and what was scanned. It opens in a browser, without a network.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// Write only the lines that hit, as they are: for the next program in a pipe.
    ///
    /// Each line once, at most 64 KiB of it. On a terminal, what acts on it is written out.
    #[arg(long)]
    pub raw: bool,

    /// Stop after this many hits.
    #[arg(long, value_name = "N")]
    pub max_hits: Option<NonZeroU64>,

    /// When to use colour. NO_COLOR in the environment is respected.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,

    /// When to write a summary; `auto`: with text, and where something went wrong.
    ///
    /// What went wrong is always written to standard error.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub summary: When,

    /// How many hosts and indicators the summary lists, the worst first; 0: none.
    ///
    /// There is a list where hits are written as text, or to files alone, or with `--summary
    /// always`; with nothing but counts or names of files there is none.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub top: usize,

    /// Also write a summary as JSON to this file: every input and what became of it, what was
    /// looked for, when, and how it ended.
    ///
    /// Fit for a case file. It is there when the scan is done, and whole; `docs/summary.schema.json`
    /// in the project describes it.
    #[arg(long, value_name = "FILE")]
    pub summary_json: Option<PathBuf>,

    /// When to show how far the scan is; `auto`: where standard error is a terminal.
    ///
    /// Not while the hits go to a pipe: who reads them, a pager say, may write to the same
    /// terminal. `always` shows it then, too; where there is no terminal, it writes lines.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub progress: When,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mmap {
    /// Where it can be done.
    Auto,
    /// Where it cannot be done, say so and leave the file out.
    Always,
    /// Read instead.
    Never,
}

impl From<Mmap> for Mapping {
    fn from(mmap: Mmap) -> Self {
        match mmap {
            Mmap::Auto => Self::Auto,
            Mmap::Always => Self::Always,
            Mmap::Never => Self::Never,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

/// The most threads that can be asked for. Beyond what a machine has they only get into each
/// other's way, and tens of thousands take minutes to begin.
const MOST_THREADS: usize = 1024;

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok().filter(|number: &NonZeroUsize| number.get() <= MOST_THREADS);
    number.ok_or_else(|| format!("it has to be from 1 to {MOST_THREADS}"))
}

/// A number of bytes, with a decimal unit or without.
fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_lowercase().trim_end_matches('b') {
        "" => 1,
        "k" => 1000,
        "m" => 1_000_000,
        "g" => 1_000_000_000,
        "t" => 1_000_000_000_000,
        _ => return Err("the units are kB, MB, GB and TB".to_owned()),
    };
    let number = digits.parse::<u64>().map_err(|error| error.to_string())?;
    number.checked_mul(unit).ok_or_else(|| "it is too large".to_owned())
}
