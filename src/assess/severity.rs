//! The points. Whoever changes one changes `docs/severity.md`, too: a test compares them.

use crate::indicator::{Class, Confidence};
use crate::record::{Direction, Field, Outcome, Record, Verdict};
use crate::scan::Relation;

use super::Window;

/// What a severity is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Below 40: for the file.
    Low,
    /// From 40: to be looked at.
    Medium,
    /// From 70: to be looked at today.
    High,
    /// From 90: now.
    Critical,
}

impl Level {
    /// The level of a severity.
    #[must_use]
    pub const fn of(severity: u8) -> Self {
        match severity {
            90.. => Self::Critical,
            70.. => Self::High,
            40.. => Self::Medium,
            _ => Self::Low,
        }
    }

    /// `low`, `medium`, `high`, `critical`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What the line shows, as far as the field that was hit and the direction tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Event {
    /// Somebody connected to it, or wanted a URL or a TLS session of it.
    Reached,
    /// Somebody asked the DNS for it, or got it for an answer.
    Asked,
    /// Somebody logged on from it.
    LoggedOn,
    /// It connected to somebody.
    Came,
    /// A file was seen.
    File,
    /// It stands in the line, and that is all.
    #[default]
    Unclear,
    /// It stands where nobody connects to it: a referrer, a mail address.
    Mentioned,
}

impl Event {
    pub(super) fn of(record: &Record<'_>, field: Option<Field>) -> Self {
        let Some(field) = field else { return Self::Unclear };
        let direction = record.direction();
        match field {
            Field::SourceIp | Field::SourceDomain | Field::SourceNatIp | Field::ForwardedIp => {
                match direction {
                    // Whoever says so means something else by one of the two.
                    Some(Direction::Outbound) => Self::Unclear,
                    _ if record.outcome() == Some(Outcome::Success)
                        && record.has(Field::UserName)
                        && record.verdict() != Some(Verdict::Blocked) =>
                    {
                        Self::LoggedOn
                    }
                    _ => Self::Came,
                }
            }
            // Somebody outside wants it from us.
            _ if direction == Some(Direction::Inbound) && !is_file(field) && !is_mention(field) => {
                Self::Unclear
            }
            Field::QuestionName | Field::ResolvedIp | Field::Answer => Self::Asked,
            _ if is_file(field) => Self::File,
            _ if is_mention(field) => Self::Mentioned,
            _ => Self::Reached,
        }
    }

    /// The points of what happened.
    const fn points(self, verdict: Option<Verdict>) -> i32 {
        match (self, verdict) {
            (Self::Reached, Some(Verdict::Allowed)) | (Self::LoggedOn, _) => 10,
            (Self::Reached | Self::File, None) | (Self::File, Some(Verdict::Allowed)) => 0,
            (Self::Reached | Self::File, Some(Verdict::Blocked)) => -10,
            (Self::Asked, Some(Verdict::Blocked)) => -15,
            (Self::Asked, _) => -5,
            (Self::Came, Some(Verdict::Allowed)) => -10,
            (Self::Came, None) => -20,
            (Self::Came, Some(Verdict::Blocked)) => -60,
            (Self::Unclear, Some(Verdict::Blocked)) => -25,
            (Self::Unclear, _) => -10,
            (Self::Mentioned, Some(Verdict::Blocked)) => -35,
            (Self::Mentioned, _) => -25,
        }
    }

    /// The same in words. `is_inside`: it is known that whoever acted is inside.
    pub(super) const fn words(self, verdict: Option<Verdict>, is_inside: bool) -> &'static str {
        match (self, verdict, is_inside) {
            (Self::Reached, Some(Verdict::Allowed), true) => {
                "A machine inside reached listed infrastructure and was let through"
            }
            (Self::Reached, Some(Verdict::Allowed), false) => {
                "Somebody reached listed infrastructure and was let through"
            }
            (Self::Reached, Some(Verdict::Blocked), true) => {
                "A machine inside tried to reach listed infrastructure and was blocked"
            }
            (Self::Reached, Some(Verdict::Blocked), false) => {
                "Somebody tried to reach listed infrastructure and was blocked"
            }
            (Self::Reached, None, true) => "A machine inside reached for listed infrastructure",
            (Self::Reached, None, false) => "Somebody reached for listed infrastructure",
            (Self::Asked, Some(Verdict::Blocked), true) => {
                "A machine inside looked listed infrastructure up and was blocked"
            }
            (Self::Asked, Some(Verdict::Blocked), false) => {
                "Somebody looked listed infrastructure up and was blocked"
            }
            (Self::Asked, _, true) => "A machine inside looked listed infrastructure up",
            (Self::Asked, _, false) => "Somebody looked listed infrastructure up",
            (Self::LoggedOn, ..) => "Somebody logged on from listed infrastructure",
            (Self::Came, Some(Verdict::Allowed), _) => {
                "Listed infrastructure connected and was let through"
            }
            (Self::Came, Some(Verdict::Blocked), _) => {
                "Listed infrastructure tried to connect and was blocked"
            }
            (Self::Came, None, _) => "Listed infrastructure connected, or tried to",
            (Self::File, Some(Verdict::Blocked), _) => "A listed file was seen and blocked",
            (Self::File, ..) => "A listed file was seen",
            (Self::Unclear, Some(Verdict::Blocked), _) => {
                "Listed infrastructure stands in a line about something blocked"
            }
            (Self::Unclear, ..) => {
                "Listed infrastructure stands in the line, which does not say who reached whom"
            }
            (Self::Mentioned, ..) => "Listed infrastructure is only mentioned",
        }
    }
}

