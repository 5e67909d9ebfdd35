//! What is hidden in generated inputs: tokens that hit, tokens that nearly do, and both in every
//! notation that is looked through.
//!
//! Only clear cases: what a text means has to follow from the contract, because the oracle says
//! what is right. Where a token is encoded in part, what stands between the encoded bytes is no
//! indicator by itself.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::oracle::sample::{JA4, LONG_LITERAL, MD5, SHA1, SHA256, SHA512};

/// Names, addresses and reverse names that hit.
const HOSTS: &[&str] = &[
    "c0cc.cc",
    "www.c0cc.cc",
    "W8510.com",
    "aEwReiuIcaJO.w8510.CoM",
    "api.k3121.com",
    "x.kuyw.b2047.com",
    "vpn472462384.softether.net",
    "only.shared-host.net",
    "evil-panel.net",
    "xn--bcher-kva.de",
    "45.77.231.209",
    "149.28.132.137",
    "5.188.33.228",
    "198.18.34.7",
    "198.19.7.9",
    "045.077.231.209",
    "209.231.77.45.in-addr.arpa",
    "7.34.18.198.IN-ADDR.ARPA",
    "1.d.7.e.d.4.d.2.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa",
];

/// Those that have another token in front, or letters that one byte cannot encode.
const PLAIN_HOSTS: &[&str] = &[
    "bücher.de",
    "shop.BÜCHER.de",
    "пример.рф",
    "ｃ０ｃｃ.cc",
    "45.77.231.209.vultrusercontent.com",
    "198.18.34.7.static.example.co.uk",
];

const NEAR_MISSES: &[&str] = &[
    "notc0cc.cc",
    "c0cc.cc.example.net",
    "www.avtb2047.com",
    "w8510-com.example.org",
    "c0cc.cc.zip",
    "www.only.shared-host.net",
    "softether.net",
    "éc0cc.cc",
    "145.77.231.209",
    "45.77.231.2090",
    "45.77.231.209.1",
    "1.3.6.1.4.1.45.77.231.209",
    "198.17.255.255",
    "198.20.0.0",
    "45.77.231.209.backup.tgz",
    "1.209.231.77.45.in-addr.arpa",
    "209.231.77.145.in-addr.arpa",
];

const IPV6: &[&str] = &[
    "2001:db8:77::209",
    "2001:0DB8:0077:0000:0000:0000:0000:0209",
    "2001:db8:9:a::7",
    "2001:db8:9::1",
    "::ffff:45.77.231.209",
    "::FFFF:2d4d:e7d1",
    "0000:0000:0000:0000:0000:ffff:2d4d:e7d1",
    "0:0:0:0:0:ffff:2d4d:e7d1",
    "00:00:00:00:00:00:45.77.231.209",
    "64:ff9b:0:0:0:0:2d4d:e7d1",
    "0064:FF9B:00:00:00:00:45.77.231.209",
    "2002:2d4d:e7d1:20:20:20:20:20",
    "::ffff:198.18.34.7",
    "64:ff9b::2d4d:e7d1",
    "64:ff9b::45.77.231.209",
    "2002:2d4d:e7d1::",
    "2002:2d4d:e7d1:1::5",
    // Not hits.
    "2001:db8:77::2090",
    "2001:db8::45.77.231.209",
    "::ffff:145.77.231.209",
    "fe80::1",
];

const URLS: &[&str] = &[
    "c0cc.cc/gate.php",
    "c0cc.cc:8080/gate.php",
    "c0cc.cc/gate.php?id=4",
    "c0cc.cc/gate.phpx",
    "user:pw@c0cc.cc/gate.php/x",
    "evil-panel.net/",
    "evil-panel.net/index.html",
    "evil-panel.net:8443/adm/login?x",
    "evil-panel.net:8443/adm/",
    "evil-panel.net:8444/adm/",
    "k3121.com/Load/x",
    "k3121.com/load/x",
    "104.238.149.146/a/b#c",
    "104.238.149.146/a/bc",
    "www.c0cc.cc/gate.php",
    "760080337/x",
    "0x2d4de7d1/x",
    "760080338/x",
];

