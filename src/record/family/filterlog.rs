//! pf: the filterlog of pfSense and OPNsense, and `tcpdump -e` of a pflog.
//!
//! Netgate, "Raw Filter Log Format" (with its BNF); OPNsense's `filterlog/description.txt`: the same
//! columns, with a label for the tracker. Nine columns are common, then those of the IP version,
//! then those of the protocol. `tcpdump -e -n` writes `rule 5/0(match): block in on em0: A > B: …`,
//! OpenBSD's without the colon.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::row::Row;
use crate::record::shape::words::{after, word};
use crate::record::{Record, time};

pub(super) const FAMILY: Family = Family {
    name: "filterlog",
    title: "pf: pfSense, OPNsense, pflog",
    datasets: &["pf.filterlog", "pf.pflog"],
    example: "Jun 10 06:13:20 fw1 filterlog[43519]: 5,,,1000000103,igb1,match,block,in,4,0x0,,63,11763,\
              0,DF,6,tcp,60,10.0.0.5,192.0.2.10,62999,443,0,S,3994784945,,64240,,mss;sackOK",
    is_device: true,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    csv(message.text).or_else(|| pflog(message))
}

fn csv(text: &str) -> Option<Record<'_>> {
    // Some relays leave the program's name in the text.
    let text = text.strip_prefix("filterlog:").map_or(text, str::trim_start);
    let row = Row::split(text, ',');
    let column = |at| row.raw(at);
    if !column(0).bytes().all(|byte| byte.is_ascii_digit())
        || !matches!(column(7), "in" | "out" | "in/out")
    {
        return None;
    }
    const ACTIONS: [&str; 9] =
        ["pass", "block", "reject", "match", "rdr", "nat", "binat", "scrub", "synproxy drop"];
    if !ACTIONS.contains(&column(6)) {
        return None;
    }
    // Name of the protocol, source, destination, source port.
    let [protocol, source, destination, port] = match column(8) {
        "4" => [16, 18, 19, 20],
        "6" => [12, 15, 16, 17],
        _ => return None,
    };
    let mut record = Record::new("pf.filterlog");
    record.set(Field::Action, column(6));
    if column(6) == "match" {
        record.verdict = None;
    }
    if !record.set(Field::Transport, column(protocol)) {
        let number = if column(8) == "4" { 15 } else { 13 };
        record.set(Field::Transport, column(number));
    }
    record.set(Field::SourceIp, column(source));
    record.set(Field::DestinationIp, column(destination));
    if matches!(column(protocol).to_ascii_lowercase().as_str(), "tcp" | "udp" | "sctp") {
        record.set(Field::SourcePort, column(port));
        record.set(Field::DestinationPort, column(port + 1));
    }
    record.set(Field::RuleName, column(3));
    Some(record)
}

fn pflog<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.whole;
    let (number, matched) = after(text, "rule ")?.split_once("(match)")?;
    if !number.starts_with(|c: char| c.is_ascii_digit()) || number.len() > 128 {
        return None;
    }
    // ` [uid 0, pid 812]` may be there.
    let matched = match matched.trim_start().strip_prefix('[') {
        Some(process) => after(process, "]")?,
        None => matched,
    };
    let (action, rest) = word(matched.trim_start_matches(':'));
    let (direction, rest) = word(rest);
    if !matches!(direction, "in" | "out") {
        return None;
    }
    let packet = after(rest, ": ")?;
    let packet =
        packet.strip_prefix("IP6 ").or_else(|| packet.strip_prefix("IP ")).unwrap_or(packet);
    let (source, rest) = packet.split_once(" > ")?;
    let (destination, rest) = rest.split_once(": ").unwrap_or((rest, ""));
    let mut record = Record::new("pf.pflog");
    record.set(Field::Action, action);
    if action == "match" {
        record.verdict = None;
    }
    for (field, text) in [(Field::SourceIp, source), (Field::DestinationIp, destination)] {
        let (host, port) = dotted(text.trim_end_matches(':'));
        if record.set(field, host)
            && let Some(field) = field.port()
        {
            record.set(field, port);
        }
    }
    let first = word(rest).0;
    if rest.starts_with("Flags [")
        || matches!(first, "S" | "SE" | "P" | "F" | "R" | "." | "FP" | "SFRP")
    {
        record.set_word(Field::Transport, "tcp");
    } else {
        record.set(Field::Transport, first);
        if rest.contains(" udp ") {
            record.set_word(Field::Transport, "udp");
        }
    }
    record.stamp = time::leading(text).map(|(stamp, _)| stamp);
    Some(record)
}

/// `10.0.0.1.443`, `2001:db8::1.443`, and either without a port.
fn dotted(text: &str) -> (&str, &str) {
    match text.rsplit_once('.') {
        Some((host, port)) if host.contains(':') || host.matches('.').count() == 3 => (host, port),
        _ => (text, ""),
    }
}
