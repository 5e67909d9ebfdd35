//! The tables: machines, indicators, who met what, and the first of the lines.
//!
//! Those of machines and indicators are most of a small page, and their rows are written as short as
//! HTML allows: without end tags, which may be left out, and without classes where the column
//! says the same. A name that is to be a button is said once: `data-host` is empty, and means the
//! cell's own text.

use std::io;

use hashbrown::HashMap;
use jiff::Timestamp;

use super::Page;
use super::escape::Html;
use super::overview::number;
use super::row::{Row, cut_name};
use crate::assess::Level;
use crate::record::Verdict;
use crate::tally::{Figures, Number, PairRow};
use crate::words::{digits, grouped, minute, minute_in, plural, size};

/// Rows of a table. More can be had from the hits; nobody reads them in a page.
const ROWS: usize = 500;
/// Regular pairs that are named.
const REGULAR: usize = 50;
/// Machines and indicators that the matrix has.
const MATRIX: usize = 25;
/// Lines that are there without a script.
const LINES: usize = 50;

impl Page<'_> {
    pub(super) fn machines(&self, html: &mut Html<'_>) -> io::Result<()> {
        let hosts = self.standing.hosts();
        if hosts.len() == 0 {
            return html.raw("<p>No line names a machine inside.</p>\n");
        }
        html.raw(
            "<p class=\"note\">Who on this side met listed infrastructure: the worst first. \
            A resolver or a proxy may stand for machines behind it. Sent: at most (≤) so much where \
            lines give only the sum of both ways. Times are UTC.</p>\n",
        )?;
        shortened(html, hosts.len(), "machines", self.overview.estimated.hosts_floor)?;
        html.raw(
            "<div class=\"scroll\"><table class=\"sorted bounded machines\"><thead><tr>\
             <th scope=\"col\" data-sort=\"text\">Machine</th><th scope=\"col\" data-sort=\"number\">Worst</th>\
             <th scope=\"col\" class=\"number\" data-sort=\"number\">Hits</th>\
             <th scope=\"col\" class=\"number\" data-sort=\"number\">Let through</th>\
             <th scope=\"col\" class=\"number\" data-sort=\"number\">Blocked</th>\
             <th scope=\"col\" class=\"number\" data-sort=\"number\">Indicators</th>\
             <th scope=\"col\" class=\"number\" data-sort=\"number\">Sent</th>\
             <th scope=\"col\" data-sort=\"text\">First seen</th><th scope=\"col\" data-sort=\"text\">Last seen</th>\
             <th scope=\"col\" data-sort=\"text\">Accounts</th><th scope=\"col\">First contact</th>\
             </tr></thead><tbody>\n",
        )?;
        for host in hosts.take(ROWS) {
            let figures = &host.figures;
            html.raw("<tr>")?;
            named(html, "host", &host.name)?;
            worst(html, figures.severity)?;
            hits(html, figures)?;
            count(html, figures.verdicts.allowed)?;
            count(html, figures.verdicts.blocked)?;
            about(html, host.indicators)?;
            sent(html, figures)?;
            when(html, figures.first)?;
            when(html, figures.last)?;
            html.within("<td class=data>", host.users.join(", "), "")?;
            html.raw(if host.more_users { ", …" } else { "" })?;
            html.raw("<td class=data>")?;
            if let Some(first) = &host.first_contact {
                html.within("", cut_name(&first.indicator), "<span class=place>")?;
                html.within("", cut_name(&first.file), ":")?;
                html.within("", first.line, "</span>")?;
            }
            html.end_of_row()?;
        }
        html.raw("</tbody></table></div>\n")?;
        self.regular(html)
    }

    /// Who comes back like a clock.
    fn regular(&self, html: &mut Html<'_>) -> io::Result<()> {
        let regular = self.standing.regular();
        if regular.len() == 0 {
            return Ok(());
        }
        html.raw(
            "<h3>Regular contacts</h3>\n<p class=\"note\">Machines that came back like a \
            clock, as programs do. Programs of yours do, too: look at what it is.</p>\n",
        )?;
        shortened_to(html, regular.len(), REGULAR, "pairs", 0)?;
        html.raw(
            "<div class=\"scroll\"><table class=\"sorted regular\"><thead><tr>\
             <th scope=\"col\" data-sort=\"text\">Machine</th><th scope=\"col\" data-sort=\"text\">Indicator</th>\
             <th scope=\"col\">How regularly</th><th scope=\"col\" data-sort=\"number\">Worst</th>\
             <th scope=\"col\" class=\"number\" data-sort=\"number\">Hits</th>\
             <th scope=\"col\" data-sort=\"text\">First seen</th><th scope=\"col\" data-sort=\"text\">Last seen</th>\
             </tr></thead><tbody>\n",
        )?;
        for pair in regular.take(REGULAR) {
            html.raw("<tr>")?;
            named(html, "host", &pair.host)?;
            named_cell(html, &pair.indicator)?;
            html.within("<td>", pair.rhythm.words().unwrap_or_default(), "")?;
            worst(html, pair.figures.severity)?;
            hits(html, &pair.figures)?;
            when(html, pair.figures.first)?;
            when(html, pair.figures.last)?;
            html.end_of_row()?;
        }
        html.raw("</tbody></table></div>\n")
    }

    pub(super) fn indicators(&self, html: &mut Html<'_>) -> io::Result<()> {
        let indicators = self.standing.indicators();
        if indicators.len() == 0 {
            return html.raw("<p>None was hit.</p>\n");
        }
        html.raw(
            "<p class=\"note\">What each is, who published it, and when it was seen: there, \
            and here. Where several matched, the best one counts. Times are UTC.</p>\n",
        )?;
        shortened(html, indicators.len(), "indicators", self.overview.estimated.indicators_floor)?;
        html.raw(
            "<div class=\"scroll\"><table class=\"sorted bounded indicators\"><thead><tr>\
             <th scope=\"col\" data-sort=\"text\">Indicator</th><th scope=\"col\" data-sort=\"text\">What it is</th>\
             <th scope=\"col\" data-sort=\"text\">Published by</th><th scope=\"col\" data-sort=\"text\">Confidence</th>\
             <th scope=\"col\" data-sort=\"text\">Published window</th><th scope=\"col\" data-sort=\"number\">Worst</th>\
             <th scope=\"col\" class=\"number\" data-sort=\"number\">Hits</th>\
             <th scope=\"col\" class=\"number\" data-sort=\"number\">Machines</th>\
             <th scope=\"col\" data-sort=\"text\">First seen here</th><th scope=\"col\" data-sort=\"text\">Last seen here</th>\
             </tr></thead><tbody>\n",
        )?;
        let mut publications: Vec<&str> = Vec::new();
        for row in indicators.take(ROWS) {
            html.raw("<tr>")?;
            named(html, "indicator", &row.name)?;
            html.within("<td class=data>", cut_name(&row.description), "")?;
            if *row.class == *"sanctioned-entity" {
                html.raw(
                    "<span class=\"place\">a sanctioned company’s own site: a question for \
                    compliance, not a compromise</span>",
                )?;
            }
            html.within("<td class=data>", cut_name(&row.provider), "")?;
            let published = self.gather.published.get(&*row.name);
            if let Some(published) = published.filter(|published| !published.reference.is_empty()) {
                let known = publications.iter().position(|known| **known == *published.reference);
                let at = known.unwrap_or_else(|| {
                    publications.push(&published.reference);
                    publications.len() - 1
                });
                html.within(" <a href=\"#publication-", at + 1, "\">")?;
                html.within("[", at + 1, "]</a>")?;
            }
            html.within("<td>", &row.confidence, "<td>")?;
            if let Some(published) = published {
                let day = |time: Option<Timestamp>| {
                    let minute = time.map(minute);
                    // `2024-11-14`: sources publish days.
                    minute.map_or("…".to_owned(), |minute| match minute.rsplit_once(' ') {
                        Some((day, _)) => day.to_owned(),
                        None => minute,
                    })
                };
                if published.first_seen.is_some() || published.last_seen.is_some() {
                    html.text(&format!("{} –", day(published.first_seen)))?;
                    html.within("<br>", day(published.last_seen), "")?;
                } else {
                    html.raw("<span class=\"faint\">none</span>")?;
                }
            }
            worst(html, row.figures.severity)?;
            hits(html, &row.figures)?;
            about(html, row.hosts)?;
            when(html, row.figures.first)?;
            when(html, row.figures.last)?;
            html.end_of_row()?;
        }
        html.raw("</tbody></table></div>\n")?;
        if publications.is_empty() {
            return Ok(());
        }
        html.raw("<h3>Publications</h3>\n<ol class=\"publications\">\n")?;
        for (at, publication) in publications.iter().enumerate() {
            html.within("<li class=\"data\" id=\"publication-", at + 1, "\">")?;
            html.within("", publication, "</li>\n")?;
        }
        html.raw("</ol>\n")
    }

    pub(super) fn matrix(&self, html: &mut Html<'_>) -> io::Result<()> {
        let (hosts, indicators) = (self.standing.hosts(), self.standing.indicators());
        if hosts.len() == 0 {
            return html.raw("<p>No line names a machine inside.</p>\n");
        }
        html.raw(
            "<p class=\"note\">Hits of each machine with each indicator, the worst of both \
            first. A line below a number: something was let through.",
        )?;
        if hosts.len() > MATRIX || indicators.len() > MATRIX {
            html.text(&format!(
                " There are {} and {}; of each no more than {MATRIX} are in it.",
                plural(hosts.len() as u64, "machine"),
                plural(indicators.len() as u64, "indicator"),
            ))?;
        }
        html.raw("</p>\n")?;
        let met = self.standing.met(MATRIX);
        let pairs: HashMap<(&str, &str), &PairRow> =
            met.iter().map(|pair| ((&*pair.host, &*pair.indicator), pair)).collect();
        // Columns that would be empty say nothing.
        let hosts: Vec<_> = hosts.take(MATRIX).map(|host| host.name).collect();
        let is_met = |name: &&str| hosts.iter().any(|host| pairs.contains_key(&(&**host, *name)));
        let names: Vec<&str> = self.standing.names().filter(is_met).take(MATRIX).collect();
        html.raw("<div class=\"scroll matrix\"><table><thead><tr><th scope=\"col\">Machine</th>")?;
        for name in &names {
            html.within("<th scope=\"col\" class=\"name data\">", short(name), "</th>")?;
        }
        html.raw("</tr></thead><tbody>\n")?;
        for host in &hosts {
            html.within("<tr><th scope=\"row\" class=\"data\">", short(host), "</th>")?;
            for name in &names {
                match pairs.get(&(&**host, *name)) {
                    Some(pair) => cell(html, pair)?,
                    None => html.raw("<td></td>")?,
                }
            }
            html.raw("</tr>\n")?;
        }
        html.raw("</tbody></table></div>\n")
    }

    pub(super) fn lines_note(&self, html: &mut Html<'_>) -> io::Result<()> {
        let shown = self.gather.rows.len() as u64;
        if !self.gather.is_whole() {
            html.raw("<div class=\"warning\" role=\"note\"><p>")?;
            html.text(&format!(
                "This page has {} of {}: the most severe, and of equal ones those that were found \
                 first. All figures above count every hit.",
                grouped(shown),
                plural(self.gather.hits, "hit"),
            ))?;
            html.raw("</p></div>\n")?;
        }
        html.raw(
            "<p class=\"note\">One row for each hit. Characters that cannot be seen, or act \
            on the text around them, are written out, as in <code>\\u{202e}</code>; long lines are \
            cut around the match (…): file and line say where the whole one stands.</p>\n",
        )?;
        if shown > LINES as u64 {
            html.raw("<noscript><p class=\"note\">Without a script these are the first ")?;
            html.within("", LINES, ".</p></noscript>\n")?;
        }
        Ok(())
    }

    /// What is there without a script. With one, the same cells are made of the data.
    pub(super) fn first_lines(&self, html: &mut Html<'_>) -> io::Result<()> {
        self.gather.rows.iter().take(LINES).try_for_each(|row| first_line(html, row))
    }
}

