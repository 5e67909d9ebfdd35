//! Canonical form of an indicator value.

use super::address;
use super::domain;
use super::kind::{HashAlgorithm, Kind};
use super::refang::refang;
use super::url;

/// A value in canonical form and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Observable {
    /// What the value is.
    pub kind: Kind,
    /// The canonical value: lower case but for URL paths and literals, not defanged, no trailing dot.
    pub value: String,
}

/// Why a text is no observable.
///
/// Each says what was expected. What is echoed of the text is one character or one name, so that
/// a message stays short whatever the text was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ObservableError {
    /// There is nothing but white space and quotes.
    #[error("the value is empty")]
    Empty,
    /// Longer than [`Observable::MAX_LEN`].
    #[error("longer than {} bytes", Observable::MAX_LEN)]
    TooLong,
    /// The bytes are not text.
    #[error("not valid UTF-8")]
    NotUtf8,
    /// It looks like nothing that is known.
    #[error("expected an address, a range, a domain, a URL, a mail address or a digest")]
    Unrecognised,
    /// Digits and dots that are no IPv4 address.
    #[error("expected an IPv4 address: four numbers from 0 to 255")]
    Ipv4,
    /// Colons that make no IPv6 address.
    #[error("expected an IPv6 address")]
    Ipv6,
    /// The number after the slash does not fit the address.
    #[error("expected a prefix length from 0 to {max}")]
    PrefixLength {
        /// 32 or 128.
        max: u8,
    },
    /// The netmask has a one after a zero.
    #[error("expected a netmask whose ones are contiguous")]
    Netmask,
    /// A long run of hex digits that is no digest's length.
    #[error("{digits} hex digits: a digest has 32, 40, 64 or 128")]
    DigestLength {
        /// How many there are.
        digits: usize,
    },
    /// A character that no name has, or a hyphen at the very beginning.
    #[error("`{}` cannot stand there in a domain name", .0.escape_debug())]
    NameCharacter(char),
    /// Two dots together, or a dot at the beginning.
    #[error("the domain name has an empty label")]
    EmptyLabel,
    /// A label of more than 63 bytes (RFC 1035 §2.3.4).
    #[error("a label of the domain name is longer than 63 bytes")]
    LabelTooLong,
    /// A name of more than 253 bytes (RFC 1035 §2.3.4, as text).
    #[error("the domain name is longer than 253 bytes")]
    NameTooLong,
    /// An international name that has no ASCII form (UTS 46).
    #[error("not a valid international domain name")]
    Idna,
    /// A single word.
    #[error("a single word: a domain name has at least two labels")]
    SingleLabel,
    /// A name that ends in a number: no such top-level domain exists (RFC 3696 §2).
    #[error("a domain name does not end in a number")]
    NumericSuffix,
    /// Everybody's names lie under it: it would accuse half the internet.
    #[error("`{0}` is a public suffix: every name registered under it would match")]
    PublicSuffix(String),
    /// The last label is no top-level domain, and none of the names that networks use inside.
    #[error("`.{0}` is no top-level domain: looks like a file or host name, not a public domain")]
    UnknownSuffix(String),
    /// The URL's host is at fault.
    #[error("the host of the URL: {0}")]
    UrlHost(#[source] Box<ObservableError>),
    /// White space or a control character inside a URL.
    #[error("a URL has no white space or control characters")]
    UrlSpace,
    /// What follows the host's colon is no port.
    #[error("expected a port from 0 to 65535")]
    Port,
    /// The part before `@` is no mailbox name (RFC 5322 §3.2.3).
    #[error("expected a mail address: name@domain")]
    Email,
}

impl Observable {
    /// The longest text that is looked at, in bytes.
    pub const MAX_LEN: usize = 4096;

