//! What was scanned and what was not, how, and what it means.

use std::io;
use std::time::Duration;

use super::escape::Html;
use super::row::cut_name;
use super::{Account, Inputs, Page, Skipped};
use crate::indicator::FLAX_TYPHOON;
use crate::words::{grouped, plural, size, time};

/// Problems that are named.
const NAMED: usize = 500;

impl Page<'_> {
    pub(super) fn what_was_scanned(&self, html: &mut Html<'_>) -> io::Result<()> {
        let Some(account) = self.account else {
            html.raw("<p>Not known: this report was made of hits alone.</p>\n")?;
            if let Some((first, last)) = self.gather.scanned {
                html.raw("<dl class=\"facts\">")?;
                let began = if first == last {
                    shown_time(&first.to_string())
                } else {
                    format!(
                        "{} to {}",
                        shown_time(&first.to_string()),
                        shown_time(&last.to_string())
                    )
                };
                fact(html, "Scan began", &began)?;
                fact(html, "Inputs with hits", &super::overview::number(self.overview.files))?;
                html.raw("</dl>\n")?;
            }
            return Ok(());
        };
        let totals = &account.totals;
        html.raw("<dl class=\"facts\">\n")?;
        let took = Duration::try_from_secs_f64(account.seconds).unwrap_or_default();
        let when = format!("{} to {}", shown_time(&account.started), shown_time(&account.ended));
        fact(html, "When (UTC)", &format!("{when}, {}", time(took)))?;
        fact(
            html,
            "Scanned",
            &format!(
                "{} of {} in {}, {}",
                size(totals.bytes_scanned),
                size(totals.bytes_offered),
                plural(totals.inputs, "input"),
                plural(totals.lines, "line"),
            ),
        )?;
        fact(
            html,
            "Found",
            &format!(
                "{} on {}{}",
                plural(totals.hits, "hit"),
                plural(totals.hit_lines, "line"),
                match &account.followed {
                    Some(followed) if followed.hits > 0 =>
                        format!(", and {} by followed answers", grouped(followed.hits)),
                    _ => String::new(),
                },
            ),
        )?;
        if totals.filtered > 0 {
            let hits = plural(totals.filtered, "hit");
            fact(html, "Filtered", &format!("{hits} left out, as the options of the scan said"))?;
        }
        if account.left_out.files > 0 || account.left_out.directories > 0 {
            fact(
                html,
                "Left out",
                &format!(
                    "{}, {}, and {} with all that is below, as the options of the scan said",
                    plural(account.left_out.files, "file"),
                    size(account.left_out.bytes),
                    match account.left_out.directories {
                        1 => "1 directory".to_owned(),
                        many => format!("{} directories", grouped(many)),
                    },
                ),
            )?;
        }
        not_reached(account, html)?;
        html.raw("<dt>Looked for</dt><dd>")?;
        html.text(&plural(totals.indicators, "indicator"))?;
        for set in &account.sets {
            html.within("<br><span class=\"data\">", cut_name(&set.name), "</span>")?;
            if let Some(edition) = &set.edition {
                html.text(&format!(", edition {edition}"))?;
            }
            html.text(&format!(", {}", plural(set.indicators, "value")))?;
            if let Some(sha256) = &set.sha256 {
                html.within("<br><span class=\"code faint\">SHA-256 ", sha256, "</span>")?;
            }
        }
        html.raw("</dd>")?;
        fact(html, "Ended with", &format!("exit status {}", account.exit_status))?;
        html.raw("</dl>\n")?;
        if totals.problems > 0 {
            html.raw("<h3>What could not be scanned</h3>\n")?;
            skipped(html, &account.problems, totals.problems)?;
        }
        if totals.passed_over > 0 {
            html.raw("<h3>What was passed over</h3>\n")?;
            skipped(html, &account.passed_over, totals.passed_over)?;
        }
        if let Some(followed) = &account.followed {
            super::followed::write(html, followed)?;
        }
        inputs(html, &account.inputs)
    }

    pub(super) fn method(&self, html: &mut Html<'_>) -> io::Result<()> {
        html.raw(
            "<p>flaxscan looks for published addresses, names, URLs, hashes and fingerprints as \
             whole tokens, in plain text and through the usual encodings; then it reads the lines \
             that hit for what they say of time, ends, direction and verdict. A machine inside is \
             the end of a connection that is not the indicator, or by direction the one on this \
             side.</p>\n\
             <p><strong>Severity</strong>, 0 to 100, is a documented sum of what the publication \
             says and what the line shows: critical from 90, high from 70, medium from 40. It \
             orders a list; it is no probability. <strong>Published window</strong> says whether \
             the line’s time lies within the dates that the publication gives, with a grace of 30 \
             days on each side unless the scan was told another. <strong>Verdict</strong> is the \
             device’s own, where the line has one. Addresses change hands: an old hit on a rented \
             address outside its window is weak.</p>\n",
        )?;
        if self.speaks_of_flax_typhoon() {
            html.raw(
                "<h3>Context</h3>\n<p>On 2025-01-03 the Office of Foreign Assets Control \
                (OFAC) of the US Department of the Treasury designated Integrity Technology Group; \
                public reporting links the company to the activity tracked as ",
            )?;
            html.text(&format!(
                "{} (also {}). ",
                FLAX_TYPHOON.name,
                FLAX_TYPHOON.aliases.join(", ")
            ))?;
            html.raw(
                "Whether contact with a sanctioned entity has legal consequences is a \
                question for counsel and compliance: a hit shows that a listed value stands in a \
                log, by itself neither a compromise nor dealings.</p>\n",
            )?;
        }
        html.raw("<h3>Versions</h3>\n<dl class=\"facts\">\n")?;
        let scanned = self.gather.versions.join(", ");
        let scanned = self.account.map_or(scanned.as_str(), |account| account.version.as_str());
        if !scanned.is_empty() {
            fact(html, "Scanned by", &format!("flaxscan {scanned}"))?;
        }
        fact(html, "Page written by", concat!("flaxscan ", env!("CARGO_PKG_VERSION")))?;
        if let Some(account) = self.account.filter(|account| !account.command.is_empty()) {
            html.raw("<dt>Command line</dt><dd><code class=\"data\">")?;
            let words: Vec<_> = account.command.iter().map(|word| quoted(word)).collect();
            html.text(&words.join(" "))?;
            html.raw("</code></dd>")?;
        }
        if !self.overview.datasets.is_empty() {
            let named = self
                .overview
                .datasets
                .iter()
                .map(|dataset| format!("{} ({})", dataset.name, grouped(dataset.hits)));
            fact(html, "Log formats", &named.collect::<Vec<_>>().join(", "))?;
        }
        html.raw("</dl>\n")
    }

    /// Whether what was looked for has to do with the designation.
    fn speaks_of_flax_typhoon(&self) -> bool {
        let is_looked_for =
            |account: &Account| account.sets.iter().any(|set| set.name == "built-in");
        let is_hit = self.standing.indicators().any(|row| {
            let group = row.group.as_deref().unwrap_or_default();
            group.starts_with(FLAX_TYPHOON.name) || *row.class == *"sanctioned-entity"
        });
        is_hit || self.account.is_none_or(is_looked_for)
    }

    pub(super) fn footer(&self, html: &mut Html<'_>) -> io::Result<()> {
        html.raw("<p>Written by flaxscan ")?;
        html.raw(env!("CARGO_PKG_VERSION"))?;
        html.raw(
            ". This file needs no network and asks for nothing. It holds lines of your logs: \
            treat it as you treat them.</p>\n",
        )
    }
}

