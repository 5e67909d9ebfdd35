//! Juniper SRX: sessions (`RT_FLOW_…`), screens, IDP, web filter, SecIntel and malware logs.
//!
//! Junos OS System Log Explorer. Structured messages are RFC 5424 with `[junos@2636.… name="value"]`;
//! unstructured ones are the message's template filled in: `session closed TCP FIN:
//! A/p->B/p 0x0 service C/p->D/p 0x0 rule … 6 policy zone zone session 6(4515) 4(76675) …`. How many
//! words name the NAT rules depends on the version, so the protocol is found by what surrounds it.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::words::{after, before, between, span, word_after};
use crate::record::shape::{Named, Table};
use crate::record::value::{Value, address, endpoint};
use crate::record::{Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "juniper-srx",
    title: "Juniper SRX",
    datasets: &["juniper.srx"],
    example: "<14>1 2024-06-10T06:13:20.956Z srx1 RT_FLOW - RT_FLOW_SESSION_DENY \
              [junos@2636.1.1.1.2.129 source-address=\"10.0.0.5\" source-port=\"54355\" \
              destination-address=\"192.0.2.10\" destination-port=\"22\" protocol-id=\"6\" \
              policy-name=\"cleanup\" reason=\"Denied by policy\"]",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["source-address", "client-ip", "src-ip", "sourceip"]),
    (Field::SourcePort, &["source-port"]),
    (Field::DestinationIp, &["destination-address", "server-ip", "dst-ip"]),
    (Field::DestinationPort, &["destination-port"]),
    (Field::Transport, &["protocol-id", "protocol-name", "protocol"]),
    (Field::RuleName, &["policy-name", "profile-name", "policy", "rule-name", "attack-name"]),
    (Field::SourceBytes, &["bytes-from-client", "inbound-bytes"]),
    (Field::DestinationBytes, &["bytes-from-server", "outbound-bytes"]),
    (Field::SourcePackets, &["packets-from-client", "inbound-packets"]),
    (Field::DestinationPackets, &["packets-from-server", "outbound-packets"]),
    (Field::UserName, &["username", "user-name", "user"]),
    (Field::DestinationDomain, &["http-host", "hostname", "dns-name"]),
    (Field::FileSha256, &["file-hash", "sample-sha256", "hash"]),
    (Field::FileName, &["filename", "file-name"]),
    (Field::SourceNatIp, &["nat-source-address"]),
    (Field::SourceNatPort, &["nat-source-port"]),
    (Field::DestinationNatIp, &["nat-destination-address"]),
    (Field::DestinationNatPort, &["nat-destination-port"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let id = tag(message)?;
    let mut record = Record::new("juniper.srx");
    let structured = match message.structured {
        "" => after(message.text, "[junos@"),
        structured => structured.strip_prefix("[junos@").or(Some(structured)),
    };
    match structured {
        Some(structured) => {
            let pairs = Pairs::new(structured.trim_end_matches(']'), Style::SPACED);
            named(&mut record, &pairs, structured);
        }
        None => sentence(&mut record, message.text),
    }
    if let Some(protocol) = id.strip_prefix("RT_SCREEN_") {
        record.set(Field::Transport, protocol);
    }
    let action = record.has(Field::Action);
    let verdict = verdict(id);
    if !action {
        record.set_action(id, verdict);
    } else if record.verdict.is_none() {
        record.verdict = verdict;
    }
    Some(record)
}

/// The message's name: `RT_FLOW_SESSION_CLOSE`.
fn tag<'a>(message: &Message<'a>) -> Option<&'a str> {
    const BEGINNINGS: [&str; 11] = [
        "RT_FLOW",
        "APPTRACK_",
        "RT_SCREEN",
        "IDP_",
        "WEBFILTER_",
        "SECINTEL_",
        "AAMW_",
        "SRX_AAMW_",
        "AV_",
        "CONTENT_FILTERING_",
        "ANTISPAM_",
    ];
    let is_own = |name: &str| {
        BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
            && name
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if is_own(message.id) && message.structured.contains("junos@") {
        return Some(message.id);
    }
    // `RT_FLOW: RT_FLOW_SESSION_CREATE: session created …`
    // `RT_FLOW - RT_FLOW_SESSION_CREATE [junos@…` where a relay changed the header.
    let words = message.text.split_whitespace().take(3).map(|word| word.trim_end_matches(':'));
    let first = words.filter(|word| is_own(word)).last().unwrap_or_default();
    if is_own(first) && (message.program.starts_with("RT_") || message.text.contains("junos@")) {
        return Some(first);
    }
    let is_sentence =
        message.text.starts_with("session ") && message.program.starts_with("RT_FLOW_SESSION");
    if is_own(message.program) && (is_sentence || message.text.contains("source-address=")) {
        return Some(message.program);
    }
    None
}

