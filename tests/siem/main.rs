//! Every command in `docs/siem.md` is run, on the samples, and what it sends is looked at.
//!
//! Where jq, curl or GNU split are missing there is nothing to run: that is said.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod server;

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use server::{Request, Server};

/// Hits in the samples.
const HITS: usize = 134;

/// A block of commands and the heading it is under.
fn blocks() -> Vec<(String, String)> {
    let page = include_str!("../../docs/siem.md");
    let mut heading = String::new();
    let mut block: Option<String> = None;
    let mut blocks = Vec::new();
    for line in page.lines() {
        match &mut block {
            Some(_) if line == "```" => blocks.extend(block.take().map(|it| (heading.clone(), it))),
            Some(text) => *text += &format!("{line}\n"),
            None if line == "```sh" => block = Some(String::new()),
            None => {
                if let Some(name) = line.trim_start_matches('#').strip_prefix(' ')
                    && line.starts_with('#')
                {
                    heading = name.to_owned();
                }
            }
        }
    }
    blocks
}

fn missing() -> Option<&'static str> {
    let has = |program: &str, args: &[&str]| {
        Command::new(program).args(args).output().is_ok_and(|output| output.status.success())
    };
    if !has("jq", &["--version"]) {
        return Some("jq");
    }
    if !has("curl", &["--version"]) {
        return Some("curl");
    }
    (!has("split", &["--version"])).then_some("GNU split")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::write(to, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

/// A directory with the samples as evidence, and a place for programs that only say how they were
/// called.
struct Desk {
    directory: tempfile::TempDir,
    server: Server,
}

impl Desk {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"), &path.join("evidence"));
        fs::create_dir(path.join("bin")).unwrap();
        for program in ["timesketch_importer", "logger"] {
            let file = path.join("bin").join(program);
            fs::write(&file, "#!/bin/sh\necho \"$(basename \"$0\") $*\" >> called\n").unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { directory, server: Server::start() }
    }

    fn run(&self, commands: &str) -> Output {
        let path = self.directory.path();
        let own = Path::new(env!("CARGO_BIN_EXE_flaxscan")).parent().unwrap();
        let search = env::var("PATH").unwrap();
        let search = format!("{}:{}:{search}", path.join("bin").display(), own.display());
        let mut command = Command::new("sh");
        let commands = commands.replace("/evidence", "evidence").replace("/var/log", "evidence");
        command.args(["-c", &commands]).current_dir(path).env("PATH", search);
        for name in ["ELASTIC", "SPLUNK", "LOGIN", "DCE", "GRAYLOG", "MISP", "TAXII"] {
            command.env(format!("{name}_URL"), &self.server.url);
        }
        for name in [
            "ELASTIC_KEY",
            "SPLUNK_TOKEN",
            "CLIENT_ID",
            "CLIENT_SECRET",
            "TENANT_ID",
            "DCR_ID",
            "MISP_KEY",
            "TAXII_TOKEN",
            "TAXII_COLLECTION",
        ] {
            command.env(name, name.to_ascii_lowercase());
        }
        command.env("no_proxy", "127.0.0.1").output().unwrap()
    }

    fn called(&self) -> String {
        let file = self.directory.path().join("called");
        let called = fs::read_to_string(&file).unwrap_or_default();
        let _ = fs::remove_file(file);
        called
    }
}

fn documents(requests: &[Request]) -> Vec<Value> {
    let lines = requests.iter().flat_map(|request| request.body.lines());
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn assert_sent_to(requests: &[Request], path: &str, header: &str) {
    assert!(!requests.is_empty());
    for Request { line, headers, .. } in requests {
        assert!(line.starts_with(&format!("POST {path} HTTP")), "{line}");
        assert!(headers.contains(header), "{headers}");
    }
}

/// Looks at what a block sent and wrote.
fn check(heading: &str, requests: &[Request], output: &str, called: &str) {
    match heading {
        "Handing hits on" => assert!(requests.is_empty()),
        "Elastic" => {
            let path = "/logs-flaxscan.hits-default/_bulk";
            assert_sent_to(requests, path, "Content-Type: application/x-ndjson");
            assert!(requests.iter().all(|request| request.body.ends_with('\n')));
            let documents = documents(requests);
            assert_eq!(documents.len(), HITS * 2);
            let mut ids = std::collections::BTreeSet::new();
            for pair in documents.chunks(2) {
                let id = pair[0]["create"]["_id"].as_str().unwrap();
                assert!(id.len() <= 512 && ids.insert(id), "{id}");
                assert!(pair[1]["@timestamp"].is_string(), "{}", pair[1]);
            }
        }
        "Splunk" => {
            let header = "Authorization: Splunk splunk_token";
            assert_sent_to(requests, "/services/collector/event", header);
            let documents = documents(requests);
            assert_eq!(documents.len(), HITS);
            assert!(documents.iter().all(|event| event["event"]["threat_match_value"].is_string()));
        }
        "Microsoft Sentinel" => {
            assert!(requests[0].line.starts_with("POST /tenant_id/oauth2/v2.0/token HTTP"));
            assert!(requests[0].body.contains("client_secret=client_secret"));
            let path = "/dataCollectionRules/dcr_id/streams/Custom-Flaxscan_CL\
                        ?api-version=2023-01-01";
            assert_sent_to(&requests[1..], path, "Authorization: Bearer token-17");
            let arrays = documents(&requests[1..]);
            assert!(requests.iter().all(|request| request.body.len() < 1_000_000));
            let all: Vec<_> = arrays.iter().flat_map(|array| array.as_array().unwrap()).collect();
            assert_eq!(all.len(), HITS);
            assert!(all.iter().all(|row| row["TimeGenerated"].is_string()));
        }
        "Graylog" => {
            assert_sent_to(requests, "/gelf", "Content-Type: application/json");
            let documents = documents(requests);
            assert_eq!(documents.len(), HITS);
            for message in &documents {
                assert_eq!(message["version"], "1.1");
                for (name, value) in message.as_object().unwrap() {
                    assert!(value.is_string() || value.is_number(), "{name}: {value}");
                    let known =
                        ["version", "host", "short_message", "full_message", "timestamp", "level"];
                    assert!(name.starts_with('_') || known.contains(&name.as_str()), "{name}");
                }
            }
        }
        "Timesketch" => assert_eq!(
            called,
            "timesketch_importer --sketch_id 1 --timeline_name flaxscan hits-timesketch.jsonl\n"
        ),
        "MISP" => {
            assert_sent_to(requests, "/sightings/add", "Authorization: misp_key");
            for sighting in documents(requests) {
                assert!(!sighting["values"].as_array().unwrap().is_empty());
                assert_eq!(sighting["type"], "0");
                assert!(sighting.get("timestamp").is_none_or(Value::is_i64));
            }
        }
        "STIX to a TAXII server" => {
            let header = "Content-Type: application/taxii+json;version=2.1";
            assert_sent_to(requests, "/collections/taxii_collection/objects/", header);
            let envelope: Value = serde_json::from_str(&requests[0].body).unwrap();
            assert_eq!(envelope.as_object().unwrap().len(), 1);
            assert!(envelope["objects"].as_array().unwrap().len() > 10);
        }
        "With jq" => assert!(output.lines().count() > 50, "{output}"),
        "Every night" => {
            assert!(called.starts_with("logger -p auth.alert -t flaxscan hits: flaxscan-"));
        }
        other => panic!("nothing looks at the commands under `{other}`"),
    }
}

#[test]
fn every_command_of_the_page_works() {
    if let Some(program) = missing() {
        eprintln!("SKIPPED: {program} is not there");
        return;
    }
    let desk = Desk::new();
    let blocks = blocks();
    assert!(blocks.len() >= 10);
    for (heading, commands) in blocks {
        let output = desk.run(&commands);
        let [stdout, stderr] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert!(output.status.success(), "{heading}: {stderr}");
        let trouble = ["error", "not taken", "curl:", "not found"];
        assert!(!trouble.iter().any(|word| stderr.contains(word)), "{heading}: {stderr}");
        check(&heading, &desk.server.take(), &stdout, &desk.called());
    }
}

/// The rest of the nightly script: nothing hit, and something that cannot be read.
#[test]
fn the_nightly_script_tells_the_cases_apart() {
    if let Some(program) = missing() {
        eprintln!("SKIPPED: {program} is not there");
        return;
    }
    let (_, script) = blocks().into_iter().find(|(heading, _)| heading == "Every night").unwrap();
    let desk = Desk::new();
    let evidence = desk.directory.path().join("evidence");
    fs::remove_dir_all(&evidence).unwrap();
    fs::create_dir(&evidence).unwrap();
    fs::write(evidence.join("clean.log"), "nothing\n").unwrap();
    assert!(desk.run(&script).status.success());
    assert_eq!(desk.called(), "");
    fs::remove_dir_all(&evidence).unwrap();
    desk.run(&script);
    assert!(desk.called().starts_with("logger -p auth.err"), "an input that is not there");
}
