//! The tokens of one reading and what they match.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;
use std::sync::LazyLock;

use flaxscan::scan::{Encoding, Encodings, Match, Relation};
use regex::bytes::Regex;

use super::lookup::{Indicators, Url};
use super::reading::Reading;
use super::{Found, addresses, rank};

/// For each byte of `text` whether it belongs to a letter, digit, `.`, `-` or `_`.
pub fn token_bytes(text: &[u8]) -> Vec<bool> {
    let mut marks = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for char in chunk.valid().chars() {
            let is_token = char.is_alphanumeric()
                || matches!(
                    char,
                    '.' | '-' | '_' | '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}'
                );
            marks.extend(std::iter::repeat_n(is_token, char.len_utf8()));
        }
        marks.extend(chunk.invalid().iter().map(|_| false));
    }
    marks
}

/// Everything that matches in `reading`, but literals.
pub fn in_reading(reading: &Reading, indicators: &Indicators<'_>) -> Vec<Found> {
    let text = reading.bytes.as_slice();
    let is_token = token_bytes(text);
    let mut found = Vec::new();
    let ipv6 = addresses::ipv6_in(text, &is_token);
    for token in host_tokens(text, &is_token) {
        // The tail of `2001:db8::1.2.3.4` is a part of that address and no other one.
        if !ipv6.iter().any(|(span, _)| span.start <= token.start && token.end <= span.end) {
            found.extend(host(text, token, indicators));
        }
    }
    for (span, address) in ipv6 {
        found.extend(plain_address(span, IpAddr::V6(address), Encodings::NONE, indicators));
    }
    for (span, address) in addresses::dot_ports(text, &is_token) {
        let encodings = Encodings::NONE.with(Encoding::AddressDotPort);
        found.extend(plain_address(span, address, encodings, indicators));
    }
    for (span, address, encoding) in number_hosts(text, &is_token) {
        let encodings = Encodings::NONE.with(encoding);
        found.extend(plain_address(span, IpAddr::V4(address), encodings, indicators));
    }
    for (span, name) in dns_labels(text) {
        found.extend(labelled_name(span, &name, indicators));
    }
    for (span, hex) in bare_digests(text).into_iter().chain(paired_digests(text)) {
        found.push(Found { span, encodings: Encodings::NONE, matches: indicators.digest(&hex) });
    }
    found.retain(|found| !found.matches.is_empty());
    found
}

/// The occurrences of every literal in the line as it stands.
pub fn literals(line: &[u8], indicators: &Indicators<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (one, pattern) in indicators.literals() {
        found.extend(pattern.find_iter(line).map(|place| Found {
            span: place.range(),
            encodings: Encodings::NONE,
            matches: vec![one],
        }));
    }
    found
}

fn host_tokens(text: &[u8], is_token: &[bool]) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let len = is_token[at..].iter().take_while(|&&yes| yes).count();
        let (mut start, mut end) = (at, at + len);
        while start < end && b".-_".contains(&text[start]) {
            start += 1;
        }
        while start < end && b".-_".contains(&text[end - 1]) {
            end -= 1;
        }
        if start < end {
            tokens.push(start..end);
        }
        at += len.max(1);
    }
    tokens
}

/// What a name or address is looked up as.
struct Host {
    /// The name in lower-case ASCII, or the address in its usual form: what URLs are compared to.
    text: String,
    is_name: bool,
    matches: Vec<Match>,
    encodings: Encodings,
}

fn lookup_host(token: &str, indicators: &Indicators<'_>) -> Option<Host> {
    if let Some((address, padded)) = addresses::ipv4(token) {
        let (matches, mut encodings) = indicators.address(IpAddr::V4(address));
        if padded {
            encodings = encodings.with(Encoding::ZeroPadded);
        }
        return Some(Host { text: address.to_string(), is_name: false, matches, encodings });
    }
    if !token.contains('.') {
        return None;
    }
    let mut encodings = Encodings::NONE;
    let name = if token.is_ascii() {
        token.to_ascii_lowercase()
    } else {
        encodings = encodings.with(Encoding::Unicode);
        idna::domain_to_ascii(token).ok()?
    };
    let mut matches = indicators.name(&name);
    if let Some((address, padded)) = addresses::embedded(&name) {
        let embedded = indicators.embedded(address);
        if padded && !embedded.is_empty() {
            encodings = encodings.with(Encoding::ZeroPadded);
        }
        matches.extend(embedded);
    }
    if let Some(address) = addresses::reverse(&name) {
        let (of_address, inner) = indicators.address(address);
        if !of_address.is_empty() {
            matches.extend(of_address);
            encodings = encodings.and(inner).with(Encoding::ReverseDns);
        }
    }
    Some(Host { text: name, is_name: true, matches, encodings })
}

