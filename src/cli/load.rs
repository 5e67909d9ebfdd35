//! The indicators that the command line asks for.

use std::path::Path;

use anyhow::{Context, bail};
use flaxscan::feed::{ListReport, load_list};
use flaxscan::indicator::{IndicatorSet, Source, embedded_sha256, embedded_version};
use flaxscan::scan::{Matcher, SimdLevel};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::args::IndicatorArgs;
use super::complain;

/// Rejected lines that are named for each file.
const NAMED: usize = 10;

/// A set of indicators, and whether a line of a list was not understood.
pub struct Loaded {
    pub set: IndicatorSet,
    pub origins: Vec<Origin>,
    pub trouble: bool,
}

/// Where indicators came from, for a case file.
#[derive(Debug, Serialize)]
pub struct Origin {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<&'static str>,
    /// Values in it, also those that another one has.
    pub indicators: u64,
    /// Of the list's bytes; of the embedded set, of its two data files one after the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Whether to hash what is loaded. It takes a moment where a list is long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hashes {
    Wanted,
    Unwanted,
}

impl Hashes {
    fn of(self, text: &[u8]) -> Option<String> {
        let hash = (self == Self::Wanted).then(|| Sha256::digest(text))?;
        Some(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Loads the built-in indicators and the lists. A list that cannot be read at all is an error, and
/// nothing is scanned: the answer would be to another question.
pub fn load(args: &IndicatorArgs, hashes: Hashes) -> anyhow::Result<Loaded> {
    let mut set = IndicatorSet::new();
    let mut origins = Vec::new();
    if !args.no_builtin {
        set = IndicatorSet::embedded();
        origins.push(Origin {
            name: "built-in".to_owned(),
            edition: Some(embedded_version()),
            indicators: set.len() as u64,
            sha256: (hashes == Hashes::Wanted).then(|| embedded_sha256().to_owned()),
        });
    }
    let mut trouble = false;
    for path in &args.indicators {
        let name = path.display().to_string();
        let text = std::fs::read(path)
            .with_context(|| format!("{name}: the list of indicators cannot be read"))?;
        let source = set.add_source(Source { key: name, ..Source::default() });
        let report = load_list(&text, source, &mut set)
            .with_context(|| format!("{}: the list of indicators is too long", path.display()))?;
        origins.push(Origin {
            name: path.display().to_string(),
            edition: None,
            indicators: report.added + report.known,
            sha256: hashes.of(&text),
        });
        trouble |= report.rejected_total > 0;
        name_rejected(path, &report);
        if report.added + report.known == 0 && report.rejected_total == 0 {
            complain(&format!("{}: there is no indicator in this list", path.display()));
            trouble = true;
        }
    }
    if set.is_empty() {
        bail!("there is nothing to look for: no indicator was loaded");
    }
    Ok(Loaded { set, origins, trouble })
}

/// Makes the indicators ready for scanning. `FLAXSCAN_SIMD` names the SIMD level, for tests: what
/// is found does not depend on it.
pub fn matcher(set: IndicatorSet) -> anyhow::Result<Matcher> {
    let matcher = Matcher::new(set);
    match std::env::var_os("FLAXSCAN_SIMD") {
        None => Ok(matcher),
        Some(level) => {
            let level: SimdLevel = level.to_string_lossy().parse().context("FLAXSCAN_SIMD")?;
            Ok(matcher.with_level(level)?)
        }
    }
}

fn name_rejected(path: &Path, report: &ListReport) {
    let path = path.display();
    let named = report.rejected.iter().take(NAMED);
    let left = report.rejected_total - named.len() as u64;
    for rejected in named {
        complain(&format!("{path}:{}: {}: {}", rejected.line, rejected.reason, rejected.text));
    }
    if left > 0 {
        complain(&format!("{path}: and {left} more lines that are no indicator"));
    }
}
