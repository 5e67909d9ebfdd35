//! How far decoding goes. What arrives as evidence may have been made to exhaust whoever opens it.
//!
//! All limits count over one input with everything in it, for a bomb may be spread over members
//! and layers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::Stop;

/// What decoding an input takes at most ordinarily: `xz -9` does. Two inputs that take more are not
/// decoded at a time.
pub(super) const ORDINARY_MEMORY: u64 = 66 << 20;

/// So often the ratio of an input may be passed, each time ending what was being decoded, before
/// nothing of it is decoded any more. Each time it is given anew what may be decoded at first.
const BOMBS: u64 = 16;

/// Bounds on what one input may unfold to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeLimits {
    /// The most bytes that decoding may give, all layers and members together.
    pub max_decompressed: u64,
    /// How many times the bytes that were read it may be. Deflate reaches 1032 for zeros alone;
    /// logs stay below 100.
    pub max_ratio: u64,
    /// What may be decoded before the ratio is looked at.
    pub ratio_from: u64,
    /// How deep compression and archives may lie in each other.
    pub max_depth: usize,
    /// The most archive members.
    pub max_members: u64,
    /// The longest name of a member, in bytes; what is longer is cut.
    pub max_name: usize,
    /// The most memory that the decoders of one input may ask for at a time.
    pub max_memory: u64,
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self {
            max_decompressed: 1 << 40,
            max_ratio: 1000,
            ratio_from: 64 << 20,
            max_depth: 8,
            max_members: 1_000_000,
            max_name: 4096,
            // One window of 128 MiB, which `zstd --long` asks for, and some ordinary ones.
            max_memory: 136 << 20,
        }
    }
}

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// [`DecodeLimits::max_decompressed`].
    #[error("it unfolds to more than {0} bytes (--max-decompressed)")]
    Decompressed(u64),
    /// [`DecodeLimits::max_ratio`].
    #[error("it unfolds to more than {0} times its size")]
    Ratio(u64),
    /// [`DecodeLimits::max_ratio`], time and again: the rest of the input is not decoded.
    #[error("more than {BOMBS} parts of the input unfold to more than {0} times their size")]
    Bombs(u64),
    /// [`DecodeLimits::max_depth`].
    #[error("archives and compression are nested more than {0} deep")]
    Depth(usize),
    /// [`DecodeLimits::max_members`].
    #[error("it has more than {0} members")]
    Members(u64),
    /// [`DecodeLimits::max_name`].
    #[error("its name is longer than {0} bytes, and was cut")]
    Name(usize),
    /// [`DecodeLimits::max_memory`].
    #[error("decoding it takes more than {0} bytes of memory")]
    Memory(u64),
}

/// What one input has used up of its limits.
#[derive(Debug)]
pub(super) struct Budget {
    limits: DecodeLimits,
    /// Raw bytes read, and how many there are: an archive may have its bytes read repeatedly.
    read: AtomicU64,
    len: Option<u64>,
    decoded: AtomicU64,
    members: AtomicU64,
    memory: AtomicU64,
    /// Decoded bytes that the ratio no longer counts, and how often it was passed.
    forgiven: AtomicU64,
    bombs: AtomicU64,
    is_exhausted: AtomicBool,
    /// Ends the reading of raw bytes, also of those that are only passed over.
    stop: Arc<Stop>,
}

impl Budget {
    pub(super) fn new(limits: DecodeLimits, len: Option<u64>, stop: &Arc<Stop>) -> Arc<Self> {
        let zero = || AtomicU64::new(0);
        Arc::new(Self {
            limits,
            read: zero(),
            len,
            decoded: zero(),
            members: zero(),
            memory: zero(),
            forgiven: zero(),
            bombs: zero(),
            is_exhausted: AtomicBool::new(false),
            stop: Arc::clone(stop),
        })
    }

    pub(super) fn limits(&self) -> &DecodeLimits {
        &self.limits
    }

    /// Whether a limit was reached after which nothing of the input is decoded any more.
    pub(super) fn is_exhausted(&self) -> bool {
        self.is_exhausted.load(Ordering::Relaxed)
    }

    /// Whether the scan was ended.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }

    /// Counts raw bytes.
    pub(super) fn read(&self, count: usize) {
        self.read.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// Raw bytes read so far.
    pub(super) fn consumed(&self) -> u64 {
        self.read.load(Ordering::Relaxed).min(self.len.unwrap_or(u64::MAX))
    }

    fn exhausted(&self, limit: Limit) -> Limit {
        self.is_exhausted.store(true, Ordering::Relaxed);
        limit
    }

    /// Counts decoded bytes.
    pub(super) fn decoded(&self, count: usize) -> Result<(), Limit> {
        let decoded = self.decoded.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
        let limits = &self.limits;
        if decoded > limits.max_decompressed {
            return Err(self.exhausted(Limit::Decompressed(limits.max_decompressed)));
        }
        let counted = decoded.saturating_sub(self.forgiven.load(Ordering::Relaxed));
        if counted > limits.ratio_from && counted / limits.max_ratio.max(1) > self.consumed().max(1)
        {
            if self.bombs.fetch_add(1, Ordering::Relaxed) >= BOMBS {
                return Err(self.exhausted(Limit::Bombs(limits.max_ratio)));
            }
            // A file of zeros in an archive, which is no attack, must not hide what is beside it.
            self.forgiven.fetch_add(limits.ratio_from + count as u64, Ordering::Relaxed);
            return Err(Limit::Ratio(limits.max_ratio));
        }
        Ok(())
    }

    /// Counts a member.
    pub(super) fn member(&self) -> Result<(), Limit> {
        let most = self.limits.max_members;
        let members = self.members.fetch_add(1, Ordering::Relaxed) + 1;
        if members > most { Err(self.exhausted(Limit::Members(most))) } else { Ok(()) }
    }

    /// Memory that decoders may still take.
    pub(super) fn memory_left(&self) -> u64 {
        self.limits.max_memory.saturating_sub(self.memory.load(Ordering::Relaxed))
    }

    /// Whether decoders hold more memory than is ordinary.
    pub(super) fn is_large(&self) -> bool {
        self.memory.load(Ordering::Relaxed) > ORDINARY_MEMORY
    }

    /// Takes memory until the answer is dropped.
    pub(super) fn reserve(self: &Arc<Self>, bytes: u64) -> Result<Reserved, Limit> {
        if bytes > self.memory_left() {
            return Err(Limit::Memory(self.limits.max_memory));
        }
        self.memory.fetch_add(bytes, Ordering::Relaxed);
        Ok(Reserved { budget: Arc::clone(self), bytes })
    }
}

/// Memory taken of a [`Budget`].
#[derive(Debug)]
pub(super) struct Reserved {
    budget: Arc<Budget>,
    bytes: u64,
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.budget.memory.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
