//! A STIX 2.1 bundle: Sightings of Indicators, with what was observed.
//!
//! Hits are taken together: one Sighting for an indicator, a host and a day (UTC), with their
//! number and the first and last time. So it stays small, and says what others want to know: who
//! saw what, when, how often. `report` makes it anew from the hits for whoever wants each.
//!
//! What is held is bounded by [`SIGHTINGS`] and [`OBSERVED`]; hits beyond are counted in a Note.
//!
//! Identifiers are the same each time: of what was observed as STIX says, of the rest in a
//! namespace of flaxscan's. `created` is the time of the scan. Indicators are what others
//! published; what names machines of one's own is marked TLP:AMBER.

mod indicator;
mod observable;
mod sighting;

use std::collections::BTreeMap;
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

/// The longest text that is taken for a name or a URL.
const LONGEST: usize = 2048;

/// TLP:AMBER as STIX 2.1 defines it (7.2.1.4).
const AMBER: &str = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";

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
        Self {
            out,
            created: None,
            indicators: BTreeMap::new(),
            groups: BTreeMap::new(),
            attributed: BTreeMap::new(),
            observed: BTreeMap::new(),
            sightings: BTreeMap::new(),
            beyond: 0,
        }
    }

    /// The indicator, which is taken in if it is new.
    fn indicator(&mut self, hit: &StoredHit, created: Timestamp) -> String {
        let published = &hit.threat.indicator;
        let id = indicator_id(published);
        if !self.indicators.contains_key(&id) {
            self.indicators.insert(id.clone(), indicator::object(hit, &id, created));
            if let Some(group) = &hit.threat.group {
                let aliases = group.alias.iter().map(|alias| cut(alias)).collect();
                self.groups.entry(cut(&group.name)).or_insert(aliases);
                self.attributed.insert(id.clone(), cut(&group.name));
            }
        }
        id
    }

    /// Everything but the marking, in order.
    fn objects(&self, created: Timestamp) -> Vec<Object> {
        let flaxscan = identity("flaxscan", created);
        let hosts: std::collections::BTreeSet<&String> =
            self.sightings.keys().filter_map(|key| key.host.as_ref()).collect();
        let hosts = hosts.into_iter().map(|host| marked(identity(host, created)));
        let groups = self.groups.iter().map(|(name, aliases)| {
            common("intrusion-set", &group_id(name), created)
                .with("name", name.as_str())
                .list("aliases", aliases.iter().map(String::as_str))
        });
        let indicates = self.attributed.iter().map(|(indicator, group)| {
            let id = id("relationship", &[indicator, group]);
            common("relationship", &id, created)
                .with("relationship_type", "indicates")
                .with("source_ref", indicator.as_str())
                .with("target_ref", group_id(group))
        });
        let sightings = self.sightings.iter();
        let sightings = sightings.flat_map(|(key, tally)| tally.objects(key, created));
        let note = (self.beyond > 0).then(|| {
            let text = format!("{} more hits are in none of the sightings.", self.beyond);
            common("note", &id("note", &[&text]), created)
                .with("content", text)
                .list("object_refs", [identity_id("flaxscan")])
        });
        std::iter::once(flaxscan)
            .chain(hosts)
            .chain(groups)
            .chain(self.indicators.values().cloned())
            .chain(indicates)
            .chain(self.observed.values().cloned())
            .chain(sightings)
            .chain(note)
            .collect()
    }

    fn write(&mut self, objects: &[Object]) -> io::Result<()> {
        let mut all = String::new();
        for object in objects {
            all.push_str(object.text("id"));
        }
        let bundle = id("bundle", &[&all]);
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
        let key = Key {
            indicator: indicator_id(&hit.threat.indicator),
            host: sighting::host(hit),
            day: hit.timestamp.map(|time| time.to_zoned(TimeZone::UTC).date()),
        };
        if !self.sightings.contains_key(&key) && self.sightings.len() >= SIGHTINGS {
            self.beyond += 1;
            return Ok(());
        }
        self.indicator(hit, created);
        let tally = self.sightings.entry(key).or_default();
        tally.add(hit.timestamp);
        // Without a time there is no Observed Data to name them.
        if hit.timestamp.is_some() {
            for Observable { id, object } in observable::all(hit) {
                if tally.observe(&id) {
                    self.observed.entry(id).or_insert(object);
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let objects = match self.created {
            Some(created) => {
                let mut objects = vec![amber()];
                objects.extend(self.objects(created));
                objects
            }
            None => Vec::new(),
        };
        self.write(&objects)
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
    let own = identity_id("flaxscan");
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
