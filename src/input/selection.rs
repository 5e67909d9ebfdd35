//! Which files below a directory are wanted, and the count of what was left out.
//!
//! An answer to "has anything here talked to them" is only as good as what "here" means, so a
//! filter never works in silence: what it keeps from being scanned is counted.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Which files are scanned. The default is all of them, links not followed.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only files that one of these matches; without any, all. Directories are entered anyway.
    pub include: Globs,
    /// No files that one of these matches; a directory that matches is not entered.
    pub exclude: Globs,
    /// How deep to go: 1 takes the files in the directories given, 0 only the files given.
    pub max_depth: Option<usize>,
    /// Only files modified at this time or later.
    pub modified_from: Option<SystemTime>,
    /// Only files modified before this time.
    pub modified_before: Option<SystemTime>,
    /// Whether symbolic links found in directories are followed. One that is given is, always.
    pub follow_links: bool,
    /// Files that are not scanned because the scan writes to them.
    pub outputs: Outputs,
}

/// Files that a scan writes to. It would find its own hits in them, without end where it reads as
/// fast as it writes. They are known only on Unix.
#[derive(Debug, Clone, Default)]
pub struct Outputs(Vec<Identity>);

impl Outputs {
    /// Adds a file; what is no regular file is passed over.
    pub fn add(&mut self, metadata: &Metadata) {
        #[cfg(unix)]
        if metadata.is_file() {
            self.0.extend(identity(Path::new(""), metadata));
        }
        #[cfg(not(unix))]
        let _ = metadata;
    }

    pub(super) fn contains(&self, path: &Path, metadata: &Metadata) -> bool {
        !self.0.is_empty()
            && identity(path, metadata).is_some_and(|identity| self.0.contains(&identity))
    }
}

/// What a file is, by whatever name.
#[cfg(unix)]
pub(super) type Identity = (u64, u64);
#[cfg(not(unix))]
pub(super) type Identity = std::path::PathBuf;