fn first_line(html: &mut Html<'_>, row: &Row) -> io::Result<()> {
    html.raw("<tr><td>")?;
    badge(html, row.severity)?;
    html.raw("</td><td>")?;
    let time = row.time.and_then(|time| Timestamp::from_millisecond(time).ok());
    match time {
        Some(time) => html.text(&time.strftime("%Y-%m-%d %H:%M:%S").to_string())?,
        None => html.raw("not said")?,
    }
    html.within("</td><td class=\"data\">", row.source.as_deref().unwrap_or("?"), "<br>→ ")?;
    html.within("", row.destination.as_deref().unwrap_or("?"), "</td>")?;
    html.within("<td>", row.verdict.map_or("not said", Verdict::name), "</td>")?;
    html.within("<td class=\"data\">", &row.indicator, "</td><td>")?;
    let (text, mark) = (&*row.text.text, row.text.mark.clone());
    html.raw("<code class=\"data line\">")?;
    html.raw(if row.text.cut[0] { "…" } else { "" })?;
    html.text(&text[..mark.start])?;
    if !mark.is_empty() {
        html.within("<mark>", &text[mark.clone()], "</mark>")?;
    }
    html.text(&text[mark.end..])?;
    html.raw(if row.text.cut[1] { "…" } else { "" })?;
    html.within("</code><span class=\"place data\">", &row.file, ":")?;
    html.within("", row.line, "</span></td></tr>\n")
}

