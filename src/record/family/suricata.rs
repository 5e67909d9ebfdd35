//! Suricata's EVE JSON: every event type; its fast.log, which is Snort's, too.
//!
//! Suricata User Guide, "EVE JSON Format". `src_ip` of a flow event is who opened it. Of others it may
//! be who sent the packet, or the file: `flow.src_ip` tells, else the server's port. DNS events have
//! three versions: v1 an event an answer, v2 `answers` and `grouped`, v3 (Suricata 8) `queries`.
//!
//! fast.log: `06/10/2024-06:13:20.123456  [Drop] [**] [1:2000001:1] what [**] [Classification: …]
//! [Priority: 1] {TCP} A:p -> B:p`; Snort writes no year, and to syslog no time and no `[**]`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::words::{before, word};
use crate::record::shape::{Named, Table};
use crate::record::time::Stamp;
use crate::record::value::{Value, address, endpoint};
use crate::record::{Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "suricata",
    title: "Suricata EVE JSON and fast.log, Snort alerts",
    datasets: &["suricata.eve", "suricata.fast", "snort.alert"],
    example: "{\"timestamp\":\"2024-06-10T06:13:20.000000+0000\",\"flow_id\":1,\"event_type\":\"dns\",\
              \"src_ip\":\"10.0.0.5\",\"src_port\":51424,\"dest_ip\":\"10.0.0.53\",\"dest_port\":53,\
              \"proto\":\"UDP\",\"dns\":{\"type\":\"query\",\"id\":1,\"rrname\":\"www.example.org\",\
              \"rrtype\":\"A\"}}",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["src_ip"]),
    (Field::SourcePort, &["src_port"]),
    (Field::DestinationIp, &["dest_ip"]),
    (Field::DestinationPort, &["dest_port"]),
    (Field::Transport, &["proto"]),
    (Field::Protocol, &["app_proto"]),
    (Field::SourceBytes, &["flow.bytes_toserver", "netflow.bytes"]),
    (Field::DestinationBytes, &["flow.bytes_toclient"]),
    (Field::SourcePackets, &["flow.pkts_toserver", "netflow.pkts"]),
    (Field::DestinationPackets, &["flow.pkts_toclient"]),
    (Field::Action, &["alert.action", "verdict.action", "flow.action"]),
    (Field::RuleName, &["alert.signature"]),
    (
        Field::QuestionName,
        &[
            "dns.rrname",
            "dns.queries.rrname",
            "dns.query.rrname",
            "dns.answer.rrname",
            "dns.answers.rrname",
        ],
    ),
    (
        Field::QuestionType,
        &[
            "dns.rrtype",
            "dns.queries.rrtype",
            "dns.query.rrtype",
            "dns.answer.rrtype",
            "dns.answers.rrtype",
        ],
    ),
    (Field::ResponseCode, &["dns.rcode", "dns.answer.rcode"]),
    (Field::ServerName, &["tls.sni", "quic.sni"]),
    (Field::CertificateSubject, &["tls.subject"]),
    (Field::CertificateIssuer, &["tls.issuerdn"]),
    (Field::CertificateSha1, &["tls.fingerprint"]),
    (Field::Ja3, &["tls.ja3.hash", "quic.ja3.hash"]),
    (Field::Ja3s, &["tls.ja3s.hash", "quic.ja3s.hash"]),
    (Field::Url, &["http.url"]),
    (Field::UrlDomain, &["http.hostname"]),
    (Field::Method, &["http.http_method"]),
    (Field::Status, &["http.status"]),
    (Field::UserAgent, &["http.http_user_agent"]),
    (Field::Referrer, &["http.http_refer"]),
    (Field::ForwardedIp, &["http.xff"]),
    (Field::FileName, &["fileinfo.filename"]),
    (Field::FileMd5, &["fileinfo.md5"]),
    (Field::FileSha1, &["fileinfo.sha1"]),
    (Field::FileSha256, &["fileinfo.sha256"]),
    (Field::EmailFrom, &["email.from", "smtp.mail_from"]),
    (Field::EmailTo, &["email.to", "smtp.rcpt_to"]),
    (Field::ObserverName, &["host"]),
];

/// The answers by their types.
const GROUPED: [&str; 7] = [
    "dns.grouped.A",
    "dns.grouped.AAAA",
    "dns.grouped.CNAME",
    "dns.grouped.NS",
    "dns.grouped.PTR",
    "dns.grouped.MX",
    "dns.grouped.TXT",
];

