//! Digests, URLs, mail addresses and literals.

use super::Case;

const SHA256_TWICE: &str = "2aa12e5989065951be84ce932b65bd197dd6be3fa987838bad48536c0c74d145 exact, \
     2aa12e5989065951be84ce932b65bd197dd6be3fa987838bad48536c0c74d145 exact";
const SHA1: &str = "7992c0a816246b287d991c4ecf68f2d32e4bca18 exact";
const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e exact";

pub const DIGESTS: &[Case<'_>] = &[
    ("md5=d41d8cd98f00b204e9800998ecf8427e", &[("d41d8cd98f00b204e9800998ecf8427e", MD5, "")]),
    (
        "sha1=7992C0A816246B287D991C4ECF68F2D32E4BCA18 ",
        &[("7992C0A816246B287D991C4ECF68F2D32E4BCA18", SHA1, "")],
    ),
    (
        "\"2aa12e5989065951be84ce932b65bd197dd6be3fa987838bad48536c0c74d145\"",
        &[("2aa12e5989065951be84ce932b65bd197dd6be3fa987838bad48536c0c74d145", SHA256_TWICE, "")],
    ),
    (
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce\
         47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
        &[(
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce\
             47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce\
             47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e exact",
            "",
        )],
    ),
    // In pairs, with one separator throughout.
    (
        "\"79:92:c0:a8:16:24:6b:28:7d:99:1c:4e:cf:68:f2:d3:2e:4b:ca:18\"",
        &[("79:92:c0:a8:16:24:6b:28:7d:99:1c:4e:cf:68:f2:d3:2e:4b:ca:18", SHA1, "")],
    ),
    (
        "SHA1=79:92:C0:A8:16:24:6B:28:7D:99:1C:4E:CF:68:F2:D3:2E:4B:CA:18 seen",
        &[("79:92:C0:A8:16:24:6B:28:7D:99:1C:4E:CF:68:F2:D3:2E:4B:CA:18", SHA1, "")],
    ),
    (
        "(79-92-c0-a8-16-24-6b-28-7d-99-1c-4e-cf-68-f2-d3-2e-4b-ca-18)",
        &[("79-92-c0-a8-16-24-6b-28-7d-99-1c-4e-cf-68-f2-d3-2e-4b-ca-18", SHA1, "")],
    ),
    (
        "(d4 1d 8c d9 8f 00 b2 04 e9 80 09 98 ec f8 42 7e)",
        &[("d4 1d 8c d9 8f 00 b2 04 e9 80 09 98 ec f8 42 7e", MD5, "")],
    ),
    // The very first bytes, and after a row of pairs that is none.
    (
        "d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e",
        &[("d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e", MD5, "")],
    ),
    (
        "MAC=32:1d:88:66:01:85:a6:fb:4b:8b:ff:d4:08:00 MD5=d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:\
         f8:42:7e",
        &[("d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e", MD5, "")],
    ),
    ("MAC=32:1d:88:66:01:85:a6:fb:4b:8b:ff:d4:08:00 ", &[]),
    // Beside a name, which is a token of its own.
    (
        "7992c0a816246b287d991c4ecf68f2d32e4bca18.exe",
        &[("7992c0a816246b287d991c4ecf68f2d32e4bca18", SHA1, "")],
    ),
    (
        "7992c0a816246b287d991c4ecf68f2d32e4bca18.c0cc.cc",
        &[
            ("7992c0a816246b287d991c4ecf68f2d32e4bca18", SHA1, ""),
            ("7992c0a816246b287d991c4ecf68f2d32e4bca18.c0cc.cc", "c0cc.cc subdomain", ""),
        ],
    ),
    // A part of a longer run, or less than a whole digest.
    ("ab7992c0a816246b287d991c4ecf68f2d32e4bca18ff", &[]),
    ("7992c0a816246b287d991c4ecf68f2d32e4bca180c976ac548294f5159ff3a23", &[]),
    ("7992c0a816246b287d991c4ecf68f2d32e4bca1", &[]),
    ("2aa12e5989065951be84ce932b65bd197dd6be3fa987838bad48536c0c74d146", &[]),
    ("79:92:c0:a8:16:24:6b:28:7d:99:1c:4e:cf:68:f2:d3:2e:4b:ca:1b", &[]),
    ("ab:79:92:c0:a8:16:24:6b:28:7d:99:1c:4e:cf:68:f2:d3:2e:4b:ca:18", &[]),
    ("79:92:c0:a8:16:24:6b:28:7d:99:1c:4e:cf:68:f2:d3:2e:4b:ca:18:00", &[]),
    ("79:92:c0:a8:16:24:6b:28:7d:99-1c-4e-cf-68-f2-d3-2e-4b-ca-18", &[]),
    ("79:92:c0:a8:16:24:6b:28:7d:99:1c:4e:cf:68:f2:d3:2e:4b:ca:181", &[]),
    ("79.92.c0.a8.16.24.6b.28.7d.99.1c.4e.cf.68.f2.d3.2e.4b.ca.18", &[]),
];

