//! Tokens cut out of a tile, and what the filters say of them in full.
//!
//! Start, end, dots and letters of a token are bit scans in 64-bit windows of the bitmaps. A token
//! without letters and with three dots is read as an IPv4 address and asks the address filter; one
//! with letters asks the name filter for its last two labels.

use super::bitmap::{WINDOW, low_bits};
use super::classify::{BLOCK, Classify, MAX_DOTS as MAX_TOKENS};
use super::patterns::Wanted;
use super::tile::{Event, TileText};
use crate::index::{Index, NameKey};

/// A dotted token, trimmed.
#[derive(Clone, Copy, Default)]
struct Token {
    /// The dots inside, counted from the start.
    dots: u64,
    /// The start, as a bit of the tile.
    start: u32,
    len: u16,
    /// How many bytes come before the first letter.
    before_letter: u16,
}

impl Token {
    /// Where the first two octets of a dotted quad end, and where the third begins and ends.
    #[inline(always)]
    fn octets(&self) -> ((u32, u32), (u32, u32)) {
        let after = |dots: u64| dots & dots.wrapping_sub(1);
        let (second, third) = (after(self.dots), after(after(self.dots)));
        let upper = (self.dots.trailing_zeros(), second.trailing_zeros());
        (upper, (upper.1 + 1, third.trailing_zeros()))
    }
}

/// The working memory for the tokens of a tile.
pub(super) struct Tokens {
    numbers: Box<[Token; MAX_TOKENS]>,
    names: Box<[Token; MAX_TOKENS]>,
    /// What the filters are asked for each of one list.
    keys: Box<[u64; MAX_TOKENS]>,
}

impl Tokens {
    pub(super) fn new() -> Self {
        Self {
            numbers: Box::new([Token::default(); MAX_TOKENS]),
            names: Box::new([Token::default(); MAX_TOKENS]),
            keys: Box::new([0; MAX_TOKENS]),
        }
    }

    /// The events of the tokens with these dots.
    #[inline(always)]
    pub(super) fn events<C: Classify>(
        &mut self,
        tile: TileText<'_>,
        index: &Index,
        wanted: Wanted,
        some_dots: &[u16],
        events: &mut Vec<Event>,
    ) {
        let (numbers, names) = self.cut_tokens(tile, wanted, some_dots, events);
        if numbers > 0 {
            self.filter_numbers::<C>(index, tile.text, tile.start, numbers, events);
        }
        if names > 0 {
            self.filter_names::<C>(index, wanted, tile.text, tile.start, names, events);
        }
    }

    /// Trims the tokens and sorts them into numbers and names; counts both.
    #[inline(always)]
    fn cut_tokens(
        &mut self,
        tile: TileText<'_>,
        wanted: Wanted,
        some_dots: &[u16],
        events: &mut Vec<Event>,
    ) -> (usize, usize) {
        let TileText { maps, has_high, start, .. } = tile;
        let (mut numbers, mut names) = (0, 0);
        let mut end = 0;
        for &dot in some_dots {
            let dot = usize::from(dot);
            let before = (!maps.host.window_before(dot)).leading_zeros() as usize;
            let after = (!maps.host.window(dot)).trailing_zeros() as usize;
            let (from, len) = (dot - before, before + after);
            // Another dot of the same token, or the same one again.
            if std::mem::replace(&mut end, dot + after) == dot + after {
                continue;
            }
            let is_wide = has_high && maps.high.window(from) & low_bits(len) != 0;
            if len >= WINDOW || is_wide {
                events.push(Event::Wide { dot: start + dot - BLOCK });
                continue;
            }
            let inside = maps.alnum.window(from) & low_bits(len);
            let lead = inside.trailing_zeros() % 64;
            let len = (64 - inside.leading_zeros()).max(lead) - lead;
            let kept = low_bits(len as usize);
            let dots = maps.dot.window(from) >> lead & kept;
            let letters = maps.letter.window(from) >> lead & kept;
            let token = Token {
                dots,
                start: from as u32 + lead,
                len: len as u16,
                before_letter: letters.trailing_zeros() as u16,
            };
            // Stored in both lists, counted in one: which it is, no branch can foretell.
            self.numbers[numbers % MAX_TOKENS] = token;
            self.names[names % MAX_TOKENS] = token;
            // Three dots and more, one and more.
            let one = dots != 0;
            let two = dots & dots.wrapping_sub(1);
            let three = two & two.wrapping_sub(1) != 0;
            numbers += usize::from(wanted.addresses & (letters == 0) & three);
            names += usize::from(wanted.names & (letters != 0) & one);
        }
        (numbers, names)
    }

