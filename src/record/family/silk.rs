//! SiLK: what `rwcut` prints, with its title line or without.
//!
//! rwcut(1). Columns are chosen by the analyst and separated by `|`; without a title line they are the
//! default ones. Times are UTC unless SiLK was built otherwise: `2024/06/10T06:13:20.123`.

use super::Family;
use crate::record::Record;
use crate::record::field::Field;
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
    (Field::ObserverName, &["sensor"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.whole;
    if text.bytes().filter(|&byte| byte == b'|').count() < 4 {
        return None;
    }
    let header = message.header.filter(|header| {
        header.separator == b'|' && (header.has("sIP") || header.has("dIP")) && header.has("sTime")
    });
    let row = Row::split(text, '|');
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

fn named<'a>(row: &impl Named<'a>) -> Record<'a> {
    let mut record = Record::new("silk.rwcut");
    for &(field, names) in TABLE {
        if let Some(value) = names.iter().find_map(|name| row.get(name)) {
            record.set(field, value.part(str::trim));
        }
    }
    let stamp = ["sTime", "sTime+msec", "eTime"].iter().find_map(|name| row.get(name));
    record.stamp = stamp.and_then(|stamp| time::read(&stamp.text)).map(utc);
    record
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
