//! Names: what an indicator covers, and where a name begins and ends.

use super::Case;

pub const DOMAIN: &[Case<'_>] = &[
    // The name equals the indicator …
    ("c0cc.cc", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("query: b2047.com IN A", &[("b2047.com", "b2047.com exact", "")]),
    // … or ends with `.` and the indicator.
    ("www.c0cc.cc", &[("www.c0cc.cc", "c0cc.cc subdomain", "")]),
    ("a.b.c.w8510.com", &[("a.b.c.w8510.com", "w8510.com subdomain", "")]),
    // All the indicators of one token, the longest first.
    ("api.k3121.com", &[("api.k3121.com", "api.k3121.com exact, k3121.com subdomain", "")]),
    (
        "x.kuyw.b2047.com",
        &[("x.kuyw.b2047.com", "kuyw.b2047.com subdomain, b2047.com subdomain", "")],
    ),
    // Never the parent, a sibling, a longer label or a name that only begins so.
    ("softether.net", &[]),
    ("vpn472462385.softether.net", &[]),
    ("www.avtb2047.com", &[]),
    ("c0cc.cc.example.net", &[]),
    ("w8510-com.example.org", &[]),
    ("myc0cc.cc.", &[]),
    ("notc0cc.cc", &[]),
    ("pcw8510.com", &[]),
    ("mail.w85101.com", &[]),
    ("dl/c0cc.cc.zip", &[]),
    ("files/c0cc.cc.tar.gz", &[]),
    ("c0cc.cc-old", &[]),
    ("c0cc.cc_old", &[]),
    ("x-c0cc.cc", &[]),
    ("x_c0cc.cc", &[]),
    ("c0cc", &[]),
    ("c0cc cc", &[]),
    ("c0cc..cc", &[]),
    ("", &[]),
];

pub const FORM: &[Case<'_>] = &[
    // In any case.
    ("C0CC.CC", &[("C0CC.CC", "c0cc.cc exact", "")]),
    ("aPi.K3121.cOm", &[("aPi.K3121.cOm", "api.k3121.com exact, k3121.com subdomain", "")]),
    // One trailing dot is ignored, and with it everything that is trimmed off a token.
    ("c0cc.cc.", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("C0cc.Cc. 80", &[("C0cc.Cc", "c0cc.cc exact", "")]),
    ("..c0cc.cc..", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("-c0cc.cc-", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("_c0cc.cc_", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("--c0cc.cc...", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("_dmarc.c0cc.cc", &[("dmarc.c0cc.cc", "c0cc.cc subdomain", "")]),
    ("a_b.c0cc.cc", &[("a_b.c0cc.cc", "c0cc.cc subdomain", "")]),
    (".c0cc.cc", &[("c0cc.cc", "c0cc.cc exact", "")]),
    // Scope `exact`: this name only.
    ("only.shared-host.net", &[("only.shared-host.net", "only.shared-host.net exact", "")]),
    ("www.only.shared-host.net", &[]),
    ("shared-host.net", &[]),
    // Each token is a hit of its own.
    (
        "c0cc.cc c0cc.cc,w8510.com",
        &[
            ("c0cc.cc", "c0cc.cc exact", ""),
            ("c0cc.cc", "c0cc.cc exact", ""),
            ("w8510.com", "w8510.com exact", ""),
        ],
    ),
];

pub const UNICODE: &[Case<'_>] = &[
    // Unicode and punycode forms are the same name.
    ("xn--bcher-kva.de", &[("xn--bcher-kva.de", "xn--bcher-kva.de exact", "")]),
    ("XN--BCHER-KVA.DE", &[("XN--BCHER-KVA.DE", "xn--bcher-kva.de exact", "")]),
    ("host=bücher.de;", &[("bücher.de", "xn--bcher-kva.de exact", "unicode")]),
    ("BÜCHER.DE", &[("BÜCHER.DE", "xn--bcher-kva.de exact", "unicode")]),
    ("shop.bücher.de", &[("shop.bücher.de", "xn--bcher-kva.de subdomain", "unicode")]),
    // A combining mark makes the same letter.
    ("bu\u{308}cher.de", &[("bu\u{308}cher.de", "xn--bcher-kva.de exact", "unicode")]),
    ("пример.рф", &[("пример.рф", "xn--e1afmkfd.xn--p1ai exact", "unicode")]),
    ("сайт.пример.рф", &[("сайт.пример.рф", "xn--e1afmkfd.xn--p1ai subdomain", "unicode")]),
    // UTS 46 maps full-width letters.
    ("ｃ０ｃｃ.cc", &[("ｃ０ｃｃ.cc", "c0cc.cc exact", "unicode")]),
    ("bucher.de", &[]),
    ("büchér.de", &[]),
    // Letters beside a name make another name …
    ("éc0cc.cc", &[]),
    ("c0cc.ccé", &[]),
    ("c0cc.cc\u{301}", &[]),
    // … and other characters are boundaries.
    ("“c0cc.cc”", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("«bücher.de»", &[("bücher.de", "xn--bcher-kva.de exact", "unicode")]),
    ("c0cc.cc…", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("→45.77.231.209←", &[("45.77.231.209", "45.77.231.209 exact", "")]),
    ("见：c0cc.cc。", &[("c0cc.cc", "c0cc.cc exact", "")]),
];

pub const BOUNDARIES: &[Case<'_>] = &[
    // What is trimmed off at a name's beginning, where the name has two labels and where it has more.
    ("see _c0cc.cc", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("see -.c0cc.cc", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("see ..c0cc.cc..", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("see _x.c0cc.cc", &[("x.c0cc.cc", "c0cc.cc subdomain", "")]),
    ("see 10.20.30.40.c0cc.cc", &[("10.20.30.40.c0cc.cc", "c0cc.cc subdomain", "")]),
    // The examples of the contract.
    ("dst=45.77.231.209", &[("45.77.231.209", "45.77.231.209 exact", "")]),
    ("\"45.77.231.209\"", &[("45.77.231.209", "45.77.231.209 exact", "")]),
    ("45.77.231.209:443", &[("45.77.231.209", "45.77.231.209 exact", "")]),
    ("45.77.231.209#53", &[("45.77.231.209", "45.77.231.209 exact", "")]),
    ("45.77.231.209/443", &[("45.77.231.209", "45.77.231.209 exact", "")]),
    ("user@c0cc.cc", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("|c0cc.cc|", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("c0cc.cc?x", &[("c0cc.cc", "c0cc.cc exact", "")]),
    (r"http:\/\/c0cc.cc\/x", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("http://user@c0cc.cc:8443/x", &[("c0cc.cc", "c0cc.cc exact", "")]),
    ("http://user:pw@c0cc.cc:8443/x", &[("c0cc.cc", "c0cc.cc exact", "")]),
    // Leading and trailing punctuation is trimmed off.
    ("flow 45.77.231.209->10.0.0.1", &[("45.77.231.209", "45.77.231.209 exact", "")]),
    ("10.0.0.1:5->45.77.231.209:443", &[("45.77.231.209", "45.77.231.209 exact", "")]),
    (
        "c0cc.cc->w8510.com",
        &[("c0cc.cc", "c0cc.cc exact", ""), ("w8510.com", "w8510.com exact", "")],
    ),
    ("action=deny;dst=45.77.231.209;dport=443", &[("45.77.231.209", "45.77.231.209 exact", "")]),
    ("peer=(202.182.109.151/443)", &[("202.182.109.151", "202.182.109.151 exact", "")]),
    ("${jndi:ldap://45.77.231.209:1389/a}", &[("45.77.231.209", "45.77.231.209 exact", "")]),
    ("[AF_INET]45.77.231.209:62984", &[("45.77.231.209", "45.77.231.209 exact", "")]),
    (
        "<Data Name='IpAddress'>45.77.231.209</Data>",
        &[("45.77.231.209", "45.77.231.209 exact", "")],
    ),
];
