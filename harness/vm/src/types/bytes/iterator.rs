//! `bytes_iterator`: its payload is that of list iterators.

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

pub(crate) static TYPE: NativeType = NativeType {
    name: "bytes_iterator",
    slots: Slots { iter: Some(|vm, this| Ok(vm.retain(this))), next: Some(next), ..Slots::NONE },
    methods: &[
        Method { name: "__length_hint__", kind: MethodKind::Instance, arity: Arity::None, call: hint },
        unsupported_method!("bytes_iterator", "__reduce__"),
        unsupported_method!("bytes_iterator", "__setstate__"),
    ],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

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

fn hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let left = rest(vm, args.this()).len();
    Ok(vm.int(left as i64))
}
