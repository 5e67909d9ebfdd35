//! nfdump: the texts `line`, `long`, `extended`, `biline`, `bilong`, `nsel`, `nat`, `csv`, and JSON
//! lines.
//!
//! nfdump 1.7's sources: `src/output/output.c` for the layouts, `output_csv.c` for the names of
//! columns, `output_csv_fast.c`, `output_ndjson.c`. Texts are `date time duration protocol A -> B …`;
//! of both directions (`<->`) four numbers follow, those of the way back first: `%opkt %ipkt %obyt
//! %ibyt`, and `nflowcache.c` counts as `in` what the first side sent. Large ones are scaled
//! (`1.2 M`); IPv6 ports follow a dot. `nsel` and `nat` have an event for the duration, and what
//! the sides were translated to behind them.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::row::{Columns, Row};
use crate::record::shape::words::before;
use crate::record::shape::{Named, Table};
use crate::record::value::{Value, address};
use crate::record::{Record, time};

pub(super) const FAMILY: Family = Family {
    name: "nfdump",
    title: "nfdump",
    datasets: &["nfdump.flow"],
    example: "2024-06-10 06:13:20.800     4.120 TCP          10.0.0.5:60145 ->       192.0.2.10:443     \
              20    17660     1",
    is_device: true,
    read,
};

/// `-o csv` until version 1.6.
const CSV: &[&str] = &[
    "ts", "te", "td", "sa", "da", "sp", "dp", "pr", "flg", "fwd", "stos", "ipkt", "ibyt", "opkt",
    "obyt",
];

const TABLE: &Table = &[
    (Field::SourceIp, &["sa", "srcAddr", "src4_addr", "src6_addr"]),
    (Field::SourcePort, &["sp", "srcPort", "src_port"]),
    (Field::DestinationIp, &["da", "dstAddr", "dst4_addr", "dst6_addr"]),
    (Field::DestinationPort, &["dp", "dstPort", "dst_port"]),
    (Field::Transport, &["pr", "proto"]),
    (Field::SourcePackets, &["ipkt", "packets", "inPackets", "in_packets"]),
    (Field::SourceBytes, &["ibyt", "bytes", "inBytes", "in_bytes"]),
    (Field::DestinationPackets, &["opkt", "outPackets", "out_packets"]),
    (Field::DestinationBytes, &["obyt", "outBytes", "out_bytes"]),
    (Field::SourceNatIp, &["srcXIP", "src4_xlt_ip", "src6_xlt_ip", "src_xlt_ip"]),
    (Field::SourceNatPort, &["srcXPort", "src_xlt_port"]),
    (Field::DestinationNatIp, &["dstXIP", "dst4_xlt_ip", "dst6_xlt_ip", "dst_xlt_ip"]),
    (Field::DestinationNatPort, &["dstXPort", "dst_xlt_port"]),
    (Field::Action, &["event", "nat_event"]),
    (Field::UserName, &["nselUser", "user_name"]),
    (Field::ServerName, &["sniName", "sni"]),
    (Field::Ja3, &["ja3", "ja3 hash"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if let Some(object) = message.object() {
        let is_own = object.has("first") && (object.has("src4_addr") || object.has("src6_addr"));
        return is_own.then(|| named(&object, object.get("first")));
    }
    arrow(message.whole).or_else(|| csv(message))
}

fn named<'a>(row: &impl Named<'a>, stamp: Option<Value<'a>>) -> Record<'a> {
    let mut record = Record::new("nfdump.flow");
    record.fill(row, TABLE);
    record.stamp = stamp.and_then(|stamp| time::read(&stamp.text));
    without_zeros(&mut record);
    record
}

/// Nothing was counted in the other direction, which is not the same as nothing sent.
fn without_zeros(record: &mut Record<'_>) {
    let is_none = record.number(Field::DestinationPackets) == Some(0)
        && record.number(Field::DestinationBytes).is_none_or(|bytes| bytes == 0);
    if is_none {
        record.entries.retain(|entry| {
            !matches!(entry.field, Field::DestinationPackets | Field::DestinationBytes)
        });
    }
}

fn csv<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.whole;
    let header =
        message.header.filter(|header| header.separator == b',' && header.has("firstSeen"));
    if let Some(header) =
        header.filter(|header| header.has("srcAddr") && !text.starts_with("firstSeen"))
    {
        let row = Row::csv(text, b',').named(&header.names);
        return Some(named(&row, row.get("firstSeen")));
    }
    if text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    let row = Row::csv(text, b',');
    let is_own = row.len() >= CSV.len()
        && time::read(row.raw(1)).is_some()
        && address(row.raw(3)).is_some()
        && address(row.raw(4)).is_some();
    if !is_own {
        return None;
    }
    let columns = Columns::new(row, CSV);
    let stamp = columns.get("ts");
    Some(named(&columns, stamp))
}

fn arrow(text: &str) -> Option<Record<'_>> {
    let (left, right) = text.split_once("->")?;
    let left = left.trim_end_matches(['<', ' ']);
    let is_both = text.as_bytes()[..text.len() - right.len()].ends_with(b"<->");
    let (stamp, rest) = time::leading(left)?;
    if !left.starts_with(|c: char| c.is_ascii_digit()) || !rest.starts_with([' ', '\t']) {
        return None;
    }
    // `4.120 TCP A`, of NSEL events `CREATE Ignore TCP A`, of NAT's `CREATE TCP A`.
    let words: Vec<&str> = rest.split_whitespace().take(6).collect();
    let [.., protocol, source] = words[..] else { return None };
    if !(3..=4).contains(&words.len()) {
        return None;
    }
    let mut targets = right.split_whitespace();
    let target = targets.next()?;
    let mut record = Record::new("nfdump.flow");
    record.stamp = Some(stamp);
    record.set(Field::Transport, protocol);
    if !side(&mut record, Field::SourceIp, source)
        || !side(&mut record, Field::DestinationIp, target)
    {
        return None;
    }
    let rest: Vec<&str> = targets.take(24).collect();
    // A duration may be two words: `1d 00:00:04.120`.
    if words[0].starts_with(|c: char| c.is_ascii_alphabetic()) {
        event(&mut record, words[0], &rest);
    } else {
        counts(&mut record, &rest, is_both);
    }
    Some(record)
}

