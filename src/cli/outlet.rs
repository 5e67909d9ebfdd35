//! Standard output that does not keep Ctrl-C waiting.
//!
//! Who reads our pipe may have stopped reading, as a pager does. A scan that waits there has to
//! end all the same when it is told to: so it waits for room and for a signal at a time, and
//! writes no more than there is room for.

use std::fs::File;
use std::io::{self, IsTerminal, PipeReader, Write};
use std::os::unix::fs::FileTypeExt as _;
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
    /// Whether the system writes no more than there is room for when it is told to.
    knows_room: bool,
}

impl Outlet {
    /// `None` where writing never waits for anybody, or a person at the terminal.
    pub fn new(signal: Arc<PipeReader>) -> Option<Self> {
        let stdout = io::stdout();
        if stdout.is_terminal() {
            return None;
        }
        let file = File::from(std::os::fd::AsFd::as_fd(&stdout).try_clone_to_owned().ok()?);
        let kind = file.metadata().ok()?.file_type();
        let may_wait = kind.is_fifo() || kind.is_socket();
        may_wait.then_some(Self { file, signal, knows_room: cfg!(target_os = "linux") })
    }

    /// Writes what there is room for, in one call; `None` where that has to be asked first.
    #[cfg(target_os = "linux")]
    fn write_now(&mut self, bytes: &[u8]) -> Option<io::Result<usize>> {
        use rustix::io::{Errno, IoSlice, ReadWriteFlags, pwritev2};
        // At the place where the file is.
        const HERE: u64 = u64::MAX;
        match pwritev2(&self.file, &[IoSlice::new(bytes)], HERE, ReadWriteFlags::NOWAIT) {
            Ok(written) => Some(Ok(written)),
            Err(Errno::AGAIN) => None,
            // Pipes can do it since Linux 6.4.
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL | Errno::SPIPE) => {
                self.knows_room = false;
                None
            }
            Err(error) => Some(Err(error.into())),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn write_now(&mut self, _bytes: &[u8]) -> Option<io::Result<usize>> {
        None
    }
}

impl Write for Outlet {
    /// Says that the pipe is closed when a signal comes while there is no room.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.knows_room
            && let Some(done) = self.write_now(bytes)
        {
            return done;
        }
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
