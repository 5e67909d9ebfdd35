//! Paths, cut texts, escapes.

use proptest::prelude::*;

use super::*;

fn get(text: &str, path: &str) -> Option<String> {
    let json = Json::new(text)?;
    let value = json.root().get(path)?;
    Some(value.text.into_owned())
}

#[test]
fn paths() {
    let text = r#"{"a":{"b":[{"c":1},{"c":"x\ty","d":null}]},"id.orig_h":"10.0.0.1","e":["f","g"],"t":true}"#;
    assert_eq!(get(text, "a.b.c").as_deref(), Some("1"));
    assert_eq!(get(text, "a.b.d"), None);
    assert_eq!(get(text, "ID.orig_h").as_deref(), Some("10.0.0.1"));
    assert_eq!(get(text, "e").as_deref(), Some("f"));
    assert_eq!(get(text, "t").as_deref(), Some("true"));
    assert_eq!(get(text, "a"), None);
    let json = Json::new(text).unwrap();
    let mut all = Vec::new();
    json.root().each("a.b.c", &mut |value| all.push(value.text.into_owned()));
    json.root().each("e", &mut |value| all.push(value.text.into_owned()));
    assert_eq!(all, ["1", "x\ty", "f", "g"]);
}

#[test]
fn what_is_cut_is_read_as_far_as_it_goes() {
    let text = r#"{"a":"1","b":{"c":"2","d":"open"#;
    assert_eq!(get(text, "a").as_deref(), Some("1"));
    assert_eq!(get(text, "b.c").as_deref(), Some("2"));
    assert_eq!(get(text, "b.d"), None);
    assert!(Json::new("{").is_none() && Json::new("[INFO] x").is_none());
    assert_eq!(get(r#"{"a":1} tail"#, "a").as_deref(), Some("1"));
}

#[test]
fn escapes() {
    for (raw, text) in [
        (r"a\/b", "a/b"),
        (r"\u00e9\ud83d\ude00", "é😀"),
        (r"\ud83d", "\u{fffd}"),
        (r"\x", r"\x"),
        ("\\", "\\"),
        (r"\u12", r"\u12"),
    ] {
        assert_eq!(unescaped(raw), text, "{raw}");
    }
}

proptest! {
    #[test]
    fn strings_are_what_serde_says(text in any::<String>()) {
        let json = serde_json::to_string(&serde_json::json!({ "a": text })).unwrap();
        prop_assert_eq!(get(&json, "a"), Some(text));
    }
}
