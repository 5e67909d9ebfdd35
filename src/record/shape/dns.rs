//! What DNS logs have in common: answers, response codes, types of records.
//!
//! Names and numbers are IANA's ("Domain Name System (DNS) Parameters"), the wire form is that of
//! RFC 1035 §4.1.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::record::field::Field;
use crate::record::value::{Value, address};
use crate::record::{Record, Verdict};

/// More answers than any message has.
const MOST: usize = 256;

const TYPES: &[(&str, &str)] = &[
    ("1", "A"),
    ("2", "NS"),
    ("5", "CNAME"),
    ("6", "SOA"),
    ("12", "PTR"),
    ("13", "HINFO"),
    ("15", "MX"),
    ("16", "TXT"),
    ("28", "AAAA"),
    ("33", "SRV"),
    ("35", "NAPTR"),
    ("39", "DNAME"),
    ("43", "DS"),
    ("46", "RRSIG"),
    ("47", "NSEC"),
    ("48", "DNSKEY"),
    ("50", "NSEC3"),
    ("52", "TLSA"),
    ("64", "SVCB"),
    ("65", "HTTPS"),
    ("99", "SPF"),
    ("251", "IXFR"),
    ("252", "AXFR"),
    ("255", "ANY"),
    ("257", "CAA"),
];

const CODES: [&str; 11] = [
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET",
    "NXRRSET", "NOTAUTH", "NOTZONE",
];

/// Sets the type that is asked for, from its name or number: `A`, `1`, `TYPE65`, `1 (A)`.
pub(crate) fn kind<'a>(record: &mut Record<'a>, kind: impl Into<Value<'a>>) -> bool {
    let kind = kind.into();
    let text = kind.text.trim();
    let number = text.strip_prefix("TYPE").or_else(|| text.strip_prefix("type=")).unwrap_or(text);
    let number = number.split(' ').next().unwrap_or_default();
    let known = TYPES.iter().find(|(known, _)| *known == number);
    match known {
        Some(&(_, name)) => {
            record.set(Field::QuestionType, Value { raw: kind.raw, text: name.into() })
        }
        None => record.set(Field::QuestionType, kind),
    }
}

/// Whether a text is the name of a type of records.
pub(crate) fn is_kind(text: &str) -> bool {
    let is_number =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    TYPES.iter().any(|(_, name)| *name == text)
        || text.strip_prefix("TYPE").is_some_and(is_number)
        || matches!(
            text,
            "NULL"
                | "RP"
                | "LOC"
                | "SSHFP"
                | "CDS"
                | "CDNSKEY"
                | "OPENPGPKEY"
                | "URI"
                | "WKS"
                | "X25"
        )
}

/// Whether a text is the name of a class.
pub(crate) fn is_class(text: &str) -> bool {
    matches!(text, "IN" | "CH" | "HS" | "ANY" | "NONE") || text.starts_with("CLASS")
}

/// Sets the response code, from its name or number. A server that refuses has not let it through.
pub(crate) fn code<'a>(record: &mut Record<'a>, code: impl Into<Value<'a>>) -> bool {
    let Value { raw, text } = code.into();
    let word = text.trim();
    let known = match word.parse::<usize>() {
        Ok(number) => CODES.get(number).copied(),
        Err(_) => CODES.iter().find(|code| code.eq_ignore_ascii_case(word)).copied(),
    };
    if known == Some("REFUSED") && record.verdict.is_none() {
        record.verdict = Some(Verdict::Blocked);
    }
    let text = known.map_or(text, Into::into);
    record.set(Field::ResponseCode, Value { raw, text })
}

/// Adds an answer: an address, or a name or a text.
pub(crate) fn answer<'a>(record: &mut Record<'a>, value: impl Into<Value<'a>>) -> bool {
    let value = value.into().part(str::trim);
    if address(&value.text).is_some() {
        return record.set(Field::ResolvedIp, value);
    }
    let value = value.part(|text| match text.strip_suffix('.') {
        Some(name) if !name.is_empty() => name,
        _ => text,
    });
    record.set(Field::Answer, value)
}

/// Adds the data of a record as a zone file has it: `name. 300 IN A 192.0.2.1`.
pub(crate) fn resource<'a>(record: &mut Record<'a>, text: &Value<'a>) -> bool {
    let data = text.part(|text| {
        let mut rest = text.trim();
        let mut is_kind_next = false;
        // Name, time to live, class and type, of which the last is the mark.
        for _ in 0..5 {
            let (word, after) = super::words::word(rest);
            let name = word.to_ascii_uppercase();
            if is_kind_next && is_kind(&name) {
                return after.trim_end();
            }
            is_kind_next = is_class(&name);
            rest = after;
        }
        ""
    });
    if data.text.is_empty() {
        return false;
    }
    // Of a text that was unescaped the stretch that says it, if that can be told.
    let raw = data.raw.find(&*data.text).map_or(data.raw, |at| &data.raw[at..at + data.text.len()]);
    answer(record, Value { raw, text: data.text })
}

