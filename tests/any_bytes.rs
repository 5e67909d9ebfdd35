//! Whatever the bytes: no panic, no nonsense, no endless scan.

// Only test crates; a panic is how a test fails.
#![allow(clippy::unwrap_used)]

#[path = "oracle/sample.rs"]
mod sample;

use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use flaxscan::scan::{Hit, Input, Mapping, Matcher, SimdLevel, SweepOptions, sweep};
use flaxscan::sink::{LINE_LIMIT, Sighting, Sink};
use proptest::prelude::*;
use proptest::sample::select;

static MATCHERS: LazyLock<Vec<Matcher>> = LazyLock::new(|| {
    let at = |level| Matcher::new(sample::set()).with_level(level).unwrap();
    SimdLevel::available().into_iter().map(at).collect()
});

/// Scans at every level, and holds the hits against what needs no oracle.
fn scan(bytes: &[u8]) -> Vec<Hit> {
    let hits = MATCHERS[0].hits(bytes);
    for other in &MATCHERS[1..] {
        assert_eq!(other.hits(bytes), hits, "{} {:?}", other.level(), bytes.escape_ascii());
    }
    assert!(hits.is_sorted_by_key(|hit| hit.span.start));
    for hit in &hits {
        let (start, end) = (hit.span.start as usize, hit.span.end as usize);
        assert!(start < end && end <= bytes.len(), "{hit:?}");
        assert!(!bytes[start..end].contains(&b'\n'), "{hit:?}");
        let before = &bytes[..start];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        assert_eq!(hit.line_start, line_start as u64, "{hit:?}");
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        assert_eq!(hit.line, line as u64, "{hit:?}");
        assert!(!hit.matches.is_empty());
    }
    hits
}

fn config(cases: u32) -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    config
}

/// Bytes that mean something to the scanner, close together.
fn meaningful() -> impl Strategy<Value = Vec<u8>> {
    let pieces: &[&[u8]] = &[
        b".",
        b":",
        b"::",
        b"%",
        b"%2",
        b"%2e",
        b"%25",
        b"\\",
        b"\\u",
        b"\\u002e",
        b"\\x2",
        b"\\t",
        b"(3)",
        b"(",
        b")",
        b"[.]",
        b"[",
        b"]",
        b"[dot]",
        b"{.}",
        b"-",
        b"_",
        b"@",
        b"/",
        b"://",
        b"0x",
        b"0",
        b"1",
        b"255",
        b"256",
        b"45.77.231.209",
        b"c0cc.cc",
        b"c0cc",
        b"ffff",
        b"xn--",
        b".in-addr.arpa",
        b".ip6.arpa",
        b"79:92",
        b"d41d8cd98f00b204e9800998ecf8427e",
        b"\n",
        b"\r\n",
        b" ",
        b" > ",
        b".443",
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xc3\xbc",
        b"\xe2\x80\x9c",
        b"\xef\xbd\x83",
        b"\xcc\x88",
        b"\xf0\x9f\x98\x80",
        b"\"",
        b"\\\"",
        b"(0)",
        b"ops@",
        b"/gate.php",
        b"evil-panel.net",
        b"9999999999",
        b"(99999999999999999999)",
    ];
    proptest::collection::vec(select(pieces), 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        scan(&bytes);
    }

    #[test]
    fn meaningful_bytes(bytes in meaningful()) {
        scan(&bytes);
    }

    // A tile's edge in the middle of it.
    #[test]
    fn meaningful_bytes_far_in(bytes in meaningful(), pad in 3800_usize..4100, times in 1_usize..5) {
        scan(&[&b"x".repeat(pad * times), &bytes[..]].concat());
        scan(&[&b". ".repeat(pad * times / 2), &bytes[..]].concat());
    }
}

#[test]
fn nothing_at_all() {
    assert!(scan(b"").is_empty());
    assert!(scan(b"\n").is_empty());
    assert!(scan(b"\r\n\r\n").is_empty());
    assert_eq!(scan(b"c0cc.cc").len(), 1, "a last line without an end is a line");
    assert_eq!(scan(b"\nc0cc.cc\r\nc0cc.cc\r\n").len(), 2);
}

