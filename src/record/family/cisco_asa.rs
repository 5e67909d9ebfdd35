//! Cisco ASA, Firepower Threat Defense, PIX, FWSM: `%ASA-6-302013: Built outbound TCP connection …`.
//!
//! Cisco Secure Firewall ASA Series Syslog Messages; Firepower Threat Defense Syslog Messages. There
//! are some two thousand messages and few ways to name two sides: `from A to B`, `src A dst B`,
//! `for A to B`, `A -> B`, `faddr A gaddr B laddr C`, `Group <g> User <u> IP <a>`. Those are read
//! wherever they stand; a message's number is looked at only where it means more than its words.
//!
//! A side is `interface:address/port` or `interface/address(port)`, and the mapped one follows in
//! brackets. Of `Built inbound … for A to B` the first side opened the connection, of `outbound`
//! the second; `Teardown` does not say, so the side with the service's port is taken to have
//! answered.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::pairs::Pairs;
use crate::record::shape::words::{after, before, between, word, word_after};
use crate::record::shape::{Named, Table};
use crate::record::value::{Value, address, endpoint};
use crate::record::{Direction, Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "cisco-asa",
    title: "Cisco ASA, Firepower Threat Defense, PIX, FWSM",
    datasets: &["cisco.asa", "cisco.ftd"],
    example: "Jun 10 2024 06:13:20 fw-edge1 : %ASA-6-302013: Built outbound TCP connection 51659777 \
              for outside:192.0.2.10/443 (192.0.2.10/443) to inside:10.0.0.5/57148 \
              (203.0.113.9/57148)",
    is_device: true,
    read,
};

/// Connection events of FTD (430001–430005): `Name: value, Name: value`.
const EVENT: &Table = &[
    (Field::SourceIp, &["SrcIP", "InitiatorIP"]),
    (Field::SourcePort, &["SrcPort", "InitiatorPort"]),
    (Field::DestinationIp, &["DstIP", "ResponderIP"]),
    (Field::DestinationPort, &["DstPort", "ResponderPort"]),
    (Field::Transport, &["Protocol"]),
    (Field::Action, &["AccessControlRuleAction", "InlineResult", "FileAction"]),
    (Field::RuleName, &["AccessControlRuleName", "Message"]),
    (Field::SourceBytes, &["InitiatorBytes"]),
    (Field::DestinationBytes, &["ResponderBytes"]),
    (Field::SourcePackets, &["InitiatorPackets"]),
    (Field::DestinationPackets, &["ResponderPackets"]),
    (Field::QuestionName, &["DNSQuery"]),
    (Field::QuestionType, &["DNSRecordType"]),
    (Field::Url, &["URL"]),
    (Field::DestinationDomain, &["ReferencedHost", "SSLServerName"]),
    (Field::Referrer, &["HTTPReferer"]),
    (Field::UserAgent, &["UserAgent"]),
    (Field::UserName, &["User"]),
    (Field::FileSha256, &["FileSHA256"]),
    (Field::FileName, &["FileName"]),
    (Field::CertificateSha1, &["SSLCertificate"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.whole;
    let mark = ["%ASA-", "%FTD-", "%PIX-", "%FWSM-"].iter().find_map(|mark| text.find(mark))?;
    // `%ASA-6-302013: `, also `%ASA-session-6-302013: ` and `%FTD--6-302013: `.
    let (label, body) = text[mark..].split_once(':')?;
    let number = label.rsplit('-').next()?;
    if number.len() != 6 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let body = body.trim_start();
    let dataset = if label.starts_with("%FTD") { "cisco.ftd" } else { "cisco.asa" };
    let mut record = Record::new(dataset);
    match number {
        "430001" | "430002" | "430003" | "430004" | "430005" => event(&mut record, body),
        "304001" | "304002" => page(&mut record, body),
        _ => sentence(&mut record, number, body),
    }
    Some(record)
}

fn event<'a>(record: &mut Record<'a>, body: &'a str) {
    let pairs = body.split(", ").take(256).filter_map(|pair| pair.split_once(": "));
    let pairs = Pairs::from_vec(pairs.collect());
    record.fill(&pairs, EVENT);
    record.stamp = pairs.get("FirstPacketSecond").and_then(|value| time::read(&value.text));
}

/// `user@10.0.0.5 Accessed URL 192.0.2.1:http://…`, `Access denied URL … SRC 10.0.0.5 DEST 192.0.2.1`.
fn page<'a>(record: &mut Record<'a>, body: &'a str) {
    if let Some(denied) = after(body, "denied URL ") {
        record.set_word(Field::Action, "denied");
        record.verdict = Some(Verdict::Blocked);
        record.set(Field::Url, word(denied).0);
        side(record, Field::SourceIp, after(denied, " SRC "));
        side(record, Field::DestinationIp, after(denied, " DEST "));
        return;
    }
    let client = word(body).0;
    match client.rsplit_once('@') {
        Some((user, client)) => {
            record.set(Field::UserName, user);
            record.set(Field::SourceIp, client);
        }
        None => {
            record.set(Field::SourceIp, client);
        }
    }
    record.set_word(Field::Action, "Accessed");
    record.verdict = Some(Verdict::Allowed);
    if let Some(target) = after(body, "URL ") {
        let url = target.find("http").or_else(|| target.find("ftp")).or_else(|| target.find('/'));
        let (server, url) = target.split_at(url.unwrap_or(target.len()));
        record.set(Field::DestinationIp, server.trim().trim_end_matches(':'));
        record.set(Field::Url, word(url).0);
    }
}

