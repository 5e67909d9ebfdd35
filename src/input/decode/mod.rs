//! Compressed data, told by its first bytes and decoded as a stream.
//!
//! One file a format: it says how its data begins, how much memory it takes, and turns bytes into
//! bytes ([`Codec`]). What is the same for all is in [`Stream`]: streams after streams, padding,
//! what follows the last one, damage, limits. A new format is a file here and a line in
//! [`FORMATS`].

mod bzip2;
mod deflate;
mod gzip;
mod lz4;
mod lz4_cut;
mod lzma;
mod stream;
mod xz;
mod zstd;

pub(super) use deflate::{Deflate, Deflate64};
pub(super) use lzma::Lzma;
pub(super) use stream::Stream;

/// The compression formats.
pub(super) const FORMATS: [&Format; 5] =
    [&gzip::FORMAT, &zstd::FORMAT, &xz::FORMAT, &bzip2::FORMAT, &lz4::FORMAT];

/// Formats inside zip archives that are streams of their own elsewhere.
pub(super) const BZIP2: &Format = &bzip2::FORMAT;
pub(super) const XZ: &Format = &xz::FORMAT;
pub(super) const ZSTD: &Format = &zstd::FORMAT;

/// Bytes from which each format can tell that its data begins.
pub(super) const MAGIC: usize = 6;

/// A compression format.
#[derive(Debug)]
pub(super) struct Format {
    /// Its name in messages.
    pub name: &'static str,
    /// Whether a stream of it begins with these bytes: [`MAGIC`] of them, or all there are.
    pub begins: fn(&[u8]) -> bool,
    /// How much memory decoding takes, by the first bytes of the first stream.
    pub memory: fn(&[u8]) -> u64,
    /// Begins to decode a stream, with at most so much memory.
    pub start: fn(u64) -> Result<Box<dyn Codec>, String>,
}

/// Turns bytes into bytes.
pub(super) trait Codec: Send {
    /// Decodes some of `input` into `output`. Without input there will be no more of it: what is
    /// held back is given.
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Progress;
}

/// What a step of decoding did.
#[derive(Debug)]
pub(super) struct Progress {
    pub read: usize,
    pub written: usize,
    pub state: State,
}

/// How it goes on.
#[derive(Debug)]
pub(super) enum State {
    /// There is more.
    More,
    /// The stream is complete.
    End,
    /// It is not what the format allows. What was written before is good.
    Failed(String),
}

/// The format whose data begins with `head`.
pub(super) fn format_of(head: &[u8]) -> Option<&'static Format> {
    let mut rest = head;
    // Skippable frames belong to zstd and lz4 alike: what follows them tells.
    while let Some(len) = skippable(rest) {
        // Where what follows is not there yet, it is zstd's; if not, that will be said.
        let Some(behind) = rest.get(len..).filter(|behind| !behind.is_empty()) else {
            return Some(ZSTD);
        };
        rest = behind;
    }
    FORMATS.into_iter().find(|format| (format.begins)(rest))
}

/// The length of the skippable frame that begins here (RFC 8878 §3.1.2; lz4 has the same).
fn skippable(head: &[u8]) -> Option<usize> {
    let (magic, rest) = head.split_first_chunk::<4>()?;
    if u32::from_le_bytes(*magic) & !0xF != 0x184D_2A50 {
        return None;
    }
    let len = u32::from_le_bytes(*rest.first_chunk::<4>()?);
    usize::try_from(len).ok()?.checked_add(8)
}
