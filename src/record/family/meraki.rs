//! Cisco Meraki: MX, MR and MS by syslog.
//!
//! Meraki's "Syslog Server Overview and Configuration" and "Syslog Event Types and Log Samples"; what
//! the roles became in MX 18.101 (`flows` is `firewall`, `vpn_firewall`, `cellular_firewall`, …).
//! `1 1718000000.123 MX84 flows src=…`: an epoch and the device stand where RFC 5424 has its header,
//! and the role begins the message. A rule's verdict stands before the pairs (MR) or behind
//! `pattern:` (MX), where 0 allows and 1 denies.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::words::{after, between, word, word_after};
use crate::record::shape::{Named, Table};
use crate::record::value::{address, endpoint};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "meraki",
    title: "Cisco Meraki: flows, firewall, urls, ids-alerts, security_event, ip_flow, events",
    datasets: &["cisco.meraki"],
    example: "<134>1 1718000000.123456789 MX84 flows src=10.0.0.5 dst=192.0.2.10 \
              mac=00:00:5E:00:53:01 protocol=tcp sport=51022 dport=443 pattern: allow all",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["src"]),
    (Field::SourcePort, &["sport"]),
    (Field::DestinationIp, &["dst", "server", "server_ip"]),
    (Field::DestinationPort, &["dport"]),
    (Field::SourceNatIp, &["translated_src_ip"]),
    (Field::DestinationNatIp, &["translated_dst_ip"]),
    (Field::Transport, &["protocol"]),
    (Field::Action, &["decision", "action"]),
    (Field::Url, &["url"]),
    (Field::UserAgent, &["agent"]),
    (Field::UserName, &["identity"]),
    (Field::FileSha256, &["sha256"]),
    (Field::FileName, &["name"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    // A relay may have put its own header before what begins with the epoch.
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return role(text);
    }
    let (stamp, rest) = time::leading(text)?;
    let (host, rest) = word(rest);
    let mut record = role(rest)?;
    record.stamp = Some(stamp);
    record.set(Field::ObserverName, host);
    Some(record)
}

fn role(text: &str) -> Option<Record<'_>> {
    let (role, rest) = word(text);
    let is_flow = matches!(role, "flows" | "ip_flow_start" | "ip_flow_end")
        || role.ends_with("firewall") && !role.contains(['=', ':', ',', '[']);
    match role {
        _ if is_flow => flow(role, rest),
        "urls" if rest.contains("src=") && rest.contains("request:") => Some(request(rest)),
        "ids-alerts" | "security_event" if rest.contains("src=") => Some(alert(rest)),
        "events" | "airmarshal_events" => event(rest),
        _ => None,
    }
}

/// Pairs; what is quoted stands in single quotes.
fn pairs(text: &str) -> Pairs<'_> {
    Pairs::new(text, Style { quotes: b"'\"", ..Style::SPACED })
}

fn named(text: &str) -> (Record<'_>, Pairs<'_>) {
    let mut record = Record::new(FAMILY.datasets[0]);
    let pairs = pairs(text);
    record.fill(&pairs, TABLE);
    // The port goes with whichever side was translated.
    let nat = match record.has(Field::SourceNatIp) {
        true => Field::SourceNatPort,
        false => Field::DestinationNatPort,
    };
    if let Some(port) = pairs.get("translated_port") {
        record.set(nat, port);
    }
    (record, pairs)
}

/// `[allow] src=… dst=… protocol=tcp sport=1 dport=2 [pattern: allow all]`.
fn flow<'a>(role: &str, text: &'a str) -> Option<Record<'a>> {
    if !text.contains("src=") || !text.contains("protocol=") {
        return None;
    }
    let (pairs, pattern) = match text.split_once(" pattern: ") {
        Some((pairs, pattern)) => (pairs, Some(pattern)),
        None => (text, None),
    };
    let (mut record, _) = named(pairs);
    if !role.starts_with("ip_flow") {
        let said = pattern.unwrap_or(text).trim_start();
        // A group policy's rule is named before what it does.
        let (action, verdict) = action(said.strip_prefix("Group Policy ").unwrap_or(said));
        if verdict.is_some() {
            record.set_action(action, verdict);
        }
    }
    Some(record)
}

/// `allow`, `deny`, `0`, `1`.
fn action(text: &str) -> (&str, Option<Verdict>) {
    let action = word(text).0;
    let verdict = match action {
        "0" => Some(Verdict::Allowed),
        "1" => Some(Verdict::Blocked),
        _ => Verdict::of(action),
    };
    (action, verdict)
}