fn host(text: &[u8], token: Range<usize>, indicators: &Indicators<'_>) -> Option<Found> {
    let host = lookup_host(std::str::from_utf8(&text[token.clone()]).ok()?, indicators)?;
    let before = &text[..token.start];
    let after = &text[token.end..];
    // Every match with the place it gives the hit, should it be the best one.
    let mut places: Vec<(Match, Range<usize>)> =
        host.matches.iter().map(|&one| (one, token.clone())).collect();
    if host.is_name {
        let same = |local: &str, domain: &str| domain == host.text && is_addressed(before, local);
        for one in indicators.email(same) {
            let value = indicators.set.get(one.indicator).value();
            places.push((one, token.end - value.len()..token.end));
        }
    }
    let urls =
        indicators.urls(|url| if url.host == host.text { match_url(after, url) } else { None });
    places.extend(urls.into_iter().map(|(one, len)| (one, token.start..token.end + len)));
    let best = places.iter().min_by_key(|(one, _)| rank(indicators.set, *one))?;
    Some(Found {
        span: best.1.clone(),
        encodings: host.encodings,
        matches: places.iter().map(|(one, _)| *one).collect(),
    })
}

/// Whether `before` ends with a whole mailbox name `local` and `@`.
fn is_addressed(before: &[u8], local: &str) -> bool {
    let pattern =
        format!(r"(?i-u)(?:^|[^A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]){}@$", regex::escape(local));
    Regex::new(&pattern).unwrap().is_match(before)
}

/// How the text after a host continues `url`, and how many of its bytes do.
fn match_url(after: &[u8], url: Url<'_>) -> Option<(Relation, usize)> {
    static PARTS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?-u)^(?<port>:[0-9]+)?(?<path>[^\x00-\x20\x7f"'<>\\^`{}|,;)\]]*)"#).unwrap()
    });
    let parts = PARTS.captures(after)?;
    let port = parts.name("port").map_or(&b""[..], |port| port.as_bytes());
    if url.port.is_some_and(|wanted| port != format!(":{wanted}").as_bytes()) {
        return None;
    }
    // What does not begin as a path, a query or a fragment is the text after a bare host.
    let path = match parts.name("path")?.as_bytes() {
        path @ [b'/' | b'?' | b'#', ..] => path,
        _ => b"",
    };
    if url.path == "/" {
        return match path {
            b"" => Some((Relation::Exact, port.len())),
            b"/" => Some((Relation::Exact, port.len() + 1)),
            _ => Some((Relation::UrlPrefix, port.len() + usize::from(path[0] == b'/'))),
        };
    }
    let rest = path.strip_prefix(url.path.as_bytes())?;
    let relation = match rest {
        b"" | b"." => Relation::Exact,
        // `?target=http://host/path&next=…`
        [b'&', ..] => Relation::Exact,
        [b'/' | b'?' | b'#', ..] => Relation::UrlPrefix,
        _ if url.path.ends_with('/') => Relation::UrlPrefix,
        _ => return None,
    };
    Some((relation, port.len() + url.path.len()))
}

fn plain_address(
    span: Range<usize>,
    address: IpAddr,
    encodings: Encodings,
    indicators: &Indicators<'_>,
) -> Option<Found> {
    let (matches, inner) = indicators.address(address);
    Some(Found { span, encodings: encodings.and(inner), matches })
}

fn labelled_name(span: Range<usize>, name: &str, indicators: &Indicators<'_>) -> Option<Found> {
    let host = lookup_host(name, indicators)?;
    let encodings = host.encodings.with(Encoding::DnsLabels);
    Some(Found { span, encodings, matches: host.matches })
}

