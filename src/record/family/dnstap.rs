//! dnstap as text: BIND's `dnstap-read`, `dnstap -q` and `-j`, DNS-collector.
//!
//! dnstap-read(1), BIND's `lib/dns/dnstap.c`: `10-Jun-2024 06:13:20.123 CQ 10.0.0.5:51234 ->
//! 10.0.0.53:53 UDP 40b www.example.org/IN/A`; the left side asks, `<-` marks a response. dnstap(1):
//! `06:13:20.123456 CQ 10.0.0.5 UDP 40b "www.example.org." IN A`, where the address is the client's,
//! and for what a resolver asks itself (`R`, `F`) the server's. DNS-collector's text:
//! `time identity CLIENT_QUERY NOERROR 10.0.0.5 51234 IPv4 UDP 40b www.example.org A 0.0`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::words::{after, word};
use crate::record::shape::{Named, Table, dns};
use crate::record::value::{Value, address};
use crate::record::{Record, time};

pub(super) const FAMILY: Family = Family {
    name: "dnstap",
    title: "dnstap as text: dnstap-read, dnstap -q, DNS-collector",
    datasets: &["dnstap"],
    example: "10-Jun-2024 06:13:20.123 CQ 10.0.0.5:51234 -> 10.0.0.53:53 UDP 40b www.example.org/IN/A",
    is_device: true,
    read,
};

/// `dnstap -j`.
const TABLE: &Table = &[
    (Field::SourceIp, &["message.query_address"]),
    (Field::SourcePort, &["message.query_port"]),
    (Field::DestinationIp, &["message.response_address"]),
    (Field::DestinationPort, &["message.response_port"]),
    (Field::Transport, &["message.socket_protocol"]),
    (Field::ObserverName, &["identity"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if let Some(event) = message.object() {
        if !event.has("message.socket_family") && !event.has("message.query_address") {
            return None;
        }
        let mut record = Record::new("dnstap");
        record.fill(&event, TABLE);
        for name in ["message.query_message", "message.response_message"] {
            if let Some(value) = event.get(name) {
                dig(&mut record, value.raw, &value.text);
            }
        }
        let stamp = event.get("message.response_time").or_else(|| event.get("message.query_time"));
        record.stamp = stamp.and_then(|value| time::read(&value.text));
        return Some(record);
    }
    let text = message.text;
    let stamp = time::leading(text);
    let rest = match stamp {
        Some((_, rest)) => rest,
        // `06:13:20.123456`, without a date.
        None if text.as_bytes().get(2) == Some(&b':') => word(text).1,
        None => "",
    };
    let (kind, after) = word(rest);
    let mut record = Record::new("dnstap");
    record.stamp = stamp.map(|(stamp, _)| stamp);
    if is_kind(kind) {
        if after.contains(" -> ") || after.contains(" <- ") {
            bind(&mut record, after)?
        } else {
            quiet(&mut record, kind, after)?
        }
        return Some(record);
    }
    // Its header is like syslog's: a time and a name.
    collector(&mut record, message.timed)?;
    Some(record)
}

/// `CQ`, `RR`: authoritative, client, forwarder, resolver, stub, tool, update; query or response.
fn is_kind(text: &str) -> bool {
    matches!(text.as_bytes(), [b'A' | b'C' | b'F' | b'R' | b'S' | b'T' | b'U', b'Q' | b'R'])
}

/// `10.0.0.5:51234 -> 10.0.0.53:53 UDP 40b www.example.org/IN/A`.
fn bind<'a>(record: &mut Record<'a>, text: &'a str) -> Option<()> {
    let mut words = text.split_ascii_whitespace();
    let (left, _, right) = (words.next()?, words.next()?, words.next()?);
    let (transport, size) = (words.next()?, words.next()?);
    if !size.ends_with('b') {
        return None;
    }
    for (text, field, port_field) in [
        (left, Field::SourceIp, Field::SourcePort),
        (right, Field::DestinationIp, Field::DestinationPort),
    ] {
        // IPv6 addresses are not in brackets.
        let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
        if host != "?" && record.set(field, host) {
            record.set(port_field, port);
        }
    }
    set_transport(record, transport);
    let mut parts = words.next().unwrap_or_default().rsplitn(3, '/');
    let (kind, _, name) = (parts.next(), parts.next(), parts.next());
    record.set(Field::QuestionName, name.unwrap_or_default());
    dns::kind(record, kind.unwrap_or_default());
    Some(())
}

/// `10.0.0.5 UDP 40b "www.example.org." IN A`.
fn quiet<'a>(record: &mut Record<'a>, kind: &str, text: &'a str) -> Option<()> {
    let mut words = text.split_ascii_whitespace();
    let (remote, transport, size) = (words.next()?, words.next()?, words.next()?);
    if !size.ends_with('b') || address(remote).is_none() && remote != "-" {
        return None;
    }
    let asks_others = matches!(kind.as_bytes().first(), Some(b'R' | b'F'));
    record.set(if asks_others { Field::DestinationIp } else { Field::SourceIp }, remote);
    set_transport(record, transport);
    record.set(Field::QuestionName, words.next().unwrap_or_default().trim_matches('"'));
    dns::kind(record, words.nth(1).unwrap_or_default());
    Some(())
}

/// `identity CLIENT_QUERY NOERROR 10.0.0.5 51234 IPv4 UDP 40b www.example.org A 0.0`.
fn collector<'a>(record: &mut Record<'a>, text: &'a str) -> Option<()> {
    let mut words = text.split_ascii_whitespace();
    let (identity, operation) = (words.next()?, words.next()?);
    if !operation.ends_with("_QUERY") && !operation.ends_with("_RESPONSE") {
        return None;
    }
    let code = words.next()?;
    let client = words.next().filter(|client| address(client).is_some())?;
    record.set(Field::ObserverName, identity);
    record.set(Field::SourceIp, client);
    record.set(Field::SourcePort, words.next().unwrap_or_default());
    set_transport(record, words.nth(1).unwrap_or_default());
    record.set(Field::QuestionName, words.nth(1).unwrap_or_default());
    dns::kind(record, words.next().unwrap_or_default());
    if operation.ends_with("_RESPONSE") {
        dns::code(record, code);
    }
    Some(())
}

/// `UDP`, `TCP`, and over TLS or HTTPS.
fn set_transport<'a>(record: &mut Record<'a>, text: &'a str) {
    match text {
        "DOT" | "DOH" => record.set_word(Field::Transport, "tcp"),
        "DOQ" => record.set_word(Field::Transport, "udp"),
        _ => {
            record.set(Field::Transport, text);
        }
    }
}

/// A message as dig(1) writes it; `raw` is where it stands.
fn dig<'a>(record: &mut Record<'a>, raw: &'a str, text: &str) {
    let mut section = "";
    for line in text.lines().take(128) {
        if let Some(name) = line.strip_prefix(";; ") {
            section = name;
            if let Some(code) = after(name, "status: ") {
                let code = code.split(',').next().unwrap_or_default().to_owned();
                dns::code(record, Value { raw: "", text: code.into() });
            }
        } else if section.starts_with("QUESTION") && !record.has(Field::QuestionName) {
            let mut words = line.trim_start_matches(';').split_ascii_whitespace();
            let text = words.next().unwrap_or_default().to_owned().into();
            record.set(Field::QuestionName, Value { raw, text });
            let text = words.nth(1).unwrap_or_default().to_owned().into();
            dns::kind(record, Value { raw: "", text });
        } else if section.starts_with("ANSWER") {
            dns::resource(record, &Value { raw, text: line.to_owned().into() });
        }
    }
}
