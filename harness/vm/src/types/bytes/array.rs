//! `bytearray` (`Objects/bytearrayobject.c`)

use refdrift_isa::CompareOperator;

use super::{array_methods, iterator, methods, percent};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::sequence::adjust_indices;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::str::encode_text;
use crate::vm::{PyResult, Vm};

/// A bytearray's payload.
#[derive(Default)]
pub(crate) struct ByteArray {
    pub(super) data: Vec<u8>,
    /// How many look at its bytes where they are: as long as there are some, it keeps its size.
    pub(crate) exports: usize,
}

impl Native for ByteArray {
    fn visit(&self, _: &mut dyn FnMut(Role, Ref)) {}

    fn give_back(&mut self, _: &mut Vec<Owned>) {}
}

/// `bytearray`
pub(crate) static TYPE: NativeType = NativeType {
    name: "bytearray",
    slots: Slots {
        repr: Some(repr),
        str: Some(repr),
        compare: Some(compare),
        iter: Some(iterator::iter_array),
        init: Some(init),
        new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::<ByteArray>::default())))),
        remainder: Some(percent::remainder),
        length: Some(|vm, this| Ok(vm.data(this).len())),
        subscript: Some(super::subscript),
        ass_subscript: Some(set_item),
        item: Some(super::item),
        contains: Some(super::contains),
        concat: Some(super::concat),
        repeat: Some(super::repeat),
        inplace_concat: Some(array_methods::inplace_concat),
        inplace_repeat: Some(array_methods::inplace_repeat),
        ..Slots::NONE
    },
    methods: methods::ARRAY_METHODS,
    flags: Flags(Flags::BASE | Flags::MATCH_SELF),
    ..NativeType::PLAIN
};

impl Vm {
    /// A new `bytearray`.
    pub(crate) fn new_byte_array(&mut self, data: Vec<u8>) -> Owned {
        self.make(types::BYTEARRAY, Value::Native(Box::new(ByteArray { data, exports: 0 })))
    }

    pub(super) fn array_mut(&mut self, this: Ref) -> Option<&mut ByteArray> {
        self.payload_mut::<ByteArray>(this)
    }

    /// Somebody begins, or ceases, to look at the bytes of a bytearray where they are.
    pub(crate) fn export(&mut self, this: Ref, begins: bool) {
        if let Some(array) = self.array_mut(this) {
            array.exports = if begins { array.exports + 1 } else { array.exports.saturating_sub(1) };
        }
    }

    /// Writes bytes into a bytearray, where there are others.
    pub(crate) fn write_bytes(&mut self, this: Ref, start: usize, bytes: &[u8]) {
        if let Some(place) = self.array_mut(this).and_then(|array| array.data.get_mut(start..start + bytes.len())) {
            place.copy_from_slice(bytes);
        }
    }

