//! Windows Firewall without its header: lines of a `pfirewall.log` that a collector sent on.
//!
//! Microsoft, "Interpreting the Windows Firewall log". The columns have been the same since Windows
//! XP; with their header the family `w3c` reads them.

use super::Family;
use crate::record::field::Field;
use crate::record::header::HeaderKind;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::time::Stamp;
use crate::record::value::address;
use crate::record::{Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "windows-firewall",
    title: "Windows Firewall, without a header",
    datasets: &["windows.firewall"],
    example: "2024-06-10 06:13:20 DROP TCP 192.0.2.10 10.0.0.5 50616 3389 52 S 0 0 64240 - - - RECEIVE",
    is_device: false,
    read,
};

const ACTIONS: [&str; 6] = ["ALLOW", "DROP", "OPEN", "OPEN-INBOUND", "CLOSE", "INFO-EVENTS-LOST"];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if message.header.is_some_and(|header| header.kind == HeaderKind::W3c) {
        return None;
    }
    let row = [message.text, message.timed, message.whole].into_iter().find_map(columns)?;
    let mut record = Record::new("windows.firewall");
    record.set(Field::Action, row.raw(2));
    if matches!(row.raw(2), "OPEN" | "OPEN-INBOUND" | "CLOSE") {
        record.verdict = Some(Verdict::Allowed);
    }
    record.set(Field::Transport, row.raw(3));
    record.set(Field::SourceIp, row.raw(4));
    record.set(Field::DestinationIp, row.raw(5));
    record.set(Field::SourcePort, row.raw(6));
    record.set(Field::DestinationPort, row.raw(7));
    record.side = match row.raw(16) {
        "SEND" => Some(Side::Client),
        "RECEIVE" => Some(Side::Server),
        _ => None,
    };
    record.stamp = Stamp::from_parts(row.raw(0), row.raw(1), None);
    Some(record)
}

fn columns(text: &str) -> Option<Row<'_, 'static>> {
    if text.as_bytes().get(4) != Some(&b'-') || text.as_bytes().get(10) != Some(&b' ') {
        return None;
    }
    let row = Row::spaced(text);
    let is_own = (16..=18).contains(&row.len())
        && ACTIONS.contains(&row.raw(2))
        && (address(row.raw(4)).is_some() || row.raw(4) == "-");
    is_own.then_some(row)
}
