//! Addresses in their textual forms.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::sync::LazyLock;

use flaxscan::scan::Encoding;
use regex::Regex;
use regex::bytes::Regex as BytesRegex;

/// Four decimal octets and nothing else; whether one of them was padded with zeros.
pub fn ipv4(text: &str) -> Option<(Ipv4Addr, bool)> {
    static FORM: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$").unwrap());
    if !FORM.is_match(text) {
        return None;
    }
    let padded = text.split('.').any(|octet| octet.len() > 1 && octet.starts_with('0'));
    let octets: Option<Vec<u8>> = text.split('.').map(|octet| octet.parse().ok()).collect();
    Some((Ipv4Addr::from(<[u8; 4]>::try_from(octets?).ok()?), padded))
}

/// The IPv4 address that an IPv6 address carries.
pub fn inner_ipv4(address: Ipv6Addr) -> Option<(Ipv4Addr, Encoding)> {
    let bits = u128::from(address);
    let low = Ipv4Addr::from(bits as u32);
    if let Some(mapped) = address.to_ipv4_mapped() {
        Some((mapped, Encoding::Ipv4Mapped))
    } else if bits >> 32 == 0 && low.octets()[..2] != [0, 0] {
        // The older form, RFC 4291 §2.5.5.1; not `::1` and its like.
        Some((low, Encoding::Ipv4Mapped))
    } else if bits >> 32 == 0x0064_ff9b << 64 {
        Some((low, Encoding::Nat64))
    } else if bits >> 112 == 0x2002 {
        Some((Ipv4Addr::from((bits >> 80) as u32), Encoding::SixToFour))
    } else {
        None
    }
}

/// The address whose reverse name `name` (lower case) is.
pub fn reverse(name: &str) -> Option<IpAddr> {
    if let Some(octets) = name.strip_suffix(".in-addr.arpa") {
        let mut octets: Vec<&str> = octets.split('.').collect();
        octets.reverse();
        // std takes four octets without padding, and only those.
        return octets.join(".").parse::<Ipv4Addr>().ok().map(IpAddr::V4);
    }
    static NIBBLES: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^[0-9a-f](\.[0-9a-f]){31}$").unwrap());
    let nibbles = name.strip_suffix(".ip6.arpa")?;
    if !NIBBLES.is_match(nibbles) {
        return None;
    }
    let hex: String = nibbles.split('.').rev().collect();
    Some(IpAddr::V6(Ipv6Addr::from(u128::from_str_radix(&hex, 16).ok()?)))
}

/// The address that begins a name, as providers name their hosts, and whether it was padded.
pub fn embedded(name: &str) -> Option<(Ipv4Addr, bool)> {
    static FORM: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)\.(.+)$").unwrap());
    let parts = FORM.captures(name)?;
    let address = ipv4(&parts[1])?;
    let rest = &parts[2];
    let labels: Vec<&str> = rest.split('.').collect();
    let named = labels.len() >= 2
        && labels.iter().all(|label| !label.is_empty())
        && labels.last()?.contains(|c: char| c.is_ascii_alphabetic())
        && psl::suffix(rest.as_bytes()).is_some_and(|suffix| suffix.is_known());
    let reverse = ["in-addr.arpa", "ip6.arpa"]
        .iter()
        .any(|zone| rest == *zone || rest.ends_with(&format!(".{zone}")));
    (named && !reverse).then_some(address)
}

/// Every IPv6 address in `text`, with where it stands.
pub fn ipv6_in(text: &[u8], is_token: &[bool]) -> Vec<(Range<usize>, Ipv6Addr)> {
    static RUN: LazyLock<BytesRegex> =
        LazyLock::new(|| BytesRegex::new(r"(?-u)[0-9A-Fa-f:.]+").unwrap());
    let mut found = Vec::new();
    for run in RUN.find_iter(text) {
        // Letters after the run belong to its last group, but `->` does not.
        let follows = (run.end()..text.len()).find(|&at| !b"-_.".contains(&text[at]));
        if follows.is_some_and(|at| is_token[at]) {
            continue;
        }
        let mut span = run.range();
        // `IPv6:` and `outside:` end like a group of hex digits.
        if span.start > 0 && is_token[span.start - 1] && !b"-_.".contains(&text[span.start - 1]) {
            match text[span.clone()].iter().position(|&b| b == b':') {
                Some(colon) => span.start += colon + 1,
                None => continue,
            }
        }
        if let Some((span, address)) = whole_ipv6(text, span) {
            found.push((span, address));
        }
    }
    found
}

/// Takes punctuation and a port off a run until what is left is an address.
fn whole_ipv6(text: &[u8], mut span: Range<usize>) -> Option<(Range<usize>, Ipv6Addr)> {
    static PORT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(.*:[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+):[0-9]{1,5}$").unwrap());
    loop {
        let part = std::str::from_utf8(&text[span.clone()]).ok()?;
        if let Ok(address) = part.parse() {
            return Some((span, address));
        }
        if let Some(without_port) = PORT.captures(part) {
            span.end = span.start + without_port[1].len();
        } else if part.ends_with(['.', ':']) {
            span.end -= 1;
        } else if part.starts_with(['.', ':']) {
            span.start += 1;
        } else {
            return None;
        }
    }
}

/// The addresses of tcpdump's `A.port > B.port:`, where a port follows.
pub fn dot_ports(text: &[u8], is_token: &[bool]) -> Vec<(Range<usize>, IpAddr)> {
    static SHAPE: LazyLock<BytesRegex> = LazyLock::new(|| {
        BytesRegex::new(
            r"(?x-u) (?<a>[0-9A-Fa-f:.]+)\.(?<aport>[0-9]{1,5})\ >\ (?<b>[0-9A-Fa-f:.]+):(?:\ |$)",
        )
        .unwrap()
    });
    let Some(shape) = SHAPE.captures(text) else { return Vec::new() };
    let (a, b) = (shape.name("a").unwrap().range(), shape.name("b").unwrap().range());
    if a.start > 0 && is_token[a.start - 1] || !is_port(&shape["aport"]) {
        return Vec::new();
    }
    let Some(left) = address(&text[a.clone()]) else { return Vec::new() };
    let mut found = vec![(a, left)];
    if address(&text[b.clone()]).is_some() {
        // A plain address: it is found as such.
        return found;
    }
    let dot = text[b.clone()].iter().rposition(|&byte| byte == b'.').map(|dot| b.start + dot);
    match dot.and_then(|dot| Some((dot, address(&text[b.start..dot])?))) {
        Some((dot, right)) if is_port(&text[dot + 1..b.end]) => found.push((b.start..dot, right)),
        _ => found.clear(),
    }
    found
}

fn address(text: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn is_port(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|port| port.parse::<u16>().is_ok())
}
