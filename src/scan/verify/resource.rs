//! URLs and mail addresses: what stands around a host.

use std::net::Ipv6Addr;
use std::ops::Range;

use crate::scan::scanner::{MAX_DEPTH, Ranked, Scanner};
use crate::scan::view::{Decoded, View};
use crate::scan::{Encodings, Relation};

/// How far behind a host an escaped slash is looked for.
const LONGEST_URL: usize = 2048;

/// Whether a byte ends a URL in a log line: RFC 3986 allows none of the first group, and CSV,
/// lists and prose put the others behind URLs.
fn ends_url(byte: u8) -> bool {
    byte <= b' '
        || matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'}' | b'|' | 0x7F)
        || matches!(byte, b'\'' | b',' | b';' | b')' | b']')
}

/// Whether a mail address goes on before a byte. RFC 5322 allows more in one, such as `=`, `/` and
/// `'`, but in logs those stand in front of addresses.
fn is_local_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-') || byte >= 0x80
}

/// How the path of a URL in a log relates to an indicator's, and how many bytes of it match.
/// `rest` is the text behind host and port.
fn compare_path(rest: &[u8], path: &str) -> Option<(Relation, usize)> {
    // Whether the path goes on is seen from two bytes more.
    let room = rest.iter().take(path.len() + 2);
    let found = &rest[..room.take_while(|&&byte| !ends_url(byte)).count()];
    if path == "/" {
        return match found {
            [] => Some((Relation::Exact, 0)),
            [b'/'] => Some((Relation::Exact, 1)),
            [b'/', ..] => Some((Relation::UrlPrefix, 1)),
            [b'?' | b'#', ..] => Some((Relation::UrlPrefix, 0)),
            // Something else than a URL: the host alone.
            _ => Some((Relation::Exact, 0)),
        };
    }
    let behind = found.strip_prefix(path.as_bytes())?;
    let relation = match behind {
        [] | [b'&', ..] | [b'.'] => Relation::Exact,
        [b'/' | b'?' | b'#', ..] => Relation::UrlPrefix,
        _ if path.ends_with('/') => Relation::UrlPrefix,
        _ => return None,
    };
    Some((relation, path.len()))
}

/// The port behind a host, and how many bytes it takes with its colon.
fn read_port(rest: &[u8]) -> (Option<u16>, usize) {
    let Some(digits) = rest.strip_prefix(b":") else { return (None, 0) };
    let len = digits.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    match std::str::from_utf8(&digits[..len]).ok().and_then(|digits| digits.parse().ok()) {
        Some(port) => (Some(port), len + 1),
        None => (None, 0),
    }
}

impl Scanner<'_> {
    /// What hangs on the host at `span`: URLs behind it, mail addresses before it.
    pub(super) fn resources(
        &mut self,
        view: &View<'_>,
        span: &Range<usize>,
        host: &str,
        encodings: Encodings,
        decoded: &mut Decoded,
        matches: &mut Vec<Ranked>,
    ) {
        if self.index.resources.is_empty() {
            return;
        }
        let urls = self.index.resources.urls(host);
        // One dot at a name's end is trimmed off the token but belongs to the host.
        let dot = usize::from(view.text[span.end..].starts_with(b"."));
        if !urls.is_empty() {
            let rest = &view.text[span.end + dot..];
            let rest = &rest[..rest.len().min(LONGEST_URL)];
            let len = rest.iter().take_while(|&&byte| !ends_url(byte)).count();
            // JSON may escape the slashes of a URL, which then goes on behind the backslash.
            if rest.get(len) == Some(&b'\\') && view.depth < MAX_DEPTH {
                self.decode_url(view, span.end + dot + len, decoded);
            } else {
                self.urls(view, span, span.end + dot, host, encodings, matches);
            }
        }
        let before = &view.text[..span.start];
        if let Some(before) = before.strip_suffix(b"@") {
            for (local, id) in self.index.resources.emails(host) {
                let Some(at) = before.len().checked_sub(local.len()) else { continue };
                let is_whole = at == 0 || !is_local_byte(before[at - 1]);
                if is_whole && before[at..].eq_ignore_ascii_case(local.as_bytes()) {
                    let span = at..span.end;
                    let encodings = encodings.and(view.encodings(&span));
                    let (relation, raw) = (Relation::Exact, view.raw_span(&span));
                    matches.push(Ranked::new(self.set, relation, *id, local.len(), raw, encodings));
                }
            }
        }
    }

    /// What hangs on an IPv6 address, if it stands in brackets.
    pub(super) fn bracketed_resources(
        &self,
        view: &View<'_>,
        span: &Range<usize>,
        address: Ipv6Addr,
        matches: &mut Vec<Ranked>,
    ) {
        let is_bracketed = span.start > 0
            && view.text[span.start - 1] == b'['
            && view.text.get(span.end) == Some(&b']');
        if is_bracketed && !self.index.resources.is_empty() {
            let host = format!("[{address}]");
            self.urls(view, span, span.end + 1, &host, Encodings::NONE, matches);
        }
    }

    /// The URLs of a host whose text ends at `end`.
    fn urls(
        &self,
        view: &View<'_>,
        span: &Range<usize>,
        end: usize,
        host: &str,
        encodings: Encodings,
        matches: &mut Vec<Ranked>,
    ) {
        for url in self.index.resources.urls(host) {
            let rest = &view.text[end..];
            let (port, port_len) = read_port(rest);
            if url.port.is_some() && url.port != port {
                continue;
            }
            let Some((relation, len)) = compare_path(&rest[port_len..], &url.path) else {
                continue;
            };
            // A host with nothing behind it keeps its own span.
            let matched = if port_len + len == 0 { span.end } else { end + port_len + len };
            let span = span.start..matched;
            let encodings = encodings.and(view.encodings(&span));
            let (specificity, raw) = (url.path.len(), view.raw_span(&span));
            matches.push(Ranked::new(self.set, relation, url.id, specificity, raw, encodings));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_matches_whole_or_at_a_separator() {
        let compare = |rest: &str, path: &str| compare_path(rest.as_bytes(), path);
        assert_eq!(compare("/a/b HTTP/1.1", "/a/b"), Some((Relation::Exact, 4)));
        assert_eq!(compare("/a/b,GET", "/a/b"), Some((Relation::Exact, 4)));
        assert_eq!(compare("/a/b/c", "/a/b"), Some((Relation::UrlPrefix, 4)));
        assert_eq!(compare("/a/b?x", "/a/b"), Some((Relation::UrlPrefix, 4)));
        assert_eq!(compare("/a/bc", "/a/b"), None);
        assert_eq!(compare("/A/b", "/a/b"), None);
        assert_eq!(compare("/a/bc", "/a/"), Some((Relation::UrlPrefix, 3)));
        assert_eq!(compare("", "/"), Some((Relation::Exact, 0)));
        assert_eq!(compare("/x", "/"), Some((Relation::UrlPrefix, 1)));
    }

    #[test]
    fn ports_are_read() {
        assert_eq!(read_port(b":443/x"), (Some(443), 4));
        assert_eq!(read_port(b":99999"), (None, 0));
        assert_eq!(read_port(b"/x"), (None, 0));
    }
}
