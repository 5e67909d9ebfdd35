//! What is published of the indicators: `osint`.

use super::super::object::Object;
use super::evidence::path;
use crate::stored::{Enrichment, Group, StoredHit};

pub(super) fn all(hit: &StoredHit) -> Vec<Object> {
    // The group is that of the best one, which is the first.
    let groups = hit.threat.group.as_deref().into_iter().map(Some).chain(std::iter::repeat(None));
    hit.threat.enrichments.iter().zip(groups).map(|(found, group)| one(found, group)).collect()
}

/// `confidence_id`.
pub(super) fn confidence(confidence: &str) -> u8 {
    match confidence {
        "Low" => 1,
        "Medium" => 2,
        "High" => 3,
        _ => 0,
    }
}

fn one(enrichment: &Enrichment, group: Option<&Group>) -> Object {
    let indicator = &enrichment.indicator;
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (id, kind) = kind(&indicator.r#type);
    let actor = group.map(|group| {
        // Who is behind a name is not for a log scanner to say.
        Object::new().with("name", group.name.as_str()).with("type_id", 0)
    });
    Object::new()
        .with("value", indicator.name.as_str())
        .with("type_id", id)
        .with("type", kind)
        .with("name", path(&enrichment.matched.field))
        .with("confidence_id", confidence(&indicator.confidence))
        .maybe("desc", said(&indicator.description))
        .maybe("vendor_name", said(&indicator.provider))
        .list("references", said(&indicator.reference))
        .maybe("threat_actor", actor)
}

/// `type_id` and `type` of an indicator's type.
fn kind(name: &str) -> (u8, &'static str) {
    match name {
        "ipv4-addr" | "ipv6-addr" => (1, "IP Address"),
        "domain-name" => (2, "Domain"),
        "file" => (4, "Hash"),
        "url" => (5, "URL"),
        "x509-certificate" => (7, "Digital Certificate"),
        "email-addr" => (9, "Email Address"),
        _ => (0, "Unknown"),
    }
}
