//! What stands before and after a zip member's data, PKWARE APPNOTE §4.3.7 to §4.3.9.

use std::io;

use super::bytes::Bytes;

/// Flags of a member, §4.4.4.
pub(super) const ENCRYPTED: u16 = 1;
pub(super) const DESCRIBED_AFTER: u16 = 1 << 3;
/// LZMA data has a mark at its end.
pub(super) const LZMA_MARK: u16 = 1 << 1;

/// The mark of a member's own header.
pub(super) const LOCAL: &[u8] = b"PK\x03\x04";

/// The most bytes that [`looks_like_one`] wants to see.
pub(super) const LOOKED_AT: usize = 30 + LONGEST;

/// The longest name of a member that nothing but its own header tells of.
const LONGEST: usize = 4096;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The content of the zip64 field among `extra` fields, §4.5.3.
pub(super) fn zip64(mut extra: &[u8]) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let len = usize::from(u16_at(extra, 2));
        let field = extra.get(4..4 + len)?;
        if u16_at(extra, 0) == 1 {
            return Some(field);
        }
        extra = &extra[4 + len..];
    }
    None
}

/// What a member's header says.
pub(super) struct Header {
    pub name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub checksum: u32,
    pub packed: u64,
    /// The length of what is packed, where it is known.
    pub unpacked: Option<u64>,
    pub has_large_sizes: bool,
}

/// Reads a member's own header, §4.3.7; `None` if it is cut off.
pub(super) fn local(bytes: &mut Bytes) -> io::Result<Option<Header>> {
    let head = bytes.fill(30)?;
    let lens = [u16_at(head, 26), u16_at(head, 28)].map(usize::from);
    let len = 30 + lens[0] + lens[1];
    let head = bytes.fill(len)?;
    if head.len() < len {
        return Ok(None);
    }
    let extra = &head[30 + lens[0]..len];
    let packed = u32_at(head, 18);
    let (flags, unpacked) = (u16_at(head, 6), u32_at(head, 22));
    let large = zip64(extra);
    let unpacked = match large {
        Some(field) if unpacked == u32::MAX => u64_at(field, 0),
        _ => unpacked.into(),
    };
    let header = Header {
        name: head[30..30 + lens[0]].to_vec(),
        flags,
        method: u16_at(head, 8),
        checksum: u32_at(head, 14),
        packed: match large {
            // Both sizes are there, the unpacked one first.
            Some(field) if packed == u32::MAX => u64_at(field, 8),
            _ => u64::from(packed),
        },
        unpacked: (flags & DESCRIBED_AFTER == 0).then_some(unpacked),
        has_large_sizes: large.is_some(),
    };
    bytes.take(len);
    Ok(Some(header))
}

/// Whether a member's own header stands here: the mark alone may stand in any program that packs
/// or unpacks. What the specification reserves is zero, the method is one, and so is the name.
pub(super) fn looks_like_one(head: &[u8]) -> bool {
    let name_len = usize::from(u16_at(head, 26));
    let is_method = matches!(u16_at(head, 8), 0..=10 | 12 | 14 | 16 | 18..=20 | 93..=99);
    head.starts_with(LOCAL)
        && u16_at(head, 4) & 0xFF <= 63
        && u16_at(head, 6) & 0xD780 == 0
        && is_method
        && (1..=LONGEST).contains(&name_len)
        && head.get(30..30 + name_len).is_some_and(|name| name.iter().all(|&byte| byte >= b' '))
}

/// The length of the descriptor, §4.3.9, that stands here, if that is one: with or without its
/// mark, of either size.
pub(super) fn descriptor_len(held: &[u8], checksum: u32, packed: u64) -> usize {
    let mark = if held.starts_with(b"PK\x07\x08") { 4 } else { 0 };
    if held.len() < mark + 12 || u32_at(held, mark) != checksum {
        0
    } else if held.len() >= mark + 20 && u64_at(held, mark + 4) == packed {
        mark + 20
    } else if u64::from(u32_at(held, mark + 4)) == packed & 0xFFFF_FFFF {
        mark + 12
    } else {
        0
    }
}
