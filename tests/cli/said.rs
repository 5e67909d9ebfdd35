//! What the program makes of what lines say: filters, text, formats, zones.

use super::*;

/// Lines that say something, one hit each: an allowed session, a blocked probe, a question, and one
/// without a time.
const SAID: [&str; 4] = [
    r#"{"time":"2024-07-01T10:00:00Z","src_ip":"10.1.2.3","src_port":4444,"dst_ip":"45.77.231.209","dst_port":443,"proto":"tcp","action":"allow"}"#,
    r#"{"time":"2026-07-01T10:00:00Z","src_ip":"45.77.231.209","dst_ip":"10.9.9.9","action":"drop"}"#,
    r#"{"time":"2021-07-02T10:00:00Z","src_ip":"10.0.0.5","query":"zz.k3121.com","qtype":"A"}"#,
    r#"{"src_ip":"192.0.2.7","dst_ip":"45.77.231.209","action":"allow"}"#,
];

/// The numbers of the lines that are shown, and the whole run.
fn kept(evidence: &Evidence, arguments: &[&str]) -> (Vec<u64>, Output) {
    let log = evidence.add("said.log", (SAID.join("\n") + "\n").as_bytes());
    let output = program().args(["scan", "-o", "json"]).args(arguments).arg(&log).output().unwrap();
    let line = |line: &str| {
        let document: serde_json::Value = serde_json::from_str(line).unwrap();
        document["flaxscan"]["line"].as_u64().unwrap()
    };
    (stdout(&output).lines().map(line).collect(), output)
}

#[test]
fn hits_are_filtered_by_what_their_lines_say() {
    let evidence = Evidence::new();
    for (arguments, expected) in [
        (&[][..], &[1, 2, 3, 4][..]),
        (&["--since", "2024-01-01"], &[1, 2, 4]),
        (&["--until", "2024-07-01"], &[1, 3, 4]),
        (&["--until", "2024-06-30"], &[3, 4]),
        (&["--since", "2024-07-01T10:00:00Z", "--until", "2024-07-01T10:00:01Z"], &[1, 4]),
        (&["--since", "1h"], &[4]),
        (&["--direction", "outbound"], &[1]),
        (&["--direction", "inbound,external"], &[2, 4]),
        (&["--direction", "inbound", "--direction", "outbound"], &[1, 2]),
        (&["--direction", "unknown"], &[3]),
        (&["--direction", "internal"], &[]),
        (&["--verdict", "allowed"], &[1, 4]),
        (&["--verdict", "blocked,unknown"], &[2, 3]),
        (&["--min-severity", "0"], &[1, 2, 3, 4]),
        (&["--min-severity", "90"], &[1, 4]),
        (&["--min-severity", "91"], &[1]),
        (&["--window", "inside"], &[1, 3]),
        (&["--window", "after"], &[2]),
        (&["--window", "unknown"], &[4]),
        (&["--src", "10.0.0.0/8"], &[1, 3]),
        (&["--src", "10.0.0.5", "--src", "192.0.2.0/24"], &[3, 4]),
        (&["--dst", "10.0.0.0/8"], &[2]),
        (&["--dst", "45.77.231.209", "--verdict", "allowed", "--direction", "outbound"], &[1]),
        (&["--direction", "internal", "--internal-net", "45.77.231.0/24"], &[1, 2]),
        (&["--window", "inside", "--window-grace", "2000d"], &[1, 2, 3]),
        (&["--max-hits", "1", "--verdict", "blocked"], &[2]),
    ] {
        let (lines, output) = kept(&evidence, arguments);
        assert_eq!(lines, expected, "{arguments:?}");
        assert_eq!(code(&output), i32::from(expected.is_empty()), "{arguments:?}");
        let dropped = if arguments.contains(&"--max-hits") { 1 } else { 4 - expected.len() };
        let s = if dropped == 1 { "" } else { "s" };
        let said = format!("filtered {dropped} hit{s} out");
        assert_eq!(stderr(&output).contains(&said), dropped > 0, "{}", stderr(&output));
    }
}

#[test]
fn every_output_and_number_is_of_what_was_kept() {
    let evidence = Evidence::new();
    let log = evidence.add("said.log", (SAID.join("\n") + "\n").as_bytes());
    let scan =
        |arguments: &[&str]| program().arg("scan").args(arguments).arg(&log).output().unwrap();
    let run = scan(&["-o", "count", "--verdict", "allowed"]);
    assert_eq!((code(&run), stdout(&run)), (0, "2\n"));
    let run = scan(&["-o", "files", "--direction", "internal"]);
    assert_eq!((code(&run), stdout(&run)), (1, ""));
    assert!(stderr(&run).contains("filtered 4 hits out, as the options say"), "{}", stderr(&run));
    assert_eq!(code(&scan(&["-o", "quiet", "--direction", "internal"])), 1);
    assert_eq!(code(&scan(&["-o", "quiet", "--verdict", "blocked"])), 0);
    let text = scan(&["--verdict", "unknown"]);
    assert!(
        stderr(&text).contains("found    1 hit on 1 line: 1 indicator of"),
        "{}",
        stderr(&text)
    );
    let raw = scan(&["--raw", "--verdict", "blocked,unknown"]);
    assert_eq!(stdout(&raw), format!("{}\n{}\n", SAID[1], SAID[2]));

    let summary = evidence.name("summary.json");
    scan(&["-o", "count", "--verdict", "blocked", "--summary-json", &summary]);
    let summary: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&summary).unwrap()).unwrap();
    assert_eq!(summary["totals"]["hits"], 1);
    assert_eq!(summary["totals"]["hit_lines"], 1);
    assert_eq!(summary["totals"]["indicators_hit"], 1);
    assert_eq!(summary["totals"]["filtered"], 3);
    assert_eq!(summary["inputs"][0]["hits"], 1);
}

