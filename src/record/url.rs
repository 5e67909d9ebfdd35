//! Hosts in URLs, and names in the DNS.

use std::borrow::Cow;

use super::value::{Value, is_host_name};

/// The host of a URL; `None` for a path or what is none.
///
/// Takes `scheme://user@host:port/…`, and without a scheme `host/…`, `host:443`.
pub(crate) fn host<'a>(url: &Value<'a>) -> Option<Value<'a>> {
    let part = url.part(host_of);
    (!part.text.is_empty()).then_some(part)
}

fn host_of(url: &str) -> &str {
    let (rest, has_scheme) = match url.find("://") {
        // A scheme is short; `/r?u=http://…` has none.
        Some(at) if !url[..at].contains(['/', '?', ' ']) => (&url[at + 3..], true),
        _ => (url, false),
    };
    let end = rest.find(['/', '?', '#', ' ']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']').map_or("", |(host, _)| host),
        None => host.split_once(':').map_or(host, |(host, _)| host),
    };
    // Without a scheme a host has to look like one.
    let looks = has_scheme || host.contains('.') && !host.starts_with('.');
    let is_address = super::value::address(host).is_some();
    if looks && (is_address || is_host_name(host) || has_scheme && is_number(host)) {
        host
    } else {
        ""
    }
}

/// `http://760080337/`.
fn is_number(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// A DNS name as it is kept: lower case, no final dot, Windows' labels joined by dots.
pub(crate) fn name(value: Value<'_>) -> Value<'_> {
    let Value { raw, text } = value.part(|text| {
        let text = text.trim();
        // The root is a name too.
        if text == "." { text } else { text.strip_suffix('.').unwrap_or(text) }
    });
    if text.starts_with('(') && text.ends_with("(0)") {
        return Value { raw, text: labels(&text).into() };
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Value { raw, text: Cow::Owned(text.to_ascii_lowercase()) };
    }
    Value { raw, text }
}

/// `(3)www(4)c0cc(2)cc(0)` is `www.c0cc.cc`.
fn labels(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for label in text.split('(').filter_map(|part| part.split_once(')')) {
        if label.1.is_empty() {
            break;
        }
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&label.1.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (url, expected) in [
            ("http://www.example.org/a", "www.example.org"),
            ("https://user:pw@www.example.org:8443/a@b", "www.example.org"),
            ("http://[2001:db8::1]:80/", "2001:db8::1"),
            ("http://760080337/x", "760080337"),
            ("c0cc.cc:443", "c0cc.cc"),
            ("98aiblog.com/wp-content/u.php", "98aiblog.com"),
            ("http://localhost", "localhost"),
            ("/r?u=http://c0cc.cc/x", ""),
            ("/", ""),
            ("index.html?x", "index.html"),
            ("", ""),
            ("http://", ""),
            ("error:invalid-request", ""),
        ] {
            assert_eq!(host_of(url), expected, "{url}");
        }
    }

    #[test]
    fn names() {
        for (text, expected) in [
            ("Www.Example.ORG.", "www.example.org"),
            ("(3)WWW(4)c0cc(2)cc(0)", "www.c0cc.cc"),
            (".", "."),
            ("(0)", ""),
            ("(", "("),
        ] {
            assert_eq!(name(text.into()).text, expected, "{text}");
        }
    }
}
