//! Hand-made hits: every kind of indicator, and text that wants to be dangerous.

use std::io;
use std::ops::ControlFlow;

use flaxscan::assess::{Assessment, assess};
use flaxscan::indicator::{
    Class, Confidence, Date, FLAX_TYPHOON, HashAlgorithm, IndicatorId, IndicatorSet, Kind,
    NewClaim, Observable, Source, Traits,
};
use flaxscan::record::{Line, RecordOptions, RecordReader, Spot};
use flaxscan::scan::{Encoding, Encodings, Hit, Match, Relation};
use flaxscan::sink::{LINE_LIMIT, Sighting, Sink};

/// A hit and the line it is in.
pub struct Found {
    hit: Hit,
    line: Vec<u8>,
}

pub struct Fixture {
    set: IndicatorSet,
}

/// Hands one hit to a sink, with the line cut as a scan cuts it.
pub fn show(
    fixture: &Fixture,
    path: &str,
    found: &Found,
    sink: &mut dyn Sink,
) -> io::Result<ControlFlow<()>> {
    let Found { hit, line } = found;
    let start = usize::try_from(hit.span.start - hit.line_start).unwrap();
    let end = usize::try_from(hit.span.end - hit.line_start).unwrap();
    let kept = &line[..line.len().min(LINE_LIMIT)];
    let excerpt = if end <= kept.len() {
        (kept, hit.line_start)
    } else {
        let from = start.saturating_sub(1000);
        (&line[from..line.len().min(end + 1000)], hit.line_start + from as u64)
    };
    let spot = Spot { start, end };
    let text = Line::new(kept);
    let options = RecordOptions::default();
    let modified = "2024-12-31T12:00:00Z".parse().ok();
    let reader = RecordReader::new(&options, &[], modified);
    let record = sink.wants_records().then(|| reader.read(&text, hit.line_start, spot));
    let weigh = |record| assess(&fixture.set, hit, record, spot, Assessment::GRACE);
    sink.hit(&Sighting {
        indicators: &fixture.set,
        path,
        hit,
        line: kept,
        truncated: kept.len() < line.len(),
        excerpt,
        matched: &line[start..end],
        record: record.as_ref(),
        assessment: record.as_ref().map(weigh),
    })
}

