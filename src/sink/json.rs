//! One JSON document a line for each hit.

use std::io::{self, Write};
use std::ops::ControlFlow;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use super::document;
use super::escape::is_control;
use super::indicator::Written;
use super::writer::Writer;
use super::{Sighting, Sink};

/// Writes the hit document, described by `docs/hit.schema.json`.
#[derive(Debug)]
pub struct Json<W> {
    out: W,
    /// A JSON string.
    ingested: String,
    /// A document is written in a hundred parts: they are put together here.
    line: Writer,
    written: Written,
}

impl<W: Write> Json<W> {
    /// `ingested` is the time of the scan: the library has no clock.
    pub fn new(out: W, ingested: Timestamp) -> Self {
        // Elasticsearch keeps milliseconds.
        Self {
            out,
            ingested: format!("\"{ingested:.3}\""),
            line: Writer::default(),
            written: Written::default(),
        }
    }
}

impl Json<Vec<u8>> {
    /// What was written, to be cleared by whoever has seen it.
    pub(super) fn written(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }
}

impl<W: Write> Sink for Json<W> {
    fn begin(&mut self, _: &str) -> io::Result<()> {
        self.written.forget();
        Ok(())
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        self.line.clear();
        self.written.prepare(sighting.indicators, sighting.hit)?;
        document::write(&mut self.line, sighting, &self.ingested, &self.written);
        self.line.raw("\n");
        self.out.write_all(self.line.bytes())?;
        Ok(ControlFlow::Continue(()))
    }

    fn wants_records(&self) -> bool {
        true
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes `value` as JSON and a line end. Characters that act on a terminal or cannot be seen are
/// written as `\u` escapes, which is the same JSON but safe to look at.
///
/// # Errors
/// What writing to `out` gave.
pub fn write_json_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    write_json(out, value)?;
    out.write_all(b"\n")
}

pub(super) fn write_json(out: &mut impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Visible))
}

struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // What is left to escape begins at DEL, and most text ends before it.
        if !fragment.bytes().fold(false, |any, byte| any | (byte >= 0x7f)) {
            return CompactFormatter.write_string_fragment(out, fragment);
        }
        let mut written = 0;
        for (at, c) in fragment.char_indices().filter(|&(_, c)| is_control(c)) {
            CompactFormatter.write_string_fragment(out, &fragment[written..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            written = at + c.len_utf8();
        }
        CompactFormatter.write_string_fragment(out, &fragment[written..])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        write_json_line(&mut out, &text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        assert_eq!(written("a\u{9b}b"), "\"a\\u009bb\"\n");
        assert_eq!(written("\u{202e}\"\t\u{7f}é"), "\"\\u202e\\\"\\t\\u007fé\"\n");
        assert_eq!(written("\u{e0041}"), "\"\\udb40\\udc41\"\n");
    }

    proptest! {
        #[test]
        fn it_is_the_same_json(text in any::<String>()) {
            let line = written(&text);
            prop_assert!(!line[..line.len() - 1].contains(is_control));
            prop_assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
        }
    }
}
