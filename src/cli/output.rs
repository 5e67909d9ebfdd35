//! The outputs of `scan` by name, and where they write.

use std::cell::{Cell, RefCell};
#[cfg(unix)]
use std::fs::File;
use std::fs::Metadata;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::thread::{self, ScopedJoinHandle};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anyhow::Context;
use clap::error::ErrorKind;
use flaxscan::follow::FollowUp;
use flaxscan::scan::Summary;
use flaxscan::sink::{
    Count, Files, Json, Limit, Quiet, Raw, Relay, Sink, Tallied, Tee, Text, Timestamp,
};
use flaxscan::tally::{Overview, Tally};

use super::args::{Color, ScanOutputArgs, When};
use super::format::{Outlet, ScanOutput};
use super::page::Pending;
use super::placed::{Placed, file_of};
use super::progress::Bar;
use super::signals::Caught;
use super::usage_error;
use super::watch::{Pipe, UntilClosed};

/// What the command line asks to be written.
pub struct Outputs {
    pub outlets: Vec<Outlet>,
    /// The files, in the order of the outlets that have one.
    files: Vec<(PathBuf, Rc<RefCell<Placed>>)>,
    /// The report, where one is wanted.
    pub page: Option<Pending>,
}

/// What the outputs have to know of the scan.
pub struct Scene<'s> {
    /// Whether more than one input may be scanned.
    pub several: bool,
    pub started: Timestamp,
    pub bar: Option<&'s Bar>,
    pub caught: &'s Caught,
    /// Set when whoever read standard output has gone.
    pub closed: &'s Cell<bool>,
}

/// How many rows of each sort are told, and how.
pub type Tell<'t> = (usize, &'t dyn Fn(&Overview) -> String);

/// How a scan ended.
pub struct End<'e> {
    pub summary: &'e Summary,
    pub indicators: usize,
    pub status: u8,
    pub follow_up: Option<&'e FollowUp>,
}

impl Outputs {
    /// Opens the files.
    pub fn open(args: &ScanOutputArgs) -> anyhow::Result<Self> {
        let mut outlets = args.output.clone();
        let named = |name: &PathBuf| file_of(name).map(Path::to_owned);
        let output_file = args.output_file.as_ref().and_then(named);
        if let Some(file) = &output_file {
            match outlets.iter_mut().find(|outlet| outlet.file.is_none()) {
                Some(outlet) => outlet.file = Some(file.clone()),
                None => {
                    let message = "--output-file: every --output has a file of its own already";
                    return Err(usage_error("scan", ErrorKind::ArgumentConflict, message).into());
                }
            }
        }
        if args.raw && outlets != [Outlet { format: ScanOutput::Text, file: output_file.clone() }] {
            let message = "--raw writes lines: it does not go with another --output";
            return Err(usage_error("scan", ErrorKind::ArgumentConflict, message).into());
        }
        if let Some(name) = &args.report {
            outlets.push(Outlet { format: ScanOutput::Html, file: named(name) });
        }
        if outlets.iter().filter(|outlet| outlet.file.is_none()).count() > 1 {
            let message = "only one --output can go to standard output: give the others a file, \
                           as in json=hits.jsonl";
            return Err(usage_error("scan", ErrorKind::ArgumentConflict, message).into());
        }
        let pages = outlets.iter().filter(|outlet| outlet.format == ScanOutput::Html).count();
        if pages > 1 {
            let message = "there is one report of a scan: copy it";
            return Err(usage_error("scan", ErrorKind::ArgumentConflict, message).into());
        }
        let is_shown = |outlet: &Outlet| {
            outlet.format == ScanOutput::Html && outlet.file.is_none() && io::stdout().is_terminal()
        };
        if outlets.iter().any(is_shown) {
            let message =
                "a report is a page for a browser: give it a file, as in html=report.html";
            return Err(usage_error("scan", ErrorKind::MissingRequiredArgument, message).into());
        }
        let mut files: Vec<(PathBuf, Rc<RefCell<Placed>>)> = Vec::new();
        for path in outlets.iter().filter_map(|outlet| outlet.file.as_ref()) {
            if files.iter().any(|(other, _)| other == path) {
                let message = format!("two outputs cannot both go to {}", path.display());
                return Err(usage_error("scan", ErrorKind::ArgumentConflict, &message).into());
            }
            let placed = Placed::create(path).with_context(|| cannot_write(path))?;
            files.push((path.clone(), Rc::new(RefCell::new(placed))));
        }
        let page = (pages > 0).then(Pending::default);
        Ok(Self { outlets, files, page })
    }

