//! The machine forms of the hand-made hits.

use flaxscan::form::Form;
use flaxscan::sink::{Json, Relay, Sink};
use flaxscan::stored::{Receiver, StoredHits};

use super::{Fixture, assert_golden, neutral, scan_time, written};

fn file(form: Form) -> String {
    let ending = match form {
        Form::Csv => "csv",
        Form::Stix => "json",
        _ => "jsonl",
    };
    format!("forms/{}.{ending}", form.name())
}

fn made(form: Form) -> Vec<u8> {
    written(|all: &Fixture, out| {
        let mut sink = Relay::new(scan_time());
        sink.add(form.receiver(out));
        all.run(&mut sink);
        sink.finish().unwrap();
    })
}

#[test]
fn forms() {
    for &form in Form::ALL {
        let text = String::from_utf8(made(form)).unwrap();
        // Lines end with CR LF in a CSV file, and with LF elsewhere.
        let text_only = text.replace("\r\n", "\n");
        assert!(
            !text_only.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}'),
            "{}",
            form.name()
        );
        assert_golden(&file(form), neutral(&text).as_bytes());
    }
}

/// A line of a form stands by itself.
#[test]
fn every_line_of_the_line_forms_is_an_object() {
    let all = [Form::Ocsf, Form::Timesketch, Form::MispSightings, Form::Splunk];
    for form in all {
        let text = String::from_utf8(made(form)).unwrap();
        let hits = Fixture::new().sightings().iter().map(|(_, hits)| hits.len()).sum::<usize>();
        assert_eq!(text.lines().count(), hits, "{}", form.name());
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let fields = value.as_object().unwrap();
            assert!(fields.values().all(|field| !field.is_null()), "{line}");
            if form == Form::Timesketch {
                // Timesketch's `read_and_validate_jsonl` stops at a line without one of these.
                for name in ["message", "datetime", "timestamp_desc"] {
                    assert!(!fields[name].as_str().unwrap().is_empty(), "{name}: {line}");
                }
                assert!(fields.values().all(|field| !field.is_object()), "{line}");
            }
        }
    }
}

/// The golden documents themselves, as they would be read back.
#[test]
fn golden_documents_are_stored_hits() {
    let text = include_str!("hits.jsonl");
    for hit in StoredHits::new(text.as_bytes()) {
        hit.unwrap();
    }
}

/// However many hits there are (they are handed on in batches), and whoever else takes them.
#[test]
fn a_relay_gives_all_of_them_what_the_stored_documents_give() {
    let rounds = |sink: &mut dyn Sink| {
        let all = Fixture::new();
        for round in 0..80 {
            all.run(sink);
            if round % 37 == 0 {
                sink.flush().unwrap();
            }
        }
        sink.finish().unwrap();
    };
    let mut json = Vec::new();
    rounds(&mut Json::new(&mut json, scan_time()));

    let mut copy = Vec::new();
    let mut made = vec![Vec::new(); Form::ALL.len()];
    let mut relay = Relay::new(scan_time());
    relay.copy(&mut copy);
    for (form, out) in Form::ALL.iter().zip(&mut made) {
        relay.add(form.receiver(out));
    }
    rounds(&mut relay);
    drop(relay);
    assert!(copy == json);
    for (form, made) in Form::ALL.iter().zip(made) {
        let mut stored = Vec::new();
        let mut receiver = form.receiver(&mut stored);
        StoredHits::new(&*json).for_each(|hit| receiver.hit(&hit.unwrap()).unwrap());
        receiver.finish().unwrap();
        drop(receiver);
        assert!(made == stored, "{}", form.name());
    }
}