const HOST_ONLY: &str = "c0cc.cc exact";
const GATE: &str = "c0cc.cc/gate.php exact, c0cc.cc exact";
const BELOW_GATE: &str = "c0cc.cc exact, c0cc.cc/gate.php url-prefix";
const ADM: &str = "evil-panel.net:8443/adm/";

pub const URLS: &[Case<'_>] = &[
    // The scheme is ignored, and one may be missing.
    ("GET http://c0cc.cc/gate.php ", &[("c0cc.cc/gate.php", GATE, "")]),
    ("hxxps://c0cc.cc/gate.php", &[("c0cc.cc/gate.php", GATE, "")]),
    ("url=C0CC.cc/gate.php", &[("C0CC.cc/gate.php", GATE, "")]),
    ("\"c0cc.cc:8080/gate.php\"", &[("c0cc.cc:8080/gate.php", GATE, "")]),
    ("http://u:p@c0cc.cc/gate.php,", &[("c0cc.cc/gate.php", GATE, "")]),
    // A prefix ends at `/`, `?` or `#`.
    ("c0cc.cc/gate.php?id=1", &[("c0cc.cc", BELOW_GATE, "")]),
    ("c0cc.cc/gate.php/x", &[("c0cc.cc", BELOW_GATE, "")]),
    ("c0cc.cc/gate.php#x", &[("c0cc.cc", BELOW_GATE, "")]),
    ("c0cc.cc/gate.phpx", &[("c0cc.cc", HOST_ONLY, "")]),
    ("c0cc.cc/gate.ph", &[("c0cc.cc", HOST_ONLY, "")]),
    ("c0cc.cc/", &[("c0cc.cc", HOST_ONLY, "")]),
    // The end of a URL in a query.
    ("/r?u=http://c0cc.cc/gate.php&v=1", &[("c0cc.cc/gate.php", GATE, "")]),
    ("(c0cc.cc/gate.php)", &[("c0cc.cc/gate.php", GATE, "")]),
    ("[c0cc.cc/gate.php]", &[("c0cc.cc/gate.php", GATE, "")]),
    ("<a href='c0cc.cc/gate.php'>", &[("c0cc.cc/gate.php", GATE, "")]),
    ("c0cc.cc/gate.php;x", &[("c0cc.cc/gate.php", GATE, "")]),
    // The path's letters count as they are.
    ("c0cc.cc/Gate.php", &[("c0cc.cc", HOST_ONLY, "")]),
    ("k3121.com/Load/x", &[("k3121.com/Load/x", "k3121.com/Load/x exact, k3121.com exact", "")]),
    ("k3121.com/load/x", &[("k3121.com", "k3121.com exact", "")]),
    // The host is that host, not one below.
    ("www.c0cc.cc/gate.php", &[("www.c0cc.cc", "c0cc.cc subdomain", "")]),
    ("api.k3121.com/Load/x", &[("api.k3121.com", "api.k3121.com exact, k3121.com subdomain", "")]),
    // An indicator without a path is the whole site.
    ("evil-panel.net", &[("evil-panel.net", "evil-panel.net/ exact", "")]),
    ("http://evil-panel.net/", &[("evil-panel.net/", "evil-panel.net/ exact", "")]),
    ("http://evil-panel.net/x?y", &[("evil-panel.net/", "evil-panel.net/ url-prefix", "")]),
    ("www.evil-panel.net", &[]),
    // With a port, that port; a path that ends with `/` covers what is below.
    (
        "evil-panel.net:8443/adm/",
        &[(
            "evil-panel.net:8443/adm/",
            "evil-panel.net:8443/adm/ exact, evil-panel.net/ url-prefix",
            "",
        )],
    ),
    (
        "evil-panel.net:8443/adm/login",
        &[(ADM, "evil-panel.net:8443/adm/ url-prefix, evil-panel.net/ url-prefix", "")],
    ),
    ("evil-panel.net:8444/adm/x", &[("evil-panel.net:8444/", "evil-panel.net/ url-prefix", "")]),
    ("evil-panel.net/adm/x", &[("evil-panel.net/", "evil-panel.net/ url-prefix", "")]),
    // A host that is an address.
    ("http://104.238.149.146/a/b", &[("104.238.149.146/a/b", "104.238.149.146/a/b exact", "")]),
    (
        "http://104.238.149.146:81/a/b?c",
        &[("104.238.149.146:81/a/b", "104.238.149.146/a/b url-prefix", "")],
    ),
    ("http://104.238.149.146/a/bc", &[]),
    ("http://104.238.149.146/", &[]),
    // In the escaped and defanged text as well.
    (r"http:\/\/c0cc.cc\/gate.php", &[(r"c0cc.cc\/gate.php", GATE, "escape")]),
    ("u=http%3A%2F%2Fc0cc.cc%2Fgate.php&v", &[("c0cc.cc%2Fgate.php", GATE, "percent")]),
    ("hxxp://c0cc[.]cc/gate.php", &[("c0cc[.]cc/gate.php", GATE, "defanged")]),
];

