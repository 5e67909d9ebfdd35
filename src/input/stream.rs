//! Streams that a scan can stop waiting for.
//!
//! A pipe may stay silent for ever. A scan that has seen enough must not wait for it: with
//! `--output quiet` the answer is wanted when it is known, not when the log goes on. Only on Unix;
//! elsewhere it waits.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Ends what waits for a stream.
#[derive(Debug)]
pub(crate) struct Stop {
    is_stopped: AtomicBool,
    /// At its end, which can be waited for, as soon as the writer is dropped.
    reader: PipeReader,
    writer: Mutex<Option<PipeWriter>>,
}

impl Stop {
    pub(crate) fn new() -> io::Result<Arc<Self>> {
        let (reader, writer) = io::pipe()?;
        let is_stopped = AtomicBool::new(false);
        Ok(Arc::new(Self { is_stopped, reader, writer: Mutex::new(Some(writer)) }))
    }

    /// Every stream of this scan is at its end from now on.
    pub(crate) fn stop(&self) {
        self.is_stopped.store(true, Ordering::SeqCst);
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Whether it was called.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::SeqCst)
    }
}

/// A stream that ends when it ends, or when the scan was stopped.
pub(super) struct Stream {
    pub file: File,
    pub stop: Arc<Stop>,
}

impl Stream {
    /// Waits until there is something to read, or the end; `false` when the scan was stopped.
    #[cfg(unix)]
    fn wait(&self) -> io::Result<bool> {
        use rustix::event::{PollFd, PollFlags, poll};

        let wanted = PollFlags::IN;
        let mut files = [PollFd::new(&self.file, wanted), PollFd::new(&self.stop.reader, wanted)];
        poll(&mut files, None)?;
        Ok(files[1].revents().is_empty())
    }

    #[cfg(not(unix))]
    fn wait(&self) -> io::Result<bool> {
        let _ = &self.stop.reader;
        Ok(true)
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.wait()? {
                return Ok(0);
            }
            match self.file.read(buffer) {
                // Somebody else was faster.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return done,
            }
        }
    }
}

/// Opens a file; a named pipe without waiting for somebody who writes to it: reading does that.
pub(super) fn open(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

        if path.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo()) {
            return File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path);
        }
    }
    File::open(path)
}

/// Opens what may be a file or a stream.
pub(super) fn open_reader(path: &Path, stop: &Arc<Stop>) -> io::Result<Box<dyn Read + Send>> {
    let file = open(path)?;
    if file.metadata()?.is_file() {
        return Ok(Box::new(file));
    }
    Ok(Box::new(Stream { file, stop: Arc::clone(stop) }))
}

/// `io::stdin` takes a standard input that cannot be read for an empty one, so it is read as the
/// file that it is.
pub(super) fn stdin(stop: &Arc<Stop>) -> Box<dyn Read + Send> {
    #[cfg(unix)]
    if let Ok(file) = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned() {
        return Box::new(Stream { file: File::from(file), stop: Arc::clone(stop) });
    }
    #[cfg(not(unix))]
    let _ = stop;
    Box::new(io::stdin())
}
