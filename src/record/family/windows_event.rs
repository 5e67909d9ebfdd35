//! What events of the Windows event log have in common, whoever has written them down.
//!
//! Microsoft, "Event Schema": `System` (provider, number, time, computer) and `EventData` or
//! `UserData`. As XML it is one text. As JSON everybody nests it in his own way: Winlogbeat and
//! Elastic Agent (`winlog.event_data`; before 7 `event_data`), `evtx_dump` (`Event.EventData`),
//! Chainsaw and Velociraptor (`EventData`), Wazuh (`data.win.eventdata`), NXLog and Sentinel (flat).

use crate::record::message::Message;
use crate::record::shape::Named;
use crate::record::shape::json::Item;
use crate::record::shape::xml::Leaves;
use crate::record::time::{self, Stamp};
use crate::record::value::Value;

/// An event.
pub(super) enum Event<'m, 'a> {
    Xml(Leaves<'a>),
    Json { data: Item<'m, 'a>, whole: Item<'m, 'a> },
}

/// Where the data is, in JSON.
const DATA: &[&str] = &[
    "winlog.event_data",
    "winlog.user_data",
    "event_data",
    "user_data",
    "Event.EventData",
    "Event.UserData.EventXML",
    "Event.UserData",
    "EventData",
    "UserData.EventXML",
    "UserData",
    "data.win.eventdata",
    "win.eventdata",
];

const NUMBERS: &[&str] = &[
    "winlog.event_id",
    "event_id",
    "Event.System.EventID",
    "Event.System.EventID.#text",
    "System.EventID.Value",
    "System.EventID",
    "EventID",
    "EventId",
    "event.code",
    "data.win.system.eventID",
    "win.system.eventID",
];

const PROVIDERS: &[&str] = &[
    "winlog.provider_name",
    "provider_name",
    "Event.System.Provider.#attributes.Name",
    "Event.System.Provider.@Name",
    "Event.System.Provider_attributes.Name",
    "System.Provider.Name",
    "System.Provider_attributes.Name",
    "SourceName",
    "ProviderName",
    "Provider",
    "EventSourceName",
    "event.provider",
    "source_name",
    "data.win.system.providerName",
    "win.system.providerName",
    "winlog.channel",
    "log_name",
    "Channel",
    "Event.System.Channel",
    "System.Channel",
];

const TIMES: &[&str] = &[
    "Event.System.TimeCreated.#attributes.SystemTime",
    "Event.System.TimeCreated.@SystemTime",
    "Event.System.TimeCreated_attributes.SystemTime",
    "System.TimeCreated_attributes.SystemTime",
    "System.TimeCreated.SystemTime",
    "data.win.system.systemTime",
    "win.system.systemTime",
    "winlog.time_created",
    "@timestamp",
    "EventTime",
    "TimeCreated",
    "SystemTime",
    "UtcTime",
    "TimeGenerated",
    "timestamp",
];

const COMPUTERS: &[&str] = &[
    "winlog.computer_name",
    "computer_name",
    "Event.System.Computer",
    "System.Computer",
    "data.win.system.computer",
    "win.system.computer",
    "Hostname",
    "Computer",
    "host.name",
];

impl<'m, 'a> Event<'m, 'a> {
    /// The event that a message is; `None` if it is none.
    pub(super) fn new(message: &'m Message<'a>) -> Option<Self> {
        if let Some(whole) = message.object() {
            // Cheap, for every JSON line is asked.
            NUMBERS.iter().find_map(|name| whole.get(name))?;
            let found =
                DATA.iter().find_map(|name| whole.find(name).filter(|data| data.is_object()));
            return Some(Self::Json { data: found.unwrap_or(whole), whole });
        }
        let text = message.text;
        // `<?xml version="1.0"?>`
        let text = match text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
            Some((_, rest)) => rest.trim_start(),
            None => text,
        };
        let is_xml = text.starts_with("<Event ") || text.starts_with("<Event>");
        let leaves = is_xml.then(|| Leaves::new(text))?;
        (leaves.len() > 0).then_some(Self::Xml(leaves))
    }

    /// Whether its data is where only events have it: not a flat object of names.
    pub(super) fn is_nested(&self) -> bool {
        match self {
            Self::Xml(_) => true,
            Self::Json { data, whole } => data.index() != whole.index(),
        }
    }

    /// Its number.
    pub(super) fn number(&self) -> Option<u32> {
        let value = match self {
            Self::Xml(leaves) => leaves.get("EventID"),
            Self::Json { whole, .. } => NUMBERS.iter().find_map(|name| whole.get(name)),
        };
        value?.text.trim().parse().ok()
    }

    /// Who wrote it; the channel where that is not said.
    pub(super) fn provider(&self) -> Option<Value<'a>> {
        match self {
            Self::Xml(leaves) => leaves.get("Provider.Name").or_else(|| leaves.get("Channel")),
            Self::Json { whole, .. } => PROVIDERS.iter().find_map(|name| whole.get(name)),
        }
    }

    /// The machine that it happened on.
    pub(super) fn computer(&self) -> Option<Value<'a>> {
        match self {
            Self::Xml(leaves) => leaves.get("Computer"),
            Self::Json { whole, .. } => COMPUTERS.iter().find_map(|name| whole.get(name)),
        }
    }

    /// When it was written.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        match self {
            Self::Xml(leaves) => time::read(&leaves.get("TimeCreated.SystemTime")?.text),
            Self::Json { whole, .. } => {
                TIMES.iter().find_map(|name| time::read(&whole.get(name)?.text))
            }
        }
    }
}

/// The event's own data, by name.
impl<'a> Named<'a> for Event<'_, 'a> {
    fn get(&self, name: &str) -> Option<Value<'a>> {
        match self {
            Self::Xml(leaves) => leaves.get(name),
            Self::Json { data, .. } => data.get(name).or_else(|| {
                // `{"Data":[{"#attributes":{"Name":"IpAddress"},"#text":"…"}]}`.
                let list = data.find("Data").filter(|list| list.is_array())?;
                let is = |item: &Item<'_, '_>| {
                    ["#attributes.Name", "@Name", "Name"].iter().any(|key| item.is(key, name))
                };
                let item = list.children().take(256).find(is)?;
                ["#text", "Value", "Text"].iter().find_map(|key| item.get(key))
            }),
        }
    }
}
