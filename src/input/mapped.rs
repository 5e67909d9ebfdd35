//! Files mapped into memory, and what to do when one shrinks.
//!
//! Reading a mapped page that the file no longer has raises SIGBUS, and most programs die of it.
//! A program that owns its signals calls [`guard_mappings`] once: then a fault inside a mapping
//! of this module is answered by putting zero pages over the rest of that mapping, and the scan
//! goes on over zeros, in which nothing is found. Afterwards the file's length tells that it
//! shrank. Faults anywhere else go to the handler that was there before. A library in somebody
//! else's process installs no handler, and nothing is mapped there.
//!
//! All of this module's `unsafe` code rests on these facts:
//! * a [`MappedFile`] is a shared read-only mapping of a file, never handed out as `&mut`;
//! * its bytes may change under us when somebody writes to the file. The scanner only reads
//!   bytes, and decides nothing about memory by them: slices are bounds-checked;
//! * a mapping's slot in [`SLOTS`] is filled before its bytes are read and cleared before it is
//!   unmapped, so the handler never touches memory that is not a mapping of ours.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use memmap2::Mmap;

/// A regular file mapped for reading.
#[derive(Debug)]
pub(crate) struct MappedFile {
    map: Mmap,
    /// Ranges that are done with, and whose pages are still held.
    done: Mutex<Vec<Range<usize>>>,
    #[cfg(unix)]
    slot: guard::Slot,
}

/// Letting go of pages interrupts every processor that runs this program, so it is done for so
/// many bytes at a time.
const HELD: usize = 16 << 20;

impl MappedFile {
    /// Maps all of `file`. Fails where no guard is installed; see the module's text.
    pub(crate) fn new(file: &File) -> io::Result<Self> {
        #[cfg(unix)]
        {
            let slot = guard::Slot::reserve()?;
            // SAFETY: see the module's text: the mapping is only read, and its changing or
            // shrinking is provided for.
            let map = unsafe { Mmap::map(file)? };
            slot.fill(map.as_ptr() as usize, map.len());
            Ok(Self { map, done: Mutex::default(), slot })
        }
        #[cfg(not(unix))]
        {
            let _ = file;
            Err(io::Error::from(io::ErrorKind::Unsupported))
        }
    }

    /// The file's bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// The offset of the first page that was asked for and that the file no longer had. Zeros
    /// were scanned from there on, even if the file grew again since.
    pub(crate) fn missing_from(&self) -> Option<u64> {
        #[cfg(unix)]
        {
            self.slot.missing_from()
        }
        #[cfg(not(unix))]
        None
    }

    /// Brings a range into memory at once: one system call instead of a fault for every few
    /// pages. Only a hint.
    pub(crate) fn populate(&self, start: usize, end: usize) {
        #[cfg(target_os = "linux")]
        {
            let len = end.min(self.map.len()).saturating_sub(start);
            // Kernels before 5.14 do not know it, and then the pages come by faults.
            let _ = self.map.advise_range(memmap2::Advice::PopulateRead, start, len);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = (start, end);
    }

    /// Says that a range is done with. Its pages are let go of, sooner or later, so that a long
    /// file does not fill the process's memory. They come back when they are read again.
    pub(crate) fn release(&self, range: Range<usize>) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.push(range);
        if done.iter().map(Range::len).sum::<usize>() < HELD {
            return;
        }
        let mut ranges = std::mem::take(&mut *done);
        drop(done);
        // Threads take pieces in turn: together they are a few long ranges.
        ranges.sort_unstable_by_key(|range| range.start);
        let mut ranges = ranges.into_iter();
        let Some(mut long) = ranges.next() else { return };
        for range in ranges {
            if range.start <= long.end {
                long.end = long.end.max(range.end);
            } else {
                self.let_go(std::mem::replace(&mut long, range));
            }
        }
        self.let_go(long);
    }

    fn let_go(&self, range: Range<usize>) {
        #[cfg(target_os = "linux")]
        {
            // The page that the range ends in belongs to the next one as well.
            let end = range.end / 4096 * 4096;
            let len = end.min(self.map.len()).saturating_sub(range.start);
            let advice = memmap2::UncheckedAdvice::DontNeed;
            // SAFETY: pages of a shared file mapping that are dropped come back with the same
            // content, the file's; of zero pages that the guard put there, with zeros.
            let _ = unsafe { self.map.unchecked_advise_range(advice, range.start, len) };
        }
        #[cfg(not(target_os = "linux"))]
        let _ = range;
    }
}

#[cfg(unix)]
impl Drop for MappedFile {
    fn drop(&mut self) {
        // The map itself is dropped after this: no fault can come for it any more.
        self.slot.clear();
    }
}