    /// Numbers of three dots that may be known addresses, and of four.
    #[inline(always)]
    fn filter_numbers<C: Classify>(
        &mut self,
        index: &Index,
        text: &[u8],
        start: usize,
        numbers: usize,
        events: &mut Vec<Event>,
    ) {
        let mut kept = 0;
        for at in 0..numbers {
            let token = self.numbers[at % MAX_TOKENS];
            let from = start + token.start as usize - BLOCK;
            let end = from + usize::from(token.len);
            let Some(window) = text.get(from..).and_then(|rest| rest.first_chunk::<16>()) else {
                // Too near the end of the text for a whole window.
                events.push(Event::Token { start: from, end });
                continue;
            };
            let (upper, lower) = token.octets();
            let upper = read_half(window, 0, upper);
            if !index.addresses.may_contain(upper) {
                continue;
            }
            match token.dots.count_ones() {
                3 => {
                    let lower = read_half(window, lower.0, (lower.1, u32::from(token.len)));
                    let address = u32::from(upper) << 16 | u32::from(lower);
                    C::prefetch(index.addresses.memory(address));
                    self.numbers[kept % MAX_TOKENS] = token;
                    self.keys[kept % MAX_TOKENS] = address.into();
                    kept += 1;
                }
                4 => events.push(Event::FiveParts { start: from, end }),
                _ => {}
            }
        }
        for (token, &address) in self.numbers[..kept].iter().zip(&self.keys[..]) {
            if index.addresses.may_contain_whole(address as u32) {
                let from = start + token.start as usize - BLOCK;
                events.push(Event::Token { start: from, end: from + usize::from(token.len) });
            }
        }
    }

    /// Names that may be at or below a known one, or begin with an address.
    #[inline(always)]
    fn filter_names<C: Classify>(
        &mut self,
        index: &Index,
        wanted: Wanted,
        text: &[u8],
        start: usize,
        names: usize,
        events: &mut Vec<Event>,
    ) {
        for (token, key) in self.names[..names].iter().zip(&mut self.keys[..]) {
            let from = start + token.start as usize - BLOCK;
            let dots = token.dots;
            let last = 63 - dots.leading_zeros();
            let label = match dots & !(1 << last) {
                0 => last,
                others => last - (64 - others.leading_zeros()),
            };
            let dot = from + last as usize;
            let before = text.get(..dot).and_then(|text| text.last_chunk());
            let after = text.get(dot + 1..).and_then(|text| text.first_chunk());
            // Too near an end of the text: zero, and asked below.
            let name = match (before, after) {
                (Some(before), Some(after)) => NameKey::around(*before, label as usize, *after),
                _ => NameKey::default(),
            };
            C::prefetch(index.names.memory(name));
            *key = name.into();
        }
        for (token, &key) in self.names[..names].iter().zip(&self.keys[..]) {
            // A provider's reverse name begins with digits and dots, seven at least.
            let may_embed =
                wanted.addresses && token.before_letter >= 7 && token.dots.count_ones() >= 4;
            let from = start + token.start as usize - BLOCK;
            let end = from + usize::from(token.len);
            let may_matter = key == 0 || index.names.may_contain(key.into());
            if may_matter || may_embed {
                events.push(Event::Token { start: from, end });
            }
        }
    }
}

/// Two octets of a dotted quad: the first from `start` to `ends.0`, the second from behind the dot
/// there to `ends.1`. What is no dotted quad gives any number: the filter lets through what it
/// will, the exact step decides.
#[inline(always)]
fn read_half(window: &[u8; 16], start: u32, ends: (u32, u32)) -> u16 {
    let octet = |from: u32, end: u32| {
        let at = from.min(12) as usize;
        let digits = window[at..].first_chunk().copied().unwrap_or([0; 4]);
        // At most three digits, moved up so that the last is the third byte.
        let missing = 8 * (3u32.wrapping_sub(end.wrapping_sub(from)) & 3);
        let digits = (u32::from_le_bytes(digits) & 0x0F_0F0F) << missing;
        (digits & 0xFF) * 100 + (digits >> 8 & 0xFF) * 10 + (digits >> 16 & 0xFF)
    };
    let (first, second) = (octet(start, ends.0), octet(ends.0 + 1, ends.1));
    ((first & 0xFF) << 8 | second & 0xFF) as u16
}
