//! Microsoft Entra ID (Azure AD): sign-ins and directory audits, from Graph and from diagnostic
//! settings.
//!
//! Microsoft Graph, resource types `signIn` and `directoryAudit`; Azure Monitor reference,
//! `SigninLogs` and `AuditLogs`. Graph's object stands in `properties` where a diagnostic setting
//! wrote it. Error code 0 is success.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::{Named, Table};
use crate::record::{Outcome, Record, time};

pub(super) const FAMILY: Family = Family {
    name: "entra",
    title: "Microsoft Entra ID sign-ins and audits",
    datasets: &["azure.signinlogs", "azure.auditlogs"],
    example: "{\"createdDateTime\":\"2024-06-10T06:13:20Z\",\"userPrincipalName\":\"jdoe@example.org\",\
              \"appDisplayName\":\"Portal\",\"ipAddress\":\"192.0.2.10\",\"clientAppUsed\":\"Browser\",\
              \"status\":{\"errorCode\":0}}",
    is_device: false,
    read,
};

const SIGN_IN: &Table = &[
    (Field::SourceIp, &["ipAddress"]),
    (Field::UserName, &["userPrincipalName", "servicePrincipalName", "userDisplayName"]),
    (Field::UserAgent, &["userAgent"]),
    (Field::SourceDomain, &["deviceDetail.displayName"]),
];

const AUDIT: &Table = &[
    (Field::SourceIp, &["initiatedBy.user.ipAddress"]),
    (Field::UserName, &["initiatedBy.user.userPrincipalName", "initiatedBy.app.displayName"]),
    (Field::Action, &["activityDisplayName"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let object = message.object()?;
    let body = object.find("properties").filter(|body| body.is_object()).unwrap_or(object);
    let is_sign_in = body.has("ipAddress") && body.has("status.errorCode");
    let is_audit = body.has("activityDisplayName") && body.find("initiatedBy").is_some();
    if !is_sign_in && !is_audit {
        return None;
    }
    let mut record = Record::new(FAMILY.datasets[usize::from(!is_sign_in)]);
    record.side = Some(Side::Server);
    if is_sign_in {
        record.set_word(Field::Action, "sign-in");
        record.fill(&body, SIGN_IN);
        record.outcome = Some(match body.is("status.errorCode", "0") {
            true => Outcome::Success,
            false => Outcome::Failure,
        });
    } else {
        record.fill(&body, AUDIT);
        record.verdict = None;
        record.outcome = Some(match body.is("result", "failure") {
            true => Outcome::Failure,
            false => Outcome::Success,
        });
    }
    record.stamp = ["createdDateTime", "activityDateTime"]
        .iter()
        .find_map(|name| time::read(&body.get(name)?.text))
        .or_else(|| time::read(&object.get("time")?.text));
    Some(record)
}
