//! What can be read off a generator.

use super::{Generator, State};
use crate::heap::{Owned, Ref};
use crate::types;
use crate::vm::{PyResult, Vm};

pub(super) fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let name = vm.generator(this).and_then(|generator| generator.qualname.as_ref()).map_or(types::NONE, Owned::borrow);
    let text = format!("<{} object {} at {}>", vm.type_name(this), vm.expect_text(name), Vm::address(this));
    Ok(vm.str(text))
}

fn retained(vm: &mut Vm, this: Ref, field: impl Fn(&Generator) -> Option<&Owned>) -> Owned {
    let found = vm.generator(this).and_then(field).map_or(types::NONE, Owned::borrow);
    vm.retain(found)
}

pub(super) fn name(vm: &mut Vm, this: Ref) -> PyResult {
    Ok(retained(vm, this, |generator| generator.name.as_ref()))
}

pub(super) fn qualname(vm: &mut Vm, this: Ref) -> PyResult {
    Ok(retained(vm, this, |generator| generator.qualname.as_ref()))
}

pub(super) fn code(vm: &mut Vm, this: Ref) -> PyResult {
    Ok(retained(vm, this, |generator| generator.code_object.as_ref()))
}

fn set_text(
    vm: &mut Vm,
    this: Ref,
    value: Option<Ref>,
    what: &str,
    field: impl Fn(&mut Generator) -> &mut Option<Owned>,
) -> PyResult<()> {
    let Some(value) = value.filter(|&value| vm.text(value).is_some()) else {
        return Err(vm.type_error(format!("{what} must be set to a string object")));
    };
    let value = vm.retain(value);
    let old = match vm.generator_mut(this) {
        Some(generator) => field(generator).replace(value),
        None => Some(value),
    };
    vm.release_option(old);
    Ok(())
}

pub(super) fn set_name(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    set_text(vm, this, value, "__name__", |generator| &mut generator.name)
}

pub(super) fn set_qualname(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    set_text(vm, this, value, "__qualname__", |generator| &mut generator.qualname)
}

pub(super) fn running(vm: &mut Vm, this: Ref) -> PyResult {
    let running = vm.generator(this).is_some_and(|generator| generator.state == State::Executing);
    Ok(vm.bool(running))
}

pub(super) fn suspended(vm: &mut Vm, this: Ref) -> PyResult {
    let suspended = vm.generator(this).is_some_and(|generator| generator.state == State::Suspended);
    Ok(vm.bool(suspended))
}

pub(super) fn yield_from(vm: &mut Vm, this: Ref) -> PyResult {
    let delegate = vm.delegate(this).unwrap_or(types::NONE);
    Ok(vm.retain(delegate))
}

pub(super) fn frame(vm: &mut Vm, this: Ref) -> PyResult {
    if vm.generator(this).is_none_or(|generator| generator.state.finished()) {
        return Ok(vm.none());
    }
    Ok(vm.generator_frame_object(this))
}