pub(super) fn fact(html: &mut Html<'_>, name: &'static str, value: &str) -> io::Result<()> {
    html.within("<dt>", name, "</dt>")?;
    html.within("<dd class=\"data\">", value, "</dd>\n")
}

/// `2026-10-08 12:00:00` of RFC 3339.
pub(super) fn shown_time(time: &str) -> String {
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    time.trim_end_matches('Z').replace('T', " ")
}

/// A word of a command line, so that it can be read as one.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,@+%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn not_reached(account: &Account, html: &mut Html<'_>) -> io::Result<()> {
    if account.interrupted {
        html.raw("<dt>Stopped</dt><dd class=\"problem data\">")?;
        match &account.unreached {
            Some(unreached) if unreached.files > 0 || unreached.first.is_some() => {
                let least = if unreached.exact { "" } else { "at least " };
                let files = plural(unreached.files, "file");
                html.text(&format!("not reached: {least}{files}, {}", size(unreached.bytes)))?;
                if let Some(first) = &unreached.first {
                    html.within(", from ", cut_name(first), " on")?;
                }
            }
            Some(unreached) if !unreached.exact => {
                html.raw("what follows in order was not scanned")?;
            }
            _ => html.raw("every other input was scanned")?,
        }
        html.raw("</dd>")?;
    } else if account.stopped_early {
        html.raw(
            "<dt>Stopped</dt><dd class=\"problem\">when enough was found, as the scan was \
            asked to: what follows was not scanned</dd>",
        )?;
    }
    Ok(())
}

