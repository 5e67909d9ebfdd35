//! `flaxscan report`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::Path;

use anyhow::Context;
use clap::error::ErrorKind;
use flaxscan::stored::{Receiver, StoredError, StoredHits};

use super::args::ReportArgs;
use super::exit::Exit;
use super::output::stdout;
use super::placed::Placed;
use super::{complain, usage_error};

/// Lines that are no hit document and are named for each file.
const NAMED: u64 = 10;

pub fn run(args: &ReportArgs) -> anyhow::Result<Exit> {
    if args.hits.is_empty() && io::stdin().is_terminal() {
        let message = "nothing to report: give a file of `flaxscan scan -o json`, or pipe it in";
        return Err(usage_error("report", ErrorKind::MissingRequiredArgument, message).into());
    }
    let mut file = match &args.output_file {
        Some(path) => Some(Placed::create(path).with_context(|| cannot_write(path))?),
        None => None,
    };
    let out: &mut dyn Write = match &mut file {
        Some(file) => file,
        None => &mut stdout(false),
    };
    let mut receiver = args.to.receiver(out);
    let mut read = Read::default();
    let stdin = [Path::new("-").to_owned()];
    let paths = if args.hits.is_empty() { &stdin[..] } else { &args.hits };
    for path in paths {
        if path == Path::new("-") {
            read.all(path, io::stdin().lock(), &mut receiver)?;
            continue;
        }
        match File::open(path) {
            Ok(file) => read.all(path, BufReader::new(file), &mut receiver)?,
            Err(error) => read.trouble(path, &error),
        }
    }
    receiver.finish().context("the report cannot be written")?;
    drop(receiver);
    if let (Some(file), Some(path)) = (file, &args.output_file) {
        file.place().with_context(|| cannot_write(path))?;
    }
    Ok(Exit::of(read.hits > 0, read.has_trouble))
}

fn cannot_write(path: &Path) -> String {
    format!("{}: the report cannot be written", path.display())
}

/// What was read.
#[derive(Default)]
struct Read {
    hits: u64,
    has_trouble: bool,
}

impl Read {
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
