//! The one command that says whether the tree is sound.

use std::env;
use std::process::Command;

use anyhow::{Result, bail};

use crate::fuzz;
use crate::process::{cargo, run as run_command, succeeds, workspace};

/// What to leave out.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Seconds for each fuzz target
    #[arg(long, default_value_t = 5)]
    fuzz_seconds: u32,
}

enum Outcome {
    Passed,
    Skipped(String),
    Failed(String),
}

impl From<Result<()>> for Outcome {
    fn from(result: Result<()>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(error) => Self::Failed(format!("{error:#}")),
        }
    }
}

/// `cargo xtask test`: everything is run even when something failed. The tests come last, so that
/// their own closing lines are the last ones.
pub fn run(args: &Args) -> Result<()> {
    install_components()?;
    let steps = [
        ("format", format_check().into()),
        ("lints", lints().into()),
        ("documentation", documentation().into()),
        ("licences and advisories", dependencies()),
        ("fuzz targets", fuzz_targets(args.fuzz_seconds)),
    ];

    eprintln!();
    let mut failed = Vec::new();
    for (name, outcome) in steps {
        match outcome {
            Outcome::Passed => eprintln!("{name}: passed"),
            Outcome::Skipped(reason) => eprintln!("{name}: SKIPPED, {reason}"),
            Outcome::Failed(reason) => {
                eprintln!("{name}: FAILED, {reason}");
                failed.push(name);
            }
        }
    }
    eprintln!();

    // Documentation examples are part of it.
    if let Err(error) = run_command(&mut cargo(["test", "--workspace"])) {
        eprintln!("xtask: {error:#}");
        failed.push("tests");
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

fn install_components() -> Result<()> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if !succeeds(&mut cargo([subcommand, "--version"])) {
            run_command(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

fn format_check() -> Result<()> {
    run_command(&mut cargo(["fmt", "--all", "--check"]))?;
    // The fuzz crate is no workspace member.
    if workspace().join("fuzz/Cargo.toml").is_file() {
        run_command(&mut cargo(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))?;
    }
    Ok(())
}

fn lints() -> Result<()> {
    run_command(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    // The library as other programs use it, without what only the command line needs.
    run_command(&mut cargo([
        "clippy",
        "--package",
        "flaxscan",
        "--lib",
        "--no-default-features",
        "--",
        "-D",
        "warnings",
    ]))
}

fn documentation() -> Result<()> {
    let mut command = cargo(["doc", "--workspace", "--no-deps"]);
    run_command(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn dependencies() -> Outcome {
    if !workspace().join("deny.toml").is_file() {
        return Outcome::Skipped("there is no deny.toml".to_owned());
    }
    if !succeeds(&mut cargo(["deny", "--version"])) {
        // Building it takes minutes: worth it on a build server, not in a first look at the project.
        if !is_build_server() {
            return Outcome::Skipped(
                "no cargo-deny here: cargo install --locked cargo-deny".to_owned(),
            );
        }
        if let Err(error) = run_command(&mut cargo(["install", "--locked", "cargo-deny"])) {
            return Outcome::Failed(format!("{error:#}"));
        }
    }
    if let Err(error) = run_command(&mut cargo(["deny", "check", "bans", "licenses", "sources"])) {
        return Outcome::Failed(format!("{error:#}"));
    }
    // Advisories come over the network, which a build must not depend on.
    if !succeeds(&mut cargo(["deny", "fetch", "db"])) {
        let reason = "bans, licences and sources passed, but the advisory database cannot be \
                      fetched from here";
        return Outcome::Skipped(reason.to_owned());
    }
    run_command(&mut cargo(["deny", "check", "--disable-fetch", "advisories"])).into()
}

fn is_build_server() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}

fn fuzz_targets(seconds: u32) -> Outcome {
    match fuzz::missing() {
        Some(reason) => Outcome::Skipped(reason.to_owned()),
        None => fuzz::run_targets(seconds).into(),
    }
}
