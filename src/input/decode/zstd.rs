//! zstd, RFC 8878.

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::zstd_in_place::{InPlace, Step};
use super::{Codec, Format, Progress, State, skippable};

pub(super) static FORMAT: Format = Format {
    name: "zstd",
    begins: |head| head.starts_with(MAGIC) || skippable(head).is_some(),
    memory,
    start: |memory| Ok(Box::new(Zstd { memory, how: How::Unknown })),
    window: |head| window(first_frame(head)?),
};

const MAGIC: &[u8] = b"\x28\xB5\x2F\xFD";

/// What the decoder wants of a frame before it knows anything of it.
pub(super) const FIRST: usize = 5;

/// Windows up to this size need not be announced: a later frame may have a larger one.
const WINDOW_LOG: u32 = 24;

/// What a decoder takes besides the window.
const BESIDES: u64 = 1 << 20;

fn start(memory: u64) -> std::io::Result<Decoder<'static>> {
    let mut decoder = Decoder::new()?;
    let window = (memory - BESIDES.min(memory)).max(1);
    decoder.set_parameter(DParameter::WindowLogMax(window.ilog2().clamp(WINDOW_LOG, 30)))?;
    Ok(decoder)
}

/// What follows skippable frames.
fn first_frame(mut head: &[u8]) -> Option<&[u8]> {
    while let Some(len) = skippable(head) {
        head = head.get(len..)?;
    }
    Some(head)
}

/// The window's size in a frame's header, §3.1.1.1.
pub(super) fn window(head: &[u8]) -> Option<u64> {
    let descriptor = *head.get(4)?;
    // A single segment has its content's size for a window. Its field comes after a
    // dictionary's number.
    if descriptor & 0x20 != 0 {
        let at = 5 + [0, 1, 2, 4][usize::from(descriptor & 3)];
        let size = match descriptor >> 6 {
            0 => u64::from(*head.get(at)?),
            1 => u64::from(u16::from_le_bytes(*head.get(at..)?.first_chunk()?)) + 256,
            2 => u64::from(u32::from_le_bytes(*head.get(at..)?.first_chunk()?)),
            _ => u64::from_le_bytes(*head.get(at..)?.first_chunk()?),
        };
        return Some(size);
    }
    let bits = *head.get(5)?;
    let base = 1_u64 << (10 + (bits >> 3));
    Some(base + base / 8 * u64::from(bits & 7))
}

/// By the window of the first frame; a decoder's is always a power of two.
fn memory(head: &[u8]) -> u64 {
    let least = 1 << WINDOW_LOG;
    let window = first_frame(head).and_then(window).unwrap_or(least).clamp(least, 1 << 50);
    window.next_power_of_two() + BESIDES
}

struct Zstd {
    memory: u64,
    how: How,
}

/// How a frame is decoded, once that is known.
enum How {
    Unknown,
    /// Into a window of the decoder's, and from there to the output. `wanted` is what the decoder
    /// wants next: it is given no more, so that a block that fails does not take the good ones
    /// before it along.
    Stream {
        decoder: Decoder<'static>,
        wanted: usize,
    },
    /// Into the output, which is left as it is.
    InPlace(InPlace),
}

impl Zstd {
    /// Begins to decode into the decoder's own window; `taken` are bytes of the frame's header.
    fn begin(&mut self, taken: &[u8]) -> std::io::Result<()> {
        let mut decoder = start(self.memory)?;
        let mut input = InBuffer::around(taken);
        let mut wanted = FIRST;
        while input.pos() < taken.len() {
            let before = input.pos();
            wanted = decoder.run(&mut input, &mut OutBuffer::around(&mut [][..]))?;
            if input.pos() == before {
                break;
            }
        }
        self.how = How::Stream { decoder, wanted };
        Ok(())
    }
}

/// What went wrong, of which the library says of a missing dictionary that it is another one.
pub(super) fn said(error: &str) -> State {
    let is_needy = error == "Dictionary mismatch";
    State::Failed(if is_needy { "it needs a dictionary" } else { error }.to_owned())
}

fn failed(error: &std::io::Error) -> Progress {
    Progress { read: 0, written: 0, state: State::Failed(error.to_string()) }
}

impl Codec for Zstd {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        if matches!(self.how, How::Unknown)
            && let Err(error) = self.begin(&[])
        {
            return failed(&error);
        }
        let How::Stream { decoder, wanted } = &mut self.how else {
            // Nobody reads a frame in two ways.
            return failed(&std::io::Error::other("it is decoded elsewhere"));
        };
        let mut input = InBuffer::around(&input[..input.len().min(*wanted)]);
        let mut output = OutBuffer::around(output);
        let state = match decoder.run(&mut input, &mut output) {
            Ok(0) => State::End,
            Ok(next) => {
                *wanted = next;
                State::More
            }
            Err(error) => said(&error.to_string()),
        };
        Progress { read: input.pos(), written: output.pos(), state }
    }

    unsafe fn run_in_place(&mut self, input: &[u8], output: &mut [u8], kept: u64) -> Progress {
        if matches!(self.how, How::Unknown) {
            match InPlace::new() {
                Ok(frame) => self.how = How::InPlace(frame),
                Err(what) => return failed(&std::io::Error::other(what)),
            }
        }
        let How::InPlace(frame) = &mut self.how else { return self.run(input, output) };
        // SAFETY: the caller says so.
        match unsafe { frame.run(input, output, kept) } {
            Step::Done(progress) => progress,
            Step::Large(taken, read) => match self.begin(&taken) {
                Ok(()) => Progress { read, written: 0, state: State::More },
                Err(error) => failed(&error),
            },
        }
    }
}
