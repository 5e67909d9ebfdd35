//! Literals, each a hit of its own.

use std::ops::Range;

use crate::index::LITERAL_WINDOW;
use crate::indicator::IndicatorId;
use crate::scan::Relation;
use crate::scan::scanner::{Cursors, Ranked, Scanner};
use crate::scan::view::View;

impl Scanner<'_> {
    /// Looks for long literals around a run of letters and digits.
    pub(super) fn long_literal(&mut self, view: &View<'_>, at: usize, cursors: &mut Cursors) {
        let literals = &self.index.literals;
        let Some(window) = view.text.get(at..at + LITERAL_WINDOW) else { return };
        if at < cursors.literal || !literals.may_contain(window) {
            return;
        }
        let longest = literals.longest();
        // Everything that overlaps the window lies in here. What ends before `cursors.literal`
        // was found from an earlier window, and is found again: the same hit.
        let start = (at + LITERAL_WINDOW).saturating_sub(longest);
        let end = view.text.len().min(at + longest);
        let mut found = Vec::new();
        literals.find_long(&view.text[start..end], |from, to, id| {
            found.push((start + from..start + to, id));
        });
        // A literal has windows all along its run: the next one of the same literal adds nothing.
        cursors.literal = found.iter().map(|(span, _)| span.end).max().unwrap_or(at);
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
