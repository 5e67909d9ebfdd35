//! The lines as JSON that the page's script reads: by columns, with every text once.

use std::borrow::Cow;
use std::hash::BuildHasher as _;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use super::escape::{MOST, json_string};
use super::row::{Excerpt, Row, Shared};
use super::sums::{Sum, Sums};
use super::template::base64;
use crate::assess::Window;
use crate::record::{Direction, Verdict};
use crate::sink::{escape, shown_units};
use crate::words::{PAIRS, digits};

/// Bytes that all lines take together. A hundred thousand lines of two hundred bytes.
const BUDGET: usize = 20_000_000;
/// Where they would take more, each is cut to the first of these that helps.
const LIMITS: [usize; 7] = [500, 400, 300, 200, 120, 80, 40];

const VERDICTS: &[Verdict] = &[Verdict::Allowed, Verdict::Blocked];
const DIRECTIONS: &[Direction] =
    &[Direction::Inbound, Direction::Outbound, Direction::Internal, Direction::External];

/// Nothing, in a column.
const NONE: i64 = -1;

/// Cuts the lines to what all of them may take.
pub(super) fn fit(rows: &mut [Box<Row>]) {
    let bytes: usize = rows.iter().map(|row| row.text.text.len()).sum();
    // Mostly that is enough to know.
    if bytes.saturating_mul(MOST) <= BUDGET {
        return;
    }
    let costs: Vec<_> = rows.iter().map(|row| (row.text.cost(), row.text.text.len())).collect();
    let total = |limit: usize| -> usize {
        let cost = |&(cost, len)| if len > limit { cost * limit / len } else { cost };
        costs.iter().map(cost).sum()
    };
    if total(usize::MAX) <= BUDGET {
        return;
    }
    let fitting = LIMITS.into_iter().find(|&limit| total(limit) <= BUDGET);
    let limit = fitting.unwrap_or(LIMITS[LIMITS.len() - 1]);
    for row in rows {
        row.text.shorten(limit);
    }
}

/// Every text once, by the order in which they come.
#[derive(Default)]
struct Texts<'r> {
    /// By where the text begins in the memory: rows share their texts, so it is the same one a
    /// hundred times over, and need not be read for that.
    begins: HashMap<usize, i64>,
    /// By the text as it is shown, its hash and its place.
    known: HashTable<(u64, usize)>,
    hasher: DefaultHashBuilder,
    order: Vec<Cow<'r, str>>,
}

impl<'r> Texts<'r> {
    /// The place of a text of its own as it is shown: two that look the same are the same.
    fn place(&mut self, text: &'r Shared) -> i64 {
        let begin = text.as_ptr() as usize;
        if let Some(&place) = self.begins.get(&begin) {
            return place;
        }
        let place = self.place_shown(escape(text));
        self.begins.insert(begin, place);
        place
    }

    /// The same of a text that was made.
    fn place_made(&mut self, text: &str) -> i64 {
        self.place_shown(Cow::Owned(escape(text).into_owned()))
    }

    /// The same of a text as it is shown.
    fn place_shown(&mut self, shown: Cow<'r, str>) -> i64 {
        let hash = self.hasher.hash_one(&*shown);
        let Self { known, order, .. } = self;
        let is_same = |&(other, at): &(u64, usize)| other == hash && order[at] == shown;
        if let Some(&(_, place)) = known.find(hash, is_same) {
            return place as i64;
        }
        let place = order.len();
        known.insert_unique(hash, (hash, place), |&(hash, _)| hash);
        order.push(shown);
        place as i64
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (at, text) in self.order.iter().enumerate() {
            out.extend_from_slice(if at > 0 { b",\n" } else { b"\n" });
            json_string(out, text);
        }
        out.push(b']');
    }
}

/// Data above this are packed. A browser reads a page letter by letter, twenty megabytes a second,
/// and unpacks many times as fast; and a report that is mailed should not be larger than it must.
/// Below, they can be read by whatever reads text.
const PLAIN: usize = 2_000_000;

