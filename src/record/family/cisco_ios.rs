//! Cisco IOS, IOS-XE, IOS-XR and NX-OS: `%SEC-6-IPACCESSLOGP: list 110 denied tcp A(1) -> B(2), …`.
//!
//! Cisco IOS System Message Guide (SEC, IPV6_ACL, FW, IPNAT, SEC_LOGIN), "Zone-Based Policy
//! Firewall" (FW-6-DROP_PKT, PASS_PKT, SESS_AUDIT_TRAIL), NX-OS `ACLLOG`. There are thousands of
//! messages; sides are named in few ways: `A -> B`, `A => B`, `A B`, `initiator (A) -- responder (B)`,
//! `[Source: A]`, `from A to B`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::words::{after, before, between, word, word_after};
use crate::record::value::{address, endpoint};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "cisco-ios",
    title: "Cisco IOS, IOS-XE, IOS-XR, NX-OS",
    datasets: &["cisco.ios"],
    example: "<189>348: rtr1: 084780: Jun 10 06:13:20.382 UTC: %SEC-6-IPACCESSLOGP: list EGRESS denied \
              tcp 10.0.0.5(50549) -> 192.0.2.10(443), 38 packets",
    is_device: true,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let (facility, mnemonic, body) = mark(message.whole)?;
    let mut record = Record::new("cisco.ios");
    action(&mut record, body);
    if matches!(facility, "IPNAT" | "NAT") {
        translation(&mut record, body);
    } else if let Some(source) = after(body, "Src IP: ") {
        flow(&mut record, body, source);
    } else if mnemonic == "IPACCESSLOGS" {
        // `list 1 denied 10.0.0.5 1 packet`
        let mut words = body.split_whitespace();
        let source = words.find(|word| address(word.trim_end_matches(',')).is_some());
        record.set(Field::SourceIp, source.unwrap_or_default().trim_end_matches(','));
    } else if let Some(initiator) = after(body, "initiator (") {
        let kind = ["Start ", "Stop "].iter().find_map(|mark| after(body, mark)).unwrap_or(body);
        record.set(Field::Transport, word(kind).0);
        session(&mut record, initiator);
    } else if let Some((left, right)) = arrow(body) {
        packet(&mut record, left, right);
    } else if let Some(session) = after(body, "Dropping ").or_else(|| after(body, "Passing ")) {
        // `tcp session 10.0.0.5:51000 192.0.2.10:80 on zone-pair …`
        let mut words =
            session.split_whitespace().filter(|word| address(endpoint(word).0).is_some());
        record.set(Field::Transport, word(session).0);
        record.set(Field::SourceIp, words.next().unwrap_or_default());
        record.set(Field::DestinationIp, words.next().unwrap_or_default());
    } else {
        sentence(&mut record, body);
    }
    if let Some(list) = word_after(body, "list ").or_else(|| word_after(body, "ACL Name: ")) {
        record.set(Field::RuleName, list);
    } else if let Some(zones) = between(body, "(target:class)-(", ")") {
        record.set(Field::RuleName, zones);
    } else if let Some(zones) = word_after(body, "zone-pair ") {
        record.set(Field::RuleName, zones);
    }
    if message.stamp.is_none() {
        // IOS-XR: `RP/0/RSP0/CPU0:Jun 10 06:13:20.123 : process[1]: %…`.
        record.stamp =
            after(message.whole, "CPU0:").and_then(time::leading).map(|(stamp, _)| stamp);
    }
    Some(record)
}

