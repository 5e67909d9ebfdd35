//! The indicators that the contract is tested with: a few of the published ones, and one of every
//! other kind. Not the embedded set, so that new publications do not change what a test expects.

use flaxscan::indicator::{
    HashAlgorithm, IndicatorSet, Kind, NewClaim, Observable, Scope, Source, Traits,
};

pub const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";
pub const SHA1: &str = "7992c0a816246b287d991c4ecf68f2d32e4bca18";
pub const SHA256: &str = "2aa12e5989065951be84ce932b65bd197dd6be3fa987838bad48536c0c74d145";
pub const SHA512: &str = "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce\
                          47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e";
/// With a run of letters and digits long enough to be found by.
pub const LONG_LITERAL: &str = "/d/AbCdEfGhIjKlMnOpQrStUvWxYz0123456?k=";
pub const JA4: &str = "t13d1516h2_8daaf6152771_02713d6af862";

const DOMAINS: &[&str] = &[
    "c0cc.cc",
    "w8510.com",
    "b2047.com",
    "k3121.com",
    "api.k3121.com",
    "kuyw.b2047.com",
    "vpn472462384.softether.net",
    "xn--bcher-kva.de",
    "xn--e1afmkfd.xn--p1ai",
];
const IPV4: &[&str] =
    &["45.77.231.209", "149.28.132.137", "202.182.109.151", "5.188.33.228", "198.18.34.7"];
const IPV6: &[&str] = &["2001:db8:77::209", "2001:db8:9:a::7"];
const RANGES: &[&str] =
    &["198.18.0.0/15", "198.18.32.0/20", "198.18.34.0/24", "2001:db8:9::/48", "2001:db8:9:a::/64"];
const URLS: &[&str] = &[
    "c0cc.cc/gate.php",
    "evil-panel.net/",
    "evil-panel.net:8443/adm/",
    "k3121.com/Load/x",
    "104.238.149.146/a/b",
];
const EMAILS: &[&str] = &["ops@c0cc.cc", "j.doe@mail-drop.org"];

/// The set.
pub fn set() -> IndicatorSet {
    set_of(|_, _| true)
}

/// Those of the set that are wanted.
pub fn set_of(is_wanted: fn(Kind, &str) -> bool) -> IndicatorSet {
    let mut set = IndicatorSet::new();
    let source = set.add_source(Source { key: "sample".into(), ..Source::default() });
    let mut add = |kind, value: &str, traits| {
        if !is_wanted(kind, value) {
            return;
        }
        let observable = Observable { kind, value: value.to_owned() };
        set.insert(&observable, traits, NewClaim::bare(source)).unwrap();
    };
    let plain = Traits::default();
    let lists = [
        (Kind::Domain, DOMAINS),
        (Kind::Ipv4, IPV4),
        (Kind::Ipv6, IPV6),
        (Kind::Cidr, RANGES),
        (Kind::Url, URLS),
        (Kind::Email, EMAILS),
    ];
    for (kind, values) in lists {
        for value in values {
            add(kind, value, plain);
        }
    }
    let exact = Traits { scope: Scope::Exact, ..plain };
    add(Kind::Domain, "only.shared-host.net", exact);
    // One digest can be a file's in one publication and a certificate's in another.
    add(Kind::Hash(HashAlgorithm::Md5), MD5, plain);
    add(Kind::Certificate(HashAlgorithm::Sha1), SHA1, plain);
    add(Kind::Hash(HashAlgorithm::Sha256), SHA256, plain);
    add(Kind::Certificate(HashAlgorithm::Sha256), SHA256, plain);
    add(Kind::Hash(HashAlgorithm::Sha512), SHA512, plain);
    add(Kind::Literal, "/flax_beacon?id=", plain);
    add(Kind::Literal, JA4, plain);
    add(Kind::Literal, LONG_LITERAL, plain);
    add(Kind::Literal, "EvilAgent/1.0", Traits { nocase: true, ..plain });
    set
}
