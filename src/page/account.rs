//! What was scanned and what was not: from the scan itself, or from what it wrote down
//! (`--summary-json`).

use std::fmt;
use std::io;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::follow::FollowUp;
use crate::scan::{Problem, Summary};
use crate::sink::InputRecord;

/// The account of a scan, as `docs/summary.schema.json` has it, with no more inputs than a page
/// can show.
#[derive(Debug, Clone, Default, Deserialize)]
#[non_exhaustive]
pub struct Account {
    /// The version of flaxscan that scanned.
    pub version: String,
    /// The command line, word by word.
    pub command: Vec<String>,
    /// When the scan began.
    pub started: String,
    /// When it ended.
    pub ended: String,
    /// How long it took.
    pub seconds: f64,
    /// What was looked for.
    #[serde(rename = "indicator_sets")]
    pub sets: Vec<Origin>,
    /// What was searched.
    pub inputs: Inputs,
    /// The sums.
    pub totals: Totals,
    /// What the selection kept from being scanned.
    pub left_out: LeftOut,
    /// What could not be scanned: the first of it.
    pub problems: Vec<Skipped>,
    /// What was passed over on purpose: the first of it.
    pub passed_over: Vec<Skipped>,
    /// Whether it ended because enough was found.
    pub stopped_early: bool,
    /// Whether it was ended from outside.
    pub interrupted: bool,
    /// What it then did not reach.
    pub unreached: Option<Unreached>,
    /// What came of the search for the addresses of DNS answers, where that was asked for. Its hits
    /// are not in the sums.
    pub followed: Option<FollowUp>,
    /// What the program ended with.
    pub exit_status: u8,
}

/// A set of indicators.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Origin {
    /// `built-in`, or the list's path.
    pub name: String,
    /// Of the built-in set.
    pub edition: Option<String>,
    /// Values in it.
    pub indicators: u64,
    /// Of its bytes.
    pub sha256: Option<String>,
}

impl Origin {
    /// A set.
    #[must_use]
    pub fn new(
        name: String,
        edition: Option<String>,
        indicators: u64,
        sha256: Option<String>,
    ) -> Self {
        Self { name, edition, indicators, sha256 }
    }
}

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
            #[non_exhaustive]
            pub struct $name {
                $($(#[$field_doc])* pub $field: u64,)*
            }
        )*
    };
}

counts! {
    /// The sums of a scan.
    Totals {
        /// Inputs that were opened.
        inputs,
        /// Bytes they held.
        bytes_offered,
        /// Bytes that were scanned.
        bytes_scanned,
        /// Lines.
        lines,
        /// Hits.
        hits,
        /// Lines with a hit.
        hit_lines,
        /// Hits that filters left out.
        filtered,
        /// Indicators that were hit.
        indicators_hit,
        /// Indicators that were looked for.
        indicators,
        /// What could not be scanned.
        problems,
        /// What was passed over.
        passed_over,
    }

    /// What the selection left out.
    LeftOut {
        /// Files.
        files,
        /// Their bytes.
        bytes,
        /// Directories, with all that is below them.
        directories,
    }
}

/// What a stopped scan did not reach.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Unreached {
    /// The first of it.
    pub first: Option<String>,
    /// Files that were counted.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether these are all.
    pub exact: bool,
}

/// What kept something from being scanned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Skipped {
    /// Where.
    pub path: Option<String>,
    /// In a sentence.
    pub message: String,
    /// Whether it was on purpose.
    pub by_design: bool,
    /// How many bytes.
    pub bytes: Option<u64>,
}

/// What became of one input.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Input {
    /// Its name as it was given.
    pub path: String,
    /// What it was taken for.
    pub format: Option<String>,
    /// Bytes it held.
    pub bytes_offered: u64,
    /// Bytes that were scanned.
    pub bytes_scanned: u64,
    /// Lines.
    pub lines: u64,
    /// Hits.
    pub hits: u64,
    /// What kept bytes from being scanned.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
}

/// The inputs that are shown: what was not scanned whole before what had hits, that before the
/// rest; of each the first.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// How many there were.
    total: u64,
    /// Not scanned whole; with hits; the others.
    by_rank: [Vec<Input>; 3],
}

impl Inputs {
    /// How many are shown at most.
    pub const SHOWN: usize = 1000;
    /// Problems of one input that are kept.
    const PROBLEMS: usize = 20;

    fn add(&mut self, rank: usize, input: impl FnOnce() -> Input) {
        self.total += 1;
        if self.by_rank[rank].len() < Self::SHOWN {
            self.by_rank[rank].push(input());
        }
    }

