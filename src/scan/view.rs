//! A text as the scanner sees it: the input itself, or what a stretch of it says once decoded.
//!
//! Escapes are looked through by decoding a stretch and scanning the result like any other text.
//! A view knows, for each of its bytes, where the byte came from and what was decoded to get it,
//! so that a hit points at the raw bytes and says what stands between.

use std::ops::Range;

use super::{Encoding, Encodings};

/// A text to scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub text: &'a [u8],
    /// 0 for the input itself, one more for each decoding.
    pub depth: usize,
    origin: Option<Origin<'a>>,
}

#[derive(Debug, Clone, Copy)]
struct Origin<'a> {
    parent: &'a View<'a>,
    decoded: &'a Decoded,
}

/// A decoded stretch: the text, and where each of its bytes came from.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub text: Vec<u8>,
    /// Where byte *i* begins in the parent's text; one more entry than bytes.
    pub starts: Vec<usize>,
    /// What byte *i* was written as, if not plainly.
    pub kinds: Vec<Option<Encoding>>,
}

impl Decoded {
    /// Forgets what was decoded before.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.starts.clear();
        self.kinds.clear();
    }

    /// Adds bytes that stand plainly at `start` in the parent's text.
    pub(super) fn extend(&mut self, bytes: &[u8], start: usize) {
        self.text.extend_from_slice(bytes);
        self.starts.extend(start..start + bytes.len());
        self.kinds.resize(self.text.len(), None);
    }

    /// Adds a byte that begins at `start` in the parent's text.
    pub(super) fn push(&mut self, byte: u8, start: usize, kind: Option<Encoding>) {
        self.text.push(byte);
        self.starts.push(start);
        self.kinds.push(kind);
    }
}

impl<'a> View<'a> {
    /// The input itself.
    pub(super) fn raw(text: &'a [u8]) -> Self {
        Self { text, depth: 0, origin: None }
    }

    /// What a stretch of `parent` says once decoded.
    pub(super) fn decoded(parent: &'a View<'a>, decoded: &'a Decoded) -> Self {
        Self {
            text: &decoded.text,
            depth: parent.depth + 1,
            origin: Some(Origin { parent, decoded }),
        }
    }

    /// The raw bytes that `span` was decoded from.
    pub(super) fn raw_span(&self, span: &Range<usize>) -> Range<usize> {
        match self.origin {
            None => span.clone(),
            Some(Origin { parent, decoded }) => {
                parent.raw_span(&(decoded.starts[span.start]..decoded.starts[span.end]))
            }
        }
    }

    /// The input's own text.
    pub(super) fn raw_text(&self) -> &'a [u8] {
        match self.origin {
            None => self.text,
            Some(Origin { parent, .. }) => parent.raw_text(),
        }
    }

    /// What was decoded to get the bytes of `span` and the byte on either side, which decides
    /// where a token ends.
    pub(super) fn encodings(&self, span: &Range<usize>) -> Encodings {
        let wider = span.start.saturating_sub(1)..(span.end + 1).min(self.text.len());
        self.encodings_inside(&wider)
    }

    /// What was decoded to get the bytes of `span`.
    pub(super) fn encodings_inside(&self, span: &Range<usize>) -> Encodings {
        let Some(Origin { parent, decoded }) = self.origin else { return Encodings::NONE };
        let mut all = Encodings::NONE;
        for at in span.clone() {
            let from = decoded.starts[at]..decoded.starts[at + 1].max(decoded.starts[at] + 1);
            let below = parent.encodings_inside(&from);
            all = all.and(match decoded.kinds[at] {
                None => below,
                Some(kind) => twice(kind, below),
            });
        }
        all
    }
}

/// One decoding on top of others: the same one again has a name of its own.
fn twice(kind: Encoding, below: Encodings) -> Encodings {
    match kind {
        Encoding::Percent if below.contains(Encoding::Percent) => {
            Encodings::NONE.with(Encoding::PercentTwice)
        }
        Encoding::Escape if below.contains(Encoding::Escape) => {
            Encodings::NONE.with(Encoding::EscapeTwice)
        }
        _ => below.with(kind),
    }
}
