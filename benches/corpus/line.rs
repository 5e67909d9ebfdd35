//! The buffer that lines are put together in, and the tokens that can be planted in them.

/// Whether a token is what a scan looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Neither an indicator nor like one.
    Innocent,
    /// An address that is an indicator.
    PlantedAddress,
    /// A name or fingerprint that is an indicator.
    PlantedOther,
    /// Like an indicator and none.
    NearMiss,
}

/// An address, a name or a fingerprint.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    text: [u8; Self::MAX],
    len: u8,
    origin: Origin,
}

impl Token {
    /// The longest text a token holds.
    pub const MAX: usize = 96;

    /// A token with this text.
    ///
    /// # Panics
    /// When `text` is longer than [`Token::MAX`].
    #[inline]
    #[must_use]
    pub fn new(text: &[u8], origin: Origin) -> Self {
        let mut token = Self { text: [0; Self::MAX], len: 0, origin };
        token.push(text);
        token
    }

    /// An IPv4 address in dotted form.
    #[inline]
    #[must_use]
    pub fn ipv4(address: u32, origin: Origin) -> Self {
        let mut token = Self { text: [0; Self::MAX], len: 0, origin };
        for (at, octet) in address.to_be_bytes().into_iter().enumerate() {
            if at > 0 {
                token.push(b".");
            }
            let (digits, len) = OCTETS[octet as usize];
            token.push(&digits[..len as usize]);
        }
        token
    }

    /// Adds to the text.
    #[inline]
    pub fn push(&mut self, text: &[u8]) {
        let start = self.len as usize;
        self.text[start..start + text.len()].copy_from_slice(text);
        self.len += text.len() as u8;
    }

    /// The text.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.text[..self.len as usize]
    }
}

/// The octets' decimal digits, which are most of what a log consists of.
static OCTETS: [([u8; 3], u8); 256] = {
    let mut table = [([b'0'; 3], 1); 256];
    let mut n = 0;
    while n < 256 {
        let (a, b, c) = (b'0' + (n / 100) as u8, b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8);
        table[n] = if n >= 100 {
            ([a, b, c], 3)
        } else if n >= 10 {
            ([b, c, 0], 2)
        } else {
            ([c, 0, 0], 1)
        };
        n += 1;
    }
    table
};

/// The lines not yet written, and what the last of them holds.
#[derive(Debug, Default)]
pub struct Line {
    bytes: Vec<u8>,
    /// Planted tokens since [`Line::start`].
    pub hits: u64,
    /// Whether one of them is an address.
    pub has_address: bool,
    /// Whether one of them stands in plain form.
    pub has_plain: bool,
    /// Whether there is a near miss.
    pub has_near_miss: bool,
}

impl Line {
    /// Forgets what the last line held.
    #[inline]
    pub fn start(&mut self) {
        self.hits = 0;
        self.has_address = false;
        self.has_plain = false;
        self.has_near_miss = false;
    }

    /// The bytes that wait to be written.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many they are.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Adds text.
    #[inline]
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes.extend_from_slice(text.as_bytes());
        self
    }

    /// Adds one ASCII letter.
    #[inline]
    pub fn letter(&mut self, letter: u8) -> &mut Self {
        self.bytes.push(letter);
        self
    }

    /// Adds a number.
    #[inline]
    pub fn num(&mut self, n: impl Into<u64>) -> &mut Self {
        self.padded(n, 1, b'0')
    }

    /// Adds a number with at least `width` digits, at most 20, filled up with zeros.
    #[inline]
    pub fn zeros(&mut self, n: impl Into<u64>, width: usize) -> &mut Self {
        self.padded(n, width, b'0')
    }

    /// Adds a number right-aligned in `width` columns, at most 20.
    #[inline]
    pub fn right(&mut self, n: impl Into<u64>, width: usize) -> &mut Self {
        self.padded(n, width, b' ')
    }

    #[inline]
    fn padded(&mut self, n: impl Into<u64>, width: usize, fill: u8) -> &mut Self {
        let mut n = n.into();
        let mut digits = [fill; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (n % 10) as u8;
            n /= 10;
            if n == 0 {
                break;
            }
        }
        let start = at.min(digits.len() - width);
        self.bytes.extend_from_slice(&digits[start..]);
        self
    }

    /// Adds the lowest `digits` hex digits of `n`, at most 16.
    #[inline]
    pub fn hex(&mut self, n: u64, digits: usize) -> &mut Self {
        let mut text = [0; 16];
        for (at, digit) in text[..digits].iter_mut().rev().enumerate() {
            *digit = b"0123456789abcdef"[(n >> (4 * at) & 15) as usize];
        }
        self.bytes.extend_from_slice(&text[..digits]);
        self
    }

    /// Adds the lowest `octets` bytes of `n` as pairs of hex digits with colons between.
    #[inline]
    pub fn mac(&mut self, n: u64, octets: usize) -> &mut Self {
        for at in (0..octets).rev() {
            self.hex(n >> (8 * at), 2);
            if at > 0 {
                self.bytes.push(b':');
            }
        }
        self
    }

    /// Adds an address that is never planted.
    #[inline]
    pub fn ipv4(&mut self, address: u32) -> &mut Self {
        self.token(&Token::ipv4(address, Origin::Innocent))
    }

    /// Adds a token as it stands.
    #[inline]
    pub fn token(&mut self, token: &Token) -> &mut Self {
        self.note(token, true);
        self.bytes.extend_from_slice(token.bytes());
        self
    }

    /// Adds a name as the Windows DNS debug log writes it: `(3)www(7)example(3)com(0)`.
    pub fn labels(&mut self, token: &Token) -> &mut Self {
        self.note(token, false);
        for label in token.bytes().split(|&byte| byte == b'.') {
            self.text("(").num(label.len() as u64).text(")");
            self.bytes.extend_from_slice(label);
        }
        self.text("(0)")
    }

    /// Adds a fingerprint as pairs of digits with colons between.
    pub fn colons(&mut self, token: &Token) -> &mut Self {
        self.note(token, false);
        for (at, pair) in token.bytes().chunks(2).enumerate() {
            if at > 0 {
                self.bytes.push(b':');
            }
            self.bytes.extend_from_slice(pair);
        }
        self
    }

    #[inline]
    fn note(&mut self, token: &Token, plain: bool) {
        match token.origin {
            Origin::Innocent => {}
            Origin::NearMiss => self.has_near_miss = true,
            Origin::PlantedAddress | Origin::PlantedOther => {
                self.hits += 1;
                self.has_plain |= plain;
                self.has_address |= token.origin == Origin::PlantedAddress;
            }
        }
    }
}
