//! Which files the program searches, and that it says what it left out.

#![expect(clippy::unwrap_used, reason = "tests: helpers are not under #[test]")]

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

const HIT: &str = "Nov 14 03:22:01 gw named: client 10.0.0.5#5353: query: www.k3121.com IN A +\n";

struct Tree(TempDir);

impl Tree {
    /// Files with a hit each.
    fn new(names: &[&str]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for name in names {
            tree.add(name);
        }
        tree
    }

    fn add(&self, name: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), HIT).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Scans in the tree. What comes back is the names of the files, the standard error, and the
    /// exit status.
    fn scan(&self, arguments: &[&str], input: &[u8]) -> (Vec<String>, String, i32) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_flaxscan"))
            .current_dir(self.0.path())
            .args(["scan", "-o", "files", "--summary", "always"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        let names = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
        (names, String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
    }
}

/// The line of a summary that begins with `word`.
fn line<'a>(stderr: &'a str, word: &str) -> &'a str {
    stderr.lines().find_map(|line| line.strip_prefix(word)).unwrap_or_default().trim()
}

#[test]
fn globs_choose_files_and_what_they_leave_out_is_counted() {
    let names = [".hidden/a.log", "b.txt", "x/a.log", "x/cache/a.log", "x/y/b.log", "z.log"];
    let tree = Tree::new(&names);
    fs::write(tree.path(".gitignore"), "*\n").unwrap();
    let size = |files: usize| match files * HIT.len() {
        bytes @ ..1000 => format!("{bytes} bytes"),
        _ => unreachable!(),
    };
    let git = 2;
    for (arguments, found, left_out) in [
        (&[][..], &names[..], String::new()),
        (
            &["-g", "*.log"],
            &[names[0], names[2], names[3], names[4], names[5]],
            format!("2 files, {} bytes", HIT.len() + git),
        ),
        (
            &["--include", "*.txt", "--include", "/x/*.log"],
            &["b.txt", "x/a.log"],
            format!("5 files, {} bytes", 4 * HIT.len() + git),
        ),
        (&["--exclude", "a.log", "--exclude", "z*"], &["b.txt", "x/y/b.log"], {
            format!("4 files, {}", size(4))
        }),
        (
            &["--exclude", "cache/"],
            &[names[0], names[1], names[2], names[4], names[5]],
            "1 directory with all that is below it".to_owned(),
        ),
        (
            &["--exclude", "/x", "--exclude", ".*"],
            &["b.txt", "z.log"],
            "1 file, 2 bytes, and 2 directories with all that is below them".to_owned(),
        ),
        (&["-g", "x/"], &names[2..5], format!("4 files, {} bytes", 3 * HIT.len() + git)),
        (
            &["--max-depth", "1"],
            &["b.txt", "z.log"],
            "2 directories with all that is below them".to_owned(),
        ),
        (
            &["--max-depth", "2", "--exclude", ".hidden"],
            &["b.txt", "x/a.log", "z.log"],
            "3 directories with all that is below them".to_owned(),
        ),
        (&["--max-depth", "0"], &[], "1 directory with all that is below it".to_owned()),
    ] {
        let arguments = [arguments, &["."]].concat();
        let (files, stderr, code) = tree.scan(&arguments, b"");
        let found: Vec<String> = found.iter().map(|name| format!("./{name}")).collect();
        assert_eq!(files, found, "{arguments:?}");
        let expected = match left_out.as_str() {
            "" => String::new(),
            text => format!("{text}, as the filters say"),
        };
        assert_eq!(line(&stderr, "left out "), expected, "{arguments:?}");
        assert_eq!(code, i32::from(files.is_empty()), "{arguments:?}: {stderr}");
    }
}

/// A shell writes out `*`; the filters mean these files, too.
#[test]
fn files_that_are_named_are_filtered_too() {
    let tree = Tree::new(&["a.log", "a.gz", "d/b.log"]);
    let (files, stderr, _) = tree.scan(&["a.gz", "a.log", "d", "--exclude", "*.gz"], b"");
    assert_eq!(files, ["a.log", "d/b.log"]);
    assert!(line(&stderr, "left out ").starts_with("1 file, "), "{stderr}");
    // A directory that is named is entered by whatever name.
    let (files, ..) = tree.scan(&["d", "--exclude", "d"], b"");
    assert_eq!(files, ["d/b.log"]);
}

