//! Google Cloud: VPC flow logs, firewall rules logging, Cloud NAT logs.
//!
//! Google Cloud documentation, "About VPC Flow Logs records"; of firewall rules and Cloud NAT from
//! knowledge. All are `LogEntry`s with a `connection`; who connects is the source there, whichever
//! side reports. Flow records are of one direction, so the bytes are the source's. BigQuery, where
//! such logs are exported to, has numbers as `443.0`, times as `2024-06-10 06:13:20.1 UTC`, and
//! flattened names (`jsonPayload_connection_src_ip`).

use super::Family;
use crate::record::field::Field;
use crate::record::header::HeaderKind;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::shape::{Named, Table};
use crate::record::value::{Value, address};
use crate::record::{Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "gcp",
    title: "Google Cloud VPC flow, firewall and NAT logs",
    datasets: &["gcp.vpcflow", "gcp.firewall", "gcp.nat"],
    example: "{\"insertId\":\"1\",\"jsonPayload\":{\"bytes_sent\":\"74037\",\"connection\":{\"dest_ip\":\
              \"192.0.2.10\",\"dest_port\":443,\"protocol\":6,\"src_ip\":\"10.0.0.5\",\"src_port\":58588},\
              \"packets_sent\":\"12\",\"reporter\":\"SRC\"},\"timestamp\":\"2024-06-10T06:13:20.1Z\"}",
    is_device: false,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["connection.src_ip"]),
    (Field::DestinationIp, &["connection.dest_ip"]),
    (Field::Transport, &["connection.protocol"]),
    (Field::SourceNatIp, &["connection.nat_ip"]),
    (Field::SourceBytes, &["bytes_sent"]),
    (Field::SourcePackets, &["packets_sent"]),
    (Field::Action, &["disposition", "allocation_status"]),
    (Field::RuleName, &["rule_details.reference"]),
    (Field::ObserverName, &["gateway_identifiers.gateway_name"]),
    (Field::HostName, &["instance.vm_name", "endpoint.vm_name"]),
];

/// Where they are numbers that BigQuery may have made fractions of.
const PORTS: &[(Field, &str)] = &[
    (Field::SourcePort, "connection.src_port"),
    (Field::DestinationPort, "connection.dest_port"),
    (Field::SourceNatPort, "connection.nat_port"),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if let Some(entry) = message.object() {
        let payload = entry.find("jsonPayload").filter(|payload| payload.is_object());
        return flow(&payload.unwrap_or(entry), &entry).or_else(|| flow(&Flat(entry), &entry));
    }
    // The console's export, or a query's result.
    let header = message.header.filter(|header| header.kind == HeaderKind::Separated)?;
    if !["jsonPayload.connection.src_ip", "jsonPayload_connection_src_ip"]
        .iter()
        .any(|name| header.has(name))
    {
        return None;
    }
    let row = Row::csv(message.whole, header.separator).named(&header.names);
    flow(&Flat(&row), &row)
}

/// Columns: a name with its path before it.
struct Flat<T>(T);

impl<'a, T: Named<'a>> Named<'a> for Flat<T> {
    fn get(&self, name: &str) -> Option<Value<'a>> {
        let dotted = format!("jsonPayload.{name}");
        self.0.get(&dotted).or_else(|| self.0.get(&dotted.replace('.', "_")))
    }
}

fn flow<'a>(payload: &impl Named<'a>, entry: &impl Named<'a>) -> Option<Record<'a>> {
    let is_address = |name| payload.get(name).is_some_and(|value| address(&value.text).is_some());
    if !is_address("connection.src_ip") || !is_address("connection.dest_ip") {
        return None;
    }
    let dataset = dataset(payload)?;
    let mut record = Record::new(dataset);
    record.fill(payload, TABLE);
    for &(field, name) in PORTS {
        if let Some(port) = payload.get(name) {
            record.set(field, port.part(|port| port.strip_suffix(".0").unwrap_or(port)));
        }
    }
    match dataset {
        "gcp.nat" => {
            // Google's words: a port was found for the connection, or it was dropped.
            record.verdict =
                match payload.get("allocation_status").as_ref().map(|status| status.raw) {
                    Some("OK") => Some(Verdict::Allowed),
                    Some("DROPPED") => Some(Verdict::Blocked),
                    _ => None,
                };
            record.side = Some(Side::Client);
        }
        "gcp.firewall" => {
            let way = payload.get("rule_details.direction");
            record.side = match way.as_ref().map(|way| way.raw) {
                Some("INGRESS") => Some(Side::Server),
                Some("EGRESS") => Some(Side::Client),
                _ => None,
            };
        }
        _ => {
            let is_source = payload.is("reporter", "SRC") || payload.is("reporter", "SRC_GATEWAY");
            record.side = Some(if is_source { Side::Client } else { Side::Server });
            let name = if is_source { "src_instance.vm_name" } else { "dest_instance.vm_name" };
            if let Some(name) = payload.get(name) {
                record.set(Field::HostName, name);
            }
        }
    }
    let stamps = [
        entry.get("timestamp"),
        payload.get("start_time"),
        payload.get("end_time"),
        entry.get("receiveTimestamp"),
    ];
    record.stamp = stamps.into_iter().flatten().find_map(|stamp| time::read(&stamp.text));
    Some(record)
}

fn dataset<'a>(payload: &impl Named<'a>) -> Option<&'static str> {
    if payload.has("reporter") || payload.has("bytes_sent") {
        Some("gcp.vpcflow")
    } else if payload.has("disposition") || payload.has("rule_details") {
        Some("gcp.firewall")
    } else if payload.has("allocation_status") {
        Some("gcp.nat")
    } else {
        None
    }
}
