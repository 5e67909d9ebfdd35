//! `flaxscan report`.

use std::path::PathBuf;

use clap::Args;

use super::super::format::ReportForm;

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

    /// Write to this file, which is there when it is whole, and not to standard output (`-`).
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}
