//! A value as it was read from a line, and the forms that addresses and ports take in it.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A value of a line: what it means, and the stretch of text that says so.
///
/// The stretch is what tells which field a hit stood in, so it is kept even when the value is not
/// it (JSON escapes, doubled quotes in CSV).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    /// Where it stands; a slice of the line, or of a text that was unwrapped from it.
    pub raw: &'a str,
    /// What it says.
    pub text: Cow<'a, str>,
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(raw: &'a str) -> Self {
        Self { raw, text: Cow::Borrowed(raw) }
    }
}

impl<'a> Value<'a> {
    /// Whether it says nothing: `-`, `N/A`, `(empty)` and the like.
    pub(crate) fn is_blank(&self) -> bool {
        is_blank(&self.text)
    }

    /// The part that `cut` takes out of it.
    pub(crate) fn part(&self, cut: impl Fn(&str) -> &str) -> Self {
        match &self.text {
            Cow::Borrowed(text) => cut(text).into(),
            Cow::Owned(text) => Self { raw: self.raw, text: Cow::Owned(cut(text).to_owned()) },
        }
    }
}

/// What products write where there is nothing to write.
pub(crate) fn is_blank(text: &str) -> bool {
    // What most values begin with, and none of those.
    if let Some(b'0'..=b'9' | b'a'..=b'm' | b'o'..=b'z' | b'A'..=b'M' | b'O'..=b'Z') =
        text.as_bytes().first()
    {
        return false;
    }
    matches!(
        text.trim(),
        "" | "-"
            | "--"
            | "N/A"
            | "n/a"
            | "NA"
            | "null"
            | "(null)"
            | "NULL"
            | "(empty)"
            | "\"\""
            | "<nil>"
    )
}

/// An address in any textual form that §1 of the design knows; IPv4-mapped ones as IPv4.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    // As nearly all of them are written.
    if let Some(address) = quad(text) {
        return Some(address.into());
    }
    let text = text.trim();
    let text = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    if let Some(address) = quad(text) {
        return Some(address.into());
    }
    // An interface, or a routing domain: `fe80::1%eth0`, `10.1.1.1%2`.
    let (text, has_zone) = text.split_once('%').map_or((text, false), |(text, _)| (text, true));
    // Everything that is an address is shorter; most of what is none is found out here.
    if text.len() < 2 || text.len() > 45 {
        return None;
    }
    if text.contains(':') {
        text.parse().ok().map(unmapped)
    } else {
        quad(text).filter(|_| has_zone).map(IpAddr::V4)
    }
}

fn unmapped(address: Ipv6Addr) -> IpAddr {
    address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4)
}

/// `45.77.231.209`, `045.077.231.209`: decimal, never octal.
fn quad(text: &str) -> Option<Ipv4Addr> {
    if !(7..=15).contains(&text.len()) {
        return None;
    }
    let (mut octets, mut at, mut digits, mut value) = ([0; 4], 0, 0, 0_u16);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' if digits < 3 => {
                value = 10 * value + u16::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && at < 3 => {
                octets[at] = u8::try_from(value).ok()?;
                (at, digits, value) = (at + 1, 0, 0);
            }
            _ => return None,
        }
    }
    octets[3] = u8::try_from(value).ok()?;
    (at == 3 && digits > 0).then(|| octets.into())
}

/// A port's number; some products write the service's name for it.
pub(crate) fn port(text: &str) -> Option<u16> {
    const SERVICES: &[(&str, u16)] = &[
        ("bootpc", 68),
        ("bootps", 67),
        ("dns", 53),
        ("domain", 53),
        ("ftp", 21),
        ("ftp-data", 20),
        ("http", 80),
        ("https", 443),
        ("imap", 143),
        ("imap4", 143),
        ("imaps", 993),
        ("isakmp", 500),
        ("kerberos", 88),
        ("ldap", 389),
        ("ldaps", 636),
        ("mdns", 5353),
        ("microsoft-ds", 445),
        ("netbios-dgm", 138),
        ("netbios-ns", 137),
        ("netbios-ssn", 139),
        ("ntp", 123),
        ("pop3", 110),
        ("pop3s", 995),
        ("pptp", 1723),
        ("rdp", 3389),
        ("sip", 5060),
        ("smtp", 25),
        ("snmp", 161),
        ("snmptrap", 162),
        ("ssh", 22),
        ("sunrpc", 111),
        ("syslog", 514),
        ("telnet", 23),
        ("tftp", 69),
        ("www", 80),
    ];
    let text = text.trim();
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.parse().ok();
    }
    let known = |(name, _): &&(&str, u16)| name.eq_ignore_ascii_case(text);
    SERVICES.iter().find(known).map(|&(_, port)| port)
}

