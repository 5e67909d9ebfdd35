//! Which end of a connection is the machine inside.
//!
//! A responder wants the machine to walk to. The end that *is* the indicator is never it, so where
//! one of the two addresses was hit, it is the other end. Else the direction tells; where that says
//! nothing, a private address does; and else it is who asked, the source. A DNS server that asks on
//! behalf of others is the host, too: the line knows of nobody behind it, its own log does.

use std::borrow::Cow;
use std::net::IpAddr;

use super::contact::{Host, HostKind};
use crate::record::{Direction, Field, FieldValue, InternalNets, Record};
use crate::stored::{Endpoint, StoredHit};
use crate::words;

/// What a line says of both ends, and of where it was seen.
#[derive(Debug, Default)]
pub(super) struct Ends<'a> {
    source: End<'a>,
    destination: End<'a>,
    /// Who is behind a proxy: the first inside.
    forwarded: Option<IpAddr>,
    bytes: Option<u64>,
    host: Option<Cow<'a, str>>,
    user: Option<Cow<'a, str>>,
    observer: Option<Cow<'a, str>>,
}

#[derive(Debug, Default)]
struct End<'a> {
    ip: Option<IpAddr>,
    nat: Option<IpAddr>,
    domain: Option<Cow<'a, str>>,
    /// What is new of them, where the line tells.
    bytes: Option<u64>,
}

/// Who met whom, and what passed between them.
#[derive(Debug)]
pub(super) struct Met<'a> {
    pub host: Option<Host<'a>>,
    pub other_end: Option<Cow<'a, str>>,
    pub bytes_out: Option<u64>,
    pub bytes_in: Option<u64>,
    pub bytes_both: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Source,
    Destination,
}

impl<'a> Ends<'a> {
    pub(super) fn of_record(record: &'a Record<'a>) -> Self {
        let end = |[ip, nat, domain, bytes, delta]: [Field; 5]| End {
            ip: record.ip(ip),
            nat: record.ip(nat),
            domain: record.text(domain),
            bytes: record.number(delta).or_else(|| record.number(bytes)),
        };
        let forwarded = record.fields().filter_map(|(field, value)| match value {
            FieldValue::Ip(address) if field == Field::ForwardedIp => Some(address),
            _ => None,
        });
        Self {
            source: end([
                Field::SourceIp,
                Field::SourceNatIp,
                Field::SourceDomain,
                Field::SourceBytes,
                Field::SourceDelta,
            ]),
            destination: end([
                Field::DestinationIp,
                Field::DestinationNatIp,
                Field::DestinationDomain,
                Field::DestinationBytes,
                Field::DestinationDelta,
            ]),
            forwarded: forwarded.map(|ip| ip.to_canonical()).find(|&ip| is_private(ip)),
            bytes: record.number(Field::NetworkBytes),
            host: record.text(Field::HostName),
            user: record.text(Field::UserName),
            observer: record.text(Field::ObserverName),
        }
    }

    pub(super) fn of_stored(hit: &'a StoredHit) -> Self {
        fn text(text: Option<&String>) -> Option<Cow<'_, str>> {
            text.map(|text| Cow::Borrowed(text.as_str()))
        }
        fn end(end: &Endpoint, delta: Option<u64>) -> End<'_> {
            let bytes = delta.or(end.bytes);
            End { ip: end.ip, nat: end.nat.ip, domain: text(end.domain.as_ref()), bytes }
        }
        let delta = hit.flaxscan.delta;
        let mut forwarded = hit.network.forwarded_ip.iter().map(IpAddr::to_canonical);
        Self {
            source: end(&hit.source, delta.source_bytes),
            destination: end(&hit.destination, delta.destination_bytes),
            forwarded: forwarded.find(|&ip| is_private(ip)),
            bytes: hit.network.bytes,
            host: text(hit.host.name.as_ref()),
            user: text(hit.user.name.as_ref()),
            observer: text(hit.observer.hostname.as_ref()),
        }
    }

    /// Tells the ends apart.
    pub(super) fn meet(self, field: &str, direction: Option<Direction>) -> Met<'a> {
        let inside = self.inside(field, direction);
        let Self { source, destination, forwarded, bytes, host, user, observer } = self;
        let (here, there) = match inside {
            Inside::Source => (source, destination),
            Inside::Destination => (destination, source),
        };
        let (bytes_out, bytes_in) = (here.bytes, there.bytes);
        let bytes_both = bytes.filter(|_| bytes_out.is_none() && bytes_in.is_none());
        let forwarded = forwarded.filter(|_| inside == Inside::Source);
        let named = |kind, name: Option<Cow<'a, str>>| name.map(|name| Host { kind, name });
        let address = forwarded.or_else(|| here.address());
        let place = match address {
            // This machine itself, whose name says more.
            Some(ip) if host.is_some() && (ip.is_loopback() || ip.is_unspecified()) => None,
            Some(ip) => named(HostKind::Address, Some(words::address(ip).into())),
            None => named(HostKind::Name, here.domain),
        };
        let host = place
            .or_else(|| named(HostKind::Name, host))
            .or_else(|| named(HostKind::User, user))
            .or_else(|| named(HostKind::Observer, observer));
        let other_end = match there.ip {
            Some(ip) => Some(words::address(ip.to_canonical()).into()),
            None => there.domain,
        };
        Met { host, other_end, bytes_out, bytes_in, bytes_both }
    }

    fn inside(&self, field: &str, direction: Option<Direction>) -> Inside {
        if field.starts_with("source.") || field == Field::ForwardedIp.name() {
            return Inside::Destination;
        }
        if field.starts_with("destination.") {
            return Inside::Source;
        }
        match direction {
            Some(Direction::Inbound) => Inside::Destination,
            Some(Direction::Outbound | Direction::Internal) => Inside::Source,
            Some(Direction::External) | None => {
                let is_private = |end: &End<'_>| end.address().is_some_and(is_private);
                match is_private(&self.destination) && !is_private(&self.source) {
                    true => Inside::Destination,
                    false => Inside::Source,
                }
            }
        }
    }
}

