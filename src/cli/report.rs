//! `flaxscan report`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use anyhow::Context;
use clap::error::ErrorKind;
use flaxscan::page::{self, Account, Gather};
use flaxscan::stored::{Receiver as _, StoredError, StoredHit, StoredHits};
use flaxscan::tally::{Contact, Tally};

use super::args::{Color, ReportArgs};
use super::exit::Exit;
use super::format::ReportForm;
use super::output::{colour_on, stdout, terminal_width};
use super::overview::{self, Style};
use super::placed::{Placed, file_of};
use super::{complain, usage_error};

/// Hits that are handed from thread to thread at once, and how many times as many may wait.
const BATCH: usize = 128;
const WAITING: usize = 4;
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
    let output_file = args.output_file.as_deref().and_then(file_of);
    if args.to == ReportForm::Html && output_file.is_none() && io::stdout().is_terminal() {
        let message = "a report is a page for a browser: give it a file with -o";
        return Err(usage_error("report", ErrorKind::MissingRequiredArgument, message).into());
    }
    let account = args.summary.as_deref().map(account).transpose()?;
    let mut file = match output_file {
        Some(path) => Some(Placed::create(path).with_context(|| cannot_write(path))?),
        None => None,
    };
    let is_text = args.to == ReportForm::Text;
    let colour = is_text && file.is_none() && colour_on(&io::stdout(), Color::Auto);
    let out: &mut dyn Write = match &mut file {
        Some(file) => file,
        None => &mut stdout(colour),
    };
    let mut read = Read { keeps_documents: args.to == ReportForm::Json, ..Read::default() };
    match args.to {
        ReportForm::Html => {
            let mut gather = Gather::new();
            read.files(&args.hits, &mut |hit, _| gather.hit(hit))?;
            // The program ends.
            page::write(gather, account.as_ref(), out).map(std::mem::forget)
        }
        ReportForm::Text => {
            let mut tally = Tally::default();
            read.files(&args.hits, &mut |hit, _| {
                tally.observe(&Contact::of_stored(hit));
                Ok(())
            })?;
            let terminal = terminal_width().filter(|_| output_file.is_none());
            let style = Style { width: terminal.unwrap_or(Style::PLAIN.width), colour };
            out.write_all(overview::text(&tally.overview(args.top), style).as_bytes())
                .and_then(|()| out.flush())
        }
        ReportForm::Json => {
            read.files(&args.hits, &mut |_, document| {
                out.write_all(document)?;
                out.write_all(b"\n")
            })?;
            out.flush()
        }
        ReportForm::Form(form) => {
            let mut receiver = form.receiver(out);
            read.files(&args.hits, &mut |hit, _| receiver.hit(hit))?;
            receiver.finish()
        }
    }
    .context("the report cannot be written")?;
    if let (Some(file), Some(path)) = (file, output_file) {
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

/// Takes a hit, and its document as it was stored.
type Take<'t> = &'t mut dyn FnMut(&StoredHit, &[u8]) -> io::Result<()>;

/// What a line gave, and the line, where it is wanted.
type Item = (Result<StoredHit, StoredError>, Vec<u8>);

/// Hands on what is read, many at a time, until it ends or nobody takes it. What was taken comes
/// back by `done`: memory is let go where it came from, or the two threads wait for each other.
fn send(
    mut hits: StoredHits<impl BufRead>,
    keeps: bool,
    sender: &SyncSender<Vec<Item>>,
    done: &Receiver<Vec<Item>>,
) {
    loop {
        done.try_iter().for_each(drop);
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH
            && let Some(hit) = hits.next()
        {
            let document = if keeps { hits.document().to_vec() } else { Vec::new() };
            batch.push((hit, document));
        }
        let is_last = batch.len() < BATCH;
        if sender.send(batch).is_err() || is_last {
            return;
        }
    }
}

/// What was read.
#[derive(Default)]
struct Read {
    keeps_documents: bool,
    hits: u64,
    has_trouble: bool,
}

impl Read {
    /// All of these, or standard input where there are none.
    fn files(&mut self, paths: &[PathBuf], take: Take<'_>) -> anyhow::Result<()> {
        let stdin = [PathBuf::from("-")];
        for path in if paths.is_empty() { &stdin[..] } else { paths } {
            if path == Path::new("-") {
                self.all(path, BufReader::new(io::stdin()), take)?;
                continue;
            }
            match File::open(path) {
                Ok(file) => self.all(path, BufReader::new(file), take)?,
                Err(error) => self.trouble(path, &error),
            }
        }
        Ok(())
    }

    fn all(
        &mut self,
        path: &Path,
        reader: impl BufRead + Send,
        take: Take<'_>,
    ) -> anyhow::Result<()> {
        let mut rejected = 0;
        // Reading documents takes about as long as what is made of them: each has a thread.
        thread::scope(|scope| {
            let (sender, receiver) = sync_channel(WAITING);
            let (give_back, done) = channel();
            let keeps = self.keeps_documents;
            scope.spawn(move || send(StoredHits::new(reader), keeps, &sender, &done));
            for batch in receiver {
                for (hit, document) in &batch {
                    match hit {
                        Ok(hit) => {
                            self.hits += 1;
                            take(hit, document).context("the report cannot be written")?;
                        }
                        Err(error) => {
                            rejected += 1;
                            if rejected <= NAMED || matches!(error, StoredError::Io(_)) {
                                self.trouble(path, error);
                            }
                        }
                    }
                }
                // It may have ended.
                let _ = give_back.send(batch);
            }
            anyhow::Ok(())
        })?;
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
