//! What was put around a line on its way to the file, taken off piece by piece.

mod json;
mod syslog;

pub(crate) use json::{element, program, wrapped};
pub(crate) use syslog::peel;
