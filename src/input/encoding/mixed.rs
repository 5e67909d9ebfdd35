//! Text that is UTF-16 in some stretches and bytes in others: `>>` of one program appends to what
//! another one wrote.
//!
//! UTF-16 is told from bytes by zeros beside characters. Bytes are told from UTF-16 by being text
//! where there are no zeros: two of them make a Chinese character, but a row of characters of which
//! every byte happens to be text, some of them a space or a line end, is none that anybody wrote.
//! Where both readings give the same text, as they do for most, either will do.

use std::io::{self, Read};

use super::Order;
use crate::input::layer::{BoxRead, read_some};

/// Bytes taken at a time.
const INPUT: usize = 32 * 1024;

/// How far is looked ahead to tell bytes from UTF-16.
const AHEAD: usize = 256;

/// Characters with their zeros that make UTF-16.
const ZEROS: usize = 3;

/// What else may be needed to see what follows.
const BEHIND: usize = 2 * ZEROS + 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Bytes,
    Units(Order),
}

/// What comes next where it may be something else.
enum Next {
    Unit,
    Switch(Mode),
    /// There is too little to tell.
    Unknown,
}

/// UTF-16 as UTF-8, byte order marks dropped; bytes as they are. What is no character becomes
/// U+FFFD.
pub(in crate::input) struct Mixed {
    reader: BoxRead,
    mode: Mode,
    input: Vec<u8>,
    start: usize,
    is_done: bool,
    /// Why there is no more, to be said after what there was.
    failed: Option<io::Error>,
    /// The last bytes handed on as they were, the last one first; zeros where there were none.
    before: [u8; 2],
    /// Whether a line begins here.
    starts_line: bool,
    /// The first half of a character that needs two.
    lead: Option<u16>,
    /// Transcoded, of which the first `given` bytes were handed on.
    out: Vec<u8>,
    given: usize,
}

impl Mixed {
    /// Text that begins as UTF-16.
    pub(in crate::input) fn utf16(reader: BoxRead, order: Order) -> Self {
        Self { mode: Mode::Units(order), ..Self::bytes(reader) }
    }

    /// Text that begins as bytes.
    pub(in crate::input) fn bytes(reader: BoxRead) -> Self {
        Self {
            reader,
            mode: Mode::Bytes,
            input: Vec::new(),
            start: 0,
            is_done: false,
            failed: None,
            before: [0; 2],
            starts_line: true,
            lead: None,
            out: Vec::new(),
            given: 0,
        }
    }

