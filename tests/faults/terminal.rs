//! Progress and hits share a terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::program::{Running, command};
use crate::{HIT, Room};

/// A terminal of 80 columns: what is read from the first is what the program wrote to the second.
fn terminal() -> (File, OwnedFd) {
    let (mut ours, mut its) = (0, 0);
    let size = libc::winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the pointers are valid or null, and null stands for the default.
    let done = unsafe {
        let null = std::ptr::null_mut();
        libc::openpty(&raw mut ours, &raw mut its, null, std::ptr::null(), &raw const size)
    };
    assert_eq!(done, 0);
    // SAFETY: both were just opened, and nobody else owns them.
    unsafe { (File::from_raw_fd(ours), OwnedFd::from_raw_fd(its)) }
}

/// What a terminal shows for what was written to it, line by line.
fn shown(written: &str) -> Vec<String> {
    let mut lines = vec![Vec::new()];
    let mut column = 0;
    let mut chars = written.chars();
    while let Some(c) = chars.next() {
        let line = lines.last_mut().unwrap();
        match c {
            '\r' => column = 0,
            '\n' => {
                lines.push(Vec::new());
                column = 0;
            }
            '\x1b' => {
                assert_eq!((chars.next(), chars.next()), (Some('['), Some('K')));
                line.truncate(column);
            }
            c => {
                line.resize(line.len().max(column + 1), ' ');
                line[column] = c;
                column += 1;
            }
        }
    }
    lines.into_iter().map(|line| line.into_iter().collect()).collect()
}

#[test]
fn progress_is_shown_and_never_garbles_a_hit() {
    let room = Room::new();
    let first = room.add("first.log", HIT);
    let (mut ours, its) = terminal();
    let mut program = command(&["scan", "--color", "never", "-o", "json", &first, "-"]);
    program.stdin(Stdio::piped()).stderr(its.try_clone().unwrap()).stdout(its);
    let mut running = Running::start(&mut program);
    // It holds the terminal's other end, and would keep it open.
    drop(program);
    let written = Arc::new(Mutex::new(String::new()));
    let reading = {
        let written = Arc::clone(&written);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // At its end, reading from a terminal fails.
            while let Ok(count @ 1..) = ours.read(&mut bytes) {
                written.lock().unwrap().push_str(std::str::from_utf8(&bytes[..count]).unwrap());
            }
        })
    };
    let wait_for = |part: &str| {
        let until = Instant::now() + Duration::from_secs(30);
        while !written.lock().unwrap().contains(part) {
            assert!(Instant::now() < until, "no {part}: {:?}", written.lock().unwrap());
            thread::sleep(Duration::from_millis(5));
        }
    };
    let mut stdin = running.take_stdin();
    wait_for(" 1 hit  -\x1b[K");
    for number in 2..=5 {
        stdin.write_all(HIT.as_bytes()).unwrap();
        wait_for(&format!(" {number} hits  -\x1b[K"));
    }
    drop(stdin);
    assert_eq!(running.finish().code(), 0);
    reading.join().unwrap();
    let written = written.lock().unwrap();
    let lines = shown(&written);
    let (last, hits) = lines.split_last().unwrap();
    assert_eq!((hits.len(), last.as_str()), (5, ""), "{written:?}");
    for line in hits {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn progress_is_for_terminals_and_can_be_forced_and_forbidden() {
    for (when, is_shown) in [("auto", false), ("never", false), ("always", true)] {
        let mut program = command(&["scan", "--progress", when, "-o", "count"]);
        let mut running = Running::start(program.stdin(Stdio::piped()));
        let stdin = running.take_stdin();
        thread::sleep(Duration::from_millis(1500));
        drop(stdin);
        let done = running.finish();
        assert_eq!(done.stderr.starts_with("flaxscan: 0 bytes, "), is_shown, "{}", done.stderr);
        assert!(!done.stderr.contains(['\r', '\x1b']), "{}", done.stderr);
        assert_eq!((done.code(), done.stdout.as_str()), (1, "0\n"));
    }
}
