//! Files that become shorter, longer or vanish while they are scanned.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::program::{Done, Running, command};
use crate::{CLEAN, Room, SMALL_CHUNKS, dense};

const MODES: [&str; 3] = ["always", "auto", "never"];

/// Lines that bring the program to a stop.
const DENSE: usize = 4000;

/// How far the program may have got when it stops: two threads take 8 pieces of 64 KiB, and less
/// than the first 4 fit in the buffers on the way out.
const AHEAD: usize = 1 << 20;

/// A log and where the planted lines in it end.
struct Log {
    text: String,
    planted: Vec<usize>,
}

impl Log {
    /// First `dense` hits, then innocent lines up to `len` with a planted hit now and then, none
    /// of them before `from`.
    fn new(dense_lines: usize, from: usize, len: usize) -> Self {
        let mut log = Self { text: dense(dense_lines), planted: Vec::new() };
        let mut next = from;
        while log.text.len() < len {
            if log.text.len() >= next {
                let number = log.planted.len();
                log.text += &format!("planted-{number} query: www.k3121.com IN A +\n");
                log.planted.push(log.text.len());
                next = log.text.len() + 100_000;
            }
            log.text += CLEAN;
        }
        log
    }

    /// The numbers of the planted lines that lie in the first `len` bytes.
    fn planted_before(&self, len: usize) -> Vec<usize> {
        (0..self.planted.partition_point(|&end| end <= len)).collect()
    }
}

/// The numbers of the lines of one sort that were shown.
fn shown(done: &Done, sort: &str) -> Vec<usize> {
    let numbers = done.stdout.lines().filter_map(|line| line.trim_start().strip_prefix(sort));
    numbers.map(|rest| rest.split(' ').next().unwrap().parse().unwrap()).collect()
}

fn cut(path: &Path, len: usize) {
    OpenOptions::new().write(true).open(path).unwrap().set_len(len as u64).unwrap();
}

/// Starts a scan of `paths` and waits until it stops because nobody reads its output.
fn stopped(mode: &str, threads: &str, paths: &[&str]) -> Running {
    let mut command = command(&["scan", "--mmap", mode, "-j", threads]);
    let mut program = Running::start(command.args(SMALL_CHUNKS).args(paths));
    program.wait_until_it_sleeps();
    program
}

#[test]
fn a_file_cut_while_it_is_scanned_is_survived_and_reported() {
    let log = Log::new(DENSE, AHEAD, 4 << 20);
    let len = log.text.len();
    let in_a_hit = log.planted[7] - "21.com IN A +\n".len();
    let after_a_hit = log.planted[9];
    let cuts = [0, 1, 4095, 4096, 300_000, AHEAD, 2 << 20, in_a_hit, after_a_hit, len - 1];
    let room = Room::new();
    for mode in MODES {
        for kept in cuts {
            let (path, name) = (room.path("cut.log"), room.add("cut.log", &log.text));
            let program = stopped(mode, "2", &[&name]);
            cut(&path, kept);
            let done = program.finish();
            let what = format!("{mode}, cut to {kept} of {len}\n{}", done.stderr);
            assert_eq!(done.code(), 2, "{what}");
            let said = format!("{name}: was {len} bytes long and shrank to ");
            let rest = done.stderr.split_once(&said).unwrap_or_else(|| panic!("{what}")).1;
            let after: usize = rest.split(' ').next().unwrap().parse().unwrap();
            // Who reads had read some of what was cut off before it was.
            assert!(after == kept || mode == "never" && kept < after && after <= AHEAD, "{what}");
            assert!(done.stderr.contains("MISSED   1 problem named above, "), "{what}");
            assert_eq!(shown(&done, "dense-").len(), DENSE, "{what}");
            assert_eq!(shown(&done, "planted-"), log.planted_before(kept), "{what}");
        }
    }
}

