//! Registering classes, and asking whether a class is a virtual subclass.

use super::weak_set::WeakSet;
use super::{Data, data_of};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::Flags;
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

const PATTERN_FLAGS: u32 = Flags::SEQUENCE | Flags::MAPPING;

fn is_class(vm: &Vm, object: Ref) -> bool {
    matches!(vm.heap[object].value, Value::Type(_))
}

/// `_abc_register(class, subclass)`
pub(super) fn register(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (class, subclass) = (args.values[0], args.values[1]);
    if !is_class(vm, subclass) {
        return Err(vm.type_error("Can only register classes"));
    }
    if vm.derives_from(subclass, class)? {
        return Ok(vm.retain(subclass));
    }
    if vm.derives_from(class, subclass)? {
        return Err(vm.raise(types::RUNTIME_ERROR, "Refusing to create an inheritance cycle"));
    }
    let data = data_of(vm, class)?;
    let added = WeakSet::Registry.add(vm, data.borrow(), subclass);
    vm.release(data);
    added?;
    let invalidations = &vm.module_state.abc_invalidations;
    invalidations.set(invalidations.get() + 1);
    if is_class(vm, class) {
        let flag = vm.class(class).flags.0 & PATTERN_FLAGS;
        if flag != 0 {
            set_pattern_flag(vm, subclass, flag);
        }
    }
    Ok(vm.retain(subclass))
}

/// `set_collection_flag_recursive`
fn set_pattern_flag(vm: &mut Vm, class: Ref, flag: u32) {
    let payload = vm.class_mut(class);
    if payload.heap.is_none() || payload.flags.0 & PATTERN_FLAGS == flag {
        return;
    }
    payload.flags = Flags(payload.flags.0 & !PATTERN_FLAGS | flag);
    for subclass in payload.subclasses.clone() {
        set_pattern_flag(vm, subclass, flag);
    }
}

/// `_abc_instancecheck(class, instance)`
pub(super) fn instance_check(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (class, instance) = (args.values[0], args.values[1]);
    let data = data_of(vm, class)?;
    let claimed = match vm.getattr(instance, names::CLASS) {
        Ok(claimed) => claimed,
        Err(stop) => {
            vm.release(data);
            return Err(stop);
        }
    };
    let result = check_instance(vm, class, data.borrow(), instance, claimed.borrow());
    vm.release(data);
    vm.release(claimed);
    result
}

fn check_instance(vm: &mut Vm, class: Ref, data: Ref, instance: Ref, claimed: Ref) -> PyResult {
    if WeakSet::Cache.has(vm, data, claimed)? {
        return Ok(vm.bool(true));
    }
    let real = vm.class_of(instance);
    if real == claimed {
        let version = vm.payload::<Data>(data).map_or(0, |data| data.negative_version);
        if version == vm.module_state.abc_invalidations.get() && WeakSet::NegativeCache.has(vm, data, claimed)? {
            return Ok(vm.bool(false));
        }
        return vm.call_method(class, "__subclasscheck__", &[claimed]);
    }
    let result = vm.call_method(class, "__subclasscheck__", &[claimed])?;
    match vm.truth(result.borrow()) {
        Ok(true) => Ok(result),
        Ok(false) => {
            vm.release(result);
            vm.call_method(class, "__subclasscheck__", &[real])
        }
        Err(stop) => {
            vm.release(result);
            Err(stop)
        }
    }
}

/// `_abc_subclasscheck(class, subclass)`
pub(super) fn subclass_check(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (class, subclass) = (args.values[0], args.values[1]);
    if !is_class(vm, subclass) {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    }
    let data = data_of(vm, class)?;
    let answer = check_subclass(vm, class, data.borrow(), subclass);
    vm.release(data);
    let answer = answer?;
    Ok(vm.bool(answer))
}

fn check_subclass(vm: &mut Vm, class: Ref, data: Ref, subclass: Ref) -> PyResult<bool> {
    if WeakSet::Cache.has(vm, data, subclass)? {
        return Ok(true);
    }
    let current = vm.module_state.abc_invalidations.get();
    if vm.payload::<Data>(data).is_some_and(|data| data.negative_version < current) {
        if let Some(set) = WeakSet::NegativeCache.of(vm, data) {
            vm.set_clear(set);
        }
        if let Some(data) = vm.payload_mut::<Data>(data) {
            data.negative_version = current;
        }
    } else if WeakSet::NegativeCache.has(vm, data, subclass)? {
        return Ok(false);
    }
    let said = vm.call_method(class, "__subclasshook__", &[subclass])?;
    let answer = said.borrow();
    vm.release(said);
    match answer {
        types::TRUE => return remember(vm, data, subclass, true),
        types::FALSE => return remember(vm, data, subclass, false),
        types::NOT_IMPLEMENTED => {}
        _ => {
            let message = "__subclasshook__ must return either False, True, or NotImplemented";
            return Err(vm.raise(types::ASSERTION_ERROR, message));
        }
    }
    if vm.mro(subclass).contains(&class) {
        return remember(vm, data, subclass, true);
    }
    // A class that is registered itself need not be remembered.
    if WeakSet::Registry.has(vm, data, subclass)? {
        return Ok(true);
    }
    if derives_from_registered(vm, data, subclass)? {
        return remember(vm, data, subclass, true);
    }
    let subclasses = vm.call_method(class, "__subclasses__", &[])?;
    let derives = if vm.list(subclasses.borrow()).is_some() {
        any_base(vm, subclass, subclasses.borrow())
    } else {
        Err(vm.type_error("__subclasses__() must return a list"))
    };
    let result = derives.and_then(|derives| remember(vm, data, subclass, derives));
    vm.release(subclasses);
    result
}

fn remember(vm: &mut Vm, data: Ref, subclass: Ref, answer: bool) -> PyResult<bool> {
    let set = if answer { WeakSet::Cache } else { WeakSet::NegativeCache };
    set.add(vm, data, subclass)?;
    Ok(answer)
}

/// Whether a class derives from one of the list.
fn any_base(vm: &mut Vm, subclass: Ref, list: Ref) -> PyResult<bool> {
    let mut place = 0;
    while let Some(base) = vm.list(list).and_then(|items| items.get(place)).map(Owned::borrow) {
        place += 1;
        let held = vm.retain(base);
        let derives = vm.derives_from(subclass, base);
        vm.release(held);
        if derives? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a class derives from a registered one (`subclasscheck_check_registry`).
fn derives_from_registered(vm: &mut Vm, data: Ref, subclass: Ref) -> PyResult<bool> {
    let Some(registry) = WeakSet::Registry.of(vm, data) else { return Ok(false) };
    let references: Vec<Ref> = vm.set_table(registry).map(|set| set.iter().map(|(_, key)| key).collect()).unwrap_or_default();
    let snapshot: Vec<Owned> = references.into_iter().map(|reference| vm.retain(reference)).collect();
    let mut result = Ok(false);
    for reference in &snapshot {
        let Some(base) = vm.weakref_target(reference.borrow()) else { continue };
        let held = vm.retain(base);
        result = vm.derives_from(subclass, base);
        vm.release(held);
        if !matches!(result, Ok(false)) {
            break;
        }
    }
    vm.release_all(snapshot);
    result
}
