//! Which names there may be, to be asked before they are compared one by one.

/// A set of names that may say yes to one that it does not have, and never no to one that it has.
/// Case does not matter.
///
/// A table of fields asks for sixty names, and a line has ten of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Names([u64; 4]);

impl Names {
    pub(super) fn add(&mut self, name: &str) {
        let (word, bit) = place(name);
        self.0[word] |= bit;
    }

    pub(super) fn may_have(&self, name: &str) -> bool {
        let (word, bit) = place(name);
        self.0[word] & bit != 0
    }
}

/// Where the bit of a name is, by its length and its ends.
fn place(name: &str) -> (usize, u64) {
    let bytes = name.as_bytes();
    let lower = |byte: Option<&u8>| u32::from(byte.map_or(0, |byte| byte | 0x20));
    let ends = lower(bytes.first()) * 0x9e37 + lower(bytes.last()) * 0x79b9;
    let hash = ends.wrapping_add((bytes.len() as u32).wrapping_mul(0x7f4b)) >> 8;
    ((hash >> 6 & 3) as usize, 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_never_denied() {
        let mut names = Names::default();
        let known = ["", "a", "srcip", "SrcPort", "@timestamp", "ÄÖ", "id.orig_h"];
        for name in known {
            names.add(name);
        }
        for name in known {
            assert!(names.may_have(name), "{name}");
            assert!(names.may_have(&name.to_ascii_uppercase()), "{name}");
        }
        let others = ["dst", "dstport", "proto", "action", "qname", "qtype", "hostname", "url"];
        assert!(others.iter().filter(|name| names.may_have(name)).count() < 3);
    }
}
