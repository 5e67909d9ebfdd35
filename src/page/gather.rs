//! What a page keeps of the hits while they come in.

use std::collections::BTreeSet;
use std::io;

use hashbrown::HashMap;
use jiff::Timestamp;

use super::row::{Kept, Row, Shared, Words, cut_name};
use super::seen::Seen;
use super::sums::Sums;
use crate::sink::{Sighting, indicator_days};
use crate::stored::{Receiver, StoredHit};
use crate::tally::Tally;

/// Takes hits for a page. Its memory is bounded, however many there are.
#[derive(Debug)]
pub struct Gather {
    pub(super) tally: Tally,
    /// Rows that are told over time.
    pub(super) told: usize,
    pub(super) rows: Kept,
    words: Words,
    /// Once there are more hits than rows.
    pub(super) sums: Option<Sums>,
    pub(super) hits: u64,
    /// What is published of indicators, by name.
    pub(super) published: HashMap<Box<str>, Published>,
    /// Versions of flaxscan that wrote the hits.
    pub(super) versions: BTreeSet<String>,
    /// When the first scan that they are from began, and the last.
    pub(super) scanned: Option<(Timestamp, Timestamp)>,
}

/// What a publication says beside what is tallied.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) first_seen: Option<Timestamp>,
    pub(super) last_seen: Option<Timestamp>,
    pub(super) reference: Shared,
}

impl Gather {
    /// Lines that a page has at most.
    pub const ROWS: usize = 100_000;
    /// Indicators whose dates are kept: as many as are tallied.
    const PUBLISHED: usize = 8192;
    const VERSIONS: usize = 8;

    /// Without hits so far.
    #[must_use]
    pub fn new() -> Self {
        Self::with_rows(Self::ROWS)
    }

    /// Keeps at most so many lines.
    #[must_use]
    pub fn with_rows(most: usize) -> Self {
        Self {
            tally: Tally::default(),
            told: 0,
            rows: Kept::new(most),
            words: Words::new(),
            sums: None,
            hits: 0,
            published: HashMap::new(),
            versions: BTreeSet::new(),
            scanned: None,
        }
    }

    /// So many rows of each sort will be told over time, for who shows them
    /// [beside the page](super::Spent::overview).
    #[must_use]
    pub fn telling(self, rows: usize) -> Self {
        Self { told: rows, ..self }
    }

    /// Takes a hit while it is there; `ingested` is when the scan began. What is kept of it is what
    /// would be kept of its document.
    pub fn sighting(&mut self, sighting: &Sighting<'_>, ingested: Timestamp) {
        let seen = Seen::of_sighting(sighting);
        self.add(&seen, ingested, env!("CARGO_PKG_VERSION"), || {
            let best = sighting.indicators.get(sighting.hit.best().indicator);
            let claim = best.best_claim();
            let [first_seen, last_seen] = indicator_days(&claim);
            (first_seen, last_seen, &claim.source.citation)
        });
    }

    fn add<'p>(
        &mut self,
        seen: &Seen<'_>,
        ingested: Timestamp,
        version: &str,
        published: impl FnOnce() -> (Option<Timestamp>, Option<Timestamp>, &'p str),
    ) {
        let contact = &seen.contact;
        let name = contact.indicator.name;
        self.hits += 1;
        self.tally.observe(contact);
        if self.sums.is_none() && self.rows.is_full() {
            self.sums = Some(self.rows.sums());
        }
        if let Some((sums, time)) = self.sums.as_mut().zip(contact.time) {
            let host = contact.host.as_ref().map(|host| cut_name(&host.name));
            sums.add(time.as_second(), contact.severity, &cut_name(name), host.as_deref());
        }
        self.rows.offer(contact.severity, || Row::new(seen, &mut self.words));
        if self.published.len() < Self::PUBLISHED && !self.published.contains_key(name) {
            let (first_seen, last_seen, reference) = published();
            let reference = self.words.name(reference);
            let published = Published { first_seen, last_seen, reference };
            self.published.insert(name.into(), published);
        }
        if self.versions.len() < Self::VERSIONS && !self.versions.contains(version) {
            self.versions.insert(cut_name(version).into());
        }
        self.scanned = Some(match self.scanned {
            Some((first, last)) => (first.min(ingested), last.max(ingested)),
            None => (ingested, ingested),
        });
    }
}

impl Default for Gather {
    fn default() -> Self {
        Self::new()
    }
}

impl Receiver for Gather {
    fn hit(&mut self, hit: &StoredHit) -> io::Result<()> {
        self.add(&Seen::of_stored(hit), hit.event.ingested, &hit.flaxscan.version, || {
            let best = &hit.threat.indicator;
            (best.first_seen, best.last_seen, &best.reference)
        });
        Ok(())
    }

    /// The page is [written](super::write) when it is known what was scanned, too.
    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}
