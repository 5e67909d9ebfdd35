//! What the embedded set promises, value by value.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;

use flaxscan::indicator::{
    Class, Confidence, FLAX_TYPHOON, HashAlgorithm, IndicatorSet, Kind, Observable,
    embedded_sha256, embedded_version,
};
use sha2::{Digest, Sha256};

#[test]
fn counts_per_type() {
    let set = IndicatorSet::embedded();
    let mut counts = BTreeMap::<&str, (usize, usize)>::new();
    for indicator in set.iter() {
        let (values, claims) = counts.entry(indicator.kind().name()).or_default();
        *values += 1;
        *claims += indicator.claims().count();
    }
    // Values and claims. Domains: 346 and 352 as collected, and the sanctioned company's own.
    let expected = [
        ("certificate-sha1", (4, 4)),
        ("certificate-sha256", (3, 3)),
        ("domain", (346 + 1, 352 + 1)),
        ("ipv4", (620, 639)),
        ("literal", (38, 38)),
        ("md5", (32, 32)),
        ("sha256", (32, 32)),
    ];
    assert_eq!(counts, expected.into());
    assert_eq!(set.len(), 1076);
}

#[test]
fn every_value_is_canonical() {
    for indicator in IndicatorSet::embedded().iter() {
        let (kind, value) = (indicator.kind(), indicator.value());
        match kind {
            Kind::Literal => assert!(!value.is_empty() && value.trim() == value, "{value}"),
            Kind::Certificate(algorithm) => {
                let hash = Observable { kind: Kind::Hash(algorithm), value: value.to_owned() };
                assert_eq!(Observable::recognise(value), Ok(hash));
            }
            kind => {
                let same = Observable { kind, value: value.to_owned() };
                assert_eq!(Observable::recognise(value), Ok(same));
            }
        }
    }
}

#[test]
fn the_hash_is_that_of_the_files() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/flax-typhoon");
    let files = ["indicators.tsv", "sources.tsv"].map(|file| fs::read(data.join(file)).unwrap());
    let hash: String =
        Sha256::digest(files.concat()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(embedded_sha256(), hash);
}

#[test]
fn no_duplicates() {
    // `insert` would merge them silently: count the records in the file.
    let file = include_str!("../data/flax-typhoon/indicators.tsv");
    let is_record = |line: &&str| !line.is_empty() && !line.starts_with(['#', '\t']);
    let records: Vec<&str> = file.lines().filter(is_record).skip(1).collect();
    let distinct: HashSet<&str> = records.iter().copied().collect();
    assert_eq!((records.len(), distinct.len()), (1076, 1076));
    let claims = file.lines().filter(|line| line.starts_with('\t')).count();
    let set = IndicatorSet::embedded();
    assert_eq!(claims, 1101);
    assert_eq!(set.iter().map(|indicator| indicator.claims().count()).sum::<usize>(), claims);
    assert_eq!(set.len(), records.len());
}

#[test]
fn every_address_is_global() {
    for indicator in IndicatorSet::embedded().iter().filter(|it| it.kind() == Kind::Ipv4) {
        let address: Ipv4Addr = indicator.value().parse().unwrap();
        assert!(is_global(address), "{address}");
    }
}

/// Outside the blocks of the IANA special-purpose registry (RFC 6890) and multicast.
fn is_global(address: Ipv4Addr) -> bool {
    let special = [
        ("0.0.0.0", 8),
        ("10.0.0.0", 8),
        ("100.64.0.0", 10),
        ("127.0.0.0", 8),
        ("169.254.0.0", 16),
        ("172.16.0.0", 12),
        ("192.0.0.0", 24),
        ("192.0.2.0", 24),
        ("192.31.196.0", 24),
        ("192.52.193.0", 24),
        ("192.88.99.0", 24),
        ("192.168.0.0", 16),
        ("192.175.48.0", 24),
        ("198.18.0.0", 15),
        ("198.51.100.0", 24),
        ("203.0.113.0", 24),
        ("224.0.0.0", 4),
        ("240.0.0.0", 4),
    ];
    !special.into_iter().any(|(block, length)| {
        let block: Ipv4Addr = block.parse().expect("an address of the table above");
        (u32::from(block) ^ u32::from(address)) >> (32 - length) == 0
    })
}

#[test]
fn special_blocks_are_not_global() {
    for text in ["10.1.2.3", "127.0.0.1", "203.0.113.9", "239.1.1.1", "255.255.255.255"] {
        assert!(!is_global(text.parse().unwrap()), "{text}");
    }
    assert!(is_global("45.77.231.209".parse().unwrap()));
}

