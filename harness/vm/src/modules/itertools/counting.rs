//! `count`, `repeat` and `cycle`.

use num_traits::ToPrimitive;
use refdrift_isa::BinaryOperator;

use super::{ITERATOR, instance, positional};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method, MethodKind, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::types;
use crate::types::iterators::{holds, itself};
use crate::vm::{PyResult, Vm};

// ---- count ----

/// Counts in a machine word as long as it can (`fast`), then with objects.
struct Count {
    fast: Option<i64>,
    value: Option<Owned>,
    step: Option<Owned>,
}
holds!(Count { value: "next value", step: "step" });

pub(crate) static COUNT: NativeType = NativeType {
    name: "count",
    slots: Slots { iter: Some(itself), next: Some(count_next), new: Some(count_new), repr: Some(count_repr), ..Slots::NONE },
    methods: &[unsupported_method!("count", "__reduce__")],
    ..ITERATOR
};

const COUNT_ARGUMENTS: Signature =
    Signature { function: "count", positional_only: 0, names: &["start", "step"], required: 0, positional: 2 };

/// `PyNumber_Check`
fn is_number(vm: &Vm, object: Ref) -> bool {
    let slots = &vm.class(vm.class_of(object)).slots;
    slots.index.is_some() || slots.int.is_some() || slots.float.is_some()
}

fn count_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let [start, step] = COUNT_ARGUMENTS.bind(vm, args)?;
    if [start, step].into_iter().flatten().any(|given| !is_number(vm, given)) {
        return Err(vm.type_error("a number is required"));
    }
    let word = |vm: &Vm, given: Option<Ref>, default: i64| match given {
        None => Some(default),
        Some(given) if vm.is_int(given) => vm.long_value(given).and_then(|value| value.to_i64()),
        Some(_) => None,
    };
    let fast = word(vm, start, 0).filter(|&value| value != i64::MAX).filter(|_| word(vm, step, 1) == Some(1));
    let zero_and_one = (types::small_int(0), types::small_int(1));
    let value = start.or(zero_and_one.0).filter(|_| fast.is_none());
    let value = vm.retain_option(value);
    let step = vm.retain_option(step.or(zero_and_one.1));
    Ok(instance(vm, class, Count { fast, value, step }))
}

fn count_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(state) = vm.payload_mut::<Count>(this) else { return Ok(None) };
    if let Some(value) = state.fast {
        state.fast = (value + 1 < i64::MAX).then_some(value + 1);
        return Ok(Some(vm.int(value)));
    }
    let step = state.step.as_ref().map_or(types::NONE, Owned::borrow);
    let value = state.value.take().unwrap_or_else(|| vm.int(i64::MAX));
    match vm.binary(BinaryOperator::Add, value.borrow(), step) {
        Ok(next) => {
            vm.put::<Count>(this, |state| &mut state.value, Some(next));
            Ok(Some(value))
        }
        Err(raised) => {
            vm.put::<Count>(this, |state| &mut state.value, Some(value));
            Err(raised)
        }
    }
}

fn count_repr(vm: &mut Vm, this: Ref) -> PyResult {
    let name = vm.class(vm.class_of(this)).short_name().to_owned();
    if let Some(value) = vm.payload::<Count>(this).and_then(|state| state.fast) {
        return Ok(vm.str(format!("{name}({value})")));
    }
    let value = vm.held::<Count>(this, |state| &state.value);
    let step = vm.held::<Count>(this, |state| &state.step).unwrap_or(types::NONE);
    let value = match value {
        Some(value) => vm.repr_text(value)?,
        None => i64::MAX.to_string(),
    };
    if vm.is_int(step) && vm.small_value(step) == Some(1) {
        return Ok(vm.str(format!("{name}({value})")));
    }
    let step = vm.repr_text(step)?;
    Ok(vm.str(format!("{name}({value}, {step})")))
}

// ---- repeat ----

struct Repeat {
    element: Option<Owned>,
    /// How often still; none for ever.
    left: Option<i64>,
}
holds!(Repeat { element: "element" });