#[cfg(unix)]
pub(super) fn identity(_: &Path, metadata: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;

    // Some network file systems have no numbers.
    (metadata.ino() != 0).then(|| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(path: &Path, _: &Metadata) -> Option<Identity> {
    std::fs::canonicalize(path).ok()
}

impl Selection {
    /// Whether a file or whatever else is no directory is wanted, by its name. `relative` is its
    /// path below the input it was found under, or the path that was given.
    pub(crate) fn wants_name(&self, relative: &Path) -> bool {
        (self.include.is_empty() || self.include.matches_file(relative))
            && !self.exclude.matches_file(relative)
    }

    /// Whether a regular file is wanted, by its time. One whose time nobody knows is.
    pub(crate) fn wants_time(&self, metadata: &Metadata) -> bool {
        if self.modified_from.is_none() && self.modified_before.is_none() {
            return true;
        }
        metadata.modified().map_or(true, |modified| {
            self.modified_from.is_none_or(|from| modified >= from)
                && self.modified_before.is_none_or(|before| modified < before)
        })
    }

    /// Whether to enter a directory that is `depth` directories below the one given.
    pub(crate) fn wants_directory(&self, relative: &Path, depth: usize) -> bool {
        self.max_depth.is_none_or(|most| depth < most)
            && (depth == 0 || !self.exclude.matches_directory(relative))
    }

    /// Whether it depends on the way to a file if it is wanted.
    pub(crate) fn has_paths(&self) -> bool {
        self.include.has_paths() || self.exclude.has_paths()
    }
}

/// What a [`Selection`] kept from being scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Files.
    pub files: u64,
    /// Bytes in these files.
    pub bytes: u64,
    /// Directories that were not entered. What is below them was not counted.
    pub directories: u64,
}

impl LeftOut {
    /// Whether nothing was left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A set of globs as in `.gitignore` and `rg -g`.
///
/// A glob without `/` is compared with names, `*.log`; one with it, with the path below the
/// directory that was given, `var/*/fw.log`, where `*` and `?` stop at a `/` and `**` does not. A
/// `/` in front only says that it is a path. A `/` at the end says that it is a directory: it
/// matches what is below one.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    names: GlobSet,
    paths: GlobSet,
    directory_names: GlobSet,
    directory_paths: GlobSet,
    /// What lies below the directories of the last two.
    below: GlobSet,
}

/// A glob that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{glob}` is no glob: {reason}")]
pub struct GlobError {
    /// The glob.
    pub glob: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Globs {
    /// Reads globs.
    ///
    /// # Errors
    /// [`GlobError`] names the first one that cannot be understood.
    ///
    /// ```
    /// use flaxscan::input::{Globs, Selection};
    ///
    /// let exclude = Globs::new(["*.gz", "/cache/", "**/old/*.log"])?;
    /// let selection = Selection { exclude, ..Selection::default() };
    /// assert!(Globs::new(["[a"]).is_err());
    /// # Ok::<(), flaxscan::input::GlobError>(())
    /// ```
    pub fn new(globs: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, GlobError> {
        let mut names = GlobSetBuilder::new();
        let mut paths = GlobSetBuilder::new();
        let mut directory_names = GlobSetBuilder::new();
        let mut directory_paths = GlobSetBuilder::new();
        let mut below = GlobSetBuilder::new();
        for glob in globs {
            let glob = glob.as_ref();
            let fail = |reason: String| GlobError { glob: glob.to_owned(), reason };
            let read = |text: &str| {
                let mut glob = GlobBuilder::new(text);
                glob.literal_separator(true).backslash_escape(true);
                glob.build().map_err(|error| fail(error.kind().to_string()))
            };
            let text = glob.strip_prefix("./").unwrap_or(glob);
            let is_directory = text.ends_with('/');
            let text = text.trim_end_matches('/');
            let is_path = text.contains('/');
            let text = text.trim_start_matches('/');
            if text.is_empty() {
                return Err(fail("it is empty".to_owned()));
            }
            match (is_directory, is_path) {
                (false, false) => names.add(read(text)?),
                (false, true) => paths.add(read(text)?),
                (true, false) => {
                    below.add(read(&format!("**/{text}/**"))?);
                    directory_names.add(read(text)?)
                }
                (true, true) => {
                    below.add(read(&format!("{text}/**"))?);
                    directory_paths.add(read(text)?)
                }
            };
        }
        let build = |set: &GlobSetBuilder| {
            set.build().map_err(|error| GlobError {
                glob: error.glob().unwrap_or_default().to_owned(),
                reason: error.kind().to_string(),
            })
        };
        Ok(Self {
            names: build(&names)?,
            paths: build(&paths)?,
            directory_names: build(&directory_names)?,
            directory_paths: build(&directory_paths)?,
            below: build(&below)?,
        })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.paths.is_empty() && self.below.is_empty()
    }

    fn has_paths(&self) -> bool {
        !(self.paths.is_empty() && self.below.is_empty())
    }

    fn matches_file(&self, relative: &Path) -> bool {
        let name = || relative.file_name().unwrap_or(relative.as_os_str());
        !self.is_empty()
            && (self.names.is_match(name())
                || self.paths.is_match(relative)
                || self.below.is_match(relative))
    }

    fn matches_directory(&self, relative: &Path) -> bool {
        let name = || relative.file_name().unwrap_or(relative.as_os_str());
        !self.is_empty()
            && (self.names.is_match(name())
                || self.directory_names.is_match(name())
                || self.paths.is_match(relative)
                || self.directory_paths.is_match(relative))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globs(globs: &[&str]) -> Globs {
        Globs::new(globs).unwrap()
    }

    #[test]
    fn names_match_anywhere_and_paths_from_the_top() {
        for (glob, yes, no) in [
            ("*.log", &["a.log", "x/y/a.log", ".log"][..], &["a.log.1", "a.LOG", "x.log/a"][..]),
            ("fw?.{log,txt}", &["fw1.log", "x/fw2.txt"], &["fw.log", "fw12.log"]),
            ("[a-c].log", &["b.log"], &["d.log"]),
            ("/a.log", &["a.log"], &["x/a.log"]),
            ("x/*.log", &["x/a.log"], &["a.log", "y/x/a.log", "x/y/a.log"]),
            ("./x/*.log", &["x/a.log"], &["y/x/a.log"]),
            ("**/x/*.log", &["x/a.log", "y/x/a.log"], &["x/y/a.log"]),
            ("x/**", &["x/a", "x/y/a"], &["y/x/a", "x"]),
            ("x/", &["x/a", "x/y/a", "z/x/a"], &["x", "xx/a"]),
            ("/x/", &["x/a", "x/y/a"], &["z/x/a", "x"]),
            ("a\\*b", &["a*b"], &["axb"]),
        ] {
            let globs = globs(&[glob]);
            for path in yes {
                assert!(globs.matches_file(Path::new(path)), "{glob} {path}");
            }
            for path in no {
                assert!(!globs.matches_file(Path::new(path)), "{glob} {path}");
            }
        }
    }

    #[test]
    fn directories_are_told_from_files() {
        for (glob, yes, no) in [
            ("x/", &["x", "a/x"][..], &["xx"][..]),
            ("/x/", &["x"], &["a/x"]),
            ("a/x", &["a/x"], &["x", "b/a/x"]),
            ("x", &["x", "a/x"], &["y"]),
        ] {
            let globs = globs(&[glob]);
            for path in yes {
                assert!(globs.matches_directory(Path::new(path)), "{glob} {path}");
            }
            for path in no {
                assert!(!globs.matches_directory(Path::new(path)), "{glob} {path}");
            }
        }
    }

    #[test]
    fn what_is_no_glob_is_named() {
        for glob in ["", "/", "[a", "{a", "./"] {
            let error = Globs::new(["*.log", glob]).unwrap_err();
            assert_eq!(error.glob, glob);
            assert!(!error.reason.is_empty());
        }
    }
}
