//! OpenVPN servers (and clients): whatever names a peer.
//!
//! OpenVPN's `multi.c` for the status files; the rest is from knowledge of its logs and of the
//! management interface (`>LOG:epoch,flags,`). A server puts the client before each line:
//! `192.0.2.10:60584`, after log on `user/192.0.2.10:60584`, since 2.7 `udp4:192.0.2.10:60584`; a
//! client, which has one peer, puts nothing. Messages name addresses as `[AF_INET]192.0.2.10:60584`. Files have `2024-06-10 06:13:20`
//! before it (2.5), `Mon Jun 10 06:13:20 2024` (2.4), with `us=…` behind it at `verb 4`. Status files
//! have `CLIENT_LIST,user,192.0.2.10:60584,10.8.0.6,…`, those of version 1 a title line.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::shape::words::{after, before, between, word};
use crate::record::value::{address, endpoint};
use crate::record::{Outcome, Record, time};

pub(super) const FAMILY: Family = Family {
    name: "openvpn",
    title: "OpenVPN",
    datasets: &["openvpn.log"],
    example: "2024-06-10 06:13:20 192.0.2.10:60584 TLS: Initial packet from \
              [AF_INET]192.0.2.10:60584, sid=60224ccf f9057f25",
    is_device: false,
    read,
};

/// What a line without a program's name and without `[AF_INET]` says behind the client.
const BEGINNINGS: &[&str] = &[
    "TLS",
    "VERIFY ",
    "peer info: ",
    "Peer Connection ",
    "MULTI",
    "SENT CONTROL",
    "PUSH: ",
    "Control Channel",
    "Data Channel",
    "Outgoing Data",
    "Incoming Data",
    "AUTH",
    "SIGTERM[",
    "SIGUSR1[",
    "Connection reset, ",
    "Re-using ",
    "Inactivity timeout",
    "Authenticate/Decrypt",
    "Fatal TLS",
    "OPTIONS IMPORT",
    "Expected Remote Options",
    "Local Options",
    "PLUGIN_CALL",
    "Delayed exit",
    "[",
];

/// What a client's log begins with, that names no peer in brackets.
const ALONE: &[&str] =
    &["VERIFY OK: depth=", "VERIFY ERROR: depth=", "RESOLVE: Cannot resolve host address: "];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let is_own = message.is_from("openvpn") || message.is_from("ovpn");
    let text = if is_own { message.text } else { message.timed };
    if let Some(record) = status(message) {
        return Some(record);
    }
    let managed = text.strip_prefix(">LOG:").and_then(|rest| rest.split_once(','));
    let text = match managed {
        // `1718000000,I,…`
        Some((_, rest)) => rest.split_once(',').map_or("", |(_, said)| said),
        None => text,
    };
    let stamped = time::leading(text);
    let rest = stamped.map_or(text, |(_, rest)| rest.trim_start());
    let rest = match rest.strip_prefix("us=") {
        Some(rest) => word(rest).1,
        None => rest,
    };
    let (first, behind) = word(rest);
    let (user, client) = client(first);
    let has_client = client.is_some();
    let is_likely = rest.contains("[AF_INET")
        || has_client && BEGINNINGS.iter().any(|begin| behind.starts_with(begin))
        || ALONE.iter().any(|begin| rest.starts_with(begin));
    if !is_own && !is_likely {
        return None;
    }
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    record.stamp = managed.and_then(|(epoch, _)| time::read(epoch));
    record.stamp = record.stamp.or(stamped.map(|(stamp, _)| stamp));
    let said = if has_client { behind } else { rest };
    if let Some(client) = client {
        record.set(Field::SourceIp, client);
        record.set(Field::UserName, user.unwrap_or_default());
    }
    outcome(&mut record, said);
    names(&mut record, said, has_client);
    let Some(peer) = after(said, "[AF_INET").and_then(|rest| rest.split_once(']')) else {
        return Some(record);
    };
    let peer = word(peer.1).0.trim_end_matches([',', ';', '.']);
    if !has_client && is_server(said, peer) {
        record.side = Some(Side::Client);
        record.set(Field::DestinationIp, peer);
    } else if !said.contains("link local") && !said.starts_with("Listening") {
        record.set(Field::SourceIp, peer);
    }
    for (mark, transport) in [("UDP", "udp"), ("TCP", "tcp")] {
        if said.starts_with(mark) && !said.starts_with("TCP/UDP") {
            record.set_word(Field::Transport, transport);
        }
    }
    Some(record)
}

