//! `_weakref` (`Modules/_weakref.c`).

pub(crate) mod proxy;

use super::{export, function, only};
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

static FUNCTIONS: &[Method] = &[
    function("getweakrefcount", Arity::One, |vm, args| {
        let count = weakrefs(vm, only(args))?.len();
        Ok(vm.int(count as i64))
    }),
    function("getweakrefs", Arity::One, |vm, args| {
        let references = weakrefs(vm, only(args))?;
        let references = references.into_iter().map(|reference| vm.retain(reference)).collect();
        Ok(vm.new_list(references))
    }),
    function("_remove_dead_weakref", Arity::Positional(2, 2), remove_dead),
    function("proxy", Arity::Positional(1, 2), |vm, args| proxy::make(vm, args.values[0], args.values.get(1).copied())),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("_weakref", FUNCTIONS);
    let types = [
        ("ref", types::WEAKREF),
        ("ReferenceType", types::WEAKREF),
        ("ProxyType", types::WEAK_PROXY),
        ("CallableProxyType", types::WEAK_CALLABLE_PROXY),
    ];
    export(vm, "_weakref", dict, &types);
}

/// The weak references to an object; a Python class has one from the start.
fn weakrefs(vm: &mut Vm, object: Ref) -> PyResult<Vec<Ref>> {
    if matches!(&vm.heap[object].value, Value::Type(class) if class.heap.is_some()) {
        let shared = vm.new_weakref(types::WEAKREF, object, None)?;
        vm.release(shared);
    }
    Ok(vm.weakrefs(object).to_vec())
}

/// `_weakref._remove_dead_weakref(dict, key)`
fn remove_dead(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (dict, key) = (args.values[0], args.values[1]);
    if vm.dict(dict).is_none() {
        let message = format!("_remove_dead_weakref() argument 1 must be dict, not {}", vm.type_name(dict));
        return Err(vm.type_error(message));
    }
    let hash = vm.hash_key(key)?;
    let index = vm.dict_lookup(dict, key, hash)?;
    let Some(value) = index.and_then(|index| vm.dict_value_at(dict, index)) else {
        return Ok(vm.none());
    };
    match vm.is_dead_weakref(value) {
        None => return Err(vm.type_error("not a weakref")),
        Some(true) => {
            vm.dict_delete_hashed(dict, key, hash)?;
        }
        Some(false) => {}
    }
    Ok(vm.none())
}