/// The text that matched, what was looked through, and what it matches.
type Matched<'a> = (&'a str, &'a [Encoding], &'a [(Relation, &'a str)]);

/// Builds the hits of one input, line by line.
struct Lines<'a> {
    set: &'a IndicatorSet,
    offset: u64,
    number: u64,
    found: Vec<Found>,
}

impl Lines<'_> {
    fn skip(&mut self, lines: u64, bytes: u64) {
        self.number += lines;
        self.offset += bytes;
    }

    fn line(&mut self, line: &[u8], hits: &[Matched<'_>]) {
        self.number += 1;
        for (matched, encodings, matches) in hits {
            let at = line.windows(matched.len()).position(|text| text == matched.as_bytes());
            let start = self.offset + at.unwrap() as u64;
            let found = |&(relation, value): &(Relation, &str)| Match {
                relation,
                indicator: self.set.find(value).next().unwrap().id(),
            };
            let hit = Hit {
                span: start..start + matched.len() as u64,
                line: self.number,
                line_start: self.offset,
                encodings: encodings.iter().fold(Encodings::NONE, |all, &one| all.with(one)),
                matches: matches.iter().map(found).collect(),
            };
            self.found.push(Found { hit, line: line.to_vec() });
        }
        self.offset += line.len() as u64 + 1;
    }
}

impl Fixture {
    pub fn new() -> Self {
        Self { set: indicators() }
    }

    /// Runs everything through a sink as a scan does. Returns how many hits were handed over.
    pub fn run(&self, sink: &mut dyn Sink) -> u64 {
        let mut total = 0;
        for (path, sightings) in self.sightings() {
            sink.begin(&path).unwrap();
            let mut hits = 0;
            if sink.wants_hits() {
                for found in &sightings {
                    hits += 1;
                    if show(self, &path, found, sink).unwrap().is_break() {
                        return total + hits;
                    }
                }
            } else {
                hits = sightings.len() as u64;
            }
            total += hits;
            if sink.end(&path, hits).unwrap().is_break() {
                break;
            }
        }
        total
    }

    pub fn sightings(&self) -> Vec<(String, Vec<Found>)> {
        use Relation::{Embedded, Exact, InRange, Literal, Subdomain, UrlPrefix};
        let lines = || Lines { set: &self.set, offset: 0, number: 0, found: Vec::new() };

        let mut firewall = lines();
        firewall.skip(11, 1499);
        // Two sources, and a range around it.
        firewall.line(
            b"Nov 14 03:22:01 gw kernel: OUT SRC=10.1.2.3 DST=45.77.231.209 PROTO=TCP DPT=443",
            &[("45.77.231.209", &[], &[(Exact, "45.77.231.209"), (InRange, "45.77.0.0/16")])],
        );
        // Two hits in one line, the second on the range alone.
        firewall.line(
            b"Nov 14 03:22:02 gw proxy: 10.1.2.3 -> 45.77.9.9 Host: www.k3121.com",
            &[
                ("45.77.9.9", &[], &[(InRange, "45.77.0.0/16")]),
                ("www.k3121.com", &[], &[(Subdomain, "k3121.com")]),
            ],
        );
        firewall.skip(100, 10_000);
        // One at the end of a line of 70,000 bytes, which is cut.
        let mut long = vec![b'x'; 70_000];
        long[..8].copy_from_slice(b"k3121.co");
        long[8] = b'm';
        long[9] = b' ';
        long[69_980..].copy_from_slice(" 45.77.231.209 über!".as_bytes()[..20].as_ref());
        firewall.line(
            &long,
            &[
                ("k3121.com", &[], &[(Exact, "k3121.com")]),
                ("45.77.231.209", &[], &[(Exact, "45.77.231.209")]),
            ],
        );

        let mut dns = lines();
        dns.line(
            b"0ABC PACKET UDP Rcv 10.0.0.5 Q [0001] A (3)api(5)k3121(3)com(0)",
            &[("(3)api(5)k3121(3)com(0)", &[Encoding::DnsLabels], &[(Subdomain, "k3121.com")])],
        );
        dns.line(
            b"GET http%3A%2F%2Fc0cc.cc%2FGate%2Flogin",
            &[(
                "c0cc.cc%2FGate%2Flogin",
                &[Encoding::Percent],
                &[(UrlPrefix, "c0cc.cc/Gate"), (Literal, "/Gate/")],
            )],
        );
        dns.line(
            b"mail from admin@integritytech.com.cn",
            &[("integritytech.com.cn", &[], &[(Exact, "integritytech.com.cn")])],
        );
        dns.line(
            b"45.77.231.209.vultrusercontent.com",
            &[("45.77.231.209.vultrusercontent.com", &[], &[(Embedded, "45.77.231.209")])],
        );

        // A name, a line and an indicator that attack the terminal.
        let mut hostile = lines();
        hostile.line(
            b"\x1b[2J\x1b]0;owned\x07 \xff\xfe \xc2\x9b31m \xe2\x80\xaemoc \tfound evil.example \x7f",
            &[("evil.example", &[], &[(Exact, "evil.example")])],
        );
        hostile.line(
            "日本語 ログ cert=AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD"
                .as_bytes(),
            &[(
                "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD",
                &[],
                &[(Exact, CERTIFICATE)],
            )],
        );
        hostile.line(SHA256.as_bytes(), &[(SHA256, &[], &[(Exact, SHA256)])]);

        // Lines that say who reached whom, when, and whether it was let through.
        let mut said = lines();
        said.line(
            br#"date=2024-06-20 time=11:22:33 tz="+0200" devname="gw1" logid="0000000013" type="traffic" subtype="forward" srcip=10.1.2.3 srcport=4444 dstip=45.77.231.209 dstport=443 proto=6 action="accept" sentbyte=1234 rcvdbyte=40000000 user="jdoe""#,
            &[("45.77.231.209", &[], &[(Exact, "45.77.231.209"), (InRange, "45.77.0.0/16")])],
        );
        said.line(
            br#"{"time":"2026-01-02T03:04:05Z","src_ip":"45.77.231.209","src_port":50000,"dst_ip":"10.9.9.9","dst_port":22,"action":"drop"}"#,
            &[("45.77.231.209", &[], &[(Exact, "45.77.231.209")])],
        );
        said.line(
            b"<30>1 2021-07-01T10:00:00Z ns1 named 77 - - client @0x7f00 10.0.0.5#5353 (www.k3121.com): query: www.k3121.com IN A + (10.0.0.1)",
            &[("www.k3121.com", &[], &[(Subdomain, "k3121.com")])],
        );
        said.line(
            "{\"src_ip\":\"10.1.2.3\",\"url\":\"http://c0cc.cc/Gate/\u{202e}\\u001b[2Jx\",\"user\":\"e\\u0007ve\"}".as_bytes(),
            &[("c0cc.cc/Gate", &[], &[(UrlPrefix, "c0cc.cc/Gate")])],
        );

        vec![
            ("/evidence/fw.log".to_owned(), firewall.found),
            ("/evidence/clean.log".to_owned(), Vec::new()),
            ("/evidence/dns.log".to_owned(), dns.found),
            ("/evidence/\u{202e}gol.exe".to_owned(), hostile.found),
            ("/evidence/said.log".to_owned(), said.found),
        ]
    }
}

const CERTIFICATE: &str = "aabbccddeeff00112233445566778899aabbccdd";
const SHA256: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn indicators() -> IndicatorSet {
    let mut set = IndicatorSet::new();
    let lumen = set.add_source(Source {
        key: "lumen-2024-09".to_owned(),
        publisher: "Lumen Black Lotus Labs".to_owned(),
        publication: "Derailing the Raptor Train".to_owned(),
        published: "2024-09-18".to_owned(),
        citation: "Lumen Black Lotus Labs, \"Derailing the Raptor Train\", 2024-09-18".to_owned(),
        group: Some(&FLAX_TYPHOON),
    });
    let advisory = set.add_source(Source {
        key: "aa26-281a".to_owned(),
        publisher: "FBI and partners".to_owned(),
        published: "2026-10-08".to_owned(),
        ..Source::default()
    });
    let list = set.add_source(Source { key: "our\x1b list.txt".to_owned(), ..Source::default() });
    let mut add = |kind, value: &str, traits, claim| -> IndicatorId {
        set.insert(&Observable { kind, value: value.to_owned() }, traits, claim).unwrap().id
    };
    let plain = Traits::default();

    let crossbill = NewClaim {
        role: "C2 root domain",
        campaign: "Crossbill",
        first_seen: Some(Date::constant(2020, 5, 1)),
        last_seen: Some(Date::constant(2022, 4, 30)),
        confidence: Confidence::High,
        note: "campaign months as published",
        ..NewClaim::bare(lumen)
    };
    add(Kind::Domain, "k3121.com", plain, crossbill);
    let appendix = NewClaim {
        role: "appendix IP address",
        confidence: Confidence::Medium,
        ..NewClaim::bare(advisory)
    };
    let node = NewClaim {
        role: "Tier 1 node",
        campaign: "Raptor Train",
        last_seen: Some(Date::constant(2024, 6, 28)),
        confidence: Confidence::High,
        ..NewClaim::bare(lumen)
    };
    add(Kind::Ipv4, "45.77.231.209", plain, appendix);
    add(Kind::Ipv4, "45.77.231.209", plain, node);
    add(Kind::Cidr, "45.77.0.0/16", plain, NewClaim::bare(list));
    add(Kind::Url, "c0cc.cc/Gate", plain, appendix);
    add(Kind::Literal, "/Gate/", plain, NewClaim::bare(list));
    let company = NewClaim {
        role: "company site",
        confidence: Confidence::Low,
        note: "sanctioned since 2025-01-03",
        ..NewClaim::bare(advisory)
    };
    let sanctioned = Traits { class: Class::SanctionedEntity, ..plain };
    add(Kind::Domain, "integritytech.com.cn", sanctioned, company);
    let hostile = NewClaim { role: "a\u{202e}b\x1b[2J\nc", ..NewClaim::bare(list) };
    add(Kind::Domain, "evil.example", plain, hostile);
    add(Kind::Certificate(HashAlgorithm::Sha1), CERTIFICATE, plain, node);
    add(Kind::Hash(HashAlgorithm::Sha256), SHA256, plain, appendix);
    set
}
