//! Palo Alto Networks PAN-OS and Strata Logging Service: separated values, no names.
//!
//! PAN-OS Administrator's Guide, "Syslog Field Descriptions", versions 8.1 to 11. Newer versions
//! only append columns, so those that are read stand where they always have. The fourth column is
//! the log's type; `TRAFFIC`, `THREAT` and `DECRYPTION` begin alike. What the URL column of a threat
//! holds depends on its subtype: a URL, a file's name, and of DNS signatures the name asked for.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::shape::words::{between, word_after};
use crate::record::value::{is_blank, is_host_name};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "paloalto",
    title: "Palo Alto Networks PAN-OS",
    datasets: &["panw.panos"],
    example: "Jun 10 06:13:20 PA-1 1,2024/06/10 06:13:20,012801000001,TRAFFIC,end,2562,\
              2024/06/10 06:13:20,10.0.0.5,192.0.2.10,203.0.113.9,192.0.2.10,outbound,,,ssl,vsys1,\
              trust,untrust,ethernet1/2,ethernet1/1,fwd,2024/06/10 06:13:20,2341,1,52146,443,61014,\
              443,0x400053,tcp,allow,38392,4456,33936,11,2024/06/10 06:12:20,55,any",
    is_device: true,
    read,
};

type Columns = [(Field, usize)];

/// Of everything that is about a session.
const SESSION: &Columns = &[
    (Field::SourceIp, 7),
    (Field::DestinationIp, 8),
    (Field::RuleName, 11),
    (Field::UserName, 12),
    (Field::SourcePort, 24),
    (Field::DestinationPort, 25),
    (Field::Transport, 29),
    (Field::Action, 30),
];

const TRAFFIC: &Columns = &[
    (Field::SourceBytes, 32),
    (Field::DestinationBytes, 33),
    (Field::SourcePackets, 44),
    (Field::DestinationPackets, 45),
    (Field::ObserverName, 52),
];

const THREAT: &Columns = &[
    (Field::FileSha256, 43),
    (Field::UserAgent, 46),
    (Field::ForwardedIp, 48),
    (Field::Referrer, 49),
    (Field::EmailFrom, 50),
    (Field::EmailTo, 52),
    (Field::ObserverName, 59),
    (Field::Method, 63),
];

const DECRYPTION: &Columns = &[
    (Field::CertificateSha256, 50),
    (Field::CertificateSubject, 60),
    (Field::CertificateIssuer, 61),
    (Field::ServerName, 63),
    (Field::ObserverName, 96),
];

const GLOBALPROTECT: &Columns = &[
    (Field::Action, 8),
    (Field::UserName, 12),
    (Field::SourceDomain, 14),
    (Field::SourceIp, 15),
    (Field::SourceIp, 16),
    (Field::SourceNatIp, 17),
    (Field::SourceNatIp, 18),
    (Field::ObserverName, 47),
];

const AUTHENTICATION: &Columns = &[(Field::SourceIp, 8), (Field::UserName, 9)];
const HIP: &Columns = &[(Field::UserName, 7), (Field::SourceDomain, 9), (Field::SourceIp, 11)];
const CONFIG: &Columns = &[(Field::SourceIp, 7), (Field::Action, 9), (Field::UserName, 10)];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    let kind = text.split(',').nth(3)?;
    const KINDS: [&str; 16] = [
        "TRAFFIC",
        "THREAT",
        "URL",
        "DATA",
        "WILDFIRE",
        "DECRYPTION",
        "GLOBALPROTECT",
        "SYSTEM",
        "AUTHENTICATION",
        "USERID",
        "HIPMATCH",
        "CONFIG",
        "IPTAG",
        "CORRELATION",
        "SCTP",
        "GTP",
    ];
    let is_tunnel = matches!(kind, "TUNNEL" | "START" | "END" | "HIP-MATCH");
    if !is_tunnel && !KINDS.contains(&kind) {
        return None;
    }
    let row = Row::csv(text, b',');
    if time::read(row.raw(1)).is_none() || row.len() < 8 {
        return None;
    }
    let mut record = Record::new("panw.panos");
    match kind {
        "TRAFFIC" => session(&mut record, &row, TRAFFIC),
        "THREAT" | "URL" | "DATA" | "WILDFIRE" => {
            subject(&mut record, &row);
            session(&mut record, &row, THREAT);
        }
        "DECRYPTION" => session(&mut record, &row, DECRYPTION),
        "TUNNEL" | "START" | "END" | "SCTP" | "GTP" => session(&mut record, &row, &[]),
        "GLOBALPROTECT" => {
            record.side = Some(Side::Server);
            fill(&mut record, &row, GLOBALPROTECT);
            record.outcome = outcome(row.raw(28));
        }
        "AUTHENTICATION" | "USERID" => fill(&mut record, &row, AUTHENTICATION),
        "HIPMATCH" | "HIP-MATCH" => fill(&mut record, &row, HIP),
        "CONFIG" => {
            fill(&mut record, &row, CONFIG);
            record.outcome = match row.raw(12) {
                "Succeeded" => Some(Outcome::Success),
                "Failed" | "Unauthorized" => Some(Outcome::Failure),
                _ => None,
            };
        }
        "IPTAG" => fill(&mut record, &row, &[(Field::SourceIp, 8)]),
        "CORRELATION" => fill(&mut record, &row, &[(Field::SourceIp, 7), (Field::UserName, 8)]),
        _ => system(&mut record, &row),
    }
    // When it happened; the second column is when the management plane got to know.
    record.stamp = match [6, 1].iter().find_map(|&at| time::read(row.raw(at))) {
        Some(stamp @ time::Stamp::Instant(_)) => Some(stamp),
        local => precise(&row).or(local),
    };
    Some(record)
}

