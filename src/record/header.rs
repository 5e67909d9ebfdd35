//! Lines that say what the columns of the lines below them are.
//!
//! Zeek (`#fields`), W3C (`#Fields:`), and files of separated values whose first line names them.
//! A file may have several: IIS writes one whenever it starts, and files are concatenated. So a
//! header holds from its place on, until the next.

use super::envelope;

/// What kind of header it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderKind {
    /// Zeek's `#fields`.
    Zeek,
    /// W3C's `#Fields:`.
    W3c,
    /// The first line of separated values.
    Separated,
}

/// The names of columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub kind: HeaderKind,
    pub names: Vec<String>,
    /// Between columns.
    pub separator: u8,
    /// Zeek's `#path`, W3C's `#Software`; may be empty.
    pub product: String,
    /// W3C's `#Date`, for lines that have a time only; may be empty.
    pub date: String,
}

impl Header {
    /// Whether there is a column of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// The headers of one input, by their places.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers {
    list: Vec<(u64, Header)>,
    preamble: Preamble,
}

/// What was said before `#fields`.
#[derive(Debug, Clone)]
struct Preamble {
    separator: u8,
    product: String,
    date: String,
}

impl Default for Preamble {
    fn default() -> Self {
        Self { separator: b'\t', product: String::new(), date: String::new() }
    }
}

/// Whether a line is one that [`Headers::learn`] goes by wherever it stands in the input.
pub(crate) fn is_directive(line: &[u8]) -> bool {
    const DIRECTIVES: [&[u8]; 5] = [b"#fields", b"#separator", b"#path", b"#software:", b"#date:"];
    let begins =
        |with: &&[u8]| line.get(..with.len()).is_some_and(|line| line.eq_ignore_ascii_case(with));
    DIRECTIVES.iter().any(begins)
}

impl Headers {
    /// Learns from a part of the input that begins at a line's beginning. Parts come in order:
    /// what is said in one holds in the next.
    pub(crate) fn learn(&mut self, offset: u64, text: &[u8]) {
        let mut at = 0;
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            let place = offset + at as u64;
            at += line.len();
            let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii_end();
            let Ok(line) = std::str::from_utf8(line) else { continue };
            if let Some(header) = header(line, &mut self.preamble) {
                self.list.push((place, header));
            }
        }
    }

    /// Forgets what holds for no line from this place on.
    pub(crate) fn forget(&mut self, offset: u64) {
        let above = self.list.partition_point(|&(place, _)| place <= offset);
        self.list.drain(..above.saturating_sub(1));
    }

    /// The header that holds for the line at this place.
    pub(crate) fn at(&self, offset: u64) -> Option<&Header> {
        let above = self.list.partition_point(|&(place, _)| place <= offset);
        above.checked_sub(1).map(|last| &self.list[last].1)
    }
}

fn header(line: &str, preamble: &mut Preamble) -> Option<Header> {
    let Some(directive) = line.strip_prefix('#').or_else(|| relayed(line)) else {
        return separated(line);
    };
    if let Some(separator) = directive.strip_prefix("separator ") {
        preamble.separator = match separator.trim().strip_prefix("\\x") {
            Some(hex) => u8::from_str_radix(hex, 16).unwrap_or(b'\t'),
            None => separator.bytes().next().unwrap_or(b'\t'),
        };
        preamble.product.clear();
        return None;
    }
    let separator = char::from(preamble.separator);
    if let Some(path) = directive.strip_prefix("path").and_then(|rest| rest.strip_prefix(separator))
    {
        path.trim().clone_into(&mut preamble.product);
        return None;
    }
    if let Some(fields) =
        directive.strip_prefix("fields").and_then(|rest| rest.strip_prefix(separator))
    {
        return Some(Header {
            kind: HeaderKind::Zeek,
            names: fields.split(separator).map(str::to_owned).collect(),
            separator: preamble.separator,
            product: preamble.product.clone(),
            date: String::new(),
        });
    }
    let (name, value) = directive.split_once(':')?;
    match name.to_ascii_lowercase().as_str() {
        "software" => value.trim().clone_into(&mut preamble.product),
        "date" => value.trim().clone_into(&mut preamble.date),
        "fields" => {
            // IIS writes spaces, others tabs.
            return Some(Header {
                kind: HeaderKind::W3c,
                names: value.split_ascii_whitespace().map(str::to_owned).collect(),
                separator: if value.trim().contains('\t') { b'\t' } else { b' ' },
                product: preamble.product.clone(),
                date: preamble.date.clone(),
            });
        }
        _ => {}
    }
    None
}

/// A directive of W3C's that a relay has put its own header before.
fn relayed(line: &str) -> Option<&str> {
    const FAR: usize = 256;
    let near = line.as_bytes().get(..FAR).unwrap_or(line.as_bytes());
    let is_marked = memchr::memchr_iter(b'#', near).any(|at| {
        let rest = &line[at + 1..];
        ["Fields: ", "Software: ", "Date: "].iter().any(|mark| rest.starts_with(mark))
    });
    if is_marked { envelope::bare(line).strip_prefix('#') } else { None }
}

