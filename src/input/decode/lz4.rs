//! lz4 frames, and the older ones that the Linux kernel still writes.
//!
//! The frame is read here: a reader of frames takes data that ends between two blocks for whole.

use std::hash::Hasher;

use lz4_flex::block::{decompress_into, decompress_into_with_dict};
use twox_hash::XxHash32;

use super::{Codec, Format, Progress, State, lz4_cut, skippable};

pub(super) static FORMAT: Format = Format {
    name: "lz4",
    begins: |head| {
        head.starts_with(MAGIC) || head.starts_with(OLD_MAGIC) || skippable(head).is_some()
    },
    // A block and what it becomes.
    memory: |_| 2 * OLD_BLOCK as u64,
    start: |_| Ok(Box::new(Lz4::default())),
};

const MAGIC: &[u8] = b"\x04\x22\x4D\x18";
const OLD_MAGIC: &[u8] = b"\x02\x21\x4C\x18";

/// The size of a block in an old frame.
const OLD_BLOCK: usize = 8 << 20;

/// How far a block may refer back.
const WINDOW: usize = 64 << 10;

/// What comes next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Next {
    #[default]
    Magic,
    SkipLen,
    Skip(usize),
    /// Flags, and with them the length of the header's rest.
    Flags,
    Header,
    BlockLen,
    Block {
        len: usize,
        is_stored: bool,
    },
    Checksum,
    End,
    /// The end of what is there, in the middle of a block.
    Cut,
    /// A block was damaged. What could be had of it comes first.
    Damaged,
}

#[derive(Default)]
struct Lz4 {
    next: Next,
    /// What has come of what comes next.
    held: Vec<u8>,
    is_old: bool,
    flags: u8,
    block_size: usize,
    /// Decoded bytes, of which the first `given` were handed on.
    out: Vec<u8>,
    given: usize,
    /// What linked blocks refer back to.
    history: Vec<u8>,
    content: Option<XxHash32>,
    content_len: u64,
    announced: Option<u64>,
    /// What is wrong with a damaged block.
    damage: String,
}

