//! Cisco Umbrella's logs: comma-separated values, every version.
//!
//! Test lines of Elastic's `cisco_umbrella`, and knowledge of Umbrella's "Log Formats and Versioning".
//! Versions only add columns at the end: ten in version 1, identity types and blocked categories since 3, rule, destination countries
//! and organisation later. The internal address is the client's, the external one its network's.
//! "Proxy Logs", "Cloud Firewall Logs", "IP Logs", "IPS Logs" begin with the time and the identity,
//! too, and are told apart by where their addresses and their verdict stand.

use jiff::tz::Offset;

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::dns;
use crate::record::shape::row::Row;
use crate::record::time::Stamp;
use crate::record::value::address;
use crate::record::{Direction, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "umbrella-dns",
    title: "Cisco Umbrella: DNS, proxy, firewall, IP and IPS logs",
    datasets: &[
        "umbrella.dns",
        "umbrella.proxy",
        "umbrella.firewall",
        "umbrella.ip",
        "umbrella.intrusion",
    ],
    example: "\"2024-06-10 06:13:20\",\"Doe, Jo (jdoe@corp.example)\",\"Doe, Jo (jdoe@corp.example),LAP-1\",\
              \"10.0.0.5\",\"203.0.113.9\",\"Allowed\",\"1 (A)\",\"NOERROR\",\"www.example.org.\",\"Software\",\
              \"AD Users\",\"AD Users,Roaming Computers\",\"\"",
    is_device: true,
    read,
};

type Places = [(Field, usize)];

const PROXY: &Places = &[
    (Field::SourceIp, 2),
    (Field::SourceIp, 3),
    (Field::DestinationIp, 4),
    (Field::Url, 7),
    (Field::Referrer, 8),
    (Field::UserAgent, 9),
    (Field::Status, 10),
    (Field::SourceBytes, 11),
    (Field::DestinationBytes, 12),
    (Field::FileSha256, 14),
    (Field::Method, 25),
    (Field::FileName, 28),
];

const FIREWALL: &Places = &[
    (Field::Transport, 5),
    (Field::SourceIp, 7),
    (Field::SourcePort, 8),
    (Field::DestinationIp, 9),
    (Field::DestinationPort, 10),
    (Field::RuleName, 12),
];

const IP: &Places = &[
    (Field::SourceIp, 2),
    (Field::SourcePort, 3),
    (Field::DestinationIp, 4),
    (Field::DestinationPort, 5),
];

const INTRUSION: &Places = &[
    (Field::RuleName, 5),
    (Field::Transport, 10),
    (Field::SourceIp, 12),
    (Field::SourcePort, 13),
    (Field::DestinationIp, 14),
    (Field::DestinationPort, 15),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    dns_log(message.text).or_else(|| other(message.text))
}

fn other(text: &str) -> Option<Record<'_>> {
    // All begin with a time; what follows is asked for only then.
    let begins = text.trim_start_matches('"').get(..19)?;
    if begins.as_bytes()[4] != b'-' || begins.as_bytes()[10] != b' ' || !text.contains(',') {
        return None;
    }
    let row = Row::csv(text, b',');
    let stamp = time::read(row.raw(0))?;
    let is_address = |column: usize| address(row.raw(column)).is_some();
    let is_port = |column: usize| {
        let text = row.raw(column);
        text.is_empty() || text.parse::<u16>().is_ok()
    };
    let is_proxied = matches!(row.raw(6), "ALLOWED" | "BLOCKED" | "WARNED" | "PROXIED");
    let (dataset, places, verdict) = if is_proxied && (is_address(2) || is_address(3)) {
        ("umbrella.proxy", PROXY, 6)
    } else if matches!(row.raw(4), "OUTBOUND" | "INBOUND") && is_address(7) && is_address(9) {
        ("umbrella.firewall", FIREWALL, 13)
    } else if row.len() >= 16 && is_address(12) && is_address(14) && is_port(13) && is_port(15) {
        ("umbrella.intrusion", INTRUSION, 16)
    } else if (7..=10).contains(&row.len())
        && is_address(2)
        && is_address(4)
        && is_port(3)
        && is_port(5)
    {
        ("umbrella.ip", IP, usize::MAX)
    } else {
        return None;
    };
    let mut record = Record::new(dataset);
    record.stamp = Some(utc(stamp));
    for &(field, column) in places {
        if let Some(value) = row.at(column) {
            record.set(field, value);
        }
    }
    if let Some(word) = row.at(verdict) {
        // `Would Block`, `Log Only`: seen, and let through.
        let verdict = match word.raw {
            "Would Block" | "Log Only" | "WARNED" | "PROXIED" => Some(Verdict::Allowed),
            word => Verdict::of(word),
        };
        record.set_action(word, verdict);
    }
    record.direction = match row.raw(4) {
        "OUTBOUND" => Some(Direction::Outbound),
        "INBOUND" => Some(Direction::Inbound),
        _ => None,
    };
    Some(record)
}

/// Umbrella's times are UTC, and do not say so.
fn utc(stamp: Stamp) -> Stamp {
    match stamp {
        Stamp::Civil(civil) => Offset::UTC.to_timestamp(civil).map_or(stamp, Stamp::Instant),
        _ => stamp,
    }
}

fn dns_log(text: &str) -> Option<Record<'_>> {
    if !text.contains("Allowed") && !text.contains("Blocked") && !text.contains("Proxied") {
        return None;
    }
    let row = Row::csv(text, b',');
    let action = row.raw(5);
    let is_dns = (9..=32).contains(&row.len())
        && matches!(action, "Allowed" | "Blocked" | "Proxied" | "Whitelisted")
        && (address(row.raw(3)).is_some() || address(row.raw(4)).is_some())
        && row.raw(6).starts_with(|c: char| c.is_ascii_alphanumeric());
    if !is_dns {
        return None;
    }
    let mut record = Record::new("umbrella.dns");
    record.stamp = time::read(row.raw(0)).map(utc);
    for column in [3, 4] {
        record.set(Field::SourceIp, row.raw(column));
    }
    if record.has(Field::SourceIp) && address(row.raw(3)).is_some() {
        record.set(Field::SourceNatIp, row.raw(4));
    }
    let verdict = if action == "Blocked" { Verdict::Blocked } else { Verdict::Allowed };
    record.set_action(action, Some(verdict));
    // `1 (A)`
    let kind = row.raw(6);
    let name = kind.split_once('(').and_then(|(_, name)| name.strip_suffix(')'));
    dns::kind(&mut record, name.unwrap_or(kind));
    dns::code(&mut record, row.raw(7));
    record.set(Field::QuestionName, row.raw(8));
    identity(&mut record, &row);
    record.set(Field::RuleName, row.raw(13));
    Some(record)
}

/// Who it was: a user, or a machine; networks and sites are neither.
fn identity<'a>(record: &mut Record<'a>, row: &Row<'a, '_>) {
    let kind = row.raw(10);
    let Some(identity) = row.at(1) else { return };
    let is_user = kind.contains("User") || kind.is_empty() && identity.text.contains('@');
    if is_user {
        record.set(Field::UserName, identity);
    } else if kind.contains("Computer") || kind.contains("Roaming") || kind.contains("Mobile") {
        record.set(Field::SourceDomain, identity);
    }
}
