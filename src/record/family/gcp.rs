//! Google Cloud: VPC flow logs, firewall rules logging, Cloud NAT logs.
//!
//! Google Cloud documentation, "VPC Flow Logs record format", "Firewall Rules Logging: log format",
//! "Cloud NAT logging". All are `LogEntry`s with a `connection`; who connects is the source there,
//! whichever side reports. Flow records are of one direction, so the bytes are the source's.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::json::Item;
use crate::record::shape::{Named, Table};
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
    (Field::SourcePort, &["connection.src_port"]),
    (Field::DestinationIp, &["connection.dest_ip"]),
    (Field::DestinationPort, &["connection.dest_port"]),
    (Field::Transport, &["connection.protocol"]),
    (Field::SourceNatIp, &["connection.nat_ip"]),
    (Field::SourceNatPort, &["connection.nat_port"]),
    (Field::SourceBytes, &["bytes_sent"]),
    (Field::SourcePackets, &["packets_sent"]),
    (Field::Action, &["disposition", "allocation_status"]),
    (Field::RuleName, &["rule_details.reference"]),
    (Field::ObserverName, &["gateway_identifiers.gateway_name"]),
    (Field::HostName, &["instance.vm_name", "endpoint.vm_name"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let entry = message.object()?;
    let payload = entry.find("jsonPayload").filter(|payload| payload.is_object()).unwrap_or(entry);
    if !payload.has("connection.src_ip") || !payload.has("connection.dest_ip") {
        return None;
    }
    let dataset = dataset(&payload)?;
    let mut record = Record::new(dataset);
    record.fill(&payload, TABLE);
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
        (entry, "timestamp"),
        (payload, "start_time"),
        (payload, "end_time"),
        (entry, "receiveTimestamp"),
    ];
    record.stamp = stamps.iter().find_map(|(item, name)| time::read(&item.get(name)?.text));
    Some(record)
}

fn dataset(payload: &Item<'_, '_>) -> Option<&'static str> {
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
