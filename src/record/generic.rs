//! Lines that no family knows: what well-known names say.
//!
//! Somebody's own firewall writes `src=`, `dst=` and `action=` too, and every shipper knows ECS. A
//! name is taken only where it means the same everywhere.

use super::field::Field;
use super::header::HeaderKind;
use super::message::Message;
use super::shape::pairs::{Pairs, Style};
use super::shape::row::Row;
use super::shape::{Named, Table};
use super::value::{self, Value, is_blank};
use super::verdict::Direction;
use super::{Record, UNRECOGNISED, time};

/// Well-known names.
pub(crate) const NAMES: &Table = &[
    (
        Field::SourceIp,
        &[
            "source.ip",
            "source.address",
            "src_ip",
            "srcip",
            "src-ip",
            "source_ip",
            "sourceip",
            "source ip",
            "source address",
            "src",
            "saddr",
            "srcaddr",
            "src_addr",
            "client_ip",
            "clientip",
            "client-ip",
            "client.ip",
            "c-ip",
            "remote_addr",
            "remote_ip",
            "remoteip",
            "sourceaddress",
            "sourceipaddress",
            "source",
            "client",
            "orig_h",
            "id.orig_h",
            "src_endpoint.ip",
            "httpRequest.clientIp",
            "callerIpAddress",
            "ipaddress",
            "ip_address",
            "client address",
            "internal ip",
        ],
    ),
    (
        Field::SourcePort,
        &[
            "source.port",
            "src_port",
            "srcport",
            "src-port",
            "source_port",
            "sourceport",
            "source port",
            "spt",
            "sport",
            "s_port",
            "client_port",
            "client.port",
            "c-port",
            "id.orig_p",
            "src_endpoint.port",
            "remote_port",
        ],
    ),
    (
        Field::DestinationIp,
        &[
            "destination.ip",
            "destination.address",
            "dest_ip",
            "dst_ip",
            "dstip",
            "dst-ip",
            "dest-ip",
            "destip",
            "destination_ip",
            "destinationip",
            "destination ip",
            "destination address",
            "dst",
            "daddr",
            "dstaddr",
            "dst_addr",
            "dest",
            "server_ip",
            "server.ip",
            "s-ip",
            "r-ip",
            "destinationaddress",
            "destination",
            "id.resp_h",
            "dst_endpoint.ip",
            "external ip",
        ],
    ),
    (
        Field::DestinationPort,
        &[
            "destination.port",
            "dest_port",
            "dst_port",
            "dstport",
            "dst-port",
            "destination_port",
            "destinationport",
            "destination port",
            "dpt",
            "dport",
            "server_port",
            "server.port",
            "s-port",
            "id.resp_p",
            "dst_endpoint.port",
            "destport",
        ],
    ),
    (
        Field::DestinationDomain,
        &[
            "destination.domain",
            "dhost",
            "dsthost",
            "dest_host",
            "server_name",
            "destinationhostname",
        ],
    ),
    (Field::SourceDomain, &["source.domain", "shost", "src_host", "sourcehostname"]),
    (
        Field::Transport,
        &[
            "network.transport",
            "proto",
            "protocol",
            "transport",
            "ip_proto",
            "ip_protocol",
            "l4proto",
            "connection_info.protocol_name",
            "l4protocol",
            "ip protocol",
        ],
    ),
    (
        Field::SourceBytes,
        &[
            "source.bytes",
            "bytes_sent",
            "sentbyte",
            "bytes_out",
            "sent_bytes",
            "cs-bytes",
            "orig_bytes",
            "out_bytes",
            "traffic.bytes_out",
            "bytessrctodest",
            "sentbytes",
            "bytes sent",
        ],
    ),
    (
        Field::DestinationBytes,
        &[
            "destination.bytes",
            "bytes_received",
            "rcvdbyte",
            "bytes_in",
            "received_bytes",
            "sc-bytes",
            "resp_bytes",
            "in_bytes",
            "traffic.bytes_in",
            "bytesdesttosrc",
            "receivedbytes",
            "bytes received",
        ],
    ),
    (
        Field::Action,
        &[
            "event.action",
            "action",
            "act",
            "disposition",
            "verdict",
            "policy_action",
            "rule_action",
            "deviceaction",
            "flowstatus",
            "device_action",
            "securityaction",
        ],
    ),
    (
        Field::QuestionName,
        &[
            "dns.question.name",
            "dns.rrname",
            "query_name",
            "qname",
            "query.hostname",
            "queryname",
            "dns_query",
            "rrname",
            "query",
        ],
    ),
    (
        Field::QuestionType,
        &[
            "dns.question.type",
            "dns.rrtype",
            "query_type",
            "qtype",
            "querytype",
            "qtype_name",
            "rrtype",
        ],
    ),
    (
        Field::ResolvedIp,
        &["dns.resolved_ip", "dns.answers.data", "answers", "answer", "rdata", "resolved_ip"],
    ),
    (
        Field::Url,
        &[
            "url.original",
            "url.full",
            "url",
            "uri",
            "request_url",
            "requesturl",
            "request_uri",
            "cs-uri",
            "request",
            "http.url",
            "httpRequest.uri",
            "clientrequesturi",
            "remoteurl",
        ],
    ),
    (Field::UrlDomain, &["url.domain", "cs-host", "http_host", "http.hostname", "host_header"]),
    (Field::ServerName, &["tls.client.server_name", "tls.sni", "sni", "server_name", "ssl_sni"]),
    (
        Field::UserName,
        &[
            "user.name",
            "user",
            "username",
            "user_name",
            "userid",
            "user_id",
            "suser",
            "duser",
            "srcuser",
            "cs-username",
            "account",
            "upn",
            "userprincipalname",
            "properties.userPrincipalName",
            "userIdentity.userName",
            "actor.alternateId",
            "actor.user.name",
            "sourceusername",
            "source user",
        ],
    ),
    (
        Field::HostName,
        &[
            "host.name",
            "host.hostname",
            "agent.hostname",
            "hostname",
            "_hostname",
            "computer",
            "computername",
            "host",
        ],
    ),
    (
        Field::ObserverName,
        &["observer.hostname", "observer.name", "devname", "device_name", "dvchost", "deviceName"],
    ),
    (
        Field::UserAgent,
        &["user_agent.original", "http_user_agent", "user_agent", "useragent", "cs(user-agent)"],
    ),
    (
        Field::Referrer,
        &[
            "http.request.referrer",
            "http_refer",
            "http_referer",
            "referer",
            "referrer",
            "cs(referer)",
        ],
    ),
    (
        Field::CertificateSha1,
        &[
            "tls.server.hash.sha1",
            "tls.server.hash.sha256",
            "tls.fingerprint",
            "cert_sha1",
            "cert_sha256",
            "cert_fingerprint",
            "certificate_sha256",
            "cert_hash",
            "x509_hash",
            "fingerprint",
        ],
    ),
    (
        Field::FileSha1,
        &[
            "file.hash.sha256",
            "file.hash.sha1",
            "file.hash.md5",
            "hash.sha256",
            "sha256",
            "sha1",
            "md5",
            "filehash",
            "file_hash",
            "hash",
            "sha512",
        ],
    ),
];

