//! URLs and mail addresses, by their host.

use hashbrown::HashMap;

use crate::indicator::{IndicatorId, IndicatorSet, Kind};

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

/// Host and the rest of a URL in canonical form, `host[:port]/path`.
pub(super) fn split_url(value: &str) -> (&str, &str) {
    let slash = value.find('/').unwrap_or(value.len());
    // An IPv6 host is full of colons; its brackets tell where it ends.
    let colon = value[..slash].rfind(':').filter(|&colon| !value[colon..slash].contains(']'));
    value.split_at(colon.unwrap_or(slash))
}

/// Local part and domain of a mail address in canonical form.
pub(super) fn split_email(value: &str) -> (&str, &str) {
    value.rsplit_once('@').unwrap_or(("", value))
}

impl ResourceIndex {
    /// The URLs and mail addresses of `set`.
    pub(crate) fn new(set: &IndicatorSet) -> Self {
        let mut hosts: HashMap<String, Host> = HashMap::new();
        for indicator in set.iter() {
            let (id, value) = (indicator.id(), indicator.value());
            match indicator.kind() {
                Kind::Url => {
                    let (host, rest) = split_url(value);
                    let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                    let port = port.strip_prefix(':').and_then(|port| port.parse().ok());
                    let path = if path.is_empty() { "/" } else { path };
                    let entry = UrlEntry { port, path: path.to_owned(), id };
                    hosts.entry(host.to_owned()).or_default().urls.push(entry);
                }
                Kind::Email => {
                    let (local, domain) = split_email(value);
                    let host = hosts.entry(domain.to_owned()).or_default();
                    host.emails.push((local.to_owned(), id));
                }
                _ => {}
            }
        }
        Self { hosts }
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
