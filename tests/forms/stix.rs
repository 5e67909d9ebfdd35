//! The bundle of the samples: whole, bounded, and the same each time. `xtask/forms.py` checks it
//! with OASIS's validator.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{flaxscan, samples};

fn objects(text: &[u8]) -> Vec<Value> {
    let bundle: Value = serde_json::from_slice(text).unwrap();
    assert_eq!(bundle["type"], "bundle");
    bundle["objects"].as_array().cloned().unwrap_or_default()
}

fn of_type<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    objects.iter().filter(|object| object["type"] == kind).collect()
}

/// Every identifier that an object refers to.
fn references<'a>(object: &'a Value, found: &mut Vec<&'a str>) {
    for (name, value) in object.as_object().unwrap() {
        if name.ends_with("_ref") {
            found.push(value.as_str().unwrap());
        } else if name.ends_with("_refs") {
            found.extend(value.as_array().unwrap().iter().map(|id| id.as_str().unwrap()));
        }
    }
}

#[test]
fn the_bundle_refers_to_itself_only_and_counts_every_hit() {
    let stix = flaxscan(Path::new("."), &["scan", &samples(), "-o", "stix"]).stdout;
    let objects = objects(&stix);
    let ids: Vec<&str> = objects.iter().map(|object| object["id"].as_str().unwrap()).collect();
    let unique: BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
    for object in &objects {
        let mut found = Vec::new();
        references(object, &mut found);
        for id in found {
            assert!(ids.contains(&id), "{id}: {object}");
        }
    }
    let hits = super::documents("json").len() as u64;
    let sightings = of_type(&objects, "sighting");
    let counted: u64 = sightings.iter().map(|one| one["count"].as_u64().unwrap()).sum();
    assert_eq!(counted, hits);
    // Together, or there would be one for each.
    assert!((sightings.len() as u64) < hits);
    for kind in ["indicator", "observed-data", "intrusion-set", "network-traffic", "domain-name"] {
        assert!(!of_type(&objects, kind).is_empty(), "{kind}");
    }
    for kind in ["sighting", "observed-data", "network-traffic", "ipv4-addr"] {
        let marked = of_type(&objects, kind).into_iter();
        assert!(marked.into_iter().all(|one| one["object_marking_refs"][0].is_string()), "{kind}");
    }
}

#[test]
fn identifiers_are_the_same_each_time() {
    let stix = flaxscan(Path::new("."), &["scan", &samples(), "-o", "stix"]).stdout;
    let again = flaxscan(Path::new("."), &["scan", &samples(), "-o", "stix"]).stdout;
    let ids = |text| -> BTreeMap<String, String> {
        let all = objects(text).into_iter();
        all.map(|one| (one["id"].to_string(), one["type"].to_string())).collect()
    };
    assert_eq!(ids(&stix), ids(&again));
}

/// Somebody may hand over hits without end that have nothing in common.
#[test]
fn what_is_held_is_bounded_and_the_rest_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::write(path.join("fw.log"), "src=10.0.0.1 dst=45.77.231.209\n").unwrap();
    let hit = flaxscan(path, &["scan", "fw.log", "-o", "json"]).stdout;
    let mut hit: Value = serde_json::from_slice(&hit).unwrap();
    let mut hits = String::new();
    for number in 0..10_050_u32 {
        hit["source"] = json!({ "ip": format!("10.1.{}.{}", number / 256, number % 256) });
        hit["@timestamp"] = "2026-10-09T00:00:00Z".into();
        writeln!(hits, "{hit}").unwrap();
    }
    fs::write(path.join("hits.jsonl"), hits).unwrap();
    let stix = flaxscan(path, &["report", "hits.jsonl", "--to", "stix"]).stdout;
    let objects = objects(&stix);
    assert_eq!(of_type(&objects, "sighting").len(), 10_000);
    let notes = of_type(&objects, "note");
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0]["content"], "50 more hits are in none of the sightings.");
}
