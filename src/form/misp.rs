//! Sightings as MISP's API takes them: each line is the body of one `POST /sightings/add`.
//!
//! `values` are what the indicators are called, for MISP looks for attributes of that value; all
//! that a token matches are one sighting. `timestamp` is in seconds, and absent where the line has
//! no time: MISP then takes the time of the request. There is a line for each hit; many hits in a
//! second give equal lines, which `uniq` takes out.

use super::object::Object;
use crate::stored::StoredHit;

/// A sighting, not a false positive or an expiration.
const SIGHTING: &str = "0";

pub(super) fn sighting(hit: &StoredHit) -> Object {
    let mut values: Vec<&str> = Vec::new();
    for enrichment in &hit.threat.enrichments {
        let name = enrichment.indicator.name.as_str();
        if !values.contains(&name) {
            values.push(name);
        }
    }
    if values.is_empty() {
        values.push(&hit.threat.indicator.name);
    }
    Object::new()
        .list("values", values)
        .maybe("timestamp", hit.timestamp.map(|time| time.as_second()))
        .with("type", SIGHTING)
        .with("source", source(hit))
}

/// Who saw it.
fn source(hit: &StoredHit) -> String {
    match hit.observer.hostname.as_ref().or(hit.host.name.as_ref()) {
        Some(name) => format!("flaxscan {name}"),
        None => "flaxscan".to_owned(),
    }
}
