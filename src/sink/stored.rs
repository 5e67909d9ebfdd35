//! A hit as its document would be read back, without writing and reading it.
//!
//! Forms and reports take hits as [`StoredHit`]s, so that what is made of a scan and what is made of
//! its stored hits is the same. To write each document and read it back took longer than all else
//! that is done for a hit, which is what a report costs a scan. The tests hold what is made here
//! beside the documents, read back.

use std::borrow::Cow;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;

use super::Sighting;
use super::document::{Related, SCHEMA_VERSION, related_values};
use super::indicator::{Known, stored_indicator};
use crate::indicator;
use crate::record::{Field, FieldValue, Outcome, Record, UNRECOGNISED, Verdict};
use crate::scan::Match;
use crate::stored::{
    self, Answer, Delta, Enrichment, Event, Group, Indicator, Log, LogFile, Matched, Own,
    StoredHit, Threat,
};
use crate::words;

/// Makes hits of sightings.
#[derive(Debug)]
pub(super) struct Storing {
    ingested: Timestamp,
    known: Known<Arc<Indicator>>,
    last_group: Option<(&'static indicator::Group, Arc<Group>)>,
    path: Arc<str>,
}

impl Storing {
    /// `ingested` is the time of the scan.
    pub(super) fn new(ingested: Timestamp) -> Self {
        // As much of it as a document has.
        let ingested = format!("{ingested:.3}").parse().unwrap_or(ingested);
        Self { ingested, known: Known::default(), last_group: None, path: "".into() }
    }

    /// Forgets the indicators: another scan may have another set.
    pub(super) fn forget(&mut self) {
        self.known.forget();
    }

    /// The hit that the sighting's document would be read as.
    pub(super) fn hit(&mut self, sighting: &Sighting<'_>) -> StoredHit {
        let record = sighting.record;
        let mut hit = StoredHit {
            timestamp: record.and_then(Record::time),
            event: self.event(sighting),
            threat: self.threat(sighting),
            related: related(sighting),
            log: Log {
                file: LogFile { path: self.path(sighting.path) },
                offset: sighting.hit.line_start,
            },
            source: stored::Endpoint::default(),
            destination: stored::Endpoint::default(),
            network: stored::Network::default(),
            dns: stored::Dns::default(),
            url: stored::Url::default(),
            http: stored::Http::default(),
            user_agent: stored::Original::default(),
            tls: stored::Tls::default(),
            file: stored::File::default(),
            process: stored::Process::default(),
            user: stored::User::default(),
            email: stored::Email::default(),
            host: stored::Named::default(),
            observer: stored::Host::default(),
            rule: stored::Named::default(),
            flaxscan: own(sighting),
        };
        if let Some(record) = record {
            for (field, value) in record.fields() {
                enter(&mut hit, field, value);
            }
            hit.network.direction = record.direction().map(|direction| direction.name().into());
        }
        hit
    }

    fn event(&self, sighting: &Sighting<'_>) -> Event {
        let record = sighting.record;
        let action = record.and_then(|record| record.text(Field::Action));
        Event {
            dataset: record.map_or(UNRECOGNISED, Record::dataset).into(),
            action: action.map(|action| action.into_owned()),
            outcome: record.and_then(Record::outcome).map(|outcome| Outcome::name(outcome).into()),
            severity: sighting.assessment.as_ref().map(|assessment| assessment.severity),
            ingested: self.ingested,
            original: lossy(sighting.line).into_owned(),
        }
    }

    fn threat(&mut self, sighting: &Sighting<'_>) -> Threat {
        let hit = sighting.hit;
        let best = hit.best().indicator;
        let field =
            sighting.assessment.as_ref().map_or("message", |assessment| assessment.field_name());
        let make = |indicator: indicator::Indicator<'_>| Ok(Arc::new(stored_indicator(indicator)));
        let Ok(()) = self.known.prepare::<Infallible>(sighting.indicators, hit, make);
        let known = |id| self.known.get(id).map(Arc::clone).unwrap_or_default();
        let enrichment = |found: &Match| Enrichment {
            indicator: known(found.indicator),
            matched: Matched { atomic: lossy(sighting.matched).into_owned(), field: field.into() },
        };
        let enrichments = hit.matches.iter().map(enrichment).collect();
        let indicator = known(best);
        let group = sighting.indicators.get(best).group().map(|group| self.group(group));
        Threat { indicator, enrichments, group }
    }

