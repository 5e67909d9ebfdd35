//! How far a sweep is, for whoever shows it while it goes on.
//!
//! The sweep's calling thread stores a few numbers a piece; nobody waits for anybody. How much
//! there is to do is found out by walking all inputs once more beside the sweep, which itself
//! never looks further ahead than it can scan.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use crate::input::{Input, Selection, Stop, Walk, WalkItem};

/// Numbers that a sweep keeps up to date. Share it: `Arc<Progress>` in
/// [`SweepOptions::progress`](super::SweepOptions::progress).
#[derive(Debug, Default)]
pub struct Progress {
    bytes_found: AtomicU64,
    is_all_found: AtomicBool,
    bytes_done: AtomicU64,
    hits: AtomicU64,
    current: Mutex<String>,
}

/// A [`Progress`] at one time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProgressSnapshot {
    /// Bytes of the inputs found so far.
    pub bytes_found: u64,
    /// Whether all inputs were found and all have a length, so that `bytes_found` is the total.
    pub is_all_found: bool,
    /// Bytes of the inputs that are done.
    pub bytes_done: u64,
    /// Hits so far.
    pub hits: u64,
    /// The name of the input that is scanned; empty before the first.
    pub current: String,
}

impl Progress {
    /// The numbers now.
    #[must_use]
    pub fn snapshot(&self) -> ProgressSnapshot {
        let bytes_done = self.bytes_done.load(Relaxed);
        ProgressSnapshot {
            // What is done was found, even if the second walk is behind.
            bytes_found: self.bytes_found.load(Relaxed).max(bytes_done),
            is_all_found: self.is_all_found.load(Relaxed),
            bytes_done,
            hits: self.hits.load(Relaxed),
            current: self.current.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    pub(super) fn begin(&self, path: &str) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.clear();
        current.push_str(path);
    }

    pub(super) fn advance(&self, bytes_done: u64, hits: u64) {
        self.bytes_done.store(bytes_done, Relaxed);
        self.hits.store(hits, Relaxed);
    }

    /// Walks the inputs to the end, or until the sweep is.
    pub(super) fn survey(&self, inputs: &[Input], selection: &Selection, stop: &Arc<Stop>) {
        // What can be read but once is the sweep's.
        let is_walkable = |input: &&Input| match input {
            Input::Path(_) => true,
            Input::Stdin => false,
            Input::List(list) => list
                .path
                .as_ref()
                .is_some_and(|path| fs::metadata(path).is_ok_and(|metadata| metadata.is_file())),
        };
        let walkable: Vec<Input> = inputs.iter().filter(is_walkable).cloned().collect();
        let mut has_all = walkable.len() == inputs.len();
        let mut found = 0;
        for item in Walk::new(&walkable, selection, stop) {
            match item {
                WalkItem::Path(_, Some(len)) => found += len,
                WalkItem::Path(_, None) | WalkItem::Stdin => has_all = false,
                WalkItem::Problem(_) => {}
            }
            self.bytes_found.store(found, Relaxed);
        }
        self.is_all_found.store(has_all && !stop.is_stopped(), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::PathList;

    #[test]
    fn a_survey_adds_up_what_will_be_scanned() {
        let room = tempfile::tempdir().unwrap();
        std::fs::create_dir(room.path().join("x")).unwrap();
        std::fs::write(room.path().join("x/a"), b"12345").unwrap();
        std::fs::write(room.path().join("b"), b"123").unwrap();
        let tree = Input::Path(room.path().to_owned());
        let stdin_list = PathList { path: None, is_null_separated: false };
        for (inputs, bytes, is_all) in [
            (vec![tree.clone()], 8, true),
            // Twice is once.
            (vec![tree.clone(), tree.clone()], 8, true),
            (vec![tree.clone(), Input::Stdin], 8, false),
            (vec![Input::List(stdin_list), tree], 8, false),
        ] {
            let progress = Progress::default();
            progress.survey(&inputs, &Selection::default(), &Stop::new().unwrap());
            let snapshot = progress.snapshot();
            assert_eq!((snapshot.bytes_found, snapshot.is_all_found), (bytes, is_all));
        }
    }
}
