//! One line read in several ways: as it stands, and with an encoding undone.

use std::ops::Range;
use std::sync::LazyLock;

use flaxscan::scan::{Encoding, Encodings};
use regex::bytes::Regex;

/// A text and, for each of its bytes, the bytes of the line it was made from.
#[derive(Debug, Clone)]
pub struct Reading {
    pub bytes: Vec<u8>,
    pub encodings: Encodings,
    /// How much was undone. Of two readings that see the same token the plainer one counts.
    pub depth: usize,
    from: Vec<(usize, usize)>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Percent,
    Escape,
}

impl Reading {
    fn plain(line: &[u8]) -> Self {
        Self {
            bytes: line.to_vec(),
            encodings: Encodings::NONE,
            depth: 0,
            from: (0..line.len()).map(|at| (at, at + 1)).collect(),
            steps: Vec::new(),
        }
    }

    /// Every reading of a line that differs from the plainer ones, the plainest first.
    pub fn all(line: &[u8]) -> Vec<Self> {
        let mut readings = vec![Self::plain(line)];
        let mut last = readings.clone();
        for _ in 0..2 {
            let next: Vec<Self> = last
                .iter()
                .flat_map(|reading| {
                    [Step::Percent, Step::Escape].map(|step| reading.undo(step, line))
                })
                .flatten()
                .collect();
            readings.extend(next.iter().cloned());
            last = next;
        }
        let defanged: Vec<Self> = readings.iter().filter_map(Self::refang).collect();
        readings.extend(defanged);
        readings.sort_by_key(|reading| reading.depth);
        readings
    }

    /// The bytes of the line that `span` was made from.
    pub fn locate(&self, span: &Range<usize>) -> Range<usize> {
        self.from[span.start].0..self.from[span.end - 1].1
    }

    fn undo(&self, step: Step, line: &[u8]) -> Option<Self> {
        let letters =
            !self.steps.contains(&Step::Escape) || line.windows(2).any(|pair| pair == b"\\\"");
        let mut next = Self { bytes: Vec::new(), from: Vec::new(), ..self.clone() };
        let mut at = 0;
        let mut changed = false;
        while at < self.bytes.len() {
            let decoded = match step {
                Step::Percent => percent(&self.bytes[at..]),
                Step::Escape => escape(&self.bytes[at..], letters),
            };
            let (taken, made) = match decoded {
                Some(decoded) => {
                    changed = true;
                    decoded
                }
                None => (1, vec![self.bytes[at]]),
            };
            next.push(&made, (self.from[at].0, self.from[at + taken - 1].1));
            at += taken;
        }
        next.steps.push(step);
        next.depth = next.steps.len();
        next.encodings = encodings(&next.steps);
        changed.then_some(next)
    }

    /// Undoes `[.]` and its like, where it stands between two labels.
    fn refang(&self) -> Option<Self> {
        static DOT: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"(?i-u)\[(?:\.|dot)\]|\((?:\.|dot)\)|\{(?:\.|dot)\}").unwrap()
        });
        let is_token = super::tokens::token_bytes(&self.bytes);
        let mut next = Self { bytes: Vec::new(), from: Vec::new(), ..self.clone() };
        let mut done = 0;
        for dot in DOT.find_iter(&self.bytes) {
            let before = dot.start().checked_sub(1).is_some_and(|at| is_token[at]);
            let after = is_token.get(dot.end()).is_some_and(|&yes| yes);
            if before && after {
                next.copy(self, done..dot.start());
                next.push(b".", (self.from[dot.start()].0, self.from[dot.end() - 1].1));
                done = dot.end();
            }
        }
        if done == 0 {
            return None;
        }
        next.copy(self, done..self.bytes.len());
        next.depth += 1;
        next.encodings = next.encodings.with(Encoding::Defanged);
        Some(next)
    }

    fn push(&mut self, made: &[u8], from: (usize, usize)) {
        for &byte in made {
            self.bytes.push(byte);
            self.from.push(from);
        }
    }

    fn copy(&mut self, other: &Self, range: Range<usize>) {
        self.bytes.extend_from_slice(&other.bytes[range.clone()]);
        self.from.extend_from_slice(&other.from[range]);
    }
}

/// What the hit says was looked through: `percent-twice` alone, not `percent` as well.
fn encodings(steps: &[Step]) -> Encodings {
    let count = |step| steps.iter().filter(|&&one| one == step).count();
    let once_or_twice = |encodings: Encodings, count, once, twice| match count {
        0 => encodings,
        1 => encodings.with(once),
        _ => encodings.with(twice),
    };
    let percent = count(Step::Percent);
    let escape = count(Step::Escape);
    let sum = once_or_twice(Encodings::NONE, percent, Encoding::Percent, Encoding::PercentTwice);
    once_or_twice(sum, escape, Encoding::Escape, Encoding::EscapeTwice)
}

/// `%XX` at the beginning of `text`: how long it is and what it stands for.
fn percent(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    static FORM: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?-u)^%([0-9A-Fa-f]{2})").unwrap());
    let digits = FORM.captures(text)?.get(1)?.as_bytes();
    Some((3, vec![number(digits, 16)? as u8]))
}

/// A JSON or C escape at the beginning of `text`. `letters` says whether `\t` and its like count.
fn escape(text: &[u8], letters: bool) -> Option<(usize, Vec<u8>)> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?x-u) ^\\ (?: u(?<utf16>[0-9A-Fa-f]{4}) | x(?<hex>[0-9A-Fa-f]{2})
                | (?<octal>[0-3][0-7]{2}) | (?<same>[/"\\]) | (?<letter>[tnrbfva0]) )"#,
        )
        .unwrap()
    });
    let found = FORM.captures(text)?;
    let taken = found.get(0)?.len();
    let group = |name| found.name(name).map(|group: regex::bytes::Match<'_>| group.as_bytes());
    let made = if let Some(digits) = group("utf16") {
        // Half of a surrogate pair is no letter of any name.
        let char = char::from_u32(number(digits, 16)?).unwrap_or('\u{fffd}');
        char.to_string().into_bytes()
    } else if let Some(digits) = group("hex") {
        vec![number(digits, 16)? as u8]
    } else if let Some(digits) = group("octal") {
        vec![number(digits, 8)? as u8]
    } else if let Some(same) = group("same") {
        same.to_vec()
    } else if letters {
        // Which control character it is does not matter: all are boundaries.
        vec![b'\t']
    } else {
        return None;
    };
    Some((taken, made))
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}
