//! The program as a child that can be held, looked into, and that never outlives its test.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Nothing here takes longer, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// How often to look.
const TICK: Duration = Duration::from_millis(2);

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flaxscan"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FLAXSCAN_SIMD"] {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs to the end.
pub fn scan(arguments: &[&str]) -> Done {
    Running::start(command(&["scan"]).args(arguments)).finish()
}

/// How it ended, and what it wrote.
#[derive(Debug)]
pub struct Done {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Done {
    /// The exit status. A signal fails the test.
    pub fn code(&self) -> i32 {
        let signal = self.status.signal();
        assert_eq!(signal, None, "died of a signal\n{}", self.stderr);
        self.status.code().unwrap()
    }
}

/// A running program.
pub struct Running {
    child: Child,
    began: Instant,
    stdout: Option<ChildStdout>,
    /// Read from the beginning: whatever the program writes there must not stop it.
    stderr: Option<JoinHandle<String>>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = child.stdout.take();
        let stderr = child.stderr.take().map(|mut stderr| {
            thread::spawn(move || {
                let mut text = String::new();
                stderr.read_to_string(&mut text).unwrap();
                text
            })
        });
        Self { child, began: Instant::now(), stdout, stderr }
    }

    pub fn take_stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().unwrap()
    }

    /// The lines of standard output as they come.
    pub fn lines(&mut self) -> Lines {
        let stdout = self.stdout.take().unwrap();
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                if sender.send(line.unwrap()).is_err() {
                    return;
                }
            }
        });
        Lines(lines)
    }

    /// Reads one line of standard output and closes it.
    pub fn read_line_and_close(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.stdout.take().unwrap()).read_line(&mut line).unwrap();
        line
    }

    /// Sends a signal.
    pub fn send(&self, signal: i32) {
        let id = i32::try_from(self.child.id()).unwrap();
        // SAFETY: `kill` takes no pointers, and the child was not waited for: its number is its own.
        assert_eq!(unsafe { libc::kill(id, signal) }, 0);
    }

    /// Nobody reads standard output any more.
    pub fn close_output(&mut self) {
        self.stdout = None;
    }

    fn proc(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).unwrap_or_default()
    }

    /// Waits until `path` is mapped (or opened).
    pub fn wait_until_it_has(&mut self, path: &Path, is_mapped: bool) {
        let wanted = path.to_str().unwrap();
        loop {
            let has =
                if is_mapped { self.proc("maps").contains(wanted) } else { self.has_open(path) };
            // It may be through with it already.
            if has || self.child.try_wait().unwrap().is_some() {
                return;
            }
            self.check_time();
        }
    }

    fn has_open(&self, path: &Path) -> bool {
        let Ok(files) = fs::read_dir(format!("/proc/{}/fd", self.child.id())) else { return false };
        files.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|target| target == path))
    }

    /// Waits until every thread sleeps. Then nothing happens any more until somebody outside does
    /// something: reads the output, writes to the input.
    pub fn wait_until_it_sleeps(&mut self) {
        let mut before = None;
        loop {
            let threads = self.sleeping_threads();
            // Who sleeps now, slept the last time and was not woken since, slept in between. So
            // there was a moment at which all of them slept, and nobody was left to wake them.
            if threads.is_some() && threads == before {
                return;
            }
            before = threads;
            assert!(self.child.try_wait().unwrap().is_none(), "it ended instead of waiting");
            self.check_time();
            thread::sleep(TICK);
        }
    }

    /// Each thread and how often it went to sleep; `None` if one is awake.
    fn sleeping_threads(&self) -> Option<Vec<(String, String)>> {
        let mut threads = Vec::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()? {
            let path = task.ok()?.path();
            let status = fs::read_to_string(path.join("status")).ok()?;
            if !field(&status, "State:")?.starts_with('S') {
                return None;
            }
            let switches = field(&status, "voluntary_ctxt_switches:")?.to_owned();
            threads.push((path.display().to_string(), switches));
        }
        Some(threads)
    }

    /// The most memory that was resident so far, in bytes. Not `getrusage`: that counts what the
    /// test's own process held when it started this one.
    pub fn peak_memory(&self) -> u64 {
        let status = self.proc("status");
        let peak = field(&status, "VmHWM:").unwrap().trim_end_matches(" kB");
        peak.parse::<u64>().unwrap() * 1024
    }

    /// Reads what is left of the output and waits for the end.
    pub fn finish(mut self) -> Done {
        drop(self.child.stdin.take());
        let stdout = self.stdout.take().map(|mut stdout| {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                stdout.read_to_end(&mut bytes).unwrap();
                String::from_utf8(bytes).unwrap()
            })
        });
        let status = self.wait();
        let text = |reader: Option<JoinHandle<String>>| {
            reader.map(|reader| reader.join().unwrap()).unwrap_or_default()
        };
        Done { status, stdout: text(stdout), stderr: text(self.stderr.take()) }
    }

    /// Waits for the end while standard input stays as it is.
    pub fn wait(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            self.check_time();
            thread::sleep(TICK);
        }
    }

    fn check_time(&self) {
        assert!(self.began.elapsed() < LIMIT, "it hangs");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed must not leave it behind. Both fail where it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lines that come one after the other.
pub struct Lines(mpsc::Receiver<String>);

impl Lines {
    /// The next line that contains `part`, or `None` if there is none for some seconds.
    pub fn find(&self, part: &str) -> Option<String> {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let line = self.0.recv_timeout(until.saturating_duration_since(Instant::now())).ok()?;
            if line.contains(part) {
                return Some(line);
            }
        }
    }
}

/// A pipe's writing end, opened as soon as the program opens the other one.
pub fn feed(fifo: &str, content: &'static str) -> JoinHandle<()> {
    let fifo = fifo.to_owned();
    thread::spawn(move || {
        let mut pipe = File::create(fifo).unwrap();
        // The program may have seen enough.
        let _ = pipe.write_all(content.as_bytes());
    })
}

fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}