/// Whole lines: their shape is what is looked at.
const LINES: &[&str] = &[
    "14:25:03.137074 IP 172.16.8.160.61043 > 45.77.231.209.443: Flags [S], seq 2609310529",
    "16:33:56.337070 IP 5.188.33.228.443 > 203.0.113.20.51022: Flags [S], seq 207263376",
    "16:33:56.337070 IP 5.188.33.228.443 > 198.18.34.7.51022: Flags [S], seq 207263376",
    "23:08:41.141404 IP 10.20.1.165.60063 > 45.77.231.20.9443: Flags [S], seq 3880246048",
    "12:00:00.000001 IP 45.77.231.209 > 203.0.113.20: ICMP echo request, id 1",
    r#"{"m":"{\"q\":\"\\tc0cc.cc\",\"r\":\"C:\\\\temp\"}"}"#,
    r#"{"event":{"Image":"C:\\Users\\tc0cc.cc","Query":"\u0063\u0030cc.cc"}}"#,
    r#"{"http":{"hostname":"www.example.org","url":"\/r?u=http:\/\/c0cc.cc\/x","len":1155}}"#,
    r#"{"http":{"url":"\/r?u=http%3A%2F%2Fwww.c0cc.cc%2Fx","ua":"Mozilla\/5.0"}}"#,
    "1 UDP Rcv 10.20.6.15 4175 Q [0001 D NOERROR] A (3)api(5)k3121(3)com(0)",
    "1 UDP Rcv 10.20.6.15 4175 Q [0001 D NOERROR] A (6)myc0cc(2)cc(0)",
];

const BEFORE_HOST: &[&[u8]] = &[
    b" ",
    b"=",
    b"\"",
    b"'",
    b"(",
    b"[",
    b"<",
    b">",
    b"/",
    b"|",
    b",",
    b";",
    b"#",
    b"?",
    b"@",
    b"&",
    b"\t",
    b"->",
    b"peer:",
    b" -",
    "“".as_bytes(),
    b"\xff",
    b"\xc3(",
    b"\0",
];
const AFTER_HOST: &[&[u8]] = &[
    b" ",
    b"=",
    b"\"",
    b"'",
    b")",
    b"]",
    b"<",
    b">",
    b"/x",
    b"|",
    b",",
    b";",
    b"#53",
    b"?x",
    b"@",
    b"&",
    b"\t",
    b"->",
    b":443 ",
    b".",
    b"- ",
    "”".as_bytes(),
    b"\xff",
    b"\xe2\x80 ",
    b"\0",
];
const BEFORE_TEXT: &[&[u8]] = &[b" ", b"\"", b"=(", b"="];
const AFTER_TEXT: &[&[u8]] = &[b" ", b"\"", b")", b", "];

/// A token between two boundaries.
fn between(
    before: &'static [&'static [u8]],
    token: impl Strategy<Value = String> + 'static,
    after: &'static [&'static [u8]],
) -> BoxedStrategy<Vec<u8>> {
    (select(before), token, select(after))
        .prop_map(|(before, token, after)| [before, token.as_bytes(), after].concat())
        .boxed()
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(str::to_owned)
}

/// Something to hide in a line, with the boundaries it needs.
pub fn plant() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        4 => between(BEFORE_HOST, one_of(HOSTS), AFTER_HOST),
        1 => between(BEFORE_HOST, one_of(PLAIN_HOSTS), AFTER_HOST),
        2 => between(BEFORE_HOST, one_of(NEAR_MISSES), AFTER_HOST),
        3 => between(BEFORE_HOST, mutated(), AFTER_HOST),
        3 => between(BEFORE_TEXT, encoded(), AFTER_TEXT),
        2 => between(BEFORE_TEXT, after_escape(), AFTER_TEXT),
        1 => between(BEFORE_TEXT, defanged(), AFTER_TEXT),
        1 => between(BEFORE_TEXT, labelled(), AFTER_TEXT),
        2 => ipv6(),
        2 => url(),
        2 => digest(),
        1 => email(),
        1 => literal(),
    ]
    .boxed()
}

/// A whole line.
pub fn line() -> BoxedStrategy<Vec<u8>> {
    select(LINES).prop_map(|line| line.as_bytes().to_vec()).boxed()
}

