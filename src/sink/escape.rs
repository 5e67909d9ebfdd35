//! Makes text from logs, feeds and file names safe to show.
//!
//! Such text is chosen by an attacker as often as not. Control characters could move the cursor
//! and overwrite a hit that was printed before, bidirectional controls could show a name backwards,
//! and invisible characters could hide part of one. They are written out instead.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// One character of a text, or one byte that is no text, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glyph {
    /// Shown as it is.
    Plain(char),
    /// A character that does something instead of showing something.
    Control(char),
    /// A byte that is not UTF-8.
    Byte(u8),
}

impl Glyph {
    /// The bytes it was read from.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Plain(c) | Self::Control(c) => c.len_utf8(),
            Self::Byte(_) => 1,
        }
    }

    /// The columns it takes on a terminal.
    pub(super) fn width(self) -> usize {
        match self {
            // `None` is for controls only, which are not `Plain`.
            Self::Plain(c) => c.width().unwrap_or(0),
            Self::Control('\t' | '\n' | '\r') => 2,
            Self::Control('\0'..='\x7f') | Self::Byte(_) => 4,
            // Backslash, `u`, two braces and the hexadecimal number.
            Self::Control(c) => 4 + (u32::from(c).ilog2() as usize / 4 + 1),
        }
    }
}

impl Glyph {
    /// Adds it as it is shown.
    fn push_to(self, out: &mut String) {
        // Writing to a `String` cannot fail.
        let _ = match self {
            Self::Plain(c) => out.write_char(c),
            Self::Control('\t') => out.write_str("\\t"),
            Self::Control('\n') => out.write_str("\\n"),
            Self::Control('\r') => out.write_str("\\r"),
            Self::Control(c @ '\0'..='\x7f') => write!(out, "\\x{:02x}", u32::from(c)),
            Self::Control(c) => write!(out, "\\u{{{:x}}}", u32::from(c)),
            Self::Byte(byte) => write!(out, "\\x{byte:02x}"),
        };
    }
}

/// The columns that an ASCII character takes on a terminal.
pub(super) const fn ascii_width(byte: u8) -> usize {
    match byte {
        b' '..=b'~' => 1,
        b'\t' | b'\n' | b'\r' => 2,
        _ => 4,
    }
}

/// The glyphs of `bytes`.
pub(super) fn glyphs(bytes: &[u8]) -> impl Iterator<Item = Glyph> {
    bytes.utf8_chunks().flat_map(|chunk| {
        let text = chunk
            .valid()
            .chars()
            .map(|c| if is_control(c) { Glyph::Control(c) } else { Glyph::Plain(c) });
        text.chain(chunk.invalid().iter().map(|&byte| Glyph::Byte(byte)))
    })
}

/// Whether a character acts on the text around it, or stands there unseen.
pub(super) const fn is_control(c: char) -> bool {
    matches!(
        c,
        '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            // Soft hyphen, and what has no width and joins nothing.
            | '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
            // Bidirectional marks, embeddings, overrides and isolates.
            | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{206f}'
            // Line and paragraph separator.
            | '\u{2028}' | '\u{2029}'
            // Interlinear annotation; language tags, which can carry a whole unseen message.
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Whether all of it are ASCII characters that can be seen, and spaces: nearly all there is.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    // In blocks without an early end it is many bytes at a time.
    let is_odd = |odd: u8, &byte: &u8| odd | u8::from(byte.wrapping_sub(b' ') > b'~' - b' ');
    bytes.chunks(64).all(|block| block.iter().fold(0, is_odd) == 0)
}

/// `text` with every character written out that acts on a terminal or cannot be seen:
/// `\t`, `\x1b`, `\u{202e}`.
///
/// A backslash stays one backslash: the result is for reading, not for decoding.
///
/// ```
/// use flaxscan::sink::escape;
///
/// assert_eq!(escape("c0cc.cc"), "c0cc.cc");
/// assert_eq!(escape("\x1b[2Jclean\u{202e}"), r"\x1b[2Jclean\u{202e}");
/// ```
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if is_plain(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    // What is ASCII and not plain has a control character.
    if !text.is_ascii() && !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let mut out = room(text.len());
    push_shown(&mut out, text);
    Cow::Owned(out)
}

/// The same for bytes; those that are not UTF-8 become `\xNN`.
///
/// ```
/// use flaxscan::sink::escape_bytes;
///
/// assert_eq!(escape_bytes(b"caf\xe9"), r"caf\xe9");
/// ```
#[must_use]
pub fn escape_bytes(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => escape(text),
        Err(_) => Cow::Owned(shown(bytes)),
    }
}

