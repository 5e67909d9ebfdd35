//! For reading: what was hit, who says so, how bad it is, what the line says, and the line with the
//! match marked.

use std::io::{self, Write};
use std::ops::{ControlFlow, Range};

use super::escape::escape;
use super::excerpt::{Row, carets, rows};
use super::facts::facts;
use super::{Sighting, Sink};
use crate::assess::Level;
use crate::indicator::{Claim, Class, Indicator};
use crate::scan::{Encodings, Match, Relation};
use crate::words::push_digits;

/// Columns of a line that are shown unless [`Text::width`] says otherwise.
const WIDTH: usize = 200;
/// Below this a line is cut to pieces instead of to what fits.
const MIN_WIDTH: usize = 40;
const INDENT: &str = "    ";

const MATCH: &str = "\x1b[1;31m";
const PATH: &str = "\x1b[35m";
const LINE: &str = "\x1b[32m";
const VALUE: &str = "\x1b[1m";
const RESET: &str = "\x1b[0m";

/// Writes a block for every line with hits: a description of each hit, then the line.
#[derive(Debug)]
pub struct Text<W> {
    out: W,
    colour: bool,
    width: usize,
    blocks: u64,
    pending: Pending,
}

/// The line whose hits are being gathered.
#[derive(Debug, Default)]
struct Pending {
    /// The input has to be the same too: see [`Text::end`].
    line_start: u64,
    excerpt: Vec<u8>,
    excerpt_start: u64,
    marks: Vec<Range<usize>>,
    descriptions: String,
    /// What the line says: several rows where it holds several events.
    facts: Vec<String>,
}

impl<W: Write> Text<W> {
    /// With `colour` matches are marked in red, otherwise with carets below them.
    pub fn new(out: W, colour: bool) -> Self {
        Self { out, colour, width: WIDTH, blocks: 0, pending: Pending::default() }
    }

    /// Cuts lines to `columns` around a match, or to 40 if that is more.
    #[must_use]
    pub fn width(mut self, columns: usize) -> Self {
        self.width = columns.saturating_sub(INDENT.len()).max(MIN_WIDTH);
        self
    }

    fn write_pending(&mut self) -> io::Result<()> {
        let pending = &mut self.pending;
        if pending.marks.is_empty() {
            return Ok(());
        }
        if self.blocks > 0 {
            self.out.write_all(b"\n")?;
        }
        self.blocks += 1;
        for facts in pending.facts.drain(..) {
            for part in [INDENT, &facts, "\n"] {
                pending.descriptions.push_str(part);
            }
        }
        self.out.write_all(pending.descriptions.as_bytes())?;
        // Hits come by their first byte already; a literal may begin inside a token, though.
        pending.marks.sort_by_key(|mark| mark.start);
        for row in rows(&pending.excerpt, &pending.marks, self.width) {
            write_row(&mut self.out, &row, self.colour)?;
        }
        pending.marks.clear();
        pending.descriptions.clear();
        Ok(())
    }
}

impl<W: Write> Sink for Text<W> {
    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        let hit = sighting.hit;
        let (excerpt, excerpt_start) = sighting.excerpt;
        let same_line = !self.pending.marks.is_empty()
            && self.pending.line_start == hit.line_start
            && self.pending.excerpt_start == excerpt_start;
        if !same_line {
            self.write_pending()?;
            let pending = &mut self.pending;
            pending.line_start = hit.line_start;
            pending.excerpt.clear();
            pending.excerpt.extend_from_slice(excerpt);
            pending.excerpt_start = excerpt_start;
        }
        let pending = &mut self.pending;
        let within = |offset: u64| {
            usize::try_from(offset.saturating_sub(excerpt_start)).unwrap_or(usize::MAX)
        };
        pending.marks.push(within(hit.span.start)..within(hit.span.end));
        describe_hit(&mut pending.descriptions, sighting, self.colour);
        if let Some(facts) = sighting.record.and_then(facts)
            && !pending.facts.contains(&facts)
        {
            pending.facts.push(facts);
        }
        Ok(ControlFlow::Continue(()))
    }

    fn end(&mut self, _: &str, _: u64) -> io::Result<ControlFlow<()>> {
        // Lines of two inputs may begin at the same offset.
        self.write_pending()?;
        Ok(ControlFlow::Continue(()))
    }

    fn wants_records(&self) -> bool {
        true
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write_pending()?;
        self.out.flush()
    }
}

