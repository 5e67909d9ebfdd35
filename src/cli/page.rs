//! The report of a scan: hits as they come, and at the end what was scanned.

use std::cell::RefCell;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::rc::Rc;

use flaxscan::page::{self, Account, Gather, Origin, Spent};
use flaxscan::sink::{InputRecord, Sighting, Sink, Timestamp};

use super::load;
use super::output::End;

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
    pub fn end(&self, end: &End<'_>) {
        let mut account = self.account.borrow_mut();
        account.end(end.summary, end.indicators, Timestamp::now().to_string(), end.status);
        account.followed = end.follow_up.cloned();
    }

    /// Writes the page; the sinks, which had the hits, too, are gone. `told`: rows of each sort that
    /// are told over time.
    pub fn write(self, told: usize, out: &mut dyn Write) -> io::Result<Spent> {
        let gather = Rc::into_inner(self.gather)
            .ok_or_else(|| io::Error::other("hits are still being taken"))?;
        page::write(gather.into_inner().telling(told), Some(&self.account.take()), out)
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