/// Where a time may be, the event's own before what a collector put there.
const TIMES: &[&str] = &[
    "timestamp",
    "event_time",
    "eventtime",
    "event.created",
    "time",
    "ts",
    "@timestamp",
    "datetime",
    "date_time",
    "start",
    "starttime",
    "start_time",
    "creationtime",
    "createddatetime",
    "timegenerated",
    "timecreated",
    "eventTimestamp",
    "__realtime_timestamp",
    "_time",
    "epoch",
    "t",
    "receivetime",
    "receive time",
    "published",
    "flowstarttime",
    "timegenerated [utc]",
    "date",
    "rt",
];

/// Reads what can be read of a message that nobody recognised.
pub(crate) fn read<'a>(message: &Message<'a>) -> Record<'a> {
    let mut record = Record::new(UNRECOGNISED);
    if let Some(object) = message.object() {
        // GELF marks names that are not its own.
        if object.has("short_message") {
            named(&mut record, &Marked(object));
        }
        named(&mut record, &object);
        return record;
    }
    if let Some(header) = message.header.filter(|header| header.kind == HeaderKind::Separated) {
        let row = match header.separator {
            b' ' => Row::spaced(message.whole),
            separator => Row::csv(message.whole, separator),
        };
        if row.len() + 2 >= header.names.len() && row.len() <= header.names.len() + 2 {
            named(&mut record, &row.named(&header.names));
            return record;
        }
    }
    let pairs = Pairs::new(message.text, Style::LOOSE);
    if pairs.len() > 0 {
        named(&mut record, &pairs);
    }
    if !message.structured.is_empty() {
        named(&mut record, &Pairs::new(message.structured, Style::SPACED));
    }
    if record.stamp.is_none() && message.stamp.is_none() {
        let text = message.whole.trim_start_matches(['[', '"', '(']);
        record.stamp = time::leading(text).map(|(stamp, _)| stamp);
    }
    record
}

