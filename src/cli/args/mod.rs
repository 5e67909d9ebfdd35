//! The command line.

mod indicators;
mod report;
mod scan;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use indicators::{
    CheckArgs, CheckOutput, IndicatorArgs, IndicatorsArgs, IndicatorsCommand, ListArgs, ListOutput,
    SourcesArgs,
};
pub use report::ReportArgs;
pub use scan::{Color, Mmap, ScanArgs, ScanOutputArgs, When};

const EXAMPLES: &str = "\
Examples:
  flaxscan scan /evidence            has anything here talked to them?
  zcat fw.log.1.gz | flaxscan scan   the same for what comes in through a pipe
  flaxscan check 45.77.231[.]209     what is known of this address?
  flaxscan indicators list           what is looked for, and who says so
  flaxscan scan --help               the same for a command

Exit status:
  0  something hit, or was known
  1  nothing was
  2  something went wrong: read standard error";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  flaxscan completions bash > ~/.local/share/bash-completion/completions/flaxscan
  flaxscan completions zsh > \"${fpath[1]}/_flaxscan\"
  flaxscan completions fish > ~/.config/fish/completions/flaxscan.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  flaxscan man > flaxscan.1 && man ./flaxscan.1                   the program's page
  flaxscan man scan > flaxscan-scan.1 && man ./flaxscan-scan.1    a command's
  flaxscan man indicators list | man -l -                         without a file";

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
    Indicators(IndicatorsArgs),
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
        /// Print the page of this command instead of the program's, e.g. `scan`, or
        /// `indicators list`.
        #[arg(value_parser = commands())]
        command: Vec<String>,
    },
}

const FORMATS_EXAMPLES: &str = "\
Examples:
  flaxscan formats
  flaxscan formats -o json | jq -r .name        for --log-format
  flaxscan scan --log-format zeek dns.log       read every line as one of them";

/// List the log formats that are understood, each with an example.
///
/// A line of any other format is read by well-known names of fields, as far as that goes.
#[derive(Debug, Args)]
#[command(after_help = FORMATS_EXAMPLES)]
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

/// The words that name a command: completed, and told where they are wrong.
fn commands() -> PossibleValuesParser {
    let commands = [
        "scan",
        "check",
        "indicators",
        "list",
        "sources",
        "formats",
        "report",
        "completions",
        "man",
    ];
    PossibleValuesParser::new(commands)
}
