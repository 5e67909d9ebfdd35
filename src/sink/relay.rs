//! Hits as documents, for whoever takes them as such.

use std::fmt;
use std::io::{self, Write};
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::json::Json;
use super::reading::Reading;
use super::{Sighting, Sink};
use crate::stored::{Receiver, StoredHit};

/// Hands hits on as documents: each is written once, as it would be stored, and read back once for
/// all who take [`StoredHit`]s. So what is made of a scan and what is made of its stored hits is the
/// same.
pub struct Relay<'w> {
    json: Json<Vec<u8>>,
    copies: Vec<Box<dyn Write + 'w>>,
    receivers: Vec<Box<dyn Receiver + 'w>>,
    reading: Reading,
}

impl<'w> Relay<'w> {
    /// To nobody so far; `ingested` is the time of the scan, as for [`Json`].
    #[must_use]
    pub fn new(ingested: Timestamp) -> Self {
        let json = Json::new(Vec::new(), ingested);
        Self { json, copies: Vec::new(), receivers: Vec::new(), reading: Reading::default() }
    }

    /// Writes the documents to `out`, too, as [`Json`] does.
    pub fn copy(&mut self, out: impl Write + 'w) {
        self.copies.push(Box::new(out));
    }

    /// Hands the hits to `receiver`, too.
    pub fn add(&mut self, receiver: impl Receiver + 'w) {
        self.receivers.push(Box::new(receiver));
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
        self.json.begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        self.json.written().clear();
        let flow = self.json.hit(sighting)?;
        let document: &[u8] = self.json.written();
        self.copies.iter_mut().try_for_each(|out| out.write_all(document))?;
        if !self.receivers.is_empty() {
            self.reading.read(document, &mut to_all(&mut self.receivers))?;
        }
        Ok(flow)
    }

    fn wants_records(&self) -> bool {
        true
    }

    fn flush(&mut self) -> io::Result<()> {
        self.copies.iter_mut().try_for_each(|out| out.flush())?;
        self.reading.catch_up(&mut to_all(&mut self.receivers))?;
        self.receivers.iter_mut().try_for_each(Receiver::flush)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.copies.iter_mut().try_for_each(|out| out.flush())?;
        self.reading.catch_up(&mut to_all(&mut self.receivers))?;
        self.receivers.iter_mut().try_for_each(Receiver::finish)
    }
}

fn to_all<'r, 'w>(
    receivers: &'r mut [Box<dyn Receiver + 'w>],
) -> impl FnMut(&StoredHit) -> io::Result<()> + use<'r, 'w> {
    |hit| receivers.iter_mut().try_for_each(|receiver| receiver.hit(hit))
}
