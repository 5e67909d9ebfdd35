//! What the line says: `evidences`, and the values in it to search by, `observables`.

use std::net::IpAddr;

use super::super::object::Object;
use crate::stored::{Endpoint, StoredHit};

/// The methods that `http_request.http_method` can be.
const METHODS: [&str; 9] =
    ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

/// Of these an Evidence Artifacts object has to have one.
const ANCHORS: [&str; 8] =
    ["connection_info", "device", "dst_endpoint", "email", "file", "query", "src_endpoint", "user"];

/// Kinds of observables: `type_id` and `type`.
const HOSTNAME: (u8, &str) = (1, "Hostname");
const ADDRESS: (u8, &str) = (2, "IP Address");
const USER: (u8, &str) = (4, "User Name");
const EMAIL: (u8, &str) = (5, "Email Address");
const URL: (u8, &str) = (6, "URL String");
const FILE: (u8, &str) = (7, "File Name");
const HASH: (u8, &str) = (8, "Hash");

/// One hit's evidence.
pub(super) struct Evidence {
    /// `evidences[0]`, where the line says something.
    pub(super) object: Option<Object>,
    pub(super) observables: Vec<Object>,
}

/// Where the ECS field is in the finding.
pub(super) fn path(field: &str) -> &'static str {
    match field {
        "source.ip" => "evidences[].src_endpoint.ip",
        "source.domain" => "evidences[].src_endpoint.hostname",
        "destination.ip" => "evidences[].dst_endpoint.ip",
        "destination.domain" | "tls.client.server_name" => "evidences[].dst_endpoint.hostname",
        "dns.question.name" => "evidences[].query.hostname",
        "url.original" => "evidences[].url.url_string",
        "url.domain" => "evidences[].url.hostname",
        "http.request.referrer" => "evidences[].http_request.referrer",
        "user_agent.original" => "evidences[].http_request.user_agent",
        "email.from.address" => "evidences[].email.from",
        "email.to.address" => "evidences[].email.to",
        _ => "raw_data",
    }
}

impl Evidence {
    pub(super) fn of(hit: &StoredHit) -> Self {
        let said = |text: &Option<String>| text.clone();
        let server = hit.destination.domain.as_ref().or(hit.tls.client.server_name.as_ref());
        let object = Object::new()
            .maybe("src_endpoint", endpoint(&hit.source, hit.source.domain.as_ref()))
            .maybe("dst_endpoint", endpoint(&hit.destination, server))
            .maybe("connection_info", connection(hit))
            .maybe("query", query(hit))
            .maybe("url", url(hit))
            .maybe("http_request", http_request(hit))
            .maybe(
                "http_response",
                hit.http.response.status_code.map(|code| Object::new().with("code", code)),
            )
            .maybe("user", said(&hit.user.name).map(|name| Object::new().with("name", name)))
            .maybe("device", hit.host.name.as_deref().map(device))
            .maybe("file", hit.file.name.as_deref().map(|name| file(name, hit)))
            .maybe("email", email(hit));
        // A URL is one of them, too.
        let holds = object.has("url") || ANCHORS.iter().any(|name| object.has(name));
        Self { object: holds.then_some(object), observables: observables(hit) }
    }
}

fn endpoint(end: &Endpoint, name: Option<&String>) -> Option<Object> {
    let host =
        Object::new().shown("ip", end.ip).maybe("hostname", name.map(String::as_str)).filled()?;
    Some(host.maybe("port", end.port))
}

fn connection(hit: &StoredHit) -> Option<Object> {
    let (transport, direction) = (&hit.network.transport, &hit.network.direction);
    if transport.is_none() && direction.is_none() {
        return None;
    }
    let (id, name) = match direction.as_deref() {
        Some("inbound") => (1, "Inbound"),
        Some("outbound") => (2, "Outbound"),
        Some("internal") => (3, "Lateral"),
        Some("external") => (99, "External"),
        _ => (0, "Unknown"),
    };
    let info = Object::new().with("direction_id", id).with("direction", name);
    Some(info.maybe("protocol_name", transport.clone()))
}

