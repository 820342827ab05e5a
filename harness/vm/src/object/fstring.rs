//! Formatting as f-strings and `format()` do it.

use crate::heap::{Owned, Ref};
use crate::types::{self, str::ascii_escaped};
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `format(value, spec)` (`PyObject_Format`). Without a specification an exact `str` is itself.
    pub(crate) fn format_value(&mut self, value: Ref, spec: Option<Ref>) -> PyResult {
        if let Some(spec) = spec
            && self.text(spec).is_none()
        {
            let message = format!("Format specifier must be a string, not {}", self.type_name(spec));
            return Err(self.raise(types::SYSTEM_ERROR, message));
        }
        let plain = spec.is_none_or(|spec| self.expect_text(spec).is_empty());
        if plain && matches!(self.class_of(value), types::STR | types::INT) {
            return self.str_of(value);
        }
        let Some(method) = self.lookup_special(value, "__format__")? else {
            let message = format!("Type {} doesn't define __format__", self.type_name(value));
            return Err(self.type_error(message));
        };
        // Without a specification an empty one is taken for the length of the call.
        let empty = spec.is_none().then(|| self.retain(types::EMPTY_STR));
        let formatted = self.call_pos(method.borrow(), &[spec.unwrap_or(types::EMPTY_STR)]);
        self.release(method);
        self.release_option(empty);
        let formatted = formatted?;
        if self.text(formatted.borrow()).is_some() {
            return Ok(formatted);
        }
        let message = format!("__format__ must return a str, not {}", self.type_name(formatted.borrow()));
        self.release(formatted);
        Err(self.type_error(message))
    }

    /// `''.join(pieces)` of strings that an f-string is made of: a single exact one is itself, several are always a new
    /// object.
    pub(crate) fn build_string(&mut self, pieces: &[Ref]) -> PyResult {
        self.join_strings(types::EMPTY_STR, pieces)
    }

    /// `ascii(object)`: a `repr` that is ASCII already is that object.
    pub(crate) fn ascii(&mut self, object: Ref) -> PyResult {
        let repr = self.repr(object)?;
        if self.str_payload(repr.borrow()).is_ascii() {
            return Ok(repr);
        }
        let text = ascii_escaped(self.expect_text(repr.borrow()));
        let escaped: Owned = self.str(text);
        self.release(repr);
        Ok(escaped)
    }
}
