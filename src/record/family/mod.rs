//! The dialects, one file each.
//!
//! # To add one
//!
//! 1. A file here with `pub(super) const FAMILY: Family`; its module text says where the grammar is
//!    written down. `fortigate.rs` is one of pairs, `suricata.rs` of JSON, `zeek.rs` and `w3c.rs`
//!    of rows below a header, `bind.rs` and `cisco_asa.rs` of sentences.
//! 2. Its `mod` and its line in [`FAMILIES`], below.
//! 3. `tests/records/NAME.jsonl`, a line of it a line: `{"line": "…", "hit": "192.0.2.10"}`, with
//!    `"header": ["#fields …"]` where it needs one. `FLAXSCAN_BLESS=1 cargo test --lib
//!    record::golden` writes what was read beside it: that is to be looked at, field by field.
//!
//! A reader says `None` to what is not its own, cheaply, for it is asked about every line that was
//! hit; and it must be sure, for the first that takes a line has it: a test asks every family about
//! every line in `tests/records/`. What it cannot read of a line that it took it leaves out.
//!
//! What a reader gets is a [`Message`]: `text` behind a syslog header (`program`, `host`, `stamp`,
//! RFC 5424's `id` and `structured` are beside it), `timed` from behind the header's time on, for
//! dialects whose own beginning looks like a host and a program, and `whole`. Dialects that are
//! written to files as they are read `whole`; what came by syslog, `text`. A JSON message has an
//! `object()` and empty texts. Host and time of the header go to the record by themselves, where the
//! reader sets none.
//!
//! What it gives is a `Record::new("vendor.dataset")`, filled with `set(Field, value)`, where the
//! first value wins and blanks are left out, or with `fill(&named, TABLE)`. Source is who opened the
//! connection or asked; bytes are what that side sent. `set_action` where the vendor's word means
//! something else here than [`Verdict::of`](super::Verdict::of) thinks. Values are slices of the
//! message, not copies, or the field in which a hit stood cannot be told.

mod adguard;
mod aws_cloudfront;
mod aws_cloudtrail;
mod aws_elb;
mod aws_network_firewall;
mod aws_s3;
mod aws_vpc_flow;
mod azure_firewall;
mod azure_flow;
mod azure_gateway;
mod bind;
mod cef;
mod checkpoint;
mod cisco_asa;
mod cisco_ios;
mod coredns;
mod dnsmasq;
mod dnstap;
mod entra;
mod filterlog;
mod fortigate;
mod gcp;
mod gcp_dns;
mod gcp_log;
mod haproxy;
mod juniper_srx;
mod knot;
mod leef;
mod m365;
mod meraki;
mod microsoft_dns;
mod mikrotik;
mod netfilter;
mod nfdump;
mod openvpn;
mod paloalto;
mod passivedns;
mod powerdns;
mod route53;
mod silk;
mod sonicwall;
mod sophos;
mod squid;
mod sshd;
mod suricata;
mod syslog;
mod sysmon;
mod tcpdump;
mod umbrella;
mod unbound;
mod w3c;
mod watchguard;
mod web_access;
mod web_error;
mod windows;
mod windows_dns;
mod windows_event;
mod windows_firewall;
mod windows_text;
mod zeek;
mod zscaler;

use std::fmt;

use super::Record;
use super::message::Message;

/// Every dialect that is known. The order is that of asking: those that are sure at a glance, then
/// those that take whatever has their shape.
pub static FAMILIES: &[Family] = &[
    cef::FAMILY,
    leef::FAMILY,
    zscaler::FAMILY,
    cisco_asa::FAMILY,
    fortigate::FAMILY,
    netfilter::FAMILY,
    paloalto::FAMILY,
    filterlog::FAMILY,
    cisco_ios::FAMILY,
    meraki::FAMILY,
    juniper_srx::FAMILY,
    sonicwall::FAMILY,
    sophos::FAMILY,
    watchguard::FAMILY,
    mikrotik::FAMILY,
    aws_vpc_flow::FAMILY,
    aws_network_firewall::FAMILY,
    azure_flow::FAMILY,
    azure_firewall::FAMILY,
    gcp::FAMILY,
    nfdump::FAMILY,
    silk::FAMILY,
    zeek::FAMILY,
    suricata::FAMILY,
    bind::FAMILY,
    route53::FAMILY,
    gcp_dns::FAMILY,
    adguard::FAMILY,
    microsoft_dns::FAMILY,
    windows_dns::FAMILY,
    umbrella::FAMILY,
    passivedns::FAMILY,
    unbound::FAMILY,
    dnsmasq::FAMILY,
    powerdns::FAMILY,
    coredns::FAMILY,
    dnstap::FAMILY,
    tcpdump::FAMILY,
    knot::FAMILY,
    checkpoint::FAMILY,
    sysmon::FAMILY,
    windows::FAMILY,
    m365::FAMILY,
    aws_cloudtrail::FAMILY,
    azure_gateway::FAMILY,
    gcp_log::FAMILY,
    entra::FAMILY,
    squid::FAMILY,
    haproxy::FAMILY,
    aws_elb::FAMILY,
    aws_s3::FAMILY,
    aws_cloudfront::FAMILY,
    sshd::FAMILY,
    openvpn::FAMILY,
    web_access::FAMILY,
    web_error::FAMILY,
    w3c::FAMILY,
    windows_firewall::FAMILY,
    windows_text::FAMILY,
    syslog::FAMILY,
];

/// A dialect.
pub struct Family {
    /// Its name, for `--log-format` and `flaxscan formats`.
    pub name: &'static str,
    /// What it is, in words.
    pub title: &'static str,
    /// The datasets (`event.dataset`) that its records have; `zeek.*` stands for many.
    pub datasets: &'static [&'static str],
    /// A line of it.
    pub example: &'static str,
    /// Whether whoever writes it watches others: a firewall, a sensor, a proxy. Then the machine
    /// that a header names is the observer, else the host.
    pub(crate) is_device: bool,
    pub(crate) read: for<'a> fn(&Message<'a>) -> Option<Record<'a>>,
}

impl Family {
    /// The family of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FAMILIES.iter().find(|family| family.name == name)
    }
}

impl PartialEq for Family {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Family {}

impl fmt::Debug for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Family").field(&self.name).finish()
    }
}
