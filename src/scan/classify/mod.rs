//! Sorting bytes into classes, 64 at a time.
//!
//! Everything the scanner decides first, it decides on bit masks: bit *i* of a mask tells whether
//! byte *i* of a 64-byte block is in the mask's class. This module makes the masks and nothing
//! else. There is one implementation a processor family and a portable twin; tests compare them
//! over all byte values, and the scanner is generic over them, so that one text serves all.
//!
//! What is asked of many dots at once ([`screen`]) is here, too, for it comes in vectors as well.
//!
//! The SIMD implementations hold the scanner's only `unsafe` code: loads and stores whose lengths
//! types fix, and the calls of functions compiled for a processor feature that [`SimdLevel`] has
//! seen at run time.

mod portable;
mod screen;
#[cfg(test)]
mod screen_tests;

#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::fmt;
use std::str::FromStr;

use crate::index::{BitTable, Upper};

#[cfg(target_arch = "aarch64")]
use neon::Neon;
use portable::Portable;
pub(crate) use screen::{MAX_DOTS, Places, ROOM, Room, RoomBits, WINDOW};

/// The bytes a block holds: one bit of a mask each.
pub(crate) const BLOCK: usize = 64;

/// The classes of one block's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Masks {
    /// Letters, digits, `.`, `-`, `_` and every byte above 0x7F: what a host token is made of.
    pub host: u64,
    /// Letters, digits and every byte above 0x7F: what is left after trimming.
    pub alnum: u64,
    /// Letters and every byte above 0x7F.
    pub letter: u64,
    /// Hex digits.
    pub hex: u64,
    /// `.`
    pub dot: u64,
    /// `:`
    pub colon: u64,
    /// `%`
    pub percent: u64,
    /// `( ) [ ] { }`
    pub bracket: u64,
    /// `. : / @ 0`: what may stand alone between brackets and mean something.
    pub inner: u64,
    /// `\`
    pub backslash: u64,
    /// `/`
    pub slash: u64,
    /// Line feed.
    pub newline: u64,
    /// Bytes above 0x7F.
    pub high: u64,
}

/// Blocks that are classified in one go where there are enough.
pub(crate) const ROW: usize = 8;

/// Where the classes of [`ROW`] blocks' bytes go, block by block in each class. Words are
/// little-endian in memory.
#[derive(Debug)]
pub(crate) struct MaskRows<'a> {
    pub host: &'a mut [u64; ROW],
    pub alnum: &'a mut [u64; ROW],
    pub letter: &'a mut [u64; ROW],
    pub hex: &'a mut [u64; ROW],
    pub dot: &'a mut [u64; ROW],
    pub colon: &'a mut [u64; ROW],
    pub percent: &'a mut [u64; ROW],
    pub bracket: &'a mut [u64; ROW],
    pub inner: &'a mut [u64; ROW],
    pub backslash: &'a mut [u64; ROW],
    pub slash: &'a mut [u64; ROW],
    pub newline: &'a mut [u64; ROW],
    pub high: &'a mut [u64; ROW],
}

/// Makes masks of a block.
pub(crate) trait Classify {
    /// The classes of `block`'s bytes.
    fn classify(block: &[u8; BLOCK]) -> Masks;

    /// Writes the classes of the bytes of several blocks. Gives whether there is a NUL among them.
    #[inline(always)]
    fn classify_row(blocks: &[[u8; BLOCK]; ROW], rows: MaskRows<'_>) -> bool {
        for (at, block) in blocks.iter().enumerate() {
            let masks = Self::classify(block);
            rows.host[at] = masks.host.to_le();
            rows.alnum[at] = masks.alnum.to_le();
            rows.letter[at] = masks.letter.to_le();
            rows.hex[at] = masks.hex.to_le();
            rows.dot[at] = masks.dot.to_le();
            rows.colon[at] = masks.colon.to_le();
            rows.percent[at] = masks.percent.to_le();
            rows.bracket[at] = masks.bracket.to_le();
            rows.inner[at] = masks.inner.to_le();
            rows.backslash[at] = masks.backslash.to_le();
            rows.slash[at] = masks.slash.to_le();
            rows.newline[at] = masks.newline.to_le();
            rows.high[at] = masks.high.to_le();
        }
        // Without an early end, it is a vector of bytes at a time.
        blocks.as_flattened().iter().fold(0, |any, &byte| any | u8::from(byte == 0)) != 0
    }

    /// Takes the bits out of `bits` that have a run of `label`'s bits behind them up to another of
    /// `bits`, where that is cheap and the run ends in the same word: whoever asks does not need
    /// it.
    #[inline(always)]
    fn drop_followed(bits: &mut [u64; ROW], label: &[u64; ROW]) {
        let _ = (bits, label);
    }

    /// Writes where the bits of some words are behind `count` others, in any order, and gives how
    /// many there are then. Bit *b* of word *w* is at `first` + 64 *w* + *b*. The others are fewer
    /// than [`MAX_DOTS`].
    #[inline(always)]
    fn places(words: &[u64; ROW], first: u16, places: &mut Places, count: usize) -> usize {
        screen::places(words, first, places, count)
    }

