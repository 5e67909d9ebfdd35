//! Vendors' words made comparable: what was decided, which way it went, over which protocol.

/// What the device decided, `flaxscan.verdict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It was let through.
    Allowed,
    /// It was not.
    Blocked,
}

impl Verdict {
    /// `allowed` or `blocked`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Blocked => "blocked",
        }
    }

    /// What a vendor's word means, if it says anything about it. `close` or `timeout` end a
    /// session that was let through; a family where they mean that says so itself.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        const ALLOWED: &[&str] = &[
            "allow",
            "allowed",
            "accept",
            "accepted",
            "permit",
            "permitted",
            "pass",
            "passed",
            "passthrough",
            "built",
            "success",
            "detect",
            "detected",
            "alert",
            "alerted",
            "monitor",
            "monitored",
            "observed",
            "forward",
            "forwarded",
            "continue",
            "nat",
            "trust",
            "bypass",
            "bypassed",
            "let",
            "redirected-allowed",
        ];
        const BLOCKED: &[&str] = &[
            "block",
            "blocked",
            "deny",
            "denied",
            "drop",
            "dropped",
            "reject",
            "rejected",
            "reset",
            "refused",
            "discard",
            "discarded",
            "prevent",
            "prevented",
            "prohibited",
            "blackhole",
            "sinkhole",
            "sinkholed",
            "quarantine",
            "quarantined",
            "denied-by-policy",
            "dropping",
            "blocking",
            "failed",
            "policy_denied",
        ];
        // `reset-both`, `block-url`, `Deny TCP`, `TCP_DENIED`: the word may be the first part.
        let whole = word.trim();
        let first = whole.split([' ', '-', '_', '/', ':']).next().unwrap_or(whole);
        let is_in = |words: &[&str], word: &str| words.iter().any(|w| w.eq_ignore_ascii_case(word));
        [whole, first].into_iter().find_map(|word| {
            if is_in(BLOCKED, word) {
                Some(Self::Blocked)
            } else if is_in(ALLOWED, word) {
                Some(Self::Allowed)
            } else {
                None
            }
        })
    }
}

/// `network.direction`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From outside to inside.
    Inbound,
    /// From inside to outside.
    Outbound,
    /// Both sides are inside.
    Internal,
    /// Both sides are outside.
    External,
}

impl Direction {
    /// The value of `network.direction`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::Internal => "internal",
            Self::External => "external",
        }
    }

    /// What a vendor's word means.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let is = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(word.trim()));
        if is(&["in", "inbound", "ingress", "incoming", "i"]) {
            Some(Self::Inbound)
        } else if is(&["out", "outbound", "egress", "outgoing", "o"]) {
            Some(Self::Outbound)
        } else if is(&["internal", "local", "lateral"]) {
            Some(Self::Internal)
        } else if is(&["external"]) {
            Some(Self::External)
        } else {
            None
        }
    }
}

/// `event.outcome`: whether what was tried succeeded, as a log on or a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It did.
    Success,
    /// It did not.
    Failure,
}

impl Outcome {
    /// The value of `event.outcome`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// `network.transport` from a name or from IANA's number.
pub(crate) fn transport(text: &str) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("6", "tcp"),
        ("17", "udp"),
        ("1", "icmp"),
        ("58", "ipv6-icmp"),
        ("2", "igmp"),
        ("4", "ipv4"),
        ("33", "dccp"),
        ("41", "ipv6"),
        ("47", "gre"),
        ("50", "esp"),
        ("51", "ah"),
        ("89", "ospf"),
        ("103", "pim"),
        ("112", "vrrp"),
        ("132", "sctp"),
        ("136", "udplite"),
    ];
    const ALIASES: &[(&str, &str)] = &[
        ("icmp6", "ipv6-icmp"),
        ("icmpv6", "ipv6-icmp"),
        ("icmp-v6", "ipv6-icmp"),
        ("ipip", "ipv4"),
    ];
    // `tcp/443`, `TCP (SYN)`, `udp,`: the name may be the first part.
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len());
    // Suricata writes three digits.
    let text = text[..end].trim_start_matches('0');
    NAMES
        .iter()
        .find(|(number, name)| *number == text || name.eq_ignore_ascii_case(text))
        .or_else(|| ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(text)))
        .map(|&(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (word, expected) in [
            ("accept", Some(Verdict::Allowed)),
            ("ALLOW", Some(Verdict::Allowed)),
            ("reset-both", Some(Verdict::Blocked)),
            ("block-url", Some(Verdict::Blocked)),
            ("Deny TCP (no connection)", Some(Verdict::Blocked)),
            ("close", None),
            ("allowlist", None),
            ("", None),
        ] {
            assert_eq!(Verdict::of(word), expected, "{word}");
        }
        assert_eq!(Direction::of("Outbound"), Some(Direction::Outbound));
        assert_eq!(Direction::of("server-to-client"), None);
    }

    #[test]
    fn transports() {
        for (text, expected) in [
            ("TCP", Some("tcp")),
            ("17", Some("udp")),
            ("tcp/443", Some("tcp")),
            ("TCP (SYN)", Some("tcp")),
            ("ICMPv6", Some("ipv6-icmp")),
            ("IPv6-ICMP", Some("ipv6-icmp")),
            ("006", Some("tcp")),
            ("0", None),
            ("http", None),
        ] {
            assert_eq!(transport(text), expected, "{text}");
        }
    }
}