#[test]
fn raw_lines_are_as_they_were_and_once() {
    let evidence = Evidence::new();
    let log = b"k3121.com \x1b[2J \xff 45.77.231.209\r\nclean\nk3121.com";
    let log = evidence.add("raw.log", log);
    let output = run(&["scan", "--raw", &log]);
    assert_eq!(code(&output), 0);
    let lines: Vec<_> = output.stdout.split(|&byte| byte == b'\n').collect();
    assert!(lines[0].starts_with(b"k3121.com \x1b[2J \xff 45.77.231.209"), "{lines:?}");
    assert_eq!(lines[1..], [&b"k3121.com"[..], b""]);
    for other in ["json", "count", "files", "quiet"] {
        assert_eq!(code(&run(&["scan", "--raw", "-o", other, &log])), 2, "{other}");
    }
}

#[test]
fn text_says_what_the_line_says() {
    let evidence = Evidence::new();
    let log = evidence.add("said.log", (SAID.join("\n") + "\n").as_bytes());
    let output = run(&["scan", &log]);
    let text = stdout(&output);
    for row in [
        "    severity 95 critical: A machine inside reached listed infrastructure and was let \
         through, inside the published window (confidence high).\n",
        "    2024-07-01T10:00:00Z  allowed  outbound  10.1.2.3:4444 -> 45.77.231.209:443 tcp\n",
        "    2026-07-01T10:00:00Z  blocked  inbound   45.77.231.209 -> 10.9.9.9\n",
        "    2021-07-02T10:00:00Z  -        -         10.0.0.5  zz.k3121.com A\n",
        "    -                     allowed  external  192.0.2.7 -> 45.77.231.209\n",
    ] {
        assert!(text.contains(row), "{row}\n{text}");
    }
}

#[test]
fn formats_are_listed_and_can_be_forced() {
    let table = run(&["formats"]);
    assert_eq!(code(&table), 0);
    let head = stdout(&table).lines().next().unwrap();
    assert_eq!(
        head.split_whitespace().collect::<Vec<_>>(),
        ["NAME", "TITLE", "DATASETS", "EXAMPLE"]
    );
    let json = run(&["formats", "--output", "json"]);
    let formats: Vec<serde_json::Value> =
        stdout(&json).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(formats.len() + 1, stdout(&table).lines().count());
    for format in &formats {
        assert!(format["datasets"].as_array().is_some_and(|sets| !sets.is_empty()), "{format}");
        for key in ["name", "title", "example"] {
            assert!(format[key].as_str().is_some_and(|text| !text.is_empty()), "{format}");
        }
    }

    let evidence = Evidence::new();
    let line = "Jul  1 10:00:00 ns1 named[1]: client @0x7f 10.0.0.5#5353 (k3121.com): query: \
                k3121.com IN A + (10.0.0.1)";
    let log = evidence.add("dns.log", line.as_bytes());
    let dataset = |arguments: &[&str]| {
        let output =
            program().args(["scan", "-o", "json"]).args(arguments).arg(&log).output().unwrap();
        let first = stdout(&output).lines().next().unwrap();
        let document: serde_json::Value = serde_json::from_str(first).unwrap();
        document["event"]["dataset"].as_str().unwrap().to_owned()
    };
    let read = dataset(&[]);
    assert_ne!(read, "unrecognised");
    assert_eq!(dataset(&["--log-format", "bind"]), read);
    assert_eq!(dataset(&["--log-format", "fortigate"]), "unrecognised");
    let wrong = run(&["scan", "--log-format", "nonsense", &log]);
    assert_eq!(code(&wrong), 2);
    assert!(stderr(&wrong).contains("bind"), "{}", stderr(&wrong));
    assert!(stderr(&wrong).contains("fortigate"), "{}", stderr(&wrong));
}

