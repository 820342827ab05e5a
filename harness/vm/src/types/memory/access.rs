//! Items and slices of a view, its comparison and its hash.

use refdrift_isa::CompareOperator;

use super::item::{is_byte, kind_of, unpack};
use super::{MemoryView, Shape, shape};
use crate::heap::Ref;
use crate::types;
use crate::vm::{PyResult, Vm};

/// The number of an item, counted from the start; `index` may count from the end (`lookup_dimension`).
fn place(vm: &mut Vm, shape: &Shape, index: i64) -> PyResult<usize> {
    let counted = if index < 0 { index + shape.count as i64 } else { index };
    match usize::try_from(counted).ok().filter(|&counted| counted < shape.count) {
        Some(counted) => Ok(counted),
        None => Err(vm.index_error("index out of bounds on dimension 1")),
    }
}

/// `memory_item`
pub(super) fn item(vm: &mut Vm, this: Ref, index: i64) -> PyResult {
    let shape = shape(vm, this)?;
    let place = place(vm, &shape, index)?;
    let item = unpack(kind_of(&shape.format), vm.item_bytes(this, &shape, place));
    Ok(vm.item_object(item))
}

/// What kind of key a tuple is: of as many indices, or of slices.
enum Multi {
    Indices(usize),
    Slices,
    Neither,
}

fn multi(vm: &Vm, key: Ref) -> Multi {
    let Some(parts) = vm.tuple(key).map(|_| vm.items(key).unwrap_or_default()) else { return Multi::Neither };
    if parts.iter().all(|&part| vm.class(vm.class_of(part)).slots.index.is_some()) {
        Multi::Indices(parts.len())
    } else if parts.iter().all(|&part| vm.class_of(part) == types::SLICE) {
        Multi::Slices
    } else {
        Multi::Neither
    }
}

/// The one index in a tuple of them.
fn only_index(vm: &mut Vm, key: Ref, count: usize) -> PyResult<i64> {
    match (count, vm.items(key).unwrap_or_default().first()) {
        (1, Some(&index)) => vm.as_index(index, Some(types::INDEX_ERROR)),
        (0, _) => Err(vm.raise(types::NOT_IMPLEMENTED_ERROR, "sub-views are not implemented")),
        _ => Err(vm.type_error(format!("cannot index 1-dimension view with {count}-element tuple"))),
    }
}

/// `memory_subscript`
pub(super) fn subscript(vm: &mut Vm, this: Ref, key: Ref) -> PyResult {
    let mut shape = shape(vm, this)?;
    if vm.class(vm.class_of(key)).slots.index.is_some() {
        let index = vm.as_index(key, Some(types::INDEX_ERROR))?;
        return item(vm, this, index);
    }
    if vm.class_of(key) == types::SLICE {
        // The new view is there before the bounds are asked, which may release the old one.
        let view = vm.another_view(this, shape.clone());
        if let Err(stop) = slice(vm, &mut shape, key) {
            vm.release(view);
            return Err(stop);
        }
        if let Some(payload) = vm.payload_mut::<MemoryView>(view.borrow()) {
            payload.shape = shape;
        }
        return Ok(view);
    }
    match multi(vm, key) {
        Multi::Indices(count) => {
            let index = only_index(vm, key, count)?;
            item(vm, this, index)
        }
        Multi::Slices => Err(vm.raise(types::NOT_IMPLEMENTED_ERROR, "multi-dimensional slicing is not implemented")),
        Multi::Neither => Err(vm.type_error("memoryview: invalid slice key")),
    }
}

/// Narrows a shape to a slice of it (`init_slice`).
fn slice(vm: &mut Vm, shape: &mut Shape, key: Ref) -> PyResult<()> {
    let (start, _, step, count) = vm.slice_indices(key, shape.count)?;
    shape.start += start * shape.stride;
    shape.stride *= step;
    shape.count = count;
    Ok(())
}

