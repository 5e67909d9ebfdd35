//! Authored cases, and the numbers of `docs/tally.md`.

use proptest::prelude::*;

use super::*;

const LIMIT: usize = 256;

fn of(milliseconds: impl IntoIterator<Item = i64>) -> Rhythm {
    let mut times = Times::default();
    milliseconds.into_iter().for_each(|time| times.add(time, LIMIT));
    times.rhythm()
}

fn seconds(seconds: impl IntoIterator<Item = i64>) -> Rhythm {
    of(seconds.into_iter().map(|second| second * 1000))
}

/// A generator that everybody has: Knuth's, for cases that look random.
fn noise(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 11) as f64 / (1_u64 << 53) as f64
}

/// Times with these intervals between them.
fn after(intervals: impl IntoIterator<Item = i64>) -> Vec<i64> {
    let mut now = 1_700_000_000;
    let times = intervals.into_iter().map(|interval| {
        now += interval;
        now
    });
    times.collect()
}

#[test]
fn a_perfect_beacon() {
    let rhythm = seconds((0..100).map(|at| 1_700_000_000 + at * 60));
    assert_eq!(rhythm.words().as_deref(), Some("regular, every 60 s"));
    assert_eq!((rhythm.median_seconds, rhythm.jitter), (Some(60.0), Some(0.0)));
    assert_eq!((rhythm.contacts, rhythm.intervals, rhythm.is_by_visit), (100, 99, false));
    // Once a day for eight days; nine hours a day, five days a week.
    let daily = seconds((0..8).map(|at| at * 86_400));
    assert_eq!(daily.words().as_deref(), Some("regular, every 24 h"));
    let office = (0..3).flat_map(|day| (0..80).map(move |at| day * 86_400 + at * 300));
    assert_eq!(seconds(office).words().as_deref(), Some("regular, every 5 min"));
}

#[test]
fn a_beacon_with_jitter() {
    for (jitter, expected) in
        [(0.2, Regularity::Regular), (0.5, Regularity::Rough), (0.99, Regularity::Irregular)]
    {
        let mut seed = 7;
        let mut interval = || (3600.0 * (1.0 - jitter * noise(&mut seed))) as i64;
        let rhythm = seconds(after((0..200).map(|_| interval())));
        assert_eq!(rhythm.regularity, expected, "{jitter}: {rhythm:?}");
    }
    let mut seed = 7;
    let mut interval = || (3600.0 * (1.0 - 0.5 * noise(&mut seed))) as i64;
    let words = seconds(after((0..200).map(|_| interval()))).words().unwrap();
    assert!(words.starts_with("roughly every 4") && words.ends_with(" %)"), "{words}");
}

#[test]
fn several_lines_of_one_visit() {
    // Asked for as A and AAAA, reached, and torn down 85 seconds later; every hour.
    let lines = (0..20).flat_map(|at| [0, 1, 2, 87].map(|more| at * 3600 + more));
    let rhythm = seconds(lines);
    assert_eq!(rhythm.words().as_deref(), Some("regular, every 60 min"));
    assert!(rhythm.is_by_visit);
    assert_eq!((rhythm.contacts, rhythm.intervals), (80, 19));
    // Built and torn down.
    let lines = (0..20).flat_map(|at| [0, 20 + at % 3].map(|more| at * 300 + more));
    assert_eq!(seconds(lines).words().as_deref(), Some("regular, every 5 min"));
}

#[test]
fn somebody_at_a_browser() {
    for seed in 0..50 {
        let mut seed = seed;
        // Bursts of requests, pages that are read, and coffee.
        let mut interval = || match noise(&mut seed) {
            kind if kind < 0.6 => 1 + (noise(&mut seed) * 3.0) as i64,
            kind if kind < 0.92 => 10 + (noise(&mut seed) * noise(&mut seed) * 400.0) as i64,
            _ => 1800 + (noise(&mut seed) * 20_000.0) as i64,
        };
        let rhythm = seconds(after((0..300).map(|_| interval())));
        assert_eq!(rhythm.words(), None, "{rhythm:?}");
    }
}

