//! Linux: the LOG target of iptables and nftables, and UFW, which is made of it.
//!
//! `IN=eth1 OUT=eth0 MAC=… SRC=… DST=… LEN=… PROTO=TCP SPT=… DPT=…` is written by the kernel
//! (`net/netfilter/nf_log_syslog.c`, before 5.13 `net/ipv4/netfilter/nf_log_ipv4.c`). What the rule
//! did is not in it; the administrator's prefix (`--log-prefix`) usually says so, and UFW's always
//! does.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::words::{find, word};
use crate::record::shape::{Named, Table};
use crate::record::{Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "netfilter",
    title: "Linux iptables, nftables, UFW",
    datasets: &["iptables.log", "ufw.log"],
    example: "Jun 10 06:13:20 gw01 kernel: [345577.316907] FW-DROP: IN=eth1 OUT=eth0 \
              MAC=5e:9e:cf:25:56:86:36:05:57:9e:6a:89:08:00 SRC=192.168.29.20 DST=192.0.2.10 LEN=60 \
              TOS=0x00 PREC=0x00 TTL=63 ID=10284 DF PROTO=TCP SPT=56739 DPT=443 WINDOW=64240 \
              RES=0x00 SYN URGP=0",
    is_device: false,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["SRC"]),
    (Field::SourcePort, &["SPT"]),
    (Field::DestinationIp, &["DST"]),
    (Field::DestinationPort, &["DPT"]),
    (Field::Transport, &["PROTO"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    // A prefix without a space at its end is glued to it: `DROPIN=eth0 OUT= `.
    let (prefix, packet) = text.split_at(find(text, "IN=")?);
    if !word(packet).1.starts_with("OUT=") || !packet.contains(" SRC=") {
        return None;
    }
    let prefix = prefix.trim();
    let prefix = match prefix.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        // The seconds since the machine was started.
        Some((uptime, rest)) if uptime.trim().starts_with(|c: char| c.is_ascii_digit()) => {
            rest.trim()
        }
        _ => prefix,
    };
    let is_ufw = prefix.starts_with("[UFW");
    let mut record = Record::new(if is_ufw { "ufw.log" } else { "iptables.log" });
    let pairs = Pairs::new(packet, Style::SPACED);
    record.fill(&pairs, TABLE);
    if let Some((action, verdict)) = action(prefix) {
        record.set_action(action, Some(verdict));
    }
    let is_empty = |name| pairs.get(name).is_some_and(|value| value.text.is_empty());
    record.side = match (is_empty("IN"), is_empty("OUT")) {
        (false, true) => Some(Side::Server),
        (true, false) => Some(Side::Client),
        _ => None,
    };
    Some(record)
}

/// The last word of the prefix that says what was done: `FW-EGRESS-DROP:`, `[UFW LIMIT BLOCK]`;
/// VyOS and EdgeOS have a letter for it, `[WAN_IN-default-D]`.
fn action(prefix: &str) -> Option<(&str, Verdict)> {
    if let Some((_, letter)) = prefix.strip_suffix(']').and_then(|rule| rule.rsplit_once('-')) {
        match letter {
            "A" => return Some((letter, Verdict::Allowed)),
            "D" | "R" => return Some((letter, Verdict::Blocked)),
            _ => {}
        }
    }
    let words = prefix.rsplit(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).find_map(|word| {
        // `AUDIT` says that nothing was decided yet.
        Some((word, Verdict::of(word)?))
    })
}
