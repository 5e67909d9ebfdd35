//! The hit document: names of the Elastic Common Schema (ECS 9), and `flaxscan` for the rest.
//!
//! `docs/hit.schema.json` describes it. A field that has nothing to say is absent.

use std::borrow::Cow;
use std::net::IpAddr;

use super::Sighting;
use super::indicator::{Url, Written};
use super::observed;
use super::writer::Writer;
use crate::indicator::{Indicator, Kind};
use crate::record::{Field, Outcome, Record, UNRECOGNISED, Verdict};
use crate::scan::Relation;
use crate::words;

/// The version of the hit document, `flaxscan.schema`. It grows with every change that could break
/// a reader; a new field does not.
pub const SCHEMA_VERSION: u32 = 1;

type Text<'a> = Cow<'a, str>;

/// Writes one hit. `ingested` is JSON.
pub(super) fn write(json: &mut Writer, sighting: &Sighting<'_>, ingested: &str, written: &Written) {
    json.raw("{");
    if let Some(time) = sighting.record.and_then(Record::time) {
        json.raw("\"@timestamp\":");
        json.time(time);
        json.raw(",");
    }
    event(json, sighting, ingested);
    threat(json, sighting, written);
    related(json, sighting);
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
    json.raw(concat!(
        "\"event\":{\"kind\":\"alert\",\"category\":[\"threat\"],\"type\":[\"indicator\"],",
        "\"dataset\":"
    ));
    json.word(record.map_or(UNRECOGNISED, Record::dataset));
    if let Some(action) = record.and_then(|record| record.text(Field::Action)) {
        json.raw(",\"action\":");
        json.text(&action);
    }
    if let Some(outcome) = record.and_then(Record::outcome).map(Outcome::name) {
        json.raw(",\"outcome\":");
        json.word(outcome);
    }
    if let Some(assessment) = &sighting.assessment {
        json.raw(",\"severity\":");
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
    // Where nothing is known of it, all that is known is that it stood in the line.
    let field =
        sighting.assessment.as_ref().map_or("message", |assessment| assessment.field_name());
    let mut before = ",\"enrichments\":[{\"indicator\":";
    for found in &hit.matches {
        json.raw(before);
        before = ",{\"indicator\":";
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
        list(json, ",\"alias\":[", group.aliases);
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
    if !hit.encodings.is_plain() {
        let names = hit.encodings.iter().map(|encoding| encoding.name());
        list(json, ",\"encoding\":[", names);
    }
    json.raw(",\"class\":");
    json.word(sighting.indicators.get(hit.best().indicator).traits().class.name());
    if let Some(assessment) = &sighting.assessment {
        json.raw(",\"window\":");
        json.word(assessment.window.name());
        json.raw(",\"assessment\":\"");
        for part in assessment.sentence() {
            json.raw(part);
        }
        json.raw("\"");
    }
    list(json, ",\"assumed\":[", record.into_iter().flat_map(Record::assumed));
    if let Some(verdict) = record.and_then(Record::verdict).map(Verdict::name) {
        json.raw(",\"verdict\":");
        json.word(verdict);
    }
    if let Some(record) = record {
        delta(json, record);
    }
    if sighting.truncated {
        json.raw(",\"truncated\":true");
    }
    json.raw(",\"schema\":");
    json.number(SCHEMA_VERSION.into());
    json.raw(concat!(",\"version\":\"", env!("CARGO_PKG_VERSION"), "\"}"));
}

/// What is new of the bytes that a session has sent so far.
fn delta(json: &mut Writer, record: &Record<'_>) {
    let mut before = ",\"delta\":{";
    for (field, key) in [
        (Field::SourceDelta, "\"source_bytes\":"),
        (Field::DestinationDelta, "\"destination_bytes\":"),
    ] {
        if let Some(bytes) = record.number(field) {
            json.raw(before);
            json.raw(key);
            json.number(bytes);
            before = ",";
        }
    }
    if before == "," {
        json.raw("}");
    }
}

/// A list of texts, `begin` being its key and bracket; nothing where there are none.
fn list<T: AsRef<str>>(json: &mut Writer, begin: &'static str, texts: impl IntoIterator<Item = T>) {
    let mut before = begin;
    for text in texts {
        json.raw(before);
        json.text(text.as_ref());
        before = ",";
    }
    if before != begin {
        json.raw("]");
    }
}

/// ECS `related`: what of the indicators can be searched for.
fn related(json: &mut Writer, sighting: &Sighting<'_>) {
    let values = related_values(sighting);
    let mut before = ",\"related\":{";
    for (class, begin) in
        [(Related::Ip, "\"ip\":["), (Related::Hosts, "\"hosts\":["), (Related::Hash, "\"hash\":[")]
    {
        let texts = || values.iter().filter(|value| value.0 == class).map(|value| &value.1);
        if texts().next().is_some() {
            json.raw(before);
            list(json, begin, texts());
            before = ",";
        }
    }
    if !values.is_empty() {
        json.raw("}");
    }
}

/// The same as values.
pub(super) fn related_values<'a>(sighting: &Sighting<'a>) -> Vec<(Related, Text<'a>)> {
    let mut values: Vec<(Related, Text<'_>)> = Vec::with_capacity(sighting.hit.matches.len());
    for found in &sighting.hit.matches {
        let indicator = sighting.indicators.get(found.indicator);
        let value = related_value(indicator, found.relation, sighting.matched);
        values.extend(value.filter(|value| !values.contains(value)));
    }
    values
}

/// A list of ECS `related`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Related {
    Ip,
    Hosts,
    Hash,
}

fn related_value<'a>(
    indicator: Indicator<'a>,
    relation: Relation,
    matched: &[u8],
) -> Option<(Related, Text<'a>)> {
    let value = indicator.value();
    match indicator.kind() {
        Kind::Ipv4 | Kind::Ipv6 => Some((Related::Ip, value.into())),
        // What was in the range, where it stood in plain sight.
        Kind::Cidr if relation == Relation::InRange => {
            let address: IpAddr = std::str::from_utf8(matched).ok()?.parse().ok()?;
            Some((Related::Ip, words::address(address).into()))
        }
        Kind::Domain => Some((Related::Hosts, value.into())),
        Kind::Url => {
            let host = Url::new(value).domain;
            let address = host.trim_start_matches('[').trim_end_matches(']');
            if address.parse::<IpAddr>().is_ok() {
                Some((Related::Ip, address.into()))
            } else {
                Some((Related::Hosts, host.into()))
            }
        }
        Kind::Hash(_) | Kind::Certificate(_) => Some((Related::Hash, value.into())),
        Kind::Cidr | Kind::Email | Kind::Literal => None,
    }
}
