//! An indicator with all that is said of it, as `check` and `indicators` write it in JSON.

use flaxscan::indicator::{Claim, Class, Indicator};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct IndicatorRecord<'a> {
    pub value: &'a str,
    pub r#type: &'static str,
    pub class: Class,
    pub claims: Vec<ClaimRecord<'a>>,
}

#[derive(Debug, Serialize)]
pub struct ClaimRecord<'a> {
    pub source: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub publisher: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub published: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub role: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub campaign: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<String>,
    pub confidence: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub note: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub citation: &'a str,
}

impl<'a> IndicatorRecord<'a> {
    /// With the claims that `wanted` lets through.
    pub fn new(indicator: Indicator<'a>, wanted: impl Fn(&Claim<'a>) -> bool) -> Self {
        Self {
            value: indicator.value(),
            r#type: indicator.kind().name(),
            class: indicator.traits().class,
            claims: indicator.claims().filter(wanted).map(ClaimRecord::new).collect(),
        }
    }
}

impl<'a> ClaimRecord<'a> {
    fn new(claim: Claim<'a>) -> Self {
        Self {
            source: &claim.source.key,
            publisher: &claim.source.publisher,
            published: &claim.source.published,
            role: claim.role,
            campaign: claim.campaign,
            first_seen: claim.first_seen.map(|date| date.to_string()),
            last_seen: claim.last_seen.map(|date| date.to_string()),
            confidence: claim.confidence.name(),
            note: claim.note,
            citation: &claim.source.citation,
        }
    }

    /// `2020-05-01 to 2022-04-30`, or what of it is known.
    pub fn window(&self) -> String {
        match (&self.first_seen, &self.last_seen) {
            (Some(first), Some(last)) => format!("{first} to {last}"),
            (Some(first), None) => format!("from {first}"),
            (None, Some(last)) => format!("to {last}"),
            (None, None) => String::new(),
        }
    }
}
