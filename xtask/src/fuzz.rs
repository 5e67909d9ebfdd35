//! Runs the fuzz targets, which need a nightly toolchain and cargo-fuzz.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{cargo, output_of, run as run_command, succeeds, workspace};

/// How long to fuzz.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Seconds for each target
    #[arg(default_value_t = 60)]
    seconds: u32,
}

/// `cargo xtask fuzz`.
pub fn run(args: &Args) -> Result<()> {
    match missing() {
        Some(reason) => bail!("{reason}"),
        None => run_targets(args.seconds),
    }
}

/// Why fuzzing is not possible here, if it is not.
pub fn missing() -> Option<&'static str> {
    if !workspace().join("fuzz/Cargo.toml").is_file() {
        return Some("there is no fuzz directory");
    }
    if !succeeds(&mut cargo(["+nightly", "--version"])) {
        return Some("no nightly toolchain: rustup toolchain install nightly");
    }
    if !succeeds(&mut fuzz(["--version"])) {
        return Some("no cargo-fuzz: cargo install --locked cargo-fuzz");
    }
    None
}

/// Runs every target for that long.
pub fn run_targets(seconds: u32) -> Result<()> {
    let listed = output_of(&mut fuzz(["list"])).unwrap_or_default();
    let targets: Vec<&str> =
        listed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if targets.is_empty() {
        bail!("`cargo fuzz list` names no target");
    }
    for target in targets {
        let limit = format!("-max_total_time={seconds}");
        run_command(&mut fuzz(["run", target, "--", &limit]))?;
    }
    Ok(())
}

fn fuzz<const N: usize>(args: [&str; N]) -> Command {
    let mut command = cargo(["+nightly", "fuzz"]);
    command.args(args);
    command
}
