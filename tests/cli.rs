//! The real program: exit statuses, streams, and what happens when things go wrong.

#![expect(clippy::unwrap_used, reason = "tests: helpers are not under #[test]")]

#[path = "cli/check.rs"]
mod check;
#[path = "cli/indicators.rs"]
mod indicators;
#[path = "cli/lists.rs"]
mod lists;
#[path = "cli/said.rs"]
mod said;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const HIT: &str = "Nov 14 03:22:01 gw named: client 10.0.0.5#5353: query: www.k3121.com IN A +";
const HIT_2: &str = "Nov 14 03:22:02 gw kernel: OUT SRC=10.1.2.3 DST=45.77.231.209 DPT=443";
const CLEAN: &str = "Nov 14 03:22:03 gw named: client 10.0.0.5#5353: query: www.example.org IN A +";

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flaxscan"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FLAXSCAN_SIMD"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

fn run_with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have answered and gone before it read everything.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A directory with `hit.log` (2 hits on 2 lines), `one.log` (1) and `clean.log`.
struct Evidence {
    directory: TempDir,
}

impl Evidence {
    fn new() -> Self {
        let evidence = Self { directory: tempfile::tempdir().unwrap() };
        evidence.add("hit.log", format!("{CLEAN}\n{HIT}\n{HIT_2}\n").as_bytes());
        evidence.add("one.log", format!("{HIT}\n").as_bytes());
        evidence.add("clean.log", format!("{CLEAN}\n").as_bytes());
        evidence
    }

