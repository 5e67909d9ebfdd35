//! Deflate (RFC 1951) and its larger cousin without a frame around them, as zip holds them.

use deflate64::InflaterManaged;
use flate2::{Decompress, FlushDecompress, Status};

use super::{Codec, Progress, State};

/// Deflate, bare or with gzip's frame.
pub(in crate::input) struct Deflate(Decompress);

impl Deflate {
    pub(in crate::input) fn bare() -> Self {
        Self(Decompress::new(false))
    }

    /// With header and trailer, whose checksum and length are compared.
    pub(super) fn gzip() -> Self {
        Self(Decompress::new_gzip(15))
    }
}

impl Codec for Deflate {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        let (read, written) = (self.0.total_in(), self.0.total_out());
        let state = match self.0.decompress(input, output, FlushDecompress::None) {
            Ok(Status::StreamEnd) => State::End,
            Ok(Status::Ok | Status::BufError) => State::More,
            Err(error) => State::Failed(error.to_string()),
        };
        Progress {
            read: (self.0.total_in() - read) as usize,
            written: (self.0.total_out() - written) as usize,
            state,
        }
    }
}

/// Deflate64, which Windows packs large files with.
pub(in crate::input) struct Deflate64(Box<InflaterManaged>);

impl Deflate64 {
    pub(in crate::input) fn new() -> Self {
        Self(Box::new(InflaterManaged::new()))
    }
}

impl Codec for Deflate64 {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        let result = self.0.inflate(input, output);
        let state = if result.data_error {
            State::Failed("deflate64 data is invalid".to_owned())
        } else if self.0.finished() && self.0.available_output() == 0 {
            State::End
        } else {
            State::More
        };
        Progress { read: result.bytes_consumed, written: result.bytes_written, state }
    }
}
