//! `flaxscan check`.

use super::*;

#[test]
fn check_says_what_is_known() {
    let output = run(&["check", "k3121.com"]);
    assert_eq!(code(&output), 0);
    let text = stdout(&output);
    assert!(text.starts_with("k3121.com: known\n  domain k3121.com (exact)\n"), "{text}");
    for part in
        ["C2 root domain, Crossbill", "2020-05-01 to 2022-04-30", "confidence high", "Lumen"]
    {
        assert!(text.contains(part), "{text}");
    }
    let output = run(&["check", "www.example.org", "192.0.2.1", "example.corpnet"]);
    assert_eq!(code(&output), 1);
    let unknown = "www.example.org: not known\n192.0.2.1: not known\nexample.corpnet: not known\n";
    assert_eq!(stdout(&output), unknown);
}

#[test]
fn check_follows_the_matching_contract() {
    for (value, indicator) in [
        ("45.77.231[.]209", "45.77.231.209"),
        ("::ffff:45.77.231.209", "45.77.231.209"),
        ("045.077.231.209", "45.77.231.209"),
        ("45.77.231.209:443", "45.77.231.209"),
        ("http://760080337/", "45.77.231.209"),
        ("hxxps://www.K3121[.]com/login?x=y", "k3121.com"),
        ("user@c0cc.cc", "c0cc.cc"),
        (" c0cc[dot]cc. ", "c0cc.cc"),
        ("1B8E29B6B7972FB124425AAA257F8F6D", "1b8e29b6b7972fb124425aaa257f8f6d"),
        ("1b:8e:29:b6:b7:97:2f:b1:24:42:5a:aa:25:7f:8f:6d", "1b8e29b6b7972fb124425aaa257f8f6d"),
    ] {
        let output = run(&["check", "-o", "json", value]);
        assert_eq!(code(&output), 0, "{value}: {}", stdout(&output));
        let answer: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
        assert_eq!(answer["known"], true, "{value}");
        assert_eq!(answer["matches"][0]["indicator"]["value"], indicator, "{value}");
        assert!(answer["matches"][0]["indicator"]["claims"][0]["source"].is_string(), "{value}");
    }
    for value in ["www.avtb2047.com", "145.77.231.209", "c0cc.cc.example.net"] {
        assert_eq!(code(&run(&["check", value])), 1, "{value}");
    }
}

#[test]
fn check_reads_values_from_standard_input() {
    let output = run_with_input(&["check"], b"k3121.com\n\nwww.example.org\r\n192.0.2.1");
    assert_eq!(code(&output), 0);
    let text = stdout(&output);
    assert!(text.starts_with("k3121.com: known\n"), "{text}");
    assert!(text.ends_with("\nwww.example.org: not known\n192.0.2.1: not known\n"), "{text}");
    assert_eq!(code(&run_with_input(&["check"], b"")), 1);
}

#[test]
fn check_says_what_cannot_be_looked_up() {
    let output = run(&["check", "k3121.com", "what is this?", "300.1.1.1", "\x1b[2J"]);
    assert_eq!(code(&output), 2);
    let text = stdout(&output);
    assert!(text.contains("\nwhat is this?: cannot be looked up: "), "{text}");
    assert!(text.contains("\n300.1.1.1: cannot be looked up: "), "{text}");
    assert!(text.contains("\n\\x1b[2J: cannot be looked up: "), "{text}");
    let output = run(&["check", "-o", "json", "300.1.1.1"]);
    let answer: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(answer["known"], false);
    assert!(answer["error"].is_string());
}

#[test]
fn check_knows_lists() {
    let evidence = Evidence::new();
    let list = evidence.add("list.txt", b"198.51.100.0/24\n");
    let output = run(&["check", "--no-builtin", "--indicators", &list, "198.51.100.7"]);
    assert_eq!(code(&output), 0);
    let text = stdout(&output);
    assert!(
        text.contains("  cidr 198.51.100.0/24 (in-range)\n    listed, confidence unspecified\n"),
        "{text}"
    );
    assert!(text.contains(&format!("source: [{list}]")), "{text}");
    let output = run(&["check", "--no-builtin", "--indicators", &list, "k3121.com"]);
    assert_eq!(code(&output), 1);
}
