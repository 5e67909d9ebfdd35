//! Undoing the notations that keep an indicator from being clicked.

use std::borrow::Cow;

/// What stands in brackets for what. Compared without regard to case.
const BRACKETED: [(&str, &str); 7] =
    [(".", "."), ("dot", "."), (":", ":"), ("://", "://"), ("/", "/"), ("at", "@"), ("@", "@")];

/// Schemes as they are written to make a link dead, and what was meant.
const SCHEMES: [(&str, &str); 7] = [
    ("hxxps", "https"),
    ("hxxp", "http"),
    ("htxps", "https"),
    ("htxp", "http"),
    ("h**ps", "https"),
    ("h**p", "http"),
    ("fxp", "ftp"),
];

/// Undoes defanging.
///
/// `[.]`, `[dot]`, `[:]`, `[://]`, `[/]`, `[at]`, `[@]`, all of them also in round or curly
/// brackets and in any case, anywhere in the text; a scheme `hxxp`, `htxp`, `h**p` or `fxp` at its
/// beginning. Nothing else is touched, and refanging twice is refanging once. There is no standard
/// for any of this: these are the forms that published reports and exchange formats use.
///
/// ```
/// use flaxscan::indicator::refang;
///
/// assert_eq!(refang("hxxps[:]//c0cc[.]cc/x"), "https://c0cc.cc/x");
/// assert_eq!(refang("ops(at)k3121[dot]com"), "ops@k3121.com");
/// ```
#[must_use]
pub fn refang(text: &str) -> Cow<'_, str> {
    let closing = |byte| matches!(byte, b']' | b')' | b'}');
    let plain = if text.bytes().any(closing) { unbracket(text) } else { Cow::Borrowed(text) };
    match dead_scheme(&plain) {
        Some((written, meant)) => Cow::Owned(format!("{meant}{}", &plain[written.len()..])),
        None => plain,
    }
}

/// Works as a stack: only a closing bracket can complete a token, and what stands before it never
/// changes again, so that nested brackets are undone in one pass and none is left over.
fn unbracket(text: &str) -> Cow<'_, str> {
    let mut plain = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        let open = match byte {
            b']' => '[',
            b')' => '(',
            b'}' => '{',
            _ => continue,
        };
        plain.push_str(&text[copied..at]);
        copied = at;
        let replaced = BRACKETED.into_iter().find_map(|(written, meant)| {
            let start = plain.len().checked_sub(written.len())?;
            let tail = plain.get(start..)?;
            let before = plain[..start].strip_suffix(open)?.len();
            tail.eq_ignore_ascii_case(written).then_some((before, meant))
        });
        if let Some((before, meant)) = replaced {
            plain.truncate(before);
            plain.push_str(meant);
            copied = at + 1;
        }
    }
    plain.push_str(&text[copied..]);
    if plain.len() == text.len() { Cow::Borrowed(text) } else { Cow::Owned(plain) }
}

fn dead_scheme(text: &str) -> Option<(&'static str, &'static str)> {
    // The first byte rules nearly everything out.
    if !matches!(text.as_bytes().first(), Some(b'h' | b'H' | b'f' | b'F')) {
        return None;
    }
    SCHEMES.into_iter().find(|(written, _)| {
        text.get(..written.len()).is_some_and(|head| head.eq_ignore_ascii_case(written))
            && text[written.len()..].starts_with(':')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_forms() {
        for (written, meant) in [
            ("45.77.231[.]209", "45.77.231.209"),
            ("c0cc(.)cc", "c0cc.cc"),
            ("c0cc{.}cc", "c0cc.cc"),
            ("c0cc[DOT]cc", "c0cc.cc"),
            ("c0cc(dot)cc", "c0cc.cc"),
            ("hXXp://c0cc.cc", "http://c0cc.cc"),
            ("hxxps[:]//c0cc[.]cc[/]x", "https://c0cc.cc/x"),
            ("hxxp[://]c0cc.cc", "http://c0cc.cc"),
            ("h**p://c0cc.cc", "http://c0cc.cc"),
            ("fxp://c0cc.cc", "ftp://c0cc.cc"),
            ("a[at]c0cc.cc", "a@c0cc.cc"),
            ("a[@]c0cc.cc", "a@c0cc.cc"),
            ("2001[:]db8[:][:]1", "2001:db8::1"),
            ("c0cc[[.]]cc", "c0cc.cc"),
        ] {
            assert_eq!(refang(written), meant);
        }
    }

    #[test]
    fn the_rest_stays() {
        for text in ["[2001:db8::1]:443", "hxxp.example.com", "c0cc[.)cc", "c0cc.cc/a[1]", "[dot"] {
            assert!(matches!(refang(text), Cow::Borrowed(_)), "{text}");
            assert_eq!(refang(text), text);
        }
    }

    proptest! {
        #[test]
        fn twice_is_once(text in "[\\[\\](){}.:/@dothxpDOTäf*]{0,40}") {
            let once = refang(&text);
            prop_assert_eq!(refang(&once), once.as_ref());
        }
    }
}
