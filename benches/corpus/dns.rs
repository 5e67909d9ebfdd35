//! DNS servers' lines.

use super::prng::Prng;
use super::scribe::{Scribe, high_port};

/// BIND's query log, which names the question twice.
pub fn bind(s: &mut Scribe<'_>) {
    s.clock.bind(&mut s.line);
    s.line.text(" queries: info: client @0x7f").hex(s.rng.bits(), 10).text(" ");
    let (client, name) = (s.client(), s.name());
    s.line
        .ipv4(client)
        .text("#")
        .num(high_port(&mut s.rng))
        .text(" (")
        .token(&name)
        .text("): query: ");
    s.line.token(&name).text(" IN ").text(query_type(&mut s.rng)).text(" +E(0)K (10.20.0.53)");
}

fn query_type(rng: &mut Prng) -> &'static str {
    rng.pick(&["A", "A", "A", "A", "AAAA", "AAAA", "HTTPS", "TXT"])
}

/// Unbound with `log-queries`.
pub fn unbound(s: &mut Scribe<'_>) {
    s.line.text("[").num(s.clock.unix).text("] unbound[13557:").num(s.rng.below(4));
    s.line.text("] info: ");
    let (client, name) = (s.client(), s.name());
    s.line.ipv4(client).text(" ").token(&name).text(". ").text(query_type(&mut s.rng)).text(" IN");
}

/// dnsmasq with `log-queries`: questions, where they were sent, and answers.
pub fn dnsmasq(s: &mut Scribe<'_>) {
    s.clock.syslog(&mut s.line);
    s.line.text(" dnsmasq[22447]: ");
    match s.rng.below(4) {
        0 => {
            let name = s.name();
            s.line.text("forwarded ").token(&name).text(" to 198.51.100.53");
        }
        1 => {
            let (name, peer) = (s.common_name(), s.peer());
            s.line.text("reply ").token(&name).text(" is ").token(&peer);
        }
        2 => {
            let name = s.name();
            s.line.text("reply ").token(&name).text(" is 2606:4700::");
            s.line.hex(s.rng.bits() | 0x1000, 4).text(":").hex(s.rng.bits() | 0x1000, 4);
        }
        _ => {
            let (client, name) = (s.client(), s.name());
            s.line
                .text("query[")
                .text(query_type(&mut s.rng))
                .text("] ")
                .token(&name)
                .text(" from ");
            s.line.ipv4(client);
        }
    }
}

/// The Windows DNS server's debug log, which writes names as counted labels.
pub fn windows_debug(s: &mut Scribe<'_>) {
    s.clock.windows(&mut s.line);
    s.line.text(" 8B84 PACKET  0000").hex(s.rng.bits(), 12).text(" UDP ");
    let is_answer = s.rng.one_in(2);
    s.line.text(if is_answer { "Snd " } else { "Rcv " });
    let (client, name) = (s.client(), s.name());
    s.line.ipv4(client).text("    ").hex(s.rng.bits(), 4);
    s.line.text(if is_answer {
        " R Q [8081   DR  NOERROR] A      "
    } else {
        "   Q [0001   D   NOERROR] A      "
    });
    s.line.labels(&name);
}

/// Amazon Route 53 Resolver query log.
pub fn route53(s: &mut Scribe<'_>) {
    s.line.text(r#"{"version":"1.100000","account_id":"123456789012","region":"eu-central-1","#);
    s.line.text(r#""vpc_id":"vpc-47f293c2","query_timestamp":""#);
    s.clock.iso(&mut s.line);
    // The answer or the question carries the indicator, not always the same.
    let (name, peer) = if s.rng.one_in(3) {
        let peer = s.peer();
        (s.common_name(), peer)
    } else {
        (s.name(), s.stranger())
    };
    s.line.text(r#"Z","query_name":""#).token(&name).text(r#".","query_type":"A","#);
    s.line.text(r#""query_class":"IN","rcode":"NOERROR","answers":[{"Rdata":""#).token(&peer);
    s.line.text(r#"","Type":"A","Class":"IN"}],"srcaddr":"172.31.17."#).num(s.rng.between(4, 250));
    s.line.text(r#"","srcport":""#).num(high_port(&mut s.rng));
    s.line.text(r#"","transport":"UDP","srcids":{"instance":"i-0"#).hex(s.rng.bits(), 16);
    s.line.text(r#""}}"#);
}
