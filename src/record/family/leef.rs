//! QRadar's Log Event Extended Format, whoever writes it.
//!
//! IBM "LEEF Event Format": `LEEF:1.0|vendor|product|version|event|key=value<tab>key=value`; 2.0 has
//! the delimiter as another field, as a character or as `x09`, `0x09`. Keys are predefined (`src`,
//! `srcPort`, `usrName`, …). `devTime` is in the shape that `devTimeFormat` says, mostly one of the
//! well-known ones. Where tabs became spaces on the way, a value ends where the next key begins.

use super::Family;
use super::cef::{assignments, begin, header};
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::pairs::Pairs;
use crate::record::shape::{Named, Table};
use crate::record::{Direction, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "leef",
    title: "Log Event Extended Format (QRadar), any vendor",
    datasets: &["leef", "zscaler.web"],
    example: "LEEF:2.0|Example|Gateway|2.1|deny|^|devTime=1718000000000^src=10.0.0.5^srcPort=58901^\
              dst=192.0.2.10^dstPort=443^proto=TCP^action=deny",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["src", "sourceAddress", "c6a2"]),
    (Field::SourcePort, &["srcPort"]),
    (Field::SourceDomain, &["srcHostName", "shost"]),
    (Field::SourceNatIp, &["srcPostNAT", "srcPreNAT"]),
    (Field::SourceNatPort, &["srcPostNATPort", "srcPreNATPort"]),
    (Field::DestinationIp, &["dst", "destinationAddress", "c6a3"]),
    (Field::DestinationPort, &["dstPort"]),
    (Field::DestinationDomain, &["dhost", "dstHostName", "hostname"]),
    (Field::DestinationNatIp, &["dstPostNAT", "dstPreNAT"]),
    (Field::DestinationNatPort, &["dstPostNATPort", "dstPreNATPort"]),
    (Field::Transport, &["proto", "protocol"]),
    (Field::SourceBytes, &["srcBytes"]),
    (Field::DestinationBytes, &["dstBytes"]),
    (Field::SourcePackets, &["srcPackets"]),
    (Field::DestinationPackets, &["dstPackets"]),
    (Field::Action, &["action", "act", "disposition", "policyAction"]),
    (Field::Url, &["url", "URL", "requestURL"]),
    (Field::Method, &["method", "requestMethod", "httpMethod"]),
    (Field::Status, &["responsecode", "httpStatus", "status"]),
    (Field::UserAgent, &["userAgent", "userAgentString"]),
    (Field::Referrer, &["refererURL", "referrer", "referer"]),
    (Field::UserName, &["usrName", "accountName"]),
    (Field::QuestionName, &["dnsQuery", "query", "queryName"]),
    (Field::FileName, &["fileName", "filename"]),
    (Field::FileSha256, &["fileHash", "sha256", "sha1", "md5Hash", "md5"]),
    (Field::RuleName, &["policy", "policyName", "rule", "ruleName"]),
    (Field::ObserverName, &["identHostName", "devName", "deviceName"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = begin(message.whole, "LEEF:")?;
    let (header, mut attributes) = header(text, 5)?;
    let mut delimiter = '\t';
    if header[0].starts_with('2')
        && let Some((field, rest)) = attributes.split_once('|')
        && let Some(said) = character(field)
    {
        (delimiter, attributes) = (said, rest);
    }
    // PAN-OS puts pipes between the attributes of version 1, too.
    if !attributes.contains(delimiter) && attributes.matches('|').count() > 2 {
        delimiter = '|';
    }
    let pairs = if attributes.contains(delimiter) {
        let parts = attributes.split(delimiter).take(512);
        parts
            .filter_map(|part| part.split_once('='))
            .map(|(key, value)| (key.trim(), value))
            .collect()
    } else {
        assignments(attributes)
    };
    let pairs = Pairs::from_vec(pairs);
    let is_zscaler = header[1].eq_ignore_ascii_case("zscaler");
    let mut record = Record::new(if is_zscaler { "zscaler.web" } else { "leef" });
    record.fill(&pairs, TABLE);
    // Many events are called what was done.
    if !record.has(Field::Action) && Verdict::of(header[4]).is_some() {
        record.set(Field::Action, header[4]);
    }
    record.direction = pairs.get("direction").and_then(|value| Direction::of(&value.text));
    let times = ["devTime", "deviceTime", "eventTime", "startTime", "time"];
    record.stamp = times.iter().find_map(|name| time::read(&pairs.get(name)?.text));
    Some(record)
}

/// `^`, `x5E`, `0x5E`, `\t`; `None` where the field is none.
fn character(field: &str) -> Option<char> {
    let hex = field.strip_prefix("0x").or_else(|| field.strip_prefix('x'));
    if let Some(code) = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()) {
        return char::from_u32(code);
    }
    match field {
        "" | "\\t" => Some('\t'),
        _ => {
            let mut chars = field.chars();
            chars.next().filter(|_| chars.next().is_none())
        }
    }
}
