//! Any bytes as a line that was hit, behind any head, alone and as each dialect: a record comes of
//! it, and every place in the line can be asked for its field.

#![no_main]

use std::sync::LazyLock;

use flaxscan::record::{FAMILIES, Line, RecordOptions, RecordReader, Spot};
use libfuzzer_sys::fuzz_target;

/// As recognised, and as forced.
static OPTIONS: LazyLock<Vec<RecordOptions>> = LazyLock::new(|| {
    let forced = FAMILIES
        .iter()
        .map(|family| RecordOptions { format: Some(family), ..RecordOptions::default() });
    std::iter::once(RecordOptions::default()).chain(forced).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let [which, rest @ ..] = bytes else { return };
    let options = &OPTIONS[usize::from(*which) % OPTIONS.len()];
    let end = rest.iter().rposition(|&byte| byte == b'\n').map_or(0, |feed| feed + 1);
    let (head, text) = rest.split_at(end);
    let reader = RecordReader::new(options, head, None);
    let line = Line::new(text);
    for start in [0, text.len() / 2, text.len()] {
        let spot = Spot { start, end: text.len() };
        let record = reader.read(&line, head.len() as u64, spot);
        assert!(!record.dataset().is_empty());
        let _ = (record.time(), record.verdict(), record.direction());
        let matched = String::from_utf8_lossy(text.get(start..).unwrap_or_default());
        let _ = record.field_at(spot, &matched);
    }
});
