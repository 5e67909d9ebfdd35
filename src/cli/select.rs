//! The options of `scan` that say which files are searched.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use clap::error::ErrorKind;
use flaxscan::input::{GlobError, Globs, Input, Outputs, PathList, Selection};
use flaxscan::sink::Timestamp;
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::usage_error;

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

/// A day, a time or an age.
fn time(text: &str) -> Result<SystemTime, String> {
    let time = match age(text) {
        Some(age) => age.and_then(|age| Timestamp::now().checked_sub(age).ok()),
        None => text
            .parse()
            .ok()
            .or_else(|| {
                // A civil time parses as a day, too: it lacks a zone, which must not pass.
                let day = text.parse::<Date>().ok().filter(|_| text.len() == 10)?;
                Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
            })
            .filter(|_| !text.is_empty()),
    };
    let is_what = "neither a day (2026-10-01), a time (2026-10-01T12:00:00Z) nor an age (36h, 7d)";
    time.map(SystemTime::from).ok_or_else(|| is_what.to_owned())
}

/// `36h`; `Some(None)` is an age that is too large.
fn age(text: &str) -> Option<Option<SignedDuration>> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        "w" => 7 * 24 * 60 * 60,
        _ => return None,
    };
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: Option<i64> = number.parse().ok();
    Some(number.and_then(|number| number.checked_mul(seconds)).map(SignedDuration::from_secs))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn days_and_times_are_read() {
        for (text, seconds) in [
            ("1970-01-02", 86_400),
            ("2026-10-01", 1_790_812_800),
            ("2026-10-01T00:00:01Z", 1_790_812_801),
            ("2026-10-01T02:00:00+02:00", 1_790_812_800),
            ("2026-10-01 00:00:00Z", 1_790_812_800),
        ] {
            assert_eq!(time(text), Ok(UNIX_EPOCH + Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn ages_count_back_from_now() {
        for (text, seconds) in
            [("0s", 0), ("90m", 5_400), ("36h", 129_600), ("7d", 604_800), ("2w", 1_209_600)]
        {
            let age = SystemTime::now().duration_since(time(text).unwrap()).unwrap_or_default();
            // The two clocks are not read at the same time.
            let seconds = Duration::from_secs(seconds).abs_diff(age);
            assert!(seconds < Duration::from_secs(60), "{text}: {age:?}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "d",
            "7",
            "7x",
            "-7d",
            "7 d",
            "yesterday",
            "2026-13-01",
            "2026-10",
            "1.5h",
            "2026-10-01T12:00:00",
            "99999999999999999999d",
            "9223372036854775807s",
            "é",
        ] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
