//! A hit as a row: names without dots, one value each.

use std::borrow::Cow;
use std::net::IpAddr;

use serde_json::Value;

use crate::stored::StoredHit;
use crate::words;

/// A column: its name, and what stands in it.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) value: for<'h> fn(&'h StoredHit) -> Option<Cell<'h>>,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell<'h> {
    Text(Cow<'h, str>),
    Number(u64),
}

impl From<Cell<'_>> for Value {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Text(text) => text.into(),
            Cell::Number(number) => number.into(),
        }
    }
}

const fn column(
    name: &'static str,
    value: for<'h> fn(&'h StoredHit) -> Option<Cell<'h>>,
) -> Column {
    Column { name, value }
}

/// New columns go to the end: scripts count them.
pub(super) const COLUMNS: &[Column] = &[
    column("time", |hit| Some(Cell::Text(hit.timestamp?.to_string().into()))),
    column("severity", |hit| number(hit.event.severity?)),
    column("indicator", |hit| text(&hit.threat.indicator.name)),
    column("indicator_type", |hit| text(&hit.threat.indicator.r#type)),
    column("relation", |hit| text(&hit.flaxscan.relation)),
    column("matched", |hit| text(&hit.flaxscan.matched)),
    column("field", |hit| text(&hit.threat.enrichments.first()?.matched.field)),
    column("direction", |hit| text(hit.network.direction.as_deref()?)),
    column("verdict", |hit| text(hit.flaxscan.verdict.as_deref()?)),
    column("action", |hit| said(&hit.event.action)),
    column("source_ip", |hit| address(hit.source.ip)),
    column("source_port", |hit| number(hit.source.port?)),
    column("source_bytes", |hit| number(hit.source.bytes?)),
    column("destination_ip", |hit| address(hit.destination.ip)),
    column("destination_port", |hit| number(hit.destination.port?)),
    column("destination_bytes", |hit| number(hit.destination.bytes?)),
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
    column("line", |hit| number(hit.flaxscan.line)),
    column("offset", |hit| number(hit.log.offset)),
    column("original", |hit| text(&hit.event.original)),
];

fn text(value: &str) -> Option<Cell<'_>> {
    (!value.is_empty()).then_some(Cell::Text(Cow::Borrowed(value)))
}

fn said(value: &Option<String>) -> Option<Cell<'_>> {
    text(value.as_deref()?)
}

fn address(value: Option<IpAddr>) -> Option<Cell<'static>> {
    Some(Cell::Text(words::address(value?).into()))
}

fn number(value: impl Into<u64>) -> Option<Cell<'static>> {
    Some(Cell::Number(value.into()))
}
