//! Made-up indicator lists.

use std::io::{self, Write};

use super::line::{Line, Origin, Token};
use super::names::{TLDS, WORDS, is_innocent_half};
use super::prng::{Prng, mix32};
use super::scribe::{is_innocent_half as is_innocent_address, is_public};

/// Writes `count` different indicators, one a line: 50 % public IPv4 addresses, 45 % domains,
/// 5 % SHA-256 file digests, in turn. A longer list of the same seed begins with the shorter.
///
/// No corpus holds any of them by chance: their addresses and names are of the half that innocent
/// traffic avoids.
///
/// # Errors
/// What `out` gave.
pub fn write_list(count: u64, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let mut rng = Prng::new(seed);
    // A seed's place in the one-to-one mixing, for addresses and names.
    let (mut address, mut label) = (rng.bits() as u32, rng.bits() as u32);
    let mut line = Line::default();
    for number in 0..count {
        match number % 20 {
            19 => {
                for _ in 0..4 {
                    line.hex(rng.bits(), 16);
                }
            }
            turn if turn % 2 == 0 => {
                line.ipv4(next_address(&mut address));
            }
            _ => {
                let name = next_name(&mut label, &mut rng);
                line.token(&name);
            }
        }
        line.text("\n");
        if line.len() >= super::FLUSH_AT {
            out.write_all(line.bytes())?;
            line.clear();
        }
    }
    out.write_all(line.bytes())
}

fn next_address(counter: &mut u32) -> u32 {
    loop {
        *counter = counter.wrapping_add(1);
        let address = mix32(*counter);
        if is_public(address) && !is_innocent_address(address) {
            return address;
        }
    }
}

/// A name whose last seven letters before the zone no other name of the list has.
fn next_name(counter: &mut u32, rng: &mut Prng) -> Token {
    loop {
        *counter = counter.wrapping_add(1);
        let mut rest = mix32(*counter);
        let mut name = Token::new(b"", Origin::Innocent);
        if rng.one_in(2) {
            name.push(rng.pick(&WORDS).as_bytes());
            if rng.one_in(3) {
                name.push(b"-");
            }
        }
        // 26⁷ > 2³².
        let letters: [u8; 7] = std::array::from_fn(|_| {
            let letter = b'a' + (rest % 26) as u8;
            rest /= 26;
            letter
        });
        name.push(&letters);
        name.push(b".");
        name.push(rng.pick(&TLDS).as_bytes());
        let is_of_list =
            std::str::from_utf8(name.bytes()).is_ok_and(|text| !is_innocent_half(text));
        if !is_of_list {
            continue;
        }
        if rng.one_in(8) {
            let mut below = Token::new(rng.pick(&WORDS).as_bytes(), Origin::Innocent);
            below.push(b".");
            below.push(name.bytes());
            return below;
        }
        return name;
    }
}
