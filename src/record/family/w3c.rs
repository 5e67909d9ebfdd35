//! W3C extended log file format: IIS, Blue Coat, the Windows firewall, and whoever else writes
//! `#Fields:`.
//!
//! W3C WD-logfile-960323. Names begin with who says it: `c` client, `s` server, `r` remote, `cs`
//! client to server, `sc` back, `x` the application. Values are separated by spaces (so IIS writes
//! `+` for them, Blue Coat quotes); nothing is `-`. Times are UTC by the standard and in IIS and
//! Blue Coat; the Windows firewall says `#Time Format: Local`.
//!
//! In a web server's log the client is the source; in a proxy's, too, but what it asks for is in
//! `cs-host`, and `s-ip` is the proxy itself.
//!
//! Who forwards such lines seldom forwards their header. Usual orders are known without it: those
//! of IIS 6, IIS 7 and Azure's web applications (as test lines of Elastic's `iis` have them), and
//! those of Blue Coat's formats `main` and `bcreportermain_v1`.

use super::Family;
use crate::record::field::Field;
use crate::record::header::{Header, HeaderKind};
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::shape::words::span;
use crate::record::shape::{Named, Table};
use crate::record::time::Stamp;
use crate::record::value::{self, Value, endpoint};
use crate::record::{Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "w3c",
    title: "W3C extended format: IIS, Blue Coat, Windows Firewall",
    datasets: &["iis.access", "bluecoat.proxy", "windows.firewall", "w3c.access"],
    example: "2024-06-10 06:13:20 10.0.0.30 GET /owa/ - 443 - 192.0.2.10 Mozilla/5.0 - 200 0 0 374",
    is_device: false,
    read,
};

/// Of a web server.
const SERVER: &Table = &[
    (Field::SourceIp, &["c-ip"]),
    (Field::SourcePort, &["c-port"]),
    (Field::DestinationIp, &["s-ip"]),
    (Field::DestinationPort, &["s-port"]),
    (Field::HostName, &["s-computername"]),
];

/// Of a proxy.
const PROXY: &Table = &[
    (Field::UrlDomain, &["cs-host", "cs(host)", "cs-uri-host"]),
    (Field::SourceIp, &["c-ip", "x-client-address"]),
    (Field::SourcePort, &["c-port"]),
    (Field::DestinationIp, &["r-ip", "s-supplier-ip", "cs-uri-address", "x-cs-ip"]),
    (Field::DestinationDomain, &["cs-host", "r-dns", "s-supplier-name"]),
    (Field::DestinationPort, &["cs-uri-port", "r-port", "s-supplier-port"]),
    (Field::Action, &["sc-filter-result", "s-action"]),
    (Field::ObserverName, &["s-computername", "s-sitename"]),
];

/// Of all.
const TABLE: &Table = &[
    (Field::Transport, &["protocol"]),
    (Field::Url, &["cs-uri", "c-uri"]),
    (Field::Method, &["cs-method", "c-method"]),
    (Field::Status, &["sc-status"]),
    (Field::UserName, &["cs-username", "cs-user", "cs-userdn"]),
    (Field::UserAgent, &["cs(user-agent)", "c-agent"]),
    (Field::Referrer, &["cs(referer)", "cs(referrer)"]),
    (Field::SourceBytes, &["cs-bytes"]),
    (Field::DestinationBytes, &["sc-bytes"]),
    (Field::ServerName, &["x-cs-connect-host", "ssl-server-name"]),
];

/// Of the Windows firewall.
const FIREWALL: &Table = &[
    (Field::Action, &["action"]),
    (Field::Transport, &["protocol"]),
    (Field::SourceIp, &["src-ip"]),
    (Field::SourcePort, &["src-port"]),
    (Field::DestinationIp, &["dst-ip"]),
    (Field::DestinationPort, &["dst-port"]),
];

