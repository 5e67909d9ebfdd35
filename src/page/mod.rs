//! The report: one HTML file that opens anywhere, without a network and without a server.
//!
//! Hits are [gathered](Gather) in bounded memory while they come in, from a scan or from stored
//! documents; what was scanned is an [`Account`]. [`write()`] makes the page of both. It depends on
//! nothing else, so the same hits give the same page.
//!
//! Lines, names of files and feeds are somebody else's text, and hostile until proven otherwise.
//! What keeps them from acting: types that escape (`page::escape`), data in a block that is
//! no script, a script that puts text into the page as text alone, and a policy in the page that
//! lets only our own script and style run and lets nothing be fetched.

mod account;
mod data;
mod escape;
mod followed;
mod gather;
mod overview;
mod row;
mod scanned;
mod sums;
mod tables;
mod template;

use std::borrow::Cow;
use std::io::{self, Write};
use std::thread::{self, Scope, ScopedJoinHandle};

pub use account::{Account, Input, Inputs, LeftOut, Origin, Skipped, Totals, Unreached};
use escape::Html;
pub use gather::Gather;
use row::Rows;
use template::Part;

use crate::tally::Overview;

/// The scripts, in this order one.
const SCRIPTS: [&str; 6] = [
    include_str!("assets/data.js"),
    include_str!("assets/filter.js"),
    include_str!("assets/lines.js"),
    include_str!("assets/timeline.js"),
    include_str!("assets/tables.js"),
    include_str!("assets/main.js"),
];
const SCRIPT_BEGIN: &str = "\n(async () => {\n\"use strict\";\n";
const SCRIPT_END: &str = "})();\n";
const STYLE: &str = include_str!("assets/page.css");
const PAGE: &str = include_str!("assets/page.html");

/// What the parts of a page are made of.
struct Page<'p> {
    overview: Overview,
    gather: &'p Gathered,
    account: Option<&'p Account>,
}

/// The rest of what was gathered.
#[derive(Debug)]
struct Gathered {
    hits: u64,
    rows: Rows,
    sums: sums::Sums,
    published: hashbrown::HashMap<Box<str>, gather::Published>,
    versions: Vec<String>,
    scanned: Option<(jiff::Timestamp, jiff::Timestamp)>,
}

/// The slot for the lines, which is filled beside all others.
const LINES: &str = "data";

impl Gathered {
    /// Whether every line with a hit is in the page.
    fn is_whole(&self) -> bool {
        self.rows.len() as u64 == self.hits
    }

    fn lines(&self) -> io::Result<Vec<u8>> {
        data::element(&self.rows, (!self.is_whole()).then_some(&self.sums))
    }
}

/// What a page was made of: thousands of rows and their texts. To let them go takes a good part of
/// the time that the page took, so a program that ends here may [`forget`](std::mem::forget) them.
#[derive(Debug)]
pub struct Spent {
    _overview: Overview,
    _gathered: Gathered,
}

/// Writes the report of what was gathered; `account`: what was scanned, where that is known.
///
/// # Errors
/// What writing to `out` gave.
pub fn write(gather: Gather, account: Option<&Account>, out: &mut dyn Write) -> io::Result<Spent> {
    let Gather { tally, rows, sums, hits, published, versions, scanned, .. } = gather;
    let mut rows = rows.into_rows();
    data::fit(&mut rows);
    let versions = versions.into_iter().collect();
    let gathered = Gathered { hits, rows, sums, published, versions, scanned };
    // Somebody waits for it, and there is nothing else to do for the processors: what takes long has
    // a thread of its own. The lines are most of it, and need no overview.
    let overview = thread::scope(|scope| {
        let lines = beside(scope, || gathered.lines());
        // With all rows: the matrix looks pairs up.
        let page = Page { overview: tally.into_overview(), gather: &gathered, account };
        page.write(|| lines.map_or_else(|| gathered.lines(), joined), out)?;
        io::Result::Ok(page.overview)
    })?;
    out.flush()?;
    Ok(Spent { _overview: overview, _gathered: gathered })
}

