//! The plain list: one value a line.

use crate::indicator::{IndicatorSet, ObservableError, SetFull, SourceId};

/// A line that is no indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The line number, from 1.
    pub line: u64,
    /// The line's text, at most 200 characters of it.
    pub text: String,
    /// What was expected.
    pub reason: ObservableError,
}

/// What a list held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListReport {
    /// Values that were new to the set.
    pub added: u64,
    /// Values that the set had already.
    pub known: u64,
    /// Lines that are no indicator: the first [`ListReport::REJECTED_KEPT`] of them.
    pub rejected: Vec<Rejected>,
    /// How many lines were no indicator.
    pub rejected_total: u64,
}

impl ListReport {
    /// How many rejected lines are kept with their text.
    pub const REJECTED_KEPT: usize = 1000;
}

/// Adds every value of a plain list to `set` as a bare claim of `source`.
///
/// # Errors
/// [`SetFull`] only: a line that is no indicator is reported, not fatal.
pub fn load_list(
    text: &[u8],
    source: SourceId,
    set: &mut IndicatorSet,
) -> Result<ListReport, SetFull> {
    let _ = (text, source, set);
    Ok(ListReport::default())
}
