//! One hit, as far as it is counted.

use std::borrow::Cow;

use jiff::Timestamp;

use super::ends::{Ends, Met};
use crate::assess::Window;
use crate::record::{Direction, Field, Verdict};
use crate::sink::{Sighting, indicator_description, indicator_provider};
use crate::stored::StoredHit;

/// One hit, as far as it is counted: a view of a [`Sighting`] or of a [`StoredHit`], the same of
/// both.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Contact<'a> {
    /// The event's own time.
    pub time: Option<Timestamp>,
    /// The best indicator.
    pub indicator: Listed<'a>,
    /// `exact`, `subdomain`, …
    pub relation: &'a str,
    /// The ECS field that the hit stood in, or `message`.
    pub field: &'a str,
    /// Which way it went.
    pub direction: Option<Direction>,
    /// Whether it was let through.
    pub verdict: Option<Verdict>,
    /// Where the time lies to the published window.
    pub window: Option<Window>,
    /// 0 to 100.
    pub severity: Option<u8>,
    /// The machine inside, as far as the line names one.
    pub host: Option<Host<'a>>,
    /// The other end: an address, or a name.
    pub other_end: Option<Cow<'a, str>>,
    /// Bytes that the machine inside sent.
    pub bytes_out: Option<u64>,
    /// Bytes that it got.
    pub bytes_in: Option<u64>,
    /// Bytes both ways, where the line has no more.
    pub bytes_both: Option<u64>,
    /// The recognised format, or `unrecognised`.
    pub dataset: &'a str,
    /// Whose account.
    pub user: Option<Cow<'a, str>>,
    /// The input.
    pub file: &'a str,
    /// The line in it, from 1.
    pub line: u64,
}

/// An indicator, as far as it is told of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed<'a> {
    /// Its canonical value.
    pub name: &'a str,
    /// `ipv4-addr`, `domain-name`, … as `threat.indicator.type`.
    pub kind: &'a str,
    /// `infrastructure` or `sanctioned-entity`.
    pub class: &'a str,
    /// `High`, `Medium`, `Low` or `Not Specified`.
    pub confidence: &'a str,
    /// What it is: its role, the campaign, a note. See [`Listed::description`].
    pub about: [&'a str; 3],
    /// Who published it.
    pub provider: &'a str,
    /// Whose infrastructure it is.
    pub group: Option<&'a str>,
}

impl<'a> Listed<'a> {
    /// What it is, in one text.
    #[must_use]
    pub fn description(&self) -> Cow<'a, str> {
        indicator_description(self.about)
    }
}

/// The machine inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host<'a> {
    /// What it is known by.
    pub kind: HostKind,
    /// Its address or name.
    pub name: Cow<'a, str>,
}

/// What a host is known by, the better first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostKind {
    /// Its address.
    Address,
    /// Its name.
    Name,
    /// Who was logged on to it: the line has no more.
    User,
    /// The device that saw it: the line has no more.
    Observer,
}

impl HostKind {
    /// `address`, `name`, `user` or `observer`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Name => "name",
            Self::User => "user",
            Self::Observer => "observer",
        }
    }
}

/// What a contact was, by the field that was hit and the direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// Somebody here connected to it, or wanted a URL or a TLS session of it.
    Reached,
    /// Somebody here asked the DNS for it, or got it for an answer.
    Asked,
    /// It connected to somebody here.
    Came,
    /// It stands in the line, and that is all.
    Mentioned,
}

impl<'a> Contact<'a> {
    /// What there is to count of a hit while scanning.
    #[must_use]
    pub fn of_sighting(sighting: &Sighting<'a>) -> Self {
        let best = sighting.indicators.get(sighting.hit.best().indicator);
        let claim = best.best_claim();
        let record = sighting.record;
        let assessment = sighting.assessment;
        let field = assessment.map_or("message", |assessment| assessment.field_name());
        let direction = record.and_then(|record| record.direction());
        let Met { host, other_end, bytes_out, bytes_in, bytes_both } =
            record.map_or_else(Ends::default, Ends::of_record).meet(field, direction);
        Self {
            time: record.and_then(|record| record.time()),
            indicator: Listed {
                name: best.value(),
                kind: best.ecs_type(),
                class: best.traits().class.name(),
                confidence: claim.confidence.ecs_name(),
                about: [claim.role, claim.campaign, claim.note],
                provider: indicator_provider(&claim),
                group: best.group().map(|group| group.name),
            },
            relation: sighting.hit.best().relation.name(),
            field,
            direction,
            verdict: record.and_then(|record| record.verdict()),
            window: assessment.map(|assessment| assessment.window),
            severity: assessment.map(|assessment| assessment.severity),
            host,
            other_end,
            bytes_out,
            bytes_in,
            bytes_both,
            dataset: record.map_or(crate::record::UNRECOGNISED, |record| record.dataset()),
            user: record.and_then(|record| record.text(Field::UserName)),
            file: sighting.path,
            line: sighting.hit.line,
        }
    }

    /// What there is to count of a stored hit.
    #[must_use]
    pub fn of_stored(hit: &'a StoredHit) -> Self {
        let indicator = &hit.threat.indicator;
        let field = hit.threat.enrichments.first().map_or("message", |e| &*e.matched.field);
        let direction = hit.network.direction.as_deref().and_then(direction);
        let Met { host, other_end, bytes_out, bytes_in, bytes_both } =
            Ends::of_stored(hit).meet(field, direction);
        Self {
            time: hit.timestamp,
            indicator: Listed {
                name: &indicator.name,
                kind: &indicator.r#type,
                class: &hit.flaxscan.class,
                confidence: &indicator.confidence,
                about: [&indicator.description, "", ""],
                provider: &indicator.provider,
                group: hit.threat.group.as_ref().map(|group| group.name.as_str()),
            },
            relation: &hit.flaxscan.relation,
            field,
            direction,
            verdict: hit.flaxscan.verdict.as_deref().and_then(verdict),
            window: hit.flaxscan.window.as_deref().and_then(window),
            severity: hit.event.severity,
            host,
            other_end,
            bytes_out,
            bytes_in,
            bytes_both,
            dataset: &hit.event.dataset,
            user: hit.user.name.as_deref().map(Cow::Borrowed),
            file: &hit.log.file.path,
            line: hit.flaxscan.line,
        }
    }

    /// What it was.
    #[must_use]
    pub fn act(&self) -> Act {
        let is_inbound = self.direction == Some(Direction::Inbound);
        if self.field.starts_with("source.") || self.field == Field::ForwardedIp.name() {
            return match self.direction {
                // Whoever says so means something else by one of the two.
                Some(Direction::Outbound) => Act::Mentioned,
                _ => Act::Came,
            };
        }
        match self.field {
            // Somebody outside wants it from us.
            _ if is_inbound => Act::Mentioned,
            field if field.starts_with("dns.") => Act::Asked,
            "url.original" | "url.domain" | "user_agent.original" => Act::Reached,
            field if field.starts_with("destination.") || field.starts_with("tls.") => Act::Reached,
            _ => Act::Mentioned,
        }
    }
}

fn direction(name: &str) -> Option<Direction> {
    use Direction::{External, Inbound, Internal, Outbound};

    [Inbound, Outbound, Internal, External].into_iter().find(|way| way.name() == name)
}

fn verdict(name: &str) -> Option<Verdict> {
    [Verdict::Allowed, Verdict::Blocked].into_iter().find(|verdict| verdict.name() == name)
}

fn window(name: &str) -> Option<Window> {
    Window::ALL.into_iter().find(|window| window.name() == name)
}
