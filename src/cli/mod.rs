//! The command line of flaxscan: everything that prints, exits or reads the environment.

mod args;
mod case_file;
mod check;
mod columns;
mod completions;
mod exit;
mod filter;
mod follow;
mod format;
mod formats;
mod indicators;
mod load;
mod man;
#[cfg(unix)]
mod outlet;
mod output;
mod overview;
mod page;
mod placed;
mod progress;
mod read;
mod record;
mod report;
mod scan;
mod select;
mod signals;
mod summary;
mod table;
mod watch;
mod when;

use std::io::{self, Write};
use std::process::ExitCode;

use args::{Cli, Command};
use clap::Parser;
use exit::Exit;
use flaxscan::sink::escape;

/// Runs the program.
pub fn run() -> ExitCode {
    // A panic says where on standard error. It must not end in a status of its own: to a script
    // it is one more thing that went wrong.
    std::panic::catch_unwind(run_command).unwrap_or_else(|_| Exit::Trouble.into())
}

fn run_command() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return show_usage(&error),
    };
    let done = match cli.command {
        Command::Scan(args) => scan::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Indicators(args) => indicators::run(&args.command),
        Command::Formats(args) => formats::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Completions { shell } => completions::run(shell),
        Command::Man { command } => man::run(&command),
    };
    match done {
        Ok(exit) => exit.into(),
        // Whoever read our output has seen enough.
        Err(error) if is_closed_pipe(&error) => Exit::Found.into(),
        Err(error) => match error.downcast_ref::<clap::Error>() {
            Some(usage) => show_usage(usage),
            None => {
                complain(&format!("{error:#}"));
                Exit::Trouble.into()
            }
        },
    }
}

/// Writes a line to standard error. There is nobody to tell when that fails.
fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "flaxscan: {}", escape(message));
}

fn show_usage(error: &clap::Error) -> ExitCode {
    // A closed pipe after `--help | head` is no reason to complain.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// A usage error that the grammar of the command line cannot tell.
fn usage_error(subcommand: &str, kind: clap::error::ErrorKind, message: &str) -> clap::Error {
    use clap::CommandFactory;

    let mut command = Cli::command();
    // Gives the subcommand its full name for the usage line.
    command.build();
    match command.find_subcommand_mut(subcommand) {
        Some(subcommand) => subcommand.error(kind, message),
        None => command.error(kind, message),
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
