//! The same log in every wrapping gives the same hits; what is damaged loses nothing that comes
//! before the damage, and says so.

#![expect(clippy::unwrap_used, reason = "tests: helpers are not under #[test]")]

#[path = "wrappings/bounds.rs"]
mod bounds;
#[path = "wrappings/damage.rs"]
mod damage;
#[path = "wrappings/hidden.rs"]
mod hidden;
#[path = "wrappings/matrix.rs"]
mod matrix;
#[path = "wrappings/methods.rs"]
mod methods;
#[path = "wrappings/mixed.rs"]
mod mixed;
#[path = "wrappings/wrap.rs"]
mod wrap;
#[path = "wrappings/zstd_frames.rs"]
mod zstd_frames;

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::LazyLock;

use flaxscan::indicator::IndicatorSet;
use flaxscan::scan::{
    Input, Mapping, Matcher, ProblemReason, Summary, SweepOptions, sweep, sweep_reader,
};
use flaxscan::sink::{Sighting, Sink};

static MATCHER: LazyLock<Matcher> = LazyLock::new(|| Matcher::new(IndicatorSet::embedded()));

/// One hit: path, line number, what matched, and its line.
type Seen = (String, u64, String, String);

/// What a sink was told.
#[derive(Default)]
struct Told {
    hits: Vec<Seen>,
    /// Offset and length of each hit.
    spans: Vec<(u64, u64)>,
    /// Every document, also without hits.
    documents: Vec<String>,
}

impl Sink for Told {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.documents.push(path.to_owned());
        Ok(())
    }

    fn hit(&mut self, sighting: &Sighting<'_>) -> io::Result<ControlFlow<()>> {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let (hit, path) = (sighting.hit, sighting.path.to_owned());
        self.hits.push((path, hit.line, text(sighting.matched), text(sighting.line)));
        self.spans.push((hit.span.start, hit.span.end));
        Ok(ControlFlow::Continue(()))
    }
}

/// A scan's outcome.
struct Scan {
    told: Told,
    summary: Summary,
}

impl Scan {
    fn of_file(path: &Path, options: &SweepOptions) -> Self {
        let mut told = Told::default();
        let input = [Input::Path(path.to_owned())];
        let summary = sweep(&MATCHER, &input, options, &mut told).unwrap();
        Self { told, summary }
    }

    /// As through a pipe.
    fn of_stream(bytes: Vec<u8>, options: &SweepOptions) -> Self {
        let mut told = Told::default();
        let reader = Box::new(io::Cursor::new(bytes));
        let summary = sweep_reader(&MATCHER, "-", reader, options, &mut told).unwrap();
        Self { told, summary }
    }

    fn reasons(&self) -> Vec<&ProblemReason> {
        self.summary.problems.iter().map(|problem| &problem.reason).collect()
    }

    /// Hits without their path.
    fn places(&self) -> Vec<(u64, &str, &str)> {
        let hits = self.told.hits.iter();
        hits.map(|(_, line, matched, text)| (*line, matched.as_str(), text.as_str())).collect()
    }
}

fn options(threads: usize) -> SweepOptions {
    SweepOptions { threads, mapping: Mapping::Auto, ..SweepOptions::default() }
}

/// A log with hits in its first and last line, and lines of every length between.
fn log(lines: usize) -> String {
    let mut text = String::new();
    for number in 0..lines {
        let name = match number % 97 {
            0 => "www.k3121.com",
            50 => "api.c0cc.cc",
            _ => "www.example.org",
        };
        let pad = "x".repeat(number * 31 % 120);
        text += &format!("{number} query[A] {name} from 10.0.0.{} {pad}\n", number % 250);
    }
    text + "the last one: 45.77.231.209 allowed\n"
}
