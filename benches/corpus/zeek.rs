//! Zeek's tab-separated logs.

use super::scribe::{Scribe, high_port};

/// What stands before the lines of a `dns.log`.
pub const DNS_HEADER: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n\
    #unset_field\t-\n#path\tdns\n#open\t2024-06-10-06-13-20\n\
    #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\trtt\tquery\t\
    qclass\tqclass_name\tqtype\tqtype_name\trcode\trcode_name\tAA\tTC\tRD\tRA\tZ\tanswers\tTTLs\t\
    rejected\n\
    #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tcount\tinterval\tstring\tcount\tstring\t\
    count\tstring\tcount\tstring\tbool\tbool\tbool\tbool\tcount\tvector[string]\t\
    vector[interval]\tbool\n";

/// What stands before the lines of an `ssl.log`.
pub const SSL_HEADER: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n\
    #unset_field\t-\n#path\tssl\n#open\t2024-06-10-06-13-20\n\
    #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tversion\tcipher\tcurve\t\
    server_name\tresumed\tlast_alert\tnext_protocol\testablished\tssl_history\tcert_chain_fps\t\
    client_cert_chain_fps\tsni_matches_cert\tvalidation_status\n\
    #types\ttime\tstring\taddr\tport\taddr\tport\tstring\tstring\tstring\tstring\tbool\tstring\t\
    string\tbool\tstring\tvector[string]\tvector[string]\tbool\tstring\n";

fn start(s: &mut Scribe<'_>) {
    s.clock.epoch(6, &mut s.line);
    s.line.text("\tC");
    let bits = u128::from(s.rng.bits()) << 64 | u128::from(s.rng.bits());
    let uid: [u8; 17] = std::array::from_fn(|at| {
        let at = (bits >> (6 * at) & 63) as usize;
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789xy"[at]
    });
    for byte in uid {
        s.line.letter(byte);
    }
    let client = s.client();
    s.line.text("\t").ipv4(client).text("\t").num(high_port(&mut s.rng)).text("\t");
}

/// A line of `dns.log`: a question with its answers.
pub fn dns(s: &mut Scribe<'_>) {
    start(s);
    s.line.text("10.20.0.53\t53\tudp\t").num(s.rng.below(65_536)).text("\t0.0");
    s.line.zeros(s.rng.below(100_000), 5).text("\t");
    match s.rng.below(8) {
        0 => {
            let name = s.name();
            s.line.token(&name).text("\t1\tC_INTERNET\t1\tA\t3\tNXDOMAIN\tF\tF\tT\tT\t0\t-\t-\tF");
        }
        1..4 => {
            // An alias before the address, as content networks have it.
            let (name, alias, peer) = (s.common_name(), s.name(), s.stranger());
            s.line.token(&name).text("\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t");
            s.line.token(&alias).text(",").token(&peer).text("\t300.000000,60.000000\tF");
        }
        4 | 5 => {
            let (name, peer) = (s.common_name(), s.peer());
            s.line.token(&name).text("\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t");
            s.line.token(&peer).text("\t300.000000\tF");
        }
        _ => {
            let (name, peer) = (s.name(), s.stranger());
            s.line.token(&name).text("\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t");
            s.line.token(&peer).text("\t300.000000\tF");
        }
    }
}

/// A line of `ssl.log`: a handshake with the fingerprints of the server's chain.
pub fn ssl(s: &mut Scribe<'_>) {
    start(s);
    // The address, the name or the certificate carries the indicator.
    let place = s.rng.below(3);
    let peer = if place == 0 { s.peer() } else { s.stranger() };
    let name = if place == 1 { s.name() } else { s.common_name() };
    let leaf = if place == 2 { s.sha256() } else { s.common_fingerprint(64) };
    s.line.token(&peer).text("\t443\tTLSv12\tTLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\t");
    s.line.text(s.rng.pick(&["secp256r1", "x25519"])).text("\t").token(&name);
    s.line.text("\tF\t-\th2\tT\tCsxknGIi\t").token(&leaf).text(",");
    let issuer = s.common_fingerprint(64);
    s.line.token(&issuer).text("\t(empty)\tT\tok");
}
