//! `bytes_iterator`: its payload is that of list iterators.

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

pub(crate) static TYPE: NativeType = NativeType {
    name: "bytes_iterator",
    slots: Slots { iter: Some(|vm, this| Ok(vm.retain(this))), next: Some(next), ..Slots::NONE },
    methods: &[
        Method { name: "__length_hint__", kind: MethodKind::Instance, arity: Arity::None, call: hint },
        Method { name: "__reduce__", kind: MethodKind::Instance, arity: Arity::None, call: reduce },
        Method { name: "__setstate__", kind: MethodKind::Instance, arity: Arity::One, call: set_state },
    ],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `bytearray_iterator`
pub(crate) static ARRAY: NativeType = NativeType { name: "bytearray_iterator", ..TYPE };

pub(super) fn iter_array(vm: &mut Vm, this: Ref) -> PyResult {
    let array = vm.retain(this);
    Ok(vm.make_tracked(types::BYTEARRAY_ITERATOR, Value::SequenceIterator(Some(array), 0)))
}

pub(super) fn iter(vm: &mut Vm, this: Ref) -> PyResult {
    let bytes = vm.retain(this);
    Ok(vm.make_tracked(types::BYTES_ITERATOR, Value::SequenceIterator(Some(bytes), 0)))
}

/// The bytes that are left.
fn rest(vm: &Vm, iterator: Ref) -> &[u8] {
    match &vm.heap[iterator].value {
        Value::SequenceIterator(Some(bytes), index) => vm.data(bytes.borrow()).get(*index..).unwrap_or_default(),
        _ => &[],
    }
}

fn next(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    let byte = rest(vm, iterator).first().copied();
    let Value::SequenceIterator(bytes, index) = &mut vm.heap[iterator].value else { return Ok(None) };
    if let Some(byte) = byte {
        *index += 1;
        return Ok(Some(vm.int(i64::from(byte))));
    }
    let bytes = bytes.take();
    vm.release_option(bytes);
    Ok(None)
}

/// `striter_reduce`: `iter(bytes)` and the index.
fn reduce(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let iter = vm.builtin("iter")?;
    let state = match &vm.heap[args.this()].value {
        Value::SequenceIterator(Some(bytes), index) => Some((bytes.borrow(), *index)),
        _ => None,
    };
    let items = match state {
        Some((bytes, index)) => vec![iter, vm.tuple_of(&[bytes]), vm.int(index as i64)],
        None => vec![iter, vm.tuple_of(&[types::EMPTY_TUPLE])],
    };
    Ok(vm.new_tuple(items))
}

fn set_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let index = vm.plain_ssize(args.values[1])?;
    if let Value::SequenceIterator(Some(bytes), _) = &vm.heap[args.this()].value {
        let length = vm.data(bytes.borrow()).len();
        if let Value::SequenceIterator(_, place) = &mut vm.heap[args.this()].value {
            *place = usize::try_from(index).unwrap_or(0).min(length);
        }
    }
    Ok(vm.none())
}

fn hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let left = rest(vm, args.this()).len();
    Ok(vm.int(left as i64))
}