/// Of a packet, or a file, that went to the client.
const REVERSED: &Table = &[
    (Field::SourceIp, &["dest_ip"]),
    (Field::SourcePort, &["dest_port"]),
    (Field::DestinationIp, &["src_ip"]),
    (Field::DestinationPort, &["src_port"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let Some(event) = message.object() else { return fast(message) };
    let is_eve = event.has("event_type") && (event.has("flow_id") || event.has("src_ip"));
    if !is_eve || !event.has("timestamp") {
        return None;
    }
    let mut record = Record::new("suricata.eve");
    if is_answer(&event) {
        record.fill(&event, REVERSED);
    }
    record.fill(&event, TABLE);
    for path in ["dns.answers.rdata", "dns.answer.answers.rdata", "dns.rdata"] {
        event.each(path, &mut |value| answer(&mut record, value));
    }
    // The same again by type: only where there is no list of answers.
    if !record.has(Field::ResolvedIp) && !record.has(Field::Answer) {
        for path in GROUPED {
            event.each(path, &mut |value| answer(&mut record, value));
        }
    }
    if event.is("event_type", "drop") {
        record.set_word(Field::Action, "drop");
        record.verdict = Some(Verdict::Blocked);
    }
    record.stamp = event.get("timestamp").and_then(|value| time::read(&value.text));
    Some(record)
}

/// Whether the event begins with the side that answered.
fn is_answer<'a>(event: &impl Named<'a>) -> bool {
    let text = |name| event.get(name).map(|value| value.text);
    let port = |name| text(name).and_then(|text| text.parse::<u16>().ok()).unwrap_or_default();
    if let Some(opened) = text("flow.src_ip") {
        return text("dest_ip") == Some(opened.clone()) && text("src_ip") != Some(opened);
    }
    let is_reply = event.is("dns.type", "answer") || event.is("dns.type", "response");
    let (from, to) = (port("src_port"), port("dest_port"));
    let is_file = event.is("event_type", "fileinfo");
    // Since version 7 an alert says which way the packet went.
    let is_packet = is_file || event.is("event_type", "alert") || event.is("event_type", "drop");
    is_reply && from == 53 && to != 53
        || is_packet && event.is("direction", "to_client")
        || is_file && event.is("http.http_method", "GET")
        || is_packet && !event.has("direction") && (1..1024).contains(&from) && to >= 1024
}

fn fast<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    // Firepower's management centre sends on what its Snort said.
    let is_snort = message.is_from("snort") || message.program == "SFIMS";
    let text = if message.program.is_empty() { message.whole } else { message.text };
    let (left, packet) = text.split_once("} ")?;
    let (left, protocol) = left.rsplit_once('{')?;
    let (source, destination) = packet.split_once(" -> ")?;
    let destination = word(destination).0;
    let is_side = |side| address(endpoint(side).0).is_some();
    // `[generator:signature:revision] what`
    let (rule, rest) = left.match_indices('[').take(8).find_map(|(at, _)| {
        let (numbers, rest) = left[at + 1..].split_once("] ")?;
        let is_rule = numbers.split(':').count() == 3
            && numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
        is_rule.then_some((before(rest, " ["), rest))
    })?;
    if !is_side(source) || !is_side(destination) || !rest.contains("[Priority: ") {
        return None;
    }
    let mut record = Record::new(if is_snort { "snort.alert" } else { "suricata.fast" });
    record.set(Field::RuleName, rule.trim_matches(['"', ' ']));
    record.set(Field::Transport, protocol);
    // Of IPv6 in its short form `::1:443` could be all address; a port is always there.
    let has_port = matches!(record.text(Field::Transport).as_deref(), Some("tcp" | "udp"));
    for (field, side) in [(Field::SourceIp, source), (Field::DestinationIp, destination)] {
        match side.rsplit_once(':').filter(|(host, _)| has_port && address(host).is_some()) {
            Some((host, port)) => {
                record.set(field, host);
                field.port().map(|field| record.set(field, port));
            }
            None => {
                record.set(field, side);
            }
        }
    }
    // `wDrop` would have, if it were in the way.
    if left.contains("[Drop]") {
        record.set_word(Field::Action, "Drop");
        record.verdict = Some(Verdict::Blocked);
    }
    record.stamp = month_first(word(text).0);
    Some(record)
}

/// `06/10/2024-06:13:20.123456`, `06/10/24-…`, `06/10-…`.
fn month_first(text: &str) -> Option<Stamp> {
    let (date, time) = text.split_once('-')?;
    let mut parts = date.split('/');
    let (month, day) = (parts.next()?, parts.next()?);
    let Some(year) = parts.next() else {
        let stamp = Stamp::from_parts(&format!("2000-{month}-{day}"), time, None);
        return match stamp {
            Some(Stamp::Civil(civil)) => Some(Stamp::Yearless(civil, None)),
            _ => None,
        };
    };
    let century = if year.len() == 2 { "20" } else { "" };
    Stamp::from_parts(&format!("{century}{year}-{month}-{day}"), time, None)
}

fn answer<'a>(record: &mut Record<'a>, value: Value<'a>) {
    if !record.set(Field::ResolvedIp, value.clone()) {
        record.set(Field::Answer, value);
    }
}
