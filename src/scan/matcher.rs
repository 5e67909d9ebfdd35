//! The entrance: a set of indicators made ready for scanning.

use super::Hit;
use super::classify::{CheckedLevel, SimdLevel, UnavailableLevel};
use super::scanner::Scanner;
use crate::index::Index;
use crate::indicator::IndicatorSet;

/// A set of indicators and the index built from it.
///
/// ```
/// use flaxscan::indicator::IndicatorSet;
/// use flaxscan::scan::{Matcher, Relation};
///
/// let matcher = Matcher::new(IndicatorSet::embedded());
/// let hits = matcher.hits(b"query[A] API.k3121.com from 10.20.4.9\n");
/// assert_eq!(hits.len(), 1);
/// assert_eq!(hits[0].best().relation, Relation::Exact);
/// assert_eq!(hits[0].column(), 10);
/// ```
#[derive(Debug)]
pub struct Matcher {
    indicators: IndicatorSet,
    index: Index,
    level: CheckedLevel,
}

impl Matcher {
    /// Builds the index, for the fastest level that this processor has.
    #[must_use]
    pub fn new(indicators: IndicatorSet) -> Self {
        let index = Index::new(&indicators);
        Self { indicators, index, level: CheckedLevel::fastest() }
    }

    /// The same indicators scanned for at another level. Hits do not depend on it.
    ///
    /// # Errors
    /// [`UnavailableLevel`] where this processor does not have it.
    pub fn with_level(self, level: SimdLevel) -> Result<Self, UnavailableLevel> {
        Ok(Self { level: CheckedLevel::new(level)?, ..self })
    }

    /// The level in use.
    #[must_use]
    pub fn level(&self) -> SimdLevel {
        self.level.level()
    }

    /// The indicators, which hits point into.
    #[must_use]
    pub fn indicators(&self) -> &IndicatorSet {
        &self.indicators
    }

    /// A scanner: one for each thread.
    pub(super) fn scanner(&self) -> Scanner<'_> {
        Scanner::new(&self.indicators, &self.index, self.level)
    }

    /// Every hit in `bytes`, taken as a whole input, in order of offset.
    #[must_use]
    pub fn hits(&self, bytes: &[u8]) -> Vec<Hit> {
        let whole = 0..bytes.len();
        let (hits, _) = self.scanner().scan(bytes, whole.clone(), whole);
        // A line may be long and full of hits: what was looked at for one is not for the next.
        let (mut start, mut seen) = (0, 0);
        hits.into_iter()
            .map(|hit| {
                // A hit's match may begin before that of the hit before it.
                let from = if hit.span.start < seen { 0 } else { seen };
                match memchr::memrchr(b'\n', &bytes[from..hit.span.start]) {
                    Some(feed) => start = from + feed + 1,
                    None if from == 0 => start = 0,
                    None => {}
                }
                seen = hit.span.start;
                Hit {
                    span: hit.span.start as u64..hit.span.end as u64,
                    line: hit.lines_before + 1,
                    line_start: start as u64,
                    encodings: hit.encodings,
                    matches: hit.matches,
                }
            })
            .collect()
    }
}
