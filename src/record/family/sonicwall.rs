//! SonicWall SonicOS: `id=firewall sn=… m=98 msg="…" src=ip:port:interface:name …`.
//!
//! SonicOS Log Events Reference Guide, "Index of Syslog Tag Field Descriptions"; Default and Enhanced
//! Syslog. `sent` and `rcvd` are the source's view. `op` is the HTTP method's number.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::{Named, Table};
use crate::record::value::{Value, address};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "sonicwall",
    title: "SonicWall SonicOS",
    datasets: &["sonicwall.firewall"],
    example: "<134>id=firewall sn=0017C5000001 time=\"2024-06-10 06:13:20 UTC\" fw=203.0.113.9 pri=6 \
              c=1024 m=537 msg=\"Connection Closed\" n=17 src=10.0.0.5:52589:X0 dst=192.0.2.10:443:X1 \
              proto=tcp/https sent=56 rcvd=146",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::Transport, &["proto"]),
    (Field::SourceBytes, &["sent"]),
    (Field::DestinationBytes, &["rcvd"]),
    (Field::SourcePackets, &["spkt"]),
    (Field::DestinationPackets, &["rpkt"]),
    (Field::UserName, &["usr", "user"]),
    (Field::RuleName, &["rule"]),
    (Field::Status, &["result"]),
    (Field::Referrer, &["referer"]),
];

const SIDES: &Table = &[
    (Field::SourceIp, &["srcV6", "src"]),
    (Field::DestinationIp, &["dstV6", "dst"]),
    (Field::SourceNatIp, &["natSrc", "natSrcV6"]),
    (Field::DestinationNatIp, &["natDst", "natDstV6"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    if !text.contains("sn=") || !text.contains(" m=") || !text.contains("pri=") {
        return None;
    }
    let pairs = Pairs::new(text, Style::SPACED);
    let is_own = ["sn", "m", "pri", "c"].iter().all(|name| pairs.has(name));
    if !is_own || !(pairs.has("src") || pairs.has("msg")) {
        return None;
    }
    let mut record = Record::new("sonicwall.firewall");
    for &(field, names) in SIDES {
        if let Some(value) = names.iter().find_map(|name| pairs.get(name)) {
            side(&mut record, field, value.raw);
        }
    }
    // Of IPv6 the ports stand with what has no room for the addresses.
    for (field, name, other) in
        [(Field::SourcePort, "srcV6", "src"), (Field::DestinationPort, "dstV6", "dst")]
    {
        if pairs.has(name)
            && let Some(value) = pairs.get(other)
        {
            let rest = match value.raw.rsplit_once(']') {
                Some((_, rest)) => rest,
                None => unbracketed(value.raw).1,
            };
            record.set(field, rest.trim_start_matches(':').split(':').next().unwrap_or_default());
        }
    }
    page(&mut record, &pairs);
    record.fill(&pairs, TABLE);
    action(&mut record, &pairs);
    record.stamp = pairs.get("time").and_then(|time| time::read(&time.text));
    Some(record)
}

/// `10.0.0.5:52589:X0:host`, `2001:db8::5`, `[2001:db8::5]:52589:X0`.
fn side<'a>(record: &mut Record<'a>, field: Field, text: &'a str) {
    let (host, rest) = match text.strip_prefix('[') {
        Some(inner) => inner.split_once(']').unwrap_or((inner, "")),
        None if address(text).is_some() => (text, ""),
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let (host, rest) = match address(host) {
        Some(_) => (host, rest),
        None => unbracketed(text),
    };
    if !record.set(field, host) {
        return;
    }
    let mut parts = rest.trim_start_matches(':').split(':');
    if let Some(field) = field.port() {
        record.set(field, parts.next().unwrap_or_default());
    }
    if let (Some(field), Some(name)) = (field.domain(), parts.nth(1)) {
        record.set(field, name);
    }
}

/// The longest beginning that is an IPv6 address, and what follows.
fn unbracketed(text: &str) -> (&str, &str) {
    let colons = text.match_indices(':').map(|(at, _)| at).take(16);
    let end = colons.filter(|&at| address(&text[..at]).is_some()).last();
    end.map_or((text, ""), |at| text.split_at(at))
}

/// `dstname` is the host, `arg` the path.
fn page<'a>(record: &mut Record<'a>, pairs: &Pairs<'a>) {
    let host = pairs.get("dstname").filter(|host| !host.is_blank());
    if let Some(path) = pairs.get("arg") {
        let text = host.as_ref().map_or_else(String::new, |host| host.text.clone().into_owned());
        record.set(Field::Url, Value { raw: path.raw, text: (text + &path.text).into() });
        if let Some(host) = &host {
            record.entries.retain(|entry| entry.field != Field::UrlDomain);
            record.set(Field::UrlDomain, host.clone());
        }
    } else if let Some(host) = host {
        record.set(Field::DestinationDomain, host);
    }
    let method = match pairs.get("op").map(|op| op.raw) {
        Some("1") => "GET",
        Some("2") => "POST",
        Some("3") => "HEAD",
        _ => return,
    };
    record.set_word(Field::Method, method);
}

fn action<'a>(record: &mut Record<'a>, pairs: &Pairs<'a>) {
    if let Some(action) = pairs.get("fw_action").filter(|action| !action.is_blank()) {
        let verdict = match action.text.as_ref() {
            "mgmt" => Some(Verdict::Allowed),
            word => Verdict::of(word),
        };
        return record.set_action(action, verdict);
    }
    let Some(text) = pairs.get("msg") else {
        // `Syslog Website Accessed` has no text.
        if pairs.is("m", "97") {
            record.verdict = Some(Verdict::Allowed);
        }
        return;
    };
    let said = text.text.to_ascii_lowercase();
    if said.contains("login") || said.contains("authentication") {
        record.side = Some(Side::Server);
        record.outcome = if ["fail", "denied", "incorrect"].iter().any(|word| said.contains(word)) {
            Some(Outcome::Failure)
        } else if ["allowed", "success"].iter().any(|word| said.contains(word)) {
            Some(Outcome::Success)
        } else {
            None
        };
    }
    let is = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let verdict = if is(&["dropped", "denied", "blocked", "rejected", "prevented", "discarded"]) {
        Some(Verdict::Blocked)
    } else if is(&[
        "connection opened",
        "connection closed",
        "web site hit",
        "website accessed",
        "allowed",
        "forwarded",
    ]) {
        Some(Verdict::Allowed)
    } else {
        None
    };
    record.set_action(text, verdict);
}
