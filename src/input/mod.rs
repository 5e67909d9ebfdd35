//! Where bytes come from: paths walked, files mapped or read, cut into pieces at line ends.

mod interrupt;
mod list;
mod magic;
mod mapped;
mod selection;
mod source;
mod stream;
mod walk;

pub use interrupt::Interrupt;
pub(crate) use magic::encoded_as;
pub use mapped::guard_mappings;
pub use selection::{GlobError, Globs, LeftOut, Outputs, Selection};
pub(crate) use source::{Opened, Piece, Source, open_path, open_stdin};
pub(crate) use stream::Stop;
pub(crate) use walk::{Found as WalkItem, Walk};

use std::io;
use std::path::PathBuf;

/// Something to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file, or a directory whose files are scanned in sorted order.
    Path(PathBuf),
    /// Standard input.
    Stdin,
    /// The paths that a file or standard input names.
    List(PathList),
}

/// A list of paths: one a line, an end with CR LF taken for one with LF; or each with a NUL behind
/// it, which is how a list is read that has one. A directory in it is walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathList {
    /// The file; `None` is standard input.
    pub path: Option<PathBuf>,
    /// Whether a NUL ends a path even where none is near the list's beginning, so that a line
    /// feed may be part of one.
    pub is_null_separated: bool,
}

/// Whether regular files are mapped into memory or read into buffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mapping {
    /// Map what can be mapped, read the rest. Without [`guard_mappings`] everything is read: a
    /// file that is truncated while it is mapped would end the process.
    #[default]
    Auto,
    /// Map; a file that cannot be mapped is a problem.
    Always,
    /// Read.
    Never,
}

/// Something that kept bytes from being scanned.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct Problem {
    /// The input's name as the user gave it.
    pub path: String,
    /// What went wrong.
    #[source]
    pub reason: ProblemReason,
    /// How many of the offered bytes were not scanned, where it is known.
    pub unscanned: Option<u64>,
}

/// What went wrong with an input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemReason {
    /// The file could not be opened or listed.
    #[error("cannot be opened: {0}")]
    Open(#[source] io::Error),
    /// The directory could not be listed, or not to its end.
    #[error("cannot be listed: {0}")]
    List(#[source] io::Error),
    /// The file could not be mapped, and mapping was asked for.
    #[error("cannot be mapped: {0}")]
    Map(#[source] io::Error),
    /// Reading failed; what came before was scanned.
    #[error("cannot be read from byte {offset} on: {error}")]
    Read {
        /// The first byte that was not read.
        offset: u64,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// The file became shorter while it was scanned.
    #[error("was {before} bytes long and shrank to {after} while it was scanned")]
    Shrank {
        /// Its length when it was opened.
        before: u64,
        /// Its length when it was done.
        after: u64,
    },
    /// The content is compressed, packed or encoded, and was scanned as the bytes it is.
    #[error(
        "looks like {0}, which is not decoded yet: it was searched as it is, which finds nothing"
    )]
    Encoded(&'static str),
    /// A symbolic link found in a directory: what it points to is scanned where it lies.
    #[error("is a symbolic link, and was not followed")]
    Link,
    /// The same file or directory under another name, or through another input.
    #[error("was reached before by another path, and is scanned once")]
    Again,
    /// The file is one that the scan itself writes to.
    #[error("is what this scan writes to, and was not scanned")]
    Output,
    /// The file became longer while it was scanned, and was scanned as it was at first.
    #[error(
        "was {before} bytes long and grew to {after} while it was scanned: what came was not scanned"
    )]
    Grew {
        /// Its length when it was opened.
        before: u64,
        /// Its length when it was done.
        after: u64,
    },
    /// The scan was interrupted in the middle of it.
    #[error("was not scanned from byte {offset} on: the scan was interrupted")]
    Interrupted {
        /// The first byte that was not scanned.
        offset: u64,
    },
    /// Neither a file nor a directory, found in a directory.
    #[error("is neither a file nor a directory, and was not scanned")]
    Special,
}

impl ProblemReason {
    /// Whether nothing failed: the scan passed something over on purpose, and says so.
    #[must_use]
    pub fn is_by_design(&self) -> bool {
        matches!(self, Self::Link | Self::Special | Self::Again | Self::Output | Self::Grew { .. })
    }

    /// One word for it, for machines.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Read { .. } => "read",
            Self::Shrank { .. } => "shrank",
            Self::Encoded(_) => "encoded",
            Self::Link => "link",
            Self::Again => "again",
            Self::Output => "output",
            Self::Grew { .. } => "grew",
            Self::Interrupted { .. } => "interrupted",
            Self::Special => "special",
        }
    }
}
