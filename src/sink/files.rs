//! Which inputs hold a hit.

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::{Sighting, Sink, escape};

/// Writes the name of every input with a hit, once each.
#[derive(Debug)]
pub struct Files<W> {
    out: W,
}

impl<W: Write> Files<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W: Write> Sink for Files<W> {
    fn hit(&mut self, _: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        Ok(ControlFlow::Continue(()))
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        if hits > 0 {
            writeln!(self.out, "{}", escape(path))?;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn wants_hits(&self) -> bool {
        false
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
