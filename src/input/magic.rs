//! What content is, by its first bytes.
//!
//! Names lie (`fw.log` may be gzip), first bytes do not. Each entry is the magic number of the
//! format's own specification.

use super::archive::is_tar;
use super::decode::{Format, format_of};
use super::encoding::{Order, has_bare_returns, utf16};

/// How much of the beginning is looked at.
pub(super) const HEAD: usize = 4096;

/// How far a line end is looked for, to tell how lines end.
pub(super) const LINE: usize = 64 * 1024;

/// What has to be done to content before it can be scanned.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    Compressed(&'static Format),
    Tar,
    Zip,
    Utf16(Order),
    /// Lines end with a carriage return alone.
    BareReturns,
    /// Nothing: it is scanned as it is.
    Plain,
}

impl Form {
    /// Its name in summaries; `None` where nothing has to be taken off.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Compressed(format) => Some(format.name),
            Self::Tar => Some("tar"),
            Self::Zip => Some("zip"),
            Self::Utf16(Order::Little) => Some("utf-16le"),
            Self::Utf16(Order::Big) => Some("utf-16be"),
            Self::BareReturns | Self::Plain => None,
        }
    }
}

/// What `head` is the beginning of.
pub(super) fn form_of(head: &[u8]) -> Form {
    if let Some(format) = format_of(head) {
        Form::Compressed(format)
    } else if is_zip(head) {
        Form::Zip
    } else if is_tar(head) {
        Form::Tar
    } else if let Some(order) = utf16(&head[..head.len().min(HEAD)]) {
        Form::Utf16(order)
    } else if has_bare_returns(head) {
        Form::BareReturns
    } else {
        Form::Plain
    }
}

/// PKWARE APPNOTE §4.3.7, with a method that is a small number; of an archive that was made in
/// parts §8.5.4; of an empty one §4.3.16.
fn is_zip(head: &[u8]) -> bool {
    let part = head.strip_prefix(b"PK00").or(head.strip_prefix(b"PK\x07\x08"));
    let member = part.unwrap_or(head);
    let is_member = member.starts_with(ZIP) && member.len() >= 30 && member[9] == 0;
    is_member || head.starts_with(b"PK\x05\x06\0\0\0\0") && head.len() >= 22
}

const ZIP: &[u8] = b"PK\x03\x04";

/// First bytes, and what a file that begins with them is: formats that are not decoded.
const UNKNOWN: [(&[u8], &str); 12] = [
    // Where it is none that could be read.
    (ZIP, "a zip archive without a whole header"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"Rar!\x1A\x07", "a RAR archive"),
    (b"MSCF\0\0\0\0", "a cabinet archive"),
    // Old Unix machines rotate logs so, and some programs their own.
    (b"\x1F\x9D", "compress (.Z) data"),
    (b"LZIP\x01", "lzip data"),
    (b"\x89LZO\0\r\n\x1A\n", "lzop data"),
    (b"\x5D\0\0\x80\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "LZMA data"),
    (b"\xFF\x06\0\0sNaPpY", "Snappy data"),
    (b"EVF\t\r\n\xFF\0", "an EnCase disk image"),
    (b"\xFF\xFE\0\0", "UTF-32 text"),
    (b"\0\0\xFE\xFF", "UTF-32 text"),
];

/// What an input that begins with `head` is, if it would have to be decoded and is not. Of what
/// could be decoded and was not, whoever did not has said why.
pub(crate) fn encoded_as(head: &[u8]) -> Option<&'static str> {
    if is_zip(head) {
        return None;
    }
    UNKNOWN.iter().find(|(magic, _)| head.starts_with(magic)).map(|&(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_not_taken_for_archives() {
        assert_eq!(encoded_as(b"7z\xBC\xAF\x27\x1C\0\x04"), Some("a 7z archive"));
        assert_eq!(encoded_as(b"\x1F\x9D\x90a\xE8"), Some("compress (.Z) data"));
        // What can be decoded and was not is named by whoever did not.
        assert_eq!(encoded_as(&[b"PK\x03\x04\x14\0\0\0\x08\0", &[0; 20][..]].concat()), None);
        assert!(encoded_as(b"PK\x03\x04").is_some());
        let name = |head: &[u8]| match form_of(head) {
            Form::Compressed(format) => format.name,
            form => panic!("{form:?}"),
        };
        assert_eq!(name(b"\x1F\x8B\x08\x00"), "gzip");
        assert_eq!(name(b"BZh91AY&SY"), "bzip2");
        // A skippable frame before either.
        let skipped = b"\x53\x2A\x4D\x18\x03\0\0\0abc";
        assert_eq!(name(&[skipped, &b"\x28\xB5\x2F\xFD\0"[..]].concat()), "zstd");
        assert_eq!(name(&[skipped, &b"\x04\x22\x4D\x18\0"[..]].concat()), "lz4");
        assert!(matches!(form_of(b"\xFF\xFEa\x00"), Form::Utf16(Order::Little)));
        let logs =
            [&b""[..], b"P", b"PK-1 login", b"\xEF\xBB\xBFdate", b"<134>1 2026", b"{", b"BZh9 x"];
        for log in logs {
            assert_eq!(encoded_as(log), None);
            assert!(matches!(form_of(log), Form::Plain), "{}", log.escape_ascii());
        }
    }
}
