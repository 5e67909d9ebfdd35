//! AWS Network Firewall: Suricata's events in an envelope of its own.
//!
//! AWS Network Firewall Developer Guide, "Contents of a AWS Network Firewall log": `firewall_name`,
//! `availability_zone`, `event_timestamp` (seconds) and `event`, which is EVE JSON.

use super::{Family, suricata};
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::{Named, Table};
use crate::record::{Record, time};

pub(super) const FAMILY: Family = Family {
    name: "aws-network-firewall",
    title: "AWS Network Firewall",
    datasets: &["aws.networkfirewall"],
    example: "{\"firewall_name\":\"fw1\",\"availability_zone\":\"eu-central-1a\",\"event_timestamp\":\
              \"1718000000\",\"event\":{\"timestamp\":\"2024-06-10T06:13:20.000000+0000\",\"flow_id\":1,\
              \"event_type\":\"alert\",\"src_ip\":\"10.0.0.5\",\"src_port\":51424,\"dest_ip\":\
              \"192.0.2.10\",\"dest_port\":443,\"proto\":\"TCP\",\"alert\":{\"action\":\"blocked\",\
              \"signature\":\"deny\"}}}",
    is_device: true,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let object = message.object()?;
    if !object.has("firewall_name") {
        return None;
    }
    let event = object.find("event").filter(|event| event.is_object())?;
    let inner = Message { element: event.index(), ..message.clone() };
    let mut record = match (suricata::FAMILY.read)(&inner) {
        Some(record) => record,
        // The logs of TLS inspection have the same names, and no type.
        None if event.has("src_ip") => inspected(&event),
        None => return None,
    };
    record.dataset = "aws.networkfirewall";
    record.entries.retain(|entry| entry.field != Field::ObserverName);
    if let Some(name) = object.get("firewall_name") {
        record.set(Field::ObserverName, name);
    }
    if let Some(host) = object.get("event.tls_inspected").and(object.get("event.tls.sni")) {
        record.set(Field::ServerName, host);
    }
    record.stamp = record
        .stamp
        .or_else(|| object.get("event_timestamp").and_then(|stamp| time::read(&stamp.text)));
    Some(record)
}

const INSPECTED: &Table = &[
    (Field::SourceIp, &["src_ip"]),
    (Field::SourcePort, &["src_port"]),
    (Field::DestinationIp, &["dest_ip"]),
    (Field::DestinationPort, &["dest_port"]),
    (Field::ServerName, &["sni"]),
];

fn inspected<'a>(event: &impl Named<'a>) -> Record<'a> {
    let mut record = Record::new("aws.networkfirewall");
    record.fill(event, INSPECTED);
    record.set_word(Field::Transport, "tcp");
    record.set_word(Field::Protocol, "tls");
    record.stamp = event.get("timestamp").and_then(|stamp| time::read(&stamp.text));
    record
}
