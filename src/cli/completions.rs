//! `flaxscan completions`.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::args::Cli;
use super::exit::Exit;

pub fn run(shell: Shell) -> anyhow::Result<Exit> {
    // `generate` panics when it cannot write, so it writes to memory.
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "flaxscan", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Exit::Found)
}
