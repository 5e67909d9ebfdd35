//! What the scanner found: one token of the input and every indicator it matches.

use std::fmt;
use std::ops::Range;

use crate::indicator::IndicatorId;

/// How a token relates to an indicator it matches.
///
/// The order is the order of preference: of two indicators that match one token the one with the
/// smaller relation says more about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// The token is the indicator.
    Exact,
    /// The token is a URL below the indicator's.
    UrlPrefix,
    /// The token is a name below the indicator.
    Subdomain,
    /// The token is an address inside the indicator's range.
    InRange,
    /// The indicator's address begins the token, a provider's reverse name.
    Embedded,
    /// The indicator is a literal that stands in the line.
    Literal,
}

impl Relation {
    /// The spelling of `flaxscan.relation`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::UrlPrefix => "url-prefix",
            Self::Subdomain => "subdomain",
            Self::InRange => "in-range",
            Self::Embedded => "embedded",
            Self::Literal => "literal",
        }
    }
}

/// A notation that was looked through to find an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Encoding {
    /// `%2F`, RFC 3986 §2.1.
    Percent,
    /// `%252F`.
    PercentTwice,
    /// JSON (RFC 8259 §7) or C escapes: `\t`, `\u002e`, `\x2e`, `\056`.
    Escape,
    /// Escapes inside escapes, as in JSON that is logged inside JSON.
    EscapeTwice,
    /// The Windows DNS debug log's `(3)api(5)k3121(3)com(0)`.
    DnsLabels,
    /// `209.231.77.45.in-addr.arpa` (RFC 1035 §3.5) or `….ip6.arpa` (RFC 3596 §2.5).
    ReverseDns,
    /// `c0cc[.]cc`.
    Defanged,
    /// tcpdump's `45.77.231.209.443`.
    AddressDotPort,
    /// `::ffff:45.77.231.209`, RFC 4291 §2.5.5.
    Ipv4Mapped,
    /// `64:ff9b::2d4d:e7d1`, RFC 6052.
    Nat64,
    /// `2002:2d4d:e7d1::`, RFC 3056.
    SixToFour,
    /// `http://760080337/`: the WHATWG URL standard's IPv4 number parser.
    IntegerHost,
    /// `http://0x2d4de7d1/`.
    HexHost,
    /// `045.077.231.209`.
    ZeroPadded,
    /// Unicode form of an internationalised name (UTS 46).
    Unicode,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Self; 15] = [
        Self::Percent,
        Self::PercentTwice,
        Self::Escape,
        Self::EscapeTwice,
        Self::DnsLabels,
        Self::ReverseDns,
        Self::Defanged,
        Self::AddressDotPort,
        Self::Ipv4Mapped,
        Self::Nat64,
        Self::SixToFour,
        Self::IntegerHost,
        Self::HexHost,
        Self::ZeroPadded,
        Self::Unicode,
    ];

    /// The spelling in `flaxscan.encoding`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::PercentTwice => "percent-twice",
            Self::Escape => "escape",
            Self::EscapeTwice => "escape-twice",
            Self::DnsLabels => "dns-labels",
            Self::ReverseDns => "reverse-dns",
            Self::Defanged => "defanged",
            Self::AddressDotPort => "address-dot-port",
            Self::Ipv4Mapped => "ipv4-mapped",
            Self::Nat64 => "nat64",
            Self::SixToFour => "6to4",
            Self::IntegerHost => "integer-host",
            Self::HexHost => "hex-host",
            Self::ZeroPadded => "zero-padded",
            Self::Unicode => "unicode",
        }
    }
}

/// The set of notations that were looked through for one hit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Encodings(u16);

impl Encodings {
    /// The token stood in its plain form.
    pub const NONE: Self = Self(0);

    /// This set and one more.
    #[must_use]
    pub const fn with(self, encoding: Encoding) -> Self {
        Self(self.0 | 1 << encoding as u8)
    }

    /// Both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `encoding` was looked through.
    #[must_use]
    pub const fn contains(self, encoding: Encoding) -> bool {
        self.0 & 1 << encoding as u8 != 0
    }

    /// Whether the token stood in its plain form.
    #[must_use]
    pub const fn is_plain(self) -> bool {
        self.0 == 0
    }

    /// The encodings, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Encoding> {
        Encoding::ALL.into_iter().filter(move |&encoding| self.contains(encoding))
    }
}

impl fmt::Debug for Encodings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// One indicator that a token matches, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Match {
    /// How the token relates to the indicator.
    pub relation: Relation,
    /// The indicator, in the set the scanner was built from.
    pub indicator: IndicatorId,
}

/// One token of the input and all the indicators it matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The matched bytes, as offsets in the (decoded) input.
    pub span: Range<u64>,
    /// The line number, from 1.
    pub line: u64,
    /// The offset of the line's first byte.
    pub line_start: u64,
    /// What was looked through.
    pub encodings: Encodings,
    /// Every indicator that matches, best first: never empty.
    pub matches: Vec<Match>,
}

impl Hit {
    /// The best match: exact before covering, the most specific first.
    #[must_use]
    pub fn best(&self) -> Match {
        self.matches[0]
    }

    /// The column: the matched bytes' first byte in its line, from 1.
    #[must_use]
    pub fn column(&self) -> u64 {
        self.span.start - self.line_start + 1
    }
}
