//! The options of `scan` that say which hits are shown, by what their lines say.

use clap::{Args, ValueEnum};
use flaxscan::assess::Window;
use flaxscan::record::{Direction, Verdict};
use flaxscan::sink::{Criteria, Timestamp};
use ipnet::IpNet;

use super::read::net;
use super::when;

/// Which hits to show.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which hits (the others are counted in the summary)")]
pub struct FilterArgs {
    /// Only lines of this time or later, and those without a time.
    ///
    /// A day (2026-10-01, in UTC), a time (2026-10-01T12:00:00Z, or with an offset), or an age:
    /// 90m, 36h, 7d, 2w.
    #[arg(long, value_name = "TIME", value_parser = when::since)]
    pub since: Option<Timestamp>,

    /// Only lines before this time, and those without a time; a day is in it.
    #[arg(long, value_name = "TIME", value_parser = when::until)]
    pub until: Option<Timestamp>,

    /// Only connections that went this way (repeatable, or separated by commas).
    #[arg(long, value_name = "WAY", value_delimiter = ',')]
    pub direction: Vec<Way>,

    /// Only what was let through, or not (repeatable, or separated by commas).
    #[arg(long, value_name = "VERDICT", value_delimiter = ',')]
    pub verdict: Vec<Decision>,

    /// Only hits at least this severe, 0 to 100: 40 is medium, 70 high, 90 critical.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub min_severity: Option<u8>,

    /// Only lines that lie so to the indicator's published dates (repeatable, or separated by
    /// commas).
    #[arg(long, value_name = "WHERE", value_delimiter = ',')]
    pub window: Vec<Place>,

    /// Only lines with a source in this network (repeatable).
    #[arg(long, value_name = "NET", value_parser = net)]
    pub src: Vec<IpNet>,

    /// Only lines with a destination in this network (repeatable).
    #[arg(long, value_name = "NET", value_parser = net)]
    pub dst: Vec<IpNet>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    Inbound,
    Outbound,
    /// Both sides are inside.
    Internal,
    /// Both sides are outside.
    External,
    /// The line does not say.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Decision {
    Allowed,
    Blocked,
    /// The line does not say.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Place {
    Inside,
    Before,
    After,
    /// The line has no time, or nobody published dates.
    Unknown,
}

impl FilterArgs {
    /// What is asked for.
    pub fn criteria(&self) -> Criteria {
        let direction = |way: &Way| match way {
            Way::Inbound => Some(Direction::Inbound),
            Way::Outbound => Some(Direction::Outbound),
            Way::Internal => Some(Direction::Internal),
            Way::External => Some(Direction::External),
            Way::Unknown => None,
        };
        let verdict = |decision: &Decision| match decision {
            Decision::Allowed => Some(Verdict::Allowed),
            Decision::Blocked => Some(Verdict::Blocked),
            Decision::Unknown => None,
        };
        let window = |place: &Place| match place {
            Place::Inside => Window::Inside,
            Place::Before => Window::Before,
            Place::After => Window::After,
            Place::Unknown => Window::Unknown,
        };
        Criteria {
            since: self.since,
            until: self.until,
            directions: self.direction.iter().map(direction).collect(),
            verdicts: self.verdict.iter().map(verdict).collect(),
            min_severity: self.min_severity.filter(|&least| least > 0),
            windows: self.window.iter().map(window).collect(),
            sources: self.src.clone(),
            destinations: self.dst.clone(),
        }
    }
}
