//! Hits as documents, for whoever takes them as such.

use std::io;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::json::Json;
use super::{Sighting, Sink};
use crate::stored::Receiver;

/// Hands hits on as [`StoredHit`](crate::stored::StoredHit)s: each is written as the document that
/// would be stored, and read back, so that what is made of it is the same.
#[derive(Debug)]
pub struct Relay<R> {
    json: Json<Vec<u8>>,
    receiver: R,
}

impl<R: Receiver> Relay<R> {
    /// `ingested` is the time of the scan, as for [`Json`].
    pub fn new(receiver: R, ingested: Timestamp) -> Self {
        Self { json: Json::new(Vec::new(), ingested), receiver }
    }
}

impl<R: Receiver> Sink for Relay<R> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.json.begin(path)
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        let flow = self.json.hit(sighting)?;
        let text = self.json.take();
        self.receiver.hit(&serde_json::from_slice(&text)?)?;
        Ok(flow)
    }

    fn wants_records(&self) -> bool {
        true
    }

    fn flush(&mut self) -> io::Result<()> {
        self.receiver.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.receiver.finish()
    }
}
