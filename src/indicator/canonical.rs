//! Canonical form of an indicator value.

use super::kind::Kind;

/// A value in canonical form and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Observable {
    /// What the value is.
    pub kind: Kind,
    /// The canonical value: lower case but for URL paths and literals, not defanged, no trailing dot.
    pub value: String,
}

/// Why a text is no observable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ObservableError {
    /// There is nothing but white space.
    #[error("the value is empty")]
    Empty,
}

impl Observable {
    /// Recognises what `text` is and brings it into canonical form; defanged forms are accepted.
    ///
    /// # Errors
    /// [`ObservableError`] says what was expected.
    pub fn recognise(text: &str) -> Result<Self, ObservableError> {
        let _ = text;
        Err(ObservableError::Empty)
    }
}

/// Undoes defanging: `hxxp`, `[.]`, `(.)`, `{.}`, `[dot]`, `(dot)`, `[:]`, `[at]`, `[@]`, `[/]`.
#[must_use]
pub fn refang(text: &str) -> std::borrow::Cow<'_, str> {
    text.into()
}
