//! How slots look from Python: each wrapper checks the number of its arguments, and calls the slot (`wrap_…` in
//! `Objects/typeobject.c`). The first argument is self.

use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Binary, Unary};
use crate::types;
use crate::vm::{PyResult, Vm};

/// A slot that sets one thing of another, or deletes it (no value).
type Store = fn(&mut Vm, Ref, Ref, Option<Ref>) -> PyResult<()>;

pub(super) fn unary(vm: &mut Vm, slot: Option<Unary>, args: &Args<'_>) -> PyResult {
    check(vm, args, 0, 0)?;
    match slot {
        Some(slot) => slot(vm, args.this()),
        None => Ok(vm.not_implemented()),
    }
}

pub(super) fn binary(vm: &mut Vm, slot: Option<Binary>, args: &Args<'_>) -> PyResult {
    check(vm, args, 1, 1)?;
    match slot {
        Some(slot) => slot(vm, args.values[0], args.values[1]),
        None => Ok(vm.not_implemented()),
    }
}

/// A binary operator with self on its right.
pub(super) fn reflected(vm: &mut Vm, slot: Option<Binary>, args: &Args<'_>) -> PyResult {
    check(vm, args, 1, 1)?;
    match slot {
        Some(slot) => slot(vm, args.values[1], args.values[0]),
        None => Ok(vm.not_implemented()),
    }
}

pub(super) fn repeat(vm: &mut Vm, slot: Option<fn(&mut Vm, Ref, i64) -> PyResult>, args: &Args<'_>) -> PyResult {
    check(vm, args, 1, 1)?;
    let times = vm.as_index(args.values[1], Some(types::OVERFLOW_ERROR))?;
    match slot {
        Some(slot) => slot(vm, args.this(), times),
        None => Ok(vm.not_implemented()),
    }
}

pub(super) fn store(vm: &mut Vm, slot: Option<Store>, args: &Args<'_>) -> PyResult {
    check(vm, args, 2, 2)?;
    if let Some(slot) = slot {
        slot(vm, args.values[0], args.values[1], Some(args.values[2]))?;
    }
    Ok(vm.none())
}

pub(super) fn delete(vm: &mut Vm, slot: Option<Store>, args: &Args<'_>) -> PyResult {
    check(vm, args, 1, 1)?;
    if let Some(slot) = slot {
        slot(vm, args.values[0], args.values[1], None)?;
    }
    Ok(vm.none())
}

/// `check_num_args`: the number of arguments of a slot wrapper, self left out.
pub(super) fn check(vm: &mut Vm, args: &Args<'_>, min: usize, max: usize) -> PyResult<()> {
    if !args.names.is_empty() {
        return Err(vm.type_error("wrapper takes no keyword arguments"));
    }
    let given = args.values.len() - 1;
    if (min..=max).contains(&given) {
        return Ok(());
    }
    let wanted = if given < min { min } else { max };
    let how = match (min == max, given < min) {
        (true, _) => "",
        (false, true) => "at least ",
        (false, false) => "at most ",
    };
    let plural = if wanted == 1 { "" } else { "s" };
    // What takes two is unpacked by a function that puts a name in front, an empty one.
    let name = if max > 1 { " " } else { "" };
    Err(vm.type_error(format!("{name}expected {how}{wanted} argument{plural}, got {given}")))
}
