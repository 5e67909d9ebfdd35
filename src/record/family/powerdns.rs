//! PowerDNS: Authoritative Server, Recursor, dnsdist.
//!
//! Authoritative Server, `log-dns-queries`: `Remote 10.0.0.5 wants 'name|A', do = 0, bufsize = 512:
//! packetcache MISS`. Recursor, `quiet=no`: `3 [1/1] question for 'name|A' from 10.0.0.5:51234`,
//! `answer to question 'name|A': 1 answers, …, rcode=0`; since 4.9 `structured-logging` writes
//! `msg="Question" subsystem=… qname="name" qtype="A" remote="10.0.0.5:51234"`. dnsdist's
//! `LogAction` and `verbose`: `Packet from 10.0.0.5:51234 for name. A with id 1`, `Got query for
//! name.|A from 10.0.0.5:51234, relayed to 192.0.2.53:53`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::words::{after, before, between, word, word_after};
use crate::record::shape::{Named, Table, dns};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "powerdns",
    title: "PowerDNS: authoritative server, recursor, dnsdist",
    datasets: &["powerdns.auth", "powerdns.recursor", "powerdns.dnsdist"],
    example: "Jun 10 06:13:20 ns1 pdns_recursor[812]: 3 [1/1] question for 'www.example.org|A' from \
              10.0.0.5:51234",
    is_device: false,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["remote", "source", "from"]),
    (Field::Transport, &["proto"]),
    (Field::QuestionName, &["qname", "name"]),
    (Field::RuleName, &["policyName", "policyname"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    // Without a syslog header `Remote` stands where a host does.
    if let Some((left, name)) = message.timed.split_once(" wants '") {
        return Some(authoritative(left, after(left, "Remote ")?, name));
    }
    let text = message.text;
    if text.contains("question for '")
        || text.contains("question '")
        || text.contains("question answered from")
    {
        return recursor(text);
    }
    if let Some(rest) = after(text, "Packet from ").or_else(|| after(text, "Got query for ")) {
        return dnsdist(text, rest);
    }
    let is_own = message.is_from("pdns_recursor") || message.is_from("pdns-recursor");
    if text.contains("msg=\"")
        && (is_own || text.contains(" subsystem=\"") && text.contains(" prio=\""))
    {
        return structured(text);
    }
    if let Some(zone) = after(text, "AXFR-out zone '")
        && let Some(client) = between(zone, "client '", "'")
    {
        let mut record = Record::new("powerdns.auth");
        record.set(Field::QuestionName, before(zone, "'"));
        record.set_word(Field::QuestionType, "AXFR");
        record.set(Field::SourceIp, client);
        return Some(record);
    }
    if let Some(name) = after(text, " for '")
        && message.is_from("pdns_server")
    {
        // `Not authoritative for 'name', sending refused to 10.0.0.5 (recursion was desired)`
        let mut record = Record::new("powerdns.auth");
        record.set(Field::QuestionName, before(name, "'"));
        if let Some(code) = word_after(name, "sending ") {
            dns::code(&mut record, code);
        }
        if let Some(client) = after(name, " to ") {
            record.set(Field::SourceIp, word(client).0);
        }
        return Some(record);
    }
    None
}

/// `10.0.0.5<-192.0.2.0/24 wants 'name|A', do = 0, bufsize = 512: packetcache HIT`.
fn authoritative<'a>(left: &'a str, remote: &'a str, name: &'a str) -> Record<'a> {
    let mut record = Record::new("powerdns.auth");
    record.set(Field::SourceIp, before(before(word(remote).0, "<-"), "'"));
    question(&mut record, before(name, "'"));
    if left.contains("TCP Remote ") {
        record.set_word(Field::Transport, "tcp");
    }
    record
}

/// `name|A`.
fn question<'a>(record: &mut Record<'a>, text: &'a str) {
    let (name, kind) = text.rsplit_once('|').unwrap_or((text, ""));
    record.set(Field::QuestionName, name);
    dns::kind(record, kind);
}

fn recursor(text: &str) -> Option<Record<'_>> {
    let mut record = Record::new("powerdns.recursor");
    let name = between(text, "question for '", "'").or_else(|| between(text, "question '", "'"));
    if let Some(name) = name.filter(|name| name.contains('|')) {
        question(&mut record, name);
    } else if !text.contains("answered from") {
        return None;
    }
    if let Some(client) = after(text, " from ") {
        let client = match client.strip_prefix("packet cache") {
            Some(rest) => after(rest, " from ").unwrap_or_default(),
            None => client,
        };
        record.set(Field::SourceIp, word(client).0.trim_end_matches(','));
    }
    if text.contains("TCP question") {
        record.set_word(Field::Transport, "tcp");
    }
    if let Some(code) = word_after(text, "rcode=") {
        dns::code(&mut record, code);
    }
    Some(record)
}

fn structured(text: &str) -> Option<Record<'_>> {
    let pairs = Pairs::new(text, Style::SPACED);
    if !pairs.has("qname") && !pairs.has("remote") && !pairs.has("subsystem") {
        return None;
    }
    let mut record = Record::new("powerdns.recursor");
    record.fill(&pairs, TABLE);
    if let Some(kind) = pairs.get("qtype") {
        dns::kind(&mut record, kind);
    }
    if let Some(code) = pairs.get("rcode") {
        dns::code(&mut record, code);
    }
    record.stamp = pairs.get("ts").and_then(|value| time::read(&value.text));
    if pairs.has("error") {
        record.outcome = Some(Outcome::Failure);
    }
    Some(record)
}

fn dnsdist<'a>(text: &'a str, rest: &'a str) -> Option<Record<'a>> {
    let mut record = Record::new("powerdns.dnsdist");
    if let Some(packet) = after(text, "Packet from ") {
        let (client, rest) = word(packet);
        record.set(Field::SourceIp, client);
        let (name, rest) = word(rest.strip_prefix("for ")?);
        record.set(Field::QuestionName, name);
        dns::kind(&mut record, word(rest).0);
        return Some(record);
    }
    let (name, _) = word(rest);
    if !name.contains('|') {
        return None;
    }
    question(&mut record, name);
    if let Some(client) = after(rest, " from ") {
        record.set(Field::SourceIp, word(client).0.trim_end_matches(','));
    }
    if let Some(server) = after(rest, "relayed to ") {
        // `192.0.2.53:53`, `name (192.0.2.53:53)`.
        record.set(Field::DestinationIp, between(server, "(", ")").unwrap_or(word(server).0));
    } else if rest.contains("dropped") || rest.contains("refused") {
        record.verdict = Some(Verdict::Blocked);
    }
    Some(record)
}
