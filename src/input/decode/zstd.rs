//! zstd, RFC 8878.

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::{Codec, Format, Progress, State, skippable};

pub(super) static FORMAT: Format = Format {
    name: "zstd",
    begins: |head| head.starts_with(MAGIC) || skippable(head).is_some(),
    memory,
    start: |memory| match start(memory) {
        Ok(decoder) => Ok(Box::new(Zstd { decoder, wanted: FIRST })),
        Err(error) => Err(error.to_string()),
    },
};

const MAGIC: &[u8] = b"\x28\xB5\x2F\xFD";

/// What the decoder wants of a frame before it knows anything of it.
const FIRST: usize = 5;

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

/// By the window's size in the first frame's header, §3.1.1.1; always a power of two.
fn memory(mut head: &[u8]) -> u64 {
    while let Some(rest) = skippable(head).and_then(|len| head.get(len..)) {
        head = rest;
    }
    let window = || {
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
    };
    let least = 1 << WINDOW_LOG;
    let window = window().unwrap_or(least).clamp(least, 1 << 50);
    window.next_power_of_two() + BESIDES
}

struct Zstd {
    decoder: Decoder<'static>,
    /// What the decoder wants next. It is given no more, so that a block that fails does not take
    /// the good ones before it along.
    wanted: usize,
}

impl Codec for Zstd {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        let mut input = InBuffer::around(&input[..input.len().min(self.wanted)]);
        let mut output = OutBuffer::around(output);
        let state = match self.decoder.run(&mut input, &mut output) {
            Ok(0) => State::End,
            Ok(wanted) => {
                self.wanted = wanted;
                State::More
            }
            Err(error) => said(&error.to_string()),
        };
        Progress { read: input.pos(), written: output.pos(), state }
    }
}

/// What went wrong, of which the library says of a missing dictionary that it is another one.
fn said(error: &str) -> State {
    let is_needy = error == "Dictionary mismatch";
    State::Failed(if is_needy { "it needs a dictionary" } else { error }.to_owned())
}
