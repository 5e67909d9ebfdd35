//! Paths in order: what the user named, and below directories everything, sorted by name.
//!
//! Hidden files and those that git ignores count: evidence lies there. A level of the tree is held
//! at a time, never the whole of it. What is passed over is said, what a [`Selection`] leaves out
//! is counted.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::list::ListReader;
use super::selection::{Identity, identity};
use super::{Input, LeftOut, Problem, ProblemReason, Selection, Stop};

/// One input to open, or what kept something from becoming one.
#[derive(Debug)]
pub(crate) enum Found {
    /// A file, a pipe, whatever the user named that is no directory; with its length where it is
    /// a regular file.
    Path(PathBuf, Option<u64>),
    /// Standard input.
    Stdin,
    /// Something that will not be scanned.
    Problem(Problem),
}

/// A directory that was listed.
#[derive(Debug)]
struct Level {
    directory: PathBuf,
    identity: Option<Identity>,
    /// The names that are left, in reverse order.
    names: Vec<OsString>,
}

/// Goes through inputs depth first.
#[derive(Debug)]
pub(crate) struct Walk {
    selection: Selection,
    stop: Arc<Stop>,
    /// When to stop, instead.
    until: Option<Instant>,
    /// What the user named and was not reached, in reverse order.
    inputs: Vec<Input>,
    list: Option<ListReader>,
    /// The input that is being walked.
    root: PathBuf,
    levels: Vec<Level>,
    /// Whether a file may be reached twice although it has but one name.
    remembers_all: bool,
    /// Files given out.
    seen: HashSet<Identity>,
    /// Directories entered below the current input, and how deep they were: only where links are
    /// followed, which may lead into one again and again.
    entered: HashMap<Identity, usize>,
    left_out: LeftOut,
    /// Whether a directory or list was not read to its end because the scan was stopped.
    is_cut: bool,
}

impl Walk {
    pub(crate) fn new(inputs: &[Input], selection: &Selection, stop: &Arc<Stop>) -> Self {
        let is_one = matches!(inputs, [Input::Path(_)]);
        Self {
            remembers_all: !is_one || selection.follow_links,
            selection: selection.clone(),
            stop: Arc::clone(stop),
            until: None,
            inputs: inputs.iter().rev().cloned().collect(),
            list: None,
            root: PathBuf::new(),
            levels: Vec::new(),
            seen: HashSet::new(),
            entered: HashMap::new(),
            left_out: LeftOut::default(),
            is_cut: false,
        }
    }

