//! Any bytes as a list of indicators: what is accepted is canonical, and can be scanned for.

#![no_main]

use flaxscan::feed::load_list;
use flaxscan::indicator::{IndicatorSet, Observable, Source, refang};
use flaxscan::scan::Matcher;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut set = IndicatorSet::new();
    let source = set.add_source(Source { key: "fuzz".into(), ..Source::default() });
    let report = load_list(bytes, source, &mut set).unwrap();
    assert_eq!(report.added, set.len() as u64);
    for indicator in set.iter() {
        // The canonical form of a canonical value is itself.
        if let Ok(again) = Observable::recognise(indicator.value()) {
            assert_eq!(again.value, indicator.value());
        }
    }
    let hits = Matcher::new(set).hits(bytes);
    assert!(hits.iter().all(|hit| hit.span.end <= bytes.len() as u64));

    let text = String::from_utf8_lossy(bytes);
    let refanged = refang(&text);
    let _ = Observable::recognise(&refanged);
    if let Ok(observable) = Observable::recognise(&text) {
        assert!(!observable.value.is_empty() && observable.value.len() <= text.len() * 4 + 64);
    }
});
