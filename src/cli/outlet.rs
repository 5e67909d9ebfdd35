//! Standard output that does not keep Ctrl-C waiting.
//!
//! Who reads our pipe may have stopped reading, as a pager does. A scan that waits there has to
//! end all the same when it is told to: so it waits for room and for a signal at a time, and
//! writes no more than there is room for.

use std::fs::File;
use std::io::{self, IsTerminal, PipeReader, Write};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, poll};

/// When a pipe has room, it has room for so much (`PIPE_BUF` on Linux; elsewhere no more than one
/// write may wait).
const ROOM: usize = 4096;

/// Standard output, where it is a pipe or the like.
pub struct Outlet {
    file: File,
    /// At its end, which can be waited for, as soon as a signal came.
    signal: Arc<PipeReader>,
}

impl Outlet {
    /// `None` where writing never waits for anybody, or a person at the terminal.
    pub fn new(signal: Arc<PipeReader>) -> Option<Self> {
        let stdout = io::stdout();
        if stdout.is_terminal() {
            return None;
        }
        let file = File::from(std::os::fd::AsFd::as_fd(&stdout).try_clone_to_owned().ok()?);
        let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
        (!is_file).then_some(Self { file, signal })
    }
}

impl Write for Outlet {
    /// Says that the pipe is closed when a signal comes while there is no room.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut files =
            [PollFd::new(&self.file, PollFlags::OUT), PollFd::new(&*self.signal, PollFlags::IN)];
        match poll(&mut files, None) {
            Ok(_) if !files[0].revents().is_empty() => {}
            Ok(_) => return Err(io::ErrorKind::BrokenPipe.into()),
            Err(error) => return Err(error.into()),
        }
        self.file.write(&bytes[..bytes.len().min(ROOM)])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
