//! `types.FunctionType(code, globals, name=None, argdefs=None, closure=None)` (`func_new_impl` in `Objects/funcobject.c`).

use crate::api::Missing;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};
use refdrift_trace::SlotKind;

pub(super) fn new(vm: &mut Vm, _class: Ref, args: &Args<'_>) -> PyResult {
    if !args.names.is_empty() {
        return Err(vm.unsupported(Missing::Name, "function() with keyword arguments"));
    }
    let values = args.values;
    if !(2..=5).contains(&values.len()) {
        return Err(vm.unsupported(Missing::Name, format!("function() with {} arguments", values.len())));
    }
    let given = |index: usize| values.get(index).copied().filter(|&value| value != types::NONE);
    let (code, globals) = (values[0], values[1]);
    let Value::Code(run) = &vm.heap[code].value else {
        let message = format!("function() argument 'code' must be code, not {}", vm.type_name(code));
        return Err(vm.type_error(message));
    };
    let run = run.clone();
    if !vm.is_instance_of(globals, types::DICT) {
        let message = format!("function() argument 'globals' must be dict, not {}", vm.type_name(globals));
        return Err(vm.type_error(message));
    }
    let [name, defaults, closure] = [given(2), given(3), given(4)];
    if name.is_some_and(|name| vm.text(name).is_none()) {
        return Err(vm.type_error("arg 3 (name) must be None or string"));
    }
    if defaults.is_some_and(|defaults| vm.tuple(defaults).is_none()) {
        return Err(vm.type_error("arg 4 (defaults) must be None or tuple"));
    }
    let free = run.object.localspluskinds.iter().filter(|&kind| kind & SlotKind::FREE != 0).count();
    check_closure(vm, run.name, free, closure)?;
    let function = vm.new_function(&run, globals);
    let [name, defaults, closure] = [name, defaults, closure].map(|part| part.map(|part| vm.retain(part)));
    let mut replaced = None;
    if let Some(payload) = vm.function_mut(function.borrow()) {
        if let Some(name) = name {
            replaced = Some(std::mem::replace(&mut payload.name, name));
        }
        payload.fields.defaults = defaults;
        payload.fields.closure = closure;
    }
    vm.release_option(replaced);
    Ok(function)
}

/// The closure must have a cell for each free variable of the code.
fn check_closure(vm: &mut Vm, name: Ref, free: usize, closure: Option<Ref>) -> PyResult<()> {
    let cells = match closure {
        Some(closure) => match vm.tuple(closure) {
            Some(_) => vm.items(closure).unwrap_or_default(),
            None if free > 0 => return Err(vm.type_error("arg 5 (closure) must be tuple")),
            None => return Err(vm.type_error("arg 5 (closure) must be None or tuple")),
        },
        None if free > 0 => return Err(vm.type_error("arg 5 (closure) must be tuple")),
        None => Vec::new(),
    };
    if cells.len() != free {
        let message = format!("{} requires closure of length {free}, not {}", vm.expect_text(name), cells.len());
        return Err(vm.value_error(message));
    }
    if let Some(&other) = cells.iter().find(|&&cell| vm.class_of(cell) != types::CELL) {
        let message = format!("arg 5 (closure) expected cell, found {}", vm.type_name(other));
        return Err(vm.type_error(message));
    }
    Ok(())
}
