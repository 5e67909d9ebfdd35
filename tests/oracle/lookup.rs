//! A linear search over the indicators.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use flaxscan::indicator::{Indicator, IndicatorId, IndicatorSet, Kind, Scope};
use flaxscan::scan::{Encodings, Match, Relation};
use regex::bytes::Regex;

use super::addresses;

/// The indicators with their values taken apart.
pub struct Indicators<'a> {
    pub set: &'a IndicatorSet,
    entries: Vec<(IndicatorId, Entry<'a>)>,
}

enum Entry<'a> {
    Address(IpAddr),
    Range(IpAddr, u32),
    Domain { name: &'a str, scope: Scope },
    Url(Url<'a>),
    Email { local: &'a str, domain: &'a str },
    Digest(&'a str),
    Literal(Regex),
}

/// A URL indicator's parts. The path begins with `/`.
#[derive(Clone, Copy)]
pub struct Url<'a> {
    pub host: &'a str,
    pub port: Option<&'a str>,
    pub path: &'a str,
}

impl<'a> Indicators<'a> {
    pub fn new(set: &'a IndicatorSet) -> Self {
        let entries = set.iter().map(|indicator| (indicator.id(), entry(indicator))).collect();
        Self { set, entries }
    }

    fn matches(&self, relation: impl Fn(&Entry<'a>) -> Option<Relation>) -> Vec<Match> {
        self.entries
            .iter()
            .filter_map(|(indicator, entry)| {
                relation(entry).map(|relation| Match { relation, indicator: *indicator })
            })
            .collect()
    }

    /// The address, and the IPv4 address in it.
    pub fn address(&self, address: IpAddr) -> (Vec<Match>, Encodings) {
        let mut matches = self.one_address(address);
        let mut encodings = Encodings::NONE;
        if let IpAddr::V6(v6) = address
            && let Some((inner, encoding)) = addresses::inner_ipv4(v6)
        {
            let inner = self.one_address(IpAddr::V4(inner));
            if !inner.is_empty() {
                encodings = encodings.with(encoding);
                matches.extend(inner);
            }
        }
        (matches, encodings)
    }

    fn one_address(&self, address: IpAddr) -> Vec<Match> {
        self.matches(|entry| match entry {
            Entry::Address(known) if *known == address => Some(Relation::Exact),
            Entry::Range(network, len) if in_range(address, *network, *len) => {
                Some(Relation::InRange)
            }
            _ => None,
        })
    }

    pub fn embedded(&self, address: Ipv4Addr) -> Vec<Match> {
        let whole = self.one_address(IpAddr::V4(address));
        whole.into_iter().map(|one| Match { relation: Relation::Embedded, ..one }).collect()
    }

    pub fn name(&self, name: &str) -> Vec<Match> {
        self.matches(|entry| match entry {
            Entry::Domain { name: known, .. } if *known == name => Some(Relation::Exact),
            Entry::Domain { name: known, scope: Scope::Subtree }
                if name.ends_with(&format!(".{known}")) =>
            {
                Some(Relation::Subdomain)
            }
            _ => None,
        })
    }

    pub fn digest(&self, hex: &str) -> Vec<Match> {
        self.matches(|entry| match entry {
            Entry::Digest(known) if *known == hex => Some(Relation::Exact),
            _ => None,
        })
    }

    pub fn email(&self, is_it: impl Fn(&str, &str) -> bool) -> Vec<Match> {
        self.matches(|entry| match entry {
            Entry::Email { local, domain } if is_it(local, domain) => Some(Relation::Exact),
            _ => None,
        })
    }

    /// The URLs that `place` finds, with what it says about each.
    pub fn urls(
        &self,
        place: impl Fn(Url<'a>) -> Option<(Relation, usize)>,
    ) -> Vec<(Match, usize)> {
        self.entries
            .iter()
            .filter_map(|(indicator, entry)| {
                let Entry::Url(url) = entry else { return None };
                let (relation, len) = place(*url)?;
                Some((Match { relation, indicator: *indicator }, len))
            })
            .collect()
    }

    pub fn literals(&self) -> impl Iterator<Item = (Match, &Regex)> {
        self.entries.iter().filter_map(|(indicator, entry)| {
            let Entry::Literal(pattern) = entry else { return None };
            Some((Match { relation: Relation::Literal, indicator: *indicator }, pattern))
        })
    }
}

fn entry(indicator: Indicator<'_>) -> Entry<'_> {
    let value = indicator.value();
    match indicator.kind() {
        Kind::Ipv4 => Entry::Address(IpAddr::V4(value.parse::<Ipv4Addr>().unwrap())),
        Kind::Ipv6 => Entry::Address(IpAddr::V6(value.parse::<Ipv6Addr>().unwrap())),
        Kind::Cidr => {
            let (network, len) = value.split_once('/').unwrap();
            Entry::Range(network.parse().unwrap(), len.parse().unwrap())
        }
        Kind::Domain => Entry::Domain { name: value, scope: indicator.traits().scope },
        Kind::Url => {
            let (authority, _) = value.split_once('/').unwrap();
            let path = &value[authority.len()..];
            match authority.rsplit_once(':') {
                Some((host, port)) => Entry::Url(Url { host, port: Some(port), path }),
                None => Entry::Url(Url { host: authority, port: None, path }),
            }
        }
        Kind::Email => {
            let (local, domain) = value.rsplit_once('@').unwrap();
            Entry::Email { local, domain }
        }
        Kind::Hash(_) | Kind::Certificate(_) => Entry::Digest(value),
        Kind::Literal => {
            let flags = if indicator.traits().nocase { "(?i-u)" } else { "(?-u)" };
            Entry::Literal(Regex::new(&format!("{flags}{}", regex::escape(value))).unwrap())
        }
    }
}

fn in_range(address: IpAddr, network: IpAddr, len: u32) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let differing = u32::from(address) ^ u32::from(network);
            differing.leading_zeros() >= len
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let differing = u128::from(address) ^ u128::from(network);
            differing.leading_zeros() >= len
        }
        _ => false,
    }
}