/// `%SEC-6-IPACCESSLOGP: `, `%ACL-IPV4_ACL-6-IPACCESSLOGP : `: facility, mnemonic, body. The last
/// that is about a connection, for IOS-XE puts one into another.
fn mark(text: &str) -> Option<(&str, &str, &str)> {
    let mut found = None;
    for (at, _) in text.match_indices('%').take(8) {
        let rest = &text[at + 1..];
        let is_label =
            |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_' || c == '-';
        let end = rest.find(|c| !is_label(c)).unwrap_or(rest.len());
        let (label, after) = rest.split_at(end);
        let Some(body) = after.trim_start().strip_prefix(':') else { continue };
        let mut parts = label.rsplitn(3, '-');
        let (Some(mnemonic), Some(severity), Some(facility)) =
            (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let is_severity =
            severity.len() == 1 && severity.bytes().all(|byte| (b'0'..b'8').contains(&byte));
        let is_firewall = matches!(facility, "ASA" | "FTD" | "PIX" | "FWSM")
            || mnemonic.bytes().all(|byte| byte.is_ascii_digit());
        if is_severity && !is_firewall && !facility.is_empty() {
            let facility = facility.split('-').next().unwrap_or(facility);
            found = Some((facility, mnemonic, body.trim_start()));
        }
    }
    found
}

/// What stands before and behind ` -> ` or ` => `.
fn arrow(body: &str) -> Option<(&str, &str)> {
    body.split_once(" -> ").or_else(|| body.split_once(" => "))
}

/// `list X denied tcp 10.0.0.5(51000) (Gi0/1 0011.2233.4455) -> 192.0.2.10(443), 1 packet`,
/// `Dropping tcp pkt from Gi0/0/2 10.0.0.5:51000 => 192.0.2.10:80(target:class)-(zp:cls)`.
fn packet<'a>(record: &mut Record<'a>, left: &'a str, right: &'a str) {
    let is_side = |token: &&str| address(side(token)).is_some();
    let source = left.split_whitespace().rev().find(is_side);
    let target = word(right).0;
    record.set(Field::SourceIp, source.map(side_and_port).unwrap_or_default());
    record.set(Field::DestinationIp, side_and_port(before(target, "(target")));
    let words = left.split_whitespace().rev().skip_while(|token| Some(*token) != source).skip(1);
    for token in words.take(6) {
        if record.set(Field::Transport, token) {
            break;
        }
    }
}

/// `[10.0.0.5:51000`, `192.0.2.10(443),`, `2001:DB8::1`.
fn side_and_port(token: &str) -> &str {
    token.trim_start_matches(['[', '(']).trim_end_matches([',', ';', ']'])
}

fn side(token: &str) -> &str {
    endpoint(side_and_port(token)).0
}

/// `10.0.0.5:51000) sent 250 bytes -- responder (192.0.2.10:80) sent 3300 bytes`.
fn session<'a>(record: &mut Record<'a>, initiator: &'a str) {
    let (client, server) = initiator.split_once("responder (").unwrap_or((initiator, ""));
    record.set(Field::SourceIp, before(client, ")"));
    record.set(Field::DestinationIp, before(server, ")"));
    record.set(Field::SourceBytes, word_after(client, " sent ").unwrap_or_default());
    record.set(Field::DestinationBytes, word_after(server, " sent ").unwrap_or_default());
    record.verdict = Some(Verdict::Allowed);
}

/// `Created tcp 10.0.0.5:1024 203.0.113.9:1024 192.0.2.10:80 192.0.2.10:80`: inside local, inside
/// global, outside local, outside global.
fn translation<'a>(record: &mut Record<'a>, body: &'a str) {
    const SIDES: [Field; 4] =
        [Field::SourceIp, Field::SourceNatIp, Field::DestinationIp, Field::DestinationNatIp];
    let mut sides = body.split_whitespace().filter(|word| address(endpoint(word).0).is_some());
    for pair in SIDES.chunks_exact(2) {
        let (Some(local), Some(global)) = (sides.next(), sides.next()) else { break };
        record.set(pair[0], local);
        if global != local {
            record.set(pair[1], global);
        }
    }
    let mut words = body.split_whitespace().take(4);
    words.find(|word| record.set(Field::Transport, *word));
}

