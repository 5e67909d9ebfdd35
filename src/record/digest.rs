//! Hashes and fingerprints: hex digits, bare or in pairs.

/// The hex digits of a hash, lower case: bare, or pairs separated by `:`, `-` or spaces. Anything
/// that is not 32, 40, 64 or 128 of them is no hash.
pub(crate) fn hex(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 128 * 2 {
        return None;
    }
    // `sha256:…`, `SHA1=…`.
    let text = match text.split_once([':', '=']) {
        Some((name, rest)) if name.to_ascii_lowercase().starts_with("sha") => rest,
        Some((name, rest)) if name.eq_ignore_ascii_case("md5") => rest,
        _ => text,
    };
    let mut digits = String::with_capacity(64);
    for c in text.chars() {
        match c {
            '0'..='9' | 'a'..='f' | 'A'..='F' => digits.push(c.to_ascii_lowercase()),
            ':' | '-' | ' ' if digits.len().is_multiple_of(2) => {}
            _ => return None,
        }
    }
    matches!(digits.len(), 32 | 40 | 64 | 128).then_some(digits)
}
