//! URLs (RFC 3986) without what a log does not show or a sender is free to change.

use std::fmt::Write as _;

use super::address;
use super::canonical::{Observable, ObservableError};
use super::domain;
use super::kind::Kind;

/// Splits `scheme://rest`, if `text` begins so.
pub(super) fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let begins = scheme.starts_with(|first: char| first.is_ascii_alphabetic());
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    (begins && scheme.bytes().all(valid)).then_some((scheme, rest))
}

/// `rest` is what follows `scheme://`, or a whole text that begins with the host.
pub(super) fn observable(scheme: Option<&str>, rest: &str) -> Result<Observable, ObservableError> {
    if rest.chars().any(|found| found.is_whitespace() || found.is_control()) {
        return Err(ObservableError::UrlSpace);
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = split_port(authority);
    let mut value = host_text(host, scheme.is_some())
        .map_err(|reason| ObservableError::UrlHost(Box::new(reason)))?;
    if let Some(port) = port.filter(|port| !port.is_empty()) {
        let port = parse_port(port).ok_or(ObservableError::Port)?;
        if scheme.and_then(default_port) != Some(port) {
            write!(value, ":{port}").expect("a String takes all that is written");
        }
    }
    if !path.starts_with('/') {
        value.push('/');
    }
    value.push_str(path);
    Ok(Observable { kind: Kind::Url, value })
}

/// `host:port`; the colons of an address in brackets are its own.
pub(super) fn split_port(authority: &str) -> (&str, Option<&str>) {
    let after_host = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    match authority[after_host..].find(':') {
        Some(colon) => {
            let (host, port) = authority.split_at(after_host + colon);
            (host, Some(&port[1..]))
        }
        None => (authority, None),
    }
}

pub(super) fn parse_port(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn host_text(host: &str, has_scheme: bool) -> Result<String, ObservableError> {
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']').filter(|inner| inner.contains(':'));
        let address = inner.and_then(address::parse).ok_or(ObservableError::Ipv6)?;
        let is_ipv4 = address.is_ipv4();
        return Ok(if is_ipv4 { address.to_string() } else { format!("[{address}]") });
    }
    if host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && host.contains('.') {
        return address::parse(host).map(|it| it.to_string()).ok_or(ObservableError::Ipv4);
    }
    if has_scheme && let Some(number) = integer_host(host) {
        return Ok(std::net::Ipv4Addr::from(number).to_string());
    }
    domain::host(host)
}

/// An address as one number, decimal or hex, which browsers take for a host (WHATWG URL standard,
/// IPv4 number parser).
fn integer_host(host: &str) -> Option<u32> {
    let (digits, radix) = match host.get(..2) {
        Some("0x" | "0X") => (&host[2..], 16),
        _ => (host, 10),
    };
    // `from_str_radix` takes a sign.
    let all_digits = digits.chars().all(|digit| digit.is_digit(radix));
    all_digits.then(|| u32::from_str_radix(digits, radix).ok())?
}

fn default_port(scheme: &str) -> Option<u16> {
    [("http", 80), ("https", 443), ("ftp", 21), ("ws", 80), ("wss", 443)]
        .into_iter()
        .find_map(|(name, port)| name.eq_ignore_ascii_case(scheme).then_some(port))
}
