//! What the library remembers of its own import is forgotten before a snippet starts, as the observer has it forgotten.

use crate::heap::Ref;
use crate::object::value::Value;
use crate::vm::{PyResult, Vm};

/// The dicts in which `re` remembers what it compiled.
const PATTERNS: &[&str] = &["_cache", "_cache2"];

impl Vm {
    /// Empties the caches of functions, of patterns and of combined flags.
    pub(super) fn forget_what_import_cached(&mut self) -> PyResult<()> {
        crate::modules::functools::lru_cache::clear_all(self);
        if let Some(re) = self.loaded_module("re").and_then(|module| self.own_dict(module)) {
            for cache in PATTERNS.iter().filter_map(|name| self.dict_get_str(re, name)).collect::<Vec<_>>() {
                self.dict_clear(cache);
            }
        }
        let flags = self.loaded_module("enum").and_then(|module| self.own_dict(module));
        match flags.and_then(|dict| self.dict_get_str(dict, "Flag")) {
            Some(flag) => self.forget_combined(flag),
            None => Ok(()),
        }
    }

    /// Each run combines flags itself: takes out of the classes below `flag` what has no name of its own.
    fn forget_combined(&mut self, flag: Ref) -> PyResult<()> {
        if !matches!(self.heap[flag].value, Value::Type(_)) {
            return Ok(());
        }
        for class in self.class(flag).subclasses.clone() {
            let dict = |vm: &Self, name: &str| vm.class_dict(class).and_then(|dict| vm.dict_get_str(dict, name));
            if let (Some(by_value), Some(named)) = (dict(self, "_value2member_map_"), dict(self, "_member_map_")) {
                let named: Vec<Ref> =
                    self.dict(named).map_or_else(Vec::new, |dict| dict.iter().map(|e| e.value.borrow()).collect());
                let combined = self.dict(by_value).map_or_else(Vec::new, |dict| {
                    dict.iter().filter(|e| !named.contains(&e.value.borrow())).map(|e| e.key.borrow()).collect()
                });
                for value in combined {
                    self.dict_delete(by_value, value)?;
                }
            }
            self.forget_combined(class)?;
        }
        Ok(())
    }
}
