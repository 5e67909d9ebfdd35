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

mod event;

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::words::{after, before, between, span, word, word_after};
use crate::record::value::{Value, address, endpoint, is_host_name};
use crate::record::{Direction, Outcome, Record, Verdict};

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

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.whole;
    let mark = ["%ASA-", "%FTD-", "%PIX-", "%FWSM-"].iter().find_map(|mark| text.find(mark))?;
    // `%ASA-6-302013: `, also `%ASA-session-6-302013: ` and `%FTD--6-302013: `; the colon may lack.
    let marked = &text[mark..];
    let end = marked.find([':', ' ']).unwrap_or(marked.len());
    let (label, body) = marked.split_at(end);
    let number = label.rsplit('-').next()?;
    if number.len() != 6 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let body = body.trim_start_matches([':', ' ']);
    let dataset = if label.starts_with("%FTD") { "cisco.ftd" } else { "cisco.asa" };
    let mut record = Record::new(dataset);
    match number {
        "430001" | "430002" | "430003" | "430004" | "430005" => event::read(&mut record, body),
        "304001" | "304002" => page(&mut record, body),
        _ => sentence(&mut record, number, body),
    }
    // `<166>fw1 %ASA-…`, `Jun 10 06:13:20 fw1: %ASA-…`: a header that names nothing but the device.
    let lead = text[..mark].rsplit(['>', ' ']).find(|word| !word.is_empty() && *word != ":");
    if message.host.is_none()
        && let Some(lead) = lead.map(|word| word.trim_end_matches(':'))
        && (address(lead).is_some()
            || lead == message.program
            || text[..mark].len() < 64 && message.stamp.is_none() && is_host_name(lead))
    {
        record.set(Field::ObserverName, lead);
    }
    Some(record)
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
    let client = before(word(body).0, "(");
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
        let server = server.rsplit_once('@').map_or(server, |(_, server)| server);
        record.set(Field::DestinationIp, server.trim().trim_end_matches(':'));
        record.set(Field::Url, word(url).0);
    }
}

fn sentence<'a>(record: &mut Record<'a>, number: &str, body: &'a str) {
    action(record, body);
    transport(record, body);
    sides(record, number, body);
    user(record, body);
    // In the first words: further behind it is the name of an access list.
    record.direction = match head(body) {
        head if head.contains("outbound") => Some(Direction::Outbound),
        head if head.contains("nbound") => Some(Direction::Inbound),
        _ => None,
    };
    if let Some(bytes) = word_after(body, " bytes ") {
        record.set(Field::NetworkBytes, bytes);
    }
    if let Some(rule) =
        between(body, "access-group \"", "\"").or_else(|| word_after(body, "access-list "))
    {
        record.set(Field::RuleName, rule);
    }
    // 338xxx: the name that the address was resolved from, or the net that it is in.
    if let Some(name) = after(body, " resolved from ").and_then(|rest| word_after(rest, "list: "))
        && !name.contains('/')
    {
        let is_source = body.contains(", source ");
        record.set(if is_source { Field::SourceDomain } else { Field::DestinationDomain }, name);
    }
    // An ICMP error to no known session is dropped, which its text does not say.
    if number == "313005" {
        record.verdict = Some(Verdict::Blocked);
    }
}

/// The first words, where the direction stands.
fn head(body: &str) -> &str {
    let end = body.match_indices(' ').nth(3).map_or(body.len(), |(at, _)| at);
    &body[..end]
}