pub(crate) static REPEAT: NativeType = NativeType {
    name: "repeat",
    slots: Slots { iter: Some(itself), next: Some(repeat_next), new: Some(repeat_new), repr: Some(repeat_repr), ..Slots::NONE },
    methods: &[
        Method { name: "__length_hint__", kind: MethodKind::Instance, arity: Arity::None, call: repeat_hint },
        unsupported_method!("repeat", "__reduce__"),
    ],
    ..ITERATOR
};

const REPEAT_ARGUMENTS: Signature =
    Signature { function: "repeat", positional_only: 0, names: &["object", "times"], required: 1, positional: 2 };

fn repeat_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let [object, times] = REPEAT_ARGUMENTS.bind(vm, args)?;
    let left = match times {
        Some(times) => Some(vm.ssize_argument(times)?.max(0)),
        None => None,
    };
    let element = vm.retain_option(object);
    Ok(instance(vm, class, Repeat { element, left }))
}

fn repeat_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(state) = vm.payload_mut::<Repeat>(this) else { return Ok(None) };
    match &mut state.left {
        Some(0) => return Ok(None),
        Some(left) => *left -= 1,
        None => {}
    }
    let element = state.element.as_ref().map(Owned::borrow);
    Ok(vm.retain_option(element))
}

fn repeat_hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    match vm.payload::<Repeat>(args.this()).and_then(|state| state.left) {
        Some(left) => Ok(vm.int(left)),
        None => Err(vm.type_error("len() of unsized object")),
    }
}

fn repeat_repr(vm: &mut Vm, this: Ref) -> PyResult {
    let name = vm.class(vm.class_of(this)).short_name().to_owned();
    let left = vm.payload::<Repeat>(this).and_then(|state| state.left);
    let element = vm.held::<Repeat>(this, |state| &state.element).unwrap_or(types::NONE);
    let element = vm.repr_text(element)?;
    Ok(vm.str(match left {
        Some(left) => format!("{name}({element}, {left})"),
        None => format!("{name}({element})"),
    }))
}

// ---- cycle ----

struct Cycle {
    iterator: Option<Owned>,
    saved: Option<Owned>,
    index: usize,
}
holds!(Cycle { iterator: "iterator", saved: "saved items" });

pub(crate) static CYCLE: NativeType = NativeType {
    name: "cycle",
    slots: Slots { iter: Some(itself), next: Some(cycle_next), new: Some(cycle_new), ..Slots::NONE },
    methods: &[unsupported_method!("cycle", "__reduce__"), unsupported_method!("cycle", "__setstate__")],
    ..ITERATOR
};

fn cycle_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let iterable = positional(vm, class, types::CYCLE, args, 1, 1)?[0];
    let iterator = vm.get_iter(iterable)?;
    let saved = vm.new_list(Vec::new());
    Ok(instance(vm, class, Cycle { iterator: Some(iterator), saved: Some(saved), index: 0 }))
}

fn cycle_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let saved = vm.held::<Cycle>(this, |state| &state.saved).unwrap_or(types::NONE);
    if let Some(iterator) = vm.held::<Cycle>(this, |state| &state.iterator) {
        if let Some(item) = vm.next(iterator)? {
            let copy = vm.retain(item.borrow());
            match vm.list_mut(saved) {
                Some(saved) => saved.push(copy),
                None => vm.release(copy),
            }
            return Ok(Some(item));
        }
        vm.put::<Cycle>(this, |state| &mut state.iterator, None);
    }
    let index = vm.payload::<Cycle>(this).map_or(0, |state| state.index);
    let Some((length, item)) = vm.list(saved).and_then(|items| Some((items.len(), items.get(index)?.borrow()))) else {
        return Ok(None);
    };
    if let Some(state) = vm.payload_mut::<Cycle>(this) {
        state.index = (index + 1) % length;
    }
    Ok(Some(vm.retain(item)))
}
