//! A STIX 2.1 bundle: Sightings of Indicators, with what was observed.
//!
//! Hits are taken together: one Sighting for an indicator, a host and a day (UTC), with their
//! number and the first and last time. So it stays small, and says what others want to know: who
//! saw what, when, how often. `report` makes it anew from the hits for whoever wants each.
//!
//! What is held is bounded by [`SIGHTINGS`], [`OBSERVED`] and [`THINGS`]; hits beyond are counted in a Note.
//!
//! Identifiers are the same each time: of what was observed as STIX says, of the rest in a
//! namespace of flaxscan's. `created` is the time of the scan. Indicators are what others
//! published; what names machines of one's own is marked TLP:AMBER.

mod indicator;
mod observable;
mod sighting;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

use self::observable::Observable;
use self::sighting::Tally;
use super::id::OWN;
use super::object::Object;
use crate::sink::write_json_line;
use crate::stored::{Indicator, Receiver, StoredHit};

/// Sightings, and indicators, that are held at most.
const SIGHTINGS: usize = 10_000;

/// Things observed that are held of one Sighting at most: the first ones.
const OBSERVED: usize = 16;

/// Things observed that are held in all.
const THINGS: usize = 50_000;

/// The longest text that is taken for a name or a URL.
const LONGEST: usize = 2048;

/// TLP:AMBER as STIX 2.1 defines it (7.2.1.4).
const AMBER: &str = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";

/// Who says it all.
const FLAXSCAN: &str = "flaxscan";

/// What hits are taken together by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// The indicator's identifier.
    indicator: String,
    host: Option<String>,
    day: Option<Date>,
}

/// Gathers hits, and writes the bundle at the end.
pub(super) struct Stix<W> {
    out: W,
    /// The time of the scan, of the first hit.
    created: Option<Timestamp>,
    held: Held,
}

/// What the bundle is made of.
#[derive(Default)]
struct Held {
    indicators: BTreeMap<String, Object>,
    /// Groups by name, with their other names.
    groups: BTreeMap<String, Vec<String>>,
    /// Which group an indicator is of.
    attributed: BTreeMap<String, String>,
    observed: BTreeMap<String, Object>,
    sightings: BTreeMap<Key, Tally>,
    /// Hits that found no room.
    beyond: u64,
}

impl<W: Write> Stix<W> {
    /// Writes to `out`.
    pub(super) fn new(out: W) -> Self {
        Self { out, created: None, held: Held::default() }
    }

    fn write(&mut self, objects: &[Object]) -> io::Result<()> {
        let ids = objects.iter().map(|object| object.text("id"));
        let bundle = id("bundle", &ids.collect::<Vec<_>>());
        write!(self.out, "{{\"type\":\"bundle\",\"id\":\"{bundle}\"")?;
        for (at, object) in objects.iter().enumerate() {
            self.out.write_all(if at == 0 { b",\"objects\":[\n" } else { b"," })?;
            write_json_line(&mut self.out, object)?;
        }
        self.out.write_all(if objects.is_empty() { b"}\n" } else { b"]}\n" })?;
        self.out.flush()
    }
}

impl<W: Write> Receiver for Stix<W> {
    fn hit(&mut self, hit: &StoredHit) -> io::Result<()> {
        let created = *self.created.get_or_insert(hit.event.ingested);
        self.held.add(hit, created);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        let objects = self.created.map(|created| held.objects(created)).unwrap_or_default();
        self.write(&objects)
    }
}

impl Held {
    fn add(&mut self, hit: &StoredHit, created: Timestamp) {
        let key = Key {
            indicator: indicator_id(&hit.threat.indicator),
            host: sighting::host(hit),
            day: hit.timestamp.map(|time| time.to_zoned(TimeZone::UTC).date()),
        };
        if !self.sightings.contains_key(&key) && self.sightings.len() >= SIGHTINGS {
            self.beyond += 1;
            return;
        }
        self.add_indicator(hit, &key.indicator, created);
        let tally = self.sightings.entry(key).or_default();
        tally.add(hit.timestamp);
        // Without a time there is no Observed Data to name them.
        if hit.timestamp.is_none() {
            return;
        }
        let mut left_out: Vec<String> = Vec::new();
        for Observable { id, object } in observable::all(hit) {
            let is_new = !self.observed.contains_key(&id);
            let has_room = !is_new || self.observed.len() < THINGS;
            // Nobody is to refer to what is not there.
            if !has_room || object.refers_to(&left_out) || !tally.observe(&id) {
                left_out.push(id);
            } else if is_new {
                self.observed.insert(id, object);
            }
        }
    }

