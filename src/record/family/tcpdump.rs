//! tcpdump's text: TCP, UDP, ICMP, and what is in DNS and HTTP packets.
//!
//! tcpdump(1), "OUTPUT FORMAT", with and without `-e`, `-n`, `-q`, `-t` to `-ttttt`, `-v`, `-i any`.
//! A packet is `IP 10.0.0.5.51234 > 192.0.2.1.443: …`: the port follows the address behind a dot.
//! Without `-tt` or `-tttt` there is no date, and so no time.
//!
//! Source is who opened the connection. That is the sender of `Flags [S]` and of a question, and not
//! that of `Flags [S.]`, of an answer, and of what comes from a service's port to another.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::dns;
use crate::record::shape::words::{after, before, between, word};
use crate::record::value::address;
use crate::record::{Record, time};

pub(super) const FAMILY: Family = Family {
    name: "tcpdump",
    title: "tcpdump",
    datasets: &["tcpdump.text"],
    example: "06:13:20.122502 IP 10.0.0.5.51234 > 10.0.0.53.53: 45997+ A? www.example.org. (33)",
    is_device: true,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    if text.contains("(match): ") {
        // What a rule of pf logged, which says what became of it.
        return None;
    }
    let (body, is_ip) = packet(text)?;
    let (left, rest) = body.split_once(" > ")?;
    let (right, payload) = rest.split_once(": ").or_else(|| Some((rest.strip_suffix(':')?, "")))?;
    if left.contains(' ') || right.contains(' ') {
        return None;
    }
    let (source, destination) = (endpoint(left), endpoint(right));
    let is_address = |(host, _): (&str, Option<&str>)| address(host).is_some();
    // With names in the addresses' places only where `IP` says so.
    if !is_ip && (!is_address(source) || !is_address(destination)) {
        return None;
    }
    let mut record = Record::new("tcpdump.text");
    record.stamp = time::leading(text).map(|(stamp, _)| stamp);
    record.set(Field::SourceIp, source.0);
    record.set(Field::SourcePort, source.1.unwrap_or_default());
    record.set(Field::DestinationIp, destination.0);
    record.set(Field::DestinationPort, destination.1.unwrap_or_default());
    let verbose = between(text, "proto ", " ").or_else(|| between(text, "next-header ", " "));
    if content(&mut record, payload, verbose) {
        record.swap_sides();
    }
    Some(record)
}

/// What follows `IP ` and what `-e` and `-v` put before it, and whether `IP` was there.
fn packet(text: &str) -> Option<(&str, bool)> {
    let mark = ["IP6 ", "IP "].iter().find_map(|mark| {
        let at = text.find(mark)?;
        let is_word = at == 0 || text.as_bytes()[at - 1] == b' ';
        (at < 120 && is_word).then_some(at + mark.len())
    });
    if let Some(at) = mark {
        let rest = &text[at..];
        // `IP (tos 0x0, …, length 60) 10.0.0.5…`, where the line was joined.
        return Some((
            rest.strip_prefix('(').and_then(|rest| rest.split_once(") ")).map_or(rest, |cut| cut.1),
            true,
        ));
    }
    // `aa:bb:… > cc:dd:…, ethertype IPv4 (0x0800), length 74: 10.0.0.5.51234 > …`
    if let Some(rest) = after(text, "ethertype IPv") {
        let body = after(rest, ": ")?;
        return Some((
            body.strip_prefix('(').and_then(|rest| rest.split_once(") ")).map_or(body, |cut| cut.1),
            true,
        ));
    }
    // The second line that `-v` makes.
    Some((text, false)).filter(|(text, _)| text.starts_with(|c: char| c.is_ascii_hexdigit()))
}

/// Host and port of `10.0.0.5.443`, `2001:db8::1.443`, `www.example.org.https`; a bare address is
/// all host.
fn endpoint(text: &str) -> (&str, Option<&str>) {
    if address(text).is_some() {
        return (text, None);
    }
    match text.rsplit_once('.') {
        Some((host, port)) if address(host).is_some() || !port.is_empty() => (host, Some(port)),
        _ => (text, None),
    }
}

