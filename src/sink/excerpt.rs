//! The part of a line around its matches, as it is shown.

use std::borrow::Cow;
use std::ops::Range;

use super::escape::{Glyph, ascii_width, escape_bytes, glyphs, is_plain};

/// What stands for the part of a line that is left out.
const CUT: &str = "…";

/// A stretch of a line: matched or not, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment<'l> {
    pub(super) text: Cow<'l, str>,
    /// Terminal columns.
    pub(super) width: usize,
    pub(super) marked: bool,
}

/// One row of the output.
pub(super) type Row<'l> = Vec<Segment<'l>>;

/// Lays a line out in rows of about `width` columns that hold every mark.
///
/// A line that fits is one row; of a longer one there is a row for every group of marks that fit
/// together. `marks` are offsets in `line`, sorted by their start. Only the surroundings of the
/// marks are looked at, so the cost does not grow with the line.
pub(super) fn rows<'l>(line: &'l [u8], marks: &[Range<usize>], width: usize) -> Vec<Row<'l>> {
    let marks = merge(line.len(), marks);
    // A shown column takes 4 bytes at most, but for what has no width.
    let reach = width * 4;
    if line.len() <= reach && columns(line) <= width {
        return vec![row(line, &marks, 0..line.len(), width)];
    }
    let mut rows = Vec::new();
    let mut rest = marks.as_slice();
    while let [first, ..] = rest {
        // Marks share a row as long as a quarter of it is left for what stands around them.
        let together = 1 + rest[1..]
            .iter()
            .take_while(|next| {
                next.end - first.start <= reach
                    && columns(&line[first.start..next.end]) <= width - width / 4
            })
            .count();
        let (group, others) = rest.split_at(together);
        let span = group[0].start..group[group.len() - 1].end;
        rows.push(row(line, group, around(line, span, width), width));
        rest = others;
    }
    rows
}

/// The marks within the line, those that overlap or touch made one.
fn merge(len: usize, marks: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(marks.len());
    for mark in marks {
        let mark = mark.start.min(len)..mark.end.min(len);
        match merged.last_mut() {
            Some(last) if mark.start <= last.end => last.end = last.end.max(mark.end),
            _ => merged.push(mark),
        }
    }
    merged
}

/// The window of `width` columns with `span` in its middle, or at the line's edge.
fn around(line: &[u8], span: Range<usize>, width: usize) -> Range<usize> {
    let free = width.saturating_sub(columns(&line[span.clone()]));
    let mut low = span.start.saturating_sub(width * 4);
    while low < span.start && line[low] & 0xc0 == 0x80 {
        low += 1;
    }
    let high = line.len().min(span.end + width * 4);
    let (before, after) = (&line[low..span.start], &line[span.end..high]);
    let (before_columns, after_columns) = (columns(before), columns(after));
    // What one side does not need is the other's.
    let left = before_columns.min((free / 2).max(free.saturating_sub(after_columns)));
    let right = free - left;
    span.start - trailing(before, left)..span.end + leading(after, right)
}

/// How many of the first bytes fit into `width` columns.
fn leading(bytes: &[u8], width: usize) -> usize {
    match bytes.is_ascii() {
        true => fitting_ascii(bytes.iter(), width),
        false => fitting(glyphs(bytes), width),
    }
}

/// How many of the last bytes do.
fn trailing(bytes: &[u8], width: usize) -> usize {
    if bytes.is_ascii() {
        return fitting_ascii(bytes.iter().rev(), width);
    }
    let all: Vec<Glyph> = glyphs(bytes).collect();
    fitting(all.into_iter().rev(), width)
}