impl End<'_> {
    /// Before or behind a translation: a private address is the machine's own.
    fn address(&self) -> Option<IpAddr> {
        let [ip, nat] = [self.ip, self.nat].map(|ip| ip.map(|ip| ip.to_canonical()));
        let own = [ip, nat].into_iter().flatten().find(|&ip| is_private(ip));
        own.or(ip).or(nat)
    }
}

/// Whether an address is inside anywhere.
pub(super) fn is_private(ip: IpAddr) -> bool {
    InternalNets::default().contains(ip)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `source > destination`, `-` for none; `a/b` is `a`, translated to `b`.
    fn ends(text: &str) -> Ends<'static> {
        let end = |text: &str, bytes| {
            let (ip, nat) = text.split_once('/').unwrap_or((text, ""));
            let (ip, nat) = (ip.parse().ok(), nat.parse().ok());
            End { ip, nat, bytes: Some(bytes), ..End::default() }
        };
        let (source, destination) = text.split_once(" > ").unwrap();
        Ends { source: end(source, 1), destination: end(destination, 2), ..Ends::default() }
    }

    #[test]
    fn the_machine_inside() {
        use Direction::{External, Inbound, Internal, Outbound};

        for (line, field, direction, host, bytes_out) in [
            ("10.0.0.1 > 192.0.2.1", "destination.ip", Some(Outbound), "10.0.0.1", 1),
            ("192.0.2.1 > 10.0.0.1", "source.ip", Some(Inbound), "10.0.0.1", 2),
            ("192.0.2.1 > 203.0.113.1/10.0.0.9", "source.ip", Some(Inbound), "10.0.0.9", 2),
            ("203.0.113.1/10.0.0.9 > 192.0.2.1", "destination.ip", None, "10.0.0.9", 1),
            // By the direction, where neither address was hit.
            ("10.0.0.1 > 10.0.0.53", "dns.question.name", Some(Internal), "10.0.0.1", 1),
            ("10.0.0.53 > 198.51.100.1", "dns.question.name", Some(Outbound), "10.0.0.53", 1),
            ("198.51.100.1 > 203.0.113.2", "url.original", Some(Inbound), "203.0.113.2", 2),
            // By what is private, where the direction says nothing.
            ("198.51.100.1 > 10.0.0.1", "message", None, "10.0.0.1", 2),
            ("198.51.100.1 > 10.0.0.1", "message", Some(External), "10.0.0.1", 2),
            ("203.0.113.1 > 203.0.113.2", "url.domain", Some(External), "203.0.113.1", 1),
            ("10.0.0.5 > -", "dns.question.name", None, "10.0.0.5", 1),
            // The indicator is never the host, whatever the line calls the direction.
            ("192.0.2.1 > 10.0.0.1", "source.ip", Some(Outbound), "10.0.0.1", 2),
            ("::ffff:10.0.0.1 > 192.0.2.1", "destination.ip", None, "10.0.0.1", 1),
        ] {
            let met = ends(line).meet(field, direction);
            let found = met.host.unwrap();
            assert_eq!((found.kind, &*found.name), (HostKind::Address, host), "{line}");
            assert_eq!(met.bytes_out, Some(bytes_out), "{line}");
        }
    }

    #[test]
    fn who_is_named_where_no_address_is() {
        let all = || Ends {
            host: Some("srv1".into()),
            user: Some("alice".into()),
            observer: Some("fw1".into()),
            ..ends("192.0.2.1 > -")
        };
        let host = |ends: Ends<'static>| ends.meet("source.ip", None).host;
        let named = |kind, name: &'static str| Some(Host { kind, name: name.into() });
        assert_eq!(host(all()), named(HostKind::Name, "srv1"));
        assert_eq!(host(Ends { host: None, ..all() }), named(HostKind::User, "alice"));
        let seen = Ends { host: None, user: None, ..all() };
        assert_eq!(host(seen), named(HostKind::Observer, "fw1"));
        assert_eq!(host(ends("192.0.2.1 > -")), None);
        // The loopback address is the machine itself.
        let itself = Ends { host: Some("ns1".into()), ..ends("127.0.0.1 > -") };
        let met = itself.meet("dns.question.name", None);
        assert_eq!(met.host, named(HostKind::Name, "ns1"));
        // Behind a proxy.
        let behind = Ends { forwarded: "10.9.9.9".parse().ok(), ..ends("10.0.0.1 > 192.0.2.1") };
        let met = behind.meet("destination.ip", Some(Direction::Outbound));
        assert_eq!(met.host, named(HostKind::Address, "10.9.9.9"));
    }

    #[test]
    fn bytes_are_told_apart_where_the_line_does() {
        let none = Ends { bytes: Some(9), ..Ends::default() }.meet("destination.ip", None);
        assert_eq!((none.bytes_out, none.bytes_in, none.bytes_both), (None, None, Some(9)));
        let both = Ends { bytes: Some(3), ..ends("10.0.0.1 > 192.0.2.1") };
        let both = both.meet("destination.ip", None);
        assert_eq!((both.bytes_out, both.bytes_in, both.bytes_both), (Some(1), Some(2), None));
    }
}
