//! Sentences of Unix services that name a peer: whoever writes `from 192.0.2.10 port 22` by syslog.
//!
//! Postfix (`connect from name[192.0.2.10]`), Exim (`H=name [192.0.2.10]`), Dovecot (`rip=`, `lip=`),
//! PAM (`rhost=`), ISC dhcpd, Dropbear (`from 192.0.2.10:55083`), vsftpd (`Client "192.0.2.10"`), sudo and
//! others' `from 192.0.2.10 port 22`. Their manuals and sources say so; there is no grammar. Only
//! what cannot mean anything else is read: an address behind `from` is a source in these words alone.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::Named;
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::words::{after, between, word, word_after};
use crate::record::value::address;
use crate::record::{Outcome, Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "syslog",
    title: "Unix services by syslog: Postfix, Exim, Dovecot, PAM, Dropbear, …",
    datasets: &["syslog"],
    example: "Jun 10 06:13:20 mx1 postfix/smtpd[812]: connect from mail.example.org[192.0.2.10]",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    // Programs with a family of their own.
    let is_another =
        ["sshd", "openvpn", "haproxy", "pdns", "pdns_recursor", "pdns_server", "dnsdist"]
            .iter()
            .any(|program| message.is_from(program));
    let is_likely = !message.program.is_empty() && !is_another && message.json.is_none();
    if !is_likely || message.text.contains("[AF_INET") {
        return None;
    }
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    let text = message.text;
    let is_read = if message.program.starts_with("postfix") {
        postfix(&mut record, text)
    } else if message.is_from("exim") || message.is_from("exim4") {
        exim(&mut record, text)
    } else if message.is_from("dhcpd") {
        lease(&mut record, text)
    } else {
        named(&mut record, text) || sentence(&mut record, text)
    };
    is_read.then_some(record)
}

/// `name[192.0.2.10]:25` and what follows.
fn bracketed<'a>(record: &mut Record<'a>, fields: [Field; 3], text: &'a str) -> bool {
    let Some((name, rest)) = text.split_once('[') else { return false };
    let Some((host, rest)) = rest.split_once(']') else { return false };
    if name.contains([' ', ',']) || address(host).is_none() {
        return false;
    }
    record.set(fields[0], host);
    if name != "unknown" {
        record.set(fields[1], name);
    }
    if let Some(port) = rest.strip_prefix(':') {
        let end = port.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(port.len());
        record.set(fields[2], &port[..end]);
    }
    true
}

const SOURCE: [Field; 3] = [Field::SourceIp, Field::SourceDomain, Field::SourcePort];
const DESTINATION: [Field; 3] =
    [Field::DestinationIp, Field::DestinationDomain, Field::DestinationPort];

fn postfix<'a>(record: &mut Record<'a>, text: &'a str) -> bool {
    let client = ["client=", "connect from ", "CONNECT from [", "from "];
    let mut is_read = false;
    if let Some(relay) = after(text, "relay=").or_else(|| after(text, "connect to ")) {
        is_read = bracketed(record, DESTINATION, relay);
        record.side = Some(Side::Client);
    } else if let Some(rest) = text.strip_prefix("CONNECT from ") {
        // postscreen: `CONNECT from [192.0.2.10]:5555 to [10.0.0.5]:25`.
        record.set(Field::SourceIp, word(rest).0);
        record.set(Field::DestinationIp, after(rest, " to ").map_or("", |rest| word(rest).0));
        is_read = true;
    } else {
        for mark in client {
            let Some(rest) = after(text, mark) else { continue };
            if bracketed(record, SOURCE, rest) {
                is_read = true;
                break;
            }
        }
    }
    if !is_read {
        return false;
    }
    if text.contains("reject: ") {
        record.set_word(Field::Action, "reject");
        record.verdict = Some(Verdict::Blocked);
    }
    if text.contains("authentication failed") {
        record.outcome = Some(Outcome::Failure);
    }
    for (field, open) in [(Field::EmailFrom, "from=<"), (Field::EmailTo, "to=<")] {
        record.set(field, between(text, open, ">").unwrap_or_default());
    }
    record.set(Field::UserName, word_after(text, "sasl_username=").unwrap_or_default());
    if let Some(status) = word_after(text, "status=") {
        record.set_action(status, None);
    }
    true
}

