//! The tools that are timed, and how each is asked the same question.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use super::prepare::Bench;
use crate::process::{find, run as run_command};

/// Where a tool says how much it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountIn {
    /// The first word of standard output.
    FirstWord,
    /// The number behind this text on standard error.
    ErrorAfter(&'static str),
}

/// What the count must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// This, or the comparison fails.
    Exactly(u64),
    /// Another tool has another idea of a match: its count is only shown.
    Shown,
}

/// A tool with its arguments.
#[derive(Debug)]
pub struct Entry {
    /// The name in the table.
    pub name: &'static str,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// What it says it is.
    pub version: String,
    /// What its count is of.
    pub counts: &'static str,
    /// Where it says it.
    pub count_in: CountIn,
    /// What it must be.
    pub verdict: Verdict,
}

/// The tools that are here, flaxscan first, and why the others are not.
pub fn entries(bench: &Bench, without: &[String]) -> Result<(Vec<Entry>, Vec<String>)> {
    if let Some(unknown) = without.iter().find(|name| !OTHERS.contains(&name.as_str())) {
        bail!("--without {unknown}: no such tool: {}", OTHERS.join(", "));
    }
    if !bench.flaxscan.is_file() {
        bail!("{} is not there", bench.flaxscan.display());
    }
    let mut entries = flaxscan(bench);
    let mut skipped = Vec::new();
    for name in OTHERS {
        if without.iter().any(|left_out| left_out == name) {
            skipped.push(format!("{name}: left out"));
        } else if let Some(program) = find(name) {
            entries.push(other(name, program, bench)?);
        } else {
            skipped.push(format!("{name}: skipped, not installed (nothing of that name on PATH)"));
        }
    }
    Ok((entries, skipped))
}

const OTHERS: [&str; 4] = ["wc", "rg", "grepcidr", "matchy"];

fn flaxscan(bench: &Bench) -> Vec<Entry> {
    let version = version(&bench.flaxscan);
    let list = bench.long_list.to_string_lossy();
    let variants: [(&'static str, &[&str]); 4] = [
        ("flaxscan", &[]),
        ("flaxscan -j 1", &["-j", "1"]),
        ("flaxscan --mmap never", &["--mmap", "never"]),
        ("flaxscan, 1 M indicators", &["--no-builtin", "--indicators", &list]),
    ];
    variants
        .into_iter()
        .map(|(name, extra)| Entry {
            name,
            program: bench.flaxscan.clone(),
            args: args(["scan", "--output", "count"].iter().chain(extra), &[&bench.corpus]),
            version: version.clone(),
            counts: "hits",
            count_in: CountIn::FirstWord,
            verdict: Verdict::Exactly(bench.counts.hits),
        })
        .collect()
}

fn other(name: &'static str, program: PathBuf, bench: &Bench) -> Result<Entry> {
    let (corpus, patterns) = (bench.corpus.as_path(), bench.patterns.as_path());
    let entry = |shown, args, counts| Entry {
        name: shown,
        version: version(&program),
        program: program.clone(),
        args,
        counts,
        count_in: CountIn::FirstWord,
        verdict: Verdict::Shown,
    };
    Ok(match name {
        "wc" => Entry {
            verdict: Verdict::Exactly(bench.counts.lines),
            ..entry("wc -l", args(["-l"].iter(), &[corpus]), "lines")
        },
        "rg" => {
            let args = args(["-c", "-w", "-F", "-f"].iter(), &[patterns, corpus]);
            entry("rg -c -w -F -f", args, "lines")
        }
        "grepcidr" => {
            let args = args(["-c", "-f"].iter(), &[&bench.addresses, corpus]);
            entry("grepcidr -c -f", args, "lines")
        }
        _ => {
            // Its database is made beforehand and not timed; flaxscan makes its index in each run.
            let database = bench.dir.join("patterns.mxy");
            let mut build = Command::new(&program);
            run_command(build.arg("build").arg("-o").arg(&database).arg(patterns))?;
            let options = ["match", "--format", "summary", "--stats"];
            let args = args(options.iter(), &[&database, corpus]);
            let count_in = CountIn::ErrorAfter("Total matches:");
            Entry { count_in, ..entry("matchy match", args, "matches") }
        }
    })
}

fn args<'a>(options: impl Iterator<Item = &'a &'a str>, paths: &[&Path]) -> Vec<OsString> {
    let options = options.map(OsString::from);
    options.chain(paths.iter().map(|&path| path.into())).collect()
}

/// What a program says it is. Whether it calls that a success differs: grepcidr does not.
fn version(program: &Path) -> String {
    let first_line = |flag| {
        let output = Command::new(program).arg(flag).stdin(Stdio::null()).output().ok()?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = printed.lines().next()?.trim();
        line.contains(|c: char| c.is_ascii_digit()).then(|| line.to_owned())
    };
    let name = || program.file_name().unwrap_or_default().to_string_lossy();
    ["--version", "-V"]
        .into_iter()
        .find_map(first_line)
        .unwrap_or_else(|| format!("{} (version unknown)", name()))
}
