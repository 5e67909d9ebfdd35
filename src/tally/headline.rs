//! What happened, in a sentence or two.

use std::sync::Arc;

use jiff::Timestamp;

use super::contact::{Act, Contact};
use super::counts::{Acts, Figures};
use super::distinct::{Distinct, Number};
use super::ends::is_private;
use super::overview::FirstContact;
use super::rows::{Between, First, clip, clipped};
use crate::indicator::Class;
use crate::record::{Direction, Verdict};
use crate::words::{grouped, plural};

/// Bytes of a group's name.
const GROUP: usize = 64;

/// What is known of those hits that somebody here began: the ones that matter.
#[derive(Debug, Default)]
pub(super) struct Headline {
    hosts: Distinct,
    indicators: Distinct,
    acts: Acts,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    allowed: u64,
    last_allowed: Option<Timestamp>,
    first_contact: First,
    /// Whether one of the hosts is not known to be inside.
    is_anywhere: bool,
    names: bool,
    addresses: bool,
    others: bool,
    group: Group,
    /// Hits of sanctioned entities.
    sanctioned: u64,
    came: Came,
}

/// What is known of those that came from outside and were let through.
#[derive(Debug, Default)]
struct Came {
    allowed: u64,
    last_allowed: Option<Timestamp>,
}

/// Whose they are.
#[derive(Debug, Default)]
enum Group {
    #[default]
    Nobody,
    One(Arc<str>),
    Several,
}

impl Headline {
    pub(super) fn add(
        &mut self,
        contact: &Contact<'_>,
        between: &Between,
        indicator: u64,
        host: Option<u64>,
    ) {
        if contact.indicator.class == Class::SanctionedEntity.name() {
            self.sanctioned += 1;
            return;
        }
        let act = contact.act();
        if act == Act::Came && contact.verdict == Some(Verdict::Allowed) {
            self.came.allowed += 1;
            self.came.last_allowed = self.came.last_allowed.max(contact.time);
        }
        if !matches!(act, Act::Reached | Act::Asked) {
            return;
        }
        self.acts.add(act);
        self.first_contact.add(contact, between);
        self.indicators.add(indicator);
        match contact.indicator.kind {
            "domain-name" => self.names = true,
            "ipv4-addr" | "ipv6-addr" => self.addresses = true,
            _ => self.others = true,
        }
        match (&self.group, contact.indicator.group) {
            (Group::Nobody, Some(group)) if self.acts.reached + self.acts.asked == 1 => {
                self.group = Group::One(clipped(group, GROUP));
            }
            (Group::One(known), Some(group)) if **known == *clip(group, GROUP) => {}
            (Group::Nobody, None) => {}
            _ => self.group = Group::Several,
        }
        if let Some(host) = host {
            self.hosts.add(host);
        }
        let is_inside =
            matches!(contact.direction, Some(Direction::Outbound | Direction::Internal))
                || contact
                    .host
                    .as_ref()
                    .and_then(|host| host.name.parse().ok())
                    .is_some_and(is_private);
        self.is_anywhere |= !is_inside;
        if let Some(time) = contact.time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = self.last.max(Some(time));
        }
        if contact.verdict == Some(Verdict::Allowed) {
            self.allowed += 1;
            self.last_allowed = self.last_allowed.max(contact.time);
        }
    }

    /// The first of those hits.
    pub(super) fn first_contact(&self) -> Option<FirstContact> {
        self.first_contact.get()
    }

    /// `totals` are those of all hits.
    pub(super) fn sentence(&self, totals: &Figures) -> String {
        if totals.hits == 0 {
            return "Nothing was hit.".to_owned();
        }
        if self.acts.reached + self.acts.asked > 0 {
            return self.outgoing();
        }
        let when = when(totals.first, totals.last);
        if self.sanctioned == totals.hits {
            return format!(
                "Only sanctioned entities were hit{when}: a question for compliance, not a \
                 compromise."
            );
        }
        let came = totals.acts.came;
        if came == 0 {
            let named = totals.hits - self.sanctioned;
            // Their time is among the times, too.
            let when = if self.sanctioned == 0 { &*when } else { "" };
            return format!(
                "Listed infrastructure is named {}{when}, and nothing says that anybody reached \
                 it or was reached.",
                if named == 1 { "once".to_owned() } else { format!("{} times", grouped(named)) },
            );
        }
        let last = last(&when, "the last ", self.came.last_allowed);
        let hits = match (came, self.came.allowed) {
            (1, 0) => "1 hit, not known to have been let through".to_owned(),
            (1, _) => "1 hit, let through".to_owned(),
            (_, 0) => format!("{}, none known to have been let through", plural(came, "hit")),
            (_, 1) => format!("{}, 1 of them let through{last}", plural(came, "hit")),
            (_, allowed) => {
                let allowed = grouped(allowed);
                format!("{}, {allowed} of them let through{last}", plural(came, "hit"))
            }
        };
        format!("Nobody here is seen to reach listed infrastructure; it came here{when}: {hits}.")
    }

    fn outgoing(&self) -> String {
        let hosts = self.hosts.number();
        let inside = if self.is_anywhere { "" } else { "internal " };
        let who = match hosts.value {
            0 => "Somebody here".to_owned(),
            1 => format!("1 {inside}host"),
            _ => format!("{} {inside}hosts", about(hosts)),
        };
        let did = match (self.acts.reached, self.acts.asked) {
            (_, 0) => "reached",
            (0, _) => "looked up",
            _ => "reached or looked up",
        };
        let indicators = self.indicators.number();
        let is_one = indicators.value == 1;
        let what = match (self.names, self.addresses, self.others) {
            (true, false, false) if is_one => "name",
            (false, true, false) if is_one => "address",
            (true, false, false) => "names",
            (false, true, false) => "addresses",
            (true, true, false) => "names and addresses",
            _ if is_one => "indicator",
            _ => "indicators",
        };
        let whose = match &self.group {
            Group::One(group) => &**group,
            Group::Nobody | Group::Several => "listed",
        };
        let when = when(self.first, self.last);
        let allowed = match self.allowed {
            0 => "no hit is known to have been let through".to_owned(),
            1 => format!("1 hit was let through{}", last(&when, "", self.last_allowed)),
            many => {
                let last = last(&when, "the last ", self.last_allowed);
                format!("{} hits were let through{last}", grouped(many))
            }
        };
        format!("{who} {did} {} {whose} {what}{when}; {allowed}.", about(indicators))
    }
}

/// ` between 2026-09-01 and 2026-10-02`, ` on 2026-10-02`, or nothing.
fn when(first: Option<Timestamp>, last: Option<Timestamp>) -> String {
    match (first.map(day), last.map(day)) {
        (Some(first), Some(last)) if first == last => format!(" on {first}"),
        (Some(first), Some(last)) => format!(" between {first} and {last}"),
        _ => String::new(),
    }
}

/// `, the last on 2026-10-02`; nothing where `when` has said that day already, and only that.
fn last(when: &str, which: &str, time: Option<Timestamp>) -> String {
    let Some(time) = time else { return String::new() };
    let on = format!(" on {}", day(time));
    if when == on { String::new() } else { format!(", {which}on {}", day(time)) }
}

/// In UTC.
fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn about(number: Number) -> String {
    let about = if number.is_estimate { "about " } else { "" };
    format!("{about}{}", grouped(number.value))
}
