//! URLs and mail addresses, by their host.

use hashbrown::HashMap;

use crate::indicator::IndicatorId;

/// What a URL indicator asks for behind its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UrlEntry {
    /// The port that has to stand behind the host, where the indicator has one.
    pub port: Option<u16>,
    /// Path, query and fragment, from the first `/`.
    pub path: String,
    pub id: IndicatorId,
}

#[derive(Debug, Default)]
struct Host {
    urls: Vec<UrlEntry>,
    /// Local part, lower case.
    emails: Vec<(String, IndicatorId)>,
}

/// URL and mail indicators by host: a name, an IPv4 address, or an IPv6 address in brackets.
#[derive(Debug, Default)]
pub(crate) struct ResourceIndex {
    hosts: HashMap<String, Host>,
}

impl ResourceIndex {
    /// Adds a URL in canonical form, `host[:port]/path`, and gives back its host.
    pub(crate) fn insert_url<'a>(&mut self, value: &'a str, id: IndicatorId) -> &'a str {
        let (authority, path) = match value.find('/') {
            Some(slash) => value.split_at(slash),
            None => (value, "/"),
        };
        // An IPv6 host is full of colons; its brackets tell where it ends.
        let colon = authority.rfind(':').filter(|&colon| !authority[colon..].contains(']'));
        let (host, port) = match colon {
            Some(colon) => (&authority[..colon], authority[colon + 1..].parse().ok()),
            None => (authority, None),
        };
        let entry = UrlEntry { port, path: path.to_owned(), id };
        self.hosts.entry(host.to_owned()).or_default().urls.push(entry);
        host
    }

    /// Adds a mail address in canonical form and gives back its domain.
    pub(crate) fn insert_email<'a>(&mut self, value: &'a str, id: IndicatorId) -> &'a str {
        let (local, domain) = value.rsplit_once('@').unwrap_or(("", value));
        self.hosts.entry(domain.to_owned()).or_default().emails.push((local.to_owned(), id));
        domain
    }

    /// Whether there is neither URL nor mail address.
    pub(crate) fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }

    /// The URLs of a host.
    pub(crate) fn urls(&self, host: &str) -> &[UrlEntry] {
        self.hosts.get(host).map_or(&[], |host| &host.urls)
    }

    /// The mail addresses of a domain: local part and indicator.
    pub(crate) fn emails(&self, domain: &str) -> &[(String, IndicatorId)] {
        self.hosts.get(domain).map_or(&[], |host| &host.emails)
    }
}
