//! What a `deque` has of a sequence: joining, repeating, items by their index and by their value.

use super::{Deque, End, at, clear, copy, extend, length, push, state};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

pub(super) fn concat(vm: &mut Vm, this: Ref, other: Ref) -> PyResult {
    if !vm.is_instance(other, types::DEQUE)? {
        let message = format!("can only concatenate deque (not \"{}\") to deque", vm.type_name(other));
        return Err(vm.type_error(message));
    }
    let sum = copy(vm, this)?;
    match extend(vm, sum.borrow(), other, End::Right) {
        Ok(()) => Ok(sum),
        Err(stop) => {
            vm.release(sum);
            Err(stop)
        }
    }
}

pub(super) fn inplace_concat(vm: &mut Vm, this: Ref, other: Ref) -> PyResult {
    extend(vm, this, other, End::Right)?;
    Ok(vm.retain(this))
}

pub(super) fn repeat(vm: &mut Vm, this: Ref, times: i64) -> PyResult {
    let copy = copy(vm, this)?;
    let repeated = inplace_repeat(vm, copy.borrow(), times);
    vm.release(copy);
    repeated
}

pub(super) fn inplace_repeat(vm: &mut Vm, this: Ref, times: i64) -> PyResult {
    let size = length(vm, this);
    if size == 0 || times == 1 {
        return Ok(vm.retain(this));
    }
    let Some(mut times) = usize::try_from(times).ok().filter(|&times| times > 0) else {
        clear(vm, this);
        return Ok(vm.retain(this));
    };
    if let Some(limit) = vm.payload::<Deque>(this).and_then(|deque| deque.limit)
        && size.saturating_mul(times) > limit
    {
        times = limit.div_ceil(size);
    }
    if size.saturating_mul(times) > 1 << 26 {
        return Err(vm.unsupported(crate::api::Missing::Limit, "a deque of that many items"));
    }
    if size == 1 {
        let Some(item) = at(vm, this, 0) else { return Ok(vm.retain(this)) };
        let more: Vec<Owned> = (1..times).map(|_| vm.retain(item)).collect();
        if let Some(deque) = vm.payload_mut::<Deque>(this) {
            deque.state += 1;
            deque.items.extend(more);
        }
        return Ok(vm.retain(this));
    }
    let items = vm.sequence_list(this)?;
    let mut result = Ok(());
    for _ in 1..times {
        result = extend(vm, this, items.borrow(), End::Right);
        if result.is_err() {
            break;
        }
    }
    let repeated = result.map(|()| vm.retain(this));
    vm.release(items);
    repeated
}

/// `_deque_rotate`
pub(super) fn rotate(vm: &mut Vm, this: Ref, steps: i64) {
    let Some(deque) = vm.payload_mut::<Deque>(this) else { return };
    let length = deque.items.len();
    if length <= 1 {
        return;
    }
    deque.state += 1;
    deque.items.rotate_right(steps.rem_euclid(length as i64) as usize);
}

fn out_of_range(vm: &mut Vm) -> Stop {
    vm.index_error("deque index out of range")
}

pub(super) fn item(vm: &mut Vm, this: Ref, index: i64) -> PyResult {
    match usize::try_from(index).ok().and_then(|index| at(vm, this, index)) {
        Some(item) => Ok(vm.retain(item)),
        None => Err(out_of_range(vm)),
    }
}

/// `deque_ass_item`, by way of `PyObject_SetItem`.
pub(super) fn set_item(vm: &mut Vm, this: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
    if vm.class(vm.class_of(key)).slots.index.is_none() {
        let message = format!("sequence index must be integer, not '{}'", vm.type_name(key));
        return Err(vm.type_error(message));
    }
    let mut index = vm.as_index(key, Some(types::INDEX_ERROR))?;
    if index < 0 {
        index += length(vm, this) as i64;
    }
    let Some(index) = usize::try_from(index).ok().filter(|&index| index < length(vm, this)) else {
        return Err(out_of_range(vm));
    };
    let Some(value) = value else {
        delete(vm, this, index);
        return Ok(());
    };
    let mut value = vm.retain(value);
    if let Some(place) = vm.payload_mut::<Deque>(this).and_then(|deque| deque.items.get_mut(index)) {
        std::mem::swap(place, &mut value);
    }
    vm.release(value);
    Ok(())
}