/// Orders of IIS; the last column may be missing.
const SERVERS: &[&str] = &[
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(user-agent) \
     cs(referer) sc-status sc-substatus sc-win32-status time-taken x-forwarded-for",
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(user-agent) \
     sc-status sc-substatus sc-win32-status time-taken x-forwarded-for",
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(user-agent) \
     sc-status sc-substatus sc-win32-status time-taken",
    "date time s-sitename s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip \
     cs(user-agent) sc-status sc-substatus sc-win32-status time-taken",
    "date time s-sitename cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip \
     cs(user-agent) cs(cookie) cs(referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes \
     cs-bytes time-taken",
    "date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username \
     c-ip cs-version cs(user-agent) cs(cookie) cs(referer) cs-host sc-status sc-substatus \
     sc-win32-status sc-bytes cs-bytes time-taken",
];

/// Orders of Blue Coat; more may follow.
const PROXIES: &[&str] = &[
    "date time time-taken c-ip sc-status s-action sc-bytes cs-bytes cs-method cs-uri-scheme cs-host \
     cs-uri-port cs-uri-path cs-uri-query cs-username cs-auth-group s-hierarchy s-supplier-name \
     rs(content-type) cs(referer) cs(user-agent) sc-filter-result cs-categories x-virus-id s-ip",
    "date time time-taken c-ip sc-status s-action sc-bytes cs-bytes cs-method cs-uri-scheme cs-host \
     cs-uri-port cs-uri-path cs-uri-query cs-username cs-auth-group s-supplier-name \
     rs(content-type) cs(referer) cs(user-agent) sc-filter-result cs-categories x-virus-id s-ip",
    "date time time-taken c-ip sc-status s-action sc-bytes cs-bytes cs-method cs-uri-scheme cs-host \
     cs-uri-path cs-uri-query cs-username s-hierarchy s-supplier-name rs(content-type) \
     cs(user-agent) sc-filter-result sc-filter-category x-virus-id s-ip",
    "date time time-taken c-ip cs-username cs-auth-group x-exception-id sc-filter-result \
     cs-categories cs(referer) sc-status s-action cs-method rs(content-type) cs-uri-scheme cs-host \
     cs-uri-port cs-uri-path cs-uri-query cs-uri-extension cs(user-agent) s-ip sc-bytes cs-bytes",
    "date time time-taken c-ip cs-username cs-auth-group s-supplier-name s-supplier-ip \
     s-supplier-country s-supplier-failures x-exception-id sc-filter-result cs-categories \
     cs(referer) sc-status s-action cs-method rs(content-type) cs-uri-scheme cs-host cs-uri-port \
     cs-uri-path cs-uri-query cs-uri-extension cs(user-agent) s-ip sc-bytes cs-bytes",
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let header = message.header.filter(|header| header.kind == HeaderKind::W3c);
    // CloudFront's is its own.
    let header = header.filter(|header| !header.has("x-edge-location"));
    let texts = [message.whole, message.text, message.timed];
    if let Some(header) = header
        && let Some(record) = texts.into_iter().find_map(|text| headed(text, header))
    {
        return Some(record);
    }
    [message.text, message.timed, message.whole].into_iter().find_map(headless)
}

/// A line below its header. A relay's own lines stand between, so the columns must be able to be
/// what the header calls them.
fn headed<'a>(text: &'a str, header: &Header) -> Option<Record<'a>> {
    let row = match header.separator {
        b'\t' => Row::split(text, '\t'),
        _ => Row::spaced(text),
    };
    let names = || header.names.iter().map(String::as_str);
    // The last column may be missing, or have spaces.
    let is_row = row.len() + 1 >= header.names.len() && row.len() >= 3 && !text.starts_with('#');
    if !is_row || !is_dated(&row, names()) {
        return None;
    }
    let row = row.named(&header.names);
    Some(match kind(header) {
        Kind::Firewall => firewall(&row),
        Kind::Server(dataset) => server(text, &row, &header.date, dataset),
        Kind::Proxy(dataset) => proxy(text, &row, &header.date, dataset),
    })
}

