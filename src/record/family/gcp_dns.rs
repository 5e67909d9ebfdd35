//! Google Cloud DNS: query logs as Cloud Logging exports them.
//!
//! Google Cloud documentation, "Use logging and monitoring" of Cloud DNS: a `LogEntry` of the log
//! `dns.googleapis.com/dns_queries` whose `jsonPayload` has `queryName`, `sourceIP`, `responseCode`,
//! and answers as `rdata` (lines of a zone file) and `structuredRdata`. Some exports
//! have the payload at the top.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::{Named, Table, dns};
use crate::record::value::Value;
use crate::record::{Record, time};

pub(super) const FAMILY: Family = Family {
    name: "gcp-dns",
    title: "Google Cloud DNS query logs",
    datasets: &["gcp.dns"],
    example: "{\"insertId\":\"1\",\"jsonPayload\":{\"queryName\":\"www.example.org.\",\"queryType\":\"A\",\
              \"protocol\":\"UDP\",\"responseCode\":\"NOERROR\",\"sourceIP\":\"10.0.0.5\",\
              \"vmInstanceName\":\"vm-1\"},\"logName\":\"projects/p/logs/dns.googleapis.com%2Fdns_queries\",\
              \"timestamp\":\"2024-06-10T06:13:20.000Z\"}",
    is_device: false,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["jsonPayload.sourceIP", "sourceIP", "jsonPayload.egressIP"]),
    (Field::DestinationIp, &["jsonPayload.destinationIP", "destinationIP"]),
    (Field::Transport, &["jsonPayload.protocol", "protocol"]),
    (Field::QuestionName, &["jsonPayload.queryName", "queryName"]),
    (
        Field::HostName,
        &["jsonPayload.vmInstanceName", "jsonPayload.vmInstanceIdString", "vmInstanceName"],
    ),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let entry = message.object()?;
    let is_entry = entry.has("jsonPayload.queryName");
    if !is_entry
        && !(entry.has("queryName") && (entry.has("sourceNetwork") || entry.has("serverLatency")))
    {
        return None;
    }
    let get = |name: &str| entry.get(&format!("jsonPayload.{name}")).or_else(|| entry.get(name));
    let mut record = Record::new("gcp.dns");
    record.fill(&entry, TABLE);
    if let Some(kind) = get("queryType") {
        dns::kind(&mut record, kind);
    }
    if let Some(code) = get("responseCode") {
        dns::code(&mut record, code);
    }
    for name in ["jsonPayload.structuredRdata.rvalue", "structuredRdata.rvalue"] {
        entry.each(name, &mut |value| {
            dns::answer(&mut record, value);
        });
    }
    // The same as text: only where that is all there is.
    if !record.has(Field::ResolvedIp)
        && !record.has(Field::Answer)
        && let Some(value) = get("rdata")
    {
        for line in value.text.split('\n').take(64) {
            dns::resource(&mut record, &Value { raw: value.raw, text: line.to_owned().into() });
        }
    }
    record.stamp = ["timestamp", "receiveTimestamp"]
        .iter()
        .filter_map(|name| entry.get(name))
        .find_map(|value| time::read(&value.text));
    Some(record)
}
