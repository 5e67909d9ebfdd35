//! What a row is made of: of a stored hit, or of a sighting while it is there. A scan's page needs
//! no stored hits, and they would be most of what it takes; a test holds the page of a scan beside
//! the one of what it stored.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::record::{Field, Record};
use crate::sink::{Sighting, lossy};
use crate::stored::{Endpoint, StoredHit};
use crate::tally::Contact;

/// A hit, as far as a row shows it.
pub(super) struct Seen<'h> {
    pub(super) contact: Contact<'h>,
    /// Other indicators that the same token matched.
    pub(super) others: Vec<&'h str>,
    pub(super) source: Side<'h>,
    pub(super) destination: Side<'h>,
    pub(super) transport: Option<Cow<'h, str>>,
    /// Of both ways.
    pub(super) bytes: Option<u64>,
    pub(super) action: Option<Cow<'h, str>>,
    pub(super) observer: Option<Cow<'h, str>>,
    pub(super) assessment: Option<Cow<'h, str>>,
    /// What was looked through.
    pub(super) encodings: Vec<&'h str>,
    /// What was assumed to read the line.
    pub(super) assumed: Vec<&'h str>,
    pub(super) truncated: bool,
    pub(super) column: u64,
    pub(super) original: Cow<'h, str>,
    pub(super) matched: Cow<'h, str>,
}

/// One end of a connection.
pub(super) struct Side<'h> {
    pub(super) ip: Option<IpAddr>,
    pub(super) domain: Option<Cow<'h, str>>,
    pub(super) port: Option<u16>,
}

impl<'h> Seen<'h> {
    pub(super) fn of_stored(hit: &'h StoredHit) -> Self {
        fn text(text: Option<&str>) -> Option<Cow<'_, str>> {
            text.map(Cow::Borrowed)
        }
        fn side(end: &Endpoint) -> Side<'_> {
            Side { ip: end.ip, domain: text(end.domain.as_deref()), port: end.port }
        }
        let own = &hit.flaxscan;
        let best = hit.threat.indicator.name.as_str();
        let all = hit.threat.enrichments.iter().map(|other| other.indicator.name.as_str());
        Self {
            contact: Contact::of_stored(hit),
            others: all.filter(|&name| name != best).collect(),
            source: side(&hit.source),
            destination: side(&hit.destination),
            transport: text(hit.network.transport.as_deref()),
            bytes: sum(hit.source.bytes, hit.destination.bytes).or(hit.network.bytes),
            action: text(hit.event.action.as_deref()),
            observer: text(hit.observer.hostname.as_deref()),
            assessment: text(own.assessment.as_deref()),
            encodings: own.encoding.iter().map(|word| &**word).collect(),
            assumed: own.assumed.iter().map(|word| &**word).collect(),
            truncated: own.truncated,
            column: own.column,
            original: Cow::Borrowed(&hit.event.original),
            matched: Cow::Borrowed(&own.matched),
        }
    }

    pub(super) fn of_sighting(sighting: &Sighting<'h>) -> Self {
        let record = sighting.record;
        let text = |field: Field| record.and_then(|record| record.text(field));
        let number = |field: Field| record.and_then(|record| record.number(field));
        let side = |ip: Field, domain: Field, port: Field| Side {
            ip: record.and_then(|record| record.ip(ip)),
            domain: text(domain),
            port: number(port).and_then(|port| port.try_into().ok()),
        };
        let bytes = sum(number(Field::SourceBytes), number(Field::DestinationBytes));
        let contact = Contact::of_sighting(sighting);
        let best = contact.indicator.name;
        let all = sighting.hit.matches.iter();
        let all = all.map(|found| sighting.indicators.get(found.indicator).value());
        Self {
            others: all.filter(|&name| name != best).collect(),
            source: side(Field::SourceIp, Field::SourceDomain, Field::SourcePort),
            destination: side(
                Field::DestinationIp,
                Field::DestinationDomain,
                Field::DestinationPort,
            ),
            transport: text(Field::Transport),
            bytes: bytes.or_else(|| number(Field::NetworkBytes)),
            action: text(Field::Action),
            observer: text(Field::ObserverName),
            assessment: sighting.assessment.map(|all| Cow::Owned(all.sentence().concat())),
            encodings: sighting.hit.encodings.iter().map(|encoding| encoding.name()).collect(),
            assumed: record.into_iter().flat_map(Record::assumed).collect(),
            truncated: sighting.truncated,
            column: sighting.hit.column(),
            original: lossy(sighting.line),
            matched: lossy(sighting.matched),
            contact,
        }
    }
}

fn sum(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (None, None) => None,
        _ => Some(one.unwrap_or(0).saturating_add(other.unwrap_or(0))),
    }
}
