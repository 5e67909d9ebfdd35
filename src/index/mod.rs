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
mod resource;

pub(crate) use address::AddressIndex;
pub(crate) use digest::DigestIndex;
pub(crate) use literal::{LiteralIndex, WINDOW as LITERAL_WINDOW};
pub(crate) use name::{NameIndex, NameKey};
pub(crate) use resource::ResourceIndex;

use crate::indicator::{IndicatorSet, Kind};

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
        let mut counts = [0usize; 3];
        for indicator in set.iter() {
            match indicator.kind() {
                Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr => counts[0] += 1,
                Kind::Domain => counts[1] += 1,
                Kind::Hash(_) | Kind::Certificate(_) => counts[2] += 1,
                _ => {}
            }
        }
        let mut addresses = AddressIndex::with_capacity(counts[0]);
        let mut names = NameIndex::with_capacity(counts[1]);
        let mut digests = DigestIndex::with_capacity(counts[2]);
        let mut resources = ResourceIndex::default();
        let mut literals = Vec::new();
        for indicator in set.iter() {
            let (id, value) = (indicator.id(), indicator.value());
            match indicator.kind() {
                Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr => addresses.insert(value, id),
                Kind::Domain => names.insert(set, value, id, indicator.traits().scope),
                Kind::Hash(_) | Kind::Certificate(_) => digests.insert(set, value, id),
                Kind::Url | Kind::Email => {
                    let host = match indicator.kind() {
                        Kind::Url => resources.insert_url(value, id),
                        _ => resources.insert_email(value, id),
                    };
                    match host.parse() {
                        Ok(address) => addresses.let_pass(address),
                        Err(_) => names.let_pass(host),
                    }
                }
                Kind::Literal => {
                    literals.push((value.to_owned(), id, indicator.traits().nocase));
                }
            }
        }
        if !addresses.is_empty() {
            for zone in NameIndex::REVERSE_ZONES {
                names.let_pass(zone);
            }
        }
        addresses.finish();
        Self { addresses, names, digests, resources, literals: LiteralIndex::new(literals) }
    }
}
