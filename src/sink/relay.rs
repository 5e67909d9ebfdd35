//! Hits as documents, for whoever takes them as such.

use std::fmt;
use std::io::{self, Write};
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::json::Json;
use super::stored::Storing;
use super::{Sighting, Sink};
use crate::stored::{Receiver, StoredHit};

/// When hits are handed on: at so many of them, or so many bytes of lines. A scan with few hits does
/// something else between two of them, and takes the caches for it: what is done for each hit by
/// itself is done with cold ones, and takes twice as long.
const BATCH: usize = 64;
const BATCH_BYTES: usize = 1 << 20;

/// Hands hits on as documents: written down for those who take them as they are stored, and as
/// [`StoredHit`]s, what such a document is read as, for all others. So what is made of a scan and
/// what is made of its stored hits is the same.
pub struct Relay<'w> {
    json: Json<Vec<u8>>,
    copies: Vec<Box<dyn Write + 'w>>,
    storing: Storing,
    receivers: Vec<Box<dyn Receiver + 'w>>,
    batch: Vec<StoredHit>,
    batch_bytes: usize,
}

impl<'w> Relay<'w> {
    /// To nobody so far; `ingested` is the time of the scan, as for [`Json`].
    #[must_use]
    pub fn new(ingested: Timestamp) -> Self {
        Self {
            json: Json::new(Vec::new(), ingested),
            copies: Vec::new(),
            storing: Storing::new(ingested),
            receivers: Vec::new(),
            batch: Vec::new(),
            batch_bytes: 0,
        }
    }

    /// Writes the documents to `out`, too, as [`Json`] does.
    pub fn copy(&mut self, out: impl Write + 'w) {
        self.copies.push(Box::new(out));
    }

    /// Hands the hits to `receiver`, too.
    pub fn add(&mut self, receiver: impl Receiver + 'w) {
        self.receivers.push(Box::new(receiver));
    }

    /// Hands on all hits that were not.
    fn catch_up(&mut self) -> io::Result<()> {
        self.batch_bytes = 0;
        let result = self.batch.iter().try_for_each(|hit| {
            self.receivers.iter_mut().try_for_each(|receiver| receiver.hit(hit))
        });
        self.batch.clear();
        result
    }
}

impl fmt::Debug for Relay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("copies", &self.copies.len())
            .field("receivers", &self.receivers.len())
            .finish_non_exhaustive()
    }
}

impl Sink for Relay<'_> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.storing.forget();
        self.json.begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        if !self.copies.is_empty() {
            self.json.written().clear();
            // It goes on whatever is written down.
            let _ = self.json.hit(sighting)?;
            let document: &[u8] = self.json.written();
            self.copies.iter_mut().try_for_each(|out| out.write_all(document))?;
        }
        if !self.receivers.is_empty() {
            self.batch.push(self.storing.hit(sighting));
            self.batch_bytes += sighting.line.len();
            if self.batch.len() >= BATCH || self.batch_bytes >= BATCH_BYTES {
                self.catch_up()?;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn wants_records(&self) -> bool {
        true
    }

    fn flush(&mut self) -> io::Result<()> {
        self.copies.iter_mut().try_for_each(|out| out.flush())?;
        self.catch_up()?;
        self.receivers.iter_mut().try_for_each(Receiver::flush)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.copies.iter_mut().try_for_each(|out| out.flush())?;
        self.catch_up()?;
        self.receivers.iter_mut().try_for_each(Receiver::finish)
    }
}
