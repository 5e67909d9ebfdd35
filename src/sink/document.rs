//! The hit document: names of the Elastic Common Schema (ECS 9), and `flaxscan` for the rest.
//!
//! `docs/hit.schema.json` describes it. A field that has nothing to say is absent.

use std::borrow::Cow;
use std::net::IpAddr;

use super::Sighting;
use super::indicator::{Url, Written};
use super::observed;
use super::writer::Writer;
use crate::indicator::Kind;
use crate::record::{Field, Outcome, Record, UNRECOGNISED, Verdict};
use crate::scan::Relation;

/// The version of the hit document, `flaxscan.schema`. It grows with every change that could break
/// a reader; a new field does not.
pub const SCHEMA_VERSION: u32 = 1;

type Text<'a> = Cow<'a, str>;

/// Writes one hit. `ingested` is JSON.
pub(super) fn write(json: &mut Writer, sighting: &Sighting<'_>, ingested: &str, written: &Written) {
    json.raw("{");
    if let Some(time) = sighting.record.and_then(Record::time) {
        json.key("@timestamp");
        json.time(time);
    }
    event(json, sighting, ingested);
    threat(json, sighting, written);
    Related::new(sighting).write(json);
    json.raw(",\"log\":{\"file\":{\"path\":");
    json.text(sighting.path);
    json.raw("},\"offset\":");
    json.number(sighting.hit.line_start);
    json.raw("}");
    if let Some(record) = sighting.record {
        observed::write(json, record);
    }
    own(json, sighting);
    json.raw("}");
}

fn event(json: &mut Writer, sighting: &Sighting<'_>, ingested: &str) {
    let record = sighting.record;
    json.key("event");
    json.raw("{\"kind\":\"alert\",\"category\":[\"threat\"],\"type\":[\"indicator\"],\"dataset\":");
    json.word(record.map_or(UNRECOGNISED, Record::dataset));
    if let Some(action) = record.and_then(|record| record.text(Field::Action)) {
        json.key("action");
        json.text(&action);
    }
    if let Some(outcome) = record.and_then(Record::outcome).map(Outcome::name) {
        json.key("outcome");
        json.word(outcome);
    }
    if let Some(assessment) = sighting.assessment {
        json.key("severity");
        json.number(assessment.severity.into());
    }
    json.raw(",\"ingested\":");
    json.raw(ingested);
    json.raw(",\"original\":");
    json.lossy(sighting.line);
    json.raw("}");
}

fn threat(json: &mut Writer, sighting: &Sighting<'_>, written: &Written) {
    let hit = sighting.hit;
    json.raw(",\"threat\":{\"indicator\":");
    json.raw(written.get(hit.best().indicator));
    json.raw(",\"enrichments\":[");
    // Where nothing is known of it, all that is known is that it stood in the line.
    let field = sighting.assessment.map_or("message", |assessment| assessment.field_name());
    for found in &hit.matches {
        json.next();
        json.raw("{\"indicator\":");
        json.raw(written.get(found.indicator));
        json.raw(",\"matched\":{\"atomic\":");
        json.lossy(sighting.matched);
        json.raw(",\"field\":");
        json.word(field);
        json.raw(",\"type\":\"indicator_match_rule\"}}");
    }
    json.raw("]");
    if let Some(group) = sighting.indicators.get(hit.best().indicator).group() {
        json.raw(",\"group\":{\"name\":");
        json.text(group.name);
        list(json, "alias", group.aliases);
        json.raw("}");
    }
    json.raw("}");
}

/// What ECS has no name for.
fn own(json: &mut Writer, sighting: &Sighting<'_>) {
    let (hit, record) = (sighting.hit, sighting.record);
    json.raw(",\"flaxscan\":{\"line\":");
    json.number(hit.line);
    json.raw(",\"column\":");
    json.number(hit.column());
    json.raw(",\"matched\":");
    json.lossy(sighting.matched);
    json.raw(",\"relation\":");
    json.word(hit.best().relation.name());
    list(json, "encoding", hit.encodings.iter().map(|encoding| encoding.name()));
    json.key("class");
    json.word(sighting.indicators.get(hit.best().indicator).traits().class.name());
    if let Some(assessment) = sighting.assessment {
        json.key("window");
        json.word(assessment.window.name());
        json.raw(",\"assessment\":\"");
        for part in assessment.sentence() {
            json.raw(part);
        }
        json.raw("\"");
    }
    list(json, "assumed", record.into_iter().flat_map(Record::assumed));
    if let Some(verdict) = record.and_then(Record::verdict).map(Verdict::name) {
        json.key("verdict");
        json.word(verdict);
    }
    if sighting.truncated {
        json.raw(",\"truncated\":true");
    }
    json.raw(",\"schema\":");
    json.number(SCHEMA_VERSION.into());
    json.raw(concat!(",\"version\":\"", env!("CARGO_PKG_VERSION"), "\"}"));
}

/// A list of texts under a key; nothing where there are none.
fn list<T: AsRef<str>>(json: &mut Writer, key: &'static str, texts: impl IntoIterator<Item = T>) {
    let mut texts = texts.into_iter().peekable();
    if texts.peek().is_none() {
        return;
    }
    json.key(key);
    json.raw("[");
    for text in texts {
        json.next();
        json.text(text.as_ref());
    }
    json.raw("]");
}

/// ECS `related`: what of the indicators can be searched for.
#[derive(Debug, Default)]
struct Related<'a> {
    ip: Vec<Text<'a>>,
    hosts: Vec<Text<'a>>,
    hash: Vec<Text<'a>>,
}

impl<'a> Related<'a> {
    fn new(sighting: &Sighting<'a>) -> Self {
        let mut related = Self::default();
        for found in &sighting.hit.matches {
            let indicator = sighting.indicators.get(found.indicator);
            let value = indicator.value();
            match indicator.kind() {
                Kind::Ipv4 | Kind::Ipv6 => add(&mut related.ip, value.into()),
                // What was in the range, where it stood in plain sight.
                Kind::Cidr if found.relation == Relation::InRange => {
                    let address = std::str::from_utf8(sighting.matched).ok();
                    if let Some(address) = address.and_then(|text| text.parse::<IpAddr>().ok()) {
                        add(&mut related.ip, address.to_string().into());
                    }
                }
                Kind::Domain => add(&mut related.hosts, value.into()),
                Kind::Url => {
                    let host = Url::new(value).domain;
                    let address = host.trim_start_matches('[').trim_end_matches(']');
                    if address.parse::<IpAddr>().is_ok() {
                        add(&mut related.ip, address.into());
                    } else {
                        add(&mut related.hosts, host.into());
                    }
                }
                Kind::Hash(_) | Kind::Certificate(_) => add(&mut related.hash, value.into()),
                Kind::Cidr | Kind::Email | Kind::Literal => {}
            }
        }
        related
    }

    fn write(&self, json: &mut Writer) {
        if self.ip.is_empty() && self.hosts.is_empty() && self.hash.is_empty() {
            return;
        }
        json.raw(",\"related\":{");
        list(json, "ip", &self.ip);
        list(json, "hosts", &self.hosts);
        list(json, "hash", &self.hash);
        json.raw("}");
    }
}

fn add<'a>(list: &mut Vec<Text<'a>>, value: Text<'a>) {
    if !list.contains(&value) {
        list.push(value);
    }
}
