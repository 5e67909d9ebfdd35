//! Tables of megabytes in large pages.
//!
//! A filter for a million names is asked at random, some fifty million times a gigabyte. In pages of
//! 4 KiB nearly every question first has to find out where its page is; two large pages hold what
//! a thousand of those do.

use std::ops::{Deref, DerefMut};

/// A zeroed table. Linux is asked for large pages where there is at least one to fill.
#[derive(Debug)]
pub(crate) struct Table(Memory);

#[derive(Debug)]
enum Memory {
    Heap(Box<[u64]>),
    #[cfg(target_os = "linux")]
    Pages(Pages),
}

impl Table {
    /// A table of so many words.
    pub(crate) fn zeroed(len: usize) -> Self {
        #[cfg(target_os = "linux")]
        if let Some(pages) = Pages::new(len) {
            return Self(Memory::Pages(pages));
        }
        Self(Memory::Heap(vec![0; len].into()))
    }
}

impl Deref for Table {
    type Target = [u64];

    #[inline(always)]
    fn deref(&self) -> &[u64] {
        match &self.0 {
            Memory::Heap(words) => words,
            #[cfg(target_os = "linux")]
            Memory::Pages(pages) => bytemuck::cast_slice(&pages.map[pages.from..pages.end]),
        }
    }
}

impl DerefMut for Table {
    fn deref_mut(&mut self) -> &mut [u64] {
        match &mut self.0 {
            Memory::Heap(words) => words,
            #[cfg(target_os = "linux")]
            Memory::Pages(pages) => bytemuck::cast_slice_mut(&mut pages.map[pages.from..pages.end]),
        }
    }
}

/// Memory of its own.
#[cfg(target_os = "linux")]
#[derive(Debug)]
struct Pages {
    map: memmap2::MmapMut,
    /// Where the first large page begins, and the table ends.
    from: usize,
    end: usize,
}

#[cfg(target_os = "linux")]
impl Pages {
    /// The large pages of x86-64, and of AArch64 with small ones of 4 KiB.
    const LARGE: usize = 2 << 20;

    /// `None` where it is not worth it, or cannot be had.
    fn new(len: usize) -> Option<Self> {
        let len = len.checked_mul(size_of::<u64>()).filter(|&len| len >= Self::LARGE)?;
        let map = memmap2::MmapMut::map_anon(len.checked_add(Self::LARGE)?).ok()?;
        let from = map.as_ptr().align_offset(Self::LARGE);
        let end = from.checked_add(len).filter(|&end| end <= map.len())?;
        // Only a hint.
        let _ = map.advise_range(memmap2::Advice::HugePage, from, len);
        Some(Self { map, from, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large() {
        for len in [0, 1, 1024, (2 << 20) / 8 - 1, (2 << 20) / 8, (8 << 20) / 8] {
            let mut table = Table::zeroed(len);
            assert_eq!(table.len(), len);
            assert!(table.iter().all(|&word| word == 0));
            if let Some(last) = table.last_mut() {
                *last = 7;
                assert_eq!(table[len - 1], 7);
            }
        }
    }
}
