//! Whatever a line is, it is read to a record: no panic, no time that grows faster than the line.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::golden_tests::{Case, cases};
use super::*;

/// Reads with every family, for each is asked about everything.
fn read(head: &[u8], line: &[u8]) {
    let options = RecordOptions::default();
    let reader = RecordReader::new(&options, head, None);
    let line = Line::new(line);
    let spot = Spot { start: line.text().len() / 2, end: line.text().len() / 2 + 9 };
    let record = reader.read(&line, head.len() as u64, spot);
    let _ = (record.field_at(spot, "192.0.2.1"), record.time(), record.direction());
    for family in FAMILIES {
        let options = RecordOptions { format: Some(family), ..options.clone() };
        let reader = RecordReader::new(&options, head, None);
        let record = reader.read(&line, head.len() as u64, spot);
        let _ = record.field_at(spot, "192.0.2.1");
    }
}

fn head(case: &Case) -> Vec<u8> {
    case.header.iter().flat_map(|line| line.bytes().chain([b'\n'])).collect()
}

#[test]
fn lines_that_are_cut_anywhere() {
    for case in cases().iter().flat_map(|(_, cases)| cases) {
        let (head, line) = (head(case), case.line.as_bytes());
        for end in (0..line.len()).step_by(7) {
            read(&head, &line[..end]);
        }
        for start in (0..line.len()).step_by(23) {
            read(&head, &line[start..]);
        }
    }
}

/// A mebibyte of it is read in no time, or reading it is not linear.
#[test]
fn long_lines() {
    const LEN: usize = 1 << 20;
    let cases = cases();
    let lines: Vec<(Vec<u8>, &str)> = cases
        .iter()
        .filter_map(|(_, cases)| cases.first())
        .map(|case| (head(case), case.line.as_str()))
        .collect();
    let nasty = [
        "(",
        ")",
        "[",
        "\"",
        "\\",
        "{\"a\":",
        "[[",
        "a=",
        "a=\"",
        "=",
        ",",
        ";",
        "|",
        " ",
        "\t",
        "(3)a",
        "from ",
        " to ",
        "src ",
        " -> ",
        ": ",
        "<",
        ">",
        "1",
        "a.",
        "ff:",
        "Jun 10 06:13:20 a ",
        "%25",
        "é",
        "\u{1a}",
        "2024-06-10 ",
        "'",
        "# ",
        "query: ",
        "a: b, ",
    ];
    let began = Instant::now();
    let mut count = 0;
    for (head, line) in &lines {
        for part in nasty {
            // The beginning of a line that a family takes, and then that.
            let keep =
                (0..=line.len() * 2 / 3).rev().find(|&at| line.is_char_boundary(at)).unwrap();
            let long = format!("{}{}", &line[..keep], part.repeat(LEN / part.len() / 16));
            let options = RecordOptions::default();
            let reader = RecordReader::new(&options, head, None);
            let line = Line::new(long.as_bytes());
            let _ = reader.read(&line, head.len() as u64, Spot::default());
            count += 1;
        }
    }
    for part in nasty {
        read(b"", part.repeat(LEN / part.len()).as_bytes());
        count += 1;
    }
    // Milliseconds each; what is quadratic takes minutes.
    let limit = Duration::from_millis(100) * count;
    assert!(began.elapsed() < limit, "{count} lines took {:?}", began.elapsed());
}

proptest! {
    #[test]
    fn any_bytes(line in prop::collection::vec(any::<u8>(), 0..400)) {
        read(b"", &line);
    }

    #[test]
    fn lines_with_changed_bytes(at in any::<prop::sample::Index>(), edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let cases = cases();
        let all: Vec<_> = cases.iter().flat_map(|(_, cases)| cases).collect();
        let case = at.get(&all);
        let mut line = case.line.as_bytes().to_vec();
        for (at, byte) in edits {
            *at.get_mut(&mut line) = byte;
        }
        read(&head(case), &line);
    }
}
