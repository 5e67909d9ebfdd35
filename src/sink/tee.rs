//! Several outputs of one scan.

use std::io;
use std::ops::ControlFlow;

use super::{InputRecord, Sighting, Sink};

/// Hands every hit to several sinks. One that wants no more gets no more; the scan ends when none
/// does.
#[derive(Default)]
pub struct Tee<'s> {
    sinks: Vec<Branch<'s>>,
}

struct Branch<'s> {
    sink: Box<dyn Sink + 's>,
    wants_hits: bool,
    is_done: bool,
}

impl<'s> Tee<'s> {
    /// Of these sinks.
    #[must_use]
    pub fn new(sinks: Vec<Box<dyn Sink + 's>>) -> Self {
        let branch = |sink: Box<dyn Sink + 's>| {
            let wants_hits = sink.wants_hits();
            Branch { sink, wants_hits, is_done: false }
        };
        Self { sinks: sinks.into_iter().map(branch).collect() }
    }

    fn each(
        &mut self,
        mut call: impl FnMut(&mut Branch<'s>) -> io::Result<ControlFlow<()>>,
    ) -> io::Result<ControlFlow<()>> {
        for branch in self.sinks.iter_mut().filter(|branch| !branch.is_done) {
            branch.is_done = call(branch)?.is_break();
        }
        let is_done = !self.sinks.is_empty() && self.sinks.iter().all(|branch| branch.is_done);
        Ok(if is_done { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}

impl Sink for Tee<'_> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.each(|branch| branch.sink.begin(path).map(ControlFlow::Continue)).map(drop)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        self.each(|branch| match branch.wants_hits {
            true => branch.sink.hit(sighting),
            false => Ok(ControlFlow::Continue(())),
        })
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        self.each(|branch| branch.sink.end(path, hits))
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        self.sinks.iter_mut().try_for_each(|branch| branch.sink.account(record))
    }

    fn wants_hits(&self) -> bool {
        self.sinks.iter().any(|branch| branch.wants_hits)
    }

    fn wants_records(&self) -> bool {
        self.sinks.iter().any(|branch| branch.sink.wants_records())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sinks.iter_mut().try_for_each(|branch| branch.sink.flush())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.sinks.iter_mut().try_for_each(|branch| branch.sink.finish())
    }
}