const FLOODS: &[&str] = &[
    "a.",
    "1.",
    ":",
    "%25",
    "\\\\",
    "(1)a",
    "[.]",
    "0:",
    "-",
    "xn--.",
    ".",
    "_",
    "%",
    "%2",
    "%%25",
    "\\",
    "\\u",
    "\\u005c",
    "\\x5c",
    "\\\"",
    "\\t",
    "\\\\t",
    "a[.]",
    "1[.]",
    "a(dot)",
    "[",
    "(",
    ")",
    "{",
    "((((1)",
    "(1)",
    "(63)a",
    "1.1.1.1.",
    "1.2.3.4 ",
    "::1 ",
    "::",
    ":1",
    "a:b::",
    "0",
    "a",
    "f",
    "ff",
    "ff:",
    "ff-",
    "ff ",
    "f.",
    "a@",
    "@",
    "@a.b",
    "ops@",
    "://",
    "://1",
    "://0x",
    "/",
    "c0cc.cc",
    "c0cc.cc.",
    "c0cc.cc/",
    ".c0cc.cc",
    "evil-panel.net/",
    "ü",
    "ü.",
    "\u{301}",
    "例え.",
    "xn--a.",
    "1.1.1.1.a.com ",
    "1.in-addr.arpa.",
    "0.ip6.arpa",
    "1.2.3.4.5 > 1.2.3.4.5:",
    " > ",
    "/flax_beacon?id",
    "\0",
    "\n",
    "\r",
    "\t",
    " ",
    "\"",
    "\u{1f600}",
    "EvilAgent/1",
    "t13d1516h2_",
];

/// Each at every length around a block and a tile.
#[test]
fn floods_of_one_pattern() {
    let mut scanned = Vec::new();
    for pattern in FLOODS {
        for len in [1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000, 4095, 4097, 9000] {
            scanned.clear();
            scanned.extend(pattern.bytes().cycle().take(len));
            scan(&scanned);
            scanned[len / 2] = 0xff;
            scan(&scanned);
        }
    }
}

/// Twice the bytes, twice the time: no pattern makes the scan look at everything again from every
/// position. What would take minutes has twenty seconds, for a slow machine and a debug build.
#[test]
fn time_grows_with_the_input_and_not_faster() {
    let matcher = Matcher::new(sample::set());
    let time = |pattern: &str, size: usize| {
        let bytes = pattern.repeat(size / pattern.len());
        let begun = Instant::now();
        let hits = matcher.hits(bytes.as_bytes()).len();
        (begun.elapsed(), hits)
    };
    let mut slow = Vec::new();
    for pattern in FLOODS {
        // A sixteenth first: what fails would take minutes otherwise.
        for (size, limit) in [(256 << 10, 1.25), (4 << 20, 20.0)] {
            let (took, hits) = time(pattern, size);
            if took > Duration::from_secs_f64(limit) {
                slow.push(format!("{size} bytes of {pattern:?}: {took:?}, {hits} hits"));
                break;
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

/// What a sink is told, without the text.
#[derive(Default)]
struct Places(Vec<(std::ops::Range<u64>, u64, Vec<u8>, usize)>);

impl Sink for Places {
    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        let hit = sighting.hit;
        let (excerpt, offset) = sighting.excerpt;
        let in_excerpt = hit.span.start >= offset && hit.span.end <= offset + excerpt.len() as u64;
        assert!(in_excerpt, "{:?} in {offset}+{}", hit.span, excerpt.len());
        assert!(sighting.truncated);
        self.0.push((hit.span.clone(), hit.line, sighting.matched.to_vec(), sighting.line.len()));
        Ok(ControlFlow::Continue(()))
    }
}

#[test]
fn one_line_of_200_megabytes() {
    const SIZE: u64 = 200 << 20;
    let planted = b" 45.77.231.209 ";
    let plain = "key=value 1.2.3.4.5 a.b.c x:y:z ".repeat(100);
    let block = format!("{plain}%20 \\t [.] (1)a").repeat(1 << 8);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut expected = Vec::new();
    let mut written = 0;
    let mut put = |bytes: &[u8]| {
        file.write_all(bytes).unwrap();
        written += bytes.len() as u64;
        written
    };
    put(b"a line before it\n");
    for part in 0..3 {
        let end = put(planted);
        expected.push(end - 14..end - 1);
        while part < 2 && put(b"") < SIZE / 2 * (part + 1) {
            put(block.as_bytes());
        }
    }
    put(b"\nc0c.cc, the line after it");
    file.flush().unwrap();

    let matcher = Matcher::new(sample::set());
    for (mapping, threads) in [(Mapping::Never, 2), (Mapping::Auto, 2)] {
        let options =
            SweepOptions { threads, mapping, chunk_size: 1 << 20, ..SweepOptions::default() };
        let mut places = Places::default();
        let input = [Input::Path(file.path().to_owned())];
        let summary = sweep(&matcher, &input, &options, &mut places).unwrap();
        let spans: Vec<_> = places.0.iter().map(|(span, ..)| span.clone()).collect();
        assert_eq!(spans, expected, "{options:?}");
        for (_, line, matched, kept) in &places.0 {
            assert_eq!((*line, &matched[..]), (2, &b"45.77.231.209"[..]), "{options:?}");
            assert_eq!(*kept, LINE_LIMIT, "{options:?}");
        }
        assert_eq!((summary.lines, summary.hits, summary.hit_lines), (3, 3, 1), "{options:?}");
        assert!(summary.problems.is_empty(), "{:?}", summary.problems);
    }
}
