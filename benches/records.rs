//! How many lines that hit are read, weighed and written down in a second, on one core.
//!
//! `cargo bench --bench records`. Every line of the made-up mixed log has a hit; 300,000 hits a
//! second are wanted for the whole way, from the line's bytes to the document.

mod corpus;

use std::hint::black_box;
use std::time::Duration;

use corpus::{Corpus, Plants, Rate, Spec, generate};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flaxscan::assess::{Assessment, assess};
use flaxscan::indicator::IndicatorSet;
use flaxscan::record::{Line, Record, RecordOptions, RecordReader, Spot};
use flaxscan::scan::{Hit, Matcher};
use flaxscan::sink::{Json, Sighting, Sink, Timestamp};

const CORPUS_SIZE: u64 = 4 << 20;

/// A line and its hits.
struct Case<'b> {
    line: &'b [u8],
    start: u64,
    hits: Vec<Hit>,
}

/// The hits of a text by lines, as a scan hands them on.
fn cases<'b>(bytes: &'b [u8], matcher: &Matcher) -> Vec<Case<'b>> {
    let mut cases: Vec<Case<'b>> = Vec::new();
    for hit in matcher.hits(bytes) {
        let start = hit.line_start as usize;
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
        match cases.last_mut() {
            Some(last) if last.start == hit.line_start => last.hits.push(hit),
            _ => {
                let line = &bytes[start..end];
                cases.push(Case { line, start: hit.line_start, hits: vec![hit] });
            }
        }
    }
    cases
}

fn spot(hit: &Hit) -> Spot {
    let place = |offset: u64| (offset - hit.line_start) as usize;
    Spot { start: place(hit.span.start), end: place(hit.span.end) }
}

fn records(criterion: &mut Criterion) {
    let set = IndicatorSet::embedded();
    let spec = Spec {
        corpus: Corpus::Mixed,
        size: CORPUS_SIZE,
        planted: Rate::OneIn(1),
        near_misses: Rate::OneIn(0),
        seed: 1,
    };
    let mut bytes = Vec::new();
    generate(&spec, &Plants::of(&set), &mut bytes).expect("memory takes everything");
    let matcher = Matcher::new(set);
    let cases = cases(&bytes, &matcher);
    let hits: u64 = cases.iter().map(|case| case.hits.len() as u64).sum();
    let options = RecordOptions::default();
    let modified = "2024-12-31T12:00:00Z".parse().ok();
    let head = &bytes[..bytes.len().min(RecordReader::HEAD)];
    let reader = RecordReader::new(&options, head, modified);

    let recognised = cases.iter().filter(|case| {
        let line = Line::new(case.line);
        reader.read(&line, case.start, spot(&case.hits[0])).dataset() != "unrecognised"
    });
    println!("{} of {} lines are of a known format", recognised.count(), cases.len());

    let mut group = criterion.benchmark_group("records");
    group.throughput(Throughput::Elements(cases.len() as u64));
    group.bench_function("read, by lines", |bencher| {
        bencher.iter(|| {
            for case in &cases {
                let line = Line::new(case.line);
                black_box(reader.read(&line, case.start, spot(&case.hits[0])));
            }
        });
    });
    group.throughput(Throughput::Elements(hits));
    group.bench_function("read, weigh, write, by hits", |bencher| {
        bencher.iter(|| {
            let mut json = Json::new(std::io::sink(), Timestamp::UNIX_EPOCH);
            for case in &cases {
                let line = Line::new(case.line);
                let mut record: Option<Record<'_>> = None;
                for hit in &case.hits {
                    let spot = spot(hit);
                    if record.as_ref().is_none_or(Record::is_partial) {
                        record = Some(reader.read(&line, case.start, spot));
                    }
                    let weigh =
                        |record| assess(matcher.indicators(), hit, record, spot, Assessment::GRACE);
                    let written = json.hit(&Sighting {
                        indicators: matcher.indicators(),
                        path: "/evidence/mixed.log",
                        hit,
                        line: case.line,
                        truncated: false,
                        excerpt: (case.line, case.start),
                        matched: &case.line[spot.start..spot.end],
                        record: record.as_ref(),
                        assessment: record.as_ref().map(weigh),
                    });
                    assert!(written.is_ok_and(|flow| flow.is_continue()));
                }
            }
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    targets = records
}
criterion_main!(benches);
