//! A set of indicators with every source's claim about each.
//!
//! A list can hold millions of values and most of them say nothing but the value, so records are
//! kept in flat vectors: one string arena for the values, interned texts for what the sources say,
//! and a chain of claims for each record. A plain list of a million names costs about 60 MB.

use std::fmt;
use std::hash::BuildHasher;

use hashbrown::hash_table::Entry as TableEntry;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use jiff::civil::Date;

use super::canonical::Observable;
use super::embedded::Group;
use super::kind::{Class, Confidence, Kind, Scope};

/// An indicator's number in its [`IndicatorSet`], from 0 in order of insertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IndicatorId(u32);

impl IndicatorId {
    /// The position in [`IndicatorSet::iter`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) const fn from_raw(raw: u32) -> Self {
        Self(raw)
    }

    pub(crate) const fn raw(self) -> u32 {
        self.0
    }
}

/// A source's number in its [`IndicatorSet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(u16);

/// Who published a claim, and where it can be read. Every field may be empty but `key`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// Short unique name: `lumen-2024-09`, or the path of a list file.
    pub key: String,
    /// The publishing organisations.
    pub publisher: String,
    /// The publication's title.
    pub publication: String,
    /// When it was published: an ISO date, or a year where no more is known.
    pub published: String,
    /// A citation fit for a report, without a link.
    pub citation: String,
    /// The adversary whose infrastructure the publication lists, where it names one.
    pub group: Option<&'static Group>,
}

/// What one source says of one indicator, ready to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NewClaim<'a> {
    /// The source, from [`IndicatorSet::add_source`].
    pub source: SourceId,
    /// What the publisher says it was: `C2 root domain`. May be empty.
    pub role: &'a str,
    /// The campaign or group of activity. May be empty.
    pub campaign: &'a str,
    /// First day of the published window.
    pub first_seen: Option<Date>,
    /// Last day of the published window.
    pub last_seen: Option<Date>,
    /// How sure the publisher is.
    pub confidence: Confidence,
    /// What a responder should know before acting on it. May be empty.
    pub note: &'a str,
}

impl NewClaim<'_> {
    /// A claim that says nothing but that `source` lists the value.
    #[must_use]
    pub const fn bare(source: SourceId) -> Self {
        Self {
            source,
            role: "",
            campaign: "",
            first_seen: None,
            last_seen: None,
            confidence: Confidence::NotSpecified,
            note: "",
        }
    }
}

/// What one source says of one indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Who says so.
    pub source: &'a Source,
    /// What the publisher says it was. May be empty.
    pub role: &'a str,
    /// The campaign or group of activity. May be empty.
    pub campaign: &'a str,
    /// First day of the published window.
    pub first_seen: Option<Date>,
    /// Last day of the published window.
    pub last_seen: Option<Date>,
    /// How sure the publisher is.
    pub confidence: Confidence,
    /// What a responder should know before acting on it. May be empty.
    pub note: &'a str,
}

/// How a domain or literal is to be compared, and why it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traits {
    /// Why it is looked for.
    pub class: Class,
    /// Domains: whether names below are covered.
    pub scope: Scope,
    /// Literals: whether ASCII letters match in any case.
    pub nocase: bool,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    len: u32,
    kind: Kind,
    traits: Traits,
    first_claim: u32,
    last_claim: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Text(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct StoredClaim {
    source: SourceId,
    role: Text,
    campaign: Text,
    first_seen: Option<Date>,
    last_seen: Option<Date>,
    confidence: Confidence,
    note: Text,
}

/// One step of an entry's chain of claims. Lists repeat one claim a million times, so the chain
/// points at the claim instead of holding it.
#[derive(Debug, Clone, Copy)]
struct Link {
    claim: u32,
    next: u32,
}

const END: u32 = u32::MAX;

/// Indicators, each once, with every claim about it.
///
/// ```
/// use flaxscan::indicator::IndicatorSet;
///
/// let set = IndicatorSet::embedded();
/// let indicator = set.find("k3121.com").next().unwrap();
/// assert_eq!(indicator.claims().next().unwrap().role, "C2 root domain");
/// ```
#[derive(Clone)]
pub struct IndicatorSet {
    arena: String,
    entries: Vec<Entry>,
    by_value: HashTable<u32>,
    hasher: DefaultHashBuilder,
    texts: Vec<String>,
    text_ids: HashMap<String, Text>,
    claims: Vec<StoredClaim>,
    claim_ids: HashMap<StoredClaim, u32>,
    links: Vec<Link>,
    sources: Vec<Source>,
}

impl Default for IndicatorSet {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for IndicatorSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndicatorSet")
            .field("indicators", &self.entries.len())
            .field("sources", &self.sources.len())
            .finish_non_exhaustive()
    }
}

