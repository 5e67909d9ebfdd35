//! The command line.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use flaxscan::indicator::Kind;
use flaxscan::scan::Mapping;

use super::filter::FilterArgs;
use super::format::{Outlet, OutletParser, ReportForm};
use super::read::ReadArgs;
use super::select::SelectArgs;

const EXIT_STATUS: &str = "\
Exit status:
    0  something hit
    1  nothing hit
    2  something went wrong: the answer may be incomplete, read standard error
  130  ended by Ctrl-C (143: by SIGTERM): the summary says what was not searched";

const EXAMPLES: &str = "\
Examples:
  flaxscan scan /evidence            has anything here talked to them?
  zcat fw.log.1.gz | flaxscan scan   the same for what comes in through a pipe
  flaxscan check 45.77.231[.]209     what is known of this address?
  flaxscan indicators list           what is looked for, and who says so";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  flaxscan completions bash > ~/.local/share/bash-completion/completions/flaxscan
  flaxscan completions zsh > \"${fpath[1]}/_flaxscan\"
  flaxscan completions fish > ~/.config/fish/completions/flaxscan.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  flaxscan man > flaxscan.1 && man ./flaxscan.1            the program's page
  flaxscan man scan > flaxscan-scan.1 && man ./flaxscan-scan.1    a command's";

/// Searches network logs for threat infrastructure.
///
/// The published infrastructure of Flax Typhoon (Integrity Technology Group) is built in: nothing
/// has to be configured, downloaded or updated.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES, after_long_help = EXAMPLES)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Scan(Box<ScanArgs>),
    Check(CheckArgs),
    /// Show what is looked for and who published it.
    #[command(subcommand)]
    Indicators(IndicatorsCommand),
    Formats(FormatsArgs),
    Report(ReportArgs),
    /// Print a completion script for a shell.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell to complete in.
        shell: Shell,
    },
    /// Print a manual page.
    #[command(after_help = MAN_EXAMPLES)]
    Man {
        /// Print the page of this command instead of the program's, e.g. `scan`.
        command: Option<String>,
    },
}

/// Which indicators to look for.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to look for")]
pub struct IndicatorArgs {
    /// Also look for the values in this file, one a line (repeatable).
    ///
    /// Addresses, ranges, names, URLs, mail addresses and hashes, defanged or not. `#` begins a
    /// comment. Lines that are none of these are named on standard error; the others are used, and
    /// the exit status is 2.
    #[arg(long, value_name = "FILE")]
    pub indicators: Vec<PathBuf>,

    /// Do not look for the built-in indicators.
    #[arg(long, requires = "indicators")]
    pub no_builtin: bool,
}

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
    #[arg(short = 'j', long, value_name = "N", help_heading = "How to search")]
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
    /// Without a file it is standard output. A file is there when the scan is done, and whole:
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

const CHECK_EXAMPLES: &str = "\
Examples:
  flaxscan check 45.77.231[.]209
  flaxscan check hxxps://www.k3121[.]com/login user@c0cc.cc
  cut -d, -f3 flows.csv | sort -u | flaxscan check -o json

Exit status:
  0  at least one value is known
  1  none is known
  2  something went wrong, or a value was nothing that can be looked up";

/// Say what is known of addresses, names, URLs, mail addresses and hashes.
///
/// A value is looked up the way `scan` would find it in a log: names below a known name, addresses
/// in a known range and encoded forms are known, too.
#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub struct CheckArgs {
    /// What to look up, defanged or not; without any, the lines of standard input.
    #[arg(value_name = "VALUE")]
    pub values: Vec<String>,

    /// How to write what is known.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub output: CheckOutput,

    #[command(flatten)]
    pub indicators: IndicatorArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckOutput {
    /// For reading.
    Text,
    /// One JSON object a line for each value.
    Json,
}

#[derive(Debug, Subcommand)]
pub enum IndicatorsCommand {
    List(ListArgs),
    Sources(SourcesArgs),
}

const LIST_EXAMPLES: &str = "\
Examples:
  flaxscan indicators list --type domain --type ipv4
  flaxscan indicators list --source lumen-2024-09 -o csv > lumen.csv";

/// List the indicators with what each source says of them.
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub struct ListArgs {
    /// Only indicators of this kind (repeatable).
    #[arg(long = "type", value_name = "KIND", value_parser = kinds())]
    pub kinds: Vec<String>,

    /// Only what this source says (repeatable); `flaxscan indicators sources` lists them.
    #[arg(long = "source", value_name = "KEY")]
    pub sources: Vec<String>,

    /// How to write them.
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub output: ListOutput,

    #[command(flatten)]
    pub indicators: IndicatorArgs,
}

/// List who published the indicators.
#[derive(Debug, Args)]
pub struct SourcesArgs {
    /// How to write them.
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub output: ListOutput,

    #[command(flatten)]
    pub indicators: IndicatorArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListOutput {
    /// For reading.
    Table,
    /// RFC 4180, safe to open in a spreadsheet.
    Csv,
    /// One JSON object a line.
    Json,
}

const REPORT_EXAMPLES: &str = "\
Examples:
  flaxscan scan /evidence -o json=hits.jsonl --summary-json case.json
  flaxscan report hits.jsonl --summary case.json -o report.html
  flaxscan report hits.jsonl --to text --top 20
  flaxscan report hits.jsonl --to csv -o hits.csv
  flaxscan report hits.jsonl --to stix > hits-stix.json
  zstdcat hits.jsonl.zst | flaxscan report --to splunk > hec.jsonl

Exit status:
  0  there were hits
  1  there were none
  2  something went wrong: a line was no hit document, or a file could not be read";

/// Make reports and other forms of stored hits.
///
/// `html` is the report, `text` the summary of who met whom. What else is made is the same as what
/// `scan --output` writes in that form; `docs/siem.md` in the project has the commands that hand it
/// on to Elastic, Splunk, Sentinel and others.
#[derive(Debug, Args)]
#[command(after_help = REPORT_EXAMPLES)]
pub struct ReportArgs {
    /// Files of `flaxscan scan -o json`; `-` is standard input, which is also read when no file is
    /// given.
    #[arg(value_name = "HITS")]
    pub hits: Vec<PathBuf>,

    /// What to make of them.
    #[arg(long, value_name = "FORMAT", default_value = "html")]
    pub to: ReportForm,

    /// What the scan wrote with `--summary-json`: the report then says what was scanned and what
    /// was not.
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,

    /// How many hosts and indicators `--to text` lists, the worst first; 0: none.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub top: usize,

    /// Write to this file, which is there when it is whole, and not to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}

/// List the log formats that are understood, each with an example.
///
/// A line of any other format is read by well-known names of fields, as far as that goes.
#[derive(Debug, Args)]
pub struct FormatsArgs {
    /// How to write them.
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub output: FormatsOutput,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatsOutput {
    /// For reading.
    Table,
    /// One JSON object a line.
    Json,
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

fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name))
}
