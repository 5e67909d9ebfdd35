//! Microsoft 365 unified audit log: JSON lines, and the CSV that the portal exports.
//!
//! Office 365 Management Activity API schema: the common schema and the workloads' own; the test
//! lines of Elastic's `o365` module (`ip-formats.log`). `ClientIP` is `192.0.2.10`,
//! `192.0.2.10:51011`, `[192.0.2.10]:51011`, `[2001:db8::1]:51011`, `::ffff:192.0.2.10`, or a name;
//! Exchange says `ClientIPAddress`, Entra ID `ActorIpAddress`. `CreationTime` is UTC by the schema,
//! and does not say so. The export has the same JSON in its column `AuditData`; Sentinel's table
//! `OfficeActivity` has the same names.

use std::borrow::Cow;

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::json::Json;
use crate::record::shape::row::Row;
use crate::record::shape::{Named, Table};
use crate::record::value::{address, endpoint};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "m365",
    title: "Microsoft 365 unified audit log",
    datasets: &["m365.audit"],
    example: "{\"CreationTime\":\"2024-06-10T06:13:20\",\"Operation\":\"UserLoggedIn\",\
              \"RecordType\":15,\"ResultStatus\":\"Success\",\"Workload\":\"AzureActiveDirectory\",\
              \"ClientIP\":\"192.0.2.10\",\"UserId\":\"jdoe@example.org\"}",
    is_device: false,
    read,
};

const TABLE: &Table = &[
    (
        Field::SourceIp,
        &[
            "ClientIP",
            "ClientIPAddress",
            "ActorIpAddress",
            "UserIp",
            "SenderIp",
            "IpAddress",
            "UserIPAddress",
            "Client_IPAddress",
        ],
    ),
    (Field::UserName, &["UserId", "MailboxOwnerUPN", "Recipient", "UserKey"]),
    (Field::Action, &["Operation"]),
    (Field::Url, &["Url", "TargetUrl", "EventData.Url"]),
    (Field::UserAgent, &["UserAgent", "ClientInfoString", "ClientAppId"]),
    (Field::FileName, &["SourceFileName", "AttachmentData.FileName"]),
    (Field::FileSha256, &["AttachmentData.SHA256", "FileData.SHA256", "Sha256"]),
    (Field::EmailFrom, &["P2Sender", "P1Sender", "SenderAddress"]),
    (Field::EmailTo, &["Recipients"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    if let Some(object) = message.object() {
        // The API's content, or what an exporter has put around it.
        let data = ["AuditData", "auditData", "o365", "event.original"]
            .iter()
            .find_map(|name| object.find(name));
        return match data {
            Some(data) if data.is_object() => audit(&data),
            // `Search-UnifiedAuditLog | ConvertTo-Json`.
            Some(data) if data.is_string() => {
                let text = message.line.keep(data.value()?.text.into_owned())?;
                audit(&Json::new(text)?.root())
            }
            _ => audit(&object),
        };
    }
    let text = message.whole;
    if !text.contains("CreationTime") || !text.contains('{') {
        return None;
    }
    let row = Row::csv(text, b',');
    let column = (0..row.len()).find(|&column| row.raw(column).trim_start().starts_with('{'))?;
    let value = row.at(column)?;
    let data = match value.text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => message.line.keep(text)?,
    };
    let json = Json::new(data)?;
    audit(&json.root())
}

fn audit<'a>(event: &impl Named<'a>) -> Option<Record<'a>> {
    let is_audit = event.has("CreationTime")
        && event.has("Operation")
        && (event.has("Workload") || event.has("RecordType"));
    let is_table = event.is("Type", "OfficeActivity") && event.has("Operation");
    if !is_audit && !is_table {
        return None;
    }
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    record.fill(event, TABLE);
    // An operation is no decision (`FileAccessed` was let through, `Send` says nothing).
    record.verdict = None;
    outcome(&mut record, event);
    path(&mut record, event);
    record.stamp = ["CreationTime", "TimeGenerated"]
        .iter()
        .find_map(|name| event.get(name))
        .and_then(|value| time::read(&format!("{}Z", value.text.trim_end_matches('Z'))));
    Some(record)
}

fn outcome<'a>(record: &mut Record<'a>, event: &impl Named<'a>) {
    let is = |words: &[&str]| words.iter().any(|word| event.is("ResultStatus", word));
    if event.is("Operation", "UserLoginFailed") || is(&["Failed", "Failure", "false"]) {
        record.outcome = Some(Outcome::Failure);
    } else if is(&["Success", "Succeeded", "PartiallySucceeded", "true"]) {
        record.outcome = Some(Outcome::Success);
    }
    // Defender for Office says what became of a click or a mail.
    if event.is("DeliveryAction", "Blocked") || event.is("UrlClickAction", "2") {
        record.verdict = Some(Verdict::Blocked);
    }
}

/// SharePoint's and OneDrive's object is a URL; others' is whatever they deal with.
fn path<'a>(record: &mut Record<'a>, event: &impl Named<'a>) {
    for name in ["ObjectId", "SiteUrl"] {
        if let Some(value) = event.get(name).filter(|value| value.text.contains("://")) {
            record.set(Field::Url, value);
        }
    }
    // A second address of the same event: behind Exchange's own.
    for name in ["ClientIPAddress", "ActorIpAddress"] {
        let Some(value) = event.get(name) else { continue };
        if address(endpoint(&value.text).0) != record.ip(Field::SourceIp) {
            record.set(Field::ForwardedIp, value);
        }
    }
}
