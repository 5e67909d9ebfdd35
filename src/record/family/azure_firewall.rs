//! Azure Firewall: structured logs (`AZFW…`), and the sentences of the legacy ones.
//!
//! Azure Monitor reference, tables AZFWNetworkRule, AZFWApplicationRule, AZFWNatRule, AZFWThreatIntel,
//! AZFWIdpsSignature, AZFWDnsQuery; "Azure Firewall logs" for the categories AzureFirewallNetworkRule,
//! AzureFirewallApplicationRule and AzureFirewallDnsProxy, whose `properties.msg` is
//! `TCP request from A:p to B:p. Action: Deny. …`; the test lines of Elastic's `azure` integration
//! (`firewall_logs`).

use jiff::tz::Offset;

use super::Family;
use crate::record::field::Field;
use crate::record::header::HeaderKind;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::shape::words::{after, before, word, word_after};
use crate::record::shape::{Named, Table};
use crate::record::time::Stamp;
use crate::record::value::{Value, address};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "azure-firewall",
    title: "Azure Firewall",
    datasets: &["azure.firewall"],
    example: "{\"category\":\"AZFWNetworkRule\",\"time\":\"2024-06-10T06:13:20.1Z\",\"properties\":\
              {\"Protocol\":\"TCP\",\"SourceIp\":\"10.0.0.5\",\"SourcePort\":51000,\"DestinationIp\":\
              \"192.0.2.10\",\"DestinationPort\":443,\"Action\":\"Deny\"}}",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["SourceIp", "SourceIP"]),
    (Field::SourcePort, &["SourcePort"]),
    (Field::DestinationIp, &["DestinationIp", "DestinationIP"]),
    (Field::DestinationPort, &["DestinationPort"]),
    (Field::DestinationNatIp, &["TranslatedIp"]),
    (Field::DestinationNatPort, &["TranslatedPort"]),
    (Field::Action, &["Action"]),
    (Field::RuleName, &["Rule", "ThreatDescription", "SignatureId"]),
    (Field::Url, &["TargetUrl"]),
    (Field::DestinationDomain, &["Fqdn"]),
    (Field::QuestionName, &["QueryName"]),
    (Field::QuestionType, &["QueryType"]),
    (Field::ResponseCode, &["ResponseCode"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if let Some(object) = message.object() {
        let body = object.find("properties").filter(|body| body.is_object()).unwrap_or(object);
        return event(&object, &body);
    }
    // Log Analytics' export.
    let header = message.header.filter(|header| {
        header.kind == HeaderKind::Separated && (header.has("Category") || header.has("Type"))
    })?;
    let row = Row::csv(message.whole, header.separator).named(&header.names);
    event(&row, &row)
}

fn event<'a>(object: &impl Named<'a>, body: &impl Named<'a>) -> Option<Record<'a>> {
    let category = ["category", "Category", "Type"].iter().find_map(|name| object.get(name))?;
    let is_structured = category.text.starts_with("AZFW");
    if !is_structured && !category.text.starts_with("AzureFirewall") {
        return None;
    }
    let mut record = Record::new("azure.firewall");
    if is_structured {
        structured(&mut record, body);
    } else if let Some(sentence) = body.get("msg").or_else(|| object.get("msg_s")) {
        // Nothing in a sentence is escaped but what nobody reads.
        legacy(&mut record, sentence.raw);
    }
    let id = ["resourceId", "_ResourceId", "ResourceId", "Resource"];
    if let Some(id) = id.iter().find_map(|name| object.get(name)) {
        record.set(Field::ObserverName, id.part(|id| id.rsplit('/').next().unwrap_or(id)));
    }
    record.stamp = ["time", "TimeGenerated"]
        .iter()
        .find_map(|name| time::read(&object.get(name)?.text))
        .or_else(|| utc(&object.get("TimeGenerated [UTC]")?.text));
    Some(record)
}

fn utc(text: &str) -> Option<Stamp> {
    match time::read(text)? {
        Stamp::Civil(civil) => Offset::UTC.to_timestamp(civil).ok().map(Stamp::Instant),
        stamp => Some(stamp),
    }
}

fn structured<'a>(record: &mut Record<'a>, body: &impl Named<'a>) {
    record.fill(body, TABLE);
    protocol(record, body.get("Protocol"));
    if record.has(Field::QuestionName) {
        record.set_word(Field::Protocol, "dns");
        record.side = Some(Side::Client);
    }
    if record.has(Field::DestinationNatIp) && record.verdict.is_none() {
        record.verdict = Some(Verdict::Allowed);
    }
}

