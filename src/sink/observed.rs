//! The part of the hit document that a record gives, as objects in objects.
//!
//! Fields know their ECS names, so the objects are made of the names: a new field needs no change
//! here. It needs one in `docs/hit.schema.json`, which a test asks for.

use super::writer::Writer;
use crate::record::{Direction, Field, FieldValue, Record};

/// How a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Scalar,
    List,
    /// `dns.answers.data`: in an object each, in a list.
    Answers,
}

/// A place in the document.
#[derive(Debug, Clone, Copy)]
struct Slot {
    name: &'static str,
    /// The object that it is in, `dns.question`.
    object: &'static str,
    /// Its key in there.
    key: &'static str,
    form: Form,
}

/// `network.direction` is no field of its own: it is worked out.
const DIRECTION: &str = "network.direction";

const COUNT: usize = Field::ALL.len() + 1;

/// Every place, by name: so that those of one object are together.
const SLOTS: [Slot; COUNT] = slots();

/// The places of the fields, by their number.
const PLACES: [u8; Field::ALL.len()] = {
    let mut places = [0; Field::ALL.len()];
    let mut at = 0;
    while at < places.len() {
        places[Field::ALL[at] as usize] = place(Field::ALL[at].name());
        at += 1;
    }
    places
};

const DIRECTION_PLACE: u8 = place(DIRECTION);

/// Writes everything of a record that stands at the top of the document into an object: all but
/// its time, and what is under `event` and `flaxscan`.
pub(crate) fn write(json: &mut Writer, record: &Record<'_>) {
    let mut fields: Vec<(u8, FieldValue<'_>)> = Vec::with_capacity(24);
    for (field, value) in record.fields() {
        match field {
            Field::Action => continue,
            // Addresses are answers, too.
            Field::ResolvedIp => fields.push((PLACES[Field::Answer as usize], value)),
            _ => {}
        }
        fields.push((PLACES[field as usize], value));
    }
    if let Some(direction) = record.direction().map(Direction::name) {
        fields.push((DIRECTION_PLACE, FieldValue::Text(direction)));
    }
    // Stable: values of a list stay in their order.
    fields.sort_by_key(|&(place, _)| place);
    let mut rest = fields.as_slice();
    let mut open = "";
    while let Some(&(place, first)) = rest.first() {
        let same = rest.iter().take_while(|&&(other, _)| other == place).count();
        let (here, after) = rest.split_at(same);
        rest = after;
        let slot = &SLOTS[usize::from(place)];
        enter(json, open, slot.object);
        open = slot.object;
        json.key(slot.key);
        if slot.form == Form::Scalar {
            scalar(json, first);
            continue;
        }
        json.raw("[");
        for &(_, value) in here {
            json.next();
            if slot.form == Form::Answers {
                json.raw("{\"data\":");
                scalar(json, value);
                json.raw("}");
            } else {
                scalar(json, value);
            }
        }
        json.raw("]");
    }
    enter(json, open, "");
}

/// The same as a value of its own.
#[cfg(test)]
pub(crate) fn value(record: &Record<'_>) -> serde_json::Value {
    let mut json = Writer::default();
    json.raw("{");
    write(&mut json, record);
    json.raw("}");
    serde_json::from_slice(json.bytes()).unwrap()
}

/// Closes and opens objects on the way from one to another.
fn enter(json: &mut Writer, from: &'static str, to: &'static str) {
    if from == to {
        return;
    }
    let common = common(from.as_bytes(), to.as_bytes());
    for _ in keys(&from[common..]) {
        json.raw("}");
    }
    for key in keys(&to[common..]) {
        json.key(key);
        json.raw("{");
    }
}

fn keys(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('.').filter(|key| !key.is_empty())
}

/// How many bytes of two paths are keys that both have.
fn common(one: &[u8], other: &[u8]) -> usize {
    let mut common = 0;
    for at in 0..=one.len().min(other.len()) {
        let ends = |path: &[u8]| path.get(at).is_none_or(|&byte| byte == b'.');
        if ends(one) && ends(other) {
            common = at;
        }
        if one.get(at) != other.get(at) {
            break;
        }
    }
    common
}

fn scalar(json: &mut Writer, value: FieldValue<'_>) {
    match value {
        FieldValue::Text(text) => json.text(text),
        FieldValue::Ip(address) => json.ip(address),
        FieldValue::Number(number) => json.number(number),
    }
}

/// The places in the order of their names, put together at compile time.
const fn slots() -> [Slot; COUNT] {
    let mut slots = [Slot::new(DIRECTION, false); COUNT];
    let mut count = 1;
    while count < COUNT {
        let field = Field::ALL[count - 1];
        let slot = Slot::new(field.name(), field.is_list());
        let mut at = count;
        while at > 0 && is_before(slot.name, slots[at - 1].name) {
            slots[at] = slots[at - 1];
            at -= 1;
        }
        slots[at] = slot;
        count += 1;
    }
    slots
}

impl Slot {
    const fn new(name: &'static str, is_list: bool) -> Self {
        let (mut path, mut form) = (name, if is_list { Form::List } else { Form::Scalar });
        if is_same(name, Field::Answer.name()) {
            (path, _) = cut(name);
            form = Form::Answers;
        }
        let (object, key) = cut(path);
        Self { name, object, key, form }
    }
}

const fn place(name: &str) -> u8 {
    let mut at = 0;
    while !is_same(SLOTS[at].name, name) {
        at += 1;
    }
    at as u8
}

/// What stands before and after the last dot.
const fn cut(path: &'static str) -> (&'static str, &'static str) {
    let mut dot = path.len() - 1;
    while path.as_bytes()[dot] != b'.' {
        dot -= 1;
    }
    (path.split_at(dot).0, path.split_at(dot + 1).1)
}

const fn is_before(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at < other.len() && (at == one.len() || one[at] < other[at])
}

const fn is_same(one: &str, other: &str) -> bool {
    !is_before(one, other) && !is_before(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_place() {
        assert!(SLOTS.is_sorted_by_key(|slot| slot.name));
        for &field in Field::ALL {
            let slot = SLOTS[usize::from(PLACES[field as usize])];
            assert_eq!(slot.name, field.name());
            assert_eq!(slot.form != Form::Scalar, field.is_list());
        }
    }

    #[test]
    fn from_object_to_object() {
        for (from, to, expected) in [
            ("", "dns", "{\"dns\":{"),
            ("dns", "", "{}"),
            ("dns", "dns.question", "{\"question\":{"),
            ("tls.client", "tls.server.hash", "{},\"server\":{\"hash\":{"),
            ("source.nat", "source", "{}"),
            ("dns", "dnssec", "{},\"dnssec\":{"),
            ("tls.server", "url", "{}},\"url\":{"),
        ] {
            let mut json = Writer::default();
            json.raw("{");
            enter(&mut json, from, to);
            assert_eq!(json.bytes(), expected.as_bytes(), "{from} to {to}");
        }
    }
}
