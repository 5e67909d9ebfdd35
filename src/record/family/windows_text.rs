//! Windows events as sentences: what NXLog, Snare and others send by syslog where the event was not
//! kept as XML or JSON.
//!
//! The message's text is the event's own, as the Event Viewer shows it, its lines joined by spaces or
//! tabs: `An account failed to log on. Subject: … Account Name: jdoe … Source Network Address:
//! 192.0.2.10 Source Port: 40022`; Sysmon's `Network connection detected: … UtcTime: … SourceIp: …`.
//! Microsoft's reference of security events 4624, 4625 and 5156 has their layouts. Snare separates
//! its columns by tabs, in the sixth of which the time has a year.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::shape::words::{after, between, find, word, word_after};
use crate::record::time;
use crate::record::value::is_blank;
use crate::record::{Direction, Outcome, Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "windows-text",
    title: "Windows Security and Sysmon events as text: NXLog, Snare",
    datasets: &["windows.security", "windows.sysmon"],
    example: "Jun 10 06:13:20 dc1 Microsoft-Windows-Security-Auditing[624]: An account failed to log \
              on. Account For Which Logon Failed: Account Name: jdoe Network Information: Source \
              Network Address: 192.0.2.10 Source Port: 40022",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    // What is kept as JSON has it, too, beside what is to be read there.
    if message.stamp.is_none() && message.program.is_empty() {
        return None;
    }
    let mut record = if find(text, "UtcTime: ").is_some() && find(text, "Image: ").is_some() {
        sysmon(text)
    } else if find(text, "Source Network Address:").is_some() {
        logon(text)
    } else if find(text, "Source Address:").is_some() && find(text, "Filter Run-Time ID:").is_some()
    {
        filtering(text)
    } else {
        return None;
    };
    if text.starts_with("MSWinEventLog\t") {
        record.stamp = time::read(Row::split(text, '\t').raw(4));
    }
    Some(record)
}

/// The word behind a name, wherever the name stands.
fn value<'a>(text: &'a str, name: &str) -> &'a str {
    after(text, name).map_or("", |rest| word(rest).0)
}

fn sysmon(text: &str) -> Record<'_> {
    let mut record = Record::new("windows.sysmon");
    record.side = Some(match value(text, "Initiated: ") {
        "false" => Side::Server,
        _ => Side::Client,
    });
    for (field, name) in [
        (Field::SourceIp, "SourceIp: "),
        (Field::SourceDomain, "SourceHostname: "),
        (Field::SourcePort, "SourcePort: "),
        (Field::DestinationIp, "DestinationIp: "),
        (Field::DestinationDomain, "DestinationHostname: "),
        (Field::DestinationPort, "DestinationPort: "),
        (Field::Transport, "Protocol: "),
        (Field::QuestionName, "QueryName: "),
    ] {
        record.set(field, value(text, name));
    }
    // Paths and users have spaces, and end where the next name begins.
    let rest = |name: &str| after(text, name).map(until_name).unwrap_or_default();
    record.set(Field::Executable, rest(" Image: "));
    record.set(Field::UserName, rest(" User: "));
    for part in rest("QueryResults: ").split(';').take(64) {
        record.set(Field::ResolvedIp, part.trim());
    }
    let utc = after(text, "UtcTime: ").and_then(time::leading);
    record.stamp = match utc {
        Some((time::Stamp::Civil(civil), _)) => {
            jiff::tz::Offset::UTC.to_timestamp(civil).ok().map(time::Stamp::Instant)
        }
        other => other.map(|(stamp, _)| stamp),
    };
    record
}

/// A text up to the next `Name: `.
fn until_name(text: &str) -> &str {
    let mut at = 0;
    while let Some(len) = find(&text[at..], ": ") {
        let before = &text[..at + len];
        if let Some(start) = before.rfind(|c: char| c.is_whitespace())
            && before[start..].trim_start().bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return text[..start].trim_end();
        }
        at += len + 2;
    }
    text.trim_end()
}

fn logon(text: &str) -> Record<'_> {
    let mut record = Record::new("windows.security");
    record.side = Some(Side::Server);
    record.set(Field::SourceIp, value(text, "Source Network Address:"));
    record.set(Field::SourcePort, value(text, "Source Port:"));
    record.set(Field::SourceDomain, value(text, "Workstation Name:"));
    // The subject is who asked for the logon: the machine itself.
    let account = ["Account For Which Logon Failed:", "New Logon:"];
    let account = account.iter().find_map(|name| after(text, name)).unwrap_or(text);
    let user = value(account, "Account Name:");
    if !user.ends_with(':') && !is_blank(user) {
        record.set(Field::UserName, user);
    }
    record.outcome = if text.contains("failed to log on") || text.contains("Failure Audit") {
        Some(Outcome::Failure)
    } else if text.contains("successfully logged on") || text.contains("Success Audit") {
        Some(Outcome::Success)
    } else {
        None
    };
    match record.outcome {
        Some(Outcome::Failure) => record.set_word(Field::Action, "failed to log on"),
        Some(Outcome::Success) => record.set_word(Field::Action, "logged on"),
        None => {}
    }
    record
}

/// `The Windows Filtering Platform has blocked a connection. … Direction: Inbound Source Address: …`.
fn filtering(text: &str) -> Record<'_> {
    let mut record = Record::new("windows.security");
    for (field, name) in [
        (Field::SourceIp, "Source Address:"),
        (Field::SourcePort, "Source Port:"),
        (Field::DestinationIp, "Destination Address:"),
        (Field::DestinationPort, "Destination Port:"),
        (Field::Transport, "Protocol:"),
    ] {
        record.set(field, value(text, name));
    }
    let application = between(text, "Application Name:", "Network Information:");
    record.set(Field::Executable, application.unwrap_or_default().trim());
    record.direction = word_after(text, "Direction:").and_then(Direction::of);
    if text.contains("has blocked") {
        record.set_word(Field::Action, "blocked");
        record.verdict = Some(Verdict::Blocked);
    } else if text.contains("has permitted") || text.contains("has allowed") {
        record.set_word(Field::Action, "permitted");
        record.verdict = Some(Verdict::Allowed);
    }
    record
}
