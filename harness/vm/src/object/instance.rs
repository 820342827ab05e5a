//! Instances of Python classes: making them, and their attributes.

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::class::Flags;
use crate::object::value::{InstanceDict, Native, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// How many attribute names a class's instances can share (`SHARED_KEYS_MAX_SIZE`).
pub(crate) const SHARED_KEYS: u8 = 30;

impl Vm {
    /// Makes an object of a type or of a Python class derived from it (`PyType_GenericAlloc`): an instance of a class owns a
    /// reference to it.
    pub(crate) fn alloc_instance(&mut self, class: Ref, value: Value) -> Owned {
        let (flags, slot_count) = (self.class(class).flags, self.class(class).slot_count);
        let (heap, gc) = (flags.has(Flags::HEAP), flags.has(Flags::GC));
        if heap || flags.has(Flags::FROM_SPEC) {
            let _owned_by_the_instance = self.retain(class).into_ref();
        }
        let object = self.heap.insert_here(class, value);
        if heap {
            let mut extra = self.heap.new_extra();
            extra.slots.resize_with(slot_count, || None);
            self.heap[object.borrow()].extra = Some(extra);
            // `init_inline_values`: each new instance leaves less room for names that are not shared yet.
            if let Some(heap) = self.class_mut(class).heap.as_deref_mut()
                && heap.keys_left > 1
            {
                heap.keys_left -= 1;
            }
        }
        if gc {
            self.track(object.borrow());
        }
        object
    }

    /// An attribute of the instance itself.
    #[inline]
    pub(crate) fn instance_attribute(&mut self, object: Ref, name: Ref) -> PyResult<Option<Owned>> {
        let slot = &self.heap[object];
        let kind = slot.extra.as_ref().map_or(&InstanceDict::None, |extra| &extra.dict);
        let dict = match kind {
            InstanceDict::None => match self.own_dict(object) {
                Some(dict) => dict,
                None => return Ok(None),
            },
            InstanceDict::Values(inline) => {
                let keys = self.shared_keys(slot.class);
                let index = match keys.iter().position(|key| key.borrow() == name) {
                    Some(index) => Some(index),
                    None => {
                        let text = self.text(name);
                        keys.iter().position(|key| self.text(key.borrow()) == text)
                    }
                };
                let value = index.and_then(|index| inline.values.get(index)?.as_ref().map(Owned::borrow));
                return Ok(self.retain_option(value));
            }
            InstanceDict::Dict(dict) => dict.borrow(),
        };
        // It is held: comparing keys may run Python code.
        let dict = self.retain(dict);
        self.lend(dict, |vm, dict| vm.dict_get(dict, name).map(|found| vm.retain_option(found)))
    }

    /// The dict of objects of builtin types that have one of their own (functions, exceptions, modules).
    pub(crate) fn own_dict(&self, object: Ref) -> Option<Ref> {
        match &self.heap[object].value {
            Value::Function(function) => function.fields.dict.as_ref().map(Owned::borrow),
            Value::Exception(exception) => exception.dict.as_ref().map(Owned::borrow),
            Value::Module(module) => Some(module.dict.borrow()),
            Value::Native(native) => native.own_dict(),
            Value::Dict(dict) => dict.more.as_deref().and_then(Native::own_dict),
            _ => None,
        }
    }

    /// Where an object has the dict that the builtin type at the root of its class gives it, if that does.
    pub(crate) fn own_dict_place(&mut self, object: Ref) -> Option<&mut Option<Owned>> {
        match &mut self.heap[object].value {
            Value::Function(function) => Some(&mut function.fields.dict),
            Value::Exception(exception) => Some(&mut exception.dict),
            Value::Native(native) => native.dict_place(),
            Value::Dict(dict) => dict.more.as_deref_mut().and_then(Native::dict_place),
            _ => None,
        }
    }

    /// Sets (or, without a value, deletes) an attribute of the instance itself. `Ok(false)`: there was none to delete.
    /// (`_PyObject_StoreInstanceAttribute`, `_PyObjectDict_SetItem`)
    pub(crate) fn set_instance_attribute(&mut self, object: Ref, name: Ref, value: Option<Ref>) -> PyResult<bool> {
        let class = self.class_of(object);
        if self.heap.is_static(object) && !self.is_builtins(object) {
            // What lives as long as the VM is there for all snippets.
            let what = format!("setting an attribute of a builtin {}", self.type_name(object));
            return Err(self.unsupported(Missing::Name, what));
        }
        if self.class(class).heap.is_none() || self.own_dict(object).is_some() || self.own_dict_place(object).is_some() {
            let dict = self.dict_of(object);
            return self.store_in_dict(dict, name, value);
        }
        if let Some(dict) = self.materialized_dict(object) {
            let unnoticed = self.profile.stored_attributes_go_unnoticed
                && !self.is_tracked(dict)
                && self.instance_around(dict) == Some(object)
                && self.shared_key(class, name).is_some();
            let stored = self.store_in_dict(dict, name, value);
            if unnoticed {
                self.untrack(dict);
            }
            return stored;
        }
        // Deleting makes room for the name, too.
        let Some(index) = self.shared_key(class, name) else {
            if value.is_none() && !self.has_values(object) {
                return Ok(false);
            }
            let dict = self.dict_of(object);
            return self.store_in_dict(dict, name, value);
        };
        let value = self.retain_option(value);
        let deleting = value.is_none();
        let Some(extra) = self.heap[object].extra.as_deref_mut() else {
            self.release_option(value);
            return Ok(false);
        };
        if matches!(extra.dict, InstanceDict::None) {
            if deleting {
                return Ok(false);
            }
            extra.dict = InstanceDict::Values(std::mem::take(&mut extra.room));
        }
        let InstanceDict::Values(inline) = &mut extra.dict else { unreachable!("a real dict was dealt with above") };
        if inline.values.len() <= index {
            if deleting {
                return Ok(false);
            }
            inline.values.resize_with(index + 1, || None);
        }
        let old = std::mem::replace(&mut inline.values[index], value);
        let had = old.is_some();
        if deleting {
            inline.order.retain(|&entry| usize::from(entry) != index);
        } else if !had {
            inline.order.push(index as u8);
        }
        self.release_option(old);
        Ok(had || !deleting)
    }

    fn store_in_dict(&mut self, dict: Ref, name: Ref, value: Option<Ref>) -> PyResult<bool> {
        // CPython does not hold the dict. Looking a plain name up runs nothing, and what is stored is there before anything is let go;
        // but what another kind of name may run, the dict must outlive here.
        let held = (self.class_of(name) != types::STR).then(|| self.retain(dict));
        let result = match value {
            Some(value) => self.dict_set(dict, name, value).map(|()| true),
            None => self.dict_delete(dict, name),
        };
        self.release_option(held);
        result
    }

    fn has_values(&self, object: Ref) -> bool {
        self.heap[object].extra.as_ref().is_some_and(|extra| matches!(extra.dict, InstanceDict::Values(_)))
    }

    /// Whether an object has attributes of its own (not `_PyObject_IsInstanceDictEmpty`).
    pub(crate) fn has_attributes(&self, object: Ref) -> bool {
        match self.own_dict(object).or_else(|| self.materialized_dict(object)) {
            Some(dict) => self.dict(dict).is_some_and(|dict| dict.len() > 0),
            None => self.heap[object].extra.as_ref().is_some_and(|extra| match &extra.dict {
                InstanceDict::Values(inline) => inline.values.iter().any(Option::is_some),
                _ => false,
            }),
        }
    }

    /// Whether an attribute would be a value within the object, and not in a dict: its class is not derived from a builtin type that
    /// holds anything (`Py_TPFLAGS_INLINE_VALUES`), and shares the name.
    pub(crate) fn has_inline_place(&mut self, object: Ref, name: Ref) -> bool {
        let class = self.class_of(object);
        let plain = matches!(self.heap[object].value, Value::Plain);
        let apart = self.materialized_dict(object).is_some_and(|dict| self.instance_around(dict) != Some(object));
        plain && !apart && self.class(class).slot_count == 0 && self.shared_key(class, name).is_some()
    }

    pub(crate) fn materialized_dict(&self, object: Ref) -> Option<Ref> {
        match &self.heap[object].extra.as_ref()?.dict {
            InstanceDict::Dict(dict) => Some(dict.borrow()),
            _ => None,
        }
    }

    /// The index of an attribute name among those that a class's instances share; a new name joins them if there is room
    /// (`insert_into_dictkeys`).
    pub(crate) fn shared_key(&mut self, class: Ref, name: Ref) -> Option<usize> {
        let keys = self.shared_keys(class);
        let text = self.text(name);
        let known = keys.iter().position(|key| key.borrow() == name || self.text(key.borrow()) == text);
        if known.is_some() || self.class_of(name) != types::STR {
            return known;
        }
        let heap = self.class(class).heap.as_ref()?;
        if heap.keys_left == 0 {
            return None;
        }
        let index = heap.keys.len();
        // The names that a class of the library shares it has from earlier runs: CPython's process has seen many.
        let name = if self.heap.was_there(class) { Owned::adopt(name) } else { self.retain(name) };
        let heap = self.class_mut(class).heap.as_deref_mut()?;
        heap.keys_left -= 1;
        heap.keys.push(name);
        Some(index)
    }

    /// `object.__dict__`, made if it is missing; borrowed (`_PyObject_GetDictPtr`, `make_dict_from_instance_attributes`).
    pub(crate) fn dict_of(&mut self, object: Ref) -> Ref {
        if let Some(dict) = self.own_dict(object).or_else(|| self.materialized_dict(object)) {
            return dict;
        }
        let dict = self.new_dict();
        let borrowed = dict.borrow();
        if let Some(place) = self.own_dict_place(object) {
            *place = Some(dict);
            return borrowed;
        }
        let class = self.class_of(object);
        self.share_keys(borrowed, class);
        if self.profile.values_stay_in_instances
            && std::ptr::eq(self.class(class).native, &raw const types::object::TYPE)
            && let Some(table) = self.dict_mut(borrowed)
        {
            table.within = table.shares.map(|_| object);
        }
        let extra = self.heap[object].extra.get_or_insert_with(Box::default);
        if let InstanceDict::Values(mut inline) = std::mem::replace(&mut extra.dict, InstanceDict::Dict(dict)) {
            for index in inline.order {
                let Some(value) = inline.values.get_mut(usize::from(index)).and_then(Option::take) else { continue };
                let key = self.shared_keys(class)[usize::from(index)].borrow();
                let hash = self.known_hash(key);
                let key = self.retain(key);
                let key = self.shared_or_own(borrowed, key);
                if self.may_track(value.borrow()) {
                    self.track(borrowed);
                }
                if let Some(dict) = self.dict_mut(borrowed) {
                    dict.append(hash, key, value);
                }
            }
        }
        borrowed
    }

    /// Whether instances of the class have a `__dict__`.
    pub(crate) fn has_dict(&self, class: Ref) -> bool {
        self.class(class).flags.has(Flags::DICT)
    }
}
