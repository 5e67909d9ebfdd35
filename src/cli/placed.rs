//! Files that are whole or not there: written beside their place and put there at the end.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file that is being written. What is dropped before [`Placed::place`] leaves nothing behind.
pub struct Placed {
    target: PathBuf,
    /// Where it is written; `None` for a device or a pipe, which cannot be replaced.
    temporary: Option<PathBuf>,
    out: BufWriter<File>,
    /// Bytes that went to the file, and as far as their way to the disk was begun.
    written: u64,
    begun: u64,
}

/// After so many bytes their way to the disk begins.
const STRIDE: u64 = 256 * 1024;

impl Placed {
    /// Opens a file beside `target`.
    pub fn create(target: &Path) -> io::Result<Self> {
        // A link's target is replaced, not the link.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        let is_special = fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file());
        let (temporary, file) = if is_special {
            (None, File::options().write(true).open(&target)?)
        } else {
            let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{}.part", std::process::id()));
            let temporary = target.with_file_name(hidden);
            let file = File::create_new(&temporary).map_err(|error| taken(&temporary, error))?;
            (Some(temporary), file)
        };
        let out = BufWriter::with_capacity(64 * 1024, file);
        Ok(Self { target, temporary, out, written: 0, begun: 0 })
    }

    /// What the file is, so that it is not searched itself.
    pub fn metadata(&self) -> io::Result<Metadata> {
        self.out.get_ref().metadata()
    }

    /// Lets the system begin to write out what will not be looked at again, so that there is less to
    /// wait for when the file is put in its place.
    fn begin_writing_out(&mut self) {
        #[cfg(target_os = "linux")]
        {
            use std::num::NonZeroU64;

            use rustix::fs::{Advice, fadvise};

            let len = NonZeroU64::new(self.written - self.begun);
            // It is but a hint, and a pipe takes none.
            let _ = fadvise(self.out.get_ref(), self.begun, len, Advice::DontNeed);
        }
        self.begun = self.written;
    }

    /// Puts the file in its place.
    pub fn place(mut self) -> io::Result<()> {
        self.out.flush()?;
        if let Some(temporary) = &self.temporary {
            self.out.get_ref().sync_all()?;
            fs::rename(temporary, &self.target)?;
            self.temporary = None;
        }
        Ok(())
    }
}

/// Says who else may write there.
fn taken(temporary: &Path, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::AlreadyExists {
        return error;
    }
    let name = temporary.display();
    let message = format!(
        "another output goes to the same file, or {name} is what is left of one that was killed"
    );
    io::Error::new(error.kind(), message)
}

/// What a file is called that is asked for by this name; `-` is standard output.
pub fn file_of(name: &Path) -> Option<&Path> {
    Some(name).filter(|name| *name != Path::new("-"))
}

impl Write for Placed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.written += written as u64;
        if self.written - self.begun >= STRIDE {
            self.begin_writing_out();
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        // Half of one must not be taken for a whole.
        if let Some(temporary) = &self.temporary {
            let _ = fs::remove_file(temporary);
        }
    }
}
