//! xz, by liblzma.

use liblzma::stream::{Action, Error, Status, Stream};

use super::{Codec, Format, Progress, State};

pub(super) static FORMAT: Format = Format {
    name: "xz",
    begins: |head| head.starts_with(b"\xFD7zXZ\x00"),
    memory,
    start: |memory| match Stream::new_stream_decoder(memory, 0) {
        Ok(stream) => Ok(Box::new(Xz(stream))),
        Err(error) => Err(error.to_string()),
    },
};

/// What `xz -9` asks for, and what is assumed where the header does not say.
const MOST: u64 = 66 << 20;

/// By the dictionary's size, which the first block's header ends with (specification §3.1 and
/// §5.3.1).
fn memory(head: &[u8]) -> u64 {
    let dictionary = || {
        let block = head.get(12..)?;
        let size = (usize::from(*block.first()?) + 1) * 4;
        let header = block.get(..size)?;
        // The only filter is LZMA2: its number, the length of what follows, the size.
        let at = memchr::memmem::find(&header[2..], b"\x21\x01")? + 4;
        let bits = u32::from(*header.get(at)?);
        (bits < 40).then(|| u64::from(2 | bits & 1) << (bits / 2 + 11))
    };
    dictionary().map_or(MOST, |size| size + (2 << 20))
}

struct Xz(Stream);

impl Codec for Xz {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        let (read, written) = (self.0.total_in(), self.0.total_out());
        let action = if input.is_empty() { Action::Finish } else { Action::Run };
        let state = match self.0.process(input, output, action) {
            Ok(Status::StreamEnd) => State::End,
            Ok(_) => State::More,
            Err(Error::MemLimit) => State::Failed("it asks for too much memory".to_owned()),
            Err(error) => State::Failed(error.to_string()),
        };
        Progress {
            read: (self.0.total_in() - read) as usize,
            written: (self.0.total_out() - written) as usize,
            state,
        }
    }
}
