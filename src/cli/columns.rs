//! Rows that fit a terminal: what does not fit is left out, from the right.

use unicode_width::UnicodeWidthStr;

/// Between columns.
const GAP: usize = 2;
/// What a name is shortened to, at the least.
const SHORTEST: usize = 15;
/// Bars that say something.
const FEWEST: usize = 8;

/// What stands in a column of a row.
#[derive(Debug)]
pub struct Cell {
    content: Content,
    colour: &'static str,
}

#[derive(Debug)]
enum Content {
    Left(String),
    Right(String),
    Bars(Vec<u64>),
}

impl Cell {
    pub const fn left(text: String) -> Self {
        Self { content: Content::Left(text), colour: "" }
    }

    pub const fn right(text: String) -> Self {
        Self { content: Content::Right(text), colour: "" }
    }

    /// As many as there is room for.
    pub fn bars(counts: &[u64]) -> Self {
        Self { content: Content::Bars(counts.to_vec()), colour: "" }
    }

    pub fn coloured(self, colour: &'static str) -> Self {
        Self { colour, ..self }
    }

    /// The least that it takes.
    fn width(&self) -> usize {
        match &self.content {
            Content::Left(text) | Content::Right(text) => text.width(),
            Content::Bars(counts) => counts.len().min(FEWEST),
        }
    }

    fn is_empty(&self) -> bool {
        match &self.content {
            Content::Left(text) | Content::Right(text) => text.is_empty(),
            Content::Bars(counts) => counts.len() < 2,
        }
    }

    fn shown(&self, width: usize) -> String {
        let text = match &self.content {
            Content::Left(text) => padded(&shortened(text, width), width, false),
            Content::Right(text) => padded(text, width, true),
            Content::Bars(counts) => bars(counts, width),
        };
        if self.colour.is_empty() { text } else { format!("{}{text}\x1b[0m", self.colour) }
    }
}

/// A head and rows.
#[derive(Debug)]
pub struct Columns {
    heads: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

impl Columns {
    pub fn new(heads: &[&str]) -> Self {
        Self { heads: heads.iter().map(|&head| head.to_owned()).collect(), rows: Vec::new() }
    }

    /// As many cells as there are heads.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// An empty line, the head, the rows.
    pub fn text(&self, width: usize) -> String {
        let widths = self.widths(width);
        let mut text = "\n".to_owned();
        let heads = self.heads.iter().zip(&widths).enumerate().filter_map(|(at, (head, width))| {
            let is_right = self.rows.iter().any(|row| matches!(row[at].content, Content::Right(_)));
            width.map(|width| padded(fitting(head, width), width, is_right))
        });
        push_line(&mut text, heads);
        for row in &self.rows {
            let cells = row.iter().zip(&widths);
            push_line(&mut text, cells.filter_map(|(cell, width)| Some(cell.shown((*width)?))));
        }
        text
    }

    /// The width of each column; none of one that is left out.
    fn widths(&self, width: usize) -> Vec<Option<usize>> {
        let needed = |at: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            let is_empty = cells.clone().all(Cell::is_empty);
            let most = cells.map(Cell::width).max().unwrap_or(0);
            (!is_empty).then(|| most.max(self.heads[at].width()))
        };
        let mut widths: Vec<_> = (0..self.heads.len()).map(needed).collect();
        let name = widths.first().copied().flatten().unwrap_or(0);
        let others = |widths: &[Option<usize>]| -> usize {
            widths.iter().skip(1).flatten().map(|width| width + GAP).sum()
        };
        let least = name.min(SHORTEST.max(short(&self.heads[0]).width()));
        while others(&widths) + least > width {
            // From the right, but never the name.
            match widths.iter().skip(1).rposition(Option::is_some) {
                Some(at) => widths[at + 1] = None,
                None => break,
            }
        }
        let room = width.saturating_sub(others(&widths)).max(least);
        widths[0] = Some(name.min(room));
        // What is left goes to the bars.
        let left = room.saturating_sub(name);
        let last = self.heads.len() - 1;
        if let (Some(bars), Some(row)) = (&mut widths[last], self.rows.first())
            && let Content::Bars(counts) = &row[last].content
        {
            *bars = (*bars + left).min(counts.len().max(*bars));
        }
        widths
    }
}

