//! Error logs of web servers: Apache (with ModSecurity) and nginx.
//!
//! Apache HTTP Server, directive ErrorLogFormat: `[time] [module:level] [pid …] [client ip:port]
//! text, referer: …`; 2.2 has no module, no process and no port. nginx, directive error_log:
//! `2024/06/10 06:13:20 [error] 812#812: *1 text, client: …, server: …, request: "…", upstream: "…",
//! host: "…", referrer: "…"`.

use super::Family;
use super::web_access::request;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::words::{after, before, between, quoted, word};
use crate::record::value::address;
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "web-error",
    title: "Apache, nginx: error logs",
    datasets: &["apache.error", "nginx.error"],
    example: "2024/06/10 06:13:20 [error] 812#812: *1 access forbidden by rule, client: 192.0.2.10, \
              server: www.example.org, request: \"GET /.env HTTP/1.1\", host: \"www.example.org\"",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    nginx(message).or_else(|| apache(message.text))
}

fn nginx<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    let (stamp, rest) = match time::leading(text) {
        Some((stamp, rest)) => (Some(stamp), rest.trim_start()),
        None if message.program.contains("nginx") => (None, text),
        None => return None,
    };
    let (level, rest) = rest.strip_prefix('[')?.split_once("] ")?;
    let is_level = matches!(
        level,
        "debug" | "info" | "notice" | "warn" | "error" | "crit" | "alert" | "emerg"
    );
    // `812#813: `.
    let (process, rest) = rest.split_once(": ")?;
    if !is_level || !process.split('#').all(|id| id.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let mut record = Record::new("nginx.error");
    record.stamp = stamp;
    record.side = Some(Side::Server);
    // What a client sends may hold the marks, too; its own stand in this order.
    let Some((text, rest)) = rest.split_once(", client: ") else {
        // `client 192.0.2.10 closed keepalive connection`, `accept()`: little to read.
        if let Some(client) = after(rest, "client ").map(|rest| before(rest, " ")) {
            record.set(Field::SourceIp, client.trim_end_matches(','));
        }
        return Some(record);
    };
    if text.contains("forbidden by rule") || text.contains("limiting ") {
        record.set_word(Field::Action, "forbidden");
        record.verdict = Some(Verdict::Blocked);
    }
    record.set(Field::SourceIp, before(rest, ","));
    // `server: 0.0.0.0:443` is where it listens.
    if let Some(local) = after(rest, ", server: ").map(|rest| before(rest, ","))
        && let Some((_, port)) = local.rsplit_once(':')
    {
        record.set(Field::DestinationPort, port);
    }
    if let Some((line, _)) = after(rest, ", request: ").and_then(quoted) {
        request(&mut record, line);
    }
    if let Some((host, _)) = after(rest, ", host: ").and_then(quoted) {
        record.set(Field::UrlDomain, crate::record::value::endpoint(host).0);
    }
    if let Some((referrer, _)) = after(rest, ", referrer: ").and_then(quoted) {
        record.set(Field::Referrer, referrer);
    }
    Some(record)
}

/// AH00957: `[Mon Jun 10 …] [proxy:error] [pid 1] (111)…: HTTP: attempt to connect to 192.0.2.10:80
/// (backend.example) failed`.
fn unreachable(text: &str) -> Option<Record<'_>> {
    let head = text.strip_prefix('[')?.split_once("] [proxy")?.0;
    let target = after(text, "attempt to connect to ")?;
    let mut record = Record::new("apache.error");
    record.stamp = time::read(head);
    record.side = Some(Side::Client);
    record.outcome = Some(Outcome::Failure);
    record.set(Field::DestinationIp, word(target).0);
    record.set(Field::DestinationDomain, between(target, "(", ")").unwrap_or_default());
    Some(record)
}

fn apache(text: &str) -> Option<Record<'_>> {
    let Some(mark) = text.find("[client ").or_else(|| text.find("[remote ")) else {
        return unreachable(text);
    };
    // What stands before it is in brackets, all of it, but for a word of the process.
    let head = text[..mark].trim_end();
    if head.len() > 300 || !(head.is_empty() || head.starts_with('[')) {
        return None;
    }
    let stamp = between(head, "[", "]").and_then(time::read);
    let has_level = head.split(['[', ']', ':']).any(|part| {
        matches!(part, "error" | "warn" | "notice" | "info" | "debug" | "crit" | "alert" | "emerg")
            || part.starts_with("trace")
    });
    if !has_level {
        return None;
    }
    let (client, rest) = text[mark + 8..].split_once("] ")?;
    let mut record = Record::new("apache.error");
    record.stamp = stamp;
    record.side = Some(Side::Server);
    // Since 2.4 a port stands behind the address, behind an IPv6 one as well.
    let parts = client.rsplit_once(':').filter(|_| head.contains("[pid "));
    match parts.filter(|(host, _)| address(host).is_some()) {
        Some((host, port)) => {
            record.set(Field::SourceIp, host);
            record.set(Field::SourcePort, port);
        }
        None => {
            record.set(Field::SourceIp, client);
        }
    }
    if rest.contains("authentication failure") {
        record.outcome = Some(Outcome::Failure);
    }
    if rest.contains("client denied by server configuration")
        || rest.contains("Access denied with code")
    {
        record.set_word(Field::Action, "denied");
        record.verdict = Some(Verdict::Blocked);
    }
    // ModSecurity.
    if let Some((uri, _)) = after(rest, "[uri ").and_then(quoted) {
        record.set(Field::Url, uri);
    }
    if let Some((host, _)) = after(rest, "[hostname ").and_then(quoted) {
        record.set(Field::UrlDomain, host);
    }
    if let Some((rule, _)) = after(rest, "[msg ").and_then(quoted) {
        record.set(Field::RuleName, rule);
    }
    // AH01618: `user jdoe not found: /private`.
    if let Some(user) = after(rest, ": user ").map(|rest| before(rest, " ").trim_end_matches(':')) {
        record.set(Field::UserName, user);
    }
    if let Some((_, referrer)) = rest.rsplit_once(", referer: ") {
        record.set(Field::Referrer, referrer);
    }
    Some(record)
}
