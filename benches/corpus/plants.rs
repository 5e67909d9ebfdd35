//! The indicators that are planted, and what looks like them.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use flaxscan::indicator::{HashAlgorithm, IndicatorSet, Kind, Scope};

use super::line::{Origin, Token};

/// Which place of a line an indicator can stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlantKind {
    /// An IPv4 address.
    Address,
    /// A name that is looked for without the names below it.
    ExactName,
    /// A name that is looked for with the names below it: one in four is planted with a label
    /// before it.
    Name,
    /// A certificate's SHA-1.
    Sha1,
    /// A certificate's SHA-256.
    Sha256,
}

/// The indicators that can be planted, by kind.
#[derive(Debug, Default)]
pub struct Plants {
    pub(super) addresses: Vec<u32>,
    /// Whether names below are covered goes with each.
    pub(super) names: Vec<(String, bool)>,
    pub(super) sha1: Vec<String>,
    pub(super) sha256: Vec<String>,
    pub(super) near_addresses: Vec<u32>,
    pub(super) near_names: Vec<String>,
    covered_names: HashSet<String>,
    covered_addresses: HashSet<u32>,
}

/// Real sites and plausible addresses that a search without boundaries takes for indicators of
/// the embedded set.
const NEAR_NAMES: [&str; 6] = [
    "www.avtb2047.com",
    "pcw8510.com",
    "c0cc.cc.example.net",
    "w8510-com.example.org",
    "notc0cc.cc",
    "mail.w85101.com",
];
const NEAR_ADDRESSES: [&str; 3] = ["145.77.231.209", "15.188.33.228", "192.38.185.43"];

/// How many of the indicators near misses are derived from.
const DERIVED: usize = 256;

impl Plants {
    /// Nothing to plant: every line is innocent.
    #[must_use]
    pub fn none() -> Self {
        Self::new([])
    }

    /// These values. What fits no place of a line (a name of more than 80 characters, an address
    /// that is none) is left out.
    #[must_use]
    pub fn new<'a>(values: impl IntoIterator<Item = (PlantKind, &'a str)>) -> Self {
        let mut plants = Self::default();
        for (kind, value) in values {
            match kind {
                PlantKind::Address => {
                    let parsed: Option<Ipv4Addr> = value.parse().ok();
                    plants.addresses.extend(parsed.map(u32::from));
                }
                PlantKind::ExactName | PlantKind::Name if value.len() + 16 <= Token::MAX => {
                    plants.names.push((value.to_owned(), kind == PlantKind::Name));
                }
                PlantKind::ExactName | PlantKind::Name => {}
                PlantKind::Sha1 => plants.sha1.push(value.to_owned()),
                PlantKind::Sha256 => plants.sha256.push(value.to_owned()),
            }
        }
        plants.covered_addresses = plants.addresses.iter().copied().collect();
        // A name that is looked for alone counts as covering too: the generator must only avoid it.
        plants.covered_names = plants.names.iter().map(|(name, _)| name.clone()).collect();
        plants.derive_near_misses();
        plants
    }

    /// What of `set` fits a place of a line.
    #[must_use]
    pub fn of(set: &IndicatorSet) -> Self {
        Self::new(set.iter().filter_map(|indicator| {
            let kind = match indicator.kind() {
                Kind::Ipv4 => PlantKind::Address,
                Kind::Domain if indicator.traits().scope == Scope::Exact => PlantKind::ExactName,
                Kind::Domain => PlantKind::Name,
                Kind::Certificate(HashAlgorithm::Sha1) => PlantKind::Sha1,
                Kind::Certificate(HashAlgorithm::Sha256) => PlantKind::Sha256,
                _ => return None,
            };
            Some((kind, indicator.value()))
        }))
    }

    /// The addresses and names alone, which are what other programs can look for.
    #[must_use]
    pub fn hosts_of(set: &IndicatorSet) -> Self {
        let all = Self::of(set);
        Self { sha1: Vec::new(), sha256: Vec::new(), ..all }
    }

    /// The addresses.
    pub fn addresses(&self) -> impl ExactSizeIterator<Item = Ipv4Addr> {
        self.addresses.iter().map(|&address| address.into())
    }

    /// The names.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(|(name, _)| name.as_str())
    }

    /// Whether an address is one of the indicators.
    #[must_use]
    pub fn has_address(&self, address: u32) -> bool {
        self.covered_addresses.contains(&address)
    }

    /// Whether a name is one of the indicators or below one.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        let mut rest = name;
        loop {
            if self.covered_names.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, parent)) => rest = parent,
                None => return false,
            }
        }
    }

    fn derive_near_misses(&mut self) {
        let mut addresses: Vec<u32> = NEAR_ADDRESSES
            .iter()
            .filter_map(|text| text.parse().ok())
            .map(|address: Ipv4Addr| address.into())
            .collect();
        // A digit before the first octet: a search without boundaries finds the indicator in it.
        let longer = self.addresses.iter().filter_map(|&address| {
            let (first, rest) = (address >> 24, address & 0x00ff_ffff);
            (10..100).contains(&first).then_some((first + 100) << 24 | rest)
        });
        addresses.extend(longer.take(DERIVED));
        addresses.retain(|&address| !self.has_address(address));

        let mut names: Vec<String> = NEAR_NAMES.map(str::to_owned).to_vec();
        for (name, _) in self.names.iter().take(DERIVED) {
            names.push(format!("not{name}"));
            names.push(format!("{name}.example.net"));
            // The zone it shares with strangers.
            if let Some((_, zone)) = name.split_once('.')
                && zone.contains('.')
            {
                names.push(format!("sibling-of-it.{zone}"));
            }
        }
        names.retain(|name| name.len() <= Token::MAX && !self.has_name(name));
        self.near_addresses = addresses;
        self.near_names = names;
    }

    pub(super) fn name_token(name: &str, prefix: &str) -> Token {
        let mut token = Token::new(prefix.as_bytes(), Origin::PlantedOther);
        token.push(name.as_bytes());
        token
    }
}
