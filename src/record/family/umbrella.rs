//! Cisco Umbrella's DNS logs: comma-separated values, every version.
//!
//! Umbrella documentation, "Log Formats and Versioning", "DNS Logs". Versions only add columns at the
//! end: ten in version 1, identity types and blocked categories since 3, rule, destination countries
//! and organisation later. The internal address is the client's, the external one its network's.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::dns;
use crate::record::shape::row::Row;
use crate::record::value::address;
use crate::record::{Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "umbrella-dns",
    title: "Cisco Umbrella, DNS logs",
    datasets: &["umbrella.dns"],
    example: "\"2024-06-10 06:13:20\",\"Doe, Jo (jdoe@corp.example)\",\"Doe, Jo (jdoe@corp.example),LAP-1\",\
              \"10.0.0.5\",\"203.0.113.9\",\"Allowed\",\"1 (A)\",\"NOERROR\",\"www.example.org.\",\"Software\",\
              \"AD Users\",\"AD Users,Roaming Computers\",\"\"",
    is_device: true,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
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
    record.stamp = time::read(row.raw(0));
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
