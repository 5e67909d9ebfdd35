//! SiLK: what `rwcut` prints, with its title line or without.
//!
//! SiLK's manual, rwcut(1). Columns are chosen by the analyst (`--fields`) and separated by `|`, or
//! by what `--delimited` says; without a title line they are the default ones. A title is shortened
//! to its column's width (`sen`, `dur`). Times are UTC unless SiLK was built otherwise:
//! `2024/06/10T06:13:20.123`, and as `--timestamp-format` wants `2024-06-10 06:13:20.123`,
//! `06/10/2024 06:13:20.123`, `1718000000.123`.

use super::Family;
use crate::record::Record;
use crate::record::field::Field;
use crate::record::header::Header;
use crate::record::message::Message;
use crate::record::shape::row::{Columns, Row};
use crate::record::shape::{Named, Table};
use crate::record::time::{self, Stamp};
use crate::record::value::address;

pub(super) const FAMILY: Family = Family {
    name: "silk",
    title: "SiLK rwcut",
    datasets: &["silk.rwcut"],
    example: "       10.0.0.5|     192.0.2.10|51000|  443|  6|        12|      4711|FS PA   |\
              2024/06/10T06:13:20.123|    4.120|2024/06/10T06:13:24.243|    S0|",
    is_device: true,
    read,
};

/// The default columns.
const NAMES: &[&str] = &[
    "sIP", "dIP", "sPort", "dPort", "pro", "packets", "bytes", "flags", "sTime", "duration",
    "eTime", "sensor",
];

const TABLE: &Table = &[
    (Field::SourceIp, &["sIP", "sip"]),
    (Field::DestinationIp, &["dIP"]),
    (Field::SourcePort, &["sPort"]),
    (Field::DestinationPort, &["dPort"]),
    (Field::Transport, &["pro", "protocol"]),
    (Field::SourcePackets, &["packets", "pkts"]),
    (Field::SourceBytes, &["bytes"]),
    (Field::ObserverName, &["sensor", "sen"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.whole;
    let header = message.header.filter(|header| is_title(header));
    let separator = header.map_or('|', |header| char::from(header.separator));
    if text.matches(separator).take(4).count() < if header.is_some() { 2 } else { 4 } {
        return None;
    }
    let row = Row::split(text, separator);
    if let Some(header) = header {
        let is_title = row.raw(0).trim().eq_ignore_ascii_case(&header.names[0]);
        return (!is_title && row.len() + 1 >= header.names.len())
            .then(|| named(&row.named(&header.names)));
    }
    let is_default = (12..=13).contains(&row.len())
        && address(row.raw(0)).is_some()
        && address(row.raw(1)).is_some()
        && time::read(row.raw(8)).is_some();
    is_default.then(|| named(&Columns::new(row, NAMES)))
}

/// Of other products' titles those of the same names are spelled otherwise.
fn is_title(header: &Header) -> bool {
    let is = |name: &str| header.names.iter().any(|known| known == name);
    (is("sIP") || is("dIP"))
        && (header.separator == b'|' || is("sTime") || is("sPort") || is("dPort"))
}

fn named<'a>(row: &impl Named<'a>) -> Record<'a> {
    let mut record = Record::new("silk.rwcut");
    for &(field, names) in TABLE {
        if let Some(value) = names.iter().find_map(|name| row.get(name)) {
            record.set(field, value.part(str::trim));
        }
    }
    let stamp = ["sTime", "sTime+msec", "eTime"].iter().find_map(|name| row.get(name));
    record.stamp = stamp.and_then(|stamp| month_first(&stamp.text)).map(utc);
    record
}

/// `06/10/2024 06:13:20.123` is American here, whatever it is elsewhere.
fn month_first(text: &str) -> Option<Stamp> {
    let text = text.trim();
    let is_american =
        text.as_bytes().get(2) == Some(&b'/') && text.as_bytes().get(5) == Some(&b'/');
    match (text.get(..10).filter(|_| is_american), text.get(11..)) {
        (Some(date), Some(clock)) => {
            let date = format!("{}-{}-{}", &date[6..], &date[..2], &date[3..5]);
            Stamp::from_parts(&date, clock, None)
        }
        _ => time::read(text),
    }
}

fn utc(stamp: Stamp) -> Stamp {
    match stamp {
        Stamp::Civil(civil) => match jiff::tz::Offset::UTC.to_timestamp(civil) {
            Ok(at) => Stamp::Instant(at),
            Err(_) => stamp,
        },
        _ => stamp,
    }
}
