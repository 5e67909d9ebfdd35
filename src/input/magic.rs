//! Telling content that has to be decoded before it can be scanned, by its first bytes.
//!
//! Names lie (`fw.log` may be gzip), first bytes do not. Each entry is the magic number of the
//! format's own specification.

/// First bytes, and what a file that begins with them is.
const MAGIC: [(&[u8], &str); 9] = [
    // RFC 1952 §2.3.1.
    (b"\x1F\x8B\x08", "gzip"),
    // PKWARE APPNOTE §4.3.7.
    (b"PK\x03\x04", "a zip archive"),
    // RFC 8878 §3.1.1.
    (b"\x28\xB5\x2F\xFD", "zstd"),
    (b"\xFD7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"\x04\x22\x4D\x18", "lz4"),
    // Byte order marks, Unicode §23.8.
    (b"\xFF\xFE", "UTF-16 text"),
    (b"\xFE\xFF", "UTF-16 text"),
];

/// What an input that begins with `head` is, if it has to be decoded.
pub(crate) fn encoded_as(head: &[u8]) -> Option<&'static str> {
    MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|&(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_not_taken_for_archives() {
        assert_eq!(encoded_as(b"\x1F\x8B\x08\x00"), Some("gzip"));
        assert_eq!(encoded_as(b"\xFF\xFEa\x00"), Some("UTF-16 text"));
        for log in [&b""[..], b"P", b"PK-1 login", b"\xEF\xBB\xBFdate", b"<134>1 2026", b"{"] {
            assert_eq!(encoded_as(log), None);
        }
    }
}
