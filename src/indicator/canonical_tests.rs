use proptest::prelude::*;

use super::*;

fn recognised(text: &str) -> (&'static str, String) {
    match Observable::recognise(text) {
        Ok(it) => (it.kind.name(), it.value),
        Err(error) => panic!("{text:?}: {error}"),
    }
}

fn refused(text: &str) -> ObservableError {
    match Observable::recognise(text) {
        Err(error) => error,
        Ok(it) => panic!("{text:?} was taken for {} {}", it.kind, it.value),
    }
}

#[track_caller]
fn all(kind: &str, cases: &[(&str, &str)]) {
    for (text, value) in cases {
        assert_eq!(recognised(text), (kind_name(kind), (*value).to_owned()), "{text:?}");
    }
}

fn kind_name(name: &str) -> &'static str {
    name.parse::<Kind>().unwrap().name()
}

#[test]
fn ipv4() {
    all(
        "ipv4",
        &[
            ("45.77.231.209", "45.77.231.209"),
            ("045.077.231.209", "45.77.231.209"),
            ("000.000.000.000", "0.0.0.0"),
            ("45.77.231[.]209", "45.77.231.209"),
            (" \"45.77.231.209\", ", "45.77.231.209"),
            ("45.77.231.209/32", "45.77.231.209"),
            ("45.77.231.209:443", "45.77.231.209"),
            ("::ffff:45.77.231.209", "45.77.231.209"),
            ("::ffff:2d4d:e7d1", "45.77.231.209"),
            ("[::ffff:2d4d:e7d1]:443", "45.77.231.209"),
            ("::ffff:45.77.231.209/128", "45.77.231.209"),
        ],
    );
    for text in ["2.3.20", "1.2.3.4.5", "256.1.1.1", "1.2.3.0004", "1..2.3", ".1.2.3", "1.2.3.4."] {
        assert_eq!(refused(text), ObservableError::Ipv4, "{text}");
    }
}

#[test]
fn ipv6() {
    all(
        "ipv6",
        &[
            ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("2001:db8::1/128", "2001:db8::1"),
            ("2001[:]db8[:][:]1", "2001:db8::1"),
        ],
    );
    for text in ["2001:db8", "1:2:3:4:5:6:7:8:9", "::1::", "[2001:db8::1", "fe80::1%"] {
        assert!(
            matches!(
                refused(text),
                ObservableError::Ipv6 | ObservableError::Port | ObservableError::SingleLabel
            ),
            "{text}"
        );
    }
}

#[test]
fn ranges() {
    all(
        "cidr",
        &[
            ("149.28.132.137/20", "149.28.128.0/20"),
            ("149.28.132.137/255.255.240.0", "149.28.128.0/20"),
            ("2001:db8:ffff::/33", "2001:db8:8000::/33"),
            ("::ffff:149.28.132.0/118", "149.28.132.0/22"),
            ("10.0.0.0/8", "10.0.0.0/8"),
        ],
    );
    assert_eq!(refused("10.0.0.0/33"), ObservableError::PrefixLength { max: 32 });
    assert_eq!(refused("10.0.0.0/"), ObservableError::PrefixLength { max: 32 });
    assert_eq!(refused("2001:db8::/129"), ObservableError::PrefixLength { max: 128 });
    assert_eq!(refused("10.0.0.0/255.0.255.0"), ObservableError::Netmask);
}

