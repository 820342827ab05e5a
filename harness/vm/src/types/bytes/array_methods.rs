//! The methods that change a `bytearray`.

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Vm};

/// Appends one byte.
pub(super) fn push(vm: &mut Vm, this: Ref, byte: u8) -> PyResult<()> {
    let end = vm.data(this).len();
    vm.splice_array(this, end, end, &[byte])
}

/// Appends the bytes of an object that has some.
pub(super) fn append_bytes(vm: &mut Vm, this: Ref, other: Ref) -> PyResult<()> {
    let Some(data) = vm.bytes_value(other) else {
        let message = format!("can't concat {} to {}", vm.type_name(other), vm.type_name(this));
        return Err(vm.type_error(message));
    };
    let data = data.to_vec();
    let end = vm.data(this).len();
    vm.splice_array(this, end, end, &data)
}

/// `bytearray +=` (`bytearray_iconcat`), which looks at the other one's bytes meanwhile: a `bytearray` cannot grow by itself.
pub(super) fn inplace_concat(vm: &mut Vm, this: Ref, other: Ref) -> PyResult {
    vm.export(other, true);
    let appended = append_bytes(vm, this, other);
    vm.export(other, false);
    appended?;
    Ok(vm.retain(this))
}

/// `bytearray *=`
pub(super) fn inplace_repeat(vm: &mut Vm, this: Ref, times: i64) -> PyResult {
    let times = usize::try_from(times).unwrap_or(0);
    let length = vm.data(this).len();
    match length.checked_mul(times) {
        None => return Err(vm.raise_empty(types::MEMORY_ERROR)),
        Some(size) if size > types::str::MAX_SIZE => return Err(vm.too_long()),
        Some(size) if size != length => {
            let repeated = vm.data(this).repeat(times);
            vm.splice_array(this, 0, length, &repeated)?;
        }
        Some(_) => {}
    }
    Ok(vm.retain(this))
}

pub(super) fn append(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let byte = vm.byte_value(args.values[1])?;
    push(vm, args.this(), byte)?;
    Ok(vm.none())
}

pub(super) fn clear(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let length = vm.data(args.this()).len();
    vm.splice_array(args.this(), 0, length, &[])?;
    Ok(vm.none())
}

pub(super) fn copy(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let data = vm.data(args.this()).to_vec();
    Ok(vm.new_byte_array(data))
}

/// `bytearray.extend`: the items are collected in a bytearray of their own first.
pub(super) fn extend(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, other) = (args.values[0], args.values[1]);
    if vm.bytes_value(other).is_some() {
        append_bytes(vm, this, other)?;
        return Ok(vm.none());
    }
    let iterator = match vm.get_iter(other) {
        Ok(iterator) => iterator,
        Err(stop) => {
            vm.swallow(stop, types::TYPE_ERROR)?;
            let message = format!("can't extend bytearray with {}", vm.type_name(other));
            return Err(vm.type_error(message));
        }
    };
    let data = vm.lend(iterator, |vm, iterator| collect(vm, iterator, other))?;
    let end = vm.data(this).len();
    vm.splice_array(this, end, end, &data)?;
    Ok(vm.none())
}

fn collect(vm: &mut Vm, iterator: Ref, iterable: Ref) -> PyResult<Vec<u8>> {
    vm.length_hint(iterable, 32)?;
    let mut data = Vec::new();
    while let Some(item) = vm.next(iterator)? {
        let byte = vm.byte_value(item.borrow());
        // What is told of a text is told while the item is still there.
        let byte = byte.map_err(|stop| {
            if vm.profile.bytearray_names_text && vm.text(iterable).is_some() && vm.matches_raised(types::TYPE_ERROR) {
                vm.clear_raised();
                return vm.type_error("expected iterable of integers; got: 'str'");
            }
            stop
        });
        vm.release(item);
        data.push(byte?);
        if data.len() > types::str::MAX_SIZE {
            return Err(vm.too_long());
        }
    }
    Ok(data)
}

pub(super) fn insert(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let index = vm.ssize_argument(args.values[1])?;
    let byte = vm.byte_value(args.values[2])?;
    let length = vm.data(this).len() as i64;
    let index = if index < 0 { (index + length).max(0) } else { index.min(length) } as usize;
    vm.splice_array(this, index, index, &[byte])?;
    Ok(vm.none())
}

pub(super) fn pop(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let mut index = match args.values.get(1) {
        Some(&index) => vm.ssize_argument(index)?,
        None => -1,
    };
    let length = vm.data(this).len() as i64;
    if length == 0 {
        return Err(vm.index_error("pop from empty bytearray"));
    }
    if index < 0 {
        index += length;
    }
    if !(0..length).contains(&index) {
        return Err(vm.index_error("pop index out of range"));
    }
    let index = index as usize;
    let byte = vm.data(this)[index];
    vm.splice_array(this, index, index + 1, &[])?;
    Ok(vm.int(i64::from(byte)))
}

pub(super) fn remove(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let byte = vm.byte_value(args.values[1])?;
    match vm.data(args.this()).iter().position(|&other| other == byte) {
        Some(index) => vm.splice_array(args.this(), index, index + 1, &[])?,
        None => return Err(vm.value_error("value not found in bytearray")),
    }
    Ok(vm.none())
}

pub(super) fn reverse(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    if let Some(array) = vm.array_mut(args.this()) {
        array.data.reverse();
    }
    Ok(vm.none())
}

/// `bytearray.__reduce__()`
pub(super) fn reduce(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    reduce_for(vm, args.this(), 2)
}

/// `bytearray.__reduce_ex__(protocol=0)`
pub(super) fn reduce_ex(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let protocol = match args.values.get(1) {
        Some(&protocol) => vm.int_argument(protocol)?,
        None => 0,
    };
    reduce_for(vm, args.this(), protocol)
}

/// `_common_reduce` of `bytearray`: the class, its argument and the state.
fn reduce_for(vm: &mut Vm, this: Ref, protocol: i32) -> PyResult {
    let state = vm.call_method(this, "__getstate__", &[])?;
    let data = vm.data(this).to_vec();
    let arguments: Vec<Owned> = if data.is_empty() {
        Vec::new()
    } else if protocol < 3 {
        let text: String = data.iter().map(|&byte| char::from(byte)).collect();
        vec![vm.str(text), vm.str("latin-1")]
    } else {
        vec![vm.new_bytes(data)]
    };
    let class = vm.class_of(this);
    let items = vec![vm.retain(class), vm.new_tuple(arguments), state];
    Ok(vm.new_tuple(items))
}
