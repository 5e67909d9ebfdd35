//! Who appears in a line: draws addresses, names and fingerprints, and plants indicators.

use super::Counts;
use super::clock::Clock;
use super::line::{Line, Origin, Token};
use super::names::Names;
use super::plants::Plants;
use super::prng::{Prng, mix32};

/// Writes one line of one format.
pub type Template = fn(&mut Scribe<'_>);

/// What a template works with.
///
/// [`peer`](Self::peer), [`name`](Self::name) and the fingerprints take an indicator or a near
/// miss when one is due, so every template must draw at least one of them in each line.
#[derive(Debug)]
pub struct Scribe<'p> {
    /// The line being written.
    pub line: Line,
    /// Chance.
    pub rng: Prng,
    /// The time.
    pub clock: Clock,
    plants: &'p Plants,
    names: Names,
    /// Servers that everybody visits.
    popular: Vec<u32>,
    plant_due: bool,
    near_miss_due: bool,
}

/// Half of all addresses by a hash of their bits: innocent addresses are of this half, those of
/// made-up lists of the other, so that a list never hits by chance.
#[inline]
pub fn is_innocent_half(address: u32) -> bool {
    mix32(address ^ 0x5bd1_e995) & 1 == 0
}

/// Whether an address is routed on the Internet (RFC 6890 and what is not allocated).
#[inline]
pub fn is_public(address: u32) -> bool {
    let in_range =
        |prefix: [u8; 4], bits: u32| (address ^ u32::from_be_bytes(prefix)) >> (32 - bits) == 0;
    !(address >> 24 == 0
        || address >= 0xe000_0000
        || in_range([10, 0, 0, 0], 8)
        || in_range([100, 64, 0, 0], 10)
        || in_range([127, 0, 0, 0], 8)
        || in_range([169, 254, 0, 0], 16)
        || in_range([172, 16, 0, 0], 12)
        || in_range([192, 0, 0, 0], 16)
        || in_range([192, 168, 0, 0], 16)
        || in_range([198, 18, 0, 0], 15)
        || in_range([198, 51, 100, 0], 24)
        || in_range([203, 0, 113, 0], 24))
}

impl<'p> Scribe<'p> {
    /// A scribe that plants `plants`.
    #[must_use]
    pub fn new(seed: u64, plants: &'p Plants) -> Self {
        let mut rng = Prng::new(seed);
        let names = Names::new(&mut rng, plants);
        let mut scribe = Self {
            line: Line::default(),
            rng,
            clock: Clock::new(),
            plants,
            names,
            popular: Vec::new(),
            plant_due: false,
            near_miss_due: false,
        };
        scribe.popular = (0..4096).map(|_| scribe.any_public()).collect();
        scribe
    }

    /// The next line that has a place for it carries an indicator.
    pub fn plant_next(&mut self) {
        self.plant_due = true;
    }

    /// The next line that has a place for it carries a near miss.
    pub fn near_miss_next(&mut self) {
        self.near_miss_due = true;
    }

    /// Writes a line and counts what is in it.
    #[inline]
    pub fn write_line(&mut self, template: Template, counts: &mut Counts) {
        self.line.start();
        let pause = self.rng.below(40);
        self.clock.advance(pause);
        template(self);
        self.line.text("\n");
        if self.line.hits > 0 {
            counts.hits += self.line.hits;
            counts.planted_lines += 1;
            counts.address_lines += u64::from(self.line.has_address);
            counts.encoded_lines += u64::from(!self.line.has_plain);
        }
        counts.near_miss_lines += u64::from(self.line.has_near_miss);
    }

    fn any_public(&mut self) -> u32 {
        loop {
            let address = self.rng.bits() as u32;
            if is_public(address) && is_innocent_half(address) && !self.plants.has_address(address)
            {
                return address;
            }
        }
    }

    /// An address of the own network.
    #[inline]
    pub fn client(&mut self) -> u32 {
        let bits = self.rng.bits();
        let host = (bits >> 32) as u32;
        match bits & 7 {
            0 => 0xac10_0000 | host & 0x000f_ffff, // 172.16.0.0/12
            1 | 2 => 0xc0a8_0000 | host & 0xffff,  // 192.168.0.0/16
            _ => 0x0a14_0000 | host & 0x0fff,      // 10.20.0.0/20
        }
    }

    /// An address of the Internet that is never planted.
    #[inline]
    pub fn stranger(&mut self) -> Token {
        let address =
            if self.rng.one_in(2) { self.rng.pick(&self.popular) } else { self.any_public() };
        Token::ipv4(address, Origin::Innocent)
    }

    /// An address of the Internet.
    #[inline]
    pub fn peer(&mut self) -> Token {
        if self.plant_due && !self.plants.addresses.is_empty() {
            self.plant_due = false;
            return Token::ipv4(self.rng.pick(&self.plants.addresses), Origin::PlantedAddress);
        }
        if self.near_miss_due && !self.plants.near_addresses.is_empty() {
            self.near_miss_due = false;
            return Token::ipv4(self.rng.pick(&self.plants.near_addresses), Origin::NearMiss);
        }
        self.stranger()
    }

    /// A name that is never planted.
    #[inline]
    pub fn common_name(&mut self) -> Token {
        self.names.draw(&mut self.rng)
    }

    /// A name.
    #[inline]
    pub fn name(&mut self) -> Token {
        if self.plant_due && !self.plants.names.is_empty() {
            self.plant_due = false;
            let at = self.rng.below(self.plants.names.len() as u32) as usize;
            let (name, covers_below) = &self.plants.names[at];
            let below = *covers_below && self.rng.one_in(4);
            return Plants::name_token(name, if below { "update." } else { "" });
        }
        if self.near_miss_due && !self.plants.near_names.is_empty() {
            self.near_miss_due = false;
            let at = self.rng.below(self.plants.near_names.len() as u32) as usize;
            return Token::new(self.plants.near_names[at].as_bytes(), Origin::NearMiss);
        }
        self.common_name()
    }

    /// A SHA-1 in hex.
    pub fn sha1(&mut self) -> Token {
        let plants = self.plants;
        self.fingerprint(&plants.sha1, 40)
    }

    /// A SHA-256 in hex.
    pub fn sha256(&mut self) -> Token {
        let plants = self.plants;
        self.fingerprint(&plants.sha256, 64)
    }

    fn fingerprint(&mut self, plants: &[String], digits: usize) -> Token {
        if self.plant_due && !plants.is_empty() {
            self.plant_due = false;
            let at = self.rng.below(plants.len() as u32) as usize;
            return Token::new(plants[at].as_bytes(), Origin::PlantedOther);
        }
        self.common_fingerprint(digits)
    }

    /// A fingerprint that is never planted: `digits` hex digits, a multiple of 8.
    pub fn common_fingerprint(&mut self, digits: usize) -> Token {
        let mut token = Token::new(b"", Origin::Innocent);
        for _ in 0..digits / 8 {
            let bits = self.rng.bits();
            let text: [u8; 8] =
                std::array::from_fn(|at| b"0123456789abcdef"[(bits >> (4 * at) & 15) as usize]);
            token.push(&text);
        }
        token
    }
}

/// A client's port.
#[inline]
pub fn high_port(rng: &mut Prng) -> u32 {
    rng.between(49_152, 65_536)
}

/// A server's port.
#[inline]
pub fn service_port(rng: &mut Prng) -> u32 {
    rng.pick(&[443, 443, 443, 443, 80, 80, 53, 22, 25, 123, 8080, 8443])
}
