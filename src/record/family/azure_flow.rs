//! Azure: flow logs of network security groups (v1, v2) and of virtual networks (v4).
//!
//! Test lines of Elastic's `azure_network_watcher_nsg` and `azure_network_watcher_vnet`; Microsoft's
//! pages on Network Watcher's flow logs were not at hand. A line holds the flows of a minute, as tuples that are texts:
//! `epoch,source,destination,port,port,T|U,I|O,A|D`, since version 2 with
//! `,B|C|E,packets,bytes,packets,bytes`; of virtual networks `milliseconds,…,protocol number,I|O,
//! B|C|E|D,encryption,packets,bytes,packets,bytes`. The record is that of the tuple that was hit.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::Named;
use crate::record::shape::json::Item;
use crate::record::shape::row::Row;
use crate::record::value::Value;
use crate::record::{Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "azure-flow",
    title: "Azure NSG and VNet flow logs",
    datasets: &["azure.nsgflow", "azure.vnetflow"],
    example: "{\"time\":\"2024-06-10T06:14:00.0000000Z\",\"category\":\"NetworkSecurityGroupFlowEvent\",\
              \"resourceId\":\"/SUBSCRIPTIONS/0/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.NETWORK/\
              NETWORKSECURITYGROUPS/APP-NSG\",\"properties\":{\"Version\":2,\"flows\":[{\"rule\":\
              \"DefaultRule_AllowInternetOutBound\",\"flows\":[{\"mac\":\"000D3AB0B6F0\",\"flowTuples\":\
              [\"1718000000,10.0.0.5,192.0.2.10,60049,443,T,O,A,E,30,16978,24,14008\"]}]}]}}",
    is_device: true,
    read,
};

/// A tuple, and the rule that it is listed under.
struct Tuple<'a> {
    text: Value<'a>,
    rule: Option<Value<'a>>,
}

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let object = message.object()?;
    let is_vnet = object.has("flowRecords.flows.flowGroups.flowTuples");
    if !is_vnet && !object.has("properties.flows.flows.flowTuples") {
        return None;
    }
    // The groups of a rule: `flows` in `properties.flows`, `flowGroups` in `flowRecords.flows`.
    let outer = object.find(if is_vnet { "flowRecords.flows" } else { "properties.flows" })?;
    let mut first = None;
    let mut hit = None;
    let mut count = 0_usize;
    for outer in outer.children() {
        let Some(groups) = outer.find(if is_vnet { "flowGroups" } else { "flows" }) else {
            continue;
        };
        for group in groups.children() {
            let rule = || group.get("rule").or_else(|| outer.get("rule"));
            for tuple in group.find("flowTuples").into_iter().flat_map(Item::children) {
                count += 1;
                let is_hit = hit.is_none() && message.is_hit(tuple.raw());
                if (first.is_none() || is_hit)
                    && let Some(text) = tuple.value()
                {
                    let found = Tuple { text, rule: rule() };
                    if is_hit { hit = Some(found) } else { first = Some(found) }
                }
            }
        }
    }
    let tuple = hit.or(first)?;
    let mut record = Record::new(if is_vnet { "azure.vnetflow" } else { "azure.nsgflow" });
    record.is_partial = count > 1;
    read_tuple(&mut record, &tuple.text, is_vnet);
    if let Some(rule) = tuple.rule {
        record.set(Field::RuleName, rule);
    }
    for name in ["targetResourceID", "flowLogResourceID", "resourceId"] {
        if let Some(id) = object.get(name) {
            record.set(Field::ObserverName, id.part(|id| id.rsplit('/').next().unwrap_or(id)));
        }
    }
    record.stamp =
        record.stamp.or_else(|| object.get("time").and_then(|stamp| time::read(&stamp.text)));
    Some(record)
}

fn read_tuple<'a>(record: &mut Record<'a>, tuple: &Value<'a>, is_vnet: bool) {
    // Nothing in a tuple is ever escaped.
    let row = Row::split(tuple.raw, ',');
    let column = |at| row.raw(at);
    record.stamp = time::read(column(0));
    record.set(Field::SourceIp, column(1));
    record.set(Field::DestinationIp, column(2));
    record.set(Field::SourcePort, column(3));
    record.set(Field::DestinationPort, column(4));
    match column(5) {
        "T" => record.set_word(Field::Transport, "tcp"),
        "U" => record.set_word(Field::Transport, "udp"),
        number => {
            record.set(Field::Transport, number);
        }
    }
    record.side = match column(6) {
        "I" => Some(Side::Server),
        "O" => Some(Side::Client),
        _ => None,
    };
    let verdict = match (column(7), is_vnet) {
        ("A", false) | ("B" | "C" | "E", true) => Some(Verdict::Allowed),
        ("D", _) => Some(Verdict::Blocked),
        _ => None,
    };
    record.set_action(column(7), verdict);
    for (field, at) in [
        (Field::SourcePackets, 9),
        (Field::SourceBytes, 10),
        (Field::DestinationPackets, 11),
        (Field::DestinationBytes, 12),
    ] {
        record.set(field, column(at));
    }
}