/// Whether date and time stand where they have to.
fn is_dated<'n>(row: &Row<'_, '_>, names: impl Iterator<Item = &'n str>) -> bool {
    names.enumerate().all(|(at, name)| {
        let text = row.raw(at);
        let is_digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
        match name {
            "date" => is_digit(0) && is_digit(1) && text.contains(['-', '/', '.']),
            "time" => is_digit(0) && text.contains(':'),
            _ => true,
        }
    })
}

/// A line whose header is not at hand.
fn headless(text: &str) -> Option<Record<'_>> {
    let bytes = text.as_bytes();
    if bytes.get(4) != Some(&b'-') || bytes.get(10) != Some(&b' ') || bytes.get(13) != Some(&b':') {
        return None;
    }
    let row = Row::spaced(text);
    let names = |order: &str| -> Vec<String> { order.split(' ').map(str::to_owned).collect() };
    let missing = |order: &str| order.split(' ').count().saturating_sub(row.len());
    let more = |order: &str| row.len().saturating_sub(order.split(' ').count());
    let is_server = |order: &&&str| missing(order) < 2 && more(order) == 0 && fits(&row, order);
    if let Some(order) = SERVERS.iter().find(is_server) {
        return Some(server(text, &row.named(&names(order)), "", "iis.access"));
    }
    let order = PROXIES.iter().find(|order| missing(order) == 0 && fits(&row, order))?;
    Some(proxy(text, &row.named(&names(order)), "", "bluecoat.proxy"))
}

/// Whether the columns can be these.
fn fits(row: &Row<'_, '_>, order: &str) -> bool {
    order.split(' ').enumerate().all(|(at, name)| {
        let text = row.raw(at);
        let is_number = || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_none = text.is_empty() || text == "-";
        match name {
            "s-ip" | "c-ip" => value::address(text).is_some(),
            "cs-method" => text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'),
            "cs-uri-stem" => text.starts_with(['/', '*']),
            "s-port" | "sc-substatus" | "sc-win32-status" => is_number(),
            "sc-status" => is_number() && (text.len() == 3 || text == "0"),
            "s-action" => text.contains('_') || text == "DENIED",
            "sc-bytes" | "cs-bytes" | "time-taken" => is_none || is_number(),
            "x-forwarded-for" => {
                let first = text.split([',', '+']).next();
                is_none || first.and_then(value::address).is_some()
            }
            _ => true,
        }
    })
}

