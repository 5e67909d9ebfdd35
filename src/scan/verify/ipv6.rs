//! IPv6 addresses in text, and the IPv4 addresses inside them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::token::is_host_byte;
use crate::scan::Encoding;
use crate::scan::scanner::{Cursors, Scanner};
use crate::scan::view::View;

/// The longest run of hex digits, colons and dots that is looked at: an expanded address with a
/// dotted tail (45 bytes), a word before it that ends in hex digits, and a port.
const LONGEST: usize = 96;

fn is_group_byte(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b':'
}

/// The IPv4 address that an IPv6 address stands for: IPv4-mapped (RFC 4291 §2.5.5.2), the older
/// IPv4-compatible form (§2.5.5.1), NAT64's well-known prefix (RFC 6052), 6to4 (RFC 3056).
pub(super) fn embedded_v4(address: Ipv6Addr) -> Option<(Ipv4Addr, Encoding)> {
    let bits = u128::from(address);
    let low = Ipv4Addr::from(bits as u32);
    match address.segments() {
        [0, 0, 0, 0, 0, 0xFFFF, ..] => Some((low, Encoding::Ipv4Mapped)),
        // `::1` and its like are not IPv4 addresses.
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => Some((low, Encoding::Ipv4Mapped)),
        [0x64, 0xFF9B, 0, 0, 0, 0, ..] => Some((low, Encoding::Nat64)),
        [0x2002, ..] => Some((Ipv4Addr::from((bits >> 80) as u32), Encoding::SixToFour)),
        _ => None,
    }
}

/// Whether an address lies in space that is in use: what else looks like one is more likely a
/// word, a colon and an address.
pub(super) fn is_plausible(address: Ipv6Addr) -> bool {
    let first = address.segments()[0];
    // Global unicast, unique local, link local, multicast; the embedded forms.
    matches!(first, 0x2000..=0x3FFF | 0xFC00..=0xFDFF | 0xFE80..=0xFEBF | 0xFF00..=0xFFFF)
        || matches!(first, 0 | 0x64)
}

fn parse(text: &[u8]) -> Option<Ipv6Addr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

impl Scanner<'_> {
    /// Verifies the run of groups around a colon.
    pub(in crate::scan) fn colon(&mut self, view: &View<'_>, at: usize, cursors: &mut Cursors) {
        if at < cursors.colon {
            return;
        }
        let room = &view.text[at..view.text.len().min(at + LONGEST)];
        cursors.colon = at + room.iter().take_while(|&&byte| is_group_byte(byte)).count();
        if !self.index.addresses.has_v6() && !may_embed_v4(view.text, at) {
            return;
        }
        if let Some((span, address)) = self.ipv6_at(view.text, at) {
            self.ipv6(view, span, address);
        } else {
            self.ipv6_dot_port(view, at);
        }
    }

    /// Adds an address that was read at `span`.
    pub(super) fn ipv6(&mut self, view: &View<'_>, span: Range<usize>, address: Ipv6Addr) {
        let raw = view.raw_span(&span);
        let mut matches = Vec::new();
        let encodings = view.encodings(&span);
        self.address_matches(IpAddr::V6(address), &raw, encodings, &mut matches);
        self.bracketed_resources(view, &span, address, &mut matches);
        self.add(view, &span, matches);
    }

    /// The address around a colon, and where it stands.
    pub(super) fn ipv6_at(&self, text: &[u8], colon: usize) -> Option<(Range<usize>, Ipv6Addr)> {
        let (start, mut end) = groups(text, colon)?;
        // A dotted tail belongs to the address only where it is whole.
        let tail = &text[end..text.len().min(end + 16)];
        let dotted = tail.iter().take_while(|&&byte| byte == b'.' || byte.is_ascii_digit()).count();
        if dotted > 0 && tail[0] == b'.' {
            let whole = end + dotted;
            let trimmed = whole - usize::from(text[whole - 1] == b'.');
            let is_free = ends_free(text, whole);
            let parsed = parse(&text[start..trimmed]);
            match parsed {
                Some(address) if is_free => return Some((start..trimmed, address)),
                // A full stop after the address.
                _ if dotted == 1 && is_free => {}
                _ => return None,
            }
        } else if !ends_free(text, end) {
            return None;
        }
        // One colon at the end is the text's, as in `from 2001:db8::1: timeout`.
        if text[start..end].ends_with(b":") && !text[start..end].ends_with(b"::") {
            end -= 1;
        }
        if let Some(address) = parse(&text[start..end]) {
            if is_plausible(address) {
                return Some((start..end, address));
            }
            let first = start + memchr::memchr(b':', &text[start..end])?;
            let rest = parse(&text[first + 1..end]).filter(|&rest| is_plausible(rest));
            return match rest {
                Some(rest) => Some((first + 1..end, rest)),
                None => Some((start..end, address)),
            };
        }
        // A word before it, a port behind it, or both.
        let first = memchr::memchr(b':', &text[start..end]).map(|colon| start + colon + 1);
        let last = memchr::memrchr(b':', &text[start..end]).map(|colon| start + colon);
        let is_port = last.is_some_and(|last| {
            let port = &text[last + 1..end];
            !port.is_empty() && port.len() <= 5 && port.iter().all(u8::is_ascii_digit)
        });
        let last = last.filter(|_| is_port);
        let readings = [
            last.map(|last| start..last),
            first.map(|first| first..end),
            first.zip(last).map(|(first, last)| first..last),
        ];
        let addresses = readings.into_iter().flatten().filter_map(|span| {
            let address = parse(text.get(span.clone())?)?;
            Some((span, address))
        });
        // Addresses in use first: `de:2001:…:1` could as well end in a port.
        addresses.min_by_key(|&(_, address)| !is_plausible(address))
    }

    /// An address, a dot and a port: tcpdump's IPv6 lines.
    fn ipv6_dot_port(&mut self, view: &View<'_>, colon: usize) {
        let text = view.text;
        let Some((start, end)) = groups(text, colon) else { return };
        if text.get(end) != Some(&b'.') {
            return;
        }
        let port = &text[end + 1..text.len().min(end + 33)];
        let len =
            port.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
        if let (true, Some(address)) = (len > 0, parse(&text[start..end])) {
            self.endpoint(view, start..end, end + 1 + len, IpAddr::V6(address));
        }
    }
}

