//! The report of a scan: hits as they come, and at the end what was scanned.

use std::cell::RefCell;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::rc::Rc;

use flaxscan::follow::FollowUp;
use flaxscan::page::{self, Account, Gather, Origin};
use flaxscan::scan::Summary;
use flaxscan::sink::{InputRecord, Sighting, Sink, Timestamp};
use flaxscan::tally::Overview;

use super::load;

/// A report that is not written yet.
#[derive(Default)]
pub struct Pending {
    gather: Rc<RefCell<Gather>>,
    account: Rc<RefCell<Account>>,
}

impl Pending {
    /// The scan begins.
    pub fn begin(&self, started: Timestamp, origins: &[load::Origin]) {
        let sets = origins.iter().map(|origin| {
            let edition = origin.edition.map(str::to_owned);
            Origin::new(origin.name.clone(), edition, origin.indicators, origin.sha256.clone())
        });
        let command = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
        *self.account.borrow_mut() = Account::begin(command, started.to_string(), sets.collect());
    }

    /// What takes the hits, and takes down what became of each input.
    pub fn sink(&self, started: Timestamp) -> impl Sink + use<> {
        // As much of it as a document has.
        let started = Timestamp::from_millisecond(started.as_millisecond()).unwrap_or(started);
        Taker { gather: Rc::clone(&self.gather), account: Rc::clone(&self.account), started }
    }

    /// The scan is done, and what followed it.
    pub fn end(
        &self,
        summary: &Summary,
        indicators: usize,
        status: u8,
        follow_up: Option<&FollowUp>,
    ) {
        let mut account = self.account.borrow_mut();
        account.end(summary, indicators, Timestamp::now().to_string(), status);
        account.followed = follow_up.cloned();
    }

    /// What the hits come to, with so many rows of each sort; nothing where there are none.
    pub fn overview(&self, top: usize) -> Option<Overview> {
        self.gather.borrow().overview(top)
    }

    /// Writes the page; the sinks, which had the hits, too, are gone.
    pub fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let gather = Rc::into_inner(self.gather)
            .ok_or_else(|| io::Error::other("hits are still being taken"))?;
        let spent = page::write(gather.into_inner(), Some(&self.account.take()), out)?;
        // The program ends.
        std::mem::forget(spent);
        Ok(())
    }
}

struct Taker {
    gather: Rc<RefCell<Gather>>,
    account: Rc<RefCell<Account>>,
    started: Timestamp,
}

impl Sink for Taker {
    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        self.gather.borrow_mut().sighting(sighting, self.started);
        Ok(ControlFlow::Continue(()))
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        self.account.borrow_mut().input(record);
        Ok(())
    }

    fn wants_records(&self) -> bool {
        true
    }
}
