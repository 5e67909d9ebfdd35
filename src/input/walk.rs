//! Paths in order: what the user named, and below directories everything, sorted by name.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Input, Problem, ProblemReason};

/// One input to open, or what kept something from becoming one.
#[derive(Debug)]
pub(crate) enum Found {
    /// A file, a pipe, whatever the user named that is no directory.
    Path(PathBuf),
    /// Standard input.
    Stdin,
    /// Something that will not be scanned.
    Problem(Problem),
}

/// Goes through inputs depth first. Holds one directory's names a level, never the whole tree.
#[derive(Debug)]
pub(crate) struct Walk {
    /// What is left of each directory, the deepest last; names in reverse order.
    pending: Vec<Vec<Input>>,
}

impl Walk {
    pub(crate) fn new(inputs: &[Input]) -> Self {
        Self { pending: vec![inputs.iter().rev().cloned().collect()] }
    }

    fn problem(path: &Path, reason: ProblemReason) -> Found {
        let path = path.display().to_string();
        Found::Problem(Problem { path, reason, unscanned: None })
    }

    /// Puts a directory's entries on the stack.
    fn list(&mut self, directory: &Path) -> Result<(), std::io::Error> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(directory)? {
            entries.push(Input::Path(entry?.path()));
        }
        entries.sort_unstable_by(|a, b| match (a, b) {
            (Input::Path(a), Input::Path(b)) => b.cmp(a),
            _ => std::cmp::Ordering::Equal,
        });
        self.pending.push(entries);
        Ok(())
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            let is_named = self.pending.len() == 1;
            let Some(input) = self.pending.last_mut()?.pop() else {
                self.pending.pop();
                continue;
            };
            let Input::Path(path) = input else { return Some(Found::Stdin) };
            // What the user names is followed; what lies in a directory is taken as it is.
            let metadata = if is_named { fs::metadata(&path) } else { fs::symlink_metadata(&path) };
            match metadata {
                Ok(metadata) if metadata.is_dir() => {
                    if let Err(error) = self.list(&path) {
                        return Some(Self::problem(&path, ProblemReason::List(error)));
                    }
                }
                Ok(metadata) if metadata.is_file() || is_named => return Some(Found::Path(path)),
                Ok(metadata) => {
                    let is_link = metadata.is_symlink();
                    let reason = if is_link { ProblemReason::Link } else { ProblemReason::Special };
                    return Some(Self::problem(&path, reason));
                }
                Err(error) => return Some(Self::problem(&path, ProblemReason::Open(error))),
            }
        }
    }
}
