//! What is looked for: indicators in canonical form, who published them, and the embedded set.

mod canonical;
mod embedded;
mod kind;
mod set;

pub use canonical::{Observable, ObservableError, refang};
pub use jiff::civil::Date;
pub use kind::{Class, Confidence, HashAlgorithm, Kind, Scope, UnknownKind};
pub use set::{
    Claim, Indicator, IndicatorId, IndicatorSet, Inserted, NewClaim, SetFull, Source, SourceId,
    Traits,
};
