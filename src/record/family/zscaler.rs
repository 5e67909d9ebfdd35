//! Zscaler Internet Access through NSS: web, firewall and DNS logs as pairs, CSV and JSON. What it
//! writes as CEF and LEEF is read there.
//!
//! Zscaler help, "NSS Feed Output Format: Web Logs", "… Firewall Logs", "… DNS Logs". A feed is a
//! template that administrators change, so names are read wherever they stand: those of the template
//! for Splunk (`ClientIP`, `serverip`, `responsesize`), and NSS's own (`cip`, `sip`, `respsize`). The
//! CSV has no names; it begins with `"Mon Jun 10 06:13:20 2024","login","protocol","url","action"`,
//! and has client and server side by side.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::dns;
use crate::record::shape::pairs::Pairs;
use crate::record::shape::row::Row;
use crate::record::shape::words::before;
use crate::record::shape::{Named, Table};
use crate::record::time::{self, Stamp};
use crate::record::value::{Value, address};
use crate::record::{Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "zscaler",
    title: "Zscaler NSS: web, firewall, DNS",
    datasets: &["zscaler.web", "zscaler.firewall", "zscaler.dns"],
    example: "2024-06-10 06:13:20\treason=Allowed\taction=Allowed\trequestsize=299\t\
              responsesize=84194\tserverip=192.0.2.10\trequestmethod=GET\tproduct=NSS\t\
              ClientIP=10.0.0.5\tstatus=200\tuser=jdoe@example.org\turl=\"www.example.org/v1\"\t\
              vendor=Zscaler\thostname=www.example.org\tclientpublicIP=203.0.113.9",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (
        Field::SourceIp,
        &["ClientIP", "cip", "csip", "clt_sip", "clientip", "cintip", "clientpublicIP"],
    ),
    (Field::SourcePort, &["csport", "clientsourceport", "clt_sport"]),
    (Field::SourceNatIp, &["clientpublicIP", "cintip", "ssip"]),
    (Field::SourceNatPort, &["ssport"]),
    (Field::DestinationIp, &["serverip", "sip", "cdip", "srv_dip", "sdip"]),
    (Field::DestinationPort, &["cdport", "srv_dport", "sdport", "serverdestport"]),
    (Field::DestinationDomain, &["hostname", "ehost", "host"]),
    (Field::UrlDomain, &["hostname", "ehost", "host"]),
    (Field::SourceBytes, &["requestsize", "reqsize", "outbytes"]),
    (Field::DestinationBytes, &["responsesize", "respsize", "inbytes"]),
    (Field::Action, &["action", "reqaction", "resaction"]),
    (Field::Url, &["url", "eurl"]),
    (Field::Method, &["requestmethod", "reqmethod"]),
    (Field::Status, &["status", "respcode"]),
    (Field::Referrer, &["refererURL", "ereferer", "referer"]),
    (Field::UserAgent, &["useragent", "eua", "ua"]),
    (Field::UserName, &["user", "login", "elogin"]),
    (Field::FileMd5, &["md5", "bamd5"]),
    (Field::FileSha256, &["sha256"]),
    (Field::FileName, &["filename", "efilename"]),
    (Field::RuleName, &["threatname", "rulelabel", "reqrulelabel"]),
    (Field::QuestionName, &["dns_req", "reqdomain", "req"]),
    (Field::QuestionType, &["dns_reqtype", "reqtype"]),
    (Field::ResponseCode, &["restype", "respcode_dns"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if let Some(object) = message.object() {
        let kind = object.get("sourcetype").map(|value| value.text);
        let is_own = kind.as_ref().is_some_and(|kind| kind.starts_with("zscalernss"));
        let event = object.find("event").filter(|event| event.is_object()).unwrap_or(object);
        if !is_own && !event.is("vendor", "Zscaler") {
            return None;
        }
        return Some(named(&event, kind.as_deref().unwrap_or_default()));
    }
    let text = message.whole;
    if ["vendor=Zscaler", "vendor=\"Zscaler\"", "product=NSS", "product=\"NSS\""]
        .iter()
        .any(|mark| text.contains(mark))
    {
        return Some(pairs(text));
    }
    let is_firewall = text.contains("csip=") && text.contains("cdip=");
    if is_firewall || text.contains("clt_sip=") {
        return Some(pairs(text));
    }
    let rest = Some(message.text).filter(|text| text.len() < message.whole.len());
    row(message.whole).or_else(|| row(rest?))
}

fn pairs(text: &str) -> Record<'_> {
    // Values have spaces, in templates with tabs even without quotes.
    let parts: Vec<_> = if text.contains('\t') {
        text.split('\t').take(512).filter_map(pair).collect()
    } else {
        super::cef::assignments(text).into_iter().map(|(key, value)| (key, bare(value))).collect()
    };
    let mut record = named(&Pairs::from_vec(parts), "");
    if record.stamp.is_none() {
        record.stamp = time::leading(text).map(|(stamp, _)| stamp);
    }
    record
}

fn pair(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once('=')?;
    // The first may have the time and a space before it.
    let key = key.rsplit(' ').next().unwrap_or(key);
    Some((key, bare(value)))
}

fn bare(value: &str) -> &str {
    let value = value.trim().trim_end_matches(',');
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}

fn named<'a>(from: &impl Named<'a>, kind: &str) -> Record<'a> {
    let is_dns = kind.contains("dns") || from.has("clt_sip") || from.has("reqaction");
    let is_firewall = kind.contains("fw") || from.has("csip") || from.has("cdip");
    let dataset = match (is_dns, is_firewall) {
        (true, _) => "zscaler.dns",
        (_, true) => "zscaler.firewall",
        _ => "zscaler.web",
    };
    let mut record = Record::new(dataset);
    record.side = Some(Side::Client);
    record.fill(&Said(from), TABLE);
    // In firewall logs it is the transport, in web logs `HTTPS`.
    for name in ["proto", "protocol"] {
        if let Some(value) = from.get(name) {
            protocol(&mut record, value);
        }
    }
    if is_dns && let Some(answer) = from.get("res").or_else(|| from.get("dns_resp")) {
        record.set(Field::ResolvedIp, answer);
    }
    // `A record`
    if is_dns && let Some(kind) = ["dns_reqtype", "reqtype"].iter().find_map(|name| from.get(name))
    {
        record.entries.retain(|entry| entry.field != Field::QuestionType);
        dns::kind(&mut record, kind.part(|kind| before(kind, " record")));
    }
    // `REQ_ALLOW` and `RES_BLOCK`: the one that blocked is what was done.
    let acted = |name| from.get(name).filter(|action: &Value<'_>| action.text.contains("BLOCK"));
    if is_dns && let Some(action) = acted("resaction").or_else(|| acted("reqaction")) {
        record.entries.retain(|entry| entry.field != Field::Action);
        record.set_action(action, Some(Verdict::Blocked));
    } else if is_dns && record.verdict.is_none() && from.is("reqaction", "REQ_ALLOW") {
        record.verdict = Some(Verdict::Allowed);
    }
    let times = ["epochtime", "datetime", "time", "eventtime", "timestamp"];
    record.stamp = times.iter().find_map(|name| time::read(&from.get(name)?.text));
    if matches!(record.stamp, None | Some(Stamp::Yearless(..))) {
        record.stamp = None;
    }
    if record.verdict.is_none() && from.is("action", "Cautioned") {
        record.verdict = Some(Verdict::Allowed);
    }
    record
}

