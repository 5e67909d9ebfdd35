//! Counting, beside whatever is written.

use std::io;
use std::ops::ControlFlow;

use super::{InputRecord, Sighting, Sink};
use crate::tally::{Contact, Tally};

/// Shows a [`Tally`] every hit that it hands on.
#[derive(Debug)]
pub struct Tallied<'t, S> {
    inner: S,
    tally: &'t mut Tally,
}

impl<'t, S: Sink> Tallied<'t, S> {
    /// Counts what goes to `inner`.
    pub fn new(inner: S, tally: &'t mut Tally) -> Self {
        Self { inner, tally }
    }
}

impl<S: Sink> Sink for Tallied<'_, S> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.inner.begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        self.tally.observe(&Contact::of_sighting(sighting));
        self.inner.hit(sighting)
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        self.inner.end(path, hits)
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        self.inner.account(record)
    }

    /// Always: who met whom stands in the line.
    fn wants_records(&self) -> bool {
        true
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.inner.finish()
    }
}
