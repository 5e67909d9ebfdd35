//! Runs one tool once.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use wait4::Wait4;

use super::contenders::{CountIn, Entry};

/// One run.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// From start to end of the process, seconds.
    pub wall: f64,
    /// Processor time of all its threads, user and system, seconds.
    pub cpu: f64,
    /// The most memory it had resident at once, bytes.
    pub peak_rss: u64,
    /// What it counted.
    pub count: Option<u64>,
}

/// Runs `entry`, with what it prints in files of `dir`: a pipe would make it wait for this program.
pub fn measure(entry: &Entry, dir: &Path) -> Result<Sample> {
    let (out, err) = (dir.join("stdout.txt"), dir.join("stderr.txt"));
    let mut command = Command::new(&entry.program);
    command.args(&entry.args).stdin(Stdio::null());
    command.stdout(File::create(&out)?).stderr(File::create(&err)?);

    let start = Instant::now();
    let child = command.spawn().with_context(|| format!("{} cannot be started", entry.name))?;
    let used = wait(child)?;
    let wall = start.elapsed().as_secs_f64();

    let errors = String::from_utf8_lossy(&fs::read(&err)?).into_owned();
    // As with grep: 1 is nothing found.
    if !matches!(used.status.code(), Some(0 | 1)) {
        let first = errors.lines().next().unwrap_or_default();
        bail!("{} ended with {}: {first}", entry.name, used.status);
    }
    let printed = String::from_utf8_lossy(&fs::read(&out)?).into_owned();
    let number = match entry.count_in {
        CountIn::FirstWord => printed.split_whitespace().next(),
        CountIn::ErrorAfter(label) => {
            errors.split_once(label).and_then(|(_, rest)| rest.split_whitespace().next())
        }
    };
    Ok(Sample {
        wall,
        cpu: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        peak_rss: used.rusage.maxrss,
        count: number.and_then(|text| text.replace(',', "").parse().ok()),
    })
}

fn wait(mut child: std::process::Child) -> Result<wait4::ResUse> {
    Ok(child.wait4()?)
}
