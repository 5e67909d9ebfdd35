//! bzip2.

use bzip2::{Decompress, Status};

use super::{Codec, Format, Progress, State};

pub(super) static FORMAT: Format = Format {
    name: "bzip2",
    begins: |head| match head {
        // The first block's, or the mark of the end of an empty stream.
        [b'B', b'Z', b'h', b'1'..=b'9', more @ ..] => {
            more.is_empty() || more.starts_with(b"1A") || more.starts_with(b"\x17r")
        }
        _ => false,
    },
    memory: |_| 4 << 20,
    start: |_| Ok(Box::new(Bzip2(Decompress::new(false)))),
};

struct Bzip2(Decompress);

impl Codec for Bzip2 {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        let (read, written) = (self.0.total_in(), self.0.total_out());
        let state = match self.0.decompress(input, output) {
            Ok(Status::StreamEnd) => State::End,
            Ok(_) => State::More,
            Err(error) => State::Failed(error.to_string()),
        };
        Progress {
            read: (self.0.total_in() - read) as usize,
            written: (self.0.total_out() - written) as usize,
            state,
        }
    }
}
