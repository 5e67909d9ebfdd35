//! Times flaxscan beside other tools on the same file, as whole processes, in one run.

mod contenders;
mod measure;
pub mod prepare;
mod table;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::corpus::Corpus;
use crate::write::size;
use contenders::{Entry, Verdict, entries};
use measure::{Sample, measure};

/// What to compare on.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Size of the log file: 64M, 1G
    #[arg(long, default_value = "1G", value_parser = size)]
    size: u64,
    /// mixed, firewall-dns, zeek-dns or zeek-ssl
    #[arg(long, default_value = "mixed")]
    kind: Corpus,
    /// One line in this many carries an indicator
    #[arg(long, default_value_t = 10_000)]
    one_in: u64,
    /// One line in this many carries something like an indicator
    #[arg(long, default_value_t = 50_000)]
    near_miss_one_in: u64,
    /// Times each tool is run
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Where the files are kept between runs [default: `compare` in the target directory]
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The program to measure [default: a release build of this tree]
    #[arg(long)]
    flaxscan: Option<PathBuf>,
    /// Leave out a tool; can be given more than once: wc, rg, grepcidr, matchy
    #[arg(long, value_name = "TOOL")]
    without: Vec<String>,
}

/// `cargo xtask compare`.
pub fn run(args: &Args) -> Result<()> {
    if args.runs == 0 {
        bail!("--runs must be at least 1");
    }
    let bench = prepare::prepare(args)?;
    let (entries, skipped) = entries(&bench, &args.without)?;

    prepare::warm(&bench.corpus)?;
    let mut samples: Vec<Vec<Sample>> = entries.iter().map(|_| Vec::new()).collect();
    // One of each in turn, so that a slow moment of the machine hits all of them alike.
    for round in 1..=args.runs {
        for (entry, samples) in entries.iter().zip(&mut samples) {
            progress(&format!("round {round} of {}: {}", args.runs, entry.name));
            samples.push(measure(entry, &bench.dir)?);
        }
    }
    progress("");

    print!("{}", table::render(&bench, &entries, &samples, &skipped));
    let wrong: Vec<&str> = entries
        .iter()
        .zip(&samples)
        .filter(|(entry, samples)| !is_consistent(entry, samples))
        .map(|(entry, _)| entry.name)
        .collect();
    if !wrong.is_empty() {
        bail!("not the number expected: {}", wrong.join(", "));
    }
    Ok(())
}

/// Shows how far it is on a terminal, in place of what was shown before.
fn progress(text: &str) {
    if io::stderr().is_terminal() {
        eprint!("\r\x1b[K{text}");
    }
}

/// Whether all runs gave one count, and the one that it must be.
fn is_consistent(entry: &Entry, samples: &[Sample]) -> bool {
    samples.iter().all(|sample| match entry.verdict {
        Verdict::Exactly(expected) => sample.count == Some(expected),
        Verdict::Shown => sample.count == samples[0].count,
    })
}