    /// What the selection kept from being found so far.
    pub(crate) fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// Whether it came to its end, and was not stopped before.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_done() && !self.is_cut
    }

    /// Lets a walk go on for some time whose scan was stopped.
    pub(crate) fn go_on_until(&mut self, time: Instant) {
        self.until = Some(time);
    }

    fn is_stopped(&self) -> bool {
        match self.until {
            Some(time) => Instant::now() >= time,
            None => self.stop.is_stopped(),
        }
    }

    /// Looks at the next path there is; `None` when there is nothing to give out for it.
    fn step(&mut self) -> Option<Found> {
        if let Some(level) = self.levels.last_mut() {
            let Some(name) = level.names.pop() else {
                self.levels.pop();
                return None;
            };
            let path = level.directory.join(name);
            return self.visit(path, false);
        }
        if let Some(list) = &mut self.list {
            match list.next() {
                None => {
                    self.list = None;
                    // A stream is at its end when it is stopped.
                    self.is_cut |= self.stop.is_stopped();
                }
                Some(Ok(path)) => return self.begin(path),
                Some(Err(problem)) => return Some(Found::Problem(problem)),
            }
            return None;
        }
        match self.inputs.pop()? {
            Input::Stdin => Some(Found::Stdin),
            Input::Path(path) => self.begin(path),
            Input::List(list) => match ListReader::open(&list, &self.stop) {
                Ok(reader) => {
                    self.list = Some(reader);
                    None
                }
                Err(problem) => Some(Found::Problem(problem)),
            },
        }
    }

    fn begin(&mut self, path: PathBuf) -> Option<Found> {
        self.root.clone_from(&path);
        self.entered.clear();
        self.visit(path, true)
    }

    /// Looks at a path: something to give out, or nothing if it was entered or left out.
    fn visit(&mut self, path: PathBuf, is_named: bool) -> Option<Found> {
        // What the user names is followed; what lies in a directory is taken as it is.
        let follows = is_named || self.selection.follow_links;
        let metadata = if follows { fs::metadata(&path) } else { fs::symlink_metadata(&path) };
        let metadata = match metadata {
            Ok(metadata) => metadata,
            // A name that is not wanted need not be readable.
            Err(_) if !is_named && !self.selection.wants_name(self.relative(&path)) => {
                self.left_out.files += 1;
                return None;
            }
            Err(error) => return Some(problem(&path, ProblemReason::Open(error))),
        };
        if metadata.is_dir() {
            return self.enter(path, &metadata);
        }
        let is_file = metadata.is_file();
        let wants = self.selection.wants_name(self.relative(&path))
            && (!is_file || self.selection.wants_time(&metadata));
        if !wants {
            self.left_out.files += 1;
            self.left_out.bytes += if is_file { metadata.len() } else { 0 };
            return None;
        }
        if is_file {
            if self.selection.outputs.contains(&path, &metadata) {
                return Some(problem(&path, ProblemReason::Output));
            }
            if self.was_seen(&path, &metadata) {
                return Some(problem(&path, ProblemReason::Again));
            }
            return Some(Found::Path(path, Some(metadata.len())));
        }
        if is_named {
            return Some(Found::Path(path, None));
        }
        let is_link = metadata.is_symlink();
        let reason = if is_link { ProblemReason::Link } else { ProblemReason::Special };
        Some(problem(&path, reason))
    }

    /// The path below the input; of an input that is no directory, the path itself.
    fn relative<'p>(&self, path: &'p Path) -> &'p Path {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        if below.as_os_str().is_empty() { path } else { below }
    }

    fn was_seen(&mut self, path: &Path, metadata: &Metadata) -> bool {
        (self.remembers_all || has_names(metadata))
            && identity(path, metadata).is_some_and(|identity| !self.seen.insert(identity))
    }

    /// Puts a directory's names on the stack.
    fn enter(&mut self, path: PathBuf, metadata: &Metadata) -> Option<Found> {
        let depth = self.levels.len();
        if !self.selection.wants_directory(self.relative(&path), depth) {
            self.left_out.directories += 1;
            return None;
        }
        let mut known_as = None;
        if self.selection.follow_links {
            known_as = identity(&path, metadata);
            if known_as.as_ref().is_some_and(|identity| self.was_entered(identity, depth)) {
                return Some(problem(&path, ProblemReason::Again));
            }
        }
        match self.names(&path) {
            Ok(names) => {
                self.levels.push(Level { directory: path, identity: known_as, names });
                None
            }
            Err(error) => Some(problem(&path, ProblemReason::List(error))),
        }
    }

    /// Whether nothing new can be below a directory: it is one of those above, or was entered.
    fn was_entered(&mut self, identity: &Identity, depth: usize) -> bool {
        if self.levels.iter().any(|level| level.identity.as_ref() == Some(identity)) {
            return true;
        }
        // Where the way to a file matters, another way may bring another file.
        if self.selection.has_paths() {
            return false;
        }
        // And where only so many steps are taken, a shorter way may bring more.
        let is_limited = self.selection.max_depth.is_some();
        let is_known = |&before: &usize| !is_limited || before <= depth;
        if self.entered.get(identity).is_some_and(is_known) {
            return true;
        }
        self.entered.extend([(identity.to_owned(), depth)]);
        false
    }

    fn names(&mut self, directory: &Path) -> Result<Vec<OsString>, std::io::Error> {
        let mut names = Vec::new();
        for entry in fs::read_dir(directory)? {
            names.push(entry?.file_name());
            if self.is_stopped() {
                self.is_cut = true;
                break;
            }
        }
        names.sort_unstable_by(|a, b| b.cmp(a));
        Ok(names)
    }

    fn is_done(&self) -> bool {
        self.levels.is_empty() && self.list.is_none() && self.inputs.is_empty()
    }
}

impl Iterator for Walk {
    type Item = Found;

    /// The next thing found; `None` at the end, or when the scan is stopped.
    fn next(&mut self) -> Option<Found> {
        while !self.is_done() {
            if self.is_stopped() {
                return None;
            }
            let found = self.step();
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

fn problem(path: &Path, reason: ProblemReason) -> Found {
    let path = path.display().to_string();
    Found::Problem(Problem { path, reason, unscanned: None })
}

/// Whether a file has more than one name.
#[cfg(unix)]
fn has_names(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    metadata.nlink() > 1
}

#[cfg(not(unix))]
fn has_names(_: &Metadata) -> bool {
    false
}
