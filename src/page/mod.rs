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
mod seen;
mod sums;
mod tables;
mod template;

use std::io::{self, Write};
use std::thread::{self, Scope, ScopedJoinHandle};

pub use account::{Account, Input, Inputs, LeftOut, Origin, Skipped, Totals, Unreached};
use escape::Html;
pub use gather::Gather;
use row::Rows;
use template::Part;

use crate::tally::{Overview, Standing, Tally};

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
    overview: &'p Overview,
    standing: Standing<'p>,
    gather: &'p Gathered,
    account: Option<&'p Account>,
}

/// The rest of what was gathered.
#[derive(Debug)]
struct Gathered {
    tally: Tally,
    hits: u64,
    rows: Rows,
    sums: Option<sums::Sums>,
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
        data::element(&self.rows, self.sums.as_ref())
    }
}

/// What a page was made of: thousands of rows and their texts. To let them go takes a good part of
/// the time that the page took, so a program that ends here may [`forget`](std::mem::forget) them.
#[derive(Debug)]
pub struct Spent {
    /// What the hits come to, with as many rows as [were asked for](Gather::telling).
    pub overview: Overview,
    _gathered: Gathered,
}

/// Writes the report of what was gathered; `account`: what was scanned, where that is known.
///
/// # Errors
/// What writing to `out` gave.
pub fn write(gather: Gather, account: Option<&Account>, out: &mut dyn Write) -> io::Result<Spent> {
    let Gather { tally, told, rows, sums, hits, published, versions, scanned, .. } = gather;
    let mut rows = rows.into_rows();
    data::fit(&mut rows);
    let versions = versions.into_iter().collect();
    let gathered = Gathered { tally, hits, rows, sums, published, versions, scanned };
    // Somebody waits for it, and there is nothing else to do for the processors. The lines are half of
    // it or more, and need no overview: they have a thread of their own.
    let overview = thread::scope(|scope| {
        let lines = beside(scope, || gathered.lines());
        let standing = gathered.tally.standing();
        let overview = standing.overview(told);
        let page = Page { overview: &overview, standing, gather: &gathered, account };
        page.write(|| lines.map_or_else(|| gathered.lines(), joined), out)?;
        io::Result::Ok(overview)
    })?;
    out.flush()?;
    Ok(Spent { overview, _gathered: gathered })
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
        let mut lines = Some(lines);
        let mut made = Vec::new();
        for part in template::parts(PAGE) {
            match part {
                Part::Markup(markup) => out.write_all(markup.as_bytes())?,
                Part::Slot("style") => out.write_all(STYLE.as_bytes())?,
                Part::Slot(LINES) => {
                    if let Some(lines) = lines.take() {
                        out.write_all(&lines()?)?;
                    }
                }
                Part::Slot(slot) => {
                    let mut html = Html::to(&mut made, out);
                    self.fill(slot, &mut html)?;
                    html.finish()?;
                }
            }
        }
        Ok(())
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
