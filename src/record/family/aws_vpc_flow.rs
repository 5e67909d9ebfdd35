//! AWS VPC Flow Logs: with their header (S3, v2 to v5 and beyond), and without it (CloudWatch).
//!
//! Test lines of Elastic's `aws` (`vpcflow`), which have the User Guide's names. Version 2 has fourteen columns in a known order; others
//! are put together by the administrator. Without the header their values still tell: the
//! interface, two addresses with two ports after them, the epochs, `ACCEPT OK`. There are never more
//! packets than bytes.
//!
//! A record is one direction of a flow. `pkt-srcaddr` is the packet's own source where the
//! interface is only on its way.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::{Columns, Row};
use crate::record::shape::{Named, Table};
use crate::record::value::address;
use crate::record::{Record, time};

pub(super) const FAMILY: Family = Family {
    name: "aws-vpc-flow",
    title: "AWS VPC Flow Logs",
    datasets: &["aws.vpcflow"],
    example: "2 123456789012 eni-0b9f188f00b4cefb1 10.0.0.5 192.0.2.10 64700 443 6 89 65766 1718000000 \
              1718000060 ACCEPT OK",
    is_device: true,
    read,
};

/// Version 2.
const NAMES: &[&str] = &[
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
];

/// Hyphens are underscores in some exports.
const TABLE: &Table = &[
    (Field::SourceIp, &["srcaddr", "pkt-srcaddr", "pkt_srcaddr"]),
    (Field::SourcePort, &["srcport"]),
    (Field::DestinationIp, &["dstaddr", "pkt-dstaddr", "pkt_dstaddr"]),
    (Field::DestinationPort, &["dstport"]),
    (Field::Transport, &["protocol"]),
    (Field::SourcePackets, &["packets"]),
    (Field::SourceBytes, &["bytes"]),
    (Field::Action, &["action"]),
    (Field::ObserverName, &["interface-id", "interface_id", "tgw-id", "tgw_id"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if let Some(object) = message.object() {
        // Parquet and Athena exports as JSON.
        let is_own = object.has("srcaddr") && object.has("dstaddr") && object.has("start");
        return is_own.then(|| named(&object));
    }
    // Others name columns `srcAddr`, too.
    const OWN: [&str; 6] = ["start", "end", "account-id", "interface-id", "log-status", "vpc-id"];
    let header = message.header.filter(|header| {
        (header.has("srcaddr") || header.has("pkt-srcaddr"))
            && OWN.iter().any(|name| header.has(name))
    });
    let texts = [message.whole, message.timed, message.text];
    let split = |text| match header.map(|header| header.separator) {
        Some(separator @ (b',' | b'\t' | b';')) => Row::csv(text, separator),
        _ => Row::spaced(text),
    };
    if let Some(header) = header.filter(|header| header.has("dstaddr") || header.has("pkt-dstaddr"))
    {
        for text in texts {
            let row = split(text);
            if row.len() != header.names.len() || row.raw(0) == header.names[0] {
                continue;
            }
            let row = row.named(&header.names);
            // Another log may follow in the same file, with as many values by chance.
            let is_address = |name: &&str| {
                let value = row.get(name);
                value.is_none_or(|value| value.is_blank() || address(&value.text).is_some())
            };
            if ["srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr"].iter().all(is_address) {
                return Some(named(&row));
            }
        }
    }
    texts.into_iter().find_map(|text| {
        // CloudWatch's own time may stand before it.
        let text = match time::leading(text) {
            Some((_, rest)) if text.as_bytes().get(4) == Some(&b'-') => rest.trim_start(),
            _ => text,
        };
        bare(text)
    })
}

fn named<'a>(row: &impl Named<'a>) -> Record<'a> {
    let mut record = Record::new("aws.vpcflow");
    record.fill(row, TABLE);
    let get = |names: [&str; 2]| names.into_iter().find_map(|name| row.get(name));
    for (side, through, names) in [
        (Field::SourceIp, Field::SourceNatIp, ["pkt-srcaddr", "pkt_srcaddr"]),
        (Field::DestinationIp, Field::DestinationNatIp, ["pkt-dstaddr", "pkt_dstaddr"]),
    ] {
        if let Some(own) = get(names).filter(|own| address(&own.text) != record.ip(side)) {
            record.set(through, own);
        }
    }
    record.side = match get(["flow-direction", "flow_direction"]).as_ref().map(|way| way.raw) {
        Some("ingress") => Some(Side::Server),
        Some("egress") => Some(Side::Client),
        _ => None,
    };
    let stamp = row.get("start").or_else(|| row.get("end"));
    record.stamp = stamp.and_then(|stamp| time::read(&stamp.text));
    record
}

