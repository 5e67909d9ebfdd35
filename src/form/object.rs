//! JSON objects in which what is not said is absent, one a line.

use std::fmt;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::sink::write_json_line;
use crate::stored::{Receiver, StoredHit};

/// A JSON object, its fields in the order of their names.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// With a field.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// With a field, if there is something to say.
    pub(super) fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With a field as it is shown, if there is something to show.
    pub(super) fn shown(self, name: &str, value: Option<impl fmt::Display>) -> Self {
        self.maybe(name, value.map(|value| value.to_string()))
    }

    /// With a list, if something is in it.
    pub(super) fn list<T: Into<Value>>(
        self,
        name: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        self.maybe(name, (!values.is_empty()).then_some(values))
    }

    /// Itself, if something is in it.
    pub(super) fn filled(self) -> Option<Self> {
        (!self.0.is_empty()).then_some(self)
    }

    /// A field that is a text, or nothing.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether one of its fields is one of these.
    pub(super) fn refers_to(&self, ids: &[String]) -> bool {
        let is_one = |value: &Value| value.as_str().is_some_and(|id| ids.iter().any(|it| it == id));
        self.0.values().any(is_one)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Writes an object a line for each hit.
pub(super) struct Lines<W> {
    out: W,
    object: fn(&StoredHit) -> Object,
}

impl<W: Write> Lines<W> {
    /// Writes to `out` what `object` makes of each hit.
    pub(super) fn new(out: W, object: fn(&StoredHit) -> Object) -> Self {
        Self { out, object }
    }
}

impl<W: Write> Receiver for Lines<W> {
    fn hit(&mut self, hit: &StoredHit) -> io::Result<()> {
        write_json_line(&mut self.out, &(self.object)(hit))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
