//! The machine forms, checked with what others wrote for them: `xtask/forms.py`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{cargo, run as run_command, succeeds, workspace};

/// From PyPI, in the versions that were tried.
const PACKAGES: [&str; 4] =
    ["jsonschema==4.26.0", "stix2==3.0.2", "stix2-validator==3.3.2", "ocsf-json-schema==1.2.0"];

/// `cargo xtask forms`.
pub fn run() -> Result<()> {
    check(&python().map_err(anyhow::Error::msg)?)
}

/// The Python that has the packages, in a virtual environment of the project's.
///
/// # Errors
/// Why there is none, for the summary.
pub fn python() -> Result<PathBuf, String> {
    let venv = workspace().join("target/venv");
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let modules = ["-c", "import jsonschema, stix2, stix2validator, ocsf_json_schema"];
    if succeeds(Command::new(&python).args(modules)) {
        return Ok(python);
    }
    if !succeeds(Command::new("python3").args(["-m", "venv"]).arg(&venv)) {
        return Err("no python3 with venv".to_owned());
    }
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    if !succeeds(Command::new(&python).args(install).args(PACKAGES)) {
        return Err(format!("pip cannot install {}", PACKAGES.join(" ")));
    }
    Ok(python)
}

/// Writes the samples in the forms, and checks them and the golden files.
pub fn check(python: &PathBuf) -> Result<()> {
    let forms = workspace().join("target/forms");
    fs::create_dir_all(&forms).with_context(|| forms.display().to_string())?;
    let mut scan = cargo(["run", "--quiet", "--package", "flaxscan", "--"]);
    scan.args(["scan", "samples", "--summary", "never"]);
    for (form, file) in [("json", "hits.jsonl"), ("stix", "stix.json"), ("ocsf", "ocsf.jsonl")] {
        scan.arg("-o").arg(format!("{form}={}", forms.join(file).display()));
    }
    run_command(&mut scan)?;
    let golden = ["tests/golden", "tests/golden/forms"].map(|path| workspace().join(path));
    run_command(
        Command::new(python).arg(workspace().join("xtask/forms.py")).arg(&forms).args(golden),
    )
}