#[test]
fn too_few_to_say() {
    for (times, intervals) in [(0, 0), (1, 0), (2, 1), (7, 6)] {
        let rhythm = seconds((0..times).map(|at| at * 60));
        assert_eq!((rhythm.regularity, rhythm.intervals), (Regularity::TooFew, intervals));
        assert_eq!(rhythm.median_seconds.is_some(), intervals > 0);
        assert_eq!(rhythm.words(), None);
    }
}

#[test]
fn duplicates_and_bounds() {
    // The same log twice, the second time backwards, as from files in any order.
    let times = (0..100).map(|at| 1_700_000_000 + at * 60);
    assert_eq!(seconds(times.clone().chain(times.clone().rev())), seconds(times));
    // The latest ones count: something else, then a beacon.
    let mut seed = 1;
    let noise = after((0..500).map(|_| 1 + (noise(&mut seed) * 5000.0) as i64));
    let last = noise[noise.len() - 1];
    let rhythm = seconds(noise.into_iter().chain((1..=300).map(|at| last + at * 120)));
    assert_eq!(rhythm.words().as_deref(), Some("regular, every 2 min"));
    assert_eq!((rhythm.contacts, rhythm.are_more), (LIMIT, true));
    // Ends of time.
    assert_eq!(of([i64::MIN, 0, i64::MAX]).regularity, Regularity::TooFew);
    assert_eq!(of((0..9).map(|at| i64::MIN + at * (i64::MAX / 9))).intervals, 8);
    // Within a session.
    assert_eq!(of((0..300).map(|at| at * 10)).words(), None);
}

#[test]
fn intervals_in_words() {
    for (seconds, words) in [
        (5.0, "5 s"),
        (59.96, "60 s"),
        (119.0, "119 s"),
        (120.0, "2 min"),
        (5400.0, "90 min"),
        (9000.0, "2.5 h"),
        (86_400.0, "24 h"),
        (604_800.0, "7 days"),
    ] {
        assert_eq!(plain_seconds(seconds), words);
    }
}

/// The numbers that the page names.
#[test]
fn the_page_is_true() {
    let page = include_str!("../../docs/tally.md");
    let said = |name: &str| {
        let row = page.lines().find_map(|line| line.strip_prefix(&format!("| {name} | ")));
        row.unwrap_or_else(|| panic!("{name}")).trim_end_matches(" |").parse::<f64>().unwrap()
    };
    for (name, number) in [
        ("intervals, at least", Reading::FEW as f64),
        ("intervals for *roughly regular*, at least", Reading::FEW_ROUGH as f64),
        ("the same by visits, at least", Reading::FEW_ROUGH_VISITS as f64),
        ("jitter of *regular*, at most", Reading::REGULAR),
        ("jitter of *roughly regular*, at most", Reading::ROUGH),
        ("median interval in seconds, at least", Reading::FASTEST as f64 / 1000.0),
        ("share of the time from first to last, at least", Reading::COVERED),
        ("times of a pair", crate::tally::Limits::default().times as f64),
        ("indicators", crate::tally::Limits::default().indicators as f64),
        ("hosts", crate::tally::Limits::default().hosts as f64),
        ("pairs", crate::tally::Limits::default().pairs as f64),
        ("different ones that are counted exactly", super::super::distinct::Distinct::KEPT as f64),
        ("bars of time", super::super::timeline::Timeline::BUCKETS as f64),
    ] {
        assert_eq!(said(name), number, "{name}");
    }
}

proptest! {
    #[test]
    fn the_order_makes_no_difference(
        times in prop::collection::vec(0_i64..2000, 0..40).prop_shuffle(),
        limit in 1_usize..30,
    ) {
        let kept = |times: &[i64]| {
            let mut kept = Times::default();
            times.iter().for_each(|&time| kept.add(time * 1000, limit));
            kept
        };
        let mut sorted = times.clone();
        sorted.sort_unstable();
        prop_assert_eq!(kept(&times), kept(&sorted));
        sorted.dedup();
        prop_assert_eq!(kept(&times).latest.len(), sorted.len().min(limit));
        prop_assert_eq!(kept(&times).are_more, sorted.len() > limit);
    }
}
