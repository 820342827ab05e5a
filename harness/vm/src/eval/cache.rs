//! Inline caches: where an instruction found last what it looks for.
//!
//! A cache says only where to look. What is found there is checked (the entry's key, the object's class, the epoch of all
//! classes), and an instruction that has its answer from a cache takes and gives back the references that the long way does in
//! the end. What the long way holds for its own length makes no difference: a cache answers only where no Python code can run.

use std::ptr::fn_addr_eq;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::heap::{Owned, Ref};
use crate::object::class::Flags;
use crate::object::value::{InstanceDict, Value};
use crate::types::{self, function::NativeKind};
use crate::vm::Vm;

/// Where an instruction keeps what it remembers. Code is shared by handles that may go to another thread with their VM: only one
/// thread at a time looks in here, and these atomics cost what plain memory does.
#[derive(Default)]
pub(crate) struct Cache {
    /// What is remembered, and the first number: bits 0 to 7 the kind, 8 to 31 a small number, 32 to 63 an index.
    what: AtomicU64,
    /// A version, or a class and an epoch.
    valid: AtomicU64,
}

/// In [`Cache::valid`] of an instruction that looks nothing up.
const APART: u64 = 1;

/// What an instruction remembers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cached {
    /// Nothing yet.
    Nothing,
    /// The name is in the entry of this index in the globals.
    Global(u32),
    /// The globals did not have the name when they were of that version; it is in the entry of this index in the builtins.
    Builtin(u32, u64),
    /// For objects of that class, as long as the classes are as they were in that epoch.
    Attribute(Ref, u32, Place),
}

/// Where the objects of a class have an attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// No cache can say.
    Elsewhere,
    /// Among their values, at the index of the shared key.
    Value(u32),
    /// In a slot (`__slots__`).
    Slot(u32),
    /// It is that function of the class, for objects without a dict.
    Method(Ref),
    /// It is that function of the class, as long as instances share no more than so many names.
    MethodUnder(Ref, u32),
}

impl Cache {
    #[inline]
    pub(super) fn get(&self) -> Cached {
        let (what, valid) = (self.what.load(Relaxed), self.valid.load(Relaxed));
        let (kind, small, index) = (what as u8, (what as u32) >> 8, (what >> 32) as u32);
        let place = match kind {
            0 => return Cached::Nothing,
            1 => return Cached::Global(index),
            2 => return Cached::Builtin(index, valid),
            3 => Place::Elsewhere,
            4 => Place::Value(index),
            5 => Place::Slot(index),
            6 => Place::Method(Ref::at(index)),
            _ => Place::MethodUnder(Ref::at(index), small),
        };
        Cached::Attribute(Ref::at((valid >> 32) as u32), valid as u32, place)
    }

    /// Whether the run that begins with the instruction was none of plain numbers: its instructions are executed one by one.
    #[inline]
    pub(super) fn is_apart(&self) -> bool {
        self.valid.load(Relaxed) == APART
    }

    pub(super) fn set_apart(&self) {
        self.valid.store(APART, Relaxed);
    }

    fn set(&self, cached: Cached) {
        let pack = |kind: u64, small: u32, index: u32| kind | u64::from(small) << 8 | u64::from(index) << 32;
        let of = |function: Ref| function.index() as u32;
        let (what, valid) = match cached {
            Cached::Nothing => (0, 0),
            Cached::Global(index) => (pack(1, 0, index), 0),
            Cached::Builtin(index, version) => (pack(2, 0, index), version),
            Cached::Attribute(class, epoch, place) => {
                let what = match place {
                    Place::Elsewhere => pack(3, 0, 0),
                    Place::Value(index) => pack(4, 0, index),
                    Place::Slot(index) => pack(5, 0, index),
                    Place::Method(function) => pack(6, 0, of(function)),
                    Place::MethodUnder(function, names) => pack(7, names, of(function)),
                };
                (what, u64::from(of(class)) << 32 | u64::from(epoch))
            }
        };
        self.what.store(what, Relaxed);
        self.valid.store(valid, Relaxed);
    }
}

