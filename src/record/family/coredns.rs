//! CoreDNS: the plugins `log` and `errors`.
//!
//! coredns.io, plugin *log*, "Log Format": `{remote}:{port} - {>id} "{type} {class} {name} {proto}
//! {size} {>do} {>bufsize}" {rcode} {>rflags} {rsize} {duration}`, with the level before it in
//! brackets; `{combined}` has the opcode before the flags, and CoreDNS before 1.2 a date in the place
//! of the identifier. Plugin *errors*: `2 name. A: read udp 10.0.0.5:38214->192.0.2.53:53: i/o timeout`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::dns;
use crate::record::shape::words::{after, before, quoted, word};
use crate::record::{Outcome, Record, time};

pub(super) const FAMILY: Family = Family {
    name: "coredns",
    title: "CoreDNS, plugins log and errors",
    datasets: &["coredns"],
    example: "[INFO] 10.0.0.5:51622 - 19655 \"A IN www.example.org. udp 45 false 1232\" NOERROR \
              qr,rd,ra 72 0.067594929s",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    if let Some(error) = after(text, "plugin/errors: ") {
        return errors(error);
    }
    let (left, rest) = text.split_once(" - ")?;
    let client = left.rsplit(' ').next().unwrap_or(left);
    let open = rest.find('"').filter(|&at| at < 64)?;
    let (query, after) = quoted(&rest[open..])?;
    let mut words = query.split_ascii_whitespace();
    let (kind, class) = (words.next()?, words.next()?);
    let (name, transport) = (words.next()?, words.next()?);
    if !dns::is_class(class) || !client.contains(':') || words.next()?.parse::<u32>().is_err() {
        return None;
    }
    let mut record = Record::new("coredns");
    record.stamp = time::leading(left).map(|(stamp, _)| stamp);
    // The date that stood there before 1.2.
    record.stamp = record.stamp.or_else(|| time::read(rest[..open].trim()));
    record.set(Field::SourceIp, client);
    record.set(Field::QuestionName, name);
    dns::kind(&mut record, kind);
    // DNS over TLS, HTTPS, gRPC, QUIC.
    match transport {
        "tls" | "tcp-tls" | "https" | "grpc" => record.set_word(Field::Transport, "tcp"),
        "quic" | "https3" => record.set_word(Field::Transport, "udp"),
        _ => {
            record.set(Field::Transport, transport);
        }
    }
    dns::code(&mut record, word(after).0);
    Some(record)
}

fn errors(text: &str) -> Option<Record<'_>> {
    let mut record = Record::new("coredns");
    let (_, rest) = word(text);
    let (name, rest) = word(rest);
    record.set(Field::QuestionName, name);
    let (kind, why) = rest.split_once(':')?;
    dns::kind(&mut record, kind);
    record.outcome = Some(Outcome::Failure);
    // `read udp 10.0.0.5:38214->192.0.2.53:53: i/o timeout`: from this server to the next.
    let words = why.split_ascii_whitespace().take(16);
    if let Some((from, to)) = words.filter_map(|word| word.split_once("->")).next() {
        record.set(Field::SourceIp, from);
        record.set(Field::DestinationIp, to.trim_end_matches(':'));
        record.set(
            Field::Transport,
            before(after(why, "read ").or_else(|| after(why, "write "))?, " "),
        );
    }
    Some(record)
}