/// Begins `work` in a thread of its own; nothing where the system has none.
fn beside<'s, T: Send + 's>(
    scope: &'s Scope<'s, '_>,
    work: impl FnOnce() -> T + Send + 's,
) -> Option<ScopedJoinHandle<'s, T>> {
    thread::Builder::new().spawn_scoped(scope, work).ok()
}

/// What a thread made.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

impl Page<'_> {
    /// Writes all parts in their order; `lines` gives the lines.
    fn write(
        &self,
        lines: impl FnOnce() -> io::Result<Vec<u8>>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        thread::scope(|scope| {
            let is_long = |part| matches!(part, Part::Slot("machines" | "indicators"));
            let begin = |part| {
                (part, is_long(part).then(|| beside(scope, move || self.make(part))).flatten())
            };
            let begun: Vec<_> = template::parts(PAGE).map(begin).collect();
            // All others meanwhile, before one is waited for.
            let make = |(part, thread): (Part, Option<_>)| {
                let made = if thread.is_none() { self.make(part) } else { Ok(Cow::default()) };
                (part, thread, made)
            };
            let made: Vec<_> = begun.into_iter().map(make).collect();
            let mut lines = Some(lines);
            for (part, thread, made) in made {
                let made = match lines.take_if(|_| part == Part::Slot(LINES)) {
                    Some(lines) => Cow::Owned(lines()?),
                    None => thread.map_or(made, joined)?,
                };
                out.write_all(&made)?;
            }
            Ok(())
        })
    }

    /// A part of the page.
    fn make(&self, part: Part) -> io::Result<Cow<'static, [u8]>> {
        let slot = match part {
            Part::Markup(markup) => return Ok(Cow::Borrowed(markup.as_bytes())),
            Part::Slot("style") => return Ok(Cow::Borrowed(STYLE.as_bytes())),
            Part::Slot(slot) => slot,
        };
        let mut made = Vec::with_capacity(self.room(slot));
        self.fill(slot, &mut Html::new(&mut made))?;
        Ok(Cow::Owned(made))
    }

    /// About the bytes that a slot takes: what grows is copied, and leaves its old places behind.
    fn room(&self, slot: &str) -> usize {
        let rows = |rows: usize| 4096 + rows.min(tables::ROWS) * tables::ROW;
        match slot {
            "machines" => rows(self.overview.by_host.len()),
            "indicators" => rows(self.overview.by_indicator.len()),
            "script" => SCRIPTS.iter().map(|script| script.len()).sum::<usize>() + 256,
            _ => 0,
        }
    }

    fn fill(&self, slot: &str, html: &mut Html<'_>) -> io::Result<()> {
        match slot {
            "policy" => html.text(&policy()),
            "version" => html.text(env!("CARGO_PKG_VERSION")),
            "script" => {
                html.raw(SCRIPT_BEGIN)?;
                SCRIPTS.iter().try_for_each(|script| html.raw(script))?;
                html.raw(SCRIPT_END)
            }
            "title" => {
                let hits = crate::words::plural(self.gather.hits, "hit");
                html.text(&format!("flaxscan report: {hits}"))
            }
            "headline" => html.text(&self.overview.headline),
            "lead" => self.lead(html),
            "overview" => self.figures(html),
            "timeline" => self.over_time(html),
            "machines" => self.machines(html),
            "indicators" => self.indicators(html),
            "matrix" => self.matrix(html),
            "lines-note" => self.lines_note(html),
            "lines" => self.first_lines(html),
            "scanned" => self.what_was_scanned(html),
            "method" => self.method(html),
            "footer" => self.footer(html),
            LINES => Ok(()),
            // A test sees to it that there is none.
            _ => Err(io::Error::other(format!("the page has no part `{slot}`"))),
        }
    }
}

/// What the page may do: run the script and the style that have these hashes, and nothing else.
fn policy() -> String {
    let script: Vec<&str> = [SCRIPT_BEGIN].into_iter().chain(SCRIPTS).chain([SCRIPT_END]).collect();
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
        template::hash(&script),
        template::hash(&[STYLE]),
    )
}
