//! Amazon Route 53: the Resolver's query logs, and those of public hosted zones.
//!
//! Test lines of Elastic's `aws` (Resolver and public logs). The Resolver's are JSON, the same to
//! CloudWatch, S3 and Firehose; with DNS Firewall `firewall_rule_action` (`ALLOW` is not written,
//! `ALERT` lets through). Public zones have `1.0 time zone name type code protocol edge
//! resolver client-subnet`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::{Named, Table, dns};
use crate::record::value::address;
use crate::record::{Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "route53",
    title: "Amazon Route 53: Resolver query logs, public zones",
    datasets: &["route53.resolver", "route53.public"],
    example: "{\"version\":\"1.100000\",\"account_id\":\"123456789012\",\"region\":\"eu-central-1\",\
              \"vpc_id\":\"vpc-1\",\"query_timestamp\":\"2024-06-10T06:13:20Z\",\"query_name\":\
              \"www.example.org.\",\"query_type\":\"A\",\"query_class\":\"IN\",\"rcode\":\"NOERROR\",\
              \"answers\":[{\"Rdata\":\"192.0.2.1\",\"Type\":\"A\",\"Class\":\"IN\"}],\"srcaddr\":\
              \"10.0.0.5\",\"srcport\":\"51234\",\"transport\":\"UDP\",\"srcids\":{\"instance\":\"i-1\"}}",
    is_device: false,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["srcaddr"]),
    (Field::SourcePort, &["srcport"]),
    (Field::Transport, &["transport"]),
    (Field::QuestionName, &["query_name"]),
    (Field::HostName, &["srcids.instance"]),
    (Field::RuleName, &["firewall_rule_group_id"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let Some(event) = message.object() else { return public(message.whole) };
    if !event.has("query_name") || !event.has("query_timestamp") && !event.has("srcids") {
        return None;
    }
    let mut record = Record::new("route53.resolver");
    record.fill(&event, TABLE);
    if let Some(kind) = event.get("query_type") {
        dns::kind(&mut record, kind);
    }
    if let Some(code) = event.get("rcode") {
        dns::code(&mut record, code);
    }
    event.each("answers.Rdata", &mut |value| {
        dns::answer(&mut record, value);
    });
    if let Some(action) = event.get("firewall_rule_action") {
        let verdict = match action.text.to_ascii_uppercase().as_str() {
            "BLOCK" => Some(Verdict::Blocked),
            "ALLOW" | "ALERT" => Some(Verdict::Allowed),
            _ => None,
        };
        record.set_action(action, verdict);
    }
    record.stamp = event.get("query_timestamp").and_then(|value| time::read(&value.text));
    Some(record)
}

fn public(text: &str) -> Option<Record<'_>> {
    // CloudWatch's own time may stand before it.
    let text = match time::leading(text) {
        Some((_, rest)) if text.as_bytes().get(4) == Some(&b'-') => rest.trim_start(),
        _ => text,
    };
    let rest = text.strip_prefix("1.0 ")?;
    let (stamp, rest) = time::leading(rest)?;
    let mut words = rest.split_ascii_whitespace();
    let (zone, name, kind, code) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if !zone.starts_with('Z') || !dns::is_kind(kind) {
        return None;
    }
    let mut record = Record::new("route53.public");
    record.stamp = Some(stamp);
    record.set(Field::QuestionName, name);
    dns::kind(&mut record, kind);
    dns::code(&mut record, code);
    record.set(Field::Transport, words.next().unwrap_or_default());
    // The edge, the resolver that asked, and for whom.
    if let Some(resolver) = words.nth(1).filter(|resolver| address(resolver).is_some()) {
        record.set(Field::SourceIp, resolver);
    }
    if let Some((client, _)) = words.next().and_then(|client| client.split_once('/')) {
        record.set(Field::ForwardedIp, client);
    }
    Some(record)
}
