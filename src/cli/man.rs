//! `flaxscan man`.

use std::io;

use anyhow::Context;
use clap::CommandFactory;

use super::args::Cli;
use super::exit::Exit;

pub fn run(command: Option<&str>) -> anyhow::Result<Exit> {
    let mut root = Cli::command();
    // Gives subcommands their full names, `flaxscan-scan`.
    root.build();
    let page = match command {
        None => root,
        Some(name) => root
            .find_subcommand(name)
            .with_context(|| format!("there is no command `{name}`"))?
            .clone(),
    };
    clap_mangen::Man::new(page).render(&mut io::stdout().lock())?;
    Ok(Exit::Found)
}
