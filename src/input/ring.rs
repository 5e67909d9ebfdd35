//! Memory that data is decoded into and scanned in, without a copy between the two.
//!
//! A decoder whose format refers back to what it decoded, up to a window, keeps that in a buffer
//! that it goes around in. Here that buffer is the one that is scanned: a piece of text lends its
//! stretch of it, and the decoder goes on behind it. It comes round to the same place only when
//! the piece is done, and waits if it is not.
//!
//! The module's `unsafe` code rests on this: one [`Writer`] writes, and only where nothing is
//! lent; what is lent is only read; the memory is there as long as anybody has a part in it.

use std::cell::Cell;
use std::io;
use std::mem::ManuallyDrop;
use std::ops::Range;
use std::ptr::NonNull;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use memmap2::MmapMut;

/// The size of a large page on most machines.
const HUGE: usize = 2 << 20;

thread_local! {
    /// Memory of a ring that is done with, for the next one: a folder has many files, and memory
    /// that was never touched is brought in page by page.
    static SPARE: Cell<Option<MmapMut>> = const { Cell::new(None) };
}

#[derive(Debug)]
struct Ring {
    /// What is touched through `start` alone from now on.
    memory: ManuallyDrop<MmapMut>,
    start: NonNull<u8>,
    len: usize,
    lent: Mutex<Vec<Range<usize>>>,
    returned: Condvar,
}

// SAFETY: it owns its memory, and who may touch which part of it is told by `lent`; see the
// module's text.
unsafe impl Send for Ring {}
// SAFETY: as above.
unsafe impl Sync for Ring {}

impl Ring {
    fn lent(&self) -> MutexGuard<'_, Vec<Range<usize>>> {
        self.lent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: it is not used after this.
        let memory = unsafe { ManuallyDrop::take(&mut self.memory) };
        // Without it where the thread ends.
        let _ = SPARE.try_with(|spare| spare.set(Some(memory)));
    }
}

/// A stretch that is lent: nothing is written there until it is dropped.
#[derive(Debug)]
pub(super) struct Lent {
    ring: Arc<Ring>,
    range: Range<usize>,
}

impl Lent {
    pub(super) fn bytes(&self) -> &[u8] {
        let Range { start, end } = self.range;
        // SAFETY: the range was inside the memory when it was lent, and is not written to.
        unsafe { std::slice::from_raw_parts(self.ring.start.as_ptr().add(start), end - start) }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut lent = self.ring.lent();
        if let Some(at) = lent.iter().position(|range| *range == self.range) {
            lent.swap_remove(at);
        }
        drop(lent);
        self.ring.returned.notify_all();
    }
}

/// The only one that writes.
#[derive(Debug)]
pub(super) struct Writer(Arc<Ring>);

impl Writer {
    pub(super) fn new(len: usize) -> io::Result<Self> {
        let spare = SPARE.try_with(Cell::take).ok().flatten();
        let mut memory = match spare.filter(|spare| spare.len() >= len) {
            Some(spare) => spare,
            None => anonymous(len)?,
        };
        let start = NonNull::from(&mut memory[..]).cast();
        let (memory, lent) = (ManuallyDrop::new(memory), Mutex::default());
        Ok(Self(Arc::new(Ring { memory, start, len, lent, returned: Condvar::new() })))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len
    }

    pub(super) fn bytes(&self, range: Range<usize>) -> &[u8] {
        assert!(range.start <= range.end && range.end <= self.0.len);
        // SAFETY: the range is inside, and whoever writes has this writer for himself.
        unsafe { std::slice::from_raw_parts(self.0.start.as_ptr().add(range.start), range.len()) }
    }

    /// A stretch to write to. Waits until nothing of it is lent.
    pub(super) fn free(&mut self, range: Range<usize>) -> &mut [u8] {
        assert!(range.start <= range.end && range.end <= self.0.len);
        let is_lent = |lent: &mut Vec<Range<usize>>| {
            lent.iter().any(|other| other.start < range.end && range.start < other.end)
        };
        // Whoever has it scans it, and waits for nobody.
        let lent = self.0.returned.wait_while(self.0.lent(), is_lent);
        drop(lent.unwrap_or_else(PoisonError::into_inner));
        // SAFETY: the range is inside and not lent, and only the writer, who is borrowed, lends.
        unsafe {
            std::slice::from_raw_parts_mut(
                self.0.start.as_ptr().add(range.start),
                range.end - range.start,
            )
        }
    }

    pub(super) fn lend(&mut self, range: Range<usize>) -> Lent {
        assert!(range.start <= range.end && range.end <= self.0.len);
        self.0.lent().push(range.clone());
        Lent { ring: Arc::clone(&self.0), range }
    }
}

/// A decoder refers back all over it: the fewer pages, the better.
fn anonymous(len: usize) -> io::Result<MmapMut> {
    let memory = MmapMut::map_anon(len.next_multiple_of(HUGE))?;
    // Only a hint.
    #[cfg(target_os = "linux")]
    let _ = memory.advise(memmap2::Advice::HugePage);
    Ok(memory)
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_lent_is_not_written_to() {
        let mut ring = Writer::new(100).unwrap();
        ring.free(10..20).fill(b'a');
        let lent = ring.lend(10..20);
        // Beside it.
        ring.free(20..100).fill(b'b');
        ring.free(0..10).fill(b'b');
        let reader = thread::spawn(move || {
            thread::sleep(Duration::from_millis(50));
            assert_eq!(lent.bytes(), b"aaaaaaaaaa");
        });
        ring.free(0..100).fill(b'c');
        reader.join().unwrap();
        assert_eq!(ring.bytes(0..100), [b'c'; 100]);
    }

    #[test]
    fn memory_outlives_its_writer() {
        let mut ring = Writer::new(10).unwrap();
        ring.free(0..10).fill(b'a');
        let lent = ring.lend(2..4);
        drop(ring);
        assert_eq!(lent.bytes(), b"aa");
    }
}
