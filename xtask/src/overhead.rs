//! What the summary and the report cost a scan: one that shows its hits, beside the same scan with
//! the summary, with a report, and with both. How much faster one is that only counts, which reads no
//! line that hit, and how much slower one with three files at once, is shown for comparison.
//!
//! Lines that did not hit are never read, so where hits are rare all take about the same time. Each
//! is run once in turn, many times round. What is compared is what two took in the same round, for a
//! machine's pace changes, and by both clocks: the wall's, which is what somebody waits, and the
//! processor's.

use std::env;
use std::ffi::OsString;
use std::fs::{File, create_dir, remove_dir_all};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use wait4::Wait4;

use crate::compare::prepare::warm;
use crate::corpus::{Corpus, Plants, Rate, Spec, generate};
use crate::process::{cargo, run as run_command};
use crate::write::size;
use flaxscan::indicator::IndicatorSet;

/// What to compare, and how much it may be.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Size of the made-up log. A page and its way to the disk take about 3 ms, however short the
    /// scan is
    #[arg(long, default_value = "1G", value_parser = size)]
    size: u64,
    /// mixed, firewall-dns, zeek-dns or zeek-ssl
    #[arg(long, default_value = "mixed")]
    kind: Corpus,
    /// One line in this many has a hit
    #[arg(long, default_value_t = 10_000)]
    one_in: u64,
    /// Runs of each
    #[arg(long, default_value_t = 25)]
    runs: usize,
    /// Threads [default: one a processor]
    #[arg(short = 'j', long)]
    threads: Option<usize>,
    /// Fail where the summary, the report or both cost so much of the same scan, in percent
    #[arg(long, default_value_t = 5.0)]
    limit: f64,
    /// Measure this program instead of building one
    #[arg(long)]
    flaxscan: Option<PathBuf>,
}

/// One way to scan.
struct Way {
    name: &'static str,
    words: Vec<OsString>,
    /// Seconds of the wall's clock, and of the processor's.
    wall: Vec<f64>,
    processor: Vec<f64>,
}

impl Way {
    fn new(name: &'static str, words: &[&str], files: &[(&str, PathBuf)]) -> Self {
        let words = words.iter().map(OsString::from);
        let files = files.iter().flat_map(|(form, path)| {
            let mut word = OsString::from(format!("{form}="));
            word.push(path);
            [OsString::from("-o"), word]
        });
        Self { name, words: words.chain(files).collect(), wall: Vec::new(), processor: Vec::new() }
    }
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
    let out = dir.path().join("out");
    let file = |name: &str| out.join(name);
    let log = dir.path().join("some.log");
    let spec = Spec {
        corpus: args.kind,
        size: args.size,
        planted: Rate::OneIn(args.one_in),
        near_misses: Rate::OneIn(50_000),
        seed: 1,
    };
    let mut text = File::create(&log)?;
    let counts = generate(&spec, &Plants::of(&IndicatorSet::embedded()), &mut text)?;
    // Who places a file waits for what else is on its way to the disk.
    text.sync_all()?;
    drop(text);
    println!("{}: {counts}", args.kind);
    let html = ("html", file("report.html"));
    let json = ("json", file("hits.jsonl"));
    let csv = ("csv", file("hits.csv"));
    let report = std::slice::from_ref(&html);
    let mut ways = [
        Way::new("-o text", &["-o", "text", "--summary", "never"], &[]),
        Way::new("… --summary always", &["-o", "text", "--summary", "always"], &[]),
        Way::new("… --report FILE", &["-o", "text", "--summary", "never"], report),
        Way::new("… both", &["-o", "text", "--summary", "always"], report),
        Way::new("-o count", &["-o", "count"], &[]),
        Way::new("-o json", &["-o", "json", "--summary", "never"], &[]),
        Way::new(
            "-o json=… -o csv=… -o html=…",
            &["--summary", "always"],
            &[json, csv, html.clone()],
        ),
    ];
    warm(&log)?;
    // The first round is for the caches.
    for round in 0..=args.runs {
        // Each comes behind each other one: what one leaves in the caches would be counted as the
        // next one's.
        let count = ways.len();
        for at in 0..count {
            let at = if round % 2 == 0 { at } else { count - 1 - at };
            let way = &mut ways[(at + round / 2) % count];
            // The files are new each time: putting one in an old one's place lets go of that, too.
            create_dir(&out)?;
            let (wall, processor) = measure(&flaxscan, &log, args.threads, &way.words)
                .with_context(|| way.name.to_owned())?;
            remove_dir_all(&out)?;
            if round > 0 {
                way.wall.push(wall);
                way.processor.push(processor);
            }
        }
    }
    let none = &ways[0];
    println!("{:30} wall: median   × (quartiles)           processor: median", "");
    for way in &ways {
        let [wall, processor] =
            [(&way.wall, &none.wall), (&way.processor, &none.processor)].map(|(own, none)| {
                let [lower, ratio, upper] = quartiles(&ratios(own, none));
                format!("{:6.3} s × {ratio:.3} ({lower:.3} to {upper:.3})", quartiles(own)[1])
            });
        println!("{:30} {wall}   {processor}", way.name);
    }
    let cost = |way: &Way, none: &Way| {
        let [wall, processor] = [(&way.wall, &none.wall), (&way.processor, &none.processor)]
            .map(|(own, none)| (quartiles(&ratios(own, none))[1] - 1.0) * 100.0);
        wall.max(processor)
    };
    let most = |none: &Way| ways[1..=3].iter().map(|way| cost(way, none)).fold(f64::MIN, f64::max);
    let dearest = most(none);
    println!(
        "the dearest of the summary, the report and both: {dearest:+.1} % of the same scan, {:+.1} % \
         more than -o count",
        most(&ways[4]),
    );
    if dearest > args.limit {
        bail!("more than {} %", args.limit);
    }
    Ok(())
}

/// What each run took of what the other one took in the same round. A machine that becomes slower
/// or faster does so for both.
fn ratios(own: &[f64], other: &[f64]) -> Vec<f64> {
    own.iter().zip(other).map(|(own, other)| own / other).collect()
}

/// The lower quartile, the median and the upper quartile.
fn quartiles(all: &[f64]) -> [f64; 3] {
    let mut all = all.to_vec();
    all.sort_by(f64::total_cmp);
    [1, 2, 3].map(|part| all.get(part * all.len() / 4).copied().unwrap_or(f64::NAN))
}

/// Seconds of one scan: the wall's, and the processor's of all threads.
fn measure(
    flaxscan: &Path,
    log: &Path,
    threads: Option<usize>,
    words: &[OsString],
) -> Result<(f64, f64)> {
    let mut command = Command::new(flaxscan);
    command.arg("scan").args(words).arg(log);
    if let Some(threads) = threads {
        command.arg("-j").arg(threads.to_string());
    }
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{} cannot be started", flaxscan.display()))?;
    let used = child.wait4()?;
    let wall = began.elapsed().as_secs_f64();
    if used.status.code() != Some(0) {
        bail!("ended with {}", used.status);
    }
    Ok((wall, (used.rusage.utime + used.rusage.stime).as_secs_f64()))
}