/// Reads what is in a packet. Returns whether its sender is the one that was talked to.
fn content<'a>(record: &mut Record<'a>, payload: &'a str, verbose: Option<&'a str>) -> bool {
    let (first, rest) = word(payload);
    if first == "Flags"
        || first == "tcp"
        || first == "Flags,"
        || payload.contains(" ack ") && payload.contains(" win ")
    {
        record.set_word(Field::Transport, "tcp");
    } else if first.starts_with("ICMP6") {
        record.set_word(Field::Transport, "ipv6-icmp");
    } else if first.starts_with("ICMP") {
        record.set_word(Field::Transport, "icmp");
    } else if first.starts_with("UDP") || first == "udp" || first == "UDP," {
        record.set_word(Field::Transport, "udp");
    }
    if first.starts_with("ICMP") {
        // `ICMP echo reply`: who opened is who was written to.
        return rest.starts_with("echo reply");
    }
    let flags = between(payload, "Flags [", "]");
    let is_known = record.has(Field::Transport);
    // Over TCP it follows the length: `length 29 45997+ A? name. (27)`.
    let message =
        if is_known { after(payload, "length ").map_or("", |rest| word(rest).1) } else { payload };
    if let Some(is_answer) = domain(record, message) {
        record.set_word(Field::Protocol, "dns");
        record.set(Field::Transport, verbose.unwrap_or_default());
        record.set_word(Field::Transport, "udp");
        return is_answer;
    }
    record.set(Field::Transport, verbose.unwrap_or_default());
    if let Some(request) = after(payload, "HTTP: ") {
        record.set_word(Field::Protocol, "http");
        let (method, rest) = word(request);
        if method.starts_with("HTTP/") {
            record.set(Field::Status, word(rest).0);
        } else {
            record.set(Field::Method, method);
            record.set(Field::Url, word(rest).0);
        }
    }
    match flags {
        Some("S" | "SEW" | "SE") => false,
        Some(flags) if flags.starts_with("S.") => true,
        _ => is_service(record),
    }
}

/// Whether the sender's port is a service's, and the other's none.
fn is_service(record: &Record<'_>) -> bool {
    match (record.number(Field::SourcePort), record.number(Field::DestinationPort)) {
        (Some(source), Some(destination)) => source < 1024 && destination >= 1024,
        _ => false,
    }
}

/// `45997+ [1au] A? name. (33)`, `45997 NXDomain* 1/0/0 CNAME name., A 192.0.2.1 (41)`, and with `-v`
/// `45997 q: A? name. 2/0/0 name. [5m] A 192.0.2.1 (41)`. Returns whether it is an answer; `None` if
/// it is no DNS message.
fn domain<'a>(record: &mut Record<'a>, text: &'a str) -> Option<bool> {
    let (identifier, rest) = word(text);
    let digits = identifier.trim_end_matches(|c: char| "+-*|%$".contains(c));
    if digits.is_empty() || digits.len() > 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let question = rest.find("? ").filter(|&at| at < 64);
    if let Some(at) = question {
        let kind = rest[..at].rsplit(' ').next().unwrap_or_default();
        dns::kind(record, kind);
        record.set(Field::QuestionName, word(&rest[at + 2..]).0.trim_end_matches(','));
    }
    let counts = rest.split_ascii_whitespace().take(16).find(|word| is_counts(word));
    let Some(counts) = counts else { return question.map(|_| false) };
    for word in before(rest, counts).split_ascii_whitespace() {
        let code = word.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
        if matches!(code, "NXDomain" | "ServFail" | "Refused" | "FormErr" | "NotImp" | "NotAuth") {
            dns::code(record, code);
        }
    }
    let answers = after(rest, counts).unwrap_or_default();
    // Authorities and additional records are none.
    let answers = before(before(answers, " ns: "), " ar: ");
    let answers = answers.rsplit_once(" (").map_or(answers, |(answers, _)| answers);
    let count = counts.split('/').next().and_then(|count| count.parse().ok()).unwrap_or(0);
    for answer in answers.split(", ").take(usize::min(count, 256)) {
        // `A 192.0.2.1`, with `-v` `name. [5m] A 192.0.2.1`.
        let answer = answer.trim();
        let answer = answer.split_once("] ").map_or(answer, |(_, answer)| answer);
        let (kind, data) = match word(answer) {
            // The name may stand before the type without a time to live.
            (name, rest) if name.ends_with('.') && dns::is_kind(word(rest).0) => {
                record.set(Field::QuestionName, name);
                word(rest)
            }
            both => both,
        };
        if !data.is_empty() && dns::is_kind(kind) {
            dns::answer(record, data);
        }
    }
    Some(true)
}

/// `1/0/0`.
fn is_counts(text: &str) -> bool {
    let mut parts = text.split('/');
    let mut is_number = || {
        parts
            .next()
            .is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    is_number() && is_number() && is_number() && parts.next().is_none()
}
