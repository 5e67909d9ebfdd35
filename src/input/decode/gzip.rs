//! gzip, RFC 1952.

use super::Format;
use super::deflate::Deflate;

pub(super) static FORMAT: Format = Format {
    name: "gzip",
    // §2.3.1, and deflate as the method: there is no other.
    begins: |head| head.starts_with(b"\x1F\x8B\x08"),
    memory: |_| 64 << 10,
    start: |_| Ok(Box::new(Deflate::gzip())),
};
