//! Which bytes of a file something accounts for.

use std::ops::Range;

/// How many pieces are kept. Members that follow each other are one.
const MOST: usize = 1 << 20;

/// Stretches of a file, in any order, also on top of each other.
#[derive(Default)]
pub(super) struct Covered {
    ranges: Vec<Range<u64>>,
    /// Whether there were more than are kept.
    pub is_full: bool,
}

impl Covered {
    pub(super) fn add(&mut self, range: Range<u64>) {
        if range.is_empty() || self.is_full {
            return;
        }
        if let Some(last) = self.ranges.last_mut()
            && (last.start..=last.end).contains(&range.start)
        {
            last.end = last.end.max(range.end);
            return;
        }
        if self.ranges.len() == MOST {
            self.merge();
            // Or it would be merged again and again.
            self.is_full |= self.ranges.len() > MOST / 2;
        }
        if !self.is_full {
            self.ranges.push(range);
        }
    }

    fn merge(&mut self) {
        self.ranges.sort_unstable_by_key(|range| range.start);
        self.ranges.dedup_by(|next, last| {
            let touches = next.start <= last.end;
            if touches {
                last.end = last.end.max(next.end);
            }
            touches
        });
    }

    /// What of the first `len` bytes is not covered, in order.
    pub(super) fn gaps(mut self, len: u64) -> impl Iterator<Item = Range<u64>> + Send {
        self.merge();
        let mut from = 0;
        let end = std::iter::once(len..len);
        self.ranges.into_iter().chain(end).filter_map(move |range| {
            let gap = from..range.start.min(len);
            from = from.max(range.end);
            (!gap.is_empty()).then_some(gap)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "one gap is one range")]
    fn gaps_are_what_nothing_covers() {
        let gaps = |ranges: &[Range<u64>], len| {
            let mut covered = Covered::default();
            ranges.iter().for_each(|range| covered.add(range.clone()));
            covered.gaps(len).collect::<Vec<_>>()
        };
        assert_eq!(gaps(&[], 9), [0..9]);
        assert_eq!(gaps(&[], 0), []);
        assert_eq!(gaps(&[0..4, 4..9], 9), []);
        assert_eq!(gaps(&[6..8, 1..3, 2..4, 3..3], 9), [0..1, 4..6, 8..9]);
        assert_eq!(gaps(&[5..7, 0..20, 6..9], 9), []);
        assert_eq!(gaps(&[4..100], 9), [0..4]);
        assert_eq!(gaps(&[20..100, 2..3], 9), [0..2, 3..9]);
    }

    #[test]
    fn what_is_kept_has_an_end() {
        let mut covered = Covered::default();
        for number in 0..2 * MOST as u64 {
            covered.add(3 * number..3 * number + 1);
        }
        assert!(covered.is_full && covered.ranges.len() <= MOST);
        // One after the other, from the back: they are one.
        let mut covered = Covered::default();
        for number in (0..2 * MOST as u64).rev() {
            covered.add(number..number + 1);
        }
        assert!(!covered.is_full);
        assert_eq!(covered.gaps(2 * MOST as u64).count(), 0);
    }
}
