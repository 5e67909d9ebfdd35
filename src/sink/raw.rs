//! The lines that hit, and nothing else: for the next program in a pipe.

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::{Sighting, Sink, escape_bytes};

/// Writes every line with a hit once, as it stands: at most [`LINE_LIMIT`](super::LINE_LIMIT) bytes
/// of it.
#[derive(Debug)]
pub struct Raw<W> {
    out: W,
    is_escaped: bool,
    /// The line that was written last, by where it begins.
    last: Option<u64>,
}

impl<W: Write> Raw<W> {
    /// Writes to `out`, with what acts on a terminal written out if `is_escaped`.
    pub fn new(out: W, is_escaped: bool) -> Self {
        Self { out, is_escaped, last: None }
    }
}

impl<W: Write> Sink for Raw<W> {
    fn begin(&mut self, _: &str) -> io::Result<()> {
        self.last = None;
        Ok(())
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        let start = sighting.hit.line_start;
        if self.last.replace(start) != Some(start) {
            if self.is_escaped {
                self.out.write_all(escape_bytes(sighting.line).as_bytes())?;
            } else {
                self.out.write_all(sighting.line)?;
            }
            self.out.write_all(b"\n")?;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
