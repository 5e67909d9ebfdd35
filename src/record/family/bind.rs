//! BIND 9, and what is made of it (Infoblox NIOS): queries, responses, policies, failures.
//!
//! BIND 9 ARM, "Logging Categories" and "The query Category"; `lib/ns/query.c` (`log_query`,
//! `rpz_log_rewrite`), `lib/ns/client.c` (`ns_client_logv`), `lib/dns/resolver.c`. A query:
//! `client @0x7f… 10.0.0.1#50060 (name): view internal: query: name IN A +E(0)K (10.0.0.53)`, the
//! address in brackets being the server's, behind it maybe `[ECS 192.0.2.0/24/0]`. `print-category`
//! and `print-severity` put words before it, `@0x…` came with 9.9. A policy zone's answer is
//! `rpz QNAME NXDOMAIN rewrite name/A/IN via zone`, before 9.11 without type and class. Errors name
//! the client and the name (`query failed (SERVFAIL) for …`, `query (cache) 'name/A/IN' denied`), or
//! what was asked of whom (`… resolving 'name/A/IN': 192.0.2.1#53`). Infoblox's response log has
//! `client 10.0.0.1#64470: UDP: query: name IN A response: NOERROR + name. 300 IN A 192.0.2.1;`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::dns;
use crate::record::shape::words::{after, before, between, word};
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
    let Some(client) = after(text, "client ") else { return resolving(message, text) };
    // What stands before it is BIND's own: a time, a category, a severity.
    let own = text[..text.len() - client.len() - "client ".len()].trim();
    if own.len() > 80 || !own.is_empty() && !is_prefix(own) && message.program.is_empty() {
        return resolving(message, text);
    }
    let client = match client.strip_prefix("@0x") {
        Some(rest) => word(rest).1,
        None => client,
    };
    let (endpoint, rest) = word(client);
    if !endpoint.contains('#') {
        return None;
    }
    let is_infoblox = after(rest, "query: ").is_some_and(|query| query.contains(" response: "));
    let mut record = Record::new(if is_infoblox { "infoblox.dns" } else { "bind.query" });
    record.stamp = stamp(own);
    // `10.0.0.1#50060:`, and with a view's key `10.0.0.1#50060/key name`.
    let endpoint = endpoint.trim_end_matches(':');
    record.set(Field::SourceIp, endpoint.split_once('/').map_or(endpoint, |(client, _)| client));
    if let Some(transport) = ["UDP", "TCP"].iter().find(|name| {
        let query = before(rest, "query: ");
        query.trim_end().strip_suffix(':').is_some_and(|query| query.ends_with(**name))
    }) {
        record.set_word(Field::Transport, if *transport == "UDP" { "udp" } else { "tcp" });
    }
    if let Some(policy) = after(rest, "rpz ").filter(|_| rest.contains(" rewrite ")) {
        rewritten(&mut record, policy, rest.contains("disabled rpz "));
    } else if let Some(query) = after(rest, "query: ").or_else(|| after(rest, "response: ")) {
        question(&mut record, query);
    } else {
        failure(&mut record, rest);
    }
    Some(record)
}

/// `10-Jun-2024 06:13:20.818 queries: info:`: nothing but a time and words with colons.
fn is_prefix(own: &str) -> bool {
    let rest = time::leading(own).map_or(own, |(_, rest)| rest);
    rest.split_whitespace().all(|word| word.ends_with(':') || word == "debug")
}

/// The time is first, or behind Infoblox' `infoblox-responses: `.
fn stamp(own: &str) -> Option<time::Stamp> {
    let behind = || time::leading(own.split_once(": ")?.1);
    time::leading(own).or_else(behind).map(|(stamp, _)| stamp)
}

/// What this server asked of another, in vain: `connection refused resolving 'name/A/IN':
/// 192.0.2.1#53`, `lame server resolving 'name' (in 'zone'?): 192.0.2.1#53`; and transfers,
/// `transfer of 'zone/IN' from 192.0.2.1#53: connected …`.
fn resolving<'a>(message: &Message<'a>, text: &'a str) -> Option<Record<'a>> {
    if let Some(record) = unusable(message, text) {
        return Some(record);
    }
    const MARKS: [&str; 3] = ["resolving '", "lame server on '", "transfer of '"];
    let (mark, rest) = MARKS.iter().find_map(|mark| Some((*mark, after(text, mark)?)))?;
    let own = text[..text.len() - rest.len() - mark.len()].trim();
    let category = time::leading(own).map_or("", |(_, rest)| word(rest).0);
    let is_own = message.is_from("named")
        || matches!(category, "lame-servers:" | "resolver:" | "xfer-in:" | "edns-disabled:");
    let server = match mark {
        "transfer of '" => word(after(rest, " from ")?).0,
        _ => word(rest.rsplit_once("': ").or_else(|| rest.rsplit_once("?): "))?.1).0,
    };
    if !is_own || !server.contains('#') {
        return None;
    }
    let mut record = Record::new("bind.query");
    record.stamp = stamp(own);
    name(&mut record, before(rest, "'"));
    record.set(Field::DestinationIp, server.trim_end_matches([':', ',']));
    record.side = Some(Side::Client);
    if mark != "transfer of '" {
        record.outcome = Some(Outcome::Failure);
        let code = between(own, "RCODE (", ")").or_else(|| {
            own.contains(" unexpected RCODE")
                .then(|| before(own, " unexpected").rsplit(' ').next().unwrap_or_default())
        });
        record.set(Field::ResponseCode, code.unwrap_or_default());
    }
    Some(record)
}

