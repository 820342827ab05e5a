//! Builtin functions that iterate.

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

/// `all(iterable)`
pub(super) fn all(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let all = !any_is(vm, args.values[0], false)?;
    Ok(vm.bool(all))
}

/// `any(iterable)`
pub(super) fn any(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let any = any_is(vm, args.values[0], true)?;
    Ok(vm.bool(any))
}

/// Whether some item has that truth value.
fn any_is(vm: &mut Vm, iterable: Ref, wanted: bool) -> PyResult<bool> {
    let iterator = vm.get_iter(iterable)?;
    let found = loop {
        match vm.next(iterator.borrow()) {
            Ok(Some(item)) => {
                let truth = vm.truth(item.borrow());
                vm.release(item);
                match truth {
                    Ok(truth) if truth == wanted => break Ok(true),
                    Ok(_) => {}
                    Err(stop) => break Err(stop),
                }
            }
            Ok(None) => break Ok(false),
            Err(stop) => break Err(stop),
        }
    };
    vm.release(iterator);
    found
}

/// `iter(iterable)`, `iter(callable, sentinel)`
pub(super) fn iter(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let Some(&sentinel) = args.values.get(1) else { return vm.get_iter(args.values[0]) };
    if !vm.is_callable(args.values[0]) {
        return Err(vm.type_error(if vm.profile.iter_object_wording {
            "iter(object, sentinel): object must be callable"
        } else {
            "iter(v, w): v must be callable"
        }));
    }
    Ok(vm.callable_iterator(args.values[0], sentinel))
}

/// `len(object)`
pub(super) fn len(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let length = vm.length(args.values[0])?;
    Ok(vm.int(length as i64))
}

/// `next(iterator)`, `next(iterator, default)`
pub(super) fn next(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let iterator = args.values[0];
    let Some(next) = vm.class(vm.class_of(iterator)).slots.next else {
        let message = format!("'{}' object is not an iterator", vm.type_name(iterator));
        return Err(vm.type_error(message));
    };
    let ended = match next(vm, iterator) {
        Ok(Some(item)) => return Ok(item),
        // The end may have come with an exception that has a value to tell, or without one.
        Ok(None) if vm.raised.is_some() => crate::vm::Stop::Raised,
        Ok(None) => match args.values.get(1) {
            Some(&default) => return Ok(vm.retain(default)),
            None => return Err(vm.raise_empty(types::STOP_ITERATION)),
        },
        Err(stop) => stop,
    };
    match args.values.get(1) {
        Some(&default) => {
            vm.swallow(ended, types::STOP_ITERATION)?;
            Ok(vm.retain(default))
        }
        None => Err(ended),
    }
}

/// `sorted(iterable, /, *, key=None, reverse=False)`
pub(super) fn sorted(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let given = args.pos().len();
    if given != 1 {
        return Err(vm.type_error(format!("sorted expected 1 argument, got {given}")));
    }
    let list = vm.sequence_list(args.values[0])?;
    let result = sort(vm, list.borrow(), &args.rest());
    if let Err(stop) = result {
        vm.release(list);
        return Err(stop);
    }
    Ok(list)
}

fn sort(vm: &mut Vm, list: Ref, args: &Args<'_>) -> PyResult<()> {
    let sort = vm.getattr_str(list, "sort")?;
    let result = vm.call(sort.borrow(), args);
    vm.release(sort);
    let none = result?;
    vm.release(none);
    Ok(())
}

/// `min(iterable, *[, key, default])`, `min(a, b, …[, key])`
pub(super) fn min(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    extreme(vm, args, "min", CompareOperator::Lt)
}

/// `max(…)`, like [`min`]
pub(super) fn max(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    extreme(vm, args, "max", CompareOperator::Gt)
}

fn extreme(vm: &mut Vm, args: &Args<'_>, name: &'static str, op: CompareOperator) -> PyResult {
    if vm.profile.min_max_by_vectorcall {
        return extreme_of(vm, args, name, op);
    }
    vm.with_argument_tuple(args, |vm, args| extreme_of(vm, args, name, op))
}

/// `min_max` in `Python/bltinmodule.c`
fn extreme_of(vm: &mut Vm, args: &Args<'_>, name: &'static str, op: CompareOperator) -> PyResult {
    let positional = args.pos();
    if positional.is_empty() {
        return Err(vm.type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    let signature = Signature { function: name, positional_only: 0, names: &["key", "default"], required: 0, positional: 0 };
    let keywords = Args::new(&args.values[positional.len()..], args.names);
    let [key, default] = signature.bind(vm, &keywords)?;
    let key = key.filter(|&key| key != types::NONE);
    if positional.len() > 1 {
        if default.is_some() {
            return Err(vm.type_error(format!("Cannot specify a default for {name}() with multiple positional arguments")));
        }
        let mut items = positional.iter();
        let best = best_of(vm, key, op, |vm| Ok(items.next().map(|&item| vm.retain(item))))?;
        return best.ok_or_else(|| vm.type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    let iterator = vm.get_iter(positional[0])?;
    let best = best_of(vm, key, op, |vm| vm.next(iterator.borrow()));
    let result = match (best, default) {
        (Ok(Some(best)), _) => Ok(best),
        (Ok(None), Some(default)) => Ok(vm.retain(default)),
        (Ok(None), None) if vm.profile.empty_iterable_wording => {
            Err(vm.value_error(format!("{name}() iterable argument is empty")))
        }
        (Ok(None), None) => Err(vm.value_error(format!("{name}() arg is an empty sequence"))),
        (Err(stop), _) => Err(stop),
    };
    vm.release(iterator);
    result
}

/// The first of the items of which none is better; none if there are no items.
fn best_of(
    vm: &mut Vm,
    key: Option<Ref>,
    op: CompareOperator,
    mut next: impl FnMut(&mut Vm) -> PyResult<Option<Owned>>,
) -> PyResult<Option<Owned>> {
    // The item, and what it is compared by.
    let mut best: Option<(Owned, Owned)> = None;
    let result = loop {
        let item = match next(vm) {
            Ok(Some(item)) => item,
            Ok(None) => break Ok(()),
            Err(stop) => break Err(stop),
        };
        let value = match key {
            Some(key) => match vm.call_pos(key, &[item.borrow()]) {
                Ok(value) => value,
                Err(stop) => {
                    vm.release(item);
                    break Err(stop);
                }
            },
            None => vm.retain(item.borrow()),
        };
        let Some((_, best_value)) = &best else {
            best = Some((item, value));
            continue;
        };
        match vm.compare_bool(value.borrow(), best_value.borrow(), op) {
            Ok(true) => {
                if let Some((old_item, old_value)) = best.take() {
                    vm.release(old_value);
                    vm.release(old_item);
                }
                best = Some((item, value));
            }
            Ok(false) => {
                vm.release(item);
                vm.release(value);
            }
            Err(stop) => {
                vm.release(value);
                vm.release(item);
                break Err(stop);
            }
        }
    };
    let Some((item, value)) = best else { return result.map(|()| None) };
    vm.release(value);
    match result {
        Ok(()) => Ok(Some(item)),
        Err(stop) => {
            vm.release(item);
            Err(stop)
        }
    }
}