fn verdict(id: &str) -> Option<Verdict> {
    if id.contains("_DENY") || id.contains("_BLOCKED") || id.contains("_DROP") {
        Some(Verdict::Blocked)
    } else if id.contains("_CREATE")
        || id.contains("_CLOSE")
        || id.contains("_PERMITTED")
        || id.contains("_UPDATE")
    {
        Some(Verdict::Allowed)
    } else {
        None
    }
}

fn named<'a>(record: &mut Record<'a>, pairs: &Pairs<'a>, whole: &'a str) {
    if let Some(action) = pairs.get("action") {
        record.set(Field::Action, action);
    }
    page(record, pairs.get("url"), pairs.get("obj"), whole);
    record.fill(pairs, TABLE);
}

/// `url` is the host and `obj` the path, or `url` is all of it.
fn page<'a>(
    record: &mut Record<'a>,
    url: Option<Value<'a>>,
    path: Option<Value<'a>>,
    whole: &'a str,
) {
    let path = path.filter(|path| !path.is_blank());
    let Some(url) = url.filter(|url| !url.is_blank()) else { return };
    match path.filter(|_| !url.text.contains('/')) {
        Some(path) => {
            let raw = span(whole, url.raw, path.raw).unwrap_or(url.raw);
            let text = url.text.clone().into_owned() + &path.text;
            record.set(Field::UrlDomain, url);
            record.set(Field::Url, Value { raw, text: text.into() });
        }
        None => {
            record.set(Field::Url, url);
        }
    }
}

/// What is no session: `ACTION="URL Blocked" A(1)->B(2) … URL=… OBJ=…`, `… source: A:1,
/// destination: B:2, …, action: drop`, `… <A/1->B/2> for TCP protocol …, action DROP`.
fn other<'a>(record: &mut Record<'a>, text: &'a str) {
    let sides = text.split_whitespace().find_map(|word| {
        let (source, destination) = word.split_once("->")?;
        Some((source.trim_start_matches('<'), destination.trim_end_matches(['>', ','])))
    });
    let named = || Some((word_after(text, "source: ")?, word_after(text, "destination: ")?));
    if let Some((source, destination)) = sides.or_else(named) {
        record.set(Field::SourceIp, source);
        record.set(Field::DestinationIp, destination);
    }
    let action = between(text, "ACTION=\"", "\"").or_else(|| word_after(text, "action: "));
    if let Some(action) = action.or_else(|| word_after(text, "action=")) {
        record.set(Field::Action, action);
    }
    let transport = word_after(text, "> for ").or_else(|| word_after(text, "protocol-id: "));
    record.set(Field::Transport, transport.unwrap_or_default());
    let part = |mark| word_after(text, mark).map(Value::from);
    page(record, part("URL="), part("OBJ="), text);
    record.set(Field::UserName, word_after(text, "USERNAME=").unwrap_or_default());
}

fn sentence<'a>(record: &mut Record<'a>, text: &'a str) {
    let Some(session) = after(text, "session ")
        .filter(|_| text.contains("SESSION") || text.starts_with("session "))
    else {
        return other(record, text);
    };
    let mut words = session.split_whitespace();
    let mut pairs = words.by_ref().filter_map(|word| word.split_once("->"));
    if let Some((source, destination)) = pairs.next() {
        record.set(Field::SourceIp, source);
        record.set(Field::DestinationIp, destination);
    }
    let rest: Vec<&str> = words.take(64).collect();
    let is_pair = |word: &&str| {
        word.split_once("->").is_some_and(|(source, _)| address(endpoint(source).0).is_some())
    };
    if let Some((source, destination)) =
        rest.iter().find(|word| is_pair(word)).and_then(|w| w.split_once("->"))
    {
        record.set(Field::SourceNatIp, source);
        record.set(Field::DestinationNatIp, destination);
    }
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    for (at, &word) in rest.iter().enumerate() {
        // `6 policy zone zone session`, of a denied one `6(0) policy zone zone`.
        let denied = word.strip_suffix(')').and_then(|inner| inner.split_once('('));
        if let Some((protocol, _)) = denied.filter(|(p, k)| is_number(p) && is_number(k)) {
            record.set(Field::Transport, protocol);
            record.set(Field::RuleName, rest.get(at + 1).copied().unwrap_or_default());
            return;
        }
        let session = rest.get(at + 4).is_some_and(|word| is_number(word));
        if word.parse::<u8>().is_ok() && session {
            record.set(Field::Transport, word);
            record.set(Field::RuleName, rest[at + 1]);
            let counts = [
                (Field::SourcePackets, Field::SourceBytes),
                (Field::DestinationPackets, Field::DestinationBytes),
            ];
            for ((packets, bytes), count) in counts.into_iter().zip(&rest[at + 5..]) {
                if let Some(size) = between(count, "(", ")").filter(|size| is_number(size)) {
                    record.set(packets, before(count, "("));
                    record.set(bytes, size);
                }
            }
            return;
        }
    }
}
