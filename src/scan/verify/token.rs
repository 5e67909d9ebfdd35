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

/// What ends a token in a run of bytes that may stand in one.
fn boundaries(run: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    run.utf8_chunks().flat_map(move |chunk| {
        let (valid, invalid) = (at, at + chunk.valid().len());
        at = invalid + chunk.invalid().len();
        let chars = chunk.valid().char_indices();
        let chars = chars.filter(|&(_, char)| !char.is_ascii() && !is_host_char(char));
        let chars = chars.map(move |(place, char)| {
            let start = valid + place;
            start..start + char.len_utf8()
        });
        let invalid = (invalid < at).then_some(invalid..at);
        chars.chain(invalid)
    })
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

    /// Verifies the tokens around a dot, of any length up to [`REACH`] and whatever characters they
    /// are made of. Gives where all tokens were verified.
    pub(in crate::scan) fn wide_tokens(
        &mut self,
        view: &View<'_>,
        dot: usize,
        decoded: &mut Decoded,
    ) -> Range<usize> {
        let text = view.text;
        let back = &text[dot.saturating_sub(REACH + 1)..dot];
        let mut start = dot - back.iter().rev().take_while(|&&byte| is_host_byte(byte)).count();
        let rest = &text[dot..text.len().min(dot + REACH + 1)];
        let end = dot + rest.iter().take_while(|&&byte| is_host_byte(byte)).count();
        // Where the run goes on beyond, the first and last token are not whole.
        let is_cut = (dot - start > REACH, end - dot > REACH);
        if is_cut.0 {
            // Not in the middle of a character, which would look like a boundary.
            start += text[start..].iter().take(3).take_while(|&&byte| byte & 0xC0 == 0x80).count();
        }
        let mut verified = dot..dot;
        let mut token = start;
        // Characters that are neither letters nor digits, and bytes that are no characters, end
        // a token like any other boundary.
        let boundaries = boundaries(&text[start..end]);
        for boundary in boundaries.chain(std::iter::once(end - start..end - start)) {
            let span = token..start + boundary.start;
            token = start + boundary.end;
            let is_whole = !(is_cut.0 && span.start == start || is_cut.1 && span.end == end);
            if is_whole {
                self.unicode_token(view, span.clone(), decoded);
            }
            // One that is not whole and reaches from the dot to beyond is too long.
            if is_whole || span.contains(&dot) {
                verified = verified.start.min(span.start)..verified.end.max(span.end);
            }
        }
        verified
    }

    fn unicode_token(&mut self, view: &View<'_>, span: Range<usize>, decoded: &mut Decoded) {
        if span.len() > REACH {
            return;
        }
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
