//! Indicators, and what they look for as a STIX pattern (STIX 2.1, part 9).

use std::fmt::Write as _;

use jiff::Timestamp;

use super::super::object::Object;
use super::{common, cut, stamp};
use crate::stored::{Indicator, StoredHit};

pub(super) fn object(hit: &StoredHit, id: &str, created: Timestamp) -> Object {
    let published = &hit.threat.indicator;
    let is_infrastructure = hit.flaxscan.class == "infrastructure";
    let said = |text: &str| (!text.is_empty()).then(|| cut(text));
    // A reference has to say more than whose it is.
    let citation = said(&published.reference).unwrap_or_else(|| "list of indicators".to_owned());
    let reference = said(&published.provider)
        .map(|provider| Object::new().with("source_name", provider).with("description", citation));
    common("indicator", id, created)
        .with("name", cut(&published.name))
        .maybe("description", said(&published.description))
        .list("indicator_types", [if is_infrastructure { "malicious-activity" } else { "unknown" }])
        .with("pattern", pattern(published, hit.flaxscan.relation == "literal"))
        .with("pattern_type", "stix")
        .with("pattern_version", "2.1")
        // Where nobody says since when, it is at least from now on.
        .with("valid_from", stamp(published.first_seen.unwrap_or(created)))
        .maybe("confidence", confidence(&published.confidence))
        .list("external_references", reference)
}

/// The middle of each step of STIX's scale None/Low/Med/High (appendix A).
fn confidence(name: &str) -> Option<u8> {
    match name {
        "Low" => Some(15),
        "Medium" => Some(50),
        "High" => Some(85),
        _ => None,
    }
}

fn pattern(indicator: &Indicator, is_literal: bool) -> String {
    let name = &cut(&indicator.name);
    let equals = |path: &str| format!("[{path} = {}]", quoted(name));
    match indicator.r#type.as_str() {
        kind @ ("ipv4-addr" | "ipv6-addr") if name.contains('/') => {
            format!("[{kind}:value ISSUBSET {}]", quoted(name))
        }
        kind @ ("ipv4-addr" | "ipv6-addr" | "email-addr") => equals(&format!("{kind}:value")),
        // With what is below it.
        "domain-name" => {
            let below = quoted(&format!("(^|\\.){}$", regex(name)));
            format!("[domain-name:value MATCHES {below}]")
        }
        "file" => equals(&format!("file:hashes.{}", algorithm(name))),
        "x509-certificate" => equals(&format!("x509-certificate:hashes.{}", algorithm(name))),
        _ if is_literal => format!("[url:value MATCHES {}]", quoted(&regex(name))),
        // It is published without a scheme, and holds for what is below its path.
        _ => {
            let below = quoted(&format!("^[A-Za-z][A-Za-z0-9+.-]*://{}($|[/?#])", regex(name)));
            format!("[url:value MATCHES {below}]")
        }
    }
}

/// The name that STIX has for a hash of this length (hash-algorithm-ov), as a pattern quotes it.
fn algorithm(digest: &str) -> &'static str {
    match digest.len() {
        32 => "MD5",
        40 => "'SHA-1'",
        64 => "'SHA-256'",
        _ => "'SHA-512'",
    }
}

/// A string of the pattern language.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A regular expression that matches the text.
fn regex(text: &str) -> String {
    let mut expression = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() && !matches!(c, '/' | '-' | '_' | ':') {
            expression.push('\\');
        }
        let _ = expression.write_char(c);
    }
    expression
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(kind: &str, name: &str, is_literal: bool) -> String {
        let (name, r#type) = (name.to_owned(), kind.to_owned());
        pattern(&Indicator { name, r#type, ..Indicator::default() }, is_literal)
    }

    #[test]
    fn patterns() {
        for (kind, name, expected) in [
            ("ipv4-addr", "192.0.2.1", "[ipv4-addr:value = '192.0.2.1']"),
            ("ipv4-addr", "192.0.2.0/24", "[ipv4-addr:value ISSUBSET '192.0.2.0/24']"),
            ("email-addr", "o'hara@a.example", r"[email-addr:value = 'o\'hara@a.example']"),
            ("domain-name", "a-b.example", r"[domain-name:value MATCHES '(^|\\.)a-b\\.example$']"),
            ("file", &"a".repeat(64), &format!("[file:hashes.'SHA-256' = '{}']", "a".repeat(64))),
        ] {
            assert_eq!(made(kind, name, false), expected);
        }
        let url = r"[url:value MATCHES '^[A-Za-z][A-Za-z0-9+.-]*://c0cc\\.cc/Gate($|[/?#])']";
        assert_eq!(made("url", "c0cc.cc/Gate", false), url);
        assert_eq!(made("url", "/a\\'b", true), r"[url:value MATCHES '/a\\\\\\\'b']");
    }
}