    fn put(&mut self, character: char) {
        self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn unit(&mut self, unit: u16) {
        let starts_line = std::mem::replace(&mut self.starts_line, unit == u16::from(b'\n'));
        if let Some(lead) = self.lead.take() {
            if let Some(Ok(character)) = char::decode_utf16([lead, unit]).next() {
                return self.put(character);
            }
            self.put(char::REPLACEMENT_CHARACTER);
        }
        match unit {
            0..=0x7F => self.out.push(unit as u8),
            0xD800..=0xDBFF => self.lead = Some(unit),
            // A byte order mark, also of a text that was put behind another one.
            0xFEFF if starts_line => self.starts_line = true,
            _ => self.put(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    fn switch(&mut self, mode: Mode) {
        if self.lead.take().is_some() {
            self.put(char::REPLACEMENT_CHARACTER);
        }
        (self.mode, self.before) = (mode, [0; 2]);
    }

    /// Hands bytes on as they are.
    fn pass(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
        self.passed(bytes);
    }

    fn passed(&mut self, bytes: &[u8]) {
        self.before = match *bytes {
            [.., second, last] => [last, second],
            [last] => [last, self.before[0]],
            [] => self.before,
        };
    }

    /// Goes on in bytes; gives how many were used.
    fn take_bytes(&mut self, rest: &[u8]) -> usize {
        let Some(zero) = memchr::memchr(0, rest) else {
            let held = if self.is_done { 0 } else { mark_begins(rest) };
            self.pass(&rest[..rest.len() - held]);
            return rest.len() - held;
        };
        if !self.is_done && rest.len() - zero < BEHIND {
            // A byte order mark and a character stay with it.
            let sure = zero.saturating_sub(3);
            self.pass(&rest[..sure]);
            return sure;
        }
        let (text, zeros) = rest.split_at(zero);
        if !zeros_alternate(zeros) {
            let many = zeros.iter().take_while(|&&byte| byte == 0).count();
            // The last one of a row may belong to what follows.
            let count = zero + if many > 1 { many - 1 } else { 1 };
            self.pass(&rest[..count]);
            return count;
        }
        let has_last = |at: usize| {
            let known = text.len().checked_sub(at + 1).map(|at| text[at]);
            known.or_else(|| self.before.get(at - text.len().min(at)).copied())
        };
        let (last, second) = (has_last(0).unwrap_or(0), has_last(1).unwrap_or(0));
        if let Some(text) = text.strip_suffix(b"\xFE\xFF") {
            self.pass(text);
            self.switch(Mode::Units(Order::Big));
            self.starts_line = true;
        } else if !is_ascii_text(last) || last == b'\n' && second != b'\n' && !ends_marked(text) {
            self.pass(text);
            self.switch(Mode::Units(Order::Big));
            self.starts_line = last == b'\n' || last == 0;
        } else {
            // Its first character was handed on, and is the same; its zero was not.
            if ends_marked(text) {
                self.pass(&text[..text.len() - 3]);
                self.pass(&[last]);
            } else {
                self.pass(text);
            }
            self.switch(Mode::Units(Order::Little));
            self.starts_line = last == b'\n';
            return zero + 1;
        }
        zero
    }

    /// Goes on in UTF-16; gives how many bytes were used.
    fn take_units(&mut self, rest: &[u8], order: Order) -> usize {
        let mut at = 0;
        while let Some(&[first, second]) = rest[at..].first_chunk::<2>() {
            let unit = match order {
                Order::Little => u16::from_le_bytes([first, second]),
                Order::Big => u16::from_be_bytes([first, second]),
            };
            if unit > 0xFF {
                if unit == 0xFFFE && self.starts_line && self.lead.is_none() {
                    // The byte order mark of the other one.
                    self.switch(Mode::Units(order.other()));
                    return at + 2;
                }
                match self.next(&rest[at..], order) {
                    Next::Unit => {}
                    Next::Unknown => return at,
                    Next::Switch(mode) => {
                        self.switch(mode);
                        return at;
                    }
                }
            }
            self.unit(unit);
            at += 2;
        }
        match rest[at..] {
            [byte] if self.is_done => {
                if is_ascii_text(byte) {
                    self.switch(Mode::Bytes);
                    self.out.push(byte);
                } else {
                    self.lead = None;
                    self.put(char::REPLACEMENT_CHARACTER);
                }
                at + 1
            }
            _ => at,
        }
    }

    /// What stands here, where UTF-16 would have no ASCII character.
    fn next(&self, rest: &[u8], order: Order) -> Next {
        // The place of the byte that is zero in ASCII characters.
        let high = match order {
            Order::Little => 1,
            Order::Big => 0,
        };
        let is_whole = self.is_done || rest.len() >= AHEAD + BEHIND;
        if rest[1 - high] == 0 {
            let pairs = rest.as_chunks::<2>().0;
            let is_swapped = |pair: &[u8; 2]| pair[1 - high] == 0 && is_ascii_text(pair[high]);
            return match pairs.iter().take(ZEROS + 1).position(|pair| !is_swapped(pair)) {
                Some(_) => Next::Unit,
                None if pairs.len() > ZEROS => Next::Switch(Mode::Units(order.other())),
                None if self.is_done => Next::Unit,
                None => Next::Unknown,
            };
        }
        let run = &rest[..text_len(&rest[..rest.len().min(AHEAD)])];
        let bytes = Next::Switch(Mode::Bytes);
        let highs = || run.iter().skip(high).step_by(2);
        // A line that ends where no script has a character.
        let feed = highs().position(|&byte| byte == b'\n').map(|at| 2 * at + high);
        if let Some(feed) = feed.filter(|&feed| self.starts_line && feed >= 3)
            && !has_one_high(&run[..=feed], high)
        {
            return bytes;
        }
        let is_at_end = run.len() == rest.len();
        if !is_whole && (is_at_end || rest.len() - run.len() < BEHIND) && run.len() < AHEAD {
            // It may be a script, and its end may be cut off.
            return if run.is_empty() && !may_be_text(rest) { Next::Unit } else { Next::Unknown };
        }
        if run.len() < 2 && !is_at_end || has_one_high(run, high) {
            return Next::Unit;
        }
        let spaces = highs().filter(|&&byte| matches!(byte, b' '..=b'/')).count();
        let is_out_of_step = || run.len() % 2 != high && zeros_alternate(&rest[run.len()..]);
        let is_last = || {
            is_at_end
                && (run.len() % 2 == 1
                    || run.ends_with(b"\n")
                    || self.starts_line && run.len() >= 4)
        };
        let rest = &rest[run.len()..];
        let is_marked = || rest.starts_with(b"\xFE\xFF") || rest.starts_with(b"\xFF\xFE");
        let is_line = self.starts_line && run.ends_with(b"\n");
        let is_bytes = run.len() >= AHEAD / 4
            || run.len() >= AHEAD / 16 && spaces >= 2
            || is_out_of_step()
            || is_line && (order == Order::Big || is_marked())
            || is_last();
        if is_bytes { bytes } else { Next::Unit }
    }

    /// Transcodes what comes next.
    fn more(&mut self) {
        self.out.clear();
        self.given = 0;
        self.input.drain(..self.start);
        self.start = 0;
        let len = self.input.len();
        self.input.resize(INPUT.max(len + AHEAD), 0);
        let done = read_some(&mut self.reader, &mut self.input[len..]);
        self.input.truncate(len + *done.as_ref().unwrap_or(&0));
        self.is_done = *done.as_ref().unwrap_or(&0) == 0;
        self.failed = done.err();
        let input = std::mem::take(&mut self.input);
        loop {
            let (mode, rest) = (self.mode, &input[self.start..]);
            if rest.is_empty() {
                break;
            }
            let used = match mode {
                Mode::Bytes => self.take_bytes(rest),
                Mode::Units(order) => self.take_units(rest, order),
            };
            self.start += used;
            if used == 0 && mode == self.mode {
                break;
            }
        }
        if self.is_done && self.lead.take().is_some() {
            self.put(char::REPLACEMENT_CHARACTER);
        }
        self.input = input;
    }
}

/// A row of zeros with ASCII text between them, a zero first.
fn zeros_alternate(bytes: &[u8]) -> bool {
    let (pairs, _) = bytes.as_chunks::<2>();
    let is_one = |pair: &[u8; 2]| pair[0] == 0 && is_ascii_text(pair[1]);
    pairs.len() >= ZEROS && pairs[..ZEROS].iter().all(is_one)
}

/// How many of the last bytes may be a byte order mark and what belongs to it.
fn mark_begins(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    tail.iter().position(|&byte| byte >= 0xFE).map_or(0, |at| tail.len() - at)
}

/// Whether the last character has the byte order mark of little endian before it.
fn ends_marked(text: &[u8]) -> bool {
    text.len() >= 3 && text[text.len() - 3..].starts_with(b"\xFF\xFE")
}

/// Whether all characters of a run are of one script, as far as one byte tells.
fn has_one_high(run: &[u8], high: usize) -> bool {
    let mut highs = run.iter().skip(high).step_by(2);
    run.len() >= 4 && highs.next().is_some_and(|first| highs.all(|byte| byte == first))
}

fn is_ascii_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x1B | 0x20..=0x7E)
}

/// How many bytes are text: UTF-8 without control characters.
fn text_len(bytes: &[u8]) -> usize {
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    };
    let is_control = |&byte: &u8| byte < 0x80 && !is_ascii_text(byte);
    bytes[..valid].iter().position(is_control).unwrap_or(valid)
}

/// Whether these are too few bytes to tell a character of UTF-8.
fn may_be_text(bytes: &[u8]) -> bool {
    let few = &bytes[..bytes.len().min(4)];
    std::str::from_utf8(few)
        .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}

/// Lone zeros that are looked at before nothing is expected of them any more.
const LONE: usize = 1000;

/// Whether there is a stretch of UTF-16 in bytes that are text otherwise: what has zeros in a row
/// is none.
pub(crate) fn has_utf16(bytes: &[u8]) -> bool {
    for zero in memchr::memchr_iter(0, bytes).take(LONE) {
        match &bytes[zero..] {
            [_, 0, ..] => return false,
            rest if zeros_alternate(rest) => return true,
            _ => {}
        }
    }
    false
}

impl Read for Mixed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.given < self.out.len() {
                let count = buffer.len().min(self.out.len() - self.given);
                buffer[..count].copy_from_slice(&self.out[self.given..self.given + count]);
                self.given += count;
                return Ok(count);
            }
            if self.is_done || buffer.is_empty() {
                return self.failed.take().map_or(Ok(0), Err);
            }
            if self.mode == Mode::Bytes && self.start == self.input.len() {
                // Most text is nothing else: it is not copied.
                let count = read_some(&mut self.reader, buffer)?;
                let bytes = &buffer[..count];
                self.is_done = count == 0;
                if memchr::memchr(0, bytes).is_none() && mark_begins(bytes) == 0 {
                    self.passed(bytes);
                    return Ok(count);
                }
                self.input.clear();
                self.input.extend_from_slice(bytes);
                self.start = 0;
            }
            self.more();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{all, drops};
    use super::*;