const fn is_file(field: Field) -> bool {
    matches!(field, Field::FileMd5 | Field::FileSha1 | Field::FileSha256 | Field::FileSha512)
}

const fn is_mention(field: Field) -> bool {
    !matches!(
        field,
        Field::QuestionName
            | Field::ResolvedIp
            | Field::Answer
            | Field::DestinationIp
            | Field::DestinationDomain
            | Field::DestinationNatIp
            | Field::Url
            | Field::UrlDomain
            | Field::ServerName
            | Field::Ja3
            | Field::Ja3s
            | Field::CertificateSubject
            | Field::CertificateIssuer
            | Field::CertificateMd5
            | Field::CertificateSha1
            | Field::CertificateSha256
    )
}

/// Whether a role is that of what gives orders.
pub(super) fn is_control(role: &str) -> bool {
    const LONG: &[u8] = b"command and control";
    let role = role.as_bytes();
    let is_word = |at: usize| role.get(at).is_some_and(u8::is_ascii_alphanumeric);
    // Every hit asks, and most roles have neither a `2` nor room for the long one.
    let is_c2 = |at: usize| {
        at > 0
            && role[at - 1].eq_ignore_ascii_case(&b'c')
            && !is_word(at + 1)
            && (at == 1 || !is_word(at - 2))
    };
    memchr::memchr_iter(b'2', role).any(is_c2)
        || role
            .windows(LONG.len())
            .any(|part| matches!(part[0], b'c' | b'C') && part.eq_ignore_ascii_case(LONG))
}

/// All that severity goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grounds {
    pub event: Event,
    pub verdict: Option<Verdict>,
    pub window: Window,
    pub relation: Relation,
    pub class: Class,
    pub confidence: Confidence,
    /// Whether a source says that it gives orders.
    pub is_control: bool,
    /// Addresses change hands; names and hashes hardly do.
    pub is_address: bool,
}

impl Default for Grounds {
    fn default() -> Self {
        Self {
            event: Event::Unclear,
            verdict: None,
            window: Window::Unknown,
            relation: Relation::Exact,
            class: Class::Infrastructure,
            confidence: Confidence::NotSpecified,
            is_control: false,
            is_address: false,
        }
    }
}

impl Grounds {
    /// The sum, held between 0 and 100.
    pub(super) fn severity(&self) -> u8 {
        if self.class == Class::SanctionedEntity {
            return if self.verdict == Some(Verdict::Blocked) { 10 } else { 20 };
        }
        let confidence = match self.confidence {
            Confidence::High => 80,
            Confidence::Medium => 65,
            // Somebody's own list, mostly: they had a reason.
            Confidence::NotSpecified => 60,
            Confidence::Low => 40,
        };
        let role = if self.is_control { 5 } else { 0 };
        let window = match (self.window, self.is_address) {
            (Window::Inside, _) => 5,
            (Window::Unknown, _) => 0,
            (Window::Before | Window::After, true) => -25,
            (Window::Before | Window::After, false) => -5,
        };
        let relation = match self.relation {
            Relation::Exact | Relation::UrlPrefix => 0,
            Relation::Subdomain | Relation::InRange => -5,
            Relation::Embedded => -10,
            Relation::Literal => -15,
        };
        let event = self.event.points(self.verdict);
        let sum: i32 = confidence + role + event + window + relation;
        // It is between 0 and 100.
        sum.clamp(0, 100) as u8
    }
}

#[cfg(test)]
#[path = "severity_tests.rs"]
mod tests;
