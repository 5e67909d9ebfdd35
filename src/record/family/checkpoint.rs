//! Check Point: Log Exporter, in its `syslog`, `generic`, `splunk` and `logrhythm` formats.
//!
//! Check Point sk122323 (Log Exporter), sk144192 (fields). `syslog` is RFC 5424 with a body in
//! brackets that is no structured data: `[action:"Drop"; flags:"…"; src:"…"]`; the others are
//! `name=value` with `|` or `;` between. CEF and LEEF are read as what they are. `s_port` is the
//! source's port, `service` the destination's; `service_id` is its name in the policy.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::{Named, Table};
use crate::record::time::Stamp;
use crate::record::{Direction, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "checkpoint",
    title: "Check Point Log Exporter",
    datasets: &["checkpoint.firewall"],
    example: "<134>1 2024-06-10T06:13:20Z gw-edge1 CheckPoint 26203 - [action:\"Drop\"; \
              ifdir:\"outbound\"; loguid:\"{0x1,0x0,0x2,0x3}\"; origin:\"10.0.0.1\"; \
              time:\"1718000000\"; dst:\"192.0.2.10\"; product:\"VPN-1 & FireWall-1\"; proto:\"6\"; \
              s_port:\"51552\"; service:\"443\"; src:\"10.0.0.5\"]",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["src", "client_ip"]),
    (Field::SourcePort, &["s_port", "sport_svc"]),
    (Field::DestinationIp, &["dst"]),
    (Field::DestinationPort, &["service", "svc"]),
    (Field::SourceNatIp, &["xlatesrc"]),
    (Field::SourceNatPort, &["xlatesport", "xlatesport_svc"]),
    (Field::DestinationNatIp, &["xlatedst"]),
    (Field::DestinationNatPort, &["xlatedport", "xlatedport_svc"]),
    (Field::Transport, &["proto"]),
    (Field::Action, &["action", "rule_action"]),
    (Field::SourceBytes, &["client_outbound_bytes", "sent_bytes"]),
    (Field::DestinationBytes, &["client_inbound_bytes", "received_bytes"]),
    (Field::SourcePackets, &["client_outbound_packets"]),
    (Field::DestinationPackets, &["client_inbound_packets"]),
    (Field::Url, &["resource"]),
    (Field::DestinationDomain, &["dst_domain_name", "http_host", "sni"]),
    (Field::QuestionName, &["dns_query"]),
    (Field::QuestionType, &["dns_type"]),
    (Field::ServerName, &["sni", "tls_server_host_name"]),
    (Field::UserName, &["src_user_name", "user", "user_name", "administrator"]),
    (Field::RuleName, &["rule_name", "protection_name"]),
    (Field::UserAgent, &["user_agent", "web_client_type"]),
    (Field::Referrer, &["referrer"]),
    (Field::Method, &["method"]),
    (Field::FileMd5, &["file_md5"]),
    (Field::FileSha1, &["file_sha1"]),
    (Field::FileSha256, &["file_sha256"]),
    (Field::FileName, &["file_name"]),
    (Field::EmailFrom, &["from"]),
    (Field::EmailTo, &["to"]),
    (Field::ObserverName, &["orig_name", "hostname", "orig"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let body = if message.structured.is_empty() { message.text } else { message.structured };
    // The enterprise number in the structured data of `semi-unified` exports; `i/f_dir` is OPSEC's.
    let is_own = body.contains("loguid") || body.contains("originsicname");
    let is_export = body.contains("ields@1.3.6.1.4.1.2620") || body.contains("i/f_dir=");
    // A line that names nothing but what happened: the gateway, the product, and their ports.
    let is_bare = body.contains("action") && body.contains("s_port") && body.contains("service");
    let is_origin = ["origin", "orig=", "hostname="].iter().any(|name| body.contains(name));
    let is_log = body.contains("product") && (is_own || is_origin && is_bare)
        || message.program == "CheckPoint" && body.starts_with("[action:\"");
    if !is_export && !is_log {
        return None;
    }
    let style = if body.contains("product:\"") || body.contains("action:\"") {
        Style::COLONS
    } else if body.contains("|product=") || body.contains("|i/f_dir=") {
        Style { assign: b'=', separators: b"|", quotes: b"\"" }
    } else {
        Style { assign: b'=', separators: b"; ", quotes: b"\"" }
    };
    let pairs = Pairs::new(body, style);
    let mut record = Record::new("checkpoint.firewall");
    record.fill(&pairs, TABLE);
    if record.verdict.is_none()
        && let Some(action) = pairs.get("action")
    {
        record.verdict = verdict(&action.text);
    }
    // `ifdir` is the way through an interface, which says nothing about inside and outside.
    record.direction = pairs.get("conn_direction").and_then(|way| Direction::of(&way.text));
    record.stamp = pairs.get("time").and_then(|time| stamp(&time.text));
    Some(record)
}

/// `1718000000`, of OPSEC's loggers `10Jun2024  6:13:20`.
fn stamp(text: &str) -> Option<Stamp> {
    time::read(text).or_else(|| {
        let (date, clock) = text.split_once(' ')?;
        let month = date.find(|c: char| c.is_ascii_alphabetic())?;
        let (day, rest) = date.split_at(month);
        let (month, year) = (rest.get(..3)?, rest.get(3..)?);
        time::read(&format!("{day} {month} {year} {}", clock.trim()))
    })
}

/// Words that mean something only here.
fn verdict(action: &str) -> Option<Verdict> {
    match action.to_ascii_lowercase().as_str() {
        "encrypt" | "decrypt" | "inspect" | "https inspect" | "inform user" => {
            Some(Verdict::Allowed)
        }
        "redirect" | "ask user" => Some(Verdict::Blocked),
        _ => None,
    }
}
