//! What hits come to: who met whom, how often, since when, how regularly.
//!
//! A [`Tally`] is shown every hit as a [`Contact`], and at any time tells its
//! [`Overview`]. Its memory is bounded: where there are more hosts or indicators than [`Limits`]
//! allow, the worst and most frequent ones keep their rows, and the rows say how far off they can
//! be. Within the limits everything is exact, and the order of hits makes no difference as long as
//! those of one line come one after the other: its bytes count once.
//! `docs/tally.md` in the project describes the figures.

mod contact;
mod counts;
mod distinct;
mod ends;
mod headline;
mod overview;
mod rhythm;
mod rows;
mod space;
mod standing;
mod timeline;

use std::cmp::Reverse;
use std::sync::Arc;

pub use contact::{Act, Contact, Host, HostKind, Listed};
pub use counts::{Acts, Directions, Figures, Levels, Verdicts, Windows};
use counts::{Events, Sum};
pub use distinct::Number;
use distinct::{Distinct, hash};
use headline::Headline;
pub use overview::{Counted, Estimated, FirstContact, HostRow, IndicatorRow, Overview, PairRow};
pub use rhythm::{Regularity, Rhythm};
use rows::{
    Between, HostTally, IndicatorTally, LONGEST, LONGEST_PATH, PairTally, Ranked, Said, clip,
};
use space::{Slot, Space};
pub use standing::Standing;
pub use timeline::Histogram;
use timeline::Timeline;

use crate::assess::Level;
use crate::words::push_digits;

/// How many rows there are, and what is kept for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Indicators.
    pub indicators: usize,
    /// Machines inside.
    pub hosts: usize,
    /// Pairs of one of each.
    pub pairs: usize,
    /// Times of a pair, which its rhythm is told by: the latest.
    pub times: usize,
}

impl Default for Limits {
    /// At most about 100 MB.
    fn default() -> Self {
        Self { indicators: 8192, hosts: 16_384, pairs: 16_384, times: 256 }
    }
}

/// Formats that are counted. There are not so many; a forged file may name more.
const DATASETS: usize = 256;

/// Counts hits.
#[derive(Debug)]
pub struct Tally {
    limits: Limits,
    events: Events,
    totals: Sum,
    without_host: u64,
    windows: Windows,
    directions: Directions,
    levels: Levels,
    indicators: Distinct,
    hosts: Distinct,
    pairs: Distinct,
    files: Distinct,
    datasets: Space<Arc<str>>,
    timeline: Timeline,
    headline: Headline,
    by_indicator: Space<IndicatorTally>,
    by_host: Space<HostTally>,
    by_pair: Space<PairTally>,
    keys: Keys,
    said: Said,
}

