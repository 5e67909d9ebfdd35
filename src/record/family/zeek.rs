//! Zeek: any of its logs, as tab-separated values below `#fields` or as JSON.
//!
//! Zeek's book, "Zeek Log Formats": fields have the same names in every log, so one table reads
//! all. Unset is `-`, an empty set `(empty)`, members of a set are separated by commas. Without a
//! header (a cut file) the columns of `conn`, `dns`, `http` and `ssl` are told by what is in them.

use super::Family;
use crate::record::field::Field;
use crate::record::header::HeaderKind;
use crate::record::message::Message;
use crate::record::shape::row::{Columns, Row};
use crate::record::shape::{Named, Table};
use crate::record::value::{Value, address};
use crate::record::{Outcome, Record, time};

pub(super) const FAMILY: Family = Family {
    name: "zeek",
    title: "Zeek, any log, TSV or JSON",
    datasets: &["zeek.*"],
    example: "{\"_path\":\"conn\",\"ts\":1718000000.122502,\"uid\":\"CHsMA3KddygoPtMu2g\",\
              \"id.orig_h\":\"10.0.0.5\",\"id.orig_p\":55365,\"id.resp_h\":\"192.0.2.10\",\
              \"id.resp_p\":443,\"proto\":\"tcp\",\"orig_bytes\":3550,\"resp_bytes\":8261}",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["id.orig_h", "id_orig_h", "src", "tx_hosts", "client_addr"]),
    (Field::SourcePort, &["id.orig_p", "id_orig_p"]),
    (Field::DestinationIp, &["id.resp_h", "id_resp_h", "dst", "rx_hosts", "server_addr"]),
    (Field::DestinationPort, &["id.resp_p", "id_resp_p", "p"]),
    (Field::Transport, &["proto"]),
    (Field::Protocol, &["service"]),
    (Field::SourceBytes, &["orig_bytes", "request_body_len"]),
    (Field::DestinationBytes, &["resp_bytes", "response_body_len"]),
    (Field::SourcePackets, &["orig_pkts"]),
    (Field::DestinationPackets, &["resp_pkts"]),
    (Field::QuestionName, &["query"]),
    (Field::QuestionType, &["qtype_name"]),
    (Field::ResponseCode, &["rcode_name"]),
    (Field::Url, &["uri", "url"]),
    (Field::UrlDomain, &["host"]),
    (Field::Method, &["method"]),
    (Field::Status, &["status_code"]),
    (Field::Referrer, &["referrer"]),
    (Field::UserAgent, &["user_agent"]),
    (Field::ServerName, &["server_name"]),
    (Field::CertificateSubject, &["subject", "certificate.subject"]),
    (Field::CertificateIssuer, &["issuer", "certificate.issuer"]),
    (Field::Ja3, &["ja3"]),
    (Field::Ja3s, &["ja3s"]),
    (Field::CertificateSha256, &["fingerprint"]),
    (Field::FileMd5, &["md5"]),
    (Field::FileSha1, &["sha1"]),
    (Field::FileSha256, &["sha256"]),
    (Field::FileName, &["filename"]),
    (Field::UserName, &["username", "user"]),
    (Field::EmailFrom, &["mailfrom", "from"]),
];

/// Sets of addresses and names.
const SETS: &[(Field, &str)] = &[
    (Field::ResolvedIp, "answers"),
    (Field::ForwardedIp, "proxied"),
    (Field::CertificateSha256, "cert_chain_fps"),
    (Field::EmailTo, "rcptto"),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if let Some(object) = message.object() {
        let has_ids = object.has("id.orig_h") || object.has("id_orig_h");
        let is_zeek = object.has("ts")
            && (object.has("uid") || has_ids || object.has("fuid") || object.has("uids"))
            || object.has("ts") && object.has("_path");
        // A notice may be about no connection: `"note":"Scan::Port_Scan"`.
        let is_notice = object.get("note").is_some_and(|note| note.text.contains("::"));
        let is_other = is_notice || object.has("certificate.serial");
        let is_zeek = is_zeek || is_other && object.has("ts");
        if !is_zeek {
            return None;
        }
        let path = object.get("_path").map(|path| path.text);
        let path = path.as_deref().unwrap_or_else(|| path_of(&|name| object.has(name)));
        return Some(fields(&object, dataset(path)));
    }
    if let Some(header) = message.header.filter(|header| header.kind == HeaderKind::Zeek) {
        if !header.has("ts") {
            return None;
        }
        let row = Row::split(message.whole, char::from(header.separator));
        if row.len() < 2 || row.len() != header.names.len() {
            return None;
        }
        let path = match header.product.as_str() {
            "" => path_of(&|name| header.has(name)),
            path => path,
        };
        return Some(fields(&row.named(&header.names), dataset(path)));
    }
    if !message.whole.contains('\t') {
        return None;
    }
    headless(Row::split(message.whole, '\t'))
}

