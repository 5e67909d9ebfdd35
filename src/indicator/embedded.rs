//! The published Flax Typhoon infrastructure, compiled in.

use super::set::IndicatorSet;

impl IndicatorSet {
    /// The embedded set.
    #[must_use]
    pub fn embedded() -> Self {
        Self::new()
    }
}