fn write_row(out: &mut impl Write, row: &Row<'_>, colour: bool) -> io::Result<()> {
    out.write_all(INDENT.as_bytes())?;
    for segment in row {
        if colour && segment.marked {
            for part in [MATCH, &segment.text, RESET] {
                out.write_all(part.as_bytes())?;
            }
        } else {
            out.write_all(segment.text.as_bytes())?;
        }
    }
    out.write_all(b"\n")?;
    if !colour {
        let mut carets = carets(row);
        if !carets.is_empty() {
            carets.push(b'\n');
            out.write_all(INDENT.as_bytes())?;
            out.write_all(&carets)?;
        }
    }
    Ok(())
}

/// `path:line:column: ` and the best indicator, then a line for every other one.
fn describe_hit(out: &mut String, sighting: &Sighting<'_>, colour: bool) {
    let hit = sighting.hit;
    let [path_on, line_on, on, off] = if colour { [PATH, LINE, VALUE, RESET] } else { [""; 4] };
    for part in [path_on, &escape(sighting.path), off, ":", line_on] {
        out.push_str(part);
    }
    push_digits(out, hit.line);
    out.push_str(off);
    out.push(':');
    push_digits(out, hit.column());
    out.push_str(": ");
    let mut encodings = hit.encodings;
    for (at, &Match { relation, indicator }) in hit.matches.iter().enumerate() {
        if at > 0 {
            out.push_str(INDENT);
            out.push_str("also ");
        }
        let indicator = sighting.indicators.get(indicator);
        describe_match(out, indicator, relation, encodings, colour);
        out.push('\n');
        encodings = Encodings::NONE;
    }
    if let Some(assessment) = sighting.assessment {
        let (severity, level) = (assessment.severity, assessment.level());
        let on = if colour && level >= Level::High { MATCH } else { on };
        for part in [INDENT, on, "severity "] {
            out.push_str(part);
        }
        push_digits(out, severity.into());
        for part in [" ", level.name(), off, ": "].into_iter().chain(assessment.sentence()) {
            out.push_str(part);
        }
        out.push('\n');
    }
}

fn describe_match(
    out: &mut String,
    indicator: Indicator<'_>,
    relation: Relation,
    encodings: Encodings,
    colour: bool,
) {
    let [on, off] = if colour { [VALUE, RESET] } else { [""; 2] };
    for part in [on, &escape(indicator.value()), off] {
        out.push_str(part);
    }
    let encodings = encodings.iter().map(|encoding| encoding.name());
    let relation = (relation != Relation::Exact).then(|| relation.name());
    list(out, " (", relation.into_iter().chain(encodings), ")");
    out.push_str(" - ");
    describe_claim(out, &indicator.best_claim());
    match indicator.claims().count() - 1 {
        0 => {}
        1 => out.push_str(" (and 1 more source)"),
        more => {
            out.push_str(" (and ");
            push_digits(out, more as u64);
            out.push_str(" more sources)");
        }
    }
    match indicator.traits().class {
        Class::Infrastructure => {}
        Class::SanctionedEntity => {
            out.push_str(" - sanctioned entity: a compliance question, not a compromise");
        }
        Class::Derived => out.push_str(" - derived: nobody published it"),
    }
}

/// `C2 root domain, Crossbill - Lumen 2024-09-18 [lumen-2024-09], confidence high`.
fn describe_claim(out: &mut String, claim: &Claim<'_>) {
    let what = [claim.role, claim.campaign].into_iter().filter(|text| !text.is_empty());
    if !list(out, "", what, "") {
        out.push_str("listed");
    }
    out.push_str(" - ");
    let source = claim.source;
    for text in [&source.publisher, &source.published] {
        if !text.is_empty() {
            out.push_str(&escape(text));
            out.push(' ');
        }
    }
    for part in ["[", &escape(&source.key), "], confidence ", claim.confidence.name()] {
        out.push_str(part);
    }
}

/// Adds `one, two` between two others; `false` where there are none.
fn list<'t>(
    out: &mut String,
    before: &str,
    texts: impl Iterator<Item = &'t str>,
    after: &str,
) -> bool {
    let mut is_first = true;
    for text in texts {
        out.push_str(if is_first { before } else { ", " });
        out.push_str(&escape(text));
        is_first = false;
    }
    if !is_first {
        out.push_str(after);
    }
    !is_first
}