fn shortened(html: &mut Html<'_>, rows: usize, what: &'static str, floor: u64) -> io::Result<()> {
    shortened_to(html, rows, ROWS, what, floor)
}

/// Says what a table leaves out.
fn shortened_to(
    html: &mut Html<'_>,
    rows: usize,
    shown: usize,
    what: &'static str,
    floor: u64,
) -> io::Result<()> {
    if rows > shown {
        let (shown, rows) = (grouped(shown as u64), grouped(rows as u64));
        html.within(
            "<p class=\"note\">",
            format!("The first {shown} of {rows} {what}."),
            "</p>\n",
        )?;
    }
    if floor > 0 {
        html.raw("<p class=\"note\">There were more ")?;
        html.raw(what)?;
        html.within(
            " than are counted one by one: those left out have at most ",
            plural(floor, "hit"),
            " each, and numbers with ≤ are upper bounds.</p>\n",
        )?;
    }
    Ok(())
}

/// A name that the script makes a button of.
fn named(html: &mut Html<'_>, kind: &'static str, name: &str) -> io::Result<()> {
    let name = cut_name(name);
    html.raw("<th scope=row class=data data-")?;
    html.raw(kind)?;
    html.within(">", &name, "")
}

fn named_cell(html: &mut Html<'_>, name: &str) -> io::Result<()> {
    html.within("<td class=data data-indicator>", cut_name(name), "")
}

