//! AdGuard Home: `querylog.json`, and what its API gives of it.
//!
//! AdGuard Home's repository, `internal/querylog` (the file's keys) and `openapi.yaml` (`/querylog`).
//! A line of the file has `T`, `QH`, `QT`, `IP`, `Upstream`, `Result`, and the answer as a DNS message
//! in base64. `Result.Reason` is a number in the file and a word in the API; `IsFiltered` says that
//! the client did not get what it asked for.

use super::Family;
use crate::record::field::Field;
use crate::record::message::Message;
use crate::record::shape::json::Item;
use crate::record::shape::{Named, Table, dns};
use crate::record::value::Value;
use crate::record::{Record, Verdict, time};

pub(super) const FAMILY: Family = Family {
    name: "adguard-home",
    title: "AdGuard Home query log",
    datasets: &["adguard.querylog"],
    example: "{\"T\":\"2024-06-10T06:13:20.000000000+02:00\",\"QH\":\"www.example.org\",\"QT\":\"A\",\
              \"QC\":\"IN\",\"CP\":\"\",\"Upstream\":\"https://192.0.2.53:443/dns-query\",\"IP\":\"10.0.0.5\",\
              \"Result\":{},\"Elapsed\":1}",
    is_device: false,
    read,
};

const TABLE: &Table = &[
    (Field::SourceIp, &["IP", "client"]),
    (Field::QuestionName, &["QH", "question.name", "question.host"]),
    (Field::RuleName, &["Result.Rules.Text", "Result.Rule", "rules.text", "rule"]),
];

/// `Result.Reason` by number.
const REASONS: [&str; 12] = [
    "NotFilteredNotFound",
    "NotFilteredWhiteList",
    "NotFilteredError",
    "FilteredBlackList",
    "FilteredSafeBrowsing",
    "FilteredParental",
    "FilteredInvalid",
    "FilteredSafeSearch",
    "FilteredBlockedService",
    "Rewrite",
    "RewriteEtcHosts",
    "RewriteRule",
];

fn read<'a>(message: &Message<'a>) -> Option<Record<'a>> {
    let event = message.object()?;
    let is_file = event.has("QH") && event.has("T");
    let is_api = event.has("question.type") && event.has("client") && event.has("reason");
    if !is_file && !is_api {
        return None;
    }
    let mut record = Record::new("adguard.querylog");
    record.fill(&event, TABLE);
    if let Some(kind) = event.get("QT").or_else(|| event.get("question.type")) {
        dns::kind(&mut record, kind);
    }
    reason(&mut record, &event);
    for name in ["Answer", "OrigAnswer"] {
        let value = event.get(name);
        if let Some(value) = value.filter(|value| !value.is_blank())
            && let Some(bytes) = dns::base64(&value.text)
        {
            dns::message(&mut record, value.raw, &bytes);
        }
    }
    event.each("answer.value", &mut |value| {
        dns::answer(&mut record, value);
    });
    if let Some(code) = event.get("status") {
        dns::code(&mut record, code);
    }
    event.each("Result.IPList", &mut |value| {
        dns::answer(&mut record, value);
    });
    let transport = event.get("CP").or_else(|| event.get("client_proto"));
    match transport.as_ref().map(|value| &*value.text) {
        Some("doh" | "dot") => record.set_word(Field::Transport, "tcp"),
        Some("doq") => record.set_word(Field::Transport, "udp"),
        _ => {}
    }
    let stamp = event.get("T").or_else(|| event.get("time"));
    record.stamp = stamp.and_then(|value| time::read(&value.text));
    Some(record)
}

/// Why it was answered as it was.
fn reason<'a>(record: &mut Record<'a>, event: &Item<'_, 'a>) {
    let value = event.get("Result.Reason").or_else(|| event.get("reason"));
    let word = value.as_ref().map(|value| {
        let number = value.text.parse::<usize>().ok();
        number.and_then(|number| REASONS.get(number).copied()).unwrap_or(value.raw)
    });
    // Safe search answers with another address of the same service.
    let is_filtered = word != Some("FilteredSafeSearch")
        && (event.is("Result.IsFiltered", "true")
            || word.is_some_and(|word| word.starts_with("Filtered")));
    let is_listed = matches!(word, Some("NotFilteredWhiteList" | "NotFilteredAllowList"));
    let verdict = match (is_filtered, is_listed) {
        (true, _) => Some(Verdict::Blocked),
        (_, true) => Some(Verdict::Allowed),
        _ => None,
    };
    if let (Some(value), Some(word)) = (value, word) {
        record.set_action(Value { raw: value.raw, text: word.into() }, verdict);
    }
    record.verdict = verdict;
}