/// A host with one character more, less or changed.
fn mutated() -> impl Strategy<Value = String> {
    let characters = select("a0f9.-_xZé²".chars().collect::<Vec<char>>());
    (select(HOSTS), any::<Index>(), characters, 0..3).prop_map(|(host, at, new, how)| {
        let mut host: Vec<char> = host.chars().collect();
        let at = at.index(host.len());
        match how {
            0 => host.insert(at, new),
            1 => host[at] = new,
            _ => _ = host.remove(at),
        }
        host.into_iter().collect()
    })
}

/// A host some of whose bytes are encoded; near misses wholly.
fn encoded() -> impl Strategy<Value = String> {
    let hit = (select(HOSTS), any::<u64>());
    let miss = (select(NEAR_MISSES), Just(u64::MAX));
    let token = prop_oneof![3 => hit, 1 => miss];
    let style: Vec<fn(u8) -> String> = vec![
        |byte| format!("%{byte:02X}"),
        |byte| format!("%{byte:02x}"),
        |byte| format!("%25{byte:02X}"),
        |byte| format!("%2525{byte:02X}"),
        |byte| format!("\\u{byte:04x}"),
        |byte| format!("\\u{byte:04X}"),
        |byte| format!("\\x{byte:02x}"),
        |byte| format!("\\{byte:03o}"),
        |byte| format!("\\\\u{byte:04x}"),
    ];
    (token, select(style)).prop_map(|((token, mask), style)| {
        let bytes = token.bytes().enumerate();
        bytes
            .map(|(at, byte)| {
                let chosen = mask == u64::MAX || mask >> (at % 64) & 1 == 1;
                // An escape of two digits is no escape of four.
                let ascii = byte.is_ascii() || !style(byte).contains('u');
                if chosen && ascii { style(byte) } else { char::from(byte).to_string() }
            })
            .collect()
    })
}

/// A token right after an escape, whose letters it would otherwise begin with.
fn after_escape() -> impl Strategy<Value = String> {
    let escapes = [
        r"\t",
        r"\n",
        r"\r\n",
        r"\b",
        r"\f",
        r"\a",
        r"\v",
        r"\u0020",
        r"\u003d",
        r"\x3d",
        r"\040",
        r#"\""#,
        r"\/",
        "%20",
        "%3D",
        "%2F",
        "%0A",
        "%22",
        "%2520",
        "%253d",
        r#"\" \\t"#,
        r"\\t",
        r"\\n",
        r"\\u0020",
    ];
    let tokens = [HOSTS, NEAR_MISSES, &[MD5, SHA1, SHA256]].concat();
    (select(escapes.to_vec()), select(tokens))
        .prop_map(|(escape, token)| format!("{escape}{token}"))
}

fn defanged() -> impl Strategy<Value = String> {
    let dots = ["[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}", "[DOT]", "(Dot)"];
    // Near misses begin or end with an indicator: which dots are hidden would matter.
    let misses: &[&str] = &["notc0cc.cc", "145.77.231.209", "45.77.231.2090", "softether.net"];
    let tokens = [&HOSTS[..16], misses].concat();
    (select(tokens), select(dots.to_vec()), any::<u64>()).prop_map(|(token, dot, mask)| {
        let mut text = String::new();
        for (at, label) in token.split('.').enumerate() {
            if at > 0 {
                text.push_str(if mask >> at & 1 == 1 { dot } else { "." });
            }
            text.push_str(label);
        }
        text
    })
}

fn labelled() -> impl Strategy<Value = String> {
    let names: Vec<&str> = [HOSTS, NEAR_MISSES]
        .concat()
        .into_iter()
        .filter(|host| host.is_ascii() && host.contains(|c: char| c.is_ascii_alphabetic()))
        // The whole site as a URL: whether a bare name is it, the contract does not say.
        .filter(|host| *host != "evil-panel.net")
        .collect();
    // What is, or is no, label of the same name.
    let before = [
        "",
        "",
        "",
        "(9)zz",
        "(2)zz",
        "(02)zz",
        "(0)",
        "(3)www(0)",
        "(5)z zzz",
        "(10)z z",
        "(5)a(8)b",
        "(8)b",
        "zz",
        ")",
    ];
    (select(before.to_vec()), select(names)).prop_map(|(before, name)| {
        let labels = name.split('.').map(|label| format!("({}){label}", label.len()));
        [before.to_owned()].into_iter().chain(labels).chain(["(0)".to_owned()]).collect()
    })
}

