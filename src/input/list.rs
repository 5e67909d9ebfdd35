//! Paths named in a file, one a line or separated by NUL, read as they are needed.
//!
//! `find … -print0 | flaxscan scan --files-from -` may name millions: only one is held at a time.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

use super::stream::{self, Stop};
use super::{PathList, Problem, ProblemReason};

/// How far is looked for a NUL to tell how a list is separated. No path is longer.
const PROBE: u64 = 64 * 1024;

/// Gives the paths of a list.
pub(super) struct ListReader {
    name: String,
    /// `None` when it is at its end.
    reader: Option<Box<dyn BufRead + Send>>,
    is_null_separated: bool,
    offset: u64,
    record: Vec<u8>,
}

impl std::fmt::Debug for ListReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListReader").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ListReader {
    pub(super) fn open(list: &PathList, stop: &Arc<Stop>) -> Result<Self, Problem> {
        let name = list.path.as_ref().map_or("-".to_owned(), |path| path.display().to_string());
        let fail = |reason| Problem { path: name.clone(), reason, unscanned: None };
        let mut reader = match &list.path {
            None => stream::stdin(stop),
            Some(path) => {
                stream::open_reader(path, stop).map_err(ProblemReason::Open).map_err(fail)?
            }
        };
        let mut probe = Vec::new();
        reader
            .by_ref()
            .take(PROBE)
            .read_to_end(&mut probe)
            .map_err(|error| fail(ProblemReason::Read { offset: 0, error }))?;
        let is_null_separated = list.is_null_separated || memchr::memchr(0, &probe).is_some();
        let reader: Box<dyn BufRead + Send> =
            Box::new(BufReader::new(Cursor::new(probe).chain(reader)));
        Ok(Self { name, reader: Some(reader), is_null_separated, offset: 0, record: Vec::new() })
    }

    fn fail(&mut self, error: io::Error) -> Problem {
        self.reader = None;
        let reason = ProblemReason::Read { offset: self.offset, error };
        Problem { path: self.name.clone(), reason, unscanned: None }
    }
}

impl Iterator for ListReader {
    type Item = Result<PathBuf, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let separator = if self.is_null_separated { 0 } else { b'\n' };
        loop {
            let reader = self.reader.as_mut()?;
            self.record.clear();
            match reader.take(PROBE + 1).read_until(separator, &mut self.record) {
                Ok(0) => {
                    self.reader = None;
                    return None;
                }
                Ok(count) if count as u64 > PROBE => {
                    let error = io::Error::other("there is no path that long");
                    return Some(Err(self.fail(error)));
                }
                Ok(count) => self.offset += count as u64,
                Err(error) => return Some(Err(self.fail(error))),
            }
            let record = self.record.strip_suffix(&[separator]).unwrap_or(&self.record);
            let record = match record.strip_suffix(b"\r") {
                Some(line) if !self.is_null_separated => line,
                _ => record,
            };
            if !record.is_empty() {
                return Some(Ok(path(record)));
            }
        }
    }
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;

    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
