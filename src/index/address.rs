//! Addresses and ranges of both families.
//!
//! An IPv4 address first asks one bit for its upper 16 bits: 8 KiB that stay in the first-level
//! cache and turn away every private address. With many indicators most of those bits are set, so
//! what passes asks a filter of whole addresses, or whether a range is near. The exact step looks
//! the address up under every prefix length that occurs, longest first.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hashbrown::HashMap;
use ipnet::IpNet;

use super::bits::{BitTable, mix};
use crate::indicator::IndicatorId;

/// One bit for each /16.
pub(crate) type Upper = [u64; 1024];

/// Addresses and ranges, by value.
#[derive(Debug)]
pub(crate) struct AddressIndex {
    /// Those with something in them.
    upper: Box<Upper>,
    /// One bit for each /16 with a range in or around it.
    ranges: Box<Upper>,
    /// Single addresses.
    single: BitTable,
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

fn set(bits: &mut Upper, upper: u32) {
    bits[(upper >> 6 & 1023) as usize] |= 1 << (upper & 63);
}

/// Whether a /16 is in the table.
#[inline(always)]
pub(crate) fn is_set(bits: &Upper, upper: u16) -> bool {
    bits[usize::from(upper >> 6)] >> (upper & 63) & 1 != 0
}

impl AddressIndex {
    /// An empty index with room for `expected` addresses.
    pub(crate) fn with_capacity(expected: usize) -> Self {
        Self {
            upper: Box::new([0; 1024]),
            ranges: Box::new([0; 1024]),
            single: BitTable::with_capacity(expected),
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

    /// Whether there is an IPv6 address or range.
    pub(crate) fn has_v6(&self) -> bool {
        !self.v6.is_empty()
    }

    /// Whether an IPv6 address whose first byte is zero may be known, for itself or for the IPv4
    /// address of the form `0.x.x.x` inside it.
    pub(crate) fn has_zero_byte_first(&self) -> bool {
        let v6 = self.v6.keys().any(|&(address, length)| length < 8 || address >> 120 == 0);
        v6 || self.upper[..4].iter().any(|&word| word != 0)
    }

    /// Adds an address or a range in canonical text. Anything else is left out: the set holds
    /// canonical values only.
    pub(crate) fn insert(&mut self, value: &str, id: IndicatorId) {
        let net = if value.contains('/') {
            value.parse().ok()
        } else {
            value.parse::<IpAddr>().ok().map(IpNet::from)
        };
        let Some(net) = net else { return };
        match net {
            IpNet::V4(net) => {
                let (first, length) = (u32::from(net.network()), net.prefix_len());
                if length == 32 {
                    self.let_pass(net.addr().into());
                } else {
                    for upper in first >> 16..=u32::from(net.broadcast()) >> 16 {
                        set(&mut self.upper, upper);
                        set(&mut self.ranges, upper);
                    }
                }
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

    /// Makes the filters pass an address, which need not be an indicator itself: a URL's host.
    pub(crate) fn let_pass(&mut self, address: IpAddr) {
        if let IpAddr::V4(address) = address {
            let address = u32::from(address);
            set(&mut self.upper, address >> 16);
            self.single.insert(mix(address.into()));
        }
    }

    /// To be called once after the last insertion.
    pub(crate) fn finish(&mut self) {
        self.v4_lengths.sort_unstable_by(|a, b| b.cmp(a));
        self.v6_lengths.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// One bit for each upper 16 bits that a known address may have.
    #[inline(always)]
    pub(crate) fn upper(&self) -> &Upper {
        &self.upper
    }

    /// Whether an address with these upper 16 bits may be known.
    #[inline(always)]
    pub(crate) fn may_contain(&self, upper: u16) -> bool {
        is_set(&self.upper, upper)
    }

    /// Memory that [`AddressIndex::may_contain_whole`] will look at for an address.
    #[inline(always)]
    pub(crate) fn memory(&self, address: u32) -> &u64 {
        self.single.word(mix(address.into()))
    }

    /// Whether an address may be known whose upper 16 bits may be.
    #[inline(always)]
    pub(crate) fn may_contain_whole(&self, address: u32) -> bool {
        is_set(&self.ranges, (address >> 16) as u16) || self.single.may_contain(mix(address.into()))
    }

    /// Every indicator that covers `address`, most specific first, with its prefix length.
    pub(crate) fn covering_v4(
        &self,
        address: Ipv4Addr,
    ) -> impl Iterator<Item = (u8, IndicatorId)> + '_ {
        let address = u32::from(address);
        let known = self.may_contain((address >> 16) as u16) && self.may_contain_whole(address);
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
