//! BIND 9, and what is made of it (Infoblox NIOS): queries and responses.
//!
//! BIND 9 ARM, logging categories `queries` and `responses` (9.19+). A query:
//! `client @0x7f… 10.0.0.1#50060 (name): view internal: query: name IN A +E(0)K (10.0.0.53)`, the
//! address in brackets being the server's. `print-category` and `print-severity` put words before
//! it, `@0x…` came with 9.9. Errors name the client and the name only (`query failed (SERVFAIL)`,
//! `query (cache) 'name/A/IN' denied`). Infoblox's response log has
//! `client 10.0.0.1#64470: UDP: query: name IN A response: NOERROR + name. 300 IN A 192.0.2.1;`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::words::{after, between, word};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "bind",
    title: "BIND 9, Infoblox: queries and responses",
    datasets: &["bind.query", "infoblox.dns"],
    example: "10-Jun-2024 06:13:20.000 queries: info: client @0x7fb77c3f6125 10.0.0.5#50060 \
              (www.example.org): query: www.example.org IN A +E(0)K (10.0.0.53)",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = if message.is_from("named") { message.text } else { message.whole };
    let client = after(text, "client ")?;
    // What stands before it is BIND's own: a time, a category, a severity.
    let own = text[..text.len() - client.len() - "client ".len()].trim();
    if own.len() > 80 || !own.is_empty() && !is_prefix(own) && message.program.is_empty() {
        return None;
    }
    let client = match client.strip_prefix("@0x") {
        Some(rest) => word(rest).1,
        None => client,
    };
    let (endpoint, rest) = word(client);
    if !endpoint.contains('#') {
        return None;
    }
    let is_response = rest.contains(" response: ");
    let mut record = Record::new(if is_response { "infoblox.dns" } else { "bind.query" });
    record.stamp = time::leading(own).map(|(stamp, _)| stamp);
    // `10.0.0.1#50060:`, and with a view's key `10.0.0.1#50060/key name`.
    let endpoint = endpoint.trim_end_matches(':');
    record.set(Field::SourceIp, endpoint.split_once('/').map_or(endpoint, |(client, _)| client));
    if let Some(transport) = [": UDP:", ": TCP:"].iter().find(|mark| client.contains(**mark)) {
        record.set_word(Field::Transport, if *transport == ": UDP:" { "udp" } else { "tcp" });
    }
    match after(rest, "query: ").or_else(|| after(rest, "response: ")) {
        Some(query) => question(&mut record, query),
        None => failure(&mut record, rest),
    }
    Some(record)
}

/// `10-Jun-2024 06:13:20.818 queries: info:`: nothing but a time and words with colons.
fn is_prefix(own: &str) -> bool {
    let rest = time::leading(own).map_or(own, |(_, rest)| rest);
    rest.split_whitespace().all(|word| word.ends_with(':'))
}

/// `name IN A +E(0)K (10.0.0.53)` or `name IN A response: NOERROR + answers`.
fn question<'a>(record: &mut Record<'a>, query: &'a str) {
    let (name, rest) = word(query);
    record.set(Field::QuestionName, name);
    let (class, rest) = word(rest);
    let (kind, flags) =
        if matches!(class, "IN" | "CH" | "HS" | "ANY") { word(rest) } else { (class, rest) };
    record.set(Field::QuestionType, kind);
    let Some(response) = after(flags, "response: ") else {
        let server = flags.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
        // `(10.0.0.53)` at the end; `E(0)` has no address.
        if let Some((_, server)) = server.filter(|(_, server)| server.contains(['.', ':'])) {
            record.set(Field::DestinationIp, server);
        }
        if word(flags).0.contains('T') {
            record.set_word(Field::Transport, "tcp");
        } else if flags.starts_with(['+', '-']) {
            record.set_word(Field::Transport, "udp");
        }
        return;
    };
    let (code, answers) = word(response);
    record.set(Field::ResponseCode, code);
    // Each: `name. 300 IN A 192.0.2.1`.
    for answer in answers.split(';').take(256) {
        let mut words = answer.split_whitespace().skip_while(|word| *word != "IN").skip(1);
        match (words.next(), words.last()) {
            (Some("A" | "AAAA"), Some(data)) => {
                record.set(Field::ResolvedIp, data);
            }
            (Some(_), Some(data)) => {
                record.set(Field::Answer, data);
            }
            _ => {}
        }
    }
}

/// `(name): query failed (SERVFAIL) for name/IN/A at …`, `query (cache) 'name/A/IN' denied`.
fn failure<'a>(record: &mut Record<'a>, rest: &'a str) {
    let name = between(rest, "'", "/").or_else(|| between(rest, "(", ")"));
    if let Some(name) = name {
        record.set(Field::QuestionName, name);
    }
    if rest.contains("denied") || rest.contains("REFUSED") {
        record.set_word(Field::Action, "denied");
        record.verdict = Some(Verdict::Blocked);
    }
    if let Some(code) = between(rest, "failed (", ")") {
        record.set(Field::ResponseCode, code);
        record.outcome = Some(Outcome::Failure);
    }
}