#[test]
fn times_without_a_zone_are_where_it_is_said() {
    let evidence = Evidence::new();
    let line = r#"{"time":"2024-07-01 10:00:00","src_ip":"10.1.2.3","dst_ip":"45.77.231.209"}"#;
    let log = evidence.add("local.log", line.as_bytes());
    for (arguments, time) in [
        (&[][..], "2024-07-01T10:00:00Z"),
        (&["--assume-tz", "Europe/Berlin"], "2024-07-01T08:00:00Z"),
        (&["--assume-tz", "+05:30"], "2024-07-01T04:30:00Z"),
        (&["--assume-tz", "-08:00"], "2024-07-01T18:00:00Z"),
        (&["--assume-tz", "UTC"], "2024-07-01T10:00:00Z"),
    ] {
        let output =
            program().args(["scan", "-o", "json"]).args(arguments).arg(&log).output().unwrap();
        let document: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
        assert_eq!(document["@timestamp"], time, "{arguments:?}");
    }
    assert_eq!(code(&run(&["scan", "--assume-tz", "Mars/Olympus", &log])), 2);
    assert_eq!(code(&run(&["scan", "--internal-net", "10", &log])), 2);
    assert_eq!(code(&run(&["scan", "--window-grace", "soon", &log])), 2);
    assert_eq!(code(&run(&["scan", "--min-severity", "101", &log])), 2);
}

/// Links and special files are no failure, and there may be thousands of them.
#[cfg(unix)]
#[test]
fn what_was_passed_over_is_named_as_far_as_it_helps() {
    let evidence = Evidence::new();
    for number in 0..25 {
        std::os::unix::fs::symlink("nowhere", evidence.name(&format!("{number}.link"))).unwrap();
    }
    let output = run(&["scan", "-o", "count", &evidence.name("")]);
    let text = stderr(&output);
    assert_eq!(text.matches("is a symbolic link").count(), 20, "{text}");
    assert!(text.contains("and 5 more that were passed over: --summary-json FILE"), "{text}");
    assert!(text.contains("skipped  25, the first of them named above"), "{text}");
}

/// `-` is standard output, as everywhere.
#[test]
fn a_file_called_minus_is_standard_output() {
    let evidence = Evidence::new();
    let log = evidence.name("hit.log");
    let room = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = program().current_dir(room.path()).args(arguments).output().unwrap();
        assert_eq!(fs::read_dir(room.path()).unwrap().count(), 0, "{arguments:?}");
        output
    };
    let documents = |output: Output| stdout(&output).lines().count();
    assert_eq!(documents(run(&["scan", "-o", "json=-", &log])), 2);
    assert_eq!(documents(run(&["scan", "-o", "json", "--output-file", "-", &log])), 2);
    let twice = run(&["scan", "-o", "json", "-o", "csv=-", &log]);
    assert!(stderr(&twice).contains("only one --output can go to standard output"));
    let page = run(&["scan", "-o", "quiet=/dev/null", "--report", "-", &log]);
    assert!(stdout(&page).starts_with("<!DOCTYPE html>"));
    let hits = evidence.add("hits.jsonl", &run(&["scan", "-o", "json", &log]).stdout);
    assert_eq!(documents(run(&["report", "--to", "json", "-o", "-", &hits])), 2);
}

#[test]
fn two_outputs_to_one_file_are_said() {
    let evidence = Evidence::new();
    let file = evidence.name("out");
    let mut command = program();
    command.current_dir(evidence.path("")).args(["scan", "-o", "json=out", "-o", "csv=./out"]);
    let output = command.arg("hit.log").output().unwrap();
    assert_eq!(code(&output), 2);
    let said = stderr(&output);
    assert!(said.contains("another output goes to the same file, or "), "{said}");
    assert!(!Path::new(&file).exists());
}

/// Every command's help ends with something to try.
#[test]
fn every_help_has_examples_and_every_command_a_manual_page() {
    let commands = [
        "",
        "scan",
        "check",
        "indicators",
        "indicators list",
        "indicators sources",
        "formats",
        "report",
        "completions",
        "man",
    ];
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let help = run(&[&words[..], &["--help"]].concat());
        assert!(stdout(&help).contains("\nExamples:\n  "), "{command}: {}", stdout(&help));
        let page = run(&[&["man"], &words[..]].concat());
        let name = ["flaxscan"].iter().chain(&words).copied().collect::<Vec<_>>().join("-");
        assert!(stdout(&page).contains(&format!("\n.TH {name} 1 ")), "{command}");
        assert!(stdout(&page).contains("\n.SH \"EXAMPLES\"\n"), "{command}");
    }
    let output = run(&["man", "scan", "list"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("there is no command `scan list`"), "{}", stderr(&output));
}

#[test]
fn nobody_waits_for_a_hundred_thousand_threads() {
    let evidence = Evidence::new();
    for (threads, expected) in [("0", 2), ("1", 0), ("512", 0), ("99999", 2), ("many", 2)] {
        let output = run(&["scan", "-o", "quiet", "-j", threads, &evidence.name("hit.log")]);
        assert_eq!(code(&output), expected, "{threads}: {}", stderr(&output));
        let is_said = stderr(&output).contains("it has to be from 1 to 1024");
        assert_eq!(is_said, expected == 2, "{threads}: {}", stderr(&output));
    }
}