    /// Gives as many bytes at a time as it was told.
    struct Chunks(Vec<u8>, usize);

    impl Read for Chunks {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    fn encoded(text: &str, how: usize) -> Vec<u8> {
        let mark = if how > 3 { "\u{feff}" } else { "" };
        let units = mark.encode_utf16().chain(text.encode_utf16());
        match how {
            0 | 3 => text.as_bytes().to_vec(),
            1 | 4 => units.flat_map(u16::to_le_bytes).collect(),
            _ => units.flat_map(u16::to_be_bytes).collect(),
        }
    }

    fn decoded(bytes: &[u8], size: usize) -> String {
        let reader: BoxRead = Box::new(Chunks(bytes.to_vec(), size));
        let reader = match super::super::utf16(bytes) {
            Some(order) => Mixed::utf16(reader, order),
            None => Mixed::bytes(reader),
        };
        String::from_utf8_lossy(&all(reader)).into_owned()
    }

    fn line() -> impl Strategy<Value = String> {
        let word = "[a-z0-9.:-]{1,12}|漢字|上海|ü|k3121\\.com|45\\.77\\.231\\.209";
        let words = proptest::collection::vec(word, 3..9);
        (words, any::<bool>()).prop_map(|(words, has_return)| {
            let end = if has_return { "\r\n" } else { "\n" };
            format!("2024-03-01 {}{end}", words.join(" "))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// What was written in whatever encoding comes out as it would have in one.
        #[test]
        fn stretches_are_decoded_each_in_its_own_encoding(
            stretches in proptest::collection::vec(
                (proptest::collection::vec(line(), 1..5), 0..6_usize), 1..6),
            size in prop_oneof![1..40_usize, Just(300), Just(100_000)],
        ) {
            let (mut bytes, mut text) = (Vec::new(), String::new());
            for (lines, how) in stretches {
                bytes.extend(encoded(&lines.concat(), how));
                text += &lines.concat();
            }
            prop_assert_eq!(decoded(&bytes, size), text);
        }

        /// Wherever the pieces end in which it comes.
        #[test]
        fn chunks_do_not_matter(
            bytes in proptest::collection::vec(
                prop_oneof![Just(0_u8), Just(b'a'), Just(b'\n'), Just(0xFE), Just(0xFF), any::<u8>()],
                0..600),
            order in 0..3,
            size in 1..50_usize,
        ) {
            let run = |size| {
                let reader = Box::new(Chunks(bytes.clone(), size));
                all(match order {
                    0 => Mixed::bytes(reader),
                    1 => Mixed::utf16(reader, Order::Little),
                    _ => Mixed::utf16(reader, Order::Big),
                })
            };
            prop_assert_eq!(run(size), run(100_000));
        }
    }

    #[test]
    fn short_lines_are_told_too() {
        let long = "2024-03-01 12:00:00 a first line\r\n";
        for (first, then, last) in
            [(1, 0, 1), (2, 0, 2), (0, 1, 0), (0, 2, 0), (1, 0, 4), (0, 4, 1)]
        {
            for short in ["c0cc.cc\n", "t.co\n", "k3121.com\r\n", "ok c0cc.cc\r\n"] {
                let text = [long, short, long].concat();
                let bytes =
                    [encoded(long, first), encoded(short, then), encoded(long, last)].concat();
                assert_eq!(decoded(&bytes, 7), text, "{first} {then} {last}");
                // At the end.
                let end = bytes.len() - encoded(long, last).len();
                assert_eq!(decoded(&bytes[..end], 7), [long, short].concat());
            }
        }
    }

    /// Scripts whose characters' bytes are text each.
    #[test]
    fn other_scripts_stay_what_they_are() {
        for line in [
            "漢字浪湯絡漣漾甜畔眺破碎祭禱穗窗竹粗糖納終經綠網緊線縣總績繁繡繩繪繳\n",
            "上海上海上海\n",
            "हिन्दी भाषा में एक पंक्ति यहाँ है\n",
            "ਪੰਜਾਬੀ ਗੁਰਮੁਖੀ\n",
            "മലയാളം\n",
            "Привет мир\n",
            "……——\n",
        ] {
            for how in [1, 2, 4, 5] {
                let text = format!("2024-03-01 12:00:00 a first line\r\n{line}{line}and more\n");
                assert_eq!(decoded(&encoded(&text, how), 5), text);
            }
        }
    }

    #[test]
    fn zeros_in_a_log_are_no_utf16() {
        let text = b"a line\0\0\0\0\0\0\0\0\0\n\0one\0two\0\0three\n\0\0\0";
        assert_eq!(all(Mixed::bytes(drops(text))), text);
        assert!(!has_utf16(text) && has_utf16(b"a line\nb\0c\0d\0e\0f\0"));
    }
}