fn query(hit: &StoredHit) -> Option<Object> {
    let name = hit.dns.question.name.as_deref()?;
    let query = Object::new().with("hostname", name);
    Some(query.maybe("type", hit.dns.question.r#type.clone()))
}

fn url(hit: &StoredHit) -> Option<Object> {
    let original = hit.url.original.as_deref()?;
    let url = Object::new().with("url_string", original);
    Some(url.maybe("hostname", hit.url.domain.clone()))
}

fn http_request(hit: &StoredHit) -> Option<Object> {
    let method = hit.http.request.method.as_deref();
    let method = method.filter(|method| METHODS.contains(method));
    Object::new()
        .maybe("http_method", method)
        .maybe("referrer", hit.http.request.referrer.clone())
        .maybe("user_agent", hit.user_agent.original.clone())
        .list("x_forwarded_for", hit.network.forwarded_ip.iter().map(IpAddr::to_string))
        .filled()
}

fn device(name: &str) -> Object {
    Object::new().with("hostname", name).with("type_id", 0).with("type", "Unknown")
}

fn file(name: &str, hit: &StoredHit) -> Object {
    let hash = &hit.file.hash;
    let hashes = [
        (1, "MD5", &hash.md5),
        (2, "SHA-1", &hash.sha1),
        (3, "SHA-256", &hash.sha256),
        (4, "SHA-512", &hash.sha512),
    ];
    let fingerprint = |(id, algorithm, value): (u8, &str, &Option<String>)| {
        let value = value.clone()?;
        let object = Object::new().with("algorithm_id", id).with("algorithm", algorithm);
        Some(object.with("value", value))
    };
    let file = Object::new().with("name", name).with("type_id", 0).with("type", "Unknown");
    file.list("hashes", hashes.into_iter().filter_map(fingerprint))
}

fn email(hit: &StoredHit) -> Option<Object> {
    Object::new()
        .maybe("from", hit.email.from.address.clone())
        .list("to", hit.email.to.address.iter().map(String::as_str))
        .filled()
}

fn observables(hit: &StoredHit) -> Vec<Object> {
    let hash = &hit.file.hash;
    let address = |end: &Endpoint| end.ip.map(|ip| ip.to_string());
    let hashes = [&hash.md5, &hash.sha1, &hash.sha256, &hash.sha512];
    let has_name = hit.file.name.is_some();
    let hash_path = if has_name { "evidences[].file.hashes[].value" } else { "raw_data" };
    let one = |path, kind, value: Option<String>| Some((path, kind, value?));
    let dst = "evidences[].dst_endpoint.hostname";
    let server = hit.destination.domain.clone().or_else(|| hit.tls.client.server_name.clone());
    let single = [
        one("evidences[].src_endpoint.ip", ADDRESS, address(&hit.source)),
        one("evidences[].src_endpoint.hostname", HOSTNAME, hit.source.domain.clone()),
        one("evidences[].dst_endpoint.ip", ADDRESS, address(&hit.destination)),
        one(dst, HOSTNAME, server),
        one("evidences[].query.hostname", HOSTNAME, hit.dns.question.name.clone()),
        one("evidences[].url.url_string", URL, hit.url.original.clone()),
        one("evidences[].user.name", USER, hit.user.name.clone()),
        one("evidences[].device.hostname", HOSTNAME, hit.host.name.clone()),
        one("evidences[].file.name", FILE, hit.file.name.clone()),
        one("evidences[].email.from", EMAIL, hit.email.from.address.clone()),
    ];
    let hashes = hashes.into_iter().map(|hash| one(hash_path, HASH, hash.clone()));
    let to = hit.email.to.address.iter();
    let to = to.map(|to| one("evidences[].email.to", EMAIL, Some(to.clone())));
    let resolved = hit.dns.resolved_ip.iter();
    let resolved = resolved.map(|ip| one("raw_data", ADDRESS, Some(ip.to_string())));
    let all = single.into_iter().chain(hashes).chain(to).chain(resolved).flatten();
    all.map(|(path, (id, kind), value)| {
        let object = Object::new().with("name", path).with("type_id", id);
        object.with("type", kind).with("value", value)
    })
    .collect()
}
