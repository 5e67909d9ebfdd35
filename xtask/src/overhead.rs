//! What reading the lines that hit costs a scan: `-o json` beside `-o count`.
//!
//! Lines that did not hit are never read, so where hits are rare the two take the same time. Each
//! is run once in turn, many times round, and the processor's time is compared: it depends less on
//! what else the machine does.

use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use wait4::Wait4;

use crate::corpus::{Corpus, Plants, Rate, Spec, generate};
use crate::process::{cargo, run as run_command};
use crate::write::size;
use flaxscan::indicator::IndicatorSet;

/// What to compare, and how much it may be.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Size of the made-up mixed log
    #[arg(long, default_value = "512M", value_parser = size)]
    size: u64,
    /// One line in this many has a hit
    #[arg(long, default_value_t = 10_000)]
    one_in: u64,
    /// Runs of each
    #[arg(long, default_value_t = 15)]
    runs: usize,
    /// Fail where reading costs more than this, in percent
    #[arg(long, default_value_t = 3.0)]
    limit: f64,
    /// Measure this program instead of building one
    #[arg(long)]
    flaxscan: Option<PathBuf>,
}

/// `cargo xtask overhead`.
pub fn run(args: &Args) -> Result<()> {
    let flaxscan = match &args.flaxscan {
        Some(path) => path.clone(),
        None => {
            run_command(&mut cargo(["build", "--release", "--bin", "flaxscan"]))?;
            // This program lies in `<target>/<profile>/`.
            let own = env::current_exe()?;
            let target = own.ancestors().nth(2).context("xtask was not started by cargo")?;
            target.join("release").join(format!("flaxscan{}", env::consts::EXE_SUFFIX))
        }
    };
    let dir = tempfile::tempdir()?;
    let log = dir.path().join("mixed.log");
    let spec = Spec {
        corpus: Corpus::Mixed,
        size: args.size,
        planted: Rate::OneIn(args.one_in),
        near_misses: Rate::OneIn(50_000),
        seed: 1,
    };
    let counts = generate(&spec, &Plants::of(&IndicatorSet::embedded()), &mut File::create(&log)?)?;
    println!("{counts}");
    let mut seconds: [Vec<f64>; 2] = Default::default();
    // The first round fills the page cache.
    for round in 0..=args.runs {
        for (output, seconds) in ["count", "json"].into_iter().zip(&mut seconds) {
            let cpu = measure(&flaxscan, &log, output)?;
            if round > 0 {
                seconds.push(cpu);
            }
        }
    }
    let [count, json] = seconds.map(|mut all| {
        all.sort_by(f64::total_cmp);
        (all.get(all.len() / 2).copied().unwrap_or_default(), all.first().copied().unwrap_or(0.0))
    });
    let percent = |json: f64, count: f64| (json / count - 1.0) * 100.0;
    println!("-o count: median {:.3} s, best {:.3} s of processor time", count.0, count.1);
    println!("-o json:  median {:.3} s, best {:.3} s", json.0, json.1);
    let (median, best) = (percent(json.0, count.0), percent(json.1, count.1));
    println!("reading the lines that hit costs {median:+.1} % (best runs: {best:+.1} %)");
    // A machine that is busy spoils the median before the best.
    if median.min(best) > args.limit {
        bail!("more than {} %", args.limit);
    }
    Ok(())
}

/// Processor time of one scan on one thread.
fn measure(flaxscan: &Path, log: &Path, output: &str) -> Result<f64> {
    let mut child = Command::new(flaxscan)
        .args(["scan", "-j", "1", "-o", output])
        .arg(log)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("{} cannot be started", flaxscan.display()))?;
    let used = child.wait4()?;
    if used.status.code() != Some(0) {
        bail!("-o {output} ended with {}", used.status);
    }
    Ok((used.rusage.utime + used.rusage.stime).as_secs_f64())
}
