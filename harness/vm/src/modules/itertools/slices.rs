//! `islice`, `batched` and `pairwise`.
#![expect(clippy::similar_names, reason = "start, stop and step are Python's own words")]

use super::{ITERATOR, instance, positional};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::types;
use crate::types::iterators::{holds, itself};
use crate::vm::{PyResult, Stop, Vm};

// ---- islice ----

struct Islice {
    iterator: Option<Owned>,
    /// The index of the next item to yield.
    next: i64,
    stop: Option<i64>,
    step: i64,
    /// How many items have come.
    count: i64,
}
holds!(Islice { iterator: "iterator" });

pub(crate) static ISLICE: NativeType = NativeType {
    name: "islice",
    slots: Slots { iter: Some(itself), next: Some(islice_next), new: Some(islice_new), ..Slots::NONE },
    methods: &[unsupported_method!("islice", "__reduce__"), unsupported_method!("islice", "__setstate__")],
    ..ITERATOR
};

/// A bound of a slice; -1 for one that is none, as CPython's own code has it.
fn bound(vm: &mut Vm, given: Ref) -> PyResult<i64> {
    match vm.as_index(given, Some(types::OVERFLOW_ERROR)) {
        Err(Stop::Raised) => {
            vm.clear_raised();
            Ok(-1)
        }
        value => value,
    }
}

fn islice_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let given = positional(vm, class, types::ISLICE, args, 2, 4)?;
    let (mut start, mut step) = (0, 1);
    let stop = if given.len() == 2 {
        given[1]
    } else {
        if given[1] != types::NONE {
            start = bound(vm, given[1])?;
        }
        given[2]
    };
    let stop = if stop == types::NONE {
        None
    } else {
        let value = bound(vm, stop)?;
        if value == -1 {
            return Err(vm.value_error("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
        }
        Some(value)
    };
    if start < 0 || stop.is_some_and(|stop| stop < 0) {
        return Err(vm.value_error("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
    }
    if let Some(&given) = given.get(3)
        && given != types::NONE
    {
        step = bound(vm, given)?;
    }
    if step < 1 {
        return Err(vm.value_error("Step for islice() must be a positive integer or None."));
    }
    let iterator = vm.get_iter(given[0])?;
    Ok(instance(vm, class, Islice { iterator: Some(iterator), next: start, stop, step, count: 0 }))
}

fn islice_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let item = islice_item(vm, this);
    if !matches!(item, Ok(Some(_))) {
        vm.put::<Islice>(this, |state| &mut state.iterator, None);
    }
    item
}

fn islice_item(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(iterator) = vm.held::<Islice>(this, |state| &state.iterator) else { return Ok(None) };
    loop {
        let Some(state) = vm.payload::<Islice>(this) else { return Ok(None) };
        let skip = state.count < state.next;
        if !skip && state.stop.is_some_and(|stop| state.count >= stop) {
            return Ok(None);
        }
        let Some(item) = vm.iternext(iterator)? else { return Ok(None) };
        let Some(state) = vm.payload_mut::<Islice>(this) else { return Ok(Some(item)) };
        state.count += 1;
        if skip {
            vm.release(item);
            continue;
        }
        let next = state.next.checked_add(state.step).filter(|&next| state.stop.is_none_or(|stop| next <= stop));
        state.next = next.or(state.stop).unwrap_or(-1);
        return Ok(Some(item));
    }
}

// ---- batched ----

struct Batched {
    iterator: Option<Owned>,
    size: usize,
    strict: bool,
}
holds!(Batched { iterator: "iterator" });

pub(crate) static BATCHED: NativeType = NativeType {
    name: "batched",
    slots: Slots { iter: Some(itself), next: Some(batched_next), new: Some(batched_new), ..Slots::NONE },
    ..ITERATOR
};

const BATCHED_ARGUMENTS: Signature =
    Signature { function: "batched", positional_only: 0, names: &["iterable", "n"], required: 2, positional: 2 };
const STRICT_BATCHED_ARGUMENTS: Signature =
    Signature { function: "batched", positional_only: 0, names: &["iterable", "n", "strict"], required: 2, positional: 2 };

fn batched_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let signature = if vm.profile.batched_may_be_strict { &STRICT_BATCHED_ARGUMENTS } else { &BATCHED_ARGUMENTS };
    let [iterable, size, strict] = signature.bind(vm, args)?;
    let size = vm.ssize_argument(size.unwrap_or(types::NONE))?;
    let strict = match strict {
        Some(strict) => vm.truth(strict)?,
        None => false,
    };
    let Some(size) = usize::try_from(size).ok().filter(|&size| size > 0) else {
        return Err(vm.value_error("n must be at least one"));
    };
    let iterator = vm.get_iter(iterable.unwrap_or(types::NONE))?;
    Ok(instance(vm, class, Batched { iterator: Some(iterator), size, strict }))
}

fn batched_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(iterator) = vm.held::<Batched>(this, |state| &state.iterator) else { return Ok(None) };
    let (size, strict) = vm.payload::<Batched>(this).map_or((0, false), |state| (state.size, state.strict));
    let mut items = Vec::new();
    let error = loop {
        if items.len() == size {
            return Ok(Some(vm.new_tuple(items)));
        }
        match vm.next(iterator) {
            Ok(Some(item)) => items.push(item),
            Ok(None) => break None,
            Err(stop) => break Some(stop),
        }
    };
    if error.is_none() && !items.is_empty() && !strict {
        return Ok(Some(vm.new_tuple(items)));
    }
    vm.put::<Batched>(this, |state| &mut state.iterator, None);
    let incomplete = !items.is_empty();
    vm.release_last_first(items);
    match error {
        Some(stop) => Err(stop),
        None if incomplete => Err(vm.value_error("batched(): incomplete batch")),
        None => Ok(None),
    }
}

