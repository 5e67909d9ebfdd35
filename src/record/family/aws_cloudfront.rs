//! Amazon CloudFront: standard logs, with their header (W3C's, but for tabs between the values) and
//! without it, and as JSON.
//!
//! Amazon CloudFront Developer Guide, "Standard log file format". The order of the first columns has
//! never changed; new ones are added behind them. `cs(Host)` is the distribution's own name, what the
//! client asked for is `x-host-header`. Values are percent-encoded.

use super::Family;
use crate::record::field::Field;
use crate::record::header::HeaderKind;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::{Columns, Row};
use crate::record::shape::{Named, Table};
use crate::record::time::{self, Stamp};
use crate::record::value::{Value, address, endpoint};
use crate::record::{Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "aws-cloudfront",
    title: "Amazon CloudFront standard log",
    datasets: &["aws.cloudfront"],
    example: "2024-06-10\t06:13:20\tFRA2-C1\t1245\t192.0.2.10\tGET\td111111abcdef8.cloudfront.net\t\
              /index.html\t200\t-\tcurl/8.0\ta=b\t-\tHit\tSOX4xwn4XV6Q4rgb7XiVGOHms==\t\
              www.example.org\thttps\t23\t0.001\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tHit\tHTTP/2.0",
    is_device: false,
    read,
};

const NAMES: &[&str] = &[
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(host)",
    "cs-uri-stem",
    "sc-status",
    "cs(referer)",
    "cs(user-agent)",
    "cs-uri-query",
    "cs(cookie)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "fle-status",
    "fle-encrypted-fields",
    "c-port",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
];

const TABLE: &Table = &[
    (Field::SourceIp, &["c-ip"]),
    (Field::SourcePort, &["c-port"]),
    (Field::DestinationDomain, &["cs(host)"]),
    (Field::Method, &["cs-method"]),
    (Field::Url, &["cs-uri-stem"]),
    (Field::Status, &["sc-status"]),
    (Field::Referrer, &["cs(referer)"]),
    (Field::UserAgent, &["cs(user-agent)"]),
    (Field::SourceBytes, &["cs-bytes"]),
    (Field::DestinationBytes, &["sc-bytes"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    const EDGE: &str = "x-edge-location";
    if let Some(object) = message.object() {
        return (object.has(EDGE) && object.has("c-ip")).then(|| named(&object));
    }
    // Tabs become spaces on some ways.
    let split = |text: &'a str| match text.contains('\t') {
        true => Row::split(text, '\t'),
        false => Row::spaced(text),
    };
    let header = message.header.filter(|header| header.kind == HeaderKind::W3c && header.has(EDGE));
    for text in [message.whole, message.text] {
        if let Some(header) = header.filter(|_| text.starts_with(|c: char| c.is_ascii_digit())) {
            let row = split(text);
            // The last columns may be missing.
            if row.len() + 4 >= header.names.len() && row.len() > 4 {
                return Some(named(&row.named(&header.names)));
            }
        }
        if is_headless(text) {
            return Some(named(&Columns::new(split(text), NAMES)));
        }
    }
    None
}

/// `2024-06-10 06:13:20 FRA2-C1 1245 192.0.2.10 GET`: an edge is named after an airport.
fn is_headless(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.get(4) != Some(&b'-') || !matches!(bytes.get(10), Some(b'\t' | b' ')) {
        return false;
    }
    let mut columns = text.split(['\t', ' ']).skip(2);
    let mut next = || columns.next().unwrap_or_default();
    let (edge, bytes, client, method) = (next(), next(), next(), next());
    edge.len() >= 4
        && edge.bytes().take(3).all(|byte| byte.is_ascii_uppercase())
        && edge.as_bytes()[3].is_ascii_digit()
        && bytes.parse::<u64>().is_ok()
        && address(client).is_some()
        && method.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn named<'a>(row: &impl Named<'a>) -> Record<'a> {
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    if let Some(host) = row.get("x-host-header").filter(|host| !host.is_blank()) {
        record.set(Field::UrlDomain, host.part(|host| endpoint(host).0));
    }
    url(&mut record, row);
    record.fill(row, TABLE);
    if let Some(value) = row.get("x-forwarded-for") {
        for part in value.raw.split([',', ' ', '+']).take(32) {
            record.set(Field::ForwardedIp, part.trim_start_matches("%20"));
        }
    }
    // What the edge did: `Hit`, `Miss`, `Error`, `LimitExceeded`; who was kept out is told in detail.
    let detail = row.get("x-edge-detailed-result-type").filter(|detail| !detail.is_blank());
    if let Some(result) = detail.or_else(|| row.get("x-edge-result-type")) {
        let is_stopped =
            matches!(&*result.text, "ClientGeoBlocked" | "AccessDenied" | "LimitExceeded");
        record.set_action(result, is_stopped.then_some(Verdict::Blocked));
    }
    record.stamp = stamp(row);
    record
}

/// Path and query stand apart.
fn url<'a>(record: &mut Record<'a>, row: &impl Named<'a>) {
    let part = |name| row.get(name).filter(|value: &Value<'a>| !value.is_blank());
    if let (Some(stem), Some(query)) = (part("cs-uri-stem"), part("cs-uri-query")) {
        let text = format!("{}?{}", stem.text, query.text);
        record.set(Field::Url, Value { raw: query.raw, text: text.into() });
    }
}

fn stamp<'a>(row: &impl Named<'a>) -> Option<Stamp> {
    let text = |name| row.get(name).map(|value| value.text);
    if let (Some(date), Some(clock)) = (text("date"), text("time")) {
        return Stamp::from_parts(&date, &clock, Some("UTC"));
    }
    time::read(&text("timestamp(ms)").or_else(|| text("timestamp"))?)
}
