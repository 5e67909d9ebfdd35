//! Unbound: queries, replies, local zones, response policy zones, failures.
//!
//! unbound.conf(5): `log-queries`, `log-replies`, `log-tag-queryreply`, `log-destaddr`,
//! `log-local-actions`, `rpz-log`, `log-servfail`, `val-log-level`. Every line is
//! `[pid:thread] level: text`; into its own file Unbound writes the time before that, as an epoch in
//! brackets, in ASCII (`log-time-ascii`) or ISO 8601 (`log-time-iso`), and `unbound[pid:thread]`.
//!
//! A query is `client name type class`; a reply goes on with
//! `code seconds cached size [on protocol server port]`. What a zone or a policy did is
//! `zone action client@port name type class`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::dns;
use crate::record::shape::words::{after, between, word, word_after};
use crate::record::value::address;
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "unbound",
    title: "Unbound: queries, replies, policies",
    datasets: &["unbound"],
    example: "[1718000000] unbound[812:0] info: 10.0.0.5 www.example.org. A IN",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let (before, text) = body(message)?;
    let mut record = Record::new("unbound");
    record.stamp = before.strip_prefix('[').and_then(time::leading).map(|(stamp, _)| stamp);
    let (first, rest) = word(text);
    if address(first).is_some() {
        record.set(Field::SourceIp, first);
        let mut words = question(&mut record, rest).split_ascii_whitespace();
        dns::code(&mut record, words.next().unwrap_or_default());
        // Seconds, whether it was cached, bytes; then where it was asked.
        if let (Some("on"), transport, server, port) =
            (words.nth(3), words.next(), words.next(), words.next())
        {
            let transport = transport.unwrap_or_default();
            if matches!(transport, "dot" | "doh") {
                record.set_word(Field::Transport, "tcp");
            } else if transport == "doq" {
                record.set_word(Field::Transport, "udp");
            } else {
                record.set(Field::Transport, transport);
            }
            record.set(Field::DestinationIp, server.unwrap_or_default());
            record.set(Field::DestinationPort, port.unwrap_or_default());
        }
    } else if let Some(server) = text.strip_prefix("reply from <") {
        // `reply from <zone> 192.0.2.1#53`: at a higher verbosity.
        record.set(Field::DestinationIp, word(after(server, "> ").unwrap_or_default()).0);
        record.set(Field::QuestionName, server.split_once('>').map_or("", |(zone, _)| zone));
    } else if let Some(query) =
        text.strip_prefix("resolving ").or_else(|| text.strip_prefix("response for "))
    {
        question(&mut record, query);
    } else if let Some(peer) = text.strip_prefix("ssl handshake failed ") {
        record.set(Field::SourceIp, word(peer).0);
        record.set(Field::SourcePort, word_after(peer, " port ").unwrap_or_default());
        record.outcome = Some(Outcome::Failure);
    } else if let Some(query) = between(text, "<", ">") {
        // `SERVFAIL <name A IN>: why`, `validation failure <name A IN>: why from 192.0.2.1`.
        question(&mut record, query);
        if first == "SERVFAIL" {
            dns::code(&mut record, first);
        }
        record.outcome = Some(Outcome::Failure);
        if let Some((_, server)) = text.rsplit_once(" from ") {
            record.set(Field::DestinationIp, word(server).0);
        }
    } else {
        policy(&mut record, text);
    }
    Some(record)
}

/// What stands before `[pid:thread] level: `, and what stands after it.
fn body<'a>(message: &Message<'a>) -> Option<(&'a str, &'a str)> {
    const LEVELS: [&str; 7] = ["info", "query", "reply", "notice", "error", "warning", "debug"];
    let whole = message.text;
    // Own header or none: what stands before the thread is short.
    let head = whole.get(..whole.len().min(160)).unwrap_or(whole);
    let own = head.find("unbound[");
    if own.is_none() && !message.is_from("unbound") {
        return None;
    }
    let (before, rest) = whole.split_at(own.unwrap_or(0));
    let threaded = rest.strip_prefix("unbound").unwrap_or(rest);
    let (thread, after) = match threaded.strip_prefix('[').and_then(|inner| inner.split_once("] "))
    {
        Some(cut) => cut,
        None => ("", threaded),
    };
    if !thread.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':') {
        return None;
    }
    let (level, text) = after.split_once(": ")?;
    LEVELS.contains(&level).then_some((before, text))
}

/// `name type class`; returns what follows.
fn question<'a>(record: &mut Record<'a>, text: &'a str) -> &'a str {
    let (name, rest) = word(text);
    let (kind, rest) = word(rest);
    let (class, after) = word(rest);
    record.set(Field::QuestionName, name);
    // What could not be read is `- - -`.
    if dns::is_class(class) || class == "-" {
        dns::kind(record, kind);
        return after;
    }
    rest
}

/// `example.org. always_refuse 10.0.0.5@51234 www.example.org. A IN`, and before that of a policy
/// zone `rpz: applied [its name]`.
fn policy<'a>(record: &mut Record<'a>, text: &'a str) {
    let mut action = "";
    let mut rest = text;
    if let Some(name) = between(text, "rpz: applied [", "]") {
        record.set(Field::RuleName, name);
    }
    while !rest.is_empty() {
        let (this, after) = word(rest);
        if let Some((client, port)) = this.split_once('@')
            && address(client).is_some()
        {
            record.set(Field::SourceIp, client);
            record.set(Field::SourcePort, port);
            question(record, after);
            break;
        }
        action = this;
        rest = after;
    }
    if rest.is_empty() {
        return;
    }
    let verdict = match action.strip_prefix("rpz-").unwrap_or(action) {
        "passthru" | "always_transparent" | "transparent" | "typetransparent" => {
            Some(Verdict::Allowed)
        }
        "nxdomain" | "nodata" | "drop" | "deny" | "refuse" | "always_nxdomain"
        | "always_nodata" | "always_refuse" | "always_deny" | "always_null" | "block_a"
        | "inform_deny" | "null" | "cname-override" | "local-data" | "inform_redirect"
        | "redirect" => Some(Verdict::Blocked),
        _ => None,
    };
    record.set_action(action, verdict);
}
