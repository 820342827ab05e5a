//! Type variables in annotations, and putting types in their place (`_Py_make_parameters`, `_Py_subs_parameters` in
//! `Objects/genericaliasobject.c`).

use super::alias::unpacked_args;
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::vm::{PyResult, Stop, Vm};

fn is_class(vm: &Vm, object: Ref) -> bool {
    matches!(vm.heap[object].value, Value::Type(_))
}

/// The type variables in a tuple of arguments, each once, as a new tuple.
pub(super) fn make(vm: &mut Vm, args: Ref) -> PyResult {
    let mut found: Vec<Owned> = Vec::new();
    for arg in vm.items(args).unwrap_or_default() {
        if let Err(stop) = collect(vm, arg, &mut found) {
            vm.release_all(found);
            return Err(stop);
        }
    }
    Ok(vm.new_tuple(found))
}

fn collect(vm: &mut Vm, arg: Ref, found: &mut Vec<Owned>) -> PyResult<()> {
    if is_class(vm, arg) {
        return Ok(());
    }
    if let Some(subst) = vm.lookup_attr(arg, "__typing_subst__")? {
        vm.release(subst);
        add(vm, found, arg);
        return Ok(());
    }
    if let Some(parameters) = vm.lookup_attr(arg, "__parameters__")? {
        let items = vm.tuple(parameters.borrow()).map(|_| vm.items(parameters.borrow()).unwrap_or_default());
        for parameter in items.into_iter().flatten() {
            add(vm, found, parameter);
        }
        vm.release(parameters);
    }
    Ok(())
}

fn add(vm: &mut Vm, found: &mut Vec<Owned>, parameter: Ref) {
    if !found.iter().any(|known| known.borrow() == parameter) {
        found.push(vm.retain(parameter));
    }
}

/// The arguments with `item` (one type, or a tuple of them) in place of the parameters, as a new tuple.
pub(super) fn substitute(vm: &mut Vm, this: Ref, args: Ref, parameters: Ref, item: Ref) -> PyResult {
    let parameters = vm.items(parameters).unwrap_or_default();
    if parameters.is_empty() {
        let repr = vm.repr(this)?;
        let message = format!("{} is not a generic class", vm.expect_text(repr.borrow()));
        vm.release(repr);
        return Err(vm.type_error(message));
    }
    let mut item = unpack(vm, item)?;
    for &parameter in &parameters {
        match prepared(vm, this, parameter, item.borrow()) {
            Ok(None) => {}
            Ok(Some(new)) => vm.release(std::mem::replace(&mut item, new)),
            Err(stop) => {
                vm.release(item);
                return Err(stop);
            }
        }
    }
    let given = match vm.tuple(item.borrow()) {
        Some(_) => vm.items(item.borrow()).unwrap_or_default(),
        None => vec![item.borrow()],
    };
    if given.len() != parameters.len() {
        vm.release(item);
        let how = if given.len() > parameters.len() { "many" } else { "few" };
        let repr = vm.repr(this)?;
        let shown = vm.expect_text(repr.borrow());
        let message = format!("Too {how} arguments for {shown}; actual {}, expected {}", given.len(), parameters.len());
        vm.release(repr);
        return Err(vm.type_error(message));
    }
    vm.lend(item, |vm, _| {
        let mut new_args = Vec::new();
        for arg in vm.items(args).unwrap_or_default() {
            if let Err(stop) = substitute_in(vm, arg, &parameters, &given, &mut new_args) {
                vm.release_all(new_args);
                return Err(stop);
            }
        }
        Ok(vm.new_tuple(new_args))
    })
}

/// The tuple of what is given, unpacked tuples laid open (`_unpack_args`).
fn unpack(vm: &mut Vm, item: Ref) -> PyResult {
    let items = match vm.tuple(item) {
        Some(_) => vm.items(item).unwrap_or_default(),
        None => vec![item],
    };
    let mut unpacked = Vec::new();
    for item in items {
        match unpacked_args(vm, item) {
            Ok(Some(args)) => {
                unpacked.extend(vm.items(args.borrow()).unwrap_or_default().into_iter().map(|arg| vm.retain(arg)));
                vm.release(args);
            }
            Ok(None) => unpacked.push(vm.retain(item)),
            Err(Stop::Abort) => return Err(Stop::Abort),
            // `_Py_subs_parameters` goes on with a null pointer.
            Err(Stop::Raised) => {
                return Err(vm.unsupported(Missing::Name, "a failing __typing_unpacked_tuple_args__, with which CPython crashes"));
            }
        }
    }
    Ok(vm.new_tuple(unpacked))
}

/// What a type variable makes of what is given, before it is put in place.
fn prepared(vm: &mut Vm, this: Ref, parameter: Ref, item: Ref) -> PyResult<Option<Owned>> {
    let Some(prepare) = vm.lookup_attr(parameter, "__typing_prepare_subst__")? else { return Ok(None) };
    vm.lend(prepare, |vm, prepare| {
        if prepare == crate::types::NONE {
            return Ok(None);
        }
        // Both are held for the length of the call (`PyObject_CallFunction`).
        let args = if vm.tuple(item).is_some() { vm.retain(item) } else { vm.tuple_of(&[item]) };
        let held = vec![vm.retain(this), args];
        let made = vm.call_pos(prepare, &[held[0].borrow(), held[1].borrow()]);
        vm.release_all(held);
        made.map(Some)
    })
}

fn substitute_in(vm: &mut Vm, arg: Ref, parameters: &[Ref], given: &[Ref], out: &mut Vec<Owned>) -> PyResult<()> {
    if is_class(vm, arg) {
        out.push(vm.retain(arg));
        return Ok(());
    }
    let unpacks = match vm.lookup_attr(arg, "__typing_is_unpacked_typevartuple__")? {
        Some(flag) => vm.lend(flag, Vm::truth)?,
        None => false,
    };
    let new = match vm.lookup_attr(arg, "__typing_subst__")? {
        Some(subst) => vm.lend(subst, |vm, subst| {
            let place = parameters.iter().position(|&parameter| parameter == arg);
            vm.call_pos(subst, &[place.map_or(arg, |place| given[place])])
        })?,
        None => substitute_inside(vm, arg, parameters, given)?,
    };
    if unpacks && vm.tuple(new.borrow()).is_some() {
        out.extend(vm.items(new.borrow()).unwrap_or_default().into_iter().map(|item| vm.retain(item)));
        vm.release(new);
    } else {
        out.push(new);
    }
    Ok(())
}

/// An argument that has parameters of its own gets them replaced (`subs_tvars`).
fn substitute_inside(vm: &mut Vm, arg: Ref, parameters: &[Ref], given: &[Ref]) -> PyResult {
    let Some(own) = vm.lookup_attr(arg, "__parameters__")? else { return Ok(vm.retain(arg)) };
    vm.lend(own, |vm, own| {
        let own = vm.tuple(own).map(|_| vm.items(own).unwrap_or_default()).unwrap_or_default();
        if own.is_empty() {
            return Ok(vm.retain(arg));
        }
        let mut new_args = Vec::new();
        for parameter in own {
            let place = parameters.iter().position(|&known| known == parameter);
            let value = place.map_or(parameter, |place| given[place]);
            // A variable that stands for several types.
            if place.is_some() && vm.class(vm.class_of(parameter)).slots.iter.is_some() && vm.tuple(value).is_some() {
                new_args.extend(vm.items(value).unwrap_or_default());
            } else {
                new_args.push(value);
            }
        }
        let key = vm.tuple_of(&new_args);
        vm.lend(key, |vm, key| vm.get_item(arg, key))
    })
}
