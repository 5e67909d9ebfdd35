//! Access logs of web servers: Apache, nginx, and whoever else writes NCSA's common and combined
//! formats; nginx, Caddy and Traefik as JSON.
//!
//! Apache HTTP Server, mod_log_config: `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"`,
//! with `%v:%p` before it (`vhost_combined`); `%{X-Forwarded-For}i` stands before it or behind it.
//! nginx, ngx_http_log_module: the same, and often `"$http_x_forwarded_for"` behind it. The time in
//! its brackets is what the line is recognised by; the client stands three columns before it.
//! Quotes in values are `\"` in Apache and `\x22` in nginx.

use super::Family;
use super::squid::find_result;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::shape::words::{quoted, word};
use crate::record::shape::{Named, Table};
use crate::record::value::{Value, address, endpoint, is_host_name};
use crate::record::{Record, time};

pub(super) const FAMILY: Family = Family {
    name: "web-access",
    title: "Apache, nginx: access logs (common, combined, vhost_combined, JSON)",
    datasets: &["web.access", "apache.access", "nginx.access", "caddy.access", "traefik.access"],
    example: "192.0.2.10 - - [10/Jun/2024:06:13:20 +0000] \"GET /index.html HTTP/1.1\" 200 3259 \
              \"http://www.example.org/\" \"Mozilla/5.0\"",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if let Some(object) = message.object() {
        return json(&object);
    }
    let dataset = match message.program {
        program if program.contains("nginx") => "nginx.access",
        program if program.contains("apache") || program.contains("httpd") => "apache.access",
        _ => "web.access",
    };
    if let Some(record) = encrypted(message.text) {
        return Some(record);
    }
    // HAProxy's `option httplog clf` is its own.
    if message.is_from("haproxy") {
        return None;
    }
    let found = access(message.text, dataset).or_else(|| access(message.timed, dataset))?;
    // Squid's is a proxy's.
    found.extra.and_then(find_result).is_none().then_some(found.record)
}

/// mod_ssl's `ssl_request_log`: `[10/Jun/2024:06:13:20 +0000] 192.0.2.10 TLSv1.3 cipher "GET /" 1`.
fn encrypted(text: &str) -> Option<Record<'_>> {
    let (stamp, rest) = time::leading(text.strip_prefix('[')?)?;
    let (client, rest) = word(rest.strip_prefix(']')?);
    let (version, rest) = word(rest);
    if !version.starts_with("TLSv") && !version.starts_with("SSLv") {
        return None;
    }
    let (line, rest) = quoted(word(rest).1)?;
    let mut record = Record::new("apache.access");
    record.side = Some(Side::Server);
    record.stamp = Some(stamp);
    record.set(Field::SourceIp, client);
    request(&mut record, line);
    record.set(Field::DestinationBytes, word(rest).0);
    Some(record)
}

/// A line in NCSA's format.
pub(super) struct Access<'a> {
    pub record: Record<'a>,
    /// What stands behind the user agent.
    pub extra: Option<&'a str>,
}

/// Reads a line in NCSA's format.
pub(super) fn access<'a>(text: &'a str, dataset: &'static str) -> Option<Access<'a>> {
    // `[10/Jun/2024:06:13:20 +0000]`; a user may be anything, but brackets are few.
    let open = text.match_indices('[').map(|(at, _)| at).take(8).find(|&at| {
        let after = &text.as_bytes()[at + 1..];
        after.get(2) == Some(&b'/') && after.get(6) == Some(&b'/') && after.get(11) == Some(&b':')
    })?;
    let (stamp, rest) = time::leading(&text[open + 1..])?;
    let rest = rest.trim_start().strip_prefix(']')?.trim_start();
    let (request, rest) = quoted(rest).filter(|_| rest.starts_with('"'))?;
    let (status, rest) = word(rest);
    let is_status =
        status == "-" || status.len() == 3 && status.bytes().all(|b| b.is_ascii_digit());
    if !is_status {
        return None;
    }
    let mut record = Record::new(dataset);
    record.stamp = Some(stamp);
    client(&mut record, &text[..open])?;
    self::request(&mut record, request);
    record.set(Field::Status, status);
    let (bytes, rest) = word(rest);
    record.set(Field::DestinationBytes, bytes);
    let mut extra = None;
    if let Some((referrer, rest)) = quoted(rest) {
        record.set(Field::Referrer, referrer);
        let rest = rest.trim_start();
        match quoted(rest) {
            Some((agent, rest)) => {
                record.set(Field::UserAgent, agent);
                extra = Some(rest.trim_start());
            }
            None => extra = Some(rest),
        }
    } else if !rest.is_empty() {
        extra = Some(rest);
    }
    if let Some(extra) = extra {
        let row = Row::spaced(extra);
        for column in (0..row.len()).take(32) {
            forwarded(&mut record, row.raw(column));
        }
    }
    let is_proxy = request.starts_with("CONNECT ")
        || request.contains(" http://")
        || request.contains(" https://");
    if !is_proxy {
        record.side = Some(Side::Server);
    }
    Some(Access { record, extra })
}