/// The bytes that fit into `width` columns, of ASCII alone.
fn fitting_ascii<'b>(bytes: impl Iterator<Item = &'b u8>, width: usize) -> usize {
    let mut left = width;
    let fits = |&&byte: &&u8| match left.checked_sub(ascii_width(byte)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    bytes.take_while(fits).count()
}

/// The bytes of the first glyphs that fit into `width` columns.
fn fitting(glyphs: impl Iterator<Item = Glyph>, width: usize) -> usize {
    let mut used = 0;
    let mut bytes = 0;
    for glyph in glyphs {
        used += glyph.width();
        if used > width {
            break;
        }
        bytes += glyph.len();
    }
    bytes
}

fn columns(bytes: &[u8]) -> usize {
    if is_plain(bytes) {
        bytes.len()
    } else if bytes.is_ascii() {
        bytes.iter().map(|&byte| ascii_width(byte)).sum()
    } else {
        glyphs(bytes).map(Glyph::width).sum()
    }
}

fn row<'l>(line: &'l [u8], marks: &[Range<usize>], window: Range<usize>, width: usize) -> Row<'l> {
    let cut = || Segment { text: CUT.into(), width: 1, marked: false };
    let mut row = Row::with_capacity(2 * marks.len() + 3);
    if window.start > 0 {
        row.push(cut());
    }
    let mut push = |bytes: &'l [u8], marked: bool| {
        // Only a mark can be wider than the window.
        let kept = if marked { leading(bytes, width) } else { bytes.len() };
        let (text, width) = (escape_bytes(&bytes[..kept]), columns(&bytes[..kept]));
        let mut segment = Segment { text, width, marked };
        if kept < bytes.len() {
            segment.text.to_mut().push_str(CUT);
            segment.width += 1;
        }
        if !segment.text.is_empty() {
            row.push(segment);
        }
    };
    let mut at = window.start;
    for mark in marks {
        push(&line[at..mark.start], false);
        push(&line[mark.clone()], true);
        at = mark.end;
    }
    push(&line[at..window.end], false);
    if window.end < line.len() {
        row.push(cut());
    }
    row
}