/// As much of a name as the matrix has room for.
fn short(name: &str) -> String {
    const ROOM: usize = 28;
    let name = crate::sink::escape(name);
    if name.chars().count() <= ROOM {
        return name.into_owned();
    }
    name.chars().take(ROOM - 1).chain(['…']).collect()
}

fn cell(html: &mut Html<'_>, pair: &PairRow) -> io::Result<()> {
    let heat: &[&'static str] = &["heat-1", "heat-2", "heat-3", "heat-4"];
    let at = pair.figures.hits.max(1).ilog10() as usize;
    html.raw("<td class=\"")?;
    html.raw(heat[at.min(heat.len() - 1)])?;
    html.raw(if pair.figures.verdicts.allowed > 0 { " let" } else { "" })?;
    html.within("\" data-host=\"", cut_name(&pair.host), "\"")?;
    html.within(" data-indicator=\"", cut_name(&pair.indicator), "\">")?;
    html.within("", grouped(pair.figures.hits), "</td>")
}

fn badge(html: &mut Html<'_>, severity: Option<u8>) -> io::Result<()> {
    let Some(severity) = severity else { return html.raw("–") };
    let name = Level::of(severity).name();
    html.within("<span class=\"badge ", name, "\">")?;
    html.within("", severity, " ")?;
    html.within("", name, "</span>")
}

fn worst(html: &mut Html<'_>, severity: Option<u8>) -> io::Result<()> {
    html.raw("<td data-sort=\"")?;
    if let Some(severity) = severity {
        html.show(severity)?;
    }
    html.raw("\">")?;
    badge(html, severity)
}

fn hits(html: &mut Html<'_>, figures: &Figures) -> io::Result<()> {
    match figures.hits_error {
        0 => count(html, figures.hits),
        _ => sorted(html, figures.hits, &format!("≤ {}", grouped(figures.hits))),
    }
}

/// Of lines that do not tell the two ways apart it is the most that can have gone out.
fn sent(html: &mut Html<'_>, figures: &Figures) -> io::Result<()> {
    let most = figures.most_bytes_out();
    let text = match most {
        0 => String::new(),
        _ if figures.bytes_both == 0 => size(most),
        _ => format!("≤ {}", size(most)),
    };
    sorted(html, most, &text)
}

fn count(html: &mut Html<'_>, number: u64) -> io::Result<()> {
    match number {
        // It is grouped as it is, and sorted by what it shows.
        ..1000 => html.within("<td>", number, ""),
        _ => sorted(html, number, &grouped(number)),
    }
}

fn about(html: &mut Html<'_>, of: Number) -> io::Result<()> {
    if of.is_estimate { sorted(html, of.value, &number(of)) } else { count(html, of.value) }
}

fn sorted(html: &mut Html<'_>, number: u64, text: &str) -> io::Result<()> {
    // A number that shows itself is sorted by what it shows.
    let is_same = text.as_bytes() == digits(number, &mut [0; 20]);
    html.raw("<td")?;
    if !is_same {
        html.within(" data-sort=\"", number, "\"")?;
    }
    html.within(">", text, "")
}

fn when(html: &mut Html<'_>, time: Option<Timestamp>) -> io::Result<()> {
    html.raw("<td>")?;
    match time {
        Some(time) => match minute_in(time, &mut [0; 16]) {
            Some(text) => html.text(text)?,
            None => html.text(&minute(time))?,
        },
        None => html.raw("<span class=faint>not said</span>")?,
    }
    Ok(())
}
