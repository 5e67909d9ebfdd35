//! `flaxscan man`.

use std::io::{self, Write};

use anyhow::Context;
use clap::CommandFactory;

use super::args::Cli;
use super::exit::Exit;

/// Where clap puts what stands below the options: examples, exit status.
const EXTRA: &str = "\n.SH EXTRA\n";

pub fn run(command: &[String]) -> anyhow::Result<Exit> {
    let mut root = Cli::command();
    // Gives subcommands their full names, `flaxscan-scan`.
    root.build();
    let mut page = &root;
    for name in command {
        page = page
            .find_subcommand(name)
            .with_context(|| format!("there is no command `{}`", command.join(" ")))?;
    }
    let page = page.clone();
    let mut text = Vec::new();
    let source = concat!("flaxscan ", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(page).source(source).render(&mut text)?;
    let text = String::from_utf8(text).context("the page is no text")?;
    io::stdout().write_all(sections(&text).as_bytes())?;
    Ok(Exit::Found)
}

/// The page with sections for what clap knows as text only. Its lines stay as they are: a command
/// that is filled and hyphenated cannot be copied.
fn sections(page: &str) -> String {
    let Some((before, extra)) = page.split_once(EXTRA) else { return page.to_owned() };
    let (extra, after) = match extra.find("\n.SH ") {
        Some(end) => extra.split_at(end + 1),
        None => (extra, ""),
    };
    let mut text = format!("{before}\n");
    for line in extra.lines() {
        match line.strip_suffix(':') {
            Some(title) if !line.starts_with(' ') => {
                text += &format!(".SH \"{}\"\n.nf\n", title.to_uppercase());
            }
            _ => text += &format!("{}\n", line.strip_prefix("  ").unwrap_or(line)),
        }
    }
    text + ".fi\n" + after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_the_options_has_sections() {
        let page = ".TH x 1\n.SH EXTRA\nExamples:\n  x \\-y\n\nExit status:\n    0  found\n.SH VERSION\nv1\n";
        let expected = ".TH x 1\n.SH \"EXAMPLES\"\n.nf\nx \\-y\n\n.SH \"EXIT STATUS\"\n.nf\n  0  found\n.fi\n.SH VERSION\nv1\n";
        assert_eq!(sections(page), expected);
        assert_eq!(sections(".TH x 1\n"), ".TH x 1\n");
    }
}
