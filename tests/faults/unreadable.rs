//! What cannot be opened, read or mapped is named and never ends the scan.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;

use flaxscan::indicator::IndicatorSet;
use flaxscan::scan::{Input, Mapping, Matcher, ProblemReason, SweepOptions, sweep};
use flaxscan::sink::Count;

use crate::program::{Running, command, feed, scan};
use crate::{CLEAN, HIT, Room};

#[test]
fn what_cannot_be_opened_is_named_and_the_rest_is_scanned() {
    let room = Room::new();
    let (first, last) = (room.add("first.log", HIT), room.add("last.log", HIT));
    let missing = room.name("missing.log");
    let below_a_file = room.name("first.log/below.log");
    let (dangling, circle) = (room.name("dangling"), room.name("circle"));
    symlink("nowhere", room.path("dangling")).unwrap();
    symlink("circle", room.path("circle")).unwrap();
    fs::create_dir(room.path("empty")).unwrap();
    let empty = room.name("empty");
    for mode in ["auto", "always", "never"] {
        for threads in ["1", "3"] {
            let paths = [&first, &missing, &dangling, &empty, &circle, &below_a_file, &last];
            let mut program = command(&["scan", "--mmap", mode, "-j", threads]);
            let done = Running::start(program.args(paths)).finish();
            assert_eq!(done.code(), 2);
            for (path, reason) in [
                (&missing, "No such file or directory"),
                (&dangling, "No such file or directory"),
                (&circle, "Too many levels of symbolic links"),
                (&below_a_file, "Not a directory"),
            ] {
                let said = format!("flaxscan: {path}: cannot be opened: {reason}");
                assert!(done.stderr.contains(&said), "{}", done.stderr);
            }
            let scanned = format!("scanned  2 files, {} bytes, 2 lines", 2 * HIT.len());
            assert!(done.stderr.contains(&scanned), "{}", done.stderr);
            assert!(done.stderr.contains("MISSED   4 problems named above\n"), "{}", done.stderr);
            assert!(done.stdout.contains(&format!("{first}:1:")), "{}", done.stdout);
            assert!(done.stdout.contains(&format!("{last}:1:")), "{}", done.stdout);
        }
    }
}

#[test]
fn what_is_forbidden_is_named() {
    /// What root may do although the mode forbids it: write, read and list.
    const OVERRIDES: [libc::c_ulong; 2] = [1, 2];
    let room = Room::new();
    let (good, bad) = (room.add("good.log", HIT), room.add("bad.log", HIT));
    fs::create_dir(room.path("closed")).unwrap();
    let closed = room.name("closed");
    for path in [&bad, &closed] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    }
    let mut program = command(&["scan", &bad, &closed, &good]);
    // SAFETY: between fork and exec only `prctl` is called, a bare system call.
    unsafe {
        program.pre_exec(|| {
            // Who is not root has nothing to give up, and is refused.
            for capability in OVERRIDES {
                libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0);
            }
            Ok(())
        });
    }
    let done = Running::start(&mut program).finish();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(done.code(), 2);
    let said = format!("{bad}: cannot be opened: Permission denied");
    assert!(done.stderr.contains(&said), "{}", done.stderr);
    let said = format!("{closed}: cannot be listed: Permission denied");
    assert!(done.stderr.contains(&said), "{}", done.stderr);
    assert!(done.stdout.contains(&format!("{good}:1:")), "{}", done.stdout);
}

#[test]
fn a_read_that_fails_is_named() {
    // It opens, and nothing is mapped at address 0.
    for mode in ["auto", "never"] {
        let room = Room::new();
        let last = room.add("last.log", HIT);
        let done = scan(&["--mmap", mode, "/proc/self/mem", &last]);
        assert_eq!(done.code(), 2);
        let said = "/proc/self/mem: cannot be read from byte 0 on: ";
        assert!(done.stderr.contains(said), "{}", done.stderr);
        assert!(done.stdout.contains(&format!("{last}:1:")), "{}", done.stdout);
    }
}

#[test]
fn files_without_a_length_are_read() {
    for mode in ["auto", "never"] {
        for path in ["/proc/self/status", "/proc/version"] {
            let done = scan(&["--mmap", mode, path]);
            assert_eq!((done.code(), done.stdout.as_str()), (1, ""), "{}", done.stderr);
            assert!(!done.stderr.contains(", 0 bytes, "), "{}", done.stderr);
        }
        // It really is the content that is searched.
        let mut program = command(&["scan", "--mmap", mode, "-o", "count", "/proc/self/environ"]);
        let done = Running::start(program.env_clear().env("SEEN", "www.k3121.com")).finish();
        assert_eq!((done.code(), done.stdout.as_str()), (0, "1\n"));
    }
}

#[test]
fn what_cannot_be_mapped_is_a_problem_where_mapping_was_asked_for() {
    let room = Room::new();
    let (fifo, last) = (room.fifo("fifo"), room.add("last.log", HIT));
    for path in ["/proc/version", "/dev/null", &fifo] {
        // Opening a pipe waits for somebody who writes.
        let _feeding = (path == fifo).then(|| feed(&fifo, CLEAN));
        let done = scan(&["--mmap", "always", path, &last]);
        assert_eq!(done.code(), 2, "{path}");
        let said = format!("{path}: cannot be mapped: ");
        assert!(done.stderr.contains(&said), "{}", done.stderr);
        assert!(done.stdout.contains(&format!("{last}:1:")), "{}", done.stdout);
    }
    // There is nothing to map, and nothing is missed.
    let done = scan(&["--mmap", "always", &room.add("empty.log", "")]);
    assert_eq!(done.code(), 1, "{}", done.stderr);
}

/// This test's own process never installs the guard, as a library's host does not.
#[test]
fn without_the_guard_nothing_is_mapped() {
    let room = Room::new();
    room.add("a.log", HIT);
    let inputs = [Input::Path(room.path("a.log"))];
    let matcher = Matcher::new(IndicatorSet::embedded());
    let run = |mapping| {
        let options = SweepOptions { mapping, ..SweepOptions::default() };
        sweep(&matcher, &inputs, &options, &mut Count::new(Vec::new(), false)).unwrap()
    };
    let summary = run(Mapping::Always);
    let [problem] = summary.problems.as_slice() else { panic!("{summary:?}") };
    assert!(matches!(problem.reason, ProblemReason::Map(_)), "{problem:?}");
    assert_eq!((summary.hits, summary.bytes_scanned), (0, 0));
    for mapping in [Mapping::Auto, Mapping::Never] {
        let summary = run(mapping);
        assert!(summary.problems.is_empty(), "{summary:?}");
        assert_eq!((summary.hits, summary.bytes_scanned), (1, HIT.len() as u64));
    }
}
