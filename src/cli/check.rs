//! `flaxscan check`.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::Context;
use clap::error::ErrorKind;
use flaxscan::indicator::{Class, Observable, ObservableError, refang};
use flaxscan::scan::{Encodings, Match, Matcher};
use flaxscan::sink::{escape, write_json_line};
use serde::Serialize;

use super::args::{CheckArgs, CheckOutput};
use super::exit::Exit;
use super::load::{Hashes, load, matcher};
use super::output::stdout;
use super::record::{ClaimRecord, IndicatorRecord};
use super::usage_error;

/// What is known of one value.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    value: &'a str,
    known: bool,
    /// What the value is and its canonical form, where it is an observable as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical: Option<String>,
    matches: Vec<KnownAs<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct KnownAs<'a> {
    relation: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    encoding: Vec<&'static str>,
    indicator: IndicatorRecord<'a>,
}

pub fn run(args: &CheckArgs) -> anyhow::Result<Exit> {
    if args.values.is_empty() && io::stdin().is_terminal() {
        let message = "nothing to check: give a value, or pipe values in, one a line";
        return Err(usage_error("check", ErrorKind::MissingRequiredArgument, message).into());
    }
    let loaded = load(&args.indicators, Hashes::Unwanted)?;
    let matcher = matcher(loaded.set)?;
    let mut check = Check { matcher, output: args.output, known: false, trouble: loaded.trouble };
    match check.all(args) {
        // Whoever read the answers has seen enough.
        Err(error) if super::is_closed_pipe(&error) => {}
        done => done?,
    }
    Ok(Exit::of(check.known, check.trouble))
}

struct Check {
    matcher: Matcher,
    output: CheckOutput,
    known: bool,
    trouble: bool,
}

impl Check {
    fn all(&mut self, args: &CheckArgs) -> anyhow::Result<()> {
        let mut out = stdout(false);
        for value in &args.values {
            self.one(value.trim(), &mut out)?;
        }
        if args.values.is_empty() {
            let mut line = Vec::new();
            let mut input = io::stdin().lock();
            while input.read_until(b'\n', &mut line).context("standard input")? > 0 {
                let value = String::from_utf8_lossy(&line);
                if !value.trim().is_empty() {
                    self.one(value.trim(), &mut out)?;
                }
                line.clear();
            }
        }
        out.flush()?;
        Ok(())
    }

    fn one(&mut self, value: &str, out: &mut impl Write) -> io::Result<()> {
        let (known, failed) = {
            let answer = answer(&self.matcher, value);
            match self.output {
                CheckOutput::Text => write_text(out, &answer)?,
                CheckOutput::Json => write_json_line(out, &answer)?,
            }
            (answer.known, answer.error.is_some())
        };
        self.known |= known;
        self.trouble |= failed;
        Ok(())
    }
}

/// Looks `value` up with the matcher, so that what is known here is what a scan would hit.
fn answer<'a>(matcher: &'a Matcher, value: &'a str) -> Answer<'a> {
    let mut found: Vec<(Match, Encodings)> = Vec::new();
    for hit in matcher.hits(refang(value).as_bytes()) {
        for found_here in hit.matches {
            if !found.iter().any(|(known, _)| known.indicator == found_here.indicator) {
                found.push((found_here, hit.encodings));
            }
        }
    }
    let known_as = |(found, encodings): (Match, Encodings)| KnownAs {
        relation: found.relation.name(),
        encoding: encodings.iter().map(|encoding| encoding.name()).collect(),
        indicator: IndicatorRecord::new(matcher.indicators().get(found.indicator), |_| true),
    };
    let matches: Vec<_> = found.into_iter().map(known_as).collect();
    let observable = Observable::recognise(value);
    let error = match &observable {
        // A name that cannot be an indicator can be asked for all the same.
        Err(ObservableError::PublicSuffix(_) | ObservableError::UnknownSuffix(_)) | Ok(_) => None,
        Err(error) => matches.is_empty().then(|| error.to_string()),
    };
    let observable = observable.ok();
    Answer {
        value,
        known: !matches.is_empty(),
        r#type: observable.as_ref().map(|observable| observable.kind.name()),
        canonical: observable.map(|observable| observable.value),
        matches,
        error,
    }
}

fn write_text(out: &mut impl Write, answer: &Answer<'_>) -> io::Result<()> {
    let value = escape(answer.value);
    if let Some(error) = &answer.error {
        return writeln!(out, "{value}: cannot be looked up: {}", escape(error));
    }
    if !answer.known {
        return writeln!(out, "{value}: not known");
    }
    writeln!(out, "{value}: known")?;
    for known in &answer.matches {
        let indicator = &known.indicator;
        let how: Vec<&str> =
            [known.relation].into_iter().chain(known.encoding.iter().copied()).collect();
        writeln!(out, "  {} {} ({})", indicator.r#type, escape(indicator.value), how.join(", "))?;
        if indicator.class == Class::SanctionedEntity {
            writeln!(out, "    sanctioned entity: a compliance question, not a compromise")?;
        }
        for claim in &indicator.claims {
            write_claim(out, claim)?;
        }
    }
    Ok(())
}

fn write_claim(out: &mut impl Write, claim: &ClaimRecord<'_>) -> io::Result<()> {
    let said = [claim.role, claim.campaign];
    let said: Vec<_> = said.into_iter().filter(|text| !text.is_empty()).map(escape).collect();
    let said = if said.is_empty() { "listed".to_owned() } else { said.join(", ") };
    let window = match claim.window() {
        window if window.is_empty() => window,
        window => format!(", seen {window}"),
    };
    writeln!(out, "    {said}{window}, confidence {}", claim.confidence)?;
    if !claim.note.is_empty() {
        writeln!(out, "      note: {}", escape(claim.note))?;
    }
    let citation = match (claim.citation, claim.publisher) {
        ("", "") => String::new(),
        ("", publisher) => format!(" {publisher}"),
        (citation, _) => format!(" {citation}"),
    };
    writeln!(out, "      source: [{}]{}", escape(claim.source), escape(&citation))
}
