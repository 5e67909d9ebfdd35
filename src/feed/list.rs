//! The plain list: one value a line.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};
use rayon::prelude::*;

use crate::indicator::{
    IndicatorSet, NewClaim, Observable, ObservableError, SetFull, SourceId, Traits,
};

/// A line that is no indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The line number, from 1.
    pub line: u64,
    /// The line's text, at most [`Rejected::TEXT_KEPT`] characters of it; bytes that are not
    /// UTF-8 are replaced.
    pub text: String,
    /// What was expected.
    pub reason: ObservableError,
}

impl Rejected {
    /// How many characters of a rejected line are kept.
    pub const TEXT_KEPT: usize = 200;
}

/// What a list held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListReport {
    /// Values that were new to the set.
    pub added: u64,
    /// Values that the set had already.
    pub known: u64,
    /// Lines that are no indicator: the first [`ListReport::REJECTED_KEPT`] of them.
    pub rejected: Vec<Rejected>,
    /// How many lines were no indicator.
    pub rejected_total: u64,
}

impl ListReport {
    /// How many rejected lines are kept with their text.
    pub const REJECTED_KEPT: usize = 1000;

    fn reject(&mut self, line: u64, text: &[u8], reason: ObservableError) {
        self.rejected_total += 1;
        if self.rejected.len() < Self::REJECTED_KEPT {
            // A character has four bytes at most.
            let text = &text[..text.len().min(Rejected::TEXT_KEPT * 4)];
            let text = String::from_utf8_lossy(text).chars().take(Rejected::TEXT_KEPT).collect();
            self.rejected.push(Rejected { line, text, reason });
        }
    }
}

/// The most room that is made in advance; a longer list grows the set as it goes. An estimate
/// from the length alone must not let a file of a billion empty lines claim the memory.
const RESERVE_LIMIT: usize = 1 << 20;

/// Adds every value of a plain list to `set` as a bare claim of `source`.
///
/// One value a line in any form that [`Observable::recognise`] takes, in double quotes as CSV
/// writes them or without. Lines that begin with `#` or `//` are comments, and so is what follows
/// white space and `#`. Empty lines, CR LF and a byte order mark are passed over. A line longer
/// than [`Observable::MAX_LEN`] bytes and one that is not UTF-8 are rejected like any other line
/// that is no indicator; addresses in private or reserved space are indicators too.
///
/// # Errors
/// [`SetFull`] only: a line that is no indicator is reported, not fatal.
///
/// ```
/// use flaxscan::feed::load_list;
/// use flaxscan::indicator::{IndicatorSet, Source};
///
/// let mut set = IndicatorSet::new();
/// let source = set.add_source(Source { key: "case-17.txt".into(), ..Source::default() });
/// let report = load_list(b"# C2\nc0cc[.]cc\nconhost.exe # a file\n", source, &mut set)?;
/// assert_eq!((report.added, report.rejected_total), (1, 1));
/// assert_eq!(report.rejected[0].line, 3);
/// # Ok::<(), flaxscan::indicator::SetFull>(())
/// ```
pub fn load_list(
    text: &[u8],
    source: SourceId,
    set: &mut IndicatorSet,
) -> Result<ListReport, SetFull> {
    let mut report = ListReport::default();
    let claim = NewClaim::bare(source);
    let mut rest = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    set.reserve((memchr_iter(b'\n', rest).count() + 1).min(RESERVE_LIMIT));
    let mut before = 0;
    while !rest.is_empty() {
        // A few blocks at a time are read side by side and stored one after the other, so that
        // what is read and not stored stays small.
        let mut blocks = Vec::with_capacity(BLOCKS);
        while blocks.len() < BLOCKS && !rest.is_empty() {
            let block;
            (block, rest) = split_block(rest);
            blocks.push(block);
        }
        let blocks: Vec<Block<'_>> = blocks.into_par_iter().map(Block::read).collect();
        for block in blocks {
            for (number, line, recognised) in block.values {
                match recognised {
                    Ok(observable) => {
                        if set.insert(&observable, Traits::default(), claim)?.is_new {
                            report.added += 1;
                        } else {
                            report.known += 1;
                        }
                    }
                    Err(reason) => report.reject(before + number, line, reason),
                }
            }
            before += block.lines;
        }
    }
    Ok(report)
}

/// How many blocks are read side by side.
const BLOCKS: usize = 16;

/// About how many bytes a block has.
const BLOCK: usize = 64 * 1024;

/// The first lines of a text, about [`BLOCK`] bytes, and the rest.
fn split_block(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.get(BLOCK..).and_then(|rest| memchr(b'\n', rest));
    text.split_at(end.map_or(text.len(), |end| BLOCK + end + 1))
}

/// What the lines of a part of a list say.
struct Block<'a> {
    /// Line number in the block, from 1, the line, and what it is.
    values: Vec<(u64, &'a [u8], Result<Observable, ObservableError>)>,
    lines: u64,
}

