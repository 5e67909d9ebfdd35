//! What is kept of an indicator, a host, and a pair of them.

use std::cmp::Reverse;

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
const LONGEST_PATH: usize = 2048;
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
pub(super) fn clipped(text: &str, longest: usize) -> String {
    clip(text, longest).to_owned()
}

/// An indicator.
#[derive(Debug, Clone)]
pub(super) struct IndicatorTally {
    /// Without the sums, which are made of the rest.
    told: IndicatorRow,
    sum: Sum,
    hosts: Distinct,
    timeline: Timeline,
}

impl IndicatorTally {
    pub(super) fn new(contact: &Contact<'_>) -> Self {
        let listed = &contact.indicator;
        let told = IndicatorRow {
            name: clipped(listed.name, LONGEST),
            kind: clipped(listed.kind, LONGEST),
            class: clipped(listed.class, LONGEST),
            confidence: clipped(listed.confidence, LONGEST),
            description: clipped(&listed.description, LONGEST),
            provider: clipped(listed.provider, LONGEST),
            group: listed.group.map(|group| clipped(group, LONGEST)),
            figures: Figures::default(),
            hosts: Distinct::default().number(),
            over_time: Vec::new(),
        };
        Self {
            told,
            sum: Sum::default(),
            hosts: Distinct::default(),
            timeline: Timeline::default(),
        }
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
#[derive(Debug, Clone)]
pub(super) struct HostTally {
    name: String,
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

    pub(super) fn add(&mut self, contact: &Contact<'_>, event: u64, indicator: u64) {
        self.sum.add(contact, event);
        self.indicators.add(indicator);
        if let Some(user) = &contact.user {
            self.users.add(user);
        }
        self.first.add(contact);
        if let Some(time) = contact.time {
            self.timeline.add(time.as_second());
        }
    }
}

/// A host and an indicator.
#[derive(Debug, Clone)]
pub(super) struct PairTally {
    host: String,
    host_kind: HostKind,
    indicator: String,
    indicator_kind: String,
    sum: Sum,
    times: Times,
    first: First,
}

impl PairTally {
    pub(super) fn new(host: &Host<'_>, contact: &Contact<'_>) -> Self {
        Self {
            host: clipped(&host.name, LONGEST),
            host_kind: host.kind,
            indicator: clipped(contact.indicator.name, LONGEST),
            indicator_kind: clipped(contact.indicator.kind, LONGEST),
            sum: Sum::default(),
            times: Times::default(),
            first: First::default(),
        }
    }

    pub(super) fn add(&mut self, contact: &Contact<'_>, event: u64, times: usize) {
        self.sum.add(contact, event);
        self.first.add(contact);
        if let Some(time) = contact.time {
            self.times.add(time.as_millisecond(), times);
        }
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
    pub(super) fn add(&mut self, contact: &Contact<'_>) {
        let Contact { time, file, line, .. } = *contact;
        let is_first = self.0.as_ref().is_none_or(|known| {
            let one = (time.is_none(), time, file, line, contact.indicator.name);
            let other = (&known.time, &known.file, &known.line, &known.indicator);
            one < (other.0.is_none(), *other.0, other.1, *other.2, other.3)
        });
        if !is_first {
            return;
        }
        let first = self.0.get_or_insert_default();
        (first.time, first.line) = (time, line);
        // Lines may come the last one first: memory that is there is used again.
        match (&contact.host, &mut first.host) {
            (Some(host), Some(known)) => clip(&host.name, LONGEST).clone_into(known),
            (host, known) => *known = host.as_ref().map(|host| clipped(&host.name, LONGEST)),
        }
        clip(contact.indicator.name, LONGEST).clone_into(&mut first.indicator);
        clip(file, LONGEST_PATH).clone_into(&mut first.file);
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

    /// `whole` is the time line of everything.
    fn told(slot: Slot<Self>, whole: &Timeline) -> Self::Told;
}

/// With the hits of the row, which may be estimates.
fn figures(hits: u64, hits_error: u64, seen: Figures) -> Figures {
    Figures { hits, hits_error, ..seen }
}

impl Ranked for IndicatorTally {
    type Told = IndicatorRow;

    fn rank(slot: &Slot<Self>) -> Rank<'_> {
        let told = &slot.row.told;
        rank(&slot.row.sum.figures, slot.hits, &told.name, &told.kind)
    }

    fn told(Slot { hits, error, row, .. }: Slot<Self>, whole: &Timeline) -> IndicatorRow {
        let Self { mut told, sum, hosts, timeline } = row;
        told.figures = figures(hits, error, sum.figures);
        told.hosts = hosts.number();
        told.over_time = timeline.within(whole);
        told
    }
}

impl Ranked for HostTally {
    type Told = HostRow;

    fn rank(slot: &Slot<Self>) -> Rank<'_> {
        let host = &slot.row;
        rank(&host.sum.figures, slot.hits, &host.name, host.kind.name())
    }

    fn told(Slot { hits, error, row, .. }: Slot<Self>, whole: &Timeline) -> HostRow {
        HostRow {
            name: row.name,
            kind: row.kind,
            figures: figures(hits, error, row.sum.figures),
            indicators: row.indicators.number(),
            users: row.users.first,
            more_users: row.users.are_more,
            first_contact: row.first.0,
            over_time: row.timeline.within(whole),
        }
    }
}

impl Ranked for PairTally {
    type Told = PairRow;

    fn rank(slot: &Slot<Self>) -> Rank<'_> {
        let pair = &slot.row;
        rank(&pair.sum.figures, slot.hits, &pair.host, &pair.indicator)
    }

    fn told(Slot { hits, error, row, .. }: Slot<Self>, _: &Timeline) -> PairRow {
        PairRow {
            rhythm: row.rhythm(),
            host: row.host,
            host_kind: row.host_kind,
            indicator: row.indicator,
            indicator_kind: row.indicator_kind,
            figures: figures(hits, error, row.sum.figures),
            first_contact: row.first.0,
        }
    }
}

/// The worst first.
pub(super) type Rank<'r> = (Reverse<u8>, Reverse<u64>, Reverse<Option<u8>>, &'r str, &'r str);

fn rank<'r>(figures: &Figures, hits: u64, name: &'r str, more: &'r str) -> Rank<'r> {
    (Reverse(super::level(figures.severity)), Reverse(hits), Reverse(figures.severity), name, more)
}
