//! passivedns: `time||client||server||class||name||type||answer||ttl||count`.
//!
//! passivedns(8) and its README: fields are separated by `||`; `-j` writes the same as JSON. `NXDOMAIN`
//! and the like (`-X`) stand in the answer's place.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::{Named, Table, dns};
use crate::record::{Record, time};

pub(super) const FAMILY: Family = Family {
    name: "passivedns",
    title: "passivedns",
    datasets: &["passivedns"],
    example: "1718000000.122502||10.0.0.5||10.0.0.53||IN||www.example.org.||A||192.0.2.1||300||1",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["client"]),
    (Field::DestinationIp, &["server"]),
    (Field::QuestionName, &["query"]),
    (Field::ObserverName, &["hostname"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let mut record = Record::new("passivedns");
    if let Some(event) = message.object() {
        if !event.has("timestamp_s") || !event.has("query") || !event.has("client") {
            return None;
        }
        record.fill(&event, TABLE);
        dns::kind(&mut record, event.get("type")?);
        if let Some(answer) = event.get("answer") {
            data(&mut record, answer.raw);
        }
        record.stamp = event.get("timestamp_s").and_then(|value| time::read(&value.text));
        return Some(record);
    }
    let mut columns = message.text.split("||");
    let (stamp, client, server) = (columns.next()?, columns.next()?, columns.next()?);
    let (class, name, kind) = (columns.next()?, columns.next()?, columns.next()?);
    if !dns::is_class(class) {
        return None;
    }
    record.stamp = time::read(stamp);
    record.set(Field::SourceIp, client);
    record.set(Field::DestinationIp, server);
    record.set(Field::QuestionName, name);
    dns::kind(&mut record, kind);
    data(&mut record, columns.next().unwrap_or_default());
    Some(record)
}

fn data<'a>(record: &mut Record<'a>, answer: &'a str) {
    match answer {
        "NXDOMAIN" | "SERVFAIL" | "REFUSED" | "FORMERR" | "NOTIMP" => dns::code(record, answer),
        _ => dns::answer(record, answer),
    };
}
