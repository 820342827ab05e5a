//! What stands in the slots of Python classes: it calls the method of the class (`slot_…` in `Objects/typeobject.c`).

use std::ptr::fn_addr_eq;

use crate::heap::{Owned, Ref};
use crate::object::args::{Args, with_self};
use crate::object::class::{Binary, Flags, Slots, Ternary};
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Stop, Vm};
use refdrift_isa::CompareOperator;

/// A binary operator between operands of which at least one is of a Python class (`SLOT1BINFULL`).
pub(super) fn binary(
    vm: &mut Vm,
    left: Ref,
    right: Ref,
    [name, reflected]: [Ref; 2],
    generic: impl Fn(&Slots) -> bool,
) -> PyResult {
    let (left_class, right_class) = (vm.class_of(left), vm.class_of(right));
    let mut try_right = left_class != right_class && generic(&vm.class(right_class).slots);
    if generic(&vm.class(left_class).slots) {
        if try_right && vm.is_subclass(right_class, left_class) && is_overloaded(vm, left_class, right_class, reflected) {
            let result = call_or_not_implemented(vm, right, reflected, left)?;
            if result.borrow() != types::NOT_IMPLEMENTED {
                return Ok(result);
            }
            vm.release(result);
            try_right = false;
        }
        let result = call_or_not_implemented(vm, left, name, right)?;
        if result.borrow() != types::NOT_IMPLEMENTED || left_class == right_class {
            return Ok(result);
        }
        vm.release(result);
    }
    if try_right {
        return call_or_not_implemented(vm, right, reflected, left);
    }
    Ok(vm.not_implemented())
}

fn call_or_not_implemented(vm: &mut Vm, this: Ref, name: Ref, other: Ref) -> PyResult {
    match vm.call_special(this, name, &[other])? {
        Some(result) => Ok(result),
        None => Ok(vm.not_implemented()),
    }
}

/// `method_is_overloaded`
fn is_overloaded(vm: &mut Vm, left: Ref, right: Ref, name: Ref) -> bool {
    let theirs = vm.lookup(right, name);
    theirs.is_some() && theirs != vm.lookup(left, name)
}

pub(super) fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let name = match op {
        CompareOperator::Lt => names::LT,
        CompareOperator::Le => names::LE,
        CompareOperator::Eq => names::EQ,
        CompareOperator::Ne => names::NE,
        CompareOperator::Gt => names::GT,
        CompareOperator::Ge => names::GE,
    };
    // A method that can't even be got is none (`slot_tp_richcompare`).
    match vm.special_callable(left, name) {
        Ok(Some((callable, unbound))) => {
            let values = [left, right];
            vm.lend(callable, |vm, callable| vm.call_pos(callable, &values[usize::from(!unbound)..]))
        }
        Ok(None) => Ok(vm.not_implemented()),
        Err(Stop::Raised) => {
            vm.clear_raised();
            Ok(vm.not_implemented())
        }
        Err(stop) => Err(stop),
    }
}

pub(super) fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    let class = vm.class_of(this);
    if vm.lookup(class, names::HASH).is_none_or(|found| found == types::NONE) {
        return crate::object::protocol::unhashable(vm, this);
    }
    let hash = vm.call_required(this, names::HASH, &[])?;
    if !vm.is_instance_of(hash.borrow(), types::INT) {
        // `slot_tp_hash` never gives it back, in any version: it leaks.
        vm.keep_for_good(hash);
        return Err(vm.type_error("__hash__ method should return an integer"));
    }
    let value = match vm.heap[hash.borrow()].value {
        Value::Int(value) => Ok(crate::hash::not_minus_one(value)),
        _ => vm.hash_of(hash.borrow()),
    };
    vm.release(hash);
    value
}

pub(super) fn call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    let Some(found) = vm.special_callable(this, names::CALL)? else {
        let message = format!("'{}' object is not callable", vm.type_name(this));
        return Err(vm.type_error(message));
    };
    call_found(vm, this, found, args)
}

/// Calls what a class has under the name of a special method, which is given self if it is not bound (`vectorcall_unbound`).
fn call_found(vm: &mut Vm, this: Ref, (callable, unbound): (Owned, bool), args: &Args<'_>) -> PyResult {
    let result = if unbound {
        vm.call_dict(callable.borrow(), &Args::new(&with_self(this, args.values), args.names))
    } else {
        vm.call_dict(callable.borrow(), args)
    };
    vm.release(callable);
    result
}

