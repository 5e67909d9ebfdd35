//! Literals: byte strings looked for as they stand.
//!
//! An automaton that looks at every byte would cost as much as everything else together, and most
//! literals do not need one: a long URL fragment holds 31 letters and digits in a row, and
//! wherever it stands 16 of them fill an aligned half of a 32-byte block. The scanner sees such
//! halves in its masks anyway. So long literals are found by looking 16 bytes up among all the
//! 16-byte windows of their runs, and only short ones cost a pass of Aho-Corasick.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use hashbrown::HashSet;

use super::bits::{BitTable, mix};
use crate::indicator::{IndicatorId, IndicatorSet, Kind};

/// A run this long holds an aligned window of [`WINDOW`] bytes, wherever it stands.
const LONG_RUN: usize = 2 * WINDOW - 1;

/// The bytes looked up at a time.
pub(crate) const WINDOW: usize = 16;

/// The literals of one way to compare: their automaton and which indicators they are.
#[derive(Debug)]
struct Group {
    automaton: AhoCorasick,
    ids: Vec<IndicatorId>,
    longest: usize,
}

impl Group {
    /// `kind` decides between building fast and searching fast.
    fn new(
        literals: Vec<(String, IndicatorId)>,
        nocase: bool,
        kind: Option<AhoCorasickKind>,
    ) -> Option<Self> {
        if literals.is_empty() {
            return None;
        }
        let longest = literals.iter().map(|(text, _)| text.len()).max().unwrap_or(0);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(kind)
            .ascii_case_insensitive(nocase)
            .build(literals.iter().map(|(text, _)| text))
            .ok()?;
        let ids = literals.into_iter().map(|(_, id)| id).collect();
        Some(Self { automaton, ids, longest })
    }

    fn for_each(&self, text: &[u8], mut found: impl FnMut(usize, usize, IndicatorId)) {
        for hit in self.automaton.find_overlapping_iter(text) {
            found(hit.start(), hit.end(), self.ids[hit.pattern().as_usize()]);
        }
    }
}

/// Literals by how they are found.
#[derive(Debug)]
pub(crate) struct LiteralIndex {
    /// 16-byte windows of the long literals' runs, lower-cased, and what is asked before.
    windows: HashSet<[u8; WINDOW]>,
    filter: BitTable,
    long: Vec<Group>,
    short: Vec<Group>,
}

impl LiteralIndex {
    /// The literals of `set`.
    pub(crate) fn new(set: &IndicatorSet) -> Self {
        let mut windows = HashSet::new();
        // Long and short, each with and without regard to case.
        let mut kinds: [[Vec<(String, IndicatorId)>; 2]; 2] = Default::default();
        let literals = set.iter().filter(|indicator| indicator.kind() == Kind::Literal);
        for indicator in literals.filter(|indicator| !indicator.value().is_empty()) {
            let (text, nocase) = (indicator.value(), indicator.traits().nocase);
            let run = longest_run(text.as_bytes());
            let is_short = run.len() < LONG_RUN;
            if !is_short {
                for window in run.windows(WINDOW) {
                    windows.insert(fold(window));
                }
            }
            let kind = &mut kinds[usize::from(is_short)][usize::from(nocase)];
            kind.push((text.to_owned(), indicator.id()));
        }
        let mut filter = BitTable::with_capacity(windows.len());
        for window in &windows {
            filter.insert(key(window));
        }
        let groups = |[exact, nocase]: [Vec<_>; 2], kind| {
            let groups = [Group::new(exact, false, kind), Group::new(nocase, true, kind)];
            groups.into_iter().flatten().collect()
        };
        let [long, short] = kinds;
        // The long ones are asked about a few hundred bytes now and then.
        let long = groups(long, Some(AhoCorasickKind::NoncontiguousNFA));
        let short = groups(short, None);
        Self { windows, filter, long, short }
    }

    /// Whether any literal is found through its windows.
    pub(crate) fn has_windows(&self) -> bool {
        !self.windows.is_empty()
    }

    /// Whether any literal needs a pass over all bytes.
    pub(crate) fn needs_pass(&self) -> bool {
        !self.short.is_empty()
    }

    /// Whether a long literal has this window, in any case.
    #[inline]
    pub(crate) fn may_contain(&self, window: &[u8; WINDOW]) -> bool {
        self.filter.may_contain(key(window)) && self.windows.contains(&fold(window))
    }

    /// The length of the longest of the literals found through windows.
    pub(crate) fn longest(&self) -> usize {
        self.long.iter().map(|group| group.longest).max().unwrap_or(0)
    }

    /// Every long literal in `text`: start, end, indicator.
    pub(crate) fn find_long(&self, text: &[u8], mut found: impl FnMut(usize, usize, IndicatorId)) {
        for group in &self.long {
            group.for_each(text, &mut found);
        }
    }

    /// Every short literal in `text`: start, end, indicator.
    pub(crate) fn find_short(&self, text: &[u8], mut found: impl FnMut(usize, usize, IndicatorId)) {
        for group in &self.short {
            group.for_each(text, &mut found);
        }
    }
}

/// The filter's key of a window, the same for letters of either case.
#[inline(always)]
fn key(window: &[u8; WINDOW]) -> u64 {
    // Setting bit 5 lower-cases letters and leaves digits as they are.
    let halves = u128::from_le_bytes(*window) | u128::from_le_bytes([0x20; WINDOW]);
    mix((halves as u64).rotate_left(29) ^ (halves >> 64) as u64)
}

fn fold(window: &[u8]) -> [u8; WINDOW] {
    let mut folded = [0; WINDOW];
    folded.copy_from_slice(window);
    folded.make_ascii_lowercase();
    folded
}

/// The longest run of ASCII letters and digits.
fn longest_run(text: &[u8]) -> &[u8] {
    text.split(|byte| !byte.is_ascii_alphanumeric()).max_by_key(|run| run.len()).unwrap_or(&[])
}
