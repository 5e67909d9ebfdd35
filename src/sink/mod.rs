//! Where hits go. One file an output; a new one is a file here and a line in `cli::output`.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::assess::Assessment;
use crate::indicator::IndicatorSet;
use crate::record::{Record, Spot};
use crate::scan::{Hit, Problem};

mod count;
mod document;
mod escape;
mod excerpt;
mod facts;
mod files;
mod filter;
mod indicator;
mod json;
mod limit;
pub(crate) mod observed;
mod quiet;
mod raw;
mod relay;
mod stored;
mod tally;
mod tee;
mod text;
mod writer;

pub use count::Count;
pub use document::SCHEMA_VERSION;
pub(crate) use escape::shown_units;
pub use escape::{escape, escape_bytes};
pub use files::Files;
pub use filter::{Criteria, Filter};
pub(crate) use indicator::{indicator_days, indicator_description, indicator_provider};
pub use jiff::Timestamp;
pub use json::{Json, write_json_line};
pub use limit::Limit;
pub use quiet::Quiet;
pub use raw::Raw;
pub use relay::Relay;
pub(crate) use stored::lossy;
pub use tally::Tallied;
pub use tee::Tee;
pub use text::Text;

/// The longest part of a line that is kept with a hit: 64 KiB.
pub const LINE_LIMIT: usize = 64 * 1024;

/// One hit with everything a sink needs to write it down.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// The indicators that [`Hit::matches`] points into.
    pub indicators: &'a IndicatorSet,
    /// The input's name as the user gave it.
    pub path: &'a str,
    /// What matched, and where.
    pub hit: &'a Hit,
    /// The line without its line end, at most [`LINE_LIMIT`] bytes of it.
    pub line: &'a [u8],
    /// Whether `line` is not the whole line.
    pub truncated: bool,
    /// The bytes around the match in a line so long that `line` does not reach it, and the
    /// offset of their first byte in the input. Otherwise `line` itself.
    pub excerpt: (&'a [u8], u64),
    /// The matched bytes as they stood.
    pub matched: &'a [u8],
    /// What the line says, for sinks that [want it](Sink::wants_records).
    pub record: Option<&'a Record<'a>>,
    /// What that comes to; there when `record` is.
    pub assessment: Option<Assessment>,
}

impl Sighting<'_> {
    /// The place of the match in the line.
    #[must_use]
    pub fn spot(&self) -> Spot {
        let place = |offset: u64| {
            usize::try_from(offset.saturating_sub(self.hit.line_start)).unwrap_or(usize::MAX)
        };
        Spot { start: place(self.hit.span.start), end: place(self.hit.span.end) }
    }
}

/// What became of one input.
#[derive(Debug, Clone, Copy, Default)]
pub struct InputRecord<'a> {
    /// Its name as the user gave it.
    pub path: &'a str,
    /// What it was taken for: `plain`; `None` when it was not opened.
    pub format: Option<&'a str>,
    /// Bytes it held.
    pub bytes_offered: u64,
    /// Bytes that were scanned.
    pub bytes_scanned: u64,
    /// Lines.
    pub lines: u64,
    /// Hits.
    pub hits: u64,
    /// From when it was opened to when its last hit was handed over.
    pub duration: Duration,
    /// Whether the rest was not scanned because the sink wanted no more.
    pub stopped_early: bool,
    /// What kept bytes from being scanned, on purpose or not.
    pub problems: &'a [Problem],
}

/// Takes hits in order: inputs in the order given, within an input by offset.
///
/// `Break` asks the scan to stop; it is not an error (`--max-hits`, `--output quiet`).
pub trait Sink {
    /// An input begins. Called for every input that could be opened, also without hits.
    ///
    /// # Errors
    /// What writing to the output gave; the scan ends with it.
    fn begin(&mut self, path: &str) -> io::Result<()> {
        let _ = path;
        Ok(())
    }

    /// One hit of the input that began last.
    ///
    /// # Errors
    /// What writing to the output gave; the scan ends with it.
    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>>;

    /// The input that began last is done; `hits` of it were handed over, or counted where
    /// [`Sink::wants_hits`] says no. Not called for an input in which [`Sink::hit`] broke off.
    ///
    /// # Errors
    /// What writing to the output gave; the scan ends with it.
    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        let _ = (path, hits);
        Ok(ControlFlow::Continue(()))
    }

    /// What became of an input: of every one that was found, in order, also of those that were
    /// passed over, could not be opened or were broken off.
    ///
    /// # Errors
    /// What writing gave; the scan ends with it.
    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        let _ = record;
        Ok(())
    }

    /// Whether [`Sink::hit`] is to be called. A sink that only counts saves the scan from cutting
    /// lines out.
    fn wants_hits(&self) -> bool {
        true
    }

    /// Whether lines that hit are to be read. It costs time, and only a sink that shows what a line
    /// says wants it.
    fn wants_records(&self) -> bool {
        false
    }

    /// Writes out what is held back. A scan calls it when it has to wait for more input.
    ///
    /// # Errors
    /// What writing to the output gave.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// There is no more to come. Whoever ran the scan calls it once, at the end.
    ///
    /// # Errors
    /// What writing to the output gave.
    fn finish(&mut self) -> io::Result<()> {
        self.flush()
    }
}

impl<S: Sink + ?Sized> Sink for Box<S> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        (**self).begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        (**self).hit(sighting)
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        (**self).end(path, hits)
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        (**self).account(record)
    }

    fn wants_hits(&self) -> bool {
        (**self).wants_hits()
    }

    fn wants_records(&self) -> bool {
        (**self).wants_records()
    }

    fn flush(&mut self) -> io::Result<()> {
        (**self).flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        (**self).finish()
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        (**self).begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        (**self).hit(sighting)
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        (**self).end(path, hits)
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        (**self).account(record)
    }

    fn wants_hits(&self) -> bool {
        (**self).wants_hits()
    }

    fn wants_records(&self) -> bool {
        (**self).wants_records()
    }

    fn flush(&mut self) -> io::Result<()> {
        (**self).flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        (**self).finish()
    }
}