fn fields<'a>(from: &impl Named<'a>, dataset: &'static str) -> Record<'a> {
    let mut record = Record::new(dataset);
    // Of what Zeek knows about machines `host` is one, elsewhere the name in a request.
    let machine = from.get("host").filter(|host| address(&host.text).is_some());
    let is_machine = machine.is_some() && !from.has("id.orig_h");
    if let Some(machine) = machine.filter(|_| is_machine) {
        record.set(Field::SourceIp, machine);
    }
    record.fill(from, TABLE);
    if is_machine {
        record.entries.retain(|entry| entry.field != Field::UrlDomain);
    }
    record.outcome = from.get("auth_success").and_then(|value| match value.text.as_ref() {
        "T" | "true" => Some(Outcome::Success),
        "F" | "false" => Some(Outcome::Failure),
        _ => None,
    });
    for &(field, name) in SETS {
        from.each(name, &mut |value| set(&mut record, field, &value));
    }
    record.stamp = from.get("ts").and_then(|value| time::read(&value.text));
    if dataset == "zeek.dns" {
        record.set_word(Field::Protocol, "dns");
    }
    record
}

/// `edge7.example.net,192.0.2.1`.
fn set<'a>(record: &mut Record<'a>, field: Field, value: &Value<'a>) {
    for member in value.raw.split(',').take(256) {
        if !record.set(field, member) && field == Field::ResolvedIp {
            record.set(Field::Answer, member);
        }
    }
}

/// What a log is, by a field that only it has.
fn path_of(has: &dyn Fn(&str) -> bool) -> &'static str {
    let telling = [
        ("conn_state", "conn"),
        ("qtype_name", "dns"),
        ("rcode_name", "dns"),
        ("status_code", "http"),
        ("user_agent", "http"),
        ("server_name", "ssl"),
        ("cipher", "ssl"),
        ("certificate.subject", "x509"),
        ("mime_type", "files"),
        ("note", "notice"),
        ("seen.indicator", "intel"),
        ("auth_success", "ssh"),
    ];
    telling.iter().find(|(name, _)| has(name)).map_or("", |&(_, path)| path)
}

fn dataset(path: &str) -> &'static str {
    const DATASETS: &[&str] = &[
        "zeek.conn",
        "zeek.dns",
        "zeek.http",
        "zeek.ssl",
        "zeek.x509",
        "zeek.files",
        "zeek.smtp",
        "zeek.ssh",
        "zeek.notice",
        "zeek.weird",
        "zeek.intel",
        "zeek.rdp",
        "zeek.ftp",
        "zeek.dhcp",
        "zeek.socks",
        "zeek.tunnel",
        "zeek.smb_files",
        "zeek.smb_mapping",
        "zeek.kerberos",
        "zeek.ntlm",
        "zeek.quic",
        "zeek.sip",
        "zeek.irc",
        "zeek.ntp",
        "zeek.snmp",
        "zeek.radius",
        "zeek.dce_rpc",
        "zeek.known_hosts",
        "zeek.known_certs",
        "zeek.known_services",
        "zeek.software",
        "zeek.pe",
        "zeek.ocsp",
    ];
    let is = |dataset: &&&str| dataset.strip_prefix("zeek.") == Some(path);
    DATASETS.iter().find(is).copied().unwrap_or("zeek.log")
}

const IDS: [&str; 6] = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p"];
const CONN: &[&str] = &[
    IDS[0],
    IDS[1],
    IDS[2],
    IDS[3],
    IDS[4],
    IDS[5],
    "proto",
    "service",
    "duration",
    "orig_bytes",
    "resp_bytes",
    "conn_state",
];
const DNS: &[&str] = &[
    IDS[0],
    IDS[1],
    IDS[2],
    IDS[3],
    IDS[4],
    IDS[5],
    "proto",
    "trans_id",
    "rtt",
    "query",
    "qclass",
    "qclass_name",
    "qtype",
    "qtype_name",
    "rcode",
    "rcode_name",
    "AA",
    "TC",
    "RD",
    "RA",
    "Z",
    "answers",
];
const HTTP: &[&str] = &[
    IDS[0],
    IDS[1],
    IDS[2],
    IDS[3],
    IDS[4],
    IDS[5],
    "trans_depth",
    "method",
    "host",
    "uri",
    "referrer",
    "version",
    "user_agent",
];
const SSL: &[&str] =
    &[IDS[0], IDS[1], IDS[2], IDS[3], IDS[4], IDS[5], "version", "cipher", "curve", "server_name"];

/// A row without its header: an epoch, an identifier, two addresses with ports.
fn headless<'a>(row: Row<'a, 'static>) -> Option<Record<'a>> {
    let is_epoch = row.raw(0).len() > 10 && row.raw(0).as_bytes()[10] == b'.';
    let is_row = row.len() >= 8 && is_epoch && row.raw(1).starts_with(['C', 'F']);
    if !is_row || address(row.raw(2)).is_none() || address(row.raw(4)).is_none() {
        return None;
    }
    let (names, dataset) = match row.raw(6) {
        "tcp" | "udp" | "icmp" if row.raw(11).starts_with("C_") => (DNS, "zeek.dns"),
        "tcp" | "udp" | "icmp" | "unknown_transport" => (CONN, "zeek.conn"),
        version if version.starts_with("TLSv") || version.starts_with("SSLv") => (SSL, "zeek.ssl"),
        depth
            if depth.parse::<u16>().is_ok()
                && !row.raw(7).is_empty()
                && row.raw(7).bytes().all(|b| b.is_ascii_uppercase()) =>
        {
            (HTTP, "zeek.http")
        }
        _ => (&IDS[..], "zeek.log"),
    };
    Some(fields(&Columns::new(row, names), dataset))
}
