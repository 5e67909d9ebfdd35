//! Names of sites nobody is looking for.

use super::line::{Origin, Token};
use super::plants::Plants;
use super::prng::{Prng, mix32};

/// Names that fill every resolver's log, with their weights left to repetition.
const FAMILIAR: [&str; 36] = [
    "www.google.com",
    "clients4.google.com",
    "fonts.gstatic.com",
    "play.googleapis.com",
    "outlook.office365.com",
    "login.microsoftonline.com",
    "settings-win.data.microsoft.com",
    "v10.events.data.microsoft.com",
    "ctldl.windowsupdate.com",
    "teams.microsoft.com",
    "graph.facebook.com",
    "www.youtube.com",
    "api.github.com",
    "raw.githubusercontent.com",
    "registry.npmjs.org",
    "pypi.org",
    "index.docker.io",
    "deb.debian.org",
    "archive.ubuntu.com",
    "time.apple.com",
    "gateway.icloud.com",
    "init.ess.apple.com",
    "s3.eu-central-1.amazonaws.com",
    "sts.amazonaws.com",
    "ocsp.digicert.com",
    "crl3.digicert.com",
    "ocsp.sectigo.com",
    "slack.com",
    "wss-primary.slack.com",
    "zoom.us",
    "www.wikipedia.org",
    "cdn.jsdelivr.net",
    "pool.ntp.org",
    "detectportal.firefox.com",
    "safebrowsing.googleapis.com",
    "telemetry.example.net",
];

pub(super) const WORDS: [&str; 64] = [
    "alpine", "amber", "anchor", "apple", "atlas", "autumn", "bamboo", "beacon", "bright",
    "bridge", "canyon", "castle", "cedar", "cloud", "coast", "copper", "coral", "crystal", "delta",
    "digital", "eagle", "ember", "falcon", "field", "forest", "frost", "garden", "global", "gold",
    "granite", "green", "harbor", "hill", "iron", "island", "jade", "lake", "light", "lunar",
    "maple", "market", "media", "metro", "mountain", "north", "ocean", "orbit", "pacific", "pine",
    "pixel", "planet", "prime", "quartz", "rapid", "river", "silver", "solar", "spring", "stone",
    "summit", "tech", "travel", "valley", "winter",
];

pub(super) const TLDS: [&str; 24] = [
    "com", "com", "com", "com", "com", "com", "com", "net", "net", "net", "org", "org", "io", "co",
    "de", "tw", "jp", "info", "xyz", "cc", "fr", "dev", "app", "biz",
];

const HOSTS: [&str; 20] = [
    "", "", "", "www.", "www.", "www.", "api.", "cdn.", "img.", "mail.", "static.", "assets.",
    "m.", "login.", "app.", "edge.", "smtp.", "ns1.", "t.", "shop.",
];

/// Half of all names, by a hash: innocent ones are of this half, those of made-up lists of the
/// other.
pub(super) fn is_innocent_half(registered: &str) -> bool {
    // FNV-1a, mixed because its lowest bit is the parity of the letters.
    let hash = registered
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    mix32(hash) & 1 == 0
}

/// A choice of innocent sites.
#[derive(Debug)]
pub struct Names {
    familiar: Vec<&'static str>,
    registered: Vec<String>,
}

impl Names {
    /// Makes up sites that no indicator covers.
    #[must_use]
    pub fn new(rng: &mut Prng, plants: &Plants) -> Self {
        let mut registered = Vec::with_capacity(4096);
        while registered.len() < 4096 {
            let (a, b) = (rng.pick(&WORDS), rng.pick(&WORDS));
            let dash = if rng.one_in(6) { "-" } else { "" };
            let name = format!("{a}{dash}{b}.{}", rng.pick(&TLDS));
            if is_innocent_half(&name) && !plants.has_name(&name) {
                registered.push(name);
            }
        }
        let familiar = FAMILIAR.into_iter().filter(|name| !plants.has_name(name)).collect();
        Self { familiar, registered }
    }

    /// A name: a third of them familiar, most of the rest hosts of made-up sites, some with a
    /// machine-made label as content networks have them.
    #[inline]
    pub fn draw(&self, rng: &mut Prng) -> Token {
        if rng.one_in(3) {
            return Token::new(rng.pick(&self.familiar).as_bytes(), Origin::Innocent);
        }
        let mut token = Token::new(b"", Origin::Innocent);
        if rng.one_in(8) {
            let bits = rng.bits();
            let label: [u8; 13] = std::array::from_fn(|at| {
                b"0123456789abcdefghijklmnopqrstuv"[(bits >> (4 * at) & 31) as usize]
            });
            token.push(b"d");
            token.push(&label);
            token.push(b".");
        } else {
            token.push(rng.pick(&HOSTS).as_bytes());
        }
        // The smaller of two draws: some sites are visited more than others.
        let end = self.registered.len() as u32;
        let at = rng.below(end).min(rng.below(end));
        token.push(self.registered[at as usize].as_bytes());
        token
    }
}
