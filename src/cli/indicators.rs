//! `flaxscan indicators`.

use std::io::{self, Write};

use anyhow::bail;
use flaxscan::form::write_csv_record;
use flaxscan::indicator::{Claim, Class, Indicator, IndicatorSet};
use flaxscan::sink::write_json_line;
use serde::Serialize;

use super::args::{IndicatorsCommand, ListArgs, ListOutput, SourcesArgs};
use super::exit::Exit;
use super::load::{Hashes, load};
use super::output::stdout;
use super::record::IndicatorRecord;
use super::table::Column::{Prose, Whole};
use super::table::write_table;

pub fn run(command: &IndicatorsCommand) -> anyhow::Result<Exit> {
    match command {
        IndicatorsCommand::List(args) => list(args),
        IndicatorsCommand::Sources(args) => sources(args),
    }
}

fn list(args: &ListArgs) -> anyhow::Result<Exit> {
    let loaded = load(&args.indicators, Hashes::Unwanted)?;
    check_sources(&args.sources, &loaded.set)?;
    let wanted_claim =
        |claim: &Claim<'_>| args.sources.is_empty() || args.sources.contains(&claim.source.key);
    let wanted = |indicator: &Indicator<'_>| {
        args.kinds.is_empty() || args.kinds.iter().any(|kind| kind == indicator.kind().name())
    };
    let records = loaded
        .set
        .iter()
        .filter(wanted)
        .map(|indicator| IndicatorRecord::new(indicator, wanted_claim))
        .filter(|record| !record.claims.is_empty());
    let mut out = stdout(false);
    write_list(&mut out, args.output, records)?;
    out.flush()?;
    Ok(Exit::of(true, loaded.trouble))
}

fn check_sources(keys: &[String], set: &IndicatorSet) -> anyhow::Result<()> {
    for key in keys {
        if !set.sources().iter().any(|source| source.key == *key) {
            let known: Vec<&str> = set.sources().iter().map(|source| source.key.as_str()).collect();
            bail!("there is no source `{key}`; the sources are: {}", known.join(", "));
        }
    }
    Ok(())
}

fn write_list<'a>(
    out: &mut impl Write,
    output: ListOutput,
    mut records: impl Iterator<Item = IndicatorRecord<'a>>,
) -> io::Result<()> {
    match output {
        ListOutput::Json => records.try_for_each(|record| write_json_line(out, &record)),
        ListOutput::Csv => {
            let head = "type,value,first_seen,last_seen,role,campaign,confidence,source,note,class";
            write_csv_record(out, head.split(','))?;
            for record in records {
                for claim in &record.claims {
                    let cells = [
                        record.r#type,
                        record.value,
                        claim.first_seen.as_deref().unwrap_or_default(),
                        claim.last_seen.as_deref().unwrap_or_default(),
                        claim.role,
                        claim.campaign,
                        claim.confidence,
                        claim.source,
                        claim.note,
                        record.class.name(),
                    ];
                    write_csv_record(out, cells)?;
                }
            }
            Ok(())
        }
        ListOutput::Table => {
            let columns = [
                Whole("type"),
                Whole("value"),
                Prose("role"),
                Prose("campaign"),
                Prose("seen"),
                Whole("confidence"),
                Whole("source"),
            ];
            write_table(out, &columns, records.flat_map(table_rows))
        }
    }
}

fn table_rows(record: IndicatorRecord<'_>) -> Vec<Vec<String>> {
    let row = |claim: &super::record::ClaimRecord<'_>| {
        let role = match record.class {
            Class::Infrastructure | Class::Derived => claim.role.to_owned(),
            Class::SanctionedEntity => format!("{} (sanctioned entity)", claim.role),
        };
        vec![
            record.r#type.to_owned(),
            record.value.to_owned(),
            role.trim_start().to_owned(),
            claim.campaign.to_owned(),
            claim.window(),
            claim.confidence.to_owned(),
            claim.source.to_owned(),
        ]
    };
    record.claims.iter().map(row).collect()
}

#[derive(Debug, Serialize)]
struct SourceRecord<'a> {
    key: &'a str,
    publisher: &'a str,
    publication: &'a str,
    published: &'a str,
    citation: &'a str,
    indicators: usize,
}

fn sources(args: &SourcesArgs) -> anyhow::Result<Exit> {
    let loaded = load(&args.indicators, Hashes::Unwanted)?;
    let mut records: Vec<SourceRecord<'_>> = loaded
        .set
        .sources()
        .iter()
        .map(|source| SourceRecord {
            key: &source.key,
            publisher: &source.publisher,
            publication: &source.publication,
            published: &source.published,
            citation: &source.citation,
            indicators: 0,
        })
        .collect();
    for indicator in loaded.set.iter() {
        let mut keys: Vec<&str> = Vec::new();
        for claim in indicator.claims() {
            // A source may say several things of one indicator.
            if !keys.contains(&claim.source.key.as_str()) {
                keys.push(&claim.source.key);
            }
        }
        for record in records.iter_mut().filter(|record| keys.contains(&record.key)) {
            record.indicators += 1;
        }
    }
    let mut out = stdout(false);
    write_sources(&mut out, args.output, &records)?;
    out.flush()?;
    Ok(Exit::of(true, loaded.trouble))
}

fn write_sources(
    out: &mut impl Write,
    output: ListOutput,
    records: &[SourceRecord<'_>],
) -> io::Result<()> {
    match output {
        ListOutput::Json => records.iter().try_for_each(|record| write_json_line(out, record)),
        ListOutput::Csv => {
            write_csv_record(
                out,
                "key,publisher,publication,published,citation,indicators".split(','),
            )?;
            records.iter().try_for_each(|record| {
                let indicators = record.indicators.to_string();
                let cells = [
                    record.key,
                    record.publisher,
                    record.publication,
                    record.published,
                    record.citation,
                    &indicators,
                ];
                write_csv_record(out, cells)
            })
        }
        ListOutput::Table => {
            let columns = [
                Whole("source"),
                Whole("indicators"),
                Whole("published"),
                Prose("publisher"),
                Prose("publication"),
            ];
            let row = |record: &SourceRecord<'_>| {
                vec![
                    record.key.to_owned(),
                    record.indicators.to_string(),
                    record.published.to_owned(),
                    record.publisher.to_owned(),
                    record.publication.to_owned(),
                ]
            };
            write_table(out, &columns, records.iter().map(row))
        }
    }
}
