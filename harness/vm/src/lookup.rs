//! Attributes of types: the walk along the method resolution order, and its cache.

use crate::heap::Ref;
use crate::vm::Vm;

const SIZE: usize = 4096;

/// What was found last for a type and a name. All of it is forgotten whenever any type changes.
pub(crate) struct MethodCache {
    entries: Vec<Entry>,
    epoch: u32,
}

#[derive(Clone, Copy)]
struct Entry {
    class: Ref,
    name: Ref,
    epoch: u32,
    found: Option<Ref>,
}

impl Default for MethodCache {
    fn default() -> Self {
        let nothing = Ref::at(1);
        Self { entries: vec![Entry { class: nothing, name: nothing, epoch: 0, found: None }; SIZE], epoch: 1 }
    }
}

impl MethodCache {
    /// Some type has changed, or is gone.
    pub(crate) fn invalidate(&mut self) {
        self.epoch += 1;
    }

    /// How often types have changed.
    #[inline]
    pub(crate) fn epoch(&self) -> u32 {
        self.epoch
    }

    fn place(class: Ref, name: Ref) -> usize {
        (class.index().wrapping_mul(31) ^ name.index()) % SIZE
    }
}

impl Vm {
    /// `_PyType_Lookup`: the attribute of that (interned) name in the first type of the resolution order that has one; borrowed.
    #[inline]
    pub(crate) fn lookup(&mut self, class: Ref, name: Ref) -> Option<Ref> {
        let place = MethodCache::place(class, name);
        let entry = self.cache.entries[place];
        if entry.class == class && entry.name == name && entry.epoch == self.cache.epoch {
            return entry.found;
        }
        let found = self.lookup_slowly(class, name);
        // Other names may die at any time, and another string take their place.
        if !self.is_interned(name) {
            return found;
        }
        self.cache.entries[place] = Entry { class, name, epoch: self.cache.epoch, found };
        found
    }

    fn is_interned(&self, name: Ref) -> bool {
        matches!(&self.heap[name].value, crate::object::value::Value::Str(payload) if payload.interned)
    }

    fn lookup_slowly(&self, class: Ref, name: Ref) -> Option<Ref> {
        match self.class(class).mro.as_ref().and_then(|mro| self.tuple(mro.borrow())) {
            Some(mro) => mro.iter().find_map(|class| self.class_attribute(class.borrow(), name)),
            None => self.class_attribute(class, name),
        }
    }

    /// The attribute in a type's own `__dict__`.
    pub(crate) fn class_attribute(&self, class: Ref, name: Ref) -> Option<Ref> {
        let table = self.dict(self.class_dict(class)?)?;
        let text = self.text(name)?;
        let hash = self.known_hash(name);
        let index = table.find(hash, |key| key == name || self.text(key) == Some(text))?;
        table.entry(index).map(|entry| entry.value.borrow())
    }

    /// A type's own `__dict__`.
    pub(crate) fn class_dict(&self, class: Ref) -> Option<Ref> {
        self.class(class).dict.as_ref().map(crate::heap::Owned::borrow)
    }

    /// The hash of a string.
    pub(crate) fn known_hash(&self, string: Ref) -> i64 {
        match &self.heap[string].value {
            crate::object::value::Value::Str(payload) => payload.hash.unwrap_or_else(|| crate::hash::text(&payload.text)),
            _ => 0,
        }
    }

    /// A type's resolution order. Without one (while the collector takes the type apart) it is the type alone.
    pub(crate) fn mro(&self, class: Ref) -> Vec<Ref> {
        match self.class(class).mro.as_ref().and_then(|mro| self.tuple(mro.borrow())) {
            Some(mro) => mro.iter().map(crate::heap::Owned::borrow).collect(),
            None => vec![class],
        }
    }

    /// Whether a type is another or derives from it (`PyType_IsSubtype`).
    #[inline]
    pub(crate) fn is_subclass(&self, class: Ref, base: Ref) -> bool {
        if class == base {
            return true;
        }
        match self.class(class).mro.as_ref().and_then(|mro| self.tuple(mro.borrow())) {
            Some(mro) => mro.iter().any(|entry| entry.borrow() == base),
            None => {
                let mut at = self.class(class).base.as_ref().map(crate::heap::Owned::borrow);
                while let Some(class) = at {
                    if class == base {
                        return true;
                    }
                    at = self.class(class).base.as_ref().map(crate::heap::Owned::borrow);
                }
                false
            }
        }
    }

    /// Whether an object's type is that type or derives from it (`PyObject_TypeCheck`).
    #[inline]
    pub(crate) fn is_instance_of(&self, object: Ref, class: Ref) -> bool {
        self.is_subclass(self.class_of(object), class)
    }
}
