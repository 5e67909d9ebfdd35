//! The order of hits depends on names and offsets alone.

use std::fs;

use crate::program::scan;
use crate::{CLEAN, Room, dense};

#[test]
fn any_number_of_threads_writes_the_same() {
    let room = Room::new();
    fs::create_dir_all(room.path("logs/m")).unwrap();
    // Created in another order than their names'.
    for number in 0..150 {
        let number = number * 67 % 150;
        let hit = if number % 3 == 0 { "www.k3121.com" } else { "www.example.org" };
        let text = format!("{CLEAN}{number} query: {hit} IN A +\n").repeat(number % 5);
        let folder = ["logs", "logs/m"][number % 2];
        room.add(&format!("{folder}/{number:03}.log"), text);
    }
    let big = room.add("logs/050.big", [dense(8000), CLEAN.repeat(20_000), dense(100)].concat());
    let logs = room.name("logs");
    for output in ["text", "count", "files"] {
        let run = |threads: &str, mode: &str, chunk: &str| {
            let fixed = ["--summary", "never", "-o", output];
            let varied = ["-j", threads, "--mmap", mode, "--chunk-size", chunk, &logs];
            let done = scan(&[&fixed[..], &varied].concat());
            assert_eq!((done.code(), done.stderr.as_str()), (0, ""));
            done.stdout
        };
        let expected = run("1", "never", "524288");
        assert!(expected.contains(&big));
        for threads in ["1", "2", "3", "4"] {
            for (mode, chunk) in [("auto", "20000"), ("always", "100000"), ("never", "20000")] {
                let is_same = run(threads, mode, chunk) == expected;
                assert!(is_same, "-o {output} -j {threads} --mmap {mode} --chunk-size {chunk}");
            }
        }
    }
}

#[test]
fn directories_are_scanned_in_order_of_names() {
    let room = Room::new();
    let names = ["B.log", "a/z.log", "a.log", "a/b/c.log", ".hidden", "é.log", "10.log", "9.log"];
    for name in names {
        fs::create_dir_all(room.path(&format!("logs/{name}")).parent().unwrap()).unwrap();
        room.add(&format!("logs/{name}"), dense(1));
    }
    let logs = room.name("logs");
    let done = scan(&["-j", "4", "-o", "files", &logs]);
    assert_eq!(done.code(), 0);
    // By bytes, so that it is the same everywhere; a directory where its own name stands.
    let ordered = [".hidden", "10.log", "9.log", "B.log", "a/b/c.log", "a/z.log", "a.log", "é.log"];
    let expected: String = ordered.iter().map(|name| format!("{logs}/{name}\n")).collect();
    assert_eq!(done.stdout, expected);
}
