//! Ctrl-C ends a scan in good order, whatever it waits for.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{Done, Running, command};
use crate::{CLEAN, HIT, Room, SMALL_CHUNKS, dense};

const SIGNALS: [(i32, i32); 2] = [(libc::SIGINT, 130), (libc::SIGTERM, 143)];

/// Sends a signal to a program that waits, and sees how it ends.
fn interrupt(mut program: Running, signal: i32) -> Done {
    program.wait_until_it_sleeps();
    let began = Instant::now();
    program.send(signal);
    program.wait();
    // A second, and what a busy machine takes.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    program.finish()
}

#[test]
fn it_ends_while_a_pipe_is_silent() {
    let room = Room::new();
    let (first, last) = (room.add("first.log", HIT), room.add("last.log", CLEAN));
    for (signal, status) in SIGNALS {
        for threads in ["1", "2"] {
            let mut program = command(&["scan", "-o", "count", "-j", threads, &first, "-", &last]);
            let mut program = Running::start(program.stdin(Stdio::piped()));
            let mut stdin = program.take_stdin();
            stdin.write_all(HIT.as_bytes()).unwrap();
            let done = interrupt(program, signal);
            assert_eq!(done.code(), status, "{}", done.stderr);
            // What was done is written, and what was not is named.
            assert_eq!(done.stdout, format!("{first}:1\n"));
            let said = format!(
                "flaxscan: -: was not scanned from byte {} on: the scan was interrupted\n",
                HIT.len()
            );
            assert!(done.stderr.contains(&said), "{}", done.stderr);
            let said = format!("not scanned: 1 file, {} bytes, from {last} on\n", CLEAN.len());
            assert!(done.stderr.contains(&said), "{}", done.stderr);
            assert!(done.stderr.contains("found    2 hits on 2 lines"), "{}", done.stderr);
            drop(stdin);
        }
    }
}

#[test]
fn it_ends_while_nobody_reads_the_hits() {
    let room = Room::new();
    fs::create_dir(room.path("logs")).unwrap();
    room.add("logs/1.log", dense(200_000));
    for number in 2..100 {
        room.add(&format!("logs/{number}.log"), CLEAN);
    }
    for (signal, status) in SIGNALS {
        for output in ["text", "json"] {
            let name = room.name("logs");
            let arguments = [&["scan", "-o", output, &name][..], &SMALL_CHUNKS].concat();
            let done = interrupt(Running::start(&mut command(&arguments)), signal);
            assert_eq!(done.code(), status, "{}", done.stderr);
            let said = format!("{name}/1.log: was not scanned from byte ");
            assert!(done.stderr.contains(&said), "{}", done.stderr);
            let size = 98 * CLEAN.len();
            let said = format!("98 files, {:.2} kB, from {name}/10.log on\n", size as f64 / 1e3);
            assert!(done.stderr.contains(&said), "{}", done.stderr);
        }
    }
}

#[test]
fn files_it_wrote_are_complete() {
    let room = Room::new();
    let log = room.add("a.log", dense(20_000));
    let (hits, summary) = (room.path("hits.jsonl"), room.name("summary.json"));
    let mut program =
        command(&["scan", "-o", "json", "--summary-json", &summary, &log, "-", "/nonexistent"]);
    program.stdin(Stdio::piped()).stdout(fs::File::create(&hits).unwrap());
    let mut program = Running::start(&mut program);
    let stdin = program.take_stdin();
    let done = interrupt(program, libc::SIGINT);
    assert_eq!(done.code(), 130, "{}", done.stderr);
    let hits = fs::read_to_string(hits).unwrap();
    assert!(hits.ends_with("}\n"));
    assert_eq!(hits.lines().count(), 20_000);
    for line in hits.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let text = fs::read_to_string(&summary).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(summary["interrupted"], true);
    assert_eq!(summary["exit_status"], 130);
    assert_eq!(summary["totals"]["hits"], 20_000);
    assert_eq!(summary["inputs"][1]["skipped"][0]["why"], "interrupted");
    assert_eq!(summary["unreached"]["first"], "/nonexistent");
    assert_eq!(summary["unreached"]["exact"], true);
    drop(stdin);
}

