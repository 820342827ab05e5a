//! `bool`

use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Binary, Flags, NativeType, Slots};
use crate::types::{self, int, names};
use crate::vm::{PyResult, Vm};

/// `bool`
pub(crate) static TYPE: NativeType = NativeType {
    name: "bool",
    base: Some(types::INT),
    slots: Slots {
        repr: Some(repr),
        new: Some(new),
        and: Some(|vm, left, right| logical(vm, left, right, |a, b| a & b, int::and)),
        or: Some(|vm, left, right| logical(vm, left, right, |a, b| a | b, int::or)),
        invert: Some(invert),
        xor: Some(|vm, left, right| logical(vm, left, right, |a, b| a ^ b, int::xor)),
        ..Slots::NONE
    },
    flags: Flags(Flags::MATCH_SELF | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    Ok(vm.retain(if this == types::TRUE { names::TRUE_TEXT } else { names::FALSE_TEXT }))
}

/// `~truth`, as of an integer
fn invert(vm: &mut Vm, this: Ref) -> PyResult {
    if let Some(complaint) = vm.profile.bool_inversion_complaint {
        vm.warn_text(types::DEPRECATION_WARNING, complaint, None)?;
    }
    int::invert(vm, this)
}

fn new(vm: &mut Vm, _class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords("bool", args)?;
    let given = args.values.len();
    if given > 1 {
        return Err(vm.type_error(format!("bool expected at most 1 argument, got {given}")));
    }
    let truth = match args.values.first() {
        Some(&x) => vm.truth(x)?,
        None => false,
    };
    Ok(vm.bool(truth))
}

/// Of two bools a bool; of anything else what `int` makes of it.
fn logical(vm: &mut Vm, left: Ref, right: Ref, both: fn(bool, bool) -> bool, else_: Binary) -> PyResult {
    if vm.class_of(left) == types::BOOL && vm.class_of(right) == types::BOOL {
        return Ok(vm.bool(both(left == types::TRUE, right == types::TRUE)));
    }
    else_(vm, left, right)
}
