//! The part of the hit document that a record gives, as objects in objects.
//!
//! Fields know their ECS names, so the objects are made of the names: a new field needs no change
//! here. It needs one in `docs/hit.schema.json`, which a test asks for.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::record::{Direction, Field, FieldValue, Record};

/// Everything of a record that stands at the top of the document: all but its time, and what is
/// under `event` and `flaxscan`.
#[derive(Debug)]
pub(crate) struct Observed<'a> {
    /// By name, so that those of one object are together.
    fields: Vec<(&'static str, FieldValue<'a>)>,
}

impl<'a> Observed<'a> {
    pub(crate) fn new(record: &'a Record<'a>) -> Self {
        let mut fields = Vec::with_capacity(24);
        for (field, value) in record.fields() {
            match field {
                Field::Action => continue,
                // Addresses are answers, too.
                Field::ResolvedIp => fields.push((Field::Answer.name(), value)),
                _ => {}
            }
            fields.push((field.name(), value));
        }
        if let Some(direction) = record.direction().map(Direction::name) {
            fields.push(("network.direction", FieldValue::Text(direction)));
        }
        // Stable: values of a list stay in their order.
        fields.sort_by_key(|&(name, _)| name);
        Self { fields }
    }
}

impl Serialize for Observed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Object { fields: &self.fields, above: 0 }.serialize(serializer)
    }
}

/// Fields whose names have `above` bytes in common.
struct Object<'o, 'a> {
    fields: &'o [(&'static str, FieldValue<'a>)],
    above: usize,
}

impl Serialize for Object<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut rest = self.fields;
        while let Some(&(name, _)) = rest.first() {
            let own = &name[self.above..];
            let key = own.split_once('.').map_or(own, |(key, _)| key);
            let end = self.above + key.len();
            let same = rest.iter().take_while(|(other, _)| {
                other[self.above..]
                    .strip_prefix(key)
                    .is_some_and(|r| r.is_empty() || r.starts_with('.'))
            });
            let (here, after) = rest.split_at(same.count());
            rest = after;
            if end < name.len() && Some(&name[..end]) == Field::Answer.name().strip_suffix(".data")
            {
                map.serialize_entry(key, &Answers(here))?;
            } else if end < name.len() {
                map.serialize_entry(key, &Object { fields: here, above: end + 1 })?;
            } else if is_list(name) {
                map.serialize_entry(key, &List(here))?;
            } else {
                map.serialize_entry(key, &Scalar(here[0].1))?;
            }
        }
        map.end()
    }
}

fn is_list(name: &str) -> bool {
    Field::ALL.iter().any(|field| field.is_list() && field.name() == name)
}

/// `dns.answers`: objects.
struct Answers<'o, 'a>(&'o [(&'static str, FieldValue<'a>)]);

impl Serialize for Answers<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Answer<'a>(FieldValue<'a>);
        impl Serialize for Answer<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("data", &Scalar(self.0))?;
                map.end()
            }
        }
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for &(_, value) in self.0 {
            list.serialize_element(&Answer(value))?;
        }
        list.end()
    }
}

struct List<'o, 'a>(&'o [(&'static str, FieldValue<'a>)]);

impl Serialize for List<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|&(_, value)| Scalar(value)))
    }
}

struct Scalar<'a>(FieldValue<'a>);

impl Serialize for Scalar<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            FieldValue::Text(text) => serializer.serialize_str(text),
            FieldValue::Ip(address) => serializer.collect_str(&address),
            FieldValue::Number(number) => serializer.serialize_u64(number),
        }
    }
}
