//! What a line says in one row: for people who look at many of them.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::escape::escape;
use crate::record::{Direction, Field, Record, Verdict};
use crate::words;

/// What stands where the line says nothing.
const NOTHING: &str = "-";
/// Characters of a value. The line below has all of it.
const LONGEST: usize = 100;

/// `2024-11-14T03:22:01Z  allowed  outbound  10.1.2.3:4444 -> 45.77.231.209:443 tcp  …`, or
/// nothing where nothing was read. The first three have the same width in every row.
pub(super) fn facts(record: &Record<'_>) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(ends) = ends(record) {
        parts.push(ends);
    }
    if let Some(name) = text(record, Field::QuestionName) {
        let kind = text(record, Field::QuestionType);
        parts.push(kind.map_or_else(|| name.clone(), |kind| format!("{name} {kind}")));
    }
    let url = text(record, Field::Url);
    if let Some(url) = &url {
        let method = text(record, Field::Method);
        parts.push(method.map_or_else(|| url.clone(), |method| format!("{method} {url}")));
    }
    let other = [Field::ServerName, Field::UrlDomain].into_iter();
    for name in other.filter_map(|field| text(record, field)) {
        // The URL, or the address, has it already.
        if !parts.iter().any(|part| part.contains(&name)) {
            parts.push(name);
        }
    }
    for (label, field) in [
        ("user", Field::UserName),
        ("host", Field::HostName),
        ("sent", Field::SourceBytes),
        ("received", Field::DestinationBytes),
        ("bytes", Field::NetworkBytes),
    ] {
        if let Some(value) = text(record, field) {
            parts.push(format!("{label} {value}"));
        }
    }
    let time = record.time().map(|time| format!("{time:.0}"));
    let verdict = record.verdict().map(Verdict::name);
    let direction = record.direction().map(Direction::name);
    if parts.is_empty() && time.is_none() && verdict.is_none() && direction.is_none() {
        return None;
    }
    let mut row = format!(
        "{:<20}  {:<7}  {:<8}",
        time.as_deref().unwrap_or(NOTHING),
        verdict.unwrap_or(NOTHING),
        direction.unwrap_or(NOTHING)
    );
    for part in parts {
        row.push_str("  ");
        row.push_str(&part);
    }
    row.truncate(row.trim_end().len());
    Some(row)
}

/// `10.1.2.3:4444 -> 45.77.231.209:443 tcp`.
fn ends(record: &Record<'_>) -> Option<String> {
    let source = end(record, [Field::SourceIp, Field::SourceDomain], Field::SourcePort);
    let destination =
        end(record, [Field::DestinationIp, Field::DestinationDomain], Field::DestinationPort);
    let mut ends = match (source, destination) {
        (None, None) => return None,
        (Some(source), None) => source,
        (source, Some(destination)) => {
            format!("{} -> {destination}", source.as_deref().unwrap_or(NOTHING))
        }
    };
    if let Some(transport) = text(record, Field::Transport) {
        // Writing to a `String` cannot fail.
        let _ = write!(ends, " {transport}");
    }
    Some(ends)
}

fn end(record: &Record<'_>, names: [Field; 2], port: Field) -> Option<String> {
    let address = record.ip(names[0]);
    let name = match address {
        Some(address) => words::address(address),
        None => text(record, names[1])?,
    };
    let port = record.number(port);
    Some(match (port, address) {
        (Some(port), Some(IpAddr::V6(_))) => format!("[{name}]:{port}"),
        (Some(port), _) => format!("{name}:{port}"),
        (None, _) => name,
    })
}

/// What an attacker chose must not act on the terminal, nor push the rest out of sight.
fn text(record: &Record<'_>, field: Field) -> Option<String> {
    let text = record.text(field)?;
    let end = text.char_indices().nth(LONGEST).map(|(at, _)| at);
    let cut = if end.is_some() { "…" } else { "" };
    Some(format!("{}{cut}", escape(&text[..end.unwrap_or(text.len())])))
}
