//! AWS CloudTrail: who called which API from where.
//!
//! AWS CloudTrail User Guide, "CloudTrail record contents". `sourceIPAddress` is a name
//! (`cloudformation.amazonaws.com`) where a service called. A file holds many `Records` in one line:
//! the record is that of the one that was hit.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::{Named, Table};
use crate::record::{Outcome, Record, time};

pub(super) const FAMILY: Family = Family {
    name: "aws-cloudtrail",
    title: "AWS CloudTrail",
    datasets: &["aws.cloudtrail"],
    example: "{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"jdoe\"},\
              \"eventTime\":\"2024-06-10T06:13:20Z\",\"eventSource\":\"signin.amazonaws.com\",\
              \"eventName\":\"ConsoleLogin\",\"awsRegion\":\"us-east-1\",\"sourceIPAddress\":\
              \"192.0.2.10\",\"userAgent\":\"Mozilla/5.0\"}",
    is_device: false,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["sourceIPAddress"]),
    (
        Field::UserName,
        &[
            "userIdentity.userName",
            "userIdentity.sessionContext.sessionIssuer.userName",
            "userIdentity.arn",
            "userIdentity.principalId",
            "userIdentity.type",
        ],
    ),
    (Field::UserAgent, &["userAgent"]),
    (Field::DestinationDomain, &["tlsDetails.clientProvidedHostHeader", "eventSource"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let object = message.object()?;
    // EventBridge has it in `detail`.
    let event = object.find("detail").filter(|detail| detail.is_object()).unwrap_or(object);
    if !["eventSource", "eventName", "sourceIPAddress"].iter().all(|name| event.has(name)) {
        return None;
    }
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    record.fill(&event, TABLE);
    if let Some(name) = event.get("eventName") {
        record.set_action(name, None);
    }
    let is_failed = event.get("errorCode").is_some_and(|code| !code.is_blank())
        || event.is("responseElements.ConsoleLogin", "Failure");
    record.outcome = Some(if is_failed { Outcome::Failure } else { Outcome::Success });
    record.stamp = event.get("eventTime").and_then(|value| time::read(&value.text));
    Some(record)
}