#[test]
fn domains() {
    all(
        "domain",
        &[
            ("C0CC.cc.", "c0cc.cc"),
            ("*.c0cc.cc", "c0cc.cc"),
            (".c0cc.cc", "c0cc.cc"),
            ("c0cc[dot]cc", "c0cc.cc"),
            ("c0cc.cc:8443", "c0cc.cc"),
            ("_sip._tcp.c0cc.cc", "_sip._tcp.c0cc.cc"),
            ("r3---sn_x.c0cc.cc", "r3---sn_x.c0cc.cc"),
            ("bücher.example.de", "xn--bcher-kva.example.de"),
            ("XN--BCHER-KVA.de", "xn--bcher-kva.de"),
            ("президент。рф", "xn--d1abbgf6aiiy.xn--p1ai"),
            ("ｃ０ｃｃ．ｃｃ", "c0cc.cc"),
            ("cktime.ooguy.com", "cktime.ooguy.com"),
            ("dc01.corp.local", "dc01.corp.local"),
            ("fileserver.lan", "fileserver.lan"),
            ("abcdef.onion", "abcdef.onion"),
            ("209.231.77.45.in-addr.arpa", "209.231.77.45.in-addr.arpa"),
            // Registered by a company, not by a registry.
            ("ddns.net", "ddns.net"),
        ],
    );
    let long_label = format!("{}.com", "a".repeat(64));
    let long_name = format!("{}com", "abcdefg.".repeat(32));
    for (text, error) in [
        ("localhost", ObservableError::SingleLabel),
        ("face", ObservableError::SingleLabel),
        ("com", ObservableError::PublicSuffix("com".into())),
        ("CO.UK.", ObservableError::PublicSuffix("co.uk".into())),
        ("*.com.tw", ObservableError::PublicSuffix("com.tw".into())),
        ("anything.ck", ObservableError::PublicSuffix("anything.ck".into())),
        ("conhost.exe", ObservableError::UnknownSuffix("exe".into())),
        ("fw01.acme", ObservableError::UnknownSuffix("acme".into())),
        ("v1.2.3", ObservableError::NumericSuffix),
        ("c0cc..cc", ObservableError::EmptyLabel),
        ("c0cc.cc..", ObservableError::EmptyLabel),
        ("-c0cc.cc", ObservableError::NameCharacter('-')),
        ("c0 cc.cc", ObservableError::NameCharacter(' ')),
        ("c0cc.cc\\x", ObservableError::NameCharacter('\\')),
        (&long_label, ObservableError::LabelTooLong),
        (&long_name, ObservableError::NameTooLong),
        ("a\u{FFFD}.com", ObservableError::Idna),
    ] {
        assert_eq!(refused(text), error, "{text}");
    }
}

#[test]
fn urls() {
    all(
        "url",
        &[
            ("http://c0cc.cc", "c0cc.cc/"),
            ("http://c0cc.cc/", "c0cc.cc/"),
            ("https://C0CC.cc:443/A/b?C#D", "c0cc.cc/A/b?C#D"),
            ("https://c0cc.cc:80/", "c0cc.cc:80/"),
            ("http://c0cc.cc:08080/x", "c0cc.cc:8080/x"),
            ("http://c0cc.cc:/x", "c0cc.cc/x"),
            ("ftp://u:p@c0cc.cc:21/x", "c0cc.cc/x"),
            ("hxxps[:]//c0cc[.]cc/x", "c0cc.cc/x"),
            ("meow://c0cc.cc./x", "c0cc.cc/x"),
            ("http://c0cc.cc?x=1", "c0cc.cc/?x=1"),
            ("c0cc.cc/x", "c0cc.cc/x"),
            ("c0cc.cc:8080/x?u=http://other.example/", "c0cc.cc:8080/x?u=http://other.example/"),
            ("http://45.077.231.209/24", "45.77.231.209/24"),
            ("45.77.231.209/index.html", "45.77.231.209/index.html"),
            ("http://[2001:DB8::1]:80/", "[2001:db8::1]/"),
            ("http://[::ffff:45.77.231.209]/", "45.77.231.209/"),
            ("[2001:db8::1]/24", "[2001:db8::1]/24"),
            ("http://760080337/", "45.77.231.209/"),
            ("http://0x2d4de7d1/", "45.77.231.209/"),
            ("http://bücher.de/ü", "xn--bcher-kva.de/ü"),
            ("https://gov.pl/x", "gov.pl/x"),
            ("<http://c0cc.cc/x>", "c0cc.cc/x"),
        ],
    );
    let host = |reason| ObservableError::UrlHost(Box::new(reason));
    for (text, error) in [
        ("/etc/passwd", host(ObservableError::EmptyLabel)),
        ("usr/bin", host(ObservableError::SingleLabel)),
        ("http://intranet/x", host(ObservableError::SingleLabel)),
        ("http://256.1.1.1/", host(ObservableError::Ipv4)),
        ("http://[::1/", host(ObservableError::Ipv6)),
        ("http://4294967296/", host(ObservableError::SingleLabel)),
        ("http://*.c0cc.cc/x", host(ObservableError::NameCharacter('*'))),
        ("http://c0cc.cc:65536/", ObservableError::Port),
        ("http://c0cc.cc:+1/", ObservableError::Port),
        ("http://c0cc.cc/a b", ObservableError::UrlSpace),
    ] {
        assert_eq!(refused(text), error, "{text}");
    }
}

