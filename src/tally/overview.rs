//! What a tally comes to.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::contact::HostKind;
use super::counts::{Directions, Figures, Levels, Windows};
use super::distinct::Number;
use super::rhythm::Rhythm;
use super::timeline::Histogram;

/// What a [`Tally`](super::Tally) comes to. Rows are the worst first: by level of severity, then by
/// hits, then by name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Overview {
    /// What happened, in a sentence or two.
    pub headline: String,
    /// The first time that somebody here reached for any of it, or looked it up.
    pub first_contact: Option<FirstContact>,
    /// Of everything. Exact.
    pub totals: Figures,
    /// Hits whose lines name no machine inside. They are in no row of a host.
    pub without_host: u64,
    /// Indicators that were hit.
    pub indicators: Number,
    /// Machines inside.
    pub hosts: Number,
    /// Pairs of one of each.
    pub pairs: Number,
    /// Inputs with hits.
    pub files: Number,
    /// By where they lie to the published window.
    pub windows: Windows,
    /// By direction.
    pub directions: Directions,
    /// By level of severity.
    pub levels: Levels,
    /// By recognised format, the most first.
    pub datasets: Vec<Counted>,
    /// Over time; none where nothing has a time.
    pub over_time: Option<Histogram>,
    /// By indicator: the worst ones.
    pub by_indicator: Vec<IndicatorRow>,
    /// By machine inside: the worst ones.
    pub by_host: Vec<HostRow>,
    /// By machine inside and indicator: the worst ones.
    pub by_pair: Vec<PairRow>,
    /// The worst of those pairs that meet [regularly](Rhythm::is_regular).
    pub regular: Vec<PairRow>,
    /// How many pairs do.
    pub regular_pairs: u64,
    /// Which rows are estimates, for there were more than are kept.
    pub estimated: Estimated,
}

/// Where there were more than are kept. The totals are exact all the same; so is every row whose
/// `hits_error` is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Estimated {
    /// The most hits that an indicator can have that is in no row; 0: every one has a row.
    pub indicators_floor: u64,
    /// The same of a host.
    pub hosts_floor: u64,
    /// The same of a pair.
    pub pairs_floor: u64,
}

impl Estimated {
    /// Whether any row is one.
    #[must_use]
    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}

/// A name, and how often it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// What.
    pub name: Arc<str>,
    /// How often.
    pub hits: u64,
}

/// What hit of one indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct IndicatorRow {
    /// Its canonical value.
    pub name: Arc<str>,
    /// `ipv4-addr`, `domain-name`, …
    pub kind: Arc<str>,
    /// `infrastructure` or `sanctioned-entity`.
    pub class: Arc<str>,
    /// `High`, `Medium`, `Low` or `Not Specified`.
    pub confidence: Arc<str>,
    /// What it is.
    pub description: Arc<str>,
    /// Who published it.
    pub provider: Arc<str>,
    /// Whose infrastructure it is.
    pub group: Option<Arc<str>>,
    /// The sums.
    #[serde(flatten)]
    pub figures: Figures,
    /// Machines inside that met it.
    pub hosts: Number,
    /// Hits in the buckets of [`Overview::over_time`].
    pub over_time: Vec<u64>,
}

/// What one machine inside did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HostRow {
    /// Its address or name.
    pub name: Arc<str>,
    /// What it is known by.
    pub kind: HostKind,
    /// The sums.
    #[serde(flatten)]
    pub figures: Figures,
    /// Indicators that it met.
    pub indicators: Number,
    /// Accounts that the lines name, the first by name.
    pub users: Vec<String>,
    /// Whether there were more.
    pub more_users: bool,
    /// The first contact of all.
    pub first_contact: Option<FirstContact>,
    /// Hits in the buckets of [`Overview::over_time`].
    pub over_time: Vec<u64>,
}

/// What one machine inside and one indicator had with each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PairRow {
    /// The machine's address or name.
    pub host: Arc<str>,
    /// What it is known by.
    pub host_kind: HostKind,
    /// The indicator's canonical value.
    pub indicator: Arc<str>,
    /// `ipv4-addr`, `domain-name`, …
    pub indicator_kind: Arc<str>,
    /// The sums.
    #[serde(flatten)]
    pub figures: Figures,
    /// How regularly.
    pub rhythm: Rhythm,
    /// The first time.
    pub first_contact: Option<FirstContact>,
}

/// Where a contact stands that was the first: of those without a time the first by file and line,
/// where none has a time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FirstContact {
    /// When.
    pub time: Option<Timestamp>,
    /// Who.
    pub host: Option<Arc<str>>,
    /// With which indicator.
    pub indicator: Arc<str>,
    /// In which input.
    pub file: Arc<str>,
    /// In which line, from 1.
    pub line: u64,
}
