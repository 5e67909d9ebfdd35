//! Google Cloud: logs of HTTP load balancers (with Cloud Armor and Cloud CDN) and audit logs.
//!
//! Google Cloud documentation, `LogEntry` and its `HttpRequest`, and "Understanding audit logs". A
//! load balancer's entry has an `httpRequest`, and what Cloud Armor decided in
//! `jsonPayload.enforcedSecurityPolicy`; an audit entry has a `protoPayload` with the caller. gRPC's
//! status 7 is "permission denied".

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::{Named, Table};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "gcp-log",
    title: "Google Cloud HTTP load balancing and audit logs",
    datasets: &["gcp.loadbalancing", "gcp.audit"],
    example: "{\"httpRequest\":{\"requestMethod\":\"GET\",\"requestUrl\":\"https://www.example.org/\",\
              \"status\":200,\"remoteIp\":\"192.0.2.10\",\"serverIp\":\"10.0.0.8\"},\"resource\":\
              {\"type\":\"http_load_balancer\"},\"timestamp\":\"2024-06-10T06:13:20.1Z\"}",
    is_device: true,
    read,
};

const REQUEST: &Table = &[
    (Field::SourceIp, &["httpRequest.remoteIp"]),
    (Field::DestinationIp, &["httpRequest.serverIp"]),
    (Field::Method, &["httpRequest.requestMethod"]),
    (Field::Url, &["httpRequest.requestUrl"]),
    (Field::Status, &["httpRequest.status"]),
    (Field::SourceBytes, &["httpRequest.requestSize"]),
    (Field::DestinationBytes, &["httpRequest.responseSize"]),
    (Field::UserAgent, &["httpRequest.userAgent"]),
    (Field::Referrer, &["httpRequest.referer"]),
    (Field::RuleName, &["jsonPayload.enforcedSecurityPolicy.name"]),
    (Field::Action, &["jsonPayload.enforcedSecurityPolicy.configuredAction"]),
];

const AUDIT: &Table = &[
    (Field::SourceIp, &["protoPayload.requestMetadata.callerIp"]),
    (Field::UserName, &["protoPayload.authenticationInfo.principalEmail"]),
    (Field::UserAgent, &["protoPayload.requestMetadata.callerSuppliedUserAgent"]),
    (Field::DestinationDomain, &["protoPayload.serviceName"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let object = message.object()?;
    let mut record = if object.has("httpRequest.remoteIp") {
        request(&object)
    } else if object.has("protoPayload.requestMetadata.callerIp") {
        audit(&object)
    } else {
        return None;
    };
    record.side = Some(Side::Server);
    record.stamp = ["timestamp", "receiveTimestamp"]
        .iter()
        .find_map(|name| time::read(&object.get(name)?.text));
    Some(record)
}

fn request<'a>(object: &impl Named<'a>) -> Record<'a> {
    let mut record = Record::new("gcp.loadbalancing");
    record.fill(object, REQUEST);
    if let Some(outcome) = object.get("jsonPayload.enforcedSecurityPolicy.outcome") {
        record.verdict = match outcome.text.as_ref() {
            "ACCEPT" => Some(Verdict::Allowed),
            "DENY" => Some(Verdict::Blocked),
            _ => record.verdict,
        };
    }
    record
}

fn audit<'a>(object: &impl Named<'a>) -> Record<'a> {
    let mut record = Record::new("gcp.audit");
    record.fill(object, AUDIT);
    if let Some(method) = object.get("protoPayload.methodName") {
        record.set_action(method, None);
    }
    let code = object.get("protoPayload.status.code");
    record.outcome = Some(match code.as_ref().map(|code| code.text.as_ref()) {
        None | Some("0") => Outcome::Success,
        Some(_) => Outcome::Failure,
    });
    record
}
