//! Amazon S3: server access logs.
//!
//! Amazon S3 User Guide, "Server access log format": `owner bucket [time] client requester request-id
//! operation key "request" status error sent size times "referrer" "agent" version host-id signature
//! cipher authentication host tls access-point acl`. New columns are added at the end, and the last
//! ones may be missing. What S3 does by itself (`S3.EXPIRE.OBJECT`) has no client.

use super::Family;
use super::web_access::request;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::row::Row;
use crate::record::{Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "aws-s3",
    title: "Amazon S3 server access log",
    datasets: &["aws.s3access"],
    example: "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0 bucket1 \
              [10/Jun/2024:06:13:20 +0000] 192.0.2.10 - 3E57427F3EXAMPLE REST.GET.OBJECT a.txt \
              \"GET /a.txt HTTP/1.1\" 200 - 113 113 7 6 \"-\" \"curl/8.0\" - x= - \
              ECDHE-RSA-AES128-GCM-SHA256 - bucket1.s3.us-west-1.amazonaws.com TLSv1.2 - -",
    is_device: false,
    read,
};

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    // Another column may stand where a collector has put one.
    [message.text, message.whole].into_iter().find_map(columns)
}

fn columns(text: &str) -> Option<Record<'_>> {
    // The time is the third column, and few lines have it there.
    let open = text.bytes().take(200).position(|byte| byte == b'[')?;
    let (stamp, rest) = time::leading(&text[open + 1..])?;
    let rest = rest.trim_start().strip_prefix("] ")?;
    let row = Row::spaced(rest);
    let operation = row.raw(3);
    let is_operation = ["REST.", "SOAP.", "BATCH.", "WEBSITE.", "S3."]
        .iter()
        .any(|begin| operation.starts_with(begin));
    if !is_operation || row.len() < 8 {
        return None;
    }
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    record.stamp = Some(stamp);
    record.set(Field::SourceIp, row.raw(0));
    record.set(Field::UserName, row.raw(1));
    // The host that was asked before the path.
    record.set(Field::UrlDomain, row.raw(19));
    request(&mut record, row.raw(5));
    record.set(Field::Status, row.raw(6));
    record.set(Field::DestinationBytes, row.raw(8));
    record.set(Field::Referrer, row.raw(12));
    record.set(Field::UserAgent, row.raw(13));
    let is_denied = matches!(row.raw(7), "AccessDenied" | "AllAccessDisabled" | "AccountProblem");
    record.set_action(operation, is_denied.then_some(Verdict::Blocked));
    Some(record)
}
