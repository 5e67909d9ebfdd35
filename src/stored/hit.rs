//! The hit document as types, by the names of the Elastic Common Schema.
//!
//! Whatever a hit does not say is empty or `None`. Fields that are not known are passed over, so
//! that documents of a later version can be read.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

macro_rules! object {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Default, Deserialize)]
            #[serde(default)]
            #[non_exhaustive]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
            }
        )*
    };
}

/// A word of a fixed set, or what a document has in its place. A scan makes hits by the thousand, and
/// such words need no memory of their own.
pub type Word = Cow<'static, str>;

/// One hit.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct StoredHit {
    /// The event's own time.
    #[serde(rename = "@timestamp")]
    pub timestamp: Option<Timestamp>,
    /// What kind of line it was, and what the device did.
    pub event: Event,
    /// What was hit.
    pub threat: Threat,
    /// Every address, name and hash of the indicators.
    #[serde(default)]
    pub related: Related,
    /// Where the line stands.
    pub log: Log,
    /// Who opened the connection, or asked.
    #[serde(default)]
    pub source: Endpoint,
    /// Who was talked to, or answered.
    #[serde(default)]
    pub destination: Endpoint,
    /// How they talked.
    #[serde(default)]
    pub network: Network,
    /// What was asked, and the answer.
    #[serde(default)]
    pub dns: Dns,
    /// What was fetched.
    #[serde(default)]
    pub url: Url,
    /// How it was fetched.
    #[serde(default)]
    pub http: Http,
    /// What the client calls itself.
    #[serde(default)]
    pub user_agent: Original,
    /// The TLS session.
    #[serde(default)]
    pub tls: Tls,
    /// A file that was seen.
    #[serde(default)]
    pub file: File,
    /// The program that did it.
    #[serde(default)]
    pub process: Process,
    /// Whose account.
    #[serde(default)]
    pub user: User,
    /// A message.
    #[serde(default)]
    pub email: Email,
    /// The machine that it happened on.
    #[serde(default)]
    pub host: Named,
    /// The device that saw it.
    #[serde(default)]
    pub observer: Host,
    /// The rule that decided.
    #[serde(default)]
    pub rule: Named,
    /// What ECS has no name for.
    pub flaxscan: Own,
}

/// `event`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The recognised format, or `unrecognised`.
    pub dataset: Word,
    /// What the device did, in its own word.
    pub action: Option<String>,
    /// `success` or `failure`.
    pub outcome: Option<Word>,
    /// 0 to 100.
    pub severity: Option<u8>,
    /// When the scan began.
    pub ingested: Timestamp,
    /// The line, at most 64 KiB of it.
    pub original: String,
}

/// `threat`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Threat {
    /// The best indicator. Hits of the same one may share it.
    pub indicator: Arc<Indicator>,
    /// Every indicator that matched, the best one first.
    pub enrichments: Vec<Enrichment>,
    /// Whose infrastructure it is.
    pub group: Option<Arc<Group>>,
}

/// `log`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Log {
    /// The input.
    pub file: LogFile,
    /// Where the line begins in the decoded input, in bytes.
    pub offset: u64,
}

/// `log.file`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct LogFile {
    /// The input as it was given; a member of an archive as `outer.zip!inner.log`.
    pub path: Arc<str>,
}

/// `flaxscan`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Own {
    /// From 1.
    pub line: u64,
    /// From 1, in bytes.
    pub column: u64,
    /// The bytes as they stood.
    pub matched: String,
    /// `exact`, `subdomain`, `in-range`, `url-prefix`, `embedded` or `literal`.
    pub relation: Word,
    /// What was looked through.
    #[serde(default)]
    pub encoding: Vec<Word>,
    /// `infrastructure` or `sanctioned-entity`.
    pub class: Word,
    /// `inside`, `before`, `after` or `unknown`.
    pub window: Option<Word>,
    /// Why it is as severe as it is, in a sentence.
    pub assessment: Option<String>,
    /// What was assumed to read the line.
    #[serde(default)]
    pub assumed: Vec<Word>,
    /// `allowed` or `blocked`.
    pub verdict: Option<Word>,
    /// What is new of the bytes that a session has sent so far.
    #[serde(default)]
    pub delta: Delta,
    /// Whether the line was longer than what is kept of it.
    #[serde(default)]
    pub truncated: bool,
    /// The version of the hit document.
    pub schema: u32,
    /// The version of flaxscan.
    pub version: Word,
}

/// `flaxscan.delta`: bytes since the session's last line, where those of `source` and `destination`
/// count from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
pub struct Delta {
    /// Of `source.bytes`.
    pub source_bytes: Option<u64>,
    /// Of `destination.bytes`.
    pub destination_bytes: Option<u64>,
}

/// `threat.enrichments[]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Enrichment {
    /// The indicator. Hits of the same one may share it.
    pub indicator: Arc<Indicator>,
    /// How it was matched.
    pub matched: Matched,
}

