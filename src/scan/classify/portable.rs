//! The safe twin: a table look-up a byte.

use super::{
    ALNUM, BLOCK, BRACKET, CLASSES, COLON, Classify, DOT, HEX, HOST, INNER, LETTER, Masks,
};

/// Classifies without SIMD.
pub(crate) struct Portable;

impl Classify for Portable {
    #[inline(always)]
    fn classify(block: &[u8; BLOCK]) -> Masks {
        let mut masks = Masks::default();
        for (position, &byte) in block.iter().enumerate() {
            let bit = |is: bool| u64::from(is) << position;
            let high = byte >= 0x80;
            let class = if high { HOST | ALNUM | LETTER } else { CLASSES[usize::from(byte)] };
            masks.host |= bit(class & HOST != 0);
            masks.alnum |= bit(class & ALNUM != 0);
            masks.letter |= bit(class & LETTER != 0);
            masks.hex |= bit(class & HEX != 0);
            masks.dot |= bit(class & DOT != 0);
            masks.colon |= bit(class & COLON != 0);
            masks.bracket |= bit(class & BRACKET != 0);
            masks.inner |= bit(class & INNER != 0);
            masks.percent |= bit(byte == b'%');
            masks.backslash |= bit(byte == b'\\');
            masks.slash |= bit(byte == b'/');
            masks.newline |= bit(byte == b'\n');
            masks.high |= bit(high);
        }
        masks
    }
}
