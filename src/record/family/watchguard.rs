//! WatchGuard Fireware: `msg_id="3000-0148" Allow 1-Trusted 0-External 52 tcp 20 127 A B 51000 443 …`.
//!
//! WatchGuard Help Center, "Read a Log Message"; Fireware Log Message Catalog. Columns before the
//! addresses depend on the message, so the addresses are looked for; ports follow them. Traffic
//! Monitor writes addresses first, then `https/tcp`, then ports. Names with values follow, and the
//! policy in brackets.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::words::{after, span, word, word_after};
use crate::record::shape::{Named, Table};
use crate::record::value::{Value, address};
use crate::record::{Outcome, Record, time};

pub(super) const FAMILY: Family = Family {
    name: "watchguard",
    title: "WatchGuard Fireware",
    datasets: &["watchguard.firebox"],
    example: "<142>Jun 10 06:13:20 FB-1 (2024-06-10T06:13:20) firewall: msg_id=\"3000-0148\" Allow \
              1-Trusted 0-External 52 tcp 20 127 10.0.0.5 192.0.2.10 51000 443 offset 8 S 3061101 win \
              65535 (HTTPS-00)",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["src_ip"]),
    (Field::DestinationIp, &["dst_ip"]),
    (Field::SourceNatIp, &["src_ip_nat"]),
    (Field::SourceNatPort, &["src_port_nat"]),
    (Field::DestinationNatIp, &["dst_ip_nat"]),
    (Field::DestinationNatPort, &["dst_port_nat"]),
    (Field::SourceBytes, &["sent_bytes"]),
    (Field::DestinationBytes, &["rcvd_bytes"]),
    (Field::SourcePackets, &["sent_pkts"]),
    (Field::DestinationPackets, &["rcvd_pkts"]),
    (Field::UserName, &["src_user"]),
    (Field::DestinationDomain, &["dstname"]),
    (Field::QuestionName, &["query_name", "qname", "question"]),
    (Field::QuestionType, &["query_type", "qtype"]),
    (Field::ServerName, &["sni"]),
    (Field::CertificateSubject, &["cert_subject", "cn"]),
    (Field::CertificateIssuer, &["cert_issuer"]),
    (Field::Method, &["op"]),
    (Field::FileMd5, &["md5"]),
    (Field::FileName, &["filename"]),
    (Field::EmailFrom, &["sender", "mailfrom"]),
    (Field::EmailTo, &["recipients", "rcptto"]),
    (Field::RuleName, &["rule_name"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    if !text.contains("msg_id=\"") {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().take(256).collect();
    let is_decided = |word: &&str| matches!(*word, "Allow" | "Deny");
    let Some(disposition) = words.iter().position(is_decided) else { return session(text) };
    let words = &words[disposition..];
    // Names with values begin where there are no more columns.
    let end = words.iter().position(|word| word.contains("=\"")).unwrap_or(words.len());
    let columns = &words[1..end.max(1)];
    let pairs = Pairs::new(text, Style::SPACED);
    let mut record = Record::new("watchguard.firebox");
    record.set(Field::Action, words[0]);
    sides(&mut record, columns);
    page(&mut record, &pairs, text);
    record.fill(&pairs, TABLE);
    if let Some(policy) = policy(text) {
        record.set(Field::RuleName, policy);
    }
    // `(2024-06-10T06:13:20)` has a year, the header's time has none; Traffic Monitor's has no header.
    let inner =
        text.strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(inner, _)| inner);
    record.stamp = inner.and_then(time::read).or_else(|| match message.stamp {
        None => time::leading(text).map(|(stamp, _)| stamp),
        Some(_) => None,
    });
    if message.stamp.is_some() && message.host.is_none() && inner.is_some() {
        record.set(Field::ObserverName, word(message.timed).0);
    }
    Some(record)
}

/// `Authentication of SSLVPN user [jdoe@Firebox-DB] from 192.0.2.10 was rejected, …`, `SSL VPN user
/// jdoe from 192.0.2.10 logged in …`, `Mobile VPN with SSL user jdoe logged in. … Real IP address is
/// 192.0.2.10.`.
fn session(text: &str) -> Option<Record<'_>> {
    let user = after(text, "user ")?;
    let client = ["from ", "Real IP address is "].iter().find_map(|mark| word_after(user, mark))?;
    address(client)?;
    let mut record = Record::new("watchguard.firebox");
    record.side = Some(Side::Server);
    record.set(Field::SourceIp, client);
    record.set(Field::UserName, word(user).0.trim_matches(['[', ']', '.', '"', '\'']));
    let is = |words: &[&str]| words.iter().any(|word| user.contains(word));
    record.outcome = if is(&["rejected", "failed", "denied"]) {
        Some(Outcome::Failure)
    } else if is(&["accepted", "logged in"]) {
        Some(Outcome::Success)
    } else {
        None
    };
    Some(record)
}

/// `(HTTPS-00)`, `(Unhandled External Packet-00)`: the last brackets with a number at their end.
fn policy(text: &str) -> Option<&str> {
    let mut opens = text.rmatch_indices('(').take(8);
    opens.find_map(|(at, _)| {
        let (policy, _) = text[at + 1..].split_once(')')?;
        let (_, number) = policy.rsplit_once('-')?;
        (number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(policy)
    })
}

fn sides<'a>(record: &mut Record<'a>, columns: &[&'a str]) {
    let is_side = |at: &usize| address(columns[*at]).is_some();
    let Some(source) = (0..columns.len()).find(is_side) else { return };
    record.set(Field::SourceIp, columns[source]);
    let Some(destination) = columns.get(source + 1).filter(|column| address(column).is_some())
    else {
        return;
    };
    record.set(Field::DestinationIp, *destination);
    // `http/tcp`, or the name alone before the addresses.
    let mut rest = columns[source + 2..].iter();
    let service = columns.get(source + 2).and_then(|column| column.rsplit_once('/'));
    if let Some((_, protocol)) = service {
        record.set(Field::Transport, protocol);
        rest.next();
    } else {
        columns[..source].iter().find(|column| {
            !column.starts_with(|c: char| c.is_ascii_digit())
                && record.set(Field::Transport, **column)
        });
    }
    if record
        .text(Field::Transport)
        .is_some_and(|name| name == "tcp" || name == "udp" || name == "sctp")
    {
        record.set(Field::SourcePort, rest.next().copied().unwrap_or_default());
        record.set(Field::DestinationPort, rest.next().copied().unwrap_or_default());
    }
}

/// `dstname` is the host, `arg` the path.
fn page<'a>(record: &mut Record<'a>, pairs: &Pairs<'a>, text: &'a str) {
    let Some(path) = pairs.get("arg").filter(|path| !path.is_blank()) else { return };
    let host = pairs.get("dstname").filter(|host| !host.is_blank());
    let whole = match &host {
        Some(host) => host.text.clone().into_owned() + &path.text,
        None => path.text.clone().into_owned(),
    };
    let raw = host.as_ref().and_then(|host| span(text, host.raw, path.raw)).unwrap_or(path.raw);
    if let Some(host) = host {
        record.set(Field::UrlDomain, host);
    }
    record.set(Field::Url, Value { raw, text: whole.into() });
}