impl<'a> Block<'a> {
    fn read(text: &'a [u8]) -> Self {
        let mut block = Self { values: Vec::new(), lines: 0 };
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            block.lines += 1;
            let line = line.trim_ascii();
            if line.is_empty() || line.starts_with(b"#") || line.starts_with(b"//") {
                continue;
            }
            block.values.push((block.lines, line, recognise(line)));
        }
        block
    }
}

fn recognise(line: &[u8]) -> Result<Observable, ObservableError> {
    if line.len() > Observable::MAX_LEN {
        return Err(ObservableError::TooLong);
    }
    let line = str::from_utf8(line).map_err(|_| ObservableError::NotUtf8)?;
    match unquote(line) {
        Some(value) => Observable::recognise(&value),
        None => Observable::recognise(without_comment(line)),
    }
}

/// Cuts off a comment: `#` after white space, for a URL may hold one.
fn without_comment(line: &str) -> &str {
    memchr_iter(b'#', line.as_bytes())
        .find(|&at| line.as_bytes()[..at].ends_with(b" ") || line.as_bytes()[..at].ends_with(b"\t"))
        .map_or(line, |at| &line[..at])
}

/// The value of a line that is one quoted CSV field (RFC 4180 §2: a quote in it is doubled), and
/// nothing after it but a separator or a comment.
fn unquote(line: &str) -> Option<Cow<'_, str>> {
    let inner = line.strip_prefix('"')?;
    let mut from = 0;
    loop {
        let quote = from + memchr(b'"', &inner.as_bytes()[from..])?;
        let after = &inner[quote + 1..];
        if after.starts_with('"') {
            from = quote + 2;
            continue;
        }
        let after = after.trim_start_matches([',', ';']).trim_start();
        let value = &inner[..quote];
        return (after.is_empty() || after.starts_with('#')).then(|| {
            if from == 0 { Cow::Borrowed(value) } else { Cow::Owned(value.replace("\"\"", "\"")) }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::Source;

    fn load(text: &[u8]) -> (IndicatorSet, ListReport) {
        let mut set = IndicatorSet::new();
        let source = set.add_source(Source { key: "list".into(), ..Source::default() });
        let report = load_list(text, source, &mut set).unwrap();
        (set, report)
    }

    fn values(text: &[u8]) -> Vec<String> {
        let (set, report) = load(text);
        assert_eq!(report.rejected, []);
        set.iter().map(|indicator| indicator.value().to_owned()).collect()
    }

    #[test]
    fn what_lists_look_like() {
        let text = b"\xEF\xBB\xBF# title\r\n// note\r\n\r\n  45.77.231[.]209\t# node\r\n\
            hxxp://c0cc.cc/a#b\r\n\"k3121.com\",\r\n\"c0cc.cc/q?\"\"x\"\"\" # quoted\n\
            'w8510.com'\n10.0.0.1\n   \t\nb2047.com #";
        assert_eq!(
            values(text),
            [
                "45.77.231.209",
                "c0cc.cc/a#b",
                "k3121.com",
                "c0cc.cc/q?\"x\"",
                "w8510.com",
                "10.0.0.1",
                "b2047.com"
            ]
        );
        assert!(values(b"").is_empty());
        assert!(values(b"\xEF\xBB\xBF\n\n#").is_empty());
    }

    #[test]
    fn counts_and_claims() {
        let (set, report) = load(b"c0cc.cc\nC0CC.CC.\nc0cc[.]cc\n45.77.231.209\n");
        assert_eq!((report.added, report.known, report.rejected_total), (2, 2, 0));
        let indicator = set.find("c0cc.cc").next().unwrap();
        assert_eq!(indicator.claims().count(), 1);
        assert_eq!(indicator.best_claim().source.key, "list");
        assert_eq!(indicator.group(), None);
    }

    #[test]
    fn rejected_lines_are_named() {
        let long = "x".repeat(Observable::MAX_LEN + 1);
        let text =
            [b"c0cc.cc\nconhost.exe\n\xFF\xFE\n".as_slice(), long.as_bytes(), b"\na,b\n\"x\n"]
                .concat();
        let (_, report) = load(&text);
        let found: Vec<_> = report.rejected.iter().map(|it| (it.line, it.reason.clone())).collect();
        assert_eq!(
            found,
            [
                (2, ObservableError::UnknownSuffix("exe".into())),
                (3, ObservableError::NotUtf8),
                (4, ObservableError::TooLong),
                (5, ObservableError::NameCharacter(',')),
                (6, ObservableError::NameCharacter('"')),
            ]
        );
        assert_eq!(report.rejected[0].text, "conhost.exe");
        assert_eq!(report.rejected[2].text.len(), Rejected::TEXT_KEPT);
        assert_eq!(report.rejected_total, 5);
    }

    #[test]
    fn rejected_lines_are_bounded() {
        let (_, report) = load(&b"nothing\n".repeat(ListReport::REJECTED_KEPT + 5));
        assert_eq!(report.rejected.len(), ListReport::REJECTED_KEPT);
        assert_eq!(report.rejected_total, ListReport::REJECTED_KEPT as u64 + 5);
    }
}
