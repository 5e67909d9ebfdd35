//! `flaxscan formats`.

use std::io::Write;

use flaxscan::record::{FAMILIES, Family};
use flaxscan::sink::write_json_line;
use serde::Serialize;

use super::args::{FormatsArgs, FormatsOutput};
use super::exit::Exit;
use super::output::stdout;
use super::table::Column::{Prose, Whole};
use super::table::write_table;

#[derive(Serialize)]
struct Format<'a> {
    name: &'a str,
    title: &'a str,
    datasets: &'a [&'a str],
    example: &'a str,
}

pub fn run(args: &FormatsArgs) -> anyhow::Result<Exit> {
    let mut families: Vec<&Family> = FAMILIES.iter().collect();
    families.sort_unstable_by_key(|family| family.name);
    let mut out = stdout(false);
    match args.output {
        FormatsOutput::Json => {
            for Family { name, title, datasets, example, .. } in families {
                write_json_line(&mut out, &Format { name, title, datasets, example })?;
            }
        }
        FormatsOutput::Table => {
            let columns = [Whole("name"), Prose("title"), Prose("datasets"), Prose("example")];
            let row = |family: &Family| {
                let datasets = family.datasets.join(", ");
                [family.name, family.title, &datasets, family.example].map(str::to_owned).to_vec()
            };
            write_table(&mut out, &columns, families.into_iter().map(row))?;
        }
    }
    out.flush()?;
    Ok(Exit::Found)
}
