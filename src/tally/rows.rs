//! What is kept of an indicator, a host, and a pair of them.

use std::cmp::Reverse;
use std::sync::Arc;

use super::contact::{Contact, Host, HostKind};
use super::counts::{Figures, Sum};
use super::distinct::Distinct;
use super::overview::{FirstContact, HostRow, IndicatorRow, PairRow};
use super::rhythm::{Rhythm, Times};
use super::space::Slot;
use super::timeline::Timeline;

/// Bytes of a name, an account, a description. What a line says may be 64 KiB; what is longer and
/// begins the same is counted as one.
pub(super) const LONGEST: usize = 512;
/// Bytes of a path, of which more counts.
pub(super) const LONGEST_PATH: usize = 2048;
/// Accounts of a host.
const USERS: usize = 8;

/// The beginning of a text, in bytes.
pub(super) fn clip(text: &str, longest: usize) -> &str {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The same to keep.
pub(super) fn clipped(text: &str, longest: usize) -> Arc<str> {
    clip(text, longest).into()
}

/// What many indicators have in common: kinds, providers, descriptions. The first ones are shared.
#[derive(Debug, Default)]
pub(super) struct Said(Vec<Arc<str>>);

impl Said {
    const MOST: usize = 64;

    fn share(&mut self, text: &str) -> Arc<str> {
        let text = clip(text, LONGEST);
        if let Some(known) = self.0.iter().find(|known| ***known == *text) {
            return Arc::clone(known);
        }
        let fresh: Arc<str> = text.into();
        if self.0.len() < Self::MOST {
            self.0.push(Arc::clone(&fresh));
        }
        fresh
    }
}

/// What a contact is between, as the rows name it. They share the texts.
#[derive(Debug, Clone)]
pub(super) struct Between {
    pub(super) host: Option<Arc<str>>,
    pub(super) indicator: Arc<str>,
    pub(super) file: Arc<str>,
}

/// An indicator.
#[derive(Debug)]
pub(super) struct IndicatorTally {
    name: Arc<str>,
    kind: Arc<str>,
    class: Arc<str>,
    confidence: Arc<str>,
    description: Arc<str>,
    provider: Arc<str>,
    group: Option<Arc<str>>,
    sum: Sum,
    hosts: Distinct,
    timeline: Timeline,
}

impl IndicatorTally {
    pub(super) fn new(contact: &Contact<'_>, said: &mut Said) -> Self {
        let listed = &contact.indicator;
        Self {
            name: clipped(listed.name, LONGEST),
            kind: said.share(listed.kind),
            class: said.share(listed.class),
            confidence: said.share(listed.confidence),
            description: said.share(&listed.description()),
            provider: said.share(listed.provider),
            group: listed.group.map(|group| said.share(group)),
            sum: Sum::default(),
            hosts: Distinct::default(),
            timeline: Timeline::default(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its name and its kind, to share.
    pub(super) fn named(&self) -> [Arc<str>; 2] {
        [&self.name, &self.kind].map(Arc::clone)
    }

    pub(super) fn add(&mut self, contact: &Contact<'_>, event: u64, host: Option<u64>) {
        self.sum.add(contact, event);
        if let Some(host) = host {
            self.hosts.add(host);
        }
        if let Some(time) = contact.time {
            self.timeline.add(time.as_second());
        }
    }
}

/// A host.
#[derive(Debug)]
pub(super) struct HostTally {
    name: Arc<str>,
    kind: HostKind,
    sum: Sum,
    indicators: Distinct,
    users: Users,
    first: First,
    timeline: Timeline,
}

impl HostTally {
    pub(super) fn new(host: &Host<'_>) -> Self {
        Self {
            name: clipped(&host.name, LONGEST),
            kind: host.kind,
            sum: Sum::default(),
            indicators: Distinct::default(),
            users: Users::default(),
            first: First::default(),
            timeline: Timeline::default(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its name, to share.
    pub(super) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    pub(super) fn add(
        &mut self,
        contact: &Contact<'_>,
        between: &Between,
        event: u64,
        indicator: u64,
    ) {
        self.sum.add(contact, event);
        self.indicators.add(indicator);
        if let Some(user) = &contact.user {
            self.users.add(user);
        }
        self.first.add(contact, between);
        if let Some(time) = contact.time {
            self.timeline.add(time.as_second());
        }
    }
}

/// A host and an indicator.
#[derive(Debug)]
pub(super) struct PairTally {
    host: Arc<str>,
    host_kind: HostKind,
    indicator: Arc<str>,
    indicator_kind: Arc<str>,
    sum: Sum,
    times: Times,
    first: First,
}

impl PairTally {
    pub(super) fn new(host: Arc<str>, host_kind: HostKind, indicator: [Arc<str>; 2]) -> Self {
        let [indicator, indicator_kind] = indicator;
        Self {
            host,
            host_kind,
            indicator,
            indicator_kind,
            sum: Sum::default(),
            times: Times::default(),
            first: First::default(),
        }
    }

    pub(super) fn add(
        &mut self,
        contact: &Contact<'_>,
        between: &Between,
        event: u64,
        times: usize,
    ) {
        self.sum.add(contact, event);
        self.first.add(contact, between);
        if let Some(time) = contact.time {
            self.times.add(time.as_millisecond(), times);
        }
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn rhythm(&self) -> Rhythm {
        self.times.rhythm()
    }
}

/// The first accounts by name.
#[derive(Debug, Clone, Default)]
struct Users {
    /// Ascending.
    first: Vec<String>,
    are_more: bool,
}

impl Users {
    fn add(&mut self, user: &str) {
        let user = clip(user, LONGEST);
        let Err(at) = self.first.binary_search_by(|other| other.as_str().cmp(user)) else { return };
        self.first.insert(at, user.to_owned());
        if self.first.len() > USERS {
            self.first.pop();
            self.are_more = true;
        }
    }
}

/// The first contact of all that come, in whatever order.
#[derive(Debug, Clone, Default)]
pub(super) struct First(Option<FirstContact>);

impl First {
    pub(super) fn add(&mut self, contact: &Contact<'_>, between: &Between) {
        let Contact { time, line, .. } = *contact;
        let Between { host, indicator, file } = between;
        let is_first = self.0.as_ref().is_none_or(|known| {
            let one = (time.is_none(), time, file, line, indicator);
            one < (known.time.is_none(), known.time, &known.file, known.line, &known.indicator)
        });
        if is_first {
            let [indicator, file] = [indicator, file].map(Arc::clone);
            self.0 = Some(FirstContact { time, host: host.clone(), indicator, file, line });
        }
    }

    pub(super) fn get(&self) -> Option<FirstContact> {
        self.0.clone()
    }
}

/// What a row comes to.
pub(super) trait Ranked: Sized {
    /// As it is told.
    type Told;

    /// By which the worst comes first.
    fn rank(slot: &Slot<Self>) -> Rank<'_>;

    /// `whole` is the time line of everything, in whose buckets the row's own is told.
    fn told(slot: &Slot<Self>, whole: Option<&Timeline>) -> Self::Told;
}

/// With the hits of the row, which may be estimates.
fn figures<R>(slot: &Slot<R>, seen: &Sum) -> Figures {
    Figures { hits: slot.hits, hits_error: slot.error, ..seen.figures.clone() }
}

fn over_time(own: &Timeline, whole: Option<&Timeline>) -> Vec<u64> {
    whole.map(|whole| own.within(whole)).unwrap_or_default()
}

impl Ranked for IndicatorTally {
    type Told = IndicatorRow;

    fn rank(slot: &Slot<Self>) -> Rank<'_> {
        let row = &slot.row;
        rank(&row.sum.figures, slot.hits, &row.name, &row.kind)
    }

    fn told(slot: &Slot<Self>, whole: Option<&Timeline>) -> IndicatorRow {
        let row = &slot.row;
        IndicatorRow {
            name: Arc::clone(&row.name),
            kind: Arc::clone(&row.kind),
            class: Arc::clone(&row.class),
            confidence: Arc::clone(&row.confidence),
            description: Arc::clone(&row.description),
            provider: Arc::clone(&row.provider),
            group: row.group.clone(),
            figures: figures(slot, &row.sum),
            hosts: row.hosts.number(),
            over_time: over_time(&row.timeline, whole),
        }
    }
}

impl Ranked for HostTally {
    type Told = HostRow;

    fn rank(slot: &Slot<Self>) -> Rank<'_> {
        let host = &slot.row;
        rank(&host.sum.figures, slot.hits, &host.name, host.kind.name())
    }

    fn told(slot: &Slot<Self>, whole: Option<&Timeline>) -> HostRow {
        let row = &slot.row;
        HostRow {
            name: Arc::clone(&row.name),
            kind: row.kind,
            figures: figures(slot, &row.sum),
            indicators: row.indicators.number(),
            users: row.users.first.clone(),
            more_users: row.users.are_more,
            first_contact: row.first.get(),
            over_time: over_time(&row.timeline, whole),
        }
    }
}

impl Ranked for PairTally {
    type Told = PairRow;

    fn rank(slot: &Slot<Self>) -> Rank<'_> {
        let pair = &slot.row;
        rank(&pair.sum.figures, slot.hits, &pair.host, &pair.indicator)
    }

    fn told(slot: &Slot<Self>, _: Option<&Timeline>) -> PairRow {
        let row = &slot.row;
        PairRow {
            rhythm: row.rhythm(),
            host: Arc::clone(&row.host),
            host_kind: row.host_kind,
            indicator: Arc::clone(&row.indicator),
            indicator_kind: Arc::clone(&row.indicator_kind),
            figures: figures(slot, &row.sum),
            first_contact: row.first.get(),
        }
    }
}

/// The worst first.
pub(super) type Rank<'r> = (Reverse<u8>, Reverse<u64>, Reverse<Option<u8>>, &'r str, &'r str);

fn rank<'r>(figures: &Figures, hits: u64, name: &'r str, more: &'r str) -> Rank<'r> {
    (Reverse(super::level(figures.severity)), Reverse(hits), Reverse(figures.severity), name, more)
}