fn ipv6() -> BoxedStrategy<Vec<u8>> {
    const BEFORE: &[&[u8]] = &[b" ", b"=", b"\"", b",", b"(", b";", b" IPv6:", b" outside:"];
    const AFTER: &[&[u8]] = &[b" ", b"\"", b",", b")", b"/64 ", b"/443 ", b"%eth0 ", b";", b"->x"];
    const OPEN: &[&[u8]] = &[b" [", b"=[", b"://["];
    const CLOSE: &[&[u8]] = &[b"]", b"]:443 ", b"%eth0]:53 ", b"]:443/x "];
    prop_oneof![between(BEFORE, one_of(IPV6), AFTER), between(OPEN, one_of(IPV6), CLOSE),].boxed()
}

fn url() -> BoxedStrategy<Vec<u8>> {
    const BEFORE: &[&[u8]] = &[b" http://", b"\"https://", b"=hxxp://", b"(ftp://", b"?u=http://"];
    const AFTER: &[&[u8]] =
        &[b" ", b"\"", b"'", b">", b",", b";", b")", b"]", b"|", b"\t", b"&v=1 "];
    const ESCAPED: &[&[u8]] = &[b"\"http:\\/\\/", b"?u=http%3A%2F%2F"];
    let slashes = |text: &str, slash: &str| text.replace('/', slash);
    prop_oneof![
        4 => between(BEFORE, one_of(URLS), AFTER),
        1 => between(&ESCAPED[..1], one_of(URLS).prop_map(move |u| slashes(&u, r"\/")), &AFTER[1..2]),
        1 => between(&ESCAPED[1..], one_of(URLS).prop_map(move |u| slashes(&u, "%2F")), &AFTER[..2]),
    ]
    .boxed()
}

fn digest() -> BoxedStrategy<Vec<u8>> {
    const BEFORE: &[&[u8]] = &[b"=", b"\"", b"(", b"sum="];
    const AFTER: &[&[u8]] = &[b"\"", b",", b")", b".exe ", b"\t"];
    let digest = select(vec![MD5, SHA1, SHA256, SHA512]);
    let end = select(vec!["", "", "", "0", "ab", "g"]);
    let text = (digest, end, any::<bool>(), 0_usize..5).prop_map(|(digest, end, upper, form)| {
        let text = if upper { digest.to_uppercase() } else { digest.to_owned() };
        let separator = [":", "-", " "].get(form).copied();
        let Some(separator) = separator else { return text + end };
        let pairs: Vec<&str> = (0..text.len()).step_by(2).map(|at| &text[at..at + 2]).collect();
        let end = if end == "ab" { format!("{separator}ab") } else { String::new() };
        pairs.join(separator) + &end
    });
    between(BEFORE, text, AFTER)
}

fn email() -> BoxedStrategy<Vec<u8>> {
    const BEFORE: &[&[u8]] = &[b" ", b"<", b"\"", b":", b"(", b" x", b" a+"];
    const AFTER: &[&[u8]] = &[b" ", b">", b"\"", b",", b". "];
    let mails = &["ops@c0cc.cc", "OPS@c0cc.CC", "J.Doe@mail-drop.org", "x@mail-drop.org"];
    between(BEFORE, one_of(mails), AFTER)
}

fn literal() -> BoxedStrategy<Vec<u8>> {
    const TEXTS: &[&str] = &[
        "/flax_beacon?id=",
        "/Flax_beacon?id=",
        JA4,
        LONG_LITERAL,
        "/d/abcdefghijklmnopqrstuvwxyz0123456?k=",
        "EvilAgent/1.0",
        "EVILagent/1.0",
    ];
    between(&[b" ", b"x", b"=", b"c0cc.cc"], one_of(TEXTS), &[b" ", b"7", b"\"", b"/"])
}
