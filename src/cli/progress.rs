//! One line at the bottom of the terminal that says how far the scan is.
//!
//! It shares the terminal with the hits: who writes there takes the line away first, and it comes
//! back only behind a whole line. That is all there is to it, so it is written here instead of
//! taking a crate for progress bars and the four that it brings.

use std::collections::VecDeque;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use flaxscan::scan::{Progress, ProgressSnapshot};
use flaxscan::sink::escape;
use flaxscan::words::{plural, size, time};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::args::When;

/// How often the line is drawn. Scans that take no longer never show it.
const TICK: Duration = Duration::from_millis(200);

/// How often one is written where it cannot be drawn over.
const SLOW_TICK: Duration = Duration::from_secs(1);

/// The rate is that of the time before now.
const WINDOW: Duration = Duration::from_secs(5);

/// The line, while it is shown.
pub struct Bar {
    pub progress: Arc<Progress>,
    terminal: Arc<Terminal>,
    done: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What is on the terminal.
#[derive(Debug, Default)]
pub struct Terminal {
    state: Mutex<OnTerminal>,
}

#[derive(Debug, Default)]
struct OnTerminal {
    /// Whether the cursor stands behind our line.
    is_drawn: bool,
    /// Whether it stands behind a part of somebody else's.
    is_in_line: bool,
}

impl Bar {
    /// Shows the line where it is wanted.
    pub fn start(when: When) -> Option<Self> {
        let is_terminal = io::stderr().is_terminal();
        match when {
            When::Never => return None,
            // Who reads a pipe, a pager say, is likely to write to the same terminal.
            When::Auto if !is_terminal || is_pipe(&io::stdout()) => return None,
            _ => {}
        }
        let progress = Arc::new(Progress::default());
        let terminal = Arc::new(Terminal::default());
        let (done, is_done) = mpsc::channel();
        let show = {
            let (progress, terminal) = (Arc::clone(&progress), Arc::clone(&terminal));
            let tick = if is_terminal { TICK } else { SLOW_TICK };
            move || {
                let mut rate = Rate::new();
                while is_done.recv_timeout(tick) == Err(mpsc::RecvTimeoutError::Timeout) {
                    let snapshot = progress.snapshot();
                    let line = line(&snapshot, rate.take(snapshot.bytes_done, Instant::now()));
                    if is_terminal {
                        terminal.draw(&line);
                    } else {
                        let _ = writeln!(io::stderr(), "flaxscan: {line}");
                    }
                }
            }
        };
        let thread = thread::Builder::new().name("progress".to_owned()).spawn(show).ok()?;
        Some(Self { progress, terminal, done: Some(done), thread: Some(thread) })
    }

    /// A writer to the terminal that the line is on.
    pub fn above<W: Write>(&self, inner: W) -> Above<W> {
        Above { inner, terminal: Arc::clone(&self.terminal) }
    }
}

impl Drop for Bar {
    /// Takes the line away.
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.terminal.lock().clear();
    }
}

impl Terminal {
    fn lock(&self) -> MutexGuard<'_, OnTerminal> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self, line: &str) {
        // Some terminals go to the next line when the last column is written to.
        let width = terminal_size::terminal_size_of(io::stderr());
        let width = width.map_or(80, |(width, _)| usize::from(width.0)).saturating_sub(1);
        let mut state = self.lock();
        if !state.is_in_line {
            let line = cut(line, width);
            let _ = stderr().write_all(format!("\r{line}\x1b[K").as_bytes());
            state.is_drawn = true;
        }
    }
}

impl OnTerminal {
    fn clear(&mut self) {
        if std::mem::take(&mut self.is_drawn) {
            let _ = stderr().write_all(b"\r\x1b[K");
        }
    }
}