/// The names of the Windows DNS debug log: `(3)api(5)k3121(3)com(0)`. A label may have any bytes, so a
/// name begins at the first place in the line from which the lengths lead to the root; told are the
/// labels behind the last one that no host has.
fn dns_labels(text: &[u8]) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for root in (0..text.len()).filter(|&at| text[at..].starts_with(b"(0)")) {
        let line =
            text[..root].iter().rposition(|byte| b"\r\n".contains(byte)).map_or(0, |at| at + 1);
        let Some(labels) = (line..root).find_map(|at| spelled_labels(text, at, root)) else {
            continue;
        };
        let is_host = |label: &Range<usize>| {
            text[label.clone()].iter().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b))
        };
        let from = labels.iter().rposition(|(_, label)| !is_host(label)).map_or(0, |at| at + 1);
        let Some((start, _)) = labels.get(from) else { continue };
        let names: Vec<_> = labels[from..]
            .iter()
            .map(|(_, label)| std::str::from_utf8(&text[label.clone()]).unwrap())
            .collect();
        found.push((*start..root + 3, names.join(".")));
    }
    found
}

/// The labels from `at` to `root`: where each begins, and its own bytes.
fn spelled_labels(text: &[u8], mut at: usize, root: usize) -> Option<Vec<(usize, Range<usize>)>> {
    static LENGTH: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?-u)^\(([1-9][0-9]?)\)").unwrap());
    let mut labels = Vec::new();
    while at < root {
        let length = LENGTH.captures(&text[at..])?;
        let len: usize = std::str::from_utf8(&length[1]).unwrap().parse().unwrap();
        let begin = at + length[0].len();
        if len > 63 {
            return None;
        }
        labels.push((at, begin..begin + len));
        at = begin + len;
    }
    (at == root).then_some(labels)
}

/// Hosts of URLs that are written as one number.
fn number_hosts(text: &[u8], is_token: &[bool]) -> Vec<(Range<usize>, Ipv4Addr, Encoding)> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?-u)://(?<host>0[xX](?<hex>[0-9A-Fa-f]{1,8})|(?<decimal>[1-9][0-9]{0,9}))")
            .unwrap()
    });
    let mut found = Vec::new();
    for url in FORM.captures_iter(text) {
        let span = url.name("host").unwrap().range();
        let parse = |group, radix| {
            let digits = std::str::from_utf8(url.name(group)?.as_bytes()).ok()?;
            u32::from_str_radix(digits, radix).ok()
        };
        let number = match parse("hex", 16) {
            Some(number) => Some((number, Encoding::HexHost)),
            None => parse("decimal", 10).map(|number| (number, Encoding::IntegerHost)),
        };
        if let Some((number, encoding)) = number
            && !is_token.get(span.end).is_some_and(|&yes| yes)
        {
            found.push((span, Ipv4Addr::from(number), encoding));
        }
    }
    found
}

fn bare_digests(text: &[u8]) -> Vec<(Range<usize>, String)> {
    static RUN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)[0-9A-Fa-f]{32,}").unwrap());
    // A match is as long as it can be, so its neighbours are not hex digits.
    RUN.find_iter(text).map(|run| (run.range(), hex_digits(run.as_bytes()))).collect()
}

fn paired_digests(text: &[u8]) -> Vec<(Range<usize>, String)> {
    let is_hex = |at: usize| text.get(at).is_some_and(u8::is_ascii_hexdigit);
    let are_hex = |at: usize| is_hex(at) && is_hex(at + 1);
    let mut found = Vec::new();
    for separator in [b':', b'-', b' '] {
        let is_separator = |at: usize| text.get(at) == Some(&separator);
        for pairs in [16, 20, 32, 64] {
            let len = pairs * 3 - 1;
            for start in 0..(text.len() + 1).saturating_sub(len) {
                let end = start + len;
                let whole = (start..end)
                    .all(|at| if (at - start) % 3 == 2 { is_separator(at) } else { is_hex(at) });
                let pair_before = start >= 3 && is_separator(start - 1) && are_hex(start - 3);
                let begins = start == 0 || !(is_hex(start - 1) || pair_before);
                let pair_after = is_separator(end) && are_hex(end + 1);
                let ends = !(is_hex(end) || pair_after);
                if whole && begins && ends {
                    found.push((start..end, hex_digits(&text[start..end])));
                }
            }
        }
    }
    found
}

fn hex_digits(text: &[u8]) -> String {
    let digits = text.iter().filter(|byte| byte.is_ascii_hexdigit());
    digits.map(|&byte| char::from(byte.to_ascii_lowercase())).collect()
}
