//! What was put around a line on its way to the file, taken off piece by piece.

mod json;
mod syslog;

pub(crate) use json::{element, program, wrapped};
pub(crate) use syslog::peel;

/// A text without the syslog headers before it.
pub(crate) fn bare(mut text: &str) -> &str {
    // A device's, its relay's, a collector's.
    for _ in 0..3 {
        match peel(text) {
            Some(peeled) if peeled.text.len() < text.len() => text = peeled.text,
            _ => break,
        }
    }
    text
}
