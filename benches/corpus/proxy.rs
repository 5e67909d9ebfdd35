//! Web proxies' and servers' lines.

use super::names::WORDS;
use super::scribe::Scribe;

const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0",
    "curl/8.5.0",
];

/// Squid's native access log.
pub fn squid(s: &mut Scribe<'_>) {
    s.clock.epoch(3, &mut s.line);
    s.line.text(" ").right(s.rng.below(20_000), 6).text(" ");
    let client = s.client();
    s.line.ipv4(client);
    let (name, peer) = if s.rng.one_in(4) {
        let peer = s.peer();
        (s.common_name(), peer)
    } else {
        (s.name(), s.stranger())
    };
    if s.rng.one_in(2) {
        s.line.text(" TCP_TUNNEL/200 ").num(s.rng.below(90_000)).text(" CONNECT ").token(&name);
        s.line.text(":443 - HIER_DIRECT/").token(&peer).text(" -");
    } else {
        s.line.text(s.rng.pick(&[" TCP_MISS/200 ", " TCP_HIT/200 ", " TCP_DENIED/403 "]));
        s.line.num(s.rng.below(90_000)).text(" GET http://").token(&name);
        path(s);
        s.line.text(" - HIER_DIRECT/").token(&peer).text(" text/html");
    }
}

/// nginx's combined log.
pub fn nginx(s: &mut Scribe<'_>) {
    // Half of the referrers are names, the visitors are from anywhere.
    let referrer =
        s.rng.one_in(2).then(|| if s.rng.one_in(2) { s.name() } else { s.common_name() });
    let peer = s.peer();
    s.line.token(&peer).text(" - - [");
    s.clock.common(&mut s.line);
    s.line.text("] \"GET ");
    path(s);
    s.line.text(" HTTP/2.0\" ").num(s.rng.pick(&[200_u32, 200, 200, 304, 404, 500]));
    s.line.text(" ").num(s.rng.below(90_000)).text(" \"");
    match referrer {
        Some(name) => s.line.text("https://").token(&name).text("/"),
        None => s.line.text("-"),
    };
    s.line.text("\" \"").text(s.rng.pick(&AGENTS)).text("\"");
}

/// A path, with a query in one of three, with a percent-encoded address in some.
pub fn path(s: &mut Scribe<'_>) {
    s.line.text("/").text(s.rng.pick(&WORDS)).text("/").text(s.rng.pick(&WORDS));
    s.line.text(s.rng.pick(&["", "/", ".html", ".js", ".css", ".png", "-2.4.1.min.js"]));
    match s.rng.below(12) {
        0..3 => {
            s.line.text("?id=").num(s.rng.below(99_999)).text("&v=").num(s.rng.below(9)).text(".");
            s.line.num(s.rng.below(20));
        }
        3 => {
            let name = s.common_name();
            s.line.text("?u=https%3A%2F%2F").token(&name).text("%2F");
            s.line.text(s.rng.pick(&WORDS));
        }
        _ => {}
    }
}
