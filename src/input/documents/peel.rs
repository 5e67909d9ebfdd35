//! Taking off layer after layer, by what the bytes are.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom};
use std::sync::Arc;

use super::{Level, PLAIN, Raw, Source, Step, Text};
use crate::input::ProblemReason;
use crate::input::archive::{Archive, Behind, Tar, ZIP_END, ZIP_TAIL, Zip, ZipFile};
use crate::input::decode::{Format, Stream, format_of};
use crate::input::encoding::{BareReturns, Mixed, has_bare_returns, has_utf16};
use crate::input::layer::{BoxRead, Counted, Peek, Replay, read_full};
use crate::input::limits::Limit;
use crate::input::magic::{Form, HEAD, LINE, form_of};
use crate::input::source::ReadSource;

impl Source {
    /// Finds out what the input is.
    pub(super) fn look_at(&mut self, raw: Raw) {
        let path = self.path.clone();
        match raw {
            Raw::Mapped(source) => {
                let bytes = source.bytes();
                let len = bytes.len();
                let head = &bytes[..len.min(LINE)];
                let tail = &bytes[len.saturating_sub(ZIP_TAIL)..];
                let is_plain = matches!(form_of(head), Form::Plain);
                if is_plain && !ends_like_zip(tail) && !is_mixed(head, tail) {
                    let len = Some(len as u64);
                    let form = PLAIN.to_owned();
                    self.steps.push_back(Step::Begin { path, len, is_stream: false, form });
                    self.text = Some(Text::Mapped(source));
                } else {
                    self.look_at(Raw::File(Arc::new(source.into_file()), len as u64));
                }
            }
            Raw::File(file, len) => {
                let reader = self.counted(Box::new(Arc::clone(&file)));
                self.enter(path, reader, (0, String::new()), Some((file, len)));
            }
            Raw::Stream(reader) => {
                let reader = self.counted(reader);
                self.enter(path, reader, (0, String::new()), None);
            }
        }
    }

    fn counted(&self, reader: BoxRead) -> BoxRead {
        Box::new(Counted { reader, budget: Arc::clone(&self.budget) })
    }

    /// Begins a document that is scanned as it is read.
    pub(super) fn begin(&mut self, path: String, reader: BoxRead, len: Option<u64>, form: String) {
        let is_stream = self.is_stream;
        let form = if form.is_empty() { PLAIN.to_owned() } else { form };
        self.steps.push_back(Step::Begin { path, len, is_stream, form });
        self.text = Some(Text::Read(ReadSource::new(reader, is_stream)));
    }

