//! What is looked for: indicators in canonical form, who published them, and the embedded set.

mod address;
mod canonical;
mod domain;
mod embedded;
mod kind;
mod refang;
mod set;
mod suffix;
mod url;

pub use canonical::{Observable, ObservableError};
pub use embedded::{EmbeddedError, FLAX_TYPHOON, Group, embedded_sha256, embedded_version};
pub use jiff::civil::Date;
pub use kind::{Class, Confidence, HashAlgorithm, Kind, Scope, UnknownKind};
pub use refang::refang;
pub use set::{
    Claim, Indicator, IndicatorId, IndicatorSet, Inserted, NewClaim, SetFull, Source, SourceId,
    Traits,
};
pub(crate) use suffix::public_suffix;
