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
        None => run_targets(args.seconds, "address"),
    }
}

/// Why fuzzing is not possible here, if it is not.
pub fn missing() -> Option<&'static str> {
    if !workspace().join("fuzz/Cargo.toml").is_file() {
        return Some("there is no fuzz directory");
    }
    // Asked of the list: `cargo +nightly` would make rustup install one, and say nothing.
    let toolchains = output_of(Command::new("rustup").args(["toolchain", "list"]));
    if !toolchains.is_some_and(|list| list.lines().any(|name| name.starts_with("nightly"))) {
        return Some("no nightly toolchain: rustup toolchain install nightly");
    }
    if !succeeds(&mut fuzz(["--version"])) {
        return Some("no cargo-fuzz: cargo install --locked cargo-fuzz");
    }
    None
}

/// Runs every target for that long, built with a sanitizer (`address`, `none`). The address
/// sanitizer takes five times as long to build with.
pub fn run_targets(seconds: u32, sanitizer: &str) -> Result<()> {
    let listed = output_of(&mut fuzz(["list"])).unwrap_or_default();
    let targets: Vec<&str> =
        listed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if targets.is_empty() {
        bail!("`cargo fuzz list` names no target");
    }
    for target in targets {
        let limit = format!("-max_total_time={seconds}");
        run_command(&mut fuzz(["run", "--sanitizer", sanitizer, target, "--", &limit]))?;
    }
    Ok(())
}

fn fuzz<const N: usize>(args: [&str; N]) -> Command {
    let mut command = cargo(["+nightly", "fuzz"]);
    command.args(args);
    command
}
