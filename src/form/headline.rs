//! A hit in a line: what a list of alerts shows.

use std::fmt::Write as _;

use crate::stored::{Endpoint, StoredHit};

/// `45.77.231.209 (Flax Typhoon): allowed outbound 10.1.2.3:4444 -> 45.77.231.209:443`
pub(super) fn headline(hit: &StoredHit) -> String {
    let mut line = hit.threat.indicator.name.clone();
    if let Some(group) = &hit.threat.group {
        // Writing to a `String` cannot fail.
        let _ = write!(line, " ({})", group.name);
    }
    let (source, destination) = (endpoint(&hit.source), endpoint(&hit.destination));
    let between = match (source, destination) {
        (None, None) => None,
        (source, destination) => {
            let name = |end: Option<String>| end.unwrap_or_else(|| "?".to_owned());
            Some(format!("{} -> {}", name(source), name(destination)))
        }
    };
    let said = [
        hit.flaxscan.verdict.as_deref().map(str::to_owned),
        hit.network.direction.as_deref().map(str::to_owned),
        between,
        hit.dns.question.name.as_ref().map(|name| format!("asked for {name}")),
        hit.url.original.clone(),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    if !said.is_empty() {
        let _ = write!(line, ": {}", said.join(" "));
    }
    line
}

fn endpoint(end: &Endpoint) -> Option<String> {
    let host = end.ip.map(|ip| ip.to_string()).or_else(|| end.domain.clone())?;
    Some(match end.port {
        Some(port) if host.contains(':') => format!("[{host}]:{port}"),
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}
