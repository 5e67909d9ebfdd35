//! Where bytes come from: paths walked, files mapped or read, what is packed unpacked, cut into
//! pieces at line ends.

mod archive;
mod decode;
mod documents;
mod encoding;
mod interrupt;
mod layer;
mod limits;
mod list;
mod magic;
mod mapped;
mod open;
mod selection;
mod source;
mod stream;
mod walk;

pub(crate) use documents::{Source, Step};
pub(crate) use encoding::has_utf16;
pub use interrupt::Interrupt;
pub use limits::{DecodeLimits, Limit};
pub(crate) use magic::encoded_as;
pub use mapped::guard_mappings;
pub(crate) use open::{open_path, open_reader, open_stdin};
pub use selection::{GlobError, Globs, LeftOut, Outputs, Selection};
pub(crate) use source::Piece;
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
    /// The content is of a format that is not decoded, and was scanned as the bytes it is.
    #[error("is {0}, which is not decoded: it was searched as it is, which finds nothing")]
    Encoded(&'static str),
    /// Decoding came upon something that the format does not allow. What came before was scanned.
    #[error(
        "its {format} data is damaged at byte {position}: {what}; what comes before was searched"
    )]
    Damaged {
        /// The format.
        format: &'static str,
        /// The offset in the packed data.
        position: u64,
        /// What was expected, or what the decoder said.
        what: String,
    },
    /// The content begins as a format does, and nothing could be decoded: it was scanned as the
    /// bytes it is.
    #[error(
        "looks like {format}, but cannot be decoded at byte {position}: {what}; it was searched as it is"
    )]
    Undecodable {
        /// The format.
        format: &'static str,
        /// The offset in the packed data.
        position: u64,
        /// What was expected, or what the decoder said.
        what: String,
    },
    /// Something else follows the packed data. It was scanned as the bytes it is.
    #[error(
        "other bytes follow its {format} data, from byte {position} on: they were searched as they are"
    )]
    Trailing {
        /// The format.
        format: &'static str,
        /// The offset in the packed data.
        position: u64,
    },
    /// A zip archive stands behind something else in what can be read but once. It was scanned as
    /// the bytes it is: its directory is at the end, when the rest is gone.
    #[error(
        "a zip archive ends in it at byte {position}, behind something else: that is unpacked only from a file of its own, and was searched as it is"
    )]
    ZipBehind {
        /// The offset of the record at the archive's end.
        position: u64,
    },
    /// A limit of decoding was reached. What came before was scanned.
    #[error("{0}: what comes after that was not searched")]
    Limit(Limit),
    /// An archive's member that a password protects.
    #[error("is encrypted, and was not searched")]
    Encrypted,
    /// An archive's member packed with a method that is not decoded, by its number.
    #[error("is packed with method {0}, which is not decoded, and was not searched")]
    Method(u16),
    /// An archive's member that was stored without its holes.
    #[error("is stored without its holes: offsets count what is stored")]
    Sparse,
    /// What an archive says of a member is longer than what is read of it.
    #[error(
        "its header in the archive is longer than {0} bytes: what the rest says of its name and length is not known"
    )]
    Header(u64),
    /// An archive's member that is a link.
    #[error("is a link in an archive, and was not followed")]
    MemberLink,
    /// There are more problems in one input than are worth naming.
    #[error("has {count} more that are not named")]
    More {
        /// How many.
        count: u64,
        /// How many of them are failures; the others were passed over on purpose.
        failures: u64,
    },
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
    /// The scan was interrupted in the middle of an archive, whose later members are not known.
    #[error(
        "was not unpacked from byte {position} on: the scan was interrupted, and members may follow"
    )]
    Unfinished {
        /// The offset in the archive, where packed data was read last.
        position: u64,
    },
    /// There is UTF-16 in the middle of other text, where nothing at the beginning or end of the
    /// file tells of it.
    #[error(
        "has UTF-16 in the middle of other text, near byte {offset}: that was searched as it is"
    )]
    Mixed {
        /// Where the part that has it begins.
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
        matches!(
            self,
            Self::Link
                | Self::Special
                | Self::Again
                | Self::Output
                | Self::Grew { .. }
                | Self::MemberLink
                | Self::Sparse
                | Self::More { failures: 0, .. }
        )
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
            Self::Damaged { .. } => "damaged",
            Self::Undecodable { .. } => "undecodable",
            Self::Trailing { .. } => "trailing",
            Self::ZipBehind { .. } => "zip-behind",
            Self::Limit(_) => "limit",
            Self::Encrypted => "encrypted",
            Self::Method(_) => "method",
            Self::Sparse => "sparse",
            Self::Header(_) => "header",
            Self::MemberLink => "member-link",
            Self::More { .. } => "more",
            Self::Link => "link",
            Self::Again => "again",
            Self::Output => "output",
            Self::Grew { .. } => "grew",
            Self::Interrupted { .. } | Self::Unfinished { .. } => "interrupted",
            Self::Mixed { .. } => "mixed",
            Self::Special => "special",
        }
    }

    /// What reading gave: decoders wrap their own reasons in errors of reading.
    fn of_read(error: io::Error, offset: u64) -> Self {
        error.downcast().unwrap_or_else(|error| Self::Read { offset, error })
    }
}
