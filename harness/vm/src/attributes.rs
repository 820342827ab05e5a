//! Which attributes a type or a module has here: what coverage holds against CPython's `dir()`.

use std::collections::BTreeSet;

use crate::heap::Ref;
use crate::object::class::Arity;
use crate::object::value::Value;
use crate::types::function::NativeKind;
use crate::vm::Vm;

impl Vm {
    /// What `dir()` of a type or a module gives, less the names that are there only to say that they are unsupported.
    pub(crate) fn attributes_here(&self, object: Ref) -> Vec<String> {
        let mut names = BTreeSet::new();
        match &self.heap[object].value {
            Value::Type(_) => {
                for class in self.mro(object) {
                    self.add_names(&mut names, self.class_entries(class).into_iter());
                }
            }
            Value::Module(module) => {
                let entries = self.dict(module.dict.borrow()).into_iter().flat_map(crate::types::dict::Dict::iter);
                self.add_names(&mut names, entries.map(|entry| (entry.key.borrow(), entry.value.borrow())));
            }
            _ => {}
        }
        names.into_iter().collect()
    }

    fn add_names(&self, names: &mut BTreeSet<String>, entries: impl Iterator<Item = (Ref, Ref)>) {
        let works = entries.filter(|&(_, value)| !self.only_says_unsupported(value));
        names.extend(works.filter_map(|(name, _)| self.text(name)).map(str::to_owned));
    }

    fn only_says_unsupported(&self, value: Ref) -> bool {
        if self.class_of(value) == crate::types::ABSENT {
            return true;
        }
        match &self.heap[value].value {
            Value::NativeFunction(function) => {
                matches!(function.what, NativeKind::Missing)
                    || matches!(function.what, NativeKind::Method(method) if method.arity == Arity::Unsupported)
            }
            _ => false,
        }
    }
}
