//! zstd decoded to where it stays.
//!
//! zstd's streams are decoded into a window of the decoder's own and copied out of it, which takes
//! a fifth of the time. Block by block it can be done without: the decoder refers back to what it
//! wrote itself, as long as that is left alone.

use std::ptr::NonNull;

use zstd::zstd_safe::{get_error_name, zstd_sys as sys};

use super::zstd::{FIRST, said, window};
use super::{Progress, State, skippable};

/// Frees what it is given.
struct Context(NonNull<sys::ZSTD_DCtx>);

// SAFETY: a context belongs to no thread.
unsafe impl Send for Context {}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: it was made by `ZSTD_createDCtx` and is not used any more.
        unsafe { sys::ZSTD_freeDCtx(self.0.as_ptr()) };
    }
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// Before it is known what kind of frame it is.
    Start,
    /// In the frame's header.
    Header,
    Blocks,
    /// In the header of a skippable frame, and in its content.
    SkipHeader,
    Skip(u64),
}

/// A frame.
pub(super) struct InPlace {
    context: Context,
    stage: Stage,
    /// How long what comes next is, and what of it came so far. It is taken whole.
    next: usize,
    held: Vec<u8>,
}

/// What became of a step.
pub(super) enum Step {
    Done(Progress),
    /// The frame refers back further than is kept; the bytes of it that were taken, and how many
    /// of them were taken now.
    Large(Vec<u8>, usize),
}

impl InPlace {
    pub(super) fn new() -> Result<Self, String> {
        // SAFETY: it takes nothing.
        let context = NonNull::new(unsafe { sys::ZSTD_createDCtx() });
        let context = Context(context.ok_or("there is no memory for it")?);
        // SAFETY: the context is one.
        unsafe { sys::ZSTD_decompressBegin(context.0.as_ptr()) };
        Ok(Self { context, stage: Stage::Start, next: FIRST, held: Vec::new() })
    }

    /// Decodes at most one block.
    ///
    /// # Safety
    /// As [`Codec::run_in_place`](super::Codec::run_in_place).
    pub(super) unsafe fn run(&mut self, input: &[u8], output: &mut [u8], kept: u64) -> Step {
        let mut read = 0;
        let done = |read, written, state| Step::Done(Progress { read, written, state });
        loop {
            let rest = &input[read..];
            if let Stage::Skip(left) = self.stage {
                let count = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                let left = left - count as u64;
                self.stage = Stage::Skip(left);
                return done(read + count, 0, if left == 0 { State::End } else { State::More });
            }
            let some = &rest[..rest.len().min(self.next - self.held.len())];
            let is_whole = self.held.len() + some.len() == self.next;
            // A block that is there in one piece is not copied.
            let is_copied =
                !is_whole || !self.held.is_empty() || !matches!(self.stage, Stage::Blocks);
            if is_copied {
                self.held.extend_from_slice(some);
            }
            read += some.len();
            if !is_whole {
                return done(read, 0, State::More);
            }
            match self.stage {
                Stage::Start if is_skippable(&self.held) => {
                    (self.stage, self.next) = (Stage::SkipHeader, 8);
                    continue;
                }
                Stage::SkipHeader => {
                    let whole = skippable(&self.held).unwrap_or(8);
                    self.stage = Stage::Skip(whole.saturating_sub(8) as u64);
                    continue;
                }
                Stage::Header if window(&self.held).is_none_or(|window| window > kept) => {
                    return Step::Large(std::mem::take(&mut self.held), read);
                }
                _ => {}
            }
            let source = match self.stage {
                Stage::Header => &self.held[FIRST..],
                _ if is_copied => &self.held,
                _ => some,
            };
            let (context, to, from) =
                (self.context.0.as_ptr(), output.as_mut_ptr().cast(), source.as_ptr().cast());
            // SAFETY: the slices are what they are; what was written before is as the caller says.
            let count = unsafe {
                sys::ZSTD_decompressContinue(context, to, output.len(), from, source.len())
            };
            // SAFETY: it only looks at the number.
            if unsafe { sys::ZSTD_isError(count) } != 0 {
                return done(read, 0, said(get_error_name(count)));
            }
            // SAFETY: the context is one.
            self.next = unsafe { sys::ZSTD_nextSrcSizeToDecompress(context) };
            match self.stage {
                Stage::Start => {
                    self.stage = Stage::Header;
                    self.next += FIRST;
                    continue;
                }
                Stage::Header => self.stage = Stage::Blocks,
                _ => {}
            }
            self.held.clear();
            if self.next == 0 {
                return done(read, count, State::End);
            }
            if count > 0 {
                return done(read, count, State::More);
            }
        }
    }
}

fn is_skippable(head: &[u8]) -> bool {
    head.first_chunk().is_some_and(|magic| u32::from_le_bytes(*magic) & !0xF == 0x184D_2A50)
}