/// `… <= from@example.org H=name (helo) [192.0.2.10]:5555 …`, `=> to@example.org … H=name [192.0.2.10]`.
fn exim<'a>(record: &mut Record<'a>, text: &'a str) -> bool {
    let Some(host) = after(text, "H=") else { return false };
    let Some(inside) = between(host, "[", "]").filter(|inside| address(inside).is_some()) else {
        return false;
    };
    let is_delivery = text.contains(" => ") || text.contains(" -> ") || text.contains(" == ");
    let fields = if is_delivery { DESTINATION } else { SOURCE };
    let name = word(host).0;
    record.set(fields[0], inside);
    if !name.starts_with(['(', '[']) {
        record.set(fields[1], name);
    }
    if let Some(port) = after(host, "]:") {
        let end = port.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(port.len());
        record.set(fields[2], &port[..end]);
    }
    for (mark, field) in
        [(" <= ", Field::EmailFrom), (" => ", Field::EmailTo), ("F=<", Field::EmailFrom)]
    {
        if let Some(mail) = word_after(text, mark) {
            record.set(field, mail.trim_end_matches('>'));
        }
    }
    if text.contains("rejected ") {
        record.set_word(Field::Action, "rejected");
        record.verdict = Some(Verdict::Blocked);
    }
    true
}

/// ISC's: `DHCPACK on 10.0.0.5 to 00:00:5e:00:53:01 (ws1) via eth1`, `DHCPREQUEST for 10.0.0.5 from …`.
fn lease<'a>(record: &mut Record<'a>, text: &'a str) -> bool {
    let (kind, rest) = word(text);
    if !kind.starts_with("DHCP") {
        return false;
    }
    let address = rest.strip_prefix("on ").or_else(|| rest.strip_prefix("for "));
    record.set(Field::SourceIp, address.map_or("", |rest| word(rest).0));
    record.set(Field::SourceDomain, between(rest, "(", ")").unwrap_or_default());
    record.set_action(kind, None);
    true
}

/// `rip=192.0.2.10, lip=10.0.0.5`, `rhost=192.0.2.10`.
fn named<'a>(record: &mut Record<'a>, text: &'a str) -> bool {
    if !text.contains("rip=") && !text.contains("rhost=") {
        return false;
    }
    let pairs = Pairs::new(text, Style { separators: b" ,;", ..Style::SPACED });
    let table: &crate::record::shape::Table = &[
        (Field::SourceIp, &["rip", "rhost"]),
        (Field::SourcePort, &["rport"]),
        (Field::DestinationIp, &["lip"]),
        (Field::DestinationPort, &["lport"]),
    ];
    record.fill(&pairs, table);
    if let Some(user) = pairs.get("user") {
        record.set(Field::UserName, user.part(|user| user.trim_matches(['<', '>'])));
    }
    let is = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if is(&["authentication failure", "auth failed", "Aborted login", "Disconnected (auth"]) {
        record.outcome = Some(Outcome::Failure);
    } else if is(&["Login: ", "session opened"]) {
        record.outcome = Some(Outcome::Success);
    }
    record.has(Field::SourceIp)
}

/// `from 192.0.2.10 port 22`, `from 192.0.2.10:55083`, `FAIL LOGIN: Client "192.0.2.10"`.
fn sentence<'a>(record: &mut Record<'a>, text: &'a str) -> bool {
    if let Some(client) =
        between(text, "Client \"", "\"").filter(|client| address(client).is_some())
    {
        record.set(Field::SourceIp, client);
        record.set(Field::UserName, between(text, "[", "]").unwrap_or_default());
        if text.contains("FAIL LOGIN") {
            record.outcome = Some(Outcome::Failure);
        } else if text.contains("OK LOGIN") {
            record.outcome = Some(Outcome::Success);
        }
        return true;
    }
    for begin in
        ["onnection from ", "onnect from ", "onnection refused from ", "ogin from ", " from "]
    {
        let Some(rest) = after(text, begin) else { continue };
        if bracketed(record, SOURCE, rest) {
            return true;
        }
        let (host, behind) = word(rest);
        let host = host.trim_matches(['<', '>', ',', ';', '"', '\'', '.']).trim_end_matches(':');
        let (plain, port) = crate::record::value::endpoint(host);
        // Of `from` alone an address is only sure to be a peer with its port.
        let is_sure = begin != " from " || port.is_some() || behind.starts_with("port ");
        if address(plain).is_none() || !is_sure {
            continue;
        }
        record.set(Field::SourceIp, host);
        if let Some(port) = behind.strip_prefix("port ") {
            record.set(Field::SourcePort, word(port).0.trim_end_matches([',', '.', ';', ':']));
        }
        let outcome = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if outcome(&["Bad password", "nonexistent user", "refused", "failed", "Failed"]) {
            record.outcome = Some(Outcome::Failure);
        } else if outcome(&["auth succeeded", "Accepted", "accepted"]) {
            record.outcome = Some(Outcome::Success);
        }
        let user = between(text, "for '", "'").or_else(|| between(text, "user '", "'"));
        record.set(Field::UserName, user.unwrap_or_default());
        return true;
    }
    false
}
