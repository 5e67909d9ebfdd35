//! Generated logs: the engine against the oracle, and the engine against itself in every way that
//! it can be run.

// Only test crates; a panic is how a test fails.
#![allow(clippy::unwrap_used)]

mod oracle;

#[path = "properties/plants.rs"]
mod plants;
#[path = "properties/runs.rs"]
mod runs;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::sync::LazyLock;

use flaxscan::indicator::Kind;
use flaxscan::scan::{Hit, Input, Mapping, Matcher, SimdLevel, Summary, SweepOptions, sweep};
use flaxscan::sink::{Sighting, Sink};
use oracle::{Expected, sample};
use proptest::prelude::*;
use proptest::sample::select;

/// One matcher for each way of scanning, the portable one first.
static MATCHERS: LazyLock<Vec<Matcher>> = LazyLock::new(|| {
    let at = |level| Matcher::new(sample::set()).with_level(level).unwrap();
    SimdLevel::available().into_iter().map(at).collect()
});

/// Innocent text of the sort that stands around indicators. No hits, nothing encoded.
const FILLERS: &[&str] = &[
    "Nov 17 23:49:08 gw01 kernel: [345577.316907] DROP IN=eth1 OUT=eth0 \
     MAC=5e:9e:cf:25:56:86:36:05:57:9e:6a:89:08:00 SRC=192.168.29.203 DST=203.0.113.7 LEN=60 ",
    "{\"timestamp\":\"2025-11-15T18:32:22.788074+0000\",\"flow_id\":1764197886764636,\
     \"dest_ip\":\"198.51.100.213\",\"tls\":{\"sni\":\"mail.example.org\",\"v\":\"TLS 1.2\"}} ",
    "08-Feb-2026 11:51:11.655 queries: info: client @0x7ff3099afdb6 192.168.17.239#64146 \
     (www.example.org): query: www.example.org IN A +E(0)K (10.20.0.53) ",
    "............ ---- ____ :: : : 1.2.3 1.2.3.4.5.6 a.b.c.d ",
    "naïve “quotes” – Grüße, пример, 例え。テスト ",
    "deadbeef cafe 0123456789abcdef ",
];

/// `len` bytes of innocent text, less where a character does not fit.
fn filler(which: usize, len: usize) -> Vec<u8> {
    let text = FILLERS[which];
    let mut end = len % text.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    [text.repeat(len / text.len()).as_bytes(), &text.as_bytes()[..end]].concat()
}

/// A line or a part of one.
fn segment() -> impl Strategy<Value = Vec<u8>> {
    let ends: &[&[u8]] = &[b"\n", b"\n", b"\r\n", b"\n\n", b" ", b" "];
    // Padding by every length around a block of 16, 32 and 64 bytes.
    let padding = (0..FILLERS.len(), 0_usize..130).prop_map(|(which, len)| filler(which, len));
    let part = (padding, plants::plant(), 0..FILLERS.len(), 0_usize..40)
        .prop_map(|(before, plant, which, len)| [before, plant, filler(which, len)].concat());
    let whole = plants::line().prop_map(|line| [b"\n", &line[..], b"\n"].concat());
    let part = (part, select(ends)).prop_map(|(part, end)| [&part[..], end].concat());
    prop_oneof![8 => part, 1 => whole]
}

/// A log, whose first line or lines put the rest near the edge of a larger block.
fn log() -> impl Strategy<Value = Vec<u8>> {
    let edges = select(vec![0, 0, 0, 512, 1024, 4096, 8192, 16384, 65536]);
    let lead = (edges, 0_usize..200, 0..FILLERS.len(), any::<bool>());
    let lead = lead.prop_map(|(edge, before, which, one_line): (usize, _, _, _)| {
        let mut lead = filler(which, edge.saturating_sub(before));
        if !one_line {
            for at in (80..lead.len()).step_by(97) {
                if lead[at].is_ascii() {
                    lead[at] = b'\n';
                }
            }
        }
        lead
    });
    let segments = proptest::collection::vec(segment(), 0..10);
    (lead, segments).prop_map(|(lead, segments)| [lead, segments.concat()].concat())
}

/// A few cases each time, many where `PROPTEST_CASES` asks for them.
fn config(cases: u32) -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    config
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn the_engine_finds_what_the_oracle_finds(log in log()) {
        as_the_oracle(&MATCHERS, &log)?;
        for matcher in &*MATCHERS {
            in_order(&matcher.hits(&log), matcher)?;
        }
    }
}

