//! ArcSight's Common Event Format, whoever writes it.
//!
//! OpenText/ArcSight "Implementing ArcSight Common Event Format", versions 0.1 and 1.x:
//! `CEF:0|vendor|product|version|class|name|severity|key=value key=value`. Pipes in the header and
//! `=` in values are escaped by backslashes; values have spaces, so a value ends where the next key
//! begins. `c6a2`, `c6a3` are the IPv6 addresses of source and destination where their labels say
//! so. `in` is what flowed to the destination by the standard; several vendors mean what their
//! client received, and are read so.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::pairs::Pairs;
use crate::record::shape::words::{after, before};
use crate::record::shape::{Named, Table};
use crate::record::value::address;
use crate::record::{Direction, Outcome, Record, time};

pub(super) const FAMILY: Family = Family {
    name: "cef",
    title: "Common Event Format (ArcSight), any vendor",
    datasets: &["cef", "zscaler.web"],
    example: "CEF:0|Example|Gateway|2.1|100|Outbound connection|5|rt=1718000000000 src=10.0.0.5 \
              spt=58901 dst=192.0.2.10 dpt=443 proto=TCP act=blocked",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["src", "sourceAddress", "c6a2", "sourceIPv6"]),
    (Field::SourcePort, &["spt", "sourcePort"]),
    (Field::SourceDomain, &["shost", "sourceHostName"]),
    (Field::SourceNatIp, &["sourceTranslatedAddress"]),
    (Field::SourceNatPort, &["sourceTranslatedPort"]),
    (Field::DestinationIp, &["dst", "destinationAddress", "c6a3", "destinationIPv6"]),
    (Field::DestinationPort, &["dpt", "destinationPort"]),
    (Field::DestinationDomain, &["dhost", "destinationHostName", "destinationDnsDomain"]),
    // FortiGate's `sentdelta` and `rcvddelta`.
    (Field::SourceDelta, &["FTNTFGTsentdelta"]),
    (Field::DestinationDelta, &["FTNTFGTrcvddelta"]),
    (Field::DestinationNatIp, &["destinationTranslatedAddress"]),
    (Field::DestinationNatPort, &["destinationTranslatedPort"]),
    (Field::Transport, &["proto", "transportProtocol"]),
    (Field::Protocol, &["app", "applicationProtocol"]),
    (Field::Action, &["act", "deviceAction"]),
    (Field::Url, &["request", "requestURL", "url"]),
    (Field::Method, &["requestMethod"]),
    (Field::UserAgent, &["requestClientApplication"]),
    (Field::Referrer, &["requestContext"]),
    (Field::UserName, &["suser", "sourceUserName", "duser", "destinationUserName", "usrName"]),
    (Field::FileName, &["fname", "fileName"]),
    (Field::FileSha256, &["fileHash", "oldFileHash", "cs_sha256", "SHA256", "sha256", "md5"]),
    (Field::Executable, &["sproc", "dproc"]),
    (Field::ObserverName, &["dvchost", "deviceHostName", "dvc"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = begin(message.whole, "CEF:")?;
    let (header, extension) = header(text, 7)?;
    let list = assignments(extension);
    let pairs = Pairs::from_vec(list.clone());
    let is_zscaler = header[1].eq_ignore_ascii_case("zscaler");
    let mut record = Record::new(if is_zscaler { "zscaler.web" } else { "cef" });
    labels(&mut record, &list, &pairs);
    record.fill(&pairs, TABLE);
    let is_reversed = ["zscaler", "fortinet", "check point", "sonicwall", "imperva"]
        .iter()
        .any(|vendor| header[1].to_ascii_lowercase().starts_with(vendor));
    let (sent, received) = if is_reversed { ("out", "in") } else { ("in", "out") };
    for (field, name) in [(Field::SourceBytes, sent), (Field::DestinationBytes, received)] {
        if let Some(value) = pairs.get(name) {
            record.set(field, value);
        }
    }
    if record.verdict.is_none() && header[1].eq_ignore_ascii_case("fortinet") {
        record.verdict = pairs.get("act").and_then(|act| super::fortigate::verdict(&act.text));
    }
    // A status of HTTP, or whether it succeeded.
    if let Some(outcome) = pairs.get("outcome").or_else(|| pairs.get("eventOutcome")) {
        match outcome.text.to_ascii_lowercase().as_str() {
            "success" | "/success" | "successful" => record.outcome = Some(Outcome::Success),
            "failure" | "/failure" | "failed" => record.outcome = Some(Outcome::Failure),
            status if status.len() == 3 => {
                record.set(Field::Status, outcome);
            }
            _ => {}
        }
    }
    record.direction = pairs.get("deviceDirection").and_then(|value| match value.text.trim() {
        "0" => Some(Direction::Inbound),
        "1" => Some(Direction::Outbound),
        word => Direction::of(word),
    });
    let times = [
        "rt",
        "FTNTFGTeventtime",
        "deviceReceiptTime",
        "start",
        "startTime",
        "end",
        "endTime",
        "art",
    ];
    record.stamp = times.iter().find_map(|name| time::read(&pairs.get(name)?.text));
    // What a vendor calls it when it has no word for what it did.
    let name = header[5];
    if !record.has(Field::Action) && crate::record::Verdict::of(name).is_some() {
        record.set(Field::Action, name);
    }
    // Infoblox: the policy's sentence is BIND's.
    if header[4].starts_with("RPZ-")
        && let Some(policy) = pairs.get("msg").and_then(|message| after(message.raw, "rpz "))
    {
        super::bind::rewritten(&mut record, policy, false);
    }
    record.set(Field::RuleName, name);
    Some(record)
}

/// Fields that say in another field what they are.
fn labels<'a>(record: &mut Record<'a>, list: &[(&'a str, &'a str)], pairs: &Pairs<'a>) {
    for (key, label) in list {
        let Some(name) = key.strip_suffix("Label") else { continue };
        let Some(value) = pairs.get(name) else { continue };
        let label = label.to_ascii_lowercase();
        let is = |words: &[&str]| words.iter().all(|word| label.contains(word));
        let is_address = address(&value.text).is_some();
        if is_address && is(&["dest"]) {
            record.set(Field::DestinationIp, value);
        } else if is_address && is(&["source", "ip"]) {
            record.set(Field::SourceIp, value);
        } else if is_address && is(&["forwarded"]) {
            record.set(Field::ForwardedIp, value);
        } else if is(&["policy"]) || is(&["rule"]) {
            record.set(Field::RuleName, value);
        } else if is(&["sha"]) || is(&["md5"]) || is(&["hash"]) {
            record.set(Field::FileSha256, value);
        } else if is(&["dns", "query"]) || label == "query" {
            record.set(Field::QuestionName, value);
        } else if is(&["referer"]) || is(&["referrer"]) {
            record.set(Field::Referrer, value);
        }
    }
}

