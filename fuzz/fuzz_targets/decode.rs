//! Any bytes as an input: whatever they claim to be, unpacking them ends, within its limits.

#![no_main]

use std::io::{self, Cursor};
use std::ops::ControlFlow;
use std::sync::LazyLock;

use flaxscan::indicator::IndicatorSet;
use flaxscan::scan::{DecodeLimits, Matcher, SweepOptions, sweep_reader};
use flaxscan::sink::{Sighting, Sink};
use libfuzzer_sys::fuzz_target;

static MATCHER: LazyLock<Matcher> = LazyLock::new(|| Matcher::new(IndicatorSet::embedded()));

/// Limits that are reached before the fuzzer loses its patience.
const MOST: u64 = 4 << 20;

/// How far one step of decoding may go over a limit.
const STEP: u64 = 16 << 20;

#[derive(Default)]
struct Checks {
    documents: u64,
}

impl Sink for Checks {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        assert!(path == "fuzz" || path.starts_with("fuzz!"));
        assert!(path.len() <= 8 * (3 * 64 + 1) + 4);
        self.documents += 1;
        Ok(())
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        assert!(!sighting.hit.matches.is_empty());
        assert!(!sighting.matched.is_empty());
        Ok(ControlFlow::Continue(()))
    }
}

fuzz_target!(|bytes: &[u8]| {
    let limits = DecodeLimits {
        max_decompressed: MOST,
        max_members: 100,
        max_name: 64,
        ..DecodeLimits::default()
    };
    let options = SweepOptions { threads: 1, limits, ..SweepOptions::default() };
    let mut sink = Checks::default();
    let reader = Box::new(Cursor::new(bytes.to_vec()));
    let summary = sweep_reader(&MATCHER, "fuzz", reader, &options, &mut sink).unwrap();
    assert_eq!(summary.files, sink.documents);
    assert!(summary.bytes_scanned <= MOST + STEP + bytes.len() as u64 * 100);
    assert_eq!(summary.bytes_offered, summary.bytes_scanned);
});
