//! ECS `threat.indicator`: what is published about an indicator.
//!
//! A scan meets the same few indicators again and again, and this is half of a hit document, twice
//! in it: so it is written once, and kept.

use std::borrow::Cow;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::json::write_json;
use crate::indicator::{Claim, HashAlgorithm, Indicator, IndicatorId, IndicatorSet, Kind};
use crate::scan::Hit;
use crate::stored;

/// How many are kept.
const KEPT: usize = 4096;

/// What was made of the indicators that were met.
#[derive(Debug)]
pub(super) struct Known<T> {
    /// The address of the set that they are of.
    set: usize,
    made: HashMap<IndicatorId, T>,
}

impl<T> Known<T> {
    /// Makes the indicators of a hit ready for [`Self::get`].
    pub(super) fn prepare<E>(
        &mut self,
        set: &IndicatorSet,
        hit: &Hit,
        make: impl Fn(Indicator<'_>) -> Result<T, E>,
    ) -> Result<(), E> {
        let address = std::ptr::from_ref(set) as usize;
        if self.set != address || self.made.len() > KEPT {
            self.forget();
            self.set = address;
        }
        for found in &hit.matches {
            if let Entry::Vacant(place) = self.made.entry(found.indicator) {
                place.insert(make(set.get(found.indicator))?);
            }
        }
        Ok(())
    }

    /// Forgets all: another scan may have another set at the same address.
    pub(super) fn forget(&mut self) {
        self.made.clear();
    }

    /// An indicator of the hit that was prepared last.
    pub(super) fn get(&self, id: IndicatorId) -> Option<&T> {
        self.made.get(&id)
    }
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { set: 0, made: HashMap::new() }
    }
}

/// Indicators as they are written.
#[derive(Debug, Default)]
pub(super) struct Written(Known<Box<str>>);

impl Written {
    /// Makes the indicators of a hit ready for [`Self::get`].
    pub(super) fn prepare(&mut self, set: &IndicatorSet, hit: &Hit) -> serde_json::Result<()> {
        self.0.prepare(set, hit, |indicator| {
            let mut text = Vec::new();
            write_json(&mut text, &IndicatorFields::new(indicator))?;
            // What is JSON is UTF-8.
            Ok(String::from_utf8(text).unwrap_or_default().into())
        })
    }

    /// Forgets all: another scan may have another set at the same address.
    pub(super) fn forget(&mut self) {
        self.0.forget();
    }

    /// An indicator of the hit that was prepared last.
    pub(super) fn get(&self, id: IndicatorId) -> &str {
        self.0.get(id).map_or("null", |fields| fields)
    }
}

/// What is written of an indicator, as it would be read back.
pub(super) fn stored_indicator(indicator: Indicator<'_>) -> stored::Indicator {
    let fields = IndicatorFields::new(indicator);
    let [first_seen, last_seen] = indicator_days(&indicator.best_claim());
    stored::Indicator {
        name: fields.name.to_owned(),
        r#type: fields.r#type.to_owned(),
        ip: fields.ip.map(str::to_owned),
        url: fields.url.map(|url| stored::IndicatorUrl {
            original: url.original.map(str::to_owned),
            domain: url.domain.to_owned(),
        }),
        first_seen,
        last_seen,
        confidence: fields.confidence.to_owned(),
        description: fields.description.into_owned(),
        provider: fields.provider.to_owned(),
        reference: fields.reference.to_owned(),
    }
}

/// ECS `threat.indicator`.
#[derive(Debug, Clone, Serialize)]
struct IndicatorFields<'a> {
    name: &'a str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<Url<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<File<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen: Option<String>,
    confidence: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: Cow<'a, str>,
    provider: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reference: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Url<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<&'a str>,
    pub(super) domain: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'a str>,
}

#[derive(Debug, Clone, Serialize)]
struct Email<'a> {
    address: &'a str,
}

#[derive(Debug, Clone, Serialize)]
struct File<'a> {
    hash: Hash<'a>,
}

#[derive(Debug, Clone, Default, Serialize)]
struct Hash<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    md5: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha1: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha512: Option<&'a str>,
}