/// `src=… dst=… mac=… agent='…' request: GET https://…`; of TLS only the host is known, and the
/// method is `UNKNOWN`.
fn request(text: &str) -> Record<'_> {
    let (front, asked) = text.split_once("request:").unwrap_or((text, ""));
    let (mut record, _) = named(front);
    record.side = Some(Side::Client);
    let (method, url) = word(asked);
    if method != "UNKNOWN" {
        record.set(Field::Method, method);
    }
    // Dots stand for the path that was not seen.
    let url = url.trim_end();
    record.set(Field::Url, url.strip_suffix("/...").unwrap_or(url));
    record
}

/// `signature=… direction=ingress protocol=tcp/ip src=…:80 dst=…:5555 [decision=blocked] message: …`,
/// `security_filtering_file_scanned url=… src=… sha256=… disposition=malicious action=block`.
fn alert(text: &str) -> Record<'_> {
    let (front, told) = text.split_once("message:").unwrap_or((text, ""));
    let (mut record, pairs) = named(front);
    record.set(Field::RuleName, told.trim());
    if !record.has(Field::RuleName)
        && let Some(signature) = pairs.get("signature")
    {
        record.set(Field::RuleName, signature);
    }
    record
}

/// Pairs, or a sentence.
fn event(text: &str) -> Option<Record<'_>> {
    let is_own = text.starts_with("type=")
        || [
            "client_vpn_",
            "anyconnect_",
            "content_filtering_block",
            "Site-to-Site VPN:",
            "Blocked ",
            "dhcp ",
            "port ",
            "Port ",
            "Auth ",
            "carrier_",
            "cellular_",
            "vpn_",
            "uplink_",
            "8021x_",
        ]
        .iter()
        .any(|begin| text.starts_with(begin));
    if !is_own {
        return None;
    }
    let (mut record, pairs) = named(text);
    let kind = word(text).0;
    if let Some(peer) = pairs.get("peer_contact") {
        // The other end of a tunnel that this one keeps.
        record.side = Some(Side::Client);
        record.set(Field::DestinationIp, peer);
    }
    if let Some(client) = pairs.get("client_ip").or_else(|| pairs.get("Client")) {
        record.set(Field::SourceIp, client);
    }
    if let Some(peer) = after(text, "Peer IP=") {
        peer_of_session(&mut record, text, peer);
    } else if let Some(from) = word_after(text, "connected from ") {
        record.side = Some(Side::Server);
        record.set(Field::SourceIp, from);
        record.set(Field::UserName, between(text, "user id '", "'").unwrap_or_default());
        if kind.ends_with("_connect") {
            record.outcome = Some(Outcome::Success);
        }
    } else if text.starts_with("Site-to-Site VPN:") {
        tunnel(&mut record, text);
    } else if let Some(lease) = word_after(text, "lease of ip ") {
        record.set(Field::SourceIp, lease);
    } else if let Some(blocked) = word_after(text, " with IP ").filter(|_| kind == "Blocked") {
        record.set(Field::SourceIp, blocked);
    }
    if kind == "content_filtering_block" || kind == "Blocked" {
        record.set_action(kind, Some(Verdict::Blocked));
    }
    Some(record)
}

/// `type=anyconnect_vpn_… msg= '… Peer IP=192.0.2.10 Peer port=55 User[jdoe]: …'`.
fn peer_of_session<'a>(record: &mut Record<'a>, text: &'a str, peer: &'a str) {
    record.side = Some(Side::Server);
    record.set(Field::SourceIp, word(peer).0.trim_end_matches(['\'', ',', ':']));
    record.set(Field::SourcePort, word_after(text, "Peer port=").unwrap_or_default());
    let user = between(text, "User[", "]").or_else(|| word_after(text, "User="));
    record.set(Field::UserName, user.unwrap_or_default());
    if text.contains("auth_success") {
        record.outcome = Some(Outcome::Success);
    } else if text.contains("auth_fail") {
        record.outcome = Some(Outcome::Failure);
    }
}

/// `… established between 203.0.113.1[id]...192.0.2.10[id]`, `… TS 10.0.0.0/24 === 192.0.2.0/24`:
/// strongSwan's words, this end first.
fn tunnel<'a>(record: &mut Record<'a>, text: &'a str) {
    let Some((own, other)) = after(text, " between ").and_then(|ends| ends.split_once("..."))
    else {
        return;
    };
    let host = |end: &'a str| end.split(['[', ' ']).next().unwrap_or_default();
    for (field, end) in [(Field::SourceIp, host(own)), (Field::DestinationIp, host(other))] {
        if address(endpoint(end).0).is_some() {
            record.set(field, end);
        }
    }
}
