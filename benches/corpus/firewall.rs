//! Firewall lines.

use super::scribe::{Scribe, high_port, service_port};

/// The netfilter `LOG` target behind a prefix of the administrator's.
pub fn iptables(s: &mut Scribe<'_>) {
    s.clock.syslog(&mut s.line);
    s.line.text(" gw01 kernel: [").num(s.rng.below(999_999)).text(".");
    s.line.zeros(s.rng.below(1_000_000), 6).text("] ");
    if s.rng.one_in(3) {
        s.line.text("INPUT-REJECT: IN=eth0 OUT= MAC=");
        inbound(s);
    } else {
        s.line.text(s.rng.pick(&["FW-EGRESS-DROP: ", "nft-forward-accept "]));
        s.line.text("IN=eth1 OUT=eth0 MAC=").mac(s.rng.bits(), 6).text(":");
        s.line.mac(s.rng.bits(), 6).text(":08:00 SRC=");
        let (client, peer) = (s.client(), s.peer());
        s.line.ipv4(client).text(" DST=").token(&peer);
        packet(s);
    }
}

/// Ubuntu's `ufw`.
pub fn ufw(s: &mut Scribe<'_>) {
    s.clock.syslog(&mut s.line);
    s.line.text(" web01 kernel: [").num(s.rng.below(999_999)).text(".");
    s.line.zeros(s.rng.below(1_000_000), 6);
    if s.rng.one_in(4) {
        s.line.text("] [UFW ALLOW] IN= OUT=ens3 SRC=203.0.113.").num(s.rng.between(2, 30));
        let peer = s.peer();
        s.line.text(" DST=").token(&peer);
        packet(s);
    } else {
        s.line.text("] [UFW BLOCK] IN=ens3 OUT= MAC=");
        inbound(s);
    }
}

fn inbound(s: &mut Scribe<'_>) {
    s.line.mac(s.rng.bits(), 6).text(":").mac(s.rng.bits(), 6).text(":08:00 SRC=");
    let peer = s.peer();
    s.line.token(&peer).text(" DST=203.0.113.").num(s.rng.between(2, 30));
    packet(s);
}

fn packet(s: &mut Scribe<'_>) {
    s.line.text(" LEN=").num(s.rng.between(40, 1500)).text(" TOS=0x00 PREC=0x00 TTL=");
    s.line.num(s.rng.between(38, 128)).text(" ID=").num(s.rng.below(65_536));
    let (from, to) = (high_port(&mut s.rng), service_port(&mut s.rng));
    if s.rng.one_in(4) {
        s.line.text(" PROTO=UDP SPT=").num(from).text(" DPT=").num(to);
        s.line.text(" LEN=").num(s.rng.between(20, 600)).text(" ");
    } else {
        s.line.text(" DF PROTO=TCP SPT=").num(from).text(" DPT=").num(to);
        s.line.text(" WINDOW=64240 RES=0x00 SYN URGP=0 ");
    }
}

/// Cisco ASA: connections built (302013) and torn down (302014), packets denied (106023).
pub fn asa(s: &mut Scribe<'_>) {
    let kind = s.rng.below(4);
    s.line.text(if kind == 3 { "<164>" } else { "<166>" });
    s.clock.asa(&mut s.line);
    let (client, peer) = (s.client(), s.peer());
    let (from, to) = (high_port(&mut s.rng), service_port(&mut s.rng));
    let number = s.rng.between(10_000_000, 99_999_999);
    match kind {
        0 | 1 => {
            s.line.text(" fw-edge1 : %ASA-6-302013: Built outbound TCP connection ").num(number);
            s.line.text(" for outside:").token(&peer).text("/").num(to).text(" (").token(&peer);
            s.line.text("/").num(to).text(") to inside:").ipv4(client).text("/").num(from);
            s.line.text(" (203.0.113.9/").num(from).text(")");
        }
        2 => {
            s.line.text(" fw-edge1 : %ASA-6-302014: Teardown TCP connection ").num(number);
            s.line.text(" for outside:").token(&peer).text("/").num(to).text(" to inside:");
            s.line.ipv4(client).text("/").num(from).text(" duration 0:");
            s.line.zeros(s.rng.below(60), 2).text(":").zeros(s.rng.below(60), 2);
            s.line.text(" bytes ").num(s.rng.below(900_000)).text(" TCP FINs");
        }
        _ => {
            s.line.text(" fw-edge1 : %ASA-4-106023: Deny tcp src outside:").token(&peer);
            s.line.text("/").num(from).text(" dst dmz:203.0.113.").num(s.rng.between(2, 30));
            s.line.text("/").num(to).text(" by access-group \"OUTSIDE-IN\" [0x");
            s.line.hex(s.rng.bits(), 8).text(", 0x0]");
        }
    }
}