/// Whether a peer is the server that a client talks to.
fn is_server(said: &str, peer: &str) -> bool {
    const SAYINGS: &[&str] = &[
        "link remote:",
        "Attempting to ",
        "initiated with server",
        "remote address: ",
        "Peer Connection Initiated with",
        "[nonblock]",
    ];
    let port = endpoint(peer).1.and_then(|port| port.parse::<u16>().ok());
    SAYINGS.iter().any(|saying| said.contains(saying))
        || port.is_some_and(|port| port < 1024 || port == 1194)
            && said.contains(" established with")
}

/// What status files and the management interface have of clients.
fn status<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.whole;
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    let mut set = |user: &'a str, real: &'a str, inside: &'a str, stamps: &[&str]| {
        let real = client(real).1?;
        record.set(Field::SourceIp, real);
        record.set(Field::UserName, user);
        record.set(Field::SourceNatIp, inside);
        record.stamp = stamps.iter().find_map(|stamp| time::read(stamp));
        Some(())
    };
    let (label, separator) = match text.find([',', '\t']) {
        Some(at) => (&text[..at], text.as_bytes()[at]),
        None => return management(text),
    };
    let row = Row::csv(text, separator);
    let column = |at| row.raw(at);
    let is_count = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let counter = match label {
        "CLIENT_LIST" => {
            // 2.4 put an IPv6 address before the counters.
            let counter = if is_count(column(4)) { 4 } else { 5 };
            set(column(1), column(2), column(3), &[column(counter + 2), column(counter + 3)])?;
            counter
        }
        "ROUTING_TABLE" => {
            set(column(2), column(3), column(1), &[column(4), column(5)])?;
            return Some(record);
        }
        _ if label.starts_with('>') => return management(text),
        // Version 1: `user,192.0.2.10:60584,received,sent,since`, `10.8.0.6,user,…,since`.
        _ if row.len() == 5 && is_count(column(2)) && is_count(column(3)) => {
            time::read(column(4))?;
            set(column(0), column(1), "", &[column(4)])?;
            2
        }
        _ if row.len() == 4 => {
            time::read(column(3))?;
            // `10.8.0.6C` is learned from the packet, a net has its length.
            address(column(0).trim_end_matches('C').split('/').next()?)?;
            set(column(1), column(2), column(0).trim_end_matches('C'), &[column(3)])?;
            return Some(record);
        }
        _ => return None,
    };
    record.set(Field::SourceBytes, column(counter));
    record.set(Field::DestinationBytes, column(counter + 1));
    Some(record)
}

/// `>CLIENT:ENV,trusted_ip=192.0.2.10`, `>STATE:epoch,CONNECTED,SUCCESS,10.8.0.6,192.0.2.1,1194,…`.
fn management(text: &str) -> Option<Record<'_>> {
    let mut record = Record::new(FAMILY.datasets[0]);
    if let Some((name, value)) = text.strip_prefix(">CLIENT:ENV,").and_then(|t| t.split_once('=')) {
        record.side = Some(Side::Server);
        match name {
            "trusted_ip" | "untrusted_ip" | "trusted_ip6" | "untrusted_ip6" => {
                record.set(Field::SourceIp, value);
            }
            "trusted_port" | "untrusted_port" => {
                record.set(Field::SourcePort, value);
            }
            "common_name" | "username" => {
                record.set(Field::UserName, value);
            }
            _ => {}
        }
        return Some(record);
    }
    let row = Row::csv(text.strip_prefix(">STATE:")?, b',');
    record.side = Some(Side::Client);
    record.stamp = time::read(row.raw(0));
    record.set(Field::DestinationIp, row.raw(4));
    record.set(Field::DestinationPort, row.raw(5));
    Some(record)
}

