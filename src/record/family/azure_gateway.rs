//! Azure's web front ends: Application Gateway and Front Door, access and firewall logs.
//!
//! Azure Monitor reference, `AGWAccessLogs`, `AGWFirewallLogs`, `AzureDiagnostics`, and "Azure Front
//! Door reports and logs". Diagnostic settings write `category` and `properties`; Log Analytics'
//! exports have the same names at the top. The client is the source; `serverRouted` is the machine
//! behind the gateway.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::network::Side;
use crate::record::shape::{Named, Table};
use crate::record::value::endpoint;
use crate::record::{Record, time};

pub(super) const FAMILY: Family = Family {
    name: "azure-gateway",
    title: "Azure Application Gateway and Front Door",
    datasets: &["azure.gateway"],
    example: "{\"timeStamp\":\"2024-06-10T06:13:20+00:00\",\"resourceId\":\"/SUBSCRIPTIONS/0/\
              APPLICATIONGATEWAYS/GW1\",\"category\":\"ApplicationGatewayAccessLog\",\"properties\":\
              {\"clientIP\":\"192.0.2.10\",\"clientPort\":40022,\"httpMethod\":\"GET\",\"requestUri\":\
              \"/\",\"httpStatus\":200,\"receivedBytes\":65,\"sentBytes\":553}}",
    is_device: true,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["clientIP", "socketIp"]),
    (Field::SourcePort, &["clientPort"]),
    (Field::DestinationIp, &["serverRouted", "originIp"]),
    (Field::Method, &["httpMethod"]),
    (Field::Url, &["originalRequestUriWithArgs", "requestUri"]),
    (Field::Status, &["httpStatus", "httpStatusCode"]),
    (Field::SourceBytes, &["receivedBytes", "requestBytes"]),
    (Field::DestinationBytes, &["sentBytes", "responseBytes"]),
    (Field::UserAgent, &["userAgent"]),
    (Field::Referrer, &["referer"]),
    (Field::Action, &["action"]),
    (Field::RuleName, &["ruleName", "ruleId"]),
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let object = message.object()?;
    let category = object.get("category")?;
    let is_own = ["ApplicationGateway", "FrontDoor", "FrontdoorWeb"]
        .iter()
        .any(|begin| category.text.starts_with(begin));
    if !is_own {
        return None;
    }
    let body = object.find("properties").filter(|body| body.is_object()).unwrap_or(object);
    let mut record = Record::new(FAMILY.datasets[0]);
    record.side = Some(Side::Server);
    // What was asked for, before what the path says.
    for name in ["originalHost", "host", "hostName", "hostname"] {
        if let Some(host) = body.get(name)
            && record.set(Field::UrlDomain, host.part(|host| endpoint(host).0))
        {
            break;
        }
    }
    record.fill(&body, TABLE);
    if let Some(id) = object.get("resourceId").or_else(|| object.get("_ResourceId")) {
        record.set(Field::ObserverName, id.part(|id| id.rsplit('/').next().unwrap_or(id)));
    }
    record.stamp = ["timeStamp", "time", "TimeGenerated"]
        .iter()
        .find_map(|name| time::read(&object.get(name)?.text));
    Some(record)
}
