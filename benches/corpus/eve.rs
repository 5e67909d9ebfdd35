//! Suricata's EVE JSON.

use super::proxy::path;
use super::scribe::{Scribe, high_port, service_port};

/// An event: flow, DNS question, TLS handshake or HTTP request.
pub fn suricata(s: &mut Scribe<'_>) {
    s.line.text(r#"{"timestamp":""#);
    s.clock.iso(&mut s.line);
    s.line.text(".").zeros(s.clock.ms, 3).zeros(s.rng.below(1000), 3);
    s.line.text(r#"+0000","flow_id":"#).num(s.rng.bits() >> 13);
    s.line.text(r#","in_iface":"ens5","event_type":""#);
    match s.rng.below(4) {
        0 => flow(s),
        1 => dns(s),
        2 => tls(s),
        _ => http(s),
    }
}

fn flow(s: &mut Scribe<'_>) {
    let (client, peer) = (s.client(), s.peer());
    s.line
        .text(r#"flow","src_ip":""#)
        .ipv4(client)
        .text(r#"","src_port":"#)
        .num(high_port(&mut s.rng));
    s.line
        .text(r#","dest_ip":""#)
        .token(&peer)
        .text(r#"","dest_port":"#)
        .num(service_port(&mut s.rng));
    s.line.text(r#","proto":"TCP","app_proto":"tls","flow":{"pkts_toserver":"#);
    s.line.num(s.rng.below(90)).text(r#","pkts_toclient":"#).num(s.rng.below(90));
    s.line.text(r#","bytes_toserver":"#).num(s.rng.below(9000));
    s.line.text(r#","bytes_toclient":"#).num(s.rng.below(90_000)).text(r#","start":""#);
    s.clock.iso(&mut s.line);
    s.line.text(r#".000000+0000","end":""#);
    s.clock.iso(&mut s.line);
    s.line.text(r#".999999+0000","age":1,"state":"closed","reason":"timeout","alerted":false}}"#);
}

fn dns(s: &mut Scribe<'_>) {
    let (client, name) = (s.client(), s.name());
    s.line
        .text(r#"dns","src_ip":""#)
        .ipv4(client)
        .text(r#"","src_port":"#)
        .num(high_port(&mut s.rng));
    s.line.text(r#","dest_ip":"10.20.0.53","dest_port":53,"proto":"UDP","dns":{"version":2,"#);
    s.line.text(r#""type":"query","id":"#).num(s.rng.below(65_536)).text(r#","rrname":""#);
    s.line.token(&name).text(r#"","rrtype":"A","tx_id":0,"opcode":0}}"#);
}

fn tls(s: &mut Scribe<'_>) {
    // The address, the name or the certificate carries the indicator.
    let place = s.rng.below(3);
    let peer = if place == 0 { s.peer() } else { s.stranger() };
    let name = if place == 1 { s.name() } else { s.common_name() };
    let certificate = if place == 2 { s.sha1() } else { s.common_fingerprint(40) };
    let client = s.client();
    s.line
        .text(r#"tls","src_ip":""#)
        .ipv4(client)
        .text(r#"","src_port":"#)
        .num(high_port(&mut s.rng));
    s.line.text(r#","dest_ip":""#).token(&peer).text(r#"","dest_port":443,"proto":"TCP","tls":{"#);
    s.line.text(r#""subject":"CN="#).token(&name).text(r#"","issuerdn":"C=US, O=Example CA","#);
    s.line.text(r#""serial":""#).mac(s.rng.bits(), 8).text(r#"","fingerprint":""#);
    s.line.colons(&certificate).text(r#"","sni":""#).token(&name);
    s.line.text(r#"","version":"TLS 1.2","notbefore":"2024-02-27T17:54:31","#);
    s.line.text(r#""notafter":"2027-03-29T17:54:31"}}"#);
}

fn http(s: &mut Scribe<'_>) {
    let (name, peer) = if s.rng.one_in(2) {
        let peer = s.peer();
        (s.common_name(), peer)
    } else {
        (s.name(), s.stranger())
    };
    let client = s.client();
    s.line
        .text(r#"http","src_ip":""#)
        .ipv4(client)
        .text(r#"","src_port":"#)
        .num(high_port(&mut s.rng));
    s.line
        .text(r#","dest_ip":""#)
        .token(&peer)
        .text(r#"","dest_port":80,"proto":"TCP","tx_id":0,"#);
    s.line.text(r#""http":{"hostname":""#).token(&name).text(r#"","url":""#);
    path(s);
    s.line.text(r#"","http_user_agent":"curl/8.5.0","http_content_type":"text/html","#);
    s.line.text(r#""http_method":"GET","protocol":"HTTP/1.1","status":200,"length":"#);
    s.line.num(s.rng.below(90_000)).text("}}");
}
