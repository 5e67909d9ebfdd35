//! Sysmon's events: network connections, DNS queries, and whatever has hashes.
//!
//! OSSEM's data dictionary for event 3; the others from knowledge of Sysinternals' "Sysmon": event 1
//! (process), 3 (connection), 6 and 7 (driver, image), 15 (stream), 22 (DNS query), 23, 26–29 (file
//! deleted, blocked, executable). `Hashes` is `SHA1=…,MD5=…,SHA256=…,IMPHASH=…`; `QueryResults` is
//! `type:  5 name;::ffff:192.0.2.1;`, addresses without their type. Of a connection the source
//! opened it; `Initiated` says whether that was the process that the event names. `UtcTime` is UTC.

use super::Family;
use super::windows_event::Event;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::{Named, Table};
use crate::record::value::{Value, address};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "sysmon",
    title: "Sysmon events, as XML or JSON",
    datasets: &["windows.sysmon"],
    example: "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider \
              Name='Microsoft-Windows-Sysmon'/><EventID>22</EventID><TimeCreated \
              SystemTime='2024-06-10T06:13:20.250Z'/><Computer>WS01.example.org</Computer></System>\
              <EventData><Data Name='QueryName'>www.example.org</Data></EventData></Event>",
    is_device: false,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["SourceIp"]),
    (Field::SourcePort, &["SourcePort"]),
    (Field::SourceDomain, &["SourceHostname"]),
    (Field::DestinationIp, &["DestinationIp"]),
    (Field::DestinationPort, &["DestinationPort"]),
    (Field::DestinationDomain, &["DestinationHostname"]),
    (Field::Transport, &["Protocol"]),
    (Field::QuestionName, &["QueryName"]),
    (Field::UserName, &["User", "SourceUser"]),
    (Field::Executable, &["Image", "SourceImage"]),
    (Field::FileName, &["ImageLoaded", "TargetFilename"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let event = Event::new(message)?;
    let provider = event.provider()?;
    if !provider.text.to_ascii_lowercase().contains("sysmon") {
        return None;
    }
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Client);
    record.fill(&event, TABLE);
    if event.is("Initiated", "false") {
        record.side = Some(Side::Server);
    }
    for name in ["Hashes", "Hash"] {
        if let Some(value) = event.get(name) {
            hashes(&mut record, &value);
        }
    }
    if let Some(results) = event.get("QueryResults") {
        answers(&mut record, &results);
    }
    match event.number() {
        Some(27 | 28) => {
            record.set_word(Field::Action, "blocked");
            record.verdict = Some(Verdict::Blocked);
        }
        Some(22) => {
            if let Some(status) = event.get("QueryStatus") {
                record.outcome = Some(match status.text.trim() {
                    "0" => Outcome::Success,
                    _ => Outcome::Failure,
                });
            }
        }
        _ => {}
    }
    // A mail or a page that a download came from (`HostUrl=` in a stream's contents).
    if let Some(contents) = event.get("Contents") {
        for (mark, field) in [("HostUrl=", Field::Url), ("ReferrerUrl=", Field::Referrer)] {
            let url = contents.part(|text| {
                let rest = text.split_once(mark).map_or("", |(_, rest)| rest);
                rest.split_whitespace().next().unwrap_or_default()
            });
            record.set(field, url);
        }
    }
    record.stamp = event
        .get("UtcTime")
        .and_then(|value| time::read(&format!("{}Z", value.text.trim_end_matches('Z'))))
        .or_else(|| event.stamp());
    if let Some(computer) = event.computer() {
        record.set(Field::HostName, computer);
    }
    Some(record)
}

/// `SHA1=…,MD5=…,SHA256=…,IMPHASH=…`; `IMPHASH` is no file's.
fn hashes<'a>(record: &mut Record<'a>, value: &Value<'a>) {
    for name in ["MD5=", "SHA1=", "SHA256="] {
        let digest = value.part(|text| {
            let is_own = |part: &&str| {
                part.trim_start()
                    .get(..name.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(name))
            };
            let found = text.split(',').take(16).find(is_own);
            found.map_or("", |part| &part.trim_start()[name.len()..])
        });
        record.set(Field::FileSha256, digest);
    }
    // Sysmon before 5 named one algorithm or none.
    if !value.text.contains('=') {
        record.set(Field::FileSha256, value.clone());
    }
}

/// `type:  5 edge.example.net;::ffff:198.51.100.7;198.51.100.8;`.
fn answers<'a>(record: &mut Record<'a>, value: &Value<'a>) {
    let count = value.text.split(';').take(128).count();
    for at in 0..count {
        let part = value.part(|text| {
            let part = text.split(';').nth(at).unwrap_or_default().trim();
            match part.strip_prefix("type:") {
                Some(rest) => rest.trim_start().split_once(' ').map_or("", |(_, data)| data.trim()),
                None => part,
            }
        });
        let field = if address(&part.text).is_some() { Field::ResolvedIp } else { Field::Answer };
        record.set(field, part);
    }
}
