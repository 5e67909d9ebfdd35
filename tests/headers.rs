//! Headers in the middle of a file: it was rotated by hand, or several were put together. Each line
//! is read by the header above it, however the file is read.

#![cfg(feature = "cli")]

use std::fs::{self, File};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Enough lines without a hit that what follows is beyond the input's head.
fn filler(line: &str) -> String {
    line.repeat(100_000 / line.len())
}

/// Zeek's `conn`, its `dns` with another separator, and what IIS writes, twice.
fn log() -> String {
    let conn = "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\n";
    let dns = "#close\t2024\n#separator |\n#path|dns\n#fields|ts|query|id.orig_h\n";
    let iis = "#Software: Microsoft Internet Information Services 10.0\r\n\
               #Date: 2024-06-10 06:13:20\r\n#Fields: date time c-ip cs-method sc-status\r\n";
    // IIS begins anew, with another choice of columns.
    let again = "#Date: 2024-06-11 00:00:00\r\n#Fields: date time cs-method c-ip sc-status\r\n";
    [
        conn,
        "1718000000.1\t10.0.0.5\t45.77.231.209\t443\n",
        &filler("1718000000.2\t10.0.0.5\t192.0.2.1\t443\n"),
        "1718000000.3\t10.0.0.6\t45.77.231.209\t443\n",
        dns,
        "1718000000.4|c0cc.cc|10.0.0.7\n",
        &filler("1718000000.5|name.example|10.0.0.7\n"),
        "1718000000.6|c0cc.cc|10.0.0.8\n",
        iis,
        &filler("2024-06-10 06:13:21 192.0.2.1 GET 200\r\n"),
        "2024-06-10 06:13:22 45.77.231.209 GET 200\r\n",
        again,
        "2024-06-11 06:13:23 POST 45.77.231.209 404\r\n",
        &filler("2024-06-11 06:13:24 POST 192.0.2.1 404\r\n"),
        "2024-06-11 06:13:25 POST 45.77.231.209 404",
    ]
    .concat()
}

fn hits(arguments: &[&str], stdin: Stdio) -> Vec<Value> {
    let done = Command::new(env!("CARGO_BIN_EXE_flaxscan"))
        .args(["scan", "-o", "json"])
        .args(arguments)
        .stdin(stdin)
        .output()
        .expect("the program starts");
    assert_eq!(done.status.code(), Some(0), "{arguments:?}");
    let text = String::from_utf8(done.stdout).expect("JSON is UTF-8");
    let document = |line| -> Value { serde_json::from_str(line).expect("a line is JSON") };
    let mut hits: Vec<Value> = text.lines().map(document).collect();
    for hit in &mut hits {
        hit["event"]["ingested"].take();
        hit["log"].take();
    }
    hits
}

#[test]
fn a_line_is_read_by_the_header_above_it() {
    let room = tempfile::tempdir().expect("there is room");
    let path = room.path().join("all.log");
    let path = path.to_str().expect("its name is text");
    fs::write(path, log()).expect("it can be written");
    let expected = hits(&["--mmap", "always", path], Stdio::null());

    let what = |hit: &Value| {
        ["/event/dataset", "/threat/enrichments/0/matched/field", "/source/ip"]
            .map(|at| hit.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned())
    };
    let all: Vec<_> = expected.iter().map(what).collect();
    assert_eq!(
        all,
        [
            ["zeek.conn", "destination.ip", "10.0.0.5"],
            ["zeek.conn", "destination.ip", "10.0.0.6"],
            ["zeek.dns", "dns.question.name", "10.0.0.7"],
            ["zeek.dns", "dns.question.name", "10.0.0.8"],
            ["iis.access", "source.ip", "45.77.231.209"],
            ["iis.access", "source.ip", "45.77.231.209"],
            ["iis.access", "source.ip", "45.77.231.209"],
        ]
    );

    for threads in ["1", "2"] {
        for size in ["100", "4096", "70000", "2000000"] {
            let options = ["-j", threads, "--chunk-size", size];
            for mode in ["always", "never"] {
                let arguments = [&options[..], &["--mmap", mode, path]].concat();
                assert_eq!(hits(&arguments, Stdio::null()), expected, "{arguments:?}");
            }
            let file = File::open(path).expect("it was written");
            let arguments = [&options[..], &["-"]].concat();
            assert_eq!(hits(&arguments, file.into()), expected, "{arguments:?}");
        }
    }
}

/// A pipe that is written to bit by bit.
#[cfg(unix)]
#[test]
fn a_pipe_is_read_like_a_file() {
    let room = tempfile::tempdir().expect("there is room");
    let path = room.path().join("all.log");
    let path = path.to_str().expect("its name is text");
    fs::write(path, log()).expect("it can be written");
    let mut cat =
        Command::new("cat").arg(path).stdout(Stdio::piped()).spawn().expect("there is cat");
    let pipe = cat.stdout.take().expect("it has a pipe");
    assert_eq!(hits(&["-"], pipe.into()), hits(&[path], Stdio::null()));
    assert!(cat.wait().expect("it ends").success());
}
