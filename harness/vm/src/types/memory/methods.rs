//! The methods of a view, and its iterator.

use super::item::{is_byte, kind_of, size_of, unpack};
use super::{Shape, shape};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::types::iterators::holds;
use crate::vm::{PyResult, Vm};

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

pub(super) const METHODS: &[Method] = &[
    method("release", Arity::None, release),
    method("tobytes", Arity::Raw, tobytes),
    method("hex", Arity::Raw, hex),
    method("tolist", Arity::None, tolist),
    method("cast", Arity::Raw, cast),
    method("toreadonly", Arity::None, |vm, args| {
        let shape = Shape { readonly: true, ..shape(vm, args.this())? };
        Ok(vm.another_view(args.this(), shape))
    }),
    method("__enter__", Arity::None, |vm, args| {
        shape(vm, args.this())?;
        Ok(vm.retain(args.this()))
    }),
    method("__exit__", Arity::Positional(0, usize::MAX), release),
    unsupported_method!("memoryview", "_from_flags", Class),
    unsupported_method!("memoryview", "__buffer__"),
    unsupported_method!("memoryview", "__release_buffer__"),
];

fn release(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.release_view(args.this());
    Ok(vm.none())
}

/// `memoryview.tobytes(order='C')`
fn tobytes(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "tobytes", positional_only: 0, names: &["order"], required: 0, positional: 1 };
    let [order] = SIGNATURE.bind(vm, &args.rest())?;
    let order = order.filter(|&order| order != types::NONE);
    if let Some(order) = order
        && vm.text(order).is_none()
    {
        let message = format!("tobytes() argument 'order' must be str or None, not {}", vm.type_name(order));
        return Err(vm.type_error(message));
    }
    shape(vm, args.this())?;
    if order.is_some_and(|order| !matches!(vm.text(order), Some("C" | "F" | "A"))) {
        return Err(vm.value_error("order must be 'C', 'F' or 'A'"));
    }
    let data = vm.copied_bytes(args.this()).unwrap_or_default();
    Ok(vm.fresh_bytes(data))
}

/// `memoryview.hex([sep[, bytes_per_sep]])`: that of its bytes.
fn hex(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    shape(vm, args.this())?;
    let data = vm.copied_bytes(args.this()).unwrap_or_default();
    let bytes = vm.fresh_bytes(data);
    vm.lend(bytes, |vm, bytes| {
        let mut values = vec![bytes];
        values.extend_from_slice(&args.values[1..]);
        types::bytes::hex(vm, &Args::new(&values, args.names))
    })
}

fn tolist(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let shape = shape(vm, args.this())?;
    let items = (0..shape.count).map(|index| {
        let item = unpack(kind_of(&shape.format), vm.item_bytes(args.this(), &shape, index));
        vm.item_object(item)
    });
    let items: Vec<Owned> = items.collect();
    Ok(vm.new_list(items))
}

/// `memoryview.cast(format[, shape])` (`memoryview_cast_impl`, `cast_to_1D`)
fn cast(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "cast", positional_only: 0, names: &["format", "shape"], required: 1, positional: 2 };
    let [format, new_shape] = SIGNATURE.bind(vm, &args.rest())?;
    let format = format.unwrap_or(types::NONE);
    vm.text_argument("cast", "argument 'format'", format)?;
    let old = shape(vm, args.this())?;
    if !old.is_contiguous() {
        return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if let Some(new_shape) = new_shape {
        if old.count == 0 {
            return Err(vm.type_error("memoryview: cannot cast view with zeros in shape or strides"));
        }
        if vm.items(new_shape).is_none() {
            return Err(vm.type_error("shape must be a list or a tuple"));
        }
        return Err(vm.unsupported(Missing::Name, "memoryview.cast(format, shape)"));
    }
    let format: Box<str> = vm.expect_text(format).into();
    let Some(size) = size_of(&format) else {
        let message = "memoryview: destination format must be a native single character format prefixed with an optional '@'";
        return Err(vm.value_error(message));
    };
    if kind_of(&format) == 'e' {
        return Err(vm.unsupported(Missing::Name, "memoryview items of two-byte floats"));
    }
    if !is_byte(&old.format) && !is_byte(&format) {
        return Err(vm.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    if old.nbytes() % size != 0 {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = Shape { count: old.nbytes() / size, format, size, stride: size as i64, ..old };
    Ok(vm.another_view(args.this(), shape))
}

/// An iterator over a view.
struct ViewIterator {
    view: Option<Owned>,
    index: usize,
    count: usize,
}
holds!(ViewIterator { view: "memoryview" });

/// `memory_iterator`
pub(crate) static ITERATOR: NativeType = NativeType {
    name: "memory_iterator",
    slots: Slots { iter: Some(|vm, this| Ok(vm.retain(this))), next: Some(next), ..Slots::NONE },
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

pub(super) fn iter(vm: &mut Vm, this: Ref) -> PyResult {
    if shape(vm, this).is_err() {
        // CPython's own check comes too late: an iterator and an exception at once.
        return Err(vm.unsupported(Missing::Name, "an iterator over a released memoryview"));
    }
    let count = shape(vm, this)?.count;
    let view = Some(vm.retain(this));
    Ok(vm.make_tracked(types::MEMORY_ITERATOR, Value::Native(Box::new(ViewIterator { view, index: 0, count }))))
}

fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(state) = vm.payload_mut::<ViewIterator>(this) else { return Ok(None) };
    let Some(view) = state.view.as_ref().map(Owned::borrow) else { return Ok(None) };
    let index = state.index;
    if index < state.count {
        shape(vm, view)?;
        if let Some(state) = vm.payload_mut::<ViewIterator>(this) {
            state.index += 1;
        }
        return super::access::item(vm, view, index as i64).map(Some);
    }
    let view = state.view.take();
    vm.release_option(view);
    Ok(None)
}
