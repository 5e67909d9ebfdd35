//! Memory stays bounded, whatever is scanned and however slowly the hits are read.

use std::fs::File;
use std::process::Stdio;

use crate::Room;
use crate::program::{Running, command};

const MB: u64 = 1_000_000;

#[test]
fn one_endless_line_does_not_fill_the_memory() {
    let room = Room::new();
    let name = room.name("zeros.log");
    File::create(&name).unwrap().set_len(300 * MB).unwrap();
    // Mapped pages count as resident too, until they are let go of.
    for (mode, most) in [("never", 100), ("auto", 200), ("always", 200)] {
        let mut program = command(&["scan", "--mmap", mode, "-j", "2", &name, "-"]);
        let mut program = Running::start(program.stdin(Stdio::piped()));
        // It is through with the file and waits for standard input.
        program.wait_until_it_sleeps();
        let peak = program.peak_memory() / MB;
        assert!(peak < most, "--mmap {mode}: {peak} MB");
        let done = program.finish();
        assert_eq!(done.code(), 1);
        assert!(done.stderr.contains("scanned  2 files, 300 MB, 1 line "), "{}", done.stderr);
    }
}

/// The peak of a scan whose output nobody reads, in MB.
fn peak_when_unread(name: &str, mode: &str) -> u64 {
    let arguments = ["scan", "--mmap", mode, "-j", "2", "-o", "json", name];
    let mut program = Running::start(&mut command(&arguments));
    program.wait_until_it_sleeps();
    let peak = program.peak_memory() / MB;
    program.close_output();
    assert_eq!(program.finish().code(), 0);
    peak
}

#[test]
fn hits_that_nobody_reads_do_not_fill_the_memory() {
    let room = Room::new();
    let line = "2024-03-01T10:00:00Z query: www.k3121.com IN A from 10.0.0.7 port 5353 udp\n";
    let name = room.add("dense.log", line.repeat(50 * MB as usize / line.len()));
    for mode in ["auto", "never"] {
        let peak = peak_when_unread(&name, mode);
        assert!(peak < 250, "--mmap {mode}: {peak} MB");
    }
    // The shortest lines that hit.
    let name = room.add("denser.log", "k3121.com\n".repeat(20 * MB as usize / 10));
    let peak = peak_when_unread(&name, "never");
    assert!(peak < 250, "shortest lines: {peak} MB");
}

/// What is kept around each hit of a long line overlaps with what is kept around the next.
#[test]
fn hits_of_one_long_line_do_not_fill_the_memory() {
    let room = Room::new();
    let name = room.add("long.log", "k3121.com,".repeat(5 * MB as usize / 10));
    for mode in ["auto", "never"] {
        let peak = peak_when_unread(&name, mode);
        assert!(peak < 250, "--mmap {mode}: {peak} MB");
    }
}
