//! `bytes`, and what `bytearray` has in common with it.
//!
//! What takes a bytes-like object asks [`Vm::bytes_value`].

mod array;
mod array_methods;
mod hex;
mod iterator;
mod methods;
mod pad;
mod percent;
mod search;
mod split;
mod transform;

use refdrift_isa::CompareOperator;

use crate::api::Missing;
use crate::hash;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::sequence::adjust_indices;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::str::encode_text;
use crate::vm::{PyResult, Stop, Vm};

/// A payload of bytes.
pub(crate) struct Bytes {
    data: Box<[u8]>,
    hash: Option<i64>,
}

impl Native for Bytes {
    fn visit(&self, _: &mut dyn FnMut(Role, Ref)) {}

    fn give_back(&mut self, _: &mut Vec<Owned>) {}
}

/// The payload of a bytes object.
pub(crate) fn payload(data: impl Into<Box<[u8]>>) -> Value {
    Value::Native(Box::new(Bytes { data: data.into(), hash: None }))
}

pub(crate) use array::{ByteArray, TYPE as ARRAY};
pub(crate) use hex::{hex, hex_text};
pub(crate) use iterator::{ARRAY as ARRAY_ITERATOR, TYPE as ITERATOR};

pub(crate) static TYPE: NativeType = NativeType {
    name: "bytes",
    slots: Slots {
        repr: Some(repr),
        str: Some(repr),
        hash: Some(hash_bytes),
        compare: Some(compare),
        iter: Some(iterator::iter),
        new: Some(new),
        remainder: Some(percent::remainder),
        length: Some(|vm, this| Ok(vm.data(this).len())),
        subscript: Some(subscript),
        item: Some(item),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    flags: Flags(Flags::BASE | Flags::MATCH_SELF),
    ..NativeType::PLAIN
};

impl Vm {
    /// The bytes of a bytes-like object; none for anything else.
    pub(crate) fn bytes_value(&self, object: Ref) -> Option<&[u8]> {
        match &self.heap[object].value {
            Value::Native(native) => match native.downcast::<Bytes>() {
                Some(bytes) => Some(&bytes.data),
                None => match native.downcast::<ByteArray>() {
                    Some(array) => Some(&array.data),
                    None => self.view_bytes(object),
                },
            },
            _ => None,
        }
    }

    /// The bytes of a `bytes` that nobody else has seen yet, to change them.
    pub(crate) fn bytes_mut(&mut self, object: Ref) -> Option<&mut Box<[u8]>> {
        let bytes = self.payload_mut::<Bytes>(object)?;
        bytes.hash = None;
        Some(&mut bytes.data)
    }

    /// The bytes of an object that is known to have some.
    fn data(&self, object: Ref) -> &[u8] {
        self.bytes_value(object).unwrap_or_default()
    }

    /// A `bytes`; the empty one and those of one byte are always the same objects.
    pub(crate) fn new_bytes(&mut self, data: impl Into<Box<[u8]>>) -> Owned {
        let data = data.into();
        match *data {
            [byte] => self.retain(types::single_byte(byte)),
            _ => self.fresh_bytes(data),
        }
    }

    /// A `bytes` that is a new object even if it has one byte; only the empty one is shared.
    pub(crate) fn fresh_bytes(&mut self, data: impl Into<Box<[u8]>>) -> Owned {
        let data = data.into();
        if data.is_empty() {
            return self.retain(types::EMPTY_BYTES);
        }
        self.make(types::BYTES, payload(data))
    }

    /// Whether an object is a `bytearray`: what its methods make is one too, always a new one.
    fn is_array(&self, object: Ref) -> bool {
        self.payload::<ByteArray>(object).is_some()
    }

    /// Bytes of the kind of another object: a new `bytearray`, or [`Vm::new_bytes`].
    fn new_like(&mut self, this: Ref, data: Vec<u8>) -> Owned {
        if self.is_array(this) { self.new_byte_array(data) } else { self.new_bytes(data) }
    }

    /// As [`Vm::new_like`], but [`Vm::fresh_bytes`].
    fn fresh_like(&mut self, this: Ref, data: Vec<u8>) -> Owned {
        if self.is_array(this) { self.new_byte_array(data) } else { self.fresh_bytes(data) }
    }

    /// The part of a bytes object between two indices: all of an exact one is that object.
    fn bytes_part(&mut self, this: Ref, start: usize, end: usize) -> Owned {
        let data = self.data(this);
        if start == 0 && end == data.len() && self.class_of(this) == types::BYTES {
            return self.retain(this);
        }
        let part = data.get(start..end).unwrap_or_default().to_vec();
        self.new_like(this, part)
    }

    /// An object that must have a buffer (`PyObject_GetBuffer`).
    fn must_be_bytes(&mut self, object: Ref) -> PyResult<()> {
        if self.bytes_value(object).is_some() {
            return Ok(());
        }
        Err(self.no_buffer(object))
    }

    /// The data of an object that must have a buffer, copied.
    pub(crate) fn buffer_data(&mut self, object: Ref) -> PyResult<Vec<u8>> {
        if let Some(data) = self.bytes_value(object) {
            return Ok(data.to_vec());
        }
        Err(self.no_buffer(object))
    }

    pub(crate) fn no_buffer(&mut self, object: Ref) -> Stop {
        if let Some(problem) = self.view_problem(object) {
            return problem;
        }
        let message = format!("a bytes-like object is required, not '{}'", self.type_name(object));
        self.type_error(message)
    }
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let text = bytes_repr(vm.data(this));
    Ok(vm.str(text))
}

/// The bytes as a Python literal (`PyBytes_Repr`).
pub(crate) fn bytes_repr(data: &[u8]) -> String {
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') { '"' } else { '\'' };
    let mut repr = String::with_capacity(data.len() + 3);
    repr.extend(['b', quote]);
    for &byte in data {
        match byte {
            b'\t' => repr.push_str("\\t"),
            b'\n' => repr.push_str("\\n"),
            b'\r' => repr.push_str("\\r"),
            b'\\' => repr.push_str("\\\\"),
            b' '..=b'~' => {
                if char::from(byte) == quote {
                    repr.push('\\');
                }
                repr.push(char::from(byte));
            }
            _ => push_escape(&mut repr, byte),
        }
    }
    repr.push(quote);
    repr
}

/// `\xff`
pub(crate) fn push_escape(text: &mut String, byte: u8) {
    text.push_str("\\x");
    hex::push_hex(text, byte);
}

fn hash_bytes(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    match vm.payload_mut::<Bytes>(this) {
        Some(bytes) => Ok(*bytes.hash.get_or_insert_with(|| hash::bytes(&bytes.data))),
        None => Ok(0),
    }
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let both = [left, right].iter().all(|&side| vm.payload::<Bytes>(side).is_some());
    if !both {
        return Ok(vm.not_implemented());
    }
    let (a, b) = (vm.data(left), vm.data(right));
    let result = op.holds(a.cmp(b));
    Ok(vm.bool(result))
}

fn subscript(vm: &mut Vm, this: Ref, key: Ref) -> PyResult {
    if vm.class(vm.class_of(key)).slots.index.is_some() {
        let mut index = vm.as_index(key, Some(types::INDEX_ERROR))?;
        if index < 0 {
            index += vm.data(this).len() as i64;
        }
        return item(vm, this, index);
    }
    if vm.class_of(key) != types::SLICE {
        let kind = if vm.is_array(this) { "bytearray" } else { "byte" };
        let message = format!("{kind} indices must be integers or slices, not {}", vm.type_name(key));
        return Err(vm.type_error(message));
    }
    // The length is asked for after the slice's numbers, whose methods may change it.
    let (start, end, step) = vm.slice_unpack(key)?;
    let (start, _, step, count) = adjust_indices(vm.data(this).len(), start, end, step);
    if step == 1 || count == 0 {
        let start = if count == 0 { 0 } else { start as usize };
        return Ok(if count == 0 { vm.new_like(this, Vec::new()) } else { vm.bytes_part(this, start, start + count) });
    }
    let data = vm.data(this);
    let chosen: Vec<u8> = (0..count as i64).filter_map(|i| data.get((start + i * step) as usize).copied()).collect();
    Ok(vm.fresh_like(this, chosen))
}

fn item(vm: &mut Vm, this: Ref, index: i64) -> PyResult {
    match usize::try_from(index).ok().and_then(|index| vm.data(this).get(index).copied()) {
        Some(byte) => Ok(vm.int(i64::from(byte))),
        None if vm.is_array(this) => Err(vm.index_error("bytearray index out of range")),
        None => Err(vm.index_error("index out of range")),
    }
}

fn contains(vm: &mut Vm, this: Ref, part: Ref) -> PyResult<bool> {
    // Anything that fails as a number is tried as bytes.
    let byte = if vm.class(vm.class_of(part)).slots.index.is_some() {
        match vm.as_index(part, None) {
            Ok(byte) => Some(byte),
            Err(Stop::Raised) => {
                vm.clear_raised();
                None
            }
            Err(stop) => return Err(stop),
        }
    } else {
        None
    };
    match byte {
        Some(byte) => match u8::try_from(byte) {
            Ok(byte) => Ok(vm.data(this).contains(&byte)),
            Err(_) => Err(vm.value_error("byte must be in range(0, 256)")),
        },
        None => {
            vm.must_be_bytes(part)?;
            Ok(search::find(vm.data(this), vm.data(part)).is_some())
        }
    }
}

fn concat(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let Some(tail) = vm.bytes_value(right) else {
        let message = format!("can't concat {} to {}", vm.type_name(right), vm.type_name(left));
        return Err(vm.type_error(message));
    };
    if vm.data(left).is_empty() && vm.class_of(right) == types::BYTES && !vm.is_array(left) {
        return Ok(vm.retain(right));
    }
    if tail.is_empty() && vm.class_of(left) == types::BYTES {
        return Ok(vm.retain(left));
    }
    let data = [vm.data(left), tail].concat();
    Ok(vm.fresh_like(left, data))
}

/// `bytes_repeat`: what it makes is always new, nothing and one byte, too.
fn repeat(vm: &mut Vm, this: Ref, times: i64) -> PyResult {
    let times = times.max(0) as usize;
    let data = vm.data(this);
    match data.len().checked_mul(times).filter(|&size| isize::try_from(size).is_ok()) {
        None if vm.is_array(this) => Err(vm.raise_empty(types::MEMORY_ERROR)),
        None => Err(vm.overflow_error("repeated bytes are too long")),
        Some(size) if size == data.len() && vm.class_of(this) == types::BYTES => Ok(vm.retain(this)),
        Some(size) if size > types::str::MAX_SIZE => Err(vm.no_room_for(size)),
        Some(_) => {
            let data = data.repeat(times);
            Ok(if vm.is_array(this) { vm.new_byte_array(data) } else { vm.make(types::BYTES, payload(data)) })
        }
    }
}

/// `bytes(source=b'', encoding=…, errors=…)` (`bytes_new_impl`)
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "bytes", positional_only: 0, names: &["source", "encoding", "errors"], required: 0, positional: 3 };
    let [source, encoding, errors] = SIGNATURE.bind(vm, args)?;
    for (place, value) in [("argument 'encoding'", encoding), ("argument 'errors'", errors)] {
        if let Some(value) = value {
            vm.text_argument("bytes", place, value)?;
        }
    }
    let made = match source {
        None if encoding.is_some() => return Err(vm.type_error("encoding without a string argument")),
        None if errors.is_some() => return Err(vm.type_error("errors without a string argument")),
        None => vm.retain(types::EMPTY_BYTES),
        Some(source) if encoding.is_some() || errors.is_some() => {
            let is_text = vm.text(source).is_some();
            match (is_text, encoding) {
                (true, Some(_)) => encode_text(vm, source, encoding, errors)?,
                (true, None) => return Err(vm.type_error("string argument without an encoding")),
                (false, Some(_)) => return Err(vm.type_error("encoding without a string argument")),
                (false, None) => return Err(vm.type_error("errors without a string argument")),
            }
        }
        Some(source) => from_object(vm, source)?,
    };
    if class == types::BYTES {
        return Ok(made);
    }
    let data: Box<[u8]> = vm.data(made.borrow()).into();
    let instance = vm.alloc_instance(class, payload(data));
    vm.release(made);
    Ok(instance)
}

