//! Domain names: RFC 1035 §2.3.4 lengths, UTS 46 for international ones, the public suffix list
//! for what is a name at all.

use psl::Type;

use super::canonical::ObservableError;
use super::suffix::public_suffix;

/// Last labels that no registry sells and that names inside networks end with. Somebody who looks
/// for `dc01.corp.local` means it, so they pass as if they were on the public suffix list.
///
/// RFC 2606, 6761 and 6762 (with its appendix G), RFC 9476, ICANN's reserved `internal`, and
/// `localdomain` as resolvers are shipped with. `arpa` and `onion` are on the list itself.
const PRIVATE_USE: [&str; 13] = [
    "alt",
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "private",
    "test",
];

/// The longest name in text form, without the last dot.
const NAME_LIMIT: usize = 253;
/// The longest label.
const LABEL_LIMIT: usize = 63;

/// A domain that can be an indicator: at least two labels, and not a public suffix.
pub(super) fn indicator(text: &str) -> Result<String, ObservableError> {
    let name = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).unwrap_or(text);
    let name = normalise(name)?;
    check_suffix(&name, true)?;
    Ok(name)
}

/// A name that a URL or mail address can have: `gov.pl` is a public suffix and has both.
pub(super) fn host(text: &str) -> Result<String, ObservableError> {
    let name = normalise(text)?;
    check_suffix(&name, false)?;
    Ok(name)
}

/// Lower-case A-label form without the last dot, lengths and characters checked.
fn normalise(text: &str) -> Result<String, ObservableError> {
    let name = if text.is_ascii() {
        // An A-label stands as it was registered: whether it is good Punycode does not matter to
        // somebody who looks for it.
        text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase()
    } else {
        // Not strict: names in the wild have underscores and hyphens in places.
        let mut name = idna::domain_to_ascii(text).map_err(|_| ObservableError::Idna)?;
        if name.ends_with('.') {
            name.pop();
        }
        name
    };
    if name.len() > NAME_LIMIT {
        return Err(ObservableError::NameTooLong);
    }
    let mut label = 0;
    for (at, byte) in name.bytes().enumerate() {
        match byte {
            b'.' if label == 0 => return Err(ObservableError::EmptyLabel),
            b'.' => label = 0,
            b'a'..=b'z' | b'0'..=b'9' | b'_' => label += 1,
            b'-' if at > 0 => label += 1,
            _ => return Err(ObservableError::NameCharacter(byte.into())),
        }
        if label > LABEL_LIMIT {
            return Err(ObservableError::LabelTooLong);
        }
    }
    if label == 0 { Err(ObservableError::EmptyLabel) } else { Ok(name) }
}

/// Whether `name` lies under a known top-level domain and, when it is to be an indicator, is not
/// itself a name under which the public registers.
fn check_suffix(name: &str, refuse_public: bool) -> Result<(), ObservableError> {
    let Some((_, last)) = name.rsplit_once('.') else {
        let found = public_suffix(name.as_bytes());
        return Err(if found.typ.is_some() {
            ObservableError::PublicSuffix(name.to_owned())
        } else {
            ObservableError::SingleLabel
        });
    };
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ObservableError::NumericSuffix);
    }
    let found = public_suffix(name.as_bytes());
    match found.typ {
        None if PRIVATE_USE.contains(&last) => Ok(()),
        None => Err(ObservableError::UnknownSuffix(last.to_owned())),
        Some(Type::Icann) if refuse_public && found.len == name.len() => {
            Err(ObservableError::PublicSuffix(name.to_owned()))
        }
        Some(_) => Ok(()),
    }
}
