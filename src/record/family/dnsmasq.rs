//! dnsmasq, and Pi-hole's FTL, which is one: queries, where they went, answers, DHCP.
//!
//! dnsmasq(8), `log-queries`, `log-queries=extra`, `log-queries=proto`, `log-dhcp`; Pi-hole's
//! documentation, "Log analysis". `query[A] name from 10.0.0.5`, `forwarded name to 192.0.2.53`,
//! `reply name is 192.0.2.1`; who answers stands in the place of `reply`: `cached`, `config`, a hosts
//! file's path, and of Pi-hole `gravity blocked`, `regex denied`, … With `extra` every line begins
//! with a serial number and `10.0.0.5/51234`, so that answers have a client, too.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::dns;
use crate::record::shape::words::{after, before, between, word};
use crate::record::value::{Value, address};
use crate::record::{Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "dnsmasq",
    title: "dnsmasq, Pi-hole: queries, answers, DHCP",
    datasets: &["dnsmasq.pihole", "dnsmasq.dhcp"],
    example: "Jun 10 06:13:20 dnsmasq[812]: query[A] www.example.org from 10.0.0.5",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if message.program.starts_with("dnsmasq-dhcp") {
        return Some(lease(message.text));
    }
    // On a container's output there is a name and no time.
    let bare = message.text.strip_prefix("dnsmasq: ");
    let is_own = bare.is_some()
        || ["dnsmasq", "pihole-FTL", "pihole"].iter().any(|name| message.is_from(name));
    let mut record = Record::new("dnsmasq.pihole");
    let text = extra(&mut record, bare.unwrap_or(message.text));
    let is_read = query(&mut record, text)
        || forwarded(&mut record, text)
        || refused(&mut record, text)
        || answered(&mut record, text);
    // Without a program's name only what nobody else writes.
    (is_own || is_read && text.starts_with("query[")).then_some(record)
}

/// `4711 10.0.0.5/51234 `, and since 2.90 the protocol.
fn extra<'a>(record: &mut Record<'a>, text: &'a str) -> &'a str {
    let (serial, rest) = word(text);
    let is_serial =
        serial == "*" || !serial.is_empty() && serial.bytes().all(|byte| byte.is_ascii_digit());
    if !is_serial {
        return text;
    }
    let mut rest = rest;
    loop {
        let (this, after) = word(rest);
        if matches!(this, "UDP" | "TCP") {
            record.set(Field::Transport, this);
        } else if this.contains('/')
            && this.split_once('/').is_some_and(|(client, _)| address(client).is_some())
        {
            record.set(Field::SourceIp, this);
        } else {
            return rest;
        }
        rest = after;
    }
}

/// `query[A] name from 10.0.0.5`; `auth[A]`, `dnssec-query[DS] name to 192.0.2.53`.
fn query<'a>(record: &mut Record<'a>, text: &'a str) -> bool {
    let (first, rest) = word(text);
    let Some((what, kind)) = first.strip_suffix(']').and_then(|first| first.split_once('[')) else {
        return false;
    };
    if !matches!(what, "query" | "auth" | "dnssec-query" | "dnssec-retry") {
        return false;
    }
    let (name, rest) = word(rest);
    record.set(Field::QuestionName, name);
    dns::kind(record, kind);
    let (how, rest) = word(rest);
    let field = if how == "from" { Field::SourceIp } else { Field::DestinationIp };
    record.set(field, word(rest).0)
}

/// `forwarded name to 192.0.2.53`.
fn forwarded<'a>(record: &mut Record<'a>, text: &'a str) -> bool {
    let Some(rest) = text.strip_prefix("forwarded ") else { return false };
    let (name, rest) = word(rest);
    record.set(Field::QuestionName, name);
    // `to 192.0.2.53#5353`.
    rest.strip_prefix("to ").is_some_and(|server| record.set(Field::DestinationIp, word(server).0))
}

/// `possible DNS-rebind attack detected: name`, `rate-limited name from 10.0.0.5`, `nameserver
/// 192.0.2.53 refused to do a recursive query`, `Rate-limiting 10.0.0.5 for at least …`.
fn refused<'a>(record: &mut Record<'a>, text: &'a str) -> bool {
    let (first, rest) = word(text);
    let (next, rest) = word(rest);
    match first {
        "nameserver" => return record.set(Field::DestinationIp, next),
        "Rate-limiting" => record.set(Field::SourceIp, next),
        "rate-limited" => {
            record.set(Field::QuestionName, next);
            record.set(Field::SourceIp, word(word(rest).1).0)
        }
        _ => match after(text, "DNS-rebind attack detected: ") {
            Some(name) => record.set(Field::QuestionName, word(name).0),
            None => return false,
        },
    };
    record.verdict = Some(Verdict::Blocked);
    true
}

/// `reply name is 192.0.2.1`, `/etc/hosts name is 10.0.0.1`, `gravity blocked name is 0.0.0.0`.
fn answered<'a>(record: &mut Record<'a>, text: &'a str) -> bool {
    let Some((left, data)) = text.split_once(" is ") else { return false };
    let Some((who, name)) = left.trim_end().rsplit_once(' ') else { return false };
    // `reply error is SERVFAIL`, `validation result is SECURE`.
    if name != "error" && name != "result" {
        record.set(Field::QuestionName, name);
    }
    let data = data.trim();
    let (first, rest) = word(data);
    match first {
        "NXDOMAIN" | "SERVFAIL" | "REFUSED" | "FORMERR" | "NOTIMP" => {
            dns::code(record, first);
        }
        "NODATA" | "NODATA-IPv4" | "NODATA-IPv6" | "NOERROR" => {
            dns::code(record, Value { raw: first, text: "NOERROR".into() });
        }
        // `<CNAME>`, `<HTTPS>`, `duplicate`, `BOGUS`.
        _ if first.starts_with('<') || first == "truncated" || rest.starts_with("keytag") => {}
        _ if address(first).is_some() => {
            record.set(Field::ResolvedIp, first);
        }
        _ if who != "validation" => {
            dns::answer(record, data);
        }
        _ => {}
    }
    let is_null = matches!(first, "0.0.0.0" | "::" | "NXDOMAIN" | "REFUSED");
    let is_denied =
        ["blocked", "denied", "blacklisted", "gravity.list", "black.list", "special domain"]
            .iter()
            .any(|word| who.contains(word));
    // What is configured to be nothing is to be nothing.
    let is_configured = (who == "config" || who.starts_with('/')) && is_null;
    if is_denied || is_configured {
        record.set_action(who, Some(Verdict::Blocked));
    }
    true
}

/// `DHCPACK(eth0) 10.0.0.5 52:54:00:12:34:56 laptop`, with `log-dhcp` behind a number.
fn lease(text: &str) -> Record<'_> {
    let mut record = Record::new("dnsmasq.dhcp");
    let Some(rest) = after(text, "DHCP") else { return record };
    let action = before(&text[text.len() - rest.len() - 4..], "(");
    if action.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        record.set_action(action, None);
    }
    if let Some(rest) = between(rest, "(", ")").and_then(|interface| after(rest, interface)) {
        let mut words = rest.trim_start_matches(')').split_ascii_whitespace();
        let mut next = words.next().unwrap_or_default();
        if address(next).is_some() && !next.contains("::ffff:") && record.set(Field::SourceIp, next)
        {
            next = words.next().unwrap_or_default();
        }
        if next.contains(':')
            && let Some(name) = words.next()
        {
            record.set(Field::SourceDomain, name);
        }
    }
    record
}
