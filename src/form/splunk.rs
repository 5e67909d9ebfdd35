//! Events for Splunk's HTTP Event Collector, named by the Common Information Model, with the
//! `threat_*` fields of Enterprise Security's Threat Intelligence framework.
//!
//! `time` is absent where the line has none: Splunk then takes the time it arrives.

use std::net::IpAddr;

use super::headline::headline;
use super::object::Object;
use crate::assess::Level;
use crate::stored::{Endpoint, StoredHit};

/// The CIM field of an ECS field, where it is not `_raw` that was searched.
fn cim_field(ecs: &str) -> &'static str {
    match ecs {
        "source.ip" | "source.domain" | "source.nat.ip" => "src",
        "destination.ip" | "destination.domain" | "destination.nat.ip" => "dest",
        "dns.question.name" => "query",
        "dns.resolved_ip" | "dns.answers.data" => "answer",
        "url.original" => "url",
        "url.domain" => "url_domain",
        "http.request.referrer" => "http_referrer",
        "user_agent.original" => "http_user_agent",
        "tls.client.server_name" => "ssl_subject_common_name",
        "tls.server.hash.md5" | "tls.server.hash.sha1" | "tls.server.hash.sha256" => "ssl_hash",
        "file.hash.md5" | "file.hash.sha1" | "file.hash.sha256" | "file.hash.sha512" => "file_hash",
        "email.from.address" => "src_user",
        "email.to.address" => "recipient",
        _ => "_raw",
    }
}

/// Enterprise Security's collection that an indicator of this type is in.
fn collection(kind: &str) -> &'static str {
    match kind {
        "url" => "http_intel",
        "file" => "file_intel",
        "x509-certificate" => "certificate_intel",
        "email-addr" => "email_intel",
        // Names are in it, too.
        _ => "ip_intel",
    }
}

/// Who it is, for `src` and `dest`: the address, else the name.
fn who(end: &Endpoint) -> Option<String> {
    end.ip.map(|ip| ip.to_string()).or_else(|| end.domain.clone())
}

pub(super) fn event(hit: &StoredHit) -> Object {
    let millisecond = |time: jiff::Timestamp| time.as_millisecond() as f64 / 1000.0;
    Object::new()
        .maybe("time", hit.timestamp.map(millisecond))
        .maybe("host", hit.observer.hostname.clone().or_else(|| hit.host.name.clone()))
        .with("source", &*hit.log.file.path)
        .with("sourcetype", "flaxscan:hit")
        .with("event", threat(hit, traffic(hit)))
}

/// What the line says: data models Network Traffic, Network Resolution, Web, Certificates, Email.
fn traffic(hit: &StoredHit) -> Object {
    let said = |text: &Option<String>| text.clone();
    let answers: Vec<String> = match hit.dns.answers.as_slice() {
        [] => hit.dns.resolved_ip.iter().map(IpAddr::to_string).collect(),
        answers => answers.iter().map(|answer| answer.data.clone()).collect(),
    };
    Object::new()
        .maybe("action", hit.flaxscan.verdict.clone())
        .maybe("vendor_action", said(&hit.event.action))
        .maybe("src", who(&hit.source))
        .shown("src_ip", hit.source.ip)
        .maybe("src_port", hit.source.port)
        .shown("src_translated_ip", hit.source.nat.ip)
        .maybe("dest", who(&hit.destination))
        .shown("dest_ip", hit.destination.ip)
        .maybe("dest_port", hit.destination.port)
        .shown("dest_translated_ip", hit.destination.nat.ip)
        .maybe("bytes_out", hit.source.bytes)
        .maybe("bytes_in", hit.destination.bytes)
        .maybe("transport", said(&hit.network.transport))
        .maybe("direction", hit.network.direction.clone())
        .maybe("app", said(&hit.network.protocol))
        .maybe("query", said(&hit.dns.question.name))
        .maybe("record_type", said(&hit.dns.question.r#type))
        .maybe("reply_code", said(&hit.dns.response_code))
        .list("answer", answers)
        .maybe("url", said(&hit.url.original))
        .maybe("url_domain", said(&hit.url.domain))
        .maybe("http_method", said(&hit.http.request.method))
        .maybe("http_referrer", said(&hit.http.request.referrer))
        .maybe("http_user_agent", said(&hit.user_agent.original))
        .maybe("status", hit.http.response.status_code)
        .maybe("ssl_subject_common_name", said(&hit.tls.client.server_name))
        .maybe("ssl_hash", tls_hash(hit))
        .maybe("file_name", said(&hit.file.name))
        .maybe("file_hash", file_hash(hit))
        .maybe("process_path", said(&hit.process.executable))
        .maybe("src_user", said(&hit.email.from.address))
        .list("recipient", hit.email.to.address.iter().map(String::as_str))
        .maybe("user", said(&hit.user.name))
        .maybe("rule", said(&hit.rule.name))
        .maybe("dvc", said(&hit.observer.hostname))
}

fn tls_hash(hit: &StoredHit) -> Option<String> {
    let hash = &hit.tls.server.hash;
    hash.sha256.clone().or_else(|| hash.sha1.clone()).or_else(|| hash.md5.clone())
}

fn file_hash(hit: &StoredHit) -> Option<String> {
    let hash = &hit.file.hash;
    let short = || hash.sha1.clone().or_else(|| hash.md5.clone());
    hash.sha256.clone().or_else(|| hash.sha512.clone()).or_else(short)
}

/// What was hit, beside what the line says.
fn threat(hit: &StoredHit, traffic: Object) -> Object {
    let indicator = &hit.threat.indicator;
    let field = hit.threat.enrichments.first().map_or("message", |best| &best.matched.field);
    let group = hit.threat.group.as_ref();
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    traffic
        .with("signature", headline(hit))
        .with("signature_id", indicator.name.as_str())
        .maybe("severity", hit.event.severity.map(|severity| Level::of(severity).name()))
        .maybe("severity_id", hit.event.severity)
        .with("vendor_product", "flaxscan")
        .with("threat_match_field", cim_field(field))
        .with("threat_match_value", hit.flaxscan.matched.as_str())
        .with("threat_collection", collection(&indicator.r#type))
        .with("threat_key", indicator.provider.as_str())
        .maybe("threat_group", group.map(|group| group.name.as_str()))
        .maybe("threat_description", said(&indicator.description))
        .maybe("window", hit.flaxscan.window.clone())
        .with("relation", &*hit.flaxscan.relation)
        .maybe("assessment", hit.flaxscan.assessment.clone())
        .with("dataset", &*hit.event.dataset)
        .with("line", hit.flaxscan.line)
        .with("offset", hit.log.offset)
        .with("original", hit.event.original.as_str())
}
