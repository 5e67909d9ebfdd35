//! Names: at or below a domain indicator, a reverse look-up, or a provider's reverse name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::token::read_quad;
use crate::indicator::public_suffix;
use crate::scan::scanner::{Ranked, Scanner};
use crate::scan::view::{Decoded, View};
use crate::scan::{Encoding, Encodings, Relation};

/// The part of a long token's end that is looked up: longer than any name.
const TAIL: usize = 512;

/// The address that a reverse look-up asks for: `4.3.2.1.in-addr.arpa` (RFC 1035 §3.5) or 32
/// nibbles under `ip6.arpa` (RFC 3596 §2.5). `name` is in lower case.
fn reverse_address(name: &[u8]) -> Option<IpAddr> {
    if let Some(octets) = name.strip_suffix(b".in-addr.arpa") {
        let is_plain = |part: &[u8]| part.len() == 1 || !part.starts_with(b"0");
        if !octets.split(|&byte| byte == b'.').all(is_plain) {
            return None;
        }
        let [a, b, c, d] = read_quad(octets)?.0.octets();
        return Some(Ipv4Addr::new(d, c, b, a).into());
    }
    let nibbles = name.strip_suffix(b".ip6.arpa")?;
    if nibbles.len() != 63 {
        return None;
    }
    let mut bits = 0u128;
    for (at, &byte) in nibbles.iter().enumerate().rev() {
        if at % 2 == 0 {
            bits = bits << 4 | u128::from(char::from(byte).to_digit(16)?);
        } else if byte != b'.' {
            return None;
        }
    }
    Some(Ipv6Addr::from(bits).into())
}

/// The address that begins a provider's reverse name, `45.77.231.209.vultrusercontent.com`, and
/// whether it is padded with zeros.
///
/// Versions and package files begin the same way (`1.2.3.4.el8.x86_64`, `1.2.3.4.tar.gz`), so what
/// follows has to be a name of two labels at least under a public suffix.
fn provider_address(name: &[u8]) -> Option<(Ipv4Addr, bool)> {
    if !name.first()?.is_ascii_digit() {
        return None;
    }
    let fourth = memchr::memchr_iter(b'.', name).nth(3)?;
    let address = read_quad(&name[..fourth])?;
    let rest = &name[fourth + 1..];
    let mut labels = rest.rsplit(|&byte| byte == b'.');
    let top = labels.next()?;
    let is_name = labels.next().is_some()
        && top.iter().any(u8::is_ascii_alphabetic)
        && rest.split(|&byte| byte == b'.').all(|label| !label.is_empty())
        && !rest.ends_with(b".arpa")
        && public_suffix(rest).typ.is_some();
    is_name.then_some(address)
}

impl Scanner<'_> {
    /// Verifies a name that stands in the text as a host token, and what may hang on it: a URL, a
    /// mail address.
    pub(super) fn name_token(
        &mut self,
        view: &View<'_>,
        span: Range<usize>,
        name: &[u8],
        encodings: Encodings,
        decoded: &mut Decoded,
    ) {
        let mut matches = Vec::new();
        self.name_matches(view, &span, name, encodings, &mut matches);
        if let Ok(host) = std::str::from_utf8(name) {
            self.resources(view, &span, host, encodings, decoded, &mut matches);
        }
        if matches.is_empty() {
            self.address_dot_service(view, span, name);
        } else {
            self.add(view, &span, matches);
        }
    }

    /// What a lower-case ASCII name matches.
    pub(super) fn name_matches(
        &self,
        view: &View<'_>,
        span: &Range<usize>,
        name: &[u8],
        encodings: Encodings,
        matches: &mut Vec<Ranked>,
    ) {
        let raw = view.raw_span(span);
        let encodings = encodings.and(view.encodings(span));
        let tail = &name[name.len().saturating_sub(TAIL)..];
        for (len, id) in self.index.names.covering(self.set, tail) {
            let relation = if len == name.len() { Relation::Exact } else { Relation::Subdomain };
            matches.push(Ranked::new(self.set, relation, id, len, raw.clone(), encodings));
        }
        match reverse_address(name) {
            Some(address) => {
                let encodings = encodings.with(Encoding::ReverseDns);
                self.address_matches(address, &raw, encodings, matches);
            }
            None => {
                if let Some((address, is_padded)) = provider_address(name) {
                    let encodings = match is_padded {
                        true => encodings.with(Encoding::ZeroPadded),
                        false => encodings,
                    };
                    for (len, id) in self.index.addresses.covering_v4(address) {
                        let relation = Relation::Embedded;
                        let len = usize::from(len);
                        let span = raw.clone();
                        matches.push(Ranked::new(self.set, relation, id, len, span, encodings));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reverse_names_are_read_backwards() {
        let read = |name: &str| reverse_address(name.as_bytes());
        assert_eq!(read("209.231.77.45.in-addr.arpa"), Some([45, 77, 231, 209].into()));
        assert_eq!(read("9.231.77.045.in-addr.arpa"), None);
        assert_eq!(read("231.77.45.in-addr.arpa"), None);
        assert_eq!(read("x.209.231.77.45.in-addr.arpa"), None);
        let name = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
        assert_eq!(read(name), "2001:db8::1".parse().ok());
    }

    #[test]
    fn provider_names_are_not_versions() {
        let read = |name: &str| provider_address(name.as_bytes()).map(|found| found.0.to_string());
        let address = Some("45.77.231.209".to_owned());
        assert_eq!(read("45.77.231.209.vultrusercontent.com"), address);
        assert_eq!(read("45.77.231.209.static.example.co.uk"), address);
        assert_eq!(read("45.77.231.209.el8.x86_64"), None);
        assert_eq!(read("45.77.231.209.1"), None);
        assert_eq!(read("45.77.231.209.com"), None);
        assert_eq!(read("45.77.231.209..example.com"), None);
        assert_eq!(read("209.231.77.45.in-addr.arpa"), None);
    }
}
