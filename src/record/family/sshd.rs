//! OpenSSH's server: log ons, and everything else that names a peer.
//!
//! OpenSSH's own sources say what is written (`auth.c`, `auth2.c`, `packet.c`, `sshd.c`); since 9.8
//! the program is `sshd-session`, since 10.0 also `sshd-auth`. A peer is `192.0.2.10 port 22`, or
//! `[192.0.2.10]:22` where `MaxStartups` dropped it. The user's name is whatever the peer sent, with
//! ` from ` in it if he likes, so the last `from` counts. PAM's lines (`rhost=`) have sshd's name, too.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::Named;
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::words::{after, before, between, word};
use crate::record::value::address;
use crate::record::{Outcome, Record, Verdict};

pub(super) const FAMILY: Family = Family {
    name: "sshd",
    title: "OpenSSH server",
    datasets: &["openssh.sshd"],
    example: "Jun 10 06:13:20 bastion1 sshd[812]: Failed password for invalid user admin from \
              192.0.2.10 port 55083 ssh2",
    is_device: false,
    read,
};

/// What a line without a program's name has to begin with.
const BEGINNINGS: &[&str] = &[
    "Accepted ",
    "Failed ",
    "Postponed ",
    "Partial ",
    "Invalid user ",
    "Illegal user ",
    "Connection closed by ",
    "Connection reset by ",
    "Connection from ",
    "Disconnected from ",
    "Received disconnect from ",
    "Disconnecting ",
    "Did not receive identification string from ",
    "Bad protocol version identification ",
    "banner exchange: ",
    "Unable to negotiate with ",
    "Timeout before authentication for ",
    "Starting session: ",
    "Close session: ",
    "error: maximum authentication attempts exceeded ",
    "ssh_dispatch_run_fatal: ",
    "error: Received disconnect from ",
    "fatal: Timeout before authentication for ",
    "maximum authentication attempts exceeded ",
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let text = message.text;
    let is_own = ["sshd", "sshd-session", "sshd-auth"].iter().any(|name| message.is_from(name));
    let is_likely = || {
        message.program.is_empty()
            && BEGINNINGS.iter().any(|begin| text.starts_with(begin))
            && text.contains(" port ")
    };
    if !is_own && !is_likely() {
        return None;
    }
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    // Levels that `LogLevel DEBUG` and errors put before it.
    let text = ["error: ", "fatal: ", "debug1: ", "debug2: ", "debug3: "]
        .iter()
        .find_map(|level| text.strip_prefix(level))
        .unwrap_or(text);
    // `message repeated 3 times: [ Failed password …]`
    let text = match text.strip_prefix("message repeated ").and_then(|rest| after(rest, ": [ ")) {
        Some(repeated) => repeated.strip_suffix(']').unwrap_or(repeated),
        None => text,
    };
    result(&mut record, text);
    if message.structured.starts_with("[junos@") {
        // `Login failed for user 'root' from host '192.0.2.10'`: Junos says it again in its data.
        let names = Pairs::new(message.structured, Style::SPACED);
        for (field, name) in [(Field::SourceIp, "source-address"), (Field::UserName, "username")] {
            if let Some(value) = names.get(name) {
                record.set(field, value);
            }
        }
    } else if let Some(names) = after(text, "rhost=").map(|_| Pairs::new(text, Style::SPACED)) {
        pam(&mut record, &names);
    } else {
        peer(&mut record, text);
    }
    Some(record)
}

/// `pam_unix(sshd:auth): authentication failure; logname= uid=0 … rhost=192.0.2.10  user=root`.
fn pam<'a>(record: &mut Record<'a>, names: &Pairs<'a>) {
    for (field, name) in [(Field::SourceIp, "rhost"), (Field::UserName, "user")] {
        if let Some(value) = names.get(name) {
            record.set(field, value);
        }
    }
}

