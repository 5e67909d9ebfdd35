//! Microsoft DNS events as JSON: the server's analytical and audit channels, the client's.
//!
//! Microsoft Learn, "DNS Logging and Diagnostics": events 256 (query received) to 280 of
//! `Microsoft-Windows-DNSServer` have `QNAME`, `QTYPE`, `Source` or `Destination`, `InterfaceIP`,
//! `RCODE`; audit events 515 to 582 `Zone`, `NAME`, `RDATA`. 3006 to 3020 of
//! `Microsoft-Windows-DNS-Client` have `QueryName` and `QueryResults`. Winlogbeat puts them under
//! `winlog.event_data`, NXLog at the top, the event's own XML under `Event.EventData`. Sentinel's
//! tables `DnsEvents` and ASIM's `ASimDnsActivityLogs` have names of their own.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::json::Item;
use crate::record::shape::{Named, Table, dns};
use crate::record::{Outcome, Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "microsoft-dns",
    title: "Microsoft DNS events and Sentinel tables as JSON",
    datasets: &[
        "microsoft.dns",
        "microsoft.dns_audit",
        "microsoft.dns_client",
        "microsoft.sentinel_dns",
    ],
    example: "{\"@timestamp\":\"2024-06-10T06:13:20.000Z\",\"event\":{\"code\":\"256\",\"provider\":\
              \"Microsoft-Windows-DNSServer\"},\"winlog\":{\"computer_name\":\"dc1.corp.example\",\
              \"event_data\":{\"QNAME\":\"www.example.org.\",\"QTYPE\":\"1\",\"Source\":\"10.0.0.5\",\
              \"InterfaceIP\":\"10.0.0.53\",\"Port\":\"51234\",\"TCP\":\"0\"}}}",
    is_device: false,
    read,
};

/// Where an event's data are.
const PLACES: &[&str] = &["winlog.event_data", "event_data", "Event.EventData", "EventData", ""];
const TIMES: &[&str] = &[
    "@timestamp",
    "EventTime",
    "winlog.time_created",
    "Event.System.TimeCreated.SystemTime",
    "TimeCreated",
    "EventReceivedTime",
    "timestamp",
];
const HOSTS: &[&str] = &[
    "winlog.computer_name",
    "computer_name",
    "Event.System.Computer",
    "Computer",
    "Hostname",
    "host.name",
];

