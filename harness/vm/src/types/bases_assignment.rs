//! `cls.__bases__ = …` (`type_set_bases` in `Objects/typeobject.c`).

use super::class_creation::best_base;
use super::type_::special_value;
use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::vm::{PyResult, Vm};

pub(super) fn set_bases(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let new_bases = special_value(vm, this, value, "__bases__")?;
    let name = vm.class(this).name.to_string();
    let Some(listed) = vm.tuple(new_bases).map(|bases| bases.iter().map(Owned::borrow).collect::<Vec<Ref>>()) else {
        let message = format!("can only assign tuple to {name}.__bases__, not {}", vm.type_name(new_bases));
        return Err(vm.type_error(message));
    };
    if listed.is_empty() {
        return Err(vm.type_error(format!("can only assign non-empty tuple to {name}.__bases__, not ()")));
    }
    for &base in &listed {
        if !matches!(vm.heap[base].value, Value::Type(_)) {
            let message = format!("{name}.__bases__ must be tuple of classes, not '{}'", vm.type_name(base));
            return Err(vm.type_error(message));
        }
        if vm.is_subclass(base, this) {
            return Err(vm.type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let new_base = best_base(vm, &listed)?;
    let old_base = vm.class(this).base.as_ref().map_or(new_base, Owned::borrow);
    if let Some(what) = vm.layouts_differ(old_base, new_base) {
        let (new, old) = (vm.qualified_type_name(new_base), vm.qualified_type_name(old_base));
        return Err(vm.type_error(format!("__bases__ assignment: '{new}' {what} differs from '{old}'")));
    }
    exchange(vm, this, new_bases, new_base)
}

/// Puts the new bases in, and everything that follows from them; if that can't be, the old ones again.
fn exchange(vm: &mut Vm, this: Ref, new_bases: Ref, new_base: Ref) -> PyResult<()> {
    let (bases, base) = (vm.retain(new_bases), vm.retain(new_base));
    let (old_bases, old_base) = put(vm, this, Some(bases), Some(base));
    let mut replaced = Vec::new();
    if let Err(stop) = renew_order(vm, this, &mut replaced) {
        for (class, mro) in replaced.into_iter().rev() {
            let new = std::mem::replace(&mut vm.class_mut(class).mro, mro);
            vm.release_option(new);
        }
        let (bases, base) = put(vm, this, old_bases, old_base);
        vm.release_option(bases);
        vm.release_option(base);
        vm.cache.invalidate();
        return Err(stop);
    }
    for (_, mro) in replaced {
        vm.release_option(mro);
    }
    for (bases, is_old) in [(old_bases.as_ref().map(Owned::borrow), true), (Some(new_bases), false)] {
        for base in bases.and_then(|bases| vm.items(bases)).unwrap_or_default() {
            if vm.class(base).heap.is_none() {
                continue;
            }
            let subclasses = &mut vm.class_mut(base).subclasses;
            if is_old {
                subclasses.retain(|&subclass| subclass != this);
            } else {
                subclasses.push(this);
            }
        }
    }
    vm.update_slots(this);
    vm.release_option(old_bases);
    vm.release_option(old_base);
    Ok(())
}

fn put(vm: &mut Vm, this: Ref, bases: Option<Owned>, base: Option<Owned>) -> (Option<Owned>, Option<Owned>) {
    let class = vm.class_mut(this);
    (std::mem::replace(&mut class.bases, bases), std::mem::replace(&mut class.base, base))
}

/// The resolution orders of a class and of those that derive from it (`mro_hierarchy`); hands over the old ones.
fn renew_order(vm: &mut Vm, class: Ref, replaced: &mut Vec<(Ref, Option<Owned>)>) -> PyResult<()> {
    let mro = vm.resolution_order(class)?;
    replaced.push((class, vm.class_mut(class).mro.replace(mro)));
    vm.cache.invalidate();
    for subclass in vm.class(class).subclasses.clone() {
        renew_order(vm, subclass, replaced)?;
    }
    Ok(())
}