fn sentence<'a>(record: &mut Record<'a>, number: &str, body: &'a str) {
    action(record, body);
    transport(record, body);
    let is_translation = matches!(number, "305009" | "305010" | "305011" | "305012");
    if let Some(group) =
        after(body, "Group ").filter(|_| body.contains("User") || body.contains("IP"))
    {
        session(record, group);
    } else if let Some(users) = after(body, "faddr ") {
        let inbound = !body.contains("outbound");
        let sides = (Some(users), after(users, "laddr "));
        set_sides(record, if inbound { sides } else { (sides.1, sides.0) });
        if let Some(mapped) = after(users, "gaddr ") {
            side(record, Field::SourceNatIp, Some(mapped));
        }
    } else if let Some((left, right)) = body.split_once(" -> ") {
        // `access-list INSIDE-OUT permitted tcp inside/10.0.0.5(52609) -> outside/192.0.2.1(443)`
        let left = left.trim_end();
        set_sides(record, (Some(&left[left.rfind(' ').map_or(0, |at| at + 1)..]), Some(right)));
    } else if let Some(real) = after(body, " from ").filter(|_| is_translation) {
        side(record, Field::SourceIp, Some(real));
        side(record, Field::SourceNatIp, after(real, " to "));
    } else if let Some(first) =
        after(body, " for ").filter(|_| body.starts_with("Built") || body.starts_with("Teardown"))
    {
        connection(record, body, first);
    } else if let Some(first) = after(body, "src ") {
        let second = after(first, " dst ").or_else(|| after(first, " dest "));
        set_sides(record, (Some(first), second));
    } else if let Some(first) = after(body, " from ") {
        set_sides(record, (Some(first), after(first, " to ")));
    } else if let Some(first) =
        after(body, "SSL handshake with ").or_else(|| after(body, "SSL session with "))
    {
        set_sides(record, (Some(word(first).1), after(first, " to ")));
    } else if let Some(first) = after(body, "ddr ").or_else(|| after(body, "IP address: ")) {
        // `DAP: User u, Addr 192.0.2.1, Connection AnyConnect`
        side(record, Field::SourceIp, Some(first));
    } else if let Some((_, list)) =
        body.split_once("for user ").filter(|_| number.starts_with("1061"))
    {
        // 106102: `… for user u inside/10.0.0.5 51022 outside/192.0.2.1 443 hit-cnt 1`
        let mut words = list.split_whitespace().skip(1);
        set_sides(record, (words.next(), words.nth(1)));
        let mut ports = list.split_whitespace().skip(2);
        for (field, port) in
            [(Field::SourcePort, ports.next()), (Field::DestinationPort, ports.nth(1))]
        {
            record.set(field, port.unwrap_or_default());
        }
    }
    user(record, body);
    if body.contains("outbound") {
        record.direction = Some(Direction::Outbound);
    } else if body.contains("nbound") {
        record.direction = Some(Direction::Inbound);
    }
    if let Some(bytes) = word_after(body, " bytes ") {
        record.set(Field::NetworkBytes, bytes);
    }
    if let Some(rule) =
        between(body, "access-group \"", "\"").or_else(|| word_after(body, "access-list "))
    {
        record.set(Field::RuleName, rule);
    }
    // 338xxx: the name that the address was resolved from.
    if let Some(name) = after(body, " resolved from ").and_then(|rest| word_after(rest, "list: ")) {
        let is_source = body.contains(", source ");
        record.set(if is_source { Field::SourceDomain } else { Field::DestinationDomain }, name);
    }
}

