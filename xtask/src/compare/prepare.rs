//! Makes the files that the tools read, and finds flaxscan.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use flaxscan::indicator::IndicatorSet;

use super::Args;
use crate::corpus::{Corpus, Counts, Plants, Rate, Spec, generate, write_list};
use crate::process::{cargo, run as run_command};

/// Everything a comparison needs on disk.
pub struct Bench {
    /// The directory of the files.
    pub dir: PathBuf,
    /// The log file.
    pub corpus: PathBuf,
    /// What is planted in it.
    pub counts: Counts,
    /// The embedded set's addresses and names, one a line.
    pub patterns: PathBuf,
    /// How many they are.
    pub pattern_count: usize,
    /// The addresses alone.
    pub addresses: PathBuf,
    /// The patterns and a million made-up indicators.
    pub long_list: PathBuf,
    /// The program that is measured.
    pub flaxscan: PathBuf,
}

/// How long the long list is, beside the patterns.
const LONG_LIST: u64 = 1_000_000;

/// For a corpus with the default rates.
pub fn prepare_corpus(kind: Corpus, size: u64, flaxscan: Option<&Path>) -> Result<Bench> {
    prepare(&Args {
        size,
        kind,
        one_in: 10_000,
        near_miss_one_in: 50_000,
        runs: 1,
        dir: None,
        flaxscan: flaxscan.map(Path::to_owned),
        without: Vec::new(),
    })
}

pub fn prepare(args: &Args) -> Result<Bench> {
    // This program lies in `<target>/<profile>/`.
    let own = env::current_exe()?;
    let target = own.ancestors().nth(2).context("xtask was not started by cargo")?;
    let dir = args.dir.clone().unwrap_or_else(|| target.join("compare"));
    fs::create_dir_all(&dir).with_context(|| format!("{} cannot be created", dir.display()))?;

    let flaxscan = match &args.flaxscan {
        Some(path) => path.clone(),
        None => {
            run_command(&mut cargo(["build", "--release", "--bin", "flaxscan"]))?;
            target.join("release").join(format!("flaxscan{}", env::consts::EXE_SUFFIX))
        }
    };

    let plants = Plants::hosts_of(&IndicatorSet::embedded());
    let pattern_count = plants.addresses().len() + plants.names().len();
    if pattern_count == 0 {
        bail!("the embedded set has no address and no name to look for");
    }
    let addresses: String = plants.addresses().map(|address| format!("{address}\n")).collect();
    let names: String = plants.names().map(|name| format!("{name}\n")).collect();
    let patterns = dir.join("patterns.txt");
    write(&patterns, |out| write!(out, "{addresses}{names}"))?;
    let address_file = dir.join("addresses.txt");
    write(&address_file, |out| out.write_all(addresses.as_bytes()))?;
    let long_list = dir.join("list-1m.txt");
    write(&long_list, |out| {
        write!(out, "{addresses}{names}")?;
        write_list(LONG_LIST, 1, out)
    })?;

    let spec = Spec {
        corpus: args.kind,
        size: args.size,
        planted: Rate::OneIn(args.one_in),
        near_misses: Rate::OneIn(args.near_miss_one_in),
        seed: 1,
    };
    let (corpus, counts) = cached_corpus(&dir, &spec, &plants)?;
    Ok(Bench {
        dir,
        corpus,
        counts,
        patterns,
        pattern_count,
        addresses: address_file,
        long_list,
        flaxscan,
    })
}

/// Reads the file once, so that every tool finds it in the page cache.
///
/// It is dropped from there before, where GNU `dd` can do that. What was just written lies in single
/// pages, what was read from a disk, as evidence is, in large ones: that makes mapping it several
/// times faster, and reading it a little.
pub fn warm(path: &Path) -> Result<()> {
    let mut of = OsString::from("of=");
    of.push(path);
    let dropped = Command::new("dd")
        .arg(of)
        .args(["oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"])
        .status();
    if !dropped.is_ok_and(|status| status.success()) {
        eprintln!("{} is measured as it lies in the page cache", path.display());
    }
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 20];
    while file.read(&mut buffer)? > 0 {}
    Ok(())
}

/// Writes a file under another name first: a run that was cut short leaves no half of it.
fn write(path: &Path, fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<()> {
    let partial = path.with_extension("partial");
    let attempt = || {
        let mut out = BufWriter::new(File::create(&partial)?);
        fill(&mut out)?;
        out.into_inner()?.sync_all()?;
        fs::rename(&partial, path)
    };
    attempt().with_context(|| format!("{} cannot be written", path.display()))
}

/// The log file, made when it is not there. Its name carries a hash of its beginning, so that
/// another generator or another embedded set makes another file.
fn cached_corpus(dir: &Path, spec: &Spec, plants: &Plants) -> Result<(PathBuf, Counts)> {
    // Little, because a child process is charged with the memory of the one that started it.
    let mut beginning = Vec::new();
    generate(&Spec { size: spec.size.min(1 << 20), ..*spec }, plants, &mut beginning)?;
    let hash = beginning.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let path = dir.join(format!("{}-{}-{hash:016x}.log", spec.corpus, spec.size));
    if path.is_file() {
        // Counting again is faster than reading a file that says it could be trusted.
        let counts = generate(spec, plants, &mut io::sink())?;
        if fs::metadata(&path)?.len() == counts.bytes {
            return Ok((path, counts));
        }
    }
    eprintln!("writing {}", path.display());
    let mut counts = Counts::default();
    write(&path, |out| {
        counts = generate(spec, plants, out)?;
        Ok(())
    })?;
    Ok((path, counts))
}
