//! What the hand-over costs a scan: documents, the summary, the report and several outputs at once,
//! each beside `-o count`.
//!
//! Lines that did not hit are never read, so where hits are rare all take about the same time. Each
//! is run once in turn, many times round, and both clocks are compared: the wall's, which is what
//! somebody waits, and the processor's, which depends less on what else the machine does.

use std::env;
use std::ffi::OsString;
use std::fs::{File, create_dir_all};
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
    /// Size of the made-up log
    #[arg(long, default_value = "512M", value_parser = size)]
    size: u64,
    /// mixed, firewall-dns, zeek-dns or zeek-ssl
    #[arg(long, default_value = "mixed")]
    kind: Corpus,
    /// One line in this many has a hit
    #[arg(long, default_value_t = 10_000)]
    one_in: u64,
    /// Runs of each
    #[arg(long, default_value_t = 15)]
    runs: usize,
    /// Threads [default: one a processor]
    #[arg(short = 'j', long)]
    threads: Option<usize>,
    /// Fail where one costs more than this, in percent
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
    let file = |name: &str| dir.path().join("out").join(name);
    create_dir_all(dir.path().join("out"))?;
    let log = dir.path().join("some.log");
    let spec = Spec {
        corpus: args.kind,
        size: args.size,
        planted: Rate::OneIn(args.one_in),
        near_misses: Rate::OneIn(50_000),
        seed: 1,
    };
    let mut out = File::create(&log)?;
    let counts = generate(&spec, &Plants::of(&IndicatorSet::embedded()), &mut out)?;
    // Who places a file waits for what else is on its way to the disk.
    out.sync_all()?;
    drop(out);
    println!("{}: {counts}", args.kind);
    let html = ("html", file("report.html"));
    let json = ("json", file("hits.jsonl"));
    let csv = ("csv", file("hits.csv"));
    let mut ways = [
        Way::new("-o count", &["-o", "count"], &[]),
        Way::new("-o json", &["-o", "json"], &[]),
        Way::new("-o text --summary always", &["-o", "text", "--summary", "always"], &[]),
        Way::new("-o count --report FILE", &["-o", "count"], std::slice::from_ref(&html)),
        Way::new("-o json=… -o csv=… -o html=…", &["--summary", "always"], &[json, csv, html]),
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
            let (wall, processor) = measure(&flaxscan, &log, args.threads, &way.words)
                .with_context(|| way.name.to_owned())?;
            if round > 0 {
                way.wall.push(wall);
                way.processor.push(processor);
            }
        }
    }
    let shown: Vec<_> = ways.iter_mut().map(|way| (way.name, told(way))).collect();
    let Some((_, none)) = shown.first() else { return Ok(()) };
    println!("{:30} wall: median    best   processor: median    best", "");
    let mut most = f64::MIN;
    for (name, [wall, processor]) in &shown {
        let [walls, processors] = [(wall, &none[0]), (processor, &none[1])]
            .map(|(own, none)| [0, 1].map(|at| own[at] / none[at]));
        println!(
            "{name:30} {:6.3} s × {:.3}  {:.3}   {:6.3} s × {:.3}  {:.3}",
            wall[0], walls[0], walls[1], processor[0], processors[0], processors[1],
        );
        // A machine that is busy spoils medians before the best runs.
        let cost = |ratios: [f64; 2]| (ratios[0].min(ratios[1]) - 1.0) * 100.0;
        most = most.max(cost(walls)).max(cost(processors));
    }
    println!("the dearest costs {most:+.1} %");
    if most > args.limit {
        bail!("more than {} %", args.limit);
    }
    Ok(())
}

/// Median and best, of the wall's clock and of the processor's.
fn told(way: &mut Way) -> [[f64; 2]; 2] {
    [&mut way.wall, &mut way.processor].map(|all| {
        all.sort_by(f64::total_cmp);
        [all.get(all.len() / 2), all.first()].map(|time| time.copied().unwrap_or(f64::NAN))
    })
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
