//! Tests of the corpus generator, which the benches and this crate share.

use std::collections::HashSet;

use crate::corpus::{Corpus, Counts, PlantKind, Plants, Rate, Spec, generate, write_list};

const SHA1: &str = "7992c0a816246b287d991c4ecf68f2d32e4bca18";
const SHA256: &str = "2aa12e5989065951be84ce932b65bd197dd6be3fa987838bad48536c0c74d145";
const ADDRESSES: [&str; 3] = ["45.77.231.209", "202.182.109.151", "5.188.33.228"];
const NAMES: [&str; 3] = ["c0cc.cc", "vpn472462384.softether.net", "b2047.com"];

fn plants() -> Plants {
    let addresses = ADDRESSES.map(|value| (PlantKind::Address, value));
    let names = NAMES.map(|value| (PlantKind::Name, value));
    let fingerprints = [(PlantKind::Sha1, SHA1), (PlantKind::Sha256, SHA256)];
    Plants::new(addresses.into_iter().chain(names).chain(fingerprints))
}

fn spec(corpus: Corpus) -> Spec {
    Spec {
        corpus,
        size: 4_000_000,
        planted: Rate::OneIn(50),
        near_misses: Rate::OneIn(70),
        seed: 7,
    }
}

fn written(spec: &Spec) -> (String, Counts) {
    let mut bytes = Vec::new();
    let counts = generate(spec, &plants(), &mut bytes).unwrap();
    (String::from_utf8(bytes).unwrap(), counts)
}

/// The slow and plain way to count what was planted.
fn hits_in(line: &str) -> u64 {
    let line = unlabel(line).replace(&colons(SHA1), SHA1);
    let tokens = line.split(|c: char| !(c.is_ascii_alphanumeric() || ".-_".contains(c)));
    tokens
        .map(|token| token.trim_matches(['.', '-', '_']))
        .filter(|token| {
            ADDRESSES.contains(token)
                || [SHA1, SHA256].contains(token)
                || NAMES.iter().any(|name| {
                    token
                        .strip_suffix(name)
                        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                })
        })
        .count() as u64
}

fn colons(hex: &str) -> String {
    let pairs: Vec<&str> = (0..hex.len() / 2).map(|at| &hex[2 * at..2 * at + 2]).collect();
    pairs.join(":")
}

/// `(3)www(4)c0cc(2)cc(0)` as `www.c0cc.cc`.
fn unlabel(line: &str) -> String {
    let Some((head, labels)) =
        line.split_once("]  A      (").or_else(|| line.split_once("] A      ("))
    else {
        return line.to_owned();
    };
    let labels: Vec<&str> =
        labels.split(')').skip(1).map(|part| part.split('(').next().unwrap()).collect();
    format!("{head} {}", labels.join("."))
}

#[test]
fn counts_agree_with_a_plain_search() {
    for corpus in Corpus::ALL {
        let (text, counts) = written(&spec(corpus));
        assert_eq!(counts.bytes, text.len() as u64, "{corpus}");
        assert_eq!(counts.lines, text.lines().count() as u64, "{corpus}");
        let per_line: Vec<u64> = text.lines().map(hits_in).collect();
        assert_eq!(counts.hits, per_line.iter().sum::<u64>(), "{corpus}");
        let hit_lines = per_line.iter().filter(|&&hits| hits > 0).count() as u64;
        assert_eq!(counts.planted_lines, hit_lines, "{corpus}");
        let expected = counts.lines / 50;
        assert!(hit_lines.abs_diff(expected) <= expected / 20 + 2, "{corpus}: {counts}");
        assert!(counts.near_miss_lines > counts.lines / 80, "{corpus}: {counts}");
        assert!(counts.address_lines > 0 && counts.address_lines < hit_lines, "{corpus}");
    }
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    for corpus in Corpus::ALL {
        let spec = Spec { size: 300_000, ..spec(corpus) };
        assert_eq!(written(&spec), written(&spec));
        assert_ne!(written(&spec).0, written(&Spec { seed: 8, ..spec }).0);
    }
}

#[test]
fn a_line_ends_the_file_just_past_its_size() {
    for corpus in Corpus::ALL {
        let (text, counts) = written(&spec(corpus));
        assert!(text.ends_with('\n'));
        assert!(counts.bytes >= 4_000_000 && counts.bytes < 4_002_000);
    }
}

#[test]
fn a_total_is_met_however_many_lines_it_takes() {
    for total in [1, 300, 10_000] {
        let (_, counts) = written(&Spec { planted: Rate::Total(total), ..spec(Corpus::Mixed) });
        assert!(counts.planted_lines.abs_diff(total) <= 1, "{total}: {counts}");
    }
}

#[test]
fn nothing_is_planted_where_nothing_is_asked_for() {
    let spec = Spec { planted: Rate::Never, ..spec(Corpus::Mixed) };
    let (text, counts) = written(&spec);
    assert_eq!(counts.planted_lines, 0);
    assert_eq!(text.lines().map(hits_in).sum::<u64>(), 0);
}

fn list(count: u64) -> Vec<String> {
    let mut bytes = Vec::new();
    write_list(count, 3, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_list_is_a_mixture_without_repetitions() {
    let values = list(100_000);
    assert_eq!(values.len(), 100_000);
    assert_eq!(values.iter().collect::<HashSet<_>>().len(), 100_000);
    let hashes = values.iter().filter(|value| value.len() == 64 && !value.contains('.')).count();
    let is_address = |value: &&String| value.parse::<std::net::Ipv4Addr>().is_ok();
    assert_eq!(hashes, 5_000);
    assert_eq!(values.iter().filter(is_address).count(), 50_000);
    assert_eq!(list(1_000), values[..1_000]);
}

#[test]
fn no_corpus_holds_a_value_of_a_list_by_chance() {
    let values: HashSet<String> = list(200_000).into_iter().collect();
    let plants = Plants::none();
    for corpus in Corpus::ALL {
        let mut bytes = Vec::new();
        generate(&Spec { planted: Rate::Never, ..spec(corpus) }, &plants, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for token in text.split(|c: char| !(c.is_ascii_alphanumeric() || ".-_".contains(c))) {
            let mut rest = token;
            while let Some((_, parent)) = rest.split_once('.') {
                assert!(!values.contains(rest), "{token} is covered by {rest}");
                rest = parent;
            }
        }
    }
}
