//! Log files made up on the spot, for measuring: the same arguments give the same bytes anywhere.
//!
//! Included by path from the criterion benches and from `xtask`, so that both measure the same
//! bytes. Nothing here comes from a real network but the indicators that are planted.

// Each program that includes this uses a part of it.
#![allow(dead_code, unused_imports)]

mod clock;
mod dns;
mod eve;
mod firewall;
mod line;
mod list;
mod names;
mod plants;
mod prng;
mod proxy;
mod scribe;
mod zeek;

pub use list::write_list;
pub use plants::{PlantKind, Plants};

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use scribe::{Scribe, Template};

/// What sort of log file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corpus {
    /// What a syslog relay collects: firewall, DNS, proxy and JSON lines of many vendors.
    Mixed,
    /// The firewall and DNS lines of it alone.
    FirewallDns,
    /// Zeek's `dns.log`, tab-separated with its header.
    ZeekDns,
    /// Zeek's `ssl.log`, which carries two certificate fingerprints a line.
    ZeekSsl,
}

impl Corpus {
    /// Every corpus.
    pub const ALL: [Self; 4] = [Self::Mixed, Self::FirewallDns, Self::ZeekDns, Self::ZeekSsl];

    /// The name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mixed => "mixed",
            Self::FirewallDns => "firewall-dns",
            Self::ZeekDns => "zeek-dns",
            Self::ZeekSsl => "zeek-ssl",
        }
    }

    /// The line formats and how many of a hundred lines are of each.
    fn templates(self) -> &'static [(usize, Template)] {
        match self {
            Self::Mixed => &[
                (8, firewall::iptables),
                (6, firewall::ufw),
                (13, firewall::asa),
                (9, firewall::fortigate),
                (9, firewall::panos),
                (9, dns::bind),
                (6, dns::unbound),
                (7, dns::dnsmasq),
                (5, dns::windows_debug),
                (4, dns::route53),
                (8, proxy::squid),
                (8, proxy::nginx),
                (8, eve::suricata),
            ],
            Self::FirewallDns => &[
                (10, firewall::iptables),
                (8, firewall::ufw),
                (17, firewall::asa),
                (12, firewall::fortigate),
                (12, firewall::panos),
                (12, dns::bind),
                (9, dns::unbound),
                (9, dns::dnsmasq),
                (6, dns::windows_debug),
                (5, dns::route53),
            ],
            Self::ZeekDns => &[(100, zeek::dns)],
            Self::ZeekSsl => &[(100, zeek::ssl)],
        }
    }

    fn header(self) -> &'static str {
        match self {
            Self::Mixed | Self::FirewallDns => "",
            Self::ZeekDns => zeek::DNS_HEADER,
            Self::ZeekSsl => zeek::SSL_HEADER,
        }
    }
}

impl fmt::Display for Corpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Corpus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|corpus| corpus.name() == text).ok_or_else(|| {
            format!("`{text}` is no corpus: {}", Self::ALL.map(Self::name).join(", "))
        })
    }
}

/// How often something is put into a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Not at all.
    Never,
    /// In one line of this many, evenly spread.
    OneIn(u64),
    /// In this many lines of the whole file, evenly spread over its bytes; in every line when
    /// there are fewer lines than that.
    Total(u64),
}

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spec {
    /// The sort of log file.
    pub corpus: Corpus,
    /// How many bytes at least: the last line, which passes this mark, is written whole.
    pub size: u64,
    /// How many lines carry an indicator.
    pub planted: Rate,
    /// How many lines carry something that looks like an indicator and is none.
    pub near_misses: Rate,
    /// Another seed, another file.
    pub seed: u64,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Bytes.
    pub bytes: u64,
    /// Lines, a header included.
    pub lines: u64,
    /// Tokens that are an indicator or a name below one: what a scan must report.
    pub hits: u64,
    /// Lines with at least one of them.
    pub planted_lines: u64,
    /// Lines whose planted indicator is an address.
    pub address_lines: u64,
    /// Lines whose planted indicator stands in no plain form (Windows DNS labels, fingerprint
    /// with colons), which a search for the plain text cannot find.
    pub encoded_lines: u64,
    /// Lines with a near miss, which must not be reported.
    pub near_miss_lines: u64,
}

/// Writes a corpus.
///
/// # Errors
/// What `out` gave.
pub fn generate(spec: &Spec, plants: &Plants, out: &mut impl Write) -> io::Result<Counts> {
    let mut scribe = Scribe::new(spec.seed, plants);
    let mut counts = Counts::default();
    let mut choice: Vec<Template> = Vec::with_capacity(100);
    for &(weight, template) in spec.corpus.templates() {
        choice.resize(choice.len() + weight, template);
    }
    let mut flushed = 0;
    counts.lines = spec.corpus.header().matches('\n').count() as u64;
    scribe.line.text(spec.corpus.header());
    // Header lines count as lines for the reader, but nothing can be planted in them.
    let mut body_lines = 0;
    loop {
        counts.bytes = flushed + scribe.line.len() as u64;
        if counts.bytes >= spec.size {
            break;
        }
        if scribe.line.len() >= FLUSH_AT {
            out.write_all(scribe.line.bytes())?;
            flushed = counts.bytes;
            scribe.line.clear();
        }
        if due(spec.planted, body_lines, counts.planted_lines, counts.bytes, spec.size) {
            scribe.plant_next();
        }
        if due(spec.near_misses, body_lines, counts.near_miss_lines, counts.bytes, spec.size) {
            scribe.near_miss_next();
        }
        let template = choice[scribe.rng.below(choice.len() as u32) as usize];
        scribe.write_line(template, &mut counts);
        body_lines += 1;
    }
    out.write_all(scribe.line.bytes())?;
    counts.lines += body_lines;
    Ok(counts)
}

/// The buffer stays in the second-level cache.
const FLUSH_AT: usize = 256 << 10;

fn due(rate: Rate, line: u64, so_far: u64, bytes: u64, size: u64) -> bool {
    match rate {
        Rate::Never => false,
        // In the middle of each stretch, so that a short file has some too.
        Rate::OneIn(stretch) => stretch != 0 && line % stretch == stretch / 2,
        // In 128 bits: both factors can be in the billions.
        Rate::Total(total) => {
            so_far < total
                && u128::from(so_far) * u128::from(size) <= u128::from(bytes) * u128::from(total)
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} bytes, {} lines, {} hits in {} lines ({} with an address, {} in encoded form \
             only), {} lines with a near miss",
            self.bytes,
            self.lines,
            self.hits,
            self.planted_lines,
            self.address_lines,
            self.encoded_lines,
            self.near_miss_lines
        )
    }
}