/// `slot_tp_getattr_hook`, `slot_tp_getattro`
pub(super) fn getattr(vm: &mut Vm, this: Ref, name: Ref) -> PyResult {
    let class = vm.class_of(this);
    let Some(hook) = vm.lookup(class, names::GETATTR) else { return vm.call_required(this, names::GETATTRIBUTE, &[name]) };
    let hook = vm.retain(hook);
    let result = match vm.lookup(class, names::GETATTRIBUTE) {
        Some(found) if !is_generic_getattribute(vm, found) => {
            let found = vm.retain(found);
            let result = call_hook(vm, this, found.borrow(), name);
            vm.release(found);
            result
        }
        _ => vm.generic_getattr(this, name),
    };
    let result = match result {
        Err(stop) => match vm.swallow(stop, types::ATTRIBUTE_ERROR) {
            Ok(()) => call_hook(vm, this, hook.borrow(), name),
            Err(stop) => Err(stop),
        },
        found => found,
    };
    vm.release(hook);
    result
}

/// Whether an attribute is the `__getattribute__` of `object`, or of another builtin type that does the same.
fn is_generic_getattribute(vm: &Vm, found: Ref) -> bool {
    let class = vm.native_function(found).and_then(|function| function.class);
    let own = class.and_then(|class| vm.class(class).slots.getattr);
    own.is_some_and(|own| fn_addr_eq(own, Vm::generic_getattr as Binary))
}

/// `call_attribute`: 3.11 binds the hook first.
fn call_hook(vm: &mut Vm, this: Ref, hook: Ref, name: Ref) -> PyResult {
    let hook_class = vm.class(vm.class_of(hook));
    if !vm.profile.attribute_hooks_bind && hook_class.flags.has(Flags::METHOD_DESCRIPTOR) {
        return vm.call_pos(hook, &[this, name]);
    }
    let Some(get) = hook_class.slots.get else { return vm.call_pos(hook, &[name]) };
    let class = vm.class_of(this);
    let bound = get(vm, hook, Some(this), Some(class))?;
    let result = vm.call_pos(bound.borrow(), &[name]);
    vm.release(bound);
    result
}

pub(super) fn setattr(vm: &mut Vm, this: Ref, name: Ref, value: Option<Ref>) -> PyResult<()> {
    let result = match value {
        Some(value) => vm.call_required(this, names::SETATTR, &[name, value])?,
        None => vm.call_required(this, names::DELATTR, &[name])?,
    };
    vm.release(result);
    Ok(())
}

/// `slot_tp_iter`: without `__iter__`, a class with `__getitem__` is a sequence.
pub(super) fn iter(vm: &mut Vm, this: Ref) -> PyResult {
    let class = vm.class_of(this);
    match vm.lookup(class, names::ITER) {
        Some(types::NONE) => {
            let message = format!("'{}' object is not iterable", vm.type_name(this));
            Err(vm.type_error(message))
        }
        Some(_) => vm.call_required(this, names::ITER, &[]),
        None if vm.lookup(class, names::GETITEM).is_some() => vm.sequence_iterator(this),
        None => {
            let message = format!("'{}' object is not iterable", vm.type_name(this));
            Err(vm.type_error(message))
        }
    }
}

pub(super) fn get(vm: &mut Vm, this: Ref, object: Option<Ref>, class: Option<Ref>) -> PyResult {
    let own_class = vm.class_of(this);
    let Some(get) = vm.lookup(own_class, names::GET) else { return Ok(vm.retain(this)) };
    // 3.13 holds the method while it runs.
    let held = vm.profile.lookup_gives_references.then(|| vm.retain(get));
    let result = vm.call_pos(get, &[this, object.unwrap_or(types::NONE), class.unwrap_or(types::NONE)]);
    vm.release_option(held);
    result
}

pub(super) fn set(vm: &mut Vm, this: Ref, object: Ref, value: Option<Ref>) -> PyResult<()> {
    let result = match value {
        Some(value) => vm.call_special(this, names::SET, &[object, value])?,
        None => vm.call_special(this, names::DELETE, &[object])?,
    };
    match result {
        Some(result) => {
            vm.release(result);
            Ok(())
        }
        None => Err(vm.no_attribute(this, if value.is_some() { names::SET } else { names::DELETE })),
    }
}

