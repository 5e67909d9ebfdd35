//! How many hits.

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::{Sighting, Sink, escape};

/// Writes the number of hits of each input: `path:count` for every input with a hit.
#[derive(Debug)]
pub struct Count<W> {
    out: W,
    named: bool,
}

impl<W: Write> Count<W> {
    /// `named` is for several inputs. Without it the number stands alone, and a 0 is written too;
    /// but members of archives always have their name.
    pub fn new(out: W, named: bool) -> Self {
        Self { out, named }
    }
}

impl<W: Write> Sink for Count<W> {
    fn hit(&mut self, _: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        // `end` is told how many there were.
        Ok(ControlFlow::Continue(()))
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        // One file may be an archive with many members: their numbers do not stand alone.
        if !self.named && !path.contains('!') {
            writeln!(self.out, "{hits}")?;
        } else if hits > 0 {
            writeln!(self.out, "{}:{hits}", escape(path))?;
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
