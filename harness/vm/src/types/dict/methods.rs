//! The methods of `dict`.

use super::{iterators, merge};
use crate::heap::Ref;
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Vm};

/// The default value of a call: its second argument, or `None`.
fn default(args: &Args<'_>) -> Ref {
    args.values.get(2).copied().unwrap_or(types::NONE)
}

pub(super) fn get(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let value = vm.dict_get(args.this(), args.values[1])?.unwrap_or(default(args));
    Ok(vm.retain(value))
}

pub(super) fn set_default(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let value = vm.dict_set_default(args.this(), args.values[1], default(args))?;
    Ok(vm.retain(value))
}

pub(super) fn pop(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let key = args.values[1];
    match (vm.dict_pop(args.this(), key)?, args.values.get(2)) {
        (Some(value), _) => Ok(value),
        (None, Some(&default)) => Ok(vm.retain(default)),
        (None, None) => Err(vm.key_error(key)),
    }
}

pub(super) fn pop_item(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.own_keys(args.this());
    match vm.dict_mut(args.this()).and_then(super::Dict::pop_last) {
        Some(entry) => Ok(vm.new_tuple(vec![entry.key, entry.value])),
        None => Err(vm.raise(types::KEY_ERROR, "popitem(): dictionary is empty")),
    }
}

/// Through an argument tuple, and a dict of the keywords (`METH_VARARGS | METH_KEYWORDS`).
pub(super) fn update(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    vm.with_argument_tuple(&args.of_method(), |vm, args| merge::update_common(vm, this, args, "update", true))?;
    Ok(vm.none())
}

pub(super) fn from_keys(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.dict_from_keys(args.this(), args.values[1], default(args))
}

pub(super) fn clear(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.dict_clear(args.this());
    Ok(vm.none())
}

pub(super) fn copy(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.dict_copy(args.this())
}

pub(super) fn reversed(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    Ok(iterators::make(vm, types::DICT_REVERSE_KEY_ITERATOR, args.this()))
}
