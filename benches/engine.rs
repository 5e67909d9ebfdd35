//! The engine's speed by corpus and by number of indicators, and what making it ready costs.
//!
//! `cargo bench --bench engine`; a part of it: `cargo bench --bench engine -- scan/mixed`.

mod corpus;

use std::hint::black_box;
use std::time::Duration;

use corpus::{Corpus, Plants, Rate, Spec, generate, write_list};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flaxscan::feed::load_list;
use flaxscan::indicator::{IndicatorSet, Source};
use flaxscan::scan::Matcher;

/// Larger than the last-level cache of most machines, small enough to be scanned often.
const CORPUS_SIZE: u64 = 32 << 20;

/// Indicators beside the embedded set.
const LISTS: [(&str, u64); 4] =
    [("embedded", 0), ("1k", 1_000), ("100k", 100_000), ("1M", 1_000_000)];

fn list(count: u64) -> Vec<u8> {
    let mut list = Vec::new();
    write_list(count, 1, &mut list).expect("writing to memory does not fail");
    list
}

/// The embedded set and a made-up list.
fn indicators(list: &[u8]) -> IndicatorSet {
    let mut set = IndicatorSet::embedded();
    let source = set.add_source(Source { key: "list".to_owned(), ..Source::default() });
    load_list(list, source, &mut set).expect("a million indicators fit");
    set
}

fn scan(criterion: &mut Criterion) {
    let plants_of = IndicatorSet::embedded();
    let plants = Plants::of(&plants_of);
    let corpora = Corpus::ALL.map(|corpus| {
        let spec = Spec {
            corpus,
            size: CORPUS_SIZE,
            planted: Rate::OneIn(10_000),
            near_misses: Rate::OneIn(1_000),
            seed: 1,
        };
        let mut bytes = Vec::with_capacity(CORPUS_SIZE as usize + (1 << 20));
        let counts = generate(&spec, &plants, &mut bytes).expect("memory takes everything");
        (corpus, bytes, counts)
    });
    // The list outermost: one index in memory at a time.
    for (size, count) in LISTS {
        let matcher = Matcher::new(indicators(&list(count)));
        for (corpus, bytes, counts) in &corpora {
            // A wrong answer has no speed.
            let found = matcher.hits(bytes).len() as u64;
            assert_eq!(found, counts.hits, "{corpus} with {size}: {counts}");
            let mut group = criterion.benchmark_group(format!("scan/{corpus}"));
            group.throughput(Throughput::Bytes(counts.bytes));
            group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
                bencher.iter(|| matcher.hits(black_box(bytes)));
            });
            group.finish();
        }
    }
}

fn prepare(criterion: &mut Criterion) {
    let list = list(1_000_000);
    let set = indicators(&list);
    let mut group = criterion.benchmark_group("prepare");
    group.throughput(Throughput::Elements(1_000_000));
    group.bench_function("load a list of 1M", |bencher| {
        bencher.iter_with_large_drop(|| indicators(black_box(&list)));
    });
    group.bench_function("index 1M", |bencher| {
        bencher.iter_batched(
            || set.clone(),
            Matcher::new,
            // One at a time: each holds a hundred megabytes.
            criterion::BatchSize::PerIteration,
        );
    });
    group.finish();
    let mut group = criterion.benchmark_group("prepare");
    group.bench_function("embedded set and index", |bencher| {
        bencher.iter(|| Matcher::new(IndicatorSet::embedded()));
    });
    group.finish();
}

criterion_group! {
    name = engine;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    targets = scan, prepare
}
criterion_main!(engine);
