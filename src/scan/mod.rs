//! Finding indicators in bytes.

mod hit;
mod matcher;
mod sweep;

pub use hit::{Encoding, Encodings, Hit, Match, Relation};
pub use matcher::Matcher;
pub use sweep::{
    Input, Mapping, Problem, ProblemReason, Summary, SweepOptions, sweep,
};