/// `Built inbound TCP connection 1 for A (mapped) to B (mapped)`.
fn connection<'a>(record: &mut Record<'a>, body: &'a str, first: &'a str) {
    let Some(second) = after(first, " to ") else {
        return side(record, Field::SourceIp, Some(first));
    };
    let is_outbound = body.contains("outbound");
    let sides = (Some(first), Some(second));
    set_sides(record, if is_outbound { (sides.1, sides.0) } else { sides });
    let mapped = |text| between(before(text, " to "), " (", ")");
    let [first, second] = if is_outbound { [second, first] } else { [first, second] };
    for (field, text) in [(Field::SourceNatIp, first), (Field::DestinationNatIp, second)] {
        if let Some(mapped) = mapped(text).filter(|mapped| mapped.contains('/')) {
            record.set(field, mapped);
        }
    }
    let is_said = is_outbound || body.contains("inbound");
    if !is_said && is_service(record, Field::SourcePort, Field::DestinationPort) {
        record.swap_sides();
    }
}

/// Whether `port` is more likely to be a service's than `other`.
fn is_service(record: &Record<'_>, port: Field, other: Field) -> bool {
    match (record.number(port), record.number(other)) {
        (Some(port), Some(other)) => port < other && port < 32768,
        _ => false,
    }
}

/// `Group <g> User <u> IP <192.0.2.1> …`, `Group = g, Username = u, IP = 192.0.2.1, …`.
fn session<'a>(record: &mut Record<'a>, group: &'a str) {
    let value = |name: &str| {
        let rest = after(group, name)?.trim_start_matches([' ', '=', '<']);
        let end = rest.find(['>', ',']).or_else(|| rest.find(' '));
        Some(rest[..end.unwrap_or(rest.len())].trim())
    };
    record.side = Some(Side::Server);
    record.set(Field::UserName, value("Username").or_else(|| value("User")).unwrap_or_default());
    record.set(Field::SourceIp, value(" IP ").unwrap_or_default());
    record.set(Field::SourceNatIp, value("IPv4 Address ").unwrap_or_default());
    // Bytes of a VPN session are the device's view: `rcv` was sent by the client.
    record.set(Field::SourceBytes, value("Bytes rcv:").unwrap_or_default());
    record.set(Field::DestinationBytes, value("Bytes xmt:").unwrap_or_default());
}

fn user<'a>(record: &mut Record<'a>, body: &'a str) {
    for mark in ["for user ", "user = ", "Uname: ", "User ", "user "] {
        if let Some(name) = after(body, mark).filter(|_| !body.contains("Group ")) {
            let name = name.trim_start_matches(['\'', '"', '<']);
            let end = name.find(['\'', '"', '>', ' ', ',']).unwrap_or(name.len());
            if record.set(Field::UserName, &name[..end]) {
                break;
            }
        }
    }
    if let Some(client) = word_after(body, "user IP = ") {
        record.set(Field::SourceIp, client);
    }
}

