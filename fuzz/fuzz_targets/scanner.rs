//! Any bytes through the engine: the portable way and the fastest one find the same, and what
//! they find lies in the input.

#![no_main]

use std::sync::LazyLock;

use flaxscan::indicator::IndicatorSet;
use flaxscan::scan::{Matcher, SimdLevel};
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/oracle/sample.rs"]
mod sample;

// The small set, whose few short values a fuzzer finds, and the published one.
static MATCHERS: LazyLock<Vec<[Matcher; 2]>> = LazyLock::new(|| {
    let at = |set: &IndicatorSet, level| Matcher::new(set.clone()).with_level(level).unwrap();
    [sample::set(), IndicatorSet::embedded()]
        .iter()
        .map(|set| [SimdLevel::Portable, SimdLevel::fastest()].map(|level| at(set, level)))
        .collect()
});

fuzz_target!(|bytes: &[u8]| {
    for [portable, fastest] in &*MATCHERS {
        let hits = portable.hits(bytes);
        assert_eq!(hits, fastest.hits(bytes));
        assert!(hits.is_sorted_by_key(|hit| hit.span.start));
        for hit in hits {
            let (start, end) = (hit.span.start as usize, hit.span.end as usize);
            assert!(start < end && end <= bytes.len());
            assert!(!bytes[start..end].contains(&b'\n'));
            let before = &bytes[..start];
            let feeds = before.iter().filter(|&&byte| byte == b'\n').count();
            assert_eq!(hit.line, feeds as u64 + 1);
            let line = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            assert_eq!(hit.line_start, line as u64);
            assert!(!hit.matches.is_empty());
        }
    }
});
