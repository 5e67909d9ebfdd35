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

/// The most objects that a place is in.
const DEPTH: usize = 3;

/// A place in the document.
#[derive(Debug, Clone, Copy)]
struct Slot {
    name: &'static str,
    form: Form,
    /// The objects that it is in, the outermost first, each by its first place, counted from 1.
    objects: [u8; DEPTH],
    /// `"dns":{"question":{"name":`, put together beforehand.
    json: [u8; 64],
    len: u8,
    /// Where the keys of the objects begin in there, and behind them its own.
    begins: [u8; DEPTH + 1],
    /// `,"name":`, for where another key of the same object was before.
    next: [u8; NEXT],
    next_len: u8,
}

const NEXT: usize = 24;

/// `network.direction` is no field of its own: it is worked out.
const DIRECTION: &str = "network.direction";

const COUNT: usize = Field::ALL.len() + 1;

// A bit for each of them has to fit.
const _: () = assert!(COUNT <= 128);

/// Every place, by name: so that those of one object are together.
static SLOTS: [Slot; COUNT] = SLOT_LIST;

/// The same, for what is worked out from it at compile time.
const SLOT_LIST: [Slot; COUNT] = slots();

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
    const ANSWERS: u8 = PLACES[Field::Answer as usize];
    // A bit for each place that has a value, and where the first one is.
    let mut places = 0_u128;
    let mut firsts = [0; COUNT];
    for (at, (field, _)) in record.fields().enumerate() {
        let place = match field {
            Field::Action | Field::SourceDelta | Field::DestinationDelta => continue,
            // Addresses are answers, too.
            Field::ResolvedIp => {
                places |= 1 << ANSWERS;
                PLACES[field as usize]
            }
            _ => PLACES[field as usize],
        };
        if places & 1 << place == 0 {
            places |= 1 << place;
            firsts[usize::from(place)] = at;
        }
    }
    let direction = record.direction().map(Direction::name);
    if direction.is_some() {
        places |= 1 << DIRECTION_PLACE;
    }
    let mut open = [0; DEPTH];
    while places != 0 {
        let place = places.trailing_zeros() as u8;
        places &= places - 1;
        let slot = &SLOTS[usize::from(place)];
        enter(json, open, slot);
        open = slot.objects;
        match slot.form {
            Form::Scalar if place == DIRECTION_PLACE => json.word(direction.unwrap_or_default()),
            Form::Scalar => {
                if let Some(value) = record.value(firsts[usize::from(place)]) {
                    scalar(json, value);
                }
            }
            Form::List | Form::Answers => list(json, record, place, slot.form),
        }
    }
    close(json, open, 0);
}

