//! Which family read what last, by the look of the message.
//!
//! A relay's log has a dozen formats side by side, and asking fifty families about every line costs
//! more than reading it. What looks alike is nearly always of one family, so that one is asked
//! first. It is only an order: a family that says no is gone past, and no line has two.

use std::cell::Cell;

/// How many looks are remembered: as many rows of so many. Looks of one row share its places, so
/// that two formats that come by turns do not drive each other out.
const ROWS: usize = 64;
const PLACES: usize = 4;
/// How much of a message is looked at where no program is named, and where one is: then it says
/// more than the text.
const ANONYMOUS: usize = 24;
const NAMED: usize = 8;

/// What is remembered of one input.
#[derive(Debug)]
pub(super) struct Memory {
    /// In a row the last one kept comes first.
    seen: [[Cell<Seen>; PLACES]; ROWS],
}

/// A look and the family that read what had it.
type Seen = Option<(Look, u8)>;

/// The look of a message, as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look(u32);

impl Look {
    /// The look of what a program says: its beginning, all numbers being alike.
    pub(super) fn of(program: &str, text: &str) -> Self {
        let mut hash = 0x811c_9dc5_u32;
        let mut add = |byte: u8| hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        program.bytes().take(64).for_each(&mut add);
        let mut left = if program.is_empty() { ANONYMOUS } else { NAMED };
        let mut before = 0;
        for byte in text.bytes().take(4 * ANONYMOUS) {
            let class = match byte {
                b'0'..=b'9' => b'0',
                // `0e2c` is a number, too.
                b'a'..=b'z' | b'A'..=b'Z' if before == b'0' => b'0',
                _ => byte,
            };
            if class == before && matches!(class, b'0' | b' ') {
                continue;
            }
            before = class;
            add(class);
            left -= 1;
            if left == 0 {
                break;
            }
        }
        Self(hash)
    }

    fn row(self) -> usize {
        self.0 as usize % ROWS
    }
}

impl Memory {
    /// The family that read what looked like this last, by its number.
    pub(super) fn recall(&self, look: Look) -> Option<usize> {
        let mut row = self.seen[look.row()].iter().map_while(Cell::get);
        row.find(|&(seen, _)| seen == look).map(|(_, family)| usize::from(family))
    }

    /// Remembers who read what looks like this.
    pub(super) fn keep(&self, look: Look, family: usize) {
        // There are not as many.
        let Ok(family) = u8::try_from(family) else { return };
        let mut next = Some((look, family));
        for place in &self.seen[look.row()] {
            let before = place.replace(next);
            if before.is_none_or(|(seen, _)| seen == look) {
                break;
            }
            next = before;
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self { seen: [const { [const { Cell::new(None) }; PLACES] }; ROWS] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_alike() {
        for (one, other, expected) in [
            ("%ASA-6-302013: Built outbound", "%ASA-4-106023: Built outbound", true),
            ("%ASA-6-302013: Built outbound", "%ASA-4-106023: Deny tcp src", false),
            ("1718.12   5 10.0.0.1 TCP", "17.1 512 192.168.0.17 TCP", true),
            ("6/10/2024 6:13:20 AM 0E2C P", "12/9/2024 16:3:20 AM 12E0 P", true),
            ("{\"a\":1}", "[\"a\":1}", false),
        ] {
            assert_eq!(Look::of("", one) == Look::of("", other), expected, "{one}");
        }
        assert_ne!(Look::of("named", "x"), Look::of("unbound", "x"));
    }

    #[test]
    fn the_last_one_is_remembered() {
        let memory = Memory::default();
        let look = Look::of("", "a");
        assert_eq!(memory.recall(look), None);
        memory.keep(look, 3);
        memory.keep(Look::of("", "b"), 4);
        assert_eq!(memory.recall(look), Some(3));
        memory.keep(look, 5);
        assert_eq!(memory.recall(look), Some(5));
    }

    #[test]
    fn a_row_is_shared() {
        let memory = Memory::default();
        let look = |number: u32| Look(7 + number * ROWS as u32);
        for number in 0..PLACES as u32 {
            memory.keep(look(number), number as usize);
        }
        memory.keep(look(0), 40);
        assert_eq!(memory.recall(look(0)), Some(40));
        assert_eq!(memory.recall(look(2)), Some(2));
        memory.keep(look(9), 9);
        let known = (0..10).filter(|&number| memory.recall(look(number)).is_some());
        assert_eq!(known.count(), PLACES);
        assert_eq!(memory.recall(look(9)), Some(9));
    }
}