#[test]
fn times_choose_files() {
    let tree = Tree::new(&["new.log", "old.log", "older.log"]);
    let now = SystemTime::now();
    let day = Duration::from_secs(86_400);
    for (name, age) in [("old.log", 3 * day), ("older.log", 3000 * day)] {
        let file = File::options().write(true).open(tree.path(name)).unwrap();
        file.set_modified(now - age).unwrap();
    }
    for (arguments, found) in [
        (&["--newer-than", "2d"][..], &["./new.log"][..]),
        (&["--newer-than", "4d"], &["./new.log", "./old.log"]),
        (&["--older-than", "47h"], &["./old.log", "./older.log"]),
        (&["--newer-than", "14w", "--older-than", "2d"], &["./old.log"]),
        (&["--older-than", "2020-01-01"], &["./older.log"]),
        (&["--newer-than", "2020-01-01T00:00:00+02:00"], &["./new.log", "./old.log"]),
    ] {
        let (files, stderr, _) = tree.scan(&[arguments, &["."]].concat(), b"");
        assert_eq!(files, found, "{arguments:?}");
        let left = 3 - files.len();
        assert!(line(&stderr, "left out ").starts_with(&format!("{left} file")), "{stderr}");
    }
}

#[test]
fn what_is_no_glob_and_no_time_is_a_usage_error() {
    let tree = Tree::new(&["a.log"]);
    for arguments in [
        &["--include", "[a", "."][..],
        &["--exclude", "", "."],
        &["--newer-than", "yesterday", "."],
        &["--older-than", "2026-02-30", "."],
        &["--max-depth", "-1", "."],
        &["--null", "."],
        &["-", "--files-from", "-"],
        &["--summary-json", "-", "."],
    ] {
        let (files, stderr, code) = tree.scan(arguments, b"");
        assert_eq!((files.len(), code), (0, 2), "{arguments:?}");
        assert!(stderr.starts_with("error: "), "{arguments:?}: {stderr}");
    }
}