fn skipped(html: &mut Html<'_>, all: &[Skipped], total: u64) -> io::Result<()> {
    let named = all.len().min(NAMED);
    if total > named as u64 {
        let first = format!("{} of {}", grouped(named as u64), grouped(total));
        html.within("<p class=\"note\">The first ", first, ".</p>\n")?;
    }
    html.raw(
        "<div class=\"scroll\"><table class=\"sorted bounded\"><thead><tr><th scope=\"col\" data-sort=\"text\">\
         Where</th><th scope=\"col\" data-sort=\"text\">Why</th><th scope=\"col\" class=\"number\" \
         data-sort=\"number\">Not scanned</th></tr></thead><tbody>\n",
    )?;
    for problem in all.iter().take(NAMED) {
        let path = problem.path.as_deref().unwrap_or_default();
        html.within("<tr><td class=\"data\">", cut_name(path), "</td>")?;
        html.within("<td class=\"data\">", cut_name(&problem.message), "</td>")?;
        unscanned(html, problem.bytes)?;
        html.raw("</tr>\n")?;
    }
    html.raw("</tbody></table></div>\n")
}

fn unscanned(html: &mut Html<'_>, bytes: Option<u64>) -> io::Result<()> {
    let sort = bytes.map(|bytes| bytes.to_string()).unwrap_or_default();
    html.within("<td class=\"number\" data-sort=\"", sort, "\">")?;
    html.text(&bytes.map_or("not known".to_owned(), size))?;
    html.raw("</td>")
}

fn inputs(html: &mut Html<'_>, inputs: &Inputs) -> io::Result<()> {
    if inputs.total() == 0 {
        return Ok(());
    }
    html.raw("<h3>Inputs</h3>\n")?;
    let shown = inputs.shown().count();
    if inputs.total() > shown as u64 {
        html.within("<p class=\"note\">", grouped(shown as u64), " of ")?;
        html.within(
            "",
            grouped(inputs.total()),
            ": those that were not scanned whole before \
            those with hits, and these before the rest. The summary of the scan has all.</p>\n",
        )?;
    }
    html.raw(
        "<div class=\"scroll\"><table class=\"sorted bounded\"><thead><tr>\
         <th scope=\"col\" data-sort=\"text\">Input</th><th scope=\"col\" data-sort=\"text\">Taken for</th>\
         <th scope=\"col\" class=\"number\" data-sort=\"number\">Scanned</th>\
         <th scope=\"col\" class=\"number\" data-sort=\"number\">Lines</th>\
         <th scope=\"col\" class=\"number\" data-sort=\"number\">Hits</th>\
         <th scope=\"col\" data-sort=\"text\">Not scanned</th></tr></thead><tbody>\n",
    )?;
    for input in inputs.shown() {
        let path = cut_name(&input.path);
        if input.hits > 0 {
            html.within("<tr><th scope=\"row\" class=\"data\" data-file=\"", &path, "\">")?;
        } else {
            html.raw("<tr><th scope=\"row\" class=\"data\">")?;
        }
        html.within("", &path, "</th>")?;
        html.within("<td>", input.format.as_deref().unwrap_or("not opened"), "</td>")?;
        let parts = [
            (input.bytes_scanned, size(input.bytes_scanned)),
            (input.lines, grouped(input.lines)),
            (input.hits, grouped(input.hits)),
        ];
        for (number, text) in parts {
            html.within("<td class=\"number\" data-sort=\"", number, "\">")?;
            html.within("", text, "</td>")?;
        }
        html.raw("<td class=\"data\">")?;
        for (at, problem) in input.skipped.iter().enumerate() {
            html.raw(if at > 0 { "<br>" } else { "" })?;
            html.raw(if problem.by_design { "<span>" } else { "<span class=\"problem\">" })?;
            html.text(&cut_name(&problem.message))?;
            if let Some(bytes @ 1..) = problem.bytes {
                html.text(&format!(" ({})", size(bytes)))?;
            }
            html.raw("</span>")?;
        }
        html.raw("</td></tr>\n")?;
    }
    html.raw("</tbody></table></div>\n")
}
