//! A scan that ends after so many hits.

use std::io;
use std::ops::ControlFlow;

use super::{InputRecord, Sighting, Sink};

/// Hands on the first hits, then ends the scan.
#[derive(Debug)]
pub struct Limit<S> {
    inner: S,
    left: u64,
    path: String,
    /// Handed on of the input that began last. A scan that runs ahead may have found more.
    handed: u64,
}

impl<S: Sink> Limit<S> {
    /// Ends the scan after `hits` hits in total.
    pub fn new(inner: S, hits: u64) -> Self {
        Self { inner, left: hits, path: String::new(), handed: 0 }
    }
}

impl<S: Sink> Sink for Limit<S> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.handed = 0;
        self.path.clear();
        self.path.push_str(path);
        self.inner.begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        if self.left == 0 {
            return Ok(ControlFlow::Break(()));
        }
        self.left -= 1;
        self.handed += 1;
        let flow = self.inner.hit(sighting)?;
        if self.left > 0 {
            return Ok(flow);
        }
        // A scan does not end an input that was broken off, but what was handed on counts.
        let _ = self.inner.end(&self.path, self.handed)?;
        Ok(ControlFlow::Break(()))
    }

    fn end(&mut self, path: &str, _: u64) -> io::Result<ControlFlow<()>> {
        if self.left == 0 {
            return Ok(ControlFlow::Break(()));
        }
        self.inner.end(path, self.handed)
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        self.inner.account(record)
    }

    /// Always: hits can only be limited one by one.
    fn wants_hits(&self) -> bool {
        true
    }

    fn wants_records(&self) -> bool {
        self.inner.wants_records()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.inner.finish()
    }
}
