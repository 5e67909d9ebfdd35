//! OCSF 1.8 Detection Finding (`class_uid` 2004), with the profiles Security Control and OSINT.
//!
//! Required attributes that a log line does not give keep an object out, rather than being made up:
//! `tls` wants its version, `certificate` its serial number, `process` its number. What has no
//! place is in `unmapped`, and the line itself in `raw_data`.

mod evidence;
mod osint;

use uuid::Uuid;

use self::evidence::Evidence;
use super::headline::headline;
use super::id::OWN;
use super::object::Object;
use crate::assess::Level;
use crate::stored::StoredHit;

/// The version of the schema that the finding is of.
const VERSION: &str = "1.8.0";
/// Class Detection Finding.
const CLASS: u32 = 2004;
/// Activity Create.
const CREATE: u32 = 1;

pub(super) fn finding(hit: &StoredHit) -> Object {
    let evidence = Evidence::of(hit);
    let (severity_id, severity) = severity(hit);
    let (action_id, disposition_id) = verdict(hit);
    let uid = uid(hit);
    // A finding always has a time: where the line has none, that of the scan.
    let time = hit.timestamp.unwrap_or(hit.event.ingested);
    Object::new()
        .with("class_uid", CLASS)
        .with("class_name", "Detection Finding")
        .with("category_uid", 2)
        .with("category_name", "Findings")
        .with("activity_id", CREATE)
        .with("activity_name", "Create")
        .with("type_uid", CLASS * 100 + CREATE)
        .with("type_name", "Detection Finding: Create")
        .with("time", time.as_millisecond())
        .with("severity_id", severity_id)
        .with("severity", severity)
        .with("status_id", 1)
        .with("status", "New")
        .with("is_alert", true)
        .with("action_id", action_id)
        .maybe("action", hit.event.action.clone())
        .with("disposition_id", disposition_id)
        .maybe("firewall_rule", hit.rule.name.clone().map(|name| Object::new().with("name", name)))
        .with("confidence_id", osint::confidence(&hit.threat.indicator.confidence))
        .with("message", headline(hit))
        .with("metadata", metadata(hit, uid))
        .with("finding_info", info(hit, uid))
        .list("evidences", evidence.object)
        .list("observables", evidence.observables)
        .list("osint", osint::all(hit))
        .with("raw_data", hit.event.original.as_str())
        .with("unmapped", unmapped(hit))
}

/// `severity_id` and `severity`.
fn severity(hit: &StoredHit) -> (u8, &'static str) {
    match hit.event.severity.map(Level::of) {
        None => (0, "Unknown"),
        Some(Level::Low) => (2, "Low"),
        Some(Level::Medium) => (3, "Medium"),
        Some(Level::High) => (4, "High"),
        Some(Level::Critical) => (5, "Critical"),
    }
}

/// The same hit has the same identifier, from wherever it is read.
fn uid(hit: &StoredHit) -> Uuid {
    let place = format!("{}:{}", hit.log.offset, hit.flaxscan.column);
    let parts: [&str; 4] =
        [&hit.log.file.path, &place, &hit.threat.indicator.name, &hit.event.original];
    Uuid::new_v5(&OWN, parts.join("\0").as_bytes())
}

/// `action_id` and `disposition_id` of the profile Security Control.
fn verdict(hit: &StoredHit) -> (u8, u8) {
    match hit.flaxscan.verdict.as_deref() {
        Some("allowed") => (1, 1),
        Some("blocked") => (2, 2),
        _ => (0, 0),
    }
}

fn metadata(hit: &StoredHit, uid: Uuid) -> Object {
    let product = Object::new()
        .with("name", "flaxscan")
        .with("vendor_name", "flaxscan")
        .with("version", &*hit.flaxscan.version);
    let logger = |name: &String| Object::new().with("name", name.as_str());
    Object::new()
        .with("version", VERSION)
        .with("product", product)
        .list("profiles", ["osint", "security_control"])
        .shown("uid", Some(uid))
        .with("log_name", &*hit.log.file.path)
        .with("log_provider", &*hit.event.dataset)
        .with("processed_time", hit.event.ingested.as_millisecond())
        .list("loggers", hit.observer.hostname.iter().map(logger))
}

