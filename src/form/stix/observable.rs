//! What was observed: STIX Cyber-observable Objects, with the identifiers that STIX gives them
//! (STIX 2.1, 2.9 and 6).

use std::net::IpAddr;

use serde_json::Value;
use uuid::Uuid;

use super::super::id::STIX;
use super::super::object::Object;
use super::{LONGEST, marked};
use crate::stored::{Indicator, StoredHit};

/// One object that was observed.
pub(super) struct Observable {
    pub(super) id: String,
    pub(super) object: Object,
}

impl Observable {
    /// What it is of is what decides the identifier, and all of it where nothing is added.
    fn new(kind: &str, properties: Object) -> Self {
        // Keys in order, nothing between them: as RFC 8785 writes it, for these texts and numbers.
        let name = Value::from(properties.clone()).to_string();
        let id = format!("{kind}--{}", Uuid::new_v5(&STIX, name.as_bytes()));
        let object =
            properties.with("type", kind).with("spec_version", "2.1").with("id", id.as_str());
        Self { id, object: marked(object) }
    }

    fn value(kind: &str, value: &str) -> Option<Self> {
        let is_said = !value.is_empty() && value.len() <= LONGEST;
        is_said.then(|| Self::new(kind, Object::new().with("value", value)))
    }

    /// An IPv4 address in IPv6 clothes is one.
    fn address(ip: IpAddr) -> Self {
        let ip = ip.to_canonical();
        let kind = if ip.is_ipv4() { "ipv4-addr" } else { "ipv6-addr" };
        Self::new(kind, Object::new().with("value", ip.to_string()))
    }

    /// Not what could not be a name: blanks, controls, addresses.
    fn domain(name: &str) -> Option<Self> {
        let is_name = name.contains(|c: char| c.is_alphabetic())
            && name.parse::<IpAddr>().is_err()
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        Self::value("domain-name", name).filter(|_| is_name)
    }

    fn url(url: &str) -> Option<Self> {
        Self::value("url", url).filter(|_| is_uri(url))
    }

    /// By the hash's length.
    fn hashed(kind: &str, digest: &str) -> Option<Self> {
        let algorithm = match digest.len() {
            32 => "MD5",
            40 => "SHA-1",
            64 => "SHA-256",
            128 => "SHA-512",
            _ => return None,
        };
        let is_digest = digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        let hashes = Object::new().with(algorithm, digest);
        is_digest.then(|| Self::new(kind, Object::new().with("hashes", hashes)))
    }

    /// The indicator as it was seen.
    fn indicator(indicator: &Indicator, matched: &str) -> Option<Self> {
        match indicator.r#type.as_str() {
            "ipv4-addr" | "ipv6-addr" => {
                let seen = matched.parse().or_else(|_| indicator.name.parse());
                seen.ok().map(Self::address)
            }
            "domain-name" => {
                // What stood there may be below it.
                let below = matched.to_ascii_lowercase();
                let below = below.strip_suffix(indicator.name.as_str()).map(|_| below.as_str());
                Self::domain(below.unwrap_or(&indicator.name))
            }
            "email-addr" => Self::value("email-addr", &indicator.name),
            kind @ ("file" | "x509-certificate") => Self::hashed(kind, &indicator.name),
            _ => None,
        }
    }
}

/// Whether it is a whole URI with a host as RFC 3986 writes it; a path is none, and what is
/// defanged is none.
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let in_host =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%[]".contains(&byte);
    let in_path = |byte: u8| in_host(byte) && !b"[]".contains(&byte) || b"/?#".contains(&byte);
    let is_address = host.starts_with('[');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !host.is_empty()
        && host.bytes().all(in_host)
        && (is_address || !host.contains(['[', ']']))
        && path.bytes().all(in_path)
        && path.matches('#').count() < 2
        && text.split('%').skip(1).all(|escape| {
            escape
                .as_bytes()
                .first_chunk()
                .is_some_and(|digits: &[u8; 2]| digits.iter().all(u8::is_ascii_hexdigit))
        })
}

/// Everything that the line says was there, each once.
pub(super) fn all(hit: &StoredHit) -> Vec<Observable> {
    let source = hit.source.ip.map(Observable::address);
    let destination = hit.destination.ip.map(Observable::address);
    let traffic = traffic(hit, source.as_ref(), destination.as_ref());
    let names = [
        &hit.source.domain,
        &hit.destination.domain,
        &hit.dns.question.name,
        &hit.url.domain,
        &hit.tls.client.server_name,
    ];
    let names = names.into_iter().flatten().filter_map(|name| {
        Observable::domain(name.trim_end_matches('.').to_ascii_lowercase().as_str())
    });
    let file = &hit.file.hash;
    let file = [&file.sha256, &file.sha512, &file.sha1, &file.md5];
    let file = file.into_iter().flatten().next();
    let mut all: Vec<Observable> = Vec::new();
    let found = Observable::indicator(&hit.threat.indicator, &hit.flaxscan.matched)
        .into_iter()
        .chain(source)
        .chain(destination)
        .chain(traffic)
        .chain(names)
        .chain(hit.dns.resolved_ip.iter().copied().map(Observable::address))
        .chain(hit.url.original.as_deref().and_then(Observable::url))
        .chain(file.and_then(|digest| Observable::hashed("file", digest)));
    for observable in found {
        if all.iter().all(|known| known.id != observable.id) {
            all.push(observable);
        }
    }
    all
}

/// The connection, without the port that the client made up for it: that makes one of many.
fn traffic(
    hit: &StoredHit,
    source: Option<&Observable>,
    destination: Option<&Observable>,
) -> Option<Observable> {
    let transport = hit.network.transport.as_deref();
    if destination.is_none() || (source.is_none() && transport.is_none()) {
        return None;
    }
    let is_ipv4 = hit.destination.ip.is_some_and(|ip| ip.is_ipv4());
    let internet = if is_ipv4 { "ipv4" } else { "ipv6" };
    let protocols = [Some(internet), transport, hit.network.protocol.as_deref()];
    let reference = |end: &Observable| end.id.clone();
    let connection = Object::new()
        .maybe("src_ref", source.map(reference))
        .maybe("dst_ref", destination.map(reference))
        .maybe("dst_port", hit.destination.port)
        .list("protocols", protocols.into_iter().flatten());
    Some(Observable::new("network-traffic", connection))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As OASIS's own library `stix2` computes them.
    #[test]
    fn identifiers_are_those_of_the_specification() {
        let address = Observable::address("198.51.100.3".parse().unwrap());
        assert_eq!(address.id, "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4");
        let mapped = Observable::address("::ffff:198.51.100.3".parse().unwrap());
        assert_eq!(mapped.id, address.id);
        let domain = Observable::domain("example.com").unwrap();
        assert_eq!(domain.id, "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7");
    }

    #[test]
    fn only_whole_urls_are_urls() {
        for url in ["http://a.example/x?y=%20#z", "https://[2001:db8::1]:8443/", "ftp://u@h"] {
            assert!(is_uri(url), "{url}");
        }
        for text in [
            "/r?u=http://c0cc.cc/x",
            "c0cc.cc/x",
            "http://",
            "http:///x",
            "http://a[.]b/",
            "http://a/x y",
            "http://a/\u{202e}",
            "http://a/%zz",
            "http://a/%2",
            "http://a/\"",
        ] {
            assert!(!is_uri(text), "{text}");
        }
    }

    #[test]
    fn only_names_are_names() {
        for text in ["", "198.51.100.3", "2001:db8::1", "a b", "a\n", "(3)api", "a/b", "1.2"] {
            assert!(Observable::domain(text).is_none(), "{text}");
        }
    }
}