/// Makes it safe to map files that others may truncate: installs a process-wide SIGBUS handler
/// and lets this library map files from then on. For programs; a library has no business with its
/// host's signals. Calling it again does nothing.
///
/// # Errors
/// What the system says when the handler cannot be installed, or where there are no signals.
pub fn guard_mappings() -> io::Result<()> {
    #[cfg(unix)]
    {
        guard::install()
    }
    #[cfg(not(unix))]
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

#[cfg(unix)]
mod guard {
    //! The SIGBUS handler and the table it looks mappings up in.
    //!
    //! A signal handler can be given nothing, so what it needs is static: this is the project's
    //! only process-wide state, made of atomics that are written in an order under which the
    //! handler never sees half an entry.

    use std::io;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// The most files mapped at a time. More are read instead.
    const MOST: usize = 256;

    /// `start` of an entry that is taken but not filled.
    const RESERVED: usize = 1;

    /// `missing_from` of an entry without a fault.
    const NOTHING: usize = usize::MAX;

    struct Entry {
        /// The mapping's address; 0 when the entry is free.
        start: AtomicUsize,
        len: AtomicUsize,
        /// The offset in the mapping of the first page that was missing.
        missing_from: AtomicUsize,
    }

    static SLOTS: [Entry; MOST] = [const {
        Entry {
            start: AtomicUsize::new(0),
            len: AtomicUsize::new(0),
            missing_from: AtomicUsize::new(NOTHING),
        }
    }; MOST];

    /// The handler that was there before ours; set once the guard is installed.
    static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();

    static PAGE: AtomicUsize = AtomicUsize::new(4096);

    /// A mapping's entry in the table.
    #[derive(Debug)]
    pub(super) struct Slot(usize);

    impl Slot {
        /// Takes a free entry.
        pub(super) fn reserve() -> io::Result<Self> {
            if PREVIOUS.get().is_none() {
                return Err(io::Error::new(io::ErrorKind::Unsupported, "mappings are not guarded"));
            }
            let take = |entry: &Entry| {
                let (free, order) = (0, Ordering::Relaxed);
                entry.start.compare_exchange(free, RESERVED, Ordering::Acquire, order).is_ok()
            };
            let free = SLOTS.iter().position(take);
            free.map(Self).ok_or_else(|| io::Error::other("too many files are mapped already"))
        }

        pub(super) fn fill(&self, start: usize, len: usize) {
            let entry = &SLOTS[self.0];
            entry.len.store(len, Ordering::Relaxed);
            entry.missing_from.store(NOTHING, Ordering::Relaxed);
            entry.start.store(start, Ordering::Release);
        }

        pub(super) fn missing_from(&self) -> Option<u64> {
            let offset = SLOTS[self.0].missing_from.load(Ordering::Relaxed);
            (offset != NOTHING).then_some(offset as u64)
        }

        pub(super) fn clear(&self) {
            SLOTS[self.0].start.store(RESERVED, Ordering::Release);
        }
    }

    impl Drop for Slot {
        fn drop(&mut self) {
            // Fields drop in order of declaration: the map is gone by now.
            SLOTS[self.0].start.store(0, Ordering::Release);
        }
    }

    pub(super) fn install() -> io::Result<()> {
        if PREVIOUS.get().is_some() {
            return Ok(());
        }
        // SAFETY: `sigaction` and `sysconf` are called with valid pointers to initialised or
        // zeroed structures, for which zero is a valid value; the handler has the signature that
        // SA_SIGINFO asks for and does only what POSIX allows in one (below).
        unsafe {
            let page = libc::sysconf(libc::_SC_PAGESIZE);
            PAGE.store(usize::try_from(page).unwrap_or(4096), Ordering::Relaxed);
            let mut previous: libc::sigaction = std::mem::zeroed();
            if libc::sigaction(libc::SIGBUS, std::ptr::null(), &raw mut previous) != 0 {
                return Err(io::Error::last_os_error());
            }
            // Set before our handler can run, for it reads this.
            let _ = PREVIOUS.set(previous);
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = on_fault as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
            libc::sigemptyset(&raw mut action.sa_mask);
            if libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut()) != 0 {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(())
    }

    /// Runs in the thread that faulted. Touches atomics and makes system calls, nothing else.
    extern "C" fn on_fault(
        signal: libc::c_int,
        info: *mut libc::siginfo_t,
        _context: *mut libc::c_void,
    ) {
        // SAFETY: with SA_SIGINFO the kernel passes a valid `siginfo_t`.
        let address = unsafe { (*info).si_addr() } as usize;
        for entry in &SLOTS {
            let start = entry.start.load(Ordering::Acquire);
            let len = entry.len.load(Ordering::Relaxed);
            if start > RESERVED && address >= start && address - start < len {
                let page = PAGE.load(Ordering::Relaxed);
                let from = address / page * page;
                entry.missing_from.fetch_min(from - start, Ordering::Relaxed);
                // SAFETY: `from..start + len` lies in one live mapping of ours (its entry is
                // filled only while it is mapped), which is only read, so zero pages may stand
                // for what the file no longer has. `mmap` is async-signal-safe on Linux and the
                // BSDs: it is a bare system call.
                let mapped = unsafe {
                    libc::mmap(
                        from as *mut libc::c_void,
                        start + len - from,
                        libc::PROT_READ,
                        libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED,
                        -1,
                        0,
                    )
                };
                if mapped != libc::MAP_FAILED {
                    return;
                }
            }
        }
        // Not ours: put the previous handler back and return, so that the fault comes again and
        // goes to it.
        // SAFETY: the structure is the one that the kernel filled in `install`.
        unsafe {
            let previous = PREVIOUS.get().map_or(std::ptr::null(), std::ptr::from_ref);
            if previous.is_null() || libc::sigaction(signal, previous, std::ptr::null_mut()) != 0 {
                libc::abort();
            }
        }
    }
}
