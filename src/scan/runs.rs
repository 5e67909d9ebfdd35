//! Runs of letters and digits that are long enough for a digest, or for a window of a long literal.
//!
//! A TLS log has fingerprints in every line. Where a run of hex digits begins and ends the bitmaps
//! tell, and the filters say the rest, so that what becomes an event is nearly always a hit.

use super::bitmap::Bitmap;
use super::classify::BLOCK;
use super::tile::Event;
use crate::index::Index;
use crate::indicator::HashAlgorithm;

/// Looks at the runs of one tile.
pub(super) struct Runs<'a> {
    pub index: &'a Index,
    /// The hex digits, of which so many words are known.
    pub hex: &'a Bitmap,
    pub words: usize,
    /// The whole text, of which the tile begins at `start`.
    pub text: &'a [u8],
    pub start: usize,
    /// Up to which bit runs of hex digits were looked at.
    pub end: usize,
}

impl Runs<'_> {
    /// Turns the windows of a word that matter into events. Each of `bits` is the first of 16 letters
    /// and digits.
    pub(super) fn events(&mut self, word: usize, mut bits: u64, events: &mut Vec<Event>) {
        let Index { literals, digests, .. } = self.index;
        while bits != 0 {
            let bit = word * BLOCK + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            let at = self.position(bit);
            let window = self.text.get(at..).and_then(|text| text.first_chunk());
            if window.is_some_and(|window| literals.may_contain(window)) {
                events.push(Event::Window { at });
            }
            if bit >= self.end && !digests.is_empty() && self.hex.has(bit) {
                events.extend(self.digits(bit));
            }
        }
    }

    /// Where a bit is in the text.
    fn position(&self, bit: usize) -> usize {
        self.start + bit - BLOCK
    }

    /// The run of hex digits that `bit` is in, if it may be a known digest.
    fn digits(&mut self, bit: usize) -> Option<Event> {
        /// More than a digest has.
        const MANY: usize = HashAlgorithm::Sha512.hex_len() / BLOCK + 1;
        let (first, last) = ((bit / BLOCK).saturating_sub(MANY), bit / BLOCK + MANY);
        let (start, end) = self.hex.run_around(bit, first, last.min(self.words - 1));
        self.end = end;
        // It may go on where nothing is known; where it is too long already does not matter.
        if start == 0 || end == self.words * BLOCK {
            return Some(Event::Run { at: self.position(bit) });
        }
        HashAlgorithm::from_hex_len(end - start)?;
        let (start, end) = (self.position(start), self.position(end));
        let first = *self.text.get(start..)?.first_chunk()?;
        self.index.digests.may_contain(first).then_some(Event::Digits { start, end })
    }
}
