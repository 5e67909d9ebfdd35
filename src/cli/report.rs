//! `flaxscan report`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::error::ErrorKind;
use flaxscan::page::{self, Account, Gather};
use flaxscan::stored::{Receiver, StoredError, StoredHit, StoredHits};
use flaxscan::tally::{Contact, Tally};

use super::args::{Color, ReportArgs};
use super::exit::Exit;
use super::format::ReportForm;
use super::output::{colour_on, stdout, terminal_width};
use super::overview::{self, Style};
use super::placed::Placed;
use super::{complain, usage_error};

/// Lines that are no hit document and are named for each file.
const NAMED: u64 = 10;

pub fn run(args: &ReportArgs) -> anyhow::Result<Exit> {
    if args.hits.is_empty() && io::stdin().is_terminal() {
        let message = "nothing to report: give a file of `flaxscan scan -o json`, or pipe it in";
        return Err(usage_error("report", ErrorKind::MissingRequiredArgument, message).into());
    }
    if args.summary.is_some() && args.to != ReportForm::Html {
        let message = "--summary is for a report: the other forms have no place for it";
        return Err(usage_error("report", ErrorKind::ArgumentConflict, message).into());
    }
    if args.to == ReportForm::Html && args.output_file.is_none() && io::stdout().is_terminal() {
        let message = "a report is a page for a browser: give it a file with -o";
        return Err(usage_error("report", ErrorKind::MissingRequiredArgument, message).into());
    }
    let account = args.summary.as_deref().map(account).transpose()?;
    let mut file = match &args.output_file {
        Some(path) => Some(Placed::create(path).with_context(|| cannot_write(path))?),
        None => None,
    };
    let is_text = args.to == ReportForm::Text;
    let colour = is_text && file.is_none() && colour_on(&io::stdout(), Color::Auto);
    let out: &mut dyn Write = match &mut file {
        Some(file) => file,
        None => &mut stdout(colour),
    };
    let mut read = Read::default();
    match args.to {
        ReportForm::Html => {
            let mut gather = Gather::new();
            read.files(&args.hits, &mut gather)?;
            page::write(gather, account.as_ref(), out)
        }
        ReportForm::Text => {
            let mut told = Told::default();
            read.files(&args.hits, &mut told)?;
            let terminal = terminal_width().filter(|_| args.output_file.is_none());
            let style = Style { width: terminal.unwrap_or(Style::PLAIN.width), colour };
            out.write_all(overview::text(&told.tally.overview(args.top), style).as_bytes())
                .and_then(|()| out.flush())
        }
        ReportForm::Form(form) => {
            let mut receiver = form.receiver(out);
            read.files(&args.hits, &mut receiver)?;
            receiver.finish()
        }
    }
    .context("the report cannot be written")?;
    if let (Some(file), Some(path)) = (file, &args.output_file) {
        file.place().with_context(|| cannot_write(path))?;
    }
    Ok(Exit::of(read.hits > 0, read.has_trouble))
}

fn account(path: &Path) -> anyhow::Result<Account> {
    File::open(path)
        .and_then(Account::read)
        .with_context(|| format!("{}: expected what `scan --summary-json` writes", path.display()))
}

fn cannot_write(path: &Path) -> String {
    format!("{}: the report cannot be written", path.display())
}

/// Counts hits.
#[derive(Default)]
struct Told {
    tally: Tally,
}

impl Receiver for Told {
    fn hit(&mut self, hit: &StoredHit) -> io::Result<()> {
        self.tally.observe(&Contact::of_stored(hit));
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was read.
#[derive(Default)]
struct Read {
    hits: u64,
    has_trouble: bool,
}

impl Read {
    /// All of these, or standard input where there are none.
    fn files(&mut self, paths: &[PathBuf], receiver: &mut impl Receiver) -> anyhow::Result<()> {
        let stdin = [PathBuf::from("-")];
        for path in if paths.is_empty() { &stdin[..] } else { paths } {
            if path == Path::new("-") {
                self.all(path, io::stdin().lock(), receiver)?;
                continue;
            }
            match File::open(path) {
                Ok(file) => self.all(path, BufReader::new(file), receiver)?,
                Err(error) => self.trouble(path, &error),
            }
        }
        Ok(())
    }

    fn all(
        &mut self,
        path: &Path,
        reader: impl BufRead,
        receiver: &mut impl Receiver,
    ) -> anyhow::Result<()> {
        let mut rejected = 0;
        for hit in StoredHits::new(reader) {
            match hit {
                Ok(hit) => {
                    self.hits += 1;
                    receiver.hit(&hit).context("the report cannot be written")?;
                }
                Err(error) => {
                    rejected += 1;
                    if rejected <= NAMED || matches!(error, StoredError::Io(_)) {
                        self.trouble(path, &error);
                    }
                }
            }
        }
        if let Some(more @ 1..) = rejected.checked_sub(NAMED) {
            complain(&format!("{}: and {more} more lines that are no hits", path.display()));
        }
        Ok(())
    }

    fn trouble(&mut self, path: &Path, error: &dyn std::fmt::Display) {
        self.has_trouble = true;
        complain(&format!("{}: {error}", path.display()));
    }
}
