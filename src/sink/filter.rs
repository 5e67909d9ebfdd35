//! Only hits whose line says what is asked for.
//!
//! What is kept back is counted, and said: a filter must not look like a clean log.

use std::collections::HashSet;
use std::io;
use std::net::IpAddr;
use std::ops::ControlFlow;

use ipnet::IpNet;
use jiff::Timestamp;

use super::{InputRecord, Sighting, Sink};
use crate::assess::Window;
use crate::indicator::IndicatorId;
use crate::record::{Direction, Field, Record, Verdict};
use crate::scan::Summary;

/// What a hit has to be to be kept: all of it. What is empty asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Criteria {
    /// At this time or later. A line without a time is kept: nothing is to be missed for the lack
    /// of one.
    pub since: Option<Timestamp>,
    /// Before this time, or without one.
    pub until: Option<Timestamp>,
    /// One of these; `None` is a line that does not say.
    pub directions: Vec<Option<Direction>>,
    /// One of these; `None` is a line that does not say.
    pub verdicts: Vec<Option<Verdict>>,
    /// At least this severe.
    pub min_severity: Option<u8>,
    /// One of these.
    pub windows: Vec<Window>,
    /// From an address in one of these networks, before or behind a translation.
    pub sources: Vec<IpNet>,
    /// To an address in one of these, before or behind a translation.
    pub destinations: Vec<IpNet>,
}

impl Criteria {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a hit is to be kept. One of a line that was not read is.
    #[must_use]
    pub fn keep(&self, sighting: &Sighting<'_>) -> bool {
        let (Some(record), Some(assessment)) = (sighting.record, sighting.assessment) else {
            return true;
        };
        let time = record.time();
        let is_in = |nets: &[IpNet], fields: &[Field]| {
            nets.is_empty()
                || addresses(record, fields).any(|ip| nets.iter().any(|n| n.contains(&ip)))
        };
        self.since.zip(time).is_none_or(|(since, time)| time >= since)
            && self.until.zip(time).is_none_or(|(until, time)| time < until)
            && (self.directions.is_empty() || self.directions.contains(&record.direction()))
            && (self.verdicts.is_empty() || self.verdicts.contains(&record.verdict()))
            && self.min_severity.is_none_or(|least| assessment.severity >= least)
            && (self.windows.is_empty() || self.windows.contains(&assessment.window))
            && is_in(&self.sources, &[Field::SourceIp, Field::SourceNatIp, Field::ForwardedIp])
            && is_in(&self.destinations, &[Field::DestinationIp, Field::DestinationNatIp])
    }
}

/// `::ffff:10.0.0.1` is 10.0.0.1.
fn addresses(record: &Record<'_>, fields: &[Field]) -> impl Iterator<Item = IpAddr> {
    use crate::record::FieldValue;

    record.fields().filter(move |(field, _)| fields.contains(field)).filter_map(|(_, value)| {
        match value {
            FieldValue::Ip(address) => Some(address.to_canonical()),
            _ => None,
        }
    })
}

/// Hands on the hits that meet [`Criteria`], and counts all of them.
#[derive(Debug)]
pub struct Filter<S> {
    inner: S,
    criteria: Criteria,
    /// Hits of the input that began last.
    kept_here: u64,
    kept: u64,
    dropped: u64,
    kept_lines: u64,
    last_line: Option<u64>,
    indicators: HashSet<IndicatorId>,
}

impl<S: Sink> Filter<S> {
    /// Without criteria it does nothing at all.
    pub fn new(inner: S, criteria: Criteria) -> Self {
        Self {
            inner,
            criteria,
            kept_here: 0,
            kept: 0,
            dropped: 0,
            kept_lines: 0,
            last_line: None,
            indicators: HashSet::new(),
        }
    }

    /// The sink behind it.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Makes a scan's numbers those of the hits that were kept, and says how many were not.
    pub fn correct(&self, summary: &mut Summary) {
        if self.is_active() {
            summary.hits = self.kept;
            summary.hit_lines = self.kept_lines;
            summary.distinct_indicators = self.indicators.len() as u64;
            summary.filtered = self.dropped;
        }
    }

    /// How many hits were left out.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn is_active(&self) -> bool {
        !self.criteria.is_empty()
    }
}

impl<S: Sink> Sink for Filter<S> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.kept_here = 0;
        self.last_line = None;
        self.inner.begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        if self.is_active() {
            if !self.criteria.keep(sighting) {
                self.dropped += 1;
                return Ok(ControlFlow::Continue(()));
            }
            self.kept_here += 1;
            self.kept += 1;
            let line = Some(sighting.hit.line);
            self.kept_lines += u64::from(self.last_line != line);
            self.last_line = line;
            self.indicators.extend(sighting.hit.matches.iter().map(|found| found.indicator));
        }
        self.inner.hit(sighting)
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        let hits = if self.is_active() { self.kept_here } else { hits };
        self.inner.end(path, hits)
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        if !self.is_active() {
            return self.inner.account(record);
        }
        // Another input's is empty: only the one that is under way has hits.
        let hits = record.hits.min(self.kept_here);
        self.inner.account(&InputRecord { hits, ..*record })
    }

    /// Where something is asked for, each hit has to be looked at.
    fn wants_hits(&self) -> bool {
        self.is_active() || self.inner.wants_hits()
    }

    fn wants_records(&self) -> bool {
        self.is_active() || self.inner.wants_records()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.inner.finish()
    }
}
