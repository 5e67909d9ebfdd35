//! The machine forms of hits: what other programs read. One file a form; a new one is a file here
//! and a line in [`Form::ALL`], [`Form::name`], [`Form::about`] and [`Form::receiver`].
//!
//! They are made of [stored hits](crate::stored), so a form is the same whether it is written
//! while scanning or made of stored documents later.

mod column;
mod csv;
mod headline;
mod id;
mod misp;
mod object;
mod ocsf;
mod splunk;
mod stix;
mod timesketch;

use std::io::Write;

pub use csv::{Csv, write_csv_record};

use self::object::Lines;
use self::stix::Stix;
use crate::stored::Receiver;

/// A machine form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// Rows for a spreadsheet.
    Csv,
    /// Findings of the Open Cybersecurity Schema Framework.
    Ocsf,
    /// A STIX bundle.
    Stix,
    /// Lines for Timesketch.
    Timesketch,
    /// Sightings for MISP.
    MispSightings,
    /// Events for Splunk.
    Splunk,
}

impl Form {
    /// Every form.
    pub const ALL: &'static [Self] =
        &[Self::Csv, Self::Ocsf, Self::Stix, Self::Timesketch, Self::MispSightings, Self::Splunk];

    /// What it is called on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ocsf => "ocsf",
            Self::Stix => "stix",
            Self::Timesketch => "timesketch",
            Self::MispSightings => "misp-sightings",
            Self::Splunk => "splunk",
        }
    }

    /// What it is, in a line.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Csv => "A row for each hit (RFC 4180), safe to open in a spreadsheet",
            Self::Ocsf => "One OCSF 1.8 Detection Finding (class 2004) a line for each hit",
            Self::Stix => {
                "A STIX 2.1 bundle: one Sighting for each indicator, host and day, with a count"
            }
            Self::Timesketch => "One JSON line for each hit, to import into Timesketch",
            Self::MispSightings => "One body for /sightings/add of MISP a line for each hit",
            Self::Splunk => {
                "One event for the HTTP Event Collector of Splunk a line for each hit, in CIM names"
            }
        }
    }

    /// Writes hits to `out` in this form.
    #[must_use]
    pub fn receiver<'w>(self, out: impl Write + 'w) -> Box<dyn Receiver + 'w> {
        match self {
            Self::Csv => Box::new(Csv::new(out)),
            Self::Ocsf => Box::new(Lines::new(out, ocsf::finding)),
            Self::Stix => Box::new(Stix::new(out)),
            Self::Timesketch => Box::new(Lines::new(out, timesketch::event)),
            Self::MispSightings => Box::new(Lines::new(out, misp::sighting)),
            Self::Splunk => Box::new(Lines::new(out, splunk::event)),
        }
    }
}
