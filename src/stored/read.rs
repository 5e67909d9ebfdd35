//! Hit documents from where they were stored: one JSON object a line.

use std::io::{self, BufRead, Read};

use thiserror::Error;

use super::StoredHit;

/// The longest line that is read. 64 KiB of a log line, every byte of it escaped, and a match and
/// indicators beside it, are far from it.
const LONGEST: u64 = 8 << 20;

/// First bytes of what hits may have been packed as.
const PACKED: [(&[u8], &str); 6] = [
    (b"\x1F\x8B", "gzip"),
    (b"\x28\xB5\x2F\xFD", "zstd"),
    (b"\xFD7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x04\x22\x4D\x18", "lz4"),
    (b"PK\x03\x04", "zip"),
];

/// Why a line gave no hit.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoredError {
    /// The line is no hit document.
    #[error("line {line}: expected a hit document of `flaxscan scan -o json`: {reason}")]
    Line {
        /// From 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// It is packed, and ends here. The format's name.
    #[error("is {0} data: unpack it first, as in `zstdcat hits.jsonl.zst | flaxscan report`")]
    Packed(&'static str),
    /// Reading failed, and ends here.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The hit documents of a JSON Lines text. A line that is none is an error, and the next one is
/// read all the same; empty lines are passed over.
///
/// ```
/// use flaxscan::stored::StoredHits;
///
/// let hits: Vec<_> = StoredHits::new(&b"\n{\"event\":{}}\n"[..]).collect();
/// let error = hits[0].as_ref().unwrap_err();
/// assert!(error.to_string().starts_with("line 2: expected a hit document"));
/// ```
#[derive(Debug)]
pub struct StoredHits<R> {
    reader: R,
    line: u64,
    text: Vec<u8>,
    failed: bool,
}

impl<R: BufRead> StoredHits<R> {
    /// Reads `reader` to its end.
    pub fn new(reader: R) -> Self {
        Self { reader, line: 0, text: Vec::new(), failed: false }
    }

    /// The document of the hit that came last, as it was stored, without its line end.
    #[must_use]
    pub fn document(&self) -> &[u8] {
        self.text.trim_ascii()
    }

    /// Reads a line to [`Self::text`]; says whether it is longer than what is kept of it, or
    /// `None` at the end.
    fn read_line(&mut self) -> io::Result<Option<bool>> {
        self.text.clear();
        if (&mut self.reader).take(LONGEST).read_until(b'\n', &mut self.text)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        let is_cut = self.text.len() as u64 == LONGEST && !self.text.ends_with(b"\n");
        if is_cut {
            skip_line(&mut self.reader)?;
        }
        Ok(Some(is_cut))
    }
}

/// Passes over what is left of a line.
fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let held = reader.fill_buf()?;
        let (taken, is_over) = match memchr::memchr(b'\n', held) {
            Some(end) => (end + 1, true),
            None => (held.len(), held.is_empty()),
        };
        reader.consume(taken);
        if is_over {
            return Ok(());
        }
    }
}

impl<R: BufRead> Iterator for StoredHits<R> {
    type Item = Result<StoredHit, StoredError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            let is_cut = match self.read_line() {
                Ok(Some(is_cut)) => is_cut,
                Ok(None) => return None,
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error.into()));
                }
            };
            let line = self.line;
            let packed = PACKED.iter().find(|(magic, _)| self.text.starts_with(magic));
            if let Some((_, format)) = packed.filter(|_| line == 1) {
                self.failed = true;
                return Some(Err(StoredError::Packed(format)));
            }
            if is_cut {
                let reason = format!("it is longer than {LONGEST} bytes");
                return Some(Err(StoredError::Line { line, reason }));
            }
            if self.text.trim_ascii().is_empty() {
                continue;
            }
            let hit = super::parse(&self.text);
            return Some(
                hit.map_err(|error| StoredError::Line { line, reason: error.to_string() }),
            );
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_said_once() {
        let read: Vec<_> = StoredHits::new(&b"\x1F\x8B\x08\nx\ny\n"[..]).collect();
        assert!(matches!(read[..], [Err(StoredError::Packed("gzip"))]), "{read:?}");
        // Where a text may begin with it, it is a line like others.
        let read: Vec<_> = StoredHits::new(&b"\nBZh\n"[..]).collect();
        assert!(matches!(read[..], [Err(StoredError::Line { line: 2, .. })]), "{read:?}");
    }

    #[test]
    fn a_bad_line_loses_no_other() {
        let good = r#"{"event":{"dataset":"zeek.dns","ingested":"2026-11-23T00:00:00Z","original":"x"},"threat":{"indicator":{"name":"c0cc.cc"},"enrichments":[]},"log":{"file":{"path":"a"},"offset":0},"flaxscan":{"line":1,"column":1,"matched":"c0cc.cc","relation":"exact","class":"infrastructure","schema":1,"version":"0.1.0"}}"#;
        let long = "x".repeat(LONGEST as usize + 5);
        let text = format!("{good}\n{{\n\n{long}\n[]\n\u{0}\n{good}");
        let read: Vec<_> = StoredHits::new(text.as_bytes()).collect();
        let lines: Vec<_> = read
            .iter()
            .map(|hit| match hit {
                Ok(hit) => hit.threat.indicator.name.clone(),
                Err(StoredError::Line { line, .. }) => line.to_string(),
                Err(error) => panic!("{error}"),
            })
            .collect();
        assert_eq!(lines, ["c0cc.cc", "2", "4", "5", "6", "c0cc.cc"]);
    }
}
