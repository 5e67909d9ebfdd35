//! Host tokens: from a run of bytes to a name or an address.

use std::net::Ipv4Addr;
use std::ops::Range;

use crate::scan::scanner::{REACH, Scanner};
use crate::scan::view::{Decoded, View};
use crate::scan::{Encoding, Encodings};

/// The longest internationalised name that is looked at, in bytes: 253 characters of four bytes.
const LONGEST_UNICODE: usize = 1012;

/// Whether a byte can stand in a host token; of bytes above 0x7F the character decides.
pub(super) fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') || byte >= 0x80
}

/// Whether a character above U+007F can stand in a host token: letters, digits, and the marks and
/// joiners that names are written with (RFC 5892).
fn is_host_char(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '\u{300}'..='\u{36F}' | '\u{200C}' | '\u{200D}')
}

fn is_trimmed(byte: u8) -> bool {
    matches!(byte, b'.' | b'-' | b'_')
}

/// `span` without the `.`, `-` and `_` at its ends.
pub(super) fn trim(text: &[u8], span: Range<usize>) -> Range<usize> {
    let token = &text[span.clone()];
    let lead = token.iter().take_while(|&&byte| is_trimmed(byte)).count();
    let trail = token[lead..].iter().rev().take_while(|&&byte| is_trimmed(byte)).count();
    span.start + lead..span.end - trail
}

/// Reads a dotted quad: four decimal octets of one to three digits. Tells whether an octet is
/// padded with zeros.
pub(super) fn read_quad(token: &[u8]) -> Option<(Ipv4Addr, bool)> {
    if token.len() > 15 {
        return None;
    }
    let mut octets = [0; 4];
    let mut parts = token.split(|&byte| byte == b'.');
    let mut is_padded = false;
    for octet in &mut octets {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 3 || !part.iter().all(u8::is_ascii_digit) {
            return None;
        }
        is_padded |= part.len() > 1 && part[0] == b'0';
        let value = part.iter().fold(0u16, |value, digit| value * 10 + u16::from(digit - b'0'));
        *octet = u8::try_from(value).ok()?;
    }
    parts.next().is_none().then_some((octets.into(), is_padded))
}

impl Scanner<'_> {
    /// Verifies a trimmed token.
    pub(in crate::scan) fn token(
        &mut self,
        view: &View<'_>,
        span: Range<usize>,
        encodings: Encodings,
        decoded: &mut Decoded,
    ) {
        let token = &view.text[span.clone()];
        if let Some((address, is_padded)) = read_quad(token) {
            let encodings =
                if is_padded { encodings.with(Encoding::ZeroPadded) } else { encodings };
            self.quad(view, span, address, encodings, decoded);
        } else if token.contains(&b'.') && token.is_ascii() {
            let mut name = std::mem::take(&mut self.name);
            name.clear();
            name.extend(token.iter().map(u8::to_ascii_lowercase));
            self.name_token(view, span, &name, encodings, decoded);
            self.name = name;
        }
    }

    /// Verifies the token around a dot, however long, and whatever characters it is made of.
    pub(in crate::scan) fn wide_token(
        &mut self,
        view: &View<'_>,
        dot: usize,
        decoded: &mut Decoded,
    ) {
        let text = view.text;
        let back = &text[dot.saturating_sub(REACH)..dot];
        let start = dot - back.iter().rev().take_while(|&&byte| is_host_byte(byte)).count();
        let rest = &text[dot..text.len().min(dot + REACH)];
        let end = dot + rest.iter().take_while(|&&byte| is_host_byte(byte)).count();
        let mut token = start;
        let mut at = start;
        // Characters that are neither letters nor digits, and bytes that are no characters, end
        // a token like any other boundary.
        for chunk in text[start..end].utf8_chunks() {
            for char in chunk.valid().chars() {
                let next = at + char.len_utf8();
                if !char.is_ascii() && !is_host_char(char) {
                    self.unicode_token(view, token..at, decoded);
                    token = next;
                }
                at = next;
            }
            if !chunk.invalid().is_empty() {
                self.unicode_token(view, token..at, decoded);
                at += chunk.invalid().len();
                token = at;
            }
        }
        self.unicode_token(view, token..at, decoded);
    }

    fn unicode_token(&mut self, view: &View<'_>, span: Range<usize>, decoded: &mut Decoded) {
        let span = trim(view.text, span);
        let token = &view.text[span.clone()];
        if token.is_ascii() {
            self.token(view, span, Encodings::NONE, decoded);
        } else if token.len() <= LONGEST_UNICODE && token.contains(&b'.') {
            let ascii =
                std::str::from_utf8(token).ok().and_then(|token| idna::domain_to_ascii(token).ok());
            if let Some(ascii) = ascii {
                let encodings = Encodings::NONE.with(Encoding::Unicode);
                self.name_token(view, span, ascii.as_bytes(), encodings, decoded);
            }
        }
    }
}
