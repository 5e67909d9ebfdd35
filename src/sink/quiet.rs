//! Only whether there is a hit.

use std::io;
use std::ops::ControlFlow;

use super::{Sighting, Sink};

/// Writes nothing, and ends the scan with the first hit: there is nothing more to learn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Sink for Quiet {
    fn hit(&mut self, _: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        Ok(ControlFlow::Break(()))
    }
}