fn set_sides<'a>(record: &mut Record<'a>, sides: (Option<&'a str>, Option<&'a str>)) {
    side(record, Field::SourceIp, sides.0);
    side(record, Field::DestinationIp, sides.1);
}

/// The side that a text begins with: `outside:192.0.2.1/443(LOCAL\u)`, `inside/10.0.0.5(52609)`,
/// `(192.0.2.1)`, `outside:host.example/443`.
fn side<'a>(record: &mut Record<'a>, field: Field, text: Option<&'a str>) {
    let Some(text) = text else { return };
    let text = text.strip_prefix("laddr ").unwrap_or(text);
    let token = word(text).0.trim_end_matches([',', ';', '.', ':']);
    let token = token.strip_prefix('(').map_or(token, |inner| inner.trim_end_matches(')'));
    // `interface/address(port)`; any other bracket is a user or a mapped side.
    // An access list of the interface: `inside(acl):10.0.0.5/57148`.
    let token = match token.split_once("):") {
        Some((interface, rest)) if interface.contains('(') => rest,
        _ => token,
    };
    let (token, port) = match token.split_once('(') {
        Some((token, rest)) => match rest.split_once(')') {
            Some((port, _)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (token, port),
            _ => (token, ""),
        },
        None => (token, ""),
    };
    let is_whole = |token: &str| address(endpoint(token).0).is_some();
    let token = if is_whole(token) {
        token
    } else {
        // An interface's name comes first.
        match token.split_once([':', '/']) {
            Some((_, rest)) if !rest.is_empty() && (is_whole(rest) || token.contains(':')) => rest,
            _ => token,
        }
    };
    if record.set(field, Value::from(token))
        && let Some(field) = field.port()
    {
        record.set(field, port);
    }
}

fn transport<'a>(record: &mut Record<'a>, body: &'a str) {
    const NAMES: [&str; 6] = ["tcp", "udp", "icmp", "icmp6", "icmpv6", "sctp"];
    let words = body.split([' ', ',']).take(24);
    let mut names = words.filter(|word| NAMES.iter().any(|name| name.eq_ignore_ascii_case(word)));
    if let Some(name) = names.next() {
        record.set(Field::Transport, name);
    } else if let Some(number) = after(body, "protocol ") {
        record.set(Field::Transport, word(number).0);
    }
}

/// The first word that says what was done.
fn action<'a>(record: &mut Record<'a>, body: &'a str) {
    const WORDS: &[(&str, Option<Verdict>)] = &[
        ("built", Some(Verdict::Allowed)),
        // What is torn down was let through.
        ("teardown", Some(Verdict::Allowed)),
        ("permitted", Some(Verdict::Allowed)),
        ("est-allowed", Some(Verdict::Allowed)),
        ("deny", Some(Verdict::Blocked)),
        ("denied", Some(Verdict::Blocked)),
        ("dropping", Some(Verdict::Blocked)),
        ("dropped", Some(Verdict::Blocked)),
        ("discarded", Some(Verdict::Blocked)),
        ("blocked", Some(Verdict::Blocked)),
        ("shunned", Some(Verdict::Blocked)),
        ("monitored", Some(Verdict::Allowed)),
        ("rejected", None),
        ("failed", None),
        ("successful", None),
        ("succeeded", None),
        ("disconnected", None),
        ("started", None),
        ("accessed", Some(Verdict::Allowed)),
    ];
    let known = body.split([' ', ',', ':', '.']).take(24).find_map(|word| {
        let known = WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        known.map(|&(_, verdict)| (word, verdict))
    });
    let Some((word, verdict)) = known else { return };
    record.outcome = match word.to_ascii_lowercase().as_str() {
        "rejected" | "failed" => Some(Outcome::Failure),
        "successful" | "succeeded" => Some(Outcome::Success),
        _ => None,
    };
    record.set_action(word, verdict);
}
