//! Addresses and ranges: RFC 791 and RFC 4291 text forms, RFC 5952 for output.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::canonical::{Observable, ObservableError};
use super::kind::Kind;

/// A dotted quad. Octets may be zero-padded to three digits and are decimal all the same: logs
/// pad, and no log writes octal.
pub(super) fn parse_ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0_u8; 4];
    let mut parts = text.as_bytes().split(|&byte| byte == b'.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| (1..=3).contains(&part.len()))?;
        let mut value = 0_u16;
        for &byte in part {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            value = value * 10 + u16::from(digit);
        }
        *octet = u8::try_from(value).ok()?;
    }
    parts.next().is_none().then(|| octets.into())
}

/// What can only be an IPv4 address.
pub(super) fn ipv4(text: &str) -> Result<Observable, ObservableError> {
    let address = parse_ipv4(text).ok_or(ObservableError::Ipv4)?;
    let padded = |octet: &str| octet.len() > 1 && octet.starts_with('0');
    if text.split('.').any(padded) {
        Ok(observable(address.into()))
    } else {
        // Lists are long, and formatting costs more than all the rest.
        Ok(Observable { kind: Kind::Ipv4, value: text.to_owned() })
    }
}

/// An IPv6 address without brackets. A zone (RFC 4007 §11) is dropped: it names an interface of
/// the machine that wrote it.
fn parse_ipv6(text: &str) -> Option<Ipv6Addr> {
    let address = match text.split_once('%') {
        Some((_, "")) => return None,
        Some((address, _)) => address,
        None => text,
    };
    address.parse().ok()
}

/// An address of either family without brackets. An IPv4-mapped one is the IPv4 address.
pub(super) fn parse(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        parse_ipv6(text).map(|address| IpAddr::V6(address).to_canonical())
    } else {
        parse_ipv4(text).map(IpAddr::V4)
    }
}

/// `address` as the indicator of its kind.
pub(super) fn observable(address: IpAddr) -> Observable {
    let kind = if address.is_ipv4() { Kind::Ipv4 } else { Kind::Ipv6 };
    Observable { kind, value: address.to_string() }
}

/// `address/length` and `address/netmask`, host bits cleared. `None` when the text is not of that
/// shape and may be something else, as `192.0.2.1/index.html`.
pub(super) fn range(address: &str, length: &str) -> Option<Result<Observable, ObservableError>> {
    let short_number = length.len() <= 3 && length.bytes().all(|byte| byte.is_ascii_digit());
    let net = if let Some(address) = parse_ipv4(address) {
        if let Some(mask) = parse_ipv4(length) {
            Ipv4Net::with_netmask(address, mask).map_err(|_| ObservableError::Netmask)
        } else if short_number {
            prefix_length(length, 32).map(|length| Ipv4Net::new_assert(address, length))
        } else {
            return None;
        }
        .map(IpNet::V4)
    } else if let Some(address) = parse_ipv6(address).filter(|_| short_number) {
        prefix_length(length, 128).map(|length| unmapped(Ipv6Net::new_assert(address, length)))
    } else {
        return None;
    };
    Some(net.map(|net| {
        let net = net.trunc();
        if net.prefix_len() == net.max_prefix_len() {
            observable(net.addr())
        } else {
            Observable { kind: Kind::Cidr, value: net.to_string() }
        }
    }))
}

fn prefix_length(text: &str, max: u8) -> Result<u8, ObservableError> {
    text.parse().ok().filter(|&length| length <= max).ok_or(ObservableError::PrefixLength { max })
}

/// A range inside `::ffff:0:0/96` is a range of IPv4 addresses.
fn unmapped(net: Ipv6Net) -> IpNet {
    match (net.addr().to_ipv4_mapped(), net.prefix_len().checked_sub(96)) {
        (Some(address), Some(length)) => IpNet::V4(Ipv4Net::new_assert(address, length)),
        _ => IpNet::V6(net),
    }
}