fn bare(text: &str) -> Option<Record<'_>> {
    let is_transit = text.contains(" tgw-");
    if !text.starts_with(|c: char| c.is_ascii_digit()) || !is_transit && !text.contains("eni-") {
        return None;
    }
    let row = Row::spaced(text);
    let is_epoch = |text: &str| text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_default = row.len() == 14 && row.raw(2).starts_with("eni-") && is_epoch(row.raw(10));
    if is_default {
        return Some(named(&Columns::new(row, NAMES)));
    }
    let columns = || (0..row.len()).map(|at| row.raw(at));
    let find = |is: &dyn Fn(&str) -> bool| columns().position(is);
    // A transit gateway does not decide.
    let interface = find(&|text| text.starts_with(if is_transit { "tgw-" } else { "eni-" }))?;
    let action = find(&|text| matches!(text, "ACCEPT" | "REJECT"));
    if action.is_none() && !is_transit {
        return None;
    }
    // Whoever left out the epochs has the verdict.
    let start = columns().position(is_epoch);
    if start.is_none() && action.is_none() {
        return None;
    }
    let source = find(&|text| address(text).is_some())?;
    address(row.raw(source + 1))?;
    let mut record = Record::new("aws.vpcflow");
    record.set(Field::SourceIp, row.raw(source));
    record.set(Field::DestinationIp, row.raw(source + 1));
    record.set(Field::Action, action.map_or("", |action| row.raw(action)));
    record.set(Field::ObserverName, row.raw(interface));
    record.stamp = start.and_then(|start| time::read(row.raw(start)));
    let start = start.unwrap_or(row.len());
    // `pkt-srcaddr` and `pkt-dstaddr`, where they are two more.
    let inner = (source + 2..row.len()).find(|&at| address(row.raw(at)).is_some());
    if let Some(inner) = inner.filter(|inner| address(row.raw(inner + 1)).is_some()) {
        for (side, through, at) in [
            (Field::SourceIp, Field::SourceNatIp, inner),
            (Field::DestinationIp, Field::DestinationNatIp, inner + 1),
        ] {
            if address(row.raw(at)) != record.ip(side) {
                record.set(through, row.raw(at));
            }
        }
    }
    // Numbers between the addresses and the epochs: ports, protocol, and the counts, which may
    // stand behind the epochs.
    let is_number = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
    let before: Vec<&str> = columns().take(start).skip(source + 2).filter(is_number).collect();
    let behind: Vec<&str> = columns().skip(start + 1).filter(|text| !is_epoch(text)).collect();
    let (ports, counts) = match before[..] {
        [_, _, _, one, other] => (&before[..3], Some((one, other))),
        // `tcp-flags` may follow.
        [_, _, _] | [_, _, _, _] => {
            let pair = behind.windows(2).find(|pair| pair.iter().all(is_number));
            (&before[..3], pair.map(|pair| (pair[0], pair[1])))
        }
        _ => return Some(record),
    };
    for (field, number) in
        [Field::SourcePort, Field::DestinationPort, Field::Transport].into_iter().zip(ports)
    {
        record.set(field, *number);
    }
    if let Some((one, other)) = counts {
        let is_sorted = one.len() < other.len() || one.len() == other.len() && one <= other;
        let (packets, bytes) = if is_sorted { (one, other) } else { (other, one) };
        record.set(Field::SourcePackets, packets);
        record.set(Field::SourceBytes, bytes);
    }
    Some(record)
}
