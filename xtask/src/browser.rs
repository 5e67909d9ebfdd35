//! The report in a real browser: its tests, and how large and how fast it is.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use flaxscan::indicator::IndicatorSet;
use wait4::Wait4;

use crate::corpus::{Corpus, Plants, Rate, Spec, generate};
use crate::process::{cargo, find, output_of, run as run_command, succeeds, workspace};

/// Where Debian and others have it; the tests look there, too.
const CHROMIUM: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Hits in the report
    #[arg(long, default_value_t = 100_000)]
    hits: u64,
    /// Runs, of which the median counts
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// The program to measure [default: a release build of this tree]
    #[arg(long)]
    flaxscan: Option<PathBuf>,
    /// Leave the browser out
    #[arg(long)]
    no_browser: bool,
}

fn directory() -> PathBuf {
    workspace().join("tests/browser")
}

/// Brings Chromium and the package that drives it, where they are missing and can be had; says why
/// not otherwise.
pub fn prepare() -> Result<(), String> {
    if let missing @ [_, ..] = &*missing() {
        install(missing);
    }
    if let missing @ [_, ..] = &*missing() {
        return Err(format!("missing: apt-get install {}", missing.join(" ")));
    }
    let installed = directory().join("node_modules/playwright-core/package.json");
    if !installed.is_file() {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(directory());
        if run_command(&mut npm).is_err() {
            return Err("playwright-core cannot be fetched: npm ci in tests/browser".to_owned());
        }
    }
    Ok(())
}

/// Debian's packages that have what is not there.
fn missing() -> Vec<&'static str> {
    let has_chromium =
        env::var_os("CHROMIUM").is_some() || CHROMIUM.iter().any(|name| find(name).is_some());
    let found = [
        ("chromium", has_chromium),
        ("nodejs", find("node").is_some()),
        ("npm", find("npm").is_some()),
    ];
    found.into_iter().filter(|(_, found)| !found).map(|(package, _)| package).collect()
}

/// On Debian, and as root, where nobody has to be asked.
fn install(packages: &[&str]) {
    let is_root = output_of(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !is_root || find("apt-get").is_none() {
        return;
    }
    eprintln!("installing {}: the report is tested in a browser", packages.join(" "));
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(args);
        succeeds(&mut command)
    };
    let install = [&["install", "-qy", "--no-install-recommends"], packages].concat();
    if !apt(&install) && apt(&["update", "-q"]) {
        apt(&install);
    }
}

/// Runs the tests.
pub fn test() -> Result<()> {
    run_command(&mut cargo(["build", "--bin", "flaxscan"]))?;
    let mut node = Command::new("node");
    node.args(["--test", "report.test.mjs"]).current_dir(directory());
    run_command(node.env("FLAXSCAN", built("debug")?))
}

/// A program that cargo built.
fn built(profile: &str) -> Result<PathBuf> {
    // This program lies in `<target>/<profile>/`.
    let own = env::current_exe()?;
    let target = own.ancestors().nth(2).context("xtask was not started by cargo")?;
    Ok(target.join(profile).join(format!("flaxscan{}", env::consts::EXE_SUFFIX)))
}

/// `cargo xtask report`.
pub fn measure(args: &Args) -> Result<()> {
    let flaxscan = match &args.flaxscan {
        Some(path) => path.clone(),
        None => {
            run_command(&mut cargo(["build", "--release", "--bin", "flaxscan"]))?;
            built("release")?
        }
    };
    let dir = tempfile::tempdir()?;
    let path = |name: &str| dir.path().join(name);
    let spec = Spec {
        corpus: Corpus::Mixed,
        // Four lines for each hit, about. A line may have two: the scan ends after the last wanted.
        size: args.hits.max(100) * 800,
        planted: Rate::Total(args.hits),
        near_misses: Rate::OneIn(50_000),
        seed: 1,
    };
    let set = IndicatorSet::embedded();
    let counts = generate(&spec, &Plants::of(&set), &mut File::create(path("mixed.log"))?)?;
    println!("{counts}");
    let log = path("mixed.log");
    let hits = format!("json={}", path("hits.jsonl").display());
    let html = path("report.html");
    let words = |words: &[&str], file: &Path| -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).chain([file.display().to_string()]).collect()
    };
    let most = args.hits.to_string();
    let scan = |more: &[&str]| words(&[&["scan", "--max-hits", &most], more].concat(), &log);
    timed(&flaxscan, &scan(&["-o", &hits]))?;
    let hits = path("hits.jsonl");
    let rows: [(&str, Vec<String>); 3] = [
        ("scan -o count", scan(&["-o", "count"])),
        ("scan -o count --report", scan(&["-o", "count", "--report", &html.display().to_string()])),
        ("report HITS.jsonl -o", words(&["report", "-o", &html.display().to_string()], &hits)),
    ];
    for (name, words) in &rows {
        let mut times = Vec::new();
        let mut memory = 0;
        for _ in 0..args.runs.max(1) {
            let (seconds, peak) = timed(&flaxscan, words)?;
            times.push(seconds);
            memory = memory.max(peak);
        }
        times.sort_by(f64::total_cmp);
        let (median, megabytes) = (times[times.len() / 2], memory as f64 / 1e6);
        println!("{name:24} median {median:.2} s, peak memory {megabytes:.0} MB");
    }
    let size = fs::metadata(&html)?.len() as f64 / 1e6;
    println!("report.html              {size:.1} MB");
    if args.no_browser {
        return Ok(());
    }
    if let Err(reason) = prepare() {
        bail!("the browser cannot be measured: {reason}");
    }
    let mut node = Command::new("node");
    node.arg("measure.mjs").arg(&html).arg(args.runs.to_string()).current_dir(directory());
    let said = node.output().context("node cannot be started")?;
    if !said.status.success() {
        bail!("measure.mjs: {}", String::from_utf8_lossy(&said.stderr));
    }
    print!("in Chromium, ms:         {}", String::from_utf8_lossy(&said.stdout));
    Ok(())
}

/// Seconds, and bytes of memory.
fn timed(program: &Path, args: &[String]) -> Result<(f64, u64)> {
    let began = Instant::now();
    let mut command = Command::new(program);
    let null = std::process::Stdio::null;
    let mut child = command.args(args).stdout(null()).stderr(null()).spawn()?;
    let done = child.wait4()?;
    if !matches!(done.status.code(), Some(0 | 1)) {
        bail!("{} {} ended with {}", program.display(), args.join(" "), done.status);
    }
    Ok((began.elapsed().as_secs_f64(), done.rusage.maxrss))
}
