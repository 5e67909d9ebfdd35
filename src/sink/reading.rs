//! Documents that are read back, many at a time: by the caller while there are few, by a thread where
//! there are many.
//!
//! A scan with few hits does something else between two of them, and takes the caches for it: what
//! is done for each hit by itself is done with cold ones, and takes twice as long.

use std::io;
use std::mem;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::stored::{StoredHit, parse};

/// Documents that are read before a thread is worth its while.
const FEW: usize = 1000;
/// When documents are read: at so many of them, or so many bytes.
const BATCH: usize = 128;
const BATCH_BYTES: usize = 1 << 20;
/// Batches that may be on their way.
const WAITING: usize = 4;

/// Takes documents and gives hits, in the same order.
#[derive(Debug, Default)]
pub(super) struct Reading {
    read: usize,
    batch: Documents,
    aside: Option<Aside>,
}

/// Documents one behind the other.
#[derive(Debug, Default)]
struct Documents {
    text: Vec<u8>,
    ends: Vec<usize>,
}

type Read = Vec<serde_json::Result<StoredHit>>;

/// The thread.
#[derive(Debug)]
struct Aside {
    documents: Sender<Documents>,
    hits: Receiver<Read>,
    /// What was taken goes back: memory is let go where it came from, or two threads wait for each
    /// other.
    done: Sender<Read>,
    on_their_way: usize,
}

/// Whoever takes the hits.
pub(super) type Take<'t> = &'t mut dyn FnMut(&StoredHit) -> io::Result<()>;

impl Reading {
    /// Takes a document, and hands on what was read meanwhile.
    pub(super) fn read(&mut self, document: &[u8], take: Take<'_>) -> io::Result<()> {
        self.read += 1;
        self.batch.text.extend_from_slice(document);
        self.batch.ends.push(self.batch.text.len());
        if self.batch.ends.len() < BATCH && self.batch.text.len() < BATCH_BYTES {
            return Ok(());
        }
        if self.read <= FEW {
            return self.catch_up(take);
        }
        let aside = match &mut self.aside {
            Some(aside) => aside,
            none => none.insert(Aside::start()?),
        };
        aside.documents.send(mem::take(&mut self.batch)).map_err(ended)?;
        aside.on_their_way += 1;
        aside.hand_on(WAITING, take)
    }

    /// Hands on all that was not.
    pub(super) fn catch_up(&mut self, take: Take<'_>) -> io::Result<()> {
        if let Some(aside) = &mut self.aside {
            aside.hand_on(0, take)?;
        }
        let batch = mem::take(&mut self.batch);
        batch.each().try_for_each(|document| take(&parse(document)?))
    }
}

impl Documents {
    fn each(&self) -> impl Iterator<Item = &[u8]> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }
}

impl Aside {
    fn start() -> io::Result<Self> {
        let (documents, from_caller) = channel::<Documents>();
        let (to_caller, hits) = channel();
        let (done, gone) = channel();
        thread::Builder::new().spawn(move || {
            for batch in from_caller {
                gone.try_iter().for_each(drop::<Read>);
                let read: Read = batch.each().map(parse).collect();
                if to_caller.send(read).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { documents, hits, done, on_their_way: 0 })
    }

    /// Hands on what is there, and waits until no more than `most` batches are on their way.
    fn hand_on(&mut self, most: usize, take: Take<'_>) -> io::Result<()> {
        while self.on_their_way > 0 {
            let read = match self.on_their_way > most {
                true => self.hits.recv().map_err(ended)?,
                false => match self.hits.try_recv() {
                    Ok(read) => read,
                    Err(_) => return Ok(()),
                },
            };
            self.on_their_way -= 1;
            for hit in &read {
                match hit {
                    Ok(hit) => take(hit)?,
                    Err(error) => return Err(io::Error::other(error.to_string())),
                }
            }
            // It ends when it is not wanted any more.
            let _ = self.done.send(read);
        }
        Ok(())
    }
}

/// It can only have panicked.
fn ended(_: impl std::error::Error) -> io::Error {
    io::Error::other("the thread that reads documents ended")
}
