//! The entrance: a set of indicators made ready for scanning.

use super::Hit;
use crate::indicator::IndicatorSet;

/// A set of indicators and the index built from it.
#[derive(Debug)]
pub struct Matcher {
    indicators: IndicatorSet,
}

impl Matcher {
    /// Builds the index.
    #[must_use]
    pub fn new(indicators: IndicatorSet) -> Self {
        Self { indicators }
    }

    /// The indicators, which hits point into.
    #[must_use]
    pub fn indicators(&self) -> &IndicatorSet {
        &self.indicators
    }

    /// Every hit in `bytes`, taken as a whole input, in order of offset.
    #[must_use]
    pub fn hits(&self, bytes: &[u8]) -> Vec<Hit> {
        let _ = bytes;
        Vec::new()
    }
}
