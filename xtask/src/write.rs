//! Writes made-up log files and indicator lists.

use std::fs::File;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use flaxscan::indicator::IndicatorSet;

use crate::corpus::{Corpus, Plants, Rate, Spec, generate, write_list};

/// What log file to write.
#[derive(Debug, clap::Args)]
pub struct CorpusArgs {
    /// mixed, firewall-dns, zeek-dns or zeek-ssl
    #[arg(long, default_value = "mixed")]
    kind: Corpus,
    /// Size in bytes: 64M, 1G (decimal), 512Mi (binary)
    #[arg(long, default_value = "1G", value_parser = size)]
    size: u64,
    /// How many lines of the whole file carry an indicator of the embedded set
    #[arg(long, conflicts_with = "one_in")]
    hits: Option<u64>,
    /// One line in this many carries an indicator; 0: none
    #[arg(long, default_value_t = 10_000)]
    one_in: u64,
    /// One line in this many carries something like an indicator; 0: none
    #[arg(long, default_value_t = 50_000)]
    near_miss_one_in: u64,
    /// Plant addresses and names only, which is what other programs can look for
    #[arg(long)]
    hosts_only: bool,
    /// Another seed, another file
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to write it
    #[arg(long)]
    out: PathBuf,
}

/// What indicator list to write.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// How many indicators
    #[arg(long, default_value_t = 1_000_000)]
    count: u64,
    /// Another seed, another list
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to write it
    #[arg(long)]
    out: PathBuf,
}

/// `cargo xtask corpus`.
pub fn corpus(args: &CorpusArgs) -> Result<()> {
    let set = IndicatorSet::embedded();
    let plants = if args.hosts_only { Plants::hosts_of(&set) } else { Plants::of(&set) };
    let spec = Spec {
        corpus: args.kind,
        size: args.size,
        planted: args.hits.map_or(Rate::OneIn(args.one_in), Rate::Total),
        near_misses: Rate::OneIn(args.near_miss_one_in),
        seed: args.seed,
    };
    let start = Instant::now();
    let mut file = create(&args.out)?;
    let counts = generate(&spec, &plants, &mut file)
        .with_context(|| format!("{} cannot be written", args.out.display()))?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{}: {counts}", args.out.display());
    eprintln!("written in {seconds:.2} s, {:.0} MB/s", counts.bytes as f64 / 1e6 / seconds);
    Ok(())
}

/// `cargo xtask list`.
pub fn list(args: &ListArgs) -> Result<()> {
    write_list(args.count, args.seed, &mut create(&args.out)?)
        .with_context(|| format!("{} cannot be written", args.out.display()))?;
    println!("{}: {} indicators", args.out.display(), args.count);
    Ok(())
}

fn create(path: &PathBuf) -> Result<File> {
    File::create(path).with_context(|| format!("{} cannot be created", path.display()))
}

/// Reads a size: a number with `k`, `M`, `G` (decimal) or `Ki`, `Mi`, `Gi` (binary) behind it.
pub fn size(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit {
        "" => 1,
        "k" | "K" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        _ => return Err(format!("`{unit}` is no unit: k, M, G, Ki, Mi, Gi")),
    };
    let number: u64 = number.parse().map_err(|error| format!("`{number}`: {error}"))?;
    number.checked_mul(factor).ok_or_else(|| format!("`{text}` is too large"))
}