/// The data of `rows`, which are to [`fit`], in their element; `sums` where there are more hits than
/// rows.
pub(super) fn element(rows: &[Box<Row>], sums: Option<&Sums>) -> io::Result<Vec<u8>> {
    const BEGIN: &[u8] = b"<script type=\"application/json\" id=\"data-rows\">";
    const END: &[u8] = b"</script>";
    let mut text = BEGIN.to_vec();
    // Mostly it is enough, and what is not written to costs nothing.
    text.reserve(rows.iter().map(|row| row.text.text.len() * 9 / 8 + 200).sum());
    write_json(&mut text, rows, sums)?;
    if text.len() > PLAIN {
        let mut packer = GzEncoder::new(Vec::new(), Compression::new(5));
        packer.write_all(&text[BEGIN.len()..])?;
        text.clear();
        text.extend_from_slice(b"<script type=\"text/plain\" id=\"data-packed\">");
        text.extend_from_slice(base64(&packer.finish()?).as_bytes());
    }
    text.extend_from_slice(END);
    Ok(text)
}

fn write_json(out: &mut Vec<u8>, rows: &[Box<Row>], sums: Option<&Sums>) -> io::Result<()> {
    let epoch = rows.iter().filter_map(|row| row.time).min().unwrap_or(0);
    write!(out, "{{\"rows\":{},\"epoch\":{epoch},\"words\":{{", rows.len())?;
    words(out, "verdict", VERDICTS.iter().map(|verdict| verdict.name()))?;
    out.push(b',');
    words(out, "window", Window::ALL.iter().map(|window| window.name()))?;
    out.push(b',');
    words(out, "direction", DIRECTIONS.iter().map(|direction| direction.name()))?;
    out.write_all(b"},\n\"columns\":{")?;
    let mut columns = Columns { out, is_first: true };
    let some = |number: Option<u64>| number.map_or(NONE, |number| number as i64);
    columns.write("severity", rows, |row| some(row.severity.map(u64::from)))?;
    columns.write("time", rows, |row| row.time.map_or(NONE, |time| time - epoch))?;
    columns.write("verdict", rows, |row| place(VERDICTS, row.verdict))?;
    columns.write("window", rows, |row| place(&Window::ALL, row.window))?;
    columns.write("direction", rows, |row| place(DIRECTIONS, row.direction))?;
    columns.write("source_port", rows, |row| some(row.source_port.map(u64::from)))?;
    columns.write("destination_port", rows, |row| some(row.destination_port.map(u64::from)))?;
    columns.write("bytes", rows, |row| some(row.bytes))?;
    columns.write("line", rows, |row| row.line as i64)?;
    columns.write("column", rows, |row| row.column as i64)?;
    columns
        .write("cut", rows, |row| i64::from(row.text.cut[0]) + 2 * i64::from(row.text.cut[1]))?;
    let mut strings = Texts::default();
    for (name, text) in NAMES {
        // Rows share their texts, and neighbours often have the same.
        let mut last: Option<(&Shared, i64)> = None;
        columns.write(name, rows, |row| {
            let Some(text) = text(row) else { return NONE };
            match last {
                Some((known, place)) if Shared::ptr_eq(known, text) => place,
                _ => last.insert((text, strings.place(text))).1,
            }
        })?;
    }
    columns.write("also", rows, |row| match &*row.also {
        [] => NONE,
        also => strings.place_made(&also.join(", ")),
    })?;
    let mut texts = Texts::default();
    let mut marks = Vec::with_capacity(rows.len());
    columns.write("text", rows, |row| {
        let (text, mark) = shown(&row.text);
        marks.push(mark);
        texts.place_shown(text)
    })?;
    columns.write("mark", &marks, |mark| mark.0 as i64)?;
    columns.write("marked", &marks, |mark| mark.1 as i64)?;
    out.write_all(b"}")?;
    if let Some(sums) = sums {
        write_sums(out, sums, &mut strings)?;
    }
    out.write_all(b",\n\"strings\":")?;
    strings.write(out);
    out.write_all(b",\n\"texts\":")?;
    texts.write(out);
    out.write_all(b"}")
}

/// The words that the numbers of a column stand for.
fn words(
    out: &mut Vec<u8>,
    name: &str,
    words: impl Iterator<Item = &'static str>,
) -> io::Result<()> {
    write!(out, "\"{name}\":{:?}", words.collect::<Vec<_>>())
}

/// The number that stands for a word.
fn place<T: PartialEq>(words: &[T], word: Option<T>) -> i64 {
    let place = word.and_then(|word| words.iter().position(|known| *known == word));
    place.map_or(NONE, |place| place as i64)
}