/// `TCP`, `HTTPS`; `HTTP` and `HTTPS` are over TCP.
fn protocol<'a>(record: &mut Record<'a>, name: Option<Value<'a>>) {
    let Some(name) = name else { return };
    match name.text.to_ascii_lowercase().as_str() {
        "http" => record.set_word(Field::Protocol, "http"),
        "https" => record.set_word(Field::Protocol, "tls"),
        "mssql" => {}
        _ => {
            record.set(Field::Transport, name);
            return;
        }
    }
    record.set_word(Field::Transport, "tcp");
}

fn legacy<'a>(record: &mut Record<'a>, sentence: &'a str) {
    if let Some(request) = after(sentence, "DNS Request: ") {
        return question(record, request);
    }
    if let Some(error) = sentence.trim_start().strip_prefix("Error: ") {
        return failed(record, error);
    }
    protocol(record, Some(word(sentence).0.into()));
    // A sentence ends with `. `, and addresses have dots.
    let target = after(sentence, " to ").map(|target| side(word(target).0));
    record.set(
        Field::SourceIp,
        after(sentence, " from ").map(|from| side(word(from).0)).unwrap_or_default(),
    );
    record.set(Field::DestinationIp, target.unwrap_or_default());
    if let Some(inside) = after(sentence, "DNAT'ed to ") {
        record.set_word(Field::Action, "DNAT'ed");
        record.verdict = Some(Verdict::Allowed);
        record.set(Field::DestinationNatIp, side(word(inside).0));
    }
    if let Some(url) = word_after(sentence, "Url: ") {
        record.set(Field::Url, url);
    }
    record.set(Field::Action, word_after(sentence, "Action: ").unwrap_or_default());
    for mark in [". Rule: ", "ThreatIntel: ", "IDS: ", "Signature: "] {
        if let Some(rule) = after(sentence, mark) {
            record.set(Field::RuleName, before(rule, ". ").trim_end_matches('.'));
        }
    }
}

/// `192.0.2.10:443.`, `www.example.org:443,`, of ICMP `192.0.2.10:.`.
fn side(word: &str) -> &str {
    word.trim_end_matches(['.', ',', ';', ':'])
}

/// `2 www.example.org. A: read udp 10.0.0.5:52222->192.0.2.53:53: i/o timeout`.
fn failed<'a>(record: &mut Record<'a>, error: &'a str) {
    let (name, rest) = word(word(error).1);
    record.set(Field::QuestionName, name);
    record.set(Field::QuestionType, side(word(rest).0));
    let sides = rest.split_whitespace().find_map(|word| word.split_once("->"));
    if let Some((from, to)) = sides {
        record.set(Field::SourceIp, from);
        record.set(Field::DestinationIp, side(to));
        record.set(Field::Transport, before(after(rest, " read ").unwrap_or_default(), " "));
    }
    record.set_word(Field::Protocol, "dns");
    record.side = Some(Side::Client);
    record.outcome = Some(Outcome::Failure);
}

/// `10.0.0.5:48197 - 15676 AAAA IN www.example.org. udp 55 false 512 NOERROR qr,rd,ra 106 0.0018s`.
fn question<'a>(record: &mut Record<'a>, request: &'a str) {
    // CoreDNS's quotes are escaped.
    let words = request.split_whitespace().map(|word| word.trim_matches(['\\', '"']));
    let mut words = words.filter(|word| !word.is_empty());
    let client = words.next().unwrap_or_default();
    record.set(Field::SourceIp, client);
    let mut words =
        words.skip_while(|word| !word.bytes().all(|byte| byte.is_ascii_digit())).skip(1);
    record.set(Field::QuestionType, words.next().unwrap_or_default());
    let name = words.nth(1).unwrap_or_default();
    if address(name).is_none() {
        record.set(Field::QuestionName, name);
    }
    record.set(Field::Transport, words.next().unwrap_or_default());
    record.set(Field::ResponseCode, words.nth(3).unwrap_or_default());
    record.set_word(Field::Protocol, "dns");
    record.side = Some(Side::Client);
}
