//! The public suffix list: under which names the public registers.

use psl::Psl;

/// What the list knows of `name` in lower case, without a last dot: the length of its suffix, and of
/// which kind that is. No kind: the last label is not on the list.
///
/// The list is a program of some 10,000 functions that the compiler builds anew in every place that
/// asks and for every kind of labels: half of the time for the whole crate went into three of them.
/// So nothing else asks, and the labels come in one kind.
#[inline(never)]
pub(crate) fn public_suffix(name: &[u8]) -> psl::Info {
    let mut labels = name.rsplit(|&byte| byte == b'.');
    let labels: &mut dyn Iterator<Item = &[u8]> = &mut labels;
    psl::List.find(labels)
}

#[cfg(test)]
mod tests {
    use psl::Type::{Icann, Private};

    use super::public_suffix;

    #[test]
    fn knows_what_the_public_registers_under() {
        for (name, suffix, kind) in [
            ("com", "com", Some(Icann)),
            ("example.com", "com", Some(Icann)),
            ("example.co.uk", "co.uk", Some(Icann)),
            // A rule for everything below, and an exception from it.
            ("a.b.ck", "b.ck", Some(Icann)),
            ("www.ck", "ck", Some(Icann)),
            ("bucket.s3.amazonaws.com", "s3.amazonaws.com", Some(Private)),
            ("printer.local", "local", None),
            ("tar.gz", "gz", None),
        ] {
            let found = public_suffix(name.as_bytes());
            assert_eq!((found.len, found.typ), (suffix.len(), kind), "{name}");
        }
    }
}
