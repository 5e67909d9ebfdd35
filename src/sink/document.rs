//! The hit document: names of the Elastic Common Schema (ECS 9), and `flaxscan` for the rest.
//!
//! `docs/hit.schema.json` describes it. A field that has nothing to say is absent.

use std::borrow::Cow;
use std::net::IpAddr;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::Sighting;
use super::indicator::{Url, Written};
use super::observed::Observed;
use crate::assess::Assessment;
use crate::indicator::{Class, Kind};
use crate::record::{Field, Outcome, Record, UNRECOGNISED, Verdict};
use crate::scan::Relation;

/// The version of the hit document, `flaxscan.schema`. It grows with every change that could break
/// a reader; a new field does not.
pub const SCHEMA_VERSION: u32 = 1;

type Text<'a> = Cow<'a, str>;

/// One hit.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    #[serde(rename = "@timestamp", skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    event: Event<'a>,
    threat: Threat<'a>,
    #[serde(skip_serializing_if = "Related::is_empty")]
    related: Related<'a>,
    log: Log<'a>,
    #[serde(flatten)]
    observed: Option<Observed<'a>>,
    flaxscan: Own<'a>,
}

#[derive(Debug, Serialize)]
struct Event<'a> {
    kind: &'static str,
    category: [&'static str; 1],
    r#type: [&'static str; 1],
    dataset: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<u8>,
    ingested: &'a str,
    original: Text<'a>,
}

#[derive(Debug, Serialize)]
struct Threat<'a> {
    indicator: &'a RawValue,
    enrichments: Vec<Enrichment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<GroupFields>,
}

#[derive(Debug, Serialize)]
struct GroupFields {
    name: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    alias: &'static [&'static str],
}

#[derive(Debug, Serialize)]
struct Enrichment<'a> {
    indicator: &'a RawValue,
    matched: Matched<'a>,
}

#[derive(Debug, Serialize)]
struct Matched<'a> {
    atomic: Text<'a>,
    field: &'static str,
    r#type: &'static str,
}

#[derive(Debug, Default, Serialize)]
struct Related<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ip: Vec<Text<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hosts: Vec<Text<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hash: Vec<Text<'a>>,
}

#[derive(Debug, Serialize)]
struct Log<'a> {
    file: LogFile<'a>,
    offset: u64,
}

#[derive(Debug, Serialize)]
struct LogFile<'a> {
    path: &'a str,
}

/// What ECS has no name for.
#[derive(Debug, Serialize)]
struct Own<'a> {
    line: u64,
    column: u64,
    matched: Text<'a>,
    relation: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    encoding: Vec<&'static str>,
    class: Class,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "displayed")]
    assessment: Option<Assessment>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assumed: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
    schema: u32,
    version: &'static str,
}

impl<'a> Document<'a> {
    pub(super) fn new(sighting: &Sighting<'a>, ingested: &'a str, written: &'a Written) -> Self {
        let hit = sighting.hit;
        let matched = String::from_utf8_lossy(sighting.matched);
        let best = sighting.indicators.get(hit.best().indicator);
        let record = sighting.record;
        let time = record.and_then(Record::time);
        // Where nothing is known of it, all that is known is that it stood in the line.
        let assessment = sighting.assessment;
        let field = assessment.map_or("message", |assessment| assessment.field_name());
        let enrichments = hit.matches.iter().map(|found| Enrichment {
            indicator: written.get(found.indicator),
            matched: Matched { atomic: matched.clone(), field, r#type: "indicator_match_rule" },
        });
        Self {
            timestamp: time.map(|time| time.to_string()),
            event: Event {
                kind: "alert",
                category: ["threat"],
                r#type: ["indicator"],
                dataset: record.map_or(UNRECOGNISED, Record::dataset),
                action: record.and_then(|record| record.text(Field::Action)),
                outcome: record.and_then(Record::outcome).map(Outcome::name),
                severity: assessment.map(|assessment| assessment.severity),
                ingested,
                original: String::from_utf8_lossy(sighting.line),
            },
            threat: Threat {
                indicator: written.get(hit.best().indicator),
                enrichments: enrichments.collect(),
                group: best
                    .group()
                    .map(|group| GroupFields { name: group.name, alias: group.aliases }),
            },
            related: Related::new(sighting),
            log: Log { file: LogFile { path: sighting.path }, offset: hit.line_start },
            observed: record.map(Observed::new),
            flaxscan: Own {
                line: hit.line,
                column: hit.column(),
                matched,
                relation: hit.best().relation.name(),
                encoding: hit.encodings.iter().map(|encoding| encoding.name()).collect(),
                class: best.traits().class,
                window: assessment.map(|assessment| assessment.window.name()),
                assessment,
                assumed: record.map(|record| record.assumed().collect()).unwrap_or_default(),
                verdict: record.and_then(Record::verdict).map(Verdict::name),
                truncated: sighting.truncated,
                schema: SCHEMA_VERSION,
                version: env!("CARGO_PKG_VERSION"),
            },
        }
    }
}

fn displayed<S: Serializer>(
    assessment: &Option<Assessment>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match assessment {
        Some(assessment) => serializer.collect_str(assessment),
        None => serializer.serialize_none(),
    }
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

    fn is_empty(&self) -> bool {
        self.ip.is_empty() && self.hosts.is_empty() && self.hash.is_empty()
    }
}

fn add<'a>(list: &mut Vec<Text<'a>>, value: Text<'a>) {
    if !list.contains(&value) {
        list.push(value);
    }
}
