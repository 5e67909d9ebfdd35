//! Addresses and ranges of both families.
//!
//! An IPv4 address first asks one bit for its upper 16 bits: 8 KiB that stay in the first-level
//! cache and turn away every private address. With many indicators most of those bits are set, so
//! a second table has a bit for each /24 (2 MiB, made only then). The exact step looks the
//! address up under every prefix length that occurs, longest first.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hashbrown::HashMap;
use ipnet::IpNet;

use crate::indicator::IndicatorId;

/// From how many addresses on the /24 table is worth its 2 MiB.
const BLOCKS_FROM: usize = 2048;

/// Addresses and ranges, by value.
#[derive(Debug)]
pub(crate) struct AddressIndex {
    /// One bit for each /16.
    upper: Box<[u64; 1024]>,
    /// One bit for each /24.
    blocks: Option<Box<[u64]>>,
    /// By address with host bits zero, and prefix length.
    v4: HashMap<(u32, u8), IndicatorId>,
    v4_lengths: Vec<u8>,
    v6: HashMap<(u128, u8), IndicatorId>,
    v6_lengths: Vec<u8>,
}

/// Zeroes the host bits of an IPv4 address.
fn mask_v4(address: u32, length: u8) -> u32 {
    if length == 0 { 0 } else { address & u32::MAX << (32 - length) }
}

/// Zeroes the host bits of an IPv6 address.
fn mask_v6(address: u128, length: u8) -> u128 {
    if length == 0 { 0 } else { address & u128::MAX << (128 - length) }
}

impl AddressIndex {
    /// An empty index with room for `expected` addresses.
    pub(crate) fn with_capacity(expected: usize) -> Self {
        Self {
            upper: Box::new([0; 1024]),
            blocks: (expected >= BLOCKS_FROM).then(|| vec![0; 1 << 18].into()),
            v4: HashMap::with_capacity(expected),
            v4_lengths: Vec::new(),
            v6: HashMap::new(),
            v6_lengths: Vec::new(),
        }
    }

    /// Whether no address and no range is in the index.
    pub(crate) fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty() && self.upper.iter().all(|&word| word == 0)
    }

    /// Adds an address or a range in canonical text. Anything else is left out: the set holds
    /// canonical values only.
    pub(crate) fn insert(&mut self, value: &str, id: IndicatorId) {
        let net = match value.parse::<IpNet>() {
            Ok(net) => net,
            Err(_) => match value.parse::<IpAddr>() {
                Ok(address) => IpNet::from(address),
                Err(_) => return,
            },
        };
        match net {
            IpNet::V4(net) => {
                let (first, length) = (u32::from(net.network()), net.prefix_len());
                self.set_bits(first, u32::from(net.broadcast()));
                self.v4.insert((first, length), id);
                if !self.v4_lengths.contains(&length) {
                    self.v4_lengths.push(length);
                }
            }
            IpNet::V6(net) => {
                let length = net.prefix_len();
                self.v6.insert((u128::from(net.network()), length), id);
                if !self.v6_lengths.contains(&length) {
                    self.v6_lengths.push(length);
                }
            }
        }
    }

    /// Makes the filter pass an address that is no indicator itself: a URL's host.
    pub(crate) fn let_pass(&mut self, address: IpAddr) {
        if let IpAddr::V4(address) = address {
            self.set_bits(u32::from(address), u32::from(address));
        }
    }

    fn set_bits(&mut self, first: u32, last: u32) {
        for upper in first >> 16..=last >> 16 {
            self.upper[(upper >> 6) as usize] |= 1 << (upper & 63);
        }
        if let Some(blocks) = &mut self.blocks {
            for block in first >> 8..=last >> 8 {
                blocks[(block >> 6) as usize] |= 1 << (block & 63);
            }
        }
    }

    /// To be called once after the last insertion.
    pub(crate) fn finish(&mut self) {
        self.v4_lengths.sort_unstable_by(|a, b| b.cmp(a));
        self.v6_lengths.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// Whether an address with these upper 16 bits may be known.
    #[inline(always)]
    pub(crate) fn may_contain(&self, upper: u16) -> bool {
        self.upper[usize::from(upper >> 6)] >> (upper & 63) & 1 != 0
    }

    /// Whether `address` may be known, from the second table where there is one.
    #[inline(always)]
    pub(crate) fn block_may_contain(&self, address: u32) -> bool {
        let block = address >> 8;
        self.blocks
            .as_ref()
            .and_then(|blocks| blocks.get((block >> 6) as usize))
            .is_none_or(|word| word >> (block & 63) & 1 != 0)
    }

    /// Every indicator that covers `address`, most specific first, with its prefix length.
    pub(crate) fn covering_v4(
        &self,
        address: Ipv4Addr,
    ) -> impl Iterator<Item = (u8, IndicatorId)> + '_ {
        let address = u32::from(address);
        let known = self.may_contain((address >> 16) as u16) && self.block_may_contain(address);
        let lengths = if known { self.v4_lengths.as_slice() } else { &[] };
        lengths.iter().filter_map(move |&length| {
            Some((length, *self.v4.get(&(mask_v4(address, length), length))?))
        })
    }

    /// Every indicator that covers `address`, most specific first, with its prefix length.
    pub(crate) fn covering_v6(
        &self,
        address: Ipv6Addr,
    ) -> impl Iterator<Item = (u8, IndicatorId)> + '_ {
        let address = u128::from(address);
        self.v6_lengths.iter().filter_map(move |&length| {
            Some((length, *self.v6.get(&(mask_v6(address, length), length))?))
        })
    }
}
