//! The dialects, one file each.
//!
//! To add one: a file here with a `pub(super) const FAMILY`, its line in [`FAMILIES`], and lines of
//! it in `tests/records/`. A reader says `None` to what is not its own, cheaply, for it is asked
//! about every line that was hit; and it must be sure, for the first that takes a line has it. What
//! it cannot read of a line that it took it leaves out.

mod aws_network_firewall;
mod aws_vpc_flow;
mod azure_firewall;
mod azure_flow;
mod bind;
mod cisco_asa;
mod cisco_ios;
mod filterlog;
mod fortigate;
mod gcp;
mod juniper_srx;
mod mikrotik;
mod netfilter;
mod nfdump;
mod paloalto;
mod silk;
mod sonicwall;
mod sophos;
mod suricata;
mod w3c;
mod watchguard;
mod windows_firewall;
mod zeek;

use std::fmt;

use super::Record;
use super::message::Message;

/// Every dialect that is known. The order is that of asking: those that are sure at a glance, then
/// those that take whatever has their shape.
pub static FAMILIES: &[Family] = &[
    cisco_asa::FAMILY,
    fortigate::FAMILY,
    netfilter::FAMILY,
    paloalto::FAMILY,
    filterlog::FAMILY,
    cisco_ios::FAMILY,
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
    w3c::FAMILY,
    windows_firewall::FAMILY,
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
