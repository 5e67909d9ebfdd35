//! Finding indicators in bytes: candidates first, then certainty.
//!
//! A text is cut into *tiles* of a few KiB. A tile is classified into bitmaps, from which come
//! the *events*: tokens that passed a filter, and rare patterns. Each event is *verified* against
//! the text around it and the exact indexes. Escapes are looked through by decoding a stretch and
//! scanning the result the same way, as another *view* of the same bytes.

mod bitmap;
mod classify;
mod crew;
mod decode;
mod directives;
mod dots;
mod hit;
mod matcher;
mod outcome;
mod patterns;
mod piece;
mod progress;
mod report;
mod runs;
mod scanner;
mod sweep;
mod taken;
mod tile;
mod tokens;
mod verify;
mod view;

pub use crate::input::{DecodeLimits, Input, Limit, Mapping, Problem, ProblemReason};
pub use classify::{SimdLevel, UnavailableLevel};
pub use hit::{Encoding, Encodings, Hit, Match, Relation};
pub use matcher::Matcher;
pub use progress::{Progress, ProgressSnapshot};
pub use report::{Summary, Unreached};
pub use sweep::{SweepOptions, sweep, sweep_reader};