    /// Hits come input by input.
    fn path(&mut self, path: &str) -> Arc<str> {
        if *self.path != *path {
            self.path = path.into();
        }
        Arc::clone(&self.path)
    }

    /// Nearly all hits are of the same one.
    fn group(&mut self, group: &'static indicator::Group) -> Arc<Group> {
        match &self.last_group {
            Some((last, known)) if std::ptr::eq(*last, group) => Arc::clone(known),
            _ => {
                let made = Arc::new(Group {
                    name: group.name.to_owned(),
                    alias: group.aliases.iter().map(|&alias| alias.to_owned()).collect(),
                });
                self.last_group = Some((group, Arc::clone(&made)));
                made
            }
        }
    }
}

fn own(sighting: &Sighting<'_>) -> Own {
    let (hit, record, assessment) = (sighting.hit, sighting.record, sighting.assessment.as_ref());
    Own {
        line: hit.line,
        column: hit.column(),
        matched: lossy(sighting.matched).into_owned(),
        relation: hit.best().relation.name().into(),
        encoding: hit.encodings.iter().map(|encoding| encoding.name().into()).collect(),
        class: sighting.indicators.get(hit.best().indicator).traits().class.name().into(),
        window: assessment.map(|assessment| assessment.window.name().into()),
        assessment: assessment.map(|assessment| assessment.sentence().concat()),
        assumed: record.into_iter().flat_map(Record::assumed).map(Into::into).collect(),
        verdict: record.and_then(Record::verdict).map(|verdict| Verdict::name(verdict).into()),
        delta: Delta {
            source_bytes: record.and_then(|record| record.number(Field::SourceDelta)),
            destination_bytes: record.and_then(|record| record.number(Field::DestinationDelta)),
        },
        truncated: sighting.truncated,
        schema: SCHEMA_VERSION,
        version: env!("CARGO_PKG_VERSION").into(),
    }
}

fn related(sighting: &Sighting<'_>) -> stored::Related {
    let mut related = stored::Related::default();
    for (class, value) in related_values(sighting) {
        let list = match class {
            Related::Ip => &mut related.ip,
            Related::Hosts => &mut related.hosts,
            Related::Hash => &mut related.hash,
        };
        list.push(value.into_owned());
    }
    related
}

/// Puts a field's value where its name says. Of several of one that has one place, the first one
/// counts.
fn enter(hit: &mut StoredHit, field: Field, value: FieldValue<'_>) {
    match field {
        // It is written with the event.
        Field::Action => {}
        // They are written with what is ours.
        Field::SourceDelta | Field::DestinationDelta => {}
        Field::SourceIp => ip(&mut hit.source.ip, value),
        Field::SourcePort => port(&mut hit.source.port, value),
        Field::SourceDomain => text(&mut hit.source.domain, value),
        Field::SourceBytes => number(&mut hit.source.bytes, value),
        Field::SourcePackets => number(&mut hit.source.packets, value),
        Field::SourceNatIp => ip(&mut hit.source.nat.ip, value),
        Field::SourceNatPort => port(&mut hit.source.nat.port, value),
        Field::DestinationIp => ip(&mut hit.destination.ip, value),
        Field::DestinationPort => port(&mut hit.destination.port, value),
        Field::DestinationDomain => text(&mut hit.destination.domain, value),
        Field::DestinationBytes => number(&mut hit.destination.bytes, value),
        Field::DestinationPackets => number(&mut hit.destination.packets, value),
        Field::DestinationNatIp => ip(&mut hit.destination.nat.ip, value),
        Field::DestinationNatPort => port(&mut hit.destination.nat.port, value),
        Field::Transport => text(&mut hit.network.transport, value),
        Field::Protocol => text(&mut hit.network.protocol, value),
        Field::NetworkBytes => number(&mut hit.network.bytes, value),
        Field::NetworkPackets => number(&mut hit.network.packets, value),
        Field::ForwardedIp => hit.network.forwarded_ip.extend(address(value)),
        Field::QuestionName => text(&mut hit.dns.question.name, value),
        Field::QuestionType => text(&mut hit.dns.question.r#type, value),
        Field::ResponseCode => text(&mut hit.dns.response_code, value),
        Field::ResolvedIp => {
            hit.dns.resolved_ip.extend(address(value));
            // Addresses are answers, too.
            hit.dns.answers.push(Answer { data: shown(value) });
        }
        Field::Answer => hit.dns.answers.push(Answer { data: shown(value) }),
        Field::Url => text(&mut hit.url.original, value),
        Field::UrlDomain => text(&mut hit.url.domain, value),
        Field::Referrer => text(&mut hit.http.request.referrer, value),
        Field::Method => text(&mut hit.http.request.method, value),
        Field::Status => number(&mut hit.http.response.status_code, value),
        Field::UserAgent => text(&mut hit.user_agent.original, value),
        Field::ServerName => text(&mut hit.tls.client.server_name, value),
        Field::Ja3 => text(&mut hit.tls.client.ja3, value),
        Field::Ja3s => text(&mut hit.tls.server.ja3s, value),
        Field::CertificateSubject => text(&mut hit.tls.server.subject, value),
        Field::CertificateIssuer => text(&mut hit.tls.server.issuer, value),
        Field::CertificateMd5 => text(&mut hit.tls.server.hash.md5, value),
        Field::CertificateSha1 => text(&mut hit.tls.server.hash.sha1, value),
        Field::CertificateSha256 => text(&mut hit.tls.server.hash.sha256, value),
        Field::FileMd5 => text(&mut hit.file.hash.md5, value),
        Field::FileSha1 => text(&mut hit.file.hash.sha1, value),
        Field::FileSha256 => text(&mut hit.file.hash.sha256, value),
        Field::FileSha512 => text(&mut hit.file.hash.sha512, value),
        Field::FileName => text(&mut hit.file.name, value),
        Field::Executable => text(&mut hit.process.executable, value),
        Field::UserName => text(&mut hit.user.name, value),
        Field::EmailFrom => text(&mut hit.email.from.address, value),
        Field::EmailTo => hit.email.to.address.push(shown(value)),
        Field::HostName => text(&mut hit.host.name, value),
        Field::ObserverName => text(&mut hit.observer.hostname, value),
        Field::RuleName => text(&mut hit.rule.name, value),
    }
}

fn text(place: &mut Option<String>, value: FieldValue<'_>) {
    place.get_or_insert_with(|| shown(value));
}

fn ip(place: &mut Option<IpAddr>, value: FieldValue<'_>) {
    *place = place.or_else(|| address(value));
}

fn number(place: &mut Option<u64>, value: FieldValue<'_>) {
    *place = place.or_else(|| count(value));
}

fn port(place: &mut Option<u16>, value: FieldValue<'_>) {
    *place = place.or_else(|| count(value).and_then(|number| number.try_into().ok()));
}

fn address(value: FieldValue<'_>) -> Option<IpAddr> {
    match value {
        FieldValue::Ip(address) => Some(address),
        FieldValue::Text(_) | FieldValue::Number(_) => None,
    }
}

fn count(value: FieldValue<'_>) -> Option<u64> {
    match value {
        FieldValue::Number(number) => Some(number),
        FieldValue::Text(_) | FieldValue::Ip(_) => None,
    }
}

fn shown(value: FieldValue<'_>) -> String {
    match value {
        FieldValue::Text(text) => text.to_owned(),
        FieldValue::Ip(address) => words::address(address),
        FieldValue::Number(number) => number.to_string(),
    }
}

/// Bytes of a line as its document has them.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    // Nearly everything is text, and that is seen many bytes at a time.
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}