/// Since version 10 a column far behind has the same with milliseconds and an offset. Which one
/// differs by type and version.
fn precise(row: &Row<'_, '_>) -> Option<time::Stamp> {
    let columns = (34..row.len()).map(|at| row.raw(at));
    let mut stamps = columns.filter(|text| {
        (24..=32).contains(&text.len()) && text.as_bytes()[4] == b'-' && text.as_bytes()[10] == b'T'
    });
    // What no time was put into is the epoch, here or in the device's zone.
    stamps.find_map(|text| time::read(text).filter(|_| text > "1971"))
}

fn fill<'a>(record: &mut Record<'a>, row: &Row<'a, '_>, columns: &Columns) {
    for &(field, column) in columns {
        if let Some(value) = row.at(column).filter(|value| !is_nothing(value.raw)) {
            record.set(field, value);
        }
    }
}

/// What stands where there is no address.
fn is_nothing(text: &str) -> bool {
    matches!(text, "0.0.0.0" | "::" | "0::0")
}

fn session<'a>(record: &mut Record<'a>, row: &Row<'a, '_>, more: &Columns) {
    fill(record, row, SESSION);
    fill(record, row, more);
    for (ip, port, columns) in [
        (Field::SourceNatIp, Field::SourceNatPort, (9, 26)),
        (Field::DestinationNatIp, Field::DestinationNatPort, (10, 27)),
    ] {
        // Without translation there is nothing, or zeros.
        if !is_nothing(row.raw(columns.0)) && record.set(ip, row.raw(columns.0)) {
            record.set(port, row.raw(columns.1));
        }
    }
    match row.raw(30) {
        "override" => record.verdict = Some(Verdict::Allowed),
        "override-lockout" | "random-drop" | "syncookie-sent" => {
            record.verdict = Some(Verdict::Blocked);
        }
        _ => {}
    }
}

/// The column that holds what the threat was found in.
fn subject<'a>(record: &mut Record<'a>, row: &Row<'a, '_>) {
    let Some(value) = row.at(31).filter(|value| !value.is_blank()) else { return };
    let is_dns = row.raw(14).starts_with("dns") || row.raw(4) == "dns";
    match row.raw(4) {
        "spyware" | "dns" if is_dns && is_host_name(&value.text) => {
            record.set(Field::QuestionName, value);
        }
        "file" | "virus" | "wildfire" | "wildfire-virus" | "ml-virus" | "data" => {
            record.set(Field::FileName, value);
        }
        _ => {
            record.set(Field::Url, value);
        }
    }
}

fn outcome(status: &str) -> Option<Outcome> {
    match status {
        "success" => Some(Outcome::Success),
        "failure" => Some(Outcome::Failure),
        _ => None,
    }
}

/// A sentence: `GlobalProtect gateway user login succeeded. Login from: 192.0.2.1, …`,
/// `failed authentication for user 'jdoe'. … From: 192.0.2.1.`,
/// `User admin logged in via Web from 192.0.2.1 using https`.
fn system<'a>(record: &mut Record<'a>, row: &Row<'a, '_>) {
    record.set(Field::Action, row.raw(8));
    record.verdict = None;
    record.set(Field::ObserverName, row.raw(22));
    let text = row.raw(14);
    record.side = Some(Side::Server);
    for mark in ["Login from: ", "From: ", " from ", " IP: "] {
        if word_after(text, mark).is_some_and(|word| record.set(Field::SourceIp, word)) {
            break;
        }
    }
    let named = || word_after(text, "User name: ").or_else(|| word_after(text, "User "));
    if let Some(user) = between(text, "user '", "'").or_else(named).filter(|user| !is_blank(user)) {
        record.set(Field::UserName, user.trim_matches('\''));
    }
    record.outcome = if text.contains("succe") || text.contains(" logged in") {
        Some(Outcome::Success)
    } else if text.contains("fail") {
        Some(Outcome::Failure)
    } else {
        None
    };
}