    /// Recognises what `text` is and brings it into canonical form; defanged forms ([`refang`])
    /// are accepted, and so are white space, quotes and angle brackets around the value and a
    /// comma or semicolon after it.
    ///
    /// | kind | accepted | canonical |
    /// | --- | --- | --- |
    /// | IPv4 | dotted quad; `045.077.231.209` is decimal, never octal | without padding |
    /// | IPv6 | any RFC 4291 form, in brackets or not; a zone is dropped | RFC 5952; IPv4-mapped becomes IPv4 |
    /// | range | `address/length`, `address/netmask` | host bits cleared; `/32` and `/128` become the address |
    /// | domain | two labels or more, underscores, a leading `*.` or `.` (which changes nothing: an indicator covers what is below), international forms (UTS 46) | lower-case A-labels, no trailing dot |
    /// | URL | `scheme://…` with any scheme, or a host followed by `/` | `host[:port]/path?query#fragment` |
    /// | mail | `name@domain` | lower case |
    /// | digest | 32, 40, 64 or 128 hex digits, bare or in pairs separated by `:`, `-` or a space | lower case, bare |
    ///
    /// An address or name with a port (`192.0.2.1:443`) is the address or name: few logs show
    /// both in one place. Certificate digests and literals cannot be told from their text; a feed
    /// that knows better sets the [`Kind`].
    ///
    /// **URLs** lose the scheme, the user name and password, and a port that is the scheme's own.
    /// The host is brought into the form that it would have as an indicator; path, query and
    /// fragment stand as they were. There is always a path: `http://c0cc.cc` and
    /// `http://c0cc.cc/` are both `c0cc.cc/`. So that every canonical URL can be read back, the
    /// rules are the same with and without a scheme; one form is ambiguous without: `192.0.2.1/24`
    /// is a range, and to mean the URL it takes a scheme.
    ///
    /// **Domains** must lie under a known top-level domain, because lists that were extracted by
    /// machine hold `conhost.exe`; the endings that networks use inside pass too (`.local`,
    /// `.lan`, `.internal`, `.intranet`, `.private`, `.corp`, `.home`, `.localdomain`, and the
    /// reserved `.test`, `.example`, `.invalid`, `.localhost`, `.alt`, `.onion`, `.arpa`). An
    /// internal zone with an ending of its own does not: it cannot be told from a file name. A
    /// public suffix of the ICANN section (`co.uk`) is refused; those that companies registered
    /// (`ddns.net`) are names like any other.
    ///
    /// # Errors
    /// [`ObservableError`] says what was expected.
    ///
    /// ```
    /// use flaxscan::indicator::{Kind, Observable, ObservableError};
    ///
    /// let range = Observable::recognise("149.28.132.137/20")?;
    /// assert_eq!((range.kind, range.value.as_str()), (Kind::Cidr, "149.28.128.0/20"));
    /// let url = Observable::recognise("hxxp://C0CC[.]cc:80/Gate")?;
    /// assert_eq!((url.kind, url.value.as_str()), (Kind::Url, "c0cc.cc/Gate"));
    /// assert!(matches!(Observable::recognise("co.uk"), Err(ObservableError::PublicSuffix(_))));
    /// # Ok::<(), ObservableError>(())
    /// ```
    pub fn recognise(text: &str) -> Result<Self, ObservableError> {
        let text = trim(text);
        if text.is_empty() {
            return Err(ObservableError::Empty);
        }
        if text.len() > Self::MAX_LEN {
            return Err(ObservableError::TooLong);
        }
        let seen = classes(text);
        if seen & OTHER != 0 {
            return punctuated(&refang(text));
        }
        if seen & !(DIGIT | DOT) == 0 && seen & DOT != 0 {
            return address::ipv4(text);
        }
        if seen & DOT == 0
            && let Some(digest) = digest(text)
        {
            return digest;
        }
        domain::indicator(text).map(|value| Self { kind: Kind::Domain, value })
    }
}

const DIGIT: u8 = 1;
const HEX_LETTER: u8 = 2;
const LETTER: u8 = 4;
const DOT: u8 = 8;
const JOINER: u8 = 16;
const OTHER: u8 = 32;

/// What a byte of a value can belong to, so that one pass over it rules most kinds out.
static CLASS: [u8; 256] = {
    let mut class = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' | b'A'..=b'F' => HEX_LETTER,
            b'g'..=b'z' | b'G'..=b'Z' => LETTER,
            b'.' => DOT,
            b'-' | b'_' => JOINER,
            _ => OTHER,
        };
        byte += 1;
    }
    class
};

fn classes(text: &str) -> u8 {
    text.bytes().fold(0, |seen, byte| seen | CLASS[usize::from(byte)])
}

