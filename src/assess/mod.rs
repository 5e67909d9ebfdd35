//! How much a hit weighs: its severity, and a sentence that says why.
//!
//! A hit on raw bytes is the same for a blocked probe and for an hour's session. What tells them
//! apart is who reached for whom, whether it was let through, when, and who says so. The points
//! are in `severity`; `docs/severity.md` has them as a table, and a test compares the two.

mod severity;
mod window;

use std::fmt;

use jiff::SignedDuration;

pub use severity::Level;
use severity::{Event, Grounds};
pub use window::Window;

use crate::indicator::{Class, Confidence, Indicator, IndicatorSet, Kind};
use crate::record::{Direction, Field, Record, Spot};
use crate::scan::Hit;

/// What a hit comes to. Its [`Display`](fmt::Display) is one sentence: `flaxscan.assessment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assessment {
    /// 0 to 100, `event.severity`.
    pub severity: u8,
    /// Where the event lies to the window of the best indicator, `flaxscan.window`.
    pub window: Window,
    /// The field that the hit stood in, if it is known.
    pub field: Option<Field>,
    /// What the most severe of the matches goes by.
    grounds: Grounds,
    /// Whether whoever acted is known to be inside.
    is_inside: bool,
}

impl Assessment {
    /// How far around a published window an event still counts as inside: 30 days.
    pub const GRACE: SignedDuration = SignedDuration::from_hours(24 * 30);

    /// The severity in a word.
    #[must_use]
    pub fn level(&self) -> Level {
        Level::of(self.severity)
    }

    /// `threat.enrichments.matched.field`: the ECS field that the hit stood in, or `message`.
    #[must_use]
    pub fn field_name(&self) -> &'static str {
        self.field.map_or("message", Field::name)
    }
}

/// Weighs a hit by what its line says. Of several indicators the one that weighs most counts.
#[must_use]
pub fn assess(
    indicators: &IndicatorSet,
    hit: &Hit,
    record: &Record<'_>,
    spot: Spot,
    grace: SignedDuration,
) -> Assessment {
    let best = indicators.get(hit.best().indicator);
    let field = record.field_hit(spot, best.value());
    let event = Event::of(record, field);
    // A year that was guessed is no reason to take a hit lightly.
    let is_guessed = record.assumed().any(|what| what == "year");
    let window = Window::of(best, record.time(), grace);
    let window_of = |indicator: Indicator<'_>| {
        let is_best = indicator.id() == best.id();
        match if is_best { window } else { Window::of(indicator, record.time(), grace) } {
            Window::Before | Window::After if is_guessed => Window::Unknown,
            window => window,
        }
    };
    let grounds = hit.matches.iter().map(|found| {
        let indicator = indicators.get(found.indicator);
        Grounds {
            event,
            verdict: record.verdict(),
            window: window_of(indicator),
            relation: found.relation,
            class: indicator.traits().class,
            confidence: indicator.best_claim().confidence,
            is_control: indicator.claims().any(|claim| severity::is_control(claim.role)),
            is_address: matches!(indicator.kind(), Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr),
        }
    });
    // The first of those that weigh the same, and a hit has one match at least.
    let fallback = Grounds { event, window, ..Grounds::default() };
    let worst =
        grounds.reduce(|worst, next| if next.severity() > worst.severity() { next } else { worst });
    let grounds = worst.unwrap_or(fallback);
    Assessment {
        severity: grounds.severity(),
        window,
        field,
        grounds,
        is_inside: matches!(record.direction(), Some(Direction::Outbound | Direction::Internal)),
    }
}

impl Assessment {
    /// The sentence, in parts to be written one after the other.
    pub(crate) fn sentence(&self) -> [&'static str; 5] {
        let Grounds { event, verdict, window, class, confidence, .. } = self.grounds;
        if class == Class::SanctionedEntity {
            let all =
                "A sanctioned entity stands in the line: a compliance question, not a compromise.";
            return [all, "", "", "", ""];
        }
        let window = match (window, class) {
            (Window::Inside, Class::Derived) => {
                " by an address that a DNS answer gave, near the time of the answer"
            }
            (Window::Before, Class::Derived) => {
                " by an address that a DNS answer gave, long before the answer"
            }
            (Window::After, Class::Derived) => {
                " by an address that a DNS answer gave, long after the answer"
            }
            (Window::Unknown, Class::Derived) => " by an address that a DNS answer gave",
            (Window::Inside, _) => ", inside the published window",
            (Window::Before, _) => ", before the published window",
            (Window::After, _) => ", after the published window",
            (Window::Unknown, _) => "",
        };
        let confidence = match confidence {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
            Confidence::NotSpecified => "not specified",
        };
        [event.words(verdict, self.is_inside), window, " (confidence ", confidence, ")."]
    }
}

impl fmt::Display for Assessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().into_iter().try_for_each(|part| f.write_str(part))
    }
}
