//! Building a string bit by bit, as CPython's `_PyUnicodeWriter` does it as far as programs can see.

use crate::heap::{Owned, Ref};
use crate::vm::Vm;

/// A string in the making. If all of it turns out to be one string that was written last, the result is that object.
pub(crate) struct Writer {
    text: String,
    /// The one string written so far.
    whole: Option<Owned>,
    /// Nothing comes after what is written now (`overallocate` is off).
    last: bool,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self { text: String::new(), whole: None, last: false }
    }

    /// Nothing comes after what is written next.
    pub(crate) fn expect_end(&mut self) {
        self.last = true;
    }

    /// Writes an object that is a string.
    pub(crate) fn write(&mut self, vm: &mut Vm, string: Ref) {
        if vm.expect_text(string).is_empty() {
            return;
        }
        if self.last && self.text.is_empty() {
            self.whole = Some(vm.retain(string));
            return;
        }
        self.push_text(vm.expect_text(string));
    }

    /// Writes text that is no object.
    pub(crate) fn push_text(&mut self, text: &str) {
        debug_assert!(self.whole.is_none(), "something comes after the last");
        self.text.push_str(text);
    }

    /// How long the text is.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// The string.
    pub(crate) fn finish(self, vm: &mut Vm) -> Owned {
        match self.whole {
            Some(whole) => whole,
            None => vm.str(self.text),
        }
    }

    /// No string after all.
    pub(crate) fn abandon(self, vm: &mut Vm) {
        vm.release_option(self.whole);
    }
}
