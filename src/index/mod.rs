//! Indicators made ready for look-ups.
//!
//! Each kind of token has an index of its own. The address and name indexes come in two steps: a
//! filter of a few KiB that the scanner asks for every token, and an exact table that is asked
//! for what passes. Indexes hold indicator numbers, never values: the values stay in the
//! [`IndicatorSet`], which the exact step compares with.

mod address;
mod bits;
mod digest;
mod literal;
mod name;
mod pages;
mod resource;

pub(crate) use address::{AddressIndex, Upper, is_set};
pub(crate) use bits::BitTable;
#[cfg(target_arch = "x86_64")]
pub(crate) use bits::MIX;
pub(crate) use digest::DigestIndex;
pub(crate) use literal::{LiteralIndex, WINDOW as LITERAL_WINDOW};
pub(crate) use name::{NameIndex, NameKey};
pub(crate) use resource::ResourceIndex;

use crate::indicator::{Indicator, IndicatorSet, Kind};

/// All indexes of one set.
#[derive(Debug)]
pub(crate) struct Index {
    pub addresses: AddressIndex,
    pub names: NameIndex,
    pub digests: DigestIndex,
    pub resources: ResourceIndex,
    pub literals: LiteralIndex,
}

impl Index {
    /// Builds the indexes of `set`.
    pub(crate) fn new(set: &IndicatorSet) -> Self {
        // Each index goes over the whole set by itself: they are built side by side.
        let ((addresses, names), (digests, rest)) = rayon::join(
            || rayon::join(|| addresses(set), || names(set)),
            || rayon::join(|| digests(set), || (ResourceIndex::new(set), LiteralIndex::new(set))),
        );
        Self { addresses, names, digests, resources: rest.0, literals: rest.1 }
    }
}

fn count(set: &IndicatorSet, is_wanted: impl Fn(Kind) -> bool) -> usize {
    set.iter().filter(|indicator| is_wanted(indicator.kind())).count()
}

fn is_address(kind: Kind) -> bool {
    matches!(kind, Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr)
}

fn is_digest(kind: Kind) -> bool {
    matches!(kind, Kind::Hash(_) | Kind::Certificate(_))
}

/// The host of a URL or mail indicator: a resource is found through its host.
fn host<'a>(indicator: &Indicator<'a>) -> Option<&'a str> {
    match indicator.kind() {
        Kind::Url => Some(resource::split_url(indicator.value()).0),
        Kind::Email => Some(resource::split_email(indicator.value()).1),
        _ => None,
    }
}

fn addresses(set: &IndicatorSet) -> AddressIndex {
    let mut addresses = AddressIndex::with_capacity(count(set, is_address));
    for indicator in set.iter() {
        if is_address(indicator.kind()) {
            addresses.insert(indicator.value(), indicator.id());
        } else if let Some(Ok(address)) = host(&indicator).map(str::parse) {
            addresses.let_pass(address);
        }
    }
    addresses.finish();
    addresses
}

fn names(set: &IndicatorSet) -> NameIndex {
    let mut names = NameIndex::with_capacity(count(set, |kind| kind == Kind::Domain));
    let mut has_addresses = false;
    for indicator in set.iter() {
        has_addresses |= is_address(indicator.kind());
        if indicator.kind() == Kind::Domain {
            let scope = indicator.traits().scope;
            names.insert(set, indicator.value(), indicator.id(), scope);
        } else if let Some(host) = host(&indicator) {
            names.let_pass(host);
        }
    }
    if has_addresses {
        for zone in NameIndex::REVERSE_ZONES {
            names.let_pass(zone);
        }
    }
    names
}

fn digests(set: &IndicatorSet) -> DigestIndex {
    let mut digests = DigestIndex::with_capacity(count(set, is_digest));
    for indicator in set.iter().filter(|indicator| is_digest(indicator.kind())) {
        digests.insert(set, indicator.value(), indicator.id());
    }
    digests
}
