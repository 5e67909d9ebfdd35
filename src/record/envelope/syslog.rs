//! Syslog headers: RFC 5424, RFC 3164, and what devices take for it.
//!
//! RFC 3164 describes what was seen in 2001, so everything in it may be missing or different: no
//! priority in files, a year after the day, ISO 8601 (rsyslog), a sequence number before the time
//! (Cisco), a colon after it (ASA), no host (BSD), `host :`. What is not sure to be a header is
//! left with the message.

use crate::record::time::{self, Stamp};
use crate::record::value::address;

/// A header that was taken off.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Peeled<'a> {
    pub stamp: Option<Stamp>,
    pub host: Option<&'a str>,
    pub program: &'a str,
    pub id: &'a str,
    pub structured: &'a str,
    /// What follows the time.
    pub timed: &'a str,
    /// What follows the header.
    pub text: &'a str,
}

/// Takes the header off a text; `None` if it has none.
pub(crate) fn peel(text: &str) -> Option<Peeled<'_>> {
    let (rest, has_priority) = match priority(text) {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    if let Some(peeled) = rfc5424(rest) {
        return Some(peeled);
    }
    let (rest, origin) = cisco_origin(rest);
    // IOS marks a clock that is not set with `*`, one that lost its server with `.`.
    // EMBLEM puts a colon before it.
    let unmarked = rest.strip_prefix(['*', '.', ':']).unwrap_or(rest).trim_start();
    let Some((stamp, timed)) = time::leading(unmarked) else {
        if !has_priority && origin.is_none() {
            return None;
        }
        let (program, text) = tag(rest).unwrap_or(("", rest));
        return Some(Peeled { host: origin, program, timed: rest, text, ..Peeled::default() });
    };
    let first = unmarked.as_bytes()[0];
    let is_date_then_t = unmarked.as_bytes().get(10).is_some_and(|byte| b"Tt".contains(byte));
    let is_syslog = has_priority
        || origin.is_some()
        || first.is_ascii_alphabetic()
        || is_date_then_t && unmarked.as_bytes().get(4) == Some(&b'-')
        // `2024:06:10-06:13:20 host program[812]: …`: Astaro, Sophos UTM.
        || matches!(unmarked.as_bytes().get(4), Some(b' ' | b':'));
    // A stamp that is glued to what follows is a column of something else.
    if !timed.is_empty() && !timed.starts_with([' ', ':']) {
        return None;
    }
    let mut peeled = Peeled { stamp: Some(stamp), host: origin, ..Peeled::default() };
    peeled.timed = timed.trim_start_matches([' ', '\t']);
    peeled.text = peeled.timed;
    if let Some(text) = container(peeled.timed) {
        (peeled.timed, peeled.text) = (text, text);
        return Some(peeled);
    }
    if let Some(rest) = timed.trim_start().strip_prefix(':') {
        peeled.text = rest.trim_start();
        peeled.timed = peeled.text;
        return Some(peeled);
    }
    if is_syslog {
        host_and_tag(&mut peeled);
    } else if let Some((host, rest)) = peeled.timed.split_once(' ')
        && is_host(host)
        && let Some((program, text)) = tag(rest)
        && rest[..rest.len() - text.len()].contains('[')
    {
        // `2024-06-10 06:13:20 gw01 sshd[812]: …`: a template of rsyslog's.
        (peeled.host, peeled.program, peeled.text) = (Some(host), program, text);
    } else {
        // A date that a dialect begins with. It is only read, not taken off.
        return None;
    }
    Some(peeled)
}

