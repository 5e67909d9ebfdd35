//! The options of `scan` that say which files are searched.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use clap::error::ErrorKind;
use flaxscan::input::{GlobError, Globs, Input, Outputs, PathList, Selection};

use super::usage_error;
use super::when;

/// Which files to search.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which files")]
pub struct SelectArgs {
    /// Search only files that match (repeatable).
    ///
    /// A glob without `/` is compared with a file's name: '*.log'. One with `/` is compared with
    /// the path below the directory given: 'www/**/access*'. One that ends in `/` stands for all
    /// that is below such a directory: 'nginx/'. A file that is given and does not match is left
    /// out, too.
    #[arg(short = 'g', long, value_name = "GLOB")]
    pub include: Vec<String>,

    /// Leave out files that match, and directories with all that is below (repeatable).
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,

    /// Go no more than so many directories deep: 1 takes the files in those given.
    #[arg(long, value_name = "N")]
    pub max_depth: Option<usize>,

    /// Search only files modified at this time or since.
    ///
    /// A day (2026-10-01, its beginning in UTC), a time (2026-10-01T12:00:00Z, or with an offset),
    /// or an age: 90m, 36h, 7d, 2w.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub newer_than: Option<SystemTime>,

    /// Search only files modified before this time, written as for --newer-than.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub older_than: Option<SystemTime>,

    /// Follow symbolic links found in directories. Those given are followed anyway.
    #[arg(short = 'L', long)]
    pub follow_links: bool,

    /// Also search the files and directories that this file names, one a line; `-` is standard
    /// input.
    ///
    /// Where there is a NUL in it, a NUL ends each name, as `find -print0` writes them.
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,

    /// A NUL ends each name in --files-from, whatever it looks like.
    #[arg(short = '0', long, requires = "files_from")]
    pub null: bool,
}

impl SelectArgs {
    /// What the filters ask for.
    pub fn selection(&self) -> anyhow::Result<Selection> {
        let globs = |globs: &[String]| {
            Globs::new(globs).map_err(|error: GlobError| {
                usage_error("scan", ErrorKind::ValueValidation, &error.to_string())
            })
        };
        Ok(Selection {
            include: globs(&self.include)?,
            exclude: globs(&self.exclude)?,
            max_depth: self.max_depth,
            modified_from: self.newer_than,
            modified_before: self.older_than,
            follow_links: self.follow_links,
            outputs: Outputs::default(),
        })
    }

    /// The list of paths, if there is one.
    pub fn list(&self) -> Option<Input> {
        let path = self.files_from.as_ref()?;
        let path = (path != Path::new("-")).then(|| path.clone());
        Some(Input::List(PathList { path, is_null_separated: self.null }))
    }

    /// Whether the list of paths is standard input.
    pub fn reads_stdin(&self) -> bool {
        self.files_from.as_deref().map(Path::as_os_str) == Some(OsStr::new("-"))
    }
}

fn time(text: &str) -> Result<SystemTime, String> {
    when::since(text).map(SystemTime::from)
}
