//! The published Flax Typhoon infrastructure, compiled in.
//!
//! The data files describe their own layout in their first lines.

use std::str::FromStr as _;

use jiff::civil::Date;

use super::canonical::Observable;
use super::kind::{Class, Confidence, Kind};
use super::set::{IndicatorSet, NewClaim, SetFull, Source, Traits};

const INDICATORS: &str = include_str!("../../data/flax-typhoon/indicators.tsv");
const SOURCES: &str = include_str!("../../data/flax-typhoon/sources.tsv");

/// An adversary, as ECS `threat.group.*` names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// The name used here: `threat.group.name`.
    pub name: &'static str,
    /// What others call it, in alphabetical order: `threat.group.alias`.
    pub aliases: &'static [&'static str],
}

/// The group whose infrastructure the embedded set lists.
///
/// Microsoft's name; CrowdStrike says Ethereal Panda, Recorded Future RedJuliett, and Storm-0919
/// was Microsoft's name while the group was in development.
pub static FLAX_TYPHOON: Group =
    Group { name: "Flax Typhoon", aliases: &["Ethereal Panda", "RedJuliett", "Storm-0919"] };

/// Where and why the embedded data do not parse. Only a damaged build can show it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {problem}")]
pub struct EmbeddedError {
    /// `indicators.tsv` or `sources.tsv`.
    pub file: &'static str,
    /// The line number, from 1.
    pub line: usize,
    /// What was expected.
    pub problem: &'static str,
}

impl IndicatorSet {
    /// The embedded set: 1,076 values with every source's claim about each.
    ///
    /// # Panics
    /// Never: the files are compiled in, and a test parses them.
    ///
    /// ```
    /// use flaxscan::indicator::{FLAX_TYPHOON, IndicatorSet};
    ///
    /// let set = IndicatorSet::embedded();
    /// assert_eq!(set.len(), 1076);
    /// assert_eq!(set.find("c0cc.cc").next().unwrap().group(), Some(&FLAX_TYPHOON));
    /// ```
    #[must_use]
    pub fn embedded() -> Self {
        parse(INDICATORS, SOURCES).expect("the embedded files parse: tests/embedded.rs proves it")
    }
}

/// The edition of the embedded set, for case files: the newest publication's date and a count of
/// editions since, `2026-10-08.1`. The same version is the same set, value by value and claim by
/// claim.
///
/// ```
/// assert!(flaxscan::indicator::embedded_version().starts_with("20"));
/// ```
#[must_use]
pub fn embedded_version() -> &'static str {
    INDICATORS.lines().find_map(|line| line.strip_prefix("version\t")).unwrap_or_default()
}

/// The SHA-256 of the embedded data files, `indicators.tsv` and `sources.tsv` of the project's
/// `data/flax-typhoon` one after the other: for who has to say what exactly was looked for. It is
/// not computed for each scan again; a test compares it with the files.
#[must_use]
pub fn embedded_sha256() -> &'static str {
    "b6dde5dee43910eb5f70a9c4d3939135488f8b75a4b963365cba771ca8994de7"
}

/// About: a value and its claims.
const BYTES_PER_RECORD: usize = 150;

fn parse(indicators: &str, sources: &str) -> Result<IndicatorSet, EmbeddedError> {
    let mut set = IndicatorSet::new();
    let known = parse_sources(sources, &mut set)?;
    set.reserve(indicators.len() / BYTES_PER_RECORD);
    let mut record: Option<(Observable, Traits)> = None;
    let mut has_claim = true;
    for (number, line) in records(indicators) {
        let fail = |problem| EmbeddedError { file: "indicators.tsv", line: number, problem };
        if let Some(claim) = line.strip_prefix('\t') {
            let (observable, traits) = record.as_ref().ok_or(fail("a claim before any value"))?;
            let claim = parse_claim(claim, &known).map_err(fail)?;
            set.insert(observable, *traits, claim).map_err(|SetFull| fail("the set is full"))?;
            has_claim = true;
        } else if !line.starts_with("version\t") {
            if !has_claim {
                return Err(fail("the value before this one has no claim"));
            }
            record = Some(parse_record(line).map_err(fail)?);
            has_claim = false;
        }
    }
    if has_claim {
        Ok(set)
    } else {
        let line = indicators.lines().count();
        Err(EmbeddedError { file: "indicators.tsv", line, problem: "the last value has no claim" })
    }
}

/// The lines that are not comments, with their numbers. Every run begins with this, and `memchr` is
/// sooner done than `str::lines`.
fn records(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    let lines = ends.scan(0, |start, end| {
        let line = &text[*start..end];
        *start = (end + 1).min(text.len());
        Some(line.strip_suffix('\r').unwrap_or(line))
    });
    let numbered = lines.enumerate().map(|(at, line)| (at + 1, line));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// Splits into exactly `N` fields; a dash is an empty one.
fn fields<const N: usize>(line: &str) -> Option<[&str; N]> {
    let (mut fields, mut count, mut start) = ([""; N], 0, 0);
    for end in memchr::memchr_iter(b'\t', line.as_bytes()).chain([line.len()]) {
        let field = &line[start..end];
        *fields.get_mut(count)? = if field == "-" { "" } else { field };
        (count, start) = (count + 1, end + 1);
    }
    (count == N).then_some(fields)
}

type KnownSources<'a> = Vec<(&'a str, super::set::SourceId)>;

