//! Literals, each a hit of its own.

use std::ops::Range;

use crate::index::LITERAL_WINDOW;
use crate::indicator::IndicatorId;
use crate::scan::Relation;
use crate::scan::scanner::{Ranked, Scanner};
use crate::scan::view::View;

impl Scanner<'_> {
    /// Looks for long literals around one of their windows.
    pub(in crate::scan) fn long_literal(&mut self, view: &View<'_>, at: usize) {
        let literals = &self.index.literals;
        let longest = literals.longest();
        // Everything that overlaps the window lies in here. A literal is found from each of its
        // windows, and is the same hit each time; to skip any would miss one that overlaps it.
        let start = (at + LITERAL_WINDOW).saturating_sub(longest);
        let end = view.text.len().min(at + longest);
        let mut found = Vec::new();
        literals.find_long(&view.text[start..end], |from, to, id| {
            found.push((start + from..start + to, id));
        });
        self.add_literals(view, found);
    }

    /// Looks for the literals that have no long run, in the whole of `range`.
    pub(in crate::scan) fn short_literals(&mut self, view: &View<'_>, range: Range<usize>) {
        let mut found = Vec::new();
        self.index.literals.find_short(&view.text[range.clone()], |from, to, id| {
            found.push((range.start + from..range.start + to, id));
        });
        self.add_literals(view, found);
    }

    fn add_literals(&mut self, view: &View<'_>, found: Vec<(Range<usize>, IndicatorId)>) {
        for (span, id) in found {
            let raw = view.raw_span(&span);
            // A literal has no boundaries: only the bytes of the literal itself count.
            let encodings = view.encodings_inside(&span);
            let len = span.len();
            let matched = Ranked::new(self.set, Relation::Literal, id, len, raw, encodings);
            self.add(view, &span, vec![matched]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::indicator::{IndicatorSet, Kind, NewClaim, Observable, Source, Traits};
    use crate::scan::Matcher;

    /// The second begins inside the first, has its only windows there, and ends far behind it.
    #[test]
    fn literals_that_overlap_are_both_found() {
        let run = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789aBcD";
        let second = format!("{}{}", &run[5..], "/".repeat(60));
        let mut set = IndicatorSet::new();
        let source = set.add_source(Source { key: "test".into(), ..Source::default() });
        for value in [run.to_owned(), second.clone()] {
            let literal = Observable { kind: Kind::Literal, value };
            set.insert(&literal, Traits::default(), NewClaim::bare(source)).unwrap();
        }
        let matcher = Matcher::new(set);
        for pad in 0..64 {
            let text = format!("{}{run}{}\n", " ".repeat(pad), "/".repeat(60));
            assert_eq!(matcher.hits(text.as_bytes()).len(), 2, "{pad}");
        }
    }
}