/// `<134>`.
fn priority(text: &str) -> Option<&str> {
    let (digits, rest) = text.strip_prefix('<')?.split_once('>')?;
    let is_priority =
        (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_priority.then(|| rest.trim_start())
}

/// `stdout F `: what container runtimes put between the time and the line (Kubernetes' CRI logging).
fn container(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("stdout ").or_else(|| text.strip_prefix("stderr "))?;
    rest.strip_prefix("F ").or_else(|| rest.strip_prefix("P "))
}

fn host_and_tag(peeled: &mut Peeled<'_>) {
    if let Some((program, text)) = tag(peeled.text) {
        (peeled.program, peeled.text) = (program, text);
        return;
    }
    let Some((host, rest)) = peeled.text.split_once([' ', '\t']) else { return };
    // `gw01:` is one, too, where no program's name is to follow.
    if !is_host(host) || is_word(host) {
        return;
    }
    peeled.host = peeled.host.or(Some(host));
    let rest = rest.trim_start();
    // ASA: `fw-edge1 : %ASA-…`; IOS: `rtr1 637: *Nov …`.
    let rest = rest.strip_prefix(": ").map_or(rest, str::trim_start);
    let rest = sequence(rest).unwrap_or(rest);
    peeled.text = rest;
    if let Some((program, text)) = tag(rest) {
        (peeled.program, peeled.text) = (program, text);
    }
}

/// What stands before and after the first colon with a space.
fn split(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let colon = memchr::memchr_iter(b':', bytes).find(|&at| bytes.get(at + 1) == Some(&b' '))?;
    Some((&text[..colon], &text[colon + 2..]))
}

/// `637: ` and what follows.
fn sequence(text: &str) -> Option<&str> {
    let digits = text.bytes().take(11).take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..)?.strip_prefix(": ")?;
    (1..=10).contains(&digits).then(|| rest.trim_start())
}

/// IOS: `348: rtr-branch1: 084780: Nov 28 …`: sequence number, origin, sequence number.
fn cisco_origin(text: &str) -> (&str, Option<&str>) {
    let rest = sequence(text).unwrap_or(text);
    if !may_begin_with_host(rest) {
        return (rest, None);
    }
    let Some((name, after)) = split(rest) else { return (rest, None) };
    if name.len() > 255 || !is_host(name) {
        return (rest, None);
    }
    let after = after.trim_start();
    let numbered = sequence(after);
    let begins = numbered.unwrap_or(after);
    let begins = begins.strip_prefix(['*', '.']).unwrap_or(begins);
    if numbered.is_some() || rest.len() < text.len() && time::leading(begins).is_some() {
        (numbered.unwrap_or(after), Some(name))
    } else {
        (rest, None)
    }
}

/// Whether `host: ` may stand at the beginning of a text. Asked of every line, so most are turned
/// away by the first byte that a name has not: what ends before a `: ` only an address may go past.
fn may_begin_with_host(text: &str) -> bool {
    // What an address may stand in, and whatever is not ASCII may be.
    let is_white = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ') || !byte.is_ascii();
    let bytes = text.as_bytes();
    let len = bytes.iter().take_while(|&&byte| is_host_byte(byte)).count();
    let (name, rest) = bytes.split_at(len);
    match rest {
        [b':', b' ', ..] => true,
        // IPv6.
        [b':', ..] => name.len() <= 4 && name.iter().all(u8::is_ascii_hexdigit),
        // `10.0.0.1 : `.
        [b' ', after @ ..] if len > 0 => match after.iter().find(|&&byte| byte != b' ') {
            Some(&byte) => byte == b':' || is_white(byte),
            None => false,
        },
        [b'[', ..] => len == 0,
        [b'%', ..] => true,
        [byte, ..] => is_white(*byte),
        [] => false,
    }
}

/// What messages begin with that are written with a time and no host: PowerDNS on its standard
/// error, `tcpdump` on a pflog, BIND.
fn is_word(text: &str) -> bool {
    matches!(
        text,
        "Remote" | "TCP" | "UDP" | "Not" | "Query" | "rule" | "message" | "IP" | "IP6" | "client"
    )
}

fn is_host(text: &str) -> bool {
    let is_plain = text.bytes().all(is_host_byte);
    // `1.0` is a version, and a column of something.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    !text.is_empty() && text.len() <= 255 && (is_plain && !is_number || address(text).is_some())
}

const fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// `kernel: `, `sshd[812]: `, `(squid-1): `: the program's name, and what follows.
fn tag(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().take(128).position(|byte| byte == b' ').unwrap_or(text.len());
    let word = text.get(..end)?;
    let (name, is_marked) = match word.strip_suffix(':') {
        Some(name) => (name, true),
        None => (word, false),
    };
    let (name, has_pid) = match name.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
        Some((name, pid)) if pid.bytes().all(|byte| byte.is_ascii_alphanumeric()) => (name, true),
        Some(_) => return None,
        None => (name, false),
    };
    let bare = name.strip_prefix('(').and_then(|name| name.strip_suffix(')')).unwrap_or(name);
    let is_name = bare.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/@+".contains(&byte));
    // A name and a number without a colon is one where both are there.
    let is_tag = is_name && (is_marked || has_pid);
    is_tag.then(|| (bare, text[end..].trim_start()))
}

/// `1 2024-06-10T06:13:20.123Z host app 812 ID47 [id key="value"] message`.
fn rfc5424(text: &str) -> Option<Peeled<'_>> {
    let rest = text.strip_prefix("1 ")?;
    let mut peeled = Peeled::default();
    let rest = match rest.strip_prefix("- ") {
        Some(rest) => rest,
        None => {
            let (stamp, after) = time::leading(rest)?;
            peeled.stamp = Some(stamp);
            let after = after.strip_prefix(' ')?;
            if rest.as_bytes().get(4) != Some(&b'-') {
                // Meraki has the version and an epoch, and goes on as it likes.
                let (host, text) = after.split_once(' ')?;
                return Some(Peeled { host: Some(host), timed: after, text, ..peeled });
            }
            after
        }
    };
    peeled.timed = rest;
    let mut rest = rest;
    let mut field = || {
        let (field, after) = rest.split_once(' ').unwrap_or((rest, ""));
        rest = after.trim_start();
        if field == "-" { "" } else { field }
    };
    let host = field();
    peeled.host = (!host.is_empty()).then_some(host);
    peeled.program = field();
    field();
    peeled.id = field();
    peeled.text = match rest.strip_prefix("- ") {
        Some(text) => text,
        None if rest == "-" => "",
        None => {
            let end = structured(rest);
            peeled.structured = &rest[..end];
            rest[end..].trim_start()
        }
    };
    peeled.text = peeled.text.trim_start_matches('\u{feff}');
    Some(peeled)
}

