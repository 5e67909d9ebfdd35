//! Text from logs, feeds and file names inside of a page.
//!
//! The types hold the escaping: what is written raw is `&'static str`, so it was written by us; all
//! else goes through [`Html::text`] or [`json_string`]. Both also make visible what acts on the text
//! around it (`crate::sink::escape`): a name that is shown backwards deceives in a page as well.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io;
use std::sync::Arc;

use crate::sink::escape;
use crate::words::digits;

/// Writes HTML.
pub(super) struct Html<'w> {
    /// What was written and not passed on.
    out: &'w mut Vec<u8>,
    to: &'w mut dyn io::Write,
}

impl<'w> Html<'w> {
    /// So much is passed on together.
    const BLOCK: usize = 32 * 1024;

    /// Writes to `to`; `out` is memory for it.
    pub(super) fn to(out: &'w mut Vec<u8>, to: &'w mut dyn io::Write) -> Self {
        out.clear();
        Self { out, to }
    }

    /// Passes on what is left.
    pub(super) fn finish(self) -> io::Result<()> {
        self.to.write_all(self.out)
    }

    /// The end of a table's row, between which what was written may be passed on.
    pub(super) fn end_of_row(&mut self) -> io::Result<()> {
        self.raw("\n")?;
        if self.out.len() >= Self::BLOCK {
            self.to.write_all(self.out)?;
            self.out.clear();
        }
        Ok(())
    }

    /// Markup. It cannot come from anywhere but this program.
    pub(super) fn raw(&mut self, markup: &'static str) -> io::Result<()> {
        self.out.extend_from_slice(markup.as_bytes());
        Ok(())
    }

    /// Text, between elements or between the double quotes of an attribute.
    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        write_escaped::<HTML>(self.out, text, html_escaped);
        Ok(())
    }

    /// What has a text.
    pub(super) fn show(&mut self, value: impl Cell) -> io::Result<()> {
        value.show(self)
    }

    /// An element with text in it; `open` is its start tag, `close` its end tag.
    pub(super) fn within(
        &mut self,
        open: &'static str,
        text: impl Cell,
        close: &'static str,
    ) -> io::Result<()> {
        self.raw(open)?;
        self.show(text)?;
        self.raw(close)
    }
}

/// What can be shown between tags. Tables have tens of thousands of cells, and nearly all are texts
/// or numbers: these are written without the standard library's machinery for formats.
pub(super) trait Cell {
    fn show(&self, html: &mut Html<'_>) -> io::Result<()>;
}

impl<T: Cell + ?Sized> Cell for &T {
    fn show(&self, html: &mut Html<'_>) -> io::Result<()> {
        (**self).show(html)
    }
}

macro_rules! texts {
    ($($type:ty),*) => {
        $(
            impl Cell for $type {
                fn show(&self, html: &mut Html<'_>) -> io::Result<()> {
                    html.text(self)
                }
            }
        )*
    };
}

texts!(str, String, Cow<'_, str>, Arc<str>);

macro_rules! numbers {
    ($($type:ty),*) => {
        $(
            impl Cell for $type {
                fn show(&self, html: &mut Html<'_>) -> io::Result<()> {
                    html.out.extend_from_slice(digits(*self as u64, &mut [0; 20]));
                    Ok(())
                }
            }
        )*
    };
}

numbers!(u8, u64, usize);

impl Cell for fmt::Arguments<'_> {
    fn show(&self, html: &mut Html<'_>) -> io::Result<()> {
        let mut shown = Shown { html, result: Ok(()) };
        match shown.write_fmt(*self) {
            Ok(()) => Ok(()),
            Err(error) => shown.result.and(Err(io::Error::other(error))),
        }
    }
}

/// Takes the parts of a text, each as text: a cell needs no string of its own.
struct Shown<'h, 'w> {
    html: &'h mut Html<'w>,
    result: io::Result<()>,
}

impl fmt::Write for Shown<'_, '_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.result = self.html.text(part);
        if self.result.is_ok() { Ok(()) } else { Err(fmt::Error) }
    }
}

/// Writes a JSON string that may stand in a `script` element: nothing in it can end the element or
/// begin a comment, and nothing in it is unseen.
pub(super) fn json_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    write_escaped::<JSON>(out, text, json_escaped);
    out.push(b'"');
}

const fn html_escaped(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'&' => Some(b"&amp;"),
        b'"' => Some(b"&quot;"),
        b'\'' => Some(b"&#39;"),
        _ => None,
    }
}