    /// What the files are, so that they are not searched themselves.
    pub fn metadata(&self) -> impl Iterator<Item = Metadata> {
        self.files.iter().filter_map(|(_, file)| file.borrow().metadata().ok())
    }

    /// Whether something reads hits on standard output, or wants to.
    pub fn on_stdout(&self) -> Option<ScanOutput> {
        self.outlets.iter().find(|outlet| outlet.file.is_none()).map(|outlet| outlet.format)
    }

    /// Whether hits are counted for the summary: where it will be shown, and where lines are read
    /// anyway. Counts and names of files are not to wait for that.
    pub fn tallies(&self, args: &ScanOutputArgs) -> bool {
        let reads = |outlet: &Outlet| match outlet.format {
            ScanOutput::Text => !args.raw,
            format => format.is_document(),
        };
        let is_shown = match args.summary {
            When::Always => true,
            When::Never => false,
            When::Auto => matches!(self.on_stdout(), Some(ScanOutput::Text) | None),
        };
        is_shown && self.outlets.iter().any(reads)
    }

    /// The sink of them all; what it takes is counted in `tally`.
    pub fn sink<'s>(
        &self,
        args: &ScanOutputArgs,
        scene: &Scene<'s>,
        tally: Option<&'s mut Tally>,
    ) -> Box<dyn Sink + 's> {
        let is_relayed =
            |outlet: &&Outlet| outlet.format.is_document() && outlet.format != ScanOutput::Html;
        let documents: Vec<_> = self.outlets.iter().filter(is_relayed).collect();
        // Each document is written and read once, whoever takes it.
        let mut relay = Relay::new(scene.started);
        let mut sinks: Vec<Box<dyn Sink + 's>> = Vec::new();
        let mut files = self.files.iter();
        for outlet in &self.outlets {
            let file = if outlet.file.is_some() { files.next() } else { None };
            if let (ScanOutput::Html, Some(page)) = (outlet.format, &self.page) {
                sinks.push(Box::new(page.sink(scene.started)));
                continue;
            }
            let (out, place): (Box<dyn Write + 's>, Place) = match file {
                Some((_, file)) => (Box::new(Shared(Rc::clone(file))), Place::File),
                None => on_stdout(outlet.format, args, scene),
            };
            match outlet.format {
                ScanOutput::Form(form) => relay.add(form.receiver(out)),
                ScanOutput::Json if documents.len() > 1 => relay.copy(out),
                format => {
                    let sink = sink(format, args, scene, out, place);
                    sinks.push(if place == Place::File { sink } else { until_closed(sink, scene) });
                }
            }
        }
        match documents[..] {
            [] | [Outlet { format: ScanOutput::Json, .. }] => {}
            [Outlet { format: ScanOutput::Form(_), file: None }] => {
                sinks.push(until_closed(Box::new(relay), scene));
            }
            _ => sinks.push(Box::new(relay)),
        }
        let sink = match sinks.pop() {
            Some(sink) if sinks.is_empty() => sink,
            last => Box::new(Tee::new(sinks.into_iter().chain(last).collect())),
        };
        let sink: Box<dyn Sink + 's> = match tally {
            Some(tally) => Box::new(Tallied::new(sink, tally)),
            None => sink,
        };
        match args.max_hits {
            Some(hits) => Box::new(Limit::new(sink, hits.get())),
            None => sink,
        }
    }

    /// Writes what is written at the end, and puts the files in their places. While the disk is waited
    /// for, `tell` makes what is told of the hits, of so many rows of each sort: of those of the page,
    /// or else of what was counted in `tally`. Nothing where there are none.
    pub fn place(
        mut self,
        end: &End<'_>,
        tally: Option<&Tally>,
        tell: Option<Tell<'_>>,
    ) -> anyhow::Result<Option<String>> {
        let page = self.page.take();
        // The sinks, which had the files, too, are gone.
        let mut files = self
            .files
            .into_iter()
            .filter_map(|(path, file)| Rc::into_inner(file).map(|file| (path, file.into_inner())));
        let (mut written, mut for_page) = (Vec::new(), None);
        for outlet in &self.outlets {
            let file = if outlet.file.is_some() { files.next() } else { None };
            match outlet.format {
                ScanOutput::Html => for_page = file,
                _ => written.extend(file),
            }
        }
        let put =
            |(path, file): (PathBuf, Placed)| file.place().with_context(|| cannot_write(&path));
        // The disk is waited for once.
        thread::scope(|scope| {
            let mut waiting: Vec<_> =
                written.into_iter().map(|file| scope.spawn(|| put(file))).collect();
            let mut told = None;
            if let Some(page) = page {
                let rows = tell.map_or(0, |(rows, _)| rows);
                page.end(end);
                let spent = match for_page {
                    Some((path, mut file)) => {
                        let spent =
                            page.write(rows, &mut file).with_context(|| cannot_write(&path))?;
                        match tell {
                            Some(_) => waiting.push(scope.spawn(|| put((path, file)))),
                            None => put((path, file))?,
                        }
                        spent
                    }
                    None => page.write(rows, &mut *stdout(false))?,
                };
                if let Some((_, tell)) = tell
                    && spent.overview.totals.hits > 0
                {
                    told = Some(tell(&spent.overview));
                }
                // The program ends.
                std::mem::forget(spent);
            } else if let (Some(tally), Some((rows, tell))) = (tally, tell)
                && !tally.is_empty()
            {
                told = Some(tell(&tally.overview(rows)));
            }
            let join =
                |other: ScopedJoinHandle<'_, _>| other.join().unwrap_or_else(|e| resume_unwind(e));
            waiting.into_iter().try_for_each(join)?;
            Ok(told)
        })
    }
}

