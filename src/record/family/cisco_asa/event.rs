//! Security events of Firepower Threat Defense, 430001–430005: `Name: value, Name: value`.
//!
//! Read from the test lines of Elastic's `cisco_ftd` integration.

use crate::record::field::Field;
use crate::record::shape::pairs::Pairs;
use crate::record::shape::words::{quoted, word};
use crate::record::shape::{Named, Table};
use crate::record::{Record, Verdict, time};

/// Connection events of FTD (430001–430005): `Name: value, Name: value`.
const EVENT: &Table = &[
    (Field::SourceIp, &["SrcIP", "InitiatorIP"]),
    (Field::SourcePort, &["SrcPort", "InitiatorPort"]),
    (Field::DestinationIp, &["DstIP", "ResponderIP"]),
    (Field::DestinationPort, &["DstPort", "ResponderPort"]),
    (Field::Transport, &["Protocol"]),
    (
        Field::Action,
        &["AccessControlRuleAction", "Access Control Rule Action", "InlineResult", "FileAction"],
    ),
    (Field::RuleName, &["AccessControlRuleName", "Access Control Rule Name", "Message"]),
    (Field::SourceBytes, &["InitiatorBytes", "Initiator Bytes"]),
    (Field::DestinationBytes, &["ResponderBytes", "Responder Bytes"]),
    (Field::SourcePackets, &["InitiatorPackets", "Initiator Packets"]),
    (Field::DestinationPackets, &["ResponderPackets", "Responder Packets"]),
    (Field::QuestionName, &["DNSQuery"]),
    (Field::Url, &["URL", "URI"]),
    (Field::Status, &["HTTPResponse"]),
    (Field::ServerName, &["SSLServerName"]),
    (Field::DestinationDomain, &["ReferencedHost", "HTTP_Hostname", "SSLServerName"]),
    (Field::ForwardedIp, &["originalClientSrcIP"]),
    (Field::SourceNatIp, &["NAT_InitiatorIP"]),
    (Field::SourceNatPort, &["NAT_InitiatorPort"]),
    (Field::DestinationNatIp, &["NAT_ResponderIP"]),
    (Field::DestinationNatPort, &["NAT_ResponderPort"]),
    (Field::Referrer, &["HTTPReferer"]),
    (Field::UserAgent, &["UserAgent"]),
    (Field::FileSha256, &["FileSHA256"]),
    (Field::FileName, &["FileName"]),
    (Field::CertificateSha1, &["SSLCertificate"]),
];

pub(super) fn read<'a>(record: &mut Record<'a>, body: &'a str) {
    let pairs = Pairs::from_vec(pairs(body));
    // Where nobody is known the user is a sentence.
    if let Some(user) = pairs.get("User") {
        const NOBODY: [&str; 5] =
            ["No Authentication Required", "Not Found", "Unknown", "Unavailable", "Not Available"];
        if !NOBODY.contains(&user.raw) {
            record.set(Field::UserName, user);
        }
    }
    if let Some(kind) = pairs.get("DNSRecordType") {
        record.set(Field::QuestionType, question_type(kind.raw));
    }
    if let Some(code) = pairs.get("DNSResponseType") {
        record.set(Field::ResponseCode, response_code(code.raw));
    }
    record.fill(&pairs, EVENT);
    // Of old versions words stand where there is nothing.
    record.entries.retain(|entry| entry.field != Field::Url || entry.raw != "Unknown");
    if let Some(action) = pairs.get("FileAction").filter(|_| !pairs.has("AccessControlRuleAction"))
    {
        // `Malware Block`, `Malware Cloud Lookup`, `Custom Detection Block`.
        let is_block = action.raw.contains("Block");
        record.verdict = Some(if is_block { Verdict::Blocked } else { Verdict::Allowed });
    } else if let Some(action) = pairs.get("AccessControlRuleAction") {
        match action.raw {
            "Fastpath" => record.verdict = Some(Verdict::Allowed),
            word if word.contains("Block") => record.verdict = Some(Verdict::Blocked),
            _ => {}
        }
    } else if let Some(result) = pairs.get("InlineResult") {
        // `Would have dropped` did not.
        let is_dropped = matches!(result.raw, "Dropped" | "Blocked" | "Block" | "Rejected");
        record.verdict = Some(if is_dropped { Verdict::Blocked } else { Verdict::Allowed });
    }
    record.stamp = pairs.get("FirstPacketSecond").and_then(|value| time::read(&value.text));
}

/// What a management centre sends on: the same names, of old versions with spaces in them and with
/// the sides behind them, `… Initiator Bytes: 66 {TCP} 10.0.0.5:51022 -> 192.0.2.1:443`.
pub(super) fn alert<'a>(record: &mut Record<'a>, body: &'a str) {
    let (body, sides) = match body.rsplit_once(" {") {
        Some((body, sides)) if sides.contains("} ") => (body, sides),
        _ => (body, ""),
    };
    if let Some((transport, sides)) = sides.split_once("} ")
        && let Some((source, destination)) = sides.split_once(" -> ")
    {
        record.set(Field::Transport, transport);
        record.set(Field::SourceIp, source.trim());
        record.set(Field::DestinationIp, word(destination).0);
    }
    read(record, body);
}

/// `Name: value, Name: "a value, in quotes"`.
fn pairs(body: &str) -> Vec<(&str, &str)> {
    let mut pairs = Vec::with_capacity(48);
    let mut rest = body;
    while let Some((name, value)) = rest.split_once(": ").filter(|_| pairs.len() < 256) {
        let (value, after) = match quoted(value).filter(|_| value.starts_with('"')) {
            Some((value, after)) => (value, after.trim_start_matches([',', ' '])),
            None => value.split_once(", ").unwrap_or((value, "")),
        };
        // A name follows the last comma.
        let name = name.rsplit_once(", ").map_or(name, |(_, name)| name);
        pairs.push((name.trim(), value));
        rest = after;
    }
    pairs
}

/// FTD writes a record's type in words.
fn question_type(words: &str) -> &str {
    match words {
        "a host address" => "A",
        "IP6 Address" => "AAAA",
        "the canonical name for an alias" => "CNAME",
        "mail exchange" => "MX",
        "an authoritative name server" => "NS",
        "a domain name pointer" => "PTR",
        "marks the start of a zone of authority" => "SOA",
        "Server Selection" => "SRV",
        "text strings" => "TXT",
        other => other,
    }
}

/// The same of what the server answered.
fn response_code(words: &str) -> &str {
    match words {
        "No Error" | "No error" => "NOERROR",
        "Non-Existent Domain" | "Domain does not exist" => "NXDOMAIN",
        "Server Failure" => "SERVFAIL",
        "Query Refused" => "REFUSED",
        "Format Error" => "FORMERR",
        "Not Implemented" => "NOTIMP",
        other => other,
    }
}