const fn json_escaped(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'"' => Some(b"\\\""),
        b'\\' => Some(b"\\\\"),
        b'<' => Some(b"\\u003c"),
        b'>' => Some(b"\\u003e"),
        b'&' => Some(b"\\u0026"),
        _ => None,
    }
}

/// The bits of [`PLAIN`].
const HTML: u8 = 1;
const JSON: u8 = 2;

/// The bytes that are written as they are, whatever is beside them.
static PLAIN: [u8; 256] = {
    let mut plain = [0; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        let html = if html_escaped(byte).is_none() { HTML } else { 0 };
        let json = if json_escaped(byte).is_none() { JSON } else { 0 };
        plain[byte as usize] = html | json;
        byte += 1;
    }
    plain
};

/// Writes a text as it is shown, and for some bytes of it what `escaped` says. Nearly all are short
/// and plain.
#[inline]
fn write_escaped<const FORM: u8>(
    out: &mut Vec<u8>,
    text: &str,
    escaped: impl Fn(u8) -> Option<&'static [u8]>,
) {
    const SHORT: usize = 48;
    const BLOCK: usize = 32;
    let is_plain = |all: u8, &byte: &u8| all & PLAIN[usize::from(byte)];
    if text.len() <= SHORT && text.as_bytes().iter().fold(FORM, is_plain) != 0 {
        return out.extend_from_slice(text.as_bytes());
    }
    let text = escape(text);
    let bytes = text.as_bytes();
    let mut written = 0;
    for (block, begin) in bytes.chunks(BLOCK).zip((0..).step_by(BLOCK)) {
        // Without an early end, it is many bytes at a time; most blocks have none.
        if !block.iter().fold(false, |any, &byte| any | escaped(byte).is_some()) {
            continue;
        }
        for (at, &byte) in (begin..).zip(block) {
            // The table is sooner asked.
            if PLAIN[usize::from(byte)] & FORM == 0
                && let Some(escaped) = escaped(byte)
            {
                out.extend_from_slice(&bytes[written..at]);
                out.extend_from_slice(escaped);
                written = at + 1;
            }
        }
    }
    out.extend_from_slice(&bytes[written..]);
}

/// The most bytes that [`json_string`] writes for one between its quotes: `<` is `\u003c` then.
pub(super) const MOST: usize = 6;

/// The bytes that [`json_string`] writes between its quotes.
pub(super) fn json_len(text: &str) -> usize {
    let text = escape(text);
    // In blocks it is many bytes at a time; 50 times 5 is a byte.
    let more = |more: u8, &byte: &u8| {
        more + u8::from(byte == b'"')
            + u8::from(byte == b'\\')
            + 5 * (u8::from(byte == b'<') + u8::from(byte == b'>') + u8::from(byte == b'&'))
    };
    let blocks = text.as_bytes().chunks(50).map(|block| block.iter().fold(0, more));
    text.len() + blocks.map(usize::from).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn html(text: &str) -> String {
        let (mut made, mut out) = (Vec::new(), Vec::new());
        let mut html = Html::to(&mut made, &mut out);
        html.text(text).unwrap();
        html.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    fn json(text: &str) -> String {
        let mut out = Vec::new();
        json_string(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn markup_becomes_text() {
        assert_eq!(html("<img src=x onerror='a'>"), "&lt;img src=x onerror=&#39;a&#39;&gt;");
        assert_eq!(html("\"&\u{202e}\0"), r"&quot;&amp;\u{202e}\x00");
        assert_eq!(html("größe"), "größe");
    }

    #[test]
    fn json_stays_in_its_element() {
        assert_eq!(json("</script><!--&"), r#""\u003c/script\u003e\u003c!--\u0026""#);
        assert_eq!(json("a\"\\\u{2028}\n"), r#""a\"\\\\u{2028}\\n""#);
    }

    proptest! {
        #[test]
        fn json_is_what_was_shown(text in any::<String>()) {
            let written = json(&text);
            prop_assert!(!written.contains(['<', '>', '&']));
            prop_assert_eq!(written.len(), json_len(&text) + 2);
            prop_assert!(json_len(&text) <= MOST * text.len());
            let read: String = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(read, escape(&text).into_owned());
        }

        #[test]
        fn html_has_no_markup(text in any::<String>()) {
            prop_assert!(!html(&text).contains(['<', '>', '"', '\'']));
        }
    }
}
