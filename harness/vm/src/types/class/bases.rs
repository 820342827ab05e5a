//! `cls.__bases__ = …` (`type_set_bases` in `Objects/typeobject.c`).

use super::layout::best_base;
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::types::type_::special_value;
use crate::vm::{PyResult, Vm};

pub(crate) fn set_bases(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let new_bases = special_value(vm, this, value, "__bases__")?;
    if vm.class(this).mro.is_none() {
        return Err(vm.unsupported(Missing::Name, "setting __bases__ of a class that is being made"));
    }
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
        if vm.is_subclass(base, this) || is_on_base_chain(vm, base, this) {
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

/// Whether a class is among the bases that the first one's layout comes from (`type_is_subtype_base_chain`): these are put in place
/// before a metaclass's `mro` runs, the resolution order after it.
fn is_on_base_chain(vm: &Vm, class: Ref, wanted: Ref) -> bool {
    let base = |&class: &Ref| vm.class(class).base.as_ref().map(Owned::borrow);
    std::iter::successors(Some(class), base).any(|base| base == wanted)
}

/// A resolution order that was exchanged.
struct Exchanged {
    class: Owned,
    new: Owned,
    old: Option<Owned>,
}

/// Puts the new bases in, and everything that follows from them; if that can't be, the old ones again. What a metaclass's `mro` assigns
/// meanwhile stays.
fn exchange(vm: &mut Vm, this: Ref, new_bases: Ref, new_base: Ref) -> PyResult<()> {
    let (bases, base) = (vm.retain(new_bases), vm.retain(new_base));
    let (old_bases, old_base) = put(vm, this, Some(bases), Some(base));
    let mut exchanged = Vec::new();
    let renewed = renew_order(vm, this, &mut exchanged);
    if renewed.is_err() {
        for entry in exchanged.iter().rev() {
            let class = entry.class.borrow();
            if vm.class(class).mro.as_ref().map(Owned::borrow) == Some(entry.new.borrow()) {
                let old = entry.old.as_ref().map(|old| vm.retain(old.borrow()));
                let new = std::mem::replace(&mut vm.class_mut(class).mro, old);
                vm.release_option(new);
            }
        }
    }
    for entry in exchanged.into_iter().rev() {
        vm.release_option(entry.old);
        vm.release(entry.new);
        vm.release(entry.class);
    }
    let is_in_place = vm.class(this).bases.as_ref().map(Owned::borrow) == Some(new_bases);
    let (bases, base) = match &renewed {
        Err(_) if is_in_place => put(vm, this, old_bases, old_base),
        _ => (old_bases, old_base),
    };
    if renewed.is_err() {
        vm.cache.invalidate();
    } else if is_in_place {
        move_among_subclasses(vm, this, bases.as_ref().map(Owned::borrow), new_bases);
        vm.update_slots(this);
    }
    vm.release_option(bases);
    vm.release_option(base);
    renewed
}

fn move_among_subclasses(vm: &mut Vm, this: Ref, old_bases: Option<Ref>, new_bases: Ref) {
    for (bases, is_old) in [(old_bases, true), (Some(new_bases), false)] {
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
}

fn put(vm: &mut Vm, this: Ref, bases: Option<Owned>, base: Option<Owned>) -> (Option<Owned>, Option<Owned>) {
    let class = vm.class_mut(this);
    (std::mem::replace(&mut class.bases, bases), std::mem::replace(&mut class.base, base))
}

/// The resolution orders of a class and of those that derive from it (`mro_hierarchy`). One that a metaclass's `mro` has brought about
/// another one for stays, and what derives from it.
fn renew_order(vm: &mut Vm, class: Ref, exchanged: &mut Vec<Exchanged>) -> PyResult<()> {
    let old = vm.class(class).mro.as_ref().map(Owned::borrow).map(|old| vm.retain(old));
    let new = vm.resolution_order(class);
    let has_changed = vm.class(class).mro.as_ref().map(Owned::borrow) != old.as_ref().map(Owned::borrow);
    vm.release_option(old);
    let new = new?;
    if has_changed {
        vm.release(new);
        return Ok(());
    }
    let entry = Exchanged { class: vm.retain(class), new: vm.retain(new.borrow()), old: vm.class_mut(class).mro.replace(new) };
    exchanged.push(entry);
    vm.cache.invalidate();
    let subclasses: Vec<Owned> = vm.class(class).subclasses.clone().into_iter().map(|subclass| vm.retain(subclass)).collect();
    let result = subclasses.iter().try_for_each(|subclass| renew_order(vm, subclass.borrow(), exchanged));
    for subclass in subclasses.into_iter().rev() {
        vm.release(subclass);
    }
    result
}
