//! The indicators that the command line asks for.

use std::path::Path;

use anyhow::{Context, bail};
use flaxscan::feed::{ListReport, load_list};
use flaxscan::indicator::{IndicatorSet, Source};
use flaxscan::scan::{Matcher, SimdLevel};

use super::args::IndicatorArgs;
use super::complain;

/// Rejected lines that are named for each file.
const NAMED: usize = 10;

/// A set of indicators, and whether a line of a list was not understood.
pub struct Loaded {
    pub set: IndicatorSet,
    pub trouble: bool,
}

/// Loads the built-in indicators and the lists. A list that cannot be read at all is an error, and
/// nothing is scanned: the answer would be to another question.
pub fn load(args: &IndicatorArgs) -> anyhow::Result<Loaded> {
    let mut set = if args.no_builtin { IndicatorSet::new() } else { IndicatorSet::embedded() };
    let mut trouble = false;
    for path in &args.indicators {
        let name = path.display().to_string();
        let text = std::fs::read(path)
            .with_context(|| format!("{name}: the list of indicators cannot be read"))?;
        let source = set.add_source(Source { key: name, ..Source::default() });
        let report = load_list(&text, source, &mut set)
            .with_context(|| format!("{}: the list of indicators is too long", path.display()))?;
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
    Ok(Loaded { set, trouble })
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
