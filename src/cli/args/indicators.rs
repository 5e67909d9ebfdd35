//! What is looked for: in lists, in what is built in, and for `check` and `indicators`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use flaxscan::indicator::Kind;

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

const INDICATORS_EXAMPLES: &str = "\
Examples:
  flaxscan indicators list                                what is looked for
  flaxscan indicators list --type domain -o csv           as a table of names
  flaxscan indicators list --indicators ours.txt --no-builtin    how a list is read
  flaxscan indicators sources                             who published it, and when";

/// Show what is looked for and who published it.
#[derive(Debug, Args)]
#[command(after_help = INDICATORS_EXAMPLES)]
pub struct IndicatorsArgs {
    #[command(subcommand)]
    pub command: IndicatorsCommand,
}

#[derive(Debug, Subcommand)]
pub enum IndicatorsCommand {
    List(ListArgs),
    Sources(SourcesArgs),
}

const LIST_EXAMPLES: &str = "\
Examples:
  flaxscan indicators list --type domain --type ipv4
  flaxscan indicators list --source lumen-2024-09 -o csv > lumen.csv
  flaxscan indicators list -o json | jq -r 'select(.type == \"ipv4\") | .value'";

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

const SOURCES_EXAMPLES: &str = "\
Examples:
  flaxscan indicators sources
  flaxscan indicators sources -o json | jq -r '[.key, .citation] | @tsv'";

/// List who published the indicators.
#[derive(Debug, Args)]
#[command(after_help = SOURCES_EXAMPLES)]
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

fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name))
}
