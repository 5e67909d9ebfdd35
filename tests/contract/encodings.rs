//! Notations that are looked through.

use super::Case;

const C0CC: &str = "c0cc.cc exact";
const API: &str = "api.k3121.com exact, k3121.com subdomain";
const ADDRESS: &str = "45.77.231.209 exact";
const SHA1: &str = "7992c0a816246b287d991c4ecf68f2d32e4bca18 exact";

pub const PERCENT: &[Case<'_>] = &[
    ("u=http%3A%2F%2Fc0cc.cc%2Fx", &[("c0cc.cc", C0CC, "percent")]),
    ("u=http%3a%2f%2fc0cc.cc", &[("c0cc.cc", C0CC, "percent")]),
    ("to=http%3A%2F%2Fuser%40c0cc.cc%3A8443%2Fx", &[("c0cc.cc", C0CC, "percent")]),
    ("http%253A%252F%252Fc0cc.cc", &[("c0cc.cc", C0CC, "percent-twice")]),
    ("149%2E28%2E132%2E137", &[("149%2E28%2E132%2E137", "149.28.132.137 exact", "percent")]),
    ("149%252E28.132.137", &[("149%252E28.132.137", "149.28.132.137 exact", "percent-twice")]),
    ("c0cc%2ecc", &[("c0cc%2ecc", C0CC, "percent")]),
    ("%63%30%63%63%2e%63%63", &[("%63%30%63%63%2e%63%63", C0CC, "percent")]),
    ("%61pi.k3121.com", &[("%61pi.k3121.com", API, "percent")]),
    ("q=%20c0cc.cc", &[("c0cc.cc", C0CC, "percent")]),
    // What was encoded is not part of the name, so the longer name before it is none.
    ("u=http%3A%2F%2Fwww.c0cc.cc%2F", &[("www.c0cc.cc", "c0cc.cc subdomain", "percent")]),
    // It ended there anyway.
    ("/c0cc.cc%20", &[("c0cc.cc", C0CC, "")]),
    ("/c0cc.cc%", &[("c0cc.cc", C0CC, "")]),
    ("%zz/c0cc.cc%2", &[("c0cc.cc", C0CC, "")]),
    (
        "s=%207992c0a816246b287d991c4ecf68f2d32e4bca18",
        &[("7992c0a816246b287d991c4ecf68f2d32e4bca18", SHA1, "percent")],
    ),
    (
        "ip=%5B%3A%3Affff%3A45.77.231.209%5D",
        &[("%3A%3Affff%3A45.77.231.209", ADDRESS, "percent ipv4-mapped")],
    ),
    ("b%C3%BCcher.de", &[("b%C3%BCcher.de", "xn--bcher-kva.de exact", "percent unicode")]),
    // JSON that holds a query.
    (r#"{"url":"http:\/\/a\/r?u=http%3A%2F%2Fc0cc.cc%2Fx"}"#, &[("c0cc.cc", C0CC, "percent")]),
    // Not thrice, and not to another name.
    ("149%25252E28.132.137", &[]),
    ("t%63%30cc.cc", &[]),
    ("x%2Dc0cc.cc", &[]),
    ("q=%20tc0cc.cc", &[]),
];

pub const ESCAPES: &[Case<'_>] = &[
    // A tab and the name; bare, it is another name.
    (r#"{"m":"\tc0cc.cc"}"#, &[("c0cc.cc", C0CC, "escape")]),
    (r"x\nc0cc.cc", &[("c0cc.cc", C0CC, "escape")]),
    (r"x\r\nc0cc.cc\r\n", &[("c0cc.cc", C0CC, "escape")]),
    (r"\bc0cc.cc", &[("c0cc.cc", C0CC, "escape")]),
    (r"\fc0cc.cc", &[("c0cc.cc", C0CC, "escape")]),
    (r"\vc0cc.cc", &[("c0cc.cc", C0CC, "escape")]),
    (r"\ac0cc.cc", &[("c0cc.cc", C0CC, "escape")]),
    (r"\0c0cc.cc", &[("c0cc.cc", C0CC, "escape")]),
    ("tc0cc.cc", &[]),
    (r"\xtc0cc.cc", &[]),
    (r"x\tapi.k3121.com", &[("api.k3121.com", API, "escape")]),
    (r"x\twww.c0cc.cc", &[("www.c0cc.cc", "c0cc.cc subdomain", "escape")]),
    (r"x\t145.77.231.209", &[]),
    // Inside a token.
    (r"c0cc\u002ecc", &[(r"c0cc\u002ecc", C0CC, "escape")]),
    (r"c0cc\u002Ecc", &[(r"c0cc\u002Ecc", C0CC, "escape")]),
    (r"\u0063\u0030cc.cc", &[(r"\u0063\u0030cc.cc", C0CC, "escape")]),
    (r"c0cc\x2ecc", &[(r"c0cc\x2ecc", C0CC, "escape")]),
    (r"c0cc\056cc", &[(r"c0cc\056cc", C0CC, "escape")]),
    (r"45\u002e77\u002e231\u002e209", &[(r"45\u002e77\u002e231\u002e209", ADDRESS, "escape")]),
    (r"\u003dc0cc.cc", &[("c0cc.cc", C0CC, "escape")]),
    (r"\x20c0cc.cc\x20", &[("c0cc.cc", C0CC, "escape")]),
    (r"\u003c45.77.231.209\u003e", &[("45.77.231.209", ADDRESS, "escape")]),
    (r"b\u00fccher.de", &[(r"b\u00fccher.de", "xn--bcher-kva.de exact", "escape unicode")]),
    (r"b\303\274cher.de", &[(r"b\303\274cher.de", "xn--bcher-kva.de exact", "escape unicode")]),
    (
        r"h=\f7992c0a816246b287d991c4ecf68f2d32e4bca18",
        &[("7992c0a816246b287d991c4ecf68f2d32e4bca18", SHA1, "escape")],
    ),
    // Escapes that the token does not need.
    (r"\/c0cc.cc\/", &[("c0cc.cc", C0CC, "")]),
    (r#"\"c0cc.cc\""#, &[("c0cc.cc", C0CC, "")]),
    (r"\\c0cc.cc\share", &[("c0cc.cc", C0CC, "")]),
    (r"45.77.231.209\n", &[("45.77.231.209", ADDRESS, "")]),
    // Twice: escapes of letters only where JSON stands in JSON.
    (r#"{"m":"{\"a\":\"\\tc0cc.cc\"}"}"#, &[("c0cc.cc", C0CC, "escape-twice")]),
    (r"C:\\temp\\tc0cc.cc", &[]),
    (r"c0cc\\u002ecc", &[(r"c0cc\\u002ecc", C0CC, "escape-twice")]),
    (r#"{"m":"{\"a\":\"c0cc\\u002ecc\"}"}"#, &[(r"c0cc\\u002ecc", C0CC, "escape-twice")]),
    (r"c0cc\\\\u002ecc", &[]),
    // Not whole.
    (r"c0cc\u02ecc", &[]),
    (r"c0cc\56cc", &[]),
];

pub const DNS_LABELS: &[Case<'_>] = &[
    ("A      (3)api(5)k3121(3)com(0)", &[("(3)api(5)k3121(3)com(0)", API, "dns-labels")]),
    (
        "(8)ZDACASDC(5)W8510(3)COM(0)",
        &[("(8)ZDACASDC(5)W8510(3)COM(0)", "w8510.com subdomain", "dns-labels")],
    ),
    ("(4)c0cc(2)cc(0)", &[("(4)c0cc(2)cc(0)", C0CC, "dns-labels")]),
    (
        "PTR    (3)209(3)231(2)77(2)45(7)in-addr(4)arpa(0)",
        &[("(3)209(3)231(2)77(2)45(7)in-addr(4)arpa(0)", ADDRESS, "dns-labels reverse-dns")],
    ),
    // One label that ends like the indicator, another name above, and lengths that are wrong.
    ("(6)myc0cc(2)cc(0)", &[]),
    ("(4)c0cc(2)cc(7)example(3)net(0)", &[]),
    ("(5)c0cc(2)cc(0)", &[]),
    ("(04)c0cc(2)cc(0)", &[]),
    // The first label is `zz(4)c0cc`.
    ("(9)zz(4)c0cc(2)cc(0)", &[]),
    ("(5)a b c(4)c0cc(2)cc(0)", &[("(4)c0cc(2)cc(0)", C0CC, "dns-labels")]),
    ("(10)z z(4)c0cc(2)cc(0)", &[]),
    // Whoever asks for names below one of these cannot hide it.
    ("(5)a(8)b(4)c0cc(2)cc(0)", &[("(4)c0cc(2)cc(0)", C0CC, "dns-labels")]),
    ("(3)www(0)(4)c0cc(2)cc(0)", &[("(4)c0cc(2)cc(0)", C0CC, "dns-labels")]),
    ("(4)c0cc(2)cc", &[]),
    ("(3)209(3)231(2)77(3)145(7)in-addr(4)arpa(0)", &[]),
];

pub const REVERSE: &[Case<'_>] = &[
    (
        "209.231.77.45.in-addr.arpa IN PTR",
        &[("209.231.77.45.in-addr.arpa", ADDRESS, "reverse-dns")],
    ),
    ("209.231.77.45.IN-ADDR.ARPA.", &[("209.231.77.45.IN-ADDR.ARPA", ADDRESS, "reverse-dns")]),
    (
        "(1.48.18.198.in-addr.arpa):",
        &[("1.48.18.198.in-addr.arpa", "198.18.0.0/15 in-range", "reverse-dns")],
    ),
    (
        "9.0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.7.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        &[(
            "9.0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.7.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
            "2001:db8:77::209 exact",
            "reverse-dns",
        )],
    ),
    (
        "1.D.7.E.D.4.D.2.F.F.F.F.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.IP6.ARPA",
        &[(
            "1.D.7.E.D.4.D.2.F.F.F.F.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.IP6.ARPA",
            ADDRESS,
            "reverse-dns ipv4-mapped",
        )],
    ),
    // Another address, not the whole address, a longer name, a padded one.
    ("209.231.77.145.in-addr.arpa", &[]),
    ("45.77.231.209.in-addr.arpa", &[]),
    ("231.77.45.in-addr.arpa", &[]),
    ("1.209.231.77.45.in-addr.arpa", &[]),
    ("209.231.077.045.in-addr.arpa", &[]),
    ("209.231.77.45.in-addr.arpa.example.net", &[]),
    ("209.231.77.45.in-addr.arpax", &[]),
    ("0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.7.0.0.8.b.d.0.1.0.0.2.ip6.arpa", &[]),
];

pub const DEFANGED: &[Case<'_>] = &[
    ("45.77.231[.]209", &[("45.77.231[.]209", ADDRESS, "defanged")]),
    ("45[.]77[.]231[.]209", &[("45[.]77[.]231[.]209", ADDRESS, "defanged")]),
    ("c0cc(.)cc", &[("c0cc(.)cc", C0CC, "defanged")]),
    ("c0cc{.}cc", &[("c0cc{.}cc", C0CC, "defanged")]),
    ("c0cc[dot]cc", &[("c0cc[dot]cc", C0CC, "defanged")]),
    ("C0CC[DOT]CC", &[("C0CC[DOT]CC", C0CC, "defanged")]),
    ("c0cc(Dot)cc", &[("c0cc(Dot)cc", C0CC, "defanged")]),
    ("c0cc{dot}cc", &[("c0cc{dot}cc", C0CC, "defanged")]),
    ("hxxp://c0cc[.]cc/a", &[("c0cc[.]cc", C0CC, "defanged")]),
    ("hxxps://api[.]k3121[.]com/v1", &[("api[.]k3121[.]com", API, "defanged")]),
    ("api[.]k3121.com", &[("api[.]k3121.com", API, "defanged")]),
    ("hxxp://c0cc.cc/", &[("c0cc.cc", C0CC, "")]),
    ("b\u{fc}cher[.]de", &[("b\u{fc}cher[.]de", "xn--bcher-kva.de exact", "defanged unicode")]),
    (
        "45.77.231[.]209.vultrusercontent[.]com",
        &[("45.77.231[.]209.vultrusercontent[.]com", "45.77.231.209 embedded", "defanged")],
    ),
    ("145.77.231[.]209", &[]),
    ("tc0cc[.]cc", &[]),
    ("c0cc[,]cc", &[]),
    ("c0cc[.cc", &[]),
    ("c0cc[.)cc", &[]),
    ("c0cc[dots]cc", &[]),
];

pub const DOT_PORT: &[Case<'_>] = &[
    (
        "14:25:03.137074 IP 172.16.8.160.61043 > 45.77.231.209.443: Flags [S], seq 26",
        &[("45.77.231.209", ADDRESS, "address-dot-port")],
    ),
    (
        "16:33:56.337070 IP 45.77.231.209.443 > 203.0.113.20.51022: Flags [S], seq 20",
        &[("45.77.231.209", ADDRESS, "address-dot-port")],
    ),
    (
        "IP 149.28.132.137.53 > 45.77.231.209.443: UDP",
        &[
            ("149.28.132.137", "149.28.132.137 exact", "address-dot-port"),
            ("45.77.231.209", ADDRESS, "address-dot-port"),
        ],
    ),
    (
        "IP6 2001:db8::5.51022 > 2001:db8:77::209.443: Flags [S]",
        &[("2001:db8:77::209", "2001:db8:77::209 exact", "address-dot-port")],
    ),
    // Without a port it is a plain address.
    ("IP 45.77.231.209 > 203.0.113.20: ICMP echo request", &[("45.77.231.209", ADDRESS, "")]),
    ("IP 203.0.113.20 > 45.77.231.209: ICMP echo reply", &[("45.77.231.209", ADDRESS, "")]),
    // Only on lines of that shape.
    ("peer 45.77.231.209.443", &[]),
    ("45.77.231.209.443 203.0.113.20.51022", &[]),
    ("IP 10.20.1.165.60063 > 45.77.231.20.9443: Flags [S]", &[]),
    ("IP 145.77.231.209.443 > 203.0.113.20.51022: Flags [S]", &[]),
    ("IP 10.20.1.165.60063 > 45.77.231.209.443.1: Flags [S]", &[]),
];

pub const NUMBERS: &[Case<'_>] = &[
    ("GET http://760080337/x ", &[("760080337", ADDRESS, "integer-host")]),
    ("http://760080337", &[("760080337", ADDRESS, "integer-host")]),
    ("http://760080337:8080/x", &[("760080337", ADDRESS, "integer-host")]),
    ("http://0x2d4de7d1/", &[("0x2d4de7d1", ADDRESS, "hex-host")]),
    ("hxxp://0X2D4DE7D1/", &[("0X2D4DE7D1", ADDRESS, "hex-host")]),
    (r"http:\/\/760080337\/x", &[("760080337", ADDRESS, "escape integer-host")]),
    ("u=http%3A%2F%2F760080337%2Fx", &[("760080337", ADDRESS, "percent integer-host")]),
    // A number is an address only as the host of a URL.
    ("id=760080337", &[]),
    ("/760080337/", &[]),
    ("0x2d4de7d1", &[]),
    ("http://760080337x/", &[]),
    ("http://760080337.example.net/", &[]),
    ("http://5055047633/", &[]),
    ("http://7600803370/", &[]),
    ("http://0x02d4de7d1/", &[]),
    ("http://0x2d4de7d1a/", &[]),
    ("http://x/760080337", &[]),
];
