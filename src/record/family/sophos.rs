//! Sophos Firewall (XG, XGS) in both its `key="value"` layouts, and Sophos UTM.
//!
//! Sophos Firewall Syslog Guide. Until SFOS 18 lines begin with `device="SFW" date=… time=…
//! timezone=…` and say `sent_bytes`; since then ("standard syslog protocol") with
//! `device_name="SFW" timestamp=…` and say `bytes_sent`. UTM (ulogd, httpproxy) has `id="2001"
//! sys="SecureNet" sub="packetfilter"`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::words::word;
use crate::record::shape::{Named, Table};
use crate::record::time::{self, Stamp};
use crate::record::{Outcome, Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "sophos",
    title: "Sophos Firewall, Sophos UTM",
    datasets: &["sophos.xg", "sophos.utm"],
    example: "Jun 10 06:13:20 sophos device_name=\"SFW\" timestamp=\"2024-06-10T06:13:20+0000\" \
              device_model=\"XGS2100\" log_id=\"010101600001\" log_type=\"Firewall\" \
              log_component=\"Firewall Rule\" log_subtype=\"Allowed\" src_ip=\"10.0.0.5\" \
              dst_ip=\"192.0.2.10\" protocol=\"TCP\" src_port=62131 dst_port=443",
    is_device: true,
    read,
};

const XG: &Table = &[
    (Field::SourceIp, &["src_ip", "source_ip", "sourceip"]),
    (Field::SourcePort, &["src_port"]),
    (Field::DestinationIp, &["dst_ip", "destinationip"]),
    (Field::DestinationPort, &["dst_port"]),
    (Field::Transport, &["protocol"]),
    (Field::SourceBytes, &["bytes_sent", "sent_bytes"]),
    (Field::DestinationBytes, &["bytes_received", "recv_bytes"]),
    (Field::SourcePackets, &["packets_sent", "sent_pkts"]),
    (Field::DestinationPackets, &["packets_received", "recv_pkts"]),
    (Field::SourceNatIp, &["src_trans_ip", "tran_src_ip"]),
    (Field::SourceNatPort, &["src_trans_port", "tran_src_port"]),
    (Field::DestinationNatIp, &["dst_trans_ip", "tran_dst_ip"]),
    (Field::DestinationNatPort, &["dst_trans_port", "tran_dst_port"]),
    (Field::Action, &["log_subtype", "status", "action"]),
    (Field::Url, &["url"]),
    (Field::UrlDomain, &["domain", "domainname"]),
    (Field::ServerName, &["sni"]),
    (Field::UserName, &["user", "user_name"]),
    (Field::UserAgent, &["user_agent", "http_user_agent"]),
    (Field::Referrer, &["referer"]),
    (Field::Method, &["http_method", "method"]),
    (Field::Status, &["status_code", "http_status"]),
    (Field::FileName, &["filename", "file_name"]),
    (Field::FileSha1, &["sha1sum", "file_hash"]),
    (Field::EmailFrom, &["sender", "from_email_address"]),
    (Field::EmailTo, &["recipient", "to_email_address"]),
    (Field::Executable, &["process_name", "login_user_process"]),
    (Field::RuleName, &["fw_rule_name", "fw_rule_id", "policy_name"]),
];

const UTM: &Table = &[
    (Field::SourceIp, &["srcip"]),
    (Field::SourcePort, &["srcport"]),
    (Field::DestinationIp, &["dstip", "localip"]),
    (Field::UrlDomain, &["server"]),
    (Field::DestinationPort, &["dstport"]),
    (Field::Transport, &["proto"]),
    (Field::Action, &["action", "name"]),
    (Field::Url, &["url"]),
    (Field::Method, &["method"]),
    (Field::Status, &["statuscode"]),
    (Field::UserName, &["user"]),
    (Field::UserAgent, &["ua"]),
    (Field::Referrer, &["referer"]),
    (Field::RuleName, &["fwrule"]),
    (Field::DestinationBytes, &["size"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    let is_xg = text.contains("log_component=")
        && (text.contains("device_name=") || text.contains("device="));
    let is_utm = text.contains("sys=\"S") && text.contains("sub=\"")
        // Its reverse proxy.
        || text.contains("localip=\"") && text.contains("srcip=\"");
    if !is_xg && !is_utm {
        return None;
    }
    let pairs = Pairs::new(text, Style::SPACED);
    if is_utm {
        let mut record = Record::new("sophos.utm");
        record.fill(&pairs, UTM);
        if pairs.is("sub", "auth") {
            record.side = Some(Side::Server);
            record.outcome = pairs.get("name").and_then(|name| match name.text.as_ref() {
                "Authentication successful" => Some(Outcome::Success),
                "Authentication failed" => Some(Outcome::Failure),
                _ => None,
            });
            record.verdict = None;
        } else if pairs.has("localip") {
            record.side = Some(Side::Server);
        }
        if let Some(stamp) = utm_stamp(message.text) {
            record.stamp = Some(stamp);
            record.set(Field::ObserverName, word(word(message.text).1).0);
        }
        return Some(record);
    }
    let mut record = Record::new("sophos.xg");
    // The old layout's device address is no host's name.
    record.fill(&pairs, XG);
    // Without translation the ports are zero.
    record.entries.retain(|entry| {
        !matches!(entry.field, Field::SourceNatPort | Field::DestinationNatPort) || entry.raw != "0"
    });
    if record.verdict.is_none()
        && let Some(word) = pairs.get("log_subtype")
    {
        record.verdict = match word.text.as_ref() {
            "Clean" | "Allowed" | "Warned" => Some(Verdict::Allowed),
            "Virus" | "Spam" => Some(Verdict::Blocked),
            _ => pairs.get("status").and_then(|status| Verdict::of(&status.text)),
        };
    }
    if pairs.is("log_type", "Event") {
        record.verdict = None;
        record.outcome = pairs.get("status").and_then(|status| match status.text.as_ref() {
            "Successful" => Some(Outcome::Success),
            "Failed" => Some(Outcome::Failure),
            _ => None,
        });
    }
    if message.host.is_none()
        && let Some(name) = pairs.get("device_name")
    {
        record.set(Field::ObserverName, name);
    }
    record.stamp = stamp(&pairs);
    Some(record)
}

/// `2024:06:10-06:13:20 utm1 ulogd[812]: …`
fn utm_stamp(text: &str) -> Option<Stamp> {
    let (date, rest) = text.split_once('-').filter(|(date, _)| date.len() == 10)?;
    Stamp::from_parts(&date.replace(':', "-"), word(rest).0, None)
}

fn stamp(pairs: &Pairs<'_>) -> Option<Stamp> {
    let text = |name| pairs.get(name).map(|value| value.text);
    let event = text("timestamp").and_then(|stamp| time::read(&stamp));
    event.or_else(|| Stamp::from_parts(&text("date")?, &text("time")?, text("timezone").as_deref()))
}