/// The line of carets under a row, without white space at its end; empty without a mark.
pub(super) fn carets(row: &Row<'_>) -> Vec<u8> {
    let mut carets = Vec::with_capacity(row.iter().map(|segment| segment.width).sum());
    let mut end = 0;
    for segment in row {
        let sign = if segment.marked { b'^' } else { b' ' };
        carets.resize(carets.len() + segment.width, sign);
        if segment.marked {
            end = carets.len();
        }
    }
    carets.truncate(end);
    carets
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "one mark is a list of marks")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(line: &[u8], marks: &[Range<usize>], width: usize) -> Vec<(String, String)> {
        rows(line, marks, width)
            .iter()
            .map(|row| {
                let text = row.iter().map(|segment| &*segment.text).collect();
                (text, String::from_utf8(carets(row)).unwrap())
            })
            .collect()
    }

    fn one(line: &str, matched: &str, width: usize) -> (String, String) {
        let start = line.find(matched).unwrap();
        let mut shown = shown(line.as_bytes(), &[start..start + matched.len()], width);
        assert_eq!(shown.len(), 1);
        shown.remove(0)
    }

    #[test]
    fn carets_stand_under_the_match() {
        for (line, text, carets) in [
            ("c0cc.cc", "c0cc.cc", "^^^^^^^"),
            ("query c0cc.cc A", "query c0cc.cc A", "      ^^^^^^^"),
            ("a\tc0cc.cc", r"a\tc0cc.cc", "   ^^^^^^^"),
            ("\x1b[1mc0cc.cc", r"\x1b[1mc0cc.cc", "       ^^^^^^^"),
            ("\u{202e}c0cc.cc", r"\u{202e}c0cc.cc", "        ^^^^^^^"),
            // Two columns each.
            ("日本 c0cc.cc", "日本 c0cc.cc", "     ^^^^^^^"),
            // A combining accent has none.
            ("e\u{301} c0cc.cc", "e\u{301} c0cc.cc", "  ^^^^^^^"),
        ] {
            assert_eq!(one(line, "c0cc.cc", 200), (text.to_owned(), carets.to_owned()), "{line:?}");
        }
        assert_eq!(
            shown(b"\xff\xfe c0cc.cc", &[3..10], 200),
            [(r"\xff\xfe c0cc.cc".to_owned(), "         ^^^^^^^".to_owned())]
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_match() {
        let line = format!("{}c0cc.cc{}", "a".repeat(500), "b".repeat(500));
        let (text, carets) = one(&line, "c0cc.cc", 27);
        assert_eq!(text, format!("…{}c0cc.cc{}…", "a".repeat(10), "b".repeat(10)));
        assert_eq!(carets, format!("{}^^^^^^^", " ".repeat(11)));

        let line = format!("ab c0cc.cc{}", "b".repeat(500));
        assert_eq!(one(&line, "c0cc.cc", 27).0, format!("ab c0cc.cc{}…", "b".repeat(17)));

        let line = format!("{}c0cc.cc yz", "a".repeat(500));
        assert_eq!(one(&line, "c0cc.cc", 27).0, format!("…{}c0cc.cc yz", "a".repeat(17)));
    }

    #[test]
    fn a_match_wider_than_the_row_is_cut() {
        let line = format!("GET {} HTTP/1.1", "x".repeat(100));
        let (text, carets) = one(&line, &"x".repeat(100), 10);
        assert_eq!(text, "…xxxxxxxxxx……");
        assert_eq!(carets, " ^^^^^^^^^^^");
    }

    #[test]
    fn marks_share_a_row_where_they_fit() {
        let line = format!("one {} two three", "-".repeat(300));
        let found = |word: &str| {
            let start = line.find(word).unwrap();
            start..start + word.len()
        };
        let shown = shown(line.as_bytes(), &[found("one"), found("two"), found("three")], 40);
        assert_eq!(shown.len(), 2);
        assert_eq!(shown[0].1, "^^^");
        assert!(shown[1].0.ends_with("- two three"), "{shown:?}");
        assert!(shown[1].1.ends_with(" ^^^ ^^^^^"), "{shown:?}");
    }

    #[test]
    fn marks_that_overlap_are_one() {
        assert_eq!(shown(b"abcdef", &[1..4, 2..5], 80)[0].1, " ^^^^");
        assert_eq!(shown(b"abcdef", &[1..4, 2..3], 80)[0].1, " ^^^");
    }

    #[test]
    fn a_mark_outside_the_line_marks_nothing() {
        assert_eq!(shown(b"abc", &[7..9], 80), [("abc".to_owned(), String::new())]);
        assert_eq!(shown(b"", &[0..0], 80), [(String::new(), String::new())]);
    }

    proptest! {
        #[test]
        fn bytes_are_counted_as_their_glyphs_are(text in "[ -~]{0,60}[é\\t\\x00]?[ -~]{0,30}", width in 0usize..100) {
            let all: Vec<Glyph> = glyphs(text.as_bytes()).collect();
            let back = all.iter().rev().copied();
            prop_assert_eq!(trailing(text.as_bytes(), width), fitting(back, width));
            prop_assert_eq!(leading(text.as_bytes(), width), fitting(all.iter().copied(), width));
            let width: usize = all.into_iter().map(Glyph::width).sum();
            prop_assert_eq!(columns(text.as_bytes()), width);
        }

        #[test]
        fn rows_are_never_much_wider_than_asked(
            line in proptest::collection::vec(any::<u8>(), 0..2000),
            cuts in proptest::collection::vec(0usize..2100, 2..8),
            width in 10usize..120,
        ) {
            let mut marks: Vec<_> =
                cuts.windows(2).map(|pair| pair[0].min(pair[1])..pair[0].max(pair[1])).collect();
            marks.sort_by_key(|mark| mark.start);
            for row in rows(&line, &marks, width) {
                let columns: usize = row.iter().map(|segment| segment.width).sum();
                // Two cuts at the ends and one in a mark that is too wide.
                prop_assert!(columns <= width + 3, "{columns} of {width}");
                prop_assert!(carets(&row).len() <= columns);
            }
        }
    }
}
