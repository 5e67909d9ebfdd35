//! The hits of a second search that say something new.

use std::io;
use std::ops::ControlFlow;

use crate::record::{Field, Record};
use crate::scan::Matcher;
use crate::sink::{Sighting, Sink};

/// Hands on the hits of derived indicators but for the answers that they are derived from: those
/// were hit by their names already. What became of the inputs was said by the first search.
pub struct Followed<'m, S> {
    inner: S,
    published: &'m Matcher,
    /// Hits handed on, all and of the input that began last.
    hits: u64,
    hits_here: u64,
}

impl<'m, S: Sink> Followed<'m, S> {
    /// `published` is what the first search looked for.
    pub fn new(inner: S, published: &'m Matcher) -> Self {
        Self { inner, published, hits: 0, hits_here: 0 }
    }

    /// The sink behind it.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// How many hits were handed on.
    pub fn hits(&self) -> u64 {
        self.hits
    }

    /// Whether the line is an answer for a listed name.
    fn is_known(&self, record: &Record<'_>) -> bool {
        let mut names = record.all(Field::QuestionName).chain(record.all(Field::Answer));
        names.any(|name| !self.published.hits(name.as_bytes()).is_empty())
    }
}

impl<S: Sink> Sink for Followed<'_, S> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.hits_here = 0;
        self.inner.begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        let field = sighting.assessment.and_then(|assessment| assessment.field);
        let is_answer = matches!(field, Some(Field::ResolvedIp | Field::Answer));
        if is_answer && sighting.record.is_some_and(|record| self.is_known(record)) {
            return Ok(ControlFlow::Continue(()));
        }
        self.hits += 1;
        self.hits_here += 1;
        self.inner.hit(sighting)
    }

    fn end(&mut self, path: &str, _: u64) -> io::Result<ControlFlow<()>> {
        self.inner.end(path, self.hits_here)
    }

    fn wants_hits(&self) -> bool {
        true
    }

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