/// Whatever the pipe began to be.
#[test]
fn it_ends_while_a_pipe_with_something_packed_is_silent() {
    let mut noise = 1_u32;
    let text: Vec<u8> = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("{noise} {HIT}")
    })
    .take(20_000)
    .flat_map(String::into_bytes)
    .collect();
    let gzip = {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(&text).unwrap();
        out.finish().unwrap()
    };
    let zip = {
        let mut out = zip::ZipWriter::new_stream(Vec::new());
        let options = zip::write::SimpleFileOptions::default();
        out.start_file("fw.log", options).unwrap();
        out.write_all(&text).unwrap();
        out.finish().unwrap().into_inner()
    };
    let utf16 = String::from_utf8_lossy(&text).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [gzip, zstd::encode_all(&*text, 1).unwrap(), zip, utf16] {
        for threads in ["1", "2"] {
            let mut program = command(&["scan", "-o", "count", "-j", threads, "-", "/nonexistent"]);
            let mut program = Running::start(program.stdin(Stdio::piped()));
            let mut stdin = program.take_stdin();
            stdin.write_all(&bytes[..bytes.len() / 2]).unwrap();
            let done = interrupt(program, libc::SIGINT);
            assert_eq!(done.code(), 130, "{}", done.stderr);
            assert!(done.stderr.contains(": was not scanned from byte "), "{}", done.stderr);
            assert!(done.stderr.contains("not scanned: 1 file"), "{}", done.stderr);
            drop(stdin);
        }
    }
}

/// `find | flaxscan scan --files-from -` waits for names.
#[test]
fn it_ends_while_a_list_of_files_is_silent() {
    let mut program = command(&["scan", "-o", "count", "--files-from", "-"]);
    let mut program = Running::start(program.stdin(Stdio::piped()));
    let stdin = program.take_stdin();
    let done = interrupt(program, libc::SIGINT);
    assert_eq!(done.code(), 130, "{}", done.stderr);
    assert!(done.stderr.contains("what follows in order was not scanned"), "{}", done.stderr);
    drop(stdin);
}

/// A tar with something in its middle that is passed over, too long to wait for: a hole on disk.
fn long_tar(room: &Room) -> String {
    let mut out = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(HIT.len() as u64);
    out.append_data(&mut header, "a.log", HIT.as_bytes()).unwrap();
    let mut bytes = out.into_inner().unwrap();
    bytes.truncate(1024);
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::new(b'V'));
    header.set_size(1 << 42);
    header.set_cksum();
    bytes.extend_from_slice(header.as_bytes());
    let name = room.add("long.tar", bytes);
    fs::File::options().write(true).open(&name).unwrap().set_len(1 << 43).unwrap();
    name
}

#[test]
fn it_ends_while_it_passes_over_a_part_of_an_archive() {
    let room = Room::new();
    let (tar, last) = (long_tar(&room), room.add("z.log", CLEAN));
    for (signal, status) in SIGNALS {
        for threads in ["1", "2"] {
            let mut program =
                Running::start(&mut command(&["scan", "-o", "json", "-j", threads, &tar, &last]));
            // By then it is behind the first member.
            let lines = program.lines();
            assert!(lines.find("www.k3121.com").is_some());
            let began = Instant::now();
            program.send(signal);
            program.wait();
            assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
            let done = program.finish();
            assert_eq!(done.code(), status, "{}", done.stderr);
            // Nobody knows which members it did not come to, but that is said.
            let said = format!("{tar}: was not unpacked from byte ");
            assert!(done.stderr.contains(&said), "{}", done.stderr);
            let said = format!("not scanned: 1 file, {} bytes, from {last} on\n", CLEAN.len());
            assert!(done.stderr.contains(&said), "{}", done.stderr);
        }
    }
}

#[test]
fn a_scan_that_is_done_is_not_interrupted() {
    let room = Room::new();
    let log = room.add("a.log", dense(50_000));
    let mut program = Running::start(&mut command(&["scan", &log]));
    // It has scanned everything, or will; nobody reads, and then nobody can.
    program.wait_until_it_sleeps();
    program.close_output();
    assert_eq!(program.finish().code(), 0);
}
