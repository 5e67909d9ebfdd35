//! A hit as a row: names without dots, one value each.

use std::net::IpAddr;

use serde_json::Value;

use crate::stored::StoredHit;

/// A column: its name, and what stands in it.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) value: fn(&StoredHit) -> Option<Value>,
}

const fn column(name: &'static str, value: fn(&StoredHit) -> Option<Value>) -> Column {
    Column { name, value }
}

/// New columns go to the end: scripts count them.
pub(super) const COLUMNS: &[Column] = &[
    column("time", |hit| text(&hit.timestamp?.to_string())),
    column("severity", |hit| Some(hit.event.severity?.into())),
    column("indicator", |hit| text(&hit.threat.indicator.name)),
    column("indicator_type", |hit| text(&hit.threat.indicator.r#type)),
    column("relation", |hit| text(&hit.flaxscan.relation)),
    column("matched", |hit| text(&hit.flaxscan.matched)),
    column("field", |hit| text(&hit.threat.enrichments.first()?.matched.field)),
    column("direction", |hit| text(hit.network.direction.as_deref()?)),
    column("verdict", |hit| text(hit.flaxscan.verdict.as_deref()?)),
    column("action", |hit| said(&hit.event.action)),
    column("source_ip", |hit| address(hit.source.ip)),
    column("source_port", |hit| Some(hit.source.port?.into())),
    column("source_bytes", |hit| Some(hit.source.bytes?.into())),
    column("destination_ip", |hit| address(hit.destination.ip)),
    column("destination_port", |hit| Some(hit.destination.port?.into())),
    column("destination_bytes", |hit| Some(hit.destination.bytes?.into())),
    column("transport", |hit| said(&hit.network.transport)),
    column("question", |hit| said(&hit.dns.question.name)),
    column("question_type", |hit| said(&hit.dns.question.r#type)),
    column("url", |hit| said(&hit.url.original)),
    column("server_name", |hit| said(&hit.tls.client.server_name)),
    column("user", |hit| said(&hit.user.name)),
    column("host", |hit| said(&hit.host.name)),
    column("observer", |hit| said(&hit.observer.hostname)),
    column("dataset", |hit| text(&hit.event.dataset)),
    column("window", |hit| text(hit.flaxscan.window.as_deref()?)),
    column("confidence", |hit| text(&hit.threat.indicator.confidence)),
    column("description", |hit| text(&hit.threat.indicator.description)),
    column("provider", |hit| text(&hit.threat.indicator.provider)),
    column("group", |hit| text(&hit.threat.group.as_ref()?.name)),
    column("assessment", |hit| said(&hit.flaxscan.assessment)),
    column("file", |hit| text(&hit.log.file.path)),
    column("line", |hit| Some(hit.flaxscan.line.into())),
    column("offset", |hit| Some(hit.log.offset.into())),
    column("original", |hit| text(&hit.event.original)),
];

fn text(value: &str) -> Option<Value> {
    (!value.is_empty()).then(|| value.into())
}

fn said(value: &Option<String>) -> Option<Value> {
    text(value.as_deref()?)
}

fn address(value: Option<IpAddr>) -> Option<Value> {
    Some(value?.to_string().into())
}
