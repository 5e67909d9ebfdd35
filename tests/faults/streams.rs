//! Pipes and standard input.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

use crate::program::{Running, command, feed, scan};
use crate::{CLEAN, HIT, Room};

#[test]
fn named_pipes_are_read() {
    let room = Room::new();
    let (fifo, last) = (room.fifo("fifo"), room.add("last.log", HIT));
    for mode in ["auto", "never"] {
        for threads in ["1", "3"] {
            let feeding = feed(&fifo, HIT);
            let arguments = ["--mmap", mode, "-j", threads, "-o", "count", &fifo, &last];
            let done = scan(&arguments);
            feeding.join().unwrap();
            assert_eq!(done.code(), 0, "{}", done.stderr);
            assert_eq!(done.stdout, format!("{fifo}:1\n{last}:1\n"));
        }
    }
}

#[test]
fn a_named_pipe_in_a_directory_is_named_and_not_waited_for() {
    let room = Room::new();
    std::fs::create_dir(room.path("logs")).unwrap();
    let fifo = room.fifo("logs/fifo");
    let last = room.add("logs/last.log", HIT);
    let done = scan(&[&room.name("logs")]);
    // Passed over on purpose and said so: nothing failed.
    assert_eq!(done.code(), 0);
    let said = format!("{fifo}: is neither a file nor a directory");
    assert!(done.stderr.contains(&said), "{}", done.stderr);
    assert!(done.stdout.contains(&format!("{last}:1:")), "{}", done.stdout);
}

#[test]
fn standard_input_may_be_a_file_a_pipe_or_nothing() {
    let room = Room::new();
    let name = room.add("a.log", [CLEAN, HIT].concat());
    for mode in ["auto", "always", "never"] {
        for arguments in
            [&["scan", "-o", "count", "--mmap", mode][..], &["scan", "-o", "count", "-"]]
        {
            let file = File::open(&name).unwrap();
            let done = Running::start(command(arguments).stdin(file)).finish();
            assert_eq!((done.code(), done.stdout.as_str()), (0, "1\n"), "{}", done.stderr);

            let mut program = Running::start(command(arguments).stdin(Stdio::piped()));
            program.take_stdin().write_all(HIT.as_bytes()).unwrap();
            let done = program.finish();
            assert_eq!((done.code(), done.stdout.as_str()), (0, "1\n"), "{}", done.stderr);

            let done = Running::start(&mut command(arguments)).finish();
            assert_eq!((done.code(), done.stdout.as_str()), (1, "0\n"), "{}", done.stderr);

            let mut closed = command(arguments);
            // SAFETY: between fork and exec only `close` is called, a bare system call. Rust's
            // runtime opens /dev/null in its place.
            let done = Running::start(unsafe {
                closed.pre_exec(|| {
                    libc::close(0);
                    Ok(())
                })
            })
            .finish();
            assert_eq!((done.code(), done.stdout.as_str()), (1, "0\n"), "{}", done.stderr);
        }
    }
}

#[test]
fn standard_input_that_cannot_be_read_is_a_problem() {
    let room = Room::new();
    let directory = File::open(room.path("")).unwrap();
    let done = Running::start(command(&["scan"]).stdin(directory)).finish();
    assert_eq!(done.code(), 2);
    let said = "flaxscan: -: cannot be read from byte 0 on: Is a directory";
    assert!(done.stderr.contains(said), "{}", done.stderr);
    // Not opened for reading at all.
    let output = OpenOptions::new().append(true).create(true).open(room.path("x")).unwrap();
    let done = Running::start(command(&["scan"]).stdin(output)).finish();
    assert_eq!(done.code(), 2, "unreadable standard input passes for an empty one");
}

/// `tail -f log | flaxscan scan` shows a hit when it happens, not when a buffer is full.
#[test]
fn a_hit_in_a_slow_stream_shows_before_the_next_line_comes() {
    for output in ["text", "json"] {
        for threads in ["1", "2"] {
            let arguments = ["scan", "-o", output, "-j", threads];
            let mut program = Running::start(command(&arguments).stdin(Stdio::piped()));
            let mut stdin = program.take_stdin();
            let lines = program.lines();
            for number in 0..3 {
                writeln!(stdin, "{CLEAN}slow-{number} query: www.k3121.com IN A +").unwrap();
                let line = lines.find(&format!("slow-{number} "));
                assert!(line.is_some(), "{output}, -j {threads}: hit {number} is held back");
            }
            drop(stdin);
            assert_eq!(program.finish().code(), 0);
        }
    }
}

/// A file's hits do not wait for the pipe after it either.
#[test]
fn hits_of_a_file_show_while_the_next_input_keeps_it_waiting() {
    let room = Room::new();
    let name = room.add("a.log", HIT);
    let mut program = Running::start(command(&["scan", &name, "-"]).stdin(Stdio::piped()));
    let stdin = program.take_stdin();
    let lines = program.lines();
    assert!(lines.find("k3121.com").is_some(), "the hit is held back");
    drop(stdin);
    assert_eq!(program.finish().code(), 0);
}
