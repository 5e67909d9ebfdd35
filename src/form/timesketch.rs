//! Lines for Timesketch, which wants `message`, `datetime` and `timestamp_desc` of each (its
//! "Import from JSON or CSV"), and one line without stops the whole import.
//!
//! A hit without a time is put at the beginning of Unix time as "Not a time", which is what Plaso
//! does and Timesketch's users filter by: the time of the scan would be a false entry in a timeline.

use jiff::Timestamp;
use serde_json::Value;

use super::column::COLUMNS;
use super::headline::headline;
use super::object::Object;
use crate::stored::StoredHit;

pub(super) fn event(hit: &StoredHit) -> Object {
    let time = hit.timestamp.unwrap_or(Timestamp::UNIX_EPOCH);
    let columns = COLUMNS.iter().filter(|column| column.name != "time");
    let object = Object::new()
        .with("message", headline(hit))
        // Python's `isoformat`, which is what Timesketch writes itself.
        .with("datetime", time.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string())
        .with("timestamp", time.as_microsecond())
        .with(
            "timestamp_desc",
            if hit.timestamp.is_some() { "Event Recorded" } else { "Not a time" },
        )
        .with("data_type", "flaxscan:hit")
        .list("tag", ["flaxscan"]);
    columns.fold(object, |object, column| {
        object.maybe(column.name, (column.value)(hit).map(Value::from))
    })
}
