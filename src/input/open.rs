//! Opening what the walk found.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::documents::{Raw, Source};
use super::layer::BoxRead;
use super::limits::DecodeLimits;
use super::mapped::MappedFile;
use super::source::MappedSource;
use super::stream::{self, Stop, Stream};
use super::{Mapping, ProblemReason};

/// Opens a path.
pub(crate) fn open_path(
    path: &Path,
    mapping: Mapping,
    limits: &DecodeLimits,
    stop: &Arc<Stop>,
) -> Result<Source, ProblemReason> {
    let mut file = stream::open(path).map_err(ProblemReason::Open)?;
    let metadata = file.metadata().map_err(ProblemReason::Open)?;
    // What has no length may still have content: /proc, pipes, devices.
    let len = Some(metadata.len()).filter(|&len| metadata.is_file() && len > 0);
    let mapped = match (mapping, len) {
        (Mapping::Never, _) | (Mapping::Auto, None) => None,
        (Mapping::Always, None) => {
            let what = if !metadata.is_file() {
                Some("it is no regular file")
            } else if file.read(&mut [0]).map_or(true, |count| count > 0) {
                Some("the system gives it no length")
            } else {
                // Empty: nothing to map, nothing to miss.
                None
            };
            if let Some(what) = what {
                return Err(ProblemReason::Map(io::Error::other(what)));
            }
            None
        }
        (Mapping::Auto, Some(_)) => MappedFile::new(&file).ok(),
        (Mapping::Always, Some(_)) => Some(MappedFile::new(&file).map_err(ProblemReason::Map)?),
    };
    let raw = match (mapped, len) {
        (Some(map), _) => Raw::Mapped(MappedSource::new(map, file)),
        (None, Some(len)) => Raw::File(Arc::new(file), len),
        (None, None) => Raw::Stream(Box::new(Stream { file, stop: Arc::clone(stop) })),
    };
    let modified = metadata.modified().ok().filter(|_| metadata.is_file());
    Ok(Source::new(path.display().to_string(), raw, modified, limits, stop))
}

/// Opens standard input.
pub(crate) fn open_stdin(limits: &DecodeLimits, stop: &Arc<Stop>) -> Source {
    Source::new("-".to_owned(), Raw::Stream(stream::stdin(stop)), None, limits, stop)
}

/// Takes what the caller reads.
pub(crate) fn open_reader(
    name: String,
    reader: BoxRead,
    limits: &DecodeLimits,
    stop: &Arc<Stop>,
) -> Source {
    Source::new(name, Raw::Stream(reader), None, limits, stop)
}