impl Vm {
    // ---- globals ----

    /// A global or builtin, if the cache knows where it is.
    #[inline]
    pub(super) fn cached_global(&self, cached: Cached, globals: Ref, builtins: Ref, name: Ref) -> Option<Ref> {
        match cached {
            Cached::Global(index) => self.dict(globals)?.value_of(index as usize, name),
            Cached::Builtin(index, version) if self.dict(globals)?.version() == version => {
                self.dict(builtins)?.value_of(index as usize, name)
            }
            _ => None,
        }
    }

    /// Remembers where a global or builtin is.
    pub(super) fn remember_global(&self, cache: &Cache, globals: Ref, builtins: Ref, name: Ref) {
        let hash = self.known_hash(name);
        let find = |dict: Ref| {
            let table = self.dict(dict).filter(|table| !table.is_general())?;
            Some((table.find(hash, |key| key == name), table.version()))
        };
        match find(globals) {
            Some((Some(index), _)) => cache.set(Cached::Global(index as u32)),
            Some((None, version)) => {
                if let Some((Some(index), _)) = find(builtins) {
                    cache.set(Cached::Builtin(index as u32, version));
                }
            }
            None => {}
        }
    }

    // ---- attributes ----

    /// Where the cache says that objects of this class have the attribute; none if it says nothing of them.
    #[inline]
    fn cached_place(&self, cached: Cached, object: Ref) -> Option<Place> {
        match cached {
            Cached::Attribute(class, epoch, place) if class == self.class_of(object) && epoch == self.cache.epoch() => Some(place),
            _ => None,
        }
    }

    fn remember(&self, cache: &Cache, class: Ref, place: Place) {
        cache.set(Cached::Attribute(class, self.cache.epoch(), place));
    }

    /// An attribute's value, if the cache knows where it is; borrowed.
    #[inline]
    pub(super) fn cached_attribute(&self, cached: Cached, object: Ref) -> Option<Ref> {
        let place = self.cached_place(cached, object)?;
        let extra = self.heap[object].extra.as_deref()?;
        let value = match (place, &extra.dict) {
            (Place::Value(index), InstanceDict::Values(inline)) => inline.values.get(index as usize),
            (Place::Slot(index), _) => extra.slots.get(index as usize),
            _ => None,
        };
        value?.as_ref().map(Owned::borrow)
    }

    /// Remembers where an attribute is that was just read from the object.
    pub(super) fn remember_attribute(&mut self, cache: &Cache, object: Ref, name: Ref) {
        if self.cached_place(cache.get(), object).is_none() {
            let class = self.class_of(object);
            let place = if self.reads_generically(class) { self.attribute_place(class, name) } else { Place::Elsewhere };
            self.remember(cache, class, place);
        }
    }

    /// Where instances have an attribute, unless a data descriptor of the class answers for it.
    fn attribute_place(&mut self, class: Ref, name: Ref) -> Place {
        if let Some(found) = self.lookup(class, name)
            && self.is_data_descriptor(found)
        {
            return match self.native_function(found).map(|descriptor| descriptor.what) {
                Some(NativeKind::Member(index)) if self.is_subclass(class, self.descriptor_class(found)) => {
                    Place::Slot(index as u32)
                }
                _ => Place::Elsewhere,
            };
        }
        match self.shared_keys(class).iter().position(|key| key.borrow() == name) {
            Some(index) => Place::Value(index as u32),
            None => Place::Elsewhere,
        }
    }

    /// A method that is to be called with the object, if the cache knows it; borrowed.
    #[inline]
    pub(super) fn cached_method(&self, cached: Cached, object: Ref) -> Option<Ref> {
        match self.cached_place(cached, object)? {
            Place::Method(function) => Some(function),
            Place::MethodUnder(function, names) => {
                let slot = &self.heap[object];
                let values = slot.extra.as_deref().is_none_or(|extra| !matches!(extra.dict, InstanceDict::Dict(_)));
                let same = values && self.shared_keys(slot.class).len() == names as usize;
                same.then_some(function)
            }
            _ => None,
        }
    }

