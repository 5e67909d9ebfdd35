//! The head of the page: what happened, how much of it, when.

use std::io;
use std::time::Duration;

use super::escape::Html;
use super::{Account, Page};
use crate::follow::FollowUp;
use crate::tally::{Figures, Histogram, Number};
use crate::words::{grouped, plural, size, time};

/// What a bar is coloured by, what it counts, how often.
type Share = (&'static str, &'static str, u64);

impl Page<'_> {
    /// Below the headline: what has to be known before anything else is read.
    pub(super) fn lead(&self, html: &mut Html<'_>) -> io::Result<()> {
        if self.gather.hits == 0 {
            html.raw(
                "<p class=\"lead\">“No hits” is not “not compromised”: it means that none of the \
                 values looked for stands in what was scanned.</p>\n",
            )?;
        }
        let Some(account) = self.account else {
            return html.raw(
                "<div class=\"warning\" role=\"note\"><p>This report was made of hits alone. \
                 <strong>What was scanned, and what could not be, is not known to it</strong>: \
                 <code>flaxscan report HITS --summary CASE.json</code> adds that.</p></div>\n",
            );
        };
        if account.is_incomplete() {
            incomplete(account, html)?;
        }
        if let Some(followed) = &account.followed {
            let sentence = super::followed::sentence(followed);
            html.within("<p class=\"lead\">", sentence, " <a href=\"#followed\">")?;
            html.raw("Which answers</a></p>\n")?;
        }
        if account.hits() != self.gather.hits {
            html.raw("<div class=\"warning\" role=\"note\"><p>")?;
            html.text(&format!(
                "The summary speaks of {}, and {} were given: they are not of the same scan, or \
                 some were left out in between.",
                plural(account.hits(), "hit"),
                grouped(self.gather.hits),
            ))?;
            html.raw("</p></div>\n")?;
        }
        Ok(())
    }

    pub(super) fn figures(&self, html: &mut Html<'_>) -> io::Result<()> {
        let overview = &self.overview;
        let totals = &overview.totals;
        html.raw("<dl class=\"cards\">\n")?;
        let severe = overview.levels.critical + overview.levels.high;
        card(
            html,
            "Hits",
            &grouped(totals.hits),
            &format!("{} critical or high", grouped(severe)),
        )?;
        card(
            html,
            "Machines inside",
            &number(overview.hosts),
            &match overview.without_host {
                0 => String::new(),
                lines => format!("{} name none", plural(lines, "hit")),
            },
        )?;
        card(
            html,
            "Indicators hit",
            &number(overview.indicators),
            &match self.account {
                Some(account) => format!("of {}", grouped(account.totals.indicators)),
                None => String::new(),
            },
        )?;
        card(
            html,
            "Let through",
            &grouped(totals.verdicts.allowed),
            &format!(
                "{} blocked, {} not said",
                grouped(totals.verdicts.blocked),
                grouped(totals.verdicts.unknown),
            ),
        )?;
        if let Some(account) = self.account {
            let sums = &account.totals;
            let lines = format!("{}, {}", size(sums.bytes_scanned), plural(sums.lines, "line"));
            card(html, "Inputs scanned", &grouped(sums.inputs), &lines)?;
        }
        html.raw("<div class=\"card\"><dt>Period (UTC)</dt><dd class=\"period\">")?;
        period(html, totals)?;
        html.raw("</dd></div>\n</dl>\n<div class=\"shares\">\n")?;
        let levels = &overview.levels;
        shares(
            html,
            "Severity",
            &[
                ("critical", "critical", levels.critical),
                ("high", "high", levels.high),
                ("medium", "medium", levels.medium),
                ("low", "low", levels.low),
                ("unsaid", "not known", levels.unknown),
            ],
        )?;
        let verdicts = &totals.verdicts;
        shares(
            html,
            "Verdict",
            &[
                ("allowed", "allowed", verdicts.allowed),
                ("blocked", "blocked", verdicts.blocked),
                ("unsaid", "not said", verdicts.unknown),
            ],
        )?;
        let windows = &overview.windows;
        shares(
            html,
            "Published window",
            &[
                ("other", "inside", windows.inside),
                ("other", "before", windows.before),
                ("other", "after", windows.after),
                ("unsaid", "unknown", windows.unknown),
            ],
        )?;
        let ways = &overview.directions;
        shares(
            html,
            "Direction",
            &[
                ("other", "outbound", ways.outbound),
                ("other", "inbound", ways.inbound),
                ("other", "internal", ways.internal),
                ("other", "external", ways.external),
                ("unsaid", "not said", ways.unknown),
            ],
        )?;
        html.raw("</div>\n")
    }

    /// The time line as it is without a script.
    pub(super) fn over_time(&self, html: &mut Html<'_>) -> io::Result<()> {
        let totals = &self.overview.totals;
        let Some(histogram) = &self.overview.over_time else {
            return html.raw("<p>No line with a hit has a time.</p>\n");
        };
        if totals.undated > 0 {
            let lines = plural(totals.undated, "hit");
            html.within("<p class=\"note\">Not in it: ", lines, " without a time.</p>\n")?;
        }
        if !self.gather.is_whole() {
            html.raw(
                "<p class=\"note\">There are more hits than lines in this page, so times are \
                summed up, and lanes are told apart for the first ",
            )?;
            html.show(super::sums::Sums::NAMES)?;
            html.raw(" indicators and machines. All hits are in the columns at the top.</p>\n")?;
        }
        static_histogram(html, histogram)
    }
}

