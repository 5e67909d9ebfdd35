//! `--output FORMAT[=FILE]`.

use std::path::PathBuf;

use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, ValueEnum};
use flaxscan::form::Form;

const HTML: &str = "html";
const ABOUT_HTML: &str = "A report for people: one file that opens in a browser, without a network";

/// What to write for the hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanOutput {
    Text,
    Json,
    Html,
    Form(Form),
    Count,
    Files,
    Quiet,
}

impl ScanOutput {
    /// Whether it is the hit document, or made of it.
    pub const fn is_document(self) -> bool {
        match self {
            Self::Json | Self::Html | Self::Form(_) => true,
            Self::Text | Self::Count | Self::Files | Self::Quiet => false,
        }
    }

    const fn named(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("text", "What was hit, who says so, and the line with the match marked"),
            Self::Json => {
                ("json", "One JSON document a line for each hit, in Elastic Common Schema")
            }
            Self::Html => (HTML, ABOUT_HTML),
            Self::Form(form) => (form.name(), form.about()),
            Self::Count => ("count", "The number of hits, by file if there are several"),
            Self::Files => ("files", "The names of files with hits"),
            Self::Quiet => ("quiet", "Nothing; stops at the first hit"),
        }
    }
}

const OWN: [ScanOutput; 6] = [
    ScanOutput::Text,
    ScanOutput::Json,
    ScanOutput::Html,
    ScanOutput::Count,
    ScanOutput::Files,
    ScanOutput::Quiet,
];
/// Those of them that come before the forms.
const FIRST: usize = 3;

const ALL: &[ScanOutput] = &{
    let mut all = [ScanOutput::Quiet; OWN.len() + Form::ALL.len()];
    let mut at = 0;
    while at < all.len() {
        // What tells all of a hit first, then what does not.
        all[at] = if at < FIRST {
            OWN[at]
        } else if at < FIRST + Form::ALL.len() {
            ScanOutput::Form(Form::ALL[at - FIRST])
        } else {
            OWN[at - Form::ALL.len()]
        };
        at += 1;
    }
    all
};

impl ValueEnum for ScanOutput {
    fn value_variants<'a>() -> &'a [Self] {
        ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, about) = self.named();
        Some(PossibleValue::new(name).help(about))
    }
}

/// What to make of stored hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportForm {
    Html,
    Text,
    Json,
    Form(Form),
}

const REPORT_FORMS: &[ReportForm] = &{
    let mut all = [ReportForm::Html; 3 + Form::ALL.len()];
    all[1] = ReportForm::Text;
    all[2] = ReportForm::Json;
    let mut at = 3;
    while at < all.len() {
        all[at] = ReportForm::Form(Form::ALL[at - 3]);
        at += 1;
    }
    all
};

impl ValueEnum for ReportForm {
    fn value_variants<'a>() -> &'a [Self] {
        REPORT_FORMS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Html => PossibleValue::new(HTML).help(ABOUT_HTML),
            Self::Text => {
                PossibleValue::new("text").help("Who met whom, how often, since when: for reading")
            }
            Self::Json => PossibleValue::new("json")
                .help("The documents as they are: of several files one, without what is no hit"),
            Self::Form(form) => PossibleValue::new(form.name()).help(form.about()),
        })
    }
}

/// A format, and the file that it goes to; standard output without one, or with `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlet {
    pub format: ScanOutput,
    pub file: Option<PathBuf>,
}

/// Reads `FORMAT[=FILE]`.
#[derive(Debug, Clone, Copy)]
pub struct OutletParser;

impl TypedValueParser for OutletParser {
    type Value = Outlet;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Outlet, clap::Error> {
        // A file's name need not be UTF-8, a format's is.
        let bytes = value.as_encoded_bytes();
        let (name, file) = match bytes.iter().position(|&byte| byte == b'=') {
            Some(at) => (&bytes[..at], Some(&bytes[at + 1..])),
            None => (bytes, None),
        };
        let format = EnumValueParser::<ScanOutput>::new();
        let name = String::from_utf8_lossy(name).into_owned();
        let format = format.parse_ref(command, arg, name.as_ref())?;
        let file = match file {
            None | Some(b"-") => None,
            Some([]) => {
                let message = format!("'{name}=' wants the name of a file behind the sign\n");
                return Err(clap::Error::raw(ErrorKind::InvalidValue, message).with_cmd(command));
            }
            Some(_) => Some(after_sign(value, name.len())?),
        };
        Ok(Outlet { format, file })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(ALL.iter().filter_map(ValueEnum::to_possible_value)))
    }
}

/// What stands behind the `=` at `at`.
#[cfg(unix)]
fn after_sign(value: &std::ffi::OsStr, at: usize) -> Result<PathBuf, clap::Error> {
    use std::os::unix::ffi::OsStrExt;

    let bytes = &value.as_bytes()[at + 1..];
    Ok(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

/// What stands behind the `=` at `at`.
#[cfg(not(unix))]
fn after_sign(value: &std::ffi::OsStr, at: usize) -> Result<PathBuf, clap::Error> {
    let text = clap::builder::StringValueParser::new();
    let text = text.parse_ref(&Command::new(""), None, value)?;
    Ok(PathBuf::from(&text[at + 1..]))
}