/// Reads well-known names.
fn named<'a>(record: &mut Record<'a>, from: &impl Named<'a>) {
    let has_ends = endpoints(record, from);
    let has_port = record.has(Field::SourcePort);
    record.fill(from, NAMES);
    if has_ends && !has_port {
        // That was the remote one's, which is a client's elsewhere.
        record.entries.retain(|entry| entry.field != Field::SourcePort);
    }
    record.stamp = record.stamp.or_else(|| stamp(from));
    let direction = [
        "network.direction",
        "direction",
        "dir",
        "flow_direction",
        "flow.direction",
        "flow-direction",
        "traffic_direction",
        "conn_direction",
        "connection_direction",
        "event.direction",
        "connection_info.direction",
    ];
    let said = || {
        let mut values = direction.into_iter().filter_map(|name| from.get(name));
        values.find_map(|value| Direction::of(&value.text))
    };
    record.direction = record.direction.or_else(said);
}

/// What a machine says of its own connections: the other end is `remote`, and was talked to unless
/// something says that it began, or that it asked for something. Returns whether both were there.
fn endpoints<'a>(record: &mut Record<'a>, from: &impl Named<'a>) -> bool {
    const ENDS: [[&str; 4]; 3] = [
        ["local_ip", "local_port", "remote_ip", "remote_port"],
        ["localip", "localport", "remoteip", "remoteport"],
        ["local_address", "local_port", "remote_address", "remote_port"],
    ];
    let is_address =
        |name| from.get(name).is_some_and(|value| value::address(&value.text).is_some());
    let Some(names) = ENDS.iter().find(|ends| is_address(ends[0]) && is_address(ends[2])) else {
        return false;
    };
    let says = |name: &str| {
        from.get(name).is_some_and(|value| {
            value.text.to_ascii_lowercase().contains("inbound") || value.text.contains("Accepted")
        })
    };
    let fields = [Field::SourceIp, Field::SourcePort, Field::DestinationIp, Field::DestinationPort];
    for (field, name) in fields.into_iter().zip(names) {
        if let Some(value) = from.get(name) {
            record.set(field, value);
        }
    }
    let is_request = ["request", "method", "http_method", "verb"]
        .into_iter()
        .any(|name| from.get(name).is_some());
    if is_request || ["direction", "actiontype", "action"].into_iter().any(says) {
        record.swap_sides();
    }
    true
}

/// Names with an underscore before them.
struct Marked<T>(T);

impl<'a, T: Named<'a>> Named<'a> for Marked<T> {
    fn get(&self, name: &str) -> Option<Value<'a>> {
        self.0.get(&format!("_{name}"))
    }

    fn each(&self, name: &str, take: &mut dyn FnMut(Value<'a>)) {
        self.0.each(&format!("_{name}"), take);
    }
}

/// The first well-known name that has a time; a date and a time may be in two.
fn stamp<'a>(from: &impl Named<'a>) -> Option<time::Stamp> {
    let text = |name| from.get(name).map(|value| value.text).filter(|text| !is_blank(text));
    if let (Some(date), Some(clock)) = (text("date"), text("time"))
        && let Some(stamp) = time::Stamp::from_parts(&date, &clock, text("tz").as_deref())
    {
        return Some(stamp);
    }
    TIMES.iter().filter_map(|name| text(name)).find_map(|text| time::read(&text))
}