/// User and endpoint of `user/192.0.2.10:60584`, `udp4:192.0.2.10:60584`.
fn client(text: &str) -> (Option<&str>, Option<&str>) {
    let (user, peer) = match text.rsplit_once('/') {
        Some((user, peer)) => (Some(user), peer),
        None => (None, text),
    };
    // `user/[AF_INET6]2001:db8::1:60584`
    let peer = peer
        .strip_prefix("[AF_INET")
        .and_then(|rest| rest.split_once(']'))
        .map_or(peer, |(_, peer)| peer);
    let peer = match peer.split_once(':') {
        Some((transport, rest)) if transport.starts_with("udp") || transport.starts_with("tcp") => {
            rest
        }
        _ => peer,
    };
    match endpoint(peer) {
        (host, Some(_)) if address(host).is_some() => (user, Some(peer)),
        _ => (None, None),
    }
}

fn outcome(record: &mut Record<'_>, said: &str) {
    if said.contains("Peer Connection Initiated") {
        record.set_word(Field::Action, "Peer Connection Initiated");
        record.outcome = Some(Outcome::Success);
    } else if said.contains("AUTH_FAILED")
        || said.contains("TLS Auth Error")
        || said.contains("auth failed")
    {
        record.set_word(Field::Action, "AUTH_FAILED");
        record.outcome = Some(Outcome::Failure);
    } else if said.starts_with("TLS Error")
        || said.starts_with("VERIFY ERROR")
        || said.starts_with("Fatal TLS")
    {
        record.set_word(Field::Action, "TLS Error");
        record.outcome = Some(Outcome::Failure);
    } else if said.contains("authentication succeeded") || said.ends_with("' authenticated") {
        record.set_word(Field::Action, "authentication succeeded");
        record.outcome = Some(Outcome::Success);
    } else if said.ends_with(" - connected") {
        record.set_word(Field::Action, "connected");
        record.outcome = Some(Outcome::Success);
    } else if said.contains("could not authenticate") {
        record.set_word(Field::Action, "AUTH_FAILED");
        record.outcome = Some(Outcome::Failure);
    }
}

fn names<'a>(record: &mut Record<'a>, said: &'a str, has_client: bool) {
    // `[user] Peer Connection Initiated with …`; a client says whom it talks to.
    if said.contains("Peer Connection Initiated") {
        let name = between(said, "[", "]").filter(|_| said.starts_with('[')).unwrap_or_default();
        record.set(if has_client { Field::UserName } else { Field::DestinationDomain }, name);
    }
    // `authentication succeeded for username 'user'`.
    if let Some(user) = after(said, "username ") {
        let user = between(user, "'", "'").or_else(|| between(user, "\"", "\""));
        record.set(Field::UserName, user.unwrap_or_default());
    }
    // pfSense: `openvpn server 'ovpns1' user 'user' address '192.0.2.10' - connected`.
    if let Some(user) = between(said, "user '", "'") {
        record.set(Field::UserName, user);
        record.set(Field::SourceIp, between(said, "address '", "'").unwrap_or_default());
    }
    if let Some(subject) = after(said, "VERIFY OK: depth=0, ") {
        let name = after(subject, "CN=").map_or("", |name| before(before(name, ","), "/"));
        if has_client {
            record.set(Field::UserName, name);
        } else {
            record.set(Field::CertificateSubject, subject);
            record.side = Some(Side::Client);
        }
    }
    if let Some(name) = after(said, "RESOLVE: Cannot resolve host address: ") {
        record.set(Field::DestinationDomain, endpoint(word(name).0).0);
        record.side = Some(Side::Client);
        record.outcome = Some(Outcome::Failure);
    }
}