/// NX-OS: `Src IP: 10.0.0.5, Dst IP: 192.0.2.10, Src Port: 1, Dst Port: 2, …, Protocol: "TCP"(6), …`.
fn flow<'a>(record: &mut Record<'a>, body: &'a str, source: &'a str) {
    let value = |mark| word_after(body, mark).unwrap_or_default();
    record.set(Field::SourceIp, before(source, ","));
    record.set(Field::DestinationIp, value("Dst IP: "));
    record.set(Field::SourcePort, value("Src Port: "));
    record.set(Field::DestinationPort, value("Dst Port: "));
    record.set(Field::Transport, between(body, "Protocol: \"", "\"").unwrap_or_default());
    record.set(Field::Action, value("Action: "));
}

/// `Login failed [user: x] [Source: 192.0.2.1] …`, `Configured from console by x on vty0 (192.0.2.1)`,
/// `… srcaddr=192.0.2.1`, `SSH2 Session request from 192.0.2.1 (tty = 0)`.
fn sentence<'a>(record: &mut Record<'a>, body: &'a str) {
    for mark in [
        "[Source: ",
        "srcaddr=",
        " from ",
        "vty0 (",
        "vty1 (",
        "vty2 (",
        "vty3 (",
        "vty4 (",
        " host ",
        "neighbor ",
        "Neighbor ",
        "Nbr ",
    ] {
        let found = after(body, mark).map(|rest| {
            word(rest).0.trim_start_matches('(').trim_end_matches([',', ';', '.', ')', ']'])
        });
        if found.is_some_and(|found| {
            address(endpoint(found).0).is_some() && record.set(Field::SourceIp, found)
        }) {
            break;
        }
    }
    for mark in ["destaddr=", " to "] {
        let found = word_after(body, mark).map(|found| found.trim_matches(['(', ')']));
        if found.is_some_and(|found| {
            address(endpoint(found).0).is_some() && record.set(Field::DestinationIp, found)
        }) {
            break;
        }
    }
    let left = after(body, "User ").filter(|_| body.contains(" tty session "));
    if let Some(line) = after(body, " tty session ") {
        record.set(Field::SourceIp, between(line, "(", ")").unwrap_or_default());
    }
    let user = between(body, "[user: ", "]")
        .or_else(|| word_after(body, "console by "))
        .or_else(|| left.map(|user| word(user).0));
    if user.is_some() {
        record.side = Some(Side::Server);
    }
    record.set(Field::UserName, user.unwrap_or_default());
    record.set(Field::DestinationPort, between(body, "[localport: ", "]").unwrap_or_default());
    record.set(Field::Transport, word_after(body, "prot=").unwrap_or_default());
}

fn action<'a>(record: &mut Record<'a>, body: &'a str) {
    const WORDS: &[(&str, Option<Verdict>)] = &[
        ("permitted", Some(Verdict::Allowed)),
        ("permit", Some(Verdict::Allowed)),
        ("passing", Some(Verdict::Allowed)),
        ("start", Some(Verdict::Allowed)),
        ("stop", Some(Verdict::Allowed)),
        ("denied", Some(Verdict::Blocked)),
        ("deny", Some(Verdict::Blocked)),
        ("dropping", Some(Verdict::Blocked)),
        ("dropped", Some(Verdict::Blocked)),
        ("blocked", Some(Verdict::Blocked)),
        ("created", None),
        ("deleted", None),
        ("failed", None),
        ("success", None),
        ("succeeded", None),
    ];
    let mut words = body.split([' ', ',', ':']).take(32);
    let known = words.find_map(|word| {
        let known = WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        known.map(|&(known, verdict)| (word, known, verdict))
    });
    let Some((word, known, verdict)) = known else { return };
    record.outcome = match known {
        "failed" => Some(Outcome::Failure),
        "success" | "succeeded" => Some(Outcome::Success),
        _ => None,
    };
    record.set_action(word, verdict);
}
