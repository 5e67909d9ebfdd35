//! The rows in their order, told one by one.
//!
//! A page shows a few hundred of thousands of rows, once: told all together they would take as much
//! memory again as the tally has, and memory that was not touched before is what costs time.

use super::overview::{HostRow, IndicatorRow, Overview, PairRow};
use super::rows::{HostTally, IndicatorTally, PairTally, Ranked as _};
use super::space::Slot;
use super::{Tally, first};

/// What a [`Tally`] has, the worst first.
#[derive(Debug)]
pub struct Standing<'t> {
    tally: &'t Tally,
    indicators: Vec<&'t Slot<IndicatorTally>>,
    hosts: Vec<&'t Slot<HostTally>>,
    regular: Vec<&'t Slot<PairTally>>,
}

impl<'t> Standing<'t> {
    pub(super) fn of(tally: &'t Tally) -> Self {
        Self {
            tally,
            indicators: tally.by_indicator.sorted(),
            hosts: tally.by_host.sorted(),
            regular: tally.regular(),
        }
    }

    /// What it comes to; `top`: rows of each sort, of which the pairs are left out.
    #[must_use]
    pub fn overview(&self, top: usize) -> Overview {
        let whole = Some(&self.tally.timeline);
        Overview {
            by_indicator: first(&self.indicators, top, whole),
            by_host: first(&self.hosts, top, whole),
            regular: first(&self.regular, top, whole),
            regular_pairs: self.regular.len() as u64,
            ..self.tally.sums()
        }
    }

    /// The indicators; nothing of them is told over time.
    pub fn indicators(&self) -> impl ExactSizeIterator<Item = IndicatorRow> {
        self.indicators.iter().map(|slot| IndicatorTally::told(slot, None))
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &'t str> {
        self.indicators.iter().map(|slot| slot.row.name())
    }

    /// The machines inside; nothing of them is told over time.
    pub fn hosts(&self) -> impl ExactSizeIterator<Item = HostRow> {
        self.hosts.iter().map(|slot| HostTally::told(slot, None))
    }

    /// The pairs that are [regular](super::Rhythm::is_regular).
    pub fn regular(&self) -> impl ExactSizeIterator<Item = PairRow> {
        self.regular.iter().map(|slot| PairTally::told(slot, None))
    }

    /// The pairs of so many of the first machines.
    #[must_use]
    pub fn met(&self, hosts: usize) -> Vec<PairRow> {
        let hosts: Vec<&str> = self.hosts.iter().take(hosts).map(|slot| slot.row.name()).collect();
        let is_met = |slot: &Slot<PairTally>| hosts.contains(&slot.row.host());
        first(&self.tally.by_pair.sorted_where(is_met), usize::MAX, None)
    }
}