/// What another server's answer was worth: `DNS format error from 192.0.2.1#53 resolving name/A for
/// client 10.0.0.5#51022: …`, `validating name/A: no valid signature found`.
fn unusable<'a>(message: &Message<'a>, text: &'a str) -> Option<Record<'a>> {
    const MARKS: [&str; 2] = ["DNS format error from ", "validating "];
    let (mark, rest) = MARKS.iter().find_map(|mark| Some((*mark, after(text, mark)?)))?;
    let own = text[..text.len() - rest.len() - mark.len()].trim();
    if !message.is_from("named") && (own.is_empty() || !is_prefix(own)) {
        return None;
    }
    let mut record = Record::new("bind.query");
    record.stamp = stamp(own);
    record.side = Some(Side::Client);
    record.outcome = Some(Outcome::Failure);
    let (server, asked) = match after(rest, " resolving ") {
        Some(asked) => (word(rest).0, asked),
        None => ("", rest),
    };
    let (question, kind) = word(asked).0.trim_end_matches(':').rsplit_once('/')?;
    record.set(Field::DestinationIp, server);
    record.set(Field::QuestionName, question);
    dns::kind(&mut record, kind);
    if let Some(client) = after(asked, "for client ") {
        record.set(Field::SourceIp, word(client).0.trim_end_matches(':'));
    }
    Some(record)
}

/// `name/A/IN`, `name/IN/A`, `zone/IN`, or the name alone.
fn name<'a>(record: &mut Record<'a>, text: &'a str) {
    let mut parts = text.rsplitn(3, '/');
    let (last, middle, first) = (parts.next(), parts.next(), parts.next());
    match (first, middle, last) {
        (Some(name), Some(kind), Some(class)) if dns::is_class(class) => {
            record.set(Field::QuestionName, name);
            dns::kind(record, kind);
        }
        (Some(name), Some(class), Some(kind)) if dns::is_class(class) => {
            record.set(Field::QuestionName, name);
            dns::kind(record, kind);
        }
        (None, Some(name), Some(class)) if dns::is_class(class) => {
            record.set(Field::QuestionName, name);
        }
        _ => {
            record.set(Field::QuestionName, text);
        }
    }
}

/// `QNAME NXDOMAIN rewrite name/A/IN via name.zone`. Of a policy that is disabled nothing was done.
pub(super) fn rewritten<'a>(record: &mut Record<'a>, policy: &'a str, is_disabled: bool) {
    let (_, rest) = word(policy);
    let (action, rest) = word(rest);
    let is_passed = is_disabled || action.eq_ignore_ascii_case("PASSTHRU");
    let verdict = if is_passed { Verdict::Allowed } else { Verdict::Blocked };
    record.set_action(action, Some(verdict));
    if let Some(rewritten) = after(rest, "rewrite ").or_else(|| rest.strip_prefix("rewrite ")) {
        let (question, rest) = word(rewritten);
        name(record, question);
        // Infoblox: `name [A] via`.
        if let Some(kind) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            dns::kind(record, kind.0);
        }
        if let Some(zone) = rest.find("via ").map(|at| word(&rest[at + 4..]).0) {
            record.set(Field::RuleName, zone);
        }
    }
}

/// `name IN A +E(0)K (10.0.0.53)` or `name IN A response: NOERROR + answers`.
fn question<'a>(record: &mut Record<'a>, query: &'a str) {
    let (name, rest) = word(query);
    record.set(Field::QuestionName, name);
    let (class, rest) = word(rest);
    let (kind, flags) =
        if matches!(class, "IN" | "CH" | "HS" | "ANY") { word(rest) } else { (class, rest) };
    dns::kind(record, kind);
    let Some(response) = after(flags, "response: ") else {
        // BIND's own responses have the code and three counts before the flags.
        let (code, after_code) = word(flags);
        let flags = match code.bytes().all(|byte| byte.is_ascii_uppercase()) && !code.is_empty() {
            true => {
                dns::code(record, code);
                after_code.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ')
            }
            false => flags,
        };
        // `(10.0.0.53)`, behind which an ECS may stand; `E(0)` has no address.
        if let Some(server) = between(flags, " (", ")") {
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
    dns::code(record, code);
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
    if let Some(question) = between(rest, "'", "'") {
        name(record, question);
    } else if let Some(question) = after(rest, " for ").filter(|_| rest.contains("failed (")) {
        name(record, word(question).0);
    }
    if let Some((question, _)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        record.set(Field::QuestionName, question);
    }
    if rest.contains("rate limit drop") {
        record.set_word(Field::Action, "drop");
        record.verdict = Some(Verdict::Blocked);
    } else if rest.contains("denied") || rest.contains("REFUSED") {
        record.set_word(Field::Action, "denied");
        record.verdict = Some(Verdict::Blocked);
    }
    if let Some(code) = between(rest, "failed (", ")") {
        record.set(Field::ResponseCode, code);
        record.outcome = Some(Outcome::Failure);
    }
}
