//! LZMA as zip holds it, PKWARE APPNOTE §5.8.8: a version, the properties, then bare data.

use liblzma::stream::{Action, Status, Stream};

use super::{Codec, Progress, State};

/// The version, and the length of the properties.
const BEFORE: usize = 4;

/// The header of an `.lzma` file: properties and the unpacked length.
const HEADER: usize = 13;

/// The properties' length.
const PROPERTIES: usize = 5;

/// Gives liblzma the header of an `.lzma` file instead, which it reads; then the data.
pub(in crate::input) struct Lzma {
    stream: Stream,
    header: [u8; BEFORE + HEADER],
    /// How many bytes of zip's header were taken, and how many of the other one given.
    taken: usize,
    given: usize,
}

impl Lzma {
    /// `len` is the unpacked length, if the data does not have a mark at its end.
    pub(in crate::input) fn new(len: Option<u64>, memory: u64) -> Result<Self, String> {
        let stream = Stream::new_lzma_decoder(memory).map_err(|error| error.to_string())?;
        let mut header = [0; BEFORE + HEADER];
        header[BEFORE + PROPERTIES..].copy_from_slice(&len.unwrap_or(u64::MAX).to_le_bytes());
        Ok(Self { stream, header, taken: 0, given: BEFORE })
    }
}

impl Codec for Lzma {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        let rest = &mut self.header[self.taken..BEFORE + PROPERTIES];
        let taken = rest.len().min(input.len());
        rest[..taken].copy_from_slice(&input[..taken]);
        self.taken += taken;
        let mut progress = Progress { read: taken, written: 0, state: State::More };
        if self.taken < BEFORE + PROPERTIES {
            return progress;
        }
        if self.header[2..BEFORE] != [PROPERTIES as u8, 0] {
            progress.state = State::Failed("its LZMA properties are of another length".to_owned());
            return progress;
        }
        let is_header = self.given < self.header.len();
        let bytes = if is_header { &self.header[self.given..] } else { &input[taken..] };
        let (read, written) = (self.stream.total_in(), self.stream.total_out());
        let is_last = bytes.is_empty();
        let action = if is_last { Action::Finish } else { Action::Run };
        progress.state = match self.stream.process(bytes, output, action) {
            Ok(Status::StreamEnd) => State::End,
            Ok(_) => State::More,
            Err(error) => State::Failed(error.to_string()),
        };
        let read = (self.stream.total_in() - read) as usize;
        if is_header {
            self.given += read;
            // Nothing of the input was looked at: it is asked for again.
            if progress.read == 0 && read > 0 && matches!(progress.state, State::More) {
                return self.run(input, output);
            }
        } else {
            progress.read += read;
        }
        progress.written = (self.stream.total_out() - written) as usize;
        progress
    }
}