fn shown(bytes: &[u8]) -> String {
    let mut out = room(bytes.len());
    for chunk in bytes.utf8_chunks() {
        push_shown(&mut out, chunk.valid());
        chunk.invalid().iter().for_each(|&byte| Glyph::Byte(byte).push_to(&mut out));
    }
    out
}

/// Many logs have a tab before each field.
fn room(len: usize) -> String {
    String::with_capacity(len + len / 8 + 16)
}

fn push_shown(out: &mut String, mut text: &str) {
    while let Some(at) = text.bytes().position(|byte| !matches!(byte, b' '..=b'~')) {
        out.push_str(&text[..at]);
        let mut rest = text[at..].chars();
        match rest.next() {
            Some('\t') => out.push_str("\\t"),
            Some(c) if is_control(c) => Glyph::Control(c).push_to(out),
            Some(c) => out.push(c),
            None => {}
        }
        text = rest.as_str();
    }
    out.push_str(text);
}

/// How many units of UTF-16, in which scripts count, a text takes as it is [shown](escape).
pub(crate) fn shown_units(text: &str) -> usize {
    if is_plain(text.as_bytes()) {
        return text.len();
    }
    if text.is_ascii() {
        return text.bytes().map(ascii_width).sum();
    }
    let units = |c: char| if is_control(c) { Glyph::Control(c).width() } else { c.len_utf16() };
    text.chars().map(units).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        for text in ["", "DST=45.77.231.209 DPT=443", "naïve 例え.jp", r"C:\Windows\x1b", "👩‍💻"]
        {
            assert!(matches!(escape(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn every_control_is_written_out() {
        for (text, shown) in [
            ("\t", r"\t"),
            ("\n", r"\n"),
            ("\r", r"\r"),
            ("\0", r"\x00"),
            ("\x07", r"\x07"),
            ("\x1b[31m", r"\x1b[31m"),
            ("\x7f", r"\x7f"),
            ("\u{80}", r"\u{80}"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("\u{9f}", r"\u{9f}"),
            ("\u{a0}", "\u{a0}"),
            ("\u{61c}", r"\u{61c}"),
            ("\u{200b}", r"\u{200b}"),
            ("\u{200e}\u{200f}", r"\u{200e}\u{200f}"),
            ("\u{2028}\u{2029}", r"\u{2028}\u{2029}"),
            ("\u{202a}\u{202e}", r"\u{202a}\u{202e}"),
            ("\u{2066}\u{2069}", r"\u{2066}\u{2069}"),
            ("\u{feff}x", r"\u{feff}x"),
            ("\u{e0041}", r"\u{e0041}"),
        ] {
            assert_eq!(escape(text), shown);
        }
    }

    #[test]
    fn invalid_utf8_is_shown_byte_by_byte() {
        for (bytes, shown) in [
            (&b"a\xffb"[..], r"a\xffb"),
            (b"\xc3", r"\xc3"),
            (b"\xe2\x82", r"\xe2\x82"),
            (b"\xed\xa0\x80", r"\xed\xa0\x80"),
            (b"\x9b31m", r"\x9b31m"),
            (b"\xc2\x9b31m", r"\u{9b}31m"),
            ("größe".as_bytes(), "größe"),
        ] {
            assert_eq!(escape_bytes(bytes), shown);
        }
    }

    proptest! {
        #[test]
        fn nothing_shown_acts_on_the_terminal(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(!escape_bytes(&bytes).contains(is_control));
        }

        #[test]
        fn nothing_shown_of_any_text_acts_on_the_terminal(text in any::<String>()) {
            prop_assert!(!escape(&text).contains(is_control));
        }

        #[test]
        fn what_is_shown_are_the_glyphs(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut all = String::new();
            glyphs(&bytes).for_each(|glyph| glyph.push_to(&mut all));
            prop_assert_eq!(escape_bytes(&bytes), all);
        }

        #[test]
        fn units_are_those_of_what_is_shown(text in any::<String>(), plain in "[ -~\\t]{0,40}") {
            for text in [text, plain] {
                prop_assert_eq!(shown_units(&text), escape(&text).encode_utf16().count());
            }
        }

        #[test]
        fn escaping_twice_changes_nothing(text in any::<String>()) {
            let once = escape(&text).into_owned();
            prop_assert_eq!(escape(&once), once.as_str());
        }

        #[test]
        fn an_escape_is_as_wide_as_it_says(c in any::<char>(), byte in any::<u8>()) {
            let ascii = glyphs(&[byte & 0x7f]).next().unwrap();
            prop_assert_eq!(ascii.width(), ascii_width(byte & 0x7f));
            for glyph in [Glyph::Control(c), Glyph::Byte(byte)] {
                let mut shown = String::new();
                glyph.push_to(&mut shown);
                prop_assert_eq!(glyph.width(), shown.len());
            }
        }
    }
}
