//! Project commands, run as `cargo xtask`.

mod browser;
mod compare;
#[path = "../../benches/corpus/mod.rs"]
mod corpus;
#[cfg(test)]
mod corpus_tests;
mod forms;
mod fuzz;
mod gate;
mod overhead;
mod packed;
mod process;
mod write;

use std::process::ExitCode;

use clap::Parser;

/// The project's commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Check everything: format, lints, documentation, licences, fuzz targets, tests.
    Test(gate::Args),
    /// Write a made-up log file.
    Corpus(write::CorpusArgs),
    /// Write a made-up indicator list.
    List(write::ListArgs),
    /// Time flaxscan beside other tools, on one file in one run.
    Compare(compare::Args),
    /// Time flaxscan on compressed files beside bare decompression.
    ComparePacked(packed::Args),
    /// Decompress and throw away: what compare-packed measures against.
    Unpack(packed::UnpackArgs),
    /// Compare what documents, summary and report cost with `-o count` where hits are rare.
    Overhead(overhead::Args),
    /// Check the machine forms with the validators of others.
    Forms,
    /// Measure the report: time, size, memory, and how fast it is in a browser.
    Report(browser::Args),
    /// Run every fuzz target.
    Fuzz(fuzz::Args),
}

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Test(args) => gate::run(&args),
        Command::Corpus(args) => write::corpus(&args),
        Command::List(args) => write::list(&args),
        Command::Compare(args) => compare::run(&args),
        Command::ComparePacked(args) => packed::compare(&args),
        Command::Unpack(args) => packed::unpack(&args),
        Command::Overhead(args) => overhead::run(&args),
        Command::Forms => forms::run(),
        Command::Report(args) => browser::measure(&args),
        Command::Fuzz(args) => fuzz::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
