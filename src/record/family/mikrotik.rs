//! MikroTik RouterOS: firewall rules with `log=yes`, the DNS cache, logins.
//!
//! RouterOS documentation, "Log" and "Firewall" (the layout of a packet is RouterOS's own):
//! `prefix chain: in:ether1 out:ether2, [connection-state:new] src-mac …, proto TCP (SYN), A->B, len
//! 52`; translated ones have `NAT (A->C)->B` or `NAT A->(B->D)` too. What the rule did is not in it;
//! the administrator's prefix often says so.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::words::{after, before, between, word, word_after};
use crate::record::time::{self, Stamp};
use crate::record::value::address;
use crate::record::{Outcome, Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "mikrotik",
    title: "MikroTik RouterOS",
    datasets: &["mikrotik.firewall", "mikrotik.dns", "mikrotik.login"],
    example: "<134>Jun 10 06:13:20 mt1 forward: in:bridge1 out:ether1, connection-state:new src-mac \
              65:c7:51:f1:e3:b7, proto UDP, 10.0.0.5:65154->192.0.2.10:53, len 52",
    is_device: true,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let read = packet(message).or_else(|| dns(message.text)).or_else(|| login(message.text));
    let mut record = read?;
    if message.stamp.is_none() {
        record.stamp = stamp(message.whole);
    }
    Some(record)
}

fn packet<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    // The chain looks like a program's name, so it may have been taken off.
    let text = message.timed;
    let at = if text.starts_with("in:") { 0 } else { text.find(" in:")? + 1 };
    let (prefix, body) = text.split_at(at);
    if !body.contains(" out:") {
        return None;
    }
    let packet = after(body, "proto ")?;
    // `TCP (SYN), `, `ICMP (type 8, code 0), `.
    let transport = before(packet, ", ");
    let (source, rest) = packet.split_once("->")?;
    let source = source.rsplit(' ').next()?;
    let destination = before(before(rest, ","), " ");
    address(host(source))?;
    let mut record = Record::new("mikrotik.firewall");
    record.set(Field::Transport, transport);
    record.set(Field::SourceIp, source);
    record.set(Field::DestinationIp, destination);
    if let Some(translated) = after(rest, "NAT ") {
        nat(&mut record, translated);
    }
    let prefix = message.host.and_then(|host| prefix.strip_prefix(host)).unwrap_or(prefix);
    let mut words =
        prefix.rsplit(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // `forward` is a chain.
    let chains = ["forward", "input", "output", "prerouting", "postrouting", "srcnat", "dstnat"];
    let action = words.find_map(|word| {
        let is_chain = chains.contains(&word);
        Some((word, Verdict::of(word).filter(|_| !is_chain)?))
    });
    if let Some((action, verdict)) = action {
        record.set_action(action, Some(verdict));
    }
    record.side = match (before(body, " out:"), word_after(body, " out:")) {
        (_, Some("(unknown")) => Some(Side::Server),
        (inside, _) if inside.contains("(unknown") => Some(Side::Client),
        _ => None,
    };
    Some(record)
}

/// Of files: `2024-06-10 06:13:20`, before version 7.10 `jun/10/2024 06:13:20`.
fn stamp(text: &str) -> Option<Stamp> {
    let (date, rest) = word(text);
    let mut parts = date.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(month), Some(day), Some(year)) => {
            Stamp::from_parts(&format!("{day}/{month}/{year}"), word(rest).0, None)
        }
        _ => time::leading(text).map(|(stamp, _)| stamp),
    }
}

/// The address in `10.0.0.1:53` and `[2001:db8::1]:53`.
fn host(text: &str) -> &str {
    crate::record::value::endpoint(text).0
}

/// `(10.0.0.5:51000->203.0.113.9:51000)->192.0.2.10:443` or
/// `192.0.2.10:51000->(203.0.113.9:443->10.0.0.5:443)`.
fn nat<'a>(record: &mut Record<'a>, text: &'a str) {
    let Some((_, mapped)) = between(text, "(", ")").and_then(|inner| inner.split_once("->")) else {
        return;
    };
    let is_source = text.starts_with('(');
    record.set(if is_source { Field::SourceNatIp } else { Field::DestinationNatIp }, mapped);
}

/// `query from 10.0.0.5: #123 www.example.org. A`, `done query: #123 www.example.org 192.0.2.10`.
fn dns(text: &str) -> Option<Record<'_>> {
    let mut record = Record::new("mikrotik.dns");
    if let Some(query) = after(text, "query from ") {
        let (client, question) = query.split_once(": #")?;
        address(host(client))?;
        record.set(Field::SourceIp, client);
        let (name, kind) = word(word(question).1);
        record.set(Field::QuestionName, name);
        record.set(Field::QuestionType, word(kind).0);
    } else {
        let (name, answer) = word(word(after(text, "done query: #")?).1);
        record.set(Field::QuestionName, name);
        if !record.set(Field::ResolvedIp, word(answer).0) {
            record.set(Field::Answer, answer);
        }
    }
    record.set_word(Field::Protocol, "dns");
    Some(record)
}

/// `user admin logged in from 192.0.2.1 via ssh`, `login failure for user admin from … via winbox`.
fn login(text: &str) -> Option<Record<'_>> {
    let failed = after(text, "login failure for user ");
    let user = failed.or_else(|| {
        after(text, "user ")
            .filter(|user| user.contains(" logged in from ") || user.contains(" logged out from "))
    })?;
    if !user.contains(" via ") {
        return None;
    }
    let mut record = Record::new("mikrotik.login");
    record.set(Field::UserName, word(user).0);
    record.set(Field::SourceIp, word_after(user, " from ").unwrap_or_default());
    record.outcome = Some(if failed.is_some() { Outcome::Failure } else { Outcome::Success });
    record.side = Some(Side::Server);
    Some(record)
}