fn cannot_write(path: &Path) -> String {
    format!("{}: the output cannot be written", path.display())
}

/// A file that several have, one after the other.
struct Shared(Rc<RefCell<Placed>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

/// Where a sink writes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Terminal,
    Pipe,
    File,
}

fn on_stdout<'s>(
    format: ScanOutput,
    args: &ScanOutputArgs,
    scene: &Scene<'s>,
) -> (Box<dyn Write + 's>, Place) {
    let is_terminal = io::stdout().is_terminal();
    let colour = format == ScanOutput::Text && !args.raw && colour(args.color);
    let inner = match scene.bar {
        Some(bar) if is_terminal => Box::new(bar.above(stdout(colour))),
        _ => outlet(scene.caught).unwrap_or_else(|| stdout(colour)),
    };
    let place = if is_terminal { Place::Terminal } else { Place::Pipe };
    (Box::new(Pipe { inner, closed: scene.closed }), place)
}

fn until_closed<'s>(inner: Box<dyn Sink + 's>, scene: &Scene<'s>) -> Box<dyn Sink + 's> {
    Box::new(UntilClosed { inner, closed: scene.closed })
}

/// The sink of what is not made of documents, and of documents that nobody else takes.
fn sink<'s>(
    format: ScanOutput,
    args: &ScanOutputArgs,
    scene: &Scene<'s>,
    out: Box<dyn Write + 's>,
    place: Place,
) -> Box<dyn Sink + 's> {
    match format {
        ScanOutput::Text if args.raw => Box::new(Raw::new(out, place == Place::Terminal)),
        ScanOutput::Text => {
            let text = Text::new(out, place != Place::File && colour(args.color));
            Box::new(match terminal_width() {
                Some(columns) if place == Place::Terminal => text.width(columns),
                _ => text,
            })
        }
        ScanOutput::Json => Box::new(Json::new(out, scene.started)),
        ScanOutput::Count => Box::new(Count::new(out, scene.several)),
        ScanOutput::Files => Box::new(Files::new(out)),
        // Forms are behind the relay, and so is the report.
        ScanOutput::Quiet | ScanOutput::Form(_) | ScanOutput::Html => Box::new(Quiet),
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
    colour_on(&io::stdout(), color)
}

/// Whether to use colour on a stream.
pub fn colour_on(stream: &impl RawStream, color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        // Looks at the terminal and at NO_COLOR, CLICOLOR and CLICOLOR_FORCE.
        Color::Auto => AutoStream::choice(stream) != ColorChoice::Never,
    }
}

/// The width of the terminal that standard output is.
pub fn terminal_width() -> Option<usize> {
    terminal_width_of(io::stdout())
}

/// The width of the terminal that a stream is.
#[cfg(unix)]
pub fn terminal_width_of(stream: impl std::os::fd::AsFd) -> Option<usize> {
    terminal_size::terminal_size_of(stream).map(|(width, _)| usize::from(width.0))
}

/// The width of the terminal that a stream is.
#[cfg(windows)]
pub fn terminal_width_of(stream: impl std::os::windows::io::AsHandle) -> Option<usize> {
    terminal_size::terminal_size_of(stream).map(|(width, _)| usize::from(width.0))
}
