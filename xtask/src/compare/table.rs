//! What a comparison prints.

use std::fmt::Write as _;

use super::contenders::{Entry, Verdict};
use super::is_consistent;
use super::measure::Sample;
use super::prepare::Bench;

/// The table and what it is about.
pub fn render(
    bench: &Bench,
    entries: &[Entry],
    samples: &[Vec<Sample>],
    skipped: &[String],
) -> String {
    let counts = &bench.counts;
    let runs = samples.first().map_or(0, Vec::len);
    let mut text = format!(
        "{}\n{} patterns; planted: {counts}\nfile in the page cache, {runs} runs of each in turn, \
         whole processes\n\n",
        bench.corpus.display(),
        bench.pattern_count,
    );
    let mut rows = vec![
        ["", "median s", "best s", "cpu s", "GB/s", "peak MB", "× flaxscan", "count", ""]
            .map(str::to_owned),
    ];
    let reference = samples.first().map_or(0.0, |own| median(own, |sample| sample.wall));
    for (entry, samples) in entries.iter().zip(samples) {
        let wall = median(samples, |sample| sample.wall);
        let best = samples.iter().map(|sample| sample.wall).fold(f64::INFINITY, f64::min);
        let peak = samples.iter().map(|sample| sample.peak_rss).max().unwrap_or(0);
        let verdict = match entry.verdict {
            _ if !is_consistent(entry, samples) => "WRONG",
            Verdict::Exactly(_) => "right",
            Verdict::Shown => "",
        };
        let count = samples[0].count.map_or_else(|| "no".to_owned(), |count| count.to_string());
        rows.push([
            entry.name.to_owned(),
            format!("{wall:.3}"),
            format!("{best:.3}"),
            format!("{:.2}", median(samples, |sample| sample.cpu)),
            format!("{:.2}", counts.bytes as f64 / 1e9 / wall),
            format!("{:.0}", peak as f64 / 1e6),
            format!("{:.2}", wall / reference),
            format!("{count} {}", entry.counts),
            verdict.to_owned(),
        ]);
    }
    lay_out(&rows, &mut text);
    text.push('\n');
    let mut versions: Vec<&str> = entries.iter().map(|entry| entry.version.as_str()).collect();
    versions.dedup();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}", versions.join(" · "));
    let _ = writeln!(
        text,
        "A search for plain text can find {} of the planted lines, one for addresses {}.",
        counts.planted_lines - counts.encoded_lines,
        counts.address_lines
    );
    for reason in skipped {
        let _ = writeln!(text, "{reason}");
    }
    text
}

/// The first and last columns are text, the others numbers.
fn lay_out<const N: usize>(rows: &[[String; N]], text: &mut String) {
    let widths: [usize; N] = std::array::from_fn(|column| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
    });
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = widths[column];
            let _ = if column == 0 || column == N - 1 {
                write!(line, "{cell:<width$}  ")
            } else {
                write!(line, "{cell:>width$}  ")
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

fn median(samples: &[Sample], value: impl Fn(&Sample) -> f64) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        len if len % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}
