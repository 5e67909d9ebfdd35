//! The skeleton of the page: markup with slots.

use sha2::{Digest, Sha256};

/// A piece of the skeleton.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// To be written as it is.
    Markup(&'static str),
    /// To be filled; its name.
    Slot(&'static str),
}

/// The pieces of `page`, in which slots stand as `{{name}}`.
pub(super) fn parts(page: &'static str) -> impl Iterator<Item = Part> {
    page.split("{{").enumerate().flat_map(|(at, piece)| {
        let (slot, markup) = match piece.split_once("}}") {
            Some((slot, markup)) if at > 0 => (Some(Part::Slot(slot)), markup),
            _ => (None, piece),
        };
        slot.into_iter().chain([Part::Markup(markup)])
    })
}

/// A hash of an inline script or style, as a content security policy has it.
pub(super) fn hash(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    texts.iter().for_each(|text| hash.update(text.as_bytes()));
    format!("sha256-{}", base64(&hash.finalize()))
}

/// In the alphabet of RFC 4648.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_lie_between_markup() {
        let parts: Vec<_> = parts("<p>{{a}}</p>{{b-c}}").collect();
        let [markup, slot] = [Part::Markup, Part::Slot];
        assert_eq!(parts, [markup("<p>"), slot("a"), markup("</p>"), slot("b-c"), markup("")]);
    }

    #[test]
    fn base64_is_rfc_4648s() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn the_hash_is_of_the_whole_text() {
        // printf ab | openssl dgst -sha256 -binary | base64
        let whole = "sha256-+44g/C5MPySMYMOb1lLzwTRymLuXe4tNWQO4UFViBgM=";
        assert_eq!(hash(&["a", "b"]), whole);
    }
}