/// What `__bytes__` gives, if there is one.
fn from_method(vm: &mut Vm, source: Ref) -> PyResult<Option<Owned>> {
    let Some(method) = vm.lookup_special(source, "__bytes__")? else { return Ok(None) };
    let made = vm.lend(method, |vm, method| vm.call_pos(method, &[]))?;
    if vm.is_instance_of(made.borrow(), types::BYTES) {
        return Ok(Some(made));
    }
    let message = format!("__bytes__ returned non-bytes (type {})", vm.type_name(made.borrow()));
    vm.release(made);
    Err(vm.type_error(message))
}

/// `PyObject_Bytes`: unlike `bytes()` it takes no size.
pub(crate) fn object_bytes(vm: &mut Vm, source: Ref) -> PyResult {
    if vm.class_of(source) == types::BYTES {
        return Ok(vm.retain(source));
    }
    if let Some(made) = from_method(vm, source)? {
        return Ok(made);
    }
    if let Some(data) = vm.copied_bytes(source) {
        return Ok(vm.fresh_bytes(data));
    }
    if let Some(problem) = vm.view_problem(source) {
        return Err(problem);
    }
    if vm.text(source).is_some() {
        return Err(vm.type_error("cannot convert 'str' object to bytes"));
    }
    from_items(vm, source)
}