enum Kind {
    Firewall,
    Server(&'static str),
    Proxy(&'static str),
}

fn kind(header: &Header) -> Kind {
    let software = header.product.to_ascii_lowercase();
    if header.has("src-ip") && header.has("dst-ip") {
        return Kind::Firewall;
    }
    if software.contains("sgos") || header.has("sc-filter-result") || header.has("x-exception-id") {
        return Kind::Proxy("bluecoat.proxy");
    }
    if software.contains("internet information services") || header.has("sc-win32-status") {
        return Kind::Server("iis.access");
    }
    if header.has("cs-uri-port") || header.has("r-ip") || header.has("s-supplier-name") {
        return Kind::Proxy("w3c.access");
    }
    Kind::Server("w3c.access")
}

fn firewall<'a>(row: &Row<'a, '_>) -> Record<'a> {
    let mut record = Record::new("windows.firewall");
    record.fill(row, FIREWALL);
    record.stamp = stamp(row, None);
    let is = |name| row.is("path", name);
    if is("RECEIVE") {
        record.side = Some(Side::Server);
    } else if is("SEND") {
        record.side = Some(Side::Client);
    }
    // `OPEN` and `CLOSE` of older versions are of connections that were let through.
    if row.is("action", "OPEN") || row.is("action", "CLOSE") || row.is("action", "OPEN-INBOUND") {
        record.verdict = Some(Verdict::Allowed);
    }
    record
}

fn server<'a>(whole: &'a str, row: &Row<'a, '_>, date: &str, dataset: &'static str) -> Record<'a> {
    let mut record = Record::new(dataset);
    record.side = Some(Side::Server);
    // What a browser asked for may have a port.
    if let Some(host) = row.get("cs-host").or_else(|| row.get("cs(host)")) {
        record.set(Field::UrlDomain, host.part(|host| endpoint(host).0));
    }
    // The query first: where both could be the URL, the longer one says more.
    address(&mut record, whole, row);
    record.fill(row, SERVER);
    record.fill(row, TABLE);
    forwarded(&mut record, row);
    record.stamp = stamp(row, Some(date));
    record
}

fn proxy<'a>(whole: &'a str, row: &Row<'a, '_>, date: &str, dataset: &'static str) -> Record<'a> {
    let mut record = Record::new(dataset);
    record.side = Some(Side::Client);
    record.fill(row, PROXY);
    address(&mut record, whole, row);
    record.fill(row, TABLE);
    forwarded(&mut record, row);
    let is_denied = row.get("s-action").is_some_and(|action| action.text.contains("DENIED"));
    if is_denied {
        record.verdict = Some(Verdict::Blocked);
    }
    record.stamp = stamp(row, Some(date));
    record
}

/// The URL in parts: path and query stand in columns of their own. Neighbouring columns are one
/// stretch of the line, which is the URL but for what separates them.
fn address<'a>(record: &mut Record<'a>, whole: &'a str, row: &Row<'a, '_>) {
    let part = |name: &str| row.get(name).filter(|value| !value.is_blank());
    let stem = part("cs-uri-stem").or_else(|| part("cs-uri-path"));
    let query = part("cs-uri-query");
    let host = part("cs-host");
    if part("cs-uri").is_some() || part("c-uri").is_some() {
        return;
    }
    let Some(stem) = stem else { return };
    let mut url = String::new();
    if let (Some(scheme), Some(host)) = (part("cs-uri-scheme"), &host) {
        url.push_str(&scheme.text);
        url.push_str("://");
        url.push_str(&host.text);
        let is_usual = matches!(
            (scheme.text.as_ref(), part("cs-uri-port").as_ref().map(|port| port.raw)),
            ("http", Some("80")) | ("https" | "ssl", Some("443")) | (_, None)
        );
        if let Some(port) = part("cs-uri-port").filter(|_| !is_usual) {
            url.push(':');
            url.push_str(&port.text);
        }
    }
    url.push_str(&stem.text);
    if let Some(query) = &query {
        if !query.text.starts_with('?') {
            url.push('?');
        }
        url.push_str(&query.text);
    }
    let raw = query.map_or(stem.raw, |query| {
        let both = span(whole, stem.raw, query.raw);
        both.filter(|both| both.len() <= stem.raw.len() + query.raw.len() + 3).unwrap_or(query.raw)
    });
    record.set(Field::Url, Value { raw, text: url.into() });
}

/// The time, in UTC where a date for lines without one is given.
fn stamp(row: &Row<'_, '_>, utc: Option<&str>) -> Option<Stamp> {
    let zone = utc.map(|_| "UTC");
    let time = row.get("time").or_else(|| row.get("x-time"))?;
    let date = match row.get("date") {
        Some(date) => date.text.into_owned(),
        // The header's date, where lines have a time only.
        None => utc?.get(..10)?.to_owned(),
    };
    Stamp::from_parts(&date, &time.text, zone)
        .or_else(|| crate::record::time::read(row.get("x-timestamp")?.raw))
}

/// `192.0.2.1,+10.0.0.1`: a space is a plus sign.
fn forwarded<'a>(record: &mut Record<'a>, row: &impl Named<'a>) {
    for name in ["x-forwarded-for", "cs(x-forwarded-for)", "x-xff"] {
        let Some(value) = row.get(name) else { continue };
        for part in value.raw.split([',', '+', ' ']).take(32) {
            record.set(Field::ForwardedIp, part);
        }
    }
}
