//! From a look-up to the connection after it.

use std::io::Cursor;
use std::ops::ControlFlow;

use super::*;
use crate::record::InternalNets;
use crate::scan::{Matcher, SweepOptions, sweep_reader};
use crate::sink::{Sighting, Sink};

/// What hit: the line's number, the indicator, its class and window.
#[derive(Default)]
struct Seen(Vec<(u64, String, &'static str, &'static str)>);

impl Sink for &mut Seen {
    fn hit(&mut self, sighting: &Sighting<'_>) -> std::io::Result<ControlFlow<()>> {
        let best = sighting.indicators.get(sighting.hit.best().indicator);
        let window = sighting.assessment.map_or("", |assessment| assessment.window.name());
        let class = best.traits().class.name();
        self.0.push((sighting.hit.line, best.value().to_owned(), class, window));
        Ok(ControlFlow::Continue(()))
    }

    fn wants_records(&self) -> bool {
        true
    }
}

const LOG: &str = "\
{\"ts\":1724066197.2,\"uid\":\"C1\",\"id.orig_h\":\"10.1.2.3\",\"id.orig_p\":56726,\"id.resp_h\":\"10.0.0.53\",\"id.resp_p\":53,\"proto\":\"udp\",\"query\":\"www.k3121.com\",\"qtype_name\":\"A\",\"rcode_name\":\"NOERROR\",\"answers\":[\"203.0.113.77\",\"10.9.9.9\",\"0.0.0.0\"]}
{\"ts\":1724066198.2,\"uid\":\"C2\",\"id.orig_h\":\"10.1.2.3\",\"id.orig_p\":50000,\"id.resp_h\":\"203.0.113.77\",\"id.resp_p\":443,\"proto\":\"tcp\",\"conn_state\":\"SF\",\"orig_bytes\":10,\"resp_bytes\":20}
{\"ts\":1760000000.2,\"uid\":\"C3\",\"id.orig_h\":\"10.1.2.4\",\"id.orig_p\":50000,\"id.resp_h\":\"203.0.113.77\",\"id.resp_p\":443,\"proto\":\"tcp\",\"conn_state\":\"SF\",\"orig_bytes\":10,\"resp_bytes\":20}
{\"ts\":1724066199.2,\"uid\":\"C4\",\"id.orig_h\":\"10.1.2.5\",\"id.orig_p\":56726,\"id.resp_h\":\"10.0.0.53\",\"id.resp_p\":53,\"proto\":\"udp\",\"query\":\"innocent.example\",\"qtype_name\":\"A\",\"rcode_name\":\"NOERROR\",\"answers\":[\"203.0.113.77\",\"198.51.100.7\"]}
10.9.9.9 198.51.100.7 0.0.0.0
";

fn search(matcher: &Matcher, sink: &mut dyn Sink) {
    let reader = Box::new(Cursor::new(LOG.as_bytes()));
    sweep_reader(matcher, "dns.log", reader, &SweepOptions::default(), sink).unwrap();
}

#[test]
fn the_connection_after_the_answer_is_found() {
    let published = Matcher::new(crate::indicator::IndicatorSet::embedded());
    let mut answers = Answers::new(InternalNets::default());
    let mut first = Seen::default();
    search(&published, &mut Gather::new(&mut first, &mut answers));
    let names: Vec<_> =
        first.0.iter().map(|(line, name, class, _)| (*line, &**name, *class)).collect();
    assert_eq!(names, [(1, "k3121.com", "infrastructure")]);

    let set = answers.set(&published);
    assert_eq!((answers.answers(), answers.left_out()), (1, 0));
    let values: Vec<_> = set.iter().map(|indicator| indicator.value().to_owned()).collect();
    assert_eq!(values, ["203.0.113.77"]);
    let claim = set.iter().next().unwrap().best_claim();
    assert_eq!(claim.role, "Address given for k3121.com");
    assert_eq!(claim.note, "derived from a DNS answer, first at dns.log:1");
    assert_eq!(claim.confidence.name(), "medium");
    assert_eq!(claim.first_seen.unwrap().to_string(), "2024-08-19");

    let mut second = Seen::default();
    let mut followed = Followed::new(&mut second, &published);
    search(&Matcher::new(set), &mut followed);
    assert_eq!(followed.hits(), 3);
    let address = || "203.0.113.77".to_owned();
    // Not the answer itself; but another name's answer, and the same address a year later.
    assert_eq!(
        second.0,
        [
            (2, address(), "derived", "inside"),
            (3, address(), "derived", "after"),
            (4, address(), "derived", "inside"),
        ]
    );
}

#[test]
fn an_address_that_is_listed_needs_no_following() {
    let mut set = crate::indicator::IndicatorSet::embedded();
    let source = set.add_source(crate::indicator::Source::default());
    let range = crate::indicator::Observable::recognise("203.0.113.0/24").unwrap();
    let claim = crate::indicator::NewClaim::bare(source);
    set.insert(&range, crate::indicator::Traits::default(), claim).unwrap();
    let published = Matcher::new(set);
    let mut answers = Answers::new(InternalNets::default());
    search(&published, &mut Gather::new(&mut Seen::default(), &mut answers));
    assert!(answers.set(&published).is_empty());
}
