//! The kinds of observable an indicator can name.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// The digest a hash or certificate fingerprint was made with, told apart by length alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HashAlgorithm {
    /// 32 hex digits.
    Md5,
    /// 40 hex digits.
    Sha1,
    /// 64 hex digits.
    Sha256,
    /// 128 hex digits.
    Sha512,
}

impl HashAlgorithm {
    /// Every algorithm, shortest digest first.
    pub const ALL: [Self; 4] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Sha512];

    /// The algorithm whose digest is written with `digits` hex digits.
    #[must_use]
    pub const fn from_hex_len(digits: usize) -> Option<Self> {
        match digits {
            32 => Some(Self::Md5),
            40 => Some(Self::Sha1),
            64 => Some(Self::Sha256),
            128 => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The number of hex digits in a digest: 32, 40, 64 or 128.
    #[must_use]
    pub const fn hex_len(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// What an indicator's value is.
///
/// The text form ([`Display`](fmt::Display), [`FromStr`]) is the one used in data files and on the
/// command line: `ipv4`, `domain`, `sha256`, `certificate-sha1`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// One IPv4 address, `192.0.2.1`.
    Ipv4,
    /// One IPv6 address in RFC 5952 form.
    Ipv6,
    /// A range of addresses of either family, `192.0.2.0/24`, host bits zero.
    Cidr,
    /// A DNS name in lower-case ASCII (A-label) form, no trailing dot, at least two labels.
    Domain,
    /// A URL: host and path, with a port where it is not the scheme's own.
    Url,
    /// A whole mail address, lower case.
    Email,
    /// A file digest, lower-case hex.
    Hash(HashAlgorithm),
    /// A digest of a TLS server certificate, lower-case hex without separators.
    Certificate(HashAlgorithm),
    /// A byte string looked for as it stands: URL fragments, JA4, user agents.
    Literal,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Ipv4,
        Self::Ipv6,
        Self::Cidr,
        Self::Domain,
        Self::Url,
        Self::Email,
        Self::Hash(HashAlgorithm::Md5),
        Self::Hash(HashAlgorithm::Sha1),
        Self::Hash(HashAlgorithm::Sha256),
        Self::Hash(HashAlgorithm::Sha512),
        Self::Certificate(HashAlgorithm::Md5),
        Self::Certificate(HashAlgorithm::Sha1),
        Self::Certificate(HashAlgorithm::Sha256),
        Self::Certificate(HashAlgorithm::Sha512),
        Self::Literal,
    ];

    /// The kind's name in data files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Cidr => "cidr",
            Self::Domain => "domain",
            Self::Url => "url",
            Self::Email => "email",
            Self::Hash(HashAlgorithm::Md5) => "md5",
            Self::Hash(HashAlgorithm::Sha1) => "sha1",
            Self::Hash(HashAlgorithm::Sha256) => "sha256",
            Self::Hash(HashAlgorithm::Sha512) => "sha512",
            Self::Certificate(HashAlgorithm::Md5) => "certificate-md5",
            Self::Certificate(HashAlgorithm::Sha1) => "certificate-sha1",
            Self::Certificate(HashAlgorithm::Sha256) => "certificate-sha256",
            Self::Certificate(HashAlgorithm::Sha512) => "certificate-sha512",
            Self::Literal => "literal",
        }
    }

    /// The value of ECS `threat.indicator.type` for this kind (ECS 9, threat fields, which take
    /// the STIX 2.1 observable names). `is_ipv6` decides for ranges, which ECS files under the
    /// address family.
    #[must_use]
    pub const fn ecs_type(self, is_ipv6: bool) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4-addr",
            Self::Ipv6 => "ipv6-addr",
            Self::Cidr => {
                if is_ipv6 {
                    "ipv6-addr"
                } else {
                    "ipv4-addr"
                }
            }
            Self::Domain => "domain-name",
            Self::Url | Self::Literal => "url",
            Self::Email => "email-addr",
            Self::Hash(_) => "file",
            Self::Certificate(_) => "x509-certificate",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text names no [`Kind`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of indicator")]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// Why a value is worth looking for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The adversary used it: contact is a possible compromise.
    #[default]
    Infrastructure,
    /// It belongs to a sanctioned company: contact is a compliance question, not a compromise.
    SanctionedEntity,
    /// Nobody published it: an answer in the searched logs gave it for a listed name.
    Derived,
}

impl Class {
    /// The class's name: `infrastructure`, `sanctioned-entity` or `derived`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Infrastructure => "infrastructure",
            Self::SanctionedEntity => "sanctioned-entity",
            Self::Derived => "derived",
        }
    }
}

/// How sure the publisher is. The names and order are ECS's `threat.indicator.confidence`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Confidence {
    /// The source does not say.
    #[default]
    NotSpecified,
    /// Open-source tools, social-media attribution.
    Low,
    /// Listed in an appendix, or derived.
    Medium,
    /// The publisher names its role.
    High,
}

impl Confidence {
    /// The ECS spelling: `Not Specified`, `Low`, `Medium` or `High`.
    #[must_use]
    pub const fn ecs_name(self) -> &'static str {
        match self {
            Self::NotSpecified => "Not Specified",
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }

    /// The spelling in data files and tables: `unspecified`, `low`, `medium` or `high`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotSpecified => "unspecified",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Whether a domain indicator covers the names below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scope {
    /// The name itself and everything below it.
    #[default]
    Subtree,
    /// The name itself and nothing else.
    Exact,
}
