//! Windows DNS Server's debug log, `dns.log`: packets.
//!
//! The log's own "Message logging key" at its head: date, time, thread, context (`PACKET`), internal
//! packet identifier, `UDP`/`TCP`, `Snd`/`Rcv`, remote address, identifier, `R` for a response, opcode,
//! `[flags codes response code]`, type, name. The date is in the server's locale; Windows Server 2003
//! has no packet identifier, and some exports no thread. Names are labels behind their lengths:
//! `(3)www(7)example(3)org(0)`.
//!
//! A packet has one address: who sent it where it was received, who gets it where it was sent.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::dns;
use crate::record::shape::words::word;
use crate::record::value::address;
use crate::record::{Record, time};

pub(super) const FAMILY: Family = Family {
    name: "windows-dns",
    title: "Windows DNS Server, debug log",
    datasets: &["windows.dns_debug"],
    example: "6/10/2024 6:13:20 AM 06B0 PACKET  00000000028657F0 UDP Rcv 10.0.0.5        6590   Q [0001   \
              D   NOERROR] A      (3)www(7)example(3)org(0)",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.whole;
    let (mark, is_received) = [(" Rcv ", true), (" Snd ", false)]
        .iter()
        .filter_map(|(mark, is_received)| Some((text.find(mark)?, *is_received)))
        .min()?;
    let (left, packet) = (&text[..mark], &text[mark + 5..]);
    // What stands before it is short: a syslog header, a time and three or four words.
    let own = left.get(left.len().saturating_sub(256)..)?.trim_end();
    let transport = own.rsplit(' ').next().unwrap_or_default();
    if !matches!(transport, "UDP" | "TCP") {
        return None;
    }
    let (remote, rest) = word(packet);
    let (identifier, rest) = word(rest);
    let is_identifier =
        identifier.len() == 4 && identifier.bytes().all(|byte| byte.is_ascii_hexdigit());
    if address(remote).is_none() || !is_identifier {
        return None;
    }
    let mut record = Record::new("windows.dns_debug");
    // Its own before a header's.
    record.stamp = time::leading(message.text)
        .or_else(|| time::leading(message.timed))
        .or_else(|| time::leading(message.whole))
        .map(|(stamp, _)| stamp);
    record.set(Field::Transport, transport);
    record.set(if is_received { Field::SourceIp } else { Field::DestinationIp }, remote);
    // `R Q [8081   DR  NOERROR] A      (3)www…`, `  Q [0001   D   NOERROR] …`, `UR`.
    let (kind, rest) = rest.split_once('[')?;
    let (flags, question) = rest.split_once(']')?;
    // A question has no code, but `NOERROR` stands there all the same.
    if kind.trim_start().starts_with('R') || kind.contains("UR") {
        dns::code(&mut record, flags.split_ascii_whitespace().next_back().unwrap_or_default());
    }
    let (kind, name) = match word(question) {
        // The column may be empty.
        (name, _) if name.starts_with('(') => ("", name),
        both => both,
    };
    dns::kind(&mut record, kind);
    // Some versions write `.www.example.org.`.
    record.set(Field::QuestionName, word(name).0.trim_start_matches('.'));
    Some(record)
}