/// What happened, in sshd's first words.
fn result(record: &mut Record<'_>, text: &str) {
    const WORDS: &[(&str, &str, Option<Outcome>)] = &[
        ("Accepted ", "Accepted", Some(Outcome::Success)),
        ("Failed ", "Failed", Some(Outcome::Failure)),
        ("Login failed ", "Failed", Some(Outcome::Failure)),
        ("Postponed ", "Postponed", None),
        ("Partial ", "Partial", None),
        ("Invalid user ", "Invalid user", Some(Outcome::Failure)),
        ("Illegal user ", "Illegal user", Some(Outcome::Failure)),
        (
            "maximum authentication attempts",
            "maximum authentication attempts exceeded",
            Some(Outcome::Failure),
        ),
        ("PAM: Authentication failure", "Authentication failure", Some(Outcome::Failure)),
        ("ROOT LOGIN REFUSED", "ROOT LOGIN REFUSED", Some(Outcome::Failure)),
        ("refused connect", "refused connect", Some(Outcome::Failure)),
        ("drop connection", "drop connection", Some(Outcome::Failure)),
        ("Timeout before authentication", "Timeout before authentication", Some(Outcome::Failure)),
        ("Unable to negotiate", "Unable to negotiate", Some(Outcome::Failure)),
        ("Connection closed", "Connection closed", None),
        ("Connection reset", "Connection reset", None),
        ("Connection from", "Connection", None),
        ("Disconnected from", "Disconnected", None),
        ("Received disconnect", "Received disconnect", None),
        ("Disconnecting", "Disconnecting", None),
        ("Did not receive identification", "Did not receive identification string", None),
        ("Bad protocol version", "Bad protocol version identification", None),
        ("banner exchange", "banner exchange", None),
        ("Starting session", "Starting session", Some(Outcome::Success)),
    ];
    let found = WORDS.iter().find(|(begin, ..)| text.starts_with(begin));
    if let Some(&(_, word, outcome)) = found {
        record.set_word(Field::Action, word);
        record.outcome = outcome;
        if matches!(word, "refused connect" | "drop connection" | "ROOT LOGIN REFUSED") {
            record.verdict = Some(Verdict::Blocked);
        }
    } else if text.contains("not allowed because") {
        record.set_word(Field::Action, "not allowed");
        record.outcome = Some(Outcome::Failure);
    } else if text.contains("authentication failure") {
        record.set_word(Field::Action, "authentication failure");
        record.outcome = Some(Outcome::Failure);
    }
}

