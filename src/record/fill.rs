//! How readers of families fill a record: one field at a time, or from a table.

use super::field::Form;
use super::value::{self, Value};
use super::{Entry, Field, Held, Record, Verdict, digest, shape, url, verdict};

impl<'a> Record<'a> {
    /// Sets a field from what the line says, normalised as its [`Form`] wants. The first value
    /// wins, except in fields that are lists. What is blank (`-`, `N/A`) or does not fit is left
    /// out. Returns whether it was taken.
    pub(crate) fn set(&mut self, field: Field, value: impl Into<Value<'a>>) -> bool {
        let value = value.into();
        if value.is_blank() || (!field.is_list() && self.has(field)) {
            return false;
        }
        match field.form() {
            Form::Address => self.set_address(field, &value),
            Form::Port => match value::port(&value.text) {
                Some(port) => self.push(field, value.raw, Held::Number(port.into())),
                None => false,
            },
            Form::Count => match value.text.trim().parse() {
                Ok(number) => self.push(field, value.raw, Held::Number(number)),
                Err(_) => false,
            },
            Form::Name => {
                let Value { raw, text } = url::name(value);
                match value::address(&text).and_then(|address| Some((field.address()?, address))) {
                    Some((field, address)) => {
                        !self.has(field) && self.push(field, raw, Held::Ip(address))
                    }
                    None => !text.is_empty() && self.push(field, raw, Held::Text(text)),
                }
            }
            Form::Digest => match digest::hex(&value.text) {
                Some(hex) => match field.digest(hex.len()) {
                    Some(field) => self.push(field, value.raw, Held::Text(hex.into())),
                    None => false,
                },
                None => false,
            },
            Form::Transport => match verdict::transport(&value.text) {
                Some(name) => self.push(field, value.raw, Held::Word(name)),
                None => false,
            },
            Form::Url => {
                if let Some(host) = url::host(&value) {
                    self.set(Field::UrlDomain, host);
                }
                self.push(field, value.raw, Held::Text(value.text))
            }
            Form::Text => {
                let value = match field {
                    Field::EmailFrom | Field::EmailTo => value.part(|mail| {
                        mail.strip_prefix('<').and_then(|m| m.strip_suffix('>')).unwrap_or(mail)
                    }),
                    Field::Answer if value::is_host_name(&value.text) => url::name(value),
                    _ => value,
                };
                if field == Field::Action && self.verdict.is_none() {
                    self.verdict = Verdict::of(&value.text);
                }
                self.push(field, value.raw, Held::Text(value.text))
            }
        }
    }

    /// Sets the action with what it means here, whatever it means elsewhere.
    pub(crate) fn set_action(&mut self, action: impl Into<Value<'a>>, verdict: Option<Verdict>) {
        self.set(Field::Action, action);
        self.verdict = verdict;
    }

    /// Sets a field from a word that the reader knows and the line does not say.
    pub(crate) fn set_word(&mut self, field: Field, word: &'static str) {
        if !self.has(field) {
            self.push(field, "", Held::Word(word));
        }
    }

    fn push(&mut self, field: Field, raw: &'a str, held: Held<'a>) -> bool {
        self.entries.push(Entry { field, raw, held });
        true
    }

    fn set_address(&mut self, field: Field, value: &Value<'a>) -> bool {
        if let Some(address) = value::address(&value.text) {
            // What was not translated is all zeros.
            let is_nat = matches!(field, Field::SourceNatIp | Field::DestinationNatIp);
            if is_nat && address.is_unspecified() {
                return false;
            }
            return self.push(field, value.raw, Held::Ip(address));
        }
        let host = value.part(|text| value::endpoint(text).0);
        let taken = match value::address(&host.text) {
            Some(address) => self.push(field, host.raw, Held::Ip(address)),
            None => match field.domain() {
                Some(domain) if value::is_host_name(&host.text) => self.set(domain, host),
                _ => false,
            },
        };
        if taken && let Some(field) = field.port() {
            self.set(field, value.part(|text| value::endpoint(text).1.unwrap_or_default()));
        }
        taken
    }

    /// Sets every field of a table from the first of its names that has a value.
    pub(crate) fn fill(&mut self, from: &impl shape::Named<'a>, table: &shape::Table) {
        for &(field, names) in table {
            for name in names {
                if field.is_list() {
                    let mut found = Vec::new();
                    from.each(name, &mut |value| found.push(value));
                    let taken =
                        found.into_iter().fold(false, |any, value| self.set(field, value) | any);
                    if taken {
                        break;
                    }
                } else if let Some(value) = from.get(name)
                    && self.set(field, value)
                {
                    break;
                }
            }
        }
    }

    /// Takes over what `other` has and this record has not.
    pub(crate) fn complete(&mut self, other: Record<'a>) {
        self.around = self.around.or(other.around);
        match self.stamp {
            None => self.stamp = other.stamp,
            Some(_) => self.around = self.around.or(other.stamp),
        }
        self.verdict = self.verdict.or(other.verdict);
        self.outcome = self.outcome.or(other.outcome);
        self.direction = self.direction.or(other.direction);
        self.side = self.side.or(other.side);
        self.is_partial |= other.is_partial;
        let own = self.entries.len();
        for entry in other.entries {
            if !self.entries[..own].iter().any(|mine| mine.field == entry.field) {
                self.entries.push(entry);
            }
        }
    }

    /// Makes a field another.
    pub(super) fn rename(&mut self, from: Field, to: Field) {
        for entry in self.entries.iter_mut().filter(|entry| entry.field == from) {
            entry.field = to;
        }
    }

    /// What stands in the ports' places of ICMP are type and code.
    pub(super) fn drop_ports_of_icmp(&mut self) {
        let is_icmp = matches!(
            self.entry(Field::Transport).map(|entry| &entry.held),
            Some(Held::Word("icmp" | "ipv6-icmp"))
        );
        if is_icmp {
            self.entries.retain(|entry| entry.field.form() != Form::Port);
        }
    }

    /// Swaps source and destination: the line began with the side that answered.
    pub(crate) fn swap_sides(&mut self) {
        for entry in &mut self.entries {
            entry.field = match entry.field {
                Field::SourceIp => Field::DestinationIp,
                Field::SourcePort => Field::DestinationPort,
                Field::SourceDomain => Field::DestinationDomain,
                Field::SourceBytes => Field::DestinationBytes,
                Field::SourcePackets => Field::DestinationPackets,
                Field::SourceDelta => Field::DestinationDelta,
                Field::SourceNatIp => Field::DestinationNatIp,
                Field::SourceNatPort => Field::DestinationNatPort,
                Field::DestinationIp => Field::SourceIp,
                Field::DestinationPort => Field::SourcePort,
                Field::DestinationDomain => Field::SourceDomain,
                Field::DestinationBytes => Field::SourceBytes,
                Field::DestinationPackets => Field::SourcePackets,
                Field::DestinationDelta => Field::SourceDelta,
                Field::DestinationNatIp => Field::SourceNatIp,
                Field::DestinationNatPort => Field::SourceNatPort,
                other => other,
            };
        }
    }
}
