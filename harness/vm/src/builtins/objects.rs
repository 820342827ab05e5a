//! Builtin functions that ask an object about itself.

use crate::object::args::Args;
use crate::vm::{PyResult, Vm};

/// `callable(object)`
pub(super) fn callable(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let callable = vm.is_callable(args.values[0]);
    Ok(vm.bool(callable))
}

/// `format(value, format_spec='')`
pub(super) fn format(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let spec = args.values.get(1).copied();
    if let Some(spec) = spec {
        vm.text_argument("format", "argument 2", spec)?;
    }
    vm.format_value(args.values[0], spec)
}

/// `hash(object)`
pub(super) fn hash(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let outer = std::mem::replace(&mut vm.hash_finds, false);
    let hash = vm.hash_of(args.values[0]);
    vm.hash_finds = outer;
    let hash = hash?;
    Ok(vm.int(hash))
}

/// `id(object)`: a number of the object's own while it lives. It is not the one that CPython has.
pub(super) fn id(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    // The library takes such numbers for keys, in the order in which they come.
    if vm.frames.last().is_none_or(|frame| frame.code.traced) {
        vm.note_address_use("id()");
    }
    Ok(vm.int(0x7f00_0000_0000 + 64 * args.values[0].index() as i64))
}