/// Adds the answers of a message in wire form; `raw` is where it stands in the line.
pub(crate) fn message<'a>(record: &mut Record<'a>, raw: &'a str, bytes: &[u8]) -> Option<()> {
    let number = |at: usize| Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    record.set(
        Field::ResponseCode,
        CODES.get(usize::from(bytes.get(3)? & 15)).copied().unwrap_or(""),
    );
    let (questions, answers) = (number(4)?, number(6)?);
    let mut at = 12;
    for _ in 0..questions.min(4) {
        at = past_name(bytes, at)? + 4;
    }
    for _ in 0..usize::from(answers).min(MOST) {
        at = past_name(bytes, at)?;
        let (kind, len) = (number(at)?, usize::from(number(at + 8)?));
        let data = bytes.get(at + 10..at + 10 + len)?;
        let text = match (kind, data) {
            (1, &[a, b, c, d]) => Some(Ipv4Addr::new(a, b, c, d).to_string()),
            (28, data) => {
                <[u8; 16]>::try_from(data).ok().map(|data| Ipv6Addr::from(data).to_string())
            }
            (2 | 5 | 12, _) => name(bytes, at + 10),
            _ => None,
        };
        if let Some(text) = text {
            answer(record, Value { raw, text: text.into() });
        }
        at += 10 + len;
    }
    Some(())
}

/// The place after a name.
fn past_name(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *bytes.get(at)? {
            0 => return Some(at + 1),
            len if len & 0xc0 == 0xc0 => return Some(at + 2),
            len => at += 1 + usize::from(len),
        }
    }
}

/// A name, with its pointers followed.
fn name(bytes: &[u8], mut at: usize) -> Option<String> {
    let mut name = String::new();
    // A name has at most 127 labels; a pointer that points to itself ends here, too.
    for _ in 0..128 {
        match usize::from(*bytes.get(at)?) {
            0 => return Some(name),
            len if len & 0xc0 == 0xc0 => {
                at = (len & 0x3f) << 8 | usize::from(*bytes.get(at + 1)?);
            }
            len => {
                if !name.is_empty() {
                    name.push('.');
                }
                name.extend(bytes.get(at + 1..at + 1 + len)?.iter().map(|&byte| char::from(byte)));
                at += 1 + len;
            }
        }
    }
    None
}

/// The bytes of a text in base64 (RFC 4648 §4); `None` if it is none, or longer than a message.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    if text.len() > 88_000 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages() {
        // www.example.org: CNAME to the name at 16 (`example.org`), and an A.
        let mut bytes =
            b"\0\x01\x81\x80\0\x01\0\x02\0\0\0\0\x03www\x07example\x03org\0\0\x01\0\x01".to_vec();
        bytes.extend(b"\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x02\xc0\x10");
        bytes.extend(b"\xc0\x10\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01");
        let mut record = Record::new("test");
        assert_eq!(message(&mut record, "", &bytes), Some(()));
        assert_eq!(record.text(Field::Answer).unwrap(), "example.org");
        assert_eq!(record.text(Field::ResolvedIp).unwrap(), "192.0.2.1");
        for len in 0..bytes.len() {
            message(&mut record, "", &bytes[..len]);
        }
        assert_eq!(name(b"\xc0\0", 0), None);
    }

    #[test]
    fn records_of_a_zone_file() {
        for (text, expected) in [
            ("www.example.org. 300 IN A 192.0.2.1", Some("192.0.2.1")),
            ("www.example.org.\t300\tIN\taaaa\t2001:db8::1", Some("2001:db8::1")),
            ("www.example.org. 300 IN CNAME a.example.", Some("a.example")),
            ("www.example.org. IN", None),
            ("", None),
        ] {
            let mut record = Record::new("test");
            resource(&mut record, &text.into());
            let read = record.text(Field::ResolvedIp).or_else(|| record.text(Field::Answer));
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn base64_texts() {
        assert_eq!(base64("Zm9vYg=="), Some(b"foob".to_vec()));
        assert_eq!(base64("Zm9v"), Some(b"foo".to_vec()));
        assert_eq!(base64("a b"), None);
    }
}
