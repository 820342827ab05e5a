//! How slots look from Python: each wrapper checks the number of its arguments, and calls the slot (`wrap_…` in
//! `Objects/typeobject.c`). The first argument is self.

use std::ptr::fn_addr_eq;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Binary, Unary};
use crate::object::value::Value;
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

/// An attribute by its name, which each type's own way to look for attributes checks.
pub(super) fn get_attribute(vm: &mut Vm, slot: Option<Binary>, args: &Args<'_>) -> PyResult {
    check(vm, args, 1, 1)?;
    vm.check_attribute_name(args.values[1])?;
    binary(vm, slot, args)
}

/// `wrap_setattr`
pub(super) fn set_attribute(vm: &mut Vm, slot: Option<Store>, args: &Args<'_>) -> PyResult {
    check(vm, args, 2, 2)?;
    check_jump(vm, slot, args.this(), "__setattr__")?;
    vm.check_attribute_name(args.values[1])?;
    if !matches!(vm.heap[args.this()].value, Value::Type(_)) {
        return store(vm, slot, args);
    }
    // Classes know their attributes by interned names.
    let name = vm.retain(args.values[1]);
    let name = vm.interned_for(name);
    vm.lend(name, |vm, name| store(vm, slot, &Args::positional(&[args.values[0], name, args.values[2]])))
}

/// `wrap_delattr`
pub(super) fn delete_attribute(vm: &mut Vm, slot: Option<Store>, args: &Args<'_>) -> PyResult {
    check(vm, args, 1, 1)?;
    check_jump(vm, slot, args.this(), "__delattr__")?;
    vm.check_attribute_name(args.values[1])?;
    delete(vm, slot, args)
}

/// `hackcheck`: a builtin type's own way to set attributes can't be gone round by calling that of a base of it.
fn check_jump(vm: &mut Vm, called: Option<Store>, this: Ref, what: &str) -> PyResult<()> {
    let class = vm.class_of(this);
    let same = |left: Option<Store>, right: Option<Store>| match (left, right) {
        (Some(left), Some(right)) => fn_addr_eq(left, right),
        (left, right) => left.is_none() && right.is_none(),
    };
    let setter = |vm: &Vm, class: Ref| vm.class(class).slots.setattr;
    let written_in_python = |slot| same(slot, Some(super::methods::setattr as Store));
    let own = setter(vm, class);
    let order = vm.class(class).mro.as_ref().and_then(|mro| vm.tuple(mro.borrow()));
    let defining = order.into_iter().flatten().rev().map(Owned::borrow).find(|&base| {
        let slot = setter(vm, base);
        !written_in_python(slot) && same(slot, own)
    });
    let mut at = Some(defining.unwrap_or(class));
    while let Some(base) = at {
        let slot = setter(vm, base);
        if same(slot, called) {
            break;
        }
        if !written_in_python(slot) {
            let message = format!("can't apply this {what} to {} object", vm.type_name(this));
            return Err(vm.type_error(message));
        }
        at = vm.class(base).base.as_ref().map(Owned::borrow);
    }
    Ok(())
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
