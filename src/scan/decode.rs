//! Escapes and defanging: `%2F`, `\u002e`, `[.]`.
//!
//! One pass over a stretch undoes one level of all of them; what is written twice is decoded
//! twice by scanning the result. Nothing here decides what a hit is.

use super::Encoding;
use super::view::Decoded;

/// How far a stretch reaches back from the escape that asks for it: the longest name with every
/// byte escaped, and room for a mail address before it.
const BACK: usize = 2048;

/// The longest stretch. A longer one is cut, and the next begins [`BACK`] bytes before the cut.
const LONGEST: usize = 16 * 1024;

/// A byte that ends a stretch: no token, URL or escape reaches over it.
fn is_stop(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'<' | b'>' | 0x7F)
}

/// The stretch around an escape, and from where on escapes are not covered by it.
pub(super) fn stretch(text: &[u8], at: usize) -> (std::ops::Range<usize>, usize) {
    let back = &text[at.saturating_sub(BACK)..at];
    let start = at - back.iter().rev().take_while(|&&byte| !is_stop(byte)).count();
    let room = &text[at..text.len().min(at + LONGEST)];
    // A stretch ends at a stop; that its escape ends there too is the decoder's to see.
    let len = room.iter().take_while(|&&byte| !is_stop(byte)).count();
    let end = at + len;
    let resume = if len == LONGEST { end - BACK } else { end };
    (start..end, resume.max(at + 1))
}

/// Decodes one level of `text[range]` into `decoded`. Escapes that stand for letters or control
/// characters (`\t`) are decoded only `with_letters`. Gives whether anything was
/// decoded that may change a token.
pub(super) fn decode(
    text: &[u8],
    range: std::ops::Range<usize>,
    with_letters: bool,
    decoded: &mut Decoded,
) -> bool {
    decoded.clear();
    let stretch = &text[range.clone()];
    let mut at = 0;
    let mut any = false;
    while at < stretch.len() {
        let rest = &stretch[at..];
        let start = range.start + at;
        let plain = rest.iter().take_while(|&&byte| !begins_escape(byte)).count();
        if plain > 0 {
            decoded.extend(&rest[..plain], start);
            at += plain;
            continue;
        }
        let step = match rest[0] {
            b'%' => percent(rest),
            b'\\' => backslash(rest, with_letters),
            _ => defanged(rest),
        };
        match step {
            Some(Step { value, len, kind }) => {
                any |= !is_boundary_escape(rest);
                let mut utf8 = [0; 4];
                match value {
                    Value::Byte(byte) => decoded.push(byte, start, Some(kind)),
                    Value::Char(char) => {
                        for &byte in char.encode_utf8(&mut utf8).as_bytes() {
                            decoded.push(byte, start, Some(kind));
                        }
                    }
                }
                at += len;
            }
            None => {
                decoded.push(rest[0], start, None);
                at += 1;
            }
        }
    }
    decoded.starts.push(range.end);
    any
}

/// Whether a byte is the first of an escape, perhaps.
fn begins_escape(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'[' | b'(' | b'{')
}

/// Whether an escape stands for a boundary and begins with one, so that the raw text has the same
/// tokens. An escaped backslash before a letter may begin another escape.
fn is_boundary_escape(rest: &[u8]) -> bool {
    match rest {
        [b'\\', b'\\', next, ..] => !next.is_ascii_alphanumeric(),
        [b'\\', b'/' | b'\\' | b'"' | b'\'', ..] => true,
        _ => false,
    }
}

struct Step {
    value: Value,
    /// How many bytes the escape has.
    len: usize,
    kind: Encoding,
}

enum Value {
    Byte(u8),
    Char(char),
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))
}

/// `%XX`, RFC 3986 §2.1.
fn percent(rest: &[u8]) -> Option<Step> {
    let value = Value::Byte(hex(rest.get(1..3)?)? as u8);
    Some(Step { value, len: 3, kind: Encoding::Percent })
}

/// The escapes of JSON strings (RFC 8259 §7) and of C (ISO 9899 §6.4.4.4).
fn backslash(rest: &[u8], with_letters: bool) -> Option<Step> {
    let step = |value, len| Some(Step { value, len, kind: Encoding::Escape });
    let letter = *rest.get(1)?;
    let control = match letter {
        b'/' | b'\\' | b'"' | b'\'' => return step(Value::Byte(letter), 2),
        b'x' => return step(Value::Byte(hex(rest.get(2..4)?)? as u8), 4),
        b'u' => return unicode(rest),
        _ if !with_letters => return None,
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'b' => 0x08,
        b'f' => 0x0C,
        b'v' => 0x0B,
        b'a' => 0x07,
        b'e' => 0x1B,
        b'0'..=b'7' => {
            let octal =
                rest.get(1..4).filter(|digits| digits.iter().all(|d| (b'0'..=b'7').contains(d)));
            return match octal {
                Some(digits) => {
                    let value =
                        digits.iter().fold(0, |value, digit| value << 3 | u32::from(digit - b'0'));
                    step(Value::Byte(u8::try_from(value).ok()?), 4)
                }
                None if letter == b'0' => step(Value::Byte(0), 2),
                None => None,
            };
        }
        _ => return None,
    };
    step(Value::Byte(control), 2)
}

/// `\uXXXX`, or a pair of them for a character beyond the first plane.
fn unicode(rest: &[u8]) -> Option<Step> {
    let first = hex(rest.get(2..6)?)?;
    let kind = Encoding::Escape;
    if let Some(char) = char::from_u32(first) {
        return Some(Step { value: Value::Char(char), len: 6, kind });
    }
    let second = rest.get(6..12).filter(|pair| pair.starts_with(br"\u"));
    let second = second.and_then(|pair| hex(&pair[2..]));
    let char = second
        .filter(|low| (0xDC00..0xE000).contains(low) && first < 0xDC00)
        .and_then(|low| char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (low - 0xDC00)));
    // Half a pair stands for nothing: the replacement character is a boundary.
    let len = if char.is_some() { 12 } else { 6 };
    Some(Step { value: Value::Char(char.unwrap_or(char::REPLACEMENT_CHARACTER)), len, kind })
}

/// The ways to defang a separator that are in use, each with brackets of one shape.
fn defanged(rest: &[u8]) -> Option<Step> {
    let close = match rest[0] {
        b'[' => b']',
        b'(' => b')',
        _ => b'}',
    };
    let end = rest.iter().take(5).position(|&byte| byte == close)?;
    let mut word = [0; 3];
    let inner = &rest[1..end];
    word[..inner.len()].copy_from_slice(inner);
    word.make_ascii_lowercase();
    let byte = match &word[..inner.len()] {
        b"." | b"dot" => b'.',
        b":" => b':',
        b"@" | b"at" => b'@',
        b"/" => b'/',
        _ => return None,
    };
    Some(Step { value: Value::Byte(byte), len: end + 1, kind: Encoding::Defanged })
}
