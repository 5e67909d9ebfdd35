//! The documented table, and lines of which everybody knows how bad they are.

use super::*;
use crate::assess::{Assessment, assess};
use crate::indicator::IndicatorSet;
use crate::record::{InternalNets, Line, RecordOptions, RecordReader, Spot};
use crate::scan::Matcher;

const PAGE: &str = include_str!("../../docs/severity.md");

/// The rows of the page's table whose head begins with `head`, without the head.
fn table(head: &str) -> Vec<Vec<&'static str>> {
    let cells = |line: &'static str| -> Vec<&'static str> {
        line.trim_matches('|').split('|').map(str::trim).collect()
    };
    let mut lines = PAGE.lines().skip_while(|line| !line.starts_with(&format!("| {head} |")));
    assert!(lines.next().is_some(), "{head}");
    lines.skip(1).take_while(|line| line.starts_with('|')).map(cells).collect()
}

fn points(cell: &str) -> i32 {
    cell.parse().unwrap_or_else(|_| panic!("{cell}"))
}

/// High, exact, reached, not said: 80.
const PLAIN: Grounds = Grounds {
    event: Event::Reached,
    verdict: None,
    window: Window::Unknown,
    relation: Relation::Exact,
    class: Class::Infrastructure,
    confidence: Confidence::High,
    is_control: false,
    is_address: true,
};

fn assert_points(grounds: Grounds, points: i32, what: &str) {
    assert_eq!(i32::from(grounds.severity()), 80 + points, "{what}");
}

#[test]
fn the_page_is_true() {
    let confidences =
        [Confidence::High, Confidence::Medium, Confidence::NotSpecified, Confidence::Low];
    for (row, confidence) in table("confidence").iter().zip(confidences) {
        let severity = Grounds { confidence, ..PLAIN }.severity();
        assert_eq!(i32::from(severity), points(row[1]), "{row:?}");
    }
    assert_points(Grounds { is_control: true, ..PLAIN }, points(table("role")[0][1]), "role");

    let events = [
        Event::Reached,
        Event::Asked,
        Event::LoggedOn,
        Event::Came,
        Event::File,
        Event::Unclear,
        Event::Mentioned,
    ];
    let rows = table("what happened");
    assert_eq!(rows.len(), events.len());
    for (row, event) in rows.iter().zip(events) {
        let verdicts = [Some(Verdict::Allowed), None, Some(Verdict::Blocked)];
        for (cell, verdict) in row[1..].iter().zip(verdicts) {
            // A blocked one is no log on: `Event::of` sees to it.
            let is_log_on = event == Event::LoggedOn && verdict == Some(Verdict::Blocked);
            let event = if is_log_on { Event::Came } else { event };
            assert_points(Grounds { event, verdict, ..PLAIN }, points(cell), row[0]);
        }
    }

    let rows = table("window");
    assert_eq!(rows.len(), Window::ALL.len());
    for row in rows {
        let window = Window::ALL.into_iter().find(|window| window.name() == row[0]).unwrap();
        for (cell, is_address) in row[1..].iter().zip([true, false]) {
            assert_points(Grounds { window, is_address, ..PLAIN }, points(cell), row[0]);
        }
    }

    let relations = [
        Relation::Exact,
        Relation::UrlPrefix,
        Relation::Subdomain,
        Relation::InRange,
        Relation::Embedded,
        Relation::Literal,
    ];
    let rows = table("relation");
    assert_eq!(rows.len(), relations.len());
    for (row, relation) in rows.iter().zip(relations) {
        assert_eq!(relation.name(), row[0]);
        assert_points(Grounds { relation, ..PLAIN }, points(row[1]), row[0]);
    }

    for row in table("severity") {
        let (least, most) = row[0].split_once('–').unwrap();
        for severity in least.parse().unwrap()..=most.parse().unwrap() {
            assert_eq!(Level::of(severity).name(), row[1]);
        }
    }
    for row in table("line") {
        let mut sum = 0;
        let mut sign = 1;
        for word in row[1].split(' ') {
            match word {
                "+" => sign = 1,
                "-" => sign = -1,
                number => sum += sign * points(number),
            }
        }
        let severity = u8::try_from(sum.max(0)).unwrap();
        assert_eq!(row[2], format!("{severity} {}", Level::of(severity).name()));
    }
}

#[test]
fn no_sum_leaves_its_bounds() {
    let worst = Grounds {
        verdict: Some(Verdict::Allowed),
        window: Window::Inside,
        is_control: true,
        ..PLAIN
    };
    assert_eq!(worst.severity(), 100);
    let least = Grounds {
        event: Event::Came,
        verdict: Some(Verdict::Blocked),
        window: Window::After,
        relation: Relation::Literal,
        confidence: Confidence::Low,
        ..PLAIN
    };
    assert_eq!(least.severity(), 0);
    let company =
        Grounds { class: Class::SanctionedEntity, verdict: Some(Verdict::Allowed), ..worst };
    assert_eq!(Level::of(company.severity()), Level::Low);
}

