//! IPv4 addresses in all their notations.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;

use super::ipv6::{embedded_v4, is_plausible};
use super::token::{is_host_byte, read_quad};
use crate::scan::scanner::{Ranked, Scanner};
use crate::scan::view::{Decoded, View};
use crate::scan::{Encoding, Encodings, Relation};

impl Scanner<'_> {
    /// What an address matches: itself, and every range around it. `span` is of raw bytes.
    pub(super) fn address_matches(
        &self,
        address: IpAddr,
        span: &Range<usize>,
        encodings: Encodings,
        matches: &mut Vec<Ranked>,
    ) {
        let v4 = match address {
            IpAddr::V4(address) => Some((address, encodings)),
            IpAddr::V6(address) => {
                for (len, id) in self.index.addresses.covering_v6(address) {
                    let relation = if len == 128 { Relation::Exact } else { Relation::InRange };
                    let (len, span) = (usize::from(len), span.clone());
                    matches.push(Ranked::new(self.set, relation, id, len, span, encodings));
                }
                embedded_v4(address).map(|(address, kind)| (address, encodings.with(kind)))
            }
        };
        if let Some((address, encodings)) = v4 {
            for (len, id) in self.index.addresses.covering_v4(address) {
                let relation = if len == 32 { Relation::Exact } else { Relation::InRange };
                let (len, span) = (usize::from(len), span.clone());
                matches.push(Ranked::new(self.set, relation, id, len, span, encodings));
            }
        }
    }

    /// Verifies an address in dotted form that stands in the text as a token of its own.
    pub(super) fn quad(
        &mut self,
        view: &View<'_>,
        span: Range<usize>,
        address: Ipv4Addr,
        encodings: Encodings,
        decoded: &mut Decoded,
    ) {
        // The last part of an IPv6 address is not an IPv4 address of its own.
        if span.start > 0
            && view.text[span.start - 1] == b':'
            && let Some((whole, value)) = self.ipv6_at(view.text, span.start - 1)
            && whole.end >= span.end
            && is_plausible(value)
        {
            self.ipv6(view, whole, value);
            return;
        }
        let raw = view.raw_span(&span);
        let all = encodings.and(view.encodings(&span));
        let mut matches = Vec::new();
        self.address_matches(address.into(), &raw, all, &mut matches);
        if !self.index.resources.is_empty() {
            let host = address.to_string();
            self.resources(view, &span, &host, encodings, decoded, &mut matches);
        }
        self.add(view, &span, matches);
    }

    /// Verifies five numbers, `45.77.231.209.443`: an address and a port where the line has
    /// tcpdump's shape, and nothing anywhere else.
    pub(in crate::scan) fn address_dot_port(&mut self, view: &View<'_>, span: Range<usize>) {
        let token = &view.text[span.clone()];
        let Some(dot) = memchr::memrchr(b'.', token) else { return };
        let port =
            std::str::from_utf8(&token[dot + 1..]).ok().and_then(|port| port.parse::<u16>().ok());
        if let (Some(_), Some((address, _))) = (port, read_quad(&token[..dot])) {
            self.endpoint(view, span.start..span.start + dot, span.end, address.into());
        }
    }

    /// Verifies an address and a service's name, `45.77.231.209.https`: tcpdump without `-n`.
    pub(super) fn address_dot_service(&mut self, view: &View<'_>, span: Range<usize>, name: &[u8]) {
        let Some(dot) = memchr::memchr_iter(b'.', name).nth(3) else { return };
        if name[dot + 1..].contains(&b'.') || name.len() != span.len() {
            return;
        }
        if let Some((address, _)) = read_quad(&name[..dot]) {
            self.endpoint(view, span.start..span.start + dot, span.end, address.into());
        }
    }

    /// Adds an address in front of a dot and a port that ends at `end`, if the line is tcpdump's.
    pub(super) fn endpoint(
        &mut self,
        view: &View<'_>,
        span: Range<usize>,
        end: usize,
        address: IpAddr,
    ) {
        if !is_tcpdump(view.text, span.start, end) {
            return;
        }
        let raw = view.raw_span(&span);
        let encodings = view.encodings(&span).with(Encoding::AddressDotPort);
        let mut matches = Vec::new();
        self.address_matches(address, &raw, encodings, &mut matches);
        self.add(view, &span, matches);
    }

    /// Verifies `://` and digits: the host of a URL as one number, decimal or hex.
    pub(in crate::scan) fn numeric_host(
        &mut self,
        view: &View<'_>,
        at: usize,
        decoded: &mut Decoded,
    ) {
        let text = view.text;
        let is_escaped = text[at..].starts_with(br"/\/");
        let scheme_end: &[u8] = if is_escaped { br":\" } else { b":" };
        if !text[..at].ends_with(scheme_end) {
            return;
        }
        let start = at + if is_escaped { 3 } else { 2 };
        let rest = &text[start..text.len().min(start + 32)];
        let len = rest.iter().take_while(|&&byte| is_host_byte(byte)).count();
        let token = &rest[..len];
        let number = std::str::from_utf8(token).ok().and_then(|token| {
            match token.strip_prefix("0x").or_else(|| token.strip_prefix("0X")) {
                Some(hex) if hex.len() <= 8 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                    Some((u32::from_str_radix(hex, 16).ok()?, Encoding::HexHost))
                }
                Some(_) => None,
                // With a zero in front it would be octal.
                None if token.len() > 1 && token.starts_with('0') => None,
                None if token.bytes().all(|byte| byte.is_ascii_digit()) => {
                    Some((token.parse().ok()?, Encoding::IntegerHost))
                }
                None => None,
            }
        });
        let Some((number, kind)) = number else { return };
        if is_escaped {
            self.decode_url(view, at, decoded);
            return;
        }
        let span = start..start + len;
        let raw = view.raw_span(&span);
        let encodings = view.encodings(&span).with(kind);
        let mut matches = Vec::new();
        self.address_matches(Ipv4Addr::from(number).into(), &raw, encodings, &mut matches);
        self.add(view, &span, matches);
    }
}

/// Whether `text[start..end]` is one side of tcpdump's `A.port > B.port:`. Both sides are looked
/// at, so that a version number in front of a `>` is not taken for an address.
fn is_tcpdump(text: &[u8], start: usize, end: usize) -> bool {
    /// The longest endpoint: an expanded IPv6 address and a service's name.
    const LONGEST: usize = 64;
    let (before, after) = (&text[..start], &text[end..]);
    if let Some(other) = after.strip_prefix(b" > ") {
        let len = other.iter().take(LONGEST).take_while(|byte| !byte.is_ascii_whitespace()).count();
        return other[..len].strip_suffix(b":").is_some_and(is_endpoint);
    }
    if let (Some(other), Some(b':')) = (before.strip_suffix(b" > "), after.first()) {
        let back = other.iter().rev().take(LONGEST);
        let len = back.take_while(|byte| !byte.is_ascii_whitespace()).count();
        return is_endpoint(&other[other.len() - len..]);
    }
    false
}

/// Whether a text is an address of either family, with or without `.port`.
fn is_endpoint(text: &[u8]) -> bool {
    let is_address =
        |text: &[u8]| std::str::from_utf8(text).is_ok_and(|text| text.parse::<IpAddr>().is_ok());
    is_address(text)
        || memchr::memrchr(b'.', text).is_some_and(|dot| {
            let port = &text[dot + 1..];
            let is_port = port.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
            is_port && !port.is_empty() && is_address(&text[..dot])
        })
}