fn parse_sources<'a>(
    text: &'a str,
    set: &mut IndicatorSet,
) -> Result<KnownSources<'a>, EmbeddedError> {
    let mut known = KnownSources::new();
    for (number, line) in records(text) {
        let fail = |problem| EmbeddedError { file: "sources.tsv", line: number, problem };
        let [key, group, publisher, publication, published, citation] =
            fields(line).ok_or(fail("expected six fields"))?;
        let group = match group {
            "" => None,
            "flax-typhoon" => Some(&FLAX_TYPHOON),
            _ => return Err(fail("expected the group `flax-typhoon` or a dash")),
        };
        let source = Source {
            key: key.to_owned(),
            publisher: publisher.to_owned(),
            publication: publication.to_owned(),
            published: published.to_owned(),
            citation: citation.to_owned(),
            group,
        };
        known.push((key, set.add_source(source)));
    }
    Ok(known)
}

fn parse_record(line: &str) -> Result<(Observable, Traits), &'static str> {
    let [kind, value, class] = fields(line).ok_or("expected type, value and class")?;
    let kind = Kind::from_str(kind).map_err(|_| "expected a type of indicator")?;
    let class = [Class::Infrastructure, Class::SanctionedEntity]
        .into_iter()
        .find(|known| known.name() == class)
        .ok_or("expected a class")?;
    // Values stand in canonical form, which tests/embedded.rs checks one by one.
    let observable = Observable { kind, value: value.to_owned() };
    Ok((observable, Traits { class, ..Traits::default() }))
}

fn parse_claim<'a>(line: &'a str, known: &KnownSources<'_>) -> Result<NewClaim<'a>, &'static str> {
    let [source, role, campaign, first_seen, last_seen, confidence, note] =
        fields(line).ok_or("expected seven fields")?;
    let &(_, source) =
        known.iter().find(|(key, _)| *key == source).ok_or("the source is not in sources.tsv")?;
    let confidence =
        [Confidence::NotSpecified, Confidence::Low, Confidence::Medium, Confidence::High]
            .into_iter()
            .find(|known| known.name() == confidence)
            .ok_or("expected unspecified, low, medium or high")?;
    Ok(NewClaim {
        source,
        role,
        campaign,
        first_seen: parse_day(first_seen)?,
        last_seen: parse_day(last_seen)?,
        confidence,
        note,
    })
}

fn parse_day(text: &str) -> Result<Option<Date>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| "expected a day as 2024-09-18")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "here\t-\tus\ta paper\t2026\tUs, a paper, 2026\n";

    #[test]
    fn damage_is_located() {
        for (indicators, line, problem) in [
            ("\there\t-\t-\t-\t-\tlow\t-\n", 1, "a claim before any value"),
            ("# note\nipv9\t1.2.3.4\tinfrastructure\n", 2, "expected a type of indicator"),
            ("ipv4\t1.2.3.4\tinnocent\n", 1, "expected a class"),
            ("ipv4\t1.2.3.4\n", 1, "expected type, value and class"),
            ("ipv4\t1.2.3.4\tinfrastructure\n", 1, "the last value has no claim"),
            (
                "ipv4\t1.2.3.4\tinfrastructure\n\tthere\t-\t-\t-\t-\tlow\t-\n",
                2,
                "the source is not in sources.tsv",
            ),
            (
                "ipv4\t1.2.3.4\tinfrastructure\n\there\t-\t-\t2026-13-01\t-\tlow\t-\n",
                2,
                "expected a day as 2024-09-18",
            ),
        ] {
            let error = parse(indicators, SOURCE).unwrap_err();
            assert_eq!(error, EmbeddedError { file: "indicators.tsv", line, problem });
        }
    }

    #[test]
    fn a_record_holds_its_claims() {
        let text =
            "ipv4\t1.2.3.4\tsanctioned-entity\r\n\there\tnode\t-\t2026-01-02\t-\tlow\tnote\r\n";
        let set = parse(text, SOURCE).unwrap();
        let indicator = set.find("1.2.3.4").next().unwrap();
        assert_eq!(indicator.traits().class, Class::SanctionedEntity);
        assert_eq!(indicator.group(), None);
        let claim = indicator.best_claim();
        assert_eq!((claim.role, claim.campaign, claim.note), ("node", "", "note"));
        assert_eq!(claim.first_seen, Some(jiff::civil::date(2026, 1, 2)));
        assert_eq!(claim.last_seen, None);
    }
}
