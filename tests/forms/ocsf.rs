//! The findings of the samples against what the OCSF schema says.
//!
//! The tables below are of the schema's class `detection_finding` and the objects that we write:
//! github.com/ocsf/ocsf-schema, `events/findings/detection_finding.json`, `events/base_event.json`,
//! `profiles/{osint,security_control}.json` and `objects/*.json`. `xtask/forms.py` checks the same
//! documents with models that others made of the whole schema.

use std::collections::BTreeMap;

use serde_json::Value;

/// An attribute that is required has a `!`; `name=object` is an object, or a list of them.
const OBJECTS: &[(&str, &str)] = &[
    (
        "finding",
        "action action_id activity_id! activity_name category_name category_uid! class_name \
         class_uid! confidence_id disposition_id evidences=evidences finding_info!=finding_info \
         firewall_rule=rule is_alert message metadata!=metadata observables=observable \
         osint!=osint raw_data severity severity_id! status status_id time! type_name type_uid! \
         unmapped",
    ),
    ("rule", "name! desc type uid version category"),
    (
        "metadata",
        "version! product!=product profiles uid log_name log_provider processed_time \
         loggers=logger",
    ),
    ("product", "name! vendor_name version"),
    ("logger", "name!"),
    (
        "finding_info",
        "uid! title types desc analytic=analytic data_sources created_time first_seen_time \
         last_seen_time",
    ),
    ("analytic", "type_id! type name category version"),
    (
        "evidences",
        "src_endpoint=endpoint dst_endpoint=endpoint connection_info=connection query=query \
         url=url http_request=request http_response=response user=user device=device file=file \
         email=email",
    ),
    ("endpoint", "ip hostname port"),
    ("connection", "direction_id! direction protocol_name"),
    ("query", "hostname! type"),
    ("url", "url_string! hostname"),
    ("request", "http_method referrer user_agent x_forwarded_for"),
    ("response", "code!"),
    ("user", "name!"),
    ("device", "type_id! type hostname"),
    ("file", "name! type_id! type hashes=fingerprint"),
    ("fingerprint", "algorithm_id! algorithm value!"),
    ("email", "from to"),
    ("observable", "name! type_id! type value"),
    (
        "osint",
        "type_id! type value! name confidence_id desc vendor_name references threat_actor=actor",
    ),
    ("actor", "name! type_id"),
];

/// What an identifier can be, by object and attribute.
const IDENTIFIERS: &[(&str, &str, &[u64])] = &[
    ("finding", "class_uid", &[2004]),
    ("finding", "category_uid", &[2]),
    ("finding", "activity_id", &[1]),
    ("finding", "type_uid", &[200_401]),
    ("finding", "severity_id", &[0, 1, 2, 3, 4, 5, 6, 99]),
    ("finding", "action_id", &[0, 1, 2]),
    ("finding", "disposition_id", &[0, 1, 2]),
    ("finding", "confidence_id", &[0, 1, 2, 3, 99]),
    ("finding", "status_id", &[1]),
    ("analytic", "type_id", &[1]),
    ("connection", "direction_id", &[0, 1, 2, 3, 4, 99]),
    ("fingerprint", "algorithm_id", &[1, 2, 3, 4]),
    ("observable", "type_id", &[1, 2, 4, 5, 6, 7, 8]),
    ("osint", "type_id", &[0, 1, 2, 4, 5, 7, 9]),
    ("osint", "confidence_id", &[0, 1, 2, 3]),
    ("actor", "type_id", &[0]),
    ("device", "type_id", &[0]),
    ("file", "type_id", &[0]),
];

/// One of these has to be there (`constraints`, `at_least_one`).
const CONSTRAINTS: &[(&str, &[&str])] = &[
    (
        "evidences",
        &[
            "connection_info",
            "device",
            "dst_endpoint",
            "email",
            "file",
            "query",
            "src_endpoint",
            "url",
            "user",
        ],
    ),
    ("endpoint", &["ip", "hostname"]),
    ("email", &["from", "to"]),
];

fn check(object: &str, value: &Value, seen: &mut BTreeMap<String, u64>) {
    let (_, attributes) = OBJECTS.iter().find(|(name, _)| *name == object).unwrap();
    let fields = value.as_object().unwrap_or_else(|| panic!("{object}: {value}"));
    let mut known = BTreeMap::new();
    for attribute in attributes.split_whitespace() {
        let (name, inner) = match attribute.split_once('=') {
            Some((name, inner)) => (name, Some(inner)),
            None => (attribute, None),
        };
        let required = name.strip_suffix('!');
        let name = required.unwrap_or(name);
        assert!(required.is_none() || fields.contains_key(name), "{object}.{name}: {value}");
        known.insert(name, inner);
    }
    for (name, field) in fields {
        let inner = known.get(name.as_str()).unwrap_or_else(|| panic!("{object}.{name}"));
        *seen.entry(format!("{object}.{name}")).or_default() += 1;
        assert!(!field.is_null() && field.as_str() != Some(""), "{object}.{name}: {value}");
        if let Some((_, _, allowed)) =
            IDENTIFIERS.iter().find(|(of, id, _)| *of == object && id == name)
        {
            assert!(allowed.contains(&field.as_u64().unwrap()), "{object}.{name}: {field}");
        } else {
            assert!(!name.ends_with("_id") && !name.ends_with("_uid"), "{object}.{name} is open");
        }
        if name.ends_with("time") {
            // Milliseconds since 1970, in this century.
            assert!((946_684_800_000..4_102_444_800_000).contains(&field.as_u64().unwrap()));
        }
        match (inner, field) {
            (Some(inner), Value::Array(items)) => {
                items.iter().for_each(|item| check(inner, item, seen));
            }
            (Some(inner), field) => check(inner, field, seen),
            (None, _) => {}
        }
    }
    if let Some((_, names)) = CONSTRAINTS.iter().find(|(of, _)| *of == object) {
        assert!(names.iter().any(|name| fields.contains_key(*name)), "{object}: {value}");
    }
}

#[test]
fn findings_are_as_the_schema_says() {
    let mut seen = BTreeMap::new();
    let findings = super::documents("ocsf");
    assert!(findings.len() > 100);
    for finding in &findings {
        check("finding", finding, &mut seen);
        assert_eq!(finding["metadata"]["version"], "1.8.0");
        let uids: Vec<_> = findings
            .iter()
            .filter(|other| other["finding_info"]["uid"] == finding["finding_info"]["uid"])
            .collect();
        assert_eq!(uids.len(), 1, "{finding}");
    }
    // The samples say enough to see it.
    for name in ["evidences.query", "evidences.url", "finding.osint", "osint.threat_actor"] {
        assert!(seen.contains_key(name), "{name} is nowhere");
    }
}

#[test]
fn observables_point_to_what_is_there() {
    for finding in super::documents("ocsf") {
        let names = |list: &str| {
            let all = finding[list].as_array().cloned().unwrap_or_default();
            all.into_iter()
                .map(|one| (one["name"].as_str().unwrap().to_owned(), one["value"].clone()))
        };
        for (path, value) in names("observables") {
            let pointer = format!("/{}", path.replace("[]", "/0").replace('.', "/"));
            let found = finding.pointer(&pointer).unwrap_or_else(|| panic!("{path}: {finding}"));
            assert!(path == "raw_data" || path.ends_with("to") || *found == value, "{path}");
        }
        for (path, _) in names("osint") {
            let pointer = format!("/{}", path.replace("[]", "/0").replace('.', "/"));
            assert!(finding.pointer(&pointer).is_some(), "{path}: {finding}");
        }
    }
}