proptest! {
    #![proptest_config(config(4000))]

    // One token, put at each offset of two blocks: what the block's edge does is most of what can
    // go wrong.
    #[test]
    fn one_token_anywhere(plant in plants::plant(), which in 0..FILLERS.len(), len in 0_usize..140) {
        let log = [filler(which, len), plant].concat();
        as_the_oracle(&MATCHERS, &log)?;
    }
}

proptest! {
    #![proptest_config(config(2000))]

    // The ends of a text are filled up, or looked at block by block where the text is short.
    #[test]
    fn a_token_at_either_end(
        (first, last) in (plants::plant(), plants::plant()),
        which in 0..FILLERS.len(),
        len in prop_oneof![850_usize..1_150, 3_850_usize..4_150, 7_800_usize..8_000],
    ) {
        let log = [first, filler(which, len), last].concat();
        as_the_oracle(&MATCHERS, &log)?;
    }
}

/// One matcher for each way of scanning, for a set as most feeds are: without a word about IPv6.
static WITHOUT_IPV6: LazyLock<Vec<Matcher>> = LazyLock::new(|| {
    let set = || {
        sample::set_of(|kind, value| match kind {
            Kind::Ipv6 => false,
            Kind::Cidr => !value.contains(':'),
            _ => true,
        })
    };
    let at = |level| Matcher::new(set()).with_level(level).unwrap();
    SimdLevel::available().into_iter().map(at).collect()
});

/// IPv6 addresses, and IPv4 addresses inside them, that are in the sample or near.
const GROUPS: &[[u16; 8]] = &[
    [0, 0, 0, 0, 0, 0xFFFF, 0x2D4D, 0xE7D1],
    [0, 0, 0, 0, 0, 0xFFFF, 0x2D4D, 0xE7D2],
    [0, 0, 0, 0, 0, 0, 0x2D4D, 0xE7D1],
    [0x64, 0xFF9B, 0, 0, 0, 0, 0x2D4D, 0xE7D1],
    [0x64, 0xFF9C, 0, 0, 0, 0, 0x2D4D, 0xE7D1],
    [0x2002, 0x2D4D, 0xE7D1, 0, 0, 0, 0, 0x20],
    [0x2002, 0x2D4D, 0xE7D1, 0x10, 0x20, 0x30, 0x40, 0x50],
    [0x2001, 0xDB8, 0x77, 0, 0, 0, 0, 0x209],
    [0x2001, 0xDB8, 9, 0xA, 0x11, 0x22, 0x33, 0x44],
    [0x20, 0x10, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80],
];

/// What stands between addresses: times and hardware addresses have colons, too.
const BESIDE: &[&str] = &[
    " ",
    " outside:",
    " IPv6:",
    " MAC=5e:9e:cf:25:56:86:36:05:57:9e:6a:89:08:00 ",
    " duration 0:04:04 ",
    " 06:13:20,2024/06/10 06:13:20,",
    " (203.0.113.9/55025) to inside:10.20.6.171/53569 [",
    "]:443 ",
    " a:1 ",
];

/// One of the addresses, in one of its spellings (RFC 4291 §2.2).
fn spelled() -> impl Strategy<Value = String> {
    let digits = prop_oneof![proptest::collection::vec(1_usize..5, 8), Just(vec![2; 8])];
    (select(GROUPS), digits, any::<bool>(), any::<bool>()).prop_map(
        |(groups, digits, is_short, has_tail)| {
            if is_short {
                return std::net::Ipv6Addr::from(groups).to_string();
            }
            let count = if has_tail { 6 } else { 8 };
            let mut parts: Vec<String> = std::iter::zip(groups, digits)
                .take(count)
                .map(|(group, width)| format!("{group:0width$x}"))
                .collect();
            if has_tail {
                let [a, b] = groups[6].to_be_bytes();
                let [c, d] = groups[7].to_be_bytes();
                parts.push(format!("{a}.{b}.{c}.{d}"));
            }
            parts.join(":")
        },
    )
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn addresses_with_colons_between_tiles(
        (which, len) in (0..FILLERS.len(), 3700_usize..4000),
        parts in proptest::collection::vec((select(BESIDE), spelled()), 1..8),
    ) {
        let parts: String =
            parts.into_iter().map(|(before, address)| [before, &address, " "].concat()).collect();
        let log = [filler(which, len), parts.into_bytes(), filler(which, 200)].concat();
        for matchers in [&*MATCHERS, &*WITHOUT_IPV6] {
            as_the_oracle(matchers, &log)?;
        }
    }
}

