//! Suricata's EVE JSON: every event type.
//!
//! Suricata User Guide, "EVE JSON Format". `src_ip` of a flow event is who opened it; of `dns`
//! answers it is still the client (`flow` has the direction of the packet). DNS events have three
//! versions: v1 an event an answer, v2 `answers` and `grouped`, v3 (Suricata 8) `queries`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::{Named, Table};
use crate::record::value::Value;
use crate::record::{Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "suricata",
    title: "Suricata EVE JSON",
    datasets: &["suricata.eve"],
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
    (Field::Action, &["alert.action", "verdict.action"]),
    (Field::RuleName, &["alert.signature"]),
    (
        Field::QuestionName,
        &["dns.rrname", "dns.queries.rrname", "dns.query.rrname", "dns.answers.rrname"],
    ),
    (
        Field::QuestionType,
        &["dns.rrtype", "dns.queries.rrtype", "dns.query.rrtype", "dns.answers.rrtype"],
    ),
    (Field::ResponseCode, &["dns.rcode"]),
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

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let event = message.object()?;
    let is_eve = event.has("event_type") && (event.has("flow_id") || event.has("src_ip"));
    if !is_eve || !event.has("timestamp") {
        return None;
    }
    let mut record = Record::new("suricata.eve");
    record.fill(&event, TABLE);
    for path in ["dns.answers.rdata", "dns.rdata"] {
        event.each(path, &mut |value| answer(&mut record, value));
    }
    // The same again by type: only where there is no list of answers.
    if !record.has(Field::ResolvedIp) && !record.has(Field::Answer) {
        for path in ["dns.grouped.A", "dns.grouped.AAAA", "dns.grouped.CNAME", "dns.grouped.NS"] {
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

fn answer<'a>(record: &mut Record<'a>, value: Value<'a>) {
    if !record.set(Field::ResolvedIp, value.clone()) {
        record.set(Field::Answer, value);
    }
}