const OPS: &str = "ops@c0cc.cc exact, c0cc.cc exact";

pub const EMAIL: &[Case<'_>] = &[
    ("from=<ops@c0cc.cc>", &[("ops@c0cc.cc", OPS, "")]),
    ("mailto:OPS@C0CC.CC?subject=x", &[("OPS@C0CC.CC", OPS, "")]),
    ("to ops@c0cc.cc.", &[("ops@c0cc.cc", OPS, "")]),
    ("J.Doe@mail-drop.org", &[("J.Doe@mail-drop.org", "j.doe@mail-drop.org exact", "")]),
    // The whole address and no part of it.
    ("devops@c0cc.cc", &[("c0cc.cc", HOST_ONLY, "")]),
    ("x.ops@c0cc.cc", &[("c0cc.cc", HOST_ONLY, "")]),
    ("x+ops@c0cc.cc", &[("c0cc.cc", HOST_ONLY, "")]),
    ("ops+x@c0cc.cc", &[("c0cc.cc", HOST_ONLY, "")]),
    ("ops@www.c0cc.cc", &[("www.c0cc.cc", "c0cc.cc subdomain", "")]),
    ("ops@c0cc.cc.example.net", &[]),
    ("mail-drop.org", &[]),
    ("x@mail-drop.org", &[]),
    ("a.j.doe@mail-drop.org", &[]),
];

pub const LITERALS: &[Case<'_>] = &[
    ("GET /x/flax_beacon?id=77 HTTP/1.1", &[("/flax_beacon?id=", "/flax_beacon?id= literal", "")]),
    // A substring: what is beside it does not matter, its letters' case does.
    ("aa/flax_beacon?id=", &[("/flax_beacon?id=", "/flax_beacon?id= literal", "")]),
    ("/Flax_beacon?id=", &[]),
    ("/flax_beacon?i=", &[]),
    (
        "ja4=t13d1516h2_8daaf6152771_02713d6af862,",
        &[(
            "t13d1516h2_8daaf6152771_02713d6af862",
            "t13d1516h2_8daaf6152771_02713d6af862 literal",
            "",
        )],
    ),
    ("T13D1516h2_8daaf6152771_02713d6af862", &[]),
    // `nocase`.
    ("\"EvilAgent/1.0\"", &[("EvilAgent/1.0", "EvilAgent/1.0 literal", "")]),
    ("ua=EVILAGENT/1.0.2", &[("EVILAGENT/1.0", "EvilAgent/1.0 literal", "")]),
    // Beside a host: a hit of its own.
    (
        "http://c0cc.cc/flax_beacon?id=1",
        &[("c0cc.cc", HOST_ONLY, ""), ("/flax_beacon?id=", "/flax_beacon?id= literal", "")],
    ),
];