fn push_line(text: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.collect();
    text.push_str(cells.join(&" ".repeat(GAP)).trim_end());
    text.push('\n');
}

/// A head without what stands in brackets: `INDICATOR` of `INDICATOR (10 of 49)`.
fn short(head: &str) -> &str {
    head.split_once(" (").map_or(head, |(name, _)| name)
}

/// The head, as much of it as there is room for.
fn fitting(head: &str, width: usize) -> &str {
    if head.width() > width { short(head) } else { head }
}

fn padded(text: &str, width: usize, is_right: bool) -> String {
    let room = " ".repeat(width.saturating_sub(text.width()));
    if is_right { format!("{room}{text}") } else { format!("{text}{room}") }
}

/// The beginning and the end: of a name the end tells more, of an address both.
fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let (before, after) = (room / 2, room - room / 2);
    let mut taken = 0;
    let is_in = |room: usize| {
        move |taken: &mut usize, c: char| {
            *taken += c.to_string().width();
            (*taken <= room).then_some(c)
        }
    };
    let head: String = text.chars().scan(taken, is_in(before)).collect();
    taken = 0;
    let tail: String = text.chars().rev().scan(taken, is_in(after)).collect();
    format!("{head}…{}", tail.chars().rev().collect::<String>())
}

/// A bar for each count, or for several together where there is less room.
pub fn bars(counts: &[u64], width: usize) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let together = counts.len().div_ceil(width.max(1)).max(1);
    let sums: Vec<u64> = counts.chunks(together).map(|chunk| chunk.iter().sum()).collect();
    let most = sums.iter().copied().max().unwrap_or(0).max(1);
    let bar = |&count: &u64| match count {
        0 => ' ',
        // The highest has the last bar, and what is there has one.
        count => {
            let eighths = (u128::from(count) * BARS.len() as u128).div_ceil(u128::from(most));
            BARS[eighths as usize - 1]
        }
    };
    sums.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_their_counts() {
        assert_eq!(bars(&[0, 1, 4, 8], 4), " ▁▄█");
        assert_eq!(bars(&[0, 1, 4, 8], 2), "▁█");
        assert_eq!(bars(&[1], 8), "█");
        assert_eq!(bars(&[2, 1, 1000, 3], 8), "▁▁█▁");
        assert_eq!(bars(&[u64::MAX], 8), "█");
        assert_eq!(bars(&[], 8), "");
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(shortened("www.k3121.com", 13), "www.k3121.com");
        assert_eq!(shortened("www.k3121.com", 9), "www.….com");
        // Half of a wide character is none.
        assert_eq!(shortened("例え.テスト", 6), "例…ト");
    }

    #[test]
    fn a_head_gives_way_before_a_column_does() {
        let mut columns = Columns::new(&["INDICATOR (10 of 49)", "HITS"]);
        columns.row(vec![Cell::left("45.77.231.209".to_owned()), Cell::right("7".to_owned())]);
        assert_eq!(columns.text(26), "\nINDICATOR (10 of 49)  HITS\n45.77.231.209            7\n");
        assert_eq!(columns.text(21), "\nINDICATOR        HITS\n45.77.231.209       7\n");
    }

    #[test]
    fn what_does_not_fit_is_left_out_from_the_right() {
        let mut columns = Columns::new(&["NAME", "HITS", "EMPTY", "SEEN"]);
        columns.row(vec![
            Cell::left("a-name-of-twenty-two-b".to_owned()),
            Cell::right("7".to_owned()),
            Cell::left(String::new()),
            Cell::left("2026-10-02".to_owned()),
        ]);
        assert_eq!(
            columns.text(80),
            "\nNAME                    HITS  SEEN\na-name-of-twenty-two-b     7  2026-10-02\n"
        );
        assert_eq!(
            columns.text(33),
            "\nNAME             HITS  SEEN\na-name-…y-two-b     7  2026-10-02\n"
        );
        assert_eq!(
            columns.text(32),
            "\nNAME                    HITS\na-name-of-twenty-two-b     7\n"
        );
    }
}