fn number(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

fn hash(bytes: &[u8]) -> u32 {
    XxHash32::oneshot(0, bytes)
}

impl Lz4 {
    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// How many bytes the next step takes.
    fn wanted(&self) -> usize {
        match self.next {
            Next::Magic | Next::SkipLen | Next::BlockLen | Next::Checksum => 4,
            Next::Flags => 2,
            Next::Header => {
                let size = if self.has(0x08) { 8 } else { 0 };
                size + if self.has(0x01) { 4 } else { 0 } + 1
            }
            Next::Block { len, .. } => len + if self.has(0x10) { 4 } else { 0 },
            Next::Skip(_) | Next::End | Next::Cut | Next::Damaged => 0,
        }
    }

    /// Goes on with all that is wanted in `held`.
    fn step(&mut self) -> Result<(), String> {
        let held = std::mem::take(&mut self.held);
        let done = self.with(&held);
        self.held = held;
        self.held.clear();
        done
    }

    fn with(&mut self, held: &[u8]) -> Result<(), String> {
        self.next = match self.next {
            Next::Magic if held == MAGIC => Next::Flags,
            Next::Magic if held == OLD_MAGIC => {
                (self.is_old, self.block_size) = (true, OLD_BLOCK);
                Next::BlockLen
            }
            Next::Magic => Next::SkipLen,
            Next::SkipLen => Next::Skip(number(held) as usize),
            Next::Flags => {
                self.flags = held[0];
                self.block_size = match held[1] >> 4 & 7 {
                    size @ 4..=7 => 1 << (8 + 2 * size),
                    _ => return Err("its block size is none of the format's".to_owned()),
                };
                if self.flags >> 6 != 1 {
                    return Err("its version is not known".to_owned());
                }
                if self.has(0x04) {
                    self.content = Some(XxHash32::with_seed(0));
                }
                // The header's checksum covers what was just taken.
                self.history.extend_from_slice(held);
                Next::Header
            }
            Next::Header => {
                let (&checksum, fields) = held.split_last().unwrap_or((&0, &[]));
                self.history.extend_from_slice(fields);
                if (hash(&self.history) >> 8) as u8 != checksum {
                    return Err("its header's checksum differs".to_owned());
                }
                self.history.clear();
                if self.has(0x01) {
                    return Err("it needs a dictionary".to_owned());
                }
                self.announced = fields.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
                Next::BlockLen
            }
            // Another old frame begins where a block might.
            Next::BlockLen if self.is_old && held == OLD_MAGIC => Next::BlockLen,
            // Or one of the new kind: an old frame has no end of its own.
            Next::BlockLen if self.is_old && held == MAGIC => {
                (self.is_old, self.content_len) = (false, 0);
                Next::Flags
            }
            Next::BlockLen if self.is_old => {
                Next::Block { len: self.checked(number(held) as usize)?, is_stored: false }
            }
            Next::BlockLen => match number(held) {
                0 => {
                    if self.announced.is_some_and(|len| len != self.content_len) {
                        return Err("its length is not the announced one".to_owned());
                    }
                    if self.has(0x04) { Next::Checksum } else { Next::End }
                }
                word => {
                    let len = self.checked((word & 0x7FFF_FFFF) as usize)?;
                    Next::Block { len, is_stored: word >> 31 == 1 }
                }
            },
            Next::Block { len, is_stored } => {
                let (block, checksum) = held.split_at(len);
                let differs = self.has(0x10) && hash(block) != number(checksum);
                match self.block(block, is_stored) {
                    Ok(()) if !differs => Next::BlockLen,
                    done => {
                        self.damage = match done {
                            Err(what) if !differs => what,
                            _ => "a block's checksum differs".to_owned(),
                        };
                        Next::Damaged
                    }
                }
            }
            Next::Checksum => {
                let found = self.content.take().map_or(0, |content| content.finish());
                if found != u64::from(number(held)) {
                    return Err("its checksum differs".to_owned());
                }
                Next::End
            }
            next @ (Next::Skip(_) | Next::End | Next::Cut | Next::Damaged) => next,
        };
        Ok(())
    }

    /// A block's length, if it can be one.
    fn checked(&self, len: usize) -> Result<usize, String> {
        // What does not shrink is stored as it is; old frames have no such thing.
        let most = if self.is_old { OLD_BLOCK + OLD_BLOCK / 255 + 16 } else { self.block_size };
        if len > most { Err("a block is longer than it may be".to_owned()) } else { Ok(len) }
    }

    fn block(&mut self, block: &[u8], is_stored: bool) -> Result<(), String> {
        self.given = 0;
        if is_stored {
            self.out.clear();
            self.out.extend_from_slice(block);
        } else {
            self.out.resize(self.block_size, 0);
            let done = if self.history.is_empty() {
                decompress_into(block, &mut self.out)
            } else {
                decompress_into_with_dict(block, &mut self.out, &self.history)
            };
            match done {
                Ok(len) => self.out.truncate(len),
                Err(error) => {
                    self.out = lz4_cut::decode(block, &self.history, self.block_size);
                    return Err(error.to_string());
                }
            }
        }
        self.content_len += self.out.len() as u64;
        if let Some(content) = &mut self.content {
            content.write(&self.out);
        }
        // Linked blocks.
        if !self.is_old && !self.has(0x20) {
            let kept = WINDOW.saturating_sub(self.out.len()).min(self.history.len());
            self.history.drain(..self.history.len() - kept);
            self.history.extend_from_slice(&self.out[self.out.len().saturating_sub(WINDOW)..]);
        }
        Ok(())
    }
}

impl Lz4 {
    /// Decodes what there is of a block, for no more of it comes.
    fn cut(&mut self, len: usize, is_stored: bool) {
        let block = &self.held[..self.held.len().min(len)];
        self.given = 0;
        self.out = if is_stored {
            block.to_vec()
        } else {
            lz4_cut::decode(block, &self.history, self.block_size)
        };
        self.next = Next::Cut;
    }
}

impl Codec for Lz4 {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        let mut read = 0;
        loop {
            if self.given < self.out.len() {
                let count = output.len().min(self.out.len() - self.given);
                output[..count].copy_from_slice(&self.out[self.given..self.given + count]);
                self.given += count;
                return Progress { read, written: count, state: State::More };
            }
            let state = match self.next {
                Next::End => State::End,
                Next::Cut => State::More,
                Next::Damaged => State::Failed(std::mem::take(&mut self.damage)),
                Next::Block { len, is_stored } if input.is_empty() && !self.held.is_empty() => {
                    self.cut(len, is_stored);
                    continue;
                }
                // The end of an old frame is that of the data.
                Next::BlockLen if self.is_old && input.is_empty() && self.held.is_empty() => {
                    State::End
                }
                Next::Skip(0) => {
                    self.next = Next::End;
                    continue;
                }
                Next::Skip(left) => {
                    let count = left.min(input.len() - read);
                    read += count;
                    self.next = Next::Skip(left - count);
                    if count > 0 {
                        continue;
                    }
                    State::More
                }
                _ => {
                    let count = (self.wanted() - self.held.len()).min(input.len() - read);
                    self.held.extend_from_slice(&input[read..read + count]);
                    read += count;
                    if self.held.len() == self.wanted() {
                        match self.step() {
                            Ok(()) => continue,
                            Err(what) => State::Failed(what),
                        }
                    } else {
                        State::More
                    }
                }
            };
            return Progress { read, written: 0, state };
        }
    }
}