/// Reads a line as a scan does, and weighs its first hit.
fn weigh(line: &str) -> Assessment {
    let matcher = Matcher::new(IndicatorSet::embedded());
    let options = RecordOptions {
        internal: InternalNets::new(vec!["198.51.100.0/24".parse().unwrap()]),
        ..RecordOptions::default()
    };
    let reader = RecordReader::new(&options, line.as_bytes(), "2026-10-01T00:00:00Z".parse().ok());
    let hits = matcher.hits(line.as_bytes());
    let hit = hits.first().unwrap_or_else(|| panic!("no hit: {line}"));
    let spot = Spot { start: hit.span.start as usize, end: hit.span.end as usize };
    let read = Line::new(line.as_bytes());
    let record = reader.read(&read, 0, spot);
    assess(matcher.indicators(), hit, &record, spot, Assessment::GRACE)
}

/// 45.77.231.209: Lumen's Tier 2 node, seen 2024-04-18 to 2024-09-04, confidence high.
/// 1.34.140.5: AA26-281A, no dates, medium.
#[test]
fn lines_of_which_everybody_knows_how_bad_they_are() {
    for (line, severity, sentence) in [
        (
            r#"{"time":"2024-07-01T10:00:00Z","src_ip":"10.1.2.3","dst_ip":"45.77.231.209","dst_port":443,"action":"allow"}"#,
            95,
            "A machine inside reached listed infrastructure and was let through, inside the \
             published window (confidence high).",
        ),
        (
            r#"{"time":"2024-07-01T10:00:00Z","src_ip":"10.1.2.3","dst_ip":"45.77.231.209","action":"deny"}"#,
            75,
            "A machine inside tried to reach listed infrastructure and was blocked, inside the \
             published window (confidence high).",
        ),
        (
            r#"{"time":"2029-07-01T10:00:00Z","src_ip":"45.77.231.209","dst_ip":"198.51.100.7","action":"drop"}"#,
            0,
            "Listed infrastructure tried to connect and was blocked, after the published window \
             (confidence high).",
        ),
        (
            r#"{"time":"2024-07-01T10:00:00Z","src_ip":"45.77.231.209","dst_ip":"198.51.100.7","action":"drop"}"#,
            25,
            "Listed infrastructure tried to connect and was blocked, inside the published window \
             (confidence high).",
        ),
        (
            r#"{"time":"2029-07-01T10:00:00Z","src_ip":"1.34.140.5","dst_ip":"198.51.100.7","action":"drop"}"#,
            5,
            "Listed infrastructure tried to connect and was blocked (confidence medium).",
        ),
        (
            "Jul  1 10:00:00 ns1 named[1]: client @0x7f 10.0.0.5#5353 (www.k3121.com): query: \
             www.k3121.com IN A + (10.0.0.1)",
            75,
            "A machine inside looked listed infrastructure up (confidence high).",
        ),
        (
            r#"{"time":"2021-07-01T10:00:00Z","src_ip":"10.0.0.5","query":"zz.k3121.com","qtype":"A"}"#,
            80,
            "Somebody looked listed infrastructure up, inside the published window (confidence \
             high).",
        ),
        (
            r#"{"time":"2026-07-01T10:00:00Z","src_ip":"10.0.0.5","host":"integritytech.com.cn","action":"allow"}"#,
            20,
            "A sanctioned entity stands in the line: a compliance question, not a compromise.",
        ),
        (
            // A year that is assumed takes nothing off.
            "Jul  1 10:00:00 gw kernel: FW-DROP: IN=eth0 OUT=eth1 SRC=45.77.231.209 DST=10.1.2.3 \
             PROTO=TCP SPT=1 DPT=2",
            20,
            "Listed infrastructure tried to connect and was blocked (confidence high).",
        ),
        (
            "something about 45.77.231.209 and no more",
            70,
            "Listed infrastructure stands in the line, which does not say who reached whom \
             (confidence high).",
        ),
    ] {
        let assessment = weigh(line);
        assert_eq!(assessment.severity, severity, "{line}: {assessment}");
        assert_eq!(assessment.to_string(), sentence, "{line}");
    }
}

#[test]
fn roles_that_give_orders() {
    for (role, expected) in [
        ("Tier 2 C2", true),
        ("C2 or staging", true),
        ("c2", true),
        ("Command and Control server", true),
        ("Tier 2 node", false),
        ("AC2000", false),
        ("", false),
    ] {
        assert_eq!(is_control(role), expected, "{role}");
    }
}
