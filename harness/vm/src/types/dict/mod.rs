//! `dict` (`Objects/dictobject.c`)

mod iterators;
mod lookup;
mod merge;
mod methods;
mod sharing;
mod table;
pub(crate) mod views;

pub(crate) use merge::Existing;
pub(crate) use table::Dict;

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

pub(crate) static TYPE: NativeType = NativeType {
    name: "dict",
    slots: Slots {
        repr: Some(repr),
        compare: Some(compare),
        iter: Some(iterators::keys),
        init: Some(init),
        new: Some(new),
        or: Some(merge::or),
        inplace_or: Some(merge::inplace_or),
        length: Some(length),
        subscript: Some(subscript),
        ass_subscript: Some(ass_subscript),
        contains: Some(contains),
        ..Slots::NONE
    },
    methods: &[
        method("get", Arity::Positional(1, 2), methods::get),
        method("setdefault", Arity::Positional(1, 2), methods::set_default),
        method("pop", Arity::Positional(1, 2), methods::pop),
        method("popitem", Arity::None, methods::pop_item),
        method("keys", Arity::None, views::keys),
        method("items", Arity::None, views::items),
        method("values", Arity::None, views::values),
        method("update", Arity::Tuple(u8::MAX), methods::update),
        Method { name: "fromkeys", kind: MethodKind::Class, arity: Arity::Positional(1, 2), call: methods::from_keys },
        method("clear", Arity::None, methods::clear),
        method("copy", Arity::None, methods::copy),
        method("__reversed__", Arity::None, methods::reversed),
        unsupported_method!("dict", "__sizeof__"),
        crate::types::generic::CLASS_GETITEM,
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::MAPPING | Flags::MATCH_SELF | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

const fn method(name: &'static str, arity: Arity, call: crate::object::class::NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

fn new(vm: &mut Vm, class: Ref, _args: &Args<'_>) -> PyResult {
    if class == types::DICT {
        return Ok(vm.new_dict());
    }
    let more = crate::modules::collections::dict_extension(vm.native_base(class));
    Ok(vm.alloc_instance(class, Value::Dict(Box::new(Dict::with_more(more)))))
}

fn init(vm: &mut Vm, dict: Ref, args: &Args<'_>) -> PyResult<()> {
    let merged = vm.class_of(dict) != types::DICT;
    merge::update_common(vm, dict, args, "dict", merged)
}

fn length(vm: &mut Vm, dict: Ref) -> PyResult<usize> {
    Ok(vm.dict(dict).map_or(0, Dict::len))
}

fn contains(vm: &mut Vm, dict: Ref, key: Ref) -> PyResult<bool> {
    Ok(vm.dict_get(dict, key)?.is_some())
}

fn subscript(vm: &mut Vm, dict: Ref, key: Ref) -> PyResult {
    if let Some(value) = vm.dict_get(dict, key)? {
        return Ok(vm.retain(value));
    }
    if vm.class_of(dict) != types::DICT
        && let Some(missing) = vm.lookup_special_named(dict, names::MISSING)?
    {
        let result = vm.call_pos(missing.borrow(), &[key]);
        vm.release(missing);
        return result;
    }
    Err(vm.key_error(key))
}

fn ass_subscript(vm: &mut Vm, dict: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
    match value {
        Some(value) => vm.dict_set(dict, key, value),
        None if vm.dict_delete(dict, key)? => Ok(()),
        None => Err(vm.key_error(key)),
    }
}

fn repr(vm: &mut Vm, dict: Ref) -> PyResult {
    if !vm.repr_enter(dict) {
        return Ok(vm.str("{...}"));
    }
    let text = repr_items(vm, dict);
    vm.repr_leave(dict);
    Ok(vm.str(text?))
}

fn repr_items(vm: &mut Vm, dict: Ref) -> PyResult<String> {
    let mut text = "{".to_owned();
    let mut at = 0;
    while let Some((index, key, value)) = vm.dict_next(dict, at) {
        if text.len() > 1 {
            text.push_str(", ");
        }
        at = index + 1;
        let (held_key, held_value) = (vm.retain(key), vm.retain(value));
        let result = vm.push_repr(&mut text, key).and_then(|()| {
            text.push_str(": ");
            vm.push_repr(&mut text, value)
        });
        vm.release(held_key);
        vm.release(held_value);
        result?;
    }
    text.push('}');
    Ok(text)
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let equality = matches!(op, CompareOperator::Eq | CompareOperator::Ne);
    if !equality || vm.dict(left).is_none() || vm.dict(right).is_none() {
        return Ok(vm.not_implemented());
    }
    let equal = equal(vm, left, right)?;
    Ok(vm.bool(equal == (op == CompareOperator::Eq)))
}

/// Whether two dicts have equal items (`dict_equal`).
fn equal(vm: &mut Vm, left: Ref, right: Ref) -> PyResult<bool> {
    if vm.dict(left).map(Dict::len) != vm.dict(right).map(Dict::len) {
        return Ok(false);
    }
    let mut at = 0;
    while let Some((index, entry)) = vm.dict(left).and_then(|table| table.next_entry(at)) {
        let (hash, key, ours) = (entry.hash, entry.key.borrow(), entry.value.borrow());
        at = index + 1;
        // The value first, then the key; they go the other way round.
        let held = [ours, key].map(|object| vm.retain(object));
        let result = equal_value(vm, right, key, hash, ours, held);
        if !result? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_value(vm: &mut Vm, right: Ref, key: Ref, hash: i64, ours: Ref, [held_value, held_key]: [Owned; 2]) -> PyResult<bool> {
    let found = vm.dict_lookup(right, key, hash).map(|found| found.and_then(|index| vm.dict_value_at(right, index)));
    let theirs = match found {
        Ok(Some(theirs)) => vm.retain(theirs),
        other => {
            vm.release(held_key);
            vm.release(held_value);
            return other.map(|_| false);
        }
    };
    let same = vm.equal(ours, theirs.borrow());
    vm.release(held_key);
    vm.release(held_value);
    vm.release(theirs);
    same
}