/// Names of columns are made of these.
const TELLING: &[&str] = &[
    "ip", "addr", "src", "dst", "source", "dest", "time", "date", "query", "domain", "host", "url",
    "port", "byte", "action", "proto", "user", "client", "server", "event", "rule",
];

fn separated(line: &str) -> Option<Header> {
    // rwcut's titles are aligned to the right.
    let line = line.trim_start();
    // A header is short, and says no address and no time.
    if line.len() > 8192 || !line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '"') {
        return None;
    }
    // Nearly every line has one of these soon, and no name of a column has.
    if memchr::memchr3(b':', b'=', b'{', line.as_bytes()).is_some() {
        return None;
    }
    let separator =
        *b",;\t| ".iter().find(|&&byte| line.bytes().filter(|&b| b == byte).count() >= 2)?;
    let names = || {
        let names = line.split(char::from(separator)).map(|name| name.trim().trim_matches('"'));
        names.filter(move |name| separator != b' ' || !name.is_empty())
    };
    let is_name = |name: &str| {
        // Log Analytics' exports say the zone there.
        let name = name.strip_suffix(" [UTC]").unwrap_or(name);
        name.is_empty()
            || name.len() <= 64
                && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && !name.contains(['=', ':', '{', '['])
                && name.chars().all(|c| c.is_ascii_alphanumeric() || " _-./()#&+".contains(c))
    };
    if !names().all(is_name) {
        return None;
    }
    let is_telling = |name: &&str| {
        let name = name.to_ascii_lowercase();
        TELLING.iter().any(|part| name.contains(part))
    };
    let (telling, count) = (names().filter(is_telling).count(), names().count());
    let is_header = telling >= 2
        // Sentences have words, too: without commas only names like `srcaddr` count.
        && (separator != b' ' || telling * 3 >= count && count >= 4);
    is_header.then(|| Header {
        kind: HeaderKind::Separated,
        names: names().map(str::to_owned).collect(),
        separator,
        product: String::new(),
        date: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_hold_until_the_next() {
        let text = b"#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\n1\t2\n\
            #Software: IIS\r\n#Fields: date time c-ip\r\nx y z\r\n";
        let mut headers = Headers::default();
        headers.learn(100, text);
        assert_eq!(headers.at(99), None);
        let zeek = headers.at(150).unwrap();
        assert_eq!((zeek.kind, zeek.product.as_str()), (HeaderKind::Zeek, "conn"));
        assert_eq!(zeek.names, ["ts", "id.orig_h"]);
        let w3c = headers.at(1000).unwrap();
        assert_eq!((w3c.kind, w3c.product.as_str()), (HeaderKind::W3c, "IIS"));
        assert_eq!(w3c.names, ["date", "time", "c-ip"]);
    }

    #[test]
    fn what_is_said_in_one_part_holds_in_the_next() {
        let mut headers = Headers::default();
        headers.learn(0, b"#separator |\n#path|conn\n#fields|ts|uid\n");
        headers.learn(1000, b"#path|dns\n");
        headers.learn(1010, b"#fields|ts|query\n");
        assert_eq!(headers.at(1009).unwrap().product, "conn");
        assert_eq!(headers.at(1010).unwrap().product, "dns");
        assert_eq!(headers.at(1010).unwrap().names, ["ts", "query"]);
        headers.forget(1009);
        assert_eq!(headers.at(1009).unwrap().product, "conn");
        headers.forget(1010);
        assert_eq!(headers.at(1009), None);
        assert_eq!(headers.at(1010).unwrap().product, "dns");
    }

    #[test]
    fn directives_behind_a_relays_header() {
        let text = b"Jun 10 06:13:20 web1 iis: #Software: IIS 10\n\
            <13>1 2024-06-10T06:13:20Z web1 iis - - - #Fields: date time c-ip\n\
            Jun 10 06:13:20 web1 app: he said #Fields: a b c\n";
        let mut headers = Headers::default();
        headers.learn(0, text);
        let header = headers.at(1000).unwrap();
        assert_eq!(header.names, ["date", "time", "c-ip"]);
        assert_eq!(header.product, "IIS 10");
    }

    #[test]
    fn directives() {
        for (line, expected) in [
            ("#fields\tts", true),
            ("#Fields: date", true),
            ("#separator \\x09", true),
            ("#Date: 2024-06-10", true),
            ("#close\t2024", false),
            ("# a comment", false),
            ("#fie", false),
        ] {
            assert_eq!(is_directive(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn first_lines_of_separated_values() {
        for (line, separator) in [
            ("Timestamp,Source IP,Destination IP,Action", Some(b',')),
            ("\"Date\";\"Src\";\"Dst\"", Some(b';')),
            ("\"TimeGenerated [UTC]\",SourceIp,Action", Some(b',')),
            (
                "version account-id interface-id srcaddr dstaddr srcport dstport protocol",
                Some(b' '),
            ),
            ("2024-06-10,10.0.0.1,10.0.0.2,allow", None),
            ("Jun 10 06:13:20 host kernel: user time", None),
            ("the user did this at that time on his own host and then he left", None),
            ("a,b", None),
            ("Hello, world, this is text", None),
        ] {
            let header = separated(line);
            assert_eq!(header.map(|header| header.separator), separator, "{line}");
        }
    }
}
