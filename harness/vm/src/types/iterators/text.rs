//! Iterators over the characters of a string. Their payload is that of list iterators; the index counts bytes.

use super::itself;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::vm::{PyResult, Vm};

const SLOTS: Slots = Slots { iter: Some(itself), next: Some(next), ..Slots::NONE };
const METHODS: &[Method] = &[
    Method { name: "__length_hint__", kind: MethodKind::Instance, arity: Arity::None, call: hint },
    Method { name: "__setstate__", kind: MethodKind::Instance, arity: Arity::One, call: set_state },
    unsupported_method!("str_iterator", "__reduce__"),
];
const FLAGS: Flags = Flags(Flags::GC | Flags::NO_NEW);

pub(crate) static STR: NativeType =
    NativeType { name: "str_iterator", slots: SLOTS, methods: METHODS, flags: FLAGS, ..NativeType::PLAIN };

pub(crate) static STR_ASCII: NativeType =
    NativeType { name: "str_ascii_iterator", slots: SLOTS, methods: METHODS, flags: FLAGS, ..NativeType::PLAIN };

/// The characters that are left.
fn rest(vm: &Vm, iterator: Ref) -> Option<&str> {
    match &vm.heap[iterator].value {
        Value::SequenceIterator(Some(string), offset) => vm.text(string.borrow())?.get(*offset..),
        _ => None,
    }
}

fn next(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    let character = rest(vm, iterator).and_then(|rest| rest.chars().next());
    let Value::SequenceIterator(string, offset) = &mut vm.heap[iterator].value else { return Ok(None) };
    if let Some(character) = character {
        *offset += character.len_utf8();
        return Ok(Some(vm.char_str(character)));
    }
    let string = string.take();
    vm.release_option(string);
    Ok(None)
}

fn hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let left = rest(vm, args.this()).map_or(0, |rest| rest.chars().count());
    Ok(vm.int(left as i64))
}

fn set_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let index = usize::try_from(vm.plain_ssize(args.values[1])?).unwrap_or(0);
    let Value::SequenceIterator(Some(string), _) = &vm.heap[args.this()].value else { return Ok(vm.none()) };
    let text = vm.expect_text(string.borrow());
    let start = text.char_indices().nth(index).map_or(text.len(), |(offset, _)| offset);
    if let Value::SequenceIterator(_, offset) = &mut vm.heap[args.this()].value {
        *offset = start;
    }
    Ok(vm.none())
}
