//! The addresses that listed names were answered with.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::IpAddr;
use std::ops::ControlFlow;

use jiff::Timestamp;
use jiff::tz::Offset;

use super::follow_up::Derived;
use crate::indicator::{
    Class, Confidence, Group, IndicatorSet, Kind, NewClaim, Observable, Source, Traits,
};
use crate::record::{Field, InternalNets, Record, Verdict};
use crate::scan::Matcher;
use crate::sink::{InputRecord, Sighting, Sink};

/// The most addresses that are followed.
const MOST: usize = 65_536;
/// The most names that an address is said to have answered for.
const NAMED: usize = 3;

/// Addresses of DNS answers, and what they answered for.
#[derive(Debug, Default)]
pub struct Answers {
    given: BTreeMap<IpAddr, Given>,
    internal: InternalNets,
    answers: u64,
    left_out: u64,
}

/// One address.
#[derive(Debug)]
struct Given {
    /// Indicators, the first that it answered for.
    names: Vec<String>,
    /// Where the first answer stands.
    place: String,
    group: Option<&'static Group>,
    confidence: Confidence,
    /// The first and last answer, where they have a time.
    seen: Option<(Timestamp, Timestamp)>,
}

impl Answers {
    /// Nothing yet. An address in `internal` is never followed: it is a sinkhole or a blocked
    /// answer.
    #[must_use]
    pub fn new(internal: InternalNets) -> Self {
        Self { internal, ..Self::default() }
    }

    /// Takes the addresses of a hit that is an answer for a listed name.
    ///
    /// An answer that was blocked gives a sinkhole, and is not followed. Addresses that are listed
    /// themselves are found anyway.
    pub fn observe(&mut self, sighting: &Sighting<'_>) {
        let (Some(record), Some(assessment)) = (sighting.record, sighting.assessment) else {
            return;
        };
        let is_asked = matches!(assessment.field, Some(Field::QuestionName | Field::Answer));
        if !is_asked || record.verdict() == Some(Verdict::Blocked) {
            return;
        }
        let matches = sighting.hit.matches.iter();
        let mut names = matches.map(|found| sighting.indicators.get(found.indicator));
        let Some(name) = names.find(|indicator| {
            indicator.kind() == Kind::Domain && indicator.traits().class == Class::Infrastructure
        }) else {
            return;
        };
        let mut has_address = false;
        for address in addresses(record) {
            if self.internal.contains(address) || !is_somebody(address) {
                continue;
            }
            has_address = true;
            if self.given.len() >= MOST && !self.given.contains_key(&address) {
                self.left_out += 1;
                continue;
            }
            let given = self.given.entry(address).or_insert_with(|| Given {
                names: Vec::new(),
                place: format!("{}:{}", sighting.path, sighting.hit.line),
                group: name.group(),
                confidence: Confidence::NotSpecified,
                seen: None,
            });
            if given.names.len() < NAMED && !given.names.iter().any(|known| known == name.value()) {
                given.names.push(name.value().to_owned());
            }
            // A derived indicator is no better than the published one, and than medium.
            let confidence = name.best_claim().confidence.min(Confidence::Medium);
            given.confidence = given.confidence.max(confidence);
            if let Some(time) = record.time() {
                let (first, last) = given.seen.unwrap_or((time, time));
                given.seen = Some((first.min(time), last.max(time)));
            }
        }
        self.answers += u64::from(has_address);
    }

    /// How many answers there were.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.answers
    }

    /// How many times an address was left out because there were too many.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Those of the addresses that are in `set`, and which answers gave them; at most `most`.
    pub(super) fn derived(&self, set: &IndicatorSet, most: usize) -> Vec<Derived> {
        let followed: BTreeSet<_> = set.iter().map(|indicator| indicator.value()).collect();
        let told = self.given.iter().map(|(address, given)| Derived {
            address: address.to_string(),
            names: given.names.clone(),
            answer: given.place.clone(),
            first: given.seen.map(|(first, _)| first),
            last: given.seen.map(|(_, last)| last),
        });
        told.filter(|derived| followed.contains(&*derived.address)).take(most).collect()
    }

    /// The addresses as indicators, without those that `published` finds anyway.
    #[must_use]
    pub fn set(&self, published: &Matcher) -> IndicatorSet {
        let mut set = IndicatorSet::new();
        for (address, given) in &self.given {
            let text = address.to_string();
            if !published.hits(text.as_bytes()).is_empty() {
                continue;
            }
            let source = set.add_source(source(given.group));
            let role = format!("Address given for {}", given.names.join(", "));
            let note = format!("derived from a DNS answer, first at {}", given.place);
            let date = |time: Timestamp| Offset::UTC.to_datetime(time).date();
            let claim = NewClaim {
                role: &role,
                first_seen: given.seen.map(|(first, _)| date(first)),
                last_seen: given.seen.map(|(_, last)| date(last)),
                confidence: given.confidence,
                note: &note,
                ..NewClaim::bare(source)
            };
            let kind = if address.is_ipv4() { Kind::Ipv4 } else { Kind::Ipv6 };
            let observable = Observable { kind, value: text };
            let traits = Traits { class: Class::Derived, ..Traits::default() };
            // Far fewer than a set can hold.
            let _ = set.insert(&observable, traits, claim);
        }
        set
    }
}

/// What stands for the publication.
fn source(group: Option<&'static Group>) -> Source {
    let of = group.map(|group| format!("-{}", group.name.to_lowercase().replace(' ', "-")));
    Source {
        // A key has one group.
        key: format!("dns-answers{}", of.unwrap_or_default()),
        publisher: "flaxscan".to_owned(),
        publication: "DNS answers in the searched logs".to_owned(),
        published: String::new(),
        citation: "Derived by flaxscan --follow-answers: no publication lists the address"
            .to_owned(),
        group,
    }
}

/// The addresses of an answer.
pub(super) fn addresses(record: &Record<'_>) -> impl Iterator<Item = IpAddr> {
    let texts = record.all(Field::ResolvedIp);
    texts.filter_map(|text| text.parse::<IpAddr>().ok()).map(|address| address.to_canonical())
}

/// Whether it can be a machine's: a resolver that blocks answers `0.0.0.0` or `::`.
fn is_somebody(address: IpAddr) -> bool {
    !address.is_unspecified()
        && !address.is_multicast()
        && address != IpAddr::V4(std::net::Ipv4Addr::BROADCAST)
}

/// Hands hits on, and gathers [`Answers`] from them.
#[derive(Debug)]
pub struct Gather<'a, S> {
    inner: S,
    answers: &'a mut Answers,
}

impl<'a, S: Sink> Gather<'a, S> {
    /// Every hit of the scan has to come here: filters go behind it.
    pub fn new(inner: S, answers: &'a mut Answers) -> Self {
        Self { inner, answers }
    }

    /// The sink behind it.
    pub fn inner(&self) -> &S {
        &self.inner
    }
}

impl<S: Sink> Sink for Gather<'_, S> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.inner.begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        self.answers.observe(sighting);
        self.inner.hit(sighting)
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        self.inner.end(path, hits)
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        self.inner.account(record)
    }

    fn wants_hits(&self) -> bool {
        true
    }

    fn wants_records(&self) -> bool {
        true
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.inner.finish()
    }
}