/// What begins with the mark and a version, alone or behind a header.
pub(super) fn begin<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let at = text.find(mark)?;
    let rest = text[at + mark.len()..].trim_start();
    let begins = at == 0 || text[..at].ends_with([' ', ':', '\t', '"', '>']);
    let is_version = before(rest.get(..8).unwrap_or(rest), "|")
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    (begins && rest.starts_with(|c: char| c.is_ascii_digit()) && is_version).then_some(rest)
}

/// Fields between pipes, and what follows them. `\|` is none.
pub(super) fn header(text: &str, count: usize) -> Option<(Vec<&str>, &str)> {
    let mut fields = Vec::with_capacity(8);
    let bytes = text.as_bytes();
    let mut start = 0;
    let mut at = 0;
    while fields.len() < count {
        match bytes.get(at) {
            Some(b'\\') => at += 1,
            Some(b'|') => {
                fields.push(text.get(start..at)?);
                start = at + 1;
            }
            // The last field may end the line.
            None if fields.len() + 1 == count => {
                fields.push(text.get(start..)?);
                return Some((fields, ""));
            }
            None => return None,
            Some(_) => {}
        }
        at += 1;
    }
    Some((fields, text.get(start..)?))
}

/// `key=value with spaces key=value`: a value ends where the next key begins.
pub(super) fn assignments(text: &str) -> Vec<(&str, &str)> {
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.[]".contains(byte);
    let bytes = text.as_bytes();
    let mut pairs: Vec<(&str, &str)> = Vec::with_capacity(32);
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'=', bytes.get(at..).unwrap_or_default()) {
        let assign = at + found;
        // Keys are short, and behind a space or the value before would not have ended.
        let len = bytes[at..assign].iter().rev().take(64).take_while(|byte| is_key(byte)).count();
        let key = assign - len;
        let begins = key == 0 || matches!(bytes[key - 1], b' ' | b'\t' | b'|');
        if len > 0 && begins {
            if let Some((name, start)) = open {
                pairs.push((name, unquoted(text[start..key].trim())));
            }
            if pairs.len() == 512 {
                return pairs;
            }
            open = Some((&text[key..assign], assign + 1));
        }
        at = assign + 1;
    }
    if let Some((name, start)) = open {
        pairs.push((name, unquoted(text[start..].trim())));
    }
    pairs
}

/// CEF has no quotes, but templates put them around what may have spaces.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}
