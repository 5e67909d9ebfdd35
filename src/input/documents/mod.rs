//! From an input to the documents in it.
//!
//! What is scanned is a *document*: a file, or a member of an archive, however deep it lies. Each
//! has a name, and offsets and line numbers of its own. Layers of compression and encoding are
//! taken off by what the bytes are, and give no names; archives do.
//!
//! A [`Source`] gives steps: a document begins, a piece of it, it ends. Decoding happens in
//! whoever asks for the next step, a piece's worth at a time, so that it goes on in one thread
//! while others scan.

mod peel;

use std::collections::VecDeque;
use std::fs::File;
use std::sync::Arc;
use std::time::SystemTime;

use super::archive::{Archive, Entry};
use super::layer::BoxRead;
use super::limits::{Budget, DecodeLimits, Limit};
use super::source::{MappedSource, Piece, ReadSource};
use super::{Problem, ProblemReason, Stop};

/// Problems of one input that are named one by one: an archive may have been made to have more
/// than memory holds.
const NAMED: u64 = 1000;

/// What a document is that was scanned as it is.
const PLAIN: &str = "plain";

/// What comes next in an input.
#[derive(Debug)]
pub(crate) enum Step {
    /// A stream is there. It may be long in saying what it is.
    Opened { path: String },
    /// A document begins. `len` is its length where that is known, `form` what had to be taken off
    /// to get at it: `plain`, `gzip`, `zip/utf-16le`.
    Begin { path: String, len: Option<u64>, is_stream: bool, form: String },
    /// A piece of the document.
    Piece(Piece),
    /// The document ends.
    End { failed: Option<ProblemReason> },
    /// Something was not scanned, or not as it should be.
    Problem(Problem),
    /// There is no more.
    Done,
}

/// An opened input that nobody looked at yet.
pub(super) enum Raw {
    Mapped(MappedSource),
    /// A regular file and its length.
    File(Arc<File>, u64),
    Stream(BoxRead),
}

/// The document that is being given.
#[derive(Debug)]
enum Text {
    Mapped(MappedSource),
    Read(ReadSource),
}

/// An archive that is being read.
struct Level {
    archive: Box<dyn Archive>,
    path: String,
    form: String,
    /// How many layers lie around its members.
    depth: usize,
}