fn from_object(vm: &mut Vm, source: Ref) -> PyResult {
    if let Some(made) = from_method(vm, source)? {
        return Ok(made);
    }
    if vm.text(source).is_some() {
        return Err(vm.type_error("string argument without an encoding"));
    }
    if vm.class(vm.class_of(source)).slots.index.is_some() {
        match vm.as_index(source, Some(types::OVERFLOW_ERROR)) {
            Ok(size) if size < 0 => return Err(vm.value_error("negative count")),
            Ok(size) if size as usize > types::str::MAX_SIZE => return Err(vm.no_room_for(size as usize)),
            Ok(size) => return Ok(vm.fresh_bytes(vec![0; size as usize])),
            Err(stop) => vm.swallow(stop, types::TYPE_ERROR)?,
        }
    }
    if let Some(data) = vm.copied_bytes(source) {
        return Ok(vm.fresh_bytes(data));
    }
    if let Some(problem) = vm.view_problem(source) {
        return Err(problem);
    }
    from_items(vm, source)
}

/// The bytes that the items of an iterable are.
fn from_items(vm: &mut Vm, source: Ref) -> PyResult {
    let mut data = Vec::new();
    if matches!(vm.class_of(source), types::LIST | types::TUPLE) {
        let mut index = 0;
        while let Some(item) = vm.list(source).map(Vec::as_slice).or_else(|| vm.tuple(source)).and_then(|items| items.get(index)) {
            let item = item.borrow();
            // A list may change while the item is asked what it is; a tuple keeps its items.
            let held = (vm.class_of(source) == types::LIST).then(|| vm.retain(item));
            let byte = as_byte(vm, item);
            vm.release_option(held);
            data.push(byte?);
            index += 1;
        }
        // A tuple's length is known beforehand: its bytes are an object before they are filled in.
        let from_tuple = vm.class_of(source) == types::TUPLE;
        return Ok(if from_tuple { vm.fresh_bytes(data) } else { vm.new_bytes(data) });
    }
    let iterator = match vm.get_iter(source) {
        Ok(iterator) => iterator,
        Err(stop) => {
            vm.swallow(stop, types::TYPE_ERROR)?;
            let message = format!("cannot convert '{}' object to bytes", vm.type_name(source));
            return Err(vm.type_error(message));
        }
    };
    let filled = fill_from_iterator(vm, source, iterator.borrow(), &mut data);
    vm.release(iterator);
    filled?;
    Ok(vm.new_bytes(data))
}

fn fill_from_iterator(vm: &mut Vm, source: Ref, iterator: Ref, data: &mut Vec<u8>) -> PyResult<()> {
    vm.length_hint(source, 64)?;
    while let Some(item) = vm.next(iterator)? {
        let byte = as_byte(vm, item.borrow());
        vm.release(item);
        data.push(byte?);
        if data.len() > types::str::MAX_SIZE {
            return Err(vm.unsupported(Missing::Limit, "bytes of more than 256 MiB"));
        }
    }
    Ok(())
}

fn as_byte(vm: &mut Vm, item: Ref) -> PyResult<u8> {
    let value = vm.as_index(item, None)?;
    u8::try_from(value).map_err(|_| vm.value_error("bytes must be in range(0, 256)"))
}

#[cfg(test)]
mod tests {
    use super::bytes_repr;

    #[test]
    fn literals_are_those_of_cpython() {
        assert_eq!(bytes_repr(b"a'b"), "b\"a'b\"");
        assert_eq!(bytes_repr(b"a'\"\\"), "b'a\\'\"\\\\'");
        assert_eq!(bytes_repr(b"\t\n\r\x00\x7f\xff"), "b'\\t\\n\\r\\x00\\x7f\\xff'");
    }
}
