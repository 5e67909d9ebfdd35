//! The options of `scan` that say how lines with a hit are read.

use std::net::IpAddr;

use anyhow::anyhow;
use clap::Args;
use clap::builder::PossibleValuesParser;
use flaxscan::assess::Assessment;
use flaxscan::record::{FAMILIES, Family, InternalNets, RecordOptions};
use flaxscan::sink::Timestamp;
use ipnet::IpNet;
use jiff::SignedDuration;
use jiff::tz::{Offset, TimeZone};

use super::when;

/// How to read lines with a hit.
#[derive(Debug, Args)]
#[command(next_help_heading = "How to read a line")]
pub struct ReadArgs {
    /// Read every line as this format and no other; `flaxscan formats` lists them.
    ///
    /// A line that is not of this format is read as `unrecognised`.
    #[arg(long, value_name = "NAME", value_parser = families(), hide_possible_values = true)]
    pub log_format: Option<String>,

    /// Where times without a zone are [default: UTC].
    ///
    /// A name of the IANA database (Europe/Berlin), or an offset (+02:00).
    #[arg(long, value_name = "ZONE", value_parser = zone, allow_hyphen_values = true)]
    pub assume_tz: Option<TimeZone>,

    /// This network is inside, too (repeatable).
    ///
    /// It comes on top of the private ranges (RFC 1918, 4193, 6598), loopback and link-local, and
    /// decides which way a connection went.
    #[arg(long, value_name = "CIDR", value_parser = net)]
    pub internal_net: Vec<IpNet>,

    /// How far around the published dates of an indicator a line is still inside
    /// [default: 30d].
    #[arg(long, value_name = "DURATION", value_parser = when::duration)]
    pub window_grace: Option<SignedDuration>,
}

impl ReadArgs {
    /// How lines are read. `now` is the time of the scan.
    pub fn records(&self, now: Timestamp) -> anyhow::Result<RecordOptions> {
        let format = match &self.log_format {
            // The grammar has checked it.
            Some(name) => {
                Some(Family::named(name).ok_or_else(|| anyhow!("{name} is no log format"))?)
            }
            None => None,
        };
        Ok(RecordOptions {
            zone: self.assume_tz.clone().unwrap_or(TimeZone::UTC),
            internal: InternalNets::new(self.internal_net.clone()),
            format,
            now: Some(now),
        })
    }

    /// The width of the grace around windows.
    pub fn grace(&self) -> SignedDuration {
        self.window_grace.unwrap_or(Assessment::GRACE)
    }
}

fn families() -> PossibleValuesParser {
    let mut names: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
    names.sort_unstable();
    PossibleValuesParser::new(names)
}

/// A zone by name, or an offset from UTC.
fn zone(text: &str) -> Result<TimeZone, String> {
    if text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("z") {
        return Ok(TimeZone::UTC);
    }
    if let Some(offset) = offset(text) {
        return Ok(offset.to_time_zone());
    }
    TimeZone::get(text).map_err(|_| "not a zone such as UTC, Europe/Berlin or +02:00".to_owned())
}

/// `+02:00`, `-0530`, `+2`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
        Some(_) => return None,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let number = |text: &str, most: i32| {
        let is_number =
            (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|number| is_number && *number <= most)
    };
    let seconds = number(hours, 14)? * 3600 + number(minutes, 59)? * 60;
    Offset::from_seconds(sign * seconds).ok()
}

/// A network, or an address alone.
pub fn net(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| address())
        .map_err(|_| "not a network such as 203.0.113.0/24 or 2001:db8::/32".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_names_and_offsets() {
        for (text, seconds) in [
            ("UTC", 0),
            ("z", 0),
            ("+02:00", 7200),
            ("-0530", -19_800),
            ("+2", 7200),
            ("-11", -39_600),
            ("Asia/Tokyo", 32_400),
            ("asia/taipei", 28_800),
        ] {
            let offset = zone(text).unwrap().to_offset(Timestamp::UNIX_EPOCH);
            assert_eq!(offset.seconds(), seconds, "{text}");
        }
        for text in ["", "+", "+25:00", "+1:2:3", "+02:0", "+ 2", "Mars/Olympus", "é", "+١"] {
            assert!(zone(text).is_err(), "{text}");
        }
    }

    #[test]
    fn networks_and_addresses() {
        for (text, shown) in [
            ("203.0.113.0/24", "203.0.113.0/24"),
            ("203.0.113.7", "203.0.113.7/32"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("2001:db8::1", "2001:db8::1/128"),
        ] {
            assert_eq!(net(text).map(|net| net.to_string()).as_deref(), Ok(shown));
        }
        for text in ["", "203.0.113", "203.0.113.0/33", "example.org"] {
            assert!(net(text).is_err(), "{text}");
        }
    }
}
