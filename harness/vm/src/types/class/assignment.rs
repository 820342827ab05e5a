//! `object.__class__ = …` and `object.__dict__ = …` (`object_set_class`, `subtype_setdict` in `Objects/typeobject.c`).

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::class::Flags;
use crate::object::value::{InstanceDict, Value};
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

/// `object_set_class`
pub(crate) fn set_class(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let Some(new) = value else { return Err(vm.type_error("can't delete __class__ attribute")) };
    if !matches!(vm.heap[new].value, Value::Type(_)) {
        let message = format!("__class__ must be set to a class, not '{}' object", vm.type_name(new));
        return Err(vm.type_error(message));
    }
    let old = vm.class_of(this);
    if vm.is_subclass(new, types::MODULE) && vm.is_subclass(old, types::MODULE) {
        return Err(vm.unsupported(Missing::Name, "setting __class__ of a module"));
    }
    if vm.class(new).heap.is_none() || vm.class(old).heap.is_none() {
        return Err(vm.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    if let Some(what) = vm.layouts_differ(old, new) {
        let message = format!("__class__ assignment: '{}' {what} differs from '{}'", vm.class(new).name, vm.class(old).name);
        return Err(vm.type_error(message));
    }
    // The names of inline values are the old class's: they move into a dict.
    if vm.class(old).flags.has(Flags::DICT) {
        vm.dict_of(this);
    }
    let _held_by_the_instance = vm.retain(new).into_ref();
    let old = Owned::adopt(std::mem::replace(&mut vm.heap[this].class, new));
    vm.release(old);
    Ok(())
}

impl Vm {
    /// In what the objects of two classes of the snippet are made differently, if they are (`compatible_for_assignment`).
    pub(super) fn layouts_differ(&self, old: Ref, new: Ref) -> Option<&'static str> {
        if self.class(old).flags.has(Flags::GC) != self.class(new).flags.has(Flags::GC) {
            return Some("deallocator");
        }
        let (old_root, new_root) = (self.layout_root(old), self.layout_root(new));
        let same = old_root == new_root
            || self.class(old_root).base.as_ref().map(Owned::borrow) == self.class(new_root).base.as_ref().map(Owned::borrow)
                && self.slots_added(old_root) == self.slots_added(new_root);
        let flags = |class: Ref| self.class(class).flags.0 & (Flags::DICT | Flags::WEAK);
        (!same || flags(old) != flags(new)).then_some("object layout")
    }

    /// The class furthest up whose objects are made like those of a class (`compatible_with_tp_base`).
    fn layout_root(&self, class: Ref) -> Ref {
        let mut at = class;
        while let Some(base) = self.class(at).base.as_ref().map(Owned::borrow) {
            let parts = |class: Ref| {
                let class = self.class(class);
                (class.slot_count, class.flags.0 & (Flags::DICT | Flags::WEAK | Flags::GC))
            };
            if parts(at) != parts(base) {
                break;
            }
            at = base;
        }
        at
    }

    /// The names in the `__slots__` of a class of the snippet; a builtin type is like no other.
    fn slots_added(&self, class: Ref) -> Result<Vec<&str>, Ref> {
        let Some(heap) = &self.class(class).heap else { return Err(class) };
        let names = heap.slots.as_ref().and_then(|slots| self.tuple(slots.borrow())).unwrap_or_default();
        Ok(names.iter().map(|name| self.expect_text(name.borrow())).collect())
    }
}

fn must_be_dict(vm: &mut Vm, value: Ref) -> PyResult<()> {
    if vm.dict(value).is_some() {
        return Ok(());
    }
    let message = format!("__dict__ must be set to a dictionary, not a '{}'", vm.type_name(value));
    Err(vm.type_error(message))
}

/// `PyObject_GenericSetDict`: exchanges the dict that a builtin type gives its objects.
pub(crate) fn set_own_dict(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("cannot delete __dict__")) };
    must_be_dict(vm, value)?;
    let value = vm.retain(value);
    let old = match vm.own_dict_place(this) {
        Some(place) => place.replace(value),
        None => Some(value),
    };
    vm.release_option(old);
    Ok(())
}

/// The descriptor of the builtin type with a `__dict__` that an object's class derives from: that one decides
/// (`get_builtin_base_with_dict`, `get_dict_descriptor`).
fn builtin_dict(vm: &mut Vm, this: Ref) -> PyResult<Option<Ref>> {
    let mut at = vm.class_of(this);
    while let Some(base) = vm.class(at).base.as_ref().map(Owned::borrow) {
        let flags = vm.class(at).flags;
        if (flags.has(Flags::DICT) || at == types::TYPE) && !flags.has(Flags::HEAP) && !flags.has(Flags::FROM_SPEC) {
            return match vm.lookup(at, names::DICT).filter(|&found| vm.is_data_descriptor(found)) {
                Some(found) => Ok(Some(found)),
                None => {
                    let message = format!("this __dict__ descriptor does not support '{}' objects", vm.type_name(this));
                    Err(vm.type_error(message))
                }
            };
        }
        at = base;
    }
    Ok(None)
}

/// `subtype_dict`
pub(super) fn get_dict(vm: &mut Vm, this: Ref) -> PyResult {
    if let Some(found) = builtin_dict(vm, this)?
        && let Some(get) = vm.class(vm.class_of(found)).slots.get
    {
        let class = vm.class_of(this);
        return get(vm, found, Some(this), Some(class));
    }
    let dict = vm.dict_of(this);
    Ok(vm.retain(dict))
}

/// `subtype_setdict`: the attributes may be exchanged or, unlike those of most builtin objects, deleted.
pub(super) fn set_dict(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    if let Some(found) = builtin_dict(vm, this)?
        && let Some(set) = vm.class(vm.class_of(found)).slots.set
    {
        return set(vm, found, this, value);
    }
    if let Some(value) = value {
        must_be_dict(vm, value)?;
    }
    vm.dict_of(this);
    let value = vm.retain_option(value);
    let new = value.map_or(InstanceDict::None, InstanceDict::Dict);
    let old = vm.heap[this].extra.as_deref_mut().map(|extra| std::mem::replace(&mut extra.dict, new));
    if let Some(InstanceDict::Dict(old)) = old {
        vm.release(old);
    }
    Ok(())
}
