//! `list[…]`, `list[…] = …`, `del list[…]`.
#![allow(clippy::similar_names, reason = "start, stop and step are Python's own words")]

use super::borrow_all;
use crate::heap::{Owned, Ref};
use crate::object::sequence::adjust_indices;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// `list[key]`
pub(super) fn subscript(vm: &mut Vm, list: Ref, key: Ref) -> PyResult {
    if let Some(index) = index(vm, list, key)? {
        return super::item(vm, list, index);
    }
    let (start, stop, step) = vm.slice_unpack(key)?;
    let (start, _, step, count) = adjust_indices(vm.list_len(list), start, stop, step);
    let picked: Vec<Ref> = {
        let items = vm.list(list).map_or(&[][..], Vec::as_slice);
        (0..count as i64).filter_map(|n| items.get((start + n * step) as usize)).map(Owned::borrow).collect()
    };
    let items = picked.into_iter().map(|item| vm.retain(item)).collect();
    Ok(vm.new_list(items))
}

/// The key as an index counted from the start, which may be out of range; none if it is a slice.
fn index(vm: &mut Vm, list: Ref, key: Ref) -> PyResult<Option<i64>> {
    if vm.class(vm.class_of(key)).slots.index.is_some() {
        let index = vm.as_index(key, Some(types::INDEX_ERROR))?;
        return Ok(Some(if index < 0 { index + vm.list_len(list) as i64 } else { index }));
    }
    if vm.class_of(key) == types::SLICE {
        return Ok(None);
    }
    let message = format!("list indices must be integers or slices, not {}", vm.type_name(key));
    Err(vm.type_error(message))
}

/// `list[key] = value`; without a value, `del list[key]`.
pub(super) fn assign(vm: &mut Vm, list: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
    if let Some(index) = index(vm, list, key)? {
        return assign_item(vm, list, index, value);
    }
    let bounds = vm.slice_unpack(key)?;
    match value {
        None => delete_slice(vm, list, bounds),
        // Which of two messages tells that the value can't be iterated, and whether that is found out before the slice is
        // fitted to the list, is the version's business.
        Some(value) if vm.profile.list_slice_value_first => {
            let values = values_for(vm, list, value, "must assign iterable to extended slice")?;
            let fitted = fit(vm, list, bounds);
            let result = if fitted.2 == 1 {
                let held = vm.retain(values.borrow());
                replace_range(vm, list, fitted.0, fitted.1, Some(held));
                Ok(())
            } else {
                replace_steps(vm, list, fitted, values.borrow())
            };
            vm.release(values);
            result
        }
        Some(value) => {
            let fitted = fit(vm, list, bounds);
            if fitted.2 == 1 {
                let values = values_for(vm, list, value, "can only assign an iterable")?;
                // Getting at the values may have changed the list.
                let length = vm.list_len(list) as i64;
                replace_range(vm, list, fitted.0.min(length), fitted.1.min(length), Some(values));
                return Ok(());
            }
            let values = values_for(vm, list, value, "must assign iterable to extended slice")?;
            let result = replace_steps(vm, list, fitted, values.borrow());
            vm.release(values);
            result
        }
    }
}

fn fit(vm: &Vm, list: Ref, (start, stop, step): (i64, i64, i64)) -> (i64, i64, i64, usize) {
    adjust_indices(vm.list_len(list), start, stop, step)
}

/// The values to assign: a copy if the list is assigned to itself.
fn values_for(vm: &mut Vm, list: Ref, value: Ref, message: &str) -> PyResult {
    if list != value {
        return vm.sequence_fast(value, message);
    }
    let items = vm.list(list).map(|items| borrow_all(items)).unwrap_or_default();
    let items = items.into_iter().map(|item| vm.retain(item)).collect();
    Ok(vm.new_list(items))
}

fn assign_item(vm: &mut Vm, list: Ref, index: i64, value: Option<Ref>) -> PyResult<()> {
    let new = vm.retain_option(value);
    let place = usize::try_from(index).unwrap_or(usize::MAX);
    let Some(items) = vm.list_mut(list).filter(|items| place < items.len()) else {
        vm.release_option(new);
        return Err(vm.index_error("list assignment index out of range"));
    };
    // The list is in order before the old item goes.
    let old = match new {
        Some(new) => std::mem::replace(&mut items[place], new),
        None => items.remove(place),
    };
    vm.release(old);
    Ok(())
}

/// `list[start:stop] = values` or `del list[start:stop]` (`list_ass_slice`). The values' list or tuple is held while the old
/// items go, from the last to the first; unless the list is empty then.
fn replace_range(vm: &mut Vm, list: Ref, start: i64, stop: i64, values: Option<Owned>) {
    let length = vm.list_len(list);
    let start = usize::try_from(start).unwrap_or(0).min(length);
    let stop = usize::try_from(stop).unwrap_or(0).clamp(start, length);
    let new = values.as_ref().and_then(|values| vm.items(values.borrow())).unwrap_or_default();
    if new.is_empty() && stop - start == length {
        vm.release_option(values);
        vm.list_clear(list);
        return;
    }
    let new: Vec<Owned> = new.into_iter().map(|value| vm.retain(value)).collect();
    let old: Vec<Owned> = match vm.list_mut(list) {
        Some(items) => items.splice(start..stop, new).collect(),
        None => new,
    };
    vm.release_last_first(old);
    vm.release_option(values);
}

/// `list[start:stop:step] = values`: as many as there are. The old ones go from the first to the last.
fn replace_steps(vm: &mut Vm, list: Ref, (start, _, step, count): (i64, i64, i64, usize), values: Ref) -> PyResult<()> {
    let values = vm.items(values).unwrap_or_default();
    if values.len() != count {
        let given = values.len();
        return Err(wrong_size(vm, given, count));
    }
    let values: Vec<Owned> = values.into_iter().map(|value| vm.retain(value)).collect();
    let mut old = Vec::with_capacity(count);
    if let Some(items) = vm.list_mut(list) {
        for (n, value) in values.into_iter().enumerate() {
            // Beyond the end only if getting at the values changed the list; CPython writes there all the same.
            match items.get_mut((start + n as i64 * step) as usize) {
                Some(place) => old.push(std::mem::replace(place, value)),
                None => old.push(value),
            }
        }
    }
    vm.release_all(old);
    Ok(())
}

fn wrong_size(vm: &mut Vm, given: usize, wanted: usize) -> Stop {
    vm.value_error(format!("attempt to assign sequence of size {given} to extended slice of size {wanted}"))
}

/// `del list[start:stop:step]`
fn delete_slice(vm: &mut Vm, list: Ref, bounds: (i64, i64, i64)) -> PyResult<()> {
    let (start, stop, step, count) = fit(vm, list, bounds);
    if step == 1 {
        replace_range(vm, list, start, stop, None);
        return Ok(());
    }
    if count == 0 {
        return Ok(());
    }
    // In the order in which they stand in the list, whichever way the slice runs.
    let (first, step) = if step < 0 { (start + step * (count as i64 - 1), -step) } else { (start, step) };
    let mut gone = Vec::with_capacity(count);
    if let Some(items) = vm.list_mut(list) {
        let mut kept = Vec::with_capacity(items.len() - count);
        for (place, item) in items.drain(..).enumerate() {
            let offset = place as i64 - first;
            if offset >= 0 && offset % step == 0 && offset / step < count as i64 {
                gone.push(item);
            } else {
                kept.push(item);
            }
        }
        items.extend(kept);
    }
    vm.release_all(gone);
    Ok(())
}
