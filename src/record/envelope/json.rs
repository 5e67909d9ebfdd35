//! JSON that carries a line as a string: container runtimes, journald, shippers, SIEM exports; and
//! JSON that carries many events in one line: cloud exports.

use crate::record::shape::json::{Item, Json};
use crate::record::value::Value;

/// Where the line is. Shippers keep the original beside what they made of it, so that comes first.
const NAMES: &[&str] = &[
    "event.original",
    "_raw",
    "raw",
    "rawEvent",
    "raw_log",
    "original",
    "result._raw",
    "message",
    "MESSAGE",
    "@message",
    "log",
    "msg",
    "textPayload",
    "SyslogMessage",
    "jsonPayload.message",
    "line",
];

/// The line that a JSON object carries, if it carries one.
pub(crate) fn wrapped<'a>(object: Item<'_, 'a>) -> Option<Value<'a>> {
    NAMES.iter().find_map(|name| {
        let mut value = object.find(name).filter(|item| item.is_string())?.value()?;
        // Docker keeps the line end; without it there is often nothing to unescape.
        let raw = value.raw.trim_end_matches("\\n").trim_end_matches("\\r");
        if raw.len() < value.raw.len() && !raw.contains('\\') {
            value = raw.into();
        }
        // A word is no line.
        let text = value.text.trim();
        (text.len() > 8 && text.contains([' ', ',', '|', '\t', '{'])).then_some(value)
    })
}

/// Who says the line that a JSON object carries, where it says so itself: journald, shippers. Then
/// the line has no header to say it.
pub(crate) fn program<'a>(object: Item<'_, 'a>) -> &'a str {
    const NAMES: &[&str] = &[
        "SYSLOG_IDENTIFIER",
        "_COMM",
        "process.name",
        "log.syslog.appname",
        "syslog.appname",
        "ProcessName",
        "appname",
        "program",
        "ident",
    ];
    let name = NAMES.iter().find_map(|name| object.find(name).filter(|item| item.is_string()));
    name.map_or("", Item::raw)
}

/// Where lists of events are.
const LISTS: &[&str] = &["Records", "records", "logEvents", "value", "events"];

/// The event to read: the whole, or of a list of events the one that was hit.
pub(crate) fn element<'a>(json: &Json<'a>, is_hit: impl Fn(&str) -> bool) -> usize {
    let root = json.root();
    let list = if root.is_object() {
        let list = LISTS.iter().find_map(|name| root.find(name).filter(|item| item.is_array()));
        match list {
            Some(list) => list,
            None => return root.index(),
        }
    } else {
        root
    };
    let objects = || list.children().filter(|item| item.is_object());
    let hit = objects().find(|item| is_hit(item.raw())).or_else(|| objects().next());
    hit.unwrap_or(root).index()
}