/// `deque_del_item`: what is deleted goes when the others stand where they belong.
fn delete(vm: &mut Vm, this: Ref, index: usize) {
    rotate(vm, this, -(index as i64));
    let gone = vm.payload_mut::<Deque>(this).and_then(|deque| {
        deque.state += 1;
        deque.items.pop_front()
    });
    rotate(vm, this, index as i64);
    vm.release_option(gone);
}

/// Compares items in turn until the answer says to stop; a comparison that changes the deque is an error.
fn search(
    vm: &mut Vm,
    this: Ref,
    range: std::ops::Range<usize>,
    value: Ref,
    keep: bool,
    changed: Ref,
    mut found: impl FnMut(usize) -> bool,
) -> PyResult<()> {
    let before = state(vm, this);
    for index in range {
        let Some(item) = at(vm, this, index) else { return Ok(()) };
        let held = keep.then(|| vm.retain(item));
        let same = vm.equal(item, value);
        vm.release_option(held);
        let same = same?;
        let mutated = state(vm, this) != before;
        let error = |vm: &mut Vm| Err(vm.raise(changed, "deque mutated during iteration"));
        // `remove` looks at the state before it believes the answer.
        if mutated && changed == types::INDEX_ERROR {
            return error(vm);
        }
        if same && found(index) {
            return Ok(());
        }
        if mutated {
            return error(vm);
        }
    }
    Ok(())
}

pub(super) fn contains(vm: &mut Vm, this: Ref, value: Ref) -> PyResult<bool> {
    let mut found = false;
    search(vm, this, 0..length(vm, this), value, true, types::RUNTIME_ERROR, |_| {
        found = true;
        true
    })?;
    Ok(found)
}

pub(super) fn count(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let mut count = 0;
    search(vm, args.this(), 0..length(vm, args.this()), args.values[1], true, types::RUNTIME_ERROR, |_| {
        count += 1;
        false
    })?;
    Ok(vm.int(count))
}

fn not_in(vm: &mut Vm, value: Ref) -> Stop {
    match vm.repr_text(value) {
        Ok(text) => vm.value_error(format!("{text} is not in deque")),
        Err(stop) => stop,
    }
}

pub(super) fn index(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, value) = (args.this(), args.values[1]);
    let mut bounds = [0, length(vm, this) as i64];
    for (bound, &given) in bounds.iter_mut().zip(&args.values[2..]) {
        *bound = vm.search_bound(given)?;
    }
    let size = length(vm, this) as i64;
    let [start, stop] = bounds.map(|bound| if bound < 0 { (bound + size).max(0) } else { bound.min(size) } as usize);
    let mut found = None;
    let keep = vm.profile.deque_index_holds_items;
    search(vm, this, start.min(stop)..stop, value, keep, types::RUNTIME_ERROR, |index| {
        found = Some(index);
        true
    })?;
    match found {
        Some(index) => Ok(vm.int(index as i64)),
        None => Err(not_in(vm, value)),
    }
}

pub(super) fn remove(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, value) = (args.this(), args.values[1]);
    let mut found = None;
    search(vm, this, 0..length(vm, this), value, true, types::INDEX_ERROR, |index| {
        found = Some(index);
        true
    })?;
    match found {
        Some(index) => {
            delete(vm, this, index);
            Ok(vm.none())
        }
        None => Err(not_in(vm, value)),
    }
}

pub(super) fn insert(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let index = vm.ssize_argument(args.values[1])?;
    let size = length(vm, this);
    if vm.payload::<Deque>(this).and_then(|deque| deque.limit) == Some(size) {
        return Err(vm.index_error("deque already at its maximum size"));
    }
    let value = vm.retain(args.values[2]);
    let size = size as i64;
    if index >= size {
        push(vm, this, value, End::Right);
    } else if index <= -size || index == 0 {
        push(vm, this, value, End::Left);
    } else {
        rotate(vm, this, -index);
        push(vm, this, value, if index < 0 { End::Right } else { End::Left });
        rotate(vm, this, index);
    }
    Ok(vm.none())
}