// ---- pairwise ----

struct Pairwise {
    iterator: Option<Owned>,
    old: Option<Owned>,
    /// The last result, to be used again (3.13).
    result: Option<Owned>,
}
holds!(Pairwise { iterator: "iterator", old: "last item", result: "result tuple" });

pub(crate) static PAIRWISE: NativeType = NativeType {
    name: "pairwise",
    slots: Slots { iter: Some(itself), next: Some(pairwise_next), new: Some(pairwise_new), ..Slots::NONE },
    ..ITERATOR
};

fn pairwise_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let iterable = positional(vm, class, types::PAIRWISE, args, 1, 1)?[0];
    let iterator = vm.get_iter(iterable)?;
    let reuses = vm.profile.pairwise_reuses_result;
    let result = reuses.then(|| vm.tuple_of(&[types::NONE, types::NONE]));
    Ok(instance(vm, class, Pairwise { iterator: Some(iterator), old: None, result }))
}

fn pairwise_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(mut iterator) = vm.held::<Pairwise>(this, |state| &state.iterator) else { return Ok(None) };
    if vm.held::<Pairwise>(this, |state| &state.old).is_none() {
        match vm.iternext(iterator) {
            Ok(Some(first)) => vm.put::<Pairwise>(this, |state| &mut state.old, Some(first)),
            end => {
                vm.put::<Pairwise>(this, |state| &mut state.iterator, None);
                return end;
            }
        }
        match vm.held::<Pairwise>(this, |state| &state.iterator) {
            Some(still) => iterator = still,
            None => {
                vm.put::<Pairwise>(this, |state| &mut state.old, None);
                return Ok(None);
            }
        }
    }
    let Some(old) = vm.held::<Pairwise>(this, |state| &state.old) else { return Ok(None) };
    let old = vm.retain(old);
    let new = match vm.iternext(iterator) {
        Ok(Some(new)) => new,
        end => {
            vm.put::<Pairwise>(this, |state| &mut state.iterator, None);
            vm.put::<Pairwise>(this, |state| &mut state.old, None);
            vm.release(old);
            return end;
        }
    };
    let items = vec![vm.retain(old.borrow()), vm.retain(new.borrow())];
    let last = vm.held::<Pairwise>(this, |state| &state.result);
    let result = vm.recycle_tuple(last, items);
    vm.put::<Pairwise>(this, |state| &mut state.old, Some(new));
    vm.release(old);
    Ok(Some(result))
}
