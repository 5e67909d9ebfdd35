//! The fields of a record, by the names of the Elastic Common Schema.

/// What a field takes, and how it is normalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// An address; `address:port` sets the port too, a name goes to the sibling `domain`.
    Address,
    /// 0 to 65535.
    Port,
    /// A whole number.
    Count,
    /// A name in the DNS: lower case, no final dot. Windows' `(3)www(2)cc(0)` is one.
    Name,
    /// Hex digits, lower case; pairs may be separated.
    Digest,
    /// As it stands.
    Text,
    /// A URL: sets `url.domain` too.
    Url,
    /// A protocol's name or number.
    Transport,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal: $form:ident;)*) => {
        /// A field of a [`Record`](super::Record).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Field {
            $($(#[$doc])* $variant,)*
        }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in the Elastic Common Schema, or in the hit document.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub(crate) const fn form(self) -> Form {
                match self { $(Self::$variant => Form::$form,)* }
            }
        }
    };
}

fields! {
    /// Who opened the connection, or asked.
    SourceIp = "source.ip": Address;
    /// Its port.
    SourcePort = "source.port": Port;
    /// Its name, where the line names it.
    SourceDomain = "source.domain": Name;
    /// Bytes it sent.
    SourceBytes = "source.bytes": Count;
    /// Packets it sent.
    SourcePackets = "source.packets": Count;
    /// Bytes it sent since the session's last line, where `source.bytes` counts from its beginning.
    SourceDelta = "flaxscan.delta.source_bytes": Count;
    /// What it was translated to.
    SourceNatIp = "source.nat.ip": Address;
    /// What its port was translated to.
    SourceNatPort = "source.nat.port": Port;
    /// Who was talked to, or answered.
    DestinationIp = "destination.ip": Address;
    /// Its port.
    DestinationPort = "destination.port": Port;
    /// Its name, where the line names it.
    DestinationDomain = "destination.domain": Name;
    /// Bytes it sent.
    DestinationBytes = "destination.bytes": Count;
    /// Packets it sent.
    DestinationPackets = "destination.packets": Count;
    /// The same of `destination.bytes`.
    DestinationDelta = "flaxscan.delta.destination_bytes": Count;
    /// What it was translated to, or from.
    DestinationNatIp = "destination.nat.ip": Address;
    /// The same of its port.
    DestinationNatPort = "destination.nat.port": Port;
    /// `tcp`, `udp`, `icmp`.
    Transport = "network.transport": Transport;
    /// `dns`, `tls`, `http`.
    Protocol = "network.protocol": Text;
    /// Bytes of both sides, where the line has no more.
    NetworkBytes = "network.bytes": Count;
    /// Packets of both sides.
    NetworkPackets = "network.packets": Count;
    /// Who is behind a proxy: `X-Forwarded-For`. May be there several times.
    ForwardedIp = "network.forwarded_ip": Address;
    /// The name that was asked for.
    QuestionName = "dns.question.name": Name;
    /// `A`, `AAAA`, `PTR`.
    QuestionType = "dns.question.type": Text;
    /// `NOERROR`, `NXDOMAIN`.
    ResponseCode = "dns.response_code": Text;
    /// An address of the answer. May be there several times.
    ResolvedIp = "dns.resolved_ip": Address;
    /// What else is in the answer: names, texts. May be there several times.
    Answer = "dns.answers.data": Text;
    /// The URL as it stands; a path where the line has no more.
    Url = "url.original": Url;
    /// Its host.
    UrlDomain = "url.domain": Name;
    /// The page that was linked from.
    Referrer = "http.request.referrer": Text;
    /// `GET`, `CONNECT`.
    Method = "http.request.method": Text;
    /// 200, 403.
    Status = "http.response.status_code": Count;
    /// What the client calls itself.
    UserAgent = "user_agent.original": Text;
    /// The name in the TLS client hello.
    ServerName = "tls.client.server_name": Name;
    /// Fingerprint of the client hello.
    Ja3 = "tls.client.ja3": Text;
    /// Fingerprint of the server hello.
    Ja3s = "tls.server.ja3s": Text;
    /// The server certificate's subject.
    CertificateSubject = "tls.server.subject": Text;
    /// The server certificate's issuer.
    CertificateIssuer = "tls.server.issuer": Text;
    /// The server certificate's fingerprint.
    CertificateMd5 = "tls.server.hash.md5": Digest;
    /// The server certificate's fingerprint; any length goes to the field of that length.
    CertificateSha1 = "tls.server.hash.sha1": Digest;
    /// The server certificate's fingerprint.
    CertificateSha256 = "tls.server.hash.sha256": Digest;
    /// A file's hash.
    FileMd5 = "file.hash.md5": Digest;
    /// A file's hash; any length goes to the field of that length.
    FileSha1 = "file.hash.sha1": Digest;
    /// A file's hash.
    FileSha256 = "file.hash.sha256": Digest;
    /// A file's hash.
    FileSha512 = "file.hash.sha512": Digest;
    /// A file's name.
    FileName = "file.name": Text;
    /// The program that did it.
    Executable = "process.executable": Text;
    /// Whose account.
    UserName = "user.name": Text;
    /// Who sent a message.
    EmailFrom = "email.from.address": Text;
    /// Who was to get it. May be there several times.
    EmailTo = "email.to.address": Text;
    /// The machine that it happened on.
    HostName = "host.name": Text;
    /// The firewall, sensor or proxy that saw it.
    ObserverName = "observer.hostname": Text;
    /// The rule that decided.
    RuleName = "rule.name": Text;
    /// What the device did, in its own word; also sets the verdict.
    Action = "event.action": Text;
}

impl Field {
    /// Whether a record may have it several times.
    pub(crate) const fn is_list(self) -> bool {
        matches!(self, Self::ResolvedIp | Self::Answer | Self::ForwardedIp | Self::EmailTo)
    }

    /// Where the port goes that stands behind an address.
    pub(crate) const fn port(self) -> Option<Self> {
        match self {
            Self::SourceIp => Some(Self::SourcePort),
            Self::DestinationIp => Some(Self::DestinationPort),
            Self::SourceNatIp => Some(Self::SourceNatPort),
            Self::DestinationNatIp => Some(Self::DestinationNatPort),
            _ => None,
        }
    }

    /// Where a name goes that stands in an address's place.
    pub(crate) const fn domain(self) -> Option<Self> {
        match self {
            Self::SourceIp => Some(Self::SourceDomain),
            Self::DestinationIp => Some(Self::DestinationDomain),
            Self::ResolvedIp => Some(Self::Answer),
            _ => None,
        }
    }

    /// Where an address goes that stands in a name's place.
    pub(crate) const fn address(self) -> Option<Self> {
        match self {
            Self::SourceDomain => Some(Self::SourceIp),
            Self::DestinationDomain => Some(Self::DestinationIp),
            _ => None,
        }
    }

    /// Where a digest of so many hex digits goes.
    pub(crate) const fn digest(self, len: usize) -> Option<Self> {
        let is_certificate =
            matches!(self, Self::CertificateMd5 | Self::CertificateSha1 | Self::CertificateSha256);
        match (is_certificate, len) {
            (true, 32) => Some(Self::CertificateMd5),
            (true, 40) => Some(Self::CertificateSha1),
            (true, 64) => Some(Self::CertificateSha256),
            (false, 32) => Some(Self::FileMd5),
            (false, 40) => Some(Self::FileSha1),
            (false, 64) => Some(Self::FileSha256),
            (false, 128) => Some(Self::FileSha512),
            _ => None,
        }
    }
}
