//! Files that are not what they were when they were found.

use std::fs::{self, OpenOptions};
use std::io::Write as _;

use crate::program::{Running, command};
use crate::{CLEAN, HIT, Room, SMALL_CHUNKS, dense};

/// A scan of a directory that is held in its first file while there are many more to come.
fn held(room: &Room, mode: &str) -> Running {
    fs::create_dir(room.path("logs")).unwrap();
    room.add("logs/a.log", dense(20_000));
    // More than are scanned ahead of what nobody reads.
    for number in 1000..6000 {
        room.add(&format!("logs/b{number}.log"), CLEAN);
    }
    room.add("logs/z.log", HIT);
    let name = room.name("logs");
    let arguments = [&["scan", "-j", "2", "--mmap", mode, &name][..], &SMALL_CHUNKS].concat();
    let mut program = Running::start(&mut command(&arguments));
    program.wait_until_it_sleeps();
    program
}

#[test]
fn a_file_that_vanishes_after_it_was_listed_is_named() {
    for mode in ["auto", "never"] {
        let room = Room::new();
        let program = held(&room, mode);
        fs::remove_file(room.path("logs/b5999.log")).unwrap();
        let done = program.finish();
        assert_eq!(done.code(), 2);
        let said = format!("{}: cannot be opened: No such file", room.name("logs/b5999.log"));
        assert!(done.stderr.contains(&said), "{}", done.stderr);
        assert!(done.stderr.contains("MISSED   1 problem named above\n"), "{}", done.stderr);
        // And those behind it are scanned.
        assert!(done.stdout.contains("logs/z.log:1:"));
    }
}

#[test]
fn a_file_that_grows_is_scanned_as_far_as_it_went() {
    for mode in ["auto", "never"] {
        let room = Room::new();
        let program = held(&room, mode);
        let before = fs::metadata(room.path("logs/a.log")).unwrap().len();
        let mut file = OpenOptions::new().append(true).open(room.path("logs/a.log")).unwrap();
        file.write_all(dense(2).as_bytes()).unwrap();
        let after = file.metadata().unwrap().len();
        let done = program.finish();
        // Nothing failed, and nothing is missing in silence.
        assert_eq!(done.code(), 0, "{}", done.stderr);
        let found = if mode == "never" { 20_003 } else { 20_001 };
        let hits = done.stdout.lines().filter(|line| line.contains(" - C2 root domain"));
        assert_eq!(hits.count(), found, "{mode}");
        let said = format!(
            "a.log: was {before} bytes long and grew to {after} while it was scanned: what came \
             was not scanned"
        );
        assert_eq!(done.stderr.contains(&said), mode == "auto", "{}", done.stderr);
        assert!(!done.stderr.contains("MISSED"), "{}", done.stderr);
    }
}