#[test]
fn mail_addresses() {
    all(
        "email",
        &[
            ("Ops@C0CC.cc", "ops@c0cc.cc"),
            ("ops[at]c0cc[.]cc", "ops@c0cc.cc"),
            ("mailto:ops@c0cc.cc", "ops@c0cc.cc"),
            ("<a.b+c@gov.pl>", "a.b+c@gov.pl"),
        ],
    );
    for text in ["@c0cc.cc", "a b@c0cc.cc", "a@b@c0cc.cc"] {
        assert_eq!(refused(text), ObservableError::Email, "{text}");
    }
    assert_eq!(refused("ops@intranet"), ObservableError::SingleLabel);
}

#[test]
fn digests() {
    let md5 = "D41D8CD98F00B204E9800998ECF8427E";
    let pairs = |separator: &str| {
        let pairs: Vec<&str> = (0..16).map(|at| &md5[at * 2..at * 2 + 2]).collect();
        pairs.join(separator)
    };
    for text in [md5.to_owned(), pairs(":"), pairs("-"), pairs(" ")] {
        assert_eq!(recognised(&text), ("md5", md5.to_ascii_lowercase()));
    }
    for (length, kind) in [(32, "md5"), (40, "sha1"), (64, "sha256"), (128, "sha512")] {
        all(kind, &[(&"1".repeat(length), &"1".repeat(length))]);
    }
    assert_eq!(refused(&"a".repeat(33)), ObservableError::DigestLength { digits: 33 });
    assert_eq!(refused("00:1b:21:3c:4d:5e"), ObservableError::Ipv6);
    refused(&pairs(":").replacen(':', "-", 1));
}

#[test]
fn nothing_much() {
    for text in ["", " ", "\"\"", "\u{FEFF}".trim_start_matches('\u{FEFF}'), " , ; "] {
        assert_eq!(refused(text), ObservableError::Empty);
    }
    assert_eq!(refused(&"a.".repeat(4096)), ObservableError::TooLong);
    assert_eq!(refused("md5: 12"), ObservableError::Unrecognised);
}

#[test]
fn messages_stay_short() {
    let long = format!("{}.{}", "a".repeat(63), "b".repeat(60));
    for text in [long.as_str(), &"x y".repeat(1000), "http://\u{202E}.exe/", "\u{1b}[31m.com"] {
        let message = refused(text).to_string();
        assert!(message.len() < 400 && !message.contains(char::is_control), "{message}");
    }
}

proptest! {
    #[test]
    fn never_panics(text in any::<String>()) {
        let _ = Observable::recognise(&text);
    }

    #[test]
    fn never_panics_on_what_looks_real(text in "[a-f0-9.:/@%\\[\\](){}*x_ ,\"#?ü-]{0,60}(com|cc|:443|/24)?") {
        idempotent(&text)?;
    }

    #[test]
    fn domains_again(text in "(\\*\\.)?[a-zA-Z0-9_ßéя-]{1,12}(\\.[a-z0-9]{1,8}){0,3}\\.(com|co\\.uk|de|exe)\\.?") {
        idempotent(&text)?;
    }

    #[test]
    fn urls_again(
        scheme in "(https?|hxxp|ftp|x)://(u:p@)?",
        host in "(c0cc\\.cc|45\\.77\\.231\\.209|\\[2001:db8::1\\]|760080337)(:(80|443|8080|))?",
        path in "([/?#][ -~ü]{0,20})?",
    ) {
        idempotent(&format!("{scheme}{host}{path}"))?;
    }

    #[test]
    fn addresses_again(bits in any::<u128>(), length in 0_u8..=128) {
        let address = std::net::Ipv6Addr::from(bits);
        idempotent(&address.to_string())?;
        idempotent(&format!("{address}/{length}"))?;
    }
}

fn idempotent(text: &str) -> Result<(), TestCaseError> {
    let Ok(once) = Observable::recognise(text) else { return Ok(()) };
    // The one ambiguous form: see `recognise`.
    let is_range = |value: &str| {
        value.split_once('/').is_some_and(|(host, path)| address::range(host, path).is_some())
    };
    if once.kind == Kind::Url {
        prop_assert_eq!(&Observable::recognise(&format!("x://{}", once.value)), &Ok(once.clone()));
        if is_range(&once.value) {
            return Ok(());
        }
    }
    prop_assert_eq!(Observable::recognise(&once.value), Ok(once));
    Ok(())
}