/// The length of the structured data: elements in brackets, in quotes of which brackets may stand.
fn structured(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    while bytes.get(end) == Some(&b'[') {
        let mut at = end + 1;
        let mut is_quoted = false;
        loop {
            match bytes.get(at) {
                None => return if end == 0 { text.len() } else { end },
                Some(b'\\') => at += 1,
                Some(b'"') => is_quoted = !is_quoted,
                Some(b']') if !is_quoted => break,
                Some(_) => {}
            }
            at += 1;
        }
        end = at + 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<&str>, &str, &str) {
        let peeled = peel(text).unwrap_or_else(|| panic!("{text}"));
        (peeled.host, peeled.program, peeled.text)
    }

    #[test]
    fn headers() {
        for (text, host, program, message) in [
            ("Jun 10 06:13:20 gw01 kernel: x y", Some("gw01"), "kernel", "x y"),
            ("<4>Jun 10 06:13:20 gw01 kernel: x y", Some("gw01"), "kernel", "x y"),
            ("Jun 10 06:13:20 sshd[812]: x y", None, "sshd", "x y"),
            ("<30>sshd[812]: x y", None, "sshd", "x y"),
            ("Jun 10 06:13:20 10.0.0.1 sshd[812]: x", Some("10.0.0.1"), "sshd", "x"),
            ("Jun 10 06:13:20 2001:db8::1 sshd[812]: x", Some("2001:db8::1"), "sshd", "x"),
            ("2024-06-10T06:13:20.1+02:00 gw01 (squid-1): x", Some("gw01"), "squid-1", "x"),
            ("2024-06-10 06:13:20 gw01 sshd[812]: x", Some("gw01"), "sshd", "x"),
            ("Jun 10 2024 06:13:20 fw1 : %ASA-6-1: x", Some("fw1"), "", "%ASA-6-1: x"),
            ("<166>Jun 10 2024 06:13:20: %ASA-6-1: x", None, "", "%ASA-6-1: x"),
            ("<166>Jun 10 06:13:20 fw1 %ASA-6-1: x", Some("fw1"), "", "%ASA-6-1: x"),
            ("<166>:Jun 10 06:13:20 EDT: %FTD-6-1: x", None, "", "%FTD-6-1: x"),
            (
                "<189>348: r1: 084780: Jun 10 06:13:20.382 UTC: %SEC-6-X: x",
                Some("r1"),
                "",
                "%SEC-6-X: x",
            ),
            ("<189>084780: *Jun 10 06:13:20.382: %SEC-6-X: x", None, "", "%SEC-6-X: x"),
            (
                "Jun 10 06:13:20 r1 637: *Jun 10 06:13:20.5: %SEC",
                Some("r1"),
                "",
                "*Jun 10 06:13:20.5: %SEC",
            ),
            ("Jun 10 06:13:20 PA-1 1,2024/06/10", Some("PA-1"), "", "1,2024/06/10"),
            ("Jun 10 06:13:20 date=2024-06-10 x", None, "", "date=2024-06-10 x"),
            ("<189>date=2024-06-10 x", None, "", "date=2024-06-10 x"),
            ("<134>1 2024-06-10T06:13:20Z h app 1 ID - x y", Some("h"), "app", "x y"),
            ("<134>1 - - - - - - x", None, "", "x"),
            ("<134>1 2024-06-10T06:13:20Z h app 1 ID [a b=\"]\\\"\"][c] x", Some("h"), "app", "x"),
            (
                "<134>1 1718000000.123 MX84 flows src=10.0.0.1",
                Some("MX84"),
                "",
                "flows src=10.0.0.1",
            ),
            ("2024-06-10T06:13:20.1Z stdout F [INFO] x", None, "", "[INFO] x"),
            ("2024-06-10T06:13:20Z [INFO] 10.0.0.1:1 - x", None, "", "[INFO] 10.0.0.1:1 - x"),
        ] {
            assert_eq!(parts(text), (host, program, message), "{text}");
        }
    }

    #[test]
    fn what_is_no_header() {
        for text in [
            "2024-06-10 06:13:20 ALLOW TCP 10.0.0.1 10.0.0.2",
            "2024-06-10 06:13:20 45.77.231.209:60584 TLS: Initial packet",
            "1718000000.123    12 10.0.0.1 TCP_MISS/200",
            "10-Jun-2024 06:13:20.123 queries: info: client",
            "1,2024/06/10 06:13:20,0128,TRAFFIC",
            "10.0.0.1 - - [10/Jun/2024:06:13:20 +0000] \"GET\"",
            "<Event xmlns='x'>",
            "",
        ] {
            assert_eq!(peel(text), None, "{text}");
        }
    }

    #[test]
    fn structured_data() {
        let peeled = peel("<14>1 2024-06-10T06:13:20Z srx RT_FLOW - CLOSE [j@1 a=\"1\"]").unwrap();
        assert_eq!((peeled.id, peeled.structured, peeled.text), ("CLOSE", "[j@1 a=\"1\"]", ""));
        let peeled =
            peel("<14>1 2024-06-10T06:13:20Z gw CheckPoint 2 - [a:\"\\]]\"; b:\"").unwrap();
        assert_eq!(peeled.structured, "[a:\"\\]]\"; b:\"");
    }
}
