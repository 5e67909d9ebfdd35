//! Fortinet FortiGate: `key=value`, all log types.
//!
//! FortiOS Log Message Reference. `eventtime` is in nanoseconds since FortiOS 6.2, in seconds before;
//! `date`, `time` and `tz` are the device's local time. What ends a session (`close`, `timeout`,
//! `client-rst`, …) was let through (Log Reference, `action` of type traffic). A session that lasts is
//! logged every two minutes (log 20) with all it sent so far, and what of it is new in `sentdelta` and
//! `rcvddelta` (FortiAnalyzer, New Features, "FortiView - Long-lived-session Handling").

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::{Named, Table};
use crate::record::time::{self, Stamp};
use crate::record::{Outcome, Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "fortigate",
    title: "Fortinet FortiGate",
    datasets: &["fortinet.firewall"],
    example: "date=2024-06-10 time=06:13:20 devname=\"FGT-1\" devid=\"FG100F0000000001\" \
              eventtime=1718000000000000000 tz=\"+0000\" logid=\"0000000013\" type=\"traffic\" \
              subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.0.0.5 srcport=52836 \
              dstip=192.0.2.10 dstport=443 proto=6 action=\"close\" sentbyte=6671 rcvdbyte=79894",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["srcip", "src", "remip", "ip", "addr"]),
    (Field::SourcePort, &["srcport", "src_port", "remport"]),
    (Field::DestinationIp, &["dstip", "dst", "locip"]),
    (Field::DestinationPort, &["dstport", "dst_port", "locport"]),
    (Field::SourceDomain, &["srcname"]),
    (Field::SourceBytes, &["sentbyte", "sent"]),
    (Field::DestinationBytes, &["rcvdbyte", "rcvd"]),
    (Field::SourceDelta, &["sentdelta"]),
    (Field::DestinationDelta, &["rcvddelta"]),
    (Field::SourcePackets, &["sentpkt"]),
    (Field::DestinationPackets, &["rcvdpkt"]),
    (Field::DestinationNatIp, &["tranip"]),
    (Field::DestinationNatPort, &["tranport"]),
    (Field::Transport, &["proto"]),
    (Field::Action, &["utmaction", "action"]),
    (Field::QuestionName, &["qname"]),
    (Field::QuestionType, &["qtype"]),
    (Field::ServerName, &["sni"]),
    (Field::DestinationDomain, &["hostname", "dstname"]),
    (Field::UserName, &["user", "unauthuser"]),
    (Field::ObserverName, &["devname"]),
    (Field::UserAgent, &["agent"]),
    (Field::Referrer, &["referralurl"]),
    (Field::Method, &["httpmethod"]),
    (Field::FileSha256, &["filehash", "analyticscksum"]),
    (Field::FileName, &["filename"]),
    (Field::CertificateSha1, &["certhash"]),
    (Field::EmailFrom, &["from", "sender"]),
    (Field::EmailTo, &["to", "recipient"]),
    (Field::RuleName, &["policyname", "attack", "virus"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    // The same as CEF has the names in it, too.
    if text.starts_with("CEF:") || message.is_from("CEF") {
        return None;
    }
    if !text.contains("logid=") && !text.contains("log_id=") {
        return None;
    }
    if !text.contains("devid=") && !text.contains("type=") {
        return None;
    }
    // `set format csv`: `date=2024-06-10,time=06:13:20,…`.
    let is_csv = text.starts_with("date=") && text.as_bytes().get(15) == Some(&b',');
    let separators: &[u8] = if is_csv { b"," } else { Style::SPACED.separators };
    let pairs = Pairs::new(text, Style { separators, ..Style::SPACED });
    // Sophos has `log_id` and `log_type`.
    if !pairs.has("type") && !pairs.has("devid") {
        return None;
    }
    let mut record = Record::new("fortinet.firewall");
    // Of a site that is visited `url` is the path; the host is a field of its own.
    let host = pairs.get("hostname");
    if let Some(url) = pairs.get("url") {
        record.set(Field::Url, url);
        if let Some(host) = host {
            record.set(Field::UrlDomain, host);
        }
    }
    // Without translation there are zeros.
    let either = |name, old| pairs.get(name).or_else(|| pairs.get(old));
    if let Some(mapped) = either("transip", "tran_ip")
        && record.set(Field::SourceNatIp, mapped)
        && let Some(port) = either("transport", "tran_port")
    {
        record.set(Field::SourceNatPort, port);
    }
    record.fill(&pairs, TABLE);
    if pairs.is("role", "initiator") && pairs.has("remip") {
        record.swap_sides();
    }
    // FortiOS 4 has the action of traffic there.
    if pairs.is("type", "traffic")
        && let Some(status) = pairs.get("status")
    {
        record.set(Field::Action, status);
    }
    // Of the session, where the addresses do not say where inside is.
    if pairs.is("direction", "outgoing") || pairs.is("dir", "outbound") {
        record.side = Some(Side::Client);
    }
    if let Some(clients) = pairs.get("forwardedfor") {
        for part in clients.raw.split([',', ' ']).take(32) {
            record.set(Field::ForwardedIp, part);
        }
    }
    pairs.each("ipaddr", &mut |addresses| {
        // The answers of a DNS query: `"192.0.2.1, 192.0.2.2"`.
        for part in addresses.raw.split([',', ' ']).filter(|part| !part.is_empty()) {
            record.set(Field::ResolvedIp, part);
        }
    });
    if record.verdict.is_none()
        && let Some(action) = pairs.get("action").or_else(|| pairs.get("status"))
    {
        record.verdict = verdict(&action.text);
    }
    if pairs.is("type", "event") {
        record.outcome = record.outcome.or_else(|| outcome(&pairs));
        // Who logs on, or asks for a tunnel.
        record.side = record.side.or(Some(Side::Server));
    }
    record.stamp = stamp(&pairs);
    Some(record)
}

pub(super) fn verdict(action: &str) -> Option<Verdict> {
    match action {
        "close" | "timeout" | "client-rst" | "server-rst" | "start" | "ip-conn" | "dns" => {
            Some(Verdict::Allowed)
        }
        // A name that is not to be known is answered with a page's address.
        "redirect" | "clear_session" | "server-dropped" | "dropped" => Some(Verdict::Blocked),
        _ => None,
    }
}

/// Of log ons: `status="failed"`, `action="ssl-login-fail"`.
fn outcome(pairs: &Pairs<'_>) -> Option<Outcome> {
    let is_failed = |name: &str| {
        pairs.get(name).is_some_and(|value| {
            value.text.contains("fail") || matches!(&*value.text, "failure" | "negotiate_error")
        })
    };
    if is_failed("status") || is_failed("action") {
        Some(Outcome::Failure)
    } else if pairs.is("status", "success") || pairs.is("action", "tunnel-up") {
        Some(Outcome::Success)
    } else {
        None
    }
}

fn stamp(pairs: &Pairs<'_>) -> Option<Stamp> {
    let text = |name| pairs.get(name).map(|value| value.text);
    let event = text("eventtime").and_then(|time| time::read(&time));
    event.or_else(|| Stamp::from_parts(&text("date")?, &text("time")?, text("tz").as_deref()))
}