/// The same at moments that nobody chose: at any of them the answer is either whole or admits
/// that it is not. Large pieces, so that the last one is still being scanned when the other
/// thread finds that there are no more.
#[test]
fn a_file_cut_at_any_moment_never_passes_for_a_whole_one() {
    let log = Log::new(0, 0, 12 << 20);
    let all = log.planted_before(log.text.len());
    let room = Room::new();
    for mode in MODES {
        for moment in 0..16 {
            let kept = [0, 5000, 3 << 20, 11 << 20][moment % 4];
            let (path, name) = (room.path("cut.log"), room.add("cut.log", &log.text));
            let arguments = ["scan", "--mmap", mode, "-j", "2", "--chunk-size", "8000000", &name];
            let mut program = Running::start(&mut command(&arguments));
            program.wait_until_it_has(&path, mode != "never");
            let until = Instant::now() + Duration::from_micros(moment as u64 * 700);
            while Instant::now() < until {
                std::hint::spin_loop();
            }
            cut(&path, kept);
            let done = program.finish();
            let what = format!("{mode}, cut to {kept} at moment {moment}\n{}", done.stderr);
            let found = shown(&done, "planted-");
            if done.code() == 2 {
                assert!(done.stderr.contains(&format!("{name}: was ")), "{what}");
                assert!(done.stderr.contains(" and shrank to "), "{what}");
                assert!(found.starts_with(&log.planted_before(kept)), "{what}{found:?}");
            } else if mode == "never" && found.len() < all.len() {
                // An open file was seen, not that its length was asked for: it may have been cut
                // before that, and then it was scanned whole.
                let scanned = format!("MISSED   {kept}");
                assert!(!done.stderr.contains(&scanned), "{what}");
                assert_eq!(found, log.planted_before(kept), "{what}");
            } else {
                assert_eq!(found, all, "{what}");
            }
        }
    }
}

#[test]
fn a_file_that_grows_is_scanned_as_far_as_it_went() {
    let log = Log::new(DENSE, AHEAD, 2 << 20);
    let all = log.planted_before(log.text.len());
    let room = Room::new();
    for mode in MODES {
        // Without a line end, so that what is added goes on in the last line.
        let text = log.text.strip_suffix('\n').unwrap();
        let (path, name) = (room.path("grows.log"), room.add("grows.log", text));
        let program = stopped(mode, "2", &[&name]);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        write!(file, "\nplanted-{} query: www.k3121.com IN A +\n{CLEAN}", all.len()).unwrap();
        let done = program.finish();
        assert_eq!(done.code(), 0, "{mode}\n{}", done.stderr);
        assert!(!done.stderr.contains("MISSED"), "{mode}\n{}", done.stderr);
        // What came later is not promised.
        let found = shown(&done, "planted-");
        assert!(found.starts_with(&all) && found.len() <= all.len() + 1, "{mode}: {found:?}");
    }
}

#[test]
fn files_that_vanish_or_change_before_it_is_their_turn() {
    let room = Room::new();
    for mode in MODES {
        fs::create_dir(room.path(mode)).unwrap();
        let path = |name: &str| room.path(mode).join(name);
        room.add(&format!("{mode}/a.log"), Log::new(DENSE, AHEAD, 1 << 20).text);
        for name in ["b.log", "c.log", "d.log", "e.log"] {
            room.add(&format!("{mode}/{name}"), format!("in-{name} query: www.k3121.com IN A\n"));
        }
        // The directory is listed as a whole; one thread opens the next file when it is through
        // with the one before.
        let program = stopped(mode, "1", &[&room.name(mode)]);
        fs::remove_file(path("b.log")).unwrap();
        File::create(path("c.log")).unwrap();
        fs::remove_file(path("d.log")).unwrap();
        fs::create_dir(path("d.log")).unwrap();
        let done = program.finish();
        assert_eq!(done.code(), 2, "{mode}");
        let gone = format!("{}: cannot be opened: No such file", path("b.log").display());
        assert!(done.stderr.contains(&gone), "{mode}\n{}", done.stderr);
        assert!(
            done.stderr.contains("MISSED   1 problem named above\n"),
            "{mode}\n{}",
            done.stderr
        );
        assert!(done.stdout.contains("in-e.log"), "{mode}");
        assert!(!done.stdout.contains("in-c.log"), "{mode}");
    }
}