impl<'a> IndicatorFields<'a> {
    fn new(indicator: Indicator<'a>) -> Self {
        let claim = indicator.best_claim();
        let value = indicator.value();
        let kind = indicator.kind();
        Self {
            name: value,
            r#type: indicator.ecs_type(),
            // ECS has no field for a range: it is in `name`.
            ip: matches!(kind, Kind::Ipv4 | Kind::Ipv6).then_some(value),
            url: match kind {
                // Where ECS puts an indicator's name.
                Kind::Domain => Some(Url { domain: value, ..Url::default() }),
                Kind::Url => Some(Url::new(value)),
                _ => None,
            },
            email: (kind == Kind::Email).then_some(Email { address: value }),
            file: match kind {
                Kind::Hash(algorithm) => Some(File { hash: Hash::new(algorithm, value) }),
                _ => None,
            },
            first_seen: claim.first_seen.map(rfc3339),
            last_seen: claim.last_seen.map(rfc3339),
            confidence: claim.confidence.ecs_name(),
            description: indicator_description([claim.role, claim.campaign, claim.note]),
            provider: indicator_provider(&claim),
            reference: &claim.source.citation,
        }
    }
}

/// `threat.indicator.description`: what the source says it is, of its role, its campaign and a note.
pub(crate) fn indicator_description<'a>([role, campaign, note]: [&'a str; 3]) -> Cow<'a, str> {
    if campaign.is_empty() && note.is_empty() {
        return role.into();
    }
    let campaign = (!campaign.is_empty()).then(|| format!("campaign {campaign}"));
    let said = [role, campaign.as_deref().unwrap_or_default(), note];
    let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
    said.join("; ").into()
}

/// `threat.indicator.provider`: who published it.
pub(crate) fn indicator_provider<'a>(claim: &Claim<'a>) -> &'a str {
    let source = claim.source;
    if source.publisher.is_empty() { &source.key } else { &source.publisher }
}

/// `threat.indicator.first_seen` and `last_seen`, as they would be read back.
pub(crate) fn indicator_days(claim: &Claim<'_>) -> [Option<Timestamp>; 2] {
    let day = |date: Date| date.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    [claim.first_seen, claim.last_seen].map(|date| date.and_then(day))
}

/// The beginning of the day in UTC: sources publish days.
fn rfc3339(date: Date) -> String {
    format!("{date}T00:00:00Z")
}

impl<'a> Url<'a> {
    /// The parts of a canonical URL: `host[:port][/path][?query]`.
    pub(super) fn new(value: &'a str) -> Self {
        let (authority, _) = value.split_at(value.find(['/', '?', '#']).unwrap_or(value.len()));
        let rest = &value[authority.len()..];
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        let (host, port) = match authority.rsplit_once(':').map(|(host, port)| (host, port.parse()))
        {
            Some((host, Ok(port))) => (host, Some(port)),
            _ => (authority, None),
        };
        Self {
            original: Some(value),
            domain: host,
            port,
            path: (!path.is_empty()).then_some(path),
            query,
        }
    }
}

impl<'a> Hash<'a> {
    fn new(algorithm: HashAlgorithm, value: &'a str) -> Self {
        let mut hash = Self::default();
        let field = match algorithm {
            HashAlgorithm::Md5 => &mut hash.md5,
            HashAlgorithm::Sha1 => &mut hash.sha1,
            HashAlgorithm::Sha256 => &mut hash.sha256,
            HashAlgorithm::Sha512 => &mut hash.sha512,
        };
        *field = Some(value);
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let whole = |original, domain, port, path, query| Url {
            original: Some(original),
            domain,
            port,
            path,
            query,
        };
        for (value, url) in [
            ("c0cc.cc", whole("c0cc.cc", "c0cc.cc", None, None, None)),
            ("c0cc.cc/a/b", whole("c0cc.cc/a/b", "c0cc.cc", None, Some("/a/b"), None)),
            (
                "c0cc.cc:8443/a?b=c:1#d",
                whole("c0cc.cc:8443/a?b=c:1#d", "c0cc.cc", Some(8443), Some("/a"), Some("b=c:1")),
            ),
            ("c0cc.cc?b", whole("c0cc.cc?b", "c0cc.cc", None, None, Some("b"))),
            ("[2001:db8::1]/x", whole("[2001:db8::1]/x", "[2001:db8::1]", None, Some("/x"), None)),
            (
                "[2001:db8::1]:81/x",
                whole("[2001:db8::1]:81/x", "[2001:db8::1]", Some(81), Some("/x"), None),
            ),
        ] {
            assert_eq!(Url::new(value), url);
        }
    }
}
