//! What was seen of one indicator, at one host, on one day: a Sighting and its Observed Data.

use jiff::Timestamp;

use super::super::object::Object;
use super::{Key, OBSERVED, common, cut, id, identity_id, marked, stamp};
use crate::stored::StoredHit;

/// The largest number that STIX counts to.
const MOST: u64 = 999_999_999;

#[derive(Debug, Default)]
pub(super) struct Tally {
    count: u64,
    seen: Option<(Timestamp, Timestamp)>,
    observed: Vec<String>,
}

impl Tally {
    pub(super) fn add(&mut self, time: Option<Timestamp>) {
        self.count += 1;
        if let Some(time) = time {
            let (first, last) = self.seen.unwrap_or((time, time));
            self.seen = Some((first.min(time), last.max(time)));
        }
    }

    /// Notes that something was observed, if there is room, and says whether it is among those.
    pub(super) fn observe(&mut self, id: &str) -> bool {
        let is_known = self.observed.iter().any(|known| known == id);
        if !is_known && self.observed.len() < OBSERVED {
            self.observed.push(id.to_owned());
            return true;
        }
        is_known
    }

    pub(super) fn objects(&self, key: &Key, created: Timestamp) -> Vec<Object> {
        let day = key.day.map(|day| day.to_string()).unwrap_or_default();
        let parts = [key.indicator.as_str(), key.host.as_deref().unwrap_or_default(), &day];
        let count = self.count.min(MOST);
        let mut objects = Vec::new();
        let mut sighting = common("sighting", &id("sighting", &parts), created)
            .with("sighting_of_ref", key.indicator.as_str())
            .with("count", count);
        if let Some((first, last)) = self.seen {
            let (first, last) = (stamp(first), stamp(last));
            if !self.observed.is_empty() {
                let data_id = id("observed-data", &parts);
                let data = common("observed-data", &data_id, created)
                    .with("first_observed", first.as_str())
                    .with("last_observed", last.as_str())
                    .with("number_observed", count)
                    .list("object_refs", self.observed.iter().map(String::as_str));
                objects.push(marked(data));
                sighting = sighting.list("observed_data_refs", [data_id]);
            }
            sighting = sighting.with("first_seen", first).with("last_seen", last);
        }
        let host = key.host.as_ref().map(|host| identity_id(host));
        objects.push(marked(sighting.list("where_sighted_refs", host)));
        objects
    }
}

/// Where it was seen: the machine, as its name or as the address that the indicator is not; else
/// the device that saw it.
pub(super) fn host(hit: &StoredHit) -> Option<String> {
    let field = hit.threat.enrichments.first().map_or("", |best| &best.matched.field);
    let own_end = if field.starts_with("source.") { &hit.destination } else { &hit.source };
    let address = own_end.ip.map(|ip| ip.to_string());
    let name = hit.host.name.clone().or(address).or_else(|| hit.observer.hostname.clone())?;
    Some(cut(&name))
}