/// What has other characters in it than a plain name, IPv4 address or bare digest, or had them
/// before it was refanged.
fn punctuated(text: &str) -> Result<Observable, ObservableError> {
    if let Some((scheme, rest)) = url::split_scheme(text) {
        return url::observable(Some(scheme), rest);
    }
    if let Some(digest) = digest(text) {
        return digest;
    }
    if let Some((before, after)) = text.split_once('/') {
        return address::range(before, after).unwrap_or_else(|| url::observable(None, text));
    }
    if let Some((mailbox, host)) = text.rsplit_once('@') {
        return email(mailbox, host);
    }
    let (host, port) = match text.bytes().filter(|&byte| byte == b':').count() {
        0 => (text, None),
        1 => url::split_port(text),
        _ if text.starts_with('[') => url::split_port(text),
        _ => {
            return address::parse(text).map(address::observable).ok_or(ObservableError::Ipv6);
        }
    };
    if port.is_some_and(|port| port.is_empty() || url::parse_port(port).is_none()) {
        return Err(if text.contains(char::is_whitespace) {
            ObservableError::Unrecognised
        } else {
            ObservableError::Port
        });
    }
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']').filter(|inner| inner.contains(':'));
        let address = inner.and_then(address::parse).ok_or(ObservableError::Ipv6)?;
        return Ok(address::observable(address));
    }
    if classes(host) & !(DIGIT | DOT) == 0 {
        return address::ipv4(host);
    }
    domain::indicator(host).map(|value| Observable { kind: Kind::Domain, value })
}

/// A digest, bare or in pairs. `None` for what may yet be something else; an error for hex digits
/// in a number that only a digest would have and that no digest has.
fn digest(text: &str) -> Option<Result<Observable, ObservableError>> {
    let bytes = text.as_bytes();
    let separator = bytes.get(2).copied().filter(|byte| matches!(byte, b':' | b'-' | b' '));
    let digits = match separator {
        Some(_) if bytes.len() % 3 == 2 => (bytes.len() + 1) / 3 * 2,
        Some(_) => return None,
        None => bytes.len(),
    };
    // Sixteen pairs are more than IPv6 (eight groups) or a hardware address (eight pairs) has.
    if digits < 32 {
        return None;
    }
    let fits = match separator {
        None => classes(text) & !(DIGIT | HEX_LETTER) == 0,
        Some(separator) => bytes.chunks(3).all(|pair| {
            pair[..2].iter().all(u8::is_ascii_hexdigit)
                && pair.get(2).is_none_or(|&it| it == separator)
        }),
    };
    if !fits {
        return None;
    }
    let Some(algorithm) = HashAlgorithm::from_hex_len(digits) else {
        return Some(Err(ObservableError::DigestLength { digits }));
    };
    let mut value = text.to_ascii_lowercase();
    if separator.is_some() {
        value.retain(|digit| digit.is_ascii_hexdigit());
    }
    Some(Ok(Observable { kind: Kind::Hash(algorithm), value }))
}

fn email(mailbox: &str, host: &str) -> Result<Observable, ObservableError> {
    let mailbox = mailbox.strip_prefix("mailto:").unwrap_or(mailbox);
    let atom = |character: char| {
        !character.is_ascii() && !character.is_whitespace() && !character.is_control()
            || character.is_ascii_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~.".contains(character)
    };
    if mailbox.is_empty() || !mailbox.chars().all(atom) {
        return Err(ObservableError::Email);
    }
    let mut value = mailbox.to_ascii_lowercase();
    value.push('@');
    value.push_str(&domain::host(host)?);
    Ok(Observable { kind: Kind::Email, value })
}

/// Takes off what lists and reports put around a value.
fn trim(mut text: &str) -> &str {
    let plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    if plain(text.as_bytes().first()) && plain(text.as_bytes().last()) {
        return text;
    }
    loop {
        let bare = text.trim().trim_end_matches([',', ';']).trim_end();
        let bare = [('"', '"'), ('\'', '\''), ('`', '`'), ('<', '>')]
            .into_iter()
            .find_map(|(open, close)| bare.strip_prefix(open)?.strip_suffix(close))
            .unwrap_or(bare);
        if bare.len() == text.len() {
            return bare;
        }
        text = bare;
    }
}

#[cfg(test)]
#[path = "canonical_tests.rs"]
mod tests;
