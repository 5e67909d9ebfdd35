//! Archives, read from front to back: nothing of them is written anywhere, and nothing but the
//! member at hand is in memory.
//!
//! A member's content is a reader of its own that shares the archive's. One of them is read at a
//! time; whoever asks for the next member gives up the one before.

mod behind;
mod bytes;
mod covered;
mod directory;
mod header;
mod member;
mod tar;
mod zip;
mod zip_file;

pub(super) use behind::Behind;
pub(super) use directory::{END as ZIP_END, TAIL as ZIP_TAIL};
pub(super) use tar::{Tar, is_tar};
pub(super) use zip::Zip;
pub(super) use zip_file::ZipFile;

use super::ProblemReason;
use super::layer::BoxRead;

/// What comes next in an archive.
pub(super) enum Entry {
    /// A file.
    Member { name: Vec<u8>, content: BoxRead },
    /// Something that is named instead of scanned: a member, or the archive itself.
    Problem { name: Option<Vec<u8>>, reason: ProblemReason },
    /// What stands where the archive should go on, and is none of it.
    Rest(BoxRead),
    /// Nothing: the archive is at its end.
    End,
}

/// Gives an archive's members in order.
pub(super) trait Archive: Send {
    /// The next one.
    fn next(&mut self) -> Entry;
}

fn damaged(format: &'static str, position: u64, what: impl Into<String>) -> ProblemReason {
    ProblemReason::Damaged { format, position, what: what.into() }
}
