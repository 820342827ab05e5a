//! `dir`, and the `__dir__` methods behind it (`Objects/object.c`, `Objects/typeobject.c`).

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

/// `dir([object])`
pub(super) fn dir(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    match args.values.first() {
        Some(&object) => super::maybe_by_tuple(vm, args, |vm| dir_of(vm, object)),
        None => dir_of_scope(vm, args),
    }
}

/// `_dir_object`
pub(crate) fn dir_of(vm: &mut Vm, object: Ref) -> PyResult {
    let Some(method) = vm.lookup_special(object, "__dir__")? else {
        return Err(vm.type_error("object does not provide __dir__"));
    };
    let result = vm.lend(method, |vm, method| vm.call_pos(method, &[]))?;
    let list = vm.lend(result, Vm::sequence_list)?;
    sorted(vm, list)
}

/// `_dir_locals`
fn dir_of_scope(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let scope = super::attributes::locals(vm, args)?;
    let keys = vm.lend(scope, Vm::mapping_keys)?;
    if vm.list(keys.borrow()).is_none() {
        let message = format!("dir(): expected keys() of locals to be a list, not '{}'", vm.type_name(keys.borrow()));
        vm.release(keys);
        return Err(vm.type_error(message));
    }
    sorted(vm, keys)
}

fn sorted(vm: &mut Vm, list: Owned) -> PyResult {
    match vm.list_sort(list.borrow(), None, false) {
        Ok(()) => Ok(list),
        Err(stop) => {
            vm.release(list);
            Err(stop)
        }
    }
}

/// `object.__dir__()`
pub(crate) fn object_dir(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let found = vm.lookup_attr_named(this, names::DICT)?;
    let dict = match found {
        Some(found) if vm.dict(found.borrow()).is_some() => vm.lend(found, Vm::dict_copy)?,
        other => {
            vm.release_option(other);
            vm.new_dict()
        }
    };
    keys_with(vm, dict, |vm, dict| match vm.lookup_attr_named(this, names::CLASS)? {
        Some(class) => vm.lend(class, |vm, class| merge_class(vm, dict, class)),
        None => Ok(()),
    })
}

/// `type.__dir__()`
pub(crate) fn type_dir(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let dict = vm.new_dict();
    keys_with(vm, dict, |vm, dict| merge_class(vm, dict, args.this()))
}

/// The keys of a dict, once it is filled.
fn keys_with(vm: &mut Vm, dict: Owned, fill: impl FnOnce(&mut Vm, Ref) -> PyResult<()>) -> PyResult {
    vm.lend(dict, |vm, dict| {
        fill(vm, dict)?;
        let keys: Vec<Ref> = vm.dict(dict).map(|dict| dict.iter().map(|entry| entry.key.borrow()).collect()).unwrap_or_default();
        let keys = keys.into_iter().map(|key| vm.retain(key)).collect();
        Ok(vm.new_list(keys))
    })
}

/// `merge_class_dict`: the attributes of a class and of all its bases.
fn merge_class(vm: &mut Vm, dict: Ref, class: Ref) -> PyResult<()> {
    if !matches!(vm.heap[class].value, Value::Type(_)) {
        return Err(vm.unsupported(Missing::Name, "dir() of what has an object for its __class__ that is no class"));
    }
    for &name in &[names::DICT, names::BASES] {
        let metatype = vm.class_of(class);
        if vm.lookup(metatype, name) != vm.lookup(types::TYPE, name) {
            return Err(vm.unsupported(Missing::Name, "dir() of a class whose metaclass overrides __dict__ or __bases__"));
        }
    }
    if vm.class(class).heap.is_none() {
        for name in vm.cpython_names(vm.class(class).native) {
            // The string that the class has for it, which not all classes share.
            let own = vm.class_entries(class).into_iter().map(|(key, _)| key).find(|&key| vm.text(key) == Some(name));
            let name = match own {
                Some(key) => vm.retain(key),
                None => vm.intern(name),
            };
            vm.lend(name, |vm, name| vm.dict_set(dict, name, types::NONE))?;
        }
    } else {
        // A class shows its dict only as a proxy: `dict_merge` goes through a list of its keys.
        let entries = vm.class_entries(class);
        let keys = entries.iter().map(|&(key, _)| vm.retain(key)).collect();
        let keys = vm.new_list(keys);
        vm.lend(keys, |vm, _| {
            entries.into_iter().try_for_each(|(key, value)| {
                let (key, value) = (vm.retain(key), vm.retain(value));
                let set = vm.dict_set(dict, key.borrow(), value.borrow());
                vm.release(value);
                vm.release(key);
                set
            })
        })?;
    }
    let bases = vm.class(class).bases.as_ref().map(Owned::borrow).and_then(|bases| vm.items(bases)).unwrap_or_default();
    bases.into_iter().try_for_each(|base| merge_class(vm, dict, base))
}
