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
use crate::record::shape::pairs::{Pairs, Style};
use crate::record::shape::{Named, Table, dns};
use crate::record::value::Value;
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

const DATA: &Table = &[
    (Field::QuestionName, &["QNAME", "QueryName", "NAME", "ZoneName", "Zone"]),
    (Field::RuleName, &["PolicyName"]),
    (Field::UserName, &["SubjectUserName"]),
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
    let Some(event) = message.object() else { return described(message.text) };
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

/// An event's description: `QUERY_RECEIVED: TCP=0; InterfaceIP=10.0.0.53; Source=10.0.0.5; QNAME=…`.
fn described(text: &str) -> Option<Record<'_>> {
    if !text.contains("QNAME=") || !text.contains("InterfaceIP=") {
        return None;
    }
    let numbers = [
        ("QUERY_RECEIVED", 256),
        ("RESPONSE_SUCCESS", 257),
        ("RESPONSE_FAILURE", 258),
        ("IGNORED_QUERY", 259),
        ("RECURSE_QUERY_OUT", 260),
        ("RECURSE_RESPONSE_IN", 261),
        ("RECURSE_QUERY_TIMEOUT", 262),
    ];
    let number =
        numbers.iter().find(|(name, _)| text.contains(name)).map_or(256, |&(_, number)| number);
    let mut record = event_data(&Pairs::new(text, Style::LOOSE), number);
    record.stamp = time::leading(text).map(|(stamp, _)| stamp);
    Some(record)
}

fn event_data<'a>(data: &impl Named<'a>, number: u32) -> Record<'a> {
    let dataset = match number {
        _ if data.has("QueryName") => "microsoft.dns_client",
        _ if data.has("QNAME") || number < 300 => "microsoft.dns",
        _ => "microsoft.dns_audit",
    };
    let mut record = Record::new(dataset);
    // Of a packet that was received the remote side is the source, of one that was sent the
    // destination; this server's interface is the other. Where it recurses (260 to 262) it asks.
    let is_recursion = matches!(number, 260..=262);
    let remote = ["Source", "Destination", "ClientIP"].iter().find_map(|name| data.get(name));
    let local = ["InterfaceIP", "DnsServerIpAddress"].iter().find_map(|name| data.get(name));
    let local = local.filter(|local| !matches!(&*local.text, "0.0.0.0" | "::"));
    let (asks, is_asked) = if is_recursion { (local, remote) } else { (remote, local) };
    for (field, value) in [(Field::SourceIp, asks), (Field::DestinationIp, is_asked)] {
        if let Some(value) = value {
            record.set(field, value);
        }
    }
    record.fill(data, DATA);
    if let Some(port) = data.get("Port").filter(|port| port.text != "0") {
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
    if let Some(address) = data.get("RDATA").filter(|_| data.is("Type", "1")).and_then(ipv4) {
        dns::answer(&mut record, address);
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

/// `0xC0000201`.
fn ipv4(value: Value<'_>) -> Option<Value<'_>> {
    let hex = value.text.strip_prefix("0x").filter(|hex| hex.len() == 8)?;
    let address = std::net::Ipv4Addr::from(u32::from_str_radix(hex, 16).ok()?);
    Some(Value { raw: value.raw, text: address.to_string().into() })
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
