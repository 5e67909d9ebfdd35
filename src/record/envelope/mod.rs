//! What was put around a line on its way to the file, taken off piece by piece.

mod json;
mod syslog;

pub(crate) use json::{element, wrapped};
pub(crate) use syslog::peel;