/// What dotted tokens, and things like them, are made of.
const DOTTED: &[&str] = &[
    ".",
    ".",
    "..",
    "-",
    "_",
    " ",
    " ",
    "=",
    "/",
    "1",
    "45",
    "045",
    "77",
    "231",
    "209",
    "2090",
    "45.77.231.209",
    "45.77.231.",
    ".77.231.209",
    "149.28.132.137",
    "10.0.0.1",
    "c0cc",
    ".cc",
    "cc",
    "c0cc.cc",
    "C0CC.CC",
    "www.",
    "b2047.com",
    "avtb2047.com",
    "com",
    "x",
    "(0)",
    "(4)",
    "(2)",
    "vultrusercontent.com",
    ".in-addr.arpa",
    "209.231.77.45",
    "k3121.com",
    "w8510.com",
    "a-label-of-more-than-half-a-hundred-characters-is-not-seen-whole",
];

proptest! {
    #![proptest_config(config(600))]

    // In the middle of several tiles, where all that is asked is asked of whole windows; and with
    // what makes a tile look at every token, or not.
    #[test]
    fn dotted_things_between_tiles(
        things in proptest::collection::vec(select(DOTTED), 1..400),
        before in 7_900_usize..8_100,
        has_high in proptest::bool::weighted(0.1),
    ) {
        let (space, end) = ("\n".repeat(before), if has_high { "é" } else { "" });
        let log = [&space, &things.concat(), end, &"\n".repeat(8_000)].concat();
        as_the_oracle(&MATCHERS, log.as_bytes())?;
    }
}

/// The notations that are found by what several neighbouring bytes are, at every offset of a
/// block, after text that is rich in the same bytes.
#[test]
fn every_offset_after_dense_text() {
    let tokens = [
        "=45.77.231.209,",
        " 2001:0DB8:0077:0000:0000:0000:0000:0209 ",
        " ::ffff:45.77.231.209 ",
        " www.c0cc[.]cc ",
        " 45[dot]77.231(.)209 ",
        " 149%2E28%2E132%2E137 ",
        " c0cc\\u002ecc ",
        "\"\\tc0cc.cc\"",
        " (4)c0cc(2)cc(0) ",
        ".(4)c0cc(2)cc(0) ",
        " http://760080337/ ",
        " bücher.de ",
        "=d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e,",
        "=7992c0a816246b287d991c4ecf68f2d32e4bca18 ",
        "<ops@c0cc.cc>",
        " c0cc.cc:80/gate.php ",
    ];
    let mut wrong = Vec::new();
    for token in tokens {
        for which in 0..FILLERS.len() {
            for len in 512..580 {
                let log = [filler(which, len), token.into()].concat();
                let expected = oracle::hits(&log, MATCHERS[0].indicators());
                for matcher in &*MATCHERS {
                    let found = found(matcher, &log);
                    if found != expected {
                        wrong.push((token, which, len, matcher.level()));
                    }
                }
            }
        }
    }
    let tokens: std::collections::BTreeSet<_> = wrong.iter().map(|(token, ..)| token).collect();
    assert!(wrong.is_empty(), "{} of them, with {tokens:?}, as {:?}", wrong.len(), wrong[0]);
}

/// Whether each of these, which have the same indicators, finds what the oracle finds.
fn as_the_oracle(matchers: &[Matcher], log: &[u8]) -> Result<(), TestCaseError> {
    let Some(first) = matchers.first() else { return Err(TestCaseError::fail("no matcher")) };
    let expected = oracle::hits(log, first.indicators());
    for matcher in matchers {
        let found = found(matcher, log);
        if found != expected {
            let level = matcher.level();
            let difference = difference(&found, &expected, log);
            return Err(TestCaseError::fail(format!("{level}: {difference}")));
        }
    }
    Ok(())
}