/// Sentinel: `DnsEvents`, `ASimDnsActivityLogs`.
const TABLES: &Table = &[
    (Field::SourceIp, &["ClientIP", "SrcIpAddr"]),
    (Field::SourcePort, &["SrcPortNumber"]),
    (Field::DestinationIp, &["DstIpAddr"]),
    (Field::DestinationPort, &["DstPortNumber"]),
    (Field::Transport, &["NetworkProtocol"]),
    (Field::QuestionName, &["DnsQuery", "Name"]),
    (Field::UserName, &["SrcUsername"]),
    (Field::Executable, &["SrcProcessName"]),
    (Field::HostName, &["DvcHostname", "Dvc", "Computer"]),
    (Field::RuleName, &["RuleName"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let event = message.object()?;
    if event.has("DnsQuery") || event.has("SubType") && event.has("ClientIP") {
        return Some(sentinel(&event));
    }
    let is_dns = [
        "event.provider",
        "winlog.provider_name",
        "SourceName",
        "ProviderName",
        "Provider",
        "Event.System.Provider.Name",
        "Channel",
        "winlog.channel",
        "log_name",
    ]
    .iter()
    .filter_map(|name| event.get(name))
    .any(|value| {
        value.text.contains("DNSServer")
            || value.text.contains("DNS-Server")
            || value.text.contains("DNS-Client")
    });
    let data = PLACES.iter().filter_map(|place| match *place {
        "" => Some(event),
        place => event.find(place),
    });
    let mut data = data.filter(|data| {
        data.has("QNAME")
            || is_dns && ["QueryName", "NAME", "Zone", "ZoneName"].iter().any(|name| data.has(name))
    });
    let data = data.next().filter(|data| is_dns || data.has("QTYPE"))?;
    let mut record = event_data(&data, number(&event));
    record.stamp =
        TIMES.iter().filter_map(|name| event.get(name)).find_map(|value| time::read(&value.text));
    record.fill(&event, &[(Field::HostName, HOSTS)]);
    Some(record)
}

/// The event's number.
fn number(event: &Item<'_, '_>) -> u32 {
    [
        "event.code",
        "winlog.event_id",
        "EventID",
        "EventId",
        "Event.System.EventID",
        "Id",
        "event_id",
    ]
    .iter()
    .filter_map(|name| event.get(name))
    .find_map(|value| value.text.parse().ok())
    .unwrap_or_default()
}

fn event_data<'a>(data: &Item<'_, 'a>, number: u32) -> Record<'a> {
    let dataset = match number {
        _ if data.has("QueryName") => "microsoft.dns_client",
        _ if data.has("QNAME") || number < 300 => "microsoft.dns",
        _ => "microsoft.dns_audit",
    };
    let mut record = Record::new(dataset);
    // What is received has a source, what is sent a destination; the interface is the other side.
    let is_sent = data.has("Destination") && !data.has("Source");
    // Responses of others come in (261), questions to them go out (260).
    let is_recursion = matches!(number, 260..=262);
    record.fill(
        data,
        &[
            (
                Field::SourceIp,
                if is_sent && is_recursion {
                    &["InterfaceIP"]
                } else if is_sent {
                    &["Destination"]
                } else {
                    &["Source", "ClientIP"]
                },
            ),
            (
                Field::DestinationIp,
                if is_sent && is_recursion {
                    &["Destination", "DnsServerIpAddress"]
                } else {
                    &["InterfaceIP", "DnsServerIpAddress"]
                },
            ),
            (Field::QuestionName, &["QNAME", "QueryName", "NAME", "ZoneName", "Zone"]),
            (Field::RuleName, &["PolicyName"]),
            (Field::UserName, &["SubjectUserName"]),
        ],
    );
    if number == 261 {
        record.swap_sides();
    }
    if let Some(port) = data.get("Port") {
        // The remote side's.
        record.set(if is_recursion { Field::DestinationPort } else { Field::SourcePort }, port);
    }
    if let Some(value) = data.get("TCP") {
        record.set_word(
            Field::Transport,
            if matches!(&*value.text, "0" | "false" | "False") { "udp" } else { "tcp" },
        );
    }
    if let Some(kind) = ["QTYPE", "QueryType", "Type"].iter().find_map(|name| data.get(name)) {
        dns::kind(&mut record, kind);
    }
    if let Some(code) = ["RCODE", "QueryStatus"].iter().find_map(|name| data.get(name)) {
        // The client's status is Win32's: 9003 is NXDOMAIN, 87 another error.
        match &*code.text {
            "9001" => dns::code(&mut record, "FORMERR"),
            "9002" => dns::code(&mut record, "SERVFAIL"),
            "9003" => dns::code(&mut record, "NXDOMAIN"),
            "9005" => dns::code(&mut record, "REFUSED"),
            _ => code.text.len() < 3 && dns::code(&mut record, code),
        };
    }
    // 258, 262: it did not work; 259 and the response rate limit's: nobody was answered.
    match number {
        258 | 262 => record.outcome = Some(Outcome::Failure),
        259 => record.verdict = Some(Verdict::Blocked),
        _ => {}
    }
    if let Some(value) = data.get("QueryResults") {
        // `type:  5 edge.example.net;::ffff:192.0.2.1;`
        for part in value.raw.split(';').take(256) {
            dns::answer(&mut record, part.trim().rsplit(' ').next().unwrap_or_default());
        }
    }
    record
}

fn sentinel<'a>(event: &Item<'_, 'a>) -> Record<'a> {
    let mut record = Record::new("microsoft.sentinel_dns");
    record.fill(event, TABLES);
    if let Some(kind) =
        ["DnsQueryTypeName", "QueryType", "DnsQueryType"].iter().find_map(|name| event.get(name))
    {
        dns::kind(&mut record, kind);
    }
    if let Some(code) =
        ["DnsResponseCodeName", "EventResultDetails", "ResultCode", "DnsResponseCode"]
            .iter()
            .find_map(|name| event.get(name))
    {
        dns::code(&mut record, code);
    }
    for name in ["DnsResponseName", "IPAddresses"] {
        let Some(value) = event.get(name) else { continue };
        for part in value.raw.split([',', ';']).take(256) {
            dns::answer(&mut record, part.trim());
        }
    }
    // Of an agent, or of a firewall that saw it.
    if let Some(action) = event.get("DvcAction") {
        record.set(Field::Action, action);
    }
    let times = ["EventStartTime", "TimeGenerated", "TimeGenerated [UTC]"];
    record.stamp =
        times.iter().filter_map(|name| event.get(name)).find_map(|value| time::read(&value.text));
    record
}
