//! A tally for reading: a sentence, and a row for each of the worst.

use flaxscan::sink::{Timestamp, escape};
use flaxscan::tally::{
    Figures, FirstContact, Histogram, HostKind, HostRow, IndicatorRow, Overview, PairRow,
};
use flaxscan::words::{grouped, size};

use super::columns::{Cell, Columns, bars};

const LOUD: &str = "\x1b[1;31m";
const STRONG: &str = "\x1b[1m";
const RESET: &str = "\x1b[0m";

/// How to write it.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Columns.
    pub width: usize,
    pub colour: bool,
}

impl Style {
    /// Where there is no terminal.
    pub const PLAIN: Self = Self { width: 120, colour: false };
}

/// The sentence, then hosts, indicators, and who meets whom like a clock.
pub fn text(overview: &Overview, style: Style) -> String {
    let mut text = String::new();
    let [on, off] = if style.colour { [STRONG, RESET] } else { [""; 2] };
    for line in wrapped(&escape(&overview.headline), style.width) {
        text += &format!("{on}{line}{off}\n");
    }
    if let Some(first) = &overview.first_contact {
        for line in wrapped(&first_contact(first), style.width) {
            text += &line;
            text.push('\n');
        }
    }
    let over_time = overview.over_time.as_ref();
    if !overview.by_host.is_empty() {
        text += &hosts(overview, style);
    }
    if !overview.by_indicator.is_empty() {
        text += &indicators(overview, style);
    }
    if !overview.regular.is_empty() {
        text += &regular(overview, style);
    }
    if let Some(over_time) = over_time
        && over_time.counts.len() > 1
        && !overview.by_indicator.is_empty()
    {
        text += &axis(over_time, &overview.totals, style);
    }
    if overview.estimated.any() && !overview.by_indicator.is_empty() {
        let note = "~ There were more than are counted one by one. What is marked is the most that \
                    there can have been; the totals are exact.";
        for line in wrapped(note, style.width) {
            text += &line;
            text.push('\n');
        }
    }
    text
}

fn first_contact(first: &FirstContact) -> String {
    let when = first.time.map_or_else(|| "without a time".to_owned(), minute);
    let host = first.host.as_deref().unwrap_or("somebody");
    format!(
        "First contact: {when}, {} with {}, {}:{}",
        escape(host),
        escape(&first.indicator),
        escape(&first.file),
        first.line
    )
}

fn hosts(overview: &Overview, style: Style) -> String {
    let mut columns = Columns::new(&[
        &title("HOST", overview.by_host.len(), overview.hosts.value, overview.hosts.is_estimate),
        "SEVERITY",
        "HITS",
        "ALLOWED",
        "BLOCKED",
        "SEEN",
        "BYTES OUT",
        "IOCS",
        "OVER TIME",
    ]);
    for row in &overview.by_host {
        let HostRow { name, kind, figures, indicators, over_time, .. } = row;
        let mut cells = vec![Cell::left(host(name, *kind))];
        cells.extend(sums(figures, style));
        cells.push(Cell::right(number(indicators.value, indicators.is_estimate)));
        cells.push(Cell::bars(over_time));
        columns.row(cells);
    }
    columns.text(style.width)
}

fn indicators(overview: &Overview, style: Style) -> String {
    let of = overview.indicators;
    let mut columns = Columns::new(&[
        &title("INDICATOR", overview.by_indicator.len(), of.value, of.is_estimate),
        "SEVERITY",
        "HITS",
        "ALLOWED",
        "BLOCKED",
        "SEEN",
        "BYTES OUT",
        "HOSTS",
        "OVER TIME",
    ]);
    for row in &overview.by_indicator {
        let IndicatorRow { name, figures, hosts, over_time, .. } = row;
        let mut cells = vec![Cell::left(escape(name).into_owned())];
        cells.extend(sums(figures, style));
        // Where no line names a machine, there is nothing to be said of machines.
        let hosts = (hosts.value > 0).then(|| number(hosts.value, hosts.is_estimate));
        cells.push(Cell::right(hosts.unwrap_or_default()));
        cells.push(Cell::bars(over_time));
        columns.row(cells);
    }
    columns.text(style.width)
}

fn regular(overview: &Overview, style: Style) -> String {
    let title = title("LIKE A CLOCK", overview.regular.len(), overview.regular_pairs, false);
    let mut columns = Columns::new(&[&title, "SEVERITY", "HITS", "INTERVAL", "SEEN"]);
    for row in &overview.regular {
        let PairRow { host: name, host_kind, indicator, figures, rhythm, .. } = row;
        columns.row(vec![
            Cell::left(format!("{} > {}", host(name, *host_kind), escape(indicator))),
            severity(figures, style),
            Cell::right(hits(figures)),
            Cell::left(rhythm.words().unwrap_or_default()),
            Cell::left(seen(figures)),
        ]);
    }
    columns.text(style.width)
}