/// `memory_ass_sub`
pub(super) fn set_item(vm: &mut Vm, this: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
    let shape = shape(vm, this)?;
    if shape.readonly {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    let Some(value) = value else { return Err(vm.type_error("cannot delete memory")) };
    let index = if vm.class(vm.class_of(key)).slots.index.is_some() {
        vm.as_index(key, Some(types::INDEX_ERROR))?
    } else if vm.class_of(key) == types::SLICE {
        return set_slice(vm, this, shape, key, value);
    } else {
        match multi(vm, key) {
            Multi::Indices(count) => only_index(vm, key, count)?,
            Multi::Slices => {
                let message = "memoryview slice assignments are currently restricted to ndim = 1";
                return Err(vm.raise(types::NOT_IMPLEMENTED_ERROR, message));
            }
            Multi::Neither => return Err(vm.type_error("memoryview: invalid slice key")),
        }
    };
    let place = place(vm, &shape, index)?;
    let bytes = vm.pack_item(&shape.format, value)?;
    // The value's methods may have released the view.
    super::shape(vm, this)?;
    write(vm, this, &shape, place, &bytes);
    Ok(())
}

fn write(vm: &mut Vm, this: Ref, shape: &Shape, place: usize, bytes: &[u8]) {
    let start = (shape.start + place as i64 * shape.stride) as usize;
    if let Some(base) = vm.view_base(this) {
        vm.write_bytes(base, start, bytes);
    }
}

/// The items of something with the same structure are copied, even if both share memory (`copy_single`).
fn set_slice(vm: &mut Vm, this: Ref, mut shape: Shape, key: Ref, value: Ref) -> PyResult<()> {
    let Some(data) = vm.copied_bytes(value) else { return Err(vm.no_buffer(value)) };
    let (format, count) = match vm.payload::<MemoryView>(value) {
        Some(view) => (view.shape.format.clone(), view.shape.count),
        None => ("B".into(), data.len()),
    };
    // The value's buffer holds it while the bounds are asked, which may release the view.
    let buffer = vm.retain(value);
    vm.export(value, true);
    let bounds = slice(vm, &mut shape, key).and_then(|()| super::shape(vm, this));
    vm.export(value, false);
    vm.release(buffer);
    bounds?;
    if kind_of(&format) != kind_of(&shape.format) || count != shape.count {
        return Err(vm.value_error("memoryview assignment: lvalue and rvalue have different structures"));
    }
    for (place, bytes) in data.chunks(shape.size).enumerate() {
        write(vm, this, &shape, place, bytes);
    }
    Ok(())
}

/// `memory_richcompare`: item by item, whatever the formats.
pub(super) fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if !matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        return Ok(vm.not_implemented());
    }
    let released = |object: Ref| vm.payload::<MemoryView>(object).is_some_and(|view| view.released);
    let equal = if released(left) || released(right) {
        left == right
    } else {
        let items = |object: Ref| {
            let data = vm.copied_bytes(object)?;
            let (kind, size) =
                vm.payload::<MemoryView>(object).map_or(('B', 1), |view| (kind_of(&view.shape.format), view.shape.size));
            Some(data.chunks(size).map(|bytes| unpack(kind, bytes)).collect::<Vec<_>>())
        };
        let (Some(ours), Some(theirs)) = (items(left), items(right)) else { return Ok(vm.not_implemented()) };
        ours.len() == theirs.len() && ours.into_iter().zip(theirs).all(|(a, b)| a.equals(b))
    };
    Ok(vm.bool(equal == (op == CompareOperator::Eq)))
}

/// `memory_hash`: that of the bytes, if they can't change.
pub(super) fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    if let Some(hash) = vm.payload::<MemoryView>(this).and_then(|view| view.hash) {
        return Ok(hash);
    }
    let shape = shape(vm, this)?;
    if !shape.readonly {
        return Err(vm.value_error("cannot hash writable memoryview object"));
    }
    if !is_byte(&shape.format) {
        return Err(vm.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    if let Some(base) = vm.view_base(this) {
        vm.hash_of(base)?;
    }
    let hash = crate::hash::bytes(&vm.copied_bytes(this).unwrap_or_default());
    if let Some(view) = vm.payload_mut::<MemoryView>(this) {
        view.hash = Some(hash);
    }
    Ok(hash)
}
