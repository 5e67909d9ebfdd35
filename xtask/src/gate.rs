//! The one command that says whether the tree is sound.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::browser;
use crate::forms;
use crate::fuzz;
use crate::process::{cargo, output_of, run as run_command, succeeds, workspace};

/// The target whose SIMD code this machine is not likely to run, and can compile all the same.
const OTHER_TARGET: &str = "aarch64-unknown-linux-gnu";

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
    let fuzz_seconds = args.fuzz_seconds;
    let steps: [(&str, &dyn Fn() -> Outcome); 9] = [
        ("format", &|| format_check().into()),
        ("lints", &|| lints().into()),
        ("lints for another processor", &lints_elsewhere),
        ("documentation", &|| documentation().into()),
        ("licences, duplicates and sources of dependencies", &dependencies),
        ("advisories", &advisories),
        ("machine forms by others' validators", &machine_forms),
        ("the report in a browser", &report_in_browser),
        ("fuzz targets", &|| fuzz_targets(fuzz_seconds)),
    ];
    let mut summary = String::new();
    let mut failed = Vec::new();
    for (name, step) in steps {
        let began = Instant::now();
        let line = match step() {
            Outcome::Passed => format!("{name}: passed ({} s)", began.elapsed().as_secs()),
            Outcome::Skipped(reason) => format!("{name}: SKIPPED, {reason}"),
            Outcome::Failed(reason) => {
                failed.push(name);
                format!("{name}: FAILED, {reason}")
            }
        };
        summary += &format!("{line}\n");
    }
    eprintln!("\n{summary}");

    // Documentation examples are part of it.
    if let Err(error) = run_command(&mut cargo(["test", "--workspace", "--no-fail-fast"])) {
        eprintln!("\n{summary}tests: FAILED, {error:#}");
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

/// The library as other programs use it, without what only the command line needs.
const LIBRARY: [&str; 5] = ["clippy", "--package", "flaxscan", "--lib", "--no-default-features"];

fn lints() -> Result<()> {
    run_command(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    run_command(cargo(LIBRARY).args(["--", "-D", "warnings"]))
}

/// The NEON code is compiled nowhere else.
fn lints_elsewhere() -> Outcome {
    let mut query = Command::new("rustc");
    query.args(["--print", "target-libdir", "--target", OTHER_TARGET]);
    let libraries = output_of(&mut query).unwrap_or_default();
    if !Path::new(libraries.trim()).is_dir() {
        return Outcome::Skipped(format!(
            "no standard library for it: rustup target add {OTHER_TARGET}"
        ));
    }
    let mut command = cargo(LIBRARY);
    // Some dependencies have C in them. Nothing is linked, so any compiler will do for it.
    let other = OTHER_TARGET.replace('-', "_");
    command.env(format!("CC_{other}"), "cc").env(format!("AR_{other}"), "ar");
    run_command(command.args(["--target", OTHER_TARGET, "--", "-D", "warnings"])).into()
}

fn documentation() -> Result<()> {
    let mut command = cargo(["doc", "--workspace", "--no-deps"]);
    run_command(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn has_cargo_deny() -> bool {
    succeeds(&mut cargo(["deny", "--version"]))
}

/// Building cargo-deny takes minutes: that is for `.ci/run`, not for a first look at the project.
fn no_cargo_deny() -> Outcome {
    Outcome::Skipped("no cargo-deny: cargo install --locked cargo-deny".to_owned())
}

fn dependencies() -> Outcome {
    if !has_cargo_deny() {
        return no_cargo_deny();
    }
    run_command(&mut cargo(["deny", "--workspace", "check", "bans", "licenses", "sources"])).into()
}

/// Advisories come over the network, which the gate must not depend on.
fn advisories() -> Outcome {
    if !has_cargo_deny() {
        return no_cargo_deny();
    }
    if !succeeds(&mut cargo(["deny", "fetch", "db"])) {
        return Outcome::Skipped("the database cannot be fetched from here".to_owned());
    }
    run_command(&mut cargo(["deny", "--workspace", "--offline", "check", "advisories"])).into()
}

/// The packages come over the network, too, where they are not there already.
fn machine_forms() -> Outcome {
    match forms::python() {
        Ok(python) => forms::check(&python).into(),
        Err(reason) => Outcome::Skipped(reason),
    }
}

fn report_in_browser() -> Outcome {
    match browser::prepare() {
        Err(reason) => Outcome::Skipped(reason),
        Ok(()) => browser::test().into(),
    }
}

fn fuzz_targets(seconds: u32) -> Outcome {
    match fuzz::missing() {
        Some(reason) => Outcome::Skipped(reason.to_owned()),
        // The address sanitizer is for longer runs: `cargo xtask fuzz`.
        None => fuzz::run_targets(seconds, "none").into(),
    }
}
