//! Who reads the hits may stop, be slow or be full; and scans that end early do end.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use flaxscan::indicator::IndicatorSet;
use flaxscan::scan::{Input, Matcher, SweepOptions, sweep};
use flaxscan::sink::{Sighting, Sink};

use crate::program::{Running, command, scan};
use crate::{HIT, Room, dense};

#[test]
fn a_full_disk_is_a_problem() {
    let room = Room::new();
    let (one, many) = (room.add("one.log", HIT), room.add("many.log", dense(20_000)));
    for output in ["text", "json", "count", "files"] {
        for path in [&one, &many] {
            let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
            let mut program = command(&["scan", "-o", output, path]);
            let done = Running::start(program.stdout(full)).finish();
            assert_eq!(done.code(), 2, "{output}");
            let said = "flaxscan: the hits cannot be written: No space left on device";
            assert!(done.stderr.contains(said), "{output}: {}", done.stderr);
        }
    }
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut program = command(&["scan", "-o", "quiet", &one]);
    assert_eq!(Running::start(program.stdout(full)).finish().code(), 0);
}

#[test]
fn a_closed_pipe_ends_the_scan_quietly() {
    let room = Room::new();
    let name = room.add("many.log", dense(200_000));
    for output in ["text", "json"] {
        for threads in ["1", "2", "4"] {
            let arguments = ["scan", "-o", output, "-j", threads, &name];
            let mut program = Running::start(&mut command(&arguments));
            assert!(program.read_line_and_close().contains("k3121.com"));
            let done = program.finish();
            assert_eq!((done.code(), done.stderr.as_str()), (0, ""), "{output}, -j {threads}");
        }
    }
    // Closed before anything was written.
    let mut program = Running::start(&mut command(&["scan", &name]));
    program.close_output();
    let done = program.finish();
    assert_eq!((done.code(), done.stderr.as_str()), (0, ""));
}

#[test]
fn scans_that_have_seen_enough_end() {
    let room = Room::new();
    let name = room.add("many.log", dense(500_000));
    for threads in ["1", "2", "4"] {
        let done = scan(&["--max-hits", "3", "-o", "json", "-j", threads, &name, "/proc/self/mem"]);
        assert_eq!((done.code(), done.stdout.lines().count()), (0, 3), "{}", done.stderr);
        let done = scan(&["-o", "quiet", "-j", threads, &name, "/proc/self/mem"]);
        assert_eq!((done.code(), done.stdout.as_str(), done.stderr.as_str()), (0, "", ""));
    }
}

/// `tail -f log | flaxscan scan -o quiet && page-me` pages when it hits, not when the log goes on.
#[test]
fn a_scan_that_has_seen_enough_does_not_wait_for_its_input() {
    for arguments in [&["-o", "quiet"][..], &["--max-hits", "1"]] {
        for threads in ["1", "2"] {
            let mut program = command(&["scan", "-j", threads]);
            let mut program = Running::start(program.args(arguments).stdin(Stdio::piped()));
            let mut stdin = program.take_stdin();
            stdin.write_all(HIT.as_bytes()).unwrap();
            // Standard input stays open, and nothing more comes.
            let status = program.wait();
            assert_eq!(status.code(), Some(0), "{arguments:?}, -j {threads}");
            drop(stdin);
        }
    }
}

/// Nor for somebody to write to a named pipe that it will not read.
#[test]
fn a_scan_that_has_seen_enough_does_not_wait_for_a_named_pipe() {
    let room = Room::new();
    let (name, fifo) = (room.add("many.log", dense(50_000)), room.fifo("fifo"));
    let mut program = Running::start(&mut command(&["scan", "-j", "2", &name, &fifo]));
    // By then the other thread opens the pipe.
    program.wait_until_it_sleeps();
    program.close_output();
    assert_eq!(program.wait().code(), Some(0));
}

/// A sink that panics at the hit with this number.
struct Panicking(u64);

impl Sink for Panicking {
    fn hit(&mut self, _: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        self.0 -= 1;
        assert!(self.0 > 0, "as asked");
        Ok(ControlFlow::Continue(()))
    }
}

/// The panic goes on in whoever called; the threads, which by then wait for room, end.
#[test]
fn a_sink_that_panics_ends_the_sweep() {
    let room = Room::new();
    let name = room.add("many.log", dense(200_000));
    for threads in [1, 2, 5] {
        for hits in [1, 10_000] {
            let input = Input::Path(name.clone().into());
            let (ended, waiting) = channel();
            thread::spawn(move || {
                let matcher = Matcher::new(IndicatorSet::embedded());
                let mut options = SweepOptions::default();
                (options.threads, options.chunk_size) = (threads, 1000);
                let inputs = [input];
                let swept = || sweep(&matcher, &inputs, &options, &mut Panicking(hits));
                let panicked = catch_unwind(AssertUnwindSafe(swept)).is_err();
                ended.send(panicked).unwrap();
            });
            let panicked = waiting.recv_timeout(Duration::from_secs(60));
            assert_eq!(panicked, Ok(true), "{threads} threads, hit {hits}");
        }
    }
}
