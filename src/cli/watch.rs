//! What the command line has to know of the hits that pass.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;

use flaxscan::sink::{InputRecord, Sighting, Sink};

use super::case_file::CaseFile;

/// Knows whether anything was hit, and hands what became of each input on to the case file.
pub struct Watch<'c, S> {
    inner: S,
    case_file: Option<&'c mut CaseFile>,
    pub found: bool,
}

impl<'c, S: Sink> Watch<'c, S> {
    pub fn new(inner: S, case_file: Option<&'c mut CaseFile>) -> Self {
        Self { inner, case_file, found: false }
    }
}

impl<S: Sink> Sink for Watch<'_, S> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.inner.begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        self.found = true;
        self.inner.hit(sighting)
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        self.found |= hits > 0;
        self.inner.end(path, hits)
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        if let Some(case_file) = &mut self.case_file {
            case_file.input(record);
        }
        self.inner.account(record)
    }

    fn wants_hits(&self) -> bool {
        self.inner.wants_hits()
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

/// Turns a closed pipe into the wish to stop: whoever read the hits has seen enough, and the exit
/// status still tells what was found and what went wrong.
pub struct Pipe<'c, S> {
    pub inner: S,
    pub closed: &'c Cell<bool>,
}

impl<S: Sink> Pipe<'_, S> {
    fn unless_closed<T>(
        &mut self,
        closed: T,
        call: impl FnOnce(&mut S) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.closed.get() {
            return Ok(closed);
        }
        match call(&mut self.inner) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed.set(true);
                Ok(closed)
            }
            done => done,
        }
    }
}

impl<S: Sink> Sink for Pipe<'_, S> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.unless_closed((), |sink| sink.begin(path))
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        self.unless_closed(ControlFlow::Break(()), |sink| sink.hit(sighting))
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        self.unless_closed(ControlFlow::Break(()), |sink| sink.end(path, hits))
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        self.unless_closed((), |sink| sink.account(record))
    }

    fn wants_hits(&self) -> bool {
        self.inner.wants_hits()
    }

    fn wants_records(&self) -> bool {
        self.inner.wants_records()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed((), Sink::flush)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.unless_closed((), Sink::finish)
    }
}
