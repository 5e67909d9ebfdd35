//! HAProxy: HTTP, HTTPS and TCP logs, connection errors.
//!
//! HAProxy's `src/log.c`, where the formats are (`default_http_log_format` and its neighbours); the
//! test lines of Elastic's `haproxy` module. HTTP: `client:port [accept date] frontend
//! backend/server TR/Tw/Tc/Tr/Ta status bytes cookie cookie state a/f/b/s/r q/q {captured} "request"`;
//! TCP: `… Tw/Tc/Tt bytes state conns queues`; `option httpslog` puts
//! `fc_err/… sni/version/cipher` behind it. An error is `client:port [date] frontend/bind: reason`,
//! a connection without any `option …log` is `Connect from a:b to c:d (frontend/mode)`. Whoever has
//! written his own `log-format` leaves most of this as it is: the timers tell where a line is.
//! Captured headers say nothing of their names: addresses are taken for `X-Forwarded-For`, a name
//! for `Host`.

use super::Family;
use super::web_access::{Access, access, request};
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::words::{after, quoted, word};
use crate::record::value::{address, endpoint, is_host_name};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "haproxy",
    title: "HAProxy: HTTP, HTTPS, TCP logs",
    datasets: &["haproxy.log"],
    example: "Jun 10 06:13:20 lb1 haproxy[812]: 192.0.2.10:51825 [10/Jun/2024:06:13:20.228] fe_web~ \
              be_app/app2 0/0/1/48/49 200 89642 - - ---- 87/87/87/1/0 0/0 \"GET /login HTTP/1.1\"",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    logged(message.text).or_else(|| connected(message)).or_else(|| common(message))
}

/// `option httplog clf`: Apache's format, and the client's port behind it.
fn common<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if !message.is_from("haproxy") {
        return None;
    }
    let Access { mut record, extra } = access(message.text, FAMILY.datasets[0])?;
    record.side = Some(Side::Server);
    record.set(Field::SourcePort, word(extra.unwrap_or_default()).0);
    record.set_word(Field::Transport, "tcp");
    Some(record)
}

/// `Connect from 192.0.2.10:33312 to 10.0.0.31:8012 (www/HTTP)`.
fn connected<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let rest = message.text.strip_prefix("Connect from ").filter(|_| message.is_from("haproxy"))?;
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    record.set(Field::SourceIp, word(rest).0);
    record.set(Field::DestinationIp, word(after(rest, " to ")?).0);
    record.set_word(Field::Transport, "tcp");
    Some(record)
}

fn logged(text: &str) -> Option<Record<'_>> {
    let (client, rest) = word(text);
    let rest = rest.strip_prefix('[')?;
    let (host, port) = endpoint(client);
    // `unix:1` is a socket, `-:51825` an address that was left out.
    if !matches!(host, "unix" | "-") {
        address(host)?;
    }
    port?;
    let (stamp, rest) = time::leading(rest)?;
    let rest = rest.strip_prefix("] ")?;
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    record.stamp = Some(stamp);
    if address(host).is_some() {
        record.set(Field::SourceIp, client);
    }
    record.set_word(Field::Transport, "tcp");
    let (frontend, rest) = word(rest);
    if frontend.ends_with(':') || !rest.contains('/') {
        // `fe/1: SSL handshake failure`.
        record.outcome = Some(Outcome::Failure);
        return Some(record);
    }
    let Some((timers, rest)) = timers(rest) else {
        // An `error-log-format`: what it was about stands at its end.
        details(&mut record, rest);
        return Some(record);
    };
    let is_http = timers.matches('/').count() >= 3;
    let mut rest = rest;
    if is_http {
        let (status, after) = word(rest);
        record.set(Field::Status, status);
        record.set_word(Field::Protocol, "http");
        rest = after;
    }
    let (bytes, after) = word(rest);
    record.set(Field::DestinationBytes, bytes.trim_start_matches('+'));
    rest = after;
    if is_http {
        rest = word(word(rest).1).1;
    }
    let (state, after) = word(rest);
    // `PR`: the proxy refused; the second letter says in which state it was.
    if state.starts_with("PR") || state.starts_with("PT") {
        record.set_action(state, Some(Verdict::Blocked));
    }
    rest = after;
    details(&mut record, rest);
    Some(record)
}

/// The timers and what follows them: `0/0/1/48/49`, `-1/-1/0`, then a number.
fn timers(text: &str) -> Option<(&str, &str)> {
    let is_timer = |part: &str| {
        let digits = part.trim_start_matches(['+', '-']);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut rest = text;
    for _ in 0..6 {
        let (column, after) = word(rest);
        let count = column.split('/').count();
        if (3..=7).contains(&count) && column.split('/').all(is_timer) && is_timer(word(after).0) {
            return Some((column, after));
        }
        rest = after;
    }
    None
}

/// `a/f/b/s/r q/q {captured|headers} {…} "request" fc_err/… sni/version/cipher`.
fn details<'a>(record: &mut Record<'a>, text: &'a str) {
    let mut rest = text;
    let mut begins = true;
    for _ in 0..64 {
        rest = rest.trim_start();
        if let Some(captured) = rest.strip_prefix('{').filter(|_| begins) {
            let end = captured.find('}').unwrap_or(captured.len());
            for part in captured[..end].split('|').take(32) {
                header(record, part);
            }
            rest = captured.get(end + 1..).unwrap_or_default();
        } else if begins && rest.starts_with('"') {
            let Some((line, after)) = quoted(rest) else {
                // The request may be cut at the end.
                request(record, &rest[1..]);
                return;
            };
            request(record, line);
            begins = false;
            rest = after;
        } else {
            let (column, after) = word(rest);
            if column.is_empty() {
                return;
            }
            // `www.example.org/TLSv1.3/TLS_AES_128_GCM_SHA256`.
            let mut parts = column.split('/');
            if let (Some(name), Some(version)) = (parts.next(), parts.next())
                && (version.starts_with("TLSv") || version.starts_with("SSLv"))
                && is_host_name(name)
            {
                record.set(Field::ServerName, name);
            }
            rest = after;
        }
    }
}

fn header<'a>(record: &mut Record<'a>, value: &'a str) {
    let value = value.trim();
    if !value.is_empty() && value.split(',').all(|part| address(part).is_some()) {
        for part in value.split(',').take(16) {
            record.set(Field::ForwardedIp, part.trim());
        }
    } else if value.starts_with("http://") || value.starts_with("https://") {
        record.set(Field::Referrer, value);
    } else {
        let host = endpoint(value).0;
        if host.contains('.') && is_host_name(host) {
            record.set(Field::UrlDomain, host);
        }
    }
}