/// The engine's hits as the oracle writes them.
fn found(matcher: &Matcher, log: &[u8]) -> Vec<Expected> {
    let mut found: Vec<Expected> = matcher.hits(log).iter().map(Expected::from).collect();
    found.sort();
    found
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn a_sweep_finds_what_one_scan_finds(log in log()) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&log).unwrap();
        file.flush().unwrap();
        let lines = log.split_inclusive(|&byte| byte == b'\n').count() as u64;
        for matcher in &*MATCHERS {
            let hits = matcher.hits(&log);
            for mapping in [Mapping::Auto, Mapping::Never] {
                for threads in 1..=4 {
                    for chunk_size in [64, 1000, 4096, 1 << 20] {
                        let options = SweepOptions {
 threads, mapping, chunk_size, ..SweepOptions::default() };
                        let (swept, summary) = sweep_file(matcher, file.path(), &options);
                        prop_assert_eq!(&swept.hits, &hits, "{:?}", options);
                        for (hit, matched) in swept.hits.iter().zip(&swept.matched) {
                            let span = hit.span.start as usize..hit.span.end as usize;
                            prop_assert_eq!(&log[span], &matched[..], "{:?}", options);
                        }
                        prop_assert_eq!(summary.bytes_offered, log.len() as u64);
                        prop_assert_eq!(summary.bytes_scanned, log.len() as u64);
                        prop_assert_eq!(summary.lines, lines);
                        prop_assert_eq!(summary.hits, hits.len() as u64);
                        prop_assert!(summary.problems.is_empty());
                    }
                }
            }
        }
    }
}

/// Keeps what it is given.
#[derive(Default)]
struct Keep {
    hits: Vec<Hit>,
    matched: Vec<Vec<u8>>,
}

impl Sink for Keep {
    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        self.hits.push(sighting.hit.clone());
        self.matched.push(sighting.matched.to_vec());
        Ok(ControlFlow::Continue(()))
    }
}

fn sweep_file(
    matcher: &Matcher,
    path: &std::path::Path,
    options: &SweepOptions,
) -> (Keep, Summary) {
    let mut keep = Keep::default();
    let summary = sweep(matcher, &[Input::Path(path.to_owned())], options, &mut keep).unwrap();
    (keep, summary)
}

fn in_order(hits: &[Hit], matcher: &Matcher) -> Result<(), TestCaseError> {
    prop_assert!(hits.is_sorted_by_key(|hit| hit.span.start), "{:?}", hits);
    for hit in hits {
        let set = matcher.indicators();
        let best_first = hit.matches.is_sorted_by_key(|&one| oracle::rank(set, one));
        prop_assert!(best_first, "{:?}", hit.matches);
    }
    Ok(())
}

/// What is in one list and not in the other, readably.
fn difference(found: &[Expected], expected: &[Expected], log: &[u8]) -> String {
    let mut text = String::new();
    let mut list = |title: &str, some: &[Expected], others: &[Expected]| {
        for hit in some.iter().filter(|hit| !others.contains(hit)) {
            let matched = &log[hit.start as usize..hit.end as usize];
            let line = &log[hit.line_start as usize..];
            let line = line.split(|&byte| byte == b'\n').next().unwrap_or_default();
            let set = MATCHERS[0].indicators();
            let values: Vec<String> = hit
                .matches
                .iter()
                .map(|one| format!("{:?} {}", one.relation, set.get(one.indicator).value()))
                .collect();
            _ = write!(
                text,
                "\n{title} `{}` at {} in line {} from {}: {values:?} {:?}\n    in `{}`",
                matched.escape_ascii(),
                hit.start,
                hit.line,
                hit.line_start,
                hit.encodings,
                line.escape_ascii(),
            );
        }
    };
    list("too much:", found, expected);
    list("missing:", expected, found);
    text
}

/// The generator has to reach what it is for.
#[test]
fn generated_logs_hold_every_encoding_and_relation() {
    use flaxscan::scan::{Encoding, Relation};
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let set = sample::set();
    let mut hits = Vec::new();
    for _ in 0..600 {
        let log = log().new_tree(&mut runner).unwrap().current();
        hits.extend(oracle::hits(&log, &set));
    }
    for encoding in Encoding::ALL {
        assert!(hits.iter().any(|hit| hit.encodings.contains(encoding)), "{encoding:?}");
    }
    for relation in [
        Relation::Exact,
        Relation::UrlPrefix,
        Relation::Subdomain,
        Relation::InRange,
        Relation::Embedded,
        Relation::Literal,
    ] {
        let reached = hits.iter().flat_map(|hit| &hit.matches).any(|one| one.relation == relation);
        assert!(reached, "{relation:?}");
    }
}