fn sides<'a>(record: &mut Record<'a>, number: &str, body: &'a str) {
    let is_translation = matches!(number, "305009" | "305010" | "305011" | "305012");
    let is_connection = body.starts_with("Built") || body.starts_with("Teardown");
    let has_mapped = is_connection || number.starts_with("338") || number == "805001";
    if let Some(group) =
        after(body, "Group ").filter(|_| body.contains("User") || body.contains("IP"))
    {
        session(record, group);
    } else if let Some(users) = after(body, "faddr ") {
        let inbound = !head(body).contains("outbound");
        let sides = (Some(users), after(users, "laddr "));
        set_sides(record, if inbound { sides } else { (sides.1, sides.0) });
        // The global address is the local host's, whichever side it is on.
        if let Some(mapped) = after(users, "gaddr ") {
            let field = if inbound { Field::DestinationNatIp } else { Field::SourceNatIp };
            side(record, field, Some(mapped));
        }
    } else if let Some((left, right)) = body.split_once(" -> ").or_else(|| body.split_once(" ==> "))
    {
        // `access-list INSIDE-OUT permitted tcp inside/10.0.0.5(52609) -> outside/192.0.2.1(443)`
        let left = left.trim_end();
        set_sides(record, (Some(&left[left.rfind(' ').map_or(0, |at| at + 1)..]), Some(right)));
    } else if let Some(real) = after(body, " from ").filter(|_| is_translation) {
        side(record, Field::SourceIp, Some(real));
        side(record, Field::SourceNatIp, after(real, " to "));
    } else if let Some(first) =
        after(body, " for ").filter(|_| is_connection).or_else(|| after(body, ", for "))
    {
        connection(record, body, first);
    } else if let Some(first) = after(body, " from ").filter(|_| has_mapped) {
        connection(record, body, first);
    } else if let Some(first) = after(body, "src ") {
        let second = after(first, " dst ").or_else(|| after(first, " dest "));
        set_sides(record, (Some(first), second));
    } else if let Some(remote) = after(body, "Remote:") {
        // 750xxx: `Local:203.0.113.9:500 Remote:192.0.2.1:500 Username:u …`
        set_sides(record, (Some(remote), after(body, "Local:")));
    } else if let Some(first) = after(body, ") between ") {
        set_sides(record, (Some(first), after(first, " and ")));
    } else if let Some(first) =
        after(body, " flow ").filter(|rest| address(endpoint(word(rest).0).0).is_some())
    {
        set_sides(record, (Some(first), after(first, " to ")));
    } else if let Some(first) = after(body, " from ").filter(|rest| !rest.starts_with("local")) {
        set_sides(record, (Some(first), after(first, " to ")));
    } else if let Some(first) = after(body, " client ").filter(|_| number.starts_with("725")) {
        set_sides(record, (Some(first), after(first, " to ")));
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
    } else {
        // `DAP: User u, Addr 192.0.2.1, …`, `[ 192.0.2.1] drop rate-1 exceeded`,
        // `Object 192.0.2.1 is attacking`, `WebVPN session for client user u, IPv4 192.0.2.1 has`.
        const MARKS: [&str; 11] = [
            "ddr ",
            "IP address: ",
            "IP = ",
            ", IPv4 ",
            ", IP ",
            "Object ",
            " host ",
            "local-host ",
            "assigned ",
            " address ",
            "[",
        ];
        let mut marked = MARKS.iter().filter_map(|mark| word_after(body, mark));
        if let Some(first) = marked.find(|first| is_side(first)) {
            side(record, Field::SourceIp, Some(first));
        }
    }
}

/// Whether a word is an address, with or without interface and port.
fn is_side(word: &str) -> bool {
    let word = word.trim_end_matches(']');
    let rest = word.split_once(':').map_or("", |(_, rest)| rest);
    [word, rest].into_iter().any(|word| address(endpoint(word).0).is_some())
}