/// The cells that hosts and indicators have in common.
fn sums(figures: &Figures, style: Style) -> [Cell; 6] {
    let count = |number: u64| if number == 0 { String::new() } else { grouped(number) };
    [
        severity(figures, style),
        Cell::right(hits(figures)),
        Cell::right(count(figures.verdicts.allowed)),
        Cell::right(count(figures.verdicts.blocked)),
        Cell::left(seen(figures)),
        Cell::right(bytes_out(figures)),
    ]
}

fn severity(figures: &Figures, style: Style) -> Cell {
    let Some((severity, level)) = figures.severity.zip(figures.level()) else {
        return Cell::left(String::new());
    };
    let cell = Cell::left(format!("{severity:>3} {}", level.name()));
    if style.colour && severity >= 70 { cell.coloured(LOUD) } else { cell }
}

fn hits(figures: &Figures) -> String {
    number(figures.hits, figures.hits_error > 0)
}

fn number(value: u64, is_estimate: bool) -> String {
    let about = if is_estimate { "~" } else { "" };
    format!("{about}{}", grouped(value))
}

/// Of lines that do not tell the two ways apart it is the most that can have gone out.
fn bytes_out(figures: &Figures) -> String {
    match figures.most_bytes_out() {
        0 => String::new(),
        most if figures.bytes_both == 0 => short_size(most),
        most => format!("<={}", short_size(most)),
    }
}

fn short_size(bytes: u64) -> String {
    if bytes < 1000 { format!("{bytes} B") } else { size(bytes) }
}

/// ISO 8601's interval of days: `2026-10-02`, `2026-09-01/10-02`, `2025-09-01/2026-10-02`.
fn seen(figures: &Figures) -> String {
    let Some((first, last)) = figures.first.zip(figures.last) else { return String::new() };
    let [first, last] = [first, last].map(day);
    match last.strip_prefix(&first[..5]) {
        _ if first == last => first,
        Some(last) => format!("{first}/{last}"),
        None => format!("{first}/{last}"),
    }
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn host(name: &str, kind: HostKind) -> String {
    let name = escape(name);
    match kind {
        HostKind::Address | HostKind::Name => name.into_owned(),
        HostKind::User => format!("user {name}"),
        HostKind::Observer => format!("behind {name}"),
    }
}

/// `HOST (10 of 23)`.
fn title(name: &str, shown: usize, of: u64, is_estimate: bool) -> String {
    match of {
        of if of == shown as u64 => format!("{name} ({of})"),
        of => format!("{name} ({shown} of {})", number(of, is_estimate)),
    }
}

/// What the bars mean: all hits, from the first to the last, in one line.
fn axis(over_time: &Histogram, totals: &Figures, style: Style) -> String {
    let Some((first, last)) = totals.first.zip(totals.last) else { return String::new() };
    let Histogram { bucket_seconds, counts, .. } = over_time;
    let (from, to) = match bucket_seconds {
        86_400.. => (day(first), day(last)),
        60.. => span(first, last, "%H:%M"),
        _ => span(first, last, "%H:%M:%S"),
    };
    let said = |together: usize| length(bucket_seconds.saturating_mul(together as i64));
    // Fewer bars take a length that may be told in more words.
    let line = |room: usize| {
        let together = counts.len().div_ceil(room.max(1)).max(1);
        let bars = bars(counts, room);
        format!("Over time, {} a bar: {from} {bars} {to}", said(together))
    };
    let fits = (1..=counts.len()).rev().map(line).find(|line| line.chars().count() <= style.width);
    fits.map(|line| format!("\n{line}\n")).unwrap_or_default()
}

/// From when to when, the day once where it is one.
fn span(first: Timestamp, last: Timestamp, time: &str) -> (String, String) {
    let [from, to] = [first, last].map(|at| at.strftime(time).to_string());
    let to = if day(first) == day(last) { to } else { format!("{} {to}", day(last)) };
    (format!("{} {from}", day(first)), format!("{to} UTC"))
}

/// `30 s`, `6 h`, `16 days`.
fn length(seconds: i64) -> String {
    match seconds {
        86_400 => "1 day".to_owned(),
        days if days % 86_400 == 0 => format!("{} days", days / 86_400),
        hours if hours % 3600 == 0 => format!("{} h", hours / 3600),
        minutes if minutes % 60 == 0 => format!("{} min", minutes / 60),
        _ => format!("{seconds} s"),
    }
}

/// Broken at spaces.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}