    /// `_canresize`
    pub(super) fn may_resize(&mut self, this: Ref) -> PyResult<()> {
        if self.payload::<ByteArray>(this).is_some_and(|array| array.exports > 0) {
            return Err(self.raise(types::BUFFER_ERROR, "Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }

    /// Puts bytes in place of a part; no part may change its size while somebody looks on (`bytearray_setslice_linear`).
    pub(super) fn splice_array(&mut self, this: Ref, start: usize, end: usize, bytes: &[u8]) -> PyResult<()> {
        if end - start != bytes.len() {
            self.may_resize(this)?;
        }
        if self.data(this).len() + bytes.len() > types::str::MAX_SIZE {
            return Err(self.too_long());
        }
        if let Some(array) = self.array_mut(this) {
            array.data.splice(start..end, bytes.iter().copied());
        }
        Ok(())
    }

    /// `_getbytevalue`
    pub(super) fn byte_value(&mut self, value: Ref) -> PyResult<u8> {
        let index = self.index(value)?;
        let byte = self.small_value(index.borrow()).and_then(|value| u8::try_from(value).ok());
        self.release(index);
        byte.ok_or_else(|| self.value_error("byte must be in range(0, 256)"))
    }
}

/// Unlike that of `bytes` it always escapes single quotes.
fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let data = vm.data(this);
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') { '"' } else { '\'' };
    let mut text = format!("{}(b{quote}", vm.class(vm.class_of(this)).short_name());
    for &byte in data {
        match byte {
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\'' | b'\\' => text.extend(['\\', char::from(byte)]),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => super::push_escape(&mut text, byte),
        }
    }
    text.push(quote);
    text.push(')');
    Ok(vm.str(text))
}

/// `bytearray_richcompare`: with anything that has bytes.
fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let (Some(a), Some(b)) = (vm.bytes_value(left), vm.bytes_value(right)) else { return Ok(vm.not_implemented()) };
    let result = op.holds(a.cmp(b));
    Ok(vm.bool(result))
}

/// `bytearray(source=b'', encoding=…, errors=…)` (`bytearray___init___impl`)
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature = Signature {
        function: "bytearray",
        positional_only: 0,
        names: &["source", "encoding", "errors"],
        required: 0,
        positional: 3,
    };
    let [source, encoding, errors] = SIGNATURE.bind(vm, args)?;
    for (place, value) in [("argument 'encoding'", encoding), ("argument 'errors'", errors)] {
        if let Some(value) = value {
            vm.text_argument("bytearray", place, value)?;
        }
    }
    let length = vm.data(this).len();
    if length > 0 {
        vm.splice_array(this, 0, length, &[])?;
    }
    let text = source.filter(|&source| vm.text(source).is_some());
    match (text, encoding, errors) {
        (Some(text), Some(_), _) => {
            let encoded = encode_text(vm, text, encoding, errors)?;
            return vm.lend(encoded, |vm, encoded| array_methods::append_bytes(vm, this, encoded));
        }
        (Some(_), None, _) => return Err(vm.type_error("string argument without an encoding")),
        (None, Some(_), _) => return Err(vm.type_error("encoding without a string argument")),
        (None, None, Some(_)) => return Err(vm.type_error("errors without a string argument")),
        (None, None, None) => {}
    }
    let Some(source) = source else { return Ok(()) };
    if vm.class(vm.class_of(source)).slots.index.is_some() {
        match vm.as_index(source, Some(types::OVERFLOW_ERROR)) {
            Ok(size) if size < 0 => return Err(vm.value_error("negative count")),
            Ok(size) if size as usize > types::str::MAX_SIZE => return Err(vm.too_long()),
            Ok(size) => return vm.splice_array(this, 0, 0, &vec![0; size as usize]),
            Err(stop) => vm.swallow(stop, types::TYPE_ERROR)?,
        }
    }
    if let Some(data) = vm.copied_bytes(source) {
        return vm.splice_array(this, 0, 0, &data);
    }
    if let Some(problem) = vm.view_problem(source) {
        return Err(problem);
    }
    fill(vm, this, source)
}

/// The bytes that the items of an iterable are. Exact integers in a list or tuple are looked at where they are.
fn fill(vm: &mut Vm, this: Ref, source: Ref) -> PyResult<()> {
    if vm.profile.bytearray_takes_lists_directly
        && matches!(vm.class_of(source), types::LIST | types::TUPLE)
        && let items = vm.items(source).unwrap_or_default()
        && items.iter().all(|&item| vm.class_of(item) == types::INT)
    {
        return items.into_iter().try_for_each(|item| {
            let byte = vm.byte_value(item)?;
            array_methods::push(vm, this, byte)
        });
    }
    let iterator = match vm.get_iter(source) {
        Ok(iterator) => iterator,
        Err(stop) if vm.matches_raised(types::TYPE_ERROR) => {
            vm.swallow(stop, types::TYPE_ERROR)?;
            let message = format!("cannot convert '{}' object to bytearray", vm.type_name(source));
            return Err(vm.type_error(message));
        }
        Err(stop) => return Err(stop),
    };
    vm.lend(iterator, |vm, iterator| {
        while let Some(item) = vm.next(iterator)? {
            let byte = vm.lend(item, Vm::byte_value)?;
            array_methods::push(vm, this, byte)?;
        }
        Ok(())
    })
}

/// `bytearray_ass_subscript`
fn set_item(vm: &mut Vm, this: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
    if vm.class(vm.class_of(key)).slots.index.is_some() {
        let mut index = vm.as_index(key, Some(types::INDEX_ERROR))?;
        // The value may change the size while it is asked what it is.
        let byte = match value {
            Some(value) => Some(vm.byte_value(value)?),
            None => None,
        };
        let length = vm.data(this).len() as i64;
        if index < 0 {
            index += length;
        }
        if !(0..length).contains(&index) {
            return Err(vm.index_error("bytearray index out of range"));
        }
        let index = index as usize;
        return match byte {
            Some(byte) => {
                if let Some(array) = vm.array_mut(this) {
                    array.data[index] = byte;
                }
                Ok(())
            }
            None => vm.splice_array(this, index, index + 1, &[]),
        };
    }
    if vm.class_of(key) != types::SLICE {
        let message = format!("bytearray indices must be integers or slices, not {}", vm.type_name(key));
        return Err(vm.type_error(message));
    }
    let slice = vm.slice_unpack(key)?;
    if let Some(value) = value
        && (value == this || !vm.is_array(value))
    {
        let slots = &vm.class(vm.class_of(value)).slots;
        let number = slots.index.is_some() || slots.int.is_some() || slots.float.is_some() || vm.complex_value(value).is_some();
        if number || vm.text(value).is_some() {
            return Err(vm.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
        }
        let copy = vm.call_pos(types::BYTEARRAY, &[value])?;
        return vm.lend(copy, |vm, copy| set_item(vm, this, key, Some(copy)));
    }
    let bytes = value.map(|value| vm.data(value).to_vec()).unwrap_or_default();
    set_slice(vm, this, slice, &bytes)
}

fn set_slice(vm: &mut Vm, this: Ref, (start, end, step): (i64, i64, i64), bytes: &[u8]) -> PyResult<()> {
    let length = vm.data(this).len();
    let (start, _, step, count) = adjust_indices(length, start, end, step);
    if step == 1 {
        let start = start as usize;
        return vm.splice_array(this, start, start + count, bytes);
    }
    let places: Vec<usize> = (0..count as i64).map(|place| (start + place * step) as usize).collect();
    if bytes.is_empty() {
        vm.may_resize(this)?;
        if let Some(array) = vm.array_mut(this) {
            let mut index = 0;
            array.data.retain(|_| {
                index += 1;
                !places.contains(&(index - 1))
            });
        }
        return Ok(());
    }
    if bytes.len() != count {
        let given = bytes.len();
        return Err(vm.value_error(format!("attempt to assign bytes of size {given} to extended slice of size {count}")));
    }
    if let Some(array) = vm.array_mut(this) {
        places.into_iter().zip(bytes).for_each(|(place, &byte)| array.data[place] = byte);
    }
    Ok(())
}