fn info(hit: &StoredHit, uid: Uuid) -> Object {
    let analytic = Object::new()
        .with("name", "Published indicator in a log line")
        .with("type_id", 1)
        .with("type", "Rule")
        .with("category", &*hit.flaxscan.relation)
        .with("version", &*hit.flaxscan.version);
    let seen = hit.timestamp.map(|time| time.as_millisecond());
    Object::new()
        .with("title", headline(hit))
        .shown("uid", Some(uid))
        .list("types", ["Threat indicator match"])
        .maybe("desc", hit.flaxscan.assessment.clone())
        .with("analytic", analytic)
        .list("data_sources", [&*hit.event.dataset])
        .with("created_time", hit.event.ingested.as_millisecond())
        .maybe("first_seen_time", seen)
        .maybe("last_seen_time", seen)
}

/// What OCSF has no place for, by the names of the hit document.
fn unmapped(hit: &StoredHit) -> Object {
    let own = &hit.flaxscan;
    let (server, file) = (&hit.tls.server, &hit.file.hash);
    let indicator = &hit.threat.indicator;
    let said = |text: &Option<String>| text.clone();
    Object::new()
        .with("flaxscan.line", own.line)
        .with("flaxscan.column", own.column)
        .with("flaxscan.matched", own.matched.as_str())
        .with("flaxscan.relation", &*own.relation)
        .list("flaxscan.encoding", own.encoding.iter().map(|word| &**word))
        .with("flaxscan.class", &*own.class)
        .maybe("flaxscan.window", own.window.clone())
        .list("flaxscan.assumed", own.assumed.iter().map(|word| &**word))
        .maybe("flaxscan.delta.source_bytes", own.delta.source_bytes)
        .maybe("flaxscan.delta.destination_bytes", own.delta.destination_bytes)
        .maybe("flaxscan.truncated", own.truncated.then_some(true))
        .with("log.offset", hit.log.offset)
        .maybe("event.severity", hit.event.severity)
        .maybe("event.outcome", hit.event.outcome.clone())
        .maybe("source.bytes", hit.source.bytes)
        .maybe("source.packets", hit.source.packets)
        .shown("source.nat.ip", hit.source.nat.ip)
        .maybe("source.nat.port", hit.source.nat.port)
        .maybe("destination.bytes", hit.destination.bytes)
        .maybe("destination.packets", hit.destination.packets)
        .shown("destination.nat.ip", hit.destination.nat.ip)
        .maybe("destination.nat.port", hit.destination.nat.port)
        .maybe("network.bytes", hit.network.bytes)
        .maybe("network.packets", hit.network.packets)
        .maybe("network.protocol", said(&hit.network.protocol))
        .maybe("dns.response_code", said(&hit.dns.response_code))
        .list("dns.answers.data", hit.dns.answers.iter().map(|answer| answer.data.as_str()))
        .list("dns.resolved_ip", hit.dns.resolved_ip.iter().map(ToString::to_string))
        .maybe("tls.client.ja3", said(&hit.tls.client.ja3))
        .maybe("tls.server.ja3s", said(&server.ja3s))
        .maybe("tls.server.subject", said(&server.subject))
        .maybe("tls.server.issuer", said(&server.issuer))
        .maybe("tls.server.hash.md5", said(&server.hash.md5))
        .maybe("tls.server.hash.sha1", said(&server.hash.sha1))
        .maybe("tls.server.hash.sha256", said(&server.hash.sha256))
        .maybe("file.hash.md5", said(&file.md5))
        .maybe("file.hash.sha1", said(&file.sha1))
        .maybe("file.hash.sha256", said(&file.sha256))
        .maybe("file.hash.sha512", said(&file.sha512))
        .maybe("process.executable", said(&hit.process.executable))
        .shown("threat.indicator.first_seen", indicator.first_seen)
        .shown("threat.indicator.last_seen", indicator.last_seen)
}