    /// Writes those of `numbers`, places of dots in `room`, behind `count` others that may be the
    /// first dot of an address whose first two octets are in `upper`, and gives how many there are
    /// then. It may keep others.
    #[inline(always)]
    fn screen_numbers(
        room: &Room,
        numbers: &[u16],
        upper: &Upper,
        kept: &mut Places,
        count: usize,
    ) -> usize {
        screen::screen_numbers(room, numbers, upper, kept, count)
    }

    /// Writes those of `names`, places of dots in `room`, behind `count` others that may be the
    /// last dot of a name that `filter` lets pass, and gives how many there are then. `label` are
    /// the bytes of labels. It may keep others.
    #[inline(always)]
    fn screen_names(
        (room, label): (&Room, &RoomBits),
        names: &[u16],
        filter: &BitTable,
        kept: &mut Places,
        count: usize,
    ) -> usize
    where
        Self: Sized,
    {
        screen::screen_names::<Self>((room, label), names, filter, kept, count)
    }

    /// A bit for each word that is not zero.
    #[inline(always)]
    fn nonzero(words: &[u64; ROW]) -> u8 {
        let mut flags = 0;
        for (at, &word) in words.iter().enumerate() {
            flags |= u8::from(word != 0) << at;
        }
        flags
    }

    /// Asks for memory that will be read soon.
    #[inline(always)]
    fn prefetch<T>(place: &T) {
        let _ = place;
    }
}

const HOST: u8 = 1 << 0;
const ALNUM: u8 = 1 << 1;
const LETTER: u8 = 1 << 2;
const HEX: u8 = 1 << 3;
const DOT: u8 = 1 << 4;
const COLON: u8 = 1 << 5;
const INNER: u8 = 1 << 6;
const BRACKET: u8 = 1 << 7;

/// The class bits of an ASCII byte, those that fit eight bits.
const fn class_bits(byte: u8) -> u8 {
    match byte {
        b'0' => HOST | ALNUM | HEX | INNER,
        b'1'..=b'9' => HOST | ALNUM | HEX,
        b'a'..=b'f' | b'A'..=b'F' => HOST | ALNUM | LETTER | HEX,
        b'g'..=b'z' | b'G'..=b'Z' => HOST | ALNUM | LETTER,
        b'.' => HOST | DOT | INNER,
        b'-' | b'_' => HOST,
        b':' => COLON | INNER,
        b'/' | b'@' => INNER,
        b'(' | b')' | b'[' | b']' | b'{' | b'}' => BRACKET,
        _ => 0,
    }
}

/// [`class_bits`] of every ASCII byte.
static CLASSES: [u8; 128] = {
    let mut table = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = class_bits(byte as u8);
        byte += 1;
    }
    table
};

/// Which implementation makes the masks. All give the same answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SimdLevel {
    /// No SIMD: a table look-up a byte.
    Portable,
    /// x86-64 with AVX2, BMI1, BMI2, LZCNT and POPCNT.
    Avx2,
    /// x86-64 with AVX-512 of Ice Lake, GFNI beside it, and what AVX2 needs.
    Avx512,
    /// AArch64, where NEON is always there.
    Neon,
}

impl SimdLevel {
    /// The levels this processor can run, fastest last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut)]
        let mut levels = vec![Self::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            if x86::has_avx2() {
                levels.push(Self::Avx2);
                if x86::has_avx512() {
                    levels.push(Self::Avx512);
                }
            }
        }
        #[cfg(target_arch = "aarch64")]
        levels.push(Self::Neon);
        levels
    }

    /// The fastest level this processor can run.
    #[must_use]
    pub fn fastest() -> Self {
        Self::available().pop().unwrap_or(Self::Portable)
    }

    /// The level's name: `portable`, `avx2`, `avx512` or `neon`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        }
    }
}

impl fmt::Display for SimdLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text names no [`SimdLevel`] that this processor can run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no SIMD level of this processor")]
pub struct UnavailableLevel(pub String);

impl FromStr for SimdLevel {
    type Err = UnavailableLevel;

    fn from_str(text: &str) -> Result<Self, UnavailableLevel> {
        Self::available()
            .into_iter()
            .find(|level| level.name() == text)
            .ok_or_else(|| UnavailableLevel(text.to_owned()))
    }
}

/// Proof that the processor can run a level, and the one way into code compiled for it.
///
/// Only [`CheckedLevel::new`] makes one, and it looks at the processor; that is the whole
/// argument for the `unsafe` calls in [`CheckedLevel::run`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CheckedLevel(SimdLevel);

impl CheckedLevel {
    /// `level` where this processor can run it.
    pub(crate) fn new(level: SimdLevel) -> Result<Self, UnavailableLevel> {
        if SimdLevel::available().contains(&level) {
            Ok(Self(level))
        } else {
            Err(UnavailableLevel(level.name().to_owned()))
        }
    }

    /// The fastest level.
    pub(crate) fn fastest() -> Self {
        Self(SimdLevel::fastest())
    }

    pub(crate) const fn level(self) -> SimdLevel {
        self.0
    }