#[test]
fn literals_decode_to_the_host_they_stand_for() {
    let set = IndicatorSet::embedded();
    let hosts: HashSet<&str> =
        set.iter().filter(|it| it.kind() == Kind::Domain).map(|it| it.value()).collect();
    let mut decoded = 0;
    for literal in set.iter().filter(|it| it.kind() == Kind::Literal) {
        assert!(!literal.traits().nocase);
        let mut host: Vec<u8> = base64(literal.value()).iter().map(|byte| byte ^ 0x44).collect();
        host.truncate(host.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1));
        let host = String::from_utf8(host).unwrap();
        for claim in literal.claims() {
            assert_eq!(claim.role.rsplit(' ').next(), Some(host.as_str()));
        }
        assert!(hosts.contains(host.as_str()), "{host} is an indicator itself");
        decoded += 1;
    }
    assert_eq!(decoded, 38);
}

/// RFC 4648 §4, with the padding in place.
fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    assert_eq!(text.len() % 4, 0, "{text}");
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = ALPHABET.iter().position(|&known| known == byte).expect("a base64 digit");
        bits = bits << 6 | digit as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

#[test]
fn every_source_is_known_and_cited() {
    let set = IndicatorSet::embedded();
    let keys: Vec<&str> = set.sources().iter().map(|source| source.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "microsoft-2023-08",
            "recordedfuture-2024-06",
            "lumen-2024-09",
            "csa-2024-09-18",
            "ofac-2025-01-03",
            "osint-2025",
            "doj-2026-10-08",
            "aa26-281a",
        ]
    );
    for source in set.sources() {
        assert!(!source.publisher.is_empty() && !source.publication.is_empty(), "{source:?}");
        assert!(!source.published.is_empty() && !source.citation.is_empty(), "{source:?}");
        assert!(!source.citation.contains("://"), "{source:?}");
        let used = set.iter().flat_map(|it| it.claims()).any(|it| it.source == source);
        assert!(used, "{} is the source of nothing", source.key);
    }
}

#[test]
fn windows_are_in_order() {
    for claim in IndicatorSet::embedded().iter().flat_map(|it| it.claims()) {
        if let (Some(first), Some(last)) = (claim.first_seen, claim.last_seen) {
            assert!(first <= last, "{claim:?}");
        }
        assert!(claim.confidence > Confidence::NotSpecified && !claim.role.is_empty(), "{claim:?}");
    }
}

#[test]
fn a_sanctioned_company_is_not_the_adversary() {
    let set = IndicatorSet::embedded();
    let of_class = |class| set.iter().filter(move |it| it.traits().class == class);
    let sanctioned: Vec<_> = of_class(Class::SanctionedEntity).collect();
    let [company] = sanctioned.as_slice() else { panic!("{sanctioned:?}") };
    assert_eq!(company.value(), "integritytech.com.cn");
    assert_eq!(company.best_claim().confidence, Confidence::Low);
    assert_eq!(company.group(), None);
    for indicator in of_class(Class::Infrastructure) {
        assert_eq!(indicator.group(), Some(&FLAX_TYPHOON), "{indicator:?}");
    }
}

#[test]
fn known_records_are_there() {
    let set = IndicatorSet::embedded();
    let certificate = set.find("7992c0a816246b287d991c4ecf68f2d32e4bca18").next().unwrap();
    assert_eq!(certificate.kind(), Kind::Certificate(HashAlgorithm::Sha1));
    let root = set.find("b2047.com").next().unwrap();
    assert_eq!(root.best_claim().role, "C2 root domain");
    assert_eq!(root.best_claim().first_seen, Some("2022-07-01".parse().unwrap()));
    assert!(set.find("www.avtb2047.com").next().is_none());
}

/// Case files cite the version: when this fails because the data changed, raise the version in
/// `indicators.tsv` and put both here.
#[test]
fn the_version_changes_with_the_content() {
    let files = [
        include_str!("../data/flax-typhoon/indicators.tsv"),
        include_str!("../data/flax-typhoon/sources.tsv"),
    ];
    // FNV-1a over the records; comments may change, and line ends with the checkout.
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    for line in files.iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with('#')) {
        for byte in line.bytes().chain([b'\n']) {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    assert_eq!((embedded_version(), digest), ("2026-10-08.1", 6_258_102_779_810_980_469));
}