/// What [`IndicatorSet::insert`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inserted {
    /// The indicator's number.
    pub id: IndicatorId,
    /// Whether the value was new to the set.
    pub is_new: bool,
}

/// The set is full: it holds 2³² − 1 indicators, or 4 GiB of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many indicators: a set holds at most 4,294,967,295 of them in 4 GiB of text")]
pub struct SetFull;

impl IndicatorSet {
    /// A set without indicators.
    #[must_use]
    pub fn new() -> Self {
        Self {
            arena: String::new(),
            entries: Vec::new(),
            by_value: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            texts: vec![String::new()],
            text_ids: HashMap::from_iter([(String::new(), Text(0))]),
            claims: Vec::new(),
            claim_ids: HashMap::new(),
            links: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// The number of distinct indicators.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no indicator.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Makes room for `additional` more indicators, so that a long list does not grow the tables
    /// step by step.
    pub fn reserve(&mut self, additional: usize) {
        self.entries.reserve(additional);
        self.links.reserve(additional);
        let Self { by_value, entries, arena, hasher, .. } = self;
        by_value.reserve(additional, |&at| hash_entry(hasher, arena, &entries[at as usize]));
    }

    /// Adds a source, or finds the one with the same key.
    ///
    /// # Panics
    /// When the set already has 65,536 sources.
    pub fn add_source(&mut self, source: Source) -> SourceId {
        let at = self.sources.iter().position(|known| known.key == source.key);
        let at = at.unwrap_or_else(|| {
            self.sources.push(source);
            self.sources.len() - 1
        });
        SourceId(u16::try_from(at).expect("fewer than 65,536 sources"))
    }

    /// The sources in the order they were added.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Adds an indicator, or another claim to one that is there. A claim that is there already is
    /// not stored twice. `traits` count for a new indicator only.
    ///
    /// # Errors
    /// [`SetFull`].
    pub fn insert(
        &mut self,
        observable: &Observable,
        traits: Traits,
        claim: NewClaim<'_>,
    ) -> Result<Inserted, SetFull> {
        let claim = self.store_claim(claim);
        let (kind, value) = (observable.kind, observable.value.as_str());
        let Self { by_value, entries, arena, hasher, links, .. } = self;
        let hash = hash_value(hasher, kind, value);
        let same = |&at: &u32| {
            let entry = &entries[at as usize];
            entry.kind == kind && text_of(arena, entry) == value
        };
        let rehash = |&at: &u32| hash_entry(hasher, arena, &entries[at as usize]);
        // One probe for both cases: in a long list each is a cache miss.
        let vacant = match by_value.entry(hash, same, rehash) {
            TableEntry::Occupied(known) => {
                let at = *known.get();
                let entry = &mut entries[at as usize];
                let mut step = entry.first_claim;
                while step != END {
                    if links[step as usize].claim == claim {
                        return Ok(Inserted { id: IndicatorId(at), is_new: false });
                    }
                    step = links[step as usize].next;
                }
                let link = u32::try_from(links.len()).map_err(|_| SetFull)?;
                links.push(Link { claim, next: END });
                links[entry.last_claim as usize].next = link;
                entry.last_claim = link;
                return Ok(Inserted { id: IndicatorId(at), is_new: false });
            }
            TableEntry::Vacant(vacant) => vacant,
        };
        let at = u32::try_from(entries.len()).ok().filter(|&at| at != END).ok_or(SetFull)?;
        let start = u32::try_from(arena.len()).map_err(|_| SetFull)?;
        let len = u32::try_from(value.len()).map_err(|_| SetFull)?;
        start.checked_add(len).ok_or(SetFull)?;
        let link = u32::try_from(links.len()).map_err(|_| SetFull)?;
        arena.push_str(value);
        links.push(Link { claim, next: END });
        entries.push(Entry { start, len, kind, traits, first_claim: link, last_claim: link });
        vacant.insert(at);
        Ok(Inserted { id: IndicatorId(at), is_new: true })
    }

    /// The indicator with this number.
    ///
    /// # Panics
    /// When `id` is of another set and this one is smaller.
    #[must_use]
    pub fn get(&self, id: IndicatorId) -> Indicator<'_> {
        Indicator { set: self, id, entry: self.entries[id.index()] }
    }

    /// All indicators in order of insertion.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Indicator<'_>> {
        self.entries.iter().enumerate().map(|(at, &entry)| Indicator {
            set: self,
            // `insert` checked that every position fits.
            id: IndicatorId(at as u32),
            entry,
        })
    }

