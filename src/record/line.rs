//! The line that was hit, and the place of the hit in it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

/// How many texts can be unwrapped from one line: JSON in JSON in JSON.
const KEPT: usize = 4;

/// A line made ready for reading. Lives longer than the [`Record`](super::Record) read from it.
#[derive(Debug)]
pub struct Line<'l> {
    text: Cow<'l, str>,
    /// Texts that were unwrapped from it.
    kept: [OnceCell<Box<str>>; KEPT],
}

impl<'l> Line<'l> {
    /// A line without its line end. Bytes that are not UTF-8 are replaced one for one, so that
    /// places stay what they are.
    #[must_use]
    pub fn new(bytes: &'l [u8]) -> Self {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                let mut text = String::with_capacity(bytes.len());
                for chunk in bytes.utf8_chunks() {
                    text.push_str(chunk.valid());
                    text.extend(chunk.invalid().iter().map(|_| '\u{1a}'));
                }
                Cow::Owned(text)
            }
        };
        Self { text, kept: [const { OnceCell::new() }; KEPT] }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Keeps a text that was unwrapped from the line as long as the line; `None` when there were
    /// too many of them.
    pub(crate) fn keep(&self, text: String) -> Option<&str> {
        let free = self.kept.iter().find(|cell| cell.get().is_none())?;
        Some(free.get_or_init(|| text.into()))
    }
}

/// The hit that the line is read for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spot {
    /// First byte in the line.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Spot {
    /// The first place where `text` stands in a line, or its beginning.
    #[must_use]
    pub fn find(line: &Line<'_>, text: &str) -> Self {
        let start = line.text().find(text).unwrap_or_default();
        Self { start, end: start + text.len() }
    }
}

/// The place of a slice in the text that it was cut from.
pub(crate) fn place(within: &str, slice: &str) -> Option<Range<usize>> {
    let base = within.as_ptr() as usize;
    let start = (slice.as_ptr() as usize).checked_sub(base)?;
    let end = start.checked_add(slice.len())?;
    (!slice.is_empty() && end <= within.len()).then_some(start..end)
}