#[cfg(unix)]
fn is_pipe(stream: &impl std::os::fd::AsFd) -> bool {
    use std::os::unix::fs::FileTypeExt;

    let file = stream.as_fd().try_clone_to_owned().map(std::fs::File::from);
    file.and_then(|file| file.metadata()).is_ok_and(|metadata| metadata.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(stream: &impl IsTerminal) -> bool {
    !stream.is_terminal()
}

/// Makes an old Windows console understand escapes.
fn stderr() -> anstream::AutoStream<io::Stderr> {
    anstream::AutoStream::always(io::stderr())
}

/// Writes above the line.
pub struct Above<W> {
    inner: W,
    terminal: Arc<Terminal>,
}

impl<W: Write> Write for Above<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.terminal.lock();
        state.clear();
        let count = self.inner.write(bytes)?;
        if let Some(last) = bytes[..count].last() {
            state.is_in_line = *last != b'\n';
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut state = self.terminal.lock();
        state.clear();
        self.inner.flush()
    }
}

/// Bytes a second over the last seconds.
struct Rate {
    past: VecDeque<(Instant, u64)>,
}

impl Rate {
    fn new() -> Self {
        Self { past: VecDeque::from([(Instant::now(), 0)]) }
    }

    fn take(&mut self, bytes: u64, now: Instant) -> f64 {
        self.past.push_back((now, bytes));
        while self.past.len() > 2 && now - self.past[1].0 > WINDOW {
            self.past.pop_front();
        }
        let (then, before) = self.past[0];
        let seconds = (now - then).as_secs_f64();
        if seconds > 0.0 { bytes.saturating_sub(before) as f64 / seconds } else { 0.0 }
    }
}

/// `1.20 GB of ~3.40 GB, 512 MB/s, ~4 s left, 12 hits  /evidence/fw.log`
fn line(now: &ProgressSnapshot, rate: f64) -> String {
    let mut line = size(now.bytes_done);
    if now.bytes_found > now.bytes_done || now.is_all_found {
        let about = if now.is_all_found { "" } else { "~" };
        line += &format!(" of {about}{}", size(now.bytes_found));
    }
    line += &format!(", {}/s", size(rate as u64));
    let left = now.bytes_found - now.bytes_done;
    if left > 0 && rate >= 1.0 {
        let about = if now.is_all_found { "" } else { "~" };
        let left = Duration::from_secs_f64((left as f64 / rate).min(1e9).ceil());
        let left = if left.as_secs() < 60 { format!("{} s", left.as_secs()) } else { time(left) };
        line += &format!(", {about}{left} left");
    }
    line + &format!(", {}  {}", plural(now.hits, "hit"), escape(&now.current))
}

/// Takes the middle out of what is too wide: the end of a path says the most.
fn cut(line: &str, width: usize) -> String {
    if line.width() <= width {
        return line.to_owned();
    }
    let fits = |chars: &mut dyn Iterator<Item = char>, room: usize| {
        let mut used = 0;
        chars
            .take_while(|c| {
                used += c.width().unwrap_or(0);
                used <= room
            })
            .collect::<String>()
    };
    let room = width.saturating_sub(1);
    let head = fits(&mut line.chars(), room * 3 / 4);
    let tail = fits(&mut line.chars().rev(), room - head.width());
    format!("{head}…{}", tail.chars().rev().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(done: u64, found: u64, is_all_found: bool) -> ProgressSnapshot {
        let current = "/evidence/\x1b[2J.log".to_owned();
        let (bytes_done, bytes_found) = (done, found);
        ProgressSnapshot { bytes_found, is_all_found, bytes_done, hits: 1200, current }
    }

    #[test]
    fn the_line_says_what_is_known() {
        let path = r"1,200 hits  /evidence/\x1b[2J.log";
        for (now, rate, text) in [
            (snapshot(0, 0, false), 0.0, "0 bytes, 0 bytes/s, "),
            (snapshot(1_000_000, 3_000_000, true), 5e5, "1.00 MB of 3.00 MB, 500 kB/s, 4 s left, "),
            (
                snapshot(1000, 3000, false),
                2.0,
                "1.00 kB of ~3.00 kB, 2 bytes/s, ~16 min 40 s left, ",
            ),
            (snapshot(1000, 1000, false), 1e3, "1.00 kB, 1.00 kB/s, "),
            (snapshot(1000, 1000, true), 1e3, "1.00 kB of 1.00 kB, 1.00 kB/s, "),
        ] {
            assert_eq!(line(&now, rate), format!("{text}{path}"));
        }
    }

    #[test]
    fn a_line_never_takes_two() {
        let line = "12 MB of 14 MB, 3 hits  /a/ö/漢字漢字漢字/fw.log";
        for width in 0..60 {
            let cut = cut(line, width);
            assert!(cut.width() <= width.max(1), "{width}: {cut}");
        }
        assert_eq!(cut(line, 60), line);
        assert!(cut(line, 30).ends_with("fw.log"), "{}", cut(line, 30));
    }

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let mut rate = Rate::new();
        let began = rate.past[0].0;
        for second in 1..=20 {
            rate.take(second * 100, began + Duration::from_secs(second));
        }
        let now = rate.take(2000 + 5 * 900, began + Duration::from_secs(25));
        assert!((700.0..=900.0).contains(&now), "{now}");
    }

    #[test]
    fn nothing_is_drawn_inside_a_line() {
        let terminal = Arc::new(Terminal::default());
        let mut out = Above { inner: Vec::new(), terminal: Arc::clone(&terminal) };
        terminal.lock().is_drawn = true;
        out.write_all(b"half a li").unwrap();
        assert!(!terminal.lock().is_drawn && terminal.lock().is_in_line);
        out.write_all(b"ne\n").unwrap();
        assert!(!terminal.lock().is_in_line);
        assert_eq!(out.inner, b"half a line\n");
    }
}