/// Whether one of the first groups around a colon is one that the forms with an IPv4 address
/// inside begin with: none or zero, `64`, `2002`. Where no IPv6 address is looked for, the others
/// need not be read.
fn may_embed_v4(text: &[u8], colon: usize) -> bool {
    let back = &text[colon.saturating_sub(LONGEST)..colon];
    let before = back.iter().rev().take_while(|&&byte| is_group_byte(byte)).count();
    let mut run = &text[colon - before..text.len().min(colon + LONGEST)];
    // The first may be the end of a word.
    for _ in 0..3 {
        let zeros = run.iter().take_while(|&&byte| byte == b'0').count();
        let may_begin = match &run[zeros..] {
            // `::` in the middle of an address is not where it begins.
            [b':', next, ..] => zeros > 0 || *next == b':',
            [b'6', b'4', ..] | [b'2', b'0', b'0', b'2', ..] => true,
            rest => zeros > 0 && rest.is_empty(),
        };
        if may_begin {
            return true;
        }
        let Some(next) = run.iter().position(|&byte| byte == b':') else { return false };
        run = &run[next + 1..];
    }
    false
}

/// Whether a token can end at `end`: what follows is a boundary, or is trimmed off before one.
fn ends_free(text: &[u8], end: usize) -> bool {
    let rest = &text[end..];
    let trimmed = rest.iter().take_while(|byte| matches!(byte, b'-' | b'_' | b'.')).count();
    rest.get(trimmed).is_none_or(|&byte| !is_host_byte(byte))
}

/// The run of hex digits and colons around `colon`, from the first group that begins at a
/// boundary. `None` for a run that is too long for an address.
fn groups(text: &[u8], colon: usize) -> Option<(usize, usize)> {
    let back = &text[colon.saturating_sub(LONGEST)..colon];
    let before = back.iter().rev().take_while(|&&byte| is_group_byte(byte)).count();
    let room = &text[colon..text.len().min(colon + LONGEST)];
    let after = room.iter().take_while(|&&byte| is_group_byte(byte)).count();
    if before == LONGEST || after == LONGEST {
        return None;
    }
    let (mut start, end) = (colon - before, colon + after);
    // The end of a word, as in `outside:2001:db8::1`, is no group.
    let in_word = start > 0 && is_host_byte(text[start - 1]);
    if in_word && !text[start..end].starts_with(b":") {
        start += memchr::memchr(b':', &text[start..end])? + 1;
    } else if text[start..end].starts_with(b":")
        && (text[start..end].starts_with(b":::") || !text[start..end].starts_with(b"::"))
    {
        // `src:2001:db8::1`, `src:::1`.
        start += 1;
    } else if in_word {
        // `std::1`.
        return None;
    }
    (end > start).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Index;
    use crate::indicator::IndicatorSet;
    use crate::scan::classify::CheckedLevel;

    fn read(text: &str) -> Option<String> {
        let set = IndicatorSet::new();
        let index = Index::new(&set);
        let scanner = Scanner::new(&set, &index, CheckedLevel::fastest());
        let colon = text.find(':')?;
        let (span, _) = scanner.ipv6_at(text.as_bytes(), colon)?;
        Some(text[span].to_owned())
    }

    #[test]
    fn addresses_are_cut_out_of_their_surroundings() {
        for (text, address) in [
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::1/64", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("IPv6:2001:db8::1 x", "2001:db8::1"),
            ("outside:2001:db8::1/443", "2001:db8::1"),
            ("dad:2001:db8::1", "2001:db8::1"),
            ("from 2001:db8::1: x", "2001:db8::1"),
            ("src:::1", "::1"),
            ("at 2001:db8::1.", "2001:db8::1"),
            ("2001:db8::1->fe80::1", "2001:db8::1"),
            ("::ffff:45.77.231.209", "::ffff:45.77.231.209"),
            ("::ffff:45.77.231.209.", "::ffff:45.77.231.209"),
            ("0:0:0:0:0:ffff:45.77.231.209:443", "0:0:0:0:0:ffff:45.77.231.209"),
            ("2001:db8:0:0:0:0:0:1:443", "2001:db8:0:0:0:0:0:1"),
            ("de:2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:1"),
        ] {
            assert_eq!(read(text).as_deref(), Some(address), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_left_alone() {
        for text in
            ["12:34:56", "std::abs", "a1::std", "::ffff:45.77.231.2090", "e9:0e:21:d3:3c:bf"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