/// `Built inbound TCP connection 1 for A (mapped) to B (mapped)`.
fn connection<'a>(record: &mut Record<'a>, body: &'a str, first: &'a str) {
    let Some(second) = after(first, " to ") else {
        return side(record, Field::SourceIp, Some(first));
    };
    let is_outbound = head(body).contains("outbound");
    let sides = (Some(first), Some(second));
    set_sides(record, if is_outbound { (sides.1, sides.0) } else { sides });
    let mapped = |text| between(before(before(text, " to "), ", "), " (", ")");
    let [first, second] = if is_outbound { [second, first] } else { [first, second] };
    for (field, text) in [(Field::SourceNatIp, first), (Field::DestinationNatIp, second)] {
        if let Some(mapped) = mapped(text).filter(|mapped| mapped.contains('/')) {
            record.set(field, mapped);
        }
    }
    // A teardown does not say who began; nor does a line that only speaks of a packet.
    let is_said = is_outbound || !body.starts_with("Teardown");
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
    const MARKS: [&str; 7] =
        ["for user ", "user = ", "user= ", "Uname: ", "Username:", "User ", "user "];
    for mark in MARKS {
        if let Some(name) = after(body, mark).filter(|_| !body.contains("Group ")) {
            let name = name.trim_start_matches(['\'', '"', '<']);
            let end = name.find(['\'', '"', '>', ' ', ',']).unwrap_or(name.len());
            if record.set(Field::UserName, &name[..end]) {
                break;
            }
        }
    }
    // Whom the identity firewall knows, `(LOCAL\jdoe, 9:Staff)`; and at the end whom AAA does.
    let identity = body.split_once('\\').and_then(|(realm, user)| {
        let realm = &realm[realm.rfind('(')? + 1..];
        let user = &user[..user.find([',', ')'])?];
        if realm == "LOCAL" { Some(user) } else { span(body, realm, user) }
    });
    let authenticated = || {
        let is_connection = body.starts_with("Built") || body.starts_with("Teardown");
        let (_, user) = body.trim_end().strip_suffix(')')?.rsplit_once('(')?;
        (is_connection && !user.contains(['/', ':'])).then_some(user)
    };
    if let Some(user) = identity.or_else(authenticated) {
        record.set(Field::UserName, user);
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
    // The one interface with spaces in its name is the device itself.
    let unnamed = ["laddr ", "IP ", "NP Identity Ifc:"];
    let text = unnamed.iter().find_map(|name| text.strip_prefix(name)).unwrap_or(text);
    let token = word(text).0.trim_end_matches([',', ';', '.', ':', ']', '>']);
    let token = token.trim_start_matches('<');
    // `192.0.2.1/0011.2233.4455`: an address of the link.
    let token = match token.split_once('/') {
        Some((host, link)) if link.len() == 14 && link.matches('.').count() == 2 => host,
        _ => token,
    };
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
    // With the port behind it, `interface/host(443)`, a name may be the host.
    let token = match token.split_once('/') {
        Some((_, host)) if !port.is_empty() => host,
        _ => token,
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
    const NAMES: [&str; 11] = [
        "tcp",
        "udp",
        "icmp",
        "icmp6",
        "icmpv6",
        "ipv6-icmp",
        "sctp",
        "igmp",
        "vrrp",
        "gre",
        "esp",
    ];
    let words = body.split([' ', ',', '=']).take(24);
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
        ("drop", Some(Verdict::Blocked)),
        ("granted", Some(Verdict::Allowed)),
        ("offloaded", Some(Verdict::Allowed)),
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
    // `[ Scanning] drop rate-1 exceeded` only counts.
    let words = before(body, "drop rate").split([' ', ',', ':', '.']).take(32);
    let mut known = words.filter_map(|word| {
        let known = WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        known.map(|&(_, verdict)| (word, verdict))
    });
    // `terminated …, reason - disconnected, dropped packet`: the word that decides.
    let Some(first) = known.next() else { return };
    let decided = std::iter::once(first).chain(known).find(|(_, verdict)| verdict.is_some());
    let (word, verdict) = decided.unwrap_or(first);
    record.outcome = match word.to_ascii_lowercase().as_str() {
        "rejected" | "failed" => Some(Outcome::Failure),
        "successful" | "succeeded" => Some(Outcome::Success),
        _ => None,
    };
    record.set_action(word, verdict);
}
