//! The report of a scan: hits as they come, and at the end what was scanned.

use std::cell::RefCell;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::rc::Rc;

use flaxscan::follow::FollowUp;
use flaxscan::page::{self, Account, Gather, Origin};
use flaxscan::scan::Summary;
use flaxscan::sink::{InputRecord, Sighting, Sink, Timestamp};
use flaxscan::stored::{Receiver, StoredHit};
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

    /// What takes the hits.
    pub fn receiver(&self) -> impl Receiver + use<> {
        Shared(Rc::clone(&self.gather))
    }

    /// What takes down what became of each input.
    pub fn accounts(&self) -> impl Sink + use<> {
        Accounts(Rc::clone(&self.account))
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

struct Shared(Rc<RefCell<Gather>>);

impl Receiver for Shared {
    fn hit(&mut self, hit: &StoredHit) -> io::Result<()> {
        self.0.borrow_mut().hit(hit)
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Accounts(Rc<RefCell<Account>>);

impl Sink for Accounts {
    fn hit(&mut self, _: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        Ok(ControlFlow::Continue(()))
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        self.0.borrow_mut().input(record);
        Ok(())
    }

    fn wants_hits(&self) -> bool {
        false
    }
}
