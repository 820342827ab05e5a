//! `cmp_to_key` and `reduce`.

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, GetSet, Making, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// A comparison function, and a value that it compares (`keyobject`).
struct Key {
    compare: Option<Owned>,
    object: Option<Owned>,
}

impl Native for Key {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [("comparison", &self.compare), ("obj", &self.object)] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.compare.take());
        out.extend(self.object.take());
    }
}

pub(crate) static KEY: NativeType = NativeType {
    name: "KeyWrapper",
    module: "functools",
    slots: Slots { call: Some(call), compare: Some(compare), ..Slots::NONE },
    getsets: &[GetSet {
        name: "obj",
        get: |vm, this| {
            let object = vm.held::<Key>(this, |state| &state.object).unwrap_or(types::NONE);
            Ok(vm.retain(object))
        },
        set: Some(|vm, this, value| {
            let value = vm.retain_option(value);
            vm.put::<Key>(this, |state| &mut state.object, value);
            Ok(())
        }),
        member: true,
    }],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

fn make(vm: &mut Vm, compare: Ref, object: Option<Ref>) -> Owned {
    let state = Key { compare: Some(vm.retain(compare)), object: vm.retain_option(object) };
    vm.alloc_instance(types::KEY_WRAPPER, Value::Native(Box::new(state)))
}

fn call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { function: "K", positional_only: 0, names: &["obj"], required: 1, positional: 1 };
    let [object] = SIGNATURE.bind(vm, args)?;
    let compare = vm.held::<Key>(this, |state| &state.compare).unwrap_or(types::NONE);
    Ok(make(vm, compare, object))
}

fn compare(vm: &mut Vm, this: Ref, other: Ref, op: CompareOperator) -> PyResult {
    if vm.class_of(other) != vm.class_of(this) {
        return Err(vm.type_error("other argument must be K instance"));
    }
    let compare = vm.held::<Key>(this, |state| &state.compare).unwrap_or(types::NONE);
    let objects = (vm.held::<Key>(this, |state| &state.object), vm.held::<Key>(other, |state| &state.object));
    let (Some(left), Some(right)) = objects else { return Err(vm.raise(types::ATTRIBUTE_ERROR, "object")) };
    let order = vm.call_pos(compare, &[left, right])?;
    let zero = vm.int(0);
    let answer = vm.rich_compare(order.borrow(), zero.borrow(), op);
    vm.release(zero);
    vm.release(order);
    answer
}

/// `functools.cmp_to_key(mycmp)`
pub(super) fn cmp_to_key(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "cmp_to_key", positional_only: 0, names: &["mycmp"], required: 1, positional: 1 };
    let [compare] = SIGNATURE.bind(vm, args)?;
    Ok(make(vm, compare.unwrap_or(types::NONE), None))
}

/// `functools.reduce(function, iterable[, initial])`
pub(super) fn reduce(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.no_keywords("_functools.reduce", args)?;
    vm.with_argument_tuple(args, |vm, args| {
        vm.check_positional("reduce", args.values.len(), 2, 3)?;
        let initial = vm.retain_option(args.values.get(2).copied());
        let iterator = match vm.get_iter(args.values[1]) {
            Ok(iterator) => iterator,
            Err(stop) => {
                vm.release_option(initial);
                vm.swallow(stop, types::TYPE_ERROR)?;
                return Err(vm.type_error("reduce() arg 2 must support iteration"));
            }
        };
        let result = fold(vm, args.values[0], iterator.borrow(), initial);
        vm.release(iterator);
        result
    })
}

/// Calls with a tuple that is used again, for as long as nobody else holds it: it keeps the last two arguments.
fn fold(vm: &mut Vm, function: Ref, iterator: Ref, mut result: Option<Owned>) -> PyResult {
    let mut arguments: Option<Owned> = None;
    let outcome = loop {
        if let Some(last) = arguments.take_if(|last| vm.heap[last.borrow()].count > 1) {
            vm.release(last);
        }
        let item = match vm.next(iterator) {
            Ok(Some(item)) => item,
            Ok(None) => break Ok(()),
            Err(stop) => break Err(stop),
        };
        let Some(total) = result.take() else {
            result = Some(item);
            continue;
        };
        let pair = [total.borrow(), item.borrow()];
        match &arguments {
            None => arguments = Some(vm.new_tuple(vec![total, item])),
            Some(tuple) => {
                let tuple = tuple.borrow();
                for (place, new) in [total, item].into_iter().enumerate() {
                    let old = match &mut vm.heap[tuple].value {
                        Value::Tuple(places) => std::mem::replace(&mut places[place], new),
                        _ => new,
                    };
                    vm.release(old);
                }
            }
        }
        let tuple = arguments.as_ref().map(Owned::borrow);
        match vm.call(function, &Args { tuple, ..Args::positional(&pair) }) {
            Ok(total) => result = Some(total),
            Err(stop) => break Err(stop),
        }
        if let Some(tuple) = tuple {
            vm.track(tuple);
        }
    };
    vm.release_option(arguments);
    match (outcome, result) {
        (Ok(()), Some(result)) => Ok(result),
        (Ok(()), None) => Err(vm.type_error("reduce() of empty iterable with no initial value")),
        (Err(stop), result) => {
            vm.release_option(result);
            Err(stop)
        }
    }
}
