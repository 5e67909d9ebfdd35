//! What came of a second search, for whoever tells of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Answers;
use crate::indicator::IndicatorSet;
use crate::scan::Problem;
use crate::words::{grouped, plural};

/// What a second search looked for, and found: `followed` in `docs/summary.schema.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FollowUp {
    /// Answers for listed names that gave an address.
    pub answers: u64,
    /// Addresses that were searched for: those that are listed are not.
    pub addresses: u64,
    /// Hits of these addresses.
    pub hits: u64,
    /// Addresses that were left out because there were too many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
    /// Whether it was asked for and did not come to its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_short: bool,
    /// The addresses that were searched for, and which answers gave them: the first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived: Vec<Derived>,
    /// What went wrong the second time only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Trouble>,
}

/// An address that nobody published, and the answers that gave it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Derived {
    /// The address.
    pub address: String,
    /// Listed names that it was the answer for: the first of them.
    pub names: Vec<String>,
    /// File and line of the first answer.
    pub answer: String,
    /// The time of the earliest answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Timestamp>,
    /// The time of the latest answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
}

/// An input that could not be searched a second time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Trouble {
    /// Where.
    pub path: String,
    /// In a sentence.
    pub message: String,
}

#[expect(clippy::trivially_copy_pass_by_ref)] // serde passes a reference.
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl FollowUp {
    /// Addresses that are named.
    pub const NAMED: usize = 1000;

    /// Of a search for `set`, which was made of `answers`.
    #[must_use]
    pub fn of(answers: &Answers, set: &IndicatorSet) -> Self {
        Self {
            addresses: set.len() as u64,
            left_out: answers.left_out(),
            derived: answers.derived(set, Self::NAMED),
            ..Self::only(answers)
        }
    }

    /// Of one that was asked for and not made.
    #[must_use]
    pub fn not_made(answers: &Answers) -> Self {
        Self { cut_short: true, ..Self::only(answers) }
    }

    fn only(answers: &Answers) -> Self {
        Self { answers: answers.answers(), ..Self::default() }
    }

    /// Adds what went wrong; `known`: what did so the first time.
    pub fn add_problems(&mut self, problems: &[Problem], known: &[Problem]) {
        let new = problems.iter().filter(|new| known.iter().all(|known| known.path != new.path));
        self.problems.extend(new.map(|problem| Trouble {
            path: problem.path.clone(),
            message: problem.reason.to_string(),
        }));
    }

    /// Whether something was not searched that was to be.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.cut_short || !self.problems.is_empty()
    }

    /// In a sentence without its full stop: `followed 1 DNS answer to 1 unlisted address: 2 hits`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let answers = plural(self.answers, "DNS answer");
        let mut text = match (self.answers, self.addresses) {
            (0, _) => "followed no DNS answer: none gave an address for a listed name".to_owned(),
            (_, 0) if self.cut_short => format!("followed none of {answers}: the scan was ended"),
            (_, 0) => format!("followed {answers}: every address is listed itself"),
            (_, addresses) => {
                let es = if addresses == 1 { "" } else { "es" };
                let addresses = format!("{} unlisted address{es}", grouped(addresses));
                format!("followed {answers} to {addresses}: {}", plural(self.hits, "hit"))
            }
        };
        if self.addresses > 0 && self.cut_short {
            text += ", ended before the end";
        }
        if self.left_out > 0 {
            text += &format!("; {} left out, there are too many", self.left_out);
        }
        text
    }
}
