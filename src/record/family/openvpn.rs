//! OpenVPN servers (and clients): whatever names a peer.
//!
//! OpenVPN's manual (`--log`, `--verb`) and its sources (`multi.c`, `ssl.c`, `socket.c`). A server
//! puts the client before each line: `192.0.2.10:60584`, after log on `user/192.0.2.10:60584`, since
//! 2.7 `udp4:192.0.2.10:60584`. Messages name addresses as `[AF_INET]192.0.2.10:60584`. Files have
//! `2024-06-10 06:13:20` before it (2.5), `Mon Jun 10 06:13:20 2024` (2.4), with `us=…` behind it at
//! `verb 4`; status files have `CLIENT_LIST,user,192.0.2.10:60584,10.8.0.6,…`.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::shape::words::{after, between, word};
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

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let is_own = message.is_from("openvpn") || message.is_from("ovpn");
    let text = if is_own { message.text } else { message.timed };
    if let Some(record) = status(message.whole) {
        return Some(record);
    }
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
        || has_client && BEGINNINGS.iter().any(|begin| behind.starts_with(begin));
    if !is_own && !is_likely {
        return None;
    }
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    record.stamp = stamped.map(|(stamp, _)| stamp);
    let said = if has_client { behind } else { rest };
    if let Some(client) = client {
        record.set(Field::SourceIp, client);
        record.set(Field::UserName, user.unwrap_or_default());
    }
    outcome(&mut record, said);
    names(&mut record, said);
    let Some(peer) = after(said, "[AF_INET").and_then(|rest| rest.split_once(']')) else {
        return Some(record);
    };
    let peer = word(peer.1).0.trim_end_matches([',', ';', '.']);
    // What a client says of its server, and what is said of the own end.
    if said.contains("link remote:")
        || said.starts_with("Attempting to ")
        || said.contains("initiated with server")
    {
        record.side = Some(Side::Client);
        record.set(Field::DestinationIp, peer);
    } else if !said.contains("link local") && !said.starts_with("Listening") {
        record.set(Field::SourceIp, peer);
    }
    for (mark, transport) in [("UDP", "udp"), ("TCP", "tcp")] {
        if said.starts_with(mark) {
            record.set_word(Field::Transport, transport);
        }
    }
    Some(record)
}

/// `CLIENT_LIST,user,192.0.2.10:60584,10.8.0.6,,received,sent,since,…`.
fn status(text: &str) -> Option<Record<'_>> {
    let rest = text.strip_prefix("CLIENT_LIST")?;
    let separator = rest.bytes().next().filter(|byte| b",\t".contains(byte))?;
    let row = Row::csv(text, separator);
    address(endpoint(client(row.raw(2)).1?).0)?;
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    record.set(Field::UserName, row.raw(1));
    record.set(Field::SourceIp, client(row.raw(2)).1?);
    record.set(Field::SourceNatIp, row.raw(3));
    // 2.4 put an IPv6 address before the counters.
    let counter = if row.raw(4).is_empty() || row.raw(4).contains(':') { 5 } else { 4 };
    record.set(Field::SourceBytes, row.raw(counter));
    record.set(Field::DestinationBytes, row.raw(counter + 1));
    record.stamp = time::read(row.raw(counter + 2)).or_else(|| time::read(row.raw(counter + 3)));
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
    } else if said.contains("authentication succeeded") {
        record.set_word(Field::Action, "authentication succeeded");
        record.outcome = Some(Outcome::Success);
    }
}

fn names<'a>(record: &mut Record<'a>, said: &'a str) {
    // `[user] Peer Connection Initiated with …`, also `[user]` after `VERIFY`.
    if said.contains("Peer Connection Initiated") {
        record.set(Field::UserName, between(said, "[", "]").unwrap_or_default());
    }
    // `authentication succeeded for username 'user'`.
    if let Some(user) = after(said, "username ") {
        let user = between(user, "'", "'").or_else(|| between(user, "\"", "\""));
        record.set(Field::UserName, user.unwrap_or_default());
    }
    if let Some(subject) = after(said, "VERIFY OK: depth=0, ") {
        record.set(
            Field::UserName,
            after(subject, "CN=")
                .map_or("", |name| name.split([',', '/']).next().unwrap_or_default()),
        );
    }
}