/// An input; see the module's text.
pub(crate) struct Source {
    path: String,
    len: Option<u64>,
    modified: Option<SystemTime>,
    raw: Option<Raw>,
    budget: Arc<Budget>,
    is_stream: bool,
    is_announced: bool,
    is_decoded: bool,
    has_archive: bool,
    text: Option<Text>,
    /// A mapped file that was given to its end: it may turn out to have shrunk.
    given: Option<MappedSource>,
    /// The outermost first.
    archives: Vec<Level>,
    steps: VecDeque<Step>,
    problems: u64,
    unnamed_failures: u64,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Source {
    pub(super) fn new(
        path: String,
        raw: Raw,
        modified: Option<SystemTime>,
        limits: &DecodeLimits,
        stop: &Arc<Stop>,
    ) -> Self {
        let len = match &raw {
            Raw::Mapped(mapped) => Some(mapped.bytes().len() as u64),
            Raw::File(_, len) => Some(*len),
            Raw::Stream(_) => None,
        };
        Self {
            path,
            len,
            modified,
            budget: Budget::new(limits.clone(), len, stop),
            is_stream: len.is_none(),
            raw: Some(raw),
            is_announced: false,
            is_decoded: false,
            has_archive: false,
            text: None,
            given: None,
            archives: Vec::new(),
            steps: VecDeque::new(),
            problems: 0,
            unnamed_failures: 0,
        }
    }

    /// Its name.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// How many raw bytes it has, where that is known.
    pub(crate) fn len(&self) -> Option<u64> {
        self.len
    }

    /// When it was last written, where that is known.
    pub(crate) fn modified(&self) -> Option<SystemTime> {
        self.modified
    }

    /// How many raw bytes were taken of it.
    pub(crate) fn consumed(&self) -> u64 {
        match (&self.text, &self.given) {
            (Some(Text::Mapped(mapped)), _) | (_, Some(mapped)) => mapped.given(),
            _ => self.budget.consumed(),
        }
    }

    /// Whether it is being decoded: then whoever took a piece of it had better take the next one.
    pub(crate) fn is_decoded(&self) -> bool {
        self.is_decoded
    }

    /// Whether it is, or has in it, an archive.
    pub(crate) fn has_archive(&self) -> bool {
        self.has_archive
    }

    /// Whether it takes so much memory that no other such input is to be decoded beside it.
    pub(crate) fn is_large(&self) -> bool {
        self.budget.is_large()
    }

    /// Whether it may turn out to have shrunk.
    pub(crate) fn is_mapped(&self) -> bool {
        self.given.is_some()
    }

    /// The input's length now, if it was mapped and became shorter.
    pub(crate) fn shrunk_to(&self) -> Option<u64> {
        self.given.as_ref()?.shrunk_to()
    }

    /// The input's length now, if it was mapped and became longer: the rest was not scanned.
    pub(crate) fn grown_to(&self) -> Option<u64> {
        self.given.as_ref()?.grown_to()
    }

    /// The next step. Pieces are about `size` bytes; `memory` is taken where there is something
    /// to read into it.
    pub(crate) fn next(&mut self, size: usize, memory: &mut Vec<u8>) -> Step {
        loop {
            if let Some(step) = self.steps.pop_front() {
                return step;
            }
            if let Some(text) = &mut self.text {
                let next = match text {
                    Text::Mapped(source) => Ok(source.next(size)),
                    Text::Read(source) => source.next(size, memory),
                };
                let failed = match next {
                    Ok(Some(piece)) => return Step::Piece(piece),
                    Ok(None) => None,
                    Err(reason) => Some(reason),
                };
                if let Some(Text::Mapped(source)) = self.text.take() {
                    self.given = Some(source);
                }
                return Step::End { failed };
            }
            if matches!(self.raw, Some(Raw::Stream(_))) && !self.is_announced {
                self.is_announced = true;
                return Step::Opened { path: self.path.clone() };
            }
            if let Some(raw) = self.raw.take() {
                self.look_at(raw);
            } else if self.budget.is_exhausted() && !self.archives.is_empty() {
                // Whatever reached the limit has said so.
                self.archives.clear();
            } else if !self.advance() {
                match self.problems.checked_sub(NAMED) {
                    Some(more @ 1..) => {
                        self.problems = 0;
                        let reason =
                            ProblemReason::More { count: more, failures: self.unnamed_failures };
                        self.unnamed_failures = 0;
                        return Step::Problem(Problem {
                            path: self.path.clone(),
                            reason,
                            unscanned: None,
                        });
                    }
                    _ => return Step::Done,
                }
            }
        }
    }

    fn problem(&mut self, path: &str, reason: ProblemReason) {
        self.problems += 1;
        self.unnamed_failures += u64::from(self.problems > NAMED && !reason.is_by_design());
        if self.problems <= NAMED {
            let path = path.to_owned();
            self.steps.push_back(Step::Problem(Problem { path, reason, unscanned: None }));
        }
    }

    /// Goes on with the innermost archive; `false` if there is none.
    fn advance(&mut self) -> bool {
        let Some(level) = self.archives.last_mut() else { return false };
        let (path, around) = (level.path.clone(), (level.depth, level.form.clone()));
        match level.archive.next() {
            Entry::Member { name, content } => {
                let path = self.member_path(&path, &name);
                match self.budget.member() {
                    Ok(()) => self.enter(path, content, around, None),
                    Err(limit) => self.problem(&path, ProblemReason::Limit(limit)),
                }
            }
            Entry::Problem { name: Some(name), reason } => {
                let path = self.member_path(&path, &name);
                self.problem(&path, reason);
                if let Err(limit) = self.budget.member() {
                    self.problem(&path, ProblemReason::Limit(limit));
                }
            }
            Entry::Problem { name: None, reason } => self.problem(&path, reason),
            Entry::Rest(content) => self.begin(path, content, None, around.1),
            Entry::End => {
                self.archives.pop();
            }
        }
        true
    }

    /// `archive!member`, of bounded length.
    fn member_path(&mut self, archive: &str, name: &[u8]) -> String {
        let most = self.budget.limits().max_name;
        let cut = String::from_utf8_lossy(&name[..name.len().min(most)]);
        let path = format!("{archive}!{cut}");
        if name.len() > most {
            self.problem(&path, ProblemReason::Limit(Limit::Name(most)));
        }
        path
    }
}