    fn add(&self, name: &str, content: &[u8]) -> String {
        fs::write(self.path(name), content).unwrap();
        self.name(name)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn root(&self) -> String {
        self.name("").trim_end_matches('/').to_owned()
    }
}

#[test]
fn exit_status_says_whether_something_hit() {
    let evidence = Evidence::new();
    assert_eq!(code(&run(&["scan", &evidence.name("hit.log")])), 0);
    assert_eq!(code(&run(&["scan", &evidence.name("clean.log")])), 1);
    assert_eq!(code(&run(&["scan", &evidence.root()])), 0);
    for output in ["text", "json", "count", "files", "quiet"] {
        assert_eq!(code(&run(&["scan", "-o", output, &evidence.name("one.log")])), 0, "{output}");
        assert_eq!(code(&run(&["scan", "-o", output, &evidence.name("clean.log")])), 1, "{output}");
    }
}

#[test]
fn usage_errors_are_status_2() {
    for arguments in [
        &["scan", "--no-such-option"][..],
        &["scan", "-o", "yaml", "x"],
        &["scan", "-j", "0", "x"],
        &["scan", "--max-hits", "0", "x"],
        &["scan", "--no-builtin", "x"],
        &["nonsense"],
        &[],
        &["indicators"],
        &["man", "nonsense"],
    ] {
        let output = run(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_and_version_are_status_0_on_standard_output() {
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["scan", "--help"],
        &["scan", "-h"],
        &["check", "--help"],
        &["indicators", "list", "--help"],
        &["completions", "bash"],
        &["man"],
        &["man", "scan"],
    ] {
        let output = run(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}");
        assert!(!output.stdout.is_empty(), "{arguments:?}");
        assert!(output.stderr.is_empty(), "{arguments:?}");
    }
    assert!(stdout(&run(&["scan", "--help"])).contains("Exit status"));
    assert!(stdout(&run(&["--version"])).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn text_names_place_indicator_and_source() {
    let evidence = Evidence::new();
    let name = evidence.name("hit.log");
    let output = run(&["scan", &name]);
    let text = stdout(&output);
    assert!(
        text.contains(&format!("{name}:2:56: k3121.com (subdomain) - C2 root domain")),
        "{text}"
    );
    assert!(text.contains("[lumen-2024-09]"), "{text}");
    assert!(text.contains(&format!("    {HIT}\n    {}^^^^^^^^^^^^^\n", " ".repeat(55))), "{text}");
    assert!(text.contains(&format!("{name}:3:")), "{text}");
    let summary = stderr(&output);
    assert!(summary.contains("1 file"), "{summary}");
    assert!(summary.contains("3 lines"), "{summary}");
    assert!(summary.contains("2 hits on 2 lines: 2 indicators of 1,"), "{summary}");
    assert!(!summary.contains("MISSED"), "{summary}");
}

#[test]
fn json_is_one_document_a_line() {
    let evidence = Evidence::new();
    let name = evidence.name("hit.log");
    let output = run(&["scan", "--output", "json", &name]);
    assert_eq!(stderr(&output), "");
    let documents: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(documents.len(), 2);
    let first = &documents[0];
    assert_eq!(first["log"]["file"]["path"], name);
    assert_eq!(first["log"]["offset"], CLEAN.len() + 1);
    assert_eq!(first["event"]["original"], HIT);
    assert_eq!(first["flaxscan"]["line"], 2);
    assert_eq!(first["flaxscan"]["matched"], "www.k3121.com");
    assert_eq!(first["flaxscan"]["relation"], "subdomain");
    assert_eq!(first["threat"]["indicator"]["name"], "k3121.com");
    assert_eq!(first["threat"]["group"]["name"], "Flax Typhoon");
    assert_eq!(documents[1]["threat"]["indicator"]["ip"], "45.77.231.209");
}

#[test]
fn count_names_inputs_only_where_there_are_several() {
    let evidence = Evidence::new();
    let [hit, one, clean] = ["hit.log", "one.log", "clean.log"].map(|name| evidence.name(name));
    assert_eq!(stdout(&run(&["scan", "-o", "count", &hit])), "2\n");
    assert_eq!(stdout(&run(&["scan", "-o", "count", &clean])), "0\n");
    let all = format!("{hit}:2\n{one}:1\n");
    assert_eq!(stdout(&run(&["scan", "-o", "count", &hit, &one, &clean])), all);
    assert_eq!(stdout(&run(&["scan", "-o", "count", &evidence.root()])), all);
    assert_eq!(stdout(&run(&["scan", "-o", "files", &evidence.root()])), format!("{hit}\n{one}\n"));
}

#[test]
fn quiet_writes_nothing_at_all() {
    let evidence = Evidence::new();
    let output = run(&["scan", "-o", "quiet", &evidence.root()]);
    assert_eq!((code(&output), stdout(&output), stderr(&output)), (0, "", ""));
}

#[test]
fn the_summary_is_written_where_it_is_wanted() {
    let evidence = Evidence::new();
    let name = evidence.name("hit.log");
    for (arguments, wanted) in [
        (&[][..], true),
        (&["--summary", "never"], false),
        (&["-o", "count"], false),
        (&["-o", "count", "--summary", "always"], true),
        (&["-o", "quiet", "--summary", "always"], true),
    ] {
        let output = program().arg("scan").args(arguments).arg(&name).output().unwrap();
        assert_eq!(stderr(&output).contains("scanned  "), wanted, "{arguments:?}");
    }
}

#[test]
fn a_path_that_is_not_there_is_named_and_the_rest_is_scanned() {
    let evidence = Evidence::new();
    let missing = evidence.name("missing.log");
    for output in ["text", "json", "count", "files", "quiet"] {
        let run = run(&["scan", "-o", output, &missing, &evidence.name("clean.log")]);
        assert_eq!(code(&run), 2, "{output}");
        assert!(stderr(&run).contains(&format!("flaxscan: {missing}: ")), "{}", stderr(&run));
    }
    let run = run(&["scan", "-o", "count", &missing, &evidence.name("one.log")]);
    assert_eq!(code(&run), 2);
    assert_eq!(stdout(&run), format!("{}:1\n", evidence.name("one.log")));
    assert!(stderr(&run).contains("MISSED   1 problem"), "{}", stderr(&run));
}

#[test]
fn each_problem_is_named_and_counted() {
    let names: Vec<String> = (0..1005).map(|number| format!("/nonexistent/{number}.log")).collect();
    let missing = |count: usize| {
        let output = program().args(["scan", "-o", "json"]).args(&names[..count]).output().unwrap();
        assert_eq!(code(&output), 2);
        stderr(&output).to_owned()
    };
    let text = missing(25);
    assert!(names[..25].iter().all(|name| text.contains(&format!("{name}: "))), "{text}");
    assert!(!text.contains("more problems"), "{text}");
    assert!(text.contains("MISSED   25 problems named above"), "{text}");
    // Memory is bounded, and so is what is named.
    let text = missing(1005);
    assert!(text.contains("/nonexistent/999.log: ") && !text.contains("/nonexistent/1000.log"));
    assert!(text.contains("and 5 more problems: --summary-json FILE names each"), "{text}");
    assert!(text.contains("MISSED   1,005 problems, the first of them named above"), "{text}");
}

#[test]
fn standard_input_is_read() {
    let log = format!("{CLEAN}\n{HIT}\n");
    for arguments in [&["scan", "-o", "json"][..], &["scan", "-o", "json", "-"]] {
        let output = run_with_input(arguments, log.as_bytes());
        assert_eq!(code(&output), 0, "{arguments:?}");
        let document: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
        assert_eq!(document["log"]["file"]["path"], "-");
        assert_eq!(document["flaxscan"]["line"], 2);
    }
    assert_eq!(code(&run_with_input(&["scan"], CLEAN.as_bytes())), 1);
    assert_eq!(code(&run_with_input(&["scan"], b"")), 1);
    assert_eq!(stdout(&run_with_input(&["scan", "-o", "count"], log.as_bytes())), "1\n");
}

#[test]
fn max_hits_ends_the_scan() {
    let evidence = Evidence::new();
    let many = evidence.add("many.log", format!("{HIT}\n{HIT_2}\n").repeat(1000).as_bytes());
    for limit in [1, 2, 5, 1999, 2000, 9999] {
        let expected = limit.min(2000);
        let limit = limit.to_string();
        let json = run(&["scan", "-o", "json", "--max-hits", &limit, &many]);
        assert_eq!(code(&json), 0);
        assert_eq!(stdout(&json).lines().count(), expected);
        let count = run(&["scan", "-o", "count", "--max-hits", &limit, &many]);
        assert_eq!(stdout(&count), format!("{expected}\n"));
    }
    let root = evidence.root();
    let first = run(&["scan", "-o", "files", "--max-hits", "1", &root]);
    assert_eq!(stdout(&first), format!("{}\n", evidence.name("hit.log")));
}

/// Reads one line of the output, then closes it while there is much more to write.
fn run_with_closed_output(arguments: &[&str]) -> (i32, String) {
    let mut child =
        program().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(!line.is_empty());
    let output = child.wait_with_output().unwrap();
    (code(&output), stderr(&output).to_owned())
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let evidence = Evidence::new();
    let many = evidence.add("many.log", format!("{HIT}\n").repeat(20_000).as_bytes());
    for output in ["text", "json"] {
        let done = run_with_closed_output(&["scan", "-o", output, &many]);
        assert_eq!(done, (0, String::new()), "{output}");
    }
    let missing = evidence.name("missing.log");
    let (code, problems) = run_with_closed_output(&["scan", "-o", "json", &missing, &many]);
    assert_eq!(code, 2);
    assert!(problems.contains("missing.log"), "{problems}");
    let done = run_with_closed_output(&["indicators", "list", "-o", "json"]);
    assert_eq!(done, (0, String::new()));
}

#[test]
fn nothing_from_a_log_acts_on_the_terminal() {
    let evidence = Evidence::new();
    let line = b"\x1b[2J\x1b]0;x\x07 \xc2\x9b \xe2\x80\xae \xff query: www.k3121.com \x7f\r\n";
    let log = evidence.add("esc\x1b[2J.log", line);
    for output in ["text", "json", "count", "files"] {
        let run = run(&["scan", "-o", output, "--color", "never", &log, &log, "/nonexistent\x1b"]);
        assert_eq!(code(&run), 2);
        for stream in [stdout(&run), stderr(&run)] {
            let acts = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
            assert!(!stream.contains(acts), "{output}: {stream:?}");
        }
    }
}

#[test]
fn colour_is_for_terminals_and_can_be_forced() {
    let evidence = Evidence::new();
    let name = evidence.name("one.log");
    let coloured = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = program();
        command.arg("scan").args(arguments).arg(&name).envs(environment.iter().copied());
        stdout(&command.output().unwrap()).contains("\x1b[1;31mwww.k3121.com\x1b[0m")
    };
    assert!(!coloured(&[], &[]));
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn how_it_is_searched_changes_nothing() {
    let evidence = Evidence::new();
    let many = format!("{CLEAN}\n{HIT}\n{HIT_2}\n").repeat(300);
    let many = evidence.add("many.log", many.as_bytes());
    let scan = |arguments: &[&str]| {
        let output = program()
            .args(["scan", "--summary", "never"])
            .args(arguments)
            .arg(&many)
            .output()
            .unwrap();
        assert_eq!(code(&output), 0, "{arguments:?}: {}", stderr(&output));
        output.stdout
    };
    let unknown = program().args(["scan", &many]).env("FLAXSCAN_SIMD", "abacus").output().unwrap();
    assert_eq!(code(&unknown), 2);
    assert!(stderr(&unknown).contains("FLAXSCAN_SIMD: `abacus`"), "{}", stderr(&unknown));
    let expected = scan(&["-j", "1"]);
    let portable = program()
        .args(["scan", "--summary", "never", &many])
        .env("FLAXSCAN_SIMD", "portable")
        .output()
        .unwrap();
    assert!(portable.stdout == expected);
    for arguments in [
        &["-j", "2"][..],
        &["-j", "7", "--chunk-size", "1000"],
        &["--mmap", "never", "--chunk-size", "77"],
        &["--mmap", "always"],
    ] {
        assert!(scan(arguments) == expected, "{arguments:?}");
    }
}

/// What cannot be decoded must not pass for clean.
#[test]
fn what_cannot_be_decoded_is_named() {
    let evidence = Evidence::new();
    let packed = evidence.add("fw.log.1.gz", b"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\xCB\x48");
    let output = run(&["scan", &packed]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("fw.log.1.gz: "), "{}", stderr(&output));
    assert!(stderr(&output).contains("gzip"), "{}", stderr(&output));
    let output = run_with_input(&["scan", "-"], b"7z\xBC\xAF\x27\x1C\0\x04");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("-: is a 7z archive"), "{}", stderr(&output));
}
