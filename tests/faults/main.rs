//! What happens when files, streams and readers misbehave while the real program scans.
//!
//! Nothing here relies on luck with time. Where an input has to change at a certain moment, the
//! program is brought to a stop first: nobody reads its output until all of its threads sleep.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "tests: helpers are not under #[test]")]

mod changing;
mod interrupted;
mod memory;
mod order;
mod outputs;
mod program;
mod shrinking;
mod streams;
mod terminal;
mod unreadable;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

const HIT: &str = "Nov 14 03:22:01 gw named: client 10.0.0.5#5353: query: www.k3121.com IN A +\n";
const CLEAN: &str = "Nov 14 03:22:03 gw named: client 10.0.0.5#5353: query: www.example.org IN A\n";

/// Makes the program stop after few pieces, and makes many of a small file.
const SMALL_CHUNKS: [&str; 2] = ["--chunk-size", "65536"];

/// A directory for a test's files.
struct Room(TempDir);

impl Room {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn add(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), content).unwrap();
        self.name(name)
    }

    fn fifo(&self, name: &str) -> String {
        let path = std::ffi::CString::new(self.name(name)).unwrap();
        // SAFETY: the path is a valid C string.
        assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }, 0);
        self.name(name)
    }
}

/// A log that stops the program, for its hits fill every buffer on the way out.
fn dense(lines: usize) -> String {
    let mut log = String::new();
    for number in 0..lines {
        writeln!(log, "dense-{number} query: www.k3121.com IN A +").unwrap();
    }
    log
}