    /// The indicators whose canonical value is `value`: one at most of each kind.
    pub fn find<'a>(&'a self, value: &'a str) -> impl Iterator<Item = Indicator<'a>> + 'a {
        Kind::ALL.into_iter().filter_map(move |kind| {
            let hash = hash_value(&self.hasher, kind, value);
            let at = self.by_value.find(hash, |&at| {
                let entry = &self.entries[at as usize];
                entry.kind == kind && text_of(&self.arena, entry) == value
            })?;
            Some(self.get(IndicatorId(*at)))
        })
    }

    fn store_claim(&mut self, claim: NewClaim<'_>) -> u32 {
        let stored = StoredClaim {
            source: claim.source,
            role: self.intern(claim.role),
            campaign: self.intern(claim.campaign),
            first_seen: claim.first_seen,
            last_seen: claim.last_seen,
            confidence: claim.confidence,
            note: self.intern(claim.note),
        };
        // A list gives the same claim line after line: the last one is nearly always it.
        if self.claims.last() == Some(&stored) {
            return self.claims.len() as u32 - 1;
        }
        let claims = &mut self.claims;
        *self.claim_ids.entry(stored).or_insert_with(|| {
            claims.push(stored);
            claims.len() as u32 - 1
        })
    }

    fn intern(&mut self, text: &str) -> Text {
        if text.is_empty() {
            return Text(0);
        }
        if let Some(&known) = self.text_ids.get(text) {
            return known;
        }
        let id = Text(self.texts.len() as u32);
        self.texts.push(text.to_owned());
        self.text_ids.insert(text.to_owned(), id);
        id
    }

    fn text(&self, text: Text) -> &str {
        &self.texts[text.0 as usize]
    }
}

fn hash_value(hasher: &DefaultHashBuilder, kind: Kind, value: &str) -> u64 {
    hasher.hash_one((kind, value))
}

fn hash_entry(hasher: &DefaultHashBuilder, arena: &str, entry: &Entry) -> u64 {
    hash_value(hasher, entry.kind, text_of(arena, entry))
}

fn text_of<'a>(arena: &'a str, entry: &Entry) -> &'a str {
    &arena[entry.start as usize..][..entry.len as usize]
}

/// One indicator of an [`IndicatorSet`].
#[derive(Clone, Copy)]
pub struct Indicator<'a> {
    set: &'a IndicatorSet,
    id: IndicatorId,
    entry: Entry,
}

impl fmt::Debug for Indicator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.value())
    }
}

impl<'a> Indicator<'a> {
    /// Its number in the set.
    #[must_use]
    pub fn id(&self) -> IndicatorId {
        self.id
    }

    /// What the value is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.entry.kind
    }

    /// The canonical value.
    #[must_use]
    pub fn value(&self) -> &'a str {
        text_of(&self.set.arena, &self.entry)
    }

    /// How it is compared, and why it is looked for.
    #[must_use]
    pub fn traits(&self) -> Traits {
        self.entry.traits
    }

    /// Every source's claim, in order of insertion: one at least.
    pub fn claims(&self) -> impl Iterator<Item = Claim<'a>> + use<'a> {
        let set = self.set;
        let mut step = self.entry.first_claim;
        std::iter::from_fn(move || {
            let link = set.links.get(step as usize)?;
            step = link.next;
            let claim = &set.claims[link.claim as usize];
            Some(Claim {
                source: &set.sources[usize::from(claim.source.0)],
                role: set.text(claim.role),
                campaign: set.text(claim.campaign),
                first_seen: claim.first_seen,
                last_seen: claim.last_seen,
                confidence: claim.confidence,
                note: set.text(claim.note),
            })
        })
    }

    /// The claim a report should lead with: the most confident, and of those the first.
    ///
    /// # Panics
    /// Never: an indicator has one claim at least.
    #[must_use]
    pub fn best_claim(&self) -> Claim<'a> {
        let mut claims = self.claims();
        let first = claims.next().expect("an indicator has a claim");
        claims.fold(first, |best, next| if next.confidence > best.confidence { next } else { best })
    }

    /// The adversary that a source says is behind it: the first that is named.
    #[must_use]
    pub fn group(&self) -> Option<&'static Group> {
        self.claims().find_map(|claim| claim.source.group)
    }

    /// ECS `threat.indicator.type`.
    #[must_use]
    pub fn ecs_type(&self) -> &'static str {
        self.kind().ecs_type(self.value().contains(':'))
    }
}
