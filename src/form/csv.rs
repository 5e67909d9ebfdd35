//! Rows for a spreadsheet: RFC 4180, so with CR LF.

use std::fmt::Display;
use std::io::{self, Write};

use crate::stored::{Receiver, StoredHit};

/// A column: its name, and what stands in it.
type Column = (&'static str, fn(&StoredHit) -> Option<String>);

/// New columns go to the end: scripts count them.
const COLUMNS: &[Column] = &[
    ("time", |hit| text(hit.timestamp?)),
    ("severity", |hit| text(hit.event.severity?)),
    ("indicator", |hit| text(&hit.threat.indicator.name)),
    ("indicator_type", |hit| text(&hit.threat.indicator.r#type)),
    ("relation", |hit| text(&hit.flaxscan.relation)),
    ("matched", |hit| text(&hit.flaxscan.matched)),
    ("field", |hit| text(&hit.threat.enrichments.first()?.matched.field)),
    ("direction", |hit| hit.network.direction.clone()),
    ("verdict", |hit| hit.flaxscan.verdict.clone()),
    ("action", |hit| hit.event.action.clone()),
    ("source_ip", |hit| text(hit.source.ip?)),
    ("source_port", |hit| text(hit.source.port?)),
    ("source_bytes", |hit| text(hit.source.bytes?)),
    ("destination_ip", |hit| text(hit.destination.ip?)),
    ("destination_port", |hit| text(hit.destination.port?)),
    ("destination_bytes", |hit| text(hit.destination.bytes?)),
    ("transport", |hit| hit.network.transport.clone()),
    ("question", |hit| hit.dns.question.name.clone()),
    ("question_type", |hit| hit.dns.question.r#type.clone()),
    ("url", |hit| hit.url.original.clone()),
    ("server_name", |hit| hit.tls.client.server_name.clone()),
    ("user", |hit| hit.user.name.clone()),
    ("host", |hit| hit.host.name.clone()),
    ("observer", |hit| hit.observer.hostname.clone()),
    ("dataset", |hit| text(&hit.event.dataset)),
    ("window", |hit| hit.flaxscan.window.clone()),
    ("confidence", |hit| text(&hit.threat.indicator.confidence)),
    ("description", |hit| text(&hit.threat.indicator.description)),
    ("provider", |hit| text(&hit.threat.indicator.provider)),
    ("group", |hit| text(&hit.threat.group.as_ref()?.name)),
    ("assessment", |hit| hit.flaxscan.assessment.clone()),
    ("file", |hit| text(&hit.log.file.path)),
    ("line", |hit| text(hit.flaxscan.line)),
    ("offset", |hit| text(hit.log.offset)),
    ("original", |hit| text(&hit.event.original)),
];

/// Writes a header and a row for each hit.
#[derive(Debug)]
pub struct Csv<W> {
    out: W,
    has_header: bool,
}

impl<W: Write> Csv<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, has_header: false }
    }

    fn header(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.has_header, true) {
            write_csv_record(&mut self.out, COLUMNS.iter().map(|(name, _)| *name))?;
        }
        Ok(())
    }
}

impl<W: Write> Receiver for Csv<W> {
    fn hit(&mut self, hit: &StoredHit) -> io::Result<()> {
        self.header()?;
        let cells: Vec<_> = COLUMNS.iter().map(|(_, cell)| cell(hit).unwrap_or_default()).collect();
        write_csv_record(&mut self.out, cells.iter().map(String::as_str))
    }

    fn finish(&mut self) -> io::Result<()> {
        // Also where nothing hit: who reads it finds the columns.
        self.header()?;
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn text(value: impl Display) -> Option<String> {
    Some(value.to_string())
}

/// Writes one CSV record.
///
/// Spreadsheets run a cell that begins like a formula; such a cell gets an apostrophe in front,
/// which they take for "this is text" (OWASP, "CSV injection").
///
/// # Errors
/// What writing to `out` gave.
pub fn write_csv_record<'a>(
    out: &mut impl Write,
    cells: impl IntoIterator<Item = &'a str>,
) -> io::Result<()> {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) { "'" } else { "" };
        if cell.contains([',', '"', '\r', '\n']) {
            write!(out, "\"{guard}{}\"", cell.replace('"', "\"\""))?;
        } else {
            write!(out, "{guard}{cell}")?;
        }
    }
    out.write_all(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(cells: &[&str]) -> String {
        let mut out = Vec::new();
        write_csv_record(&mut out, cells.iter().copied()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_is_quoted_as_rfc_4180_says() {
        assert_eq!(record(&["a", "", "b c"]), "a,,b c\r\n");
        assert_eq!(
            record(&["a,b", "say \"hi\"", "two\nlines"]),
            "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(record(&["=1+1", "+1", "-1", "@a"]), "'=1+1,'+1,'-1,'@a\r\n");
        assert_eq!(record(&["\ta", "\0a", "a=b"]), "'\ta,'\0a,a=b\r\n");
        assert_eq!(record(&["\ra"]), "\"'\ra\"\r\n");
        assert_eq!(
            record(&["=HYPERLINK(\"x\",\"y\")"]),
            "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n"
        );
    }
}