fn incomplete(account: &Account, html: &mut Html<'_>) -> io::Result<()> {
    let totals = &account.totals;
    html.raw(
        "<div class=\"warning\" role=\"note\"><p><strong>Not everything was scanned.</strong> ",
    )?;
    if totals.problems > 0 {
        let were = if totals.problems == 1 { "was" } else { "were" };
        html.text(&format!("There {were} {}. ", plural(totals.problems, "problem")))?;
    }
    if account.interrupted {
        html.raw("The scan was ended before it was done. ")?;
    } else if account.stopped_early {
        html.raw("The scan ended when enough was found, as it was asked to. ")?;
    }
    if account.followed.as_ref().is_some_and(FollowUp::is_incomplete) {
        html.raw("The second search, for the addresses of DNS answers, is not whole. ")?;
    }
    let missed = totals.bytes_offered.saturating_sub(totals.bytes_scanned);
    if missed > 0 {
        html.text(&format!("At least {} were not scanned. ", size(missed)))?;
    }
    html.raw("<a href=\"#scanned\">What was not scanned</a></p></div>\n")
}

fn card(html: &mut Html<'_>, name: &'static str, value: &str, of: &str) -> io::Result<()> {
    html.within("<div class=\"card\"><dt>", name, "</dt>")?;
    html.within("<dd>", value, "")?;
    if !of.is_empty() {
        html.within(" <span class=\"of\">", of, "</span>")?;
    }
    html.raw("</dd></div>\n")
}

/// `about 1,234`.
pub(super) fn number(number: Number) -> String {
    let about = if number.is_estimate { "about " } else { "" };
    format!("{about}{}", grouped(number.value))
}

fn period(html: &mut Html<'_>, totals: &Figures) -> io::Result<()> {
    match (totals.first, totals.last) {
        (Some(first), Some(last)) => {
            html.text(&crate::words::minute(first))?;
            html.raw("<br>")?;
            html.text(&crate::words::minute(last))
        }
        _ => html.raw("not said"),
    }
}

fn shares(html: &mut Html<'_>, name: &'static str, shares: &[Share]) -> io::Result<()> {
    let total: u64 = shares.iter().map(|(_, _, hits)| hits).sum();
    html.within("<div class=\"share\"><h3>", name, "</h3><table><tbody>\n")?;
    for &(class, label, hits) in shares {
        if hits == 0 && class == "unsaid" {
            continue;
        }
        html.within("<tr><th scope=\"row\">", label, "</th><td class=\"number\">")?;
        html.text(&grouped(hits))?;
        html.raw(
            "</td><td><svg viewBox=\"0 0 100 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
             <rect class=\"track\" width=\"100\" height=\"12\"/><rect class=\"fill ",
        )?;
        html.raw(class)?;
        let share = if total == 0 { 0.0 } else { hits as f64 * 100.0 / total as f64 };
        html.raw("\" width=\"")?;
        html.show(format_args!("{share:.2}"))?;
        html.raw("\" height=\"12\"/></svg></td></tr>\n")?;
    }
    html.raw("</tbody></table></div>\n")
}

fn static_histogram(html: &mut Html<'_>, histogram: &Histogram) -> io::Result<()> {
    let most = histogram.counts.iter().copied().max().unwrap_or(0).max(1);
    html.raw(
        "<div id=\"time-static\"><svg preserveAspectRatio=\"none\" role=\"img\" \
        aria-label=\"Hits over time\" viewBox=\"0 0 ",
    )?;
    html.show(histogram.counts.len() * 10)?;
    html.raw(" 100\">")?;
    for (at, &count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let high = (count as f64 * 96.0 / most as f64).max(2.0);
        html.raw("<rect class=\"fill\" width=\"8\" x=\"")?;
        html.show(at * 10 + 1)?;
        html.raw("\" y=\"")?;
        html.show(format_args!("{:.1}", 100.0 - high))?;
        html.raw("\" height=\"")?;
        html.show(format_args!("{high:.1}"))?;
        html.raw("\"/>")?;
    }
    html.raw("</svg><p class=\"note\">From ")?;
    html.text(&crate::words::minute(histogram.start))?;
    html.raw(" UTC, a column is ")?;
    html.text(&match histogram.bucket_seconds {
        days @ 86_400.. => plural(days.unsigned_abs() / 86_400, "day"),
        seconds => time(Duration::from_secs(seconds.unsigned_abs())),
    })?;
    html.within("; the highest is ", plural(most, "hit"), ".</p></div>\n")
}