pub(super) fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    let Some(found) = vm.special_callable(this, names::INIT)? else { return Err(vm.no_attribute(this, names::INIT)) };
    let result = call_found(vm, this, found, args)?;
    if result.borrow() != types::NONE {
        let message = format!("__init__() should return None, not '{}'", vm.type_name(result.borrow()));
        vm.release(result);
        return Err(vm.type_error(message));
    }
    vm.release(result);
    Ok(())
}

pub(super) fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let function = vm.getattr(class, names::NEW)?;
    let result = vm.call_dict(function.borrow(), &Args::new(&with_self(class, args.values), args.names));
    vm.release(function);
    result
}

pub(super) fn finalize(vm: &mut Vm, this: Ref) -> PyResult<()> {
    let (callable, unbound) = match vm.special_callable(this, names::DEL) {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(()),
        Err(stop) => return vm.swallow(stop, types::BASE_EXCEPTION),
    };
    let values: &[Ref] = if unbound { &[this] } else { &[] };
    match vm.call_pos(callable.borrow(), values) {
        Ok(result) => vm.release(result),
        Err(_) => vm.write_unraisable(Some(callable.borrow())),
    }
    vm.release(callable);
    Ok(())
}

pub(super) fn power(vm: &mut Vm, left: Ref, right: Ref, modulus: Ref) -> PyResult {
    let is_generic = |slots: &Slots| slots.power.is_some_and(|slot| fn_addr_eq(slot, power as Ternary));
    if modulus == types::NONE {
        return binary(vm, left, right, [names::POW, names::RPOW], is_generic);
    }
    if is_generic(&vm.class(vm.class_of(left)).slots) {
        return vm.call_required(left, names::POW, &[right, modulus]);
    }
    Ok(vm.not_implemented())
}

/// `slot_nb_bool`: `__bool__`, else `__len__`, else true.
pub(super) fn truth(vm: &mut Vm, this: Ref) -> PyResult<bool> {
    let class = vm.class_of(this);
    if vm.lookup(class, names::BOOL).is_none() {
        if vm.lookup(class, names::LEN).is_none() {
            return Ok(true);
        }
        return length(vm, this).map(|length| length > 0);
    }
    let result = vm.call_required(this, names::BOOL, &[])?;
    let (is_bool, truth) = (vm.class_of(result.borrow()) == types::BOOL, result.borrow() == types::TRUE);
    let name = vm.type_name(result.borrow());
    vm.release(result);
    if is_bool { Ok(truth) } else { Err(vm.type_error(format!("__bool__ should return bool, returned {name}"))) }
}

pub(super) fn length(vm: &mut Vm, this: Ref) -> PyResult<usize> {
    let result = vm.call_required(this, names::LEN, &[])?;
    let index = vm.index(result.borrow());
    vm.release(result);
    let index: Owned = index?;
    // What is negative does not have to fit. Clamped, it stays so.
    let negative = vm.as_index(index.borrow(), None).is_ok_and(|length| length < 0);
    let length = if negative { Ok(-1) } else { vm.as_index(index.borrow(), Some(types::OVERFLOW_ERROR)) };
    vm.release(index);
    usize::try_from(length?).map_err(|_| vm.value_error("__len__() should return >= 0"))
}

pub(super) fn setitem(vm: &mut Vm, this: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
    let result = match value {
        Some(value) => vm.call_required(this, names::SETITEM, &[key, value])?,
        None => vm.call_required(this, names::DELITEM, &[key])?,
    };
    vm.release(result);
    Ok(())
}

/// `slot_sq_contains`: without `__contains__`, a search by iteration.
pub(super) fn contains(vm: &mut Vm, this: Ref, item: Ref) -> PyResult<bool> {
    let class = vm.class_of(this);
    match vm.lookup(class, names::CONTAINS) {
        Some(types::NONE) => {
            let message = format!("'{}' object is not a container", vm.type_name(this));
            Err(vm.type_error(message))
        }
        Some(_) => {
            let result = vm.call_required(this, names::CONTAINS, &[item])?;
            let truth = vm.truth(result.borrow());
            vm.release(result);
            truth
        }
        None => vm.contains_by_iteration(this, item),
    }
}
