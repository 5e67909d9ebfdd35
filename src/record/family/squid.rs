//! Squid: `access.log` in the native format, and in Apache's with Squid's result behind it.
//!
//! Squid configuration directive `logformat` (`squid`, `combined`, `common`), and its sources
//! `FormatSquidNative.cc` and `FormatHttpdCombined.cc`: `time elapsed client code/status bytes method
//! URL user hierarchy/peer type`.
//! Whoever has changed the time or put columns behind it is read, too: the column
//! `TCP_MISS/200` is what the others are counted from. The peer of `HIER_DIRECT/192.0.2.10` is the
//! server; of `FIRSTUP_PARENT/10.0.0.9` it is the next proxy. `NONE` says that nobody was asked. What
//! went by an ICAP server (`icap_squid`: `ICAP_MOD/200`, `-/10.0.0.7`) and `referrer` are read, too.

use super::Family;
use super::web_access::{Access, access};
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::shape::words::word;
use crate::record::value::{address, endpoint};
use crate::record::{Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "squid",
    title: "Squid proxy: access.log, icap.log, referrer.log",
    datasets: &["squid.access"],
    example: "1718000000.123    361 10.0.0.5 TCP_TUNNEL/200 20226 CONNECT www.example.org:443 jdoe \
              HIER_DIRECT/192.0.2.10 -",
    is_device: true,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = if message.is_from("squid") { message.text } else { message.whole };
    if !["TCP_", "UDP_", "NONE", "ERR_", "ICAP_"].iter().any(|mark| text.contains(mark)) {
        return referrer(text);
    }
    native(text)
        .or_else(|| native(message.text))
        .or_else(|| combined(message.text))
        .or_else(|| referrer(text))
}

/// `logformat referrer`: `1718000000.123 10.0.0.5 http://www.example.org/ http://bad.example.org/x`.
fn referrer(text: &str) -> Option<Record<'_>> {
    // The epoch has milliseconds.
    if text.as_bytes().get(10) != Some(&b'.') {
        return None;
    }
    let (stamp, rest) = time::leading(text)?;
    let (client, rest) = word(rest);
    let (referrer, url) = word(rest);
    let is_url = |text: &str| text.contains("://");
    let is_own = (is_url(referrer) || referrer == "-") && is_url(word(url).0);
    address(endpoint(client).0).filter(|_| is_own)?;
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Client);
    record.stamp = Some(stamp);
    record.set(Field::SourceIp, client);
    record.set(Field::Referrer, referrer);
    record.set(Field::Url, url.trim_end());
    Some(record)
}

fn native(text: &str) -> Option<Record<'_>> {
    let (stamp, rest) = time::leading(text)?;
    // Two columns before the result, four at the least behind it.
    let row = Row::spaced(rest);
    let code = (1..=3).find(|&column| is_result(row.raw(column)))?;
    if row.len() < code + 4 {
        return None;
    }
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Client);
    record.stamp = Some(stamp);
    record.set(Field::SourceIp, row.raw(code - 1));
    let (result, status) = row.raw(code).split_once('/')?;
    set_result(&mut record, result);
    if status != "000" {
        record.set(Field::Status, status);
    }
    record.set(Field::DestinationBytes, row.raw(code + 1));
    let method = row.raw(code + 2);
    record.set(Field::Method, method);
    // A URL may have spaces (`uri_whitespace allow`), so the peer is looked for.
    let peer = (code + 4..row.len()).find(|&column| is_hierarchy(row.raw(column)));
    let last = peer.map_or(code + 4, |peer| peer - 1);
    let url = if last > code + 4 {
        crate::record::shape::words::span(text, row.raw(code + 3), row.raw(last - 1))
    } else {
        None
    };
    let url = url.unwrap_or(row.raw(code + 3));
    record.set(Field::Url, url);
    record.set(Field::UserName, row.raw(last));
    if let Some((how, peer)) = peer.and_then(|peer| row.raw(peer).split_once('/')) {
        record.set(Field::DestinationIp, peer);
        // The port of a parent is not said.
        let is_origin =
            !how.contains("PARENT") && !how.contains("SIBLING") && !how.contains("PEER");
        if let Some(port) = port(url).filter(|_| is_origin && !how.ends_with("CARP")) {
            record.set(Field::DestinationPort, port);
        }
    }
    Some(record)
}

/// `TCP_MISS/200`, `NONE/400`, `TCP_MISS_ABORTED/000`.
fn is_result(text: &str) -> bool {
    let Some((result, status)) = text.split_once('/') else { return false };
    status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()) && is_code(result)
}

fn is_code(text: &str) -> bool {
    let begins = ["TCP_", "UDP_", "NONE", "ERR_", "TAG_NONE", "ICAP_"];
    begins.iter().any(|begin| text.starts_with(begin))
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// `HIER_DIRECT/192.0.2.10`, `DIRECT/www.example.org`, `NONE/-`, `ANY_OLD_PARENT/10.0.0.9`.
fn is_hierarchy(text: &str) -> bool {
    text.split_once('/').is_some_and(|(how, _)| {
        how == "-" // ICAP's.
            || how.len() >= 4 && how.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    })
}

/// The port that a URL or an authority names.
fn port(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    endpoint(authority).1
}

fn set_result<'a>(record: &mut Record<'a>, result: &'a str) {
    let verdict = if result.contains("DENIED") {
        Some(Verdict::Blocked)
    } else if ["TCP_", "UDP_HIT", "ICAP_ECHO", "ICAP_MOD"].iter().any(|of| result.starts_with(of)) {
        Some(Verdict::Allowed)
    } else {
        None
    };
    record.set_action(result, verdict);
}

/// Apache's format with `TCP_MISS:HIER_DIRECT` at the end.
fn combined(text: &str) -> Option<Record<'_>> {
    let Access { mut record, extra } = access(text, FAMILY.datasets[0])?;
    let result = extra.and_then(|extra| find_result(extra))?;
    record.side = Some(Side::Client);
    set_result(&mut record, result);
    if record.text(Field::Method).as_deref() == Some("CONNECT")
        && let Some(port) = record.entry(Field::Url).and_then(|entry| port(entry.raw))
    {
        record.set(Field::DestinationPort, port);
    }
    Some(record)
}

/// Whether what follows the user agent has Squid's result.
pub(super) fn find_result(extra: &str) -> Option<&str> {
    let mut rest = extra;
    while !rest.is_empty() {
        let (found, after) = word(rest);
        if let Some((result, how)) = found.split_once(':')
            && is_code(result)
            && how.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        {
            return Some(result);
        }
        rest = after;
    }
    None
}
