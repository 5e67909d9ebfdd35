//! AWS Elastic Load Balancing: access logs of Application, Network and Classic Load Balancers, and
//! connection logs of the first.
//!
//! Their User Guides, "Access log entries": values separated by spaces, request and user agent in
//! quotes, new columns at the end. What the first column is tells them apart: `https` and its like
//! an Application Load Balancer, `tls` a Network Load Balancer, a time a Classic one or, with a
//! client and ports in three columns, a connection. The client is the source, and what it sent are
//! `received_bytes`. Where the firewall (`waf`) is the last of the actions the request went no
//! further.

use jiff::tz::Offset;

use super::Family;
use super::web_access::request;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::shape::words::word;
use crate::record::time::{self, Stamp};
use crate::record::value::{address, endpoint};
use crate::record::{Outcome, Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "aws-elb",
    title: "AWS Elastic Load Balancing: application, network, classic",
    datasets: &["aws.elb"],
    example: "https 2024-06-10T06:13:20.123456Z app/web/50dc6c495c0c9188 192.0.2.10:2817 10.0.0.8:80 \
              0.086 0.048 0.037 200 200 34 366 \"GET https://www.example.org:443/ HTTP/1.1\" \
              \"curl/8.0\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 - \"Root=1-x\" \"www.example.org\" \
              \"-\" 0 2024-06-10T06:13:20.100000Z \"forward\" \"-\" \"-\" \"10.0.0.8:80\" \"200\"",
    is_device: true,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let (kind, rest) = word(message.text);
    match kind {
        "http" | "https" | "h2" | "grpcs" | "ws" | "wss" => application(rest),
        "tls" => network(rest),
        // Its time was taken for a syslog header's.
        _ => classic(message.timed, message.stamp?)
            .or_else(|| connection(message.timed, message.stamp?)),
    }
}

/// A time and the columns behind it.
fn timed(text: &str) -> Option<(Stamp, Row<'_, '_>)> {
    let (stamp, rest) = time::leading(text)?;
    Some((stamp, Row::spaced(rest)))
}

/// Client and target; a target may be missing (`-`).
fn ends<'a>(record: &mut Record<'a>, client: &'a str, target: &'a str) -> Option<()> {
    address(endpoint(client).0)?;
    record.set(Field::SourceIp, client);
    (target == "-" || address(endpoint(target).0).is_some()).then_some(())?;
    record.set(Field::DestinationIp, target);
    record.side = Some(Side::Server);
    Some(())
}

fn is_count(text: &str) -> bool {
    text == "-"
        || text == "-1"
        || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// From the status of the balancer to the user agent: what the HTTP balancers have in common.
fn exchange<'a>(record: &mut Record<'a>, row: &Row<'a, '_>) -> Option<()> {
    let are_counts = (6..10).all(|column| is_count(row.raw(column)));
    (are_counts && row.len() > 10).then_some(())?;
    record.set(Field::ObserverName, row.raw(0));
    record.set(Field::Status, row.raw(6));
    record.set(Field::SourceBytes, row.raw(8));
    record.set(Field::DestinationBytes, row.raw(9));
    // `- http://host:80- `, `- - - `: there was no request to be read.
    match row.raw(10).strip_prefix("- ") {
        Some(rest) => {
            let url = word(rest).0.trim_end_matches('-');
            record.set(Field::Url, if url.contains("://") { url } else { "" });
        }
        None => request(record, row.raw(10)),
    }
    record.set(Field::UserAgent, row.raw(11));
    Some(())
}

/// `time elb client target three times, two statuses, two counts, "request" "agent" cipher protocol
/// group "trace" "domain" "certificate" priority created "actions" …`.
fn application(text: &str) -> Option<Record<'_>> {
    let (stamp, row) = timed(text)?;
    let mut record = Record::new(FAMILY.datasets[0]);
    ends(&mut record, row.raw(1), row.raw(2))?;
    exchange(&mut record, &row)?;
    record.set(Field::ServerName, row.raw(16));
    let actions = row.raw(20);
    let last = actions.rsplit(',').next().unwrap_or_default();
    let is_stopped = matches!(last, "waf" | "waf-failed");
    if last != "-" {
        record.set_action(actions, is_stopped.then_some(Verdict::Blocked));
    }
    record.stamp = Some(stamp);
    Some(record)
}

/// `elb client backend three times, two statuses, two counts, "request" "agent" cipher protocol`;
/// early ones end with the request.
fn classic(text: &str, stamp: Stamp) -> Option<Record<'_>> {
    // A name, an address: most of what has a time is no such line.
    let client = word(word(text).1).0;
    address(endpoint(client).0).filter(|_| endpoint(client).1.is_some())?;
    let row = Row::spaced(text);
    let mut record = Record::new(FAMILY.datasets[0]);
    ends(&mut record, row.raw(1), row.raw(2))?;
    // Seconds, or -1 where nobody was asked.
    let is_time = |column| row.raw(column).parse::<f32>().is_ok();
    (3..6).all(is_time).then_some(())?;
    exchange(&mut record, &row)?;
    if record.text(Field::Method).is_none() {
        record.set_word(Field::Transport, "tcp");
    }
    record.stamp = Some(stamp);
    Some(record)
}

/// `version time elb listener client target two times, two counts, alert certificate serial cipher
/// protocol group domain …`.
fn network(text: &str) -> Option<Record<'_>> {
    let (version, rest) = word(text);
    version.starts_with(|c: char| c.is_ascii_digit()).then_some(())?;
    let (stamp, row) = timed(rest)?;
    // It is UTC, and does not say so.
    let stamp = match stamp {
        Stamp::Civil(civil) => Stamp::Instant(Offset::UTC.to_timestamp(civil).ok()?),
        other => other,
    };
    let mut record = Record::new(FAMILY.datasets[0]);
    ends(&mut record, row.raw(2), row.raw(3))?;
    (4..8).all(|column| is_count(row.raw(column))).then_some(())?;
    record.set_word(Field::Transport, "tcp");
    record.set(Field::ObserverName, row.raw(0));
    record.set(Field::SourceBytes, row.raw(6));
    record.set(Field::DestinationBytes, row.raw(7));
    record.set(Field::ServerName, row.raw(14));
    record.stamp = Some(stamp);
    Some(record)
}

/// `client port listener-port protocol cipher latency "subject" validity serial verification trace`.
fn connection(text: &str, stamp: Stamp) -> Option<Record<'_>> {
    let (client, rest) = word(text);
    let (port, rest) = word(rest);
    let (listener, rest) = word(rest);
    let protocol = word(rest).0;
    let is_port = |text: &str| text.parse::<u16>().is_ok();
    let is_own =
        is_port(port) && is_port(listener) && (protocol == "-" || protocol.starts_with("TLSv"));
    address(client).filter(|_| is_own)?;
    let row = Row::spaced(rest);
    (row.len() >= 6).then_some(())?;
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    record.set(Field::SourceIp, client);
    record.set(Field::SourcePort, port);
    record.set(Field::DestinationPort, listener);
    record.set_word(Field::Transport, "tcp");
    record.outcome = match row.raw(6) {
        "Success" => Some(Outcome::Success),
        failed if failed.starts_with("Failed") => Some(Outcome::Failure),
        _ => None,
    };
    record.stamp = Some(stamp);
    Some(record)
}
