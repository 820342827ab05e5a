//! The methods and operators of `set` and `frozenset`.

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

// ---- one element ----

pub(super) fn add(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.set_add(args.this(), args.values[1])?;
    Ok(vm.none())
}

/// Does something with a key; if the key is a set, which can't be hashed, with a frozenset of its elements instead.
fn with_frozen(vm: &mut Vm, key: Ref, act: impl Fn(&mut Vm, Ref) -> PyResult<bool>) -> PyResult<bool> {
    let stop = match act(vm, key) {
        Err(Stop::Raised) if vm.is_instance_of(key, types::SET) => Stop::Raised,
        result => return result,
    };
    vm.swallow(stop, types::TYPE_ERROR)?;
    let frozen = vm.new_set(types::FROZENSET, Some(key))?;
    let result = act(vm, frozen.borrow());
    vm.release(frozen);
    result
}

pub(super) fn contains(vm: &mut Vm, set: Ref, key: Ref) -> PyResult<bool> {
    with_frozen(vm, key, |vm, key| vm.set_contains(set, key))
}

pub(super) fn remove(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (set, key) = (args.this(), args.values[1]);
    if with_frozen(vm, key, |vm, key| vm.set_discard(set, key))? {
        return Ok(vm.none());
    }
    Err(vm.key_error(key))
}

pub(super) fn discard(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let set = args.this();
    with_frozen(vm, args.values[1], |vm, key| vm.set_discard(set, key))?;
    Ok(vm.none())
}

pub(super) fn pop(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    match vm.set_table_mut(args.this()).and_then(super::Set::pop) {
        Some(key) => Ok(key),
        None => Err(vm.raise(types::KEY_ERROR, "pop from an empty set")),
    }
}

// ---- all elements ----

pub(super) fn clear(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.set_clear(args.this());
    Ok(vm.none())
}

pub(super) fn copy(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    if vm.class_of(args.this()) == types::FROZENSET {
        return Ok(vm.retain(args.this()));
    }
    vm.set_copy(args.this())
}

/// A method that takes any number of iterables, through an argument tuple.
fn with_others<T>(vm: &mut Vm, args: &Args<'_>, name: &str, act: impl FnOnce(&mut Vm, Ref, &[Ref]) -> PyResult<T>) -> PyResult<T> {
    if !args.names.is_empty() {
        let home = if vm.is_instance_of(args.this(), types::SET) { "set" } else { "frozenset" };
        vm.no_keywords(&format!("{home}.{name}"), args)?;
    }
    let others = if vm.profile.set_methods_by_tuple { args.of_method() } else { args.rest() };
    vm.with_argument_tuple(&others, |vm, others| act(vm, args.this(), others.values))
}

pub(super) fn update(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    with_others(vm, args, "update", |vm, set, others| others.iter().try_for_each(|&other| vm.set_update(set, other)))?;
    Ok(vm.none())
}

pub(super) fn union(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    with_others(vm, args, "union", |vm, set, others| {
        let result = vm.set_copy(set)?;
        let mut others = others.iter().filter(|&&other| other != set);
        let filled = others.try_for_each(|&other| vm.set_update(result.borrow(), other));
        vm.finished_set(result, filled)
    })
}

pub(super) fn intersection(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    with_others(vm, args, "intersection", Vm::set_intersection_multi)
}

pub(super) fn intersection_update(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    with_others(vm, args, "intersection_update", |vm, set, others| {
        let result = vm.set_intersection_multi(set, others)?;
        vm.set_become(set, result);
        Ok(())
    })?;
    Ok(vm.none())
}

pub(super) fn difference(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    with_others(vm, args, "difference", |vm, set, others| {
        let Some((&first, rest)) = others.split_first() else { return vm.set_copy(set) };
        let result = vm.set_difference(set, first)?;
        let done = rest.iter().try_for_each(|&other| vm.set_difference_update(result.borrow(), other));
        vm.finished_set(result, done)
    })
}

pub(super) fn difference_update(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    with_others(vm, args, "difference_update", |vm, set, others| {
        others.iter().try_for_each(|&other| vm.set_difference_update(set, other))
    })?;
    Ok(vm.none())
}

pub(super) fn symmetric_difference(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.set_symmetric_difference(args.this(), args.values[1])
}

pub(super) fn symmetric_difference_update(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.set_symmetric_difference_update(args.this(), args.values[1])?;
    Ok(vm.none())
}

pub(super) fn is_disjoint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let result = vm.is_disjoint(args.this(), args.values[1])?;
    Ok(vm.bool(result))
}

pub(super) fn is_subset(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let result = vm.is_subset(args.this(), args.values[1])?;
    Ok(vm.bool(result))
}

pub(super) fn is_superset(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let result = vm.is_superset(args.this(), args.values[1])?;
    Ok(vm.bool(result))
}

// ---- operators ----

/// An operator between two sets; anything else is not its business.
fn between_sets(vm: &mut Vm, left: Ref, right: Ref, act: impl FnOnce(&mut Vm) -> PyResult) -> PyResult {
    if vm.is_any_set(left) && vm.is_any_set(right) { act(vm) } else { Ok(vm.not_implemented()) }
}

pub(super) fn and(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    between_sets(vm, left, right, |vm| vm.set_intersection(left, right))
}

pub(super) fn or(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    between_sets(vm, left, right, |vm| {
        let result = vm.set_copy(left)?;
        let filled = if left == right { Ok(()) } else { vm.set_update(result.borrow(), right) };
        vm.finished_set(result, filled)
    })
}

pub(super) fn sub(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    between_sets(vm, left, right, |vm| vm.set_difference(left, right))
}

pub(super) fn xor(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    between_sets(vm, left, right, |vm| vm.set_symmetric_difference(left, right))
}

/// An in-place operator: changes the left one and hands it back.
fn in_place(vm: &mut Vm, left: Ref, right: Ref, act: impl FnOnce(&mut Vm) -> PyResult<()>) -> PyResult<Owned> {
    if !vm.is_any_set(right) {
        return Ok(vm.not_implemented());
    }
    act(vm)?;
    Ok(vm.retain(left))
}

pub(super) fn inplace_and(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    in_place(vm, left, right, |vm| {
        let result = vm.set_intersection(left, right)?;
        vm.set_become(left, result);
        Ok(())
    })
}

pub(super) fn inplace_or(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    in_place(vm, left, right, |vm| vm.set_update(left, right))
}

pub(super) fn inplace_sub(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    in_place(vm, left, right, |vm| vm.set_difference_update(left, right))
}

pub(super) fn inplace_xor(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    in_place(vm, left, right, |vm| vm.set_symmetric_difference_update(left, right))
}