#[test]
fn lists_of_paths_are_read_in_both_forms() {
    let tree = Tree::new(&["a.log", "d/b.log", "c.log", "-"]);
    fs::write(tree.path("lines"), "c.log\r\n\nd\n-\nmissing.log\na.log").unwrap();
    fs::write(tree.path("nulls"), "c.log\0d\0-\0missing.log\0a.log\0").unwrap();
    for list in ["lines", "nulls"] {
        let (files, stderr, code) = tree.scan(&["--files-from", list], b"");
        assert_eq!(files, ["c.log", "d/b.log", "-", "a.log"], "{list}");
        assert_eq!(code, 2);
        assert!(stderr.contains("flaxscan: missing.log: cannot be opened: "), "{stderr}");
        // What is named first comes first, and nothing comes twice.
        let piped = fs::read(tree.path(list)).unwrap();
        let (files, stderr, _) = tree.scan(&["a.log", "--files-from", "-"], &piped);
        assert_eq!(files, ["a.log", "c.log", "d/b.log", "-"], "{list}");
        assert!(stderr.contains("flaxscan: a.log: was reached before"), "{stderr}");
    }
    let (files, stderr, code) = tree.scan(&["--files-from", "nothing"], b"");
    assert_eq!((files.len(), code), (0, 2));
    assert!(stderr.contains("flaxscan: nothing: cannot be opened: "), "{stderr}");
    let (files, _, code) = tree.scan(&["--files-from", "-"], b"");
    assert_eq!((files.len(), code), (0, 1));
    // Ten thousand zeros a name, in one piece: no path is that long.
    let (_, stderr, code) = tree.scan(&["--files-from", "-"], &[b'0'; 1 << 20]);
    assert_eq!(code, 2);
    assert!(stderr.contains("flaxscan: -: cannot be read from byte 0 on: "), "{stderr}");
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_line_feed_may_be_part_of_a_name() {
        let tree = Tree::new(&["a\nb.log", "a\r"]);
        let (files, ..) = tree.scan(&["--files-from", "-"], b"a\nb.log\0a\r\0");
        assert_eq!(files, [r"a\nb.log", r"a\r"]);
        let (files, ..) = tree.scan(&["-0", "--files-from", "-"], b"a\nb.log");
        assert_eq!(files, [r"a\nb.log"]);
    }

    #[test]
    fn links_are_followed_on_demand_and_loops_end() {
        let tree = Tree::new(&["logs/a/x.log", "other/y.log"]);
        symlink("..", tree.path("logs/a/up")).unwrap();
        symlink("../other", tree.path("logs/b")).unwrap();
        symlink("../other/y.log", tree.path("logs/c.log")).unwrap();
        symlink("self", tree.path("logs/self")).unwrap();
        let (files, stderr, code) = tree.scan(&["logs"], b"");
        assert_eq!((&files[..], code), (&["logs/a/x.log".to_owned()][..], 0));
        assert_eq!(line(&stderr, "skipped "), "4 named above");
        for options in [&["-L"][..], &["-L", "--include", "**/*.log"], &["-L", "--max-depth", "9"]]
        {
            let (files, stderr, code) = tree.scan(&[options, &["logs"]].concat(), b"");
            assert_eq!(files, ["logs/a/x.log", "logs/b/y.log"], "{options:?}");
            for name in ["logs/a/up", "logs/c.log"] {
                let said = format!("flaxscan: {name}: was reached before");
                assert!(stderr.contains(&said), "{options:?}: {stderr}");
            }
            // One that leads nowhere was to be followed, and could not be. Its name is no log's.
            let is_wanted = !options.contains(&"--include");
            assert_eq!(stderr.contains("logs/self: cannot be opened"), is_wanted, "{stderr}");
            assert_eq!(code, if is_wanted { 2 } else { 0 });
        }
        // One that is given is followed without asking.
        let (files, _, code) = tree.scan(&["logs/b"], b"");
        assert_eq!((&files[..], code), (&["logs/b/y.log".to_owned()][..], 0));
    }

    /// Each directory links to all the others: there are 12! ways through.
    #[test]
    fn a_maze_of_links_is_walked_once() {
        let tree = Tree::new(&[]);
        for here in 0..12 {
            tree.add(&format!("{here}/x.log"));
            for there in 0..12 {
                symlink(format!("../{there}"), tree.path(&format!("{here}/to-{there}"))).unwrap();
            }
        }
        let (files, _, code) = tree.scan(&["-L", "."], b"");
        assert_eq!((files.len(), code), (12, 0));
    }

    /// Else each hit would be a hit again.
    #[test]
    fn what_the_scan_writes_is_not_scanned() {
        let tree = Tree::new(&["a.log"]);
        fs::write(tree.path("hits.json"), HIT).unwrap();
        let open =
            |name: &str| File::options().append(true).create(true).open(tree.path(name)).unwrap();
        let done = Command::new(env!("CARGO_BIN_EXE_flaxscan"))
            .current_dir(tree.0.path())
            .args(["scan", "-o", "json", "--mmap", "never", "--summary-json", "case.json", "."])
            .stdout(open("hits.json"))
            .stderr(open("said"))
            .status()
            .unwrap();
        let said = fs::read_to_string(tree.path("said")).unwrap();
        assert_eq!(done.code(), Some(0), "{said}");
        // The line that was there, and the hit in `a.log`.
        assert_eq!(fs::read_to_string(tree.path("hits.json")).unwrap().lines().count(), 2);
        assert_eq!(said.matches("is what this scan writes to").count(), 3, "{said}");
        assert!(said.contains("scanned  1 file,"), "{said}");
    }

    #[test]
    fn a_file_is_scanned_once_by_whatever_names() {
        let tree = Tree::new(&["d/a.log"]);
        fs::hard_link(tree.path("d/a.log"), tree.path("d/b.log")).unwrap();
        symlink("d/a.log", tree.path("link.log")).unwrap();
        for (paths, found, again) in [
            (&["d"][..], &["d/a.log"][..], 1),
            (&["d/b.log", "d"], &["d/b.log"], 2),
            (&["d", "d/../d", "link.log"], &["d/a.log"], 4),
            (&["link.log", "d/a.log"], &["link.log"], 1),
        ] {
            let (files, stderr, code) = tree.scan(paths, b"");
            assert_eq!(
                (&files[..], code),
                (&found.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()[..], 0)
            );
            assert_eq!(line(&stderr, "skipped "), format!("{again} named above"), "{paths:?}");
            assert_eq!(stderr.matches("was reached before by another path").count(), again);
            assert_eq!(line(&stderr, "scanned ").split(',').next(), Some("1 file"), "{stderr}");
        }
    }
}
