//! Which side of a connection is inside, and so which way it went.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Direction, Field, Record};

/// The networks that are the organisation's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InternalNets {
    /// Given by the user; they come on top of the private ones.
    nets: Vec<IpNet>,
}

impl InternalNets {
    /// The private ranges (RFC 1918, RFC 4193, RFC 6598), loopback and link-local, and these.
    #[must_use]
    pub fn new(nets: Vec<IpNet>) -> Self {
        Self { nets }
    }

    /// Whether an address is inside.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let is_private = match address {
            IpAddr::V4(v4) => {
                let [first, second, ..] = v4.octets();
                v4.is_private()
                    || v4.is_loopback()
                    || v4.is_link_local()
                    || first == 100 && second & 0xc0 == 64
            }
            IpAddr::V6(v6) => {
                v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local()
            }
        };
        is_private || self.nets.iter().any(|net| net.contains(&address))
    }
}

impl Default for InternalNets {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

/// Who wrote a line whose addresses do not say where inside is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The server that was asked: what comes from outside is inbound.
    Server,
    /// The client, or a proxy or resolver in its service: what it asks for is outside.
    Client,
}

/// The direction of a record that does not say it.
pub(super) fn direction(record: &Record<'_>, nets: &InternalNets) -> Option<Direction> {
    let inside = |field| record.ip(field).map(|address| nets.contains(address));
    match (inside(Field::SourceIp), inside(Field::DestinationIp), record.side) {
        (Some(true), Some(true), _) => Some(Direction::Internal),
        (Some(true), Some(false), _)
        | (Some(true), None, Some(Side::Client))
        | (Some(false), Some(false), Some(Side::Client)) => Some(Direction::Outbound),
        (Some(false), Some(true), _) | (Some(false), None | Some(false), Some(Side::Server)) => {
            Some(Direction::Inbound)
        }
        (Some(true), None, Some(Side::Server)) => Some(Direction::Internal),
        (Some(false), Some(false), _) => Some(Direction::External),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside() {
        let nets = InternalNets::new(vec!["203.0.113.0/24".parse().unwrap()]);
        for (address, expected) in [
            ("10.1.2.3", true),
            ("172.31.0.1", true),
            ("172.32.0.1", false),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("169.254.1.1", true),
            ("203.0.113.9", true),
            ("8.8.8.8", false),
            ("fd00::1", true),
            ("fe80::1", true),
            ("2001:db8::1", false),
        ] {
            assert_eq!(nets.contains(address.parse().unwrap()), expected, "{address}");
        }
    }
}