fn peer<'a>(record: &mut Record<'a>, text: &'a str) {
    // `drop connection #3 from [192.0.2.10]:5555 on [10.0.0.5]:22 past MaxStartups`.
    if let Some(rest) = text.strip_prefix("drop connection ").and_then(|rest| after(rest, "from "))
    {
        record.set(Field::SourceIp, word(rest).0);
        if let Some(local) = after(rest, " on ") {
            record.set(Field::DestinationIp, word(local).0);
        }
        return;
    }
    // `Server listening on 0.0.0.0 port 22.`: nobody is there yet.
    if text.starts_with("Server listening") {
        return;
    }
    // `reverse mapping checking getaddrinfo for name [192.0.2.10] failed`,
    // `Address 192.0.2.10 maps to name, but …`, `refused connect from name (192.0.2.10)`.
    if let Some(name) = after(text, "getaddrinfo for ") {
        record.set(Field::SourceDomain, word(name).0);
        record.set(Field::SourceIp, between(name, "[", "]").unwrap_or_default());
        return;
    }
    // `srclimit_penalise: ipv4: new 192.0.2.10/32 deferred penalty of …`: 9.8.
    if text.starts_with("srclimit_penalise") || text.starts_with("PerSourcePenalties") {
        let nets = text.split_whitespace().filter_map(|word| word.split_once('/'));
        if let Some((client, _)) = nets.take(8).find(|(client, _)| address(client).is_some()) {
            record.set(Field::SourceIp, client);
        }
        return;
    }
    if let Some(rest) = text.strip_prefix("Address ") {
        record.set(Field::SourceIp, word(rest).0);
        if let Some(name) = after(rest, " maps to ") {
            record.set(Field::SourceDomain, word(name).0.trim_end_matches(','));
        }
        return;
    }
    if let Some(rest) = text.strip_prefix("refused connect from ") {
        let (name, rest) = word(rest);
        record.set(Field::SourceIp, between(rest, "(", ")").unwrap_or(name));
        if address(name).is_none() {
            record.set(Field::SourceDomain, name);
        }
        return;
    }
    user(record, text);
    // `Connection from 192.0.2.10 port 5555 on 10.0.0.5 port 22`, and since 9.8
    // `Timeout before authentication for connection from 192.0.2.10 to 10.0.0.5`.
    let is_connection = text.starts_with("Connection from ") || text.starts_with("Timeout before");
    if is_connection {
        let client = after(text, "onnection from ").or_else(|| after(text, "authentication for "));
        let Some(client) = client else { return };
        let rest = endpoint(record, [Field::SourceIp, Field::SourcePort], client);
        if let Some(local) = rest.strip_prefix("on ").or_else(|| rest.strip_prefix("to ")) {
            endpoint(record, [Field::DestinationIp, Field::DestinationPort], local);
        }
        return;
    }
    // The last address that a port follows; what a user or a client calls itself stands before it.
    let marked = text.rmatch_indices(" port ").take(8).find_map(|(at, _)| {
        let before = &text[..at];
        let host = before.rsplit(' ').next()?;
        address(host).map(|_| (host, &text[at + 6..]))
    });
    if let Some((host, port)) = marked {
        record.set(Field::SourceIp, host);
        record.set(Field::SourcePort, digits(port));
        return;
    }
    for mark in [" from ", " by ", " with ", " for "] {
        let found = text.rmatch_indices(mark).take(8).find_map(|(at, _)| {
            let host = word(&text[at + mark.len()..]).0;
            let host =
                host.strip_suffix(':').filter(|host| address(host).is_some()).unwrap_or(host);
            let host = host.trim_end_matches([',', ';']);
            address(host).is_some().then_some(host)
        });
        if let Some(host) = found {
            record.set(Field::SourceIp, host);
            return;
        }
    }
}

/// `192.0.2.10 port 5555 …`; returns what follows.
fn endpoint<'a>(record: &mut Record<'a>, fields: [Field; 2], text: &'a str) -> &'a str {
    let (host, rest) = word(text);
    record.set(fields[0], host.trim_end_matches([':', ',']));
    match rest.strip_prefix("port ") {
        Some(port) => {
            record.set(fields[1], digits(port));
            word(port).1
        }
        None => rest,
    }
}

fn digits(text: &str) -> &str {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

fn user<'a>(record: &mut Record<'a>, text: &'a str) {
    let marks: &[&str] = &[
        "Invalid user ",
        "Illegal user ",
        "invalid user ",
        "illegal user ",
        "authenticating user ",
        "Disconnected from user ",
        "Close session: user ",
        "Connection closed by user ",
        "User ",
    ];
    let is_said =
        ["Accepted ", "Failed ", "Postponed ", "Partial ", "maximum authentication ", "PAM: "]
            .iter()
            .any(|begin| text.starts_with(begin));
    let mut rest = None;
    if is_said || text.starts_with("Starting session: ") {
        rest = after(text, " for ");
        rest = rest.map(|rest| {
            let known =
                rest.strip_prefix("invalid user ").or_else(|| rest.strip_prefix("illegal user "));
            known.unwrap_or(rest)
        });
    }
    let rest = rest.or_else(|| marks.iter().find_map(|mark| after(text, mark)));
    let Some(rest) = rest else { return };
    let name = match rest.rfind(" from ") {
        Some(at) => &rest[..at],
        // `authenticating user root 192.0.2.10 port 5555`: all before the address.
        None => match rest.rfind(" port ").map(|at| &rest[..at]) {
            Some(both) => both.rsplit_once(' ').map_or("", |(name, _)| name),
            None => before(rest, " "),
        },
    };
    record.set(Field::UserName, name.trim_matches(['\'', '"']));
}
