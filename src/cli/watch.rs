//! What the command line has to know of the hits that pass.

use std::cell::Cell;
use std::io::{self, Write};
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

/// A pipe that may be closed: whoever read it has seen enough. What is written then goes nowhere.
pub struct Pipe<'c, W> {
    pub inner: W,
    pub closed: &'c Cell<bool>,
}

impl<W: Write> Pipe<'_, W> {
    fn unless_closed<T>(
        &mut self,
        closed: T,
        call: impl FnOnce(&mut W) -> io::Result<T>,
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

impl<W: Write> Write for Pipe<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_closed(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed((), Write::flush)
    }
}

/// Turns a closed pipe into the wish to stop, where nothing else is written: the exit status still
/// tells what was found and what went wrong.
pub struct UntilClosed<'c, S> {
    pub inner: S,
    pub closed: &'c Cell<bool>,
}

impl<S: Sink> UntilClosed<'_, S> {
    fn or_break(&self, flow: ControlFlow<()>) -> ControlFlow<()> {
        if self.closed.get() { ControlFlow::Break(()) } else { flow }
    }
}

impl<S: Sink> Sink for UntilClosed<'_, S> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.inner.begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        let flow = self.inner.hit(sighting)?;
        Ok(self.or_break(flow))
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        let flow = self.inner.end(path, hits)?;
        Ok(self.or_break(flow))
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
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