/// Writes all values of a place, in their order.
fn list(json: &mut Writer, record: &Record<'_>, place: u8, form: Form) {
    json.raw("[");
    for (field, value) in record.fields() {
        let is_answer = form == Form::Answers && field == Field::ResolvedIp;
        if PLACES[field as usize] != place && !is_answer {
            continue;
        }
        json.next();
        if form == Form::Answers {
            json.raw("{\"data\":");
            scalar(json, value);
            json.raw("}");
        } else {
            scalar(json, value);
        }
    }
    json.raw("]");
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

/// Closes and opens objects on the way to a place, and writes its key.
fn enter(json: &mut Writer, open: [u8; DEPTH], slot: &Slot) {
    if open == slot.objects {
        return json.begin_of(&slot.next, slot.next_len);
    }
    let same = open.iter().zip(&slot.objects).take_while(|(one, other)| one == other && **one > 0);
    let common = same.count();
    close(json, open, common);
    json.next();
    let begin = usize::from(slot.begins[common]);
    json.raw(&slot.json[begin..usize::from(slot.len)]);
}

/// Closes all objects but the outermost ones.
fn close(json: &mut Writer, open: [u8; DEPTH], left: usize) {
    for _ in open[left..].iter().filter(|&&object| object > 0) {
        json.raw("}");
    }
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
    let mut at = 0;
    while at < COUNT {
        slots[at].objects = objects(&slots, at);
        at += 1;
    }
    slots
}

/// The objects that a place is in. What is in the same object begins with the same keys.
const fn objects(slots: &[Slot; COUNT], at: usize) -> [u8; DEPTH] {
    let slot = &slots[at];
    let mut objects = [0; DEPTH];
    let mut level = 0;
    while level < DEPTH && slot.begins[level + 1] > 0 {
        let mut first = at;
        while first > 0 && begins_alike(&slots[first - 1], slot, slot.begins[level + 1]) {
            first -= 1;
        }
        objects[level] = first as u8 + 1;
        level += 1;
    }
    objects
}

const fn begins_alike(one: &Slot, other: &Slot, len: u8) -> bool {
    let mut at = 0;
    while at < len as usize {
        if one.json[at] != other.json[at] {
            return false;
        }
        at += 1;
    }
    true
}

impl Slot {
    const fn new(name: &'static str, is_list: bool) -> Self {
        let (mut path, mut form) = (name, if is_list { Form::List } else { Form::Scalar });
        if is_same(name, Field::Answer.name()) {
            path = before_last_dot(name);
            form = Form::Answers;
        }
        let mut slot = Self {
            name,
            form,
            objects: [0; DEPTH],
            json: [0; 64],
            len: 0,
            begins: [0; DEPTH + 1],
            next: [b','; NEXT],
            next_len: 1,
        };
        slot.push(b"\"");
        let (mut at, mut level) = (0, 0);
        while at < path.len() {
            if path.as_bytes()[at] == b'.' {
                slot.push(b"\":{");
                level += 1;
                slot.begins[level] = slot.len;
                slot.push(b"\"");
            } else {
                slot.push(&[path.as_bytes()[at]]);
            }
            at += 1;
        }
        slot.push(b"\":");
        let mut at = slot.begins[level] as usize;
        while at < slot.len as usize {
            slot.next[slot.next_len as usize] = slot.json[at];
            slot.next_len += 1;
            at += 1;
        }
        slot
    }

    const fn push(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while at < bytes.len() {
            self.json[self.len as usize] = bytes[at];
            self.len += 1;
            at += 1;
        }
    }
}

const fn place(name: &str) -> u8 {
    let mut at = 0;
    while !is_same(SLOT_LIST[at].name, name) {
        at += 1;
    }
    at as u8
}

const fn before_last_dot(path: &'static str) -> &'static str {
    let mut dot = path.len() - 1;
    while path.as_bytes()[dot] != b'.' {
        dot -= 1;
    }
    path.split_at(dot).0
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
            let slot = &SLOTS[usize::from(PLACES[field as usize])];
            assert_eq!(slot.name, field.name());
            assert_eq!(slot.form != Form::Scalar, field.is_list());
        }
    }

    #[test]
    fn from_object_to_object() {
        let slot = |name| &SLOTS[usize::from(place(name))];
        for (from, to, expected) in [
            (
                "dns.question.name",
                "dns.question.type",
                "{\"dns\":{\"question\":{\"name\":0,\"type\":0}}",
            ),
            (
                "dns.answers.data",
                "dns.question.name",
                "{\"dns\":{\"answers\":0,\"question\":{\"name\":0}}",
            ),
            (
                "dns.question.name",
                "dns.response_code",
                "{\"dns\":{\"question\":{\"name\":0},\"response_code\":0}",
            ),
            (
                "tls.client.ja3",
                "tls.server.hash.md5",
                "{\"tls\":{\"client\":{\"ja3\":0},\"server\":{\"hash\":{\"md5\":0}}}",
            ),
            (
                "tls.server.ja3s",
                "url.domain",
                "{\"tls\":{\"server\":{\"ja3s\":0}},\"url\":{\"domain\":0}",
            ),
        ] {
            let mut json = Writer::default();
            json.raw("{");
            enter(&mut json, [0; DEPTH], slot(from));
            json.raw("0");
            enter(&mut json, slot(from).objects, slot(to));
            json.raw("0");
            close(&mut json, slot(to).objects, 0);
            let text = String::from_utf8_lossy(json.bytes());
            assert_eq!(text, expected, "{from} to {to}");
        }
    }

    #[test]
    fn from_every_place_to_every_later_one() {
        for (at, from) in SLOTS.iter().enumerate() {
            for to in &SLOTS[at + 1..] {
                let mut json = Writer::default();
                json.raw("{");
                for (open, slot) in [([0; DEPTH], from), (from.objects, to)] {
                    enter(&mut json, open, slot);
                    json.raw("0");
                }
                close(&mut json, to.objects, 0);
                json.raw("}");
                let value: serde_json::Value = serde_json::from_slice(json.bytes()).unwrap();
                for slot in [from, to] {
                    let path = slot.name.replace('.', "/").replace("answers/data", "answers");
                    assert_eq!(value.pointer(&format!("/{path}")), Some(&0.into()), "{value}");
                }
            }
        }
    }
}