    /// Remembers a method of the object's class, if it is one.
    pub(super) fn remember_method(&mut self, cache: &Cache, object: Ref, name: Ref) {
        if !matches!(self.cached_place(cache.get(), object), Some(Place::Elsewhere)) {
            let class = self.class_of(object);
            let place = self.method_place(object, class, name);
            self.remember(cache, class, place);
        }
    }

    fn method_place(&mut self, object: Ref, class: Ref, name: Ref) -> Place {
        let Some(function) = self.lookup(class, name).filter(|_| self.reads_generically(class)) else { return Place::Elsewhere };
        if !self.class(self.class_of(function)).flags.has(Flags::METHOD_DESCRIPTOR) {
            return Place::Elsewhere;
        }
        if !self.has_dict(class) {
            return Place::Method(function);
        }
        let keys = self.shared_keys(class);
        let plain = matches!(self.heap[object].value, Value::Plain) && self.class(class).heap.is_some();
        let hidden = keys.iter().any(|key| key.borrow() == name || self.text(key.borrow()) == self.text(name));
        if plain && !hidden { Place::MethodUnder(function, keys.len() as u32) } else { Place::Elsewhere }
    }

    /// Sets an attribute, if the cache knows where it goes, and if nothing can die of it; else hands the value back.
    #[inline]
    pub(super) fn set_cached_attribute(&mut self, cached: Cached, object: Ref, value: Owned) -> Result<(), Owned> {
        let Some(place) = self.cached_place(cached, object) else { return Err(value) };
        let dies = self.cached_attribute(cached, object).is_some_and(|old| self.heap[old].count <= 1);
        if dies || self.heap.is_static(object) {
            return Err(value);
        }
        let slot = &mut self.heap[object];
        let fresh = matches!(slot.value, Value::Plain);
        let Some(extra) = slot.extra.as_deref_mut() else { return Err(value) };
        let place = match place {
            Place::Value(index) => extra.value_place(index as usize, fresh),
            Place::Slot(index) => extra.slots.get_mut(index as usize),
            _ => None,
        };
        let Some(place) = place else { return Err(value) };
        let old = place.replace(value);
        self.release_option(old);
        Ok(())
    }

    /// Remembers where an attribute is that was just set.
    pub(super) fn remember_set_attribute(&mut self, cache: &Cache, object: Ref, name: Ref) {
        if self.cached_place(cache.get(), object).is_none() {
            let class = self.class_of(object);
            let place = if self.writes_generically(class) { self.attribute_place(class, name) } else { Place::Elsewhere };
            self.remember(cache, class, place);
        }
    }

    fn reads_generically(&self, class: Ref) -> bool {
        let generic = self.class(types::OBJECT).slots.getattr;
        self.class(class).slots.getattr.zip(generic).is_some_and(|(own, generic)| fn_addr_eq(own, generic))
    }

    fn writes_generically(&self, class: Ref) -> bool {
        let generic = self.class(types::OBJECT).slots.setattr;
        self.class(class).slots.setattr.zip(generic).is_some_and(|(own, generic)| fn_addr_eq(own, generic))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_hands_out_what_was_put_in() {
        let (class, function) = (Ref::at(u32::MAX), Ref::at(7));
        let cache = Cache::default();
        assert_eq!(cache.get(), Cached::Nothing);
        let places =
            [Place::Elsewhere, Place::Value(29), Place::Slot(u32::MAX), Place::Method(function), Place::MethodUnder(function, 30)];
        let attributes = places.map(|place| Cached::Attribute(class, u32::MAX, place));
        for cached in [Cached::Global(u32::MAX), Cached::Builtin(3, u64::MAX), Cached::Nothing].into_iter().chain(attributes) {
            cache.set(cached);
            assert_eq!(cache.get(), cached);
        }
    }
}