/// `10.0.0.5:60145`, `2001:db8::5.443`, of ICMP `10.0.0.5:8.0`, with its country
/// `10.0.0.5(..):60145`.
fn side<'a>(record: &mut Record<'a>, field: Field, text: &'a str) -> bool {
    let (bare, is_v6) = (before(text, "("), text.matches(':').count() > 1);
    let (host, port) = text.rsplit_once(if is_v6 { '.' } else { ':' }).unwrap_or((text, ""));
    let host = if bare.len() < host.len() { bare } else { host };
    let is_set = record.set(field, host);
    if let Some(field) = field.port() {
        record.set(field, port);
    }
    // An address that was shortened to fit (`2001:db..c1:44`) is none, but the line is a flow's.
    is_set || is_v6
}

/// What NSEL says of a translation: `CREATE Ignore TCP A -> B XA XB bytes bytes`, `XA -> XB`.
fn event<'a>(record: &mut Record<'a>, action: &'a str, rest: &[&'a str]) {
    record.set(Field::Action, action);
    let mut mapped = rest.iter().filter(|word| word.contains(':'));
    for field in [Field::SourceNatIp, Field::DestinationNatIp] {
        // What was not translated is all zeros.
        if let Some(text) = mapped.next().filter(|text| !text.starts_with("0.0.0.0:")) {
            side(record, field, text);
        }
    }
    let mut counts =
        rest.iter().filter(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()));
    for field in [Field::SourceBytes, Field::DestinationBytes] {
        record.set(field, counts.next().copied().unwrap_or_default());
    }
}

fn counts<'a>(record: &mut Record<'a>, words: &[&'a str], is_both: bool) {
    // `.AP.SF` or `0xc2`, and the type of service stand before the numbers of `long`.
    let is_flags = |word: &&&str| {
        word.starts_with("0x")
            || word.len() >= 6 && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'.')
    };
    let words = match words.first().filter(is_flags) {
        Some(_) => words.get(2..).unwrap_or_default(),
        None => words,
    };
    let mut numbers: Vec<Value<'a>> = Vec::with_capacity(8);
    for &word in words {
        let scale = match word {
            "K" => 1e3,
            "M" => 1e6,
            "G" => 1e9,
            "T" => 1e12,
            _ => {
                numbers.push(word.into());
                continue;
            }
        };
        if let Some(last) = numbers.last_mut()
            && let Ok(number) = last.text.parse::<f64>()
        {
            // Scaled numbers are rounded to a decimal, so this is what the line says.
            last.text = format!("{:.0}", number * scale).into();
        }
    }
    let fields: &[Field] = match (is_both, numbers.len()) {
        (true, _) => &[
            Field::DestinationPackets,
            Field::SourcePackets,
            Field::DestinationBytes,
            Field::SourceBytes,
        ],
        (false, _) => &[Field::SourcePackets, Field::SourceBytes],
    };
    for (&field, number) in fields.iter().zip(numbers) {
        record.set(field, number);
    }
    without_zeros(record);
}
