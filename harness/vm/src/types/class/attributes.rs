//! A class's own attributes, whatever its metatype says of them.

use crate::heap::Ref;
use crate::types::dict::Dict;
use crate::vm::Vm;

impl Vm {
    /// Sets an attribute in a class's own `__dict__`, whatever its metatype says.
    pub(crate) fn set_class_attribute(&mut self, class: Ref, name: Ref, value: Ref) {
        let hash = self.known_hash(name);
        let text = self.expect_text(name).to_owned();
        self.cache.invalidate();
        let Some(dict) = self.class_dict(class) else { return };
        let index = self.dict(dict).and_then(|table| table.find(hash, |key| key == name || self.text(key) == Some(&text)));
        if self.may_track(value) {
            self.track(dict);
        }
        let value = self.retain(value);
        let key = self.retain(name);
        let Some(table) = self.dict_mut(dict) else { return self.release_all(vec![key, value]) };
        match index {
            Some(index) => {
                let old = table.replace(index, value);
                self.release(key);
                self.release(old);
            }
            None => table.append(hash, key, value),
        }
    }

    /// Deletes an attribute from a class's own `__dict__`; whether there was one.
    pub(crate) fn delete_class_attribute(&mut self, class: Ref, name: Ref) -> bool {
        let (hash, text) = (self.known_hash(name), self.expect_text(name).to_owned());
        let Some(dict) = self.class_dict(class) else { return false };
        let index = self.dict(dict).and_then(|table| table.find(hash, |key| key == name || self.text(key) == Some(&text)));
        self.cache.invalidate();
        match index.and_then(|index| self.dict_mut(dict)?.remove(index)) {
            Some(entry) => {
                self.release(entry.key);
                self.release(entry.value);
                true
            }
            None => false,
        }
    }

    /// A class's own attributes, borrowed.
    pub(crate) fn class_entries(&self, class: Ref) -> Vec<(Ref, Ref)> {
        let table = self.class_dict(class).and_then(|dict| self.dict(dict));
        table.into_iter().flat_map(Dict::iter).map(|entry| (entry.key.borrow(), entry.value.borrow())).collect()
    }
}
