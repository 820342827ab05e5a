//! The methods of `list`, but for `sort`.

use super::borrow_all;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::vm::{PyResult, Vm};

/// Whether an item equals something; it is held for the length of the comparison.
pub(super) fn held_equal(vm: &mut Vm, item: Ref, wanted: Ref) -> PyResult<bool> {
    let held = vm.retain(item);
    let same = vm.equal(item, wanted);
    vm.release(held);
    same
}

pub(super) fn append(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let item = vm.retain(args.values[1]);
    vm.list_push(args.this(), item);
    Ok(vm.none())
}

pub(super) fn extend(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.list_extend(args.this(), args.values[1])?;
    Ok(vm.none())
}

pub(super) fn insert(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let index = vm.ssize_argument(args.values[1])?;
    let length = vm.list_len(args.this()) as i64;
    let index = if index < 0 { (index + length).max(0) } else { index.min(length) };
    let item = vm.retain(args.values[2]);
    match vm.list_mut(args.this()) {
        Some(items) => items.insert(index as usize, item),
        None => vm.release(item),
    }
    Ok(vm.none())
}

pub(super) fn remove(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (list, wanted) = (args.this(), args.values[1]);
    let mut index = 0;
    while let Some(item) = vm.list_item(list, index) {
        if held_equal(vm, item, wanted)? {
            // The comparison may have changed the list: what is there now goes.
            if let Some(items) = vm.list_mut(list)
                && index < items.len()
            {
                let gone = items.remove(index);
                vm.release(gone);
            }
            return Ok(vm.none());
        }
        index += 1;
    }
    Err(vm.value_error("list.remove(x): x not in list"))
}

pub(super) fn pop(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let index = match args.values.get(1) {
        Some(&index) => vm.ssize_argument(index)?,
        None => -1,
    };
    let length = vm.list_len(args.this()) as i64;
    if length == 0 {
        return Err(vm.index_error("pop from empty list"));
    }
    let index = if index < 0 { index + length } else { index };
    match vm.list_mut(args.this()) {
        Some(items) if (0..length).contains(&index) => Ok(items.remove(index as usize)),
        _ => Err(vm.index_error("pop index out of range")),
    }
}

pub(super) fn clear(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.list_clear(args.this());
    Ok(vm.none())
}

pub(super) fn index(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (list, wanted) = (args.this(), args.values[1]);
    let mut start = bound(vm, args, 2, 0)?;
    let mut stop = bound(vm, args, 3, i64::MAX)?;
    let length = vm.list_len(list) as i64;
    if start < 0 {
        start = (start + length).max(0);
    }
    if stop < 0 {
        stop = (stop + length).max(0);
    }
    while start < stop
        && let Some(item) = vm.list_item(list, start as usize)
    {
        if held_equal(vm, item, wanted)? {
            return Ok(vm.int(start));
        }
        start += 1;
    }
    let mut message = String::new();
    vm.push_repr(&mut message, wanted)?;
    message.push_str(" is not in list");
    Err(vm.value_error(message))
}

/// An optional bound of a search.
pub(crate) fn bound(vm: &mut Vm, args: &Args<'_>, place: usize, default: i64) -> PyResult<i64> {
    match args.values.get(place) {
        Some(&bound) => vm.search_bound(bound),
        None => Ok(default),
    }
}

pub(super) fn count(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (list, wanted) = (args.this(), args.values[1]);
    let mut count = 0;
    let mut index = 0;
    while let Some(item) = vm.list_item(list, index) {
        if item == wanted || held_equal(vm, item, wanted)? {
            count += 1;
        }
        index += 1;
    }
    Ok(vm.int(count))
}

pub(super) fn reverse(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    if let Some(items) = vm.list_mut(args.this()) {
        items.reverse();
    }
    Ok(vm.none())
}

pub(super) fn copy(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let items = vm.list(args.this()).map(|items| borrow_all(items)).unwrap_or_default();
    let items: Vec<Owned> = items.into_iter().map(|item| vm.retain(item)).collect();
    Ok(vm.new_list(items))
}
