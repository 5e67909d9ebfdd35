//! Windows event logs: Security, Terminal Services, and whatever else names an address.
//!
//! Microsoft, "Advanced security audit policy settings" (4624–4801: log on, Kerberos, NTLM; 5140,
//! 5145: shares; 5031, 5150–5159: filtering platform). `IpAddress` and `IpPort` are where a log on
//! came from; in the filtering platform's events source and destination are the packet's. Remote
//! Desktop: 1149 (`Param1` user, `Param2` domain, `Param3` address), 21–25 (`Address`), 131, 140;
//! 4778, 4779 (`ClientAddress`). Statuses are NTSTATUS or Kerberos's; `0x0` is success.

use super::Family;
use super::windows_event::Event;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::{InternalNets, Side};
use crate::record::shape::{Named, Table};
use crate::record::{Direction, Outcome, Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "windows",
    title: "Windows events (Security and others), as XML or JSON",
    datasets: &["windows.security", "windows.event"],
    example: "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider \
              Name='Microsoft-Windows-Security-Auditing'/><EventID>4624</EventID><TimeCreated \
              SystemTime='2024-06-10T06:13:20.0262697Z'/><Computer>SRV01.example.org</Computer>\
              </System><EventData><Data Name='TargetUserName'>jdoe</Data><Data Name='IpAddress'>\
              192.0.2.10</Data><Data Name='IpPort'>50781</Data></EventData></Event>",
    is_device: false,
    read,
};

const TABLE: &Table = &[
    (
        Field::SourceIp,
        &[
            "IpAddress",
            "SourceAddress",
            "ClientAddress",
            "ClientIPAddress",
            "ClientIP",
            "IPString",
            "SourceIp",
        ],
    ),
    (Field::SourcePort, &["IpPort", "SourcePort", "ClientPort"]),
    (Field::SourceDomain, &["WorkstationName", "Workstation", "ClientName"]),
    (
        Field::DestinationIp,
        &["DestAddress", "DestinationAddress", "RemoteAddress", "TargetServerName"],
    ),
    (Field::DestinationPort, &["DestPort", "RemotePort"]),
    (Field::Transport, &["Protocol"]),
    (Field::UserName, &["TargetUserName", "AccountName", "SubjectUserName", "User", "UserName"]),
    (Field::Executable, &["Application", "NewProcessName", "ProcessName", "ImagePath"]),
    (Field::FileName, &["RelativeTargetName", "ShareName"]),
    (Field::Url, &["url", "RemoteName"]),
    (Field::RuleName, &["RuleName"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let event = Event::new(message)?;
    let number = event.number()?;
    let provider = event.provider()?;
    let provider = provider.text.to_ascii_lowercase();
    let is_other = provider.contains("sysmon") || provider.contains("dns");
    let is_own = provider.starts_with("microsoft-")
        || provider == "security"
        || provider == "system"
        || provider.starts_with("windows ")
        || event.is_nested();
    if is_other || !is_own {
        return None;
    }
    let is_security = provider == "security" || provider.contains("security-auditing");
    let mut record = Record::new(if is_security { "windows.security" } else { "windows.event" });
    record.side = Some(Side::Server);
    match number {
        5031 | 5150..=5159 => filtering(&mut record, number, &event),
        1149 => {
            for (field, name) in [(Field::UserName, "Param1"), (Field::SourceIp, "Param3")] {
                if let Some(value) = event.get(name) {
                    record.set(field, value);
                }
            }
            record.set_word(Field::Action, "remote desktop: authenticated");
            record.outcome = Some(Outcome::Success);
        }
        21..=25 if provider.contains("terminalservices") => {
            if let Some(value) = event.get("Address") {
                record.set(Field::SourceIp, value);
            }
        }
        _ => {}
    }
    if is_security {
        result(&mut record, number, &event);
    }
    record.fill(&event, TABLE);
    if matches!(number, 5150..=5159)
        && record.direction == Some(Direction::Inbound)
        && begins_with_local(&record)
    {
        record.swap_sides();
    }
    record.stamp = event.stamp();
    if let Some(computer) = event.computer() {
        record.set(Field::HostName, computer);
    }
    Some(record)
}

/// Whether what came in is written with the local side first, as some versions do: then the remote
/// one is not private, or the first has the service's port.
fn begins_with_local(record: &Record<'_>) -> bool {
    let private = |field| record.ip(field).map(|ip| InternalNets::default().contains(ip));
    match (private(Field::SourceIp), private(Field::DestinationIp)) {
        (Some(true), Some(false)) => true,
        (Some(false), Some(true)) => false,
        _ => matches!(
            (record.number(Field::SourcePort), record.number(Field::DestinationPort)),
            (Some(from), Some(to)) if from < 32768 && to >= 32768
        ),
    }
}

/// The filtering platform: what was let through, what was not.
fn filtering<'a>(record: &mut Record<'a>, number: u32, event: &Event<'_, 'a>) {
    let (word, verdict) = match number {
        5154 | 5156 | 5158 => ("permitted", Verdict::Allowed),
        _ => ("blocked", Verdict::Blocked),
    };
    record.set_word(Field::Action, word);
    record.verdict = Some(verdict);
    // `%%14592`, or the word that it stands for.
    if let Some(direction) = event.get("Direction") {
        record.direction = match direction.text.trim() {
            "%%14592" => Some(Direction::Inbound),
            "%%14593" => Some(Direction::Outbound),
            word => Direction::of(word),
        };
        record.side = match record.direction {
            Some(Direction::Outbound) => Some(Side::Client),
            _ => Some(Side::Server),
        };
    }
}

fn result<'a>(record: &mut Record<'a>, number: u32, event: &Event<'_, 'a>) {
    let status = || {
        let status = ["Status", "ErrorCode", "FailureCode", "ResultCode"]
            .iter()
            .find_map(|name| event.get(name));
        status.map(|status| match status.text.trim().trim_start_matches("0x").trim_matches('0') {
            "" => Outcome::Success,
            _ => Outcome::Failure,
        })
    };
    let (word, outcome) = match number {
        4624 => ("logged on", Some(Outcome::Success)),
        4625 => ("failed to log on", Some(Outcome::Failure)),
        4634 | 4647 => ("logged off", None),
        4648 => ("logged on with explicit credentials", None),
        4740 => ("account locked out", None),
        4768 => ("Kerberos ticket requested", status()),
        4769 | 4770 => ("Kerberos service ticket requested", status()),
        4771..=4773 => ("Kerberos pre-authentication failed", Some(Outcome::Failure)),
        4776 => ("credentials validated", status()),
        4777 => ("failed to validate credentials", Some(Outcome::Failure)),
        4778 => ("session reconnected", Some(Outcome::Success)),
        4779 => ("session disconnected", None),
        4688 => ("process created", None),
        5140 | 5145 => ("share accessed", None),
        6272 | 6278 => ("access granted", Some(Outcome::Success)),
        6273 | 6274 => ("access denied", Some(Outcome::Failure)),
        _ => return,
    };
    record.set_word(Field::Action, word);
    record.outcome = outcome;
}