/// Host and port of `10.0.0.1:443`, `[2001:db8::1]:443`, `10.0.0.1/443`, `10.0.0.1#53`,
/// `10.0.0.1(443)`, `host:443`. An IPv6 address without brackets is all host, unless what is
/// before its last colon is the address.
pub(crate) fn endpoint(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    let is_port = |text: &str| !text.starts_with('0') && port(text).is_some() || text == "0";
    if let Some(at) = memchr::memrchr3(b'/', b'#', b'(', text.as_bytes()) {
        let (host, port) = (&text[..at], &text[at + 1..]);
        let port = port.strip_suffix(')').unwrap_or(port);
        return if is_port(port) { (host, Some(port)) } else { (text, None) };
    }
    let colon = text.bytes().rposition(|byte| byte == b':');
    match colon.map(|at| (&text[..at], &text[at + 1..])) {
        Some((host, port)) if is_port(port) => {
            let is_whole = host.contains(':') && !host.ends_with(']') && address(text).is_some();
            if is_whole { (text, None) } else { (host, Some(port)) }
        }
        _ => (text, None),
    }
}

/// Whether a text is a host's name and no address: letters, digits, `.`, `-`, `_` and whatever is
/// not ASCII, at least one letter.
pub(crate) fn is_host_name(text: &str) -> bool {
    text.len() <= 255
        && text.chars().any(char::is_alphabetic)
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c) || !c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("10.0.0.1", "10.0.0.1"),
            (" 10.0.0.1 ", "10.0.0.1"),
            ("045.077.231.209", "45.77.231.209"),
            ("2001:DB8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("10.1.1.1%2", "10.1.1.1"),
            ("010.001.001.001%2", "10.1.1.1"),
            ("10.1.1%2", ""),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("0:0:0:0:0:ffff:2d4d:e7d1", "45.77.231.209"),
            ("::", "::"),
            ("10.0.0.1.5", ""),
            ("10.0.0.256", ""),
            ("0045.1.1.1", ""),
            ("1.2.3", ""),
            ("name.example", ""),
            ("", ""),
        ] {
            let read = address(text).map(|address| address.to_string());
            assert_eq!(read.unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn endpoints() {
        for (text, expected) in [
            ("10.0.0.1:443", ("10.0.0.1", Some("443"))),
            ("10.0.0.1/443", ("10.0.0.1", Some("443"))),
            ("10.0.0.1#53", ("10.0.0.1", Some("53"))),
            ("10.0.0.1(443)", ("10.0.0.1", Some("443"))),
            ("[2001:db8::1]:443", ("[2001:db8::1]", Some("443"))),
            ("[2001:db8::1]", ("[2001:db8::1]", None)),
            ("2001:db8::1", ("2001:db8::1", None)),
            ("2001:db8::1/443", ("2001:db8::1", Some("443"))),
            ("2001:db8:1:2:3:4:5:6:443", ("2001:db8:1:2:3:4:5:6", Some("443"))),
            ("::ffff:10.0.0.1:443", ("::ffff:10.0.0.1", Some("443"))),
            ("host.example:443", ("host.example", Some("443"))),
            ("10.0.0.1", ("10.0.0.1", None)),
            ("10.0.0.1:https", ("10.0.0.1", Some("https"))),
            ("10.0.0.1:else", ("10.0.0.1:else", None)),
            (":443", ("", Some("443"))),
            ("", ("", None)),
        ] {
            assert_eq!(endpoint(text), expected, "{text}");
        }
    }
}
