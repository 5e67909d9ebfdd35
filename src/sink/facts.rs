//! What a line says in one row: for people who look at many of them.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::escape::escape;
use crate::record::{Direction, Field, Record, Verdict};
use crate::words;

/// What stands where the line says nothing.
const NOTHING: &str = "-";
/// What stands between two things.
const GAP: &str = "  ";
/// Characters of a value. The line below has all of it.
const LONGEST: usize = 100;
/// Most rows are not longer.
const ROOM: usize = 160;

/// `2024-11-14T03:22:01Z  allowed  outbound  10.1.2.3:4444 -> 45.77.231.209:443 tcp  …`, or
/// nothing where nothing was read. The first three have the same width in every row.
pub(super) fn facts(record: &Record<'_>) -> Option<String> {
    let mut row = String::with_capacity(ROOM);
    let verdict = record.verdict().map(Verdict::name);
    let direction = record.direction().map(Direction::name);
    if let Some(time) = record.time() {
        // Writing to a `String` cannot fail.
        let _ = write!(row, "{time:.0}");
    }
    let has_head = !row.is_empty() || verdict.is_some() || direction.is_some();
    if row.is_empty() {
        row.push_str(NOTHING);
    }
    fill(&mut row, 20);
    for (column, width) in [(verdict, 7), (direction, 8)] {
        let end = row.len() + GAP.len() + width;
        row.push_str(GAP);
        row.push_str(column.unwrap_or(NOTHING));
        fill(&mut row, end);
    }
    let head = row.len();
    ends(&mut row, record);
    if text(&mut row, GAP, record, Field::QuestionName) {
        text(&mut row, " ", record, Field::QuestionType);
    }
    if record.has(Field::Url) {
        let gap = if text(&mut row, GAP, record, Field::Method) { " " } else { GAP };
        text(&mut row, gap, record, Field::Url);
    }
    for field in [Field::ServerName, Field::UrlDomain] {
        let start = row.len();
        text(&mut row, GAP, record, field);
        // The URL, or the address, has it already.
        let (before, name) = row.split_at(start);
        let name = name.strip_prefix(GAP).unwrap_or_default();
        if before.get(head..).is_some_and(|before| before.contains(name)) {
            row.truncate(start);
        }
    }
    for (label, field) in [
        ("  user ", Field::UserName),
        ("  host ", Field::HostName),
        ("  sent ", Field::SourceBytes),
        ("  received ", Field::DestinationBytes),
        ("  bytes ", Field::NetworkBytes),
    ] {
        text(&mut row, label, record, field);
    }
    if !has_head && row.len() == head {
        return None;
    }
    row.truncate(row.trim_end().len());
    Some(row)
}

/// Adds spaces until the row, which is ASCII so far, is so wide.
fn fill(row: &mut String, width: usize) {
    while row.len() < width {
        row.push(' ');
    }
}

/// Adds `10.1.2.3:4444 -> 45.77.231.209:443 tcp`.
fn ends(row: &mut String, record: &Record<'_>) {
    let start = row.len();
    let source = [Field::SourceIp, Field::SourceDomain];
    let destination = [Field::DestinationIp, Field::DestinationDomain];
    let has_source = end(row, GAP, record, source, Field::SourcePort);
    if !has_source {
        row.push_str(GAP);
        row.push_str(NOTHING);
    }
    let has_destination = end(row, " -> ", record, destination, Field::DestinationPort);
    if has_source || has_destination {
        text(row, " ", record, Field::Transport);
    } else {
        row.truncate(start);
    }
}

/// Adds one end behind `before`; `false` where there is none.
fn end(
    row: &mut String,
    before: &str,
    record: &Record<'_>,
    [ip, domain]: [Field; 2],
    port: Field,
) -> bool {
    let port = record.number(port);
    match record.ip(ip) {
        Some(IpAddr::V4(address)) => {
            row.push_str(before);
            row.push_str(words::address_in(address, &mut [0; 16]));
        }
        Some(IpAddr::V6(address)) => {
            row.push_str(before);
            // Writing to a `String` cannot fail.
            let _ =
                if port.is_some() { write!(row, "[{address}]") } else { write!(row, "{address}") };
        }
        None if text(row, before, record, domain) => {}
        None => return false,
    }
    if let Some(port) = port {
        row.push(':');
        words::push_digits(row, port);
    }
    true
}

/// Adds a field's value behind `before`; `false` where the record has none. What an attacker chose
/// must not act on the terminal, nor push the rest out of sight.
fn text(row: &mut String, before: &str, record: &Record<'_>, field: Field) -> bool {
    let Some(text) = record.text(field) else { return false };
    let end = match text.len() {
        0..=LONGEST => None,
        _ => text.char_indices().nth(LONGEST).map(|(at, _)| at),
    };
    row.push_str(before);
    row.push_str(&escape(&text[..end.unwrap_or(text.len())]));
    if end.is_some() {
        row.push('…');
    }
    true
}