    /// Takes off layer after layer until there is a document or an archive. `depth` layers lie
    /// around it, whose names are in the text beside it; `file` is the file that it is, if it is
    /// one.
    pub(super) fn enter(
        &mut self,
        path: String,
        mut reader: BoxRead,
        (mut depth, mut around): (usize, String),
        mut file: Option<(Arc<File>, u64)>,
    ) {
        let is_stream = self.is_stream;
        let is_enough = |head: &[u8]| {
            let is_known = head.len() >= 64 && format_of(head).is_some();
            let has_line = || memchr::memchr(b'\n', head).is_some();
            // A stream is not waited for longer than it takes to have a line.
            is_known
                || if is_stream {
                    head.len() >= HEAD || has_line()
                } else {
                    head.len() >= HEAD && has_line()
                }
        };
        let mut is_text = false;
        loop {
            let mut peek = Peek::new(reader);
            peek.fill(LINE, is_enough);
            let mut len = file.as_ref().map(|&(_, len)| len);
            let form = match form_of(peek.head()) {
                _ if is_text && has_bare_returns(peek.head()) => Form::BareReturns,
                _ if is_text => Form::Plain,
                form => form,
            };
            // In a stream it is not known what comes.
            let mut may_be_mixed = !is_text && !has_zeros(peek.head());
            if let (Form::Plain | Form::BareReturns | Form::Utf16(_), Some((file, len))) =
                (form, &file)
            {
                let tail = tail_of(file, *len).unwrap_or_default();
                if ends_like_zip(&tail)
                    && let Ok(Some(zip)) = ZipFile::behind(file, *len, &self.budget)
                {
                    return self.open(path, Box::new(zip), (depth, "zip".to_owned()));
                }
                may_be_mixed = is_mixed(peek.head(), &tail);
            }
            if may_be_mixed {
                // It may become shorter.
                len = None;
            }
            let is_packed = matches!(form, Form::Compressed(_) | Form::Tar | Form::Zip);
            let most = self.budget.limits().max_depth;
            if is_packed && depth >= most {
                self.problem(&path, ProblemReason::Limit(Limit::Depth(most)));
                return self.begin(path, Box::new(peek), len, around);
            }
            if let Some(name) = form.name() {
                if !around.is_empty() {
                    around.push('/');
                }
                around.push_str(name);
            }
            match form {
                Form::Plain | Form::BareReturns => {
                    let mut reader: BoxRead = Box::new(peek);
                    if file.is_none() {
                        reader = Box::new(Behind::new(reader));
                    }
                    if may_be_mixed {
                        reader = Box::new(Mixed::bytes(reader));
                    }
                    if matches!(form, Form::BareReturns) {
                        reader = Box::new(BareReturns::new(reader));
                    }
                    return self.begin(path, reader, len, around);
                }
                Form::Utf16(order) => {
                    reader = Box::new(Mixed::utf16(Box::new(peek), order));
                    is_text = true;
                }
                Form::Compressed(format) => match self.decoded(&path, format, peek) {
                    Ok(decoded) => reader = decoded,
                    Err(raw) => return self.begin(path, raw, None, String::new()),
                },
                Form::Tar => {
                    return self.open(path, Box::new(Tar::new(Box::new(peek))), (depth, around));
                }
                Form::Zip => {
                    let budget = &self.budget;
                    let zip: io::Result<Box<dyn Archive>> = match &file {
                        Some((file, len)) => {
                            ZipFile::new(file, *len, budget).map(|zip| Box::new(zip) as _)
                        }
                        None => Ok(Box::new(Zip::new(Box::new(peek), budget))),
                    };
                    return match zip {
                        Ok(zip) => self.open(path, zip, (depth, around)),
                        Err(error) => self.problem(&path, ProblemReason::of_read(error, 0)),
                    };
                }
            }
            depth += 1;
            file = None;
        }
    }

    /// Decodes. What only looks like it is given back.
    fn decoded(
        &mut self,
        path: &str,
        format: &'static Format,
        peek: Peek,
    ) -> Result<BoxRead, BoxRead> {
        self.is_decoded = true;
        let head = peek.head().to_vec();
        let raw = Replay::new(Box::new(peek));
        let reason = match Stream::new(format, &head, Box::new(raw.clone()), &self.budget) {
            Err(limit) => ProblemReason::Limit(limit),
            Ok(decoder) => {
                let mut first = Peek::new(Box::new(decoder));
                first.fill(1, |_| false);
                match first.take_error() {
                    None => {
                        raw.forget();
                        return Ok(Box::new(first));
                    }
                    Some(error) => ProblemReason::of_read(error, 0),
                }
            }
        };
        let reason = match reason {
            ProblemReason::Damaged { format, position, what } => {
                ProblemReason::Undecodable { format, position, what }
            }
            reason => reason,
        };
        self.problem(path, reason);
        raw.rewind();
        Err(Box::new(raw))
    }

    fn open(&mut self, path: String, archive: Box<dyn Archive>, (depth, form): (usize, String)) {
        (self.is_decoded, self.has_archive) = (true, true);
        self.archives.push(Level { archive, path, form, depth: depth + 1 });
    }
}

/// The last bytes of a file, which goes on being read where it was.
fn tail_of(mut file: &File, len: u64) -> io::Result<Vec<u8>> {
    let before = file.stream_position()?;
    let mut tail = vec![0; len.min(ZIP_TAIL as u64) as usize];
    file.seek(SeekFrom::Start(len - tail.len() as u64))?;
    let count = read_full(&mut file, &mut tail);
    file.seek(SeekFrom::Start(before))?;
    tail.truncate(count?);
    Ok(tail)
}

fn ends_like_zip(tail: &[u8]) -> bool {
    memchr::memmem::rfind(tail, ZIP_END).is_some()
}

/// Whether text has UTF-16 in it, as far as its beginning and its end tell. What was written in
/// its middle is found when it is scanned.
fn is_mixed(head: &[u8], tail: &[u8]) -> bool {
    !has_zeros(head) && (has_utf16(head) || has_utf16(tail))
}

/// Whether there are zeros in a row near the beginning: then it is no text.
fn has_zeros(head: &[u8]) -> bool {
    memchr::memmem::find(&head[..head.len().min(HEAD)], b"\0\0").is_some()
}
