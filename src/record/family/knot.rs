//! Knot DNS and Knot Resolver, as far as they log queries.
//!
//! Knot DNS documentation, "Logging": `[zone] event, incoming, remote 10.0.0.5@51234, …`, `ACL, denied,
//! action query, remote …`. Knot Resolver documentation, "Logging" and policy.QTRACE: lines begin with
//! the module in brackets and the request's number; a question is `'name' type 'A'`, the server that
//! is asked `'192.0.2.53'@'53'` or, since 5.3, `'ns1.example.'@'192.0.2.53#00053'`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::dns;
use crate::record::shape::words::{after, before, between, word};
use crate::record::{Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "knot",
    title: "Knot DNS, Knot Resolver",
    datasets: &["knot.dns", "knot.resolver"],
    example: "Jun 10 06:13:20 gw01 kresd[812]: [plan  ][40521.00] plan 'www.example.org.' type 'A' uid \
              [40521.00]",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    let is_server = message.is_from("knotd");
    if is_server || after(text, ", remote ").is_some_and(|remote| word(remote).0.contains('@')) {
        return server(text, is_server);
    }
    const MODULES: [&str; 14] = [
        "plan", "iterat", "resl", "resolv", "select", "cache", "rplan", "policy", "rules",
        "valdtr", "vldr", "reqdbg", "worker", "hint",
    ];
    let own = text.find('[').filter(|&at| at < 80).map(|at| &text[at..])?;
    let is_resolver = message.is_from("kresd") || {
        // `[plan  ][40521.00]`, before 5.3 `[40521.00][plan]`.
        let mut tags = own.split(['[', ']']).map(str::trim).filter(|tag| !tag.is_empty());
        let tags = [tags.next().unwrap_or_default(), tags.next().unwrap_or_default()];
        let is_number = |tag: &str| {
            tag.split_once('.').is_some_and(|(request, query)| {
                [request, query]
                    .iter()
                    .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
            })
        };
        tags.iter().any(|tag| MODULES.contains(tag)) && tags.iter().any(|tag| is_number(tag))
    };
    is_resolver.then(|| resolver(own))
}

fn server(text: &str, is_own: bool) -> Option<Record<'_>> {
    let zone = between(text, "[", "]").filter(|zone| zone.ends_with('.'));
    if zone.is_none() && !is_own {
        return None;
    }
    let mut record = Record::new("knot.dns");
    record.set(Field::QuestionName, zone.unwrap_or_default());
    if let Some(remote) = after(text, ", remote ") {
        let (remote, rest) = word(remote);
        let is_outgoing = text.contains(", outgoing, ")
            && !text.contains("AXFR, outgoing")
            && !text.contains("IXFR, outgoing");
        let remote = remote.trim_end_matches(',');
        let (address, port) = remote.split_once('@').unwrap_or((remote, ""));
        let fields = if is_outgoing {
            (Field::DestinationIp, Field::DestinationPort)
        } else {
            (Field::SourceIp, Field::SourcePort)
        };
        record.set(fields.0, address);
        record.set(fields.1, port);
        // `remote 10.0.0.5@51234 TCP, started`.
        let transport = before(rest, ",");
        if matches!(transport, "TCP" | "UDP") {
            record.set(Field::Transport, transport);
        }
    }
    if text.contains("denied") || text.contains("refused") {
        record.set_word(Field::Action, "denied");
        record.verdict = Some(Verdict::Blocked);
    }
    Some(record)
}

fn resolver(text: &str) -> Record<'_> {
    let mut record = Record::new("knot.resolver");
    if let Some(server) = between(text, "querying: '", "'") {
        record.set(Field::DestinationIp, server);
        if let Some(port) = between(text, "'@'", "'") {
            record.set(Field::DestinationPort, port);
        }
    }
    // `'ns1.example.'@'192.0.2.53#00053'`
    if let Some((server, port)) =
        between(text, "'@'", "'").and_then(|server| server.split_once('#'))
    {
        record.set(Field::DestinationIp, server);
        record.set(Field::DestinationPort, port);
    }
    let kind = between(text, " type '", "'").or_else(|| between(text, " type: '", "'"));
    let name = between(text, "m12n: '", "'")
        .or_else(|| between(text, "qname: '", "'"))
        .or_else(|| between(before(text, " type '"), "'", "'").filter(|_| kind.is_some()));
    if let Some(name) = name {
        record.set(Field::QuestionName, name);
    }
    dns::kind(&mut record, kind.unwrap_or_default());
    if let Some(transport) =
        between(text, "proto: '", "'").or_else(|| between(text, "proto '", "'"))
    {
        record.set(Field::Transport, transport);
    }
    if let Some(code) = between(text, "rcode: '", "'").or_else(|| between(text, "rcode ", " ")) {
        dns::code(&mut record, code);
    }
    if text.contains("policy") && text.contains("blocked") {
        record.verdict = Some(Verdict::Blocked);
    }
    record
}