type Name = (&'static str, fn(&Row) -> Option<&Shared>);

const NAMES: &[Name] = &[
    ("indicator", |row| Some(&row.indicator)),
    ("host", |row| row.host.as_ref()),
    ("source", |row| row.source.as_ref()),
    ("destination", |row| row.destination.as_ref()),
    ("transport", |row| row.transport.as_ref()),
    ("action", |row| row.action.as_ref()),
    ("relation", |row| Some(&row.relation)),
    ("field", |row| Some(&row.field)),
    ("user", |row| row.user.as_ref()),
    ("observer", |row| row.observer.as_ref()),
    ("dataset", |row| Some(&row.dataset)),
    ("assessment", |row| row.assessment.as_ref()),
    ("notes", |row| row.notes.as_ref()),
    ("file", |row| Some(&row.file)),
];

/// The excerpt as it is shown, and where its match begins and how long it is in UTF-16, as scripts
/// count.
fn shown(excerpt: &Excerpt) -> (Cow<'_, str>, (usize, usize)) {
    let (text, mark) = (&*excerpt.text, excerpt.mark.clone());
    let shown = escape(text);
    let place = if shown.is_ascii() && shown.len() == text.len() {
        (mark.start, mark.len())
    } else {
        (shown_units(&text[..mark.start]), shown_units(&text[mark]))
    };
    (shown, place)
}

/// Writes columns: a list, or what all rows have.
struct Columns<'w> {
    out: &'w mut Vec<u8>,
    is_first: bool,
}

impl Columns<'_> {
    fn write<'t, T>(
        &mut self,
        name: &str,
        rows: &'t [T],
        mut value: impl FnMut(&'t T) -> i64,
    ) -> io::Result<()> {
        let values: Vec<i64> = rows.iter().map(&mut value).collect();
        let comma = if std::mem::replace(&mut self.is_first, false) { "" } else { ",\n" };
        write!(self.out, "{comma}\"{name}\":")?;
        match values.first() {
            Some(&first) if values.iter().all(|&value| value == first) => number(self.out, first),
            _ => list(self.out, values.into_iter()),
        }
        Ok(())
    }
}

fn list(out: &mut Vec<u8>, values: impl Iterator<Item = i64>) {
    out.push(b'[');
    for (at, value) in values.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        number(out, value);
    }
    out.push(b']');
}

/// Appends a number. There are millions of them.
fn number(out: &mut Vec<u8>, value: i64) {
    match value {
        // Most are small: a severity, a column, the place of a text.
        0..10 => out.push(b'0' + value as u8),
        10..100 => out.extend_from_slice(&PAIRS[2 * value as usize..][..2]),
        _ => {
            if value < 0 {
                out.push(b'-');
            }
            out.extend_from_slice(digits(value.unsigned_abs(), &mut [0; 20]));
        }
    }
}

fn write_sums(out: &mut Vec<u8>, sums: &Sums, strings: &mut Texts<'_>) -> io::Result<()> {
    let (indicators, hosts) = (sums.indicators(), sums.hosts());
    let first = indicators.first().map_or(0, |sum| sum.bucket);
    let length = sums.length();
    let begin = first.saturating_mul(length).saturating_mul(1000);
    write!(out, ",\n\"sums\":{{\"step\":{},\"first\":{begin}", length.saturating_mul(1000))?;
    for (kind, sums) in [("indicator", indicators), ("host", hosts)] {
        write!(out, ",\n\"{kind}\":{{\"time\":")?;
        list(out, sums.iter().map(|sum| sum.bucket - first));
        out.write_all(b",\"number\":")?;
        list(out, sums.iter().map(|sum| sum.hits as i64));
        out.write_all(b",\"severity\":")?;
        list(out, sums.iter().map(|sum| i64::from(sum.severity)));
        out.write_all(b",\"name\":")?;
        let mut place = |sum: &Sum<'_>| match sum.name {
            Some(name) => strings.place_made(name),
            None => NONE,
        };
        list(out, sums.iter().map(&mut place));
        out.write_all(b"}")?;
    }
    out.write_all(b"}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_written_as_they_show_themselves(value in any::<i64>(), shift in 0_u32..64) {
            for value in [value, value >> shift, i64::MIN, i64::MAX] {
                let mut out = Vec::new();
                number(&mut out, value);
                prop_assert_eq!(String::from_utf8(out).unwrap(), value.to_string());
            }
        }
    }
}
