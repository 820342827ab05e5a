//! Texts that only CPython has: docstrings, what `sys` says of the interpreter.

use refdrift_trace::TextAnswer;

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::types;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// A text that only the interpreter has, by its path (a module, then attributes), as a new `str`.
    pub(crate) fn text_of_cpython(&mut self, path: &[&str]) -> PyResult {
        self.find_text_of_cpython(path).ok_or_else(|| self.unsupported(Missing::Name, path.join(".")))
    }

    /// The same; none if there is no such text, or nobody to ask.
    pub(crate) fn find_text_of_cpython(&mut self, path: &[&str]) -> Option<Owned> {
        let host = self.host.clone()?;
        match host.text(path).ok()? {
            TextAnswer::Missing => None,
            TextAnswer::None => Some(self.none()),
            TextAnswer::Text(text) => Some(self.str(text)),
        }
    }

    /// The text in the `__dict__` of a builtin type: it was there before.
    pub(crate) fn docstring_of(&mut self, class: Ref) -> PyResult<Ref> {
        if let Some(&known) = self.imports.docstrings.get(&class) {
            return Ok(known);
        }
        let native = self.class(class).native;
        let text = self.text_of_cpython(&[native.module, native.name, "__doc__"])?;
        let place = text.borrow();
        if place == types::NONE {
            self.release(text);
        } else {
            self.heap.add_to_library(text.into_ref());
        }
        self.imports.docstrings.insert(class, place);
        Ok(place)
    }

    /// Gives a module the text that CPython's has there, if it has one.
    pub(super) fn set_text_of_cpython(&mut self, dict: Ref, module: &str, attribute: &str) {
        if let Some(text) = self.find_text_of_cpython(&[module, attribute]) {
            self.set_module_attribute(dict, attribute, text.borrow());
            self.release(text);
        }
    }
}