    fn add_indicator(&mut self, hit: &StoredHit, id: &str, created: Timestamp) {
        if self.indicators.contains_key(id) {
            return;
        }
        self.indicators.insert(id.to_owned(), indicator::object(hit, id, created));
        if let Some(group) = &hit.threat.group {
            let aliases = group.alias.iter().map(|alias| cut(alias)).collect();
            self.groups.entry(cut(&group.name)).or_insert(aliases);
            self.attributed.insert(id.to_owned(), cut(&group.name));
        }
    }

    /// The objects of the bundle, in order.
    fn objects(self, created: Timestamp) -> Vec<Object> {
        let hosts: BTreeSet<&String> =
            self.sightings.keys().filter_map(|key| key.host.as_ref()).collect();
        let mut objects = vec![amber(), identity(FLAXSCAN, created)];
        objects.extend(hosts.into_iter().map(|host| marked(identity(host, created))));
        objects.extend(self.groups.into_iter().map(|(name, aliases)| {
            let group = common("intrusion-set", &group_id(&name), created);
            group.with("name", name).list("aliases", aliases)
        }));
        objects.extend(self.indicators.into_values());
        objects.extend(self.attributed.into_iter().map(|(indicator, group)| {
            let id = id("relationship", &[&indicator, &group]);
            common("relationship", &id, created)
                .with("relationship_type", "indicates")
                .with("target_ref", group_id(&group))
                .with("source_ref", indicator)
        }));
        objects.extend(self.observed.into_values());
        objects.extend(self.sightings.iter().flat_map(|(key, tally)| tally.objects(key, created)));
        if self.beyond > 0 {
            let text = format!("{} more hits are in none of the sightings.", self.beyond);
            let note = common("note", &id("note", &[&text]), created);
            objects.push(note.with("content", text).list("object_refs", [identity_id(FLAXSCAN)]));
        }
        objects
    }
}

/// An identifier that the parts decide.
fn id(kind: &str, parts: &[&str]) -> String {
    let name = [&[kind], parts].concat().join("\0");
    format!("{kind}--{}", Uuid::new_v5(&OWN, name.as_bytes()))
}

fn indicator_id(indicator: &Indicator) -> String {
    id("indicator", &[&indicator.r#type, &indicator.name])
}

fn identity_id(name: &str) -> String {
    id("identity", &[name])
}

fn group_id(name: &str) -> String {
    id("intrusion-set", &[name])
}

/// What every object but those observed has.
fn common(kind: &str, id: &str, created: Timestamp) -> Object {
    let own = identity_id(FLAXSCAN);
    Object::new()
        .with("type", kind)
        .with("spec_version", "2.1")
        .with("id", id)
        .with("created", stamp(created))
        .with("modified", stamp(created))
        .maybe("created_by_ref", (id != own).then_some(own))
}

fn identity(name: &str, created: Timestamp) -> Object {
    let identity = common("identity", &identity_id(name), created);
    identity.with("name", name).with("identity_class", "system")
}

fn marked(object: Object) -> Object {
    object.list("object_marking_refs", [AMBER])
}

fn amber() -> Object {
    Object::new()
        .with("type", "marking-definition")
        .with("spec_version", "2.1")
        .with("id", AMBER)
        .with("created", "2017-01-20T00:00:00.000Z")
        .with("definition_type", "tlp")
        .with("name", "TLP:AMBER")
        .with("definition", Object::new().with("tlp", "amber"))
}

/// A time with milliseconds, as STIX has them.
fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A text of bounded length.
fn cut(text: &str) -> String {
    let end = (0..=LONGEST.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    text[..end.unwrap_or(0)].to_owned()
}