object! {
    /// `threat.indicator`: what is published about an indicator.
    Indicator {
        /// Its canonical value.
        name: String,
        /// `ipv4-addr`, `ipv6-addr`, `domain-name`, `url`, `email-addr`, `file`,
        /// `x509-certificate`, …
        r#type: String,
        /// An address.
        ip: Option<String>,
        /// A name or a URL.
        url: Option<IndicatorUrl>,
        /// When it was first seen, as published.
        first_seen: Option<Timestamp>,
        /// When it was last seen, as published.
        last_seen: Option<Timestamp>,
        /// `High`, `Medium`, `Low` or `Not Specified`.
        confidence: String,
        /// What it is.
        description: String,
        /// Who published it.
        provider: String,
        /// Where.
        reference: String,
    }

    /// `threat.indicator.url`.
    IndicatorUrl {
        /// The canonical URL.
        original: Option<String>,
        /// Its host; of a name, the name.
        domain: String,
    }

    /// `threat.enrichments[].matched`.
    Matched {
        /// The bytes as they stood.
        atomic: String,
        /// The ECS field that they stood in, or `message`.
        field: Word,
    }

    /// `threat.group`.
    Group {
        /// Its best known name.
        name: String,
        /// Its other names.
        alias: Vec<String>,
    }

    /// `related`.
    Related {
        /// Addresses.
        ip: Vec<String>,
        /// Names.
        hosts: Vec<String>,
        /// Digests.
        hash: Vec<String>,
    }

    /// `source` and `destination`.
    Endpoint {
        /// Its address.
        ip: Option<IpAddr>,
        /// Its port.
        port: Option<u16>,
        /// Its name, where the line names it.
        domain: Option<String>,
        /// Bytes it sent.
        bytes: Option<u64>,
        /// Packets it sent.
        packets: Option<u64>,
        /// What it was translated to.
        nat: Nat,
    }

    /// `source.nat` and `destination.nat`.
    Nat {
        /// The address.
        ip: Option<IpAddr>,
        /// The port.
        port: Option<u16>,
    }

    /// `network`.
    Network {
        /// `tcp`, `udp`, `icmp`.
        transport: Option<String>,
        /// `dns`, `tls`, `http`.
        protocol: Option<String>,
        /// `inbound`, `outbound`, `internal` or `external`.
        direction: Option<Word>,
        /// Bytes of both sides, where the line has no more.
        bytes: Option<u64>,
        /// Packets of both sides.
        packets: Option<u64>,
        /// Who is behind a proxy.
        forwarded_ip: Vec<IpAddr>,
    }

    /// `dns`.
    Dns {
        /// What was asked.
        question: Question,
        /// `NOERROR`, `NXDOMAIN`.
        response_code: Option<String>,
        /// Addresses of the answer.
        resolved_ip: Vec<IpAddr>,
        /// The whole answer.
        answers: Vec<Answer>,
    }

    /// `dns.question`.
    Question {
        /// The name that was asked for.
        name: Option<String>,
        /// `A`, `AAAA`, `PTR`.
        r#type: Option<String>,
    }

    /// `dns.answers[]`.
    Answer {
        /// An address, a name, a text.
        data: String,
    }

    /// `url`.
    Url {
        /// As it stands.
        original: Option<String>,
        /// Its host.
        domain: Option<String>,
    }

    /// `http`.
    Http {
        /// What was asked.
        request: Request,
        /// What came of it.
        response: Response,
    }

    /// `http.request`.
    Request {
        /// `GET`, `CONNECT`.
        method: Option<String>,
        /// The page that was linked from.
        referrer: Option<String>,
    }

    /// `http.response`.
    Response {
        /// 200, 403.
        status_code: Option<u64>,
    }

    /// `user_agent`.
    Original {
        /// As it stands.
        original: Option<String>,
    }

    /// `tls`.
    Tls {
        /// What the client said.
        client: Client,
        /// What the server said.
        server: Certificate,
    }

    /// `tls.client`.
    Client {
        /// The name that the client wants.
        server_name: Option<String>,
        /// Fingerprint of its hello.
        ja3: Option<String>,
    }

    /// `tls.server`.
    Certificate {
        /// Whose certificate.
        subject: Option<String>,
        /// Who signed it.
        issuer: Option<String>,
        /// Fingerprint of its hello.
        ja3s: Option<String>,
        /// The certificate's fingerprints.
        hash: Hashes,
    }

    /// `tls.server.hash` and `file.hash`.
    Hashes {
        /// 32 hex digits.
        md5: Option<String>,
        /// 40.
        sha1: Option<String>,
        /// 64.
        sha256: Option<String>,
        /// 128.
        sha512: Option<String>,
    }

    /// `file`.
    File {
        /// Its name.
        name: Option<String>,
        /// Its hashes.
        hash: Hashes,
    }

    /// `process`.
    Process {
        /// The program.
        executable: Option<String>,
    }

    /// `user`.
    User {
        /// The account.
        name: Option<String>,
    }

    /// `email`.
    Email {
        /// Who sent it.
        from: Header,
        /// Who was to get it.
        to: Address,
    }

    /// `email.from`.
    Header {
        /// The address.
        address: Option<String>,
    }

    /// `email.to`.
    Address {
        /// The addresses.
        address: Vec<String>,
    }

    /// `host` and `rule`.
    Named {
        /// The name.
        name: Option<String>,
    }

    /// `observer`.
    Host {
        /// Its name.
        hostname: Option<String>,
    }
}
