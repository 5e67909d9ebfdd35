//! The dialects, one file each.
//!
//! To add one: a file here with a `pub(super) const FAMILY`, its line in [`FAMILIES`], and lines of
//! it in `tests/records/`. A reader says `None` to what is not its own, cheaply, for it is asked
//! about every line that was hit; and it must be sure, for the first that takes a line has it. What
//! it cannot read of a line that it took it leaves out.

mod bind;
mod cef;
mod cisco_asa;
mod fortigate;
mod haproxy;
mod leef;
mod m365;
mod netfilter;
mod openvpn;
mod squid;
mod sshd;
mod suricata;
mod syslog;
mod sysmon;
mod w3c;
mod web_access;
mod web_error;
mod windows;
mod windows_event;
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
    zeek::FAMILY,
    suricata::FAMILY,
    sysmon::FAMILY,
    windows::FAMILY,
    m365::FAMILY,
    bind::FAMILY,
    squid::FAMILY,
    haproxy::FAMILY,
    sshd::FAMILY,
    openvpn::FAMILY,
    web_access::FAMILY,
    web_error::FAMILY,
    w3c::FAMILY,
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