fn protocol<'a>(record: &mut Record<'a>, value: Value<'a>) {
    if !record.set(Field::Transport, value.clone()) && !record.has(Field::Protocol) {
        record.set(Field::Protocol, value);
    }
}

/// `None` is nothing.
struct Said<'n, T>(&'n T);

impl<'a, T: Named<'a>> Named<'a> for Said<'_, T> {
    fn get(&self, name: &str) -> Option<Value<'a>> {
        self.0.get(name).filter(|value| is_said(&value.text))
    }
}

fn is_said(text: &str) -> bool {
    !matches!(text, "None" | "NA" | "N/A")
}

/// The CSV or TSV: `"time","login","proto","url","action",…,"cip","sip","method","status",…`.
fn row(text: &str) -> Option<Record<'_>> {
    const COLUMNS: usize = 12;
    let separator = if text.contains('\t') { b'\t' } else { b',' };
    // Asked of every line, and few have so many.
    if memchr::memchr_iter(separator, text.as_bytes()).count() + 1 < COLUMNS {
        return None;
    }
    let row = Row::csv(text, separator);
    let is_row = row.len() >= COLUMNS
        && matches!(row.raw(4), "Allowed" | "Blocked" | "Cautioned" | "Isolated")
        && row.raw(2).len() <= 16;
    let stamp = time::read(row.raw(0)).filter(|_| is_row)?;
    let mut record = Record::new("zscaler.web");
    record.side = Some(Side::Client);
    record.stamp = Some(stamp);
    for (field, column) in [(Field::UserName, 1), (Field::Url, 3), (Field::Action, 4)] {
        if let Some(value) = row.at(column).filter(|value| is_said(&value.text)) {
            record.set(field, value);
        }
    }
    if let Some(value) = row.at(2) {
        protocol(&mut record, value);
    }
    let is_address = |column: usize| address(row.raw(column)).is_some();
    let client = (5..row.len()).find(|&column| is_address(column))?;
    record.set(Field::SourceIp, row.raw(client));
    if is_address(client + 1) {
        record.set(Field::DestinationIp, row.raw(client + 1));
    }
    // `appname`, `appclass`, and two sizes.
    let is_number = |column: usize| {
        !row.raw(column).is_empty() && row.raw(column).bytes().all(|byte| byte.is_ascii_digit())
    };
    if is_number(7) && is_number(8) {
        record.set(Field::SourceBytes, row.raw(7));
        record.set(Field::DestinationBytes, row.raw(8));
    }
    let names = [Field::Method, Field::Status, Field::UserAgent, Field::Referrer];
    let columns = client + 2..client + 6;
    for (field, column) in names.into_iter().zip(columns) {
        if let Some(value) = row.at(column).filter(|value| is_said(&value.text)) {
            record.set(field, value);
        }
    }
    Some(record)
}
