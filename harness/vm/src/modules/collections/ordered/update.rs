//! Filling an `OrderedDict` item by item, as `MutableMapping.update` does.

use super::length;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Vm};

/// `OrderedDict.__init__`
pub(super) fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    let given = args.pos().len();
    if given > 1 {
        return Err(vm.type_error(format!("expected at most 1 arguments, got {given}")));
    }
    update_all(vm, this, args)
}

/// `OrderedDict.update`
pub(super) fn update(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    vm.with_argument_tuple(&args.of_method(), |vm, args| {
        let given = args.pos().len();
        if given > 1 {
            return Err(vm.type_error(format!("update() takes at most 1 positional argument ({given} given)")));
        }
        update_all(vm, this, args)
    })?;
    Ok(vm.none())
}

/// `mutablemapping_update`
fn update_all(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    if let Some(&other) = args.pos().first() {
        let held = vm.retain(other);
        let result = update_from(vm, this, other);
        vm.release(held);
        result?;
    }
    if args.names.is_empty() {
        return Ok(());
    }
    let pairs = args.keywords().map(|(name, value)| vm.tuple_of(&[name, value])).collect();
    let pairs = vm.new_list(pairs);
    let result = add_pairs(vm, this, pairs.borrow());
    vm.release(pairs);
    result
}

/// `mutablemapping_update_arg`
pub(super) fn update_from(vm: &mut Vm, this: Ref, other: Ref) -> PyResult<()> {
    if vm.class_of(other) == types::DICT {
        let mut pairs = Vec::with_capacity(length(vm, other));
        let mut at = 0;
        while let Some((index, key, value)) = vm.dict_next(other, at) {
            at = index + 1;
            pairs.push(vm.tuple_of(&[key, value]));
        }
        let pairs = vm.new_list(pairs);
        let result = add_pairs(vm, this, pairs.borrow());
        vm.release(pairs);
        return result;
    }
    if let Some(keys) = vm.lookup_attr(other, "keys")? {
        let all = vm.call_pos(keys.borrow(), &[]);
        vm.release(keys);
        let all = all?;
        let iterator = vm.get_iter(all.borrow());
        vm.release(all);
        let iterator = iterator?;
        let result = add_by_keys(vm, this, other, iterator.borrow());
        vm.release(iterator);
        return result;
    }
    if let Some(items) = vm.lookup_attr(other, "items")? {
        let all = vm.call_pos(items.borrow(), &[]);
        vm.release(items);
        let all = all?;
        let result = add_pairs(vm, this, all.borrow());
        vm.release(all);
        return result;
    }
    add_pairs(vm, this, other)
}

fn add_by_keys(vm: &mut Vm, this: Ref, other: Ref, iterator: Ref) -> PyResult<()> {
    while let Some(key) = vm.next(iterator)? {
        let stored = vm.get_item(other, key.borrow()).and_then(|value| {
            let stored = vm.set_item(this, key.borrow(), Some(value.borrow()));
            vm.release(value);
            stored
        });
        vm.release(key);
        stored?;
    }
    Ok(())
}

/// `mutablemapping_add_pairs`
fn add_pairs(vm: &mut Vm, this: Ref, pairs: Ref) -> PyResult<()> {
    let iterator = vm.get_iter(pairs)?;
    let result = loop {
        let pair = match vm.next(iterator.borrow()) {
            Ok(Some(pair)) => pair,
            Ok(None) => break Ok(()),
            Err(stop) => break Err(stop),
        };
        let added = add_pair(vm, this, pair.borrow());
        vm.release(pair);
        if added.is_err() {
            break added;
        }
    };
    vm.release(iterator);
    result
}

fn add_pair(vm: &mut Vm, this: Ref, pair: Ref) -> PyResult<()> {
    let parts = vm.get_iter(pair)?;
    let mut taken: Vec<Owned> = Vec::with_capacity(3);
    let result = loop {
        match vm.next(parts.borrow()) {
            Ok(Some(part)) => {
                taken.push(part);
                if taken.len() == 3 {
                    break Err(vm.value_error("too many values to unpack (expected 2)"));
                }
            }
            Ok(None) => {
                break match *taken.iter().map(Owned::borrow).collect::<Vec<Ref>>() {
                    [key, value] => vm.set_item(this, key, Some(value)),
                    [] => Err(vm.value_error("need more than 0 values to unpack")),
                    _ => Err(vm.value_error("need more than 1 value to unpack")),
                };
            }
            Err(stop) => break Err(stop),
        }
    };
    vm.release_all(taken);
    vm.release(parts);
    result
}