    fn rank(has_problems: bool, hits: u64) -> usize {
        match (has_problems, hits) {
            (true, _) => 0,
            (false, 1..) => 1,
            (false, 0) => 2,
        }
    }

    /// How many there were.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Those that are shown.
    pub fn shown(&self) -> impl Iterator<Item = &Input> {
        self.by_rank.iter().flatten().take(Self::SHOWN)
    }
}

impl<'de> Deserialize<'de> for Inputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Inputs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of inputs")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut inputs: A) -> Result<Inputs, A::Error> {
                let mut all = Inputs::default();
                // There may be millions: each is gone before the next one is read.
                while let Some(mut input) = inputs.next_element::<Input>()? {
                    input.skipped.truncate(Inputs::PROBLEMS);
                    all.add(Inputs::rank(!input.skipped.is_empty(), input.hits), || input);
                }
                Ok(all)
            }
        }

        deserializer.deserialize_seq(Each)
    }
}

impl Skipped {
    fn new(problem: &Problem, path: Option<&str>) -> Self {
        Self {
            path: path.map(str::to_owned),
            message: problem.reason.to_string(),
            by_design: problem.reason.is_by_design(),
            bytes: problem.unscanned,
        }
    }
}

impl Account {
    /// Reads what `scan --summary-json` wrote.
    ///
    /// # Errors
    /// What reading gave, and a text that is no summary.
    pub fn read(reader: impl io::Read) -> io::Result<Self> {
        serde_json::from_reader(io::BufReader::new(reader)).map_err(io::Error::from)
    }

    /// Of a scan that begins.
    #[must_use]
    pub fn begin(command: Vec<String>, started: String, sets: Vec<Origin>) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { version, command, started, sets, ..Self::default() }
    }

    /// Writes down an input.
    pub fn input(&mut self, record: &InputRecord<'_>) {
        let has_problems = !record.problems.is_empty() || record.stopped_early;
        self.inputs.add(Inputs::rank(has_problems, record.hits), || {
            let problems = record.problems.iter().take(Inputs::PROBLEMS);
            let mut skipped: Vec<_> = problems.map(|problem| Skipped::new(problem, None)).collect();
            if record.stopped_early {
                skipped.push(Skipped {
                    path: None,
                    message: "enough was found".to_owned(),
                    by_design: true,
                    bytes: Some(record.bytes_offered - record.bytes_scanned),
                });
            }
            Input {
                path: record.path.to_owned(),
                format: record.format.map(str::to_owned),
                bytes_offered: record.bytes_offered,
                bytes_scanned: record.bytes_scanned,
                lines: record.lines,
                hits: record.hits,
                skipped,
            }
        });
    }

    /// The scan is done; `indicators` were looked for.
    pub fn end(&mut self, summary: &Summary, indicators: usize, ended: String, status: u8) {
        let skipped = |problem: &Problem| Skipped::new(problem, Some(&problem.path));
        self.ended = ended;
        self.seconds = summary.elapsed.as_secs_f64();
        self.totals = Totals {
            inputs: summary.files,
            bytes_offered: summary.bytes_offered,
            bytes_scanned: summary.bytes_scanned,
            lines: summary.lines,
            hits: summary.hits,
            hit_lines: summary.hit_lines,
            filtered: summary.filtered,
            indicators_hit: summary.distinct_indicators,
            indicators: indicators as u64,
            problems: summary.problems_total,
            passed_over: summary.passed_over_total,
        };
        self.left_out = LeftOut {
            files: summary.left_out.files,
            bytes: summary.left_out.bytes,
            directories: summary.left_out.directories,
        };
        self.problems = summary.problems.iter().map(skipped).collect();
        self.passed_over = summary.passed_over.iter().map(skipped).collect();
        self.stopped_early = summary.stopped_early;
        self.interrupted = summary.unreached.is_some();
        self.unreached = summary.unreached.as_ref().map(|unreached| Unreached {
            first: unreached.first.clone(),
            files: unreached.files,
            bytes: unreached.bytes,
            exact: unreached.is_exact,
        });
        self.exit_status = status;
    }

    /// All hits, those of followed answers, too.
    #[must_use]
    pub fn hits(&self) -> u64 {
        let followed = self.followed.as_ref().map_or(0, |followed| followed.hits);
        self.totals.hits.saturating_add(followed)
    }

    /// Whether something that was to be searched was not.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        let is_followed = self.followed.as_ref().is_none_or(|followed| !followed.is_incomplete());
        self.totals.problems > 0 || self.interrupted || self.stopped_early || !is_followed
    }
}
