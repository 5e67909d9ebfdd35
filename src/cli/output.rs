//! The outputs of `scan` by name, and where they write.

#[cfg(unix)]
use std::fs::File;
use std::fs::Metadata;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::ControlFlow;

use anstream::{AutoStream, ColorChoice};
use flaxscan::sink::{
    Count, Files, InputRecord, Json, Limit, Quiet, Raw, Sighting, Sink, Text, Timestamp,
};

use super::args::{Color, ScanOutput, ScanOutputArgs};
use super::case_file::CaseFile;
use super::progress::Bar;
use super::signals::Caught;

/// The sink that the command line asks for. `several`: more than one input may be scanned.
pub fn sink(
    args: &ScanOutputArgs,
    several: bool,
    started: Timestamp,
    bar: Option<&Bar>,
    caught: &Caught,
) -> Box<dyn Sink> {
    let colour = colour(args.color);
    let stdout = |colour| match bar {
        Some(bar) if io::stdout().is_terminal() => Box::new(bar.above(stdout(colour))),
        _ => outlet(caught).unwrap_or_else(|| stdout(colour)),
    };
    let sink: Box<dyn Sink> = match args.output {
        ScanOutput::Text if args.raw => {
            Box::new(Raw::new(stdout(false), io::stdout().is_terminal()))
        }
        ScanOutput::Text => {
            let text = Text::new(stdout(colour), colour);
            Box::new(match terminal_width() {
                Some(columns) => text.width(columns),
                None => text,
            })
        }
        ScanOutput::Json => Box::new(Json::new(stdout(false), started)),
        ScanOutput::Count => Box::new(Count::new(stdout(false), several)),
        ScanOutput::Files => Box::new(Files::new(stdout(false))),
        ScanOutput::Quiet => Box::new(Quiet),
    };
    match args.max_hits {
        Some(hits) => Box::new(Limit::new(sink, hits.get())),
        None => sink,
    }
}

/// Standard output: line by line on a terminal, so that hits show as they are found.
pub fn stdout(colour: bool) -> Box<dyn Write> {
    let out = io::stdout();
    match (out.is_terminal(), colour) {
        // Makes an old Windows console understand colour.
        (true, true) => Box::new(AutoStream::always(out.lock())),
        (true, false) => Box::new(out.lock()),
        (false, _) => Box::new(BufWriter::with_capacity(64 * 1024, out.lock())),
    }
}

/// Standard output that a signal keeps from waiting, where it could wait.
fn outlet(caught: &Caught) -> Option<Box<dyn Write>> {
    #[cfg(unix)]
    {
        let outlet = super::outlet::Outlet::new(caught.notice.clone()?)?;
        Some(Box::new(BufWriter::with_capacity(64 * 1024, outlet)))
    }
    #[cfg(not(unix))]
    {
        let _ = &caught.notice;
        None
    }
}

/// The files that standard output and standard error are.
pub fn standard_files() -> Vec<Metadata> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;

        let (stdout, stderr) = (io::stdout(), io::stderr());
        let streams = [stdout.as_fd(), stderr.as_fd()].into_iter();
        let files = streams.filter_map(|stream| stream.try_clone_to_owned().ok());
        files.filter_map(|file| File::from(file).metadata().ok()).collect()
    }
    #[cfg(not(unix))]
    Vec::new()
}

fn colour(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        // Looks at the terminal and at NO_COLOR, CLICOLOR and CLICOLOR_FORCE.
        Color::Auto => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
    }
}

/// The width of the terminal that standard output is.
pub fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// Knows whether anything was hit, and turns a closed pipe into the wish to stop: whoever read the
/// hits has seen enough, and the exit status still tells what was found and what went wrong. Hands
/// what became of each input on to the case file.
pub struct Watch<'c, S> {
    inner: S,
    case_file: Option<&'c mut CaseFile>,
    pub found: bool,
    pub closed: bool,
}

impl<'c, S: Sink> Watch<'c, S> {
    pub fn new(inner: S, case_file: Option<&'c mut CaseFile>) -> Self {
        Self { inner, case_file, found: false, closed: false }
    }

    fn watch<T>(&mut self, done: io::Result<T>, closed: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(closed)
            }
            done => done,
        }
    }
}

impl<S: Sink> Sink for Watch<'_, S> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        let done = self.inner.begin(path);
        self.watch(done, ())
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        self.found = true;
        if self.closed {
            return Ok(ControlFlow::Break(()));
        }
        let done = self.inner.hit(sighting);
        self.watch(done, ControlFlow::Break(()))
    }

    fn end(&mut self, path: &str, hits: u64) -> io::Result<ControlFlow<()>> {
        self.found |= hits > 0;
        if self.closed {
            return Ok(ControlFlow::Break(()));
        }
        let done = self.inner.end(path, hits);
        self.watch(done, ControlFlow::Break(()))
    }

    fn account(&mut self, record: &InputRecord<'_>) -> io::Result<()> {
        if let Some(case_file) = &mut self.case_file {
            case_file.input(record);
        }
        self.inner.account(record)
    }

    fn wants_hits(&self) -> bool {
        self.inner.wants_hits()
    }

    fn wants_records(&self) -> bool {
        self.inner.wants_records()
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let done = self.inner.flush();
        self.watch(done, ())
    }
}
