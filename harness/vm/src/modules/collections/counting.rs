//! `_count_elements`: what `collections.Counter` counts with.

use refdrift_isa::BinaryOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Vm};

/// Nobody takes references to these.
const ZERO: Ref = types::SMALL_ZERO;
const ONE: Ref = types::SMALL_ONE;

/// `_count_elements(mapping, iterable)`: straight in the table if the mapping has `dict`'s own `get` and `__setitem__`.
pub(super) fn count_elements(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (mapping, iterable) = (args.values[0], args.values[1]);
    let iterator = vm.get_iter(iterable)?;
    let mut looked_up = Vec::new();
    if vm.profile.lookup_gives_references {
        for name in ["get", "__setitem__"] {
            let found = method_of(vm, vm.class_of(mapping), name);
            looked_up.extend(vm.retain_option(found));
        }
    }
    let counted = count_all(vm, mapping, iterator.borrow());
    vm.release_all(looked_up);
    vm.release(iterator);
    counted?;
    Ok(vm.none())
}

/// A method as it stands in a class.
fn method_of(vm: &mut Vm, class: Ref, name: &str) -> Option<Ref> {
    let name = vm.intern(name);
    let found = vm.lookup(class, name.borrow());
    vm.release(name);
    found
}

fn count_all(vm: &mut Vm, mapping: Ref, iterator: Ref) -> PyResult<()> {
    let is_plain = vm.dict(mapping).is_some()
        && ["get", "__setitem__"].into_iter().all(|name| {
            let own = method_of(vm, vm.class_of(mapping), name);
            own == method_of(vm, types::DICT, name)
        });
    if is_plain {
        while let Some(key) = vm.next(iterator)? {
            let counted = count_one(vm, mapping, key.borrow());
            vm.release(key);
            counted?;
        }
        return Ok(());
    }
    let get = vm.getattr_str(mapping, "get")?;
    let result = loop {
        let key = match vm.next(iterator) {
            Ok(Some(key)) => key,
            Ok(None) => break Ok(()),
            Err(stop) => break Err(stop),
        };
        let counted = count_through(vm, mapping, get.borrow(), key.borrow());
        vm.release(key);
        if counted.is_err() {
            break counted;
        }
    };
    vm.release(get);
    result
}

fn one_more(vm: &mut Vm, count: Ref) -> PyResult {
    vm.binary(BinaryOperator::Add, count, ONE)
}

fn count_one(vm: &mut Vm, dict: Ref, key: Ref) -> PyResult<()> {
    let hash = vm.hash_key(key)?;
    let index = vm.dict_lookup(dict, key, hash)?;
    let sum: Owned = match index.and_then(|index| vm.dict_value_at(dict, index)) {
        None => vm.retain(ONE),
        Some(count) => one_more(vm, count)?,
    };
    let stored = vm.dict_set_hashed(dict, key, hash, sum.borrow());
    vm.release(sum);
    stored
}

fn count_through(vm: &mut Vm, mapping: Ref, get: Ref, key: Ref) -> PyResult<()> {
    let count = vm.call_pos(get, &[key, ZERO])?;
    let sum = one_more(vm, count.borrow());
    vm.release(count);
    let sum = sum?;
    let stored = vm.set_item(mapping, key, Some(sum.borrow()));
    vm.release(sum);
    stored
}