/// `[vhost[:port]] [forwarded, …] client ident user`.
fn client<'a>(record: &mut Record<'a>, text: &'a str) -> Option<()> {
    let row = Row::spaced(text);
    let len = row.len();
    if len < 3 {
        return None;
    }
    let is_address = |column: usize| {
        let text = row.raw(column).trim_matches(',');
        address(text).is_some()
            || text.contains(',') && text.split(',').all(|part| address(part).is_some())
    };
    let mut at = 0;
    // A name before an address is the virtual host's.
    let name = endpoint(row.raw(0));
    if len > 3 && !is_address(0) && (is_address(1) || name.1.is_some()) {
        if is_host_name(name.0) {
            record.set(Field::UrlDomain, name.0);
        }
        if let Some(port) = name.1 {
            record.set(Field::DestinationPort, port);
        }
        at = 1;
    }
    // The last of several addresses is who connected.
    let mut last = at;
    while last + 3 < len && is_address(last + 1) {
        last += 1;
    }
    for column in at..last {
        forwarded(record, row.raw(column).trim_matches(','));
    }
    let client = row.raw(last);
    let host = client.rsplit_once(',').map_or(client, |(before, host)| {
        forwarded(record, before);
        host
    });
    if !record.set(Field::SourceIp, host) && host != "-" && !host.starts_with("unix:") {
        return None;
    }
    if last + 2 >= len {
        return None;
    }
    // A user's name may have spaces; what is glued to the bracket is none.
    let user = crate::record::shape::words::span(text, row.raw(last + 2), row.raw(len - 1));
    record.set(Field::UserName, user.unwrap_or_default());
    Some(())
}

/// `192.0.2.10, 10.0.0.5`, nothing else.
fn forwarded<'a>(record: &mut Record<'a>, text: &'a str) {
    let text = text.trim_matches('"');
    if text.split(',').all(|part| address(part).is_some() || part.trim() == "unknown") {
        for part in text.split(',').take(16) {
            record.set(Field::ForwardedIp, part.trim());
        }
    }
}

/// `GET /index.html HTTP/1.1`; anything may have been sent.
pub(super) fn request<'a>(record: &mut Record<'a>, request: &'a str) {
    let (method, rest) = word(request);
    let is_method = (1..=32).contains(&method.len())
        && method.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_-".contains(&byte));
    if !is_method || rest.is_empty() {
        return;
    }
    record.set(Field::Method, method);
    let url = match rest.rsplit_once(' ') {
        Some((url, version)) if version.starts_with("HTTP/") => url,
        _ => rest,
    };
    // A server's path has no host, though one may stand in it.
    record.set(Field::Url, url.trim());
}

/// Where JSON has `X-Forwarded-For`.
const FORWARDED: &[&str] = &[
    "http_x_forwarded_for",
    "x_forwarded_for",
    "request.headers.X-Forwarded-For",
    "request_X-Forwarded-For",
    "xff",
];

const JSON: &Table = &[
    (
        Field::SourceIp,
        &[
            "remote_addr",
            "request.remote_ip",
            "request.client_ip",
            "request.remote_addr",
            "ClientHost",
            "ClientAddr",
            "remote_ip",
            "clientip",
            "remoteIP",
        ],
    ),
    (Field::SourcePort, &["remote_port", "request.remote_port", "ClientPort"]),
    (Field::DestinationIp, &["server_addr"]),
    (Field::DestinationPort, &["server_port"]),
    (Field::UserName, &["remote_user", "user_id", "ClientUsername", "user"]),
    (
        Field::UrlDomain,
        &["http_host", "request.host", "RequestHost", "vhost", "server_name", "host"],
    ),
    (Field::Method, &["request_method", "request.method", "RequestMethod", "method"]),
    (Field::Url, &["request_uri", "request.uri", "RequestPath", "uri", "url"]),
    (Field::Status, &["status", "DownstreamStatus", "response", "status_code"]),
    (
        Field::DestinationBytes,
        &["bytes_sent", "body_bytes_sent", "size", "DownstreamContentSize", "bytes"],
    ),
    (Field::SourceBytes, &["request_length", "bytes_read"]),
    (
        Field::Referrer,
        &[
            "http_referer",
            "http_referrer",
            "request.headers.Referer",
            "request_Referer",
            "referer",
            "referrer",
        ],
    ),
    (
        Field::UserAgent,
        &[
            "http_user_agent",
            "request.headers.User-Agent",
            "request_User-Agent",
            "agent",
            "user_agent",
        ],
    ),
    (Field::ServerName, &["request.tls.server_name", "ssl_server_name"]),
    (Field::HostName, &["hostname"]),
];

fn json<'a>(object: &impl Named<'a>) -> Option<Record<'a>> {
    let has = |name: &str| object.has(name);
    let dataset = if has("request.uri") && (has("request.remote_ip") || has("request.remote_addr"))
    {
        "caddy.access"
    } else if has("DownstreamStatus") && has("RequestMethod") {
        "traefik.access"
    } else if has("remote_addr")
        && has("status")
        && (has("request") || has("request_uri") || has("uri"))
    {
        "nginx.access"
    } else {
        return None;
    };
    let mut record = Record::new(dataset);
    record.side = Some(Side::Server);
    if let Some(line) = object.get("request") {
        let Value { raw, text } = line;
        if let std::borrow::Cow::Borrowed(_) = text {
            request(&mut record, raw);
        }
    }
    for name in FORWARDED {
        object.each(name, &mut |value| forwarded(&mut record, value.raw));
    }
    record.fill(object, JSON);
    let times =
        ["time_iso8601", "time_local", "StartUTC", "msec", "ts", "timestamp", "@timestamp", "time"];
    record.stamp = times.iter().find_map(|name| time::read(&object.get(name)?.text));
    Some(record)
}
