//! What dialects have in common: values with names, and texts to walk over.

pub(crate) mod dns;
pub(crate) mod json;
mod names;
pub(crate) mod pairs;
pub(crate) mod row;
pub(crate) mod words;
pub(crate) mod xml;

use super::field::Field;
use super::value::Value;

/// Something that has values by name: pairs, a JSON object, a row below a header.
pub(crate) trait Named<'a> {
    /// The value of a name. Case does not matter.
    fn get(&self, name: &str) -> Option<Value<'a>>;

    /// Every value of a name, where there may be several.
    fn each(&self, name: &str, take: &mut dyn FnMut(Value<'a>)) {
        if let Some(value) = self.get(name) {
            take(value);
        }
    }

    /// Whether there is a value of that name.
    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether the value of a name is this text. Case does not matter.
    fn is(&self, name: &str, text: &str) -> bool {
        self.get(name).is_some_and(|value| value.text.eq_ignore_ascii_case(text))
    }
}

impl<'a, T: Named<'a>> Named<'a> for &T {
    fn get(&self, name: &str) -> Option<Value<'a>> {
        (**self).get(name)
    }

    fn each(&self, name: &str, take: &mut dyn FnMut(Value<'a>)) {
        (**self).each(name, take);
    }
}

/// Which names hold which field, the best name first.
pub(crate) type Table = [(Field, &'static [&'static str])];
