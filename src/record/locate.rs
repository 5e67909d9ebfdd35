//! Which field a hit stood in.

use std::net::IpAddr;

use super::line::place;
use super::{Entry, Field, Held, Record, Spot, value};

impl Record<'_> {
    /// The ECS field that a hit stood in, `message` if none is known to have been there.
    ///
    /// The field that covers the hit's place most closely wins: the host in a URL before the URL.
    /// Where none does, a field with the same value is taken (`(c0cc.cc): query: c0cc.cc`), and at
    /// last one whose text was unwrapped and has the hit in it. `indicator` is the value that
    /// matched, which the line may have in another spelling.
    #[must_use]
    pub fn field_at(&self, spot: Spot, indicator: &str) -> &'static str {
        self.field_hit(spot, indicator).map_or("message", Field::name)
    }

    /// The same, `None` if no field is known to have been there.
    #[must_use]
    pub fn field_hit(&self, spot: Spot, indicator: &str) -> Option<Field> {
        let overlapping = self.entries.iter().filter_map(|entry| {
            let place = place(self.line, entry.raw)?;
            let overlap = place.end.min(spot.end).checked_sub(place.start.max(spot.start))?;
            let missing = spot.end.saturating_sub(spot.start).saturating_sub(overlap);
            (overlap > 0).then_some(((missing, place.len()), entry.field))
        });
        // The first of those as close as each other.
        if let Some((_, field)) = overlapping.min_by_key(|&(closeness, _)| closeness) {
            return Some(field);
        }
        // A long line is cut; the hit may be behind that.
        let text = self.line.get(spot.start..spot.end).unwrap_or_default().trim_end_matches('.');
        let address = value::address(text);
        let is_same = |entry: &&Entry<'_>| match &entry.held {
            Held::Ip(ip) => {
                address == Some(*ip)
                    || indicator.parse::<IpAddr>().is_ok_and(|indicator| *ip == indicator)
            }
            Held::Text(held) => {
                held.eq_ignore_ascii_case(text) || held.eq_ignore_ascii_case(indicator)
            }
            Held::Word(_) | Held::Number(_) => false,
        };
        if let Some(entry) = self.entries.iter().find(is_same) {
            return Some(entry.field);
        }
        let has = |entry: &&Entry<'_>| match &entry.held {
            // What stands in the line would have covered the hit.
            Held::Text(held) => {
                place(self.line, entry.raw).is_none() && contains(held, text, indicator)
            }
            _ => false,
        };
        self.entries.iter().find(has).map(|entry| entry.field)
    }
}

fn contains(held: &str, text: &str, indicator: &str) -> bool {
    let held = held.to_ascii_lowercase();
    [text, indicator]
        .into_iter()
        .any(|part| part.len() > 3 && held.contains(&part.to_ascii_lowercase()))
}
