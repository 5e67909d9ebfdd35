//! The matching contract, case by case. Every line of a table is a sentence of the design.
//!
//! The oracle has to pass too: an oracle that is wrong would make the property tests agree on a
//! mistake.

// Only test crates; a panic is how a test fails.
#![allow(clippy::unwrap_used)]

mod oracle;

#[path = "contract/addresses.rs"]
mod addresses;
#[path = "contract/encodings.rs"]
mod encodings;
#[path = "contract/names.rs"]
mod names;
#[path = "contract/resources.rs"]
mod resources;

use std::panic::{AssertUnwindSafe, catch_unwind};

use flaxscan::indicator::IndicatorSet;
use flaxscan::scan::{Encoding, Hit, Matcher};
use oracle::{Expected, sample};

/// What is expected of one token: the bytes as they stand; the indicators with their relation,
/// the best first; what was looked through.
type Token<'a> = (&'a str, &'a str, &'a str);

/// An input and its hits, none for a near miss.
type Case<'a> = (&'a str, &'a [Token<'a>]);

const TABLES: &[(&str, &[Case<'_>])] = &[
    ("domain", names::DOMAIN),
    ("scope and form of names", names::FORM),
    ("unicode", names::UNICODE),
    ("boundaries", names::BOUNDARIES),
    ("ipv4", addresses::IPV4),
    ("ipv6", addresses::IPV6),
    ("ranges", addresses::RANGES),
    ("ipv4 in ipv6", addresses::MAPPED),
    ("embedded", addresses::EMBEDDED),
    ("digests", resources::DIGESTS),
    ("urls", resources::URLS),
    ("mail", resources::EMAIL),
    ("literals", resources::LITERALS),
    ("percent", encodings::PERCENT),
    ("escapes", encodings::ESCAPES),
    ("dns labels", encodings::DNS_LABELS),
    ("reverse names", encodings::REVERSE),
    ("defanged", encodings::DEFANGED),
    ("address dot port", encodings::DOT_PORT),
    ("number hosts", encodings::NUMBERS),
];

#[test]
fn the_oracle_keeps_the_contract() {
    check(oracle::hits);
}

#[test]
fn the_engine_keeps_the_contract() {
    let matcher = Matcher::new(sample::set());
    check(|input, set| {
        let hits = matcher.hits(input);
        assert_order(&hits, set, input);
        hits.iter().map(Expected::from).collect()
    });
}

/// The ends of a text are looked at in another way than what is in the middle of a long one.
#[test]
fn the_engine_keeps_the_contract_in_the_middle_of_a_long_text() {
    let matcher = Matcher::new(sample::set());
    let before = 9_000;
    check(|input, _| {
        let blank = vec![b'\n'; before];
        let hits = matcher.hits(&[&blank, input, &blank].concat());
        let shifted = hits.iter().map(Expected::from).map(|hit| Expected {
            start: hit.start - before as u64,
            end: hit.end - before as u64,
            line: hit.line - before as u64,
            line_start: hit.line_start - before as u64,
            ..hit
        });
        shifted.collect()
    });
}

/// Groups of two digits with a colon between are times and MAC addresses, and once in a while an
/// IPv6 address.
#[test]
fn an_address_of_two_digit_groups_is_found() {
    for (indicator, text) in [
        ("10:20:30:40:50:60:70:80", "from 10:20:30:40:50:60:70:80 to"),
        ("::/7", "from 10:20:30:40:50:60:70:80 to"),
    ] {
        let mut set = IndicatorSet::new();
        let observable = flaxscan::indicator::Observable::recognise(indicator).unwrap();
        let source = set.add_source(flaxscan::indicator::Source::default());
        let claim = flaxscan::indicator::NewClaim::bare(source);
        set.insert(&observable, flaxscan::indicator::Traits::default(), claim).unwrap();
        let hits = Matcher::new(set.clone()).hits(text.as_bytes());
        let hits: Vec<_> = hits.iter().map(Expected::from).collect();
        assert!(!hits.is_empty(), "{indicator}");
        assert_eq!(hits, oracle::hits(text.as_bytes(), &set), "{indicator}");
    }
}

#[test]
fn the_embedded_set_is_matched_alike() {
    let set = IndicatorSet::embedded();
    let matcher = Matcher::new(set.clone());
    for (input, _) in TABLES.iter().flat_map(|(_, cases)| *cases) {
        let mut hits: Vec<_> = matcher.hits(input.as_bytes()).iter().map(Expected::from).collect();
        hits.sort();
        assert_eq!(hits, oracle::hits(input.as_bytes(), &set), "{input:?}");
    }
}

/// Every boundary of the contract before and after every sort of token.
#[test]
fn boundaries_around_tokens() {
    let set = sample::set();
    let matcher = Matcher::new(set.clone());
    let mut wrong = Vec::new();
    // None of the tokens completes `\` or `%` to an escape.
    for token in ["w8510.com", "5.188.33.228", "www.w8510.com"] {
        for boundary in "=,;\"'()[]<>/\\|#?@:&% \t\r\u{b}\u{c}".chars() {
            for (before, after) in [("", ""), ("x", "y"), ("x ", " y"), ("1", "2")] {
                for input in [
                    format!("{before}{boundary}{token}{boundary}{after}"),
                    format!("{before}{boundary}{token}"),
                    format!("{token}{boundary}{after}"),
                ] {
                    let start = input.find(token).unwrap() as u64;
                    let end = start + token.len() as u64;
                    for (who, hits) in both(&matcher, &set, input.as_bytes()) {
                        let plain = matches!(&hits[..], [hit] if hit.start == start
                            && hit.end == end && hit.encodings.is_plain());
                        if !plain {
                            wrong.push(format!("{who}: {input:?}: {hits:?}"));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them\n{}", wrong.len(), wrong.join("\n"));
}

/// A hash is bounded by anything that is no hex digit.
#[test]
fn boundaries_around_hashes() {
    let set = sample::set();
    let matcher = Matcher::new(set.clone());
    for digest in [sample::MD5, sample::SHA1, sample::SHA256, sample::SHA512] {
        for boundary in "=,;\"'()[]<>/|#?@:& \tgzGZ._-".chars() {
            let input = format!("x{boundary}{digest}{boundary}y");
            for (who, hits) in both(&matcher, &set, input.as_bytes()) {
                assert_eq!(hits.len(), 1, "{who}: {input:?}: {hits:?}");
                assert_eq!((hits[0].start, hits[0].end), (2, 2 + digest.len() as u64), "{who}");
            }
        }
        for neighbour in "0123456789abcdefABCDEF".chars() {
            for input in [format!("{neighbour}{digest}"), format!("{digest}{neighbour}")] {
                for (who, hits) in both(&matcher, &set, input.as_bytes()) {
                    assert!(hits.is_empty(), "{who}: {input:?}: {hits:?}");
                }
            }
        }
    }
}

fn both(matcher: &Matcher, set: &IndicatorSet, input: &[u8]) -> [(&'static str, Vec<Expected>); 2] {
    let engine = matcher.hits(input).iter().map(Expected::from).collect();
    [("oracle", oracle::hits(input, set)), ("engine", engine)]
}

fn check(hits: impl Fn(&[u8], &IndicatorSet) -> Vec<Expected>) {
    let set = sample::set();
    let mut wrong = Vec::new();
    for (table, cases) in TABLES {
        for (input, tokens) in *cases {
            // Alone, in the middle of other lines, and in a file with CRLF line ends.
            for (before, after) in [("", ""), ("first line\n\n", "\nlast line\n"), ("\r\n", "\r\n")]
            {
                let whole = format!("{before}{input}{after}");
                // One case that panics does not hide the rest.
                let scan = || hits(whole.as_bytes(), &set);
                let Ok(got) = catch_unwind(AssertUnwindSafe(scan)) else {
                    wrong.push(format!("{table}: {whole:?}\n  panics"));
                    continue;
                };
                let line = 1 + before.matches('\n').count() as u64;
                let mut text = spelled(&got, &set, whole.as_bytes());
                let mut expected: Vec<String> =
                    tokens.iter().map(|(a, b, c)| format!("{a:?} is {b} [{c}]")).collect();
                text.sort();
                expected.sort();
                let placed = got.iter().all(|hit| {
                    // The tables hold single lines.
                    hit.line == line && hit.line_start == before.len() as u64
                });
                if text != expected || !placed {
                    wrong.push(format!("{table}: {whole:?}\n  want {expected:?}\n  got  {text:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases are wrong\n{}", wrong.len(), wrong.join("\n"));
}

fn spelled(hits: &[Expected], set: &IndicatorSet, input: &[u8]) -> Vec<String> {
    let spell = |hit: &Expected| {
        let matched = &input[hit.start as usize..hit.end as usize];
        let mut matches = hit.matches.clone();
        matches.sort_by_key(|&one| (oracle::rank(set, one), set.get(one.indicator).value()));
        let matches: Vec<String> = matches
            .iter()
            .map(|one| format!("{} {}", set.get(one.indicator).value(), one.relation.name()))
            .collect();
        let encodings: Vec<&str> = hit.encodings.iter().map(Encoding::name).collect();
        let matched = String::from_utf8_lossy(matched);
        format!("{matched:?} is {} [{}]", matches.join(", "), encodings.join(" "))
    };
    hits.iter().map(spell).collect()
}

fn assert_order(hits: &[Hit], set: &IndicatorSet, input: &[u8]) {
    let input = String::from_utf8_lossy(input);
    assert!(hits.is_sorted_by_key(|hit| hit.span.start), "{input:?}: {hits:?}");
    for hit in hits {
        let best_first = hit.matches.is_sorted_by_key(|&one| oracle::rank(set, one));
        assert!(best_first, "{input:?}: {:?}", hit.matches);
    }
}
