//! Runs of letters and digits: digests and long literals, wherever tiles end.

use proptest::prelude::*;
use proptest::sample::select;

use super::oracle::sample;
use super::{MATCHERS, as_the_oracle, config};

/// What runs of letters and digits are made of.
const RUNS: &[&str] = &[
    " ",
    " ",
    ",",
    ":",
    "=",
    "g",
    "é",
    "0",
    "Fe",
    sample::MD5,
    sample::SHA1,
    sample::SHA256,
    sample::SHA512,
    "D41D8CD98F00B204E9800998ECF8427E",
    "cf83e1357eefb8bdf1542850d66d8007",
    "a10d34ffd4f1b0",
    "76bfac584a32121234b2d9bb38f8c08752b1426039bb51fa9b0577d740f04591",
    sample::LONG_LITERAL,
    "AbCdEfGhIjKlMnOpQrStUvWxYz012345",
    "thisisonelongwordthathasnothingtosay",
];

proptest! {
    #![proptest_config(config(1500))]

    // Where a run begins and ends the tile may not know: around the ends of tiles, and in texts of
    // a few blocks, of which little is known.
    #[test]
    fn runs_between_tiles(
        runs in proptest::collection::vec(select(RUNS), 1..40),
        before in prop_oneof![0_usize..1_200, 3_500_usize..4_100],
        behind in prop_oneof![0_usize..140, 4_000_usize..4_100],
    ) {
        let log = ["\n".repeat(before), runs.concat(), "\n".repeat(behind)].concat();
        as_the_oracle(&MATCHERS, log.as_bytes())?;
    }
}

const DIGESTS: [&str; 4] = [sample::MD5, sample::SHA1, sample::SHA256, sample::SHA512];

/// So that more of it lies in the next tile, or in the one before, than is known there.
#[test]
fn a_digest_at_every_place_around_the_end_of_a_tile() {
    for digest in DIGESTS {
        for before in 3_760..4_040 {
            let log = ["\n".repeat(before), digest.to_owned(), "\n".repeat(4_000)].concat();
            for matcher in &*MATCHERS {
                let hits = matcher.hits(log.as_bytes());
                let spans: Vec<_> = hits.iter().map(|hit| hit.span.clone()).collect();
                let expected = before as u64..(before + digest.len()) as u64;
                assert_eq!(spans, [expected], "{} digits, {}", digest.len(), matcher.level());
            }
        }
    }
}