impl Default for Tally {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Tally {
    /// Without hits so far.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            events: Events::default(),
            totals: Sum::default(),
            without_host: 0,
            windows: Windows::default(),
            directions: Directions::default(),
            levels: Levels::default(),
            indicators: Distinct::default(),
            hosts: Distinct::default(),
            pairs: Distinct::default(),
            files: Distinct::default(),
            datasets: Space::new(DATASETS),
            timeline: Timeline::default(),
            headline: Headline::default(),
            by_indicator: Space::new(limits.indicators),
            by_host: Space::new(limits.hosts),
            by_pair: Space::new(limits.pairs),
            keys: Keys::default(),
            said: Said::default(),
        }
    }

    /// Counts a hit.
    pub fn observe(&mut self, contact: &Contact<'_>) {
        let is_new_file = self.keys.set(contact);
        if is_new_file {
            self.files.add(hash(contact.file));
        }
        let event = self.events.number(contact, is_new_file);
        let Keys { indicator, host, pair, shown_file, .. } = &self.keys;
        let level = level(contact.severity);
        self.totals.add(contact, event);
        self.windows.add(contact.window);
        self.directions.add(contact.direction);
        self.levels.add(contact.severity.map(Level::of));
        self.datasets.hit(contact.dataset, 0, || rows::clipped(contact.dataset, 64));
        if let Some(time) = contact.time {
            self.timeline.add(time.as_second());
        }
        let indicator_hash = hash(indicator);
        let host_hash = contact.host.as_ref().map(|_| hash(host));
        self.indicators.add(indicator_hash);
        let row = self
            .by_indicator
            .hit(indicator, level, || IndicatorTally::new(contact, &mut self.said));
        row.add(contact, event, host_hash);
        let [name, kind] = row.named();
        let mut between = Between { host: None, indicator: name, file: Arc::clone(shown_file) };
        let Some((found, host_hash)) = contact.host.as_ref().zip(host_hash) else {
            self.headline.add(contact, &between, indicator_hash, None);
            self.without_host += 1;
            return;
        };
        self.hosts.add(host_hash);
        self.pairs.add(hash(pair));
        let row = self.by_host.hit(host, level, || HostTally::new(found));
        between.host = Some(row.shared_name());
        row.add(contact, &between, event, indicator_hash);
        let fresh = || {
            let indicator = [Arc::clone(&between.indicator), kind];
            PairTally::new(row.shared_name(), found.kind, indicator)
        };
        self.by_pair.hit(pair, level, fresh).add(contact, &between, event, self.limits.times);
        self.headline.add(contact, &between, indicator_hash, Some(host_hash));
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.totals.figures.hits == 0
    }

    /// What it comes to; `top`: rows of each sort.
    #[must_use]
    pub fn overview(&self, top: usize) -> Overview {
        let by_pair = first(&self.by_pair.sorted(), top, Some(&self.timeline));
        Overview { by_pair, ..self.standing().overview(top) }
    }

    /// The rows in their order, for who wants to be told one by one.
    #[must_use]
    pub fn standing(&self) -> Standing<'_> {
        Standing::of(self)
    }

    fn regular(&self) -> Vec<&Slot<PairTally>> {
        self.by_pair.sorted_where(|slot| slot.row.rhythm().is_regular())
    }

    /// What needs no rows.
    fn sums(&self) -> Overview {
        let mut datasets: Vec<_> = self.datasets.rows().collect();
        datasets.sort_by_key(|slot| (Reverse(slot.hits), &slot.row));
        Overview {
            headline: self.headline.sentence(&self.totals.figures),
            first_contact: self.headline.first_contact(),
            totals: self.totals.figures.clone(),
            without_host: self.without_host,
            indicators: self.indicators.number(),
            hosts: self.hosts.number(),
            pairs: self.pairs.number(),
            files: self.files.number(),
            windows: self.windows,
            directions: self.directions,
            levels: self.levels,
            datasets: datasets
                .into_iter()
                .map(|slot| Counted { name: Arc::clone(&slot.row), hits: slot.hits })
                .collect(),
            over_time: self.timeline.histogram(),
            by_indicator: Vec::new(),
            by_host: Vec::new(),
            by_pair: Vec::new(),
            regular: Vec::new(),
            regular_pairs: 0,
            estimated: Estimated {
                indicators_floor: self.by_indicator.floor(),
                hosts_floor: self.by_host.floor(),
                pairs_floor: self.by_pair.floor(),
            },
        }
    }
}

/// The first rows, told.
fn first<R: Ranked>(slots: &[&Slot<R>], top: usize, whole: Option<&Timeline>) -> Vec<R::Told> {
    slots.iter().take(top).map(|slot| R::told(slot, whole)).collect()
}

/// 0 where it is not known, to 4.
fn level(severity: Option<u8>) -> u8 {
    severity.map_or(0, |severity| Level::of(severity) as u8 + 1)
}

/// The keys of a contact. The memory is used again.
#[derive(Debug)]
struct Keys {
    /// The input of the last contact.
    file: Option<String>,
    /// As much of it as is kept.
    shown_file: Arc<str>,
    indicator: String,
    host: String,
    pair: String,
}

impl Default for Keys {
    fn default() -> Self {
        let [indicator, host, pair] = [const { String::new() }; 3];
        Self { file: None, shown_file: "".into(), indicator, host, pair }
    }
}

impl Keys {
    /// Makes them; `true` where the input is another one. Hits come input by input.
    fn set(&mut self, contact: &Contact<'_>) -> bool {
        let is_new_file = self.file.as_deref() != Some(contact.file);
        if is_new_file {
            self.file = Some(contact.file.to_owned());
            self.shown_file = rows::clipped(contact.file, LONGEST_PATH);
        }
        let Self { indicator, host, pair, .. } = self;
        let listed = &contact.indicator;
        let name = clip(listed.name, LONGEST);
        let kind = clip(listed.kind, LONGEST);
        indicator.clear();
        join(indicator, kind, name);
        host.clear();
        pair.clear();
        if let Some(found) = &contact.host {
            for part in [found.kind.name(), " ", clip(&found.name, LONGEST)] {
                host.push_str(part);
            }
            join(pair, host, indicator);
        }
        is_new_file
    }
}

/// Puts two parts into a key. The first one's length keeps them apart, whatever is in them.
fn join(key: &mut String, first: &str, second: &str) {
    push_digits(key, first.len() as u64);
    for part in [" ", first, " ", second] {
        key.push_str(part);
    }
}