    /// Runs `work` compiled for the level. `work` must be `#[inline(always)]` all the way down to
    /// profit: what is inlined is compiled with the processor features of the caller.
    #[inline]
    pub(crate) fn run<W: Work>(self, work: W) -> W::Output {
        match self.0 {
            SimdLevel::Portable => work.run::<Portable>(),
            // SAFETY: `new` and `fastest` have seen the features that these functions are
            // compiled for.
            #[cfg(target_arch = "x86_64")]
            SimdLevel::Avx2 => unsafe { x86::run_avx2(work) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            SimdLevel::Avx512 => unsafe { x86::run_avx512(work) },
            #[cfg(target_arch = "aarch64")]
            SimdLevel::Neon => work.run::<Neon>(),
            // A level of another processor family is not available and cannot be in `self`.
            #[allow(unreachable_patterns)]
            _ => work.run::<Portable>(),
        }
    }
}

/// A piece of code generic over the classifier.
pub(crate) trait Work {
    /// What it gives back.
    type Output;

    /// Does it. Implementations are `#[inline(always)]`.
    fn run<C: Classify>(self) -> Self::Output;
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Once<'a>(&'a [u8; BLOCK]);

    impl Work for Once<'_> {
        type Output = Masks;

        #[inline(always)]
        fn run<C: Classify>(self) -> Masks {
            C::classify(self.0)
        }
    }

    /// Every byte value at every position, against the definition of each class.
    #[test]
    fn every_level_agrees_with_the_definitions() {
        for level in SimdLevel::available() {
            let checked = CheckedLevel::new(level).unwrap();
            for value in 0..=255u8 {
                for position in 0..BLOCK {
                    let mut block = [b' '; BLOCK];
                    block[position] = value;
                    let masks = checked.run(Once(&block));
                    let bit = |is: bool| u64::from(is) << position;
                    let high = value >= 0x80;
                    let alnum = high || value.is_ascii_alphanumeric();
                    let expected = Masks {
                        host: bit(alnum || b".-_".contains(&value)),
                        alnum: bit(alnum),
                        letter: bit(high || value.is_ascii_alphabetic()),
                        hex: bit(value.is_ascii_hexdigit()),
                        dot: bit(value == b'.'),
                        colon: bit(value == b':'),
                        percent: bit(value == b'%'),
                        bracket: bit(b"()[]{}".contains(&value)),
                        inner: bit(b".:/@0".contains(&value)),
                        backslash: bit(value == b'\\'),
                        slash: bit(value == b'/'),
                        newline: bit(value == b'\n'),
                        high: bit(high),
                    };
                    assert_eq!(masks, expected, "{level}: byte {value:#04x} at {position}");
                }
            }
        }
    }

    struct Row<'a>(&'a [[u8; BLOCK]; ROW]);

    impl Work for Row<'_> {
        type Output = ([Masks; ROW], bool);

        #[inline(always)]
        fn run<C: Classify>(self) -> Self::Output {
            let mut rows = [[0; ROW]; 13];
            let [host, alnum, letter, hex, dot, colon, rest @ ..] = &mut rows;
            let [percent, bracket, inner, backslash, slash, newline, high] = rest;
            let has_nul = C::classify_row(
                self.0,
                MaskRows {
                    host,
                    alnum,
                    letter,
                    hex,
                    dot,
                    colon,
                    percent,
                    bracket,
                    inner,
                    backslash,
                    slash,
                    newline,
                    high,
                },
            );
            let masks = std::array::from_fn(|at| {
                let [host, alnum, letter, hex, dot, colon, rest @ ..] =
                    rows.map(|row| u64::from_le(row[at]));
                let [percent, bracket, inner, backslash, slash, newline, high] = rest;
                Masks {
                    host,
                    alnum,
                    letter,
                    hex,
                    dot,
                    colon,
                    percent,
                    bracket,
                    inner,
                    backslash,
                    slash,
                    newline,
                    high,
                }
            });
            (masks, has_nul)
        }
    }

    /// Every byte value at every position of every block of a row.
    #[test]
    fn a_row_is_its_blocks() {
        for level in SimdLevel::available() {
            let checked = CheckedLevel::new(level).unwrap();
            for shift in 0..=255u8 {
                let byte = |at: usize| (at as u8).wrapping_mul(7).wrapping_add(shift);
                let blocks: [[u8; BLOCK]; ROW] = std::array::from_fn(|block| {
                    std::array::from_fn(|at| byte(block * 31 + at * (block + 1)))
                });
                let masks = blocks.map(|block| checked.run(Once(&block)));
                let expected = (masks, blocks.as_flattened().contains(&0));
                assert_eq!(checked.run(Row(&blocks)), expected, "{level}: shift {shift}");
                let blocks = blocks.map(|block| block.map(|byte| byte.max(1)));
                assert!(!checked.run(Row(&blocks)).1, "{level}: shift {shift}");
            }
        }
    }

    #[test]
    fn levels_have_names_that_parse() {
        for level in SimdLevel::available() {
            assert_eq!(level.name().parse(), Ok(level));
        }
        assert!("sse9".parse::<SimdLevel>().is_err());
    }
}
