//! Hit documents, read back: what reports and the machine forms are made of.
//!
//! Every hand-over form is made of what a hit document (`docs/hit.schema.json`) is read as: a form
//! made while scanning and the same form made a month later of the stored documents do not differ.

mod hit;
mod read;

use std::io;

pub use hit::{
    Address, Answer, Certificate, Client, Delta, Dns, Email, Endpoint, Enrichment, Event, File,
    Group, Hashes, Header, Host, Http, Indicator, IndicatorUrl, Log, LogFile, Matched, Named, Nat,
    Network, Original, Own, Process, Question, Related, Request, Response, StoredHit, Threat, Tls,
    Url, User, Word,
};
pub use read::{StoredError, StoredHits};

/// Reads a document.
pub(crate) fn parse(document: &[u8]) -> serde_json::Result<StoredHit> {
    match std::str::from_utf8(document) {
        // Of what is known to be UTF-8 no string has to be looked at again.
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(document),
    }
}

/// Takes hit documents, in order.
pub trait Receiver {
    /// One hit.
    ///
    /// # Errors
    /// What writing to the output gave.
    fn hit(&mut self, hit: &StoredHit) -> io::Result<()>;

    /// There are no more. Called once.
    ///
    /// # Errors
    /// What writing to the output gave.
    fn finish(&mut self) -> io::Result<()>;

    /// Writes out what is held back and may be written before the end.
    ///
    /// # Errors
    /// What writing to the output gave.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<R: Receiver + ?Sized> Receiver for Box<R> {
    fn hit(&mut self, hit: &StoredHit) -> io::Result<()> {
        (**self).hit(hit)
    }

    fn finish(&mut self) -> io::Result<()> {
        (**self).finish()
    }

    fn flush(&mut self) -> io::Result<()> {
        (**self).flush()
    }
}
