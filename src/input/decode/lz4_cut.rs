//! What can be had of an lz4 block that is cut off or damaged.
//!
//! Blocks hold up to 8 MiB, which may be all of a log. The crate's decoder gives a block whole or
//! not at all; this one is slow and gives everything up to the damage.

/// The least that is copied from before.
const COPIED: usize = 4;

/// Decodes as far as `block` goes, at most `most` bytes. `history` is what it may refer back to.
pub(super) fn decode(mut block: &[u8], history: &[u8], most: usize) -> Vec<u8> {
    let before = history.len();
    let mut out = history.to_vec();
    while sequence(&mut block, &mut out, before + most).is_some() {}
    out.drain(..before);
    out
}

/// Decodes literals and what is copied after them; `None` where that is not there, or no more
/// fits.
fn sequence(block: &mut &[u8], out: &mut Vec<u8>, most: usize) -> Option<()> {
    let (&token, rest) = block.split_first()?;
    *block = rest;
    let wanted = length(token >> 4, block)?;
    let there = wanted.min(block.len()).min(most - out.len());
    let (literals, rest) = block.split_at(there);
    out.extend_from_slice(literals);
    if there < wanted {
        return None;
    }
    let (&distance, rest) = rest.split_first_chunk()?;
    *block = rest;
    let distance = usize::from(u16::from_le_bytes(distance));
    let wanted = length(token & 15, block)? + COPIED;
    let start = out.len().checked_sub(distance).filter(|_| distance > 0)?;
    // It may reach into what it copies.
    for at in start..start + wanted.min(most - out.len()) {
        out.push(out[at]);
    }
    (out.len() < most).then_some(())
}

/// A length: four bits, and bytes for as long as they are full.
fn length(nibble: u8, block: &mut &[u8]) -> Option<usize> {
    let mut length = usize::from(nibble);
    if nibble == 15 {
        loop {
            let (&more, rest) = block.split_first()?;
            *block = rest;
            length = length.checked_add(usize::from(more))?;
            if more < 255 {
                break;
            }
        }
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_the_crate_decodes_as_far_as_it_goes() {
        let text: String = (0..3000).map(|n| format!("{} line {}\n", n * n, n % 17)).collect();
        let history: String = (0..500).map(|n| format!("before {n} line\n")).collect();
        let (text, history) = (text.as_bytes(), history.as_bytes());
        let alone = lz4_flex::block::compress(text);
        let linked = lz4_flex::block::compress_with_dict(text, history);
        for (block, history) in [(alone, &[][..]), (linked, history)] {
            assert_eq!(decode(&block, history, text.len()), text);
            assert_eq!(decode(&block, history, 1000), text[..1000]);
            let mut last = 0;
            for kept in 0..block.len() {
                let out = decode(&block[..kept], history, text.len());
                assert_eq!(out, text[..out.len()], "{kept}");
                assert!(out.len() >= last, "{kept}");
                last = out.len();
            }
        }
    }

    #[test]
    fn nonsense_ends() {
        // A distance of nothing, and one from before the beginning.
        assert_eq!(decode(b"\x10a\0\0", b"", 100), b"a");
        assert_eq!(decode(b"\x10a\x05\0", b"", 100), b"a");
        assert_eq!(decode(b"\x1Fa\x01\0\xFF\xFF\xFF\x00", b"", 100), [b'a'; 100]);
        assert_eq!(decode(b"\xF0\xFF\xFF", b"", 100), b"");
        assert_eq!(decode(b"", b"before", 100), b"");
        assert_eq!(decode(b"\x10a", b"", 0), b"");
    }
}