/// FortiOS `traffic/forward`.
pub fn fortigate(s: &mut Scribe<'_>) {
    s.line.text("date=");
    s.clock.iso_date(&mut s.line);
    s.line.text(" time=");
    s.clock.time(&mut s.line);
    s.line.text(" devname=\"FGT-HQ-01\" devid=\"FG100FTK20992771\" eventtime=");
    s.line.num(s.clock.unix).zeros(s.clock.ms, 3).zeros(s.rng.below(1_000_000), 6);
    s.line.text(" tz=\"+0000\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\"");
    s.line.text(" level=\"notice\" vd=\"root\" srcip=");
    let (client, peer, from) = (s.client(), s.peer(), high_port(&mut s.rng));
    s.line.ipv4(client).text(" srcport=").num(from);
    s.line.text(" srcintf=\"port2\" srcintfrole=\"lan\" dstip=").token(&peer);
    s.line.text(" dstport=").num(service_port(&mut s.rng));
    s.line.text(" dstintf=\"wan1\" dstintfrole=\"wan\" srccountry=\"Reserved\" dstcountry=\"");
    s.line.text(s.rng.pick(&["United States", "Germany", "Singapore", "Taiwan", "Japan"]));
    s.line.text("\" sessionid=").num(s.rng.below(999_999)).text(" proto=6 action=\"");
    s.line.text(s.rng.pick(&["close", "accept", "deny", "timeout"]));
    s.line.text("\" policyid=").num(s.rng.between(1, 40)).text(" policytype=\"policy\" poluuid=\"");
    uuid(s);
    s.line.text("\" service=\"HTTPS\" trandisp=\"snat\" transip=203.0.113.21 transport=").num(from);
    s.line.text(" duration=").num(s.rng.below(600)).text(" sentbyte=").num(s.rng.below(90_000));
    s.line.text(" rcvdbyte=").num(s.rng.below(900_000)).text(" sentpkt=").num(s.rng.below(200));
    s.line.text(" rcvdpkt=").num(s.rng.below(900)).text(" appcat=\"unscanned\"");
}

fn uuid(s: &mut Scribe<'_>) {
    let (high, low) = (s.rng.bits(), s.rng.bits());
    s.line.hex(high, 8).text("-").hex(high >> 32, 4).text("-4").hex(high >> 48, 3).text("-b");
    s.line.hex(low, 3).text("-").hex(low >> 16, 12);
}

/// PAN-OS traffic log, CSV in syslog.
pub fn panos(s: &mut Scribe<'_>) {
    s.clock.syslog(&mut s.line);
    s.line.text(" PA-EDGE1 1,");
    s.clock.panos(&mut s.line);
    let is_denied = s.rng.one_in(5);
    s.line.text(",012801096514,TRAFFIC,").text(if is_denied { "deny" } else { "end" });
    s.line.text(",2562,");
    s.clock.panos(&mut s.line);
    let (client, peer) = (s.client(), s.peer());
    let (from, to) = (high_port(&mut s.rng), service_port(&mut s.rng));
    // Behind source NAT the destination stands twice: as it was and as it is after translation.
    s.line.text(",").ipv4(client).text(",").token(&peer).text(",203.0.113.12,").token(&peer);
    s.line.text(if is_denied { ",interzone-default" } else { ",outbound-web" });
    s.line.text(",,,ssl,vsys1,trust,untrust,ethernet1/2,ethernet1/1,fwd-siem,");
    s.clock.panos(&mut s.line);
    s.line.text(",").num(s.rng.below(99_999)).text(",1,").num(from).text(",").num(to).text(",");
    s.line.num(high_port(&mut s.rng)).text(",").num(to).text(",0x400053,tcp,");
    s.line.text(if is_denied { "deny" } else { "allow" }).text(",");
    let (sent, received) = (s.rng.below(9000), s.rng.below(90_000));
    s.line.num(sent + received).text(",").num(sent).text(",").num(received).text(",");
    s.line.num(s.rng.between(2, 90)).text(",");
    s.clock.panos(&mut s.line);
    s.line
        .text(",")
        .num(s.rng.below(120))
        .text(",any,0,")
        .num(s.rng.between(48_000_000, 51_000_000));
    s.line.text(",0x0,10.0.0.0-10.255.255.255,Singapore,0,17,5,");
    s.line.text(if is_denied { "policy-deny" } else { "tcp-fin" });
    s.line.text(",0,0,0,0,,PA-EDGE1,from-policy,,,0,,0,,N/A,0,0,0,0");
}
